//! `_math`: what `math` computes natively; frozen/math.py adds what loops over iterables.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{FromPrimitive, One, Signed, ToPrimitive, Zero};

use crate::program::builtins::args::arity;
use crate::program::exceptions::{raise, type_error, value_error};
use crate::program::modules::NativeModule;
use crate::program::text::number;
use crate::program::types::type_name;
use crate::program::value::func::Native;
use crate::program::value::{Args, Name, Value};
use crate::program::vm::{Res, Vm};

/// A factorial or a binomial beyond this is refused: its digits would fill the memory.
const MAX_FACTORIAL: u64 = 20_000;

/// `_math`
pub const MODULE: NativeModule = NativeModule {
    name: "_math",
    functions: FUNCTIONS,
    init: |_, _| Ok(()),
};

/// The functions.
static FUNCTIONS: &[Native] = &[
    Native::function("sqrt", |vm, a| real(vm, &a, "sqrt", f64::sqrt)),
    Native::function("cbrt", |vm, a| real(vm, &a, "cbrt", f64::cbrt)),
    Native::function("exp", |vm, a| real(vm, &a, "exp", f64::exp)),
    Native::function("exp2", |vm, a| real(vm, &a, "exp2", f64::exp2)),
    Native::function("expm1", |vm, a| real(vm, &a, "expm1", f64::exp_m1)),
    Native::function("log1p", |vm, a| real(vm, &a, "log1p", f64::ln_1p)),
    Native::function("sin", |vm, a| real(vm, &a, "sin", f64::sin)),
    Native::function("cos", |vm, a| real(vm, &a, "cos", f64::cos)),
    Native::function("tan", |vm, a| real(vm, &a, "tan", f64::tan)),
    Native::function("asin", |vm, a| real(vm, &a, "asin", f64::asin)),
    Native::function("acos", |vm, a| real(vm, &a, "acos", f64::acos)),
    Native::function("atan", |vm, a| real(vm, &a, "atan", f64::atan)),
    Native::function("sinh", |vm, a| real(vm, &a, "sinh", f64::sinh)),
    Native::function("cosh", |vm, a| real(vm, &a, "cosh", f64::cosh)),
    Native::function("tanh", |vm, a| real(vm, &a, "tanh", f64::tanh)),
    Native::function("asinh", |vm, a| real(vm, &a, "asinh", f64::asinh)),
    Native::function("acosh", |vm, a| real(vm, &a, "acosh", f64::acosh)),
    Native::function("atanh", |vm, a| real(vm, &a, "atanh", f64::atanh)),
    Native::function("fabs", |vm, a| real(vm, &a, "fabs", f64::abs)),
    Native::function("degrees", |vm, a| {
        real(vm, &a, "degrees", |x| x * (180.0 / std::f64::consts::PI))
    }),
    Native::function("radians", |vm, a| {
        real(vm, &a, "radians", |x| x * (std::f64::consts::PI / 180.0))
    }),
    Native::function("atan2", |vm, a| pair(vm, &a, "atan2", f64::atan2)),
    Native::function("copysign", |vm, a| pair(vm, &a, "copysign", f64::copysign)),
    Native::function("pow", pow),
    Native::function("fmod", fmod),
    Native::function("hypot", hypot),
    Native::function("isnan", |vm, a| Ok(Value::Bool(one(vm, &a, "isnan")?.is_nan()))),
    Native::function("isinf", |vm, a| {
        Ok(Value::Bool(one(vm, &a, "isinf")?.is_infinite()))
    }),
    Native::function("isfinite", |vm, a| {
        Ok(Value::Bool(one(vm, &a, "isfinite")?.is_finite()))
    }),
    Native::function("floor", |vm, a| whole(vm, &a, "floor", "__floor__", f64::floor)),
    Native::function("ceil", |vm, a| whole(vm, &a, "ceil", "__ceil__", f64::ceil)),
    Native::function("trunc", |vm, a| whole(vm, &a, "trunc", "__trunc__", f64::trunc)),
    Native::function("modf", |vm, a| {
        let x = one(vm, &a, "modf")?;
        let fraction = if x.is_infinite() {
            0.0_f64.copysign(x)
        } else {
            x.fract().copysign(x)
        };
        Ok(Value::tuple(vec![
            Value::Float(fraction),
            Value::Float(x.trunc()),
        ]))
    }),
    Native::function("frexp", frexp),
    Native::function("ldexp", ldexp),
    Native::function("log", log),
    Native::function("log2", |vm, a| logarithm(vm, &a, "log2", f64::log2, 1.0)),
    Native::function("log10", |vm, a| {
        logarithm(vm, &a, "log10", f64::log10, std::f64::consts::LOG10_2)
    }),
    Native::function("factorial", factorial),
    Native::function("isqrt", |vm, a| {
        arity(&a, "math.isqrt", 0, 1, 1)?;
        let n = vm.big_arg(&a.all[0])?;
        if n.is_negative() {
            return value_error("isqrt() argument must be nonnegative");
        }
        Ok(Value::int(n.sqrt()))
    }),
    Native::function("gcd", |vm, a| {
        let mut out = BigInt::zero();
        for v in a.pos() {
            out = out.gcd(&vm.big_arg(v)?);
        }
        Ok(Value::int(out))
    }),
    Native::function("lcm", |vm, a| {
        let mut out = BigInt::one();
        for v in a.pos() {
            let n = vm.big_arg(v)?;
            out = if n.is_zero() { n } else { out.lcm(&n) };
            vm.claim(out.bits() as usize / 8)?;
        }
        Ok(Value::int(out.abs()))
    }),
    Native::function("comb", |vm, a| choose(vm, &a, true)),
    Native::function("perm", |vm, a| choose(vm, &a, false)),
    Native::function("ulp", |vm, a| {
        let x = one(vm, &a, "ulp")?.abs();
        let next = f64::from_bits(x.to_bits() + 1);
        Ok(Value::Float(if !x.is_finite() {
            x
        } else if next.is_infinite() {
            x - f64::from_bits(x.to_bits() - 1)
        } else {
            next - x
        }))
    }),
];

fn one(vm: &mut Vm, a: &Args<'_>, name: &str) -> Res<f64> {
    arity(a, &format!("math.{name}"), 0, 1, 1)?;
    vm.float_arg(&a.all[0])
}

/// The exceptions of C's errno: a NaN or an infinity that did not come in.
fn checked(result: f64, quiet: bool, range: bool) -> Res<Value> {
    if result.is_nan() && !quiet {
        return value_error("math domain error");
    }
    if result.is_infinite() && !quiet {
        return Err(if range {
            raise("OverflowError", "math range error")
        } else {
            raise("ValueError", "math domain error")
        });
    }
    Ok(Value::Float(result))
}

fn real(vm: &mut Vm, a: &Args<'_>, name: &str, f: fn(f64) -> f64) -> Res<Value> {
    let x = one(vm, a, name)?;
    // Of these functions only some overflow; where the others are infinite the argument is outside of their domain.
    let range = matches!(name, "exp" | "exp2" | "expm1" | "cosh" | "sinh");
    checked(f(x), x.is_nan() || (x.is_infinite() && !f(x).is_nan()), range)
}

fn pair(vm: &mut Vm, a: &Args<'_>, name: &str, f: fn(f64, f64) -> f64) -> Res<Value> {
    arity(a, name, 0, 2, 2)?;
    let (x, y) = (vm.float_arg(&a.all[0])?, vm.float_arg(&a.all[1])?);
    Ok(Value::Float(f(x, y)))
}

fn pow(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "pow", 0, 2, 2)?;
    let (x, y) = (vm.float_arg(&a.all[0])?, vm.float_arg(&a.all[1])?);
    let result = x.powf(y);
    if x == 0.0 && y < 0.0 && y.is_finite() {
        return value_error("math domain error");
    }
    checked(result, !x.is_finite() || !y.is_finite(), true)
}

fn fmod(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "fmod", 0, 2, 2)?;
    let (x, y) = (vm.float_arg(&a.all[0])?, vm.float_arg(&a.all[1])?);
    checked(x % y, x.is_nan() || y.is_nan(), false)
}

fn hypot(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let mut values = Vec::new();
    for v in a.pos() {
        values.push(vm.float_arg(v)?.abs());
    }
    let out = match values[..] {
        [x, y] => x.hypot(y),
        _ => {
            let largest = values.iter().copied().fold(0.0, f64::max);
            if largest == 0.0 || largest.is_infinite() {
                largest
            } else {
                values.iter().map(|x| (x / largest).powi(2)).sum::<f64>().sqrt() * largest
            }
        }
    };
    Ok(Value::Float(out))
}

fn whole(vm: &mut Vm, a: &Args<'_>, name: &str, method: &str, f: fn(f64) -> f64) -> Res<Value> {
    arity(a, &format!("math.{name}"), 0, 1, 1)?;
    match a.all[0].inner() {
        Value::Float(x) => Ok(Value::int(number::float_to_int(f(*x))?)),
        Value::Int(_) | Value::Big(_) | Value::Bool(_) => Ok(Value::int(vm.big_arg(&a.all[0])?)),
        _ => {
            if let Some(m) = vm.dunder(&a.all[0], &Name::new(method)) {
                return vm.call_sync(m, vec![a.all[0].clone()]);
            }
            if name == "trunc" {
                return type_error(format!(
                    "type {} doesn't define __trunc__ method",
                    type_name(&a.all[0])
                ));
            }
            let x = vm.float_arg(&a.all[0])?;
            Ok(Value::int(number::float_to_int(f(x))?))
        }
    }
}

fn frexp(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let x = one(vm, &a, "frexp")?;
    if x == 0.0 || !x.is_finite() {
        return Ok(Value::tuple(vec![Value::Float(x), Value::Int(0)]));
    }
    // Subnormal numbers are made normal first.
    let (scaled, shift) = if x.abs() < f64::MIN_POSITIVE {
        (x * 2_f64.powi(54), -54)
    } else {
        (x, 0)
    };
    let exponent = (scaled.to_bits() >> 52 & 0x7FF) as i64 - 1022;
    let mantissa = f64::from_bits(scaled.to_bits() & !(0x7FF << 52) | 1022 << 52);
    Ok(Value::tuple(vec![
        Value::Float(mantissa),
        Value::Int(exponent + shift),
    ]))
}

fn ldexp(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "ldexp", 0, 2, 2)?;
    let (x, exponent) = (
        vm.float_arg(&a.all[0])?,
        vm.int_arg(&a.all[1])?.clamp(-5000, 5000) as i32,
    );
    // In steps, so that 2^exponent itself neither overflows nor vanishes.
    let mut out = x;
    let mut left = exponent;
    while left != 0 && out != 0.0 && out.is_finite() {
        let step = left.clamp(-1000, 1000);
        out *= 2_f64.powi(step);
        left -= step;
    }
    checked(out, !x.is_finite(), true)
}

fn log(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "log", 0, 1, 2)?;
    let ln = |vm: &mut Vm, v: &Value| log_of(vm, v, f64::ln, std::f64::consts::LN_2);
    let numerator = ln(vm, &a.all[0])?;
    let Some(base) = a.pos().get(1) else {
        return Ok(Value::Float(numerator));
    };
    let denominator = ln(vm, base)?;
    if denominator == 0.0 {
        return Err(raise("ZeroDivisionError", "float division by zero"));
    }
    Ok(Value::Float(numerator / denominator))
}

fn logarithm(vm: &mut Vm, a: &Args<'_>, name: &str, f: fn(f64) -> f64, of_two: f64) -> Res<Value> {
    arity(a, &format!("math.{name}"), 0, 1, 1)?;
    log_of(vm, &a.all[0], f, of_two).map(Value::Float)
}

/// A logarithm, of ints of any size too.
fn log_of(vm: &mut Vm, v: &Value, f: fn(f64) -> f64, of_two: f64) -> Res<f64> {
    if let Value::Big(n) = v.inner() {
        if n.is_negative() {
            return value_error("math domain error");
        }
        if let Some(x) = n.to_f64().filter(|x| x.is_finite()) {
            return Ok(f(x));
        }
        let shift = n.bits() - 64;
        let top = (&**n >> shift).to_f64().unwrap_or(1.0);
        return Ok(f(top) + shift as f64 * of_two);
    }
    let x = vm.float_arg(v)?;
    if x <= 0.0 {
        value_error("math domain error")
    } else {
        Ok(f(x))
    }
}

fn factorial(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "math.factorial", 0, 1, 1)?;
    if matches!(a.all[0].inner(), Value::Float(_)) {
        return type_error("'float' object cannot be interpreted as an integer");
    }
    let n = vm.big_arg(&a.all[0])?;
    if n.is_negative() {
        return value_error("factorial() not defined for negative values");
    }
    let n = n
        .to_u64()
        .filter(|n| *n <= MAX_FACTORIAL)
        .ok_or_else(|| raise("MemoryError", ""))?;
    vm.charge((n * n / 64) as usize);
    Ok(Value::int((2..=n).fold(BigInt::one(), |product, k| product * k)))
}

/// comb(n, k) and perm(n, k).
fn choose(vm: &mut Vm, a: &Args<'_>, unordered: bool) -> Res<Value> {
    let name = if unordered { "comb" } else { "perm" };
    arity(a, name, 0, if unordered { 2 } else { 1 }, 2)?;
    let n = vm.big_arg(&a.all[0])?;
    let k = match a.pos().get(1) {
        None | Some(Value::None) => n.clone(),
        Some(v) => vm.big_arg(v)?,
    };
    if n.is_negative() {
        return value_error("n must be a non-negative integer");
    }
    if k.is_negative() {
        return value_error("k must be a non-negative integer");
    }
    if k > n {
        return Ok(Value::Int(0));
    }
    let k = if unordered { k.clone().min(&n - &k) } else { k };
    let k = k
        .to_u64()
        .filter(|k| *k <= MAX_FACTORIAL)
        .ok_or_else(|| raise("MemoryError", ""))?;
    vm.charge((k * k / 64) as usize);
    let mut out = BigInt::one();
    for i in 0..k {
        out *= &n - BigInt::from_u64(i).unwrap_or_default();
        if unordered {
            out /= i + 1;
        }
    }
    Ok(Value::int(out))
}
