// The tree of units: a twig opens its branch in place, once asked for it is kept; arrows walk through it.
// Without this script every twig is a link to the page with that branch open.

const below = (twig) => document.getElementById(twig.dataset.twig);
const isOpen = (twig) => twig.getAttribute("aria-expanded") === "true";

const prepare = (root) => {
  for (const twig of root.querySelectorAll("[data-twig]:not([role])")) {
    twig.setAttribute("role", "button");
    twig.setAttribute("aria-controls", twig.dataset.twig);
    twig.setAttribute("aria-expanded", String("open" in twig.dataset));
  }
};

const open = (twig) => {
  twig.setAttribute("aria-expanded", "true");
  const branch = below(twig);
  branch.hidden = false;
  if (branch.childElementCount === 0) window.htmx.trigger(twig, "open-branch");
};

const close = (twig) => {
  twig.setAttribute("aria-expanded", "false");
  below(twig).hidden = true;
};

document.addEventListener("click", (event) => {
  const twig = event.target.closest("[data-twig]");
  if (!twig || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (isOpen(twig)) close(twig);
  else open(twig);
});

// What can be seen, from the top down: the name of each unit.
const names = () => [...document.querySelectorAll("[data-tree] .node-name")].filter((one) => one.offsetParent !== null);
const twigOf = (name) => name.closest("li").querySelector(":scope > .node > [data-twig]");

document.addEventListener("keydown", (event) => {
  const at = event.target.closest("[data-tree] .node-name, [data-tree] [data-twig]");
  if (!at || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === " " && at.matches("[data-twig]")) {
    event.preventDefault();
    at.click();
    return;
  }
  const name = at.closest(".node").querySelector(".node-name");
  const all = names();
  const place = all.indexOf(name);
  const twig = twigOf(name);
  let next = null;
  if (event.key === "ArrowDown") next = all[place + 1];
  else if (event.key === "ArrowUp") next = all[place - 1];
  else if (event.key === "Home") next = all[0];
  else if (event.key === "End") next = all.at(-1);
  else if (event.key === "ArrowRight") {
    if (twig && !isOpen(twig)) open(twig);
    else if (twig) next = all[place + 1];
  } else if (event.key === "ArrowLeft") {
    if (twig && isOpen(twig)) close(twig);
    else next = name.closest(".below")?.closest("li").querySelector(".node-name");
  } else return;
  event.preventDefault();
  next?.focus();
});

document.addEventListener("htmx:load", (event) => prepare(event.target));
prepare(document);
