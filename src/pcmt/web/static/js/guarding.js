// A page that names people, left alone: it covers itself, and says how long the visit still lasts. The server counts
// the visit; this only hides what is on the screen already.

const banner = document.querySelector("[data-visit]");
const cover = document.querySelector("dialog.visit-lock");
const idle = Number(banner.dataset.lock) * 1000;
const named = Number(banner.dataset.visit) > 0;
let end = Date.now() + Number(banner.dataset.visit) * 1000;
let touched = Date.now();

const lock = () => {
  if (cover.open) return;
  document.body.classList.add("covered");
  cover.showModal();
};

const look = () => {
  if (!named) return;
  const left = banner.querySelector("[data-left]");
  if (left) left.textContent = Math.max(0, Math.ceil((end - Date.now()) / 60000));
  if (Date.now() >= end || (idle && Date.now() - touched >= idle)) lock();
};

const unlock = async () => {
  const answer = await fetch(banner.dataset.state, { headers: { "HX-Request": "true" }, cache: "no-store" });
  const left = answer.ok ? (await answer.json()).left : 0;
  if (left <= 0) {
    window.location.reload(); // asks what for again, or to sign in
    return;
  }
  end = Date.now() + left * 1000;
  touched = Date.now();
  document.body.classList.remove("covered");
  cover.close();
};

for (const sign of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
  document.addEventListener(sign, () => !cover.open && (touched = Date.now()), { passive: true });
}
cover.addEventListener("cancel", (event) => event.preventDefault());
cover.querySelector("[data-unlock]").addEventListener("click", () => unlock().catch(() => {}));
setInterval(look, 5000);
document.addEventListener("visibilitychange", look);

// Coming back by the back button shows the page as the server would give it now, not as it was left.
window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
