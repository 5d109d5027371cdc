// Text as Excel puts it on the clipboard: cells apart by tabs, rows by line ends; a cell with either stands in quotes,
// a quote inside it is doubled. The line end after the last row begins no row.

export const cellsOf = (text) => {
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
