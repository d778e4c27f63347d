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

mod first;
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

#[cfg(feature = "library")]
pub use first::compiled_files;
pub use first::{common_needed_by, warm};

use crate::sorted::Map;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::builtins;
use super::code::{Code, Source};
use super::compile::Mode;
use super::compiled;
use super::exceptions::raise;

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

/// Those that only modules in Python ask for, and none of the [`first::BASIS`]. To pages they come with these.
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
/// [`first::BASIS`] and get the others when a program names one. [`library`] has what fewer programs need.
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
