// Elements, and the options that the command palette and the inputs that suggest have in common.

export function element(name, attributes, words = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = words;
  return made;
}

export function optionOf(name, id, { label, detail }, data) {
  const option = element(name, { id, role: "option", "aria-selected": "false" });
  Object.assign(option.dataset, data);
  option.append(element("span", {}, label), element("span", { class: "combobox-detail" }, detail ?? ""));
  return option;
}
