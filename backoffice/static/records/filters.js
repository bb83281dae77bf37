// The value of a new filter gets the input that its comparison needs.

const choice = document.getElementById("filter");
const field = document.querySelector("[data-filter-value]");
if (choice) {
  choice.addEventListener("change", fit);
  fit();
}

function fit() {
  const { kind, hint } = choice.selectedOptions[0].dataset;
  const input = field.querySelector("input");
  const words = field.querySelector("[data-filter-hint]");
  field.hidden = kind === "none";
  input.disabled = field.hidden;
  input.type = kind === "date" ? "date" : "text";
  words.textContent = words.dataset.example.replace("{value}", hint);
  words.hidden = !hint;
}
