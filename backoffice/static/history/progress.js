// How far an operation has come, about once a second, until it is over; then what came of it, in its place.

const PAUSE = 1000;
const LATER = 4000;

const spoken = document.querySelector("[data-progress-spoken]");
const operation = document.querySelector("[data-operation]");
const section = document.querySelector("[data-progress]");
let quarter = null;

if (section) setTimeout(look, PAUSE);

async function look() {
  try {
    const answer = await ask(section.dataset.progress, "application/json");
    const progress = await answer.json();
    if (progress.is_finished) return await finish();
    show(progress);
    setTimeout(look, PAUSE);
  } catch {
    write("note", section.dataset.lost);
    setTimeout(look, LATER);
  }
}

async function ask(address, type) {
  const answer = await fetch(address, { headers: { Accept: type } });
  // Signed out, or not allowed any more: the page itself says what to do.
  if (answer.redirected || [401, 403, 404].includes(answer.status)) location.reload();
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  return answer;
}

function show(progress) {
  const bar = section.querySelector("progress");
  bar.max = progress.expected;
  bar.value = progress.done;
  for (const name of ["percent", "rows", "pace", "left", "note"]) write(name, progress[name]);
  section.querySelector("[data-progress-resume]")?.toggleAttribute("hidden", !progress.waits);
  speak(Math.floor((4 * progress.done) / progress.expected), progress);
}

function write(name, words) {
  const place = section.querySelector(`[data-progress-text="${name}"]`);
  if (place.textContent !== words) place.textContent = words;
}

// Screen readers hear of every quarter, not of every second.
function speak(now, progress) {
  const words = now === quarter ? progress.note : progress.rows;
  quarter = now;
  if (words && spoken.textContent !== words) spoken.textContent = words;
}

async function finish() {
  const answer = await ask(location.href, "text/html");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = section.contains(document.activeElement);
  operation.replaceChildren(...page.querySelector("[data-operation]").childNodes);
  document.title = page.title;
  if (focused) document.getElementById("content").focus();
  spoken.textContent = (operation.querySelector("[data-outcome]") ?? operation.querySelector("h1")).textContent.trim();
}
