//! The element `<wire-lab>`: what its attributes mean, and its scripting interface. The custom element itself is the
//! small module `static/wire-lab.js`; it calls [`mount`] and hands its own calls on to [`handle::LabHandle`].
//!
//! ```text
//! load.rs      a lab's files from the server
//! handle.rs    ready, next, run, reset, type, programs, timeline
//! stage.rs     a lab put into the page: session, views, clock, keys
//! ```

pub mod handle;
pub mod load;
pub mod stage;

use handle::LabHandle;
use wasm_bindgen::prelude::wasm_bindgen;

/// Puts a lab into an element; `base` is the address of the site's folder, `server`: a Wirelab server serves it. Attributes: `lab` (a folder below labs/) or `src` (the address of a lab.toml)
/// or `recording` (the address of a saved timeline, which replays without a server), `step` (open
/// at this step), `network` (where its sockets live, in place of what the lab says), `present` (larger), `playground`, `page` (the lab is the whole page: keys work everywhere in it).
/// What has happened in the lab is written to `journal` too ([`crate::driver::journal`]).
#[wasm_bindgen]
pub fn mount(host: web_sys::HtmlElement, base: String, server: bool, journal: js_sys::Array) -> LabHandle {
    console_error_panic_hook::set_once();
    crate::driver::python::at(&base);
    crate::driver::link::served(server);
    LabHandle::mount(host, base, journal)
}

/// Takes the code of Python's modules that every program needs (`pkg/python.txt`), before the first [`mount`]. False: it is
/// of another version.
#[wasm_bindgen]
pub fn supply(code: &str) -> bool {
    crate::driver::python::take(code)
}
