//! dict and its views.

use std::rc::Rc;

use super::args::arity;
use super::repr;
use crate::program::exceptions::{key_error, new as exception, throw, type_error, value_error};
use crate::program::types::type_name;
use crate::program::value::func::Native;
use crate::program::value::{Args, Dict, DictView, Iter, Key, Payload, Value, ViewKind};
use crate::program::vm::{Res, Vm};

/// dict
pub static METHODS: &[Native] = &[
    Native::constructor(new),
    Native::method("__init__", |vm, a| {
        if a.all.len() > 1 && matches!(&a.all[0], Value::Dict(_)) {
            let d = this(&a)?.clone();
            fill(vm, &d, &a)?;
        }
        Ok(Value::None)
    }),
    Native::class_method("fromkeys", |vm, a| {
        arity(&a, "fromkeys", 1, 1, 2)?;
        let value = a.pos().get(2).cloned().unwrap_or(Value::None);
        let d = Rc::new(Dict::default());
        for k in vm.collect_sync(a.all[1].clone())? {
            vm.dict_set(&d, k, value.clone())?;
        }
        Ok(Value::Dict(d))
    }),
    Native::method("get", |vm, a| {
        arity(&a, "get", 1, 1, 2)?;
        let d = this(&a)?.clone();
        let default = a.pos().get(2).cloned().unwrap_or(Value::None);
        Ok(vm.dict_get(&d, &a.all[1])?.unwrap_or(default))
    }),
    Native::method("setdefault", |vm, a| {
        arity(&a, "setdefault", 1, 1, 2)?;
        let d = this(&a)?.clone();
        if let Some(v) = vm.dict_get(&d, &a.all[1])? {
            return Ok(v);
        }
        let default = a.pos().get(2).cloned().unwrap_or(Value::None);
        vm.dict_set(&d, a.all[1].clone(), default.clone())?;
        Ok(default)
    }),
    Native::method("pop", |vm, a| {
        arity(&a, "pop", 1, 1, 2)?;
        let d = this(&a)?.clone();
        match vm.dict_remove(&d, &a.all[1])? {
            Some(v) => Ok(v),
            None => match a.pos().get(2) {
                Some(v) => Ok(v.clone()),
                None => Err(key_error(&a.all[1])),
            },
        }
    }),
    Native::method("popitem", |_, a| {
        let d = this(&a)?;
        let gone = d.map.borrow_mut().pop();
        if let Some((k, _)) = &gone {
            crate::program::vm::keys::write_through(d, &k.value, None);
        }
        match gone {
            Some((k, v)) => Ok(Value::tuple(vec![k.value, v])),
            None => Err(throw(exception(
                "KeyError",
                vec![Value::str("popitem(): dictionary is empty")],
            ))),
        }
    }),
    Native::method("update", |vm, a| {
        arity(&a, "update", 1, 0, 1)?;
        let d = this(&a)?.clone();
        fill(vm, &d, &a)?;
        Ok(Value::None)
    }),
    Native::method("clear", |_, a| {
        let d = this(&a)?;
        let old = std::mem::take(&mut *d.map.borrow_mut());
        for k in old.keys() {
            crate::program::vm::keys::write_through(d, &k.value, None);
        }
        drop(old);
        Ok(Value::None)
    }),
    Native::method("copy", |vm, a| {
        let d = this(&a)?;
        let map = d.map.borrow().clone();
        vm.claim(map.len() * 48)?;
        let new = Dict::new(map);
        new.custom.set(d.custom.get());
        Ok(Value::Dict(Rc::new(new)))
    }),
    Native::method("keys", |_, a| view(&a, ViewKind::Keys)),
    Native::method("values", |_, a| view(&a, ViewKind::Values)),
    Native::method("items", |_, a| view(&a, ViewKind::Items)),
    Native::method("__len__", |_, a| Ok(Value::from(this(&a)?.map.borrow().len()))),
    Native::method("__iter__", |vm, a| vm.get_iter(a.all[0].inner().clone())),
    Native::method("__getitem__", |vm, a| {
        arity(&a, "dict.__getitem__", 1, 1, 1)?;
        let d = this(&a)?.clone();
        match vm.dict_get(&d, &a.all[1])? {
            Some(v) => Ok(v),
            None => Err(key_error(&a.all[1])),
        }
    }),
    Native::method("__setitem__", |vm, a| {
        arity(&a, "__setitem__", 1, 2, 2)?;
        let d = this(&a)?.clone();
        vm.dict_set(&d, a.all[1].clone(), a.all[2].clone())?;
        Ok(Value::None)
    }),
    Native::method("__delitem__", |vm, a| {
        arity(&a, "dict.__delitem__", 1, 1, 1)?;
        vm.delete_subscript(a.all[0].inner().clone(), a.all[1].clone())?;
        Ok(Value::None)
    }),
    Native::method("__contains__", |vm, a| {
        arity(&a, "dict.__contains__", 1, 1, 1)?;
        Ok(Value::Bool(vm.contains(
            a.all[0].inner().clone(),
            a.all[1].clone(),
            true,
        )?))
    }),
    Native::method("__repr__", repr::object_repr),
    Native::method("__reversed__", |vm, a| {
        super::iter::reversed(vm, Args::positional(&a.all[..1]))
    }),
];

/// dict.keys() and the like.
pub static VIEW: &[Native] = &[
    Native::method("__len__", |_, a| match &a.all[0] {
        Value::View(w) => Ok(Value::from(w.dict.map.borrow().len())),
        _ => Ok(Value::None),
    }),
    Native::method("__iter__", |vm, a| vm.get_iter(a.all[0].clone())),
    Native::method("isdisjoint", |vm, a| {
        arity(&a, "isdisjoint", 1, 1, 1)?;
        for v in vm.collect_sync(a.all[1].clone())? {
            if vm.contains(a.all[0].clone(), v, true)? {
                return Ok(Value::Bool(false));
            }
        }
        Ok(Value::Bool(true))
    }),
];

fn this<'a>(a: &Args<'a>) -> Res<&'a Rc<Dict>> {
    match a.all.first() {
        Some(Value::Dict(d)) => Ok(d),
        Some(Value::Obj(o)) => match &o.payload {
            Payload::Value(Value::Dict(d)) => Ok(d),
            _ => type_error("descriptor requires a 'dict' object"),
        },
        Some(other) => type_error(format!(
            "descriptor requires a 'dict' object but received a '{}'",
            type_name(other)
        )),
        None => type_error("unbound method needs an argument"),
    }
}

fn view(a: &Args<'_>, kind: ViewKind) -> Res<Value> {
    arity(a, "dict.keys", 1, 0, 0)?;
    Ok(Value::View(Rc::new(DictView {
        dict: this(a)?.clone(),
        kind,
    })))
}

fn new(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let Value::Class(class) = a.all[0].clone() else {
        return Ok(Value::None);
    };
    let d = Rc::new(Dict::default());
    if class.builtin {
        arity(&a, "dict", 1, 0, 1)?;
        fill(vm, &d, &a)?;
        return Ok(Value::Dict(d));
    }
    if !class.has(crate::program::value::object::flag::INIT) {
        arity(&a, "dict", 1, 0, 1)?;
        fill(vm, &d, &a)?;
    }
    Ok(vm.wrap(&class, Value::Dict(d)))
}

/// Puts a mapping, pairs and keywords into a dict.
pub fn fill(vm: &mut Vm, d: &Rc<Dict>, a: &Args<'_>) -> Res<()> {
    if let Some(v) = a.pos().get(1) {
        match v.inner() {
            Value::Dict(other) => {
                let entries: Vec<(Key, Value)> = other
                    .map
                    .borrow()
                    .iter()
                    .map(|(k, v)| (k.clone(), v.clone()))
                    .collect();
                vm.charge(entries.len() / 8);
                for (k, v) in entries {
                    vm.dict_set_key(d, k, v)?;
                }
            }
            _ => {
                let keys = match v {
                    Value::Obj(o) => o.class.lookup_str("keys"),
                    _ => None,
                };
                if let Some(keys) = keys {
                    let keys = vm.call_sync(keys, vec![v.clone()])?;
                    for k in vm.collect_sync(keys)? {
                        let r = vm.subscript(v.clone(), k.clone());
                        let item = vm.settle(r)?;
                        vm.dict_set(d, k, item)?;
                    }
                } else {
                    for (i, pair) in vm.collect_sync(v.clone())?.into_iter().enumerate() {
                        if !vm.is_iterable(&pair) {
                            return type_error(format!(
                                "cannot convert dictionary update sequence element #{i} to a sequence"
                            ));
                        }
                        let items = vm.collect_sync(pair)?;
                        let [k, v] = items.as_slice() else {
                            return value_error(format!(
                                "dictionary update sequence element #{i} has length {}; 2 is required",
                                items.len()
                            ));
                        };
                        vm.dict_set(d, k.clone(), v.clone())?;
                    }
                }
            }
        }
    }
    for (n, v) in a.kw() {
        vm.dict_set(d, n.value(), v.clone())?;
    }
    Ok(())
}

/// reversed(dict)
pub fn reversed(d: &Dict, kind: ViewKind) -> Value {
    let items = d
        .map
        .borrow()
        .iter()
        .rev()
        .map(|(k, v)| kind.of(&k.value, v))
        .collect();
    Value::Iter(Rc::new(Iter::values(items, "dict_reversekeyiterator")))
}
