// The table of numbers: the past of a number opens in a panel. How numbers are saved is in saving.js.

const form = document.querySelector("[data-entry]");
const panel = document.querySelector("[data-panel]");

const point = (input) => {
  const link = form.querySelector("[data-past-of]");
  const first = document.getElementById(`v${input.name.slice(1)}`);
  const [unit, line, day] = input.name.slice(1).split("-");
  link.hidden = !Number(first.dataset.seen);
  link.href = `${link.dataset.pastOf}${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}/so/${unit}/${line}/`;
};

const open = async (event) => {
  const link = event.target.closest("[data-past], [data-past-of]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(String(answer.status));
    panel.querySelector("[data-panel-body]").innerHTML = await answer.text();
    panel.showModal();
  } catch {
    window.location.assign(link.href);
  }
};

if (form) {
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-cell]")) point(event.target);
  });
  form.addEventListener("cells:saved", (event) => {
    const past = event.target.closest("[data-row]").querySelector("[data-past]");
    if (past) past.hidden = !Number(event.target.dataset.seen);
  });
}
if (panel) {
  document.addEventListener("click", open);
  panel.querySelector("[data-panel-close]").addEventListener("click", () => panel.close());
}
