//! Methods and attributes of exceptions.

use crate::program::exceptions::{class_of_errno, of_class, type_error};
use crate::program::types::types;
use crate::program::value::func::Native;
use crate::program::value::{Args, Instance, Value};
use crate::program::vm::{Res, Vm};
use std::rc::Rc;

/// What each class adds.
pub fn methods(class: &str) -> &'static [Native] {
    match class {
        "BaseException" => BASE,
        "OSError" => OS,
        "SystemExit" => EXIT,
        "StopIteration" => STOP,
        "UnicodeDecodeError" | "UnicodeEncodeError" => UNICODE,
        _ => &[],
    }
}

static BASE: &[Native] = &[
    Native::constructor(new),
    Native::method("__init__", init),
    Native::method("__repr__", super::repr::object_repr),
    Native::method("__str__", super::repr::object_str),
    Native::method("with_traceback", |_, a| Ok(a.all[0].clone())),
    Native::method("add_note", |_, a| {
        if let (Some(data), Some(note)) = (a.all[0].exc(), a.pos().get(1)) {
            data.borrow_mut().notes.push(note.clone());
        }
        Ok(Value::None)
    }),
    Native::getter("args", |_, a| get(&a, |d| Value::tuple(d.args.clone()))),
    Native::getter("__cause__", |_, a| {
        get(&a, |d| d.cause.clone().unwrap_or(Value::None))
    }),
    Native::getter("__context__", |_, a| {
        get(&a, |d| d.context.clone().unwrap_or(Value::None))
    }),
    Native::getter("__suppress_context__", |_, a| {
        get(&a, |d| Value::Bool(d.suppress))
    }),
    Native::getter("__traceback__", |_, a| {
        Ok(
            if a.all[0].exc().is_some_and(|d| !d.borrow().traceback.is_empty()) {
                crate::program::modules::sys::traceback_value(&a.all[0])
            } else {
                Value::None
            },
        )
    }),
    Native::getter("__notes__", |_, a| get(&a, |d| Value::list(d.notes.clone()))),
];

static OS: &[Native] = &[
    Native::constructor(new_os),
    Native::getter("errno", |_, a| pair(&a, 0)),
    Native::getter("strerror", |_, a| pair(&a, 1)),
    Native::getter("filename", |_, a| own(&a, "filename")),
    Native::getter("filename2", |_, a| own(&a, "filename2")),
    Native::getter("characters_written", |_, a| own(&a, "characters_written")),
];

static EXIT: &[Native] = &[Native::getter("code", |_, a| {
    get(&a, |d| match d.args.as_slice() {
        [] => Value::None,
        [one] => one.clone(),
        many => Value::tuple(many.to_vec()),
    })
})];

static STOP: &[Native] = &[Native::getter("value", |_, a| {
    get(&a, |d| d.args.first().cloned().unwrap_or(Value::None))
})];

static UNICODE: &[Native] = &[
    Native::getter("encoding", |_, a| nth(&a, 0)),
    Native::getter("object", |_, a| nth(&a, 1)),
    Native::getter("start", |_, a| nth(&a, 2)),
    Native::getter("end", |_, a| nth(&a, 3)),
    Native::getter("reason", |_, a| nth(&a, 4)),
];

fn get(a: &Args<'_>, f: impl FnOnce(&crate::program::value::ExcData) -> Value) -> Res<Value> {
    match a.all[0].exc() {
        Some(data) => Ok(f(&data.borrow())),
        None => Ok(Value::None),
    }
}

fn nth(a: &Args<'_>, n: usize) -> Res<Value> {
    get(a, |d| d.args.get(n).cloned().unwrap_or(Value::None))
}

/// errno and strerror: only when there are at least two arguments.
fn pair(a: &Args<'_>, n: usize) -> Res<Value> {
    if let Value::Obj(o) = &a.all[0]
        && let Some(v) = o
            .attrs
            .borrow()
            .get_str(if n == 0 { "errno" } else { "strerror" })
    {
        return Ok(v.clone());
    }
    get(a, |d| {
        if d.args.len() >= 2 {
            d.args[n].clone()
        } else {
            Value::None
        }
    })
}

fn own(a: &Args<'_>, name: &str) -> Res<Value> {
    Ok(match &a.all[0] {
        Value::Obj(o) => o.attrs.borrow().get_str(name).cloned().unwrap_or(Value::None),
        _ => Value::None,
    })
}

fn new(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let Some(Value::Class(class)) = a.all.first() else {
        return type_error("BaseException.__new__(): not enough arguments");
    };
    if !a.names.is_empty() && class.builtin {
        let known = ["name", "path", "obj"];
        if !a.names.iter().all(|n| known.contains(&n.as_str())) {
            return type_error(format!("{}() takes no keyword arguments", class.name()));
        }
    }
    let e = of_class(class, a.pos()[1..].to_vec());
    if class.builtin {
        if let Value::Obj(o) = &e {
            for (n, v) in a.kw() {
                o.attrs.borrow_mut().set(n, v.clone());
            }
        }
        return Ok(e);
    }
    Ok(numbered(vm, e))
}

/// Instances of the program's classes have a number of their own.
fn numbered(vm: &mut Vm, e: Value) -> Value {
    let Value::Obj(o) = e else { return e };
    match Rc::try_unwrap(o) {
        Ok(mut inner) => {
            let payload = std::mem::take(&mut inner.payload);
            Value::Obj(Rc::new(Instance {
                class: inner.class.clone(),
                attrs: std::mem::take(&mut inner.attrs),
                id: vm.new_id(),
                payload,
                graveyard: None,
            }))
        }
        Err(o) => Value::Obj(o),
    }
}

fn init(_: &mut Vm, a: Args<'_>) -> Res<Value> {
    if let Some(data) = a.all[0].exc() {
        data.borrow_mut().args = a.pos()[1..].to_vec();
    }
    Ok(Value::None)
}

/// OSError(errno, strerror[, filename]) is an instance of the subclass for that errno.
fn new_os(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let Some(Value::Class(class)) = a.all.first() else {
        return type_error("OSError.__new__(): not enough arguments");
    };
    let args = &a.pos()[1..];
    let chosen = match (class.builtin && *class.name() == *"OSError", args) {
        (true, [Value::Int(errno), _, ..]) => types().exception(class_of_errno(*errno)).clone(),
        _ => class.clone(),
    };
    let file = args.get(2).cloned();
    let kept = if args.len() >= 3 {
        args[..2].to_vec()
    } else {
        args.to_vec()
    };
    let mut e = of_class(&chosen, kept);
    if let (Value::Obj(o), Some(file)) = (&e, file) {
        o.attrs.borrow_mut().put("filename", file);
        if let Some(second) = args.get(4) {
            o.attrs.borrow_mut().put("filename2", second.clone());
        }
    }
    if !chosen.builtin {
        e = numbered(vm, e);
    }
    Ok(e)
}
