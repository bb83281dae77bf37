// Choosing rows: the whole page, all that match, a range with Shift, and how many there are. Enter opens one.

const form = document.querySelector("[data-selection]");
const page = form?.querySelector("[data-select-page]");
form?.addEventListener("keydown", open);
if (page) enhance();

function open(event) {
  if (event.key !== "Enter" || !event.target.matches("[name=rowid]")) return;
  const row = event.target.closest("tr");
  event.preventDefault();
  location.assign(row.dataset.open ?? row.querySelector(".more a").href);
}

function enhance() {
  const boxes = [...form.querySelectorAll('input[name="rowid"]')];
  const all = page.querySelector("input");
  const status = form.querySelector("[data-selected]");
  const atRest = status.textContent;
  const matching = form.querySelector("[data-matching]");
  const number = new Intl.NumberFormat(document.documentElement.lang);
  let last = null;

  function show() {
    const count = boxes.filter((box) => box.checked).length;
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
    const everything = matching?.checked;
    for (const box of [...boxes, all]) box.disabled = everything;
    status.textContent = everything ? status.dataset.all : count ? some(count) : atRest;
  }

  function some(count) {
    return status.dataset.some.replace("{count}", number.format(count));
  }

  function extend(event) {
    const box = event.target;
    if (event.shiftKey && last !== null) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
    show();
  }

  for (const box of boxes) box.addEventListener("click", extend);
  for (const many of [all, matching]) {
    many?.addEventListener("change", () => {
      for (const box of boxes) box.checked = many.checked;
      show();
    });
  }
  // Shift-click on a label would otherwise mark the text in between.
  form.addEventListener("mousedown", (event) => {
    if (event.shiftKey && event.target.closest(".tick")) event.preventDefault();
  });
  // The browser ticks rows again when one comes back to the page.
  addEventListener("pageshow", show);
  page.hidden = false;
  show();
}
