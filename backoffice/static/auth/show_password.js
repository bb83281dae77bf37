// A button beside each password that shows what was typed; it is hidden again before it is sent.

for (const box of document.querySelectorAll("[data-show]")) {
  const input = box.querySelector("input");
  const label = document.querySelector(`label[for="${input.id}"]`);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-quiet";
  label.id = `${input.id}-label`;
  button.setAttribute("aria-describedby", label.id);
  button.setAttribute("aria-controls", input.id);

  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? box.dataset.hide : box.dataset.show;
  };
  button.addEventListener("click", () => show(input.type === "password"));
  input.form.addEventListener("submit", () => show(false));
  show(false);
  box.append(button);
}
