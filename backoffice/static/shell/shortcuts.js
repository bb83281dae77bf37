// "/" goes to the search, "?" shows the help, Ctrl-K opens the command palette, j, k and x work on rows. The plain
// ones never while typing, and none where they are turned off.

const KEPT = "backoffice.shortcuts";
const help = document.getElementById("shortcuts");
const palette = document.getElementById("palette");
const search = document.querySelector("[data-search]");
const hints = document.querySelectorAll("[data-shortcut-hint]");
const helpOpener = document.querySelector("[data-shortcuts-open]");
const paletteOpener = document.querySelector("[data-palette-open]");
const choice = help.querySelector("[data-shortcuts-on]");
const rows = [...document.querySelectorAll(".list tbody tr")];
const onApple = /Mac|iP(hone|ad)/.test(navigator.platform);

const typing = (target) =>
  target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
const here = () => rows.findIndex((row) => row.contains(document.activeElement));

const actions = {
  "/": search && (() => search.select()),
  "?": () => help.showModal(),
  j: rows.length && (() => goTo(here() + 1)),
  k: rows.length && (() => goTo(here() - 1)),
  x: rows.length && (() => rows[here()]?.querySelector("[name=rowid]")?.click()),
};

function goTo(at) {
  const row = rows[Math.max(0, Math.min(at, rows.length - 1))];
  row.querySelector("a, [name=rowid], summary").focus({ focusVisible: true });
}

async function openPalette() {
  palette.querySelector("input").value = "";
  palette.showModal();
  // Most pages never need it; what is typed meanwhile stands in the input.
  const { start } = await import(palette.dataset.module);
  start();
}

function apply() {
  choice.checked = localStorage.getItem(KEPT) !== "off";
  for (const hint of hints) hint.hidden = !choice.checked;
}

function onKey(event) {
  if (!choice.checked || document.querySelector("dialog[open]")) return;
  const wanted = wantedBy(event);
  if (!wanted) return;
  event.preventDefault();
  wanted();
}

function wantedBy(event) {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    return event.key.toLowerCase() === "k" && paletteOpener && openPalette;
  }
  return !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target) && actions[event.key];
}

choice.addEventListener("change", () => {
  localStorage.setItem(KEPT, choice.checked ? "on" : "off");
  apply();
});
helpOpener.addEventListener("click", () => help.showModal());
helpOpener.hidden = false;
if (paletteOpener) {
  paletteOpener.addEventListener("click", openPalette);
  paletteOpener.hidden = false;
}
if (onApple) {
  for (const keys of document.querySelectorAll("[data-palette-keys], [data-palette-open] kbd")) keys.textContent = "⌘K";
}
document.addEventListener("keydown", onKey);
apply();
