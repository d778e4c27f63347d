// <wire-lab>: one wasm instance for all labs of a page, one mount for each element. The scripting interface is the
// book's page "A lab in your own page"; everything behind it is in the crate `web`.
import { server } from "./site.js";
const here = name => new URL(name, import.meta.url).href;
const pages = import(here("pkg/web.js")).then(async m => (await m.default({ module_or_path: here("pkg/web_bg.wasm") }), m));
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
      this.#handle = mount(this, here("."), server);
      this.#opened.resolve(this.#handle);
    } catch (error) {
      this.textContent = `The lab could not be loaded: ${error.message ?? error}. Reload the page to try again.`;
      this.#opened.reject(error);
    }
  }
  disconnectedCallback() {
    queueMicrotask(() => { // an element that is only moved keeps its lab
      if (this.isConnected || !this.#handle) return;
      this.#handle.unmount();
      this.#handle = undefined;
      this.#opened = later();
    });
  }
  get ready() { return this.#opened.promise.then(handle => handle.ready()); }
  async next() { return (await this.#opened.promise).next(); }
  async run() { return (await this.#opened.promise).run(); }
  get #lab() {
    if (!this.#handle) throw new Error("The lab is not ready: await lab.ready first.");
    return this.#handle;
  }
  async wire(action) { return (await this.#opened.promise).wire(JSON.stringify(action)); }
  back() { return this.#lab.back(); }
  reset() { return this.#lab.reset(); }
  type(program, line) { return this.#lab.type(program, line); }
  programs() { return JSON.parse(this.#lab.programs()); }
  recording() { return this.#lab.recording(); }
  timeline() { return JSON.parse(this.#lab.timeline()); }
});
