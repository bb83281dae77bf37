// How many characters are left, counted as the server counts them: by code point.

const PAUSE = 700;

for (const counter of document.querySelectorAll("[data-counter]")) {
  const field = document.getElementById(counter.dataset.counter);
  const spoken = document.createElement("span");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  counter.after(spoken);
  let timer;

  const show = () => {
    const left = Number(counter.dataset.limit) - [...field.value].length;
    counter.dataset.state = left < 0 ? "over" : "within";
    counter.textContent = (left < 0 ? counter.dataset.over : counter.dataset.left).replace("{count}", Math.abs(left));
  };
  field.addEventListener("input", () => {
    show();
    clearTimeout(timer);
    // Spoken once the typing pauses, not at every letter.
    timer = setTimeout(() => { spoken.textContent = counter.textContent; }, PAUSE);
  });
  show();
}
