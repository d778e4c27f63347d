//! str as a value, and names: the interned strings by which attributes, globals and keywords are found.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::Value;

/// So many bytes beyond its end a str may keep.
const SPARE: usize = 32;

/// A Python str: immutable text, its hash and its length in characters found once.
pub struct Str {
    text: String,
    hash: Cell<u64>,
    chars: Cell<u32>,
    interned: Cell<bool>,
}

impl Str {
    /// A new one, not interned.
    pub fn new(mut text: String) -> Self {
        // Room for a few more bytes costs less than moving the text.
        if text.capacity() - text.len() > SPARE {
            text.shrink_to_fit();
        }
        Self {
            text,
            hash: Cell::new(0),
            chars: Cell::new(u32::MAX),
            interned: Cell::new(false),
        }
    }

    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many characters (code points).
    pub fn len(&self) -> usize {
        if self.chars.get() == u32::MAX {
            let n = self.text.chars().count();
            self.chars.set(u32::try_from(n).unwrap_or(u32::MAX - 1));
        }
        self.chars.get() as usize
    }

    /// No characters?
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// One byte a character?
    pub fn is_ascii(&self) -> bool {
        self.len() == self.text.len()
    }

    /// A fixed hash of the text (as python3 has with PYTHONHASHSEED set), never 0.
    pub fn hash(&self) -> u64 {
        let known = self.hash.get();
        if known != 0 {
            return known;
        }
        let mut h: u64 = 0xcbf2_9ce4_8422_2325;
        let mut chunks = self.text.as_bytes().chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            h = (h ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            h ^= h >> 29;
        }
        for &b in chunks.remainder() {
            h = (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
        }
        h ^= h >> 32;
        let h = h.max(1);
        self.hash.set(h);
        h
    }
}

/// An interned str: two names are equal when they are the same pointer.
#[derive(Clone)]
pub struct Name(Rc<Str>);

thread_local!(static INTERNED: RefCell<HashMap<Box<str>, Name>> = RefCell::new(HashMap::new()));

impl Name {
    /// The name for this text, made if it is new.
    pub fn new(text: &str) -> Self {
        INTERNED.with(|table| {
            let mut table = table.borrow_mut();
            if let Some(name) = table.get(text) {
                return name.clone();
            }
            let s = Str::new(text.to_owned());
            s.interned.set(true);
            let name = Self(Rc::new(s));
            table.insert(text.into(), name.clone());
            name
        })
    }

    /// The name for this text if anything was ever called so; else nothing has such an attribute.
    pub fn find(text: &str) -> Option<Self> {
        INTERNED.with(|table| table.borrow().get(text).cloned())
    }

    /// The name for a str value.
    pub fn of(s: &Rc<Str>) -> Self {
        if s.interned.get() {
            Self(s.clone())
        } else {
            Self::new(s.as_str())
        }
    }

    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// As a Python value.
    pub fn value(&self) -> Value {
        Value::Str(self.0.clone())
    }

    pub(super) fn address(&self) -> u64 {
        Rc::as_ptr(&self.0) as usize as u64
    }
}

impl PartialEq for Name {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Name {}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
