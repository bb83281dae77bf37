// A warning before a page with unsaved changes is left. A draft is no save: it is forgotten after a day.

const form = document.querySelector("[data-dirty]");
const state = (of) => JSON.stringify([...new FormData(of)].filter(([, value]) => typeof value === "string"));

if (form) {
  // As the server sent it: somebody may have typed before this ran. What came back rejected is not saved either.
  const sent = form.cloneNode(true);
  sent.reset();
  const saved = form.querySelector(".error-summary") ? null : state(sent);
  let sending = false;

  document.addEventListener("submit", ({ target }) => { sending = target.matches("[data-dirty], [data-discard]"); });
  addEventListener("pageshow", () => { sending = false; });
  addEventListener("beforeunload", (event) => {
    if (!sending && state(form) !== saved) event.preventDefault();
  });
}
