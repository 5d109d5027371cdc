// Typing "@" at the beginning of a word opens the list of people who can be named in a comment.

document.querySelector("form[data-mentions] textarea")?.addEventListener("input", (event) => {
  const text = event.target;
  const people = text.form.querySelector("details.mentions");
  if (people && event.data === "@" && /(^|\s)@$/u.test(text.value.slice(0, text.selectionStart))) people.open = true;
});
