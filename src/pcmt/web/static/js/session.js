// The end of the session, seen from an open page: said before it comes, and nothing typed is lost when it has come.
// Signing in again happens in another tab; this page then takes the new token into its forms and goes on.

const dialog = document.querySelector("[data-session]");
const address = dialog.dataset.session;
const warning = Number(dialog.dataset.warning) * 1000;
const owner = Number(dialog.dataset.user);
let end = Date.now() + Number(dialog.dataset.left) * 1000;
let dismissed = false;

const show = (part) => {
  for (const one of dialog.querySelectorAll("[data-part]")) one.hidden = one.dataset.part !== part;
  dialog.setAttribute("aria-labelledby", `session-${part}`);
  if (!dialog.open) dialog.showModal();
};

const token = (fresh) => {
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": fresh }));
  for (const box of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) box.value = fresh;
};

const ask = async (method = "GET") => {
  const headers = { "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers")) };
  const answer = await fetch(address, { method, headers, cache: "no-store" });
  if (answer.status === 401 || answer.status === 403) {
    end = Math.min(end, Date.now());
    show("ended");
    return false;
  }
  if (!answer.ok) return false;
  const state = await answer.json();
  if (state.user !== owner) {
    show("other");
    return false;
  }
  token(state.token);
  end = Date.now() + state.left * 1000;
  const left = end - Date.now();
  if (left > warning) {
    dismissed = false;
    if (dialog.open) dialog.close();
  } else if (!dismissed) {
    dialog.querySelector("[data-go-on]").hidden = !state.prolongable;
    for (const one of dialog.querySelectorAll("[data-minutes]")) one.textContent = Math.max(1, Math.ceil(left / 60000));
    show("soon");
  }
  return true;
};

const look = () => {
  if (Date.now() < end - warning && !dialog.open) return;
  if (dismissed && Date.now() < end) return;
  ask().catch(() => {}); // no line: ask again later
};

setInterval(look, 15000);
window.addEventListener("focus", look);
window.addEventListener("pageshow", look);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
document.addEventListener("htmx:responseError", (event) => event.detail.xhr.status === 401 && show("ended"));

// A form sent after the end would lead to the sign-in page and lose what it holds: it waits until somebody is back.
document.addEventListener(
  "submit",
  (event) => {
    if (Date.now() < end || event.target.method !== "post" || dialog.contains(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const form = event.target;
    const button = event.submitter;
    ask().then((alive) => alive && form.requestSubmit(button));
  },
  true,
);

dialog.querySelector("[data-go-on]").addEventListener("click", () => ask("POST").catch(() => {}));
for (const button of dialog.querySelectorAll("[data-again]")) {
  button.addEventListener("click", () => ask().catch(() => {}));
}
dialog.querySelector("[data-later]").addEventListener("click", () => {
  dismissed = true;
  dialog.close();
});
