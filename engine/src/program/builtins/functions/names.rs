//! Names of objects: `getattr`, `dir`, `vars` and the like.

use crate::program::builtins::args::arity;
use crate::program::exceptions::type_error;
use crate::program::types::{class_of, type_name};
use crate::program::value::{Args, Dict, Name, Payload, Value};
use crate::program::vm::control::tail;
use crate::program::vm::{Ctl, Res, Vm};
use std::rc::Rc;

pub(super) fn attribute_name(v: &Value, name: &str) -> Res<Name> {
    match v {
        Value::Str(s) => Ok(Name::of(s)),
        other => match other.as_str() {
            Some(s) => Ok(Name::new(s)),
            None => {
                let _ = name;
                type_error(format!("attribute name must be string, not '{}'", type_name(v)))
            }
        },
    }
}

pub(super) fn getattr(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "getattr", 0, 2, 3)?;
    let name = attribute_name(&a.all[1], "getattr")?;
    let r = vm.getattr(a.all[0].clone(), &name);
    let Some(default) = a.pos().get(2) else { return r };
    match vm.settle(r) {
        Err(e) => match *e {
            Ctl::Raise(e) if crate::program::exceptions::is_a(&e, "AttributeError") => Ok(default.clone()),
            other => Err(Box::new(other)),
        },
        ok => ok,
    }
}

pub(super) fn hasattr(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "hasattr", 0, 2, 2)?;
    let name = attribute_name(&a.all[1], "hasattr")?;
    let r = vm.getattr(a.all[0].clone(), &name);
    match vm.settle(r) {
        Ok(_) => Ok(Value::Bool(true)),
        Err(e) => match *e {
            Ctl::Raise(e) if crate::program::exceptions::is_a(&e, "AttributeError") => Ok(Value::Bool(false)),
            other => Err(Box::new(other)),
        },
    }
}

pub(super) fn locals(vm: &Vm) -> Value {
    let Some(f) = vm.calling_frame() else {
        return Value::None;
    };
    if f.code.name.as_str() == "<module>" {
        return vm.module_dict(&f.globals);
    }
    let d = Dict::default();
    if let Some(names) = f.names() {
        for (n, v) in names.names.borrow().iter() {
            d.put_str(n.as_str(), v.clone());
        }
    } else {
        for (n, v) in f.code.locals.iter().zip(&f.slots) {
            let v = match v {
                Value::Cell(c) => c.0.borrow().clone(),
                other => other.clone(),
            };
            if !v.is_unbound() {
                d.put_str(n.as_str(), v);
            }
        }
    }
    Value::Dict(Rc::new(d))
}

pub(super) fn vars(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "vars", 0, 0, 1)?;
    match a.all.first() {
        None => Ok(locals(vm)),
        Some(Value::Obj(o)) if !matches!(o.payload, Payload::Socket(_) | Payload::Lock(_)) => {
            Ok(vm.instance_dict(o))
        }
        Some(v @ (Value::Module(_) | Value::Class(_) | Value::Func(_))) => {
            let name = vm.names.dict.clone();
            vm.getattr(v.clone(), &name)
        }
        Some(_) => type_error("vars() argument must have __dict__ attribute"),
    }
}

/// The names that dir(v) lists.
pub fn dir_of(_: &mut Vm, v: &Value) -> Res<Value> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |n: &Name| names.push(n.as_str().to_owned());
    match v {
        Value::Module(m) => m.names.borrow().iter().for_each(|(n, _)| add(n)),
        Value::Class(c) => {
            for c in c.mro() {
                c.attrs.borrow().iter().for_each(|(n, _)| add(n));
            }
        }
        other => {
            if let Value::Obj(o) = other {
                o.attrs.borrow().iter().for_each(|(n, _)| add(n));
            }
            for c in class_of(other).mro() {
                c.attrs.borrow().iter().for_each(|(n, _)| add(n));
            }
        }
    }
    crate::sorted::sort(&mut names);
    names.dedup();
    Ok(Value::list(names.into_iter().map(Value::str).collect()))
}

pub(super) fn dir(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "dir", 0, 0, 1)?;
    match a.all.first() {
        Some(v) => {
            if let Value::Obj(o) = v
                && let Some(m) = o.class.lookup_str("__dir__")
                && !matches!(m, Value::Native(_))
            {
                return tail(m, vec![v.clone()]);
            }
            dir_of(vm, v)
        }
        None => {
            let Value::Dict(d) = locals(vm) else {
                return Ok(Value::None);
            };
            let mut names: Vec<String> = d
                .map
                .borrow()
                .keys()
                .filter_map(|k| k.value.as_str().map(str::to_owned))
                .collect();
            crate::sorted::sort(&mut names);
            Ok(Value::list(names.into_iter().map(Value::str).collect()))
        }
    }
}
