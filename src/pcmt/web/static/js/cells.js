// The manners of a table of cells (form[data-cells] with rows [data-row] and cells [data-cell]): arrows, Enter and Tab go
// from cell to cell, a block from Excel is pasted over several of them, Ctrl+Z takes back, Ctrl+S sends the form.
// Every change comes to the page's own script as an "input" event of the cell. That script says "cells:settled" to the
// form when it has put other values into cells itself; with `forget` nothing before that can be taken back. A table with
// a pattern (template[data-more-rows]) grows, up to data-most rows, when a block is pasted over its end or by the button
// [data-add-rows]; "cells:added" tells the page's own script of each new row.

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

const form = document.querySelector("[data-cells]");
const words = form?.dataset ?? {};
const said = document.querySelector("[data-cells-said]");
const rows = [...(form?.querySelectorAll("[data-row]") ?? [])];
const cells = rows.map((row) => [...row.querySelectorAll("[data-cell]")]);
const past = []; // changes to take back, each a list of [cell, before]
let before = null; // the cell that is being typed in, and what it held

const place = (cell) => {
  const row = rows.indexOf(cell.closest("[data-row]"));
  return [row, cells[row].indexOf(cell)];
};
const put = (cell, value) => {
  cell.value = value;
  cell.dispatchEvent(new Event("input", { bubbles: true }));
};

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
    put(cell, before.value);
  } else if (moves[event.key] && !event.shiftKey && moves[event.key](row, column, cell)) {
    event.preventDefault();
  }
};

const takeBack = () => {
  const last = past.pop();
  for (const [cell, value] of last) put(cell, value);
  const [row, column] = place(last[0][0]);
  go(row, column);
  before = { cell: last[0][0], value: last[0][1] };
};

// ---- new rows ----

const grow = (count) => {
  const pattern = form.querySelector("template[data-more-rows]");
  for (let left = count; pattern && left > 0 && rows.length < Number(words.most); left -= 1) {
    const holder = document.createElement("template");
    holder.innerHTML = pattern.innerHTML.replaceAll("__n__", rows.length).replaceAll("__m__", rows.length + 1);
    const row = holder.content.firstElementChild;
    form.querySelector("[data-rows]").append(row);
    rows.push(row);
    cells.push([...row.querySelectorAll("[data-cell]")]);
    form.dispatchEvent(new CustomEvent("cells:added", { detail: { row } }));
  }
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
  grow(top + block.length - rows.length);
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
      put(cell, plain);
    });
  });
  if (group.length) past.push(group);
  before = { cell: start, value: start.value };
  said.textContent = `${words.pasted.replace("#", group.length)}${beyond ? ` ${words.beyond}` : ""}`;
};

if (form) {
  form.addEventListener("keydown", pressed);
  form.addEventListener("paste", pasted);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-rows]");
    if (!button) return;
    event.preventDefault();
    const first = rows.length;
    grow(Number(button.dataset.addRows));
    go(first, 0);
  });
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-cell]")) before = { cell: event.target, value: event.target.value };
  });
  form.addEventListener("focusout", remember);
  form.addEventListener("submit", remember, true);
  form.addEventListener("cells:settled", (event) => {
    if (event.detail?.forget) past.length = 0;
    const cell = document.activeElement;
    before = cell?.matches?.("[data-cell]") ? { cell, value: cell.value } : null;
  });
}
