// A long list of boxes to tick: a word narrows it, all that is shown can be ticked at once, the number ticked is said.
// Without this script the list is as long as it is, and each box is ticked by hand.

const folded = (words) =>
  words
    .toLowerCase()
    .replaceAll("đ", "d")
    .normalize("NFD")
    .replace(/\p{M}/gu, "");

for (const list of document.querySelectorAll("[data-pick]")) {
  const lines = [...list.querySelectorAll("[data-key]")];
  const tools = list.querySelector("[data-pick-tools]");
  const word = list.querySelector("[data-pick-word]");
  const said = list.querySelector("[data-pick-said]");
  const box = (line) => line.querySelector("input[type=checkbox]");
  const shown = () => lines.filter((line) => !line.hidden);

  const count = () => {
    const ticked = lines.filter((line) => box(line).checked).length;
    said.textContent = said.dataset.words.replace("{n}", ticked).replace("{m}", shown().length);
  };
  const narrow = () => {
    const words = folded(word.value).split(/\s+/).filter(Boolean);
    for (const line of lines) line.hidden = !words.every((each) => line.dataset.key.includes(each));
    count();
  };
  const tick = (value) => {
    for (const line of shown()) box(line).checked = value;
    count();
  };

  tools.hidden = false;
  word.addEventListener("input", narrow);
  word.addEventListener("keydown", (event) => {
    // Enter in the box narrows; it must not send the form.
    if (event.key === "Enter") event.preventDefault();
  });
  list.querySelector("[data-pick-all]")?.addEventListener("click", () => tick(true));
  list.querySelector("[data-pick-none]")?.addEventListener("click", () => tick(false));
  list.addEventListener("change", count);
  window.addEventListener("pageshow", count);
  count();
}
