// A box in which a unit or a person is typed suggests what is meant: a list of the server's, asked while one types.
const PAUSE = 180;

for (const box of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("datalist");
  list.id = `${box.id}-goi-y`;
  box.after(list);
  box.setAttribute("list", list.id);
  let waiting = 0;
  let asked = "";
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const words = box.value.trim();
      if (words.length < 2 || words === asked) return;
      asked = words;
      const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(words)}`, {
        headers: { "HX-Request": "true" },
      }).catch(() => null);
      if (answer?.ok && asked === words) list.innerHTML = await answer.text();
    }, PAUSE);
  });
}
