// Signing out takes away what this browser keeps for work without a connection; what waits to be sent is said first.

const ROOMS = ["pcmt-device", "pcmt-field"]; // stores and caches by the beginning of their names

// The field keeps one store a person: what a colleague left on the same device is not this person's to wipe.
const stores = (form) => ["pcmt-device", `pcmt-field-${form.dataset.user}`];

const waiting = (name) =>
  new Promise((done) => {
    const asked = indexedDB.open(name);
    asked.onerror = () => done(0);
    asked.onsuccess = () => {
      const base = asked.result;
      if (!base.objectStoreNames.contains("queue")) {
        base.close();
        return done(0);
      }
      const count = base.transaction("queue").objectStore("queue").count();
      count.onsuccess = () => {
        base.close();
        done(count.result);
      };
      count.onerror = () => done(0);
    };
  });

const wiped = (name) =>
  new Promise((done) => {
    const asked = indexedDB.deleteDatabase(name);
    asked.onsuccess = asked.onerror = asked.onblocked = () => done();
  });

for (const form of document.querySelectorAll("form[data-leaves]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      let count = 0;
      for (const name of stores(form)) count += await waiting(name);
      if (count && !confirm(form.dataset.leaves.replace("{n}", count))) return;
      for (const name of stores(form)) await wiped(name);
      localStorage.removeItem("pcmt-field-owner");
      for (const name of await caches.keys()) {
        if (ROOMS.some((room) => name.startsWith(room))) await caches.delete(name);
      }
      for (const worker of (await navigator.serviceWorker?.getRegistrations()) ?? []) await worker.unregister();
    } catch {
      // A browser without these keeps nothing either.
    }
    form.submit();
  });
}
