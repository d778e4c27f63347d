//! The built-in functions.

use std::rc::Rc;

use super::args::{arity, keywords, no_keywords};
use super::{iter, list, repr};
use crate::program::code::{Bin, Source};
use crate::program::compile::Mode;
use crate::program::compiled;
use crate::program::exceptions::{new as exception, raise, throw, type_error, value_error};
use crate::program::host::{HostAnswer, HostCall, OutputStream};
use crate::program::text::number;
use crate::program::types::{class_of, type_name};
use crate::program::value::func::Native;
use crate::program::value::iter::char_value;
use crate::program::value::{Args, Class, Dict, Name, Payload, Value};
use crate::program::vm::control::{ask, call_then, tail};
use crate::program::vm::operator::{to_big, to_f64, to_i64};
use crate::program::vm::{Ctl, Res, Vm};

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

/// print()
fn print(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    keywords(&a, "print", &["sep", "end", "file", "flush"])?;
    for name in ["sep", "end"] {
        if let Some(v) = a.keyword(name)
            && !v.is_none()
            && v.as_str().is_none()
        {
            return type_error(format!("{name} must be None or a string, not {}", type_name(v)));
        }
    }
    let file = a.keyword("file").cloned().unwrap_or(Value::None);
    let plain_out = vm.stdout_is_plain();
    let quick = plain_out
        && file.is_none()
        && !a
            .pos()
            .iter()
            .any(|v| repr::needs_code(v, 0) || matches!(v, Value::Obj(_)));
    if quick {
        let text = |name: &str, default: &'static str| {
            a.keyword(name)
                .and_then(Value::as_str)
                .map_or_else(|| default.to_owned(), str::to_owned)
        };
        let sep = text("sep", " ");
        let mut out = String::new();
        for (i, v) in a.pos().iter().enumerate() {
            if i > 0 {
                out.push_str(&sep);
            }
            match v {
                Value::Str(s) => out.push_str(s.as_str()),
                other => {
                    let r = repr::repr_then(vm, other.clone(), |_, _, v| Ok(v), Vec::new());
                    out.push_str(vm.settle(r)?.as_str().unwrap_or(""));
                }
            }
        }
        match a.keyword("end").and_then(Value::as_str) {
            Some(end) => out.push_str(end),
            None => out.push('\n'),
        }
        vm.write(OutputStream::Stdout, &crate::program::modules::sys::encode(&out));
        return Ok(Value::None);
    }
    let f = vm.prelude_function("print");
    let kw = |name: &str| a.keyword(name).cloned().unwrap_or(Value::None);
    tail(
        f,
        vec![
            Value::tuple(a.pos().to_vec()),
            kw("sep"),
            kw("end"),
            file,
            kw("flush"),
        ],
    )
}

/// input()
fn input(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    no_keywords(&a, "input")?;
    arity(&a, "input", 0, 0, 1)?;
    match a.all.first() {
        None => read_line(),
        Some(prompt) => {
            if let Some(text) = prompt.as_str() {
                let text = text.to_owned();
                vm.write(OutputStream::Stdout, &crate::program::modules::sys::encode(&text));
                return read_line();
            }
            let f = vm.prelude_function("input");
            tail(f, vec![prompt.clone()])
        }
    }
}

fn read_line() -> Res<Value> {
    ask(
        HostCall::Input,
        |_, _, answer| match answer {
            HostAnswer::Line(Some(text)) => Ok(Value::str(text)),
            _ => Err(raise("EOFError", "EOF when reading a line")),
        },
        Vec::new(),
    )
}

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

fn abs(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "abs", 0, 1, 1)?;
    let v = &a.all[0];
    if let Some(m) = vm.dunder(v, &Name::new("__abs__")) {
        return tail(m, vec![v.clone()]);
    }
    match v.inner() {
        Value::Float(x) => Ok(Value::Float(x.abs())),
        other => match to_big(other) {
            Some(n) => Ok(Value::int(num_traits::Signed::abs(&n))),
            None => type_error(format!("bad operand type for abs(): '{}'", type_name(v))),
        },
    }
}

fn round(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let Some(v) = a.get(0, "number") else {
        return type_error("round() missing required argument 'number' (pos 1)");
    };
    let digits = match a.get(1, "ndigits") {
        None | Some(Value::None) => None,
        Some(n) => Some(vm.int_arg(n)?),
    };
    if vm.dunder(v, &Name::new("__round__")).is_some() {
        let f = vm.prelude_function("round_with");
        return tail(
            f,
            vec![
                v.clone(),
                Value::tuple(digits.into_iter().map(Value::Int).collect()),
            ],
        );
    }
    match (v.inner(), digits) {
        (Value::Float(x), None) => Ok(Value::int(number::round_half_even(*x)?)),
        (Value::Float(x), Some(n)) => Ok(Value::Float(number::round_float(*x, n)?)),
        (other, digits) => match to_big(other) {
            Some(n) => Ok(Value::int(match digits {
                Some(d) => number::round_int(&n, d),
                None => n,
            })),
            None => type_error(format!("type {} doesn't define __round__ method", type_name(v))),
        },
    }
}

fn pow(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "pow", 0, 2, 3)?;
    match a.pos().get(2) {
        None | Some(Value::None) => vm.binary(Bin::Pow, a.all[0].clone(), a.all[1].clone()),
        Some(m) => match (to_big(&a.all[0]), to_big(&a.all[1]), to_big(m)) {
            (Some(x), Some(y), Some(m)) => super::int::pow_mod(vm, &x, &y, &m),
            _ => type_error("pow() 3rd argument not allowed unless all arguments are integers"),
        },
    }
}

fn divmod(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "divmod", 0, 2, 2)?;
    let (x, y) = (&a.all[0], &a.all[1]);
    if let (Some(p), Some(q)) = (to_f64(x), to_f64(y))
        && (matches!(x.inner(), Value::Float(_)) || matches!(y.inner(), Value::Float(_)))
    {
        if q == 0.0 {
            return Err(raise("ZeroDivisionError", "float divmod()"));
        }
        let (d, m) = crate::program::vm::operator::floor_div(p, q);
        return Ok(Value::tuple(vec![Value::Float(d), Value::Float(m)]));
    }
    let d = vm.native_binary(Bin::FloorDiv, x, y)?;
    let m = vm.native_binary(Bin::Mod, x, y)?;
    match (d, m) {
        (Some(d), Some(m)) if x.as_str().is_none() => Ok(Value::tuple(vec![d, m])),
        _ => type_error(format!(
            "unsupported operand type(s) for divmod(): '{}' and '{}'",
            type_name(x),
            type_name(y)
        )),
    }
}

fn sum(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    keywords(&a, "sum", &["start"])?;
    arity(&a, "sum", 0, 1, 2)?;
    let start = a.get(1, "start").cloned().unwrap_or(Value::Int(0));
    if start.as_str().is_some() {
        return type_error("sum() can't sum strings [use ''.join(seq) instead]");
    }
    if super::bytes::bytes_like(&start).is_some() {
        return type_error("sum() can't sum bytes [use b''.join(seq) instead]");
    }
    if let Some(items) = vm.collect_native(&a.all[0])?
        && !items.iter().any(|v| matches!(v, Value::Obj(_)))
    {
        vm.charge(items.len() / 8);
        let mut total = start;
        for v in items {
            total = vm.binary(Bin::Add, total, v)?;
        }
        return Ok(total);
    }
    let f = vm.prelude_function("sum");
    tail(f, vec![a.all[0].clone(), start])
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

fn ord(_: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "ord", 0, 1, 1)?;
    let v = &a.all[0];
    if let Some(s) = v.as_str() {
        let mut it = s.chars();
        return match (it.next(), it.next()) {
            (Some(c), None) => Ok(Value::from(crate::program::text::code_point(c))),
            _ => type_error(format!(
                "ord() expected a character, but string of length {} found",
                s.chars().count()
            )),
        };
    }
    match super::bytes::bytes_like(v) {
        Some(b) if b.len() == 1 => Ok(Value::Int(i64::from(b[0]))),
        Some(b) => type_error(format!(
            "ord() expected a character, but string of length {} found",
            b.len()
        )),
        None => type_error(format!(
            "ord() expected string of length 1, but {} found",
            type_name(v)
        )),
    }
}

fn radix(vm: &mut Vm, a: &Args<'_>, name: &str, base: u32, prefix: &str) -> Res<Value> {
    arity(a, name, 0, 1, 1)?;
    let n = vm.big_arg(&a.all[0])?;
    vm.charge(n.bits() as usize / 64);
    let sign = if n.sign() == num_bigint::Sign::Minus {
        "-"
    } else {
        ""
    };
    Ok(Value::str(format!(
        "{sign}{prefix}{}",
        number::to_radix(&n, base)
    )))
}

fn attribute_name(v: &Value, name: &str) -> Res<Name> {
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

fn getattr(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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

fn hasattr(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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

fn locals(vm: &Vm) -> Value {
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

fn vars(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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

fn dir(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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

/// exec() and eval() see the globals of the frame that calls them.
fn run_source(vm: &mut Vm, a: &Args<'_>, name: &str, mode: Mode) -> Res<Value> {
    arity(a, name, 0, 1, 3)?;
    let Some(text) = a.all[0].as_str() else {
        return type_error(format!("{name}() arg 1 must be a string, bytes or code object"));
    };
    let text = if mode == Mode::Eval {
        text.trim_start()
    } else {
        text
    };
    let source = Rc::new(Source::new("<string>", text, false));
    let code = compiled::code(&source, mode)
        .map_err(|e| throw(crate::program::exceptions::syntax_error(&e, &source)))?;
    if a.pos().len() > 1 {
        return Err(raise(
            "NotImplementedError",
            format!("{name}() with its own globals is not supported by Wirelab's Python engine"),
        ));
    }
    let (globals, seen) = match vm.calling_frame() {
        Some(f) => (
            f.globals.clone(),
            if f.code.name.as_str() == "<module>" {
                None
            } else {
                Some(locals(vm))
            },
        ),
        None => (vm.main.clone(), None),
    };
    let mut frame = vm.code_frame(code, globals.clone(), crate::program::vm::frame::Then::Push);
    if let Some(Value::Dict(d)) = seen {
        // A function's own variables are seen, not changed.
        let names = crate::program::value::NameMap::new();
        let space = Rc::new(crate::program::value::Module {
            name: globals.name.clone(),
            names: names.into(),
            builtins: Some(globals),
            absent: false,
            dict: None.into(),
        });
        for (k, v) in d.map.borrow().iter() {
            if let Value::Str(s) = &k.value {
                space.names.borrow_mut().set(&Name::of(s), v.clone());
            }
        }
        frame.globals = space;
    }
    Err(Box::new(Ctl::Enter(Box::new(frame), Vec::new())))
}

fn exec(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    run_source(vm, &a, "exec", Mode::Program)
}

fn eval(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    run_source(vm, &a, "eval", Mode::Eval)
}

fn exit(_: &mut Vm, a: Args<'_>) -> Res<Value> {
    Err(throw(exception("SystemExit", a.pos().to_vec())))
}

impl Vm {
    /// The value of a statement at the prompt.
    pub(crate) fn display(&mut self, v: Value) -> Res<()> {
        if v.is_none() {
            return Ok(());
        }
        self.builtins.names.borrow_mut().put("_", v.clone());
        let r = repr::repr_then(
            self,
            v,
            |vm, _, text| {
                let text = format!("{}\n", text.as_str().unwrap_or(""));
                vm.write(OutputStream::Stdout, &crate::program::modules::sys::encode(&text));
                Ok(Value::None)
            },
            Vec::new(),
        );
        match r {
            Ok(_) => Ok(()),
            Err(e) => Err(crate::program::vm::attribute::discard(e)),
        }
    }
}
