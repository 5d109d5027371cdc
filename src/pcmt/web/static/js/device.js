// Work without a connection: today's list and what is entered on it, kept by this browser for one person, encrypted.
// The page is [data-device]; it works from the cache of its service worker when there is no line. Its key comes from the
// words that the person chose (PBKDF2, then AES-GCM) and lives only while the page is open. In the store "kept" stand
// "list" (sealed, until the end of its day) and "lock" (salt, owner, wrong tries); in "queue" what waits to be sent, one
// sealed row each under the key that makes it count once. Each entry stands for itself: a refused one blocks no other.

const page = document.querySelector("[data-device]");
const words = page.dataset;
const STORE = "pcmt-device";
const ROUNDS = 600000; // OWASP's advice for PBKDF2 with SHA-256
const TRIES = 5; // wrong words in a row, then everything is wiped
const MOST = 50; // entries sent at a time
const text = new TextEncoder();
const plain = new TextDecoder();
const part = (name) => page.querySelector(`[data-part="${name}"]`);

let key = null;
let list = null;
let sending = false;

// ---- the store ----

const opened = () =>
  new Promise((done, fail) => {
    const asked = indexedDB.open(STORE, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("kept");
      asked.result.createObjectStore("queue");
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
      doing.onerror = () => fail(doing.error);
      doing.onabort = () => fail(doing.error);
    });
  } finally {
    base.close();
  }
};

const kept = (name) => inStore("kept", "readonly", (store) => store.get(name));
const keep = (name, value) => inStore("kept", "readwrite", (store) => store.put(value, name));
const forget = (name) => inStore("kept", "readwrite", (store) => store.delete(name));
const waiting = () => inStore("queue", "readonly", (store) => store.getAllKeys());

const wipe = async () => {
  key = null;
  list = null;
  await new Promise((done) => {
    const asked = indexedDB.deleteDatabase(STORE);
    asked.onsuccess = asked.onerror = asked.onblocked = () => done();
  });
};

// ---- sealing ----

const keyFrom = async (secret, salt) => {
  const base = await crypto.subtle.importKey("raw", text.encode(secret.normalize("NFC")), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
};

const seal = async (value) => {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text.encode(JSON.stringify(value))) };
};

const unseal = async ({ iv, data }) =>
  JSON.parse(plain.decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data)));

// ---- what the page shows ----

const say = (message, wrong = false) => {
  const line = part("said");
  line.textContent = message;
  line.classList.toggle("text-danger", wrong);
};

const show = (name) => {
  for (const one of page.querySelectorAll("[data-part]")) {
    if (!["said", "foot"].includes(one.dataset.part)) one.hidden = one.dataset.part !== name;
  }
  part(name).querySelector("input, select, button, [tabindex]")?.focus();
};

const counted = async () => {
  const count = (await waiting()).length;
  part("foot").querySelector("[data-count]").textContent = count;
  part("foot").querySelector("[data-send]").disabled = !count || !key || !navigator.onLine;
  part("foot").querySelector("[data-line]").textContent = navigator.onLine ? words.online : words.offline;
};

const rows = () => {
  const body = part("list").querySelector("[data-rows]");
  const pattern = page.querySelector("template[data-row]");
  body.replaceChildren();
  for (const person of list.people) {
    const row = pattern.content.cloneNode(true).firstElementChild;
    row.dataset.code = person.code;
    for (const [name, value] of Object.entries({ code: person.code, name: person.name, status: person.status, due: person.due })) {
      row.querySelector(`[data-field="${name}"]`).textContent = value;
    }
    row.querySelector("form").setAttribute("aria-label", `${person.code} ${person.name}`);
    for (const input of row.querySelectorAll("[id]")) input.id = `${input.id}-${person.code}`;
    for (const label of row.querySelectorAll("label[for]")) label.htmlFor = `${label.htmlFor}-${person.code}`;
    const day = row.querySelector('input[name="on"]');
    day.value = day.max = list.day;
    row.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      enter(row, person).catch(() => say(words.failed, true));
    });
    body.append(row);
  }
  part("list").querySelector("[data-day]").textContent = list.day_words;
  part("list").querySelector("[data-none]").hidden = list.people.length > 0;
};

const start = async () => {
  const [sealed, lock, queued] = [await kept("list"), await kept("lock"), await waiting()];
  if (sealed && sealed.until < Date.now()) {
    await forget("list"); // short-lived: what was entered stays, the list does not
    say(words.expired);
  }
  await counted();
  if (!lock) show("fetch");
  else if (!key) show("unlock");
  else if (list) show("list");
  else show(queued.length ? "queue" : "fetch");
};

// ---- asking the server ----

const session = async () => {
  const answer = await fetch(words.session, { headers: { "HX-Request": "true" }, cache: "no-store" });
  if (!answer.ok) throw new Error("signed out");
  return answer.json();
};

const post = async (address, value, token) => {
  const headers = { "X-CSRFToken": token, "Content-Type": "application/json", "HX-Request": "true" };
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(value), cache: "no-store" });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error("refused"), { words: told.words });
  return told;
};

const fetchList = async (secret) => {
  say(words.working);
  const { token, user } = await session();
  const lock = await kept("lock");
  if (lock && lock.user !== user) return say(words.other, true);
  const got = await post(words.list, {}, token);
  if (!key) {
    const salt = crypto.getRandomValues(new Uint8Array(16));
    key = await keyFrom(secret, salt);
    await keep("lock", { salt, user, tries: 0, check: await seal("pcmt") });
  }
  list = got;
  await keep("list", { ...(await seal(got)), until: Date.parse(got.until) });
  rows();
  say("");
  await start();
};

const unlock = async (secret) => {
  const lock = await kept("lock");
  key = await keyFrom(secret, lock.salt);
  try {
    await unseal(lock.check);
  } catch {
    key = null;
    if (lock.tries + 1 >= TRIES) {
      await wipe();
      say(words.wiped, true);
      return start();
    }
    await keep("lock", { ...lock, tries: lock.tries + 1 });
    return say(words.wrong.replace("{n}", TRIES - lock.tries - 1), true);
  }
  await keep("lock", { ...lock, tries: 0 });
  const sealed = await kept("list");
  list = sealed ? await unseal(sealed) : null;
  if (list) rows();
  say("");
  await start();
  if (navigator.onLine) await send();
};

const enter = async (row, person) => {
  const form = row.querySelector("form");
  const values = Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "substances"));
  values.substances = new FormData(form).getAll("substances");
  const entry = { key: crypto.randomUUID(), code: person.code, seen: person.seen, at: new Date().toISOString(), ...values };
  const sealed = await seal(entry);
  await inStore("queue", "readwrite", (store) => store.put(sealed, entry.key));
  row.querySelector("[data-field='state']").textContent = words.saved;
  row.dataset.state = "waiting";
  form.reset();
  form.elements.on.value = list.day;
  row.nextElementSibling?.querySelector("select, input")?.focus();
  await counted();
};

const send = async () => {
  if (sending || !key) return;
  sending = true;
  try {
    const names = await waiting();
    if (!names.length) return;
    say(words.sending);
    const { token, user } = await session();
    if ((await kept("lock")).user !== user) return say(words.other, true);
    const told = [];
    for (let first = 0; first < names.length; first += MOST) {
      const entries = [];
      for (const name of names.slice(first, first + MOST)) {
        entries.push(await unseal(await inStore("queue", "readonly", (store) => store.get(name))));
      }
      const { outcomes } = await post(words.send, { entries }, token);
      for (const outcome of outcomes) {
        // The server has it (kept, known already, or laid before a person): only then it leaves this device.
        if (outcome.state !== "refused") await inStore("queue", "readwrite", (store) => store.delete(outcome.key));
        told.push({ ...outcome, code: entries.find((one) => one.key === outcome.key)?.code });
      }
    }
    outcomesOf(told);
    say("");
  } catch (error) {
    say(error.words ?? (navigator.onLine ? words.signedout : words.offline), true);
  } finally {
    sending = false;
    await counted();
  }
};

const outcomesOf = (told) => {
  const box = page.querySelector("[data-outcomes]");
  box.replaceChildren(
    ...told.map((one) => {
      const line = document.createElement("li");
      line.textContent = `${one.code ?? ""}: ${one.words}`;
      line.dataset.state = one.state;
      if (one.state === "refused") {
        const drop = document.createElement("button");
        drop.className = "btn btn-sm";
        drop.textContent = words.drop;
        drop.addEventListener("click", async () => {
          await inStore("queue", "readwrite", (store) => store.delete(one.key));
          line.remove();
          await counted();
        });
        line.append(" ", drop);
      }
      return line;
    }),
  );
  box.hidden = !told.length;
};

// ---- ----

const secretOf = (form) => form.elements.secret.value;
part("fetch").querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (!key && secretOf(form).length < 8) return say(words.short, true);
  if (!key && secretOf(form) !== form.elements.again.value) return say(words.differ, true);
  fetchList(secretOf(form)).then(
    () => form.reset(),
    (error) => say(error.words ?? (navigator.onLine ? words.signedout : words.offline), true),
  );
});
part("unlock").querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  unlock(secretOf(event.target)).catch(() => say(words.failed, true));
  event.target.reset();
});
page.querySelector("[data-send]").addEventListener("click", () => send());
page.querySelector("[data-wipe]").addEventListener("click", async () => {
  const count = (await waiting()).length;
  if (count && !confirm(words.surewipe.replace("{n}", count))) return;
  await wipe();
  outcomesOf([]);
  say(words.wiped);
  await start();
});
page.querySelector("[data-lock]").addEventListener("click", () => location.reload());
window.addEventListener("online", () => counted().then(send));
window.addEventListener("offline", () => counted());

let idle = 0;
const used = () => {
  clearTimeout(idle);
  idle = setTimeout(() => key && location.reload(), Number(words.idle) * 60000); // locks: the key is gone with the page
};
for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, used);

if (!window.isSecureContext || !window.indexedDB || !crypto.subtle) {
  say(words.unfit, true);
} else {
  navigator.serviceWorker?.register(words.worker, { scope: words.scope }).catch(() => say(words.nocache, true));
  used();
  start().catch(() => say(words.failed, true));
}
