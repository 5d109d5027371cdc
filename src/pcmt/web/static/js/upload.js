// Dropping a file anywhere on the form's box; the chosen file is named; pasting a file works as well.

const form = document.querySelector("[data-upload]");
const box = form.querySelector("[data-drop]");
const input = box.querySelector("input[type=file]");
const words = box.querySelector("[data-drop-words]");
const empty = words.textContent;

const size = (bytes) =>
  bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1).replace(".", ",")} MB`;
const name = () => {
  const file = input.files[0];
  words.textContent = file ? `${file.name} · ${size(file.size)}` : empty;
  box.classList.toggle("chosen", Boolean(file));
};
input.addEventListener("change", name);

const take = (files) => {
  if (!files.length) return;
  const one = new DataTransfer();
  one.items.add(files[0]);
  input.files = one.files;
  name();
};
for (const kind of ["dragenter", "dragover"]) {
  window.addEventListener(kind, (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    box.classList.add("over");
  });
}
window.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) box.classList.remove("over");
});
window.addEventListener("drop", (event) => {
  box.classList.remove("over");
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  take(event.dataTransfer.files);
});
window.addEventListener("paste", (event) => {
  if (event.clipboardData?.files.length) {
    event.preventDefault();
    take(event.clipboardData.files);
  }
});
form.addEventListener("submit", () => {
  form.querySelector("[data-sending]").hidden = false;
});
name();
