//! bytes and bytearray.

use std::rc::Rc;

use super::args::{arity, codec_error, word};
use super::int::{cmp, op};
use super::repr;
use crate::program::code::{Bin, Cmp};
use crate::program::exceptions::{raise, type_error, value_error};
use crate::program::text::bytes as b;
use crate::program::text::strings::Side;
use crate::program::text::{codec, percent as p};
use crate::program::types::type_name;
use crate::program::value::func::Native;
use crate::program::value::{Args, Value};
use crate::program::vm::operator::to_i64;
use crate::program::vm::{Res, Vm};

/// The bytes of a bytes-like object.
pub fn bytes_like(v: &Value) -> Option<Vec<u8>> {
    match v.inner() {
        Value::Bytes(b) => Some(b.to_vec()),
        Value::ByteArray(b) => Some(b.borrow().clone()),
        _ => None,
    }
}

/// The same as an argument: TypeError in CPython's words.
pub fn bytes_arg(v: &Value) -> Res<Vec<u8>> {
    match bytes_like(v) {
        Some(b) => Ok(b),
        None => type_error(format!("a bytes-like object is required, not '{}'", type_name(v))),
    }
}

macro_rules! common {
    ($($extra:expr),* $(,)?) => {
        &[
            $($extra,)*
            Native::method("upper", |_, a| make(&a, b::upper(&this(&a)))),
            Native::method("lower", |_, a| make(&a, b::lower(&this(&a)))),
            Native::method("capitalize", |_, a| make(&a, b::capitalize(&this(&a)))),
            Native::method("title", |_, a| make(&a, b::title(&this(&a)))),
            Native::method("swapcase", |_, a| make(&a, b::swapcase(&this(&a)))),
            Native::method("isspace", |_, a| Ok(Value::Bool(b::is_space(&this(&a))))),
            Native::method("isalpha", |_, a| Ok(Value::Bool(b::is_alpha(&this(&a))))),
            Native::method("isalnum", |_, a| Ok(Value::Bool(b::is_alnum(&this(&a))))),
            Native::method("isdigit", |_, a| Ok(Value::Bool(b::is_digit(&this(&a))))),
            Native::method("isupper", |_, a| Ok(Value::Bool(b::is_upper(&this(&a))))),
            Native::method("islower", |_, a| Ok(Value::Bool(b::is_lower(&this(&a))))),
            Native::method("istitle", |_, a| Ok(Value::Bool(b::is_title(&this(&a))))),
            Native::method("isascii", |_, a| Ok(Value::Bool(this(&a).is_ascii()))),
            Native::method("find", |vm, a| {
                let (t, s, i, j) = search(vm, &a, "find")?;
                Ok(b::find(&t, &s, i, j).map_or(Value::Int(-1), Value::from))
            }),
            Native::method("rfind", |vm, a| {
                let (t, s, i, j) = search(vm, &a, "rfind")?;
                Ok(b::rfind(&t, &s, i, j).map_or(Value::Int(-1), Value::from))
            }),
            Native::method("index", |vm, a| {
                let (t, s, i, j) = search(vm, &a, "index")?;
                Ok(Value::from(b::index(&t, &s, i, j)?))
            }),
            Native::method("rindex", |vm, a| {
                let (t, s, i, j) = search(vm, &a, "rindex")?;
                Ok(Value::from(b::rindex(&t, &s, i, j)?))
            }),
            Native::method("count", |vm, a| {
                let (t, s, i, j) = search(vm, &a, "count")?;
                Ok(Value::from(b::count(&t, &s, i, j)))
            }),
            Native::method("startswith", |vm, a| affix(vm, &a, "startswith", b::starts_with)),
            Native::method("endswith", |vm, a| affix(vm, &a, "endswith", b::ends_with)),
            Native::method("removeprefix", |_, a| {
                arity(&a, "bytes.removeprefix", 1, 1, 1)?;
                make(&a, b::remove_prefix(&this(&a), &bytes_arg(&a.all[1])?).to_vec())
            }),
            Native::method("removesuffix", |_, a| {
                arity(&a, "bytes.removesuffix", 1, 1, 1)?;
                make(&a, b::remove_suffix(&this(&a), &bytes_arg(&a.all[1])?).to_vec())
            }),
            Native::method("replace", replace),
            Native::method("split", |vm, a| split(vm, &a, "split", |t, s, n| b::split(t, s, n))),
            Native::method("rsplit", |vm, a| split(vm, &a, "rsplit", |t, s, n| b::rsplit(t, s, n))),
            Native::method("splitlines", |vm, a| {
                let keep = match a.get(1, "keepends") {
                    Some(v) => vm.truth(v)?,
                    None => false,
                };
                let t = this(&a);
                let parts = b::split_lines(&t, keep);
                Ok(Value::list(parts.into_iter().map(|x| like(&a, x.to_vec())).collect()))
            }),
            Native::method("partition", |_, a| {
                arity(&a, "bytes.partition", 1, 1, 1)?;
                let t = this(&a);
                let (x, y, z) = b::partition(&t, &bytes_arg(&a.all[1])?).map(|(x, y, z)| (x.to_vec(), y.to_vec(), z.to_vec()))?;
                Ok(Value::tuple(vec![like(&a, x), like(&a, y), like(&a, z)]))
            }),
            Native::method("rpartition", |_, a| {
                arity(&a, "bytes.rpartition", 1, 1, 1)?;
                let t = this(&a);
                let (x, y, z) = b::rpartition(&t, &bytes_arg(&a.all[1])?).map(|(x, y, z)| (x.to_vec(), y.to_vec(), z.to_vec()))?;
                Ok(Value::tuple(vec![like(&a, x), like(&a, y), like(&a, z)]))
            }),
            Native::method("strip", |_, a| strip(&a, Side::Both)),
            Native::method("lstrip", |_, a| strip(&a, Side::Left)),
            Native::method("rstrip", |_, a| strip(&a, Side::Right)),
            Native::method("join", join),
            Native::method("center", |vm, a| pad(vm, &a, b::center)),
            Native::method("ljust", |vm, a| pad(vm, &a, b::ljust)),
            Native::method("rjust", |vm, a| pad(vm, &a, b::rjust)),
            Native::method("zfill", |vm, a| {
                arity(&a, "bytes.zfill", 1, 1, 1)?;
                let n = vm.int_arg(&a.all[1])?;
                vm.claim(usize::try_from(n).unwrap_or(0))?;
                make(&a, b::zfill(&this(&a), n)?)
            }),
            Native::method("expandtabs", |vm, a| {
                let n = match a.get(1, "tabsize") {
                    Some(v) => vm.int_arg(v)?,
                    None => 8,
                };
                make(&a, b::expand_tabs(&this(&a), n)?)
            }),
            Native::method("decode", decode),
            Native::method("hex", |vm, a| {
                let sep = match a.get(1, "sep") {
                    None => None,
                    Some(v) => v.as_str().and_then(|s| s.chars().next()),
                };
                let n = match a.get(2, "bytes_per_sep") {
                    Some(v) => vm.int_arg(v)?,
                    None => 1,
                };
                Ok(Value::str(b::hex(&this(&a), sep, n)))
            }),
            Native::class_method("fromhex", |_, a| {
                arity(&a, "fromhex", 1, 1, 1)?;
                match a.all[1].as_str() {
                    Some(t) => {
                        let out = b::from_hex(t)?;
                        Ok(match &a.all[0] {
                            Value::Class(c) if *c.name() == *"bytearray" => Value::ByteArray(Rc::new(out.into())),
                            _ => Value::bytes(out),
                        })
                    }
                    None => type_error(format!("fromhex() argument must be str, not {}", type_name(&a.all[1]))),
                }
            }),
            Native::method("translate", |_, a| {
                let table = match a.get(1, "table") {
                    None | Some(Value::None) => None,
                    Some(v) => Some(bytes_arg(v)?),
                };
                let delete = match a.get(2, "delete") {
                    Some(v) => bytes_arg(v)?,
                    None => Vec::new(),
                };
                make(&a, b::translate(&this(&a), table.as_deref(), &delete)?)
            }),
            Native::function("maketrans", |_, a| {
                arity(&a, "maketrans", 0, 2, 2)?;
                Ok(Value::bytes(b::maketrans(&bytes_arg(&a.all[0])?, &bytes_arg(&a.all[1])?)?))
            }),
            Native::method("__len__", |_, a| Ok(Value::from(this(&a).len()))),
            Native::method("__getitem__", |vm, a| {
                arity(&a, "__getitem__", 1, 1, 1)?;
                vm.subscript(a.all[0].inner().clone(), a.all[1].clone())
            }),
            Native::method("__contains__", |vm, a| {
                arity(&a, "__contains__", 1, 1, 1)?;
                Ok(Value::Bool(vm.contains(a.all[0].inner().clone(), a.all[1].clone(), true)?))
            }),
            Native::method("__iter__", |vm, a| vm.get_iter(a.all[0].inner().clone())),
            Native::method("__add__", |vm, a| op(vm, Bin::Add, &a)),
            Native::method("__mul__", |vm, a| op(vm, Bin::Mul, &a)),
            Native::method("__mod__", |vm, a| op(vm, Bin::Mod, &a)),
            Native::method("__lt__", |vm, a| cmp(vm, Cmp::Lt, &a)),
            Native::method("__gt__", |vm, a| cmp(vm, Cmp::Gt, &a)),
            Native::method("__repr__", repr::object_repr),
            Native::method("__str__", repr::object_str),
        ]
    };
}

/// bytes
pub static METHODS: &[Native] = common![
    Native::constructor(new),
    Native::method("__bytes__", |_, a| Ok(Value::bytes(this(&a)))),
];

/// bytearray
pub static BYTEARRAY: &[Native] = common![
    Native::constructor(new_array),
    Native::method("append", |vm, a| {
        arity(&a, "bytearray.append", 1, 1, 1)?;
        let n = byte(vm, &a.all[1])?;
        vm.claim(1)?;
        array(&a)?.borrow_mut().push(n);
        Ok(Value::None)
    }),
    Native::method("extend", |vm, a| {
        arity(&a, "bytearray.extend", 1, 1, 1)?;
        let more = from_iterable(vm, &a.all[1])?;
        vm.claim(more.len())?;
        array(&a)?.borrow_mut().extend(more);
        Ok(Value::None)
    }),
    Native::method("insert", |vm, a| {
        arity(&a, "insert", 1, 2, 2)?;
        let i = vm.int_arg(&a.all[1])?;
        let n = byte(vm, &a.all[2])?;
        let list = array(&a)?;
        let len = list.borrow().len() as i64;
        let at = if i < 0 { (i + len).max(0) } else { i.min(len) };
        list.borrow_mut().insert(at as usize, n);
        Ok(Value::None)
    }),
    Native::method("pop", |vm, a| {
        arity(&a, "pop", 1, 0, 1)?;
        let list = array(&a)?.clone();
        if list.borrow().is_empty() {
            return Err(raise("IndexError", "pop from empty bytearray"));
        }
        let i = match a.pos().get(1) {
            Some(v) => v.clone(),
            None => Value::Int(-1),
        };
        let len = list.borrow().len();
        let at = vm
            .index(&i, len, "pop")
            .map_err(|_| raise("IndexError", "pop index out of range"))?;
        let n = list.borrow_mut().remove(at);
        Ok(Value::Int(i64::from(n)))
    }),
    Native::method("remove", |vm, a| {
        arity(&a, "bytearray.remove", 1, 1, 1)?;
        let n = byte(vm, &a.all[1])?;
        let list = array(&a)?;
        let at = list.borrow().iter().position(|b| *b == n);
        match at {
            Some(i) => {
                list.borrow_mut().remove(i);
                Ok(Value::None)
            }
            None => value_error("value not found in bytearray"),
        }
    }),
    Native::method("clear", |_, a| {
        array(&a)?.borrow_mut().clear();
        Ok(Value::None)
    }),
    Native::method("copy", |_, a| Ok(Value::ByteArray(Rc::new(this(&a).into())))),
    Native::method("reverse", |_, a| {
        array(&a)?.borrow_mut().reverse();
        Ok(Value::None)
    }),
    Native::method("__setitem__", |vm, a| {
        arity(&a, "__setitem__", 1, 2, 2)?;
        vm.store_subscript(a.all[0].inner().clone(), a.all[1].clone(), a.all[2].clone())?;
        Ok(Value::None)
    }),
];

fn this(a: &Args<'_>) -> Vec<u8> {
    a.all.first().and_then(bytes_like).unwrap_or_default()
}

fn array<'a>(a: &Args<'a>) -> Res<&'a Rc<std::cell::RefCell<Vec<u8>>>> {
    match a.all.first().map(Value::inner) {
        Some(Value::ByteArray(b)) => Ok(b),
        _ => type_error("descriptor requires a 'bytearray' object"),
    }
}

/// bytes from bytes, bytearray from bytearray.
fn like(a: &Args<'_>, v: Vec<u8>) -> Value {
    match a.all.first().map(Value::inner) {
        Some(Value::ByteArray(_)) => Value::ByteArray(Rc::new(v.into())),
        _ => Value::bytes(v),
    }
}

fn make(a: &Args<'_>, v: Vec<u8>) -> Res<Value> {
    Ok(like(a, v))
}

fn byte(vm: &mut Vm, v: &Value) -> Res<u8> {
    match u8::try_from(vm.int_arg(v)?) {
        Ok(n) => Ok(n),
        Err(_) => value_error("byte must be in range(0, 256)"),
    }
}

fn from_iterable(vm: &mut Vm, v: &Value) -> Res<Vec<u8>> {
    if let Some(b) = bytes_like(v) {
        return Ok(b);
    }
    if v.as_str().is_some() {
        return type_error("expected iterable of integers; got: 'str'");
    }
    if !vm.is_iterable(v) {
        return type_error(format!("can't extend bytearray with {}", type_name(v)));
    }
    let mut out = Vec::new();
    for v in vm.collect_sync(v.clone())? {
        out.push(byte(vm, &v)?);
    }
    Ok(out)
}

type Found = (Vec<u8>, Vec<u8>, Option<i64>, Option<i64>);

fn search(vm: &mut Vm, a: &Args<'_>, name: &str) -> Res<Found> {
    arity(a, name, 1, 1, 3)?;
    let sub = match (bytes_like(&a.all[1]), to_i64(&a.all[1])) {
        (Some(s), _) => s,
        (_, Some(_)) => vec![byte(vm, &a.all[1])?],
        _ => {
            return type_error(format!(
                "argument should be integer or bytes-like object, not '{}'",
                type_name(&a.all[1])
            ));
        }
    };
    let i = vm.bound_arg(a.pos().get(2))?;
    let j = vm.bound_arg(a.pos().get(3))?;
    Ok((this(a), sub, i, j))
}

fn affix(
    vm: &mut Vm,
    a: &Args<'_>,
    name: &str,
    f: impl Fn(&[u8], &[&[u8]], Option<i64>, Option<i64>) -> bool,
) -> Res<Value> {
    arity(a, name, 1, 1, 3)?;
    let list: Vec<Vec<u8>> = match a.all[1].inner() {
        Value::Tuple(t) => {
            let mut out = Vec::new();
            for v in t.iter() {
                out.push(bytes_arg(v)?);
            }
            out
        }
        other => match bytes_like(other) {
            Some(x) => vec![x],
            None => {
                return type_error(format!(
                    "{name} first arg must be bytes or a tuple of bytes, not {}",
                    type_name(other)
                ));
            }
        },
    };
    let i = vm.bound_arg(a.pos().get(2))?;
    let j = vm.bound_arg(a.pos().get(3))?;
    let parts: Vec<&[u8]> = list.iter().map(Vec::as_slice).collect();
    Ok(Value::Bool(f(&this(a), &parts, i, j)))
}

fn replace(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "replace", 1, 2, 3)?;
    let (old, new) = (bytes_arg(&a.all[1])?, bytes_arg(&a.all[2])?);
    let n = match a.pos().get(3) {
        Some(v) => vm.int_arg(v)?,
        None => -1,
    };
    let t = this(&a);
    vm.claim(if new.len() > old.len() {
        (t.len() + 1)
            .saturating_mul(new.len().max(1))
            .min(t.len() + (t.len() / old.len().max(1) + 1).saturating_mul(new.len()))
    } else {
        t.len()
    })?;
    make(&a, b::replace(&t, &old, &new, n)?)
}

fn split(
    vm: &mut Vm,
    a: &Args<'_>,
    name: &str,
    f: impl for<'b> Fn(&'b [u8], Option<&[u8]>, i64) -> crate::program::text::Result<Vec<&'b [u8]>>,
) -> Res<Value> {
    arity(a, name, 1, 0, 2)?;
    let sep = match a.get(1, "sep") {
        None | Some(Value::None) => None,
        Some(v) => Some(bytes_arg(v)?),
    };
    let n = match a.get(2, "maxsplit") {
        Some(v) => vm.int_arg(v)?,
        None => -1,
    };
    let t = this(a);
    let parts = f(&t, sep.as_deref(), n)?;
    vm.claim(t.len() + parts.len() * 64)?;
    Ok(Value::list(
        parts.into_iter().map(|x| like(a, x.to_vec())).collect(),
    ))
}

fn strip(a: &Args<'_>, side: Side) -> Res<Value> {
    arity(a, "strip", 1, 0, 1)?;
    let chars = match a.pos().get(1) {
        None | Some(Value::None) => None,
        Some(v) => Some(bytes_arg(v)?),
    };
    make(a, b::strip(&this(a), chars.as_deref(), side).to_vec())
}

fn join(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "bytes.join", 1, 1, 1)?;
    if !vm.is_iterable(&a.all[1]) {
        return type_error("can only join an iterable");
    }
    vm.collect_then(
        &a.all[1],
        |vm, state, items| {
            let Value::List(items) = &items else {
                return Ok(Value::None);
            };
            let mut parts = Vec::new();
            let mut total = 0;
            for (i, v) in items.borrow().iter().enumerate() {
                match bytes_like(v) {
                    Some(x) => {
                        total += x.len();
                        parts.push(x);
                    }
                    None => {
                        return type_error(format!(
                            "sequence item {i}: expected a bytes-like object, {} found",
                            type_name(v)
                        ));
                    }
                }
            }
            let sep = bytes_like(&state[0]).unwrap_or_default();
            vm.claim(total + sep.len() * parts.len())?;
            let a = Args::positional(&state);
            make(&a, b::join(&sep, &parts)?)
        },
        vec![a.all[0].clone()],
    )
}

fn pad(
    vm: &mut Vm,
    a: &Args<'_>,
    f: impl Fn(&[u8], i64, u8) -> crate::program::text::Result<Vec<u8>>,
) -> Res<Value> {
    arity(a, "center", 1, 1, 2)?;
    let n = vm.int_arg(&a.all[1])?;
    vm.claim(usize::try_from(n).unwrap_or(0))?;
    let fill = match a.pos().get(2) {
        None => b' ',
        Some(v) => match bytes_like(v).as_deref() {
            Some([c]) => *c,
            _ => {
                return type_error(format!(
                    "center() argument 2 must be a byte string of length 1, not {}",
                    type_name(v)
                ));
            }
        },
    };
    make(a, f(&this(a), n, fill)?)
}

fn decode(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "decode", 1, 0, 2)?;
    let encoding = word(&a, "decode", (1, "encoding"), "utf-8")?;
    let errors = word(&a, "decode", (2, "errors"), "strict")?;
    let decoded = match a.all[0].inner() {
        Value::Bytes(b) => vm.claim(b.len()).map(|()| codec::decode(b, encoding, errors)),
        Value::ByteArray(b) => {
            let b = b.borrow();
            vm.claim(b.len()).map(|()| codec::decode(&b, encoding, errors))
        }
        _ => Ok(Ok(String::new())),
    };
    match decoded? {
        Ok(s) => Ok(Value::str(s)),
        Err(e) => Err(codec_error(e, a.all[0].clone())),
    }
}

fn new(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let Value::Class(class) = a.all[0].clone() else {
        return Ok(Value::None);
    };
    let v = content(vm, &a, "bytes")?;
    Ok(vm.wrap(&class, Value::bytes(v)))
}

fn new_array(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let Value::Class(class) = a.all[0].clone() else {
        return Ok(Value::None);
    };
    let v = content(vm, &a, "bytearray")?;
    Ok(vm.wrap(&class, Value::ByteArray(Rc::new(v.into()))))
}

/// bytes(), bytes(5), bytes('x', 'utf-8'), bytes([1, 2])
fn content(vm: &mut Vm, a: &Args<'_>, name: &str) -> Res<Vec<u8>> {
    arity(a, name, 1, 0, 3)?;
    let Some(v) = a.get(1, "source") else {
        return Ok(Vec::new());
    };
    let encoding = a.get(2, "encoding").and_then(Value::as_str);
    let errors = a.get(3, "errors").and_then(Value::as_str);
    if let Some(text) = v.as_str() {
        let Some(encoding) = encoding else {
            return type_error("string argument without an encoding");
        };
        return match codec::encode(text, encoding, errors.unwrap_or("strict")) {
            Ok(b) => Ok(b),
            Err(e) => Err(codec_error(e, v.clone())),
        };
    }
    if encoding.is_some() {
        return type_error("encoding without a string argument");
    }
    if let Some(b) = bytes_like(v) {
        vm.claim(b.len())?;
        return Ok(b);
    }
    if let Some(n) = to_i64(v) {
        let Ok(n) = usize::try_from(n) else {
            return value_error("negative count");
        };
        vm.claim(n)?;
        return Ok(vec![0; n]);
    }
    if let Some(m) = vm.dunder(v, &crate::program::value::Name::new("__bytes__")) {
        let r = vm.call_sync(m, vec![v.clone()])?;
        return bytes_arg(&r);
    }
    if !vm.is_iterable(v) {
        return type_error(format!("cannot convert '{}' object to {name}", type_name(v)));
    }
    let mut out = Vec::new();
    for item in vm.collect_sync(v.clone())? {
        match to_i64(&item) {
            Some(n) => match u8::try_from(n) {
                Ok(n) => out.push(n),
                Err(_) => {
                    return value_error(
                        format!("{name} must be in range(0, 256)").replace("bytearray", "byte"),
                    );
                }
            },
            None => {
                return type_error(format!(
                    "'{}' object cannot be interpreted as an integer",
                    type_name(&item)
                ));
            }
        }
    }
    Ok(out)
}

/// bytes % argument
pub fn percent(vm: &mut Vm, text: &Rc<Box<[u8]>>, argument: &Value) -> Res<Value> {
    let parsed = p::parse_bytes(text);
    let mut args = super::str::Arguments::new(argument);
    let mut out = Vec::new();
    for piece in &parsed.pieces {
        match piece {
            p::Piece::Literal(t) => out.extend_from_slice(t),
            p::Piece::Directive(d) => {
                let (v, layout) = args.take(vm, d, |k| Value::bytes(k))?;
                match d.kind {
                    's' | 'b' => match bytes_like(&v) {
                        Some(x) => out.extend(p::bytes(&x, &layout)?),
                        None => {
                            return type_error(format!(
                                "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
                                type_name(&v)
                            ));
                        }
                    },
                    'r' | 'a' => {
                        let r = repr::repr_then(vm, v, |_, _, s| Ok(s), Vec::new());
                        let v = vm.settle(r)?;
                        let t = repr::to_ascii(v.as_str().unwrap_or(""));
                        out.extend(p::bytes(t.as_bytes(), &layout)?);
                    }
                    'c' => {
                        let x = match (bytes_like(&v), to_i64(&v)) {
                            (Some(x), _) if x.len() == 1 => x,
                            (_, Some(n @ 0..=255)) => vec![n as u8],
                            (_, Some(_)) => return Err(raise("OverflowError", "%c arg not in range(256)")),
                            _ => return type_error("%c requires an integer in range(256) or a single byte"),
                        };
                        out.extend(p::bytes(&x, &layout)?);
                    }
                    kind => {
                        out.extend(
                            super::str::number_directive(vm, kind, d.index, &v, &layout)?.into_bytes(),
                        );
                    }
                }
                vm.claim(out.len())?;
            }
        }
    }
    if let Some(e) = parsed.fault {
        return Err(e.into());
    }
    args.finish()?;
    Ok(Value::bytes(out))
}
