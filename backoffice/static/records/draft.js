// What is typed into a form is kept by the server until it is saved, so that it outlives the tab and the session.

const PAUSE = 2000;
const RETRY = 20000;
const PATIENCE = 5000;
// Browsers refuse more from a page that is closing.
const MOST_WHEN_LEAVING = 60000;
const form = document.querySelector("[data-draft]");
if (form) enhance(form);

function enhance(form) {
  const status = form.querySelector(".draft-status");
  // What the server sent, not what stands there now: somebody may have typed before this ran.
  let kept = typed(asSent());
  let timer;
  let request = null;
  let leaving = false;

  function asSent() {
    const sent = form.cloneNode(true);
    sent.reset();
    return sent;
  }

  function typed(from = form) {
    const fields = new FormData(from);
    for (const control of form.querySelectorAll("[type=password], [type=file]")) fields.delete(control.name);
    for (const name of ["csrf_token", "_submission", "url"]) fields.delete(name);
    return new URLSearchParams(fields).toString();
  }

  async function send(text, keepalive) {
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        headers: {
          "Accept": "application/json",
          "Content-Type": "application/x-www-form-urlencoded",
          "X-CSRFToken": form.elements.csrf_token.value,
        },
        body: text,
        keepalive: keepalive && text.length < MOST_WHEN_LEAVING,
        signal: AbortSignal.timeout(PATIENCE),
      });
      return answer.status === 204;
    } catch {
      return false;
    }
  }

  // One after the other, so that the last is what is kept.
  async function keep() {
    clearTimeout(timer);
    const text = typed();
    if (leaving || request || text === kept) return;
    request = send(text, false);
    const done = await request;
    request = null;
    if (done) kept = text;
    const words = done ? status.dataset.kept : status.dataset.lost;
    if (status.textContent !== words) status.textContent = words;
    if (!done) wait(RETRY);
    else if (typed() !== text) wait(PAUSE);
  }

  function wait(pause) {
    clearTimeout(timer);
    timer = setTimeout(keep, pause);
  }

  function keepBeforeLeaving() {
    const text = typed();
    if (leaving || text === kept) return;
    kept = text;
    send(text, true).then((done) => { if (!done && kept === text) kept = null; });
  }

  if (typed() !== kept) wait(PAUSE);
  form.addEventListener("input", () => wait(PAUSE));
  form.addEventListener("change", () => wait(PAUSE));
  document.addEventListener("visibilitychange", () => { if (document.hidden) keepBeforeLeaving(); });
  addEventListener("pagehide", keepBeforeLeaving);
  addEventListener("pageshow", () => { leaving = false; });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-draft], [data-discard]")) return;
    leaving = true;
    clearTimeout(timer);
    if (!request) return;
    // What is under way must not arrive after what was saved.
    event.preventDefault();
    request.then(() => event.target.requestSubmit(event.submitter));
  });
}
