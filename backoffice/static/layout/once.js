// A form that was sent is not sent again while its answer is on the way, so that the first answer is the one that
// is shown. What is sent twice all the same is acted upon once: the server sees to that.

const PATIENCE = 5000;
let sent = null;

function forget() {
  sent = null;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form === sent) {
    event.preventDefault();
    return;
  }
  const goes = form.getAttribute("method") === "post" && event.submitter?.formMethod !== "dialog";
  // Once all others have heard of it, and none has held it back.
  setTimeout(() => {
    if (!goes || event.defaultPrevented) return;
    sent = form;
    setTimeout(forget, PATIENCE);
  });
});
addEventListener("pageshow", forget);
