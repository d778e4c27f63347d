//! repr(), str() and format().
//!
//! Values without the program's code in them are written natively. Where a class of the program has a `__repr__` or
//! `__str__` in it, the Python half takes over (`prelude.py`), because that code may stop or block.

use std::rc::Rc;

use super::args::arity;
use crate::program::exceptions::type_error;
use crate::program::text::{number, quote, spec};
use crate::program::types::{class_of, type_name};
use crate::program::value::object::{Base, flag};
use crate::program::value::{Args, Instance, Payload, Value};
use crate::program::vm::control::{call_then, tail};
use crate::program::vm::frame::ThenFn;
use crate::program::vm::operator::to_big;
use crate::program::vm::{Res, Vm};

/// repr() without running any of the program's code, cut to so many characters.
pub fn plain(v: &Value, max: usize) -> String {
    let mut out = String::new();
    write(&mut out, v, max.saturating_mul(4), 0);
    if out.chars().count() > max {
        out = out.chars().take(max.saturating_sub(1)).collect();
        out.push('…');
    }
    out
}

/// str() without running any of the program's code.
pub fn str_plain(v: &Value) -> String {
    match v {
        Value::Str(s) => s.as_str().to_owned(),
        Value::Obj(o) => match &o.payload {
            Payload::Exc(_) => exception_plain(v),
            Payload::Value(Value::Str(s)) => s.as_str().to_owned(),
            _ => plain(v, usize::MAX / 8),
        },
        other => plain(other, usize::MAX / 8),
    }
}

/// str() of an exception.
pub fn exception_plain(v: &Value) -> String {
    let Some(data) = v.exc() else { return String::new() };
    if let Value::Obj(o) = v
        && let Some(words) = o.attrs.borrow().get_str("(words)").and_then(Value::as_str)
    {
        return words.to_owned();
    }
    let data = data.borrow();
    if crate::program::exceptions::is_a(v, "SyntaxError")
        && let [message, Value::Tuple(place), ..] = data.args.as_slice()
        && let [file, line, ..] = &place[..]
    {
        let file = str_plain(file);
        let file = file.rsplit('/').next().unwrap_or(&file).to_owned();
        return format!("{} ({file}, line {})", str_plain(message), str_plain(line));
    }
    if crate::program::exceptions::is_a(v, "OSError") && data.args.len() >= 2 && data.args.len() <= 5 {
        let words = format!(
            "[Errno {}] {}",
            str_plain(&data.args[0]),
            str_plain(&data.args[1])
        );
        if let Value::Obj(o) = v
            && let Some(file) = o.attrs.borrow().get_str("filename")
            && !file.is_none()
        {
            return format!("{words}: {}", plain(file, 1000));
        }
        return words;
    }
    match data.args.as_slice() {
        [] => String::new(),
        [one] if crate::program::exceptions::is_a(v, "KeyError") => plain(one, usize::MAX / 8),
        [one] => str_plain(one),
        many => plain(&Value::tuple(many.to_vec()), usize::MAX / 8),
    }
}

/// Does repr() need the program's code?
pub fn needs_code(v: &Value, depth: usize) -> bool {
    if depth > 40 {
        return true;
    }
    match v {
        Value::List(l) => l.borrow().iter().any(|v| needs_code(v, depth + 1)),
        Value::Tuple(t) => t.iter().any(|v| needs_code(v, depth + 1)),
        Value::Dict(d) => d
            .map
            .borrow()
            .iter()
            .any(|(k, v)| needs_code(&k.value, depth + 1) || needs_code(v, depth + 1)),
        Value::Set(s) => s.keys().iter().any(|k| needs_code(&k.value, depth + 1)),
        Value::View(w) => w
            .dict
            .map
            .borrow()
            .iter()
            .any(|(k, v)| needs_code(&k.value, depth + 1) || needs_code(v, depth + 1)),
        Value::Obj(o) => {
            o.class.has(flag::REPR)
                || matches!(&o.payload, Payload::Value(inner) if needs_code(inner, depth + 1))
                || matches!(&o.payload, Payload::Exc(e) if e.borrow().args.iter().any(|v| needs_code(v, depth + 1)))
        }
        Value::Class(c) => c.meta.is_some(),
        _ => false,
    }
}

fn write(out: &mut String, v: &Value, max: usize, depth: usize) {
    if out.len() > max {
        return;
    }
    if depth > 60 {
        out.push_str("...");
        return;
    }
    let sequence = |out: &mut String, open: &str, items: &mut dyn Iterator<Item = Value>, close: &str| {
        out.push_str(open);
        for (i, v) in items.enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            if out.len() > max {
                break;
            }
            write(out, &v, max, depth + 1);
        }
        out.push_str(close);
    };
    match v {
        Value::Unbound => out.push_str("<unbound>"),
        Value::None => out.push_str("None"),
        Value::Ellipsis => out.push_str("Ellipsis"),
        Value::NotImplemented => out.push_str("NotImplemented"),
        Value::Bool(b) => out.push_str(if *b { "True" } else { "False" }),
        Value::Int(n) => out.push_str(&n.to_string()),
        Value::Big(n) => {
            if n.bits() > 200_000 {
                out.push_str(&format!("<int of {} bits>", n.bits()));
            } else {
                out.push_str(&n.to_string());
            }
        }
        Value::Float(x) => out.push_str(&number::float_repr(*x)),
        Value::Str(s) => {
            let text = s.as_str();
            let part = if text.len() > max {
                text.char_indices().nth(max / 4).map_or(text, |(i, _)| &text[..i])
            } else {
                text
            };
            out.push_str(&quote::str_repr(part));
        }
        Value::Bytes(b) => out.push_str(&quote::bytes_repr(&b[..b.len().min(max)])),
        Value::ByteArray(b) => {
            let b = b.borrow();
            out.push_str(&quote::bytearray_repr(&b[..b.len().min(max)]));
        }
        Value::Tuple(t) => {
            let close = if t.len() == 1 { ",)" } else { ")" };
            sequence(out, "(", &mut t.iter().cloned(), close);
        }
        Value::List(l) => match l.try_borrow() {
            Ok(items) => sequence(out, "[", &mut items.iter().cloned(), "]"),
            Err(_) => out.push_str("[...]"),
        },
        Value::Dict(d) => {
            out.push('{');
            for (i, (k, v)) in d.map.borrow().iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                if out.len() > max {
                    break;
                }
                write(out, &k.value, max, depth + 1);
                out.push_str(": ");
                write(out, v, max, depth + 1);
            }
            out.push('}');
        }
        Value::Set(s) => {
            let name = if s.frozen { "frozenset" } else { "set" };
            if s.is_empty() {
                out.push_str(&format!("{name}()"));
            } else {
                let (open, close) = if s.frozen {
                    ("frozenset({", "})")
                } else {
                    ("{", "}")
                };
                sequence(out, open, &mut s.keys().into_iter().map(|k| k.value), close);
            }
        }
        Value::Range(r) => {
            if r.step == 1 {
                out.push_str(&format!("range({}, {})", r.start, r.stop));
            } else {
                out.push_str(&format!("range({}, {}, {})", r.start, r.stop, r.step));
            }
        }
        Value::Slice(s) => {
            let items = [s.0.clone(), s.1.clone(), s.2.clone()];
            sequence(out, "slice(", &mut items.into_iter(), ")");
        }
        Value::View(w) => {
            let name = type_name(v);
            let items: Vec<Value> = w
                .dict
                .map
                .borrow()
                .iter()
                .map(|(k, v)| w.kind.of(&k.value, v))
                .collect();
            sequence(out, &format!("{name}(["), &mut items.into_iter(), "])");
        }
        Value::Func(f) => out.push_str(&format!("<function {} at {}>", f.qualname.borrow(), address(v))),
        Value::Native(n) => out.push_str(&format!("<built-in function {}>", n.name)),
        Value::Method(m) => match &m.func {
            Value::Native(n) => out.push_str(&format!(
                "<built-in method {} of {} object at {}>",
                n.name,
                type_name(&m.this),
                address(&m.this)
            )),
            Value::Func(f) => {
                out.push_str(&format!("<bound method {} of ", f.qualname.borrow()));
                write(out, &m.this, max, depth + 1);
                out.push('>');
            }
            _ => out.push_str("<bound method>"),
        },
        Value::Class(c) => {
            let qualified = if &*c.module == "builtins" || c.module.is_empty() {
                c.qualname.to_string()
            } else {
                format!("{}.{}", c.module, c.qualname)
            };
            out.push_str(&format!("<class '{qualified}'>"));
        }
        Value::Obj(o) => instance(out, o, v, max, depth),
        Value::Module(m) => {
            let file = m.names.borrow().get_str("__file__").map(str_plain);
            match file {
                Some(file) => out.push_str(&format!("<module '{}' from '{file}'>", m.name)),
                None => out.push_str(&format!("<module '{}' (built-in)>", m.name)),
            }
        }
        Value::Gen(g) => out.push_str(&format!("<generator object {} at {}>", g.qualname, address(v))),
        Value::Iter(_)
        | Value::Cell(_)
        | Value::Code(_)
        | Value::Property(_)
        | Value::StaticMethod(_)
        | Value::ClassMethod(_) => {
            out.push_str(&format!("<{} object at {}>", type_name(v), address(v)));
        }
        Value::Super(s) => out.push_str(&format!(
            "<super: <class '{}'>, <{} object>>",
            s.0.name(),
            type_name(&s.1)
        )),
    }
}

fn instance(out: &mut String, o: &Rc<Instance>, v: &Value, max: usize, depth: usize) {
    match &o.payload {
        Payload::Exc(data) => {
            let data = data.borrow();
            out.push_str(&o.class.name());
            match data.args.as_slice() {
                [one] => {
                    out.push('(');
                    write(out, one, max, depth + 1);
                    out.push(')');
                }
                many => write(out, &Value::tuple(many.to_vec()), max, depth + 1),
            }
        }
        Payload::Value(inner) => {
            if matches!(inner, Value::Set(_)) {
                let mut text = String::new();
                write(&mut text, inner, max, depth + 1);
                out.push_str(&format!("{}({text})", o.class.name()));
            } else {
                write(out, inner, max, depth + 1);
            }
        }
        Payload::Socket(s) => out.push_str(&crate::program::modules::socket::repr_plain(
            &s.borrow(),
            &o.class,
        )),
        Payload::Lock(l) => {
            let state = if l.owner.get().is_some() {
                "locked"
            } else {
                "unlocked"
            };
            let name = if l.reentrant {
                "_thread.RLock"
            } else {
                "_thread.lock"
            };
            if l.reentrant {
                let owner = l.owner.get().map_or(0, |t| i64::from(t.0) + 140_000_000_000_000);
                out.push_str(&format!(
                    "<{state} {name} object owner={owner} count={} at {}>",
                    l.count.get(),
                    address(v)
                ));
            } else {
                out.push_str(&format!("<{state} {name} object at {}>", address(v)));
            }
        }
        Payload::None | Payload::Opaque(_) => {
            let module = if &*o.class.module == "builtins" {
                String::new()
            } else {
                format!("{}.", o.class.module)
            };
            out.push_str(&format!(
                "<{module}{} object at {}>",
                o.class.qualname,
                address(v)
            ));
        }
    }
}

/// `0x7f…`: the same in every run for instances of classes.
pub fn address(v: &Value) -> String {
    format!("0x{:012x}", address_number(v))
}

/// The number in repr(): never a real address, so that a run that is repeated prints the same.
fn address_number(v: &Value) -> u64 {
    match v {
        Value::Obj(o) if o.id > 0 => 0x7f00_0000_0000 + o.id * 48,
        Value::None => 0x7f00_0000_0010,
        Value::Bool(b) => 0x7f00_0000_0020 + u64::from(*b) * 16,
        Value::Int(n) => 0x7e00_0000_0000_u64.wrapping_add((*n as u64).wrapping_mul(32)),
        Value::Float(x) => 0x7d00_0000_0000 + (x.to_bits() >> 20),
        other => {
            let name = match other {
                Value::Func(f) => format!("{}:{}", f.code.qualname, f.code.line),
                other => type_name(other).to_string(),
            };
            0x7f80_0000_0000 + (crate::program::value::Str::new(name).hash() & 0xf_ffff_fff0)
        }
    }
}

/// Everything outside ASCII escaped.
pub fn to_ascii(text: &str) -> String {
    quote::escape_non_ascii(text)
}

/// repr(v), then goes on with the str.
pub fn repr_then(vm: &mut Vm, v: Value, then: ThenFn, state: Vec<Value>) -> Res<Value> {
    if needs_code(&v, 0) {
        let f = vm.prelude_function("repr");
        return call_then(f, vec![v], then, state);
    }
    let text = plain_checked(vm, &v)?;
    then(vm, state, Value::str(text))
}

/// repr(v) of a value that needs no code, with CPython's bounds.
fn plain_checked(vm: &mut Vm, v: &Value) -> Res<String> {
    if let Value::Big(n) = v {
        vm.charge((n.bits() / 64) as usize * 4);
        return Ok(number::int_to_str(n)?);
    }
    if is_deep(v, 0) {
        return Err(crate::program::exceptions::raise(
            "RecursionError",
            "maximum recursion depth exceeded while getting the repr of an object",
        ));
    }
    if contains_itself(v, &mut Vec::new()) {
        let f = vm.prelude_function("repr");
        return match vm.call_sync(f, vec![v.clone()])? {
            Value::Str(s) => Ok(s.as_str().to_owned()),
            _ => Ok(String::new()),
        };
    }
    let text = plain(v, usize::MAX / 8);
    vm.claim(text.len())?;
    Ok(text)
}

fn is_deep(v: &Value, depth: usize) -> bool {
    if depth > 55 {
        return true;
    }
    match v {
        Value::List(l) => l.borrow().iter().any(|x| !x.is(v) && is_deep(x, depth + 1)),
        Value::Tuple(t) => t.iter().any(|x| is_deep(x, depth + 1)),
        _ => false,
    }
}

fn contains_itself(v: &Value, above: &mut Vec<usize>) -> bool {
    let Some(at) = v.address() else { return false };
    if !matches!(v, Value::List(_) | Value::Dict(_) | Value::Tuple(_)) {
        return false;
    }
    if above.contains(&at) {
        return true;
    }
    above.push(at);
    let found = match v {
        Value::List(l) => l.borrow().iter().any(|x| contains_itself(x, above)),
        Value::Tuple(t) => t.iter().any(|x| contains_itself(x, above)),
        Value::Dict(d) => d.map.borrow().values().any(|x| contains_itself(x, above)),
        _ => false,
    };
    above.pop();
    found
}

/// str(v), then goes on with the str.
pub fn str_then(vm: &mut Vm, v: Value, then: ThenFn, state: Vec<Value>) -> Res<Value> {
    match &v {
        Value::Str(_) => return then(vm, state, v),
        Value::Obj(o) => {
            if o.class.has(flag::STR)
                && let Some(m) = o.class.lookup(&vm.names.str)
                && !matches!(m, Value::Native(_))
            {
                let mut all = vec![Value::str("__str__")];
                all.extend(state);
                return match call_then::<Value>(m, vec![v], check_str, Vec::new()) {
                    Err(mut e) => {
                        e.and_then(vec![crate::program::vm::control::Cont {
                            run: then,
                            state: all.split_off(1),
                        }]);
                        Err(e)
                    }
                    ok => ok,
                };
            }
            match &o.payload {
                Payload::Value(inner @ Value::Str(_)) => return then(vm, state, inner.clone()),
                Payload::Exc(data) => {
                    let args = data.borrow().args.clone();
                    if !args.iter().any(needs_str_code) {
                        let text = exception_plain(&v);
                        return then(vm, state, Value::str(text));
                    }
                    if let [one] = args.as_slice()
                        && !crate::program::exceptions::is_a(&v, "KeyError")
                    {
                        return str_then(vm, one.clone(), then, state);
                    }
                    let f = vm.prelude_function("repr");
                    return call_then(f, vec![Value::tuple(args)], then, state);
                }
                _ => {}
            }
            if let Some(m) = vm.dunder(&v, &vm.names.repr)
                && !matches!(m, Value::Native(_))
            {
                return repr_then(vm, v, then, state);
            }
        }
        _ => {}
    }
    repr_then(vm, v, then, state)
}

fn needs_str_code(v: &Value) -> bool {
    needs_code(v, 0) || matches!(v, Value::Obj(o) if o.class.has(flag::STR))
}

fn check_str(_: &mut Vm, _: Vec<Value>, v: Value) -> Res<Value> {
    if v.as_str().is_some() {
        Ok(v)
    } else {
        type_error(format!("__str__ returned non-string (type {})", type_name(&v)))
    }
}

/// format(v, spec)
pub fn format(vm: &mut Vm, v: Value, text: &str) -> Res<Value> {
    if let Value::Obj(o) = &v
        && o.class.has(flag::FORMAT)
        && let Some(m) = o.class.lookup(&vm.names.format)
        && !matches!(m, Value::Native(_))
    {
        return call_then(
            m,
            vec![v, Value::str(text)],
            |_, _, r| {
                if r.as_str().is_some() {
                    Ok(r)
                } else {
                    type_error(format!("__format__ must return a str, not {}", type_name(&r)))
                }
            },
            Vec::new(),
        );
    }
    if text.is_empty() {
        return str_then(vm, v, |_, _, s| Ok(s), Vec::new());
    }
    let done = match v.inner() {
        Value::Str(s) => spec::format_str(s.as_str(), text)?,
        Value::Float(x) => spec::format_float_spec(*x, text)?,
        other => match to_big(other) {
            Some(n) => spec::format_int(&n, text, &type_name(other))?,
            None => {
                spec::format_object(text, &type_name(&v))?;
                return str_then(vm, v, |_, _, s| Ok(s), Vec::new());
            }
        },
    };
    vm.claim(done.len())?;
    Ok(Value::str(done))
}

/// The built-in repr().
pub fn repr(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "repr", 0, 1, 1)?;
    repr_then(vm, a.all[0].clone(), |_, _, v| Ok(v), Vec::new())
}

/// The built-in ascii().
pub fn ascii(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "ascii", 0, 1, 1)?;
    repr_then(
        vm,
        a.all[0].clone(),
        |_, _, v| Ok(Value::str(to_ascii(v.as_str().unwrap_or("")))),
        Vec::new(),
    )
}

/// The built-in format().
pub fn format_function(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "format", 0, 1, 2)?;
    let text = match a.pos().get(1) {
        None => "",
        Some(v) => match v.as_str() {
            Some(s) => s,
            None => return type_error(format!("format() argument 2 must be str, not {}", type_name(v))),
        },
    };
    let text = text.to_owned();
    format(vm, a.all[0].clone(), &text)
}

/// object.__repr__ and that of the built-in types: without looking at the program's `__repr__` of the value itself.
pub fn object_repr(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let v = a.all[0].clone();
    match &v {
        Value::Obj(o) => {
            let inner = match &o.payload {
                Payload::Value(inner) => Some(inner.clone()),
                Payload::Exc(data) => {
                    let args = data.borrow().args.clone();
                    if args.iter().any(|x| needs_code(x, 0)) {
                        let f = vm.prelude_function("repr_exception");
                        return tail(f, vec![Value::str(&*o.class.name()), Value::tuple(args)]);
                    }
                    None
                }
                _ => None,
            };
            if let Some(inner) = inner
                && needs_code(&inner, 0)
            {
                return repr_then(vm, inner, |_, _, v| Ok(v), Vec::new());
            }
            let mut out = String::new();
            instance(&mut out, o, &v, usize::MAX / 8, 0);
            Ok(Value::str(out))
        }
        _ => Ok(Value::str(plain_checked(vm, &v)?)),
    }
}

/// object.__str__: repr() for plain objects.
pub fn object_str(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let v = a.all[0].clone();
    match &v {
        Value::Str(_) => Ok(v),
        Value::Obj(o) if matches!(o.payload, Payload::Exc(_)) => Ok(Value::str(exception_plain(&v))),
        Value::Obj(o) if matches!(o.payload, Payload::Value(Value::Str(_))) => Ok(v.inner().clone()),
        _ => repr_then(vm, v, |_, _, v| Ok(v), Vec::new()),
    }
}

/// object.__format__ and those of the built-in types.
pub fn object_format(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let text = a.pos().get(1).and_then(Value::as_str).unwrap_or("").to_owned();
    let v = a.all[0].clone();
    if text.is_empty() {
        return str_then(vm, v, |_, _, s| Ok(s), Vec::new());
    }
    format(vm, v.inner().clone(), &text)
}

/// The class whose layout the value has.
pub fn base_of(v: &Value) -> Base {
    class_of(v).base
}

impl Vm {
    /// id(v): the same for the same object as long as it lives.
    pub(crate) fn id_of(&mut self, v: &Value) -> u64 {
        match v {
            Value::Obj(o) if o.id > 0 => address_number(v),
            _ => match v.address() {
                None => address_number(v),
                Some(at) => {
                    let next = 0x7f40_0000_0000 + (self.ids.len() as u64 + 1) * 64;
                    *self.ids.entry(at).or_insert(next)
                }
            },
        }
    }

    /// The words of an exception in a traceback; the program's `__str__` runs if it has one.
    pub(crate) fn exception_words(&mut self, e: &Value) -> String {
        let r = str_then(self, e.clone(), |_, _, v| Ok(v), Vec::new());
        match self.settle(r) {
            Ok(v) => v.as_str().unwrap_or("").to_owned(),
            Err(_) => "<exception str() failed>".to_owned(),
        }
    }
}
