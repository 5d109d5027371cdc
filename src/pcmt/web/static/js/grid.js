// The table of progress: one press saves all rows that changed, and each row says whether it was saved or why not.
// How one goes from cell to cell and pastes is in cells.js.

const form = document.querySelector("[data-grid]");
const words = form?.dataset ?? {};
const said = document.querySelector("[data-cells-said]");
const rows = [...(form?.querySelectorAll("[data-row]") ?? [])];
const cells = rows.map((row) => [...row.querySelectorAll("[data-cell]")]);
const kept = new Map(); // cell → what it holds on the server
let leaving = false;

const say = (text) => {
  said.textContent = text;
};
const changed = (cell) => cell.value !== kept.get(cell);
const mark = (row) => {
  const at = rows.indexOf(row);
  for (const cell of cells[at]) cell.parentElement.classList.toggle("cell-unsaved", changed(cell));
  const open = cells[at].some(changed);
  if (open && row.dataset.state !== "refused") {
    row.dataset.state = "unsaved";
    row.querySelector("[data-words]").textContent = words.unsaved;
  } else if (!open && (row.dataset.state === "unsaved" || row.dataset.state === "refused")) {
    delete row.dataset.state;
    row.querySelector("[data-words]").textContent = "";
    for (const cell of cells[at]) blame(cell, false);
  }
};
const blame = (cell, wrong) => {
  cell.parentElement.classList.toggle("cell-wrong", wrong);
  cell.toggleAttribute("aria-invalid", wrong);
  if (wrong) cell.setAttribute("aria-invalid", "true");
};
const unsaved = () => rows.filter((row, at) => cells[at].some(changed));

// ---- saving ----

const show = (answer) => {
  const at = rows.findIndex((row) => row.dataset.row === String(answer.id));
  if (at < 0) return;
  const row = rows[at];
  row.dataset.state = answer.state;
  const origin = row.querySelector("[data-origin]");
  if (origin) origin.value = answer.origin;
  for (const cell of cells[at]) {
    const name = cell.id.slice(0, cell.id.lastIndexOf("-"));
    blame(cell, answer.state === "refused" && name === answer.field);
    if (answer.state === "refused") continue;
    cell.value = answer.cells[name];
    kept.set(cell, cell.value);
    cell.readOnly = answer.over;
    cell.parentElement.classList.remove("cell-unsaved");
  }
  const more = answer.message ? `: ${answer.message}` : "";
  row.querySelector("[data-words]").textContent = answer.state === "saved" ? `${words.saved}${more}` : answer.message;
};

const save = async (event) => {
  if (event.submitter?.name) {
    leaving = true; // another button: the server draws the table anew, with everything that was typed
    return;
  }
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  const body = new URLSearchParams();
  for (const input of form.querySelectorAll("input[data-always]")) body.set(input.name, input.value);
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const row of unsaved()) {
    for (const input of row.querySelectorAll("input")) body.set(input.name, input.value);
  }
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(window.location.href, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error(`answer ${answer.status}`);
    const told = await answer.json();
    for (const row of told.rows) show(row);
    form.dispatchEvent(new CustomEvent("cells:settled", { detail: { forget: true } }));
    say(told.said);
    if (told.batch) {
      const last = document.querySelector("[data-grid-last]");
      last.href = told.batch;
      last.hidden = false;
    }
    form.querySelector('[aria-invalid="true"]')?.focus();
  } catch {
    say(words.failed);
  } finally {
    form.removeAttribute("aria-busy");
  }
};

if (form) {
  for (const cell of cells.flat()) kept.set(cell, cell.defaultValue);
  for (const row of form.querySelectorAll('[data-state="refused"], [data-state="unsaved"]')) {
    // Drawn after a refusal or by another button: what stands in the cells was typed, not saved.
    for (const cell of row.querySelectorAll("[data-cell]")) kept.set(cell, null);
  }
  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-cell]")) mark(event.target.closest("[data-row]"));
  });
  form.addEventListener("cells:added", (event) => {
    rows.push(event.detail.row);
    cells.push([...event.detail.row.querySelectorAll("[data-cell]")]);
    for (const cell of cells.at(-1)) kept.set(cell, cell.defaultValue);
  });
  form.addEventListener("submit", save);
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && unsaved().length) event.preventDefault();
  });
}
