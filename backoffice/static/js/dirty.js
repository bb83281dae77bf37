// A warning before a page with unsaved changes is left. A draft is no save: it is forgotten after a day.

const form = document.querySelector("[data-dirty]");
const state = () => JSON.stringify([...new FormData(form)].filter(([, value]) => typeof value === "string"));

if (form) {
  // What came back rejected is not saved either.
  const saved = form.querySelector(".error-summary") ? null : state();
  let sending = false;

  document.addEventListener("submit", ({ target }) => { sending = target.matches("[data-dirty], [data-discard]"); });
  addEventListener("pageshow", () => { sending = false; });
  addEventListener("beforeunload", (event) => {
    if (!sending && state() !== saved) event.preventDefault();
  });
}
