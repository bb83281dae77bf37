// A field that is filled in is to be changed: its box is ticked with it.

for (const part of document.querySelectorAll("[data-edit-one]")) {
  const box = part.querySelector('input[name="change"]');
  part.addEventListener("input", (event) => {
    if (event.target !== box) box.checked = true;
  });
}
