// When the pages' wasm has failed (a panic, a full stack, no memory left) all labs of the page stand still and nothing in its
// memory can be relied on. Each lab then says so, and offers what its journal has: the recording as of then.
const labs = new Map();
let fallen = false;
export const hasFallen = () => fallen;

// A lab is in the page; `journal` is filled by the lab (the crate web, driver/journal.rs).
export const watch = (element, journal) => labs.set(element, journal);
export const forget = element => labs.delete(element);

// The recording's text, as parts of a file; undefined if nothing has happened.
const recording = ([head, ...events]) =>
  events.length ? [head, ...events.flatMap((piece, i) => (i ? [",", piece] : [piece])), "]}"] : undefined;
export const recordingOf = element => new Blob(recording(labs.get(element) ?? []) ?? []).text();

// A trap of the wasm: browsers have no common word for a stack that is full.
export const isTrap = error =>
  (error instanceof WebAssembly.RuntimeError || error instanceof RangeError || error?.name === "InternalError") && /wasm/.test(error.stack);

const button = (text, hook, run) => {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, onclick: run });
  made.dataset.fallen = hook;
  return made;
};
const tell = (element, journal) => {
  const focused = element.contains(document.activeElement);
  for (const dialog of element.querySelectorAll("dialog[open]")) dialog.close();
  for (const part of element.children) part.inert = true;
  const parts = recording([...journal]);
  const bar = Object.assign(document.createElement("div"), { className: "fallen" });
  bar.setAttribute("role", "alert");
  const text = "This lab has stopped because of a fault in Wirelab itself"
    + (parts ? "; what has happened so far can be saved as a recording, and reloading the page begins anew." : "; reloading the page begins anew.");
  bar.append(Object.assign(document.createElement("p"), { textContent: text }));
  if (parts) bar.append(button("Save the recording", "save", () => {
    const href = URL.createObjectURL(new Blob(parts, { type: "application/json" }));
    Object.assign(document.createElement("a"), { href, download: "timeline.json" }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  }));
  bar.append(button("Reload the page", "reload", () => location.reload()));
  element.prepend(bar);
  if (focused) bar.querySelector("button").focus();
};
export const fall = () => {
  if (fallen) return;
  fallen = true;
  for (const [element, journal] of labs) tell(element, journal);
};
const noticed = event => {
  const error = event.error ?? event.reason;
  if (!isTrap(error)) return;
  // Timers and answers still find their way into what has failed: that is said once.
  if (fallen) event.preventDefault();
  fall();
};
addEventListener("error", noticed);
addEventListener("unhandledrejection", noticed);
