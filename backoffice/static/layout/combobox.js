// A text input that suggests what the server finds (an ARIA combobox with a list of suggestions).
// Without it the input takes the same text; the server decides what it means. Where it takes several names
// (`data-many`), suggestions are for the last one.

import { element, optionOf } from "../layout/element.js";

const PAUSE = 150;

for (const input of document.querySelectorAll("input[data-lookup]")) enhance(input);

export function enhance(input) {
  const box = input.closest(".combobox");
  const list = element("ul", { id: `${input.id}-suggestions`, role: "listbox", "aria-label": box.dataset.label });
  const status = element("p", { class: "visually-hidden", role: "status" });
  let timer;
  let request;
  let active = -1;

  Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  }).forEach(([name, value]) => input.setAttribute(name, value));
  list.hidden = true;
  box.append(list, status);

  function parts() {
    const at = "many" in input.dataset ? input.value.search(/[^,;]*$/) : 0;
    const before = input.value.slice(0, at);
    return [before && `${before.trimEnd()} `, input.value.slice(at).trim()];
  }

  function close() {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    activate(-1);
  }

  function activate(index) {
    active = index;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = list.children[index];
    if (!option) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function choose(option) {
    const [before] = parts();
    const { value } = option.dataset;
    input.value = before + (before && /[,;]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
    input.dispatchEvent(new Event("change", { bubbles: true }));
    close();
  }

  function show(suggestions) {
    const made = (found, at) => optionOf("li", `${list.id}-${at}`, found, { value: found.value });
    list.replaceChildren(...suggestions.map(made));
    list.hidden = suggestions.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    activate(-1);
    status.textContent = suggestions.length ? box.dataset.some.replace("{count}", suggestions.length) : box.dataset.none;
  }

  async function look() {
    request?.abort();
    request = new AbortController();
    const address = new URL(input.dataset.lookup, location.href);
    address.searchParams.set("query", parts()[1]);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: request.signal });
      if (answer.ok) show(await answer.json());
    } catch (error) {
      // Suggestions are a help; without them what is typed still counts.
      if (error.name !== "AbortError") close();
    }
  }

  function move(step) {
    const count = list.children.length;
    if (list.hidden || !count) return look();
    // One place before the first is the input itself.
    activate(((active + 1 + step + count + 1) % (count + 1)) - 1);
  }

  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => active >= 0 && (choose(list.children[active]), true),
    Escape: () => !list.hidden && (close(), true),
  };

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !keys[event.key]) return;
    if (keys[event.key]() !== false) event.preventDefault();
  });
  input.addEventListener("input", () => {
    close();
    if (parts()[1]) timer = setTimeout(look, PAUSE);
  });
  input.addEventListener("blur", close);
  // The input keeps the focus while a suggestion is pressed.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
}
