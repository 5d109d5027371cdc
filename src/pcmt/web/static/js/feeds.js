// The address of a calendar, taken with one press. Without this module it is marked and copied by hand.

const box = document.querySelector("[data-address]");
const button = document.querySelector("[data-copy]");
const done = document.querySelector("[data-copied]");

box.addEventListener("focus", () => box.select());
if (navigator.clipboard) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(box.value);
    done.hidden = false;
  });
}
