//! list and tuple.

use std::rc::Rc;

use super::args::{arity, no_keywords};
use super::int::{cmp, op};
use super::repr;
use crate::program::code::{Bin, Cmp};
use crate::program::exceptions::{raise, type_error, value_error};
use crate::program::types::type_name;
use crate::program::value::func::Native;
use crate::program::value::{Args, List, Value};
use crate::program::vm::control::{CallReq, Ctl};
use crate::program::vm::{Res, Vm};

/// list
pub static METHODS: &[Native] = &[
    Native::constructor(new),
    Native::method("append", |vm, a| {
        arity(&a, "list.append", 1, 1, 1)?;
        vm.made += 16;
        this(&a)?.borrow_mut().push(a.all[1].clone());
        Ok(Value::None)
    }),
    Native::method("extend", |vm, a| {
        arity(&a, "list.extend", 1, 1, 1)?;
        let list = this(&a)?.clone();
        vm.collect_then(
            &a.all[1],
            |_, state, items| {
                if let (Value::List(list), Value::List(items)) = (&state[0], &items) {
                    let items = items.borrow().clone();
                    list.borrow_mut().extend(items);
                }
                Ok(Value::None)
            },
            vec![Value::List(list)],
        )
    }),
    Native::method("insert", |vm, a| {
        arity(&a, "insert", 1, 2, 2)?;
        let i = vm.int_arg(&a.all[1])?;
        let list = this(&a)?;
        let len = list.borrow().len() as i64;
        let at = if i < 0 { (i + len).max(0) } else { i.min(len) };
        vm.charge((len - at) as usize / 64);
        vm.made += 16;
        list.borrow_mut().insert(at as usize, a.all[2].clone());
        Ok(Value::None)
    }),
    Native::method("pop", |vm, a| {
        arity(&a, "pop", 1, 0, 1)?;
        let list = this(&a)?.clone();
        let len = list.borrow().len();
        if len == 0 {
            return Err(raise("IndexError", "pop from empty list"));
        }
        let Some(i) = a.pos().get(1) else {
            return Ok(list.borrow_mut().pop().unwrap_or(Value::None));
        };
        let n = vm.int_arg(i)?;
        let at = if n < 0 { n + len as i64 } else { n };
        if at < 0 || at >= len as i64 {
            return Err(raise("IndexError", "pop index out of range"));
        }
        vm.charge((len - at as usize) / 64);
        let v = list.borrow_mut().remove(at as usize);
        Ok(v)
    }),
    Native::method("remove", |vm, a| {
        arity(&a, "list.remove", 1, 1, 1)?;
        let list = this(&a)?.clone();
        let items = list.borrow().clone();
        match position(vm, &items, &a.all[1])? {
            Some(i) => {
                let gone = list.borrow_mut().remove(i);
                drop(gone);
                Ok(Value::None)
            }
            None => value_error("list.remove(x): x not in list"),
        }
    }),
    Native::method("clear", |_, a| {
        let old = std::mem::take(&mut *this(&a)?.borrow_mut());
        drop(old);
        Ok(Value::None)
    }),
    Native::method("copy", |vm, a| {
        let items = this(&a)?.borrow().clone();
        vm.claim(items.len() * 16)?;
        Ok(Value::list(items))
    }),
    Native::method("reverse", |_, a| {
        this(&a)?.borrow_mut().reverse();
        Ok(Value::None)
    }),
    Native::method("index", |vm, a| {
        let items = this(&a)?.borrow().clone();
        index(vm, &a, &items, "list")
    }),
    Native::method("count", |vm, a| {
        arity(&a, "list.count", 1, 1, 1)?;
        let items = this(&a)?.borrow().clone();
        count(vm, &items, &a.all[1])
    }),
    Native::method("sort", sort),
    Native::method("__len__", |_, a| Ok(Value::from(this(&a)?.borrow().len()))),
    Native::method("__iter__", |vm, a| vm.get_iter(a.all[0].inner().clone())),
    Native::method("__getitem__", |vm, a| {
        arity(&a, "list.__getitem__", 1, 1, 1)?;
        vm.subscript(a.all[0].inner().clone(), a.all[1].clone())
    }),
    Native::method("__setitem__", |vm, a| {
        arity(&a, "__setitem__", 1, 2, 2)?;
        vm.store_subscript(a.all[0].inner().clone(), a.all[1].clone(), a.all[2].clone())?;
        Ok(Value::None)
    }),
    Native::method("__delitem__", |vm, a| {
        arity(&a, "list.__delitem__", 1, 1, 1)?;
        vm.delete_subscript(a.all[0].inner().clone(), a.all[1].clone())?;
        Ok(Value::None)
    }),
    Native::method("__contains__", |vm, a| {
        arity(&a, "list.__contains__", 1, 1, 1)?;
        Ok(Value::Bool(vm.contains(
            a.all[0].inner().clone(),
            a.all[1].clone(),
            true,
        )?))
    }),
    Native::method("__add__", |vm, a| op(vm, Bin::Add, &a)),
    Native::method("__mul__", |vm, a| op(vm, Bin::Mul, &a)),
    Native::method("__lt__", |vm, a| cmp(vm, Cmp::Lt, &a)),
    Native::method("__gt__", |vm, a| cmp(vm, Cmp::Gt, &a)),
    Native::method("__repr__", repr::object_repr),
    Native::method("__reversed__", |vm, a| {
        super::iter::reversed(vm, Args::positional(&a.all[..1]))
    }),
];

/// tuple
pub static TUPLE: &[Native] = &[
    Native::constructor(new_tuple),
    Native::method("index", |vm, a| {
        let items = tuple(&a)?;
        index(vm, &a, &items, "tuple")
    }),
    Native::method("count", |vm, a| {
        arity(&a, "tuple.count", 1, 1, 1)?;
        let items = tuple(&a)?;
        count(vm, &items, &a.all[1])
    }),
    Native::method("__len__", |_, a| Ok(Value::from(tuple(&a)?.len()))),
    Native::method("__iter__", |vm, a| vm.get_iter(a.all[0].inner().clone())),
    Native::method("__getitem__", |vm, a| {
        arity(&a, "tuple.__getitem__", 1, 1, 1)?;
        vm.subscript(a.all[0].inner().clone(), a.all[1].clone())
    }),
    Native::method("__contains__", |vm, a| {
        arity(&a, "tuple.__contains__", 1, 1, 1)?;
        Ok(Value::Bool(vm.contains(
            a.all[0].inner().clone(),
            a.all[1].clone(),
            true,
        )?))
    }),
    Native::method("__add__", |vm, a| op(vm, Bin::Add, &a)),
    Native::method("__mul__", |vm, a| op(vm, Bin::Mul, &a)),
    Native::method("__lt__", |vm, a| cmp(vm, Cmp::Lt, &a)),
    Native::method("__le__", |vm, a| cmp(vm, Cmp::Le, &a)),
    Native::method("__gt__", |vm, a| cmp(vm, Cmp::Gt, &a)),
    Native::method("__ge__", |vm, a| cmp(vm, Cmp::Ge, &a)),
    Native::method("__hash__", |vm, a| vm.hash(a.all[0].inner()).map(Value::Int)),
    Native::method("__repr__", repr::object_repr),
];

fn this<'a>(a: &Args<'a>) -> Res<&'a Rc<List>> {
    match a.all.first().map(Value::inner) {
        Some(Value::List(l)) => Ok(l),
        Some(other) => type_error(format!(
            "descriptor requires a 'list' object but received a '{}'",
            type_name(other)
        )),
        None => type_error("unbound method needs an argument"),
    }
}

fn tuple(a: &Args<'_>) -> Res<Vec<Value>> {
    match a.all.first().map(Value::inner) {
        Some(Value::Tuple(t)) => Ok(t.to_vec()),
        _ => type_error("descriptor requires a 'tuple' object"),
    }
}

fn position(vm: &mut Vm, items: &[Value], v: &Value) -> Res<Option<usize>> {
    vm.charge(items.len() / 16);
    for (i, item) in items.iter().enumerate() {
        if vm.equal_sync(item, v)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

fn index(vm: &mut Vm, a: &Args<'_>, items: &[Value], name: &str) -> Res<Value> {
    arity(a, "index", 1, 1, 3)?;
    let n = items.len() as i64;
    let clamp = |v: Option<i64>, default: i64| {
        v.map_or(default, |i| if i < 0 { (i + n).max(0) } else { i.min(n) }) as usize
    };
    let from = clamp(vm.bound_arg(a.pos().get(2))?, 0);
    let to = clamp(vm.bound_arg(a.pos().get(3))?, n);
    let part = items.get(from..to.max(from)).unwrap_or(&[]);
    match position(vm, part, &a.all[1])? {
        Some(i) => Ok(Value::from(i + from)),
        None if name == "tuple" => value_error("tuple.index(x): x not in tuple"),
        None => {
            let text = repr::plain(&a.all[1], 10_000);
            value_error(format!("{text} is not in list"))
        }
    }
}

fn count(vm: &mut Vm, items: &[Value], v: &Value) -> Res<Value> {
    vm.charge(items.len() / 16);
    let mut n = 0;
    for item in items {
        if vm.equal_sync(item, v)? {
            n += 1;
        }
    }
    Ok(Value::Int(n))
}

fn new(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    no_keywords(&a, "list")?;
    arity(&a, "list", 1, 0, 1)?;
    let class = a.all[0].clone();
    let finish = |vm: &mut Vm, state: Vec<Value>, items: Value| -> Res<Value> {
        match &state[0] {
            Value::Class(c) if !c.builtin => {
                let c = c.clone();
                Ok(vm.wrap(&c, items))
            }
            _ => Ok(items),
        }
    };
    match a.pos().get(1) {
        None => finish(vm, vec![class], Value::list(Vec::new())),
        Some(v) => vm.collect_then(v, finish, vec![class]),
    }
}

fn new_tuple(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    no_keywords(&a, "tuple")?;
    arity(&a, "tuple", 1, 0, 1)?;
    let class = a.all[0].clone();
    let finish = |vm: &mut Vm, state: Vec<Value>, items: Value| -> Res<Value> {
        let t = match &items {
            Value::List(l) => Value::tuple(l.borrow().clone()),
            _ => items,
        };
        match &state[0] {
            Value::Class(c) if !c.builtin => {
                let c = c.clone();
                Ok(vm.wrap(&c, t))
            }
            _ => Ok(t),
        }
    };
    match a.pos().get(1) {
        None => finish(vm, vec![class], Value::list(Vec::new())),
        Some(t @ Value::Tuple(_)) if matches!(&class, Value::Class(c) if c.builtin) => Ok(t.clone()),
        Some(v) => vm.collect_then(v, finish, vec![class]),
    }
}

/// list.sort(key=, reverse=)
fn sort(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    if a.pos().len() > 1 {
        return type_error("sort() takes no positional arguments");
    }
    super::args::keywords(&a, "sort", &["key", "reverse"])?;
    let list = this(&a)?.clone();
    let reverse = match a.keyword("reverse") {
        Some(v) => vm.truth(v)?,
        None => false,
    };
    match a.keyword("key") {
        None | Some(Value::None) => {
            let items = list.borrow().clone();
            let items = sort_values(vm, items, reverse)?;
            *list.borrow_mut() = items;
            Ok(Value::None)
        }
        Some(key) => {
            // The keys are computed by the Python half, so that the key function may stop and block.
            let f = vm.prelude_function("sort_by_key");
            Err(Box::new(Ctl::Call(CallReq {
                callee: f,
                args: vec![Value::List(list), key.clone(), Value::Bool(reverse)],
                names: Vec::new(),
                then: Vec::new(),
                discard: false,
            })))
        }
    }
}

/// Sorted values; `__lt__` of the program is called for comparisons.
pub fn sort_values(vm: &mut Vm, items: Vec<Value>, reverse: bool) -> Res<Vec<Value>> {
    let mut pairs: Vec<(Value, Value)> = items.into_iter().map(|v| (v, Value::None)).collect();
    sort_pairs(vm, &mut pairs, reverse)?;
    Ok(pairs.into_iter().map(|(v, _)| v).collect())
}

/// Stable merge sort by the first of each pair; only `<` is asked, as CPython does.
pub fn sort_pairs(vm: &mut Vm, pairs: &mut Vec<(Value, Value)>, reverse: bool) -> Res<()> {
    let n = pairs.len();
    vm.charge(n * (usize::BITS - n.leading_zeros()) as usize / 16);
    vm.claim(n * 32)?;
    if reverse {
        // Stable also when reversed: equal ones keep their order.
        pairs.reverse();
    }
    let mut from = std::mem::take(pairs);
    let mut width = 1;
    while width < n {
        let mut to = Vec::with_capacity(n);
        let mut at = 0;
        while at < n {
            let mid = (at + width).min(n);
            let end = (at + 2 * width).min(n);
            let (mut i, mut j) = (at, mid);
            while i < mid && j < end {
                // The right one goes first only if it is smaller.
                if vm.less(&from[j].0, &from[i].0)? {
                    to.push(std::mem::take(&mut from[j]));
                    j += 1;
                } else {
                    to.push(std::mem::take(&mut from[i]));
                    i += 1;
                }
            }
            while i < mid {
                to.push(std::mem::take(&mut from[i]));
                i += 1;
            }
            while j < end {
                to.push(std::mem::take(&mut from[j]));
                j += 1;
            }
            at = end;
        }
        from = to;
        width *= 2;
    }
    if reverse {
        from.reverse();
    }
    *pairs = from;
    Ok(())
}

/// For the Python half: sorts a list of values by a list of keys.
pub fn sort_with_keys(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let [Value::List(list), Value::List(keys), reverse] = a.all else {
        return Ok(Value::None);
    };
    let reverse = vm.truth(reverse)?;
    let mut pairs: Vec<(Value, Value)> = keys
        .borrow()
        .iter()
        .cloned()
        .zip(list.borrow().iter().cloned())
        .collect();
    sort_pairs(vm, &mut pairs, reverse)?;
    *list.borrow_mut() = pairs.into_iter().map(|(_, v)| v).collect();
    Ok(Value::None)
}
