//! float.

use num_bigint::BigInt;

use super::args::arity;
use super::int::{cmp, op};
use crate::program::code::{Bin, Cmp, Un};
use crate::program::exceptions::{raise, type_error, value_error};
use crate::program::text::number;
use crate::program::types::type_name;
use crate::program::value::func::Native;
use crate::program::value::{Args, Name, Value};
use crate::program::vm::operator::to_f64;
use crate::program::vm::{Res, Vm};

/// float
pub static METHODS: &[Native] = &[
    Native::constructor(new),
    Native::method("is_integer", |_, a| {
        let x = this(&a);
        Ok(Value::Bool(x.is_finite() && x.fract() == 0.0))
    }),
    Native::method("as_integer_ratio", |_, a| ratio(this(&a))),
    Native::method("conjugate", |_, a| Ok(Value::Float(this(&a)))),
    Native::method("hex", |_, a| Ok(Value::str(hex(this(&a))))),
    Native::getter("real", |_, a| Ok(Value::Float(this(&a)))),
    Native::getter("imag", |_, _| Ok(Value::Float(0.0))),
    Native::method("__float__", |_, a| Ok(Value::Float(this(&a)))),
    Native::method("__int__", |_, a| Ok(Value::int(number::float_to_int(this(&a))?))),
    Native::method("__abs__", |_, a| Ok(Value::Float(this(&a).abs()))),
    Native::method("__neg__", |vm, a| vm.unary(Un::Neg, a.all[0].inner().clone())),
    Native::method("__repr__", super::repr::object_repr),
    Native::method("__str__", super::repr::object_str),
    Native::method("__format__", super::repr::object_format),
    Native::method("__add__", |vm, a| op(vm, Bin::Add, &a)),
    Native::method("__sub__", |vm, a| op(vm, Bin::Sub, &a)),
    Native::method("__mul__", |vm, a| op(vm, Bin::Mul, &a)),
    Native::method("__truediv__", |vm, a| op(vm, Bin::Div, &a)),
    Native::method("__lt__", |vm, a| cmp(vm, Cmp::Lt, &a)),
    Native::method("__le__", |vm, a| cmp(vm, Cmp::Le, &a)),
    Native::method("__gt__", |vm, a| cmp(vm, Cmp::Gt, &a)),
    Native::method("__ge__", |vm, a| cmp(vm, Cmp::Ge, &a)),
];

fn this(a: &Args<'_>) -> f64 {
    to_f64(&a.all[0]).unwrap_or(0.0)
}

fn new(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let Value::Class(class) = a.all[0].clone() else {
        return Ok(Value::None);
    };
    arity(&a, "float", 1, 0, 1)?;
    let Some(x) = a.pos().get(1) else {
        return Ok(vm.wrap(&class, Value::Float(0.0)));
    };
    let v = match x.inner() {
        Value::Str(s) => number::parse_float(s.as_str())?,
        b @ (Value::Bytes(_) | Value::ByteArray(_)) => {
            number::parse_float_bytes(&super::bytes::bytes_like(b).unwrap_or_default())?
        }
        other => match to_f64(other) {
            Some(x) => x,
            None if matches!(other, Value::Big(_)) => {
                return Err(raise("OverflowError", "int too large to convert to float"));
            }
            None => {
                for name in ["__float__", "__index__"] {
                    if let Some(m) = vm.dunder(x, &Name::new(name)) {
                        let v = vm.call_sync(m, vec![x.clone()])?;
                        let x = vm.float_arg(&v)?;
                        return Ok(vm.wrap(&class, Value::Float(x)));
                    }
                }
                return type_error(format!(
                    "float() argument must be a string or a real number, not '{}'",
                    type_name(other)
                ));
            }
        },
    };
    Ok(vm.wrap(&class, Value::Float(v)))
}

fn ratio(x: f64) -> Res<Value> {
    if x.is_nan() {
        return value_error("cannot convert NaN to integer ratio");
    }
    if x.is_infinite() {
        return Err(raise("OverflowError", "cannot convert Infinity to integer ratio"));
    }
    let mut n = x;
    let mut shift = 0_u32;
    while n.fract() != 0.0 {
        n *= 2.0;
        shift += 1;
    }
    Ok(Value::tuple(vec![
        Value::int(number::float_to_int(n)?),
        Value::int(BigInt::from(1) << shift),
    ]))
}

fn hex(x: f64) -> String {
    if x.is_nan() {
        return "nan".to_owned();
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    if x.is_infinite() {
        return format!("{sign}inf");
    }
    let bits = x.abs().to_bits();
    let mantissa = bits & ((1 << 52) - 1);
    let raw = (bits >> 52) as i64;
    if bits == 0 {
        return format!("{sign}0x0.0p+0");
    }
    let (lead, exponent) = if raw == 0 { (0, -1022) } else { (1, raw - 1023) };
    format!("{sign}0x{lead}.{mantissa:013x}p{exponent:+}")
}
