//! Iterators of built-in types. Those that call the program's code (map, filter, iter(f, sentinel)) are written in Python
//! (`builtins/prelude.py`), so that they can stop and block.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::{Dict, List, Range, Set, Str, Tuple, Value, ViewKind};

/// An iterator with its state.
pub enum Iter {
    /// Over a list; ended ones stay ended.
    List(Rc<List>, Cell<usize>),
    /// Over a tuple.
    Tuple(Rc<Tuple>, Cell<usize>),
    /// Over a str: byte offset.
    Str(Rc<Str>, Cell<usize>),
    /// Over bytes.
    Bytes(Rc<Box<[u8]>>, Cell<usize>),
    /// Over a bytearray.
    ByteArray(Rc<RefCell<Vec<u8>>>, Cell<usize>),
    /// Over a range: next number, how many are left, step.
    Range(Cell<i64>, Cell<usize>, i64),
    /// Over a dict or its view: place, and the length it must keep.
    Dict(Rc<Dict>, ViewKind, Cell<usize>, usize),
    /// Over a set: place, and the length it must keep.
    Set(Rc<Set>, Cell<usize>, usize),
    /// reversed() of a list: next index + 1.
    ReversedList(Rc<List>, Cell<usize>),
    /// Values at hand, handed out from the front: reversed() of others, string splits, ...
    Values(RefCell<std::vec::IntoIter<Value>>, &'static str),
    /// enumerate() of a native iterator.
    Enumerate(Value, Cell<i64>),
    /// zip() of native iterators.
    Zip(Vec<Value>, bool),
}

/// What one step gave.
pub enum Step {
    /// An item.
    Item(Value),
    /// The end.
    End,
    /// The dict or set has changed under the iterator: RuntimeError with these words.
    Changed(&'static str),
    /// zip(strict=True) met iterables of different lengths: ValueError with these words.
    Uneven(String),
}

impl Iter {
    /// Over numbers.
    pub fn range(r: &Range) -> Self {
        Self::Range(Cell::new(r.start), Cell::new(r.len()), r.step)
    }

    /// Over values at hand; `kind` is the type's name.
    pub fn values(values: Vec<Value>, kind: &'static str) -> Self {
        Self::Values(RefCell::new(values.into_iter()), kind)
    }

    /// The type's name.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::List(..) => "list_iterator",
            Self::Tuple(..) => "tuple_iterator",
            Self::Str(s, _) => {
                if s.is_ascii() {
                    "str_ascii_iterator"
                } else {
                    "str_iterator"
                }
            }
            Self::Bytes(..) => "bytes_iterator",
            Self::ByteArray(..) => "bytearray_iterator",
            Self::Range(..) => "range_iterator",
            Self::Dict(_, ViewKind::Keys, ..) => "dict_keyiterator",
            Self::Dict(_, ViewKind::Values, ..) => "dict_valueiterator",
            Self::Dict(_, ViewKind::Items, ..) => "dict_itemiterator",
            Self::Set(..) => "set_iterator",
            Self::ReversedList(..) => "list_reverseiterator",
            Self::Values(_, kind) => kind,
            Self::Enumerate(..) => "enumerate",
            Self::Zip(..) => "zip",
        }
    }

    /// The next item.
    pub fn next(&self) -> Step {
        fn at(i: &Cell<usize>, item: Option<Value>) -> Step {
            match item {
                Some(v) => {
                    i.set(i.get() + 1);
                    Step::Item(v)
                }
                None => {
                    i.set(usize::MAX);
                    Step::End
                }
            }
        }
        match self {
            Self::List(list, i) => at(i, list.borrow().get(i.get()).cloned()),
            Self::Range(next, left, step) => {
                let n = left.get();
                if n == 0 {
                    return Step::End;
                }
                left.set(n - 1);
                let v = next.get();
                next.set(v.wrapping_add(*step));
                Step::Item(Value::Int(v))
            }
            Self::Tuple(items, i) => at(i, items.get(i.get()).cloned()),
            Self::Str(s, i) => {
                let Some(c) = s.as_str().get(i.get()..).and_then(|rest| rest.chars().next()) else {
                    return Step::End;
                };
                i.set(i.get() + c.len_utf8());
                Step::Item(char_value(c))
            }
            Self::Bytes(b, i) => at(i, b.get(i.get()).map(|b| Value::Int(i64::from(*b)))),
            Self::ByteArray(b, i) => at(i, b.borrow().get(i.get()).map(|b| Value::Int(i64::from(*b)))),
            Self::Dict(dict, kind, i, len) => {
                let map = dict.map.borrow();
                if map.len() != *len && i.get() != usize::MAX {
                    return Step::Changed("dictionary changed size during iteration");
                }
                at(i, map.get_index(i.get()).map(|(k, v)| kind.of(&k.value, v)))
            }
            Self::Set(set, i, len) => {
                if i.get() == usize::MAX {
                    return Step::End;
                }
                if set.len() != *len {
                    return Step::Changed("Set changed size during iteration");
                }
                match set.next(i.get()) {
                    Some((place, key)) => {
                        i.set(place + 1);
                        Step::Item(key.value)
                    }
                    None => {
                        i.set(usize::MAX);
                        Step::End
                    }
                }
            }
            Self::ReversedList(list, i) => {
                let n = i.get();
                if n == 0 {
                    return Step::End;
                }
                i.set(n - 1);
                list.borrow().get(n - 1).cloned().map_or(Step::End, Step::Item)
            }
            Self::Values(items, _) => items.borrow_mut().next().map_or(Step::End, Step::Item),
            Self::Enumerate(inner, count) => match inner {
                Value::Iter(inner) => match inner.next() {
                    Step::Item(v) => {
                        let n = count.get();
                        count.set(n + 1);
                        Step::Item(Value::tuple(vec![Value::Int(n), v]))
                    }
                    other => other,
                },
                _ => Step::End,
            },
            Self::Zip(inner, strict) => zip(inner, *strict),
        }
    }
}

fn zip(inner: &[Value], strict: bool) -> Step {
    if inner.is_empty() {
        return Step::End;
    }
    let mut row = Vec::with_capacity(inner.len());
    for (i, it) in inner.iter().enumerate() {
        let Value::Iter(it) = it else { return Step::End };
        match it.next() {
            Step::Item(v) => row.push(v),
            Step::End if strict => {
                let before = if i == 1 {
                    "argument 1".to_owned()
                } else {
                    format!("arguments 1-{i}")
                };
                if i > 0 {
                    return Step::Uneven(format!("zip() argument {} is shorter than {before}", i + 1));
                }
                for (j, other) in inner.iter().enumerate().skip(1) {
                    let before = if j == 1 {
                        "argument 1".to_owned()
                    } else {
                        format!("arguments 1-{j}")
                    };
                    if let Value::Iter(other) = other
                        && let Step::Item(_) = other.next()
                    {
                        return Step::Uneven(format!("zip() argument {} is longer than {before}", j + 1));
                    }
                }
                return Step::End;
            }
            other => return other,
        }
    }
    Step::Item(Value::tuple(row))
}

/// A str of one character; those of ASCII are made once.
pub fn char_value(c: char) -> Value {
    thread_local!(static ASCII: Vec<Rc<Str>> =
        (0..128u8).map(|b| Rc::new(Str::new(char::from(b).to_string()))).collect());
    if c.is_ascii() {
        ASCII.with(|all| Value::Str(all[c as usize].clone()))
    } else {
        Value::str(c.to_string())
    }
}
