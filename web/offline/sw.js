// Keeps the whole site in the browser, so that it works offline. VERSION and FILES stand above: `cargo xtask site` writes
// them. A site with other files has another VERSION: its files are fetched beside the old ones, and used when no page of the
// old ones is open any more.
const NAME = `wirelab-${VERSION}`;
const home = new URL("./", self.location).href;
self.addEventListener("install", event => {
  event.waitUntil(caches.open(NAME).then(cache => cache.addAll(FILES.map(file => new Request(home + file, { cache: "no-cache" })))));
});
self.addEventListener("activate", event => {
  const old = name => name.startsWith("wirelab-") && name !== NAME;
  event.waitUntil(caches.keys().then(names => Promise.all(names.filter(old).map(name => caches.delete(name)))));
});
self.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || !url.href.startsWith(home)) return;
  // A folder is its index.html; what stands behind ? is for the page, not for the server.
  const file = (url.origin + url.pathname).replace(/\/$/, "/index.html");
  event.respondWith(caches.open(NAME).then(async cache => (await cache.match(file)) ?? fetch(event.request)));
});
