//! hash(): as CPython computes it for numbers and tuples (sets of numbers show their order), fixed for text.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use std::rc::Rc;

use super::object::flag;
use super::{Payload, Value};

/// 2**61 - 1, the modulus of CPython's numeric hashes.
const MODULUS: u64 = (1 << 61) - 1;

/// Why there is no hash yet.
#[derive(Debug)]
pub enum NoHash {
    /// The type has none: TypeError: unhashable type.
    Unhashable(Value),
    /// A class of the program computes it.
    Ask(Value),
}

/// hash(value), without running any of the program's code.
pub fn hash(value: &Value) -> Result<i64, NoHash> {
    use Value as V;
    Ok(match value {
        V::Int(n) => int(*n),
        V::Bool(b) => i64::from(*b),
        V::Str(s) => s.hash() as i64,
        V::Float(x) => float(*x),
        V::Big(n) => big(n),
        V::Bytes(b) => super::Str::new(String::from_utf8_lossy(b).into_owned()).hash() as i64,
        V::None => 0xfca_86420,
        V::Ellipsis => 0xfca_86421,
        V::NotImplemented => 0xfca_86422,
        V::Tuple(items) => tuple(items)?,
        V::Set(s) if s.frozen => {
            let mut h = 0x1234_5678_i64;
            for key in s.keys() {
                h ^= (key.hash as i64 ^ 89_869_747 ^ ((key.hash as i64) << 16)).wrapping_mul(3_644_798_167);
            }
            h
        }
        V::Range(r) => tuple(&[V::from(r.len()), V::Int(r.start), V::Int(r.step)])?,
        V::Method(m) => hash(&m.func)?,
        V::Obj(o) => {
            if o.class.has(flag::HASH | flag::EQ) {
                return Err(NoHash::Ask(value.clone()));
            }
            match &o.payload {
                Payload::Value(inner) => hash(inner).map_err(|_| NoHash::Unhashable(value.clone()))?,
                _ => (o.id as i64) << 4,
            }
        }
        V::List(_) | V::Dict(_) | V::Set(_) | V::ByteArray(_) | V::Slice(_) | V::View(_) => {
            return Err(NoHash::Unhashable(value.clone()));
        }
        other => pointer(other),
    })
}

/// Things that are equal only to themselves: by their names, not their addresses, so that every run and every copy of a VM
/// has the same order of sets.
fn pointer(value: &Value) -> i64 {
    let name: &str = match value {
        Value::Func(f) => &f.code.qualname,
        Value::Native(n) => n.name,
        Value::Class(c) => &c.qualname,
        Value::Module(m) => &m.name,
        Value::Gen(g) => &g.qualname,
        Value::Code(c) => &c.qualname,
        _ => "object",
    };
    super::Str::new(name.to_owned()).hash() as i64
}

fn int(n: i64) -> i64 {
    let m = (n.unsigned_abs() % MODULUS) as i64;
    let h = if n < 0 { -m } else { m };
    if h == -1 { -2 } else { h }
}

fn big(n: &Rc<BigInt>) -> i64 {
    let m = (n.abs() % BigInt::from(MODULUS)).to_i64().unwrap_or(0);
    let h = if n.is_negative() { -m } else { m };
    if h == -1 { -2 } else { h }
}

/// As `_Py_HashDouble`: equal to the int's hash where the float is integral.
fn float(x: f64) -> i64 {
    if x.is_nan() {
        return 0;
    }
    if x.is_infinite() {
        return if x > 0.0 { 314_159 } else { -314_159 };
    }
    if x == 0.0 {
        return 0;
    }
    let bits = x.abs().to_bits();
    let raw = (bits >> 52) as i64;
    // x = mantissa * 2**exponent
    let (mantissa, exponent) = if raw == 0 {
        (bits & ((1 << 52) - 1), -1074)
    } else {
        ((bits & ((1 << 52) - 1)) | (1 << 52), raw - 1075)
    };
    let shift = exponent.rem_euclid(61) as u32;
    let h = ((u128::from(mantissa) << shift) % u128::from(MODULUS)) as i64;
    let h = if x < 0.0 { -h } else { h };
    if h == -1 { -2 } else { h }
}

/// CPython's variant of xxHash.
fn tuple(items: &[Value]) -> Result<i64, NoHash> {
    const P1: u64 = 11_400_714_785_074_694_791;
    const P2: u64 = 14_029_467_366_897_019_727;
    const P5: u64 = 2_870_177_450_012_600_261;
    let mut acc = P5;
    for item in items {
        acc = acc.wrapping_add((hash(item)? as u64).wrapping_mul(P2));
        acc = acc.rotate_left(31).wrapping_mul(P1);
    }
    acc = acc.wrapping_add((items.len() as u64) ^ (P5 ^ 3_527_539));
    Ok(if acc == u64::MAX {
        1_546_275_796
    } else {
        acc as i64
    })
}

/// `==` between two values, without running any of the program's code: instances of the program's classes are equal only
/// to themselves.
pub fn equal(a: &Value, b: &Value) -> bool {
    use Value as V;
    match (a, b) {
        (V::Int(a), V::Int(b)) => a == b,
        (V::Str(a), V::Str(b)) => Rc::ptr_eq(a, b) || a.as_str() == b.as_str(),
        (V::Bool(a), V::Bool(b)) => a == b,
        (V::Bool(a), V::Int(b)) | (V::Int(b), V::Bool(a)) => i64::from(*a) == *b,
        (V::Float(a), V::Float(b)) => a == b,
        (V::Float(a), V::Int(b)) | (V::Int(b), V::Float(a)) => float_is_int(*a, *b),
        (V::Float(a), V::Bool(b)) | (V::Bool(b), V::Float(a)) => *a == f64::from(u8::from(*b)),
        (V::Big(a), V::Big(b)) => a == b,
        (V::Float(a), V::Big(b)) | (V::Big(b), V::Float(a)) => {
            a.fract() == 0.0 && num_traits::FromPrimitive::from_f64(*a).is_some_and(|n: BigInt| n == **b)
        }
        (V::Bytes(a), V::Bytes(b)) => a == b,
        (V::Bytes(a), V::ByteArray(b)) | (V::ByteArray(b), V::Bytes(a)) => a[..] == b.borrow()[..],
        (V::ByteArray(a), V::ByteArray(b)) => *a.borrow() == *b.borrow(),
        (V::Tuple(a), V::Tuple(b)) => Rc::ptr_eq(a, b) || all_equal(a, b),
        (V::List(a), V::List(b)) => Rc::ptr_eq(a, b) || all_equal(&a.borrow(), &b.borrow()),
        (V::Dict(a), V::Dict(b)) => Rc::ptr_eq(a, b) || a.equal(b),
        (V::Set(a), V::Set(b)) => {
            Rc::ptr_eq(a, b) || (a.len() == b.len() && a.keys().iter().all(|k| b.has(k)))
        }
        (V::Range(a), V::Range(b)) => {
            a.len() == b.len() && (a.is_empty() || (a.start == b.start && (a.len() == 1 || a.step == b.step)))
        }
        (V::Slice(a), V::Slice(b)) => equal(&a.0, &b.0) && equal(&a.1, &b.1) && equal(&a.2, &b.2),
        (V::Method(a), V::Method(b)) => a.func.is(&b.func) && a.this.is(&b.this),
        (V::Obj(x), V::Obj(y)) if Rc::ptr_eq(x, y) => true,
        (V::Obj(x), other) | (other, V::Obj(x)) => match &x.payload {
            Payload::Value(inner) if !x.class.has(flag::EQ) => equal(inner, other.inner()),
            _ => false,
        },
        _ => a.is(b),
    }
}

fn all_equal(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.is(y) || equal(x, y))
}

/// Exactly equal, also beyond 2**53.
fn float_is_int(x: f64, n: i64) -> bool {
    x == n as f64 && (n.unsigned_abs() < 1 << 53 || (x as i128) == i128::from(n))
}
