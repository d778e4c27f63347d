//! Integers that do not fit in a machine word.

use super::special::unsupported;
use crate::program::code::Bin;
use crate::program::exceptions::{raise, value_error};
use crate::program::value::Value;
use crate::program::vm::{Res, Vm};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{FromPrimitive, Pow, Signed, ToPrimitive, Zero};
use std::cmp::Ordering;

pub(super) fn big_order(x: f64, n: &BigInt) -> Option<Ordering> {
    if x.is_nan() {
        return None;
    }
    if x.is_infinite() {
        return Some(if x > 0.0 {
            Ordering::Greater
        } else {
            Ordering::Less
        });
    }
    BigInt::from_f64(x).map(|x| x.cmp(n))
}

/// 0, 1 or -1 to any power.
fn tiny_power(x: &BigInt, y: &BigInt) -> BigInt {
    if y.is_zero() || (x.is_negative() && y.is_even()) {
        BigInt::from(1)
    } else {
        x.clone()
    }
}

/// Correctly rounded quotient of two ints.
fn big_division(x: &BigInt, y: &BigInt) -> Res<Value> {
    let negative = x.is_negative() != y.is_negative();
    let (a, b) = (x.abs(), y.abs());
    let shift = b.bits() as i64 - a.bits() as i64 + 66;
    let (n, d) = if shift >= 0 {
        (a << shift as u64, b)
    } else {
        (a, b << (-shift) as u64)
    };
    let (mut q, r) = n.div_rem(&d);
    if !r.is_zero() {
        // Sticky bit, so that the conversion rounds the right way.
        q = (q << 1u32) + 1u32;
    } else {
        q <<= 1u32;
    }
    let m = q.to_f64().unwrap_or(f64::INFINITY);
    let exponent = -(shift + 1);
    let r = if exponent.abs() < 1000 {
        m * 2f64.powi(exponent as i32)
    } else {
        let half = exponent / 2;
        m * 2f64.powi(half as i32) * 2f64.powi((exponent - half) as i32)
    };
    if r.is_infinite() {
        return Err(raise(
            "OverflowError",
            "integer division result too large for a float",
        ));
    }
    Ok(Value::Float(if negative { -r } else { r }))
}

impl Vm {
    pub(super) fn big_ints(&mut self, op: Bin, x: &BigInt, y: &BigInt) -> Res<Value> {
        // Work grows with the numbers' sizes, and so may the result.
        let bits = x.bits().max(y.bits());
        self.charge(
            (bits / 64) as usize
                * if matches!(op, Bin::Mul) {
                    (y.bits() / 64) as usize + 1
                } else {
                    1
                }
                / 8,
        );
        self.claim((bits / 8) as usize)?;
        let zero = || raise("ZeroDivisionError", "integer division or modulo by zero");
        Ok(Value::int(match op {
            Bin::Add => x + y,
            Bin::Sub => x - y,
            Bin::Mul => {
                self.claim(((x.bits() + y.bits()) / 8) as usize)?;
                x * y
            }
            Bin::FloorDiv => {
                if y.is_zero() {
                    return Err(zero());
                }
                x.div_floor(y)
            }
            Bin::Mod => {
                if y.is_zero() {
                    return Err(raise("ZeroDivisionError", "integer modulo by zero"));
                }
                x.mod_floor(y)
            }
            Bin::Div => {
                if y.is_zero() {
                    return Err(raise("ZeroDivisionError", "division by zero"));
                }
                return big_division(x, y);
            }
            Bin::Pow => {
                if y.is_negative() {
                    if x.is_zero() {
                        return Err(raise(
                            "ZeroDivisionError",
                            "0.0 cannot be raised to a negative power",
                        ));
                    }
                    let (Some(x), Some(y)) = (x.to_f64(), y.to_f64()) else {
                        return Err(raise("OverflowError", "int too large to convert to float"));
                    };
                    return Ok(Value::Float(x.powf(y)));
                }
                let small = x.abs() <= BigInt::from(1);
                let Some(e) = y.to_u64() else {
                    return if small {
                        Ok(Value::int(tiny_power(x, y)))
                    } else {
                        Err(raise("MemoryError", ""))
                    };
                };
                if small {
                    return Ok(Value::int(tiny_power(x, y)));
                }
                let bits = x.bits().saturating_mul(e);
                self.claim(usize::try_from(bits / 8).unwrap_or(usize::MAX))?;
                if bits > 1 << 24 {
                    return Err(raise("MemoryError", ""));
                }
                self.charge((bits / 64) as usize);
                Pow::pow(x, e)
            }
            Bin::Shl => {
                let Some(n) = y.to_u64() else {
                    return if y.is_negative() {
                        value_error("negative shift count")
                    } else {
                        Err(raise("OverflowError", "too many digits in integer"))
                    };
                };
                self.claim(usize::try_from((x.bits().saturating_add(n)) / 8).unwrap_or(usize::MAX))?;
                x << n
            }
            Bin::Shr => {
                if y.is_negative() {
                    return value_error("negative shift count");
                }
                match y.to_u64() {
                    Some(n) => x >> n,
                    None => BigInt::from(if x.is_negative() { -1 } else { 0 }),
                }
            }
            Bin::And => x & y,
            Bin::Or => x | y,
            Bin::Xor => x ^ y,
            Bin::MatMul => return Err(unsupported("@", &Value::Int(0), &Value::Int(0))),
        }))
    }
}
