//! The built-in types: made once for each OS thread, shared by all its VMs, never changed.

use crate::sorted::Map;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::builtins as b;
use super::exceptions::HIERARCHY;
use super::value::func::Native;
use super::value::object::{Base, Class};
use super::value::{NameMap, Payload, Value, fresh};

/// All built-in types.
pub struct Types {
    by_base: Vec<Option<Rc<Class>>>,
    exceptions: Map<&'static str, Rc<Class>>,
    object: Rc<Class>,
}

thread_local!(static TYPES: &'static Types = Box::leak(Box::new(Types::new())));
thread_local!(static NATIVE: RefCell<Map<(&'static str, &'static str), Rc<Class>>> = const { RefCell::new(Map::new()) });

/// The built-in types.
#[inline]
pub fn types() -> &'static Types {
    TYPES.with(|t| *t)
}

/// A class of a native module: made once, shared by all VMs. Instances are made by its `__new__`.
pub fn native_class(
    module: &'static str,
    name: &'static str,
    base: Base,
    bases: &[Rc<Class>],
    methods: &'static [Native],
) -> Rc<Class> {
    if let Some(class) = NATIVE.with(|n| n.borrow().get(&(module, name)).cloned()) {
        return class;
    }
    let bases = if bases.is_empty() {
        vec![types().object.clone()]
    } else {
        bases.to_vec()
    };
    let class = make(module, name, base, bases, methods);
    NATIVE.with(|n| n.borrow_mut().insert((module, name), class.clone()));
    class
}

fn make(
    module: &str,
    name: &str,
    base: Base,
    bases: Vec<Rc<Class>>,
    methods: &'static [Native],
) -> Rc<Class> {
    let mut attrs = NameMap::new();
    for m in methods {
        attrs.put(m.name, Value::Native(m));
    }
    let mut mro = Vec::new();
    if let Some(first) = bases.first() {
        mro.push(first.clone());
        mro.extend(first.mro.iter().cloned());
        for more in &bases[1..] {
            for c in std::iter::once(more).chain(more.mro.iter()) {
                if !mro.iter().any(|have| Rc::ptr_eq(have, c)) {
                    let last = mro.len().saturating_sub(1);
                    mro.insert(last, c.clone());
                }
            }
        }
    }
    Rc::new(Class {
        name: RefCell::new(name.into()),
        qualname: name.into(),
        module: module.into(),
        bases,
        mro,
        attrs: RefCell::new(attrs),
        version: Cell::new(fresh()),
        base,
        builtin: true,
        flags: Cell::new(0),
        subclasses: RefCell::new(Vec::new()),
        meta: None,
    })
}

impl Types {
    fn new() -> Self {
        let object = make("builtins", "object", Base::Object, Vec::new(), b::object::METHODS);
        let mut by_base: Vec<Option<Rc<Class>>> = vec![None; Base::Other as usize + 1];
        by_base[Base::Object as usize] = Some(object.clone());
        let mut add = |base: Base, name: &str, parent: Option<Base>, methods: &'static [Native]| {
            let parent = parent
                .and_then(|p| by_base[p as usize].clone())
                .unwrap_or_else(|| object.clone());
            by_base[base as usize] = Some(make("builtins", name, base, vec![parent], methods));
        };
        add(Base::Type, "type", None, b::object::TYPE);
        add(Base::None, "NoneType", None, b::object::NONE);
        add(Base::Ellipsis, "ellipsis", None, &[]);
        add(Base::NotImplemented, "NotImplementedType", None, &[]);
        add(Base::Int, "int", None, b::int::METHODS);
        add(Base::Bool, "bool", Some(Base::Int), b::int::BOOL);
        add(Base::Float, "float", None, b::float::METHODS);
        add(Base::Str, "str", None, b::str::METHODS);
        add(Base::Bytes, "bytes", None, b::bytes::METHODS);
        add(Base::ByteArray, "bytearray", None, b::bytes::BYTEARRAY);
        add(Base::Tuple, "tuple", None, b::list::TUPLE);
        add(Base::List, "list", None, b::list::METHODS);
        add(Base::Dict, "dict", None, b::dict::METHODS);
        add(Base::Set, "set", None, b::set::METHODS);
        add(Base::FrozenSet, "frozenset", None, b::set::FROZEN);
        add(Base::Range, "range", None, b::iter::RANGE);
        add(Base::Slice, "slice", None, b::iter::SLICE);
        add(Base::Function, "function", None, b::object::FUNCTION);
        add(
            Base::Native,
            "builtin_function_or_method",
            None,
            b::object::FUNCTION,
        );
        add(Base::Method, "method", None, b::object::FUNCTION);
        add(Base::Module, "module", None, &[]);
        add(Base::Generator, "generator", None, b::iter::GENERATOR);
        add(Base::Iterator, "iterator", None, b::iter::ITERATOR);
        add(Base::View, "dict_view", None, b::dict::VIEW);
        add(Base::Property, "property", None, b::object::PROPERTY);
        add(Base::StaticMethod, "staticmethod", None, b::object::STATICMETHOD);
        add(Base::ClassMethod, "classmethod", None, b::object::CLASSMETHOD);
        add(Base::Super, "super", None, b::object::SUPER);
        let mut exceptions: Map<&'static str, Rc<Class>> = Map::new();
        for (name, base) in HIERARCHY {
            let parent = exceptions.get(base).cloned().unwrap_or_else(|| object.clone());
            let methods = b::exception::methods(name);
            exceptions.insert(
                name,
                make("builtins", name, Base::Exception, vec![parent], methods),
            );
        }
        by_base[Base::Exception as usize] = exceptions.get("BaseException").cloned();
        Self {
            by_base,
            exceptions,
            object,
        }
    }

    /// The type of this kind.
    pub fn get(&self, base: Base) -> &Rc<Class> {
        self.by_base[base as usize].as_ref().unwrap_or(&self.object)
    }

    /// A built-in exception class.
    pub fn exception(&self, name: &str) -> &Rc<Class> {
        self.exceptions.get(name).unwrap_or(&self.object)
    }

    /// All types that are names of the built-ins.
    pub fn named(&self) -> impl Iterator<Item = &Rc<Class>> {
        use Base as B;
        let plain = [
            B::Object,
            B::Type,
            B::Int,
            B::Bool,
            B::Float,
            B::Str,
            B::Bytes,
            B::ByteArray,
            B::Tuple,
            B::List,
            B::Dict,
            B::Set,
            B::FrozenSet,
            B::Range,
            B::Slice,
            B::Property,
            B::StaticMethod,
            B::ClassMethod,
            B::Super,
        ];
        plain
            .into_iter()
            .map(|b| self.get(b))
            .chain(HIERARCHY.iter().map(|(n, _)| self.exception(n)))
    }
}

/// type(value)
pub fn class_of(value: &Value) -> &Rc<Class> {
    let base = match value {
        Value::Obj(o) => return &o.class,
        Value::Class(c) => {
            if let Some(meta) = &c.meta {
                return meta;
            }
            Base::Type
        }
        Value::Unbound | Value::None => Base::None,
        Value::Ellipsis => Base::Ellipsis,
        Value::NotImplemented => Base::NotImplemented,
        Value::Bool(_) => Base::Bool,
        Value::Int(_) | Value::Big(_) => Base::Int,
        Value::Float(_) => Base::Float,
        Value::Str(_) => Base::Str,
        Value::Bytes(_) => Base::Bytes,
        Value::ByteArray(_) => Base::ByteArray,
        Value::Tuple(_) => Base::Tuple,
        Value::List(_) => Base::List,
        Value::Dict(_) => Base::Dict,
        Value::Set(s) => {
            if s.frozen {
                Base::FrozenSet
            } else {
                Base::Set
            }
        }
        Value::Range(_) => Base::Range,
        Value::Slice(_) => Base::Slice,
        Value::Func(_) => Base::Function,
        Value::Native(_) => Base::Native,
        Value::Method(_) => Base::Method,
        Value::Module(_) => Base::Module,
        Value::Gen(_) => Base::Generator,
        Value::Iter(_) => Base::Iterator,
        Value::View(_) => Base::View,
        Value::Property(_) => Base::Property,
        Value::StaticMethod(_) => Base::StaticMethod,
        Value::ClassMethod(_) => Base::ClassMethod,
        Value::Super(_) => Base::Super,
        Value::Cell(_) | Value::Code(_) => Base::Object,
    };
    types().get(base)
}

/// type(value).__name__
pub fn type_name(value: &Value) -> Rc<str> {
    match value {
        Value::Iter(i) => i.type_name().into(),
        Value::View(v) => match v.kind {
            super::value::ViewKind::Keys => "dict_keys".into(),
            super::value::ViewKind::Values => "dict_values".into(),
            super::value::ViewKind::Items => "dict_items".into(),
        },
        Value::Code(_) => "code".into(),
        Value::Cell(_) => "cell".into(),
        Value::Method(m) if matches!(m.func, Value::Native(_)) => "builtin_function_or_method".into(),
        other => class_of(other).name(),
    }
}

/// isinstance(value, class), without `__instancecheck__`.
pub fn is_instance(value: &Value, class: &Rc<Class>) -> bool {
    let own = class_of(value);
    own.is_subclass(class)
        || matches!(value, Value::Obj(o) if matches!(&o.payload, Payload::Value(_)) && own.is_subclass(class))
}
