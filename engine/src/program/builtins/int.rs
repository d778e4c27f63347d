//! int and bool.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::args::arity;
use crate::program::code::{Bin, Cmp, Un};
use crate::program::exceptions::{raise, type_error, value_error};
use crate::program::text::number;
use crate::program::types::type_name;
use crate::program::value::func::Native;
use crate::program::value::{Args, Name, Value};
use crate::program::vm::operator::{to_big, to_i64};
use crate::program::vm::{Res, Vm};

/// int
pub static METHODS: &[Native] = &[
    Native::constructor(new),
    Native::method("bit_length", |_, a| Ok(Value::from(big(&a)?.bits()))),
    Native::method("bit_count", |_, a| {
        let n = big(&a)?;
        Ok(Value::from(
            n.magnitude()
                .iter_u64_digits()
                .map(|d| u64::from(d.count_ones()))
                .sum::<u64>(),
        ))
    }),
    Native::method("conjugate", |_, a| Ok(Value::int(big(&a)?))),
    Native::method("as_integer_ratio", |_, a| {
        Ok(Value::tuple(vec![Value::int(big(&a)?), Value::Int(1)]))
    }),
    Native::method("is_integer", |_, _| Ok(Value::Bool(true))),
    Native::getter("real", |_, a| Ok(Value::int(big(&a)?))),
    Native::getter("imag", |_, _| Ok(Value::Int(0))),
    Native::getter("numerator", |_, a| Ok(Value::int(big(&a)?))),
    Native::getter("denominator", |_, _| Ok(Value::Int(1))),
    Native::method("to_bytes", to_bytes),
    Native::class_method("from_bytes", from_bytes),
    Native::method("__int__", |_, a| Ok(Value::int(big(&a)?))),
    Native::method("__index__", |_, a| Ok(Value::int(big(&a)?))),
    Native::method("__float__", |vm, a| Ok(Value::Float(vm.float_arg(&a.all[0])?))),
    Native::method("__bool__", |_, a| Ok(Value::Bool(!big(&a)?.is_zero()))),
    Native::method("__abs__", |_, a| Ok(Value::int(big(&a)?.abs()))),
    Native::method("__neg__", |vm, a| vm.unary(Un::Neg, a.all[0].inner().clone())),
    Native::method("__invert__", |vm, a| {
        vm.unary(Un::Invert, a.all[0].inner().clone())
    }),
    Native::method("__repr__", super::repr::object_repr),
    Native::method("__str__", super::repr::object_str),
    Native::method("__format__", super::repr::object_format),
    Native::method("__hash__", |vm, a| vm.hash(a.all[0].inner()).map(Value::Int)),
    Native::method("__add__", |vm, a| op(vm, Bin::Add, &a)),
    Native::method("__sub__", |vm, a| op(vm, Bin::Sub, &a)),
    Native::method("__mul__", |vm, a| op(vm, Bin::Mul, &a)),
    Native::method("__truediv__", |vm, a| op(vm, Bin::Div, &a)),
    Native::method("__floordiv__", |vm, a| op(vm, Bin::FloorDiv, &a)),
    Native::method("__mod__", |vm, a| op(vm, Bin::Mod, &a)),
    Native::method("__pow__", |vm, a| op(vm, Bin::Pow, &a)),
    Native::method("__and__", |vm, a| op(vm, Bin::And, &a)),
    Native::method("__or__", |vm, a| op(vm, Bin::Or, &a)),
    Native::method("__xor__", |vm, a| op(vm, Bin::Xor, &a)),
    Native::method("__lt__", |vm, a| cmp(vm, Cmp::Lt, &a)),
    Native::method("__le__", |vm, a| cmp(vm, Cmp::Le, &a)),
    Native::method("__gt__", |vm, a| cmp(vm, Cmp::Gt, &a)),
    Native::method("__ge__", |vm, a| cmp(vm, Cmp::Ge, &a)),
];

/// bool
pub static BOOL: &[Native] = &[Native::constructor(|vm, a| {
    arity(&a, "bool", 1, 0, 1)?;
    match a.pos().get(1) {
        Some(v) => Ok(Value::Bool(vm.truth(v)?)),
        None => Ok(Value::Bool(false)),
    }
})];

/// A binary operator as a method: NotImplemented where the types do not fit.
pub fn op(vm: &mut Vm, op: Bin, a: &Args<'_>) -> Res<Value> {
    arity(a, op.methods()[0], 1, 1, 1)?;
    Ok(vm
        .native_binary(op, a.all[0].inner(), a.all[1].inner())?
        .unwrap_or(Value::NotImplemented))
}

/// A comparison as a method.
pub fn cmp(vm: &mut Vm, cmp: Cmp, a: &Args<'_>) -> Res<Value> {
    arity(a, cmp.method(), 1, 1, 1)?;
    let (x, y) = (a.all[0].inner().clone(), a.all[1].inner().clone());
    let same = crate::program::types::class_of(&x).base == crate::program::types::class_of(&y).base
        || (to_big(&x).is_some() && to_big(&y).is_some());
    if same {
        vm.compare(cmp, x, y)
    } else {
        Ok(Value::NotImplemented)
    }
}

fn big(a: &Args<'_>) -> Res<BigInt> {
    match to_big(&a.all[0]) {
        Some(n) => Ok(n),
        None => type_error(format!(
            "descriptor requires a 'int' object but received a '{}'",
            type_name(&a.all[0])
        )),
    }
}

/// int(x=0), int(text, base=10)
fn new(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let Value::Class(class) = a.all[0].clone() else {
        return Ok(Value::None);
    };
    arity(&a, "int", 1, 0, 2)?;
    let base = match a.get(2, "base") {
        Some(v) => Some(vm.int_arg(v)?),
        None => None,
    };
    let Some(x) = a.pos().get(1) else {
        return Ok(vm.wrap(&class, Value::Int(0)));
    };
    let v = match (x.inner(), base) {
        (Value::Str(s), _) => parse(vm, s.as_str(), base)?,
        (b @ (Value::Bytes(_) | Value::ByteArray(_)), _) => {
            let bytes = super::bytes::bytes_like(b).unwrap_or_default();
            vm.charge(bytes.len() / 8);
            Value::int(number::parse_int_bytes(&bytes, base_of(base)?)?)
        }
        (_, Some(_)) => return type_error("int() can't convert non-string with explicit base"),
        (Value::Int(n), _) => Value::Int(*n),
        (Value::Bool(b), _) => Value::Int(i64::from(*b)),
        (Value::Big(n), _) => Value::Big(n.clone()),
        (Value::Float(x), _) => Value::int(number::float_to_int(*x)?),
        (other, _) => {
            for name in ["__int__", "__index__", "__trunc__"] {
                if let Some(m) = vm.dunder(x, &Name::new(name)) {
                    let v = vm.call_sync(m, vec![x.clone()])?;
                    let Some(n) = to_big(&v) else {
                        return type_error(format!("{name} returned non-int (type {})", type_name(&v)));
                    };
                    return Ok(vm.wrap(&class, Value::int(n)));
                }
            }
            return type_error(format!(
                "int() argument must be a string, a bytes-like object or a real number, not '{}'",
                type_name(other)
            ));
        }
    };
    Ok(vm.wrap(&class, v))
}

fn base_of(base: Option<i64>) -> Res<u32> {
    match base {
        None => Ok(10),
        Some(b) if b == 0 || (2..=36).contains(&b) => Ok(b as u32),
        Some(_) => value_error("int() base must be >= 2 and <= 36, or 0"),
    }
}

fn parse(vm: &mut Vm, text: &str, base: Option<i64>) -> Res<Value> {
    let base = base_of(base)?;
    if base == 10
        && text.len() < 18
        && let Ok(n) = text.parse::<i64>()
        && !text.starts_with('+')
    {
        return Ok(Value::Int(n));
    }
    vm.charge(text.len() / 8);
    Ok(Value::int(number::parse_int(text, base)?))
}

fn to_bytes(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let n = big(&a)?;
    let length = match a.get(1, "length") {
        Some(v) => vm.int_arg(v)?,
        None => 1,
    };
    let Ok(length) = usize::try_from(length) else {
        return value_error("length argument must be non-negative");
    };
    vm.claim(length)?;
    let signed = match a.keyword("signed") {
        Some(v) => vm.truth(v)?,
        None => false,
    };
    let little = order(a.get(2, "byteorder"))?;
    Ok(Value::bytes(number::int_to_bytes(&n, length, little, signed)?))
}

fn from_bytes(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let Some(v) = a.get(1, "bytes") else {
        return type_error("from_bytes() missing required argument 'bytes' (pos 1)");
    };
    let bytes = match super::bytes::bytes_like(v) {
        Some(b) => b,
        None => {
            let items = vm.collect_sync(v.clone())?;
            items.iter().map(|v| to_i64(v).unwrap_or(0) as u8).collect()
        }
    };
    let signed = match a.keyword("signed") {
        Some(v) => vm.truth(v)?,
        None => false,
    };
    let little = order(a.get(2, "byteorder"))?;
    Ok(Value::int(number::int_from_bytes(&bytes, little, signed)))
}

fn order(v: Option<&Value>) -> Res<bool> {
    match v {
        None => Ok(false),
        Some(v) => match v.as_str() {
            Some("little") => Ok(true),
            Some("big") => Ok(false),
            Some(_) => value_error("byteorder must be either 'little' or 'big'"),
            None => type_error(format!("argument 'byteorder' must be str, not {}", type_name(v))),
        },
    }
}

/// pow(a, b, m)
pub fn pow_mod(vm: &mut Vm, x: &BigInt, y: &BigInt, m: &BigInt) -> Res<Value> {
    if m.is_zero() {
        return value_error("pow() 3rd argument cannot be 0");
    }
    vm.charge((y.bits() * (m.bits() / 64 + 1)) as usize / 8);
    if y.is_negative() {
        let Some(inverse) = x.modinv(m) else {
            return value_error("base is not invertible for the given modulus");
        };
        return Ok(Value::int(power(&inverse, &-y, m)));
    }
    Ok(Value::int(power(x, y, m)))
}

/// The remainder of `x` to the power `y`, bit by bit of `y`. That of `BigInt` is three times as quick where `m` is large, and
/// 4 KB of the page.
fn power(x: &BigInt, y: &BigInt, m: &BigInt) -> BigInt {
    let mut out = BigInt::one().mod_floor(m);
    for bit in (0..y.bits()).rev() {
        out = (&out * &out).mod_floor(m);
        if y.bit(bit) {
            out = (out * x).mod_floor(m);
        }
    }
    out
}

/// Fits an ssize_t?
pub fn to_size(n: &BigInt) -> Res<i64> {
    match n.to_i64() {
        Some(n) => Ok(n),
        None => Err(raise(
            "OverflowError",
            "cannot fit 'int' into an index-sized integer",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_of_a_remainder_is_what_bigint_says() {
        for x in -9_i64..=9 {
            for y in 0_u32..=9 {
                for m in (-9_i64..=9).filter(|m| *m != 0) {
                    let far = BigInt::from(7) << 130;
                    for [x, m] in [[x.into(), m.into()], [&far * x, &far * m + 1]] {
                        let y = y.into();
                        assert_eq!(power(&x, &y, &m), x.modpow(&y, &m), "pow({x}, {y}, {m})");
                    }
                }
            }
        }
    }
}
