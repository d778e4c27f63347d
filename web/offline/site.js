// Is this site served by a Wirelab server? This is the folder that `cargo xtask site` writes, for any web server: no. Labs
// run on the simulated network, in the page, and after the first visit all of it works without a network at all.
export const server = false;
// Browsers keep a site for offline use only over https and on localhost.
export const kept = navigator.serviceWorker?.register(new URL("sw.js", import.meta.url)).catch(() => undefined);
