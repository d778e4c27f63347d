//! Operators on sequences: `*`, `==`, the order of lists and tuples.

use super::to_i64;
use crate::program::code::Cmp;
use crate::program::exceptions::raise;
use crate::program::value::Value;
use crate::program::vm::{Res, Vm};
use num_traits::Signed;
use std::rc::Rc;

impl Vm {
    pub(super) fn repeat_value(&mut self, seq: &Value, n: &Value) -> Res<Option<Value>> {
        use Value as V;
        let n = match n {
            V::Big(b) if b.is_negative() => 0,
            V::Big(_) => {
                return Err(raise(
                    "OverflowError",
                    "cannot fit 'int' into an index-sized integer",
                ));
            }
            other => match to_i64(other) {
                Some(n) => n,
                None => return Ok(None),
            },
        };
        let times = usize::try_from(n.max(0)).unwrap_or(usize::MAX);
        Ok(Some(match seq {
            V::Str(s) => {
                self.claim(s.as_str().len().saturating_mul(times))?;
                V::str(s.as_str().repeat(times))
            }
            V::Bytes(b) => {
                self.claim(b.len().saturating_mul(times))?;
                V::bytes(b.repeat(times))
            }
            V::ByteArray(b) => {
                self.claim(b.borrow().len().saturating_mul(times))?;
                let new = b.borrow().repeat(times);
                V::ByteArray(Rc::new(new.into()))
            }
            V::List(l) => {
                let items = l.borrow().clone();
                V::list(self.repeat(&items, n)?)
            }
            V::Tuple(t) => V::tuple(self.repeat(t, n)?),
            _ => return Ok(None),
        }))
    }

    pub(super) fn repeat(&mut self, items: &[Value], n: i64) -> Res<Vec<Value>> {
        let times = usize::try_from(n.max(0)).unwrap_or(usize::MAX);
        let total = items.len().saturating_mul(times);
        self.claim(total.saturating_mul(16))?;
        let mut out = Vec::with_capacity(total);
        for _ in 0..if items.is_empty() { 0 } else { times } {
            out.extend(items.iter().cloned());
        }
        Ok(out)
    }

    pub(super) fn all_equal(&mut self, x: &[Value], y: &[Value]) -> Res<bool> {
        if x.len() != y.len() {
            return Ok(false);
        }
        self.charge(x.len() / 16);
        for (a, b) in x.iter().zip(y) {
            if !self.equal_sync(a, b)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn order_items(&mut self, cmp: Cmp, x: &[Value], y: &[Value]) -> Res<Value> {
        for (a, b) in x.iter().zip(y) {
            if !self.equal_sync(a, b)? {
                let r = self.compare(cmp, a.clone(), b.clone());
                return self.settle(r);
            }
        }
        Ok(Value::Bool(cmp.holds(x.len().cmp(&y.len()))))
    }
}
