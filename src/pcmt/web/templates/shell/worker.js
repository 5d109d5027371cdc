// A page for work without a connection, from the cache when there is no line. It holds nothing about anybody.
const ROOM = "{{ name|escapejs }}-";
const NAME = ROOM + "{{ version }}";
const PAGE = "{{ page|escapejs }}";
const FILES = [PAGE{% for each in files %}, "{{ each|escapejs }}"{% endfor %}];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith(ROOM) && name !== NAME) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(old());
});
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const address = new URL(event.request.url);
  if (address.origin !== location.origin || !FILES.includes(address.pathname)) return;
  const answer = async () => {
    const kept = await caches.match(address.pathname, { cacheName: NAME });
    if (address.pathname !== PAGE && kept) return kept; // its name changes with what it holds
    try {
      const fresh = await fetch(event.request);
      return fresh.redirected || !fresh.ok ? kept ?? fresh : fresh;
    } catch {
      return kept ?? Response.error();
    }
  };
  event.respondWith(answer());
});
