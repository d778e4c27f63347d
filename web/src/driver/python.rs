//! The parts of Python that come when a program needs them. All stand beside the pages' wasm:
//!
//! ```text
//! python.txt           code of the modules that every program needs: the page's script brings it with the wasm
//! python-library.txt   code of Python's library: for the first program that names one of its modules
//! the compiler         a part of the wasm: for the first program whose code was not made when the site was built
//! ```
//! What the engine does with them: `engine::program::{compiled, modules::library}`.

use super::timer::Bell;
use crate::element::load;
use engine::program::code::Source;
use engine::program::compile::{Mode, compile};
use engine::program::compiled::{self, Compiler};
use engine::program::modules::library;
use std::cell::{Cell, RefCell};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// The library's longest form, bytes.
const LONGEST: usize = 4 << 20;

thread_local! {
    static HOME: RefCell<String> = const { RefCell::new(String::new()) };
    /// Somebody fetches the library.
    static UNDER_WAY: Cell<bool> = const { Cell::new(false) };
    static THERE: Bell = Bell::default();
}

/// Says where the pages' files are: the address of their folder.
pub fn at(base: &str) {
    HOME.set(base.to_owned());
}

/// Takes code that was made with the site; whether that was possible.
pub fn take(text: &str) -> bool {
    compiled::bytes_of(text).is_some_and(|bytes| compiled::supply(&bytes))
}

/// What must be fetched before some programs run.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    library: bool,
    compiler: bool,
}

impl Wanted {
    /// What a program with this text wants.
    pub fn by(text: &str) -> Self {
        let compiles = || ["exec", "eval"].iter().any(|name| text.contains(name));
        let made = || compiled::has(&Source::new("", text, false), Mode::Program);
        Self {
            compiler: !compiled::has_compiler() && (compiles() || !made()),
            ..Self::named_in(text)
        }
    }

    /// What a text wants that is no program: its names may be imported.
    pub fn named_in(text: &str) -> Self {
        Self {
            library: library::needed_by(text),
            compiler: false,
        }
    }

    /// What programs want whose texts are typed, or are not known yet.
    pub fn by_the_unknown() -> Self {
        Self {
            library: false,
            compiler: !compiled::has_compiler(),
        }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            library: self.library || other.library,
            compiler: self.compiler || other.compiler,
        }
    }

    /// Is there anything?
    pub fn any(self) -> bool {
        self != Self::default()
    }

    /// Fetches it. When the library cannot be had, the program's import says so.
    ///
    /// # Errors
    /// One sentence, when the compiler cannot be had.
    pub async fn bring(self) -> Result<(), &'static str> {
        if self.library {
            bring_library().await;
        }
        if self.compiler {
            let failed = |_| "Python's compiler could not be loaded. Reload the page to try again.";
            compiled::supply_compiler(compiler().await.map_err(failed)?);
        }
        Ok(())
    }
}

/// Fetches the compiler's code.
#[wasm_split(compiler, fallible)]
fn compiler() -> Result<Compiler, SplitLoaderError> {
    Ok(compile)
}

/// Fetches the library, or waits until somebody else has.
async fn bring_library() {
    if UNDER_WAY.replace(true) {
        let arrived = THERE.with(Bell::wait);
        return arrived.await;
    }
    let url = format!("{}pkg/python-library.txt", HOME.with_borrow(String::clone));
    match load::text(url, LONGEST).await {
        Ok(file) => {
            take(&file);
        }
        Err(words) => web_sys::console::warn_1(&words.into()),
    }
    UNDER_WAY.set(false);
    THERE.with(Bell::ring);
}
