//! obj[index], `in`, `with`, and the values of f-strings.

use std::rc::Rc;

use super::control::{call_then, tail};
use super::frame::Frame;
use super::operator::to_i64;
use super::{Res, Vm};
use crate::program::builtins;
use crate::program::exceptions::{key_error, raise, type_error};
use crate::program::types::{class_of, type_name};
use crate::program::value::iter::char_value;
use crate::program::value::{Name, Range, Value};

/// A slice applied to a length: first index, step, how many.
pub(crate) fn slice_indices(s: &(Value, Value, Value), len: usize) -> Res<(i64, i64, usize)> {
    fn part(v: &Value) -> Res<Option<i64>> {
        match v.inner() {
            Value::None => Ok(None),
            Value::Big(n) => Ok(Some(if n.sign() == num_bigint::Sign::Minus {
                i64::MIN / 2
            } else {
                i64::MAX / 2
            })),
            other => match to_i64(other) {
                Some(n) => Ok(Some(n)),
                None => type_error("slice indices must be integers or None or have an __index__ method"),
            },
        }
    }
    let n = len as i64;
    let step = part(&s.2)?.unwrap_or(1);
    if step == 0 {
        return crate::program::exceptions::value_error("slice step cannot be zero");
    }
    let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
    let clamp = |i: i64| {
        let i = if i < 0 { i.saturating_add(n) } else { i };
        i.clamp(low, high)
    };
    let start = part(&s.0)?.map_or(if step > 0 { 0 } else { n - 1 }, clamp);
    let stop = part(&s.1)?.map_or(if step > 0 { n } else { -1 }, clamp);
    let count = Range { start, stop, step }.len();
    Ok((start, step, count))
}

/// The items that a slice takes.
pub(crate) fn slice_of<T: Clone>(items: &[T], s: &(Value, Value, Value)) -> Res<Vec<T>> {
    let (start, step, count) = slice_indices(s, items.len())?;
    if step == 1 {
        return Ok(items[start as usize..start as usize + count].to_vec());
    }
    Ok((0..count as i64)
        .map(|i| items[(start + i * step) as usize].clone())
        .collect())
}

impl Vm {
    /// An index into something of this length; `what` names it in the error.
    pub(crate) fn index(&mut self, i: &Value, len: usize, what: &str) -> Res<usize> {
        let n = match to_i64(i) {
            Some(n) => n,
            None => match self.dunder(i, &self.names.index) {
                Some(m) => {
                    let v = self.call_sync(m, vec![i.clone()])?;
                    return self.index(&v, len, what);
                }
                None if matches!(i, Value::Big(_)) => {
                    return Err(raise(
                        "IndexError",
                        "cannot fit 'int' into an index-sized integer",
                    ));
                }
                None => {
                    let noun = what.split(' ').next().unwrap_or(what);
                    return type_error(match noun {
                        "bytes" => "byte indices must be integers or slices, not ".to_owned() + &type_name(i),
                        "string" => format!("string indices must be integers, not '{}'", type_name(i)),
                        _ => format!("{noun} indices must be integers or slices, not {}", type_name(i)),
                    });
                }
            },
        };
        let at = if n < 0 { n + len as i64 } else { n };
        if at < 0 || at >= len as i64 {
            return Err(raise(
                "IndexError",
                format!("{what} index out of range").replace("bytes index", "index"),
            ));
        }
        Ok(at as usize)
    }

    /// obj[index]
    pub(crate) fn subscript(&mut self, obj: Value, index: Value) -> Res<Value> {
        if let Some(m) = self.dunder(&obj, &self.names.getitem) {
            return tail(m, vec![obj, index]);
        }
        match (obj.inner(), index.inner()) {
            (Value::Dict(d), _) => {
                let d = d.clone();
                match self.dict_get(&d, &index)? {
                    Some(v) => Ok(v),
                    None => {
                        if let Some(m) = self.dunder(&obj, &self.names.missing) {
                            return tail(m, vec![obj, index]);
                        }
                        Err(key_error(&index))
                    }
                }
            }
            (Value::List(l), Value::Slice(s)) => Ok(Value::list(slice_of(&l.borrow(), s)?)),
            (Value::List(l), i) => {
                let l = l.clone();
                let at = self.index(i, l.borrow().len(), "list")?;
                let v = l.borrow()[at].clone();
                Ok(v)
            }
            (Value::Tuple(t), Value::Slice(s)) => Ok(Value::tuple(slice_of(t, s)?)),
            (Value::Tuple(t), i) => {
                let t = t.clone();
                let at = self.index(i, t.len(), "tuple")?;
                Ok(t[at].clone())
            }
            (Value::Str(s), Value::Slice(sl)) => {
                if s.is_ascii() {
                    let (start, step, count) = slice_indices(sl, s.as_str().len())?;
                    if step == 1 {
                        return Ok(Value::str(&s.as_str()[start as usize..start as usize + count]));
                    }
                }
                let chars: Vec<char> = s.as_str().chars().collect();
                self.charge(chars.len() / 16);
                Ok(Value::str(slice_of(&chars, sl)?.into_iter().collect::<String>()))
            }
            (Value::Str(s), i) => {
                let s = s.clone();
                let at = self.index(i, s.len(), "string")?;
                if s.is_ascii() {
                    return Ok(char_value(char::from(s.as_str().as_bytes()[at])));
                }
                self.charge(at / 64);
                Ok(s.as_str().chars().nth(at).map_or(Value::None, char_value))
            }
            (Value::Bytes(b), Value::Slice(s)) => Ok(Value::bytes(slice_of(b, s)?)),
            (Value::Bytes(b), i) => {
                let b = b.clone();
                let at = self.index(i, b.len(), "bytes")?;
                Ok(Value::Int(i64::from(b[at])))
            }
            (Value::ByteArray(b), Value::Slice(s)) => {
                let v = slice_of(&b.borrow(), s)?;
                Ok(Value::ByteArray(Rc::new(v.into())))
            }
            (Value::ByteArray(b), i) => {
                let b = b.clone();
                let at = self.index(i, b.borrow().len(), "bytearray")?;
                let v = b.borrow()[at];
                Ok(Value::Int(i64::from(v)))
            }
            (Value::Range(r), Value::Slice(s)) => {
                let (start, step, count) = slice_indices(s, r.len())?;
                let first = r.get(start.max(0) as usize);
                let step = r.step * step;
                Ok(Value::Range(Rc::new(Range {
                    start: first,
                    stop: first + step * count as i64,
                    step,
                })))
            }
            (Value::Range(r), i) => {
                let r = r.clone();
                let at = self.index(i, r.len(), "range object")?;
                Ok(Value::Int(r.get(at)))
            }
            (Value::Class(c), _) => {
                // list[int] in annotations and the like.
                let hook = Name::new("__class_getitem__");
                if let Some(Value::ClassMethod(f)) = c.lookup(&hook) {
                    return tail((*f).clone(), vec![obj.clone(), index]);
                }
                if c.builtin {
                    return Ok(obj.clone());
                }
                type_error(format!("type '{}' is not subscriptable", c.name()))
            }
            _ => type_error(format!("'{}' object is not subscriptable", type_name(&obj))),
        }
    }

    /// obj[index] = value
    pub(crate) fn store_subscript(&mut self, obj: Value, index: Value, value: Value) -> Res<()> {
        if let Some(m) = self.dunder(&obj, &self.names.setitem) {
            return tail(m, vec![obj, index, value]).map_err(super::attribute::discard);
        }
        match obj.inner() {
            Value::Dict(d) => {
                let d = d.clone();
                self.dict_set(&d, index, value)
            }
            Value::List(l) => {
                let l = l.clone();
                if let Value::Slice(s) = &index {
                    let new = self.collect_sync(value)?;
                    return store_slice(&mut l.borrow_mut(), s, new);
                }
                let len = l.borrow().len();
                let at = self.index(&index, len, "list assignment")?;
                let old = std::mem::replace(&mut l.borrow_mut()[at], value);
                drop(old);
                Ok(())
            }
            Value::ByteArray(b) => {
                let b = b.clone();
                if let Value::Slice(s) = &index {
                    let new = match builtins::bytes::bytes_like(&value) {
                        Some(new) => new,
                        None => {
                            let items = self.collect_sync(value)?;
                            items.iter().map(|v| to_i64(v).unwrap_or(0) as u8).collect()
                        }
                    };
                    return store_slice(&mut b.borrow_mut(), s, new);
                }
                let len = b.borrow().len();
                let at = self.index(&index, len, "bytearray")?;
                match to_i64(&value) {
                    Some(n @ 0..=255) => b.borrow_mut()[at] = n as u8,
                    Some(_) => {
                        return crate::program::exceptions::value_error("byte must be in range(0, 256)");
                    }
                    None => {
                        return type_error(format!(
                            "'{}' object cannot be interpreted as an integer",
                            type_name(&value)
                        ));
                    }
                }
                Ok(())
            }
            _ => type_error(format!(
                "'{}' object does not support item assignment",
                type_name(&obj)
            )),
        }
    }

    /// del obj[index]
    pub(crate) fn delete_subscript(&mut self, obj: Value, index: Value) -> Res<()> {
        if let Some(m) = self.dunder(&obj, &self.names.delitem) {
            return tail(m, vec![obj, index]).map_err(super::attribute::discard);
        }
        match obj.inner() {
            Value::Dict(d) => {
                let d = d.clone();
                match self.dict_remove(&d, &index)? {
                    Some(_) => Ok(()),
                    None => Err(key_error(&index)),
                }
            }
            Value::List(l) => {
                let l = l.clone();
                if let Value::Slice(s) = &index {
                    delete_slice(&mut l.borrow_mut(), s)?;
                    return Ok(());
                }
                let len = l.borrow().len();
                let at = self.index(&index, len, "list assignment")?;
                let gone = l.borrow_mut().remove(at);
                drop(gone);
                Ok(())
            }
            Value::ByteArray(b) => {
                let b = b.clone();
                if let Value::Slice(s) = &index {
                    delete_slice(&mut b.borrow_mut(), s)?;
                    return Ok(());
                }
                let len = b.borrow().len();
                let at = self.index(&index, len, "bytearray")?;
                b.borrow_mut().remove(at);
                Ok(())
            }
            _ => type_error(format!(
                "'{}' object doesn't support item deletion",
                type_name(&obj)
            )),
        }
    }

    /// item in container, or not in.
    pub(crate) fn contains(&mut self, container: Value, item: Value, yes: bool) -> Res<bool> {
        // A __contains__ of the program may block, so its answer comes as a continuation.
        if let Some(m) = self.dunder(&container, &self.names.contains) {
            return call_then(
                m,
                vec![container, item],
                |vm, state, v| {
                    let t = vm.truth(&v)?;
                    Ok(Value::Bool(t == matches!(state[0], Value::Bool(true))))
                },
                vec![Value::Bool(yes)],
            );
        }
        let found = match container.inner() {
            Value::Dict(d) => {
                let key = self.key(item)?;
                self.find_key(d, &key)?.is_some()
            }
            Value::Set(s) => {
                let s = s.clone();
                let key = match &item {
                    Value::Set(inner) if !inner.frozen => {
                        let frozen = Value::Set(Rc::new(inner.map(true, Value::clone)));
                        self.key(frozen)?
                    }
                    _ => self.key(item)?,
                };
                self.find_in_set(&s, &key)?.is_some()
            }
            Value::Str(s) => match item.as_str() {
                Some(part) => {
                    self.ticks += (s.as_str().len() / 256) as u64;
                    s.as_str().contains(part)
                }
                None => {
                    return type_error(format!(
                        "'in <string>' requires string as left operand, not {}",
                        type_name(&item)
                    ));
                }
            },
            b @ (Value::Bytes(_) | Value::ByteArray(_)) => {
                let all = builtins::bytes::bytes_like(b).unwrap_or_default();
                match (to_i64(&item), builtins::bytes::bytes_like(&item)) {
                    (Some(n), _) => match u8::try_from(n) {
                        Ok(n) => all.contains(&n),
                        Err(_) => {
                            return crate::program::exceptions::value_error("byte must be in range(0, 256)");
                        }
                    },
                    (_, Some(part)) => part.is_empty() || all.windows(part.len()).any(|w| w == part),
                    _ => {
                        return type_error(format!(
                            "a bytes-like object is required, not '{}'",
                            type_name(&item)
                        ));
                    }
                }
            }
            Value::Range(r) if to_i64(&item).is_some() => {
                let n = to_i64(&item).unwrap_or(0);
                let inside = if r.step > 0 {
                    n >= r.start && n < r.stop
                } else {
                    n <= r.start && n > r.stop
                };
                inside && (n - r.start) % r.step == 0
            }
            other => {
                let class = matches!(other, Value::Class(c) if c.meta.is_some());
                if !class && !self.is_iterable(&container) {
                    return type_error(format!(
                        "argument of type '{}' is not iterable",
                        type_name(&container)
                    ));
                }
                let items = match other {
                    Value::List(l) => l.borrow().clone(),
                    Value::Tuple(t) => t.to_vec(),
                    _ => self.collect_sync(container.clone())?,
                };
                self.charge(items.len() / 16);
                let mut found = false;
                for v in &items {
                    if self.equal_sync(v, &item)? {
                        found = true;
                        break;
                    }
                }
                found
            }
        };
        Ok(found == yes)
    }

    /// The value of an f-string's field.
    pub(crate) fn format_value(&mut self, v: Value, conversion: u8, spec: Value) -> Res<Value> {
        match conversion {
            0 => {}
            b'r' => {
                return builtins::repr::repr_then(
                    self,
                    v,
                    |vm, s, text| vm.format_value(text, 0, s.into_iter().next().unwrap_or(Value::None)),
                    vec![spec],
                );
            }
            b'a' => {
                return builtins::repr::repr_then(
                    self,
                    v,
                    |vm, s, text| {
                        let text = builtins::repr::to_ascii(text.as_str().unwrap_or(""));
                        vm.format_value(Value::str(text), 0, s.into_iter().next().unwrap_or(Value::None))
                    },
                    vec![spec],
                );
            }
            _ => {
                return builtins::repr::str_then(
                    self,
                    v,
                    |vm, s, text| vm.format_value(text, 0, s.into_iter().next().unwrap_or(Value::None)),
                    vec![spec],
                );
            }
        }
        let text = spec.as_str().unwrap_or("").to_owned();
        builtins::repr::format(self, v, &text)
    }

    /// The beginning of a with statement: manager -> exit, result of `__enter__`.
    pub(crate) fn with_enter(&mut self, f: &mut Frame) -> Res<()> {
        let manager = f.pop();
        let class = class_of(&manager).clone();
        let Some(enter) = class.lookup(&self.names.enter) else {
            return type_error(format!(
                "'{}' object does not support the context manager protocol",
                type_name(&manager)
            ));
        };
        let Some(exit) = class.lookup(&self.names.exit) else {
            return type_error(format!(
                "'{}' object does not support the context manager protocol (missed __exit__ method)",
                type_name(&manager)
            ));
        };
        let exit = self.bind_attr(exit, &manager, &class)?;
        f.push(exit);
        let v = tail(enter, vec![manager])?;
        f.push(v);
        Ok(())
    }

    /// The normal end of a with statement.
    pub(crate) fn with_exit(&mut self, _: &mut Frame, exit: Value) -> Res<()> {
        tail(exit, vec![Value::None, Value::None, Value::None]).map_err(super::attribute::discard)
    }
}

fn store_slice<T: Clone>(items: &mut Vec<T>, s: &(Value, Value, Value), new: Vec<T>) -> Res<()> {
    let (start, step, count) = slice_indices(s, items.len())?;
    if step == 1 {
        let start = start as usize;
        let old: Vec<T> = items.splice(start..start + count, new).collect();
        drop(old);
        return Ok(());
    }
    if new.len() != count {
        return crate::program::exceptions::value_error(format!(
            "attempt to assign sequence of size {} to extended slice of size {count}",
            new.len()
        ));
    }
    for (i, v) in new.into_iter().enumerate() {
        items[(start + i as i64 * step) as usize] = v;
    }
    Ok(())
}

fn delete_slice<T>(items: &mut Vec<T>, s: &(Value, Value, Value)) -> Res<()> {
    let (start, step, count) = slice_indices(s, items.len())?;
    let mut gone: Vec<usize> = (0..count as i64).map(|i| (start + i * step) as usize).collect();
    crate::sorted::sort(&mut gone);
    if step.abs() == 1 {
        if let Some(&first) = gone.first() {
            items.drain(first..first + count);
        }
        return Ok(());
    }
    for i in gone.into_iter().rev() {
        items.remove(i);
    }
    Ok(())
}
