// The choice of colours shows at once; the server keeps it, as it does without a script.

const form = document.querySelector("[data-theme-choice]");
const scheme = document.querySelector('meta[name="color-scheme"]');

form?.addEventListener("submit", async (event) => {
  const chosen = event.submitter?.value;
  if (!chosen) return;
  event.preventDefault();
  show(chosen);
  const body = new FormData(form, event.submitter);
  try {
    await fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true });
  } catch {
    // Without the server it holds for this page.
  }
});

function show(chosen) {
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  scheme.content = chosen === "system" ? "light dark" : chosen;
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === chosen));
  }
}
