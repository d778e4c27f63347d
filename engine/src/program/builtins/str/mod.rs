//! str: its methods, `%` and format().
//!
//! ```text
//! mod.rs       the methods
//! format.rs    str.format()
//! percent.rs   %
//! ```

mod format;
mod percent;

pub use percent::{Arguments, number_directive, percent};

use super::args::{arity, codec_error, no_keywords, word};
use super::int::{cmp, op};
use super::repr;
use crate::program::code::{Bin, Cmp};
use crate::program::exceptions::type_error;
use crate::program::text::strings::Side;
use crate::program::text::{codec, strings as s};
use crate::program::types::type_name;
use crate::program::value::func::Native;
use crate::program::value::{Args, Dict, Key, Value};
use crate::program::vm::operator::to_i64;
use crate::program::vm::{Res, Vm};
use format::format;
use std::rc::Rc;

/// str
pub static METHODS: &[Native] = &[
    Native::constructor(new),
    Native::method("upper", |_, a| text0(&a, "upper", s::upper)),
    Native::method("lower", |_, a| text0(&a, "lower", s::lower)),
    Native::method("casefold", |_, a| text0(&a, "casefold", s::casefold)),
    Native::method("capitalize", |_, a| text0(&a, "capitalize", s::capitalize)),
    Native::method("title", |_, a| text0(&a, "title", s::title)),
    Native::method("swapcase", |_, a| text0(&a, "swapcase", s::swapcase)),
    Native::method("isspace", |_, a| test(&a, "isspace", s::is_space)),
    Native::method("isalpha", |_, a| test(&a, "isalpha", s::is_alpha)),
    Native::method("isalnum", |_, a| test(&a, "isalnum", s::is_alnum)),
    Native::method("isdecimal", |_, a| test(&a, "isdecimal", s::is_decimal)),
    Native::method("isdigit", |_, a| test(&a, "isdigit", s::is_digit)),
    Native::method("isnumeric", |_, a| test(&a, "isnumeric", s::is_numeric)),
    Native::method("isprintable", |_, a| test(&a, "isprintable", s::is_printable)),
    Native::method("isidentifier", |_, a| test(&a, "isidentifier", s::is_identifier)),
    Native::method("isupper", |_, a| test(&a, "isupper", s::is_upper)),
    Native::method("islower", |_, a| test(&a, "islower", s::is_lower)),
    Native::method("istitle", |_, a| test(&a, "istitle", s::is_title)),
    Native::method("isascii", |_, a| test(&a, "isascii", str::is_ascii)),
    Native::method("find", |vm, a| {
        let (t, sub, i, j) = search(vm, &a, "find")?;
        Ok(s::find(t, sub, i, j).map_or(Value::Int(-1), Value::from))
    }),
    Native::method("rfind", |vm, a| {
        let (t, sub, i, j) = search(vm, &a, "rfind")?;
        Ok(s::rfind(t, sub, i, j).map_or(Value::Int(-1), Value::from))
    }),
    Native::method("index", |vm, a| {
        let (t, sub, i, j) = search(vm, &a, "index")?;
        Ok(Value::from(s::index(t, sub, i, j)?))
    }),
    Native::method("rindex", |vm, a| {
        let (t, sub, i, j) = search(vm, &a, "rindex")?;
        Ok(Value::from(s::rindex(t, sub, i, j)?))
    }),
    Native::method("count", |vm, a| {
        let (t, sub, i, j) = search(vm, &a, "count")?;
        Ok(Value::from(s::count(t, sub, i, j)))
    }),
    Native::method("startswith", |vm, a| affix(vm, &a, "startswith", s::starts_with)),
    Native::method("endswith", |vm, a| affix(vm, &a, "endswith", s::ends_with)),
    Native::method("removeprefix", |_, a| {
        let (t, x) = one(&a, "removeprefix")?;
        Ok(Value::str(s::remove_prefix(t, x)))
    }),
    Native::method("removesuffix", |_, a| {
        let (t, x) = one(&a, "removesuffix")?;
        Ok(Value::str(s::remove_suffix(t, x)))
    }),
    Native::method("replace", replace),
    Native::method("split", |vm, a| split(vm, &a, "split", s::split)),
    Native::method("rsplit", |vm, a| split(vm, &a, "rsplit", s::rsplit)),
    Native::method("splitlines", |vm, a| {
        let keep = match a.get(1, "keepends") {
            Some(v) => vm.truth(v)?,
            None => false,
        };
        Ok(Value::list(
            s::split_lines(this(&a), keep)
                .into_iter()
                .map(Value::str)
                .collect(),
        ))
    }),
    Native::method("partition", |_, a| {
        let (t, x) = one(&a, "partition")?;
        let (l, m, r) = s::partition(t, x)?;
        Ok(Value::tuple(vec![Value::str(l), Value::str(m), Value::str(r)]))
    }),
    Native::method("rpartition", |_, a| {
        let (t, x) = one(&a, "rpartition")?;
        let (l, m, r) = s::rpartition(t, x)?;
        Ok(Value::tuple(vec![Value::str(l), Value::str(m), Value::str(r)]))
    }),
    Native::method("strip", |_, a| strip(&a, "strip", Side::Both)),
    Native::method("lstrip", |_, a| strip(&a, "lstrip", Side::Left)),
    Native::method("rstrip", |_, a| strip(&a, "rstrip", Side::Right)),
    Native::method("join", join),
    Native::method("center", |vm, a| pad(vm, &a, "center", s::center)),
    Native::method("ljust", |vm, a| pad(vm, &a, "ljust", s::ljust)),
    Native::method("rjust", |vm, a| pad(vm, &a, "rjust", s::rjust)),
    Native::method("zfill", |vm, a| {
        arity(&a, "str.zfill", 1, 1, 1)?;
        let n = vm.int_arg(&a.all[1])?;
        vm.claim(usize::try_from(n).unwrap_or(0))?;
        Ok(Value::str(s::zfill(this(&a), n)?))
    }),
    Native::method("expandtabs", |vm, a| {
        let n = match a.get(1, "tabsize") {
            Some(v) => vm.int_arg(v)?,
            None => 8,
        };
        Ok(Value::str(s::expand_tabs(this(&a), n)?))
    }),
    Native::method("encode", encode),
    Native::method("format", format),
    Native::method("format_map", |vm, a| {
        arity(&a, "str.format_map", 1, 1, 1)?;
        let f = vm.prelude_function("format_map");
        crate::program::vm::control::tail(f, vec![a.all[0].inner().clone(), a.all[1].clone()])
    }),
    Native::method("translate", translate),
    Native::function("maketrans", maketrans),
    Native::method("__len__", |_, a| Ok(Value::from(s::len(this(&a))))),
    Native::method("__getitem__", |vm, a| {
        arity(&a, "str.__getitem__", 1, 1, 1)?;
        vm.subscript(a.all[0].inner().clone(), a.all[1].clone())
    }),
    Native::method("__contains__", |vm, a| {
        arity(&a, "str.__contains__", 1, 1, 1)?;
        Ok(Value::Bool(vm.contains(
            a.all[0].inner().clone(),
            a.all[1].clone(),
            true,
        )?))
    }),
    Native::method("__iter__", |vm, a| vm.get_iter(a.all[0].inner().clone())),
    Native::method("__add__", |vm, a| op(vm, Bin::Add, &a)),
    Native::method("__mul__", |vm, a| op(vm, Bin::Mul, &a)),
    Native::method("__mod__", |vm, a| op(vm, Bin::Mod, &a)),
    Native::method("__lt__", |vm, a| cmp(vm, Cmp::Lt, &a)),
    Native::method("__le__", |vm, a| cmp(vm, Cmp::Le, &a)),
    Native::method("__gt__", |vm, a| cmp(vm, Cmp::Gt, &a)),
    Native::method("__ge__", |vm, a| cmp(vm, Cmp::Ge, &a)),
    Native::method("__hash__", |vm, a| vm.hash(a.all[0].inner()).map(Value::Int)),
    Native::method("__repr__", repr::object_repr),
    Native::method("__str__", repr::object_str),
    Native::method("__format__", repr::object_format),
];

fn this<'a>(a: &Args<'a>) -> &'a str {
    a.all.first().and_then(Value::as_str).unwrap_or("")
}

/// Takes so many arguments. The full name is made for the error only.
fn exactly(a: &Args<'_>, name: &str, count: usize) -> Res<()> {
    if a.pos().len() == count + 1 {
        return Ok(());
    }
    arity(a, &format!("str.{name}"), 1, count, count)
}

/// Takes no keywords.
fn positional(a: &Args<'_>, name: &str) -> Res<()> {
    if a.names.is_empty() {
        return Ok(());
    }
    no_keywords(a, &format!("str.{name}"))
}

fn text0(a: &Args<'_>, name: &str, f: impl Fn(&str) -> String) -> Res<Value> {
    exactly(a, name, 0)?;
    check(a, name)?;
    Ok(Value::str(f(this(a))))
}

fn check(a: &Args<'_>, name: &str) -> Res<()> {
    match a.all.first() {
        Some(v) if v.as_str().is_some() => Ok(()),
        Some(v) => type_error(format!(
            "descriptor '{name}' for 'str' objects doesn't apply to a '{}' object",
            type_name(v)
        )),
        None => type_error(format!("unbound method str.{name}() needs an argument")),
    }
}

fn test(a: &Args<'_>, name: &str, f: impl Fn(&str) -> bool) -> Res<Value> {
    exactly(a, name, 0)?;
    Ok(Value::Bool(f(this(a))))
}

fn one<'a>(a: &Args<'a>, name: &str) -> Res<(&'a str, &'a str)> {
    exactly(a, name, 1)?;
    match a.all[1].as_str() {
        Some(x) => Ok((this(a), x)),
        None => type_error(if name.contains("partition") {
            format!("must be str, not {}", type_name(&a.all[1]))
        } else {
            format!("{name}() argument must be str, not {}", type_name(&a.all[1]))
        }),
    }
}

type Found<'a> = (&'a str, &'a str, Option<i64>, Option<i64>);

fn search<'a>(vm: &mut Vm, a: &Args<'a>, name: &str) -> Res<Found<'a>> {
    positional(a, name)?;
    arity(a, name, 1, 1, 3)?;
    let Some(sub) = a.all[1].as_str() else {
        return type_error(format!("must be str, not {}", type_name(&a.all[1])));
    };
    let i = vm.bound_arg(a.pos().get(2))?;
    let j = vm.bound_arg(a.pos().get(3))?;
    let t = this(a);
    vm.charge(t.len() / 256);
    Ok((t, sub, i, j))
}

fn affix(
    vm: &mut Vm,
    a: &Args<'_>,
    name: &str,
    f: impl Fn(&str, &[&str], Option<i64>, Option<i64>) -> bool,
) -> Res<Value> {
    arity(a, name, 1, 1, 3)?;
    let list: Vec<&str> = match a.all[1].inner() {
        Value::Tuple(t) => {
            let mut out = Vec::new();
            for v in t.iter() {
                match v.as_str() {
                    Some(x) => out.push(x),
                    None => {
                        return type_error(format!(
                            "tuple for {name} must only contain str, not {}",
                            type_name(v)
                        ));
                    }
                }
            }
            out
        }
        other => match other.as_str() {
            Some(x) => vec![x],
            None => {
                return type_error(format!(
                    "{name} first arg must be str or a tuple of str, not {}",
                    type_name(other)
                ));
            }
        },
    };
    let i = vm.bound_arg(a.pos().get(2))?;
    let j = vm.bound_arg(a.pos().get(3))?;
    Ok(Value::Bool(f(this(a), &list, i, j)))
}

fn replace(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    no_keywords(&a, "str.replace")?;
    arity(&a, "replace", 1, 2, 3)?;
    for i in [1, 2] {
        if a.all[i].as_str().is_none() {
            return type_error(format!(
                "replace() argument {i} must be str, not {}",
                type_name(&a.all[i])
            ));
        }
    }
    let n = match a.pos().get(3) {
        Some(v) => vm.int_arg(v)?,
        None => -1,
    };
    let (old, new) = (a.all[1].as_str().unwrap_or(""), a.all[2].as_str().unwrap_or(""));
    let t = this(&a);
    vm.claim(t.len())?;
    if new.len() > old.len() {
        let times = if old.is_empty() {
            t.len() + 1
        } else {
            t.matches(old).count()
        };
        vm.claim(t.len().saturating_add(times.saturating_mul(new.len())))?;
    }
    Ok(Value::str(s::replace(t, old, new, n)?))
}

fn split(
    vm: &mut Vm,
    a: &Args<'_>,
    name: &str,
    f: impl for<'b> Fn(&'b str, Option<&str>, i64) -> crate::program::text::Result<Vec<&'b str>>,
) -> Res<Value> {
    arity(a, name, 1, 0, 2)?;
    let sep = match a.get(1, "sep") {
        None | Some(Value::None) => None,
        Some(v) => match v.as_str() {
            Some(x) => Some(x),
            None => return type_error(format!("must be str or None, not {}", type_name(v))),
        },
    };
    let n = match a.get(2, "maxsplit") {
        Some(v) => vm.int_arg(v)?,
        None => -1,
    };
    let t = this(a);
    let parts = f(t, sep, n)?;
    vm.claim(t.len() + parts.len() * 80)?;
    Ok(Value::list(parts.into_iter().map(Value::str).collect()))
}

fn strip(a: &Args<'_>, name: &str, side: Side) -> Res<Value> {
    positional(a, name)?;
    arity(a, name, 1, 0, 1)?;
    let chars = match a.pos().get(1) {
        None | Some(Value::None) => None,
        Some(v) => match v.as_str() {
            Some(x) => Some(x),
            None => return type_error(format!("{name} arg must be None or str")),
        },
    };
    let t = this(a);
    let stripped = s::strip(t, chars, side);
    if stripped.len() == t.len()
        && let Value::Str(_) = &a.all[0]
    {
        return Ok(a.all[0].clone());
    }
    Ok(Value::str(stripped))
}

fn join(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "str.join", 1, 1, 1)?;
    if !vm.is_iterable(&a.all[1]) {
        return type_error("can only join an iterable");
    }
    vm.collect_then(
        &a.all[1],
        |vm, state, items| {
            let Value::List(items) = &items else {
                return Ok(Value::None);
            };
            let items = items.borrow();
            let mut parts = Vec::with_capacity(items.len());
            let mut total = 0;
            for (i, v) in items.iter().enumerate() {
                match v.as_str() {
                    Some(t) => {
                        total += t.len();
                        parts.push(t);
                    }
                    None => {
                        return type_error(format!(
                            "sequence item {i}: expected str instance, {} found",
                            type_name(v)
                        ));
                    }
                }
            }
            let sep = state[0].as_str().unwrap_or("");
            vm.claim(total + sep.len() * parts.len())?;
            Ok(Value::str(s::join(sep, &parts)?))
        },
        vec![a.all[0].clone()],
    )
}

fn pad(
    vm: &mut Vm,
    a: &Args<'_>,
    name: &str,
    f: impl Fn(&str, i64, char) -> crate::program::text::Result<String>,
) -> Res<Value> {
    arity(a, name, 1, 1, 2)?;
    let n = vm.int_arg(&a.all[1])?;
    vm.claim(usize::try_from(n).unwrap_or(0))?;
    let fill = match a.pos().get(2) {
        None => ' ',
        Some(v) => match v.as_str().map(|t| t.chars().collect::<Vec<_>>()).as_deref() {
            Some([c]) => *c,
            Some(_) => return type_error("The fill character must be exactly one character long"),
            None => {
                return type_error(format!(
                    "The fill character must be a unicode character, not {}",
                    type_name(v)
                ));
            }
        },
    };
    Ok(Value::str(f(this(a), n, fill)?))
}

fn encode(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "encode", 1, 0, 2)?;
    let encoding = word(&a, "encode", (1, "encoding"), "utf-8")?;
    let errors = word(&a, "encode", (2, "errors"), "strict")?;
    let t = this(&a);
    vm.claim(t.len())?;
    match codec::encode(t, encoding, errors) {
        Ok(b) => Ok(Value::bytes(b)),
        Err(e) => Err(codec_error(e, a.all[0].clone())),
    }
}

/// str(object=''), str(bytes, encoding, errors)
fn new(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let Value::Class(class) = a.all[0].clone() else {
        return Ok(Value::None);
    };
    arity(&a, "str", 1, 0, 3)?;
    let Some(v) = a.get(1, "object") else {
        return Ok(vm.wrap(&class, Value::str("")));
    };
    let encoding = a.get(2, "encoding");
    let errors = a.get(3, "errors");
    if encoding.is_some() || errors.is_some() {
        let Some(b) = super::bytes::bytes_like(v) else {
            return type_error(if v.as_str().is_some() {
                "decoding str is not supported".to_owned()
            } else {
                format!(
                    "decoding to str: need a bytes-like object, {} found",
                    type_name(v)
                )
            });
        };
        let encoding =
            super::args::str_arg(encoding.or(Some(&Value::str("utf-8"))), "str", "'encoding'")?.to_owned();
        let errors = errors.and_then(Value::as_str).unwrap_or("strict");
        return match codec::decode(&b, &encoding, errors) {
            Ok(t) => Ok(vm.wrap(&class, Value::str(t))),
            Err(e) => Err(codec_error(e, v.clone())),
        };
    }
    if class.builtin {
        return repr::str_then(vm, v.clone(), |_, _, s| Ok(s), Vec::new());
    }
    repr::str_then(
        vm,
        v.clone(),
        |vm, state, s| match &state[0] {
            Value::Class(c) => Ok(vm.wrap(&c.clone(), s)),
            _ => Ok(s),
        },
        vec![Value::Class(class)],
    )
}

fn translate(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "str.translate", 1, 1, 1)?;
    let table = a.all[1].clone();
    let out = s::translate(this(&a), |code| -> Res<s::Translated> {
        let got = match table.inner() {
            Value::Dict(d) => vm.dict_get(&d.clone(), &Value::from(code))?,
            Value::Str(t) => t
                .as_str()
                .chars()
                .nth(code as usize)
                .map(|c| Value::str(c.to_string())),
            _ => return type_error(format!("'{}' object is not subscriptable", type_name(&table))),
        };
        Ok(match got {
            None => s::Translated::Same,
            Some(Value::None) => s::Translated::Gone,
            Some(v) => match (to_i64(&v), v.as_str()) {
                (Some(n), _) => s::Translated::Code(n as u32),
                (_, Some(t)) => s::Translated::Text(t.to_owned()),
                _ => return type_error("character mapping must return integer, None or str"),
            },
        })
    })?;
    Ok(Value::str(out))
}

fn maketrans(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "maketrans", 0, 1, 3)?;
    let d = Rc::new(Dict::default());
    if let [table] = a.pos() {
        let Value::Dict(given) = table.inner() else {
            return type_error("if you give only one argument to maketrans it must be a dict");
        };
        let entries: Vec<(Key, Value)> = given
            .map
            .borrow()
            .iter()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        for (k, v) in entries {
            let key = match k.value.as_str() {
                Some(t) => match t.chars().collect::<Vec<_>>().as_slice() {
                    [c] => Value::from(crate::program::text::code_point(*c)),
                    _ => {
                        return crate::program::exceptions::value_error(
                            "string keys in translate table must be of length 1",
                        );
                    }
                },
                None => k.value.clone(),
            };
            vm.dict_set(&d, key, v)?;
        }
        return Ok(Value::Dict(d));
    }
    let part = |i: usize| a.pos().get(i).and_then(Value::as_str).unwrap_or("");
    for (from, to) in s::maketrans(part(0), part(1), part(2))? {
        vm.dict_set(&d, Value::from(from), to.map_or(Value::None, Value::from))?;
    }
    Ok(Value::Dict(d))
}
