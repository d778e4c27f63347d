//! The built-in functions.
//!
//! ```text
//! mod.rs        the table; classes, sorting, len()
//! names.rs      getattr(), dir(), vars()
//! number.rs     abs(), round(), sum(), hex()
//! source.rs     exec(), eval()
//! terminal.rs   print(), input()
//! ```

mod names;
mod number;
mod source;
mod terminal;

pub use names::dir_of;

use super::args::{arity, keywords, no_keywords};
use super::{iter, list, repr};
use crate::program::exceptions::{new as exception, raise, throw, type_error, value_error};
use crate::program::host::{HostCall, OutputStream};
use crate::program::types::{class_of, type_name};
use crate::program::value::func::Native;
use crate::program::value::iter::char_value;
use crate::program::value::{Args, Class, Value};
use crate::program::vm::control::{ask, call_then, tail};
use crate::program::vm::operator::to_i64;
use crate::program::vm::{Ctl, Res, Vm};
use names::{attribute_name, dir, getattr, hasattr, locals, vars};
use number::{abs, divmod, ord, pow, radix, round, sum};
use source::{eval, exec};
use std::rc::Rc;
use terminal::{input, print, read_line};

/// All of them.
pub static FUNCTIONS: &[Native] = &[
    Native::function("print", print),
    Native::function("input", input),
    Native::function("len", len),
    Native::function("repr", repr::repr),
    Native::function("ascii", repr::ascii),
    Native::function("format", repr::format_function),
    Native::function("isinstance", isinstance),
    Native::function("issubclass", issubclass),
    Native::function("callable", |vm, a| {
        arity(&a, "callable", 0, 1, 1)?;
        Ok(Value::Bool(match &a.all[0] {
            Value::Func(_) | Value::Native(_) | Value::Method(_) | Value::Class(_) => true,
            Value::Obj(o) => o.class.lookup(&vm.names.call).is_some(),
            _ => false,
        }))
    }),
    Native::function("id", |vm, a| {
        arity(&a, "id", 0, 1, 1)?;
        Ok(Value::from(vm.id_of(&a.all[0])))
    }),
    Native::function("hash", |vm, a| {
        arity(&a, "hash", 0, 1, 1)?;
        Ok(Value::Int(vm.hash(&a.all[0])?))
    }),
    Native::function("abs", abs),
    Native::function("round", round),
    Native::function("pow", pow),
    Native::function("divmod", divmod),
    Native::function("sum", sum),
    Native::function("min", |vm, a| best(vm, a, false)),
    Native::function("max", |vm, a| best(vm, a, true)),
    Native::function("any", |vm, a| {
        arity(&a, "any", 0, 1, 1)?;
        any_all(vm, &a, true)
    }),
    Native::function("all", |vm, a| {
        arity(&a, "all", 0, 1, 1)?;
        any_all(vm, &a, false)
    }),
    Native::function("sorted", sorted),
    Native::function("reversed", iter::reversed),
    Native::function("enumerate", iter::enumerate),
    Native::function("zip", iter::zip),
    Native::function("map", |vm, a| {
        no_keywords(&a, "map")?;
        if a.all.len() < 2 {
            return type_error("map() must have at least two arguments.");
        }
        for v in &a.all[1..] {
            if !vm.is_iterable(v) && !matches!(v, Value::Class(_)) {
                return type_error(format!("'{}' object is not iterable", type_name(v)));
            }
        }
        let f = vm.prelude_function("map");
        tail(f, a.all.to_vec())
    }),
    Native::function("filter", |vm, a| {
        arity(&a, "filter", 0, 2, 2)?;
        if !vm.is_iterable(&a.all[1]) {
            return type_error(format!("'{}' object is not iterable", type_name(&a.all[1])));
        }
        let f = vm.prelude_function("filter");
        tail(f, a.all.to_vec())
    }),
    Native::function("iter", iter::iter),
    Native::function("next", iter::next),
    Native::function("chr", |vm, a| {
        arity(&a, "chr", 0, 1, 1)?;
        let n = vm.int_arg(&a.all[0])?;
        match u32::try_from(n)
            .ok()
            .and_then(crate::program::text::from_code_point)
        {
            Some(c) => Ok(char_value(c)),
            None => value_error("chr() arg not in range(0x110000)"),
        }
    }),
    Native::function("ord", ord),
    Native::function("bin", |vm, a| radix(vm, &a, "bin", 2, "0b")),
    Native::function("oct", |vm, a| radix(vm, &a, "oct", 8, "0o")),
    Native::function("hex", |vm, a| radix(vm, &a, "hex", 16, "0x")),
    Native::function("getattr", getattr),
    Native::function("setattr", |vm, a| {
        arity(&a, "setattr", 0, 3, 3)?;
        let name = attribute_name(&a.all[1], "setattr")?;
        vm.setattr(a.all[0].clone(), &name, a.all[2].clone())
    }),
    Native::function("hasattr", hasattr),
    Native::function("delattr", |vm, a| {
        arity(&a, "delattr", 0, 2, 2)?;
        let name = attribute_name(&a.all[1], "delattr")?;
        vm.delete_attr(a.all[0].clone(), &name)?;
        Ok(Value::None)
    }),
    Native::framed("vars", vars),
    Native::framed("dir", dir),
    Native::framed("globals", |vm, a| {
        arity(&a, "globals", 0, 0, 0)?;
        let Some(f) = vm.calling_frame() else {
            return Ok(Value::None);
        };
        let globals = f.globals.clone();
        Ok(vm.module_dict(&globals))
    }),
    Native::framed("locals", |vm, _| Ok(locals(vm))),
    Native::framed("exec", exec),
    Native::framed("eval", eval),
    Native::function("compile", |_, _| {
        Err(raise(
            "NotImplementedError",
            "compile() is not supported by Wirelab's Python engine",
        ))
    }),
    Native::function("__import__", |_, a| {
        arity(&a, "__import__", 0, 1, 5)?;
        Err(Box::new(Ctl::Import(
            a.all[0].as_str().unwrap_or("").to_owned(),
            true,
            Vec::new(),
        )))
    }),
    Native::function("exit", exit),
    Native::function("quit", exit),
    Native::function("help", |vm, _| {
        vm.write(
            OutputStream::Stdout,
            b"help() is not available in Wirelab's Python engine.\n",
        );
        Ok(Value::None)
    }),
    Native::function("memoryview", |_, a| {
        // Slices of it are copies; programs that only read or send cannot tell.
        arity(&a, "memoryview", 0, 1, 1)?;
        match a.all[0].inner() {
            v @ (Value::Bytes(_) | Value::ByteArray(_)) => Ok(v.clone()),
            other => type_error(format!(
                "memoryview: a bytes-like object is required, not '{}'",
                type_name(other)
            )),
        }
    }),
];

/// Helpers of the Python half.
pub static HELPERS: &[Native] = &[
    Native::function("_zip", iter::zip),
    Native::function("_repr", repr::repr),
    Native::function("_take", |_, a| match &a.all[0] {
        Value::List(l) => Ok(Value::list(std::mem::take(&mut *l.borrow_mut()))),
        _ => Ok(Value::None),
    }),
    Native::function("_sort_with_keys", list::sort_with_keys),
    Native::function("_is_view", |_, a| {
        Ok(Value::Bool(matches!(a.all[0], Value::View(_))))
    }),
    Native::function("_type_name", |_, a| Ok(Value::str(&*type_name(&a.all[0])))),
    Native::function("_own_repr", |vm, a| {
        let v = a.all[1].clone();
        match class_of(&v).lookup(&vm.names.repr) {
            Some(m @ (Value::Func(_) | Value::Obj(_) | Value::Method(_))) => tail(m, vec![v]),
            _ => repr::object_repr(vm, Args::positional(&[v])),
        }
    }),
    Native::function("_close_socket", |_, a| {
        let (Some(sock), Some(fd)) = (to_i64(&a.all[0]), to_i64(&a.all[1])) else {
            return Ok(Value::None);
        };
        let sock = protocol::SocketId(sock as u32);
        ask(
            HostCall::Net {
                call: protocol::Call::Close { sock },
                fd: Some(fd as i32),
                api: "close",
            },
            |vm, s, _| {
                if let Some(fd) = s.first().and_then(to_i64) {
                    vm.fds.remove(&(fd as i32));
                }
                Ok(Value::None)
            },
            vec![a.all[1].clone()],
        )
    }),
    Native::function("_report_thread", |vm, a| {
        let what = repr::plain(&a.all[0], 1000);
        let text = crate::program::traceback::format(vm, &a.all[1]);
        let text = format!("Exception ignored in thread started by: {what}\n{text}");
        vm.write(OutputStream::Stderr, text.as_bytes());
        Ok(Value::None)
    }),
    Native::function("_import_module", |_, a| {
        Err(Box::new(Ctl::Import(
            a.all[0].as_str().unwrap_or("").to_owned(),
            false,
            Vec::new(),
        )))
    }),
    Native::function("_write_prompt", |vm, a| {
        let text = a.all[0].as_str().unwrap_or("").to_owned();
        vm.write(OutputStream::Stdout, &crate::program::modules::sys::encode(&text));
        Ok(Value::None)
    }),
    Native::function("_input", |_, _| read_line()),
];

fn len(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "len", 0, 1, 1)?;
    let v = &a.all[0];
    if let Some(m) = vm.dunder(v, &vm.names.len.clone())
        && !matches!(m, Value::Native(_))
    {
        return call_then(
            m,
            vec![v.clone()],
            |_, _, n| match to_i64(&n) {
                Some(n) if n < 0 => value_error("__len__() should return >= 0"),
                Some(_) => Ok(n),
                None => type_error(format!(
                    "'{}' object cannot be interpreted as an integer",
                    type_name(&n)
                )),
            },
            Vec::new(),
        );
    }
    Ok(Value::from(match v.inner() {
        Value::Str(s) => s.len(),
        Value::Bytes(b) => b.len(),
        Value::ByteArray(b) => b.borrow().len(),
        Value::List(l) => l.borrow().len(),
        Value::Tuple(t) => t.len(),
        Value::Dict(d) => d.map.borrow().len(),
        Value::Set(s) => s.len(),
        Value::View(w) => w.dict.map.borrow().len(),
        Value::Range(r) => r.len(),
        other => return type_error(format!("object of type '{}' has no len()", type_name(other))),
    }))
}

/// The classes of isinstance's second argument.
fn classes(v: &Value, out: &mut Vec<Rc<Class>>, name: &str) -> Res<()> {
    match v {
        Value::Class(c) => out.push(c.clone()),
        Value::Tuple(t) => {
            for v in t.iter() {
                classes(v, out, name)?;
            }
        }
        Value::None => {}
        _ => {
            return type_error(if name == "isinstance" {
                "isinstance() arg 2 must be a type, a tuple of types, or a union"
            } else {
                "issubclass() arg 2 must be a class, a tuple of classes, or a union"
            });
        }
    }
    Ok(())
}

fn isinstance(_: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "isinstance", 0, 2, 2)?;
    let mut all = Vec::new();
    classes(&a.all[1], &mut all, "isinstance")?;
    let own = class_of(&a.all[0]);
    Ok(Value::Bool(all.iter().any(|c| own.is_subclass(c))))
}

fn issubclass(_: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "issubclass", 0, 2, 2)?;
    let Value::Class(own) = &a.all[0] else {
        return type_error("issubclass() arg 1 must be a class");
    };
    let mut all = Vec::new();
    classes(&a.all[1], &mut all, "issubclass")?;
    Ok(Value::Bool(all.iter().any(|c| own.is_subclass(c))))
}

fn best(vm: &mut Vm, a: Args<'_>, greatest: bool) -> Res<Value> {
    let name = if greatest { "max" } else { "min" };
    keywords(&a, name, &["key", "default"])?;
    let (items, one) = match a.pos() {
        [] => return type_error(format!("{name} expected at least 1 argument, got 0")),
        [v] => (v.clone(), true),
        many => (Value::tuple(many.to_vec()), false),
    };
    if !one && a.keyword("default").is_some() {
        return type_error(format!(
            "Cannot specify a default for {name}() with multiple positional arguments"
        ));
    }
    if one && !vm.is_iterable(&items) && !matches!(items, Value::Class(_)) {
        return type_error(format!("'{}' object is not iterable", type_name(&items)));
    }
    let key = a.keyword("key").cloned().unwrap_or(Value::None);
    if key.is_none()
        && let Some(all) = vm.collect_native(&items)?
        && !all.iter().any(|v| matches!(v, Value::Obj(_)))
    {
        vm.charge(all.len() / 8);
        let mut it = all.into_iter();
        let Some(mut top) = it.next() else {
            return match a.keyword("default") {
                Some(v) => Ok(v.clone()),
                None => value_error(format!("{name}() arg is an empty sequence")),
            };
        };
        for v in it {
            let cmp = if greatest {
                crate::program::code::Cmp::Gt
            } else {
                crate::program::code::Cmp::Lt
            };
            let r = vm.compare(cmp, v.clone(), top.clone())?;
            if vm.truth(&r)? {
                top = v;
            }
        }
        return Ok(top);
    }
    let f = vm.prelude_function("best");
    let default = Value::tuple(a.keyword("default").cloned().into_iter().collect());
    tail(
        f,
        vec![items, key, default, Value::Bool(greatest), Value::str(name)],
    )
}

fn any_all(vm: &mut Vm, a: &Args<'_>, any: bool) -> Res<Value> {
    if let Some(items) = vm.collect_native(&a.all[0])? {
        for v in &items {
            if vm.truth(v)? == any {
                return Ok(Value::Bool(any));
            }
        }
        return Ok(Value::Bool(!any));
    }
    let f = vm.prelude_function(if any { "any" } else { "all" });
    tail(f, vec![a.all[0].clone()])
}

fn sorted(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    keywords(&a, "sort", &["key", "reverse"])?;
    arity(&a, "sorted", 0, 1, 1)?;
    let key = a.keyword("key").cloned().unwrap_or(Value::None);
    let reverse = a.keyword("reverse").cloned().unwrap_or(Value::Bool(false));
    if key.is_none()
        && let Some(items) = vm.collect_native(&a.all[0])?
    {
        let reverse = vm.truth(&reverse)?;
        return Ok(Value::list(list::sort_values(vm, items, reverse)?));
    }
    let f = vm.prelude_function("sorted");
    tail(f, vec![a.all[0].clone(), key, reverse])
}

fn exit(_: &mut Vm, a: Args<'_>) -> Res<Value> {
    Err(throw(exception("SystemExit", a.pos().to_vec())))
}
