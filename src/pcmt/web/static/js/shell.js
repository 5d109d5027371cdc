// Manners of every page: focus goes to the error summary, "/" to the search, menus close, forms are sent once.

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

document.querySelector("[data-focus]")?.focus();

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !isTyping(event.target) && !event.ctrlKey && !event.metaKey && !event.defaultPrevented) {
    const search = document.querySelector("[data-search-here]") ?? document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    // In an open menu the arrows go from line to line, around the ends.
    const menu = event.target.closest("details.menu[open]");
    if (menu) {
      const stops = [menu.querySelector("summary"), ...menu.querySelectorAll(".menu-line")];
      const here = stops.indexOf(event.target);
      if (here >= 0) {
        event.preventDefault();
        stops.at((here + (event.key === "ArrowDown" ? 1 : -1)) % stops.length).focus();
      }
    }
  }
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (event.target.closest("[data-print]")) window.print();
});

// A form marked data-once is sent once: a second press of its button does nothing until an answer came.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// A select marked data-autosubmit sends its form when changed; its button serves those without script.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
});

// What is printed leaves the house: the log is told, also when it is the browser's own menu that prints.
const printed = document.body.dataset.printed;
if (printed) {
  window.addEventListener("beforeprint", () => {
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const body = new URLSearchParams({ path: window.location.pathname });
    fetch(printed, { method: "POST", keepalive: true, headers, body }).catch(() => {});
  });
}
