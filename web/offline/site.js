// Is this site served by a Wirelab server? This is the folder that `cargo xtask site` writes, for any web server: no. Labs
// run on the simulated network, in the page, and after the first visit all of it works without a network at all.
export const server = false;
// Is the site kept for offline use? "kept"; "plain": browsers do that only over https and on localhost; "refused": this
// browser's store is full or switched off.
const keep = async () => {
  if (!navigator.serviceWorker) return "plain";
  try {
    const { installing, waiting, active } = await navigator.serviceWorker.register(new URL("sw.js", import.meta.url));
    const worker = active ?? waiting ?? installing;
    // A worker that could not store every file is thrown away.
    while (worker.state === "installing") await new Promise(done => worker.addEventListener("statechange", done, { once: true }));
    return worker.state === "redundant" ? "refused" : "kept";
  } catch {
    return "refused";
  }
};
export const kept = keep();
