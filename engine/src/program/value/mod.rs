//! The values of a Python program.
//!
//! A [`Value`] is two words: small things inline, the rest behind an `Rc`, because reference counting is what learners
//! can see of CPython's memory: a socket is closed when its last name goes away. Containers have inner mutability; no
//! value knows the VM.
//!
//! ```text
//! text      str, bytes, bytearray; names (interned str)
//! names     the small map from names to values: attributes, globals, class bodies
//! dict      dict, set: hashing and equality of keys
//! sequence  list, tuple; dropping long chains
//! object    classes, instances and what an instance may carry
//! func      functions, methods, natives, cells, generators, properties
//! iter      the native iterators
//! convert   From and Into between Rust's types and values
//! hash      hash() as CPython computes it
//! ```

mod convert;
pub mod dict;
pub mod func;
pub mod hash;
pub mod iter;
pub mod names;
pub mod object;
pub mod sequence;
pub mod text;

use num_bigint::BigInt;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub use dict::{Dict, DictView, Key, Set, ViewKind};
pub use func::{Args, CellBox, Function, Generator, Method, Native, Property};
pub use iter::Iter;
pub use names::NameMap;
pub use object::{Class, ExcData, Instance, Module, Payload, SocketData};
pub use sequence::{List, Tuple};
pub use text::{Name, Str};

use super::code::Code;

/// Any Python value.
#[derive(Clone, Default)]
pub enum Value {
    /// No value: an unassigned local, an absent argument. Programs never see it.
    #[default]
    Unbound,
    /// None
    None,
    /// ...
    Ellipsis,
    /// NotImplemented
    NotImplemented,
    /// True, False
    Bool(bool),
    /// An int that fits 64 bits; larger ones are `Big`, and never the other way round.
    Int(i64),
    /// float
    Float(f64),
    /// An int beyond 64 bits.
    Big(Rc<BigInt>),
    /// str
    Str(Rc<Str>),
    /// bytes
    Bytes(Rc<Box<[u8]>>),
    /// bytearray
    ByteArray(Rc<RefCell<Vec<u8>>>),
    /// tuple
    Tuple(Rc<Tuple>),
    /// list
    List(Rc<List>),
    /// dict
    Dict(Rc<Dict>),
    /// set, frozenset
    Set(Rc<Set>),
    /// range
    Range(Rc<Range>),
    /// slice
    Slice(Rc<(Value, Value, Value)>),
    /// A function written in Python.
    Func(Rc<Function>),
    /// A function written in Rust.
    Native(&'static Native),
    /// A function bound to its self.
    Method(Rc<Method>),
    /// A class.
    Class(Rc<Class>),
    /// An instance: of a class of the program, an exception, a socket, ...
    Obj(Rc<Instance>),
    /// A module.
    Module(Rc<Module>),
    /// A generator.
    Gen(Rc<Generator>),
    /// An iterator of a built-in type.
    Iter(Rc<Iter>),
    /// dict.keys(), .values(), .items()
    View(Rc<DictView>),
    /// property
    Property(Rc<Property>),
    /// staticmethod
    StaticMethod(Rc<Value>),
    /// classmethod
    ClassMethod(Rc<Value>),
    /// super()
    Super(Rc<(Rc<Class>, Value)>),
    /// A variable shared with an inner function. Programs never see it.
    Cell(Rc<CellBox>),
    /// Compiled code. Programs hardly ever see it.
    Code(Rc<Code>),
}

/// range(start, stop, step), step not 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first.
    pub start: i64,
    /// Not reached.
    pub stop: i64,
    /// Not 0.
    pub step: i64,
}

impl Range {
    /// How many numbers.
    pub fn len(&self) -> usize {
        let (a, b, s) = (
            i128::from(self.start),
            i128::from(self.stop),
            i128::from(self.step),
        );
        let n = if s > 0 {
            (b - a + s - 1).div_euclid(s)
        } else {
            (a - b - s - 1).div_euclid(-s)
        };
        usize::try_from(n.max(0)).unwrap_or(usize::MAX)
    }

    /// No number at all?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The `i`th; `i` must be below `len()`.
    pub fn get(&self, i: usize) -> i64 {
        self.start.wrapping_add((i as i64).wrapping_mul(self.step))
    }
}

impl Value {
    /// A str.
    pub fn str(text: impl Into<String>) -> Self {
        Self::Str(Rc::new(Str::new(text.into())))
    }

    /// A bytes object.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bytes(Rc::new(bytes.into().into_boxed_slice()))
    }

    /// A tuple.
    pub fn tuple(items: Vec<Value>) -> Self {
        Self::Tuple(Rc::new(Tuple::new(items)))
    }

    /// A list.
    pub fn list(items: Vec<Value>) -> Self {
        Self::List(Rc::new(List::new(items)))
    }

    /// An int of any size.
    pub fn int(n: BigInt) -> Self {
        i64::try_from(&n).map_or_else(|_| Self::Big(Rc::new(n)), Self::Int)
    }

    /// None?
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// An empty slot?
    pub fn is_unbound(&self) -> bool {
        matches!(self, Self::Unbound)
    }

    /// `is`: the same object. Numbers, strings and bytes that are inline or equal in pointer are the same.
    pub fn is(&self, other: &Value) -> bool {
        use Value as V;
        match (self, other) {
            (V::Unbound, V::Unbound)
            | (V::None, V::None)
            | (V::Ellipsis, V::Ellipsis)
            | (V::NotImplemented, V::NotImplemented) => true,
            (V::Bool(a), V::Bool(b)) => a == b,
            (V::Int(a), V::Int(b)) => a == b,
            (V::Float(a), V::Float(b)) => a.to_bits() == b.to_bits(),
            (V::Native(a), V::Native(b)) => std::ptr::eq(*a, *b),
            (V::Tuple(a), V::Tuple(b)) => Rc::ptr_eq(a, b) || (a.is_empty() && b.is_empty()),
            (V::Bytes(a), V::Bytes(b)) => Rc::ptr_eq(a, b) || (a.is_empty() && b.is_empty()),
            (V::Str(a), V::Str(b)) => Rc::ptr_eq(a, b) || (a.len() <= 1 && a.as_str() == b.as_str()),
            _ => self.address().is_some() && self.address() == other.address(),
        }
    }

    /// The address of what it points to; `None` for inline values.
    pub fn address(&self) -> Option<usize> {
        fn at<T>(rc: &Rc<T>) -> Option<usize> {
            Some(Rc::as_ptr(rc).cast::<()>() as usize)
        }
        match self {
            Self::Unbound
            | Self::None
            | Self::Ellipsis
            | Self::NotImplemented
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Float(_) => None,
            Self::Native(n) => Some(std::ptr::from_ref::<Native>(n) as usize),
            Self::Big(r) => at(r),
            Self::Str(r) => at(r),
            Self::Bytes(r) => at(r),
            Self::ByteArray(r) => at(r),
            Self::Tuple(r) => at(r),
            Self::List(r) => at(r),
            Self::Dict(r) => at(r),
            Self::Set(r) => at(r),
            Self::Range(r) => at(r),
            Self::Slice(r) => at(r),
            Self::Func(r) => at(r),
            Self::Method(r) => at(r),
            Self::Class(r) => at(r),
            Self::Obj(r) => at(r),
            Self::Module(r) => at(r),
            Self::Gen(r) => at(r),
            Self::Iter(r) => at(r),
            Self::View(r) => at(r),
            Self::Property(r) => at(r),
            Self::StaticMethod(r) | Self::ClassMethod(r) => at(r),
            Self::Super(r) => at(r),
            Self::Cell(r) => at(r),
            Self::Code(r) => at(r),
        }
    }

    /// The str in it, also in an instance of a subclass of str.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(s) => Some(s.as_str()),
            Self::Obj(o) => match &o.payload {
                Payload::Value(Value::Str(s)) => Some(s.as_str()),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value that an instance of a subclass of int, str, list, ... holds; otherwise the value itself.
    pub fn inner(&self) -> &Value {
        match self {
            Self::Obj(o) => match &o.payload {
                Payload::Value(v) => v,
                _ => self,
            },
            _ => self,
        }
    }

    /// The exception in it.
    pub fn exc(&self) -> Option<&RefCell<ExcData>> {
        match self {
            Self::Obj(o) => match &o.payload {
                Payload::Exc(e) => Some(e),
                _ => None,
            },
            _ => None,
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&super::builtins::repr::plain(self, 200))
    }
}

/// A counter that never gives the same number twice in one thread: versions of classes and shapes of name maps, so that
/// caches in shared code stay right across copies of a VM.
pub(crate) fn fresh() -> u64 {
    thread_local!(static NEXT: Cell<u64> = const { Cell::new(1) });
    NEXT.with(|next| {
        let n = next.get();
        next.set(n + 1);
        n
    })
}
