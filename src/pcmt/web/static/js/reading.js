// The reading screen: the text and the items show each other, keys decide, a selection becomes an item.
// Every action is a form or a link that works without this file; here they get quick and keep their place.

const review = document.querySelector("[data-review]");
const source = document.getElementById("source");
const panels = review.querySelector(".panels");
const pick = document.querySelector("[data-pick]");
const dialog = document.getElementById("dialog");
const help = document.getElementById("help");
const phone = window.matchMedia("(max-width: 61.99rem)");
let chosen = null; // data-ref of the chosen item

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const cardOf = (ref) => review.querySelector(`.item[data-ref="${CSS.escape(ref)}"]`);
const marksOf = (ref) => all(`.m[data-r="${CSS.escape(ref)}"]`, source);
const announce = (words) => {
  document.getElementById("announce").textContent = words; // a live region: readers of the screen hear it
};
const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

// ---- tabs and panes ----

const scrolled = new Map(); // tab → how far it was scrolled when it was left
const openTab = (ref, { focus = false } = {}) => {
  const before = panels.querySelector(".panel-items:not([hidden])")?.id;
  if (before && before !== `panel-${ref}`) scrolled.set(before, panels.scrollTop);
  for (const tab of all("[data-tab]")) {
    const open = tab.dataset.tab === ref;
    tab.setAttribute("aria-selected", open);
    tab.tabIndex = open ? 0 : -1;
    if (open && focus) tab.focus();
  }
  for (const panel of all(".panel-items", panels)) panel.hidden = panel.id !== `panel-${ref}`;
  if (before !== `panel-${ref}`) panels.scrollTop = scrolled.get(`panel-${ref}`) ?? 0;
  review.querySelector(".finder").hidden = ref === "header";
  sift();
};
const currentTab = () => document.querySelector('[data-tab][aria-selected="true"]')?.dataset.tab ?? "targets";
const showPane = (pane) => {
  review.dataset.pane = pane;
  for (const button of all("[data-pane-to]")) button.setAttribute("aria-pressed", button.dataset.paneTo === pane);
};

// ---- choosing: both sides show the same thing ----

const intoView = (element, block = "center") => {
  const box = element.closest(".source-text, .panels");
  if (!phone.matches && box) {
    const inner = element.getBoundingClientRect();
    const outer = box.getBoundingClientRect();
    if (inner.top >= outer.top + 40 && inner.bottom <= outer.bottom - 40) return;
  }
  element.scrollIntoView({ block });
};

const choose = (ref, { from = "items", focus = false } = {}) => {
  const card = cardOf(ref);
  if (!card) return;
  for (const element of all(".m.on, .item.on")) element.classList.remove("on");
  for (const element of all(".item[aria-current]")) element.removeAttribute("aria-current");
  chosen = ref;
  card.classList.add("on");
  card.setAttribute("aria-current", "true");
  const panel = card.closest(".panel-items");
  if (panel?.hidden) openTab(panel.id.replace("panel-", ""));
  if (card.hidden) card.hidden = false;
  const marks = marksOf(ref);
  for (const mark of marks) mark.classList.add("on");
  if (marks.length && (from === "items" || !phone.matches)) intoView(marks[0]);
  if (phone.matches && from === "text") showPane("source");
  else intoView(card, "nearest");
  if (focus) card.querySelector(".item-open")?.focus({ preventScroll: true });
  const title = card.querySelector(".item-open")?.textContent.trim() ?? "";
  const place = card.querySelector(".item-place")?.textContent.trim() ?? "";
  announce(`${title}. ${place}`);
};

const unchoose = () => {
  for (const element of all(".m.on, .item.on")) element.classList.remove("on");
  for (const element of all(".item[aria-current]")) element.removeAttribute("aria-current");
  chosen = null;
};

// A click on marks that lie in one another takes the innermost; the next click the one around it.
source.addEventListener("click", (event) => {
  if (!window.getSelection().isCollapsed) return;
  const chain = [];
  for (let mark = event.target.closest(".m"); mark; mark = mark.parentElement.closest(".m")) chain.push(mark.dataset.r);
  const known = chain.filter((ref) => cardOf(ref));
  if (!known.length) return;
  const at = known.indexOf(chosen);
  choose(at >= 0 && at + 1 < known.length ? known[at + 1] : known[0], { from: "text" });
});

// ---- search and filter of the right pane ----

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase();
const find = document.querySelector("[data-find]");
const show = document.querySelector("[data-show]");

const fits = (card, words, wanted) => {
  if (wanted === "doubt" ? !("doubt" in card.dataset && card.dataset.state === "proposed") : wanted && card.dataset.state !== wanted) return false;
  // a card tells little of its sentence: its line in the text is looked through as well
  return !words || fold(card.textContent).includes(words) || marksOf(card.dataset.ref).some((mark) => fold(mark.closest(".ln").textContent).includes(words));
};
const sift = () => {
  const words = fold(find.value.trim());
  const wanted = show.value;
  const panel = document.getElementById(`panel-${currentTab()}`);
  if (!panel) return;
  const plain = panel.querySelector(".items.plain, #list-bodies") !== null;
  for (const card of all(".item:not(.spot)", panel)) {
    if (card.parentElement.classList.contains("parts")) continue;
    card.hidden = !fits(card, words, plain ? "" : wanted) && !card.classList.contains("editing");
  }
  for (const group of all(".group", panel)) group.hidden = !group.querySelector(".item:not([hidden])") && Boolean(words || wanted);
};
let wait;
find.addEventListener("input", () => {
  clearTimeout(wait);
  wait = setTimeout(sift, 120);
});
show.addEventListener("change", sift);

// ---- moving ----

const walkable = () => all(`#panel-${currentTab()} .item:not([hidden])`).filter((card) => card.offsetParent !== null || phone.matches);
const step = (by) => {
  const cards = walkable();
  if (!cards.length) return;
  const at = cards.findIndex((card) => card.dataset.ref === chosen);
  const next = at < 0 ? (by > 0 ? 0 : cards.length - 1) : Math.min(Math.max(at + by, 0), cards.length - 1);
  choose(cards[next].dataset.ref, { focus: true });
};
const nextOpen = () => {
  const order = all("[data-tab]").map((tab) => tab.dataset.tab);
  const cards = order.flatMap((ref) => all(`#panel-${ref} .item[data-state="proposed"]`));
  if (!cards.length) return announce(help.dataset.allDone ?? "");
  const here = cardOf(chosen ?? "");
  const after = here ? cards.find((card) => here.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING && card !== here) : null;
  choose((after ?? cards.find((card) => card !== here) ?? cards[0]).dataset.ref, { focus: true });
};
const press = (key) => {
  const card = cardOf(chosen ?? "");
  if (!card || card.classList.contains("busy")) return;
  const button = card.querySelector(`:scope > .item-acts [data-key="${key}"]`);
  if (!button) return;
  if (key !== "e") moveOn = chosen;
  button.click();
};
let moveOn = null; // the item whose decision was sent by key: go on when it is answered

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    if (pick) pick.hidden = true;
    if (isTyping(event.target)) event.target.blur();
    else if (phone.matches) unchoose();
    return;
  }
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const acts = {
    j: () => step(1), k: () => step(-1), ArrowDown: null, n: nextOpen,
    a: () => press("a"), x: () => press("x"), e: () => press("e"),
    u: () => document.querySelector('#summary [data-key="u"]')?.click(),
    "?": () => help.showModal(),
  };
  const act = acts[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

review.addEventListener("keydown", (event) => {
  const tab = event.target.closest("[data-tab]");
  if (!tab || !["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
  event.preventDefault();
  const tabs = all("[data-tab]");
  const at = tabs.indexOf(tab);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key];
  openTab(tabs[(to + tabs.length) % tabs.length].dataset.tab, { focus: true });
});

document.addEventListener("click", (event) => {
  const target = event.target;
  const tab = target.closest("[data-tab]");
  if (tab) {
    event.preventDefault();
    openTab(tab.dataset.tab);
    return;
  }
  const pane = target.closest("[data-pane-to]");
  if (pane) return void showPane(pane.dataset.paneTo);
  if (target.closest("[data-help]")) return void help.showModal();
  if (target.closest("[data-sheet-close]")) return void unchoose();
  if (target.closest("[data-dialog-close]")) {
    event.preventDefault();
    return void dialog.close();
  }
  const asks = target.closest("a[data-dialog]");
  if (asks && dialog) {
    event.preventDefault();
    return void openDialog(asks.href);
  }
  const link = target.closest("a.item-open");
  if (link) {
    event.preventDefault();
    const ref = link.closest(".item").dataset.ref;
    choose(ref);
    if (phone.matches) {
      showPane("source");
      marksOf(ref)[0]?.scrollIntoView({ block: "center" });
    }
    return;
  }
  const entry = target.closest("[data-line]");
  if (entry) {
    event.preventDefault();
    entry.closest("details").open = false;
    document.getElementById(`l${entry.dataset.line}`)?.scrollIntoView({ block: "start" });
    return;
  }
  const card = target.closest(".item");
  const edit = target.closest('[data-list] > .item-acts [data-key="e"]');
  if (edit) {
    event.preventDefault();
    choose(card.dataset.ref);
    htmx.ajax("GET", edit.href, { target: `#${card.id}`, swap: "outerHTML" });
  } else if (card && !target.closest("button, a, input, select, textarea, label, summary")) choose(card.dataset.ref);
});

// ---- a selection in the text becomes an item ----

const points = (text) => [...text].length;
const offsetIn = (node, offset) => {
  const line = (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement).closest(".ln");
  if (!line) return null;
  const range = document.createRange();
  range.setStart(line, 0);
  range.setEnd(node, offset);
  return Number(line.dataset.start) + points(range.toString());
};
const selectedSpan = () => {
  const selection = window.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!source.contains(range.startContainer) || !source.contains(range.endContainer)) return null;
  const text = selection.toString();
  const start = offsetIn(range.startContainer, range.startOffset);
  let end = offsetIn(range.endContainer, range.endOffset);
  if (start === null || end === null || !text.trim()) return null;
  const lead = points(text) - points(text.trimStart());
  const tail = points(text) - points(text.trimEnd());
  end -= tail;
  return end > start + lead ? [start + lead, end, range.getBoundingClientRect()] : null;
};
const offerPick = () => {
  if (!pick) return;
  const span = selectedSpan();
  if (!span) {
    pick.hidden = true;
    return;
  }
  const [start, end, box] = span;
  for (const link of all("[data-add]", pick)) {
    const url = new URL(link.href);
    url.searchParams.set("start", start);
    url.searchParams.set("end", end);
    link.href = url;
  }
  pick.hidden = false;
  const width = pick.offsetWidth;
  const pane = source.getBoundingClientRect();
  const left = Math.max(Math.min(box.left + box.width / 2 - width / 2, pane.right - width - 8), pane.left + 8);
  const above = box.top - pick.offsetHeight - 8;
  pick.style.left = `${left}px`; // set through the object model, which the policy allows
  pick.style.top = `${above > 60 ? above : Math.min(box.bottom + 8, window.innerHeight - pick.offsetHeight - 8)}px`;
};
let resting;
document.addEventListener("selectionchange", () => {
  clearTimeout(resting);
  resting = setTimeout(offerPick, 150);
});
source.addEventListener("scroll", () => pick && (pick.hidden = true), { passive: true });

const openDialog = (url) => {
  htmx.ajax("GET", url, { target: "#dialog-body", swap: "outerHTML" }).then(() => {
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("[data-focus], select, input:not([type=hidden]), textarea")?.focus();
  });
};
pick?.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the selection while pressing
pick?.addEventListener("click", (event) => {
  const link = event.target.closest("[data-add]");
  if (!link) return;
  event.preventDefault();
  pick.hidden = true;
  openDialog(link.href);
});

// ---- fields of a time limit: only those that count are shown ----

const trim = (form) => {
  const when = form.elements.when?.value;
  if (when === undefined) return;
  const every = form.elements.every?.value;
  for (const box of all("[data-when]", form)) {
    const name = box.querySelector("input, select")?.name;
    let counts = box.dataset.when.split(" ").includes(when);
    if (name === "weekday") counts &&= every === "WEEKLY";
    if (name === "day") counts &&= every !== "WEEKLY";
    if (name === "month") counts &&= every === "YEARLY";
    box.hidden = !counts;
  }
};
document.addEventListener("change", (event) => {
  if (event.target.form && ["when", "every"].includes(event.target.name)) trim(event.target.form);
});

// ---- answers of the server ----

let missed = false; // something was not drawn because a form was open in it: ask for everything once it is closed
const sending = new Set(); // ids of cards whose own form is under way

document.body.addEventListener("htmx:beforeRequest", (event) => {
  const element = event.detail.elt;
  const path = event.detail.pathInfo?.requestPath ?? "";
  const card = element.closest?.(".item, .head-card, dialog") ?? document.getElementById(`i${/\/muc\/(\d+)\//.exec(path)?.[1]}`);
  if (card?.id && event.detail.requestConfig?.verb === "post") {
    sending.add(card.id);
    card.classList.add("busy");
  }
});
document.body.addEventListener("htmx:afterRequest", (event) => {
  const path = event.detail.pathInfo?.requestPath ?? "";
  const id = `i${/\/muc\/(\d+)\//.exec(path)?.[1]}`;
  for (const card of [document.getElementById(id), event.detail.elt.closest?.(".item, .head-card, dialog")]) {
    if (!card) continue;
    sending.delete(card.id);
    card.classList.remove("busy");
  }
  if (event.detail.successful && event.detail.requestConfig?.verb === "post" && event.detail.elt.closest?.("dialog")) {
    if (!event.detail.xhr.responseText.includes('id="dialog-body"')) dialog.close();
  }
  if (event.detail.failed) {
    const words = review.dataset.offline;
    if (words && event.detail.requestConfig?.verb === "post") tell(words);
  }
});
const tell = (words) => {
  const box = document.getElementById("messages");
  const note = document.createElement("p");
  note.className = "note note-warn";
  note.setAttribute("role", "status");
  note.textContent = words;
  box.replaceChildren(note);
};

// A card with an open form is not replaced by what others did: the form would be lost. It says so instead,
// and saving it then asks before overwriting.
let refocus = null;
document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  const card = event.detail.target;
  if (!(card instanceof HTMLElement)) return;
  for (const form of all("form[data-edit]", card)) {
    const owner = form.closest(".item, .head-card, dialog");
    if (owner && !sending.has(owner.id)) {
      event.detail.shouldSwap = false;
      const note = form.querySelector("[data-other]");
      if (note && card.id !== "list-bodies") note.hidden = false;
      missed = true;
      return;
    }
  }
  const active = document.activeElement;
  if (active && active !== document.body && card.contains(active)) {
    refocus = { card: card.id, item: active.closest(".item")?.id, key: active.dataset?.key, open: active.matches(".item-open"), id: active.id };
  }
});

// A word about what was done goes away by itself after a while.
let fading;
const fade = () => {
  clearTimeout(fading);
  fading = setTimeout(() => document.getElementById("messages").replaceChildren(), 12_000);
};

const settle = () => {
  if (chosen) {
    const card = cardOf(chosen);
    card?.classList.add("on");
    card?.setAttribute("aria-current", "true");
    for (const mark of marksOf(chosen)) mark.classList.add("on");
  }
  const states = new Map(all(".item[data-list]").map((card) => [card.dataset.ref, card.dataset.state]));
  for (const mark of all(".m[data-r]", source)) {
    const state = states.get(mark.dataset.r);
    if (state) mark.classList.toggle("m-rejected", state === "rejected");
  }
  sift();
};
document.body.addEventListener("htmx:oobAfterSwap", (event) => {
  const card = event.detail.target;
  if (card?.id === "messages") fade();
  if (card?.matches?.(".tabs")) openTab(keepTab);
});
let keepTab = currentTab();
document.body.addEventListener("htmx:beforeSwap", (event) => {
  keepTab = currentTab();
  const { elt, parameters } = event.detail.requestConfig;
  // what others did was asked before an answer that has been drawn since: the next asking brings it whole
  if (elt.id === "sync" && parameters.since !== document.getElementById("since").value) event.detail.shouldSwap = false;
});
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (refocus) {
    const card = document.getElementById(refocus.item ?? refocus.card);
    const to = (refocus.id && document.getElementById(refocus.id)) || (refocus.key && card?.querySelector(`:scope > .item-acts [data-key="${refocus.key}"]`)) || card?.querySelector(".item-open");
    to?.focus({ preventScroll: true });
    refocus = null;
  }
  openTab(currentTab());
  settle();
  all("form[data-edit]").forEach(trim);
  if (missed && !document.querySelector("form[data-edit]")) {
    missed = false;
    document.getElementById("since").value = 0;
    htmx.trigger("#sync", "again");
  }
  if (moveOn !== null && event.detail.elt?.id === "sync") {
    const card = cardOf(moveOn);
    const done = moveOn;
    moveOn = null;
    if (card && !card.querySelector(":scope > .conflict") && chosen === done) nextOpen();
  }
  const editing = event.detail.elt?.closest?.(".editing") ?? document.querySelector(".item.editing:not([data-ready])");
  if (editing && !editing.dataset.ready) {
    editing.dataset.ready = "1";
    intoView(editing, editing.offsetHeight > panels.clientHeight ? "start" : "nearest");
    (editing.querySelector("[data-focus]") ?? editing.querySelector("[aria-invalid], select, input:not([type=hidden]), textarea"))?.focus();
  }
});
document.body.addEventListener("shown", (event) => {
  // the server names the item just made or changed
  if (dialog?.open) dialog.close();
  window.getSelection().removeAllRanges();
  requestAnimationFrame(() => {
    choose(String(event.detail.value), { focus: true });
    cardOf(String(event.detail.value))?.classList.add("fresh");
  });
});

// ---- the page as it opens ----

fade();
openTab(currentTab());
const asked = new URLSearchParams(window.location.search).get("muc") ?? (/^#[is]([\w]+)$/.exec(window.location.hash)?.[1] || "");
if (asked && cardOf(asked)) choose(asked);
