//! set and frozenset.

use std::rc::Rc;

use super::args::arity;
use super::repr;
use crate::program::code::{Bin, Cmp};
use crate::program::exceptions::{key_error, new as exception, throw, type_error};
use crate::program::types::type_name;
use crate::program::value::func::Native;
use crate::program::value::{Args, Key, Set, Value};
use crate::program::vm::{Res, Vm};

macro_rules! common {
    ($($extra:expr),* $(,)?) => {
        &[
            $($extra,)*
            Native::method("union", |vm, a| many(vm, &a, Bin::Or)),
            Native::method("intersection", |vm, a| many(vm, &a, Bin::And)),
            Native::method("difference", |vm, a| many(vm, &a, Bin::Sub)),
            Native::method("symmetric_difference", |vm, a| many(vm, &a, Bin::Xor)),
            Native::method("issubset", |vm, a| {
                let (x, y) = two(vm, &a)?;
                Ok(Value::Bool(subset(vm, &x, &y)?))
            }),
            Native::method("issuperset", |vm, a| {
                let (x, y) = two(vm, &a)?;
                Ok(Value::Bool(subset(vm, &y, &x)?))
            }),
            Native::method("isdisjoint", |vm, a| {
                let (x, y) = two(vm, &a)?;
                for k in y.keys() {
                    if vm.find_in_set(&x, &k)?.is_some() {
                        return Ok(Value::Bool(false));
                    }
                }
                Ok(Value::Bool(true))
            }),
            Native::method("copy", |_, a| {
                let s = this(&a)?;
                Ok(Value::Set(Rc::new(s.map(s.frozen, Value::clone))))
            }),
            Native::method("__len__", |_, a| Ok(Value::from(this(&a)?.len()))),
            Native::method("__iter__", |vm, a| vm.get_iter(a.all[0].inner().clone())),
            Native::method("__contains__", |vm, a| {
                arity(&a, "set.__contains__", 1, 1, 1)?;
                Ok(Value::Bool(vm.contains(a.all[0].inner().clone(), a.all[1].clone(), true)?))
            }),
            Native::method("__repr__", repr::object_repr),
        ]
    };
}

/// set
pub static METHODS: &[Native] = common![
    Native::constructor(|vm, a| new(vm, a, false)),
    Native::method("add", |vm, a| {
        arity(&a, "set.add", 1, 1, 1)?;
        let s = this(&a)?.clone();
        vm.made += 48;
        vm.set_add(&s, a.all[1].clone())?;
        Ok(Value::None)
    }),
    Native::method("remove", |vm, a| {
        arity(&a, "set.remove", 1, 1, 1)?;
        if take(vm, &a)? {
            Ok(Value::None)
        } else {
            Err(key_error(&a.all[1]))
        }
    }),
    Native::method("discard", |vm, a| {
        arity(&a, "set.discard", 1, 1, 1)?;
        take(vm, &a)?;
        Ok(Value::None)
    }),
    Native::method("pop", |_, a| match this(&a)?.pop() {
        Some(k) => Ok(k.value),
        None => Err(throw(exception(
            "KeyError",
            vec![Value::str("pop from an empty set")]
        ))),
    }),
    Native::method("clear", |_, a| {
        let old = this(&a)?.clear();
        drop(old);
        Ok(Value::None)
    }),
    Native::method("update", |vm, a| {
        let s = this(&a)?.clone();
        for other in &a.pos()[1..] {
            for v in vm.collect_sync(other.clone())? {
                vm.set_add(&s, v)?;
            }
        }
        Ok(Value::None)
    }),
    Native::method("intersection_update", |vm, a| in_place(vm, &a, Bin::And)),
    Native::method("difference_update", |vm, a| in_place(vm, &a, Bin::Sub)),
    Native::method("symmetric_difference_update", |vm, a| in_place(vm, &a, Bin::Xor)),
];

/// frozenset
pub static FROZEN: &[Native] = common![
    Native::constructor(|vm, a| new(vm, a, true)),
    Native::method("__hash__", |vm, a| vm.hash(a.all[0].inner()).map(Value::Int)),
];

fn this<'a>(a: &Args<'a>) -> Res<&'a Rc<Set>> {
    match a.all.first().map(Value::inner) {
        Some(Value::Set(s)) => Ok(s),
        Some(other) => type_error(format!(
            "descriptor requires a 'set' object but received a '{}'",
            type_name(other)
        )),
        None => type_error("unbound method needs an argument"),
    }
}

fn new(vm: &mut Vm, a: Args<'_>, frozen: bool) -> Res<Value> {
    arity(&a, if frozen { "frozenset" } else { "set" }, 1, 0, 1)?;
    let class = a.all[0].clone();
    let state = vec![class, Value::Bool(frozen)];
    let finish = |vm: &mut Vm, state: Vec<Value>, items: Value| -> Res<Value> {
        let set = Set::new(matches!(state[1], Value::Bool(true)));
        if let Value::List(items) = &items {
            let items = items.borrow().clone();
            vm.claim(items.len() * 48)?;
            for v in items {
                vm.set_add(&set, v)?;
            }
        }
        let v = Value::Set(Rc::new(set));
        match &state[0] {
            Value::Class(c) => {
                let c = c.clone();
                Ok(vm.wrap(&c, v))
            }
            _ => Ok(v),
        }
    };
    match a.pos().get(1) {
        None => finish(vm, state, Value::None),
        Some(Value::Set(s)) if matches!(&state[0], Value::Class(c) if c.builtin) => {
            Ok(Value::Set(Rc::new(s.map(frozen, Value::clone))))
        }
        Some(v) => vm.collect_then(v, finish, state),
    }
}

fn take(vm: &mut Vm, a: &Args<'_>) -> Res<bool> {
    let s = this(a)?.clone();
    let key = vm.key(a.all[1].clone())?;
    match vm.find_in_set(&s, &key)? {
        Some(k) => {
            let gone = s.remove(&k);
            Ok(gone.is_some())
        }
        None => Ok(false),
    }
}

fn to_set(vm: &mut Vm, v: &Value) -> Res<Rc<Set>> {
    if let Value::Set(s) = v.inner() {
        return Ok(s.clone());
    }
    let set = Set::new(false);
    for v in vm.collect_sync(v.clone())? {
        vm.set_add(&set, v)?;
    }
    Ok(Rc::new(set))
}

fn two(vm: &mut Vm, a: &Args<'_>) -> Res<(Rc<Set>, Rc<Set>)> {
    arity(a, "set.issubset", 1, 1, 1)?;
    Ok((this(a)?.clone(), to_set(vm, &a.all[1])?))
}

fn subset(vm: &mut Vm, x: &Rc<Set>, y: &Rc<Set>) -> Res<bool> {
    if x.len() > y.len() {
        return Ok(false);
    }
    for k in x.keys() {
        if vm.find_in_set(y, &k)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn combine(vm: &mut Vm, op: Bin, x: &Rc<Set>, y: &Rc<Set>) -> Res<Set> {
    vm.charge((x.len() + y.len()) / 8);
    let keep = |vm: &mut Vm, from: &Rc<Set>, other: &Rc<Set>, inside: bool| -> Res<Vec<Key>> {
        let mut out = Vec::new();
        for k in from.keys() {
            if vm.find_in_set(other, &k)?.is_some() == inside {
                out.push(k);
            }
        }
        Ok(out)
    };
    let out = match op {
        Bin::Or => {
            let set = x.map(x.frozen, Value::clone);
            for k in y.keys() {
                vm.set_add(&set, k.value)?;
            }
            set
        }
        // CPython walks the smaller one.
        Bin::And if y.len() <= x.len() => Set::from_keys(x.frozen, keep(vm, y, x, true)?),
        Bin::And => Set::from_keys(x.frozen, keep(vm, x, y, true)?),
        Bin::Sub => Set::from_keys(x.frozen, keep(vm, x, y, false)?),
        _ => {
            let mut keys = keep(vm, x, y, false)?;
            keys.extend(keep(vm, y, x, false)?);
            Set::from_keys(x.frozen, keys)
        }
    };
    out.custom.set(x.custom.get() || y.custom.get());
    Ok(out)
}

fn many(vm: &mut Vm, a: &Args<'_>, op: Bin) -> Res<Value> {
    let first = this(a)?;
    let mut s = Rc::new(first.map(first.frozen, Value::clone));
    for other in &a.pos()[1..] {
        let other = to_set(vm, other)?;
        s = Rc::new(combine(vm, op, &s, &other)?);
    }
    Ok(Value::Set(s))
}

fn in_place(vm: &mut Vm, a: &Args<'_>, op: Bin) -> Res<Value> {
    let s = this(a)?.clone();
    for other in &a.pos()[1..] {
        let other = to_set(vm, other)?;
        let new = combine(vm, op, &s, &other)?;
        s.clear();
        for k in new.keys() {
            s.add(k);
        }
    }
    Ok(Value::None)
}

fn operand(vm: &mut Vm, v: &Value) -> Res<Option<Rc<Set>>> {
    match v.inner() {
        Value::Set(s) => Ok(Some(s.clone())),
        Value::View(w) if w.kind != crate::program::value::ViewKind::Values => to_set(vm, v).map(Some),
        _ => Ok(None),
    }
}

/// | & - ^ between sets and views.
pub fn operator(vm: &mut Vm, op: Bin, a: &Value, b: &Value) -> Res<Option<Value>> {
    match (operand(vm, a)?, operand(vm, b)?) {
        (Some(x), Some(y)) => Ok(Some(Value::Set(Rc::new(combine(vm, op, &x, &y)?)))),
        _ => Ok(None),
    }
}

/// < <= > >= between sets.
pub fn order(vm: &mut Vm, cmp: Cmp, a: &Value, b: &Value) -> Res<Value> {
    let (Some(x), Some(y)) = (operand(vm, a)?, operand(vm, b)?) else {
        return Ok(Value::Bool(false));
    };
    Ok(Value::Bool(match cmp {
        Cmp::Lt => x.len() < y.len() && subset(vm, &x, &y)?,
        Cmp::Le => subset(vm, &x, &y)?,
        Cmp::Gt => y.len() < x.len() && subset(vm, &y, &x)?,
        _ => subset(vm, &y, &x)?,
    }))
}
