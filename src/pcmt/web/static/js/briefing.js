// A briefing at the wall: digits go from part to part, N to the conclusion, F fills the screen, Ctrl+Enter sends.
// Without this script the page is read from top to bottom and its buttons do the same.

const parts = [...document.querySelectorAll(".slide")];
const words = document.querySelector("[data-decide] textarea");
const project = document.querySelector("[data-project]");

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

const fill = () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
};

const go = (part) => {
  part.focus({ preventScroll: true });
  part.scrollIntoView({ block: "start" });
};

if (project && document.fullscreenEnabled) {
  project.hidden = false;
  project.addEventListener("click", fill);
}
document.addEventListener("fullscreenchange", () => {
  document.body.classList.toggle("projecting", document.fullscreenElement !== null);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey && event.target.closest("[data-decide]")) {
    event.preventDefault();
    event.target.closest("form").requestSubmit();
    return;
  }
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const part = parts[Number(event.key) - 1];
  if (part) go(part);
  else if (event.key.toLowerCase() === "n" && words) {
    event.preventDefault();
    words.focus();
  } else if (event.key.toLowerCase() === "f" && document.fullscreenEnabled) fill();
});
