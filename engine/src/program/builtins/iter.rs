//! range, slice, iterators and generators.

use std::cell::Cell;
use std::rc::Rc;

use super::args::{arity, no_keywords};
use crate::program::exceptions::{of_class, raise, stop_iteration, type_error, value_error};
use crate::program::types::type_name;
use crate::program::value::func::Native;
use crate::program::value::iter::Step;
use crate::program::value::{Args, Iter, Range, Value, ViewKind};
use crate::program::vm::control::tail;
use crate::program::vm::operator::to_i64;
use crate::program::vm::unwind::is_exception_class;
use crate::program::vm::{Res, Vm};

/// range
pub static RANGE: &[Native] = &[
    Native::constructor(|vm, a| {
        no_keywords(&a, "range")?;
        arity(&a, "range", 1, 1, 3)?;
        let mut n = [0_i64; 3];
        for (i, v) in a.all[1..].iter().enumerate() {
            n[i] = vm.int_arg(v)?;
        }
        let r = match a.all.len() {
            2 => Range {
                start: 0,
                stop: n[0],
                step: 1,
            },
            3 => Range {
                start: n[0],
                stop: n[1],
                step: 1,
            },
            _ => Range {
                start: n[0],
                stop: n[1],
                step: n[2],
            },
        };
        if r.step == 0 {
            return value_error("range() arg 3 must not be zero");
        }
        Ok(Value::Range(Rc::new(r)))
    }),
    Native::method("index", |_, a| {
        match (&a.all[0], a.pos().get(1).and_then(to_i64)) {
            (Value::Range(r), Some(n)) => {
                let off = n - r.start;
                let i = off / r.step;
                if off % r.step == 0 && i >= 0 && (i as usize) < r.len() {
                    Ok(Value::Int(i))
                } else {
                    value_error(format!("{n} is not in range"))
                }
            }
            _ => value_error("sequence.index(x): x not in sequence"),
        }
    }),
    Native::method("count", |vm, a| {
        Ok(Value::Int(i64::from(vm.contains(
            a.all[0].clone(),
            a.all[1].clone(),
            true,
        )?)))
    }),
    Native::method("__len__", |_, a| match &a.all[0] {
        Value::Range(r) => Ok(Value::from(r.len())),
        _ => Ok(Value::None),
    }),
    Native::method("__iter__", |vm, a| vm.get_iter(a.all[0].clone())),
    Native::method("__reversed__", |vm, a| {
        reversed(vm, Args::positional(&a.all[..1]))
    }),
];

/// slice
pub static SLICE: &[Native] = &[
    Native::constructor(|_, a| {
        arity(&a, "slice", 1, 1, 3)?;
        let at = |i: usize| a.all.get(i).cloned().unwrap_or(Value::None);
        Ok(Value::Slice(Rc::new(if a.all.len() == 2 {
            (Value::None, at(1), Value::None)
        } else {
            (at(1), at(2), at(3))
        })))
    }),
    Native::method("indices", |vm, a| {
        arity(&a, "slice.indices", 1, 1, 1)?;
        let n = vm.int_arg(&a.all[1])?;
        let Value::Slice(s) = &a.all[0] else {
            return Ok(Value::None);
        };
        let part = |v: &Value| to_i64(v);
        let (x, y, z) = crate::program::text::strings::slice_indices(
            usize::try_from(n).unwrap_or(0),
            part(&s.0),
            part(&s.1),
            part(&s.2),
        )?;
        Ok(Value::tuple(vec![Value::Int(x), Value::Int(y), Value::Int(z)]))
    }),
];

/// Iterators of the built-in types.
pub static ITERATOR: &[Native] = &[
    Native::method("__iter__", |_, a| Ok(a.all[0].clone())),
    Native::method("__next__", |_, a| {
        step(&a.all[0])?.map_or_else(|| Err(stop_iteration(Value::None)), Ok)
    }),
    Native::method("__length_hint__", |_, _| Ok(Value::Int(0))),
];

/// One step of a native iterator.
pub fn step(it: &Value) -> Res<Option<Value>> {
    let Value::Iter(it) = it else { return Ok(None) };
    match it.next() {
        Step::Item(v) => Ok(Some(v)),
        Step::End => Ok(None),
        Step::Changed(words) => Err(raise("RuntimeError", words)),
        Step::Uneven(words) => value_error(words),
    }
}

/// Generators: their methods change frames, so the VM does them.
pub static GENERATOR: &[Native] = &[
    Native::method("__iter__", |_, a| Ok(a.all[0].clone())),
    Native::method("__next__", |_, a| control(&a, 0)),
    Native::method("send", |_, a| {
        arity(&a, "generator.send", 1, 1, 1)?;
        control(&a, 1)
    }),
    Native::method("throw", |_, a| {
        arity(&a, "throw", 1, 1, 3)?;
        control(&a, 2)
    }),
    Native::method("close", |_, a| {
        arity(&a, "generator.close", 1, 0, 0)?;
        control(&a, 3)
    }),
    Native::getter("gi_running", |_, a| match &a.all[0] {
        Value::Gen(g) => Ok(Value::Bool(g.running.get())),
        _ => Ok(Value::None),
    }),
    Native::getter("gi_frame", |_, _| Ok(Value::None)),
];

fn control(a: &Args<'_>, what: u8) -> Res<Value> {
    let Value::Gen(g) = &a.all[0] else {
        return type_error("descriptor requires a generator");
    };
    let v = match what {
        2 => {
            let e = match a.all[1].clone() {
                Value::Class(c) if is_exception_class(&c) => {
                    let args = match a.all.get(2) {
                        None | Some(Value::None) => Vec::new(),
                        Some(v) if v.exc().is_some() => return throw_in(g, v.clone()),
                        Some(v) => vec![v.clone()],
                    };
                    of_class(&c, args)
                }
                other if other.exc().is_some() => other,
                other => {
                    return type_error(format!(
                        "exceptions must be classes or instances deriving from BaseException, not {}",
                        type_name(&other)
                    ));
                }
            };
            return throw_in(g, e);
        }
        1 => a.all[1].clone(),
        _ => Value::None,
    };
    Err(Box::new(crate::program::vm::Ctl::Resume(
        g.clone(),
        v,
        if what == 3 { Resume::Close } else { Resume::Send },
        Vec::new(),
    )))
}

fn throw_in(g: &Rc<crate::program::value::Generator>, e: Value) -> Res<Value> {
    Err(Box::new(crate::program::vm::Ctl::Resume(
        g.clone(),
        e,
        Resume::Throw,
        Vec::new(),
    )))
}

/// What a generator is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resume {
    /// send(v), next()
    Send,
    /// throw(e)
    Throw,
    /// close()
    Close,
}

/// The built-in iter().
pub fn iter(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "iter", 0, 1, 2)?;
    if let [f, sentinel] = a.pos() {
        let make = vm.prelude_function("iter_sentinel");
        return tail(make, vec![f.clone(), sentinel.clone()]);
    }
    vm.get_iter(a.all[0].clone())
}

/// The built-in next().
pub fn next(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "next", 0, 1, 2)?;
    let it = &a.all[0];
    match it {
        Value::Iter(_) => match step(it)? {
            Some(v) => Ok(v),
            None => match a.pos().get(1) {
                Some(v) => Ok(v.clone()),
                None => Err(stop_iteration(Value::None)),
            },
        },
        Value::Gen(g) if a.pos().len() == 1 => Err(Box::new(crate::program::vm::Ctl::Resume(
            g.clone(),
            Value::None,
            Resume::Send,
            Vec::new(),
        ))),
        _ => {
            let known = match it {
                Value::Gen(_) => true,
                Value::Obj(o) => o.class.lookup(&vm.names.next).is_some(),
                _ => false,
            };
            if !known {
                return type_error(format!("'{}' object is not an iterator", type_name(it)));
            }
            if a.pos().len() == 1 {
                let Value::Obj(o) = it else { return Ok(Value::None) };
                let m = o.class.lookup(&vm.names.next).unwrap_or(Value::None);
                return tail(m, vec![it.clone()]);
            }
            let f = vm.prelude_function("next_or");
            tail(f, vec![it.clone(), a.all[1].clone()])
        }
    }
}

/// enumerate()
pub fn enumerate(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    super::args::keywords(&a, "enumerate", &["iterable", "start"])?;
    let Some(v) = a.get(0, "iterable") else {
        return type_error("enumerate() missing required argument 'iterable' (pos 1)");
    };
    let start = match a.get(1, "start") {
        Some(v) => vm.int_arg(v)?,
        None => 0,
    };
    match quick_iter(vm, v) {
        Some(it) => Ok(Value::Iter(Rc::new(Iter::Enumerate(it, Cell::new(start))))),
        None => {
            if !vm.is_iterable(v) && !matches!(v, Value::Class(_)) {
                return type_error(format!("'{}' object is not iterable", type_name(v)));
            }
            let f = vm.prelude_function("enumerate");
            tail(f, vec![v.clone(), Value::Int(start)])
        }
    }
}

/// zip()
pub fn zip(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    super::args::keywords(&a, "zip", &["strict"])?;
    let strict = match a.keyword("strict") {
        Some(v) => vm.truth(v)?,
        None => false,
    };
    let mut its = Vec::new();
    for v in a.pos() {
        match quick_iter(vm, v) {
            Some(it) => its.push(it),
            None => {
                if !vm.is_iterable(v) && !matches!(v, Value::Class(_)) {
                    return type_error(format!("'{}' object is not iterable", type_name(v)));
                }
                let f = vm.prelude_function("zip");
                return tail(f, vec![Value::tuple(a.pos().to_vec()), Value::Bool(strict)]);
            }
        }
    }
    Ok(Value::Iter(Rc::new(Iter::Zip(its, strict))))
}

/// An iterator that needs none of the program's code.
fn quick_iter(vm: &Vm, v: &Value) -> Option<Value> {
    match v {
        Value::Gen(_) | Value::Class(_) => None,
        Value::Obj(o)
            if o.class
                .lookup(&vm.names.iter)
                .is_some_and(|i| !matches!(i, Value::Native(_))) =>
        {
            None
        }
        other => vm.native_iter(other),
    }
}

/// reversed()
pub fn reversed(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "reversed", 0, 1, 1)?;
    let v = &a.all[0];
    if let Value::Obj(o) = v
        && let Some(m) = o.class.lookup_str("__reversed__")
        && !matches!(m, Value::Native(_))
    {
        return tail(m, vec![v.clone()]);
    }
    let it = match v.inner() {
        Value::List(l) => Iter::ReversedList(l.clone(), Cell::new(l.borrow().len())),
        Value::Range(r) => {
            let n = r.len();
            let last = if n == 0 { r.start } else { r.get(n - 1) };
            Iter::Range(Cell::new(last), Cell::new(n), -r.step)
        }
        Value::Dict(d) => return Ok(super::dict::reversed(d, ViewKind::Keys)),
        Value::View(w) => return Ok(super::dict::reversed(&w.dict, w.kind)),
        Value::Tuple(_) | Value::Str(_) | Value::Bytes(_) | Value::ByteArray(_) => {
            let mut items = vm.collect_sync(v.inner().clone())?;
            items.reverse();
            Iter::values(items, "reversed")
        }
        Value::Obj(o) if o.class.lookup(&vm.names.getitem).is_some() => {
            let f = vm.prelude_function("reversed");
            return tail(f, vec![v.clone()]);
        }
        other => return type_error(format!("'{}' object is not reversible", type_name(other))),
    };
    Ok(Value::Iter(Rc::new(it)))
}
