//! Keys of dicts and sets, also those whose hash and equality the program decides.

use std::rc::Rc;

use super::dispatch::is_custom;
use super::{Res, Vm};
use crate::program::exceptions::{raise, type_error};
use crate::program::types::type_name;
use crate::program::value::hash::{NoHash, hash};
use crate::program::value::{Dict, Key, Set, Value};

impl Vm {
    /// hash(value)
    pub(crate) fn hash(&mut self, v: &Value) -> Res<i64> {
        match hash(v) {
            Ok(h) => Ok(h),
            Err(NoHash::Unhashable(what)) => type_error(format!("unhashable type: '{}'", type_name(&what))),
            Err(NoHash::Ask(what)) => {
                if let (Value::Tuple(items), Value::Obj(_)) = (v, &what) {
                    // Some element is hashed by the program.
                    let mut acc: i64 = 0x345678;
                    for item in items.iter() {
                        acc = acc.wrapping_mul(1_000_003) ^ self.hash(item)?;
                    }
                    return Ok(acc);
                }
                let Value::Obj(o) = &what else { return Ok(0) };
                let method = o.class.lookup(&self.names.hash);
                match method {
                    Some(Value::None) => type_error(format!("unhashable type: '{}'", type_name(&what))),
                    Some(Value::Native(_)) | None => Ok((o.id as i64) << 4),
                    Some(m) => match self.call_sync(m, vec![what.clone()])?.inner() {
                        Value::Int(n) => Ok(*n),
                        Value::Bool(b) => Ok(i64::from(*b)),
                        big @ Value::Big(_) => self.hash(big),
                        _ => type_error("__hash__ method should return an integer"),
                    },
                }
            }
        }
    }

    /// A key for a dict or set.
    pub(crate) fn key(&mut self, v: Value) -> Res<Key> {
        let hash = match &v {
            Value::Str(s) => s.hash(),
            other => self.hash(other)? as u64,
        };
        Ok(Key { hash, value: v })
    }

    /// The place of a key, with the program's `__eq__` where it must be asked.
    pub(crate) fn find_key(&mut self, d: &Dict, key: &Key) -> Res<Option<usize>> {
        if !d.custom.get() && !is_custom(key) {
            return Ok(d.map.borrow().get_index_of(key));
        }
        let candidates: Vec<(usize, Value)> = d
            .map
            .borrow()
            .keys()
            .enumerate()
            .filter(|(_, k)| k.hash == key.hash)
            .map(|(i, k)| (i, k.value.clone()))
            .collect();
        for (i, candidate) in candidates {
            if candidate.is(&key.value) || self.equal_sync(&candidate, &key.value)? {
                return Ok(Some(i));
            }
        }
        Ok(None)
    }

    pub(crate) fn find_in_set(&mut self, s: &Set, key: &Key) -> Res<Option<Key>> {
        if !s.custom.get() && !is_custom(key) {
            return Ok(s.has(key).then(|| key.clone()));
        }
        for candidate in s.keys() {
            if candidate.hash == key.hash
                && (candidate.value.is(&key.value) || self.equal_sync(&candidate.value, &key.value)?)
            {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }

    /// d[k], or nothing.
    pub(crate) fn dict_get(&mut self, d: &Dict, k: &Value) -> Res<Option<Value>> {
        let key = self.key(k.clone())?;
        let place = self.find_key(d, &key)?;
        Ok(place.and_then(|i| d.map.borrow().get_index(i).map(|(_, v)| v.clone())))
    }

    /// d[k] = v
    pub(crate) fn dict_set(&mut self, d: &Rc<Dict>, k: Value, v: Value) -> Res<()> {
        let key = self.key(k)?;
        self.dict_set_key(d, key, v)
    }

    /// d[k] = v with a hashed key.
    pub(crate) fn dict_set_key(&mut self, d: &Rc<Dict>, key: Key, v: Value) -> Res<()> {
        let old;
        if !d.owner.borrow().is_unbound() {
            write_through(d, &key.value, Some(v.clone()));
        }
        if d.custom.get() || is_custom(&key) {
            d.custom.set(true);
            if let Some(i) = self.find_key(d, &key)? {
                old = d
                    .map
                    .borrow_mut()
                    .get_index_mut(i)
                    .map(|(_, slot)| std::mem::replace(slot, v));
                drop(old);
                return Ok(());
            }
        }
        old = d.map.borrow_mut().insert(key, v);
        if old.is_none() {
            self.made += 64;
        }
        drop(old);
        Ok(())
    }

    /// del d[k]: the value, if there was one.
    pub(crate) fn dict_remove(&mut self, d: &Dict, k: &Value) -> Res<Option<Value>> {
        let key = self.key(k.clone())?;
        let Some(i) = self.find_key(d, &key)? else {
            return Ok(None);
        };
        let n = d.map.borrow().len();
        self.charge((n - i) / 64);
        if !d.owner.borrow().is_unbound() {
            write_through(d, k, None);
        }
        let gone = d.map.borrow_mut().shift_remove_index(i);
        Ok(gone.map(|(_, v)| v))
    }

    /// a == b at once; the program's `__eq__` in it cannot block.
    pub(crate) fn equal_sync(&mut self, a: &Value, b: &Value) -> Res<bool> {
        if a.is(b) {
            return Ok(true);
        }
        if self.depth > 200 {
            return Err(raise(
                "RecursionError",
                "maximum recursion depth exceeded in comparison",
            ));
        }
        self.depth += 1;
        let r = self.compare(crate::program::code::Cmp::Eq, a.clone(), b.clone());
        let r = self.settle(r);
        self.depth -= 1;
        let v = r?;
        self.truth(&v)
    }
}

/// Writes an entry of a `__dict__` to the attributes that it shows.
pub(crate) fn write_through(d: &Dict, key: &Value, v: Option<Value>) {
    let Value::Str(s) = key else { return };
    let name = crate::program::value::Name::of(s);
    let owner = d.owner.borrow().clone();
    let names = match &owner {
        Value::Obj(o) => &o.attrs,
        Value::Module(m) => &m.names,
        Value::Func(f) => &f.attrs,
        _ => return,
    };
    let old = match v {
        Some(v) => names.borrow_mut().set(&name, v),
        None => names.borrow_mut().remove(&name),
    };
    drop(old);
}
