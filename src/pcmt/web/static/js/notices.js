// Words to paste into a chat group get a button that copies them. Without this script they can be selected by hand.

for (const box of document.querySelectorAll("textarea[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-small";
  button.textContent = box.dataset.copy;
  const said = document.createElement("span");
  said.className = "muted";
  said.setAttribute("role", "status");
  const row = document.createElement("p");
  row.className = "actions";
  row.append(button, " ", said);
  box.after(row);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(box.value);
      said.textContent = box.dataset.copied;
    } catch {
      // Plain http and old browsers give no clipboard: the words lie selected for Ctrl+C.
      box.focus();
      box.select();
      said.textContent = box.dataset.failed;
    }
  });
}
