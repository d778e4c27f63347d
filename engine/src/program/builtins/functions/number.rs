//! Numbers: `abs`, `round`, `pow`, `divmod`, `sum`, `ord`, `hex` and the like.

use crate::program::builtins::args::{arity, keywords};
use crate::program::builtins::{bytes, int};
use crate::program::code::Bin;
use crate::program::exceptions::{raise, type_error};
use crate::program::text::number;
use crate::program::types::type_name;
use crate::program::value::{Args, Name, Value};
use crate::program::vm::control::tail;
use crate::program::vm::operator::{to_big, to_f64};
use crate::program::vm::{Res, Vm};

pub(super) fn abs(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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

pub(super) fn round(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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

pub(super) fn pow(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "pow", 0, 2, 3)?;
    match a.pos().get(2) {
        None | Some(Value::None) => vm.binary(Bin::Pow, a.all[0].clone(), a.all[1].clone()),
        Some(m) => match (to_big(&a.all[0]), to_big(&a.all[1]), to_big(m)) {
            (Some(x), Some(y), Some(m)) => int::pow_mod(vm, &x, &y, &m),
            _ => type_error("pow() 3rd argument not allowed unless all arguments are integers"),
        },
    }
}

pub(super) fn divmod(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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

pub(super) fn sum(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    keywords(&a, "sum", &["start"])?;
    arity(&a, "sum", 0, 1, 2)?;
    let start = a.get(1, "start").cloned().unwrap_or(Value::Int(0));
    if start.as_str().is_some() {
        return type_error("sum() can't sum strings [use ''.join(seq) instead]");
    }
    if bytes::bytes_like(&start).is_some() {
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

pub(super) fn ord(_: &mut Vm, a: Args<'_>) -> Res<Value> {
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
    match bytes::bytes_like(v) {
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

pub(super) fn radix(vm: &mut Vm, a: &Args<'_>, name: &str, base: u32, prefix: &str) -> Res<Value> {
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
