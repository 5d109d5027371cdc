// Quick entry by keyboard: a digit chooses a result, Enter goes to the next row, Ctrl+Enter saves. Without this script
// the page is an ordinary form.

const form = document.querySelector("[data-quick]");
const results = [...(form?.querySelectorAll("[data-result]") ?? [])];
const byDigit = { 0: "", 1: "negative", 2: "positive", 3: "refused" };
let typed = false;
let sending = false;

form?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  const at = results.indexOf(event.target);
  if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key in byDigit) {
    event.preventDefault();
    event.target.value = byDigit[event.key];
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (event.key === "Enter") {
    event.preventDefault();
    const row = event.target.closest("tr");
    const box = event.target.value === "positive" && row.querySelector(".quick-substances input:not(:checked)");
    const next = results[at + (event.shiftKey ? -1 : 1)];
    if (box && !row.querySelector(".quick-substances input:checked")) box.focus();
    else (next ?? form.querySelector("button.btn-primary")).focus();
  }
});
form?.addEventListener("change", () => {
  typed = true;
});
form?.addEventListener("submit", () => {
  sending = true;
});
// What was typed stands nowhere but on this page.
window.addEventListener("beforeunload", (event) => {
  if (typed && !sending) event.preventDefault();
});
if (form && !document.querySelector("[data-focus]")) results[0]?.focus();
