// <wire-lab>: one wasm instance for all labs of a page, one mount for each element. The scripting interface is the
// book's page "A lab in your own page"; everything behind it is in the crate `web`.
import { server } from "./site.js";
import { fall, forget, hasFallen, isTrap, recordingOf, watch } from "./fallen.js";
const here = name => new URL(name, import.meta.url).href;
const python = fetch(here("pkg/python.txt")).then(answer => answer.text());
const pages = import(here("pkg/web.js")).then(async m => {
  await m.default({ module_or_path: here("pkg/web_bg.wasm") });
  if (!m.supply(await python)) throw new Error("Its files are of two versions");
  return m;
});
for (const name of ["tokens.css", "lab.css"]) {
  const href = here(name);
  if ([...document.querySelectorAll('link[rel="stylesheet"]')].some(link => link.href === href)) continue;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
}
const later = () => {
  const d = {};
  d.promise = new Promise((resolve, reject) => Object.assign(d, { resolve, reject }));
  d.promise.catch(() => {}); // whoever awaits it is told; a page that does not is left in peace
  return d;
};
customElements.define("wire-lab", class extends HTMLElement {
  #opened = later();
  #handle;
  async connectedCallback() {
    if (this.#handle) return;
    this.innerHTML = '<p class="loading" role="status">The lab is loading.</p>';
    try {
      const { mount } = await pages;
      if (!this.isConnected || this.#handle) return;
      const journal = [];
      watch(this, journal);
      this.#handle = mount(this, here("."), server, journal);
      this.#opened.resolve(this.#handle);
    } catch (error) {
      this.textContent = `The lab could not be loaded: ${error.message ?? error}. Reload the page to try again.`;
      this.#opened.reject(error);
    }
  }
  disconnectedCallback() {
    queueMicrotask(() => { // an element that is only moved keeps its lab
      if (this.isConnected || !this.#handle) return;
      forget(this);
      if (!hasFallen()) this.#handle.unmount();
      this.#handle = undefined;
      this.#opened = later();
    });
  }
  // Whoever calls into wasm that fails is told, and so is the learner.
  #call(name, ...args) {
    if (hasFallen()) throw new Error("The lab has stopped because of a fault in Wirelab: reload the page.");
    try {
      return this.#lab[name](...args);
    } catch (error) {
      if (isTrap(error)) fall();
      throw error;
    }
  }
  get #lab() {
    if (!this.#handle) throw new Error("The lab is not ready: await lab.ready first.");
    return this.#handle;
  }
  async #later(name, ...args) {
    await this.#opened.promise;
    return this.#call(name, ...args);
  }
  get ready() { return this.#later("ready"); }
  async next() { return this.#later("next"); }
  async run() { return this.#later("run"); }
  async wire(action) { return this.#later("wire", JSON.stringify(action)); }
  back() { return this.#call("back"); }
  reset() { return this.#call("reset"); }
  type(program, line) { return this.#call("type", program, line); }
  programs() { return JSON.parse(this.#call("programs")); }
  recording() { return this.#call("recording"); }
  timeline() { return JSON.parse(this.#call("timeline")); }
  // The recording as of when the lab has stopped because of a fault.
  rescued() { return recordingOf(this); }
});
