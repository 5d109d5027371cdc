// Opening an item's sentence (#s12) marks the whole of it: a sentence over several lines has several pieces.
const show = () => {
  for (const piece of document.querySelectorAll(".m.on")) piece.classList.remove("on");
  const ref = /^#s(\d+)$/.exec(location.hash)?.[1];
  if (!ref) return;
  for (const piece of document.querySelectorAll(`.m[data-r="${ref}"]`)) piece.classList.add("on");
};

window.addEventListener("hashchange", show);
show();

// On a phone the tabs run out of the screen: bring the open one into sight.
const tabs = document.querySelector(".tabs ul");
const open = tabs?.querySelector("[aria-current]");
if (open) tabs.scrollLeft = open.offsetLeft - (tabs.clientWidth - open.offsetWidth) / 2;
