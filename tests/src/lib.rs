//! What the end-to-end tests stand on: the server as its own process, a real browser, and the outside judges.
//!
//! ```text
//! judge     programs that are not ours: python3, curl, tshark, Chromium; skipped or demanded
//! server    the binary `wirelab`, started on a free port and stopped by its own handle
//! captured  a lab on the kernel's network, run and recorded
//! browser   chromedriver and one Chromium per test
//! loops     what the benches of the engine run
//! native_page   the engine's session over /ws, without a browser
//! pdml      what tshark says of a capture
//! static_site  the site as a folder, served by a plain file server
//! story     a lab's timeline, as a test asks about it
//! page      what a test does with a page: the element's scripting interface, keys, axe-core, screenshots
//! wait      looking until it is so
//! ```
//!
//! The tests themselves lie in `tests/tests/`. `cargo xtask test` builds the site and the binary that they need.

pub mod browser;
pub mod captured;
pub mod judge;
pub mod loops;
pub mod native_page;
pub mod page;
pub mod pdml;
pub mod server;
pub mod static_site;
pub mod story;
pub mod wait;

pub use browser::{in_browser, in_browser_before, in_browser_on_each, on_static_site};
pub use page::{Look, Page, playground};
pub use server::Wirelab;
pub use static_site::StaticSite;
pub use story::{Seen, Story, without_ports};
pub use wait::until;

use std::path::PathBuf;

/// Cargo's folder for everything built: this test's own file lies in `<target>/debug/deps/`.
///
/// # Panics
/// When the running program has no path: the operating system is broken then.
#[must_use]
pub fn target() -> PathBuf {
    let itself = std::env::current_exe().expect("a running program has a path");
    itself.ancestors().nth(3).map(PathBuf::from).unwrap_or_default()
}

/// The top of the repository.
#[must_use]
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}
