// Messages that came with the page are announced: screen readers speak of a change, not of what was there.

const DELAY = 300;

for (const message of document.querySelectorAll(".message[role] > p")) {
  const words = [...message.childNodes];
  setTimeout(() => message.replaceChildren(...words), DELAY);
}
