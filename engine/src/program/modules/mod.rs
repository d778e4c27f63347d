//! The library modules, and how to add one.
//!
//! **A module in Python** (the common case): write `library/NAME.py` and add its name in [`library`], or, if network programs
//! nearly always need it, `frozen/NAME.py` and its name to [`FROZEN`]. It is compiled once, its frames do not show in
//! tracebacks and have no line stops, and it may block wherever a program may. A package's
//! inner module has the full name (`os.path`, `concurrent.futures`). Names of natives that it needs come from a native module.
//!
//! **A module in Rust**: a file beside this one with
//! ```text
//! pub const MODULE: NativeModule = NativeModule { name: "_math", functions: FUNCTIONS, init };
//! static FUNCTIONS: &[Native] = &[Native::function("sqrt", |vm, a| { ... Ok(Value::Float(x)) })];
//! fn init(vm: &mut Vm, module: &Rc<Module>) -> Res<()> { put(module, "pi", 3.14); Ok(()) }
//! ```
//! and a line in [`MORE`]. `builtins/args.rs` has what takes arguments apart (`arity`, `vm.int_arg`, `vm.float_arg`, ...),
//! `exceptions.rs` what raises. A native never calls Python code and never blocks: it returns `control::tail`, `call_then`,
//! `vm.collect_then` or `ask`, naming the function that goes on with the result. A class in Rust is made by
//! [`super::types::native_class`] with a table of [`Native`]s whose `__new__` returns `vm.instance(&class, Payload::Opaque(..))`;
//! its state implements [`super::value::object::Opaque`] so that it can be copied. State for the whole program lies in
//! `vm.state`. Work and memory that grow with the data are counted by `vm.charge`, `vm.claim`.
//!
//! A module of CPython that is in neither list can be imported as long as nothing of it is used ([`names`]); where the program
//! has another way (`try: import ssl`, `except ImportError:`), the import fails.

pub mod fs;
pub mod library;
pub mod math;
pub mod names;
pub mod random;
pub mod socket;
pub mod structs;
pub mod sys;
pub mod thread;
pub mod time;

use crate::sorted::Map;
use protocol::ProgramId;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::builtins;
use super::code::{Code, Source};
use super::compile::Mode;
use super::compiled;
use super::exceptions::raise;
use super::host::{Config, Stop};
use super::types::types;
use super::value::func::Native;
use super::value::{Module, Value};
use super::vm::{Res, Vm};

/// A module written in Rust.
pub struct NativeModule {
    /// Its full name.
    pub name: &'static str,
    /// Its functions.
    pub functions: &'static [Native],
    /// Puts constants, classes and the like into it when it is imported.
    pub init: fn(&mut Vm, &Rc<Module>) -> Res<()>,
}

/// A module written in Python.
pub struct FrozenModule {
    /// Its full name.
    pub name: &'static str,
    /// Its source; empty on pages, which have its code.
    pub source: &'static str,
}

/// The native modules that are always there.
static NATIVE: &[NativeModule] = &[socket::MODULE, sys::MODULE, time::MODULE];

/// Those that only modules in Python ask for, and none of the [`BASIS`]. To pages they come with these.
pub static MORE: &[NativeModule] = &[
    fs::MODULE,
    math::MODULE,
    random::MODULE,
    structs::CODECS,
    structs::STRUCT,
    thread::MODULE,
];

thread_local!(static SUPPLIED: Cell<&'static [NativeModule]> = const { Cell::new(&[]) });

/// Gives a page's engine the native modules that it does without at first: [`MORE`].
pub fn supply(more: &'static [NativeModule]) {
    SUPPLIED.set(more);
}

/// The native module of this name, if it is here.
pub fn native(name: &str) -> Option<&'static NativeModule> {
    #[cfg(feature = "library")]
    supply(MORE);
    let mut all = NATIVE.iter().chain(SUPPLIED.get());
    all.find(|m| m.name == name)
}

/// Names a frozen module and its file.
macro_rules! frozen {
    ($($name:literal)*) => {
        &[$(FrozenModule {
            name: $name,
            #[cfg(feature = "library")]
            source: include_str!(concat!("frozen/", $name, ".py")),
            #[cfg(not(feature = "library"))]
            source: "",
        }),*]
    };
}

/// The frozen modules: `socket`, `threading` and all that they import. Natively they are always there; pages have the
/// [`BASIS`] and get the others when a program names one. [`library`] has what fewer programs need.
#[rustfmt::skip]
pub static FROZEN: &[FrozenModule] = frozen! {
    "_patterns" "_streams" "enum" "errno" "io" "os" "posixpath" "socket" "threading"
};

/// Does the engine have this module?
pub fn exists(name: &str) -> bool {
    native(name).is_some() || FROZEN.iter().any(|m| m.name == name) || library::NAMES.contains(&name)
}

/// The module of this name that is written in Python, if its source is here.
pub fn frozen(name: &str) -> Option<FrozenModule> {
    match FROZEN.iter().find(|m| m.name == name) {
        Some(module) => Some(FrozenModule { ..*module }),
        None => library::module(name),
    }
}

/// Sets an attribute of a module.
pub fn put(module: &Module, name: &str, value: impl Into<Value>) {
    module.names.borrow_mut().put(name, value.into());
}

/// A frozen module's code, compiled once for each OS thread.
pub fn frozen_code(module: &FrozenModule) -> Res<Rc<Code>> {
    code_of(module.name, module.source).map_err(|words| raise("SystemError", words))
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

fn code_of(name: &'static str, text: &str) -> Result<Rc<Code>, String> {
    thread_local!(static CODE: RefCell<Map<&'static str, Rc<Code>>> = const { RefCell::new(Map::new()) });
    if let Some(code) = CODE.with(|c| c.borrow().get(name).cloned()) {
        return Ok(code);
    }
    let source = Rc::new(frozen_source(name, text));
    let code = compiled::code(&source, Mode::Frozen).map_err(|e| {
        format!(
            "frozen module {name}, line {}: {}",
            source.line(e.range.start),
            e.message
        )
    })?;
    CODE.with(|c| c.borrow_mut().insert(name, code.clone()));
    Ok(code)
}

fn frozen_source(name: &str, text: &str) -> Source {
    Source::new(&["<frozen ", name, ">"].concat(), text, true)
}

/// What the first line of nearly every program imports, and what `print()` may need. Pages load the code of the other
/// [`FROZEN`] modules when a program's text has one of the words [`COMMON`].
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
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| COMMON.contains(&word))
}

/// What pages load in the place of Python's sources: code of what every program needs, of the other frozen modules, and of
/// the library.
#[cfg(feature = "library")]
pub fn compiled_files() -> [Vec<u8>; 3] {
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

/// Fills the built-ins of a new VM and runs their Python half.
pub fn prepare(vm: &mut Vm) {
    {
        let builtins_module = vm.builtins.clone();
        let mut names = builtins_module.names.borrow_mut();
        for class in types().named() {
            names.put(&class.name(), Value::Class(class.clone()));
        }
        for alias in ["IOError", "EnvironmentError"] {
            names.put(alias, Value::Class(types().exception("OSError").clone()));
        }
        names.put("NotImplemented", Value::NotImplemented);
        names.put("Ellipsis", Value::Ellipsis);
        names.put("__debug__", Value::Bool(true));
        for n in builtins::functions::FUNCTIONS {
            names.put(n.name, Value::Native(n));
        }
    }
    {
        let prelude = vm.prelude.clone();
        let mut names = prelude.names.borrow_mut();
        for n in builtins::functions::HELPERS {
            names.put(n.name, Value::Native(n));
        }
    }
    {
        let mut names = vm.main.names.borrow_mut();
        names.put("__doc__", Value::None);
        names.put("__package__", Value::None);
        names.put("__loader__", Value::None);
        names.put("__spec__", Value::None);
        names.put("__annotations__", Value::Dict(Rc::default()));
        names.put("__builtins__", Value::Module(vm.builtins.clone()));
        if !vm.config.interactive {
            names.put("__file__", Value::str(vm.config.file.as_str()));
        }
    }
    // The engine's own source: a fault in it is a fault of the engine, and the tests find it.
    match code_of("prelude", builtins::PRELUDE) {
        Ok(code) => {
            let prelude = vm.prelude.clone();
            vm.run_module(code, prelude);
            let open = vm.prelude_function("open");
            vm.builtins.names.borrow_mut().put("open", open);
        }
        Err(words) => vm.write(super::host::OutputStream::Stderr, words.as_bytes()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
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
