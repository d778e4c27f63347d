//! What can be called, and what calls are made of.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::{Class, Module, Name, NameMap, Value};
use crate::program::code::Code;
use crate::program::vm::frame::Frame;
use crate::program::vm::{Res, Vm};

/// A function written in Python.
pub struct Function {
    /// Its code.
    pub code: Rc<Code>,
    /// The module that it was defined in.
    pub globals: Rc<Module>,
    /// Defaults of the last positional parameters.
    pub defaults: RefCell<Rc<[Value]>>,
    /// Defaults of keyword-only parameters.
    pub kw_defaults: Vec<(Name, Value)>,
    /// Variables of enclosing functions.
    pub closure: Box<[Rc<CellBox>]>,
    /// `__name__`
    pub name: RefCell<Name>,
    /// `__qualname__`
    pub qualname: RefCell<Rc<str>>,
    /// Attributes that the program set.
    pub attrs: RefCell<NameMap>,
}

/// A variable shared between functions.
#[derive(Default)]
pub struct CellBox(pub RefCell<Value>);

/// How a native takes its arguments: what `inspect` would say of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A function of a module: `len`.
    Function,
    /// A method of a built-in type: bound when it is read from an instance.
    Method,
    /// A class method: bound to the class.
    ClassMethod,
    /// A computed attribute: called with self when it is read.
    Getter,
    /// A function that looks at the frame that calls it: `locals`, `super`.
    Framed,
}

/// A function written in Rust.
pub struct Native {
    /// `__name__`
    pub name: &'static str,
    /// Function, method, ...
    pub kind: Kind,
    /// The code.
    pub call: NativeFn,
}

/// The code of a native. Arguments stand on the caller's stack; self comes first.
pub type NativeFn = fn(&mut Vm, Args<'_>) -> Res<Value>;

impl Native {
    /// A function of a module.
    pub const fn function(name: &'static str, call: NativeFn) -> Self {
        Self {
            name,
            kind: Kind::Function,
            call,
        }
    }

    /// A method.
    pub const fn method(name: &'static str, call: NativeFn) -> Self {
        Self {
            name,
            kind: Kind::Method,
            call,
        }
    }

    /// `__new__`: a static method whose first argument is the class.
    pub const fn constructor(call: NativeFn) -> Self {
        Self {
            name: "__new__",
            kind: Kind::Function,
            call,
        }
    }

    /// A class method.
    pub const fn class_method(name: &'static str, call: NativeFn) -> Self {
        Self {
            name,
            kind: Kind::ClassMethod,
            call,
        }
    }

    /// A function that looks at its caller's frame ([`Vm::calling_frame`]).
    pub const fn framed(name: &'static str, call: NativeFn) -> Self {
        Self {
            name,
            kind: Kind::Framed,
            call,
        }
    }

    /// A computed attribute.
    pub const fn getter(name: &'static str, call: NativeFn) -> Self {
        Self {
            name,
            kind: Kind::Getter,
            call,
        }
    }
}

/// The arguments of one call: the positional ones, then those with a keyword.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    /// All values; the last `names.len()` belong to `names`.
    pub all: &'a [Value],
    /// The keywords.
    pub names: &'a [Name],
}

impl<'a> Args<'a> {
    /// Positional arguments only.
    pub const fn positional(all: &'a [Value]) -> Self {
        Self { all, names: &[] }
    }

    /// The positional ones.
    pub fn pos(&self) -> &'a [Value] {
        &self.all[..self.all.len() - self.names.len()]
    }

    /// The keyword ones.
    pub fn kw(&self) -> impl Iterator<Item = (&'a Name, &'a Value)> + use<'a> {
        self.names
            .iter()
            .zip(&self.all[self.all.len() - self.names.len()..])
    }

    /// One keyword's value.
    pub fn keyword(&self, name: &str) -> Option<&'a Value> {
        self.kw().find(|(n, _)| n.as_str() == name).map(|(_, v)| v)
    }

    /// The `i`th positional one, or the one with this keyword.
    pub fn get(&self, i: usize, name: &str) -> Option<&'a Value> {
        self.pos().get(i).or_else(|| self.keyword(name))
    }
}

/// A function bound to its self.
pub struct Method {
    /// The function: `Func`, `Native` or any callable.
    pub func: Value,
    /// Its first argument.
    pub this: Value,
}

/// property
#[derive(Clone)]
pub struct Property {
    /// The getter, or None.
    pub get: Value,
    /// The setter, or None.
    pub set: Value,
    /// The deleter, or None.
    pub del: Value,
    /// `__doc__`
    pub doc: Value,
}

/// A generator: a frame that waits for next().
pub struct Generator {
    /// The frame while it is not running; none when it runs or has ended.
    pub frame: RefCell<Option<Box<Frame>>>,
    /// It runs just now.
    pub running: Cell<bool>,
    /// It has begun.
    pub started: Cell<bool>,
    /// The function's name.
    pub name: Name,
    /// Its qualified name.
    pub qualname: Rc<str>,
    /// Where a generator that is dropped in the middle of a `try` or `with` goes, so that its `finally` runs.
    pub graveyard: Rc<Graveyard>,
}

/// Things whose last reference has gone and that still have something to do: the VM looks here at each line.
#[derive(Default)]
pub struct Graveyard {
    /// Something waits here.
    pub full: Cell<bool>,
    /// What waits.
    pub dead: RefCell<Vec<Dead>>,
}

/// See [`Graveyard`].
pub enum Dead {
    /// close(2) is due.
    Socket(protocol::SocketId, i32),
    /// `__del__` is due: class, attributes, number and payload of the instance.
    Instance(Rc<Class>, NameMap, u64, super::Payload),
    /// The frame of a generator that stands inside a `try` or `with`.
    Generator(Box<Frame>, Name),
}

impl Graveyard {
    /// Puts something in.
    pub fn put(&self, dead: Dead) {
        // A drop while the list is being read: the list is only ever borrowed for a moment by the VM itself.
        if let Ok(mut list) = self.dead.try_borrow_mut() {
            list.push(dead);
            self.full.set(true);
        }
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        if let Some(frame) = self.frame.get_mut().take()
            && self.started.get()
            && frame.rare.as_ref().is_some_and(|rare| !rare.blocks.is_empty())
        {
            self.graveyard.put(Dead::Generator(frame, self.name.clone()));
        }
    }
}
