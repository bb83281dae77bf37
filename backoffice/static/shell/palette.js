// The command palette: what was typed goes to the server, which answers with pages, actions and records.

import { element, optionOf } from "../layout/element.js";

const PAUSE = 120;
const dialog = document.getElementById("palette");
const input = dialog.querySelector("input");
const list = dialog.querySelector("[role=listbox]");
const status = dialog.querySelector("[role=status]");
const options = () => [...list.querySelectorAll("[role=option]")];
let timer;
let request;
let active = -1;

export function start() {
  show([]);
  status.textContent = "";
  look();
}

async function look() {
  request?.abort();
  request = new AbortController();
  const address = new URL(dialog.dataset.address, location.href);
  address.searchParams.set("query", input.value);
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: request.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    show(await answer.json());
    const count = options().length;
    status.textContent = count ? dialog.dataset.some.replace("{count}", count) : dialog.dataset.none;
  } catch (error) {
    if (error.name !== "AbortError") status.textContent = dialog.dataset.failed;
  }
}

function show(groups) {
  let number = 0;
  const made = groups.map(({ label, targets }, at) => {
    const heading = element("p", { class: "palette-label", id: `palette-group-${at}` }, label);
    const group = element("div", { role: "group", "aria-labelledby": heading.id });
    group.append(heading, ...targets.map((target) => optionFor(target, `palette-option-${number++}`)));
    return group;
  });
  list.replaceChildren(...made);
  activate(number ? 0 : -1);
}

function activate(index) {
  active = index;
  options().forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
  const option = options()[index];
  if (!option) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const count = options().length;
  if (count) activate((active + step + count) % count);
}

function choose(option) {
  dialog.close();
  if (option.dataset.url) location.assign(option.dataset.url);
  else document.getElementById(option.dataset.button).click();
}

const keys = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  Enter: () => active >= 0 && choose(options()[active]),
};

input.addEventListener("keydown", (event) => {
  if (event.isComposing || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
input.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE);
});
list.addEventListener("mousedown", (event) => event.preventDefault());
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) choose(option);
});
// A click beside it closes it.
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
dialog.addEventListener("close", () => {
  clearTimeout(timer);
  request?.abort();
});

function optionFor(target, id) {
  return optionOf("div", id, target, target.url ? { url: target.url } : { button: target.button });
}
