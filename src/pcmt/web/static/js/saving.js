// What is typed into a form[data-saves] is saved by itself, cell by cell (inputs [data-cell] whose names are a letter and
// the key of their cell): a moment after the last key, when the cell is left, when the page is hidden. Each cell says
// whether it is saved, waits for a line, or was refused and why; who is second chooses between both texts. Nothing typed
// is lost: what could not be sent stays in the page and is sent again. With data-keep (a name) it is also remembered by
// this tab of the browser until it is saved, and offered when the page comes back.
// The server answers with `cells` (key, state, seen, words, texts by name, theirs) and `parts`: what else changed on the
// page, by the names of [data-part]. How one goes from cell to cell and pastes is in cells.js.

const form = document.querySelector("[data-saves]");
const words = form?.dataset ?? {};
const said = document.querySelector("[data-cells-said]");
const kept = new Map(); // input → what it holds on the server
const refused = new Map(); // key → what was typed when it was refused: not sent again by itself
const theirs = new Map(); // key → what somebody else told there meanwhile
const inputs = new Map(); // key → its inputs, the text or number first
const PAUSE = 1500; // after a key
const SOON = 100; // after a cell was left
const WAITS = [5, 10, 20, 40, 60]; // seconds until what could not be sent is tried again
const KEEPALIVE = 60000; // bytes that a browser still sends when its page is closed

let timer = 0;
let busy = false;
let failures = 0;
let leaving = false;

const keyOf = (input) => input.name.slice(1);
const typed = (key) => inputs.get(key).map((input) => input.value).join("\n");
const dirty = (key) => inputs.get(key).some((input) => input.value !== kept.get(input));
const unsaved = () => [...inputs.keys()].filter(dirty);
const wordsOf = (key) => form.querySelector(`[data-words="${CSS.escape(key)}"]`);
const seen = (key) => Number(inputs.get(key)[0].dataset.seen ?? 0); // what its writer has seen there, 0 for nothing
const saw = (key, number) => {
  inputs.get(key)[0].dataset.seen = number;
};

const mark = (key) => {
  const cell = inputs.get(key)[0].parentElement;
  if (refused.has(key) && refused.get(key) === typed(key)) return;
  refused.delete(key);
  inputs.get(key)[0].removeAttribute("aria-invalid");
  if (dirty(key)) {
    cell.dataset.state = "unsaved";
    if (!theirs.has(key)) wordsOf(key).textContent = words.waiting;
  } else if (cell.dataset.state === "unsaved" || cell.dataset.state === "refused") {
    delete cell.dataset.state;
    wordsOf(key).textContent = "";
  }
};

const later = (milliseconds) => {
  clearTimeout(timer);
  timer = setTimeout(send, milliseconds);
};

// ---- remembered by this tab until it is saved ----

const mine = (words.keep ?? "").split("-").slice(0, 2).join("-"); // of this person: the rest of another's is dropped
let offered = {}; // key → what was typed when the page was left without being saved

const remember = () => {
  if (!words.keep) return;
  const open = { ...offered };
  for (const key of unsaved()) open[key] = { texts: inputs.get(key).map((input) => input.value), seen: seen(key) };
  try {
    if (Object.keys(open).length) sessionStorage.setItem(words.keep, JSON.stringify(open));
    else sessionStorage.removeItem(words.keep);
  } catch {
    // No room, or not allowed: the page itself still holds it.
  }
};

const offer = () => {
  const bar = document.querySelector("[data-keep-offer]");
  try {
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith(`${mine.split("-")[0]}-`) && !name.startsWith(`${mine}-`)) sessionStorage.removeItem(name);
    }
    for (const link of document.querySelectorAll("[data-kept-mark]")) {
      link.hidden = !sessionStorage.getItem(link.dataset.keptMark) || link.dataset.keptMark === words.keep;
    }
    offered = JSON.parse(sessionStorage.getItem(words.keep)) ?? {};
  } catch {
    offered = {};
  }
  for (const [key, { texts }] of Object.entries(offered)) {
    const now = inputs.get(key);
    if (!now || now.every((input, at) => input.value.trim() === (texts[at] ?? "").trim())) delete offered[key];
  }
  remember();
  bar.hidden = !Object.keys(offered).length;
  bar.querySelector("[data-keep-text]").textContent = Object.values(offered).flatMap(({ texts }) => texts.filter(Boolean)).join(" · ");
  bar.addEventListener("click", (event) => {
    const back = event.target.closest("[data-keep-back]");
    if (!back && !event.target.closest("[data-keep-drop]")) return;
    const texts = back ? offered : {};
    offered = {};
    for (const [key, was] of Object.entries(texts)) {
      inputs.get(key).forEach((input, at) => {
        input.value = was.texts[at] ?? "";
      });
      saw(key, was.seen);
      mark(key);
    }
    remember();
    bar.hidden = true;
    inputs.values().next().value[0].focus();
    later(SOON);
  });
};

// ---- sending ----

const send = async () => {
  if (busy) return later(SOON);
  const keys = unsaved().filter((key) => refused.get(key) !== typed(key));
  if (!keys.length) return undefined;
  const body = new URLSearchParams();
  const sent = new Map();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set("seen", keys.filter(seen).map((key) => `${key}:${seen(key)}`).join(" "));
  for (const key of keys) {
    for (const input of inputs.get(key)) body.set(input.name, input.value);
    sent.set(key, typed(key));
  }
  busy = true;
  form.setAttribute("aria-busy", "true");
  if (words.busy) said.textContent = words.busy;
  try {
    const headers = { Accept: "application/json", "HX-Request": "true" };
    const keepalive = body.toString().length < KEEPALIVE;
    const answer = await fetch(form.action, { method: "POST", body, headers, keepalive });
    if (answer.status === 401) document.dispatchEvent(new CustomEvent("htmx:responseError", { detail: { xhr: answer } }));
    if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error(String(answer.status));
    const told = await answer.json();
    failures = 0;
    for (const cell of told.cells) show(cell, sent.get(cell.key));
    for (const [name, html] of Object.entries(told.parts)) {
      for (const place of document.querySelectorAll(`[data-part="${CSS.escape(name)}"]`)) place.innerHTML = html;
    }
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
    remember();
  }
  return undefined;
};

const show = (answer, was) => {
  const { key } = answer;
  const [input] = inputs.get(key);
  const cell = input.parentElement;
  wordsOf(key).innerHTML = answer.words; // written by the server, with its texts escaped
  cell.dataset.state = answer.state;
  input.removeAttribute("aria-invalid");
  theirs.delete(key);
  if (answer.state === "refused") {
    input.setAttribute("aria-invalid", "true");
    refused.set(key, was);
    if (answer.theirs) theirs.set(key, answer.theirs);
    if (typed(key) !== was) mark(key);
    return;
  }
  saw(key, answer.seen);
  for (const one of inputs.get(key)) settle(one, answer.texts[one.name] ?? "");
  input.dispatchEvent(new Event("cells:saved", { bubbles: true }));
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

// ---- somebody else was faster ----

const choose = (event) => {
  const button = event.target.closest("[data-take], [data-keep-mine], [data-join]");
  if (!button) return;
  const key = button.dataset.take ?? button.dataset.keepMine ?? button.dataset.join;
  const other = theirs.get(key);
  if (!other) return; // drawn by the server: the button sends the form
  event.preventDefault();
  const [input] = inputs.get(key);
  saw(key, other.seen);
  refused.delete(key);
  theirs.delete(key);
  kept.set(input, other.text);
  if (button.dataset.take) input.value = other.text;
  if (button.dataset.join) input.value = other.joined;
  wordsOf(key).textContent = "";
  mark(key);
  input.focus();
  later(SOON);
};

// ---- leaving ----

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// Send what is not saved yet; whoever leaves by a link or by another form waits for it. What cannot be saved is asked
// about by the browser as the page is left.
const settled = async () => {
  for (let round = 0; round < 50 && unsaved().some((key) => refused.get(key) !== typed(key)); round += 1) {
    if (busy) await pause(100);
    else await send();
    if (failures) return;
  }
};

const left = (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const here = link.pathname === window.location.pathname && link.search === window.location.search && link.hash;
  if (here || link.target || link.download || !unsaved().length) return;
  event.preventDefault();
  settled().then(() => window.location.assign(link.href));
};

const otherSent = (event) => {
  if (event.target === form || event.defaultPrevented || !unsaved().length) return;
  event.preventDefault();
  event.stopPropagation();
  settled().then(() => {
    leaving = true; // what could not be saved stays remembered
    event.target.requestSubmit(event.submitter);
  });
};

if (form) {
  for (const input of form.querySelectorAll("[data-cell]")) {
    const key = keyOf(input);
    inputs.set(key, [...(inputs.get(key) ?? []), input]);
    kept.set(input, input.defaultValue);
  }
  for (const token of form.querySelector("[data-seen-all]").value.split(" ")) {
    const colon = token.lastIndexOf(":");
    if (colon > 0 && inputs.has(token.slice(0, colon))) saw(token.slice(0, colon), Number(token.slice(colon + 1)));
  }
  for (const cell of form.querySelectorAll('[data-state="refused"]')) {
    // Drawn after a refusal: what stands in the cells was typed, not saved.
    const key = keyOf(cell.querySelector("[data-cell]"));
    for (const input of inputs.get(key)) kept.set(input, null);
    refused.set(key, typed(key));
  }
  if (words.keep && inputs.size) {
    offer();
    document.addEventListener("click", left);
    window.addEventListener("submit", (event) => !leaving && otherSent(event), true);
  }
  form.addEventListener("input", (event) => {
    if (!event.target.matches("[data-cell]")) return;
    mark(keyOf(event.target));
    remember();
    later(document.activeElement === event.target ? PAUSE : SOON);
  });
  form.addEventListener("focusout", () => {
    if (unsaved().length) later(SOON);
  });
  form.addEventListener("click", choose);
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name) {
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
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && unsaved().length && !busy) send();
  });
  for (const name of ["online", "focus"]) {
    window.addEventListener(name, () => failures && later(2000)); // the token may be another after a new sign-in
  }
}
