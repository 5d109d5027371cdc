// Signing out takes away what this browser keeps for work without a connection; what waits to be sent is said first.

const STORE = "pcmt-device";

const waiting = () =>
  new Promise((done) => {
    const asked = indexedDB.open(STORE);
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

const wiped = () =>
  new Promise((done) => {
    const asked = indexedDB.deleteDatabase(STORE);
    asked.onsuccess = asked.onerror = asked.onblocked = () => done();
  });

for (const form of document.querySelectorAll("form[data-leaves]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const count = await waiting();
      if (count && !confirm(form.dataset.leaves.replace("{n}", count))) return;
      await wiped();
      for (const name of await caches.keys()) if (name.startsWith(STORE)) await caches.delete(name);
      for (const worker of (await navigator.serviceWorker?.getRegistrations()) ?? []) await worker.unregister();
    } catch {
      // A browser without these keeps nothing either.
    }
    form.submit();
  });
}
