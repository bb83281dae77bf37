// "/" goes to the search, "?" shows the help. Never while typing, and not where they are turned off.

const KEPT = "backoffice.shortcuts";
const help = document.getElementById("shortcuts");
const search = document.querySelector("[data-search]");
const hint = document.querySelector("[data-shortcut-hint]");
const opener = document.querySelector("[data-shortcuts-open]");
const choice = help.querySelector("[data-shortcuts-on]");

const typing = (target) =>
  target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select");

const actions = {
  "/": search && (() => search.select()),
  "?": () => help.showModal(),
};

function apply() {
  choice.checked = localStorage.getItem(KEPT) !== "off";
  if (hint) hint.hidden = !choice.checked;
}

function onKey(event) {
  const action = actions[event.key];
  const busy = event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]");
  if (!choice.checked || !action || busy) return;
  event.preventDefault();
  action();
}

choice.addEventListener("change", () => {
  localStorage.setItem(KEPT, choice.checked ? "on" : "off");
  apply();
});
opener.addEventListener("click", () => help.showModal());
opener.hidden = false;
document.addEventListener("keydown", onKey);
apply();
