//! object, type, functions, property, staticmethod, classmethod, super.

use std::rc::Rc;

use super::args::arity;
use super::repr;
use crate::program::code::Cmp;
use crate::program::exceptions::{raise, type_error};
use crate::program::types::{class_of, type_name, types};
use crate::program::value::func::Native;
use crate::program::value::object::{Base, flag};
use crate::program::value::{Args, Name, NameMap, Payload, Property, Value};
use crate::program::vm::{Res, Vm};

/// object
pub static METHODS: &[Native] = &[
    Native::constructor(object_new),
    Native::method("__init__", |_, _| Ok(Value::None)),
    Native::method("__repr__", repr::object_repr),
    Native::method("__str__", repr::object_str),
    Native::method("__format__", repr::object_format),
    Native::method("__eq__", |_, a| compare(a, Cmp::Eq)),
    Native::method("__ne__", |_, a| compare(a, Cmp::Ne)),
    Native::method("__hash__", |vm, a| {
        let v = a.all[0].clone();
        match &v {
            Value::Obj(o) if matches!(o.payload, Payload::None | Payload::Exc(_)) => {
                Ok(Value::Int((o.id as i64) << 4))
            }
            other => vm.hash(other.inner()).map(Value::Int),
        }
    }),
    Native::method("__getattribute__", |vm, a| {
        arity(&a, "__getattribute__", 1, 1, 1)?;
        let Value::Str(s) = &a.all[1] else {
            return type_error("attribute name must be string");
        };
        let name = Name::of(s);
        match &a.all[0] {
            Value::Obj(o) => vm.getattr_instance(&o.clone(), &name, false),
            other => vm.getattr(other.clone(), &name),
        }
    }),
    Native::method("__setattr__", |vm, a| {
        arity(&a, "__setattr__", 1, 2, 2)?;
        let Value::Str(s) = &a.all[1] else {
            return type_error("attribute name must be string");
        };
        vm.setattr_plain(a.all[0].clone(), &Name::of(s), a.all[2].clone())
    }),
    Native::method("__delattr__", |vm, a| {
        arity(&a, "__delattr__", 1, 1, 1)?;
        let Value::Str(s) = &a.all[1] else {
            return type_error("attribute name must be string");
        };
        if let Value::Obj(o) = &a.all[0] {
            let gone = o.attrs.borrow_mut().remove(&Name::of(s));
            if gone.is_some() {
                return Ok(Value::None);
            }
        }
        let _ = vm;
        Err(raise("AttributeError", s.as_str()))
    }),
    Native::method("__dir__", |vm, a| super::functions::dir_of(vm, &a.all[0])),
    Native::method("__sizeof__", |_, _| Ok(Value::Int(48))),
];

/// None
pub static NONE: &[Native] = &[];

/// type
pub static TYPE: &[Native] = &[
    Native::constructor(type_new),
    Native::method("__init__", |_, _| Ok(Value::None)),
    Native::method("__repr__", repr::object_repr),
    Native::method("__call__", type_call),
    Native::method("mro", |_, a| match &a.all[0] {
        Value::Class(c) => Ok(Value::list(c.mro().cloned().map(Value::Class).collect())),
        _ => Ok(Value::None),
    }),
    Native::method("__subclasses__", |_, a| match &a.all[0] {
        Value::Class(c) => Ok(Value::list(
            c.subclasses
                .borrow()
                .iter()
                .filter_map(std::rc::Weak::upgrade)
                .map(Value::Class)
                .collect(),
        )),
        _ => Ok(Value::None),
    }),
];

/// Functions and methods.
pub static FUNCTION: &[Native] = &[
    Native::method("__call__", |_, a| {
        crate::program::vm::control::tail(a.all[0].clone(), a.all[1..].to_vec())
    }),
    Native::method("__get__", |_, a| {
        Ok(match a.pos().get(1) {
            None | Some(Value::None) => a.all[0].clone(),
            Some(this) => crate::program::vm::call::bound(a.all[0].clone(), this.clone()),
        })
    }),
];

/// property
pub static PROPERTY: &[Native] = &[
    Native::constructor(|_, a| {
        let at = |i: usize, name: &str| a.get(i, name).cloned().unwrap_or(Value::None);
        Ok(Value::Property(Rc::new(Property {
            get: at(1, "fget"),
            set: at(2, "fset"),
            del: at(3, "fdel"),
            doc: at(4, "doc"),
        })))
    }),
    Native::method("getter", |_, a| change(&a, |p, v| p.get = v)),
    Native::method("setter", |_, a| change(&a, |p, v| p.set = v)),
    Native::method("deleter", |_, a| change(&a, |p, v| p.del = v)),
];

/// staticmethod
pub static STATICMETHOD: &[Native] = &[Native::constructor(|_, a| {
    arity(&a, "staticmethod", 1, 1, 1)?;
    Ok(Value::StaticMethod(Rc::new(a.all[1].clone())))
})];

/// classmethod
pub static CLASSMETHOD: &[Native] = &[Native::constructor(|_, a| {
    arity(&a, "classmethod", 1, 1, 1)?;
    Ok(Value::ClassMethod(Rc::new(a.all[1].clone())))
})];

/// super
pub static SUPER: &[Native] = &[Native::constructor(super_new)];

fn change(a: &Args<'_>, f: impl FnOnce(&mut Property, Value)) -> Res<Value> {
    arity(a, "setter", 1, 1, 1)?;
    let Value::Property(p) = &a.all[0] else {
        return type_error("descriptor requires a property");
    };
    let mut p = (**p).clone();
    f(&mut p, a.all[1].clone());
    Ok(Value::Property(Rc::new(p)))
}

fn compare(a: Args<'_>, cmp: Cmp) -> Res<Value> {
    arity(&a, cmp.method(), 1, 1, 1)?;
    let (x, y) = (&a.all[0], &a.all[1]);
    let plain = matches!(x, Value::Obj(o) if !matches!(o.payload, Payload::Value(_)));
    if plain {
        return Ok(if x.is(y) {
            Value::Bool(cmp == Cmp::Eq)
        } else {
            Value::NotImplemented
        });
    }
    let equal = crate::program::value::hash::equal(x.inner(), y.inner());
    Ok(Value::Bool(equal == (cmp == Cmp::Eq)))
}

fn object_new(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let Some(Value::Class(class)) = a.all.first() else {
        return type_error("object.__new__(): not enough arguments");
    };
    if class.base != Base::Object {
        return type_error(format!(
            "object.__new__({}) is not safe, use {}.__new__()",
            class.name(),
            class.name()
        ));
    }
    if a.all.len() > 1 && !class.has(flag::INIT) {
        return type_error(format!("{}() takes no arguments", class.name()));
    }
    let class = class.clone();
    Ok(vm.instance(&class, Payload::None))
}

/// What calling a class does when its metaclass does not say otherwise.
fn type_call(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    vm.plain_construct = true;
    Err(Box::new(crate::program::vm::Ctl::Call(
        crate::program::vm::control::CallReq {
            callee: a.all[0].clone(),
            args: a.all[1..].to_vec(),
            names: a.names.to_vec(),
            then: Vec::new(),
            discard: false,
        },
    )))
}

/// type(x) and type(name, bases, dict)
fn type_new(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let args = &a.pos()[1..];
    match args {
        [one] => Ok(Value::Class(class_of(one).clone())),
        [name, bases, dict, ..] => {
            let Some(name) = name.as_str() else {
                return type_error(format!(
                    "type.__new__() argument 1 must be str, not {}",
                    type_name(name)
                ));
            };
            let (Value::Tuple(bases), Value::Dict(dict)) = (bases, dict) else {
                return type_error("type.__new__() argument 2 must be tuple, argument 3 must be dict");
            };
            let mut classes = Vec::new();
            for b in bases.iter() {
                match b {
                    Value::Class(c) => classes.push(c.clone()),
                    _ => return type_error("bases must be types"),
                }
            }
            let mut attrs = NameMap::new();
            for (k, v) in dict.map.borrow().iter() {
                if let Value::Str(s) = &k.value {
                    attrs.set(&Name::of(s), v.clone());
                }
            }
            let meta = match a.all.first() {
                Some(Value::Class(m)) if !Rc::ptr_eq(m, types().get(Base::Type)) => Some(m.clone()),
                _ => None,
            };
            let name = name.to_owned();
            Ok(Value::Class(vm.make_class(&name, classes, attrs, meta)?))
        }
        _ => type_error("type() takes 1 or 3 arguments"),
    }
}

/// super() and super(class, object)
fn super_new(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    match &a.pos()[1..] {
        [Value::Class(c), this, ..] => {
            let ok = class_of(this).is_subclass(c) || matches!(this, Value::Class(t) if t.is_subclass(c));
            if !ok {
                return type_error("super(type, obj): obj must be an instance or subtype of type");
            }
            Ok(Value::Super(Rc::new((c.clone(), this.clone()))))
        }
        [] => {
            // The frame that calls it has both: __class__ in a cell, self as its first argument.
            let Some(f) = vm.calling_frame() else {
                return Err(raise("RuntimeError", "super(): no current frame"));
            };
            let cell = f
                .code
                .locals
                .iter()
                .position(|n| n.as_str() == "__class__")
                .and_then(|i| f.slots.get(i));
            let class = match cell {
                Some(Value::Cell(c)) => c.0.borrow().clone(),
                _ => Value::Unbound,
            };
            let first = match f.slots.first() {
                Some(Value::Cell(c)) => c.0.borrow().clone(),
                Some(v) => v.clone(),
                None => Value::Unbound,
            };
            if f.code.argc == 0 && !f.code.varargs {
                return Err(raise("RuntimeError", "super(): no arguments"));
            }
            let Value::Class(class) = class else {
                return Err(raise("RuntimeError", "super(): __class__ cell not found"));
            };
            let first = if f.code.argc == 0 {
                match &first {
                    Value::Tuple(t) => t.first().cloned().unwrap_or(Value::None),
                    other => other.clone(),
                }
            } else {
                first
            };
            Ok(Value::Super(Rc::new((class, first))))
        }
        _ => type_error("super() argument 1 must be a type"),
    }
}
