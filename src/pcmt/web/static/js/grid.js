// The table of progress: arrows, Enter and Tab go from cell to cell, a block from Excel is pasted over several of them,
// Ctrl+Z takes back, one press saves all rows that changed, and each row says whether it was saved or why not.

// Text as Excel puts it on the clipboard: cells apart by tabs, rows by line ends; a cell with either stands in quotes,
// a quote inside it is doubled. The line end after the last row begins no row.

const cellsOf = (text) => {
  const rows = [];
  let row = [];
  let cell = "";
  let at = 0;
  const plain = text.replace(/\r\n?/g, "\n");
  while (at < plain.length) {
    const sign = plain[at];
    const close = cell === "" && sign === '"' ? closing(plain, at) : -1;
    if (close > 0) {
      cell = plain.slice(at + 1, close).replaceAll('""', '"');
      at = close + 1;
      continue;
    }
    if (sign === "\t" || sign === "\n") {
      row.push(cell);
      cell = "";
      if (sign === "\n") {
        rows.push(row);
        row = [];
      }
    } else {
      cell += sign;
    }
    at += 1;
  }
  if (cell !== "" || row.length) rows.push([...row, cell]);
  return rows;
};

// The place of the quote that ends a quoted cell, where a tab, a line end or the end follows; -1 for a mere quote.
const closing = (text, start) => {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] !== '"') continue;
    if (text[at + 1] === '"') {
      at += 1;
      continue;
    }
    return at + 1 === text.length || text[at + 1] === "\t" || text[at + 1] === "\n" ? at : -1;
  }
  return -1;
};

const form = document.querySelector("[data-grid]");
const words = form?.dataset ?? {};
const said = document.querySelector("[data-grid-said]");
const rows = [...(form?.querySelectorAll("[data-row]") ?? [])];
const cells = rows.map((row) => [...row.querySelectorAll("[data-cell]")]);
const kept = new Map(); // cell → what it holds on the server
const past = []; // changes to take back, each a list of [cell, before]
let before = null; // the cell that is being typed in, and what it held

const say = (text) => {
  said.textContent = text;
};
const place = (cell) => {
  const row = rows.indexOf(cell.closest("[data-row]"));
  return [row, cells[row].indexOf(cell)];
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

const go = (row, column) => {
  const cell = cells[row]?.[column];
  if (!cell) return false;
  cell.focus();
  cell.select();
  return true;
};

// ---- typing and moving ----

const remember = () => {
  if (before && before.cell.value !== before.value) past.push([[before.cell, before.value]]);
  before = null;
};

const atEdge = (cell, left) => {
  const whole = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
  if (whole) return true;
  return cell.selectionStart === cell.selectionEnd && cell.selectionStart === (left ? 0 : cell.value.length);
};

const moves = {
  ArrowUp: (row, column) => go(row - 1, column),
  ArrowDown: (row, column) => go(row + 1, column),
  ArrowLeft: (row, column, cell) => atEdge(cell, true) && go(row, column - 1),
  ArrowRight: (row, column, cell) => atEdge(cell, false) && go(row, column + 1),
};

const pressed = (event) => {
  const cell = event.target;
  if (!cell.matches?.("[data-cell]") || event.isComposing || event.altKey) return;
  const control = event.ctrlKey || event.metaKey;
  if (control && event.key.toLowerCase() === "z" && !event.shiftKey) {
    if (before && before.cell.value !== before.value) remember();
    if (past.length) {
      event.preventDefault();
      takeBack();
    }
    return;
  }
  if (control && event.key.toLowerCase() === "s") {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  if (control) return;
  const [row, column] = place(cell);
  if (event.key === "Enter") {
    event.preventDefault();
    go(row + (event.shiftKey ? -1 : 1), column);
  } else if (event.key === "Escape" && before) {
    cell.value = before.value;
    mark(rows[row]);
  } else if (moves[event.key] && !event.shiftKey && moves[event.key](row, column, cell)) {
    event.preventDefault();
  }
};

const takeBack = () => {
  const last = past.pop();
  for (const [cell, value] of last) {
    cell.value = value;
    mark(cell.closest("[data-row]"));
  }
  const [row, column] = place(last[0][0]);
  go(row, column);
  before = { cell: last[0][0], value: last[0][1] };
};

// ---- pasting ----

const pasted = (event) => {
  const start = event.target;
  if (!start.matches?.("[data-cell]")) return;
  const text = event.clipboardData.getData("text/plain");
  const block = cellsOf(text);
  if (block.length < 2 && (block[0]?.length ?? 0) < 2 && !text.endsWith("\n")) return;
  event.preventDefault();
  remember();
  const [top, left] = place(start);
  const group = [];
  let beyond = false;
  block.forEach((line, down) => {
    line.forEach((value, right) => {
      const cell = cells[top + down]?.[left + right];
      if (!cell) {
        beyond ||= value.trim() !== "";
        return;
      }
      const plain = value.replace(/\s*\n\s*/g, " ").trim();
      if (cell.value === plain) return;
      group.push([cell, cell.value]);
      cell.value = plain;
    });
    if (rows[top + down]) mark(rows[top + down]);
  });
  if (group.length) past.push(group);
  before = { cell: start, value: start.value };
  say(`${words.pasted.replace("#", group.length)}${beyond ? ` ${words.beyond}` : ""}`);
};

// ---- saving ----

const show = (answer) => {
  const at = rows.findIndex((row) => row.dataset.row === String(answer.id));
  if (at < 0) return;
  const row = rows[at];
  row.dataset.state = answer.state;
  row.querySelector("[data-origin]").value = answer.origin;
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
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  remember();
  const body = new URLSearchParams();
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
    past.length = 0;
    before = null;
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
  for (const row of form.querySelectorAll('[data-state="refused"]')) {
    // Drawn after a refusal: what stands in the cells was typed, not saved.
    for (const cell of row.querySelectorAll("[data-cell]")) kept.set(cell, null);
  }
  form.addEventListener("keydown", pressed);
  form.addEventListener("paste", pasted);
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-cell]")) before = { cell: event.target, value: event.target.value };
  });
  form.addEventListener("focusout", remember);
  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-cell]")) mark(event.target.closest("[data-row]"));
  });
  form.addEventListener("submit", save);
  window.addEventListener("beforeunload", (event) => {
    if (unsaved().length) event.preventDefault();
  });
}
