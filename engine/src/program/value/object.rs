//! Classes, instances and modules.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use super::func::{Dead, Graveyard};
use super::{Dict, Name, NameMap, Value, fresh};
use crate::program::code::Code;
use protocol::{SocketId, ThreadId};

/// A class: of the program, or a built-in type. Built-in types are shared by all VMs and never change.
pub struct Class {
    /// `__name__`
    pub name: RefCell<Rc<str>>,
    /// `__qualname__`
    pub qualname: Rc<str>,
    /// `__module__`
    pub module: Rc<str>,
    /// `__bases__`
    pub bases: Vec<Rc<Class>>,
    /// The method resolution order without the class itself.
    pub mro: Vec<Rc<Class>>,
    /// The class's own attributes.
    pub attrs: RefCell<NameMap>,
    /// Changes with each change of the class or one of its bases; never the same for two histories.
    pub version: Cell<u64>,
    /// The built-in type whose layout instances have: `int` for a subclass of int.
    pub base: Base,
    /// The class itself is built in.
    pub builtin: bool,
    /// Special methods that the class or a base of the program's defines: see [`flag`].
    pub flags: Cell<u32>,
    /// Its subclasses, for their versions.
    pub subclasses: RefCell<Vec<Weak<Class>>>,
    /// Its metaclass, where it is not `type`.
    pub meta: Option<Rc<Class>>,
}

/// What instances of a class are made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Base {
    Object,
    Type,
    None,
    Ellipsis,
    NotImplemented,
    Bool,
    Int,
    Float,
    Str,
    Bytes,
    ByteArray,
    Tuple,
    List,
    Dict,
    Set,
    FrozenSet,
    Range,
    Slice,
    Function,
    Native,
    Method,
    Module,
    Generator,
    Iterator,
    View,
    Property,
    StaticMethod,
    ClassMethod,
    Super,
    Exception,
    Socket,
    Lock,
    Other,
}

/// Special methods that are asked for often: a class of the program has the bit when it or a base defines the method.
pub mod flag {
    #![allow(missing_docs)]
    pub const DEL: u32 = 1;
    pub const GETATTR: u32 = 1 << 1;
    pub const GETATTRIBUTE: u32 = 1 << 2;
    pub const SETATTR: u32 = 1 << 3;
    pub const EQ: u32 = 1 << 4;
    pub const HASH: u32 = 1 << 5;
    pub const REPR: u32 = 1 << 6;
    pub const STR: u32 = 1 << 7;
    pub const NEW: u32 = 1 << 8;
    pub const INIT: u32 = 1 << 9;
    pub const DELATTR: u32 = 1 << 10;
    pub const FORMAT: u32 = 1 << 11;
    pub const BOOL: u32 = 1 << 12;
    pub const SLOTS: u32 = 1 << 13;
    pub const OPERATORS: u32 = 1 << 14;

    pub fn of(name: &str) -> u32 {
        match name {
            "__del__" => DEL,
            "__getattr__" => GETATTR,
            "__getattribute__" => GETATTRIBUTE,
            "__setattr__" => SETATTR,
            "__delattr__" => DELATTR,
            "__eq__" => EQ,
            "__hash__" => HASH,
            "__repr__" => REPR,
            "__str__" => STR,
            "__new__" => NEW,
            "__init__" => INIT,
            "__format__" => FORMAT,
            "__bool__" | "__len__" => BOOL,
            "__slots__" => SLOTS,
            _ => 0,
        }
    }
}

impl Class {
    /// The class itself, then its bases in resolution order.
    pub fn mro(self: &Rc<Self>) -> impl Iterator<Item = &Rc<Class>> {
        std::iter::once(self).chain(self.mro.iter())
    }

    /// Looks an attribute up along the resolution order.
    pub fn lookup(self: &Rc<Self>, name: &Name) -> Option<Value> {
        self.place(name).and_then(|(m, p)| self.at(m, p))
    }

    /// Where along the resolution order (0: the class itself) and in that class's map the attribute is.
    pub fn place(&self, name: &Name) -> Option<(usize, usize)> {
        if let Some(p) = self.attrs.borrow().find(name) {
            return Some((0, p));
        }
        self.mro
            .iter()
            .enumerate()
            .find_map(|(m, c)| c.attrs.borrow().find(name).map(|p| (m + 1, p)))
    }

    /// What is at such a place.
    #[inline]
    pub fn at(&self, mro: usize, place: usize) -> Option<Value> {
        let class = if mro == 0 { self } else { &**self.mro.get(mro - 1)? };
        class.attrs.borrow().at_unchecked(place).cloned()
    }

    /// The same by text.
    pub fn lookup_str(self: &Rc<Self>, name: &str) -> Option<Value> {
        self.lookup(&Name::find(name)?)
    }

    /// Is it that class, or does it inherit from it?
    pub fn is_subclass(self: &Rc<Self>, other: &Rc<Class>) -> bool {
        Rc::ptr_eq(self, other) || self.mro.iter().any(|c| Rc::ptr_eq(c, other))
    }

    /// Sets an attribute and makes all caches that know the class forget it.
    pub fn set(self: &Rc<Self>, name: &Name, value: Value) -> Option<Value> {
        let old = self.attrs.borrow_mut().set(name, value);
        self.changed(flag::of(name.as_str()));
        old
    }

    /// To be called after every change of `attrs`.
    pub fn changed(self: &Rc<Self>, flags: u32) {
        self.version.set(fresh());
        self.flags.set(self.flags.get() | flags);
        let subclasses: Vec<_> = self
            .subclasses
            .borrow()
            .iter()
            .filter_map(Weak::upgrade)
            .collect();
        for sub in subclasses {
            sub.changed(flags);
        }
    }

    /// Has it one of these special methods from a class of the program?
    #[inline]
    pub fn has(&self, flags: u32) -> bool {
        self.flags.get() & flags != 0
    }

    /// `__name__`
    pub fn name(&self) -> Rc<str> {
        self.name.borrow().clone()
    }
}

/// An instance.
pub struct Instance {
    /// Its class.
    pub class: Rc<Class>,
    /// Its attributes.
    pub attrs: RefCell<NameMap>,
    /// Its number in this run, which makes its address in `repr()`; the same in every run.
    pub id: u64,
    /// What a built-in base brings with it.
    pub payload: Payload,
    /// Where it goes when it is dropped with something left to do.
    pub graveyard: Option<Rc<Graveyard>>,
}

/// What an instance holds besides its attributes.
#[derive(Default)]
pub enum Payload {
    /// Nothing: a plain object.
    #[default]
    None,
    /// The value of an instance of a subclass of int, str, tuple, list, dict, ...
    Value(Value),
    /// An exception.
    Exc(Box<RefCell<ExcData>>),
    /// A socket.
    Socket(Box<RefCell<SocketData>>),
    /// A lock.
    Lock(Box<LockData>),
    /// Something of a native module.
    Opaque(Box<dyn Opaque>),
}

/// The state that a native module keeps in an instance. It must be able to copy itself: a VM is copied to show the past.
pub trait Opaque {
    /// A copy; `value` copies the values in it.
    fn copy(&self, value: &mut dyn FnMut(&Value) -> Value) -> Box<dyn Opaque>;
    /// Calls `see` for each value in it, and says how many bytes it holds itself.
    fn visit(&self, see: &mut dyn FnMut(&Value)) -> usize;
    /// To get the type back.
    fn as_any(&self) -> &dyn Any;
}

/// What an exception holds.
#[derive(Default)]
pub struct ExcData {
    /// `args`
    pub args: Vec<Value>,
    /// `__cause__`
    pub cause: Option<Value>,
    /// `__context__`
    pub context: Option<Value>,
    /// `__suppress_context__`
    pub suppress: bool,
    /// The frames it passed, innermost first.
    pub traceback: Vec<TraceEntry>,
    /// `add_note()`
    pub notes: Vec<Value>,
}

/// One frame of a traceback.
#[derive(Clone)]
pub struct TraceEntry {
    /// What ran.
    pub code: Rc<Code>,
    /// The instruction, for line and column.
    pub ip: u32,
}

/// A socket of the program.
pub struct SocketData {
    /// The network's name for it; `None` when closed or detached.
    pub sock: Option<SocketId>,
    /// The descriptor that the program knows it by, -1 when closed.
    pub fd: i32,
    /// AF_*
    pub family: i32,
    /// SOCK_*
    pub kind: i32,
    /// IPPROTO_*
    pub proto: i32,
    /// settimeout()
    pub timeout: Option<f64>,
    /// Open files of makefile(): close() waits for them.
    pub files: u32,
    /// close() has been called.
    pub closing: bool,
}

/// threading.Lock and RLock.
pub struct LockData {
    /// RLock.
    pub reentrant: bool,
    /// Who holds it (any thread may release a plain Lock).
    pub owner: Cell<Option<ThreadId>>,
    /// How often.
    pub count: Cell<u32>,
}

/// A module.
pub struct Module {
    /// `__name__`
    pub name: Rc<str>,
    /// Its globals.
    pub names: RefCell<NameMap>,
    /// Where a name that is missing here is looked up next: the built-ins.
    pub builtins: Option<Rc<Module>>,
    /// A module of CPython that Wirelab does not have: importing it works, using it does not.
    pub absent: bool,
    /// The dict that `globals()` gave out, if it did.
    pub dict: RefCell<Option<Rc<Dict>>>,
}

impl Drop for Instance {
    fn drop(&mut self) {
        let Some(graveyard) = self.graveyard.take() else {
            let attrs = self.attrs.get_mut().take();
            let inside = match std::mem::take(&mut self.payload) {
                Payload::Value(v) => vec![v],
                Payload::Exc(e) => {
                    let e = e.into_inner();
                    e.args.into_iter().chain(e.cause).chain(e.context).collect()
                }
                _ => Vec::new(),
            };
            if !attrs.is_empty() || !inside.is_empty() {
                super::sequence::release(attrs.into_iter().map(|(_, v)| v).chain(inside));
            }
            return;
        };
        if self.class.has(flag::DEL) {
            let attrs = std::mem::take(self.attrs.get_mut());
            let payload = std::mem::take(&mut self.payload);
            graveyard.put(Dead::Instance(self.class.clone(), attrs, self.id, payload));
        } else if let Payload::Socket(data) = &mut self.payload {
            let data = data.get_mut();
            if let Some(sock) = data.sock.take() {
                graveyard.put(Dead::Socket(sock, data.fd));
            }
        }
    }
}
