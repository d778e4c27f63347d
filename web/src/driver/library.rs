//! Python's library: one file beside the pages' wasm (`python-library.txt`), fetched once a page, when the text of a
//! program first names one of its modules. What the engine does with it: `engine::program::modules::library`.

use super::timer::Bell;
use crate::element::load;
use engine::program::modules::library;
use std::cell::{Cell, RefCell};

/// The file's longest form, bytes.
const LONGEST: usize = 4 << 20;

thread_local! {
    static HOME: RefCell<String> = const { RefCell::new(String::new()) };
    /// Somebody fetches it.
    static UNDER_WAY: Cell<bool> = const { Cell::new(false) };
    static THERE: Bell = Bell::default();
}

/// Says where the pages' files are: the address of their folder.
pub fn at(base: &str) {
    HOME.set(base.to_owned());
}

/// Must it be fetched before programs with these texts run?
pub fn wanted<'a>(mut texts: impl Iterator<Item = &'a str>) -> bool {
    texts.any(library::needed_by)
}

/// Fetches it, or waits until somebody else has. When it cannot be had, the import of the program says so.
pub async fn bring() {
    if UNDER_WAY.replace(true) {
        let arrived = THERE.with(Bell::wait);
        return arrived.await;
    }
    let url = format!("{}pkg/python-library.txt", HOME.with_borrow(String::clone));
    match load::text(url, LONGEST).await {
        Ok(file) => library::supply(&file),
        Err(words) => web_sys::console::warn_1(&words.into()),
    }
    UNDER_WAY.set(false);
    THERE.with(Bell::ring);
}
