// Choosing lines of the list: one box for all lines of the page, and how many are chosen.
const form = document.querySelector("[data-bulk]");
const boxes = [...document.querySelectorAll("[data-pick]")];
const all = document.querySelector("[data-pick-all]");
const whole = document.querySelector("[data-bulk-whole]");
const count = document.querySelector("[data-bulk-count]");

const tell = () => {
  const chosen = boxes.filter((box) => box.checked).length;
  count.hidden = chosen === 0 || Boolean(whole?.checked);
  count.textContent = count.dataset.one.replace("#", chosen);
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
};

if (form && boxes.length) {
  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
      tell();
    });
  }
  for (const box of boxes) box.addEventListener("change", tell);
  whole?.addEventListener("change", tell);
  tell();
}
