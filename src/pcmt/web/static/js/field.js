// Entry in the field: what is saved goes into this browser's own store first and is sent from there, one entry at a
// time with its pictures, whenever there is a line. Each has a key made here, under which the server takes it once;
// only when the server says that it has it does it leave the queue. Everybody has a store of their own, named by their
// number; "pcmt-field-owner" remembers whose turn it is while nobody can be asked. Entries and pictures lie sealed
// (AES-GCM) under a key that this browser made and never gives out.

const page = document.querySelector("[data-field-entry]");
const words = page.dataset;
const OWNER = "pcmt-field-owner";
const SIDE = 1600; // longest side of a picture in pixels
const SENT_SHOWN = 10;
const text = new TextEncoder();
const find = (name) => page.querySelector(`[data-${name}]`);
const form = find("entry");

let owner = localStorage.getItem(OWNER); // number of the person, as text
let along = null; // what was taken along
let kind = null; // of the entry that is being made
let pictures = []; // blobs
let sending = false;
let key = null;

// ---- the store ----

const opened = () =>
  new Promise((done, fail) => {
    const asked = indexedDB.open(`pcmt-field-${owner}`, 1);
    asked.onupgradeneeded = () => {
      for (const name of ["kept", "queue", "told"]) asked.result.createObjectStore(name);
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });

const inStore = async (name, mode, work) => {
  const base = await opened();
  try {
    return await new Promise((done, fail) => {
      const doing = base.transaction(name, mode);
      const asked = work(doing.objectStore(name));
      doing.oncomplete = () => done(asked?.result);
      doing.onerror = doing.onabort = () => fail(doing.error);
    });
  } finally {
    base.close();
  }
};

const get = (name, what) => inStore(name, "readonly", (store) => store.get(what));
const put = (name, what, value) => inStore(name, "readwrite", (store) => store.put(value, what));
const drop = (name, what) => inStore(name, "readwrite", (store) => store.delete(what));
const all = (name) => inStore(name, "readonly", (store) => store.getAll());

const keyOf = async () => {
  if (key) return key;
  key = await get("kept", "key");
  if (!key) {
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Another window may have been first: what stands there stays.
    await inStore("kept", "readwrite", (store) => store.add(made, "key")).catch(() => {});
    key = await get("kept", "key");
  }
  return key;
};
const seal = async (bytes) => {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(), bytes) };
};
const unseal = async ({ iv, data }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, await keyOf(), data);

// ---- what the page shows ----

const say = (message, wrong = false) => {
  find("said").textContent = message;
  find("said").classList.toggle("text-danger", wrong);
};
const show = (name) => {
  for (const one of page.querySelectorAll("[data-part]")) {
    if (one.dataset.part !== "queue") one.hidden = one.dataset.part !== name;
  }
};
const make = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
};

const drawQueue = async () => {
  const rows = owner ? await all("queue") : [];
  const told = owner ? (await all("told")).sort((one, other) => other.at - one.at) : [];
  const line = (row, state, more) =>
    make(
      "li",
      { "data-state": state, "data-key": row.key },
      make("strong", {}, row.label),
      ` · ${row.on} · `,
      make("span", { class: "queue-state" }, words[state]),
      more ? `: ${more}` : "",
    );
  const lines = rows
    .sort((one, other) => other.at - one.at)
    .map((row) => {
      const made = line(row, row.words ? "refused" : "waiting", row.words);
      if (row.words) {
        const button = make("button", { type: "button", class: "btn btn-sm" }, words.drop);
        button.addEventListener("click", async () => {
          if (!confirm(words.suredrop)) return;
          await drop("queue", row.key);
          await drawQueue();
        });
        made.append(" ", button);
      }
      return made;
    });
  find("queue").replaceChildren(...lines, ...told.slice(0, SENT_SHOWN).map((row) => line(row, row.state, row.words)));
  page.querySelector('[data-part="queue"]').hidden = !rows.length && !told.length;
  find("count").textContent = rows.length;
  find("send-now").disabled = !rows.length || !navigator.onLine;
  find("line").textContent = navigator.onLine ? words.online : words.offline;
};

const drawKinds = async () => {
  const used = (await get("kept", "used")) ?? [];
  const rank = (one) => (used.includes(one.code) ? used.indexOf(one.code) : used.length);
  const sorted = [...along.kinds].sort((one, other) => rank(one) - rank(other));
  find("kinds").replaceChildren(
    ...sorted.map((one) => {
      const button = make("button", { type: "button", class: "btn", "data-code": one.code }, one.label);
      button.addEventListener("click", () => begin(one));
      return button;
    }),
  );
  find("who").textContent = `${along.name} · ${along.unit}`;
  find("look-count").textContent = along.waiting;
};

// ---- one entry ----

const input = (field) => {
  const id = `f-${field.key}`;
  const label = `${field.label}${field.unit ? ` (${field.unit})` : ""}`;
  const common = { id, name: id, class: "form-control", required: field.required };
  const optional = field.required ? "" : make("span", { class: "muted" }, ` (${words.optional})`);
  if (field.type === "choices") {
    const boxes = field.options.map((one) =>
      make("label", { class: "form-check-label" }, make("input", { type: "checkbox", class: "form-check-input", name: id, value: one.key }), ` ${one.label} `),
    );
    return make("fieldset", { class: "field" }, make("legend", {}, label, optional), ...boxes);
  }
  let box;
  if (field.type === "choice" || field.type === "yes_no") {
    const options = field.type === "choice" ? field.options : [{ key: "1", label: words.yes }, { key: "0", label: words.no }];
    box = make("select", { ...common, class: "form-select" }, make("option", { value: "" }, words.none));
    box.append(...options.map((one) => make("option", { value: one.key }, one.label)));
  } else if (field.type === "lines") box = make("textarea", { ...common, rows: "3" });
  else if (field.type === "day") box = make("input", { ...common, type: "date" });
  else if (field.type === "time") box = make("input", { ...common, type: "time" });
  else {
    const mode = { whole: "numeric", money: "numeric", decimal: "decimal" }[field.type];
    box = make("input", { ...common, inputmode: mode, autocomplete: "off" });
  }
  return make("div", { class: "field" }, make("label", { for: id }, label, optional), box);
};

const now = () => {
  const at = new Date();
  const two = (number) => String(number).padStart(2, "0");
  return [`${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`, `${two(at.getHours())}:${two(at.getMinutes())}`];
};

const begin = async (chosen) => {
  kind = chosen;
  pictures = [];
  find("kind-name").textContent = kind.label;
  find("quick").replaceChildren(...kind.fields.filter((one) => one.quick).map(input));
  find("slow").replaceChildren(...kind.fields.filter((one) => !one.quick).map(input));
  find("more").hidden = kind.fields.every((one) => one.quick);
  form.reset();
  [form.elements.on.value, form.elements.time.value] = now();
  find("title").hidden = kind.titled;
  form.elements.area.replaceChildren(...along.areas.map((one) => make("option", { value: one.id }, one.name)));
  find("area").hidden = along.areas.length < 2;
  find("place").hidden = !kind.places.length;
  drawPlaces();
  drawThumbs();
  wrong("");
  find("repeat").hidden = !(await get("kept", `last-${kind.code}`));
  show("form");
  find("kind-name").focus();
};

const drawPlaces = () => {
  const here = along.places.filter((one) => kind.places.includes(one.kind));
  form.elements.place.replaceChildren(
    make("option", { value: "" }, words.none),
    ...here.map((one) => make("option", { value: one.id }, one.name)),
  );
};

const wrong = (message, box) => {
  find("wrong").textContent = message;
  find("wrong").hidden = !message;
  for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
  if (box) {
    box.setAttribute("aria-invalid", "true");
    box.focus();
  }
};

const typedNow = () => {
  const data = new FormData(form);
  const typed = {};
  for (const field of kind.fields) {
    const id = `f-${field.key}`;
    if (field.type === "choices") typed[field.key] = data.getAll(id);
    else if (data.get(id)) typed[field.key] = data.get(id);
  }
  return typed;
};

const repeat = async () => {
  const sealed = await get("kept", `last-${kind.code}`);
  if (!sealed) return;
  const last = JSON.parse(new TextDecoder().decode(await unseal(sealed)));
  for (const [name, value] of Object.entries(last.typed)) {
    for (const box of form.querySelectorAll(`[name="${CSS.escape(`f-${name}`)}"]`)) {
      if (box.type === "checkbox") box.checked = value.includes(box.value);
      else box.value = value;
    }
  }
  form.elements.title.value = last.title;
  form.elements.where.value = last.where;
  form.elements.area.value = last.area;
  if (!form.elements.area.value) form.elements.area.selectedIndex = 0;
  form.elements.place.value = last.places[0] ?? "";
};

const save = async () => {
  const typed = typedNow();
  const missing = kind.fields.find((one) => one.required && !typed[one.key]?.length);
  if (missing) {
    const box = form.querySelector(`[name="${CSS.escape(`f-${missing.key}`)}"]`);
    return wrong(`${words.required} ${missing.label}`, box);
  }
  if (!form.elements.on.value) return wrong(words.required, form.elements.on);
  if (kind.placed && !form.elements.place.value) return wrong(words.required, form.elements.place);
  if (pictures.length < kind.pictures) return wrong(`${words.picturesneeded} ${kind.pictures}`, document.querySelector("#pictures"));
  const place = form.elements.place.value;
  const entry = {
    key: crypto.randomUUID(), kind: kind.code, number: kind.number, body: along.body,
    area: Number(form.elements.area.value || along.body), on: form.elements.on.value, time: form.elements.time.value,
    title: form.elements.title.value, where: form.elements.where.value, typed, places: place ? [Number(place)] : [],
  };
  const told = await seal(text.encode(JSON.stringify(entry)));
  const files = [];
  for (const blob of pictures) files.push(await seal(await blob.arrayBuffer()));
  await put("queue", entry.key, { key: entry.key, label: kind.label, on: entry.on, at: Date.now(), told, files, words: "" });
  await put("kept", `last-${kind.code}`, told);
  const used = ((await get("kept", "used")) ?? []).filter((one) => one !== kind.code);
  await put("kept", "used", [kind.code, ...used].slice(0, 12));
  say(words.saved);
  await drawKinds();
  show("kinds");
  await drawQueue();
  find("said").scrollIntoView();
  send();
};

// ---- pictures: made smaller here; the server makes them anew once more, without what the camera wrote ----

const smaller = async (file) => {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const share = Math.min(1, SIDE / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(image.width * share), Math.round(image.height * share)];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("picture"))), "image/jpeg", 0.85);
  });
};

const drawThumbs = async () => {
  const list = await Promise.all(
    pictures.map(async (blob, at) => {
      const canvas = make("canvas", { role: "img", "aria-label": `${words.picture} ${at + 1}`, width: 192, height: 192 });
      const image = await createImageBitmap(blob);
      const side = Math.min(image.width, image.height);
      canvas.getContext("2d").drawImage(image, (image.width - side) / 2, (image.height - side) / 2, side, side, 0, 0, 192, 192);
      image.close();
      const button = make("button", { type: "button", class: "btn btn-sm" }, `${words.remove} ${at + 1}`);
      button.addEventListener("click", () => {
        pictures = pictures.filter((one) => one !== blob);
        drawThumbs();
      });
      return make("li", {}, canvas, button);
    }),
  );
  find("thumbs").replaceChildren(...list);
};

const take = async (files) => {
  for (const file of files) {
    if (pictures.length >= Number(words.most)) break;
    try {
      pictures.push(await smaller(file));
    } catch {
      wrong(words.badpicture);
    }
  }
  await drawThumbs();
};

// ---- asking the server ----

class SignedOut extends Error {}

const ask = async (address, more = {}) => {
  const headers = { "HX-Request": "true", ...more.headers };
  const answer = await fetch(address, { ...more, headers, cache: "no-store", redirect: "manual" });
  if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) throw new SignedOut();
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

// Who is signed in: a colleague on the same device gets the colleague's own store, never this one's entries.
const session = async () => {
  const told = await ask(words.session);
  if (String(told.user) !== owner) {
    owner = String(told.user);
    localStorage.setItem(OWNER, owner);
    key = null;
    along = (await get("kept", "along")) ?? null;
  }
  return told;
};

const refresh = async () => {
  const before = owner;
  await session();
  const fresh = await ask(words.along);
  if (String(fresh.user) !== owner) return;
  along = fresh;
  await put("kept", "along", along);
  await drawKinds();
  if (!kind || before !== owner) show("kinds"); // an entry that is being made goes on with what it began with
};

const sendOne = async (row, token) => {
  const body = new FormData();
  body.set("entry", new TextDecoder().decode(await unseal(row.told)));
  for (const [at, file] of row.files.entries()) {
    body.append("files", new Blob([await unseal(file)], { type: "image/jpeg" }), `anh-${at + 1}.jpg`);
  }
  const told = await ask(words.send, { method: "POST", body, headers: { "X-CSRFToken": token } });
  if (told.state === "refused") return put("queue", row.key, { ...row, words: told.words });
  // The server has it (kept, known already, or laid before a person): only then it leaves this device.
  const state = told.state === "look" ? "look" : "sent";
  await put("told", row.key, { key: row.key, label: row.label, on: row.on, at: Date.now(), state, words: state === "look" ? told.words : "" });
  return drop("queue", row.key);
};

const send = async () => {
  if (sending || !owner || !navigator.onLine) return;
  sending = true;
  let problem = "";
  try {
    if (!(await all("queue")).length) return;
    const { token } = await session();
    const mine = owner;
    say(words.sending);
    for (const row of (await all("queue")).sort((one, other) => one.at - other.at)) {
      if (owner !== mine) break;
      try {
        await sendOne(row, token);
      } catch (error) {
        if (error instanceof SignedOut || error instanceof TypeError) throw error;
        await put("queue", row.key, { ...row, words: error.message }); // the others go on
      }
    }
    const old = (await all("told")).sort((one, other) => other.at - one.at).slice(SENT_SHOWN);
    for (const row of old) await drop("told", row.key);
    refresh().catch(() => {});
  } catch (error) {
    problem = error instanceof SignedOut ? words.signedout : words.offline;
    find("signin").hidden = !(error instanceof SignedOut);
  } finally {
    sending = false;
    if (!problem) find("signin").hidden = true;
    if (problem || find("said").textContent === words.sending) say(problem, Boolean(problem));
    await drawQueue();
  }
};

// ---- ----

const start = async () => {
  if (owner) {
    along = (await get("kept", "along")) ?? null;
    if (along) {
      await drawKinds();
      show("kinds");
    }
  }
  await drawQueue();
  if (!navigator.onLine) {
    if (!along) say(words.nobody, true);
    return;
  }
  try {
    await refresh();
    await drawQueue();
    await send();
  } catch (error) {
    find("signin").hidden = !(error instanceof SignedOut);
    if (error instanceof SignedOut) say(words.signedout, true);
    else if (!along) say(words.nobody, true);
  }
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  save().catch(() => say(words.failed, true));
});
find("repeat").addEventListener("click", () => repeat().catch(() => say(words.failed, true)));
find("back").addEventListener("click", () => show("kinds"));
find("send-now").addEventListener("click", () => send());
document.querySelector("#pictures").addEventListener("change", async (event) => {
  await take([...event.target.files]);
  event.target.value = "";
});
window.addEventListener("online", () => drawQueue().then(send));
window.addEventListener("offline", () => drawQueue());
window.addEventListener("focus", () => send());

if (!window.isSecureContext || !window.indexedDB || !crypto.subtle) {
  say(words.unfit, true);
} else {
  navigator.storage?.persist?.().catch(() => {}); // asked not to clear what waits
  navigator.serviceWorker?.register(words.worker, { scope: words.scope }).catch(() => say(words.nocache, true));
  start().catch(() => say(words.failed, true));
}
