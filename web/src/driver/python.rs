//! The parts of Python that come when a program needs them. All stand beside the pages' wasm:
//!
//! ```text
//! python.txt           code of the modules that every program needs: the page's script brings it with the wasm
//! python-common.txt    code of `os`, `io`, `threading`, ...: for the first program that names one of them
//! python-library.txt   code of Python's library: likewise
//! their native halves  a part of the wasm
//! the compiler         a part of the wasm: for the first program whose code was not made when the site was built
//! ```
//! What the engine does with them: `engine::program::{compiled, modules::library}`.

use super::timer::Bell;
use crate::element::load;
use engine::program::code::Source;
use engine::program::compile::{Mode, compile};
use engine::program::compiled::{self, Compiler};
use engine::program::modules::{self, NativeModule, library};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// The longest file of code, bytes.
const LONGEST: usize = 4 << 20;

/// A file of code.
#[derive(Default)]
struct File {
    /// Somebody fetches it.
    under_way: Cell<bool>,
    there: Bell,
}

thread_local! {
    static HOME: RefCell<String> = const { RefCell::new(String::new()) };
    static FILES: [Rc<File>; 2] = Default::default();
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
    common: bool,
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
        let library = library::needed_by(text);
        Self {
            common: modules::common_needed_by(if library { "os" } else { text }),
            library,
            compiler: false,
        }
    }

    /// What programs want whose texts are typed, or are not known yet.
    pub fn by_the_unknown() -> Self {
        Self {
            compiler: !compiled::has_compiler(),
            ..Self::default()
        }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            common: self.common || other.common,
            library: self.library || other.library,
            compiler: self.compiler || other.compiler,
        }
    }

    /// Is there anything?
    pub fn any(self) -> bool {
        self != Self::default()
    }

    /// Fetches it. When a module cannot be had, the program's import says so.
    ///
    /// # Errors
    /// One sentence, when the compiler cannot be had.
    pub async fn bring(self) -> Result<(), &'static str> {
        let files = [
            ("python-common.txt", self.common),
            ("python-library.txt", self.library),
        ];
        let files = files.into_iter().enumerate().filter(|(_, (_, wanted))| *wanted);
        // All are asked for before the first has come.
        let asked: Vec<_> = files.map(|(place, (name, _))| file(place, name)).collect();
        for file in asked {
            file.await;
        }
        if self.common {
            // Without them an import says that there is no such module.
            if let Ok(natives) = natives().await {
                modules::supply(natives);
            }
        }
        if self.compiler {
            let failed = |_| "Python's compiler could not be loaded. Reload the page to try again.";
            compiled::supply_compiler(compiler().await.map_err(failed)?);
        }
        Ok(())
    }
}

/// Fetches the native halves of Python's other modules.
#[wasm_split(natives, fallible)]
fn natives() -> Result<&'static [NativeModule], SplitLoaderError> {
    Ok(modules::MORE)
}

/// Fetches the compiler's code.
#[wasm_split(compiler, fallible)]
fn compiler() -> Result<Compiler, SplitLoaderError> {
    Ok(compile)
}

/// Fetches a file of code, or waits until somebody else has.
fn file(place: usize, name: &str) -> impl Future<Output = ()> + use<> {
    let file = FILES.with(|files| Rc::clone(&files[place]));
    let begun = (!file.under_way.replace(true)).then(|| {
        let url = format!("{}pkg/{name}", HOME.with_borrow(String::clone));
        load::text(url, LONGEST)
    });
    async move {
        let Some(begun) = begun else {
            let there = file.there.wait();
            return there.await;
        };
        match begun.await {
            Ok(text) => {
                take(&text);
            }
            Err(words) => web_sys::console::warn_1(&words.into()),
        }
        file.under_way.set(false);
        file.there.ring();
    }
}
