//! What pages begin with: the modules that nearly every program needs are compiled and run once while the learner reads; code
//! of the others comes when a program's text names one.

use super::super::text::unicode;
use super::{code_of, frozen, frozen_code, frozen_source};
use crate::program::builtins;
use crate::program::compile::Mode;
use crate::program::compiled;
use crate::program::host::{Config, Stop};
use crate::program::vm::Vm;
use protocol::ProgramId;

/// What the first line of nearly every program imports, and what `print()` may need. Pages load the code of the other
/// [`super::FROZEN`] modules when a program's text has one of the words [`COMMON`].
const BASIS: [&str; 3] = ["_streams", "enum", "socket"];

/// Words by which a program comes to a frozen module that is not of the [`BASIS`]: names of modules; `open()`,
/// `makefile()` and `stdin` for the errors of `io`; `match` for `_patterns`; and whatever imports by other means. Whoever
/// lets a function of the basis import a module adds the word by which programs come to that function.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "_thread",
    "errno",
    "io",
    "os",
    "posixpath",
    "threading",
    "open",
    "makefile",
    "stdin",
    "match",
    "__import__",
    "importlib",
    "exec",
    "eval",
];

/// Does a program with this text perhaps need a frozen module that is not here?
pub fn common_needed_by(text: &str) -> bool {
    let here = cfg!(feature = "library") || compiled::has(&frozen_source("io", ""), Mode::Frozen);
    !here && names_common(text)
}

fn names_common(text: &str) -> bool {
    text.split(|c: char| !unicode::is_alnum(c) && c != '_')
        .any(|word| COMMON.contains(&word))
}

/// Does the `n`-th part, from 0, of what the first program would have to wait for: the modules that all of them need are
/// compiled, and a program that does nothing is run. Each part takes some ten milliseconds at most, so that a page can do
/// them one by one while its learner reads. False: there are no more.
pub fn warm(n: usize) -> bool {
    let module = n.checked_sub(1).and_then(|n| BASIS.get(n));
    // What is wrong with a module is said when a program needs it.
    if n == 0 {
        let _ = code_of("prelude", builtins::PRELUDE);
    } else if let Some(module) = module.and_then(|name| frozen(name)) {
        let _ = frozen_code(&module);
    } else if n == BASIS.len() + 1 {
        let _ = idle_program();
    }
    n <= BASIS.len()
}

/// A program that needs what all need.
const IDLE: &str = "import socket\n";

/// Runs a program that only imports what all need.
fn idle_program() -> Option<Stop> {
    const FUEL: u64 = 100_000;
    let config = Config {
        file: "warm.py".to_owned(),
        source: IDLE.to_owned(),
        args: Vec::new(),
        files: Vec::new(),
        pid: 1,
        program: ProgramId(0),
        first_socket: 0,
        interactive: false,
    };
    Some(Vm::new(config).ok()?.run(FUEL, false))
}

/// What pages load in the place of Python's sources: code of what every program needs, of the other frozen modules, and of
/// the library.
#[cfg(feature = "library")]
pub fn compiled_files() -> [Vec<u8>; 3] {
    use super::{FROZEN, library};
    use crate::program::code::Source;
    let source = |name: &str, text: &str| (frozen_source(name, text), Mode::Frozen);
    let (mut basis, mut common) = (Vec::new(), Vec::new());
    for module in FROZEN {
        let list = if BASIS.contains(&module.name) {
            &mut basis
        } else {
            &mut common
        };
        list.push(source(module.name, module.source));
    }
    basis.push(source("prelude", builtins::PRELUDE));
    basis.push((Source::new("", IDLE, false), Mode::Program));
    // What a prompt begins with.
    basis.push((Source::new("<stdin>", "", false), Mode::Interactive));
    let library: Vec<_> = library::NAMES
        .iter()
        .filter_map(|name| library::module(name))
        .map(|m| source(m.name, m.source))
        .collect();
    [basis, common, library].map(|list| compiled::file(&list))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{FROZEN, NATIVE};
    use super::*;

    #[test]
    fn what_is_warmed_up_runs_to_its_end() {
        assert_eq!((0..9).take_while(|n| warm(*n)).count(), BASIS.len() + 1);
        assert_eq!(idle_program(), Some(Stop::Ended { status: 0 }));
    }

    #[test]
    fn what_a_page_begins_with_needs_nothing_more() {
        for name in BASIS {
            let source = frozen(name).unwrap().source;
            // What a function imports when it is called has its word in the list.
            for line in source.lines().filter(|line| !line.starts_with(' ')) {
                let mut words = line.split_whitespace();
                if let (Some("import" | "from"), Some(module)) = (words.next(), words.next()) {
                    let here = NATIVE.iter().any(|m| m.name == module);
                    assert!(here || BASIS.contains(&module), "{name} imports {module}");
                }
            }
        }
        for text in [
            "import threading",
            "with open('x') as f:",
            "x = __import__('io')",
            "import os, sys",
        ] {
            assert!(names_common(text), "{text}");
        }
        assert!(!names_common(
            "import socket\ns = socket.socket()\ns.close()  # closes\n"
        ));
        for module in FROZEN.iter().filter(|m| !m.name.starts_with('_')) {
            assert!(BASIS.contains(&module.name) || names_common(module.name));
        }
    }
}
