//! The modules written in Python that most network programs do without: `json`, `datetime`, `argparse`, ...
//!
//! Natively they are part of the engine (feature `library`). Pages leave the feature off: there they are one file of code
//! beside the pages' wasm ([`super::super::compiled`]), fetched when a program's text first names one of them
//! ([`needed_by`]) before the program runs on. So a page with a plain echo server does not carry them.

use super::super::compile::Mode;
use super::super::compiled;
use super::super::text::unicode;
use super::FrozenModule;

/// Names modules, and, with the feature `library`, their files.
macro_rules! library {
    ($($name:literal)*) => {
        /// The modules' full names.
        pub static NAMES: &[&str] = &[$($name),*];
        /// Their sources, as far as they are part of the engine.
        #[cfg(feature = "library")]
        static SOURCES: &[&str] = &[$(include_str!(concat!("library/", $name, ".py"))),*];
        #[cfg(not(feature = "library"))]
        static SOURCES: &[&str] = &[];
    };
}

#[rustfmt::skip]
library! {
    "abc" "argparse" "base64" "binascii" "bisect" "collections" "collections.abc" "concurrent" "concurrent.futures"
    "contextlib" "copy" "csv" "dataclasses" "datetime" "fnmatch" "functools" "glob" "hashlib" "heapq" "ipaddress"
    "itertools" "json" "logging" "math" "operator" "pickle" "pprint" "queue" "random" "secrets" "selectors" "shutil"
    "signal" "socketserver" "statistics" "string" "struct" "textwrap" "traceback" "types" "typing" "urllib"
    "urllib.parse" "uuid"
}

/// The library's module of this name, if it is here.
pub(super) fn module(name: &str) -> Option<FrozenModule> {
    let place = NAMES.iter().position(|n| *n == name)?;
    let name = NAMES[place];
    let source = SOURCES.get(place).copied().unwrap_or_default();
    let here = !source.is_empty() || compiled::has(&super::frozen_source(name, source), Mode::Frozen);
    here.then_some(FrozenModule { name, source })
}

/// Does a program with this text perhaps import a module that is not here? Looked at are the lines with the word
/// `import`, and every line when the text can import by other means: too much is fetched rather than too little.
pub fn needed_by(text: &str) -> bool {
    mentions(text, |name| module(name).is_none())
}

/// Does a text perhaps import a module of the library for which this holds?
fn mentions(text: &str, wanted: impl Fn(&str) -> bool) -> bool {
    let hit = |word: &str| {
        NAMES
            .iter()
            .any(|name| name.split('.').next() == Some(word) && wanted(name))
    };
    let everywhere = ["__import__", "importlib", "exec", "eval"]
        .iter()
        .any(|way| text.contains(way));
    let mut goes_on = false;
    text.lines().any(|line| {
        let looked_at = everywhere || goes_on || line.contains("import");
        goes_on = looked_at && line.ends_with('\\');
        looked_at && line.split(|c: char| !unicode::is_alnum(c) && c != '_').any(&hit)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::program::modules::{FROZEN, names, native};

    /// What a module's text imports.
    fn imports(source: &str) -> impl Iterator<Item = &str> {
        source.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            matches!(words.next(), Some("import" | "from")).then_some(words.next())?
        })
    }

    #[test]
    fn what_is_always_there_needs_nothing_of_the_library() {
        for module in FROZEN {
            for name in imports(module.source) {
                let there = FROZEN.iter().any(|m| m.name == name) || native(name).is_some();
                let stand_in = names::STANDARD.contains(&name) && !NAMES.contains(&name);
                assert!(there || stand_in, "{} imports {name}", module.name);
            }
        }
    }

    #[test]
    fn programs_that_import_of_the_library_are_known() {
        for text in [
            "import json",
            "import socket, json",
            "if True:\n    from urllib.parse import quote",
            "import socket, \\\n  datetime",
            "m = __import__(\n'json')",
            "import importlib\nimportlib.import_module('json')",
            "exec('import json')",
        ] {
            assert!(mentions(text, |_| true), "{text}");
        }
        for text in [
            "import socket\n# sends a string",
            "import threading\nrandom = 4",
            "",
            "from socket import *",
        ] {
            assert!(!mentions(text, |_| true), "{text}");
        }
    }

    #[test]
    fn every_module_has_its_file() {
        assert_eq!(SOURCES.len(), NAMES.len());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/program/modules/library");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|f| f.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let mut names: Vec<_> = NAMES.iter().map(|n| format!("{n}.py")).collect();
        names.sort();
        assert_eq!(files, names);
    }
}
