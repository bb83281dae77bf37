// The value of a new filter gets the input that its comparison needs.

const choice = document.getElementById("filter");
const field = document.querySelector("[data-filter-value]");
if (choice) {
  const plain = field.querySelector("input");
  choice.addEventListener("change", () => fit(plain));
  fit(plain);
}

function fit(plain) {
  const { kind, column, hint } = choice.selectedOptions[0].dataset;
  const words = field.querySelector("[data-filter-hint]");
  field.querySelector("[name=value]").replaceWith(kind === "choice" ? choices(column) : plain);
  field.hidden = kind === "none";
  field.querySelector("[name=value]").disabled = field.hidden;
  plain.type = kind === "date" ? "date" : "text";
  words.textContent = words.dataset.example.replace("{value}", hint);
  words.hidden = !hint;
}

function choices(column) {
  return field.querySelector(`template[data-choices="${column}"]`).content.cloneNode(true).firstElementChild;
}
