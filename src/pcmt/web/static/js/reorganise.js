// Steps of a reorganisation: fields that a choice does not need are folded away, shares are counted while typing.
// Without this script all fields are shown, and the button beside the sum counts.

const chosen = (form, name) => {
  const field = form.elements[name];
  return field?.value ?? "";
};

const fold = () => {
  for (const part of document.querySelectorAll("[data-when]")) {
    part.hidden = chosen(part.closest("form"), part.dataset.when) !== part.dataset.is;
  }
};

const number = (text) => {
  const plain = text.trim().replace(/\.(?=\d{3}(\D|$))/g, "").replace(",", ".");
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
};
const written = (value, digits) => value.toLocaleString("vi-VN", { maximumFractionDigits: digits });

const count = () => {
  const parts = document.querySelector("[data-parts]");
  if (!parts) return;
  const values = [...parts.querySelectorAll("[name$='-measure']")].map((field) => number(field.value));
  const total = values.reduce((sum, value) => sum + (value ?? 0), 0);
  document.querySelector("[data-total]").textContent = written(total, 3);
  parts.querySelectorAll("[data-share]").forEach((share, at) => {
    share.textContent = values[at] !== null && total > 0 ? `${written((values[at] * 100) / total, 1)} %` : "";
  });
};

document.addEventListener("change", fold);
document.addEventListener("input", count);
fold();
