// The public page for tips: leaving at once, copying the receipt, solving the task. Everything works without it.
const exit = document.querySelector("[data-exit]");

function leave() {
  document.documentElement.hidden = true;
  document.body.textContent = "";
  location.replace(exit.href);
}

let escaped = 0;
if (exit) {
  exit.addEventListener("click", (event) => { event.preventDefault(); leave(); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (event.timeStamp - escaped < 1500 && escaped) leave();
    escaped = event.timeStamp;
  });
}
// A page that comes back out of the browser's memory still shows what was typed: ask for it anew.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

document.querySelector("[data-focus]")?.focus();

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
  });
}

const task = document.querySelector("[data-task]");
if (task && window.Worker && window.isSecureContext) {
  const source = document.querySelector("script[data-work]")?.dataset.work;
  const worker = source && new Worker(source);
  if (worker) {
    worker.addEventListener("message", (event) => {
      task.querySelector("[name=found]").value = event.data;
      const words = task.querySelector("[data-task-words]");
      words.textContent = words.dataset.done;
    });
    worker.postMessage({ salt: task.dataset.salt, bits: Number(task.dataset.bits) });
  }
}
