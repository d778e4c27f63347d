//! Operators on any values: numbers, text and sequences natively, then the special methods of the program's classes.
//!
//! ```text
//! mod.rs        what programs do all the time: small integers, floats, text
//! big.rs        integers of any size
//! sequence.rs   sequences
//! special.rs    after a special method
//! ```

mod big;
mod sequence;
mod special;

use super::control::{call_then, tail};
use super::{Res, Vm};
use crate::program::builtins;
use crate::program::code::{Bin, Cmp, Un};
use crate::program::exceptions::{raise, type_error, value_error};
use crate::program::types::{class_of, type_name};
use crate::program::value::{Name, Value, hash};
use big::big_order;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::ToPrimitive;
use special::{bin, binary_last, cmp_of, compare_last, is_unsupported, unsupported};
use std::cmp::Ordering;
use std::rc::Rc;

/// An int as a big one, where the value is an int.
pub(crate) fn to_big(v: &Value) -> Option<BigInt> {
    match v.inner() {
        Value::Int(n) => Some(BigInt::from(*n)),
        Value::Bool(b) => Some(BigInt::from(i64::from(*b))),
        Value::Big(n) => Some((**n).clone()),
        _ => None,
    }
}

/// A small int or bool.
pub(crate) fn to_i64(v: &Value) -> Option<i64> {
    match v.inner() {
        Value::Int(n) => Some(*n),
        Value::Bool(b) => Some(i64::from(*b)),
        _ => None,
    }
}

/// A number as a float; `None` for what is no number or an int too large for a float.
pub(crate) fn to_f64(v: &Value) -> Option<f64> {
    match v.inner() {
        Value::Float(x) => Some(*x),
        Value::Int(n) => Some(*n as f64),
        Value::Bool(b) => Some(f64::from(u8::from(*b))),
        Value::Big(n) => n.to_f64().filter(|x| x.is_finite()),
        _ => None,
    }
}

impl Vm {
    /// a OP b
    pub(crate) fn binary(&mut self, op: Bin, a: Value, b: Value) -> Res<Value> {
        if !matches!(
            (&a, &b),
            (Value::Obj(_), _) | (_, Value::Obj(_)) | (Value::Class(_), _)
        ) {
            return match self.native_binary(op, &a, &b)? {
                Some(v) => Ok(v),
                None => Err(unsupported(op.symbol(), &a, &b)),
            };
        }
        let [plain, reflected, _] = op.methods();
        let left = self.dunder(&a, &Name::new(plain));
        let right = self.dunder(&b, &Name::new(reflected));
        // A subclass's reflected method goes first.
        let right_first = right.is_some()
            && !Rc::ptr_eq(class_of(&a), class_of(&b))
            && class_of(&b).is_subclass(class_of(&a));
        let state = vec![a.clone(), b.clone(), Value::Int(op as i64)];
        if right_first && let Some(m) = right {
            return call_then(
                m,
                vec![b, a],
                |vm, state, v| {
                    if !matches!(v, Value::NotImplemented) {
                        return Ok(v);
                    }
                    let op = bin(&state);
                    match vm.dunder(&state[0], &Name::new(op.methods()[0])) {
                        Some(m) => call_then(m, vec![state[0].clone(), state[1].clone()], binary_last, state),
                        None => binary_last(vm, state, v),
                    }
                },
                state,
            );
        }
        match (left, right) {
            (Some(m), _) => call_then(
                m,
                vec![a, b],
                |vm, state, v| {
                    if !matches!(v, Value::NotImplemented) {
                        return Ok(v);
                    }
                    let op = bin(&state);
                    let same = Rc::ptr_eq(class_of(&state[0]), class_of(&state[1]));
                    match vm.dunder(&state[1], &Name::new(op.methods()[1])) {
                        Some(m) if !same => {
                            call_then(m, vec![state[1].clone(), state[0].clone()], binary_last, state)
                        }
                        _ => binary_last(vm, state, v),
                    }
                },
                state,
            ),
            (None, Some(m)) => {
                if let Some(v) = self.native_binary(op, a.inner(), b.inner())? {
                    return Ok(v);
                }
                call_then(m, vec![b, a], binary_last, state)
            }
            (None, None) => binary_last(self, state, Value::NotImplemented),
        }
    }

    /// a OP= b
    pub(crate) fn inplace(&mut self, op: Bin, a: Value, b: Value) -> Res<Value> {
        match (&a, op) {
            (Value::List(l), Bin::Add) => {
                if !self.is_iterable(&b) {
                    return type_error(format!("'{}' object is not iterable", type_name(&b)));
                }
                return self.extend_list(l.clone(), b);
            }
            (Value::List(l), Bin::Mul) => {
                if let Some(n) = to_i64(&b) {
                    let items = self.repeat(&l.borrow(), n)?;
                    *l.borrow_mut() = items;
                    return Ok(a);
                }
            }
            (Value::Dict(d), Bin::Or) => {
                self.merge(d, b, "")?;
                return Ok(a);
            }
            (Value::Set(s), Bin::Or | Bin::And | Bin::Sub | Bin::Xor) if !s.frozen => {
                if let Value::Set(_) = &b
                    && let Some(Value::Set(new)) = self.native_binary(op, &a, &b)?
                {
                    s.clear();
                    for key in new.keys() {
                        s.add(key);
                    }
                    return Ok(a);
                }
            }
            (Value::ByteArray(x), Bin::Add) => {
                if let Some(more) = builtins::bytes::bytes_like(&b) {
                    self.claim(more.len())?;
                    x.borrow_mut().extend(more);
                    return Ok(a);
                }
            }
            (Value::Obj(_), _) => {
                if let Some(m) = self.dunder(&a, &Name::new(op.methods()[2])) {
                    let state = vec![a.clone(), b.clone(), Value::Int(op as i64)];
                    return call_then(
                        m,
                        vec![a, b],
                        |vm, state, v| {
                            if matches!(v, Value::NotImplemented) {
                                vm.binary(bin(&state), state[0].clone(), state[1].clone())
                            } else {
                                Ok(v)
                            }
                        },
                        state,
                    );
                }
            }
            _ => {}
        }
        match self.binary(op, a.clone(), b.clone()) {
            Err(e) => match *e {
                super::Ctl::Raise(x) if is_unsupported(&x, op) => Err(unsupported(
                    &format!("{}=", op.symbol().split(' ').next().unwrap_or("")),
                    &a,
                    &b,
                )),
                other => Err(Box::new(other)),
            },
            ok => ok,
        }
    }

    /// What the built-in types make of an operator; `None` where they do not know it.
    pub(crate) fn native_binary(&mut self, op: Bin, a: &Value, b: &Value) -> Res<Option<Value>> {
        use Value as V;
        if let (Some(x), Some(y)) = (to_i64(a), to_i64(b)) {
            if let (V::Bool(x), V::Bool(y)) = (a, b) {
                match op {
                    Bin::And => return Ok(Some(V::Bool(*x & *y))),
                    Bin::Or => return Ok(Some(V::Bool(*x | *y))),
                    Bin::Xor => return Ok(Some(V::Bool(*x ^ *y))),
                    _ => {}
                }
            }
            if let Some(v) = small_ints(op, x, y)? {
                return Ok(Some(v));
            }
        }
        let int = |v: &Value| matches!(v, V::Int(_) | V::Bool(_) | V::Big(_));
        if int(a) && int(b) {
            let (Some(x), Some(y)) = (to_big(a), to_big(b)) else {
                return Ok(None);
            };
            return self.big_ints(op, &x, &y).map(Some);
        }
        if (matches!(a, V::Float(_)) && (int(b) || matches!(b, V::Float(_))))
            || (matches!(b, V::Float(_)) && int(a))
        {
            let (Some(x), Some(y)) = (to_f64(a), to_f64(b)) else {
                return Err(raise("OverflowError", "int too large to convert to float"));
            };
            return floats(op, x, y);
        }
        match (op, a, b) {
            (Bin::Add, V::Str(x), V::Str(y)) => {
                self.claim(x.as_str().len() + y.as_str().len())?;
                let mut s = String::with_capacity(x.as_str().len() + y.as_str().len());
                s.push_str(x.as_str());
                s.push_str(y.as_str());
                Ok(Some(V::str(s)))
            }
            (Bin::Add, V::Str(_), other) => type_error(format!(
                "can only concatenate str (not \"{}\") to str",
                type_name(other)
            )),
            (Bin::Add, V::Bytes(_) | V::ByteArray(_), _) => {
                let Some(y) = builtins::bytes::bytes_like(b) else {
                    return type_error(format!("can't concat {} to {}", type_name(b), type_name(a)));
                };
                let mut x = builtins::bytes::bytes_like(a).unwrap_or_default();
                self.claim(x.len() + y.len())?;
                x.extend(y);
                Ok(Some(if matches!(a, V::Bytes(_)) {
                    V::bytes(x)
                } else {
                    V::ByteArray(Rc::new(x.into()))
                }))
            }
            (Bin::Add, V::List(x), V::List(y)) => {
                self.claim((x.borrow().len() + y.borrow().len()) * 16)?;
                let mut items = x.borrow().clone();
                items.extend(y.borrow().iter().cloned());
                Ok(Some(V::list(items)))
            }
            (Bin::Add, V::List(_), other) => type_error(format!(
                "can only concatenate list (not \"{}\") to list",
                type_name(other)
            )),
            (Bin::Add, V::Tuple(x), V::Tuple(y)) => {
                self.claim((x.len() + y.len()) * 16)?;
                Ok(Some(V::tuple(x.iter().chain(y.iter()).cloned().collect())))
            }
            (Bin::Add, V::Tuple(_), other) => type_error(format!(
                "can only concatenate tuple (not \"{}\") to tuple",
                type_name(other)
            )),
            (Bin::Mul, seq, n) | (Bin::Mul, n, seq)
                if matches!(
                    seq,
                    V::Str(_) | V::Bytes(_) | V::ByteArray(_) | V::List(_) | V::Tuple(_)
                ) && (int(n)
                    || !matches!(
                        n,
                        V::Str(_)
                            | V::Bytes(_)
                            | V::ByteArray(_)
                            | V::List(_)
                            | V::Tuple(_)
                            | V::Float(_)
                            | V::None
                    )) =>
            {
                self.repeat_value(seq, n)
            }
            (Bin::Mul, V::Str(_) | V::Bytes(_) | V::List(_) | V::Tuple(_), other)
            | (Bin::Mul, other, V::Str(_) | V::Bytes(_) | V::List(_) | V::Tuple(_)) => type_error(format!(
                "can't multiply sequence by non-int of type '{}'",
                type_name(other)
            )),
            (Bin::Mod, V::Str(s), _) => builtins::str::percent(self, s, b).map(Some),
            (Bin::Mod, V::Bytes(s), _) => builtins::bytes::percent(self, s, b).map(Some),
            (Bin::Or, V::Dict(x), V::Dict(y)) => {
                let d = Rc::new(crate::program::value::Dict::new(x.map.borrow().clone()));
                d.custom.set(x.custom.get());
                self.merge(&d, V::Dict(y.clone()), "")?;
                Ok(Some(V::Dict(d)))
            }
            (Bin::And | Bin::Or | Bin::Sub | Bin::Xor, _, _) => builtins::set::operator(self, op, a, b),
            _ => Ok(None),
        }
    }

    /// -a, +a, ~a
    pub(crate) fn unary(&mut self, op: Un, v: Value) -> Res<Value> {
        use Value as V;
        let done = match (op, v.inner()) {
            (Un::Neg, V::Int(n)) => Some(n.checked_neg().map_or_else(|| V::int(-BigInt::from(*n)), V::Int)),
            (Un::Neg, V::Bool(b)) => Some(V::Int(-i64::from(*b))),
            (Un::Neg, V::Float(x)) => Some(V::Float(-x)),
            (Un::Neg, V::Big(n)) => Some(V::int(-(**n).clone())),
            (Un::Pos, V::Bool(b)) => Some(V::Int(i64::from(*b))),
            (Un::Pos, x @ (V::Int(_) | V::Float(_) | V::Big(_))) => Some(x.clone()),
            (Un::Invert, V::Int(n)) => Some(V::Int(!n)),
            (Un::Invert, V::Bool(b)) => Some(V::Int(!i64::from(*b))),
            (Un::Invert, V::Big(n)) => Some(V::int(!(**n).clone())),
            _ => None,
        };
        let (method, symbol) = match op {
            Un::Neg => ("__neg__", "-"),
            Un::Pos => ("__pos__", "+"),
            _ => ("__invert__", "~"),
        };
        if let Some(m) = self.dunder(&v, &Name::new(method)) {
            return tail(m, vec![v]);
        }
        match done {
            Some(v) => Ok(v),
            None => type_error(format!(
                "bad operand type for unary {symbol}: '{}'",
                type_name(&v)
            )),
        }
    }

    /// a == b, a < b, ...
    pub(crate) fn compare(&mut self, cmp: Cmp, a: Value, b: Value) -> Res<Value> {
        let objects = matches!(a, Value::Obj(_)) || matches!(b, Value::Obj(_));
        if !objects {
            return self.native_compare(cmp, &a, &b);
        }
        let mine = self.dunder(&a, &Name::new(cmp.method()));
        let theirs = self.dunder(&b, &Name::new(cmp.reflected().method()));
        let right_first = theirs.is_some()
            && !Rc::ptr_eq(class_of(&a), class_of(&b))
            && class_of(&b).is_subclass(class_of(&a));
        let state = vec![a.clone(), b.clone(), Value::Int(cmp as i64)];
        if !right_first && let Some(m) = mine {
            return call_then(
                m,
                vec![a, b],
                |vm, state, v| {
                    if !matches!(v, Value::NotImplemented) {
                        return Ok(v);
                    }
                    let cmp = cmp_of(&state);
                    match vm.dunder(&state[1], &Name::new(cmp.reflected().method())) {
                        Some(m) => {
                            call_then(m, vec![state[1].clone(), state[0].clone()], compare_last, state)
                        }
                        None => compare_last(vm, state, v),
                    }
                },
                state,
            );
        }
        if let Some(m) = theirs {
            return call_then(m, vec![b, a], compare_last, state);
        }
        compare_last(self, state, Value::NotImplemented)
    }

    fn native_compare(&mut self, cmp: Cmp, a: &Value, b: &Value) -> Res<Value> {
        use Value as V;
        if matches!(cmp, Cmp::Eq | Cmp::Ne) {
            let equal = match (a, b) {
                (V::List(x), V::List(y)) => {
                    let (x, y) = (x.borrow().clone(), y.borrow().clone());
                    self.all_equal(&x, &y)?
                }
                (V::Tuple(x), V::Tuple(y)) => self.all_equal(x, y)?,
                (V::Dict(x), V::Dict(y)) => {
                    if x.map.borrow().len() != y.map.borrow().len() {
                        false
                    } else {
                        let entries: Vec<(Value, Value)> = x
                            .map
                            .borrow()
                            .iter()
                            .map(|(k, v)| (k.value.clone(), v.clone()))
                            .collect();
                        let mut equal = true;
                        for (k, v) in entries {
                            match self.dict_get(y, &k)? {
                                Some(w) if self.equal_sync(&v, &w)? => {}
                                _ => {
                                    equal = false;
                                    break;
                                }
                            }
                        }
                        equal
                    }
                }
                _ => hash::equal(a, b),
            };
            return Ok(V::Bool(equal == (cmp == Cmp::Eq)));
        }
        let order = match (a, b) {
            (V::Float(_), _) | (_, V::Float(_)) => match (to_f64(a), to_f64(b)) {
                (Some(x), Some(y)) => {
                    let Some(order) = x.partial_cmp(&y) else {
                        return Ok(V::Bool(false));
                    };
                    Some(order)
                }
                // A float beside an int that no float can hold.
                _ => match (a, b) {
                    (V::Float(x), V::Big(n)) => big_order(*x, n),
                    (V::Big(n), V::Float(x)) => big_order(*x, n).map(Ordering::reverse),
                    _ => None,
                },
            },
            (V::Str(x), V::Str(y)) => Some(x.as_str().cmp(y.as_str())),
            (V::List(x), V::List(y)) => {
                let (x, y) = (x.borrow().clone(), y.borrow().clone());
                return self.order_items(cmp, &x, &y);
            }
            (V::Tuple(x), V::Tuple(y)) => return self.order_items(cmp, x, y),
            (V::Bytes(_) | V::ByteArray(_), V::Bytes(_) | V::ByteArray(_)) => {
                Some(builtins::bytes::bytes_like(a).cmp(&builtins::bytes::bytes_like(b)))
            }
            (V::Set(_) | V::View(_), V::Set(_) | V::View(_)) => return builtins::set::order(self, cmp, a, b),
            _ => match (to_i64(a), to_i64(b)) {
                (Some(x), Some(y)) => Some(x.cmp(&y)),
                _ => match (to_big(a), to_big(b)) {
                    (Some(x), Some(y)) => Some(x.cmp(&y)),
                    _ => None,
                },
            },
        };
        match order {
            Some(order) => Ok(V::Bool(cmp.holds(order))),
            None => type_error(format!(
                "'{}' not supported between instances of '{}' and '{}'",
                cmp.symbol(),
                type_name(a),
                type_name(b)
            )),
        }
    }

    /// a < b at once, for sorting.
    pub(crate) fn less(&mut self, a: &Value, b: &Value) -> Res<bool> {
        match (a, b) {
            (Value::Int(x), Value::Int(y)) => return Ok(x < y),
            (Value::Str(x), Value::Str(y)) => return Ok(x.as_str() < y.as_str()),
            _ => {}
        }
        let r = self.compare(Cmp::Lt, a.clone(), b.clone());
        let v = self.settle(r)?;
        self.truth(&v)
    }

    /// bool(v)
    pub(crate) fn truth(&mut self, v: &Value) -> Res<bool> {
        use Value as V;
        Ok(match v {
            V::Bool(b) => *b,
            V::None | V::Unbound => false,
            V::Int(n) => *n != 0,
            V::Float(x) => *x != 0.0,
            V::Str(s) => !s.is_empty(),
            V::Bytes(b) => !b.is_empty(),
            V::ByteArray(b) => !b.borrow().is_empty(),
            V::Tuple(t) => !t.is_empty(),
            V::List(l) => !l.borrow().is_empty(),
            V::Dict(d) => !d.map.borrow().is_empty(),
            V::Set(s) => !s.is_empty(),
            V::View(w) => !w.dict.map.borrow().is_empty(),
            V::Range(r) => !r.is_empty(),
            V::Obj(_) => {
                if let Some(m) = self.dunder(v, &self.names.bool) {
                    return match self.call_sync(m, vec![v.clone()])? {
                        V::Bool(b) => Ok(b),
                        other => type_error(format!(
                            "__bool__ should return bool, returned {}",
                            type_name(&other)
                        )),
                    };
                }
                if let Some(m) = self.dunder(v, &self.names.len) {
                    let n = self.call_sync(m, vec![v.clone()])?;
                    return self.truth(&n);
                }
                let inner = v.inner().clone();
                if matches!(inner, V::Obj(_)) {
                    true
                } else {
                    self.truth(&inner)?
                }
            }
            _ => true,
        })
    }
}

fn small_ints(op: Bin, x: i64, y: i64) -> Res<Option<Value>> {
    let v = match op {
        Bin::Add => x.checked_add(y),
        Bin::Sub => x.checked_sub(y),
        Bin::Mul => x.checked_mul(y),
        Bin::FloorDiv => {
            if y == 0 {
                return Err(raise("ZeroDivisionError", "integer division or modulo by zero"));
            }
            if x == i64::MIN && y == -1 {
                None
            } else {
                Some(Integer::div_floor(&x, &y))
            }
        }
        Bin::Mod => {
            if y == 0 {
                return Err(raise("ZeroDivisionError", "integer modulo by zero"));
            }
            if y == -1 {
                Some(0)
            } else {
                Some(Integer::mod_floor(&x, &y))
            }
        }
        Bin::Div => {
            if y == 0 {
                return Err(raise("ZeroDivisionError", "division by zero"));
            }
            const EXACT: i64 = 1 << 53;
            if x.abs() <= EXACT && y.abs() <= EXACT {
                return Ok(Some(Value::Float(x as f64 / y as f64)));
            }
            None
        }
        Bin::Pow => match u32::try_from(y) {
            Ok(e) => x.checked_pow(e),
            Err(_) if y < 0 && x != 0 => return Ok(Some(Value::Float((x as f64).powf(y as f64)))),
            Err(_) => None,
        },
        Bin::Shl => {
            if y < 0 {
                return value_error("negative shift count");
            }
            if y < 62 && x.abs() < 1 << (62 - y) {
                Some(x << y)
            } else {
                None
            }
        }
        Bin::Shr => {
            if y < 0 {
                return value_error("negative shift count");
            }
            Some(x >> y.min(63))
        }
        Bin::And => Some(x & y),
        Bin::Or => Some(x | y),
        Bin::Xor => Some(x ^ y),
        Bin::MatMul => return Ok(None),
    };
    Ok(v.map(Value::Int))
}

fn floats(op: Bin, x: f64, y: f64) -> Res<Option<Value>> {
    let v = match op {
        Bin::Add => x + y,
        Bin::Sub => x - y,
        Bin::Mul => x * y,
        Bin::Div => {
            if y == 0.0 {
                return Err(raise("ZeroDivisionError", "float division by zero"));
            }
            x / y
        }
        Bin::FloorDiv => {
            if y == 0.0 {
                return Err(raise("ZeroDivisionError", "float floor division by zero"));
            }
            floor_div(x, y).0
        }
        Bin::Mod => {
            if y == 0.0 {
                return Err(raise("ZeroDivisionError", "float modulo"));
            }
            floor_div(x, y).1
        }
        Bin::Pow => {
            if x == 0.0 && y < 0.0 {
                return Err(raise(
                    "ZeroDivisionError",
                    "0.0 cannot be raised to a negative power",
                ));
            }
            if x < 0.0 && y.fract() != 0.0 && x.is_finite() && y.is_finite() {
                return value_error("complex numbers are not supported by the engine");
            }
            let r = x.powf(y);
            if r.is_infinite() && x.is_finite() && y.is_finite() {
                let args = vec![Value::Int(34), Value::str("Numerical result out of range")];
                return Err(crate::program::exceptions::throw(
                    crate::program::exceptions::new("OverflowError", args),
                ));
            }
            r
        }
        _ => return Ok(None),
    };
    Ok(Some(Value::Float(v)))
}

/// Quotient and remainder as CPython's float_divmod.
pub(crate) fn floor_div(x: f64, y: f64) -> (f64, f64) {
    let mut m = x % y;
    let mut d = (x - m) / y;
    if m != 0.0 {
        if (y < 0.0) != (m < 0.0) {
            m += y;
            d -= 1.0;
        }
    } else {
        m = 0.0_f64.copysign(y);
    }
    let q = if d != 0.0 {
        let f = d.floor();
        if d - f > 0.5 { f + 1.0 } else { f }
    } else {
        0.0_f64.copysign(x / y)
    };
    (q, m)
}
