// The value of a new filter gets the input that its comparison needs. Without this, it is a text of several lines.

const choice = document.getElementById("filter");
const field = document.querySelector("[data-filter-value]");
if (choice) {
  const lines = field.querySelector("textarea");
  const plain = made("[data-plain]");
  let shown = lines;
  const fit = () => {
    const { kind, column, hint } = choice.selectedOptions[0].dataset;
    const next = inputFor(kind, column) ?? (kind === "list" ? lines : plain);
    shown.replaceWith(next);
    shown = next;
    if (kind === "lookup" && next !== plain) suggest(next.querySelector("input"));
    field.hidden = kind === "none";
    field.querySelector("[name=value]").disabled = field.hidden;
    plain.type = kind === "date" ? "date" : "text";
    say(hint, kind === "list");
  };
  choice.addEventListener("change", fit);
  fit();
}

function inputFor(kind, column) {
  if (kind === "choice") return made(`[data-choices="${column}"]`);
  return kind === "lookup" ? made(`[data-lookups="${column}"]`) : null;
}

// Most who open a list look for nobody: what suggests comes when it is wanted, and then begins by itself.
async function suggest(input) {
  const { enhance } = await import("../layout/combobox.js");
  if (!input.hasAttribute("role")) enhance(input);
}

function made(selector) {
  return field.querySelector(`template${selector}`)?.content.cloneNode(true).firstElementChild ?? null;
}

function say(hint, isList) {
  const words = field.querySelector("[data-filter-hint]");
  words.textContent = (isList ? words.dataset.list : words.dataset.example).replace("{value}", hint);
  words.hidden = !hint;
}
