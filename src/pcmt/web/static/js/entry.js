// The table of numbers: what was typed is saved cell by cell, a moment after the last key or when the cell is left. Each
// cell says whether it is saved, waits for a line, or was refused and why. Nothing typed is lost: what could not be sent
// stays in the page and is sent again. How one goes from cell to cell and pastes is in cells.js.

const form = document.querySelector("[data-entry]");
const panel = document.querySelector("[data-panel]");
const words = form?.dataset ?? {};
const said = document.querySelector("[data-cells-said]");
const seen = new Map(); // key of a cell → the fact that its writer has seen there
const kept = new Map(); // input → what it holds on the server
const refused = new Map(); // key → what was typed when it was refused: not sent again by itself
const theirs = new Map(); // key → what somebody else told there meanwhile
const inputs = new Map(); // key → its number and its note
const PAUSE = 1500; // after a key
const SOON = 100; // after a cell was left
const WAITS = [5, 10, 20, 40, 60]; // seconds until what could not be sent is tried again

let timer = 0;
let busy = false;
let failures = 0;
let leaving = false;

const typed = (key) => inputs.get(key).map((input) => input.value).join("\n");
const dirty = (key) => inputs.get(key).some((input) => input.value !== kept.get(input));
const unsaved = () => [...inputs.keys()].filter(dirty);
const wordsOf = (key) => form.querySelector(`[data-words="${key}"]`);

const mark = (key) => {
  const [input] = inputs.get(key);
  const cell = input.parentElement;
  if (refused.has(key) && refused.get(key) === typed(key)) return;
  refused.delete(key);
  input.removeAttribute("aria-invalid");
  if (dirty(key)) {
    cell.dataset.state = "unsaved";
    wordsOf(key).textContent = words.waiting;
  } else if (cell.dataset.state === "unsaved" || cell.dataset.state === "refused") {
    delete cell.dataset.state;
    wordsOf(key).textContent = "";
  }
};

const later = (milliseconds) => {
  clearTimeout(timer);
  timer = setTimeout(send, milliseconds);
};

// ---- sending ----

const send = async () => {
  if (busy) return later(SOON);
  const keys = unsaved().filter((key) => refused.get(key) !== typed(key));
  if (!keys.length) return undefined;
  const body = new URLSearchParams();
  const sent = new Map();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set("seen", keys.filter((key) => seen.get(key)).map((key) => `${key}:${seen.get(key)}`).join(" "));
  for (const key of keys) {
    for (const input of inputs.get(key)) body.set(input.name, input.value);
    sent.set(key, typed(key));
  }
  busy = true;
  form.setAttribute("aria-busy", "true");
  try {
    const headers = { Accept: "application/json", "HX-Request": "true" };
    const answer = await fetch(window.location.href, { method: "POST", body, headers });
    if (answer.status === 401) document.dispatchEvent(new CustomEvent("htmx:responseError", { detail: { xhr: answer } }));
    if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error(String(answer.status));
    const told = await answer.json();
    failures = 0;
    for (const cell of told.cells) show(cell, sent.get(cell.key));
    around(told);
    form.dispatchEvent(new CustomEvent("cells:settled"));
    said.textContent = told.said;
    if (unsaved().some((key) => refused.get(key) !== typed(key))) later(PAUSE);
  } catch (problem) {
    failures += 1;
    const gone = ["403", "404"].includes(problem.message) && failures > 3;
    said.textContent = gone ? words.denied : words.kept;
    later(WAITS[Math.min(failures, WAITS.length) - 1] * 1000);
  } finally {
    busy = false;
    form.removeAttribute("aria-busy");
  }
  return undefined;
};

const show = (answer, was) => {
  const { key } = answer;
  const [input, note] = inputs.get(key);
  const cell = input.parentElement;
  const place = wordsOf(key);
  place.innerHTML = answer.words; // written by the server, with its texts escaped
  cell.dataset.state = answer.state;
  input.toggleAttribute("aria-invalid", answer.state === "refused");
  theirs.delete(key);
  if (answer.state === "refused") {
    input.setAttribute("aria-invalid", "true");
    refused.set(key, was);
    if (answer.theirs) theirs.set(key, answer.theirs);
    if (typed(key) !== was) mark(key);
    return;
  }
  seen.set(key, answer.seen);
  const past = place.parentElement.querySelector("[data-past]");
  if (past) past.hidden = !answer.seen;
  settle(input, answer.text);
  if (note) settle(note, answer.note);
  // What was typed on while the answer was on its way.
  if (typed(key) !== was) mark(key);
};

// What the server holds; the cell in which somebody types keeps its own spelling until it is left.
const settle = (input, text) => {
  const was = input.value;
  kept.set(input, text);
  if (document.activeElement !== input) input.value = text;
  else if (was.trim() !== text) kept.set(input, was);
};

const around = (told) => {
  for (const row of told.rows) {
    const place = form.querySelector(`[data-row="${row.key}"] [data-so-far]`);
    if (place && row.so_far !== null) place.textContent = row.so_far;
  }
  for (const [key, html] of Object.entries(told.beside)) {
    form.querySelector(`[data-row="${key}"] [data-beside]`).innerHTML = html;
  }
  for (const [key, , sum] of told.totals) form.querySelector(`[data-total="${key}"]`).textContent = sum;
  document.querySelector("[data-remarks]").innerHTML = told.remarks;
};

// ---- somebody else was faster ----

const choose = (event) => {
  const button = event.target.closest("[data-take], [data-keep]");
  if (!button) return;
  const key = button.dataset.take ?? button.dataset.keep;
  const other = theirs.get(key);
  if (!other) return; // drawn by the server: the button sends the form
  event.preventDefault();
  const [input] = inputs.get(key);
  seen.set(key, other.seen);
  refused.delete(key);
  theirs.delete(key);
  kept.set(input, other.text);
  if (button.dataset.take) input.value = other.text;
  mark(key);
  input.focus();
  later(SOON);
};

// ---- the past of a number ----

const keyOf = (input) => input.name.slice(1);

const point = (input) => {
  const link = form.querySelector("[data-past-of]");
  const [unit, line, day] = keyOf(input).split("-");
  link.hidden = !seen.get(keyOf(input));
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
  for (const input of form.querySelectorAll("[data-cell]")) {
    const key = keyOf(input);
    inputs.set(key, [...(inputs.get(key) ?? []), input]);
    kept.set(input, input.defaultValue);
  }
  for (const token of form.querySelector("[data-seen]").value.split(" ")) {
    const [key, fact] = token.split(":");
    if (fact) seen.set(key, Number(fact));
  }
  for (const cell of form.querySelectorAll('[data-state="refused"]')) {
    // Drawn after a refusal: what stands in the cells was typed, not saved.
    const key = keyOf(cell.querySelector("[data-cell]"));
    for (const input of inputs.get(key)) kept.set(input, null);
    refused.set(key, typed(key));
  }
  form.addEventListener("input", (event) => {
    if (!event.target.matches("[data-cell]")) return;
    mark(keyOf(event.target));
    later(document.activeElement === event.target ? PAUSE : SOON);
  });
  form.addEventListener("focusout", () => {
    if (unsaved().length) later(SOON);
  });
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-cell]")) point(event.target);
  });
  form.addEventListener("click", choose);
  form.addEventListener("submit", (event) => {
    if (event.submitter?.matches("[data-take], [data-keep]")) {
      leaving = true;
      return;
    }
    event.preventDefault();
    refused.clear();
    if (unsaved().length) later(0);
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && unsaved().length) event.preventDefault();
  });
  for (const name of ["online", "focus"]) {
    window.addEventListener(name, () => failures && later(2000)); // the token may be another after a new sign-in
  }
}
if (panel) {
  document.addEventListener("click", open);
  panel.querySelector("[data-panel-close]").addEventListener("click", () => panel.close());
}
