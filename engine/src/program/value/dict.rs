//! dict and set.
//!
//! Keys carry their hash. Equality of keys that the program's own `__eq__` decides is not known here: the VM asks for it
//! (`vm/keys.rs`) and then uses the places found.

use indexmap::{Equivalent, IndexMap};
use std::cell::{Cell, Ref, RefCell};
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::rc::Rc;

use super::{Value, hash};

/// A hashed key.
#[derive(Clone)]
pub struct Key {
    /// hash(value)
    pub hash: u64,
    /// The key.
    pub value: Value,
}

impl Key {
    /// A key whose hash needs no code of the program; `None` for others and for unhashable values.
    pub fn plain(value: Value) -> Option<Self> {
        hash::hash(&value).ok().map(|h| Self {
            hash: h as u64,
            value,
        })
    }
}

/// A key that is looked for.
#[derive(Clone, Copy)]
pub struct Probe<'a>(pub u64, pub &'a Value);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl Hash for Probe<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && (self.value.is(&other.value) || hash::equal(&self.value, &other.value))
    }
}

impl Eq for Key {}

impl Equivalent<Key> for Probe<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.0 == key.hash && (self.1.is(&key.value) || hash::equal(self.1, &key.value))
    }
}

/// Spreads a hash that is computed already.
#[derive(Default, Clone, Copy)]
pub struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    #[inline]
    fn write_u64(&mut self, n: u64) {
        let m = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = m ^ (m >> 32);
    }
}

/// The table behind a dict.
pub type Table = IndexMap<Key, Value, BuildHasherDefault<Spread>>;

/// A dict.
#[derive(Default)]
pub struct Dict {
    /// Keys and values in order of insertion.
    pub map: RefCell<Table>,
    /// Some key is equal to others only by the program's own `__eq__`.
    pub custom: Cell<bool>,
    /// Whose attributes these are, for a `__dict__` or globals(): what is written here is written there too.
    pub owner: RefCell<Value>,
}

impl Dict {
    /// A dict of these entries.
    pub fn new(map: Table) -> Self {
        Self {
            map: RefCell::new(map),
            custom: Cell::new(false),
            owner: RefCell::new(Value::Unbound),
        }
    }

    /// The value of a str key.
    pub fn get_str(&self, key: &str) -> Option<Value> {
        let s = Value::str(key);
        let h = hash::hash(&s).ok()? as u64;
        self.map.borrow().get(&Probe(h, &s)).cloned()
    }

    /// Sets a str key.
    pub fn put_str(&self, key: &str, value: Value) {
        let s = Value::str(key);
        if let Some(key) = Key::plain(s) {
            self.map.borrow_mut().insert(key, value);
        }
    }

    /// Equal without the program's code.
    pub fn equal(&self, other: &Dict) -> bool {
        let (a, b) = (self.map.borrow(), other.map.borrow());
        a.len() == b.len()
            && a.iter()
                .all(|(k, v)| b.get(k).is_some_and(|w| v.is(w) || hash::equal(v, w)))
    }
}

impl Drop for Dict {
    fn drop(&mut self) {
        let map = std::mem::take(self.map.get_mut());
        if !map.is_empty() {
            super::sequence::release(map.into_values());
        }
    }
}

/// What dict.keys(), .values() and .items() give.
pub struct DictView {
    /// Of which dict.
    pub dict: Rc<Dict>,
    /// Which of the three.
    pub kind: ViewKind,
}

/// See [`DictView`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum ViewKind {
    Keys,
    Values,
    Items,
}

impl ViewKind {
    /// What an entry looks like.
    pub fn of(self, key: &Value, value: &Value) -> Value {
        match self {
            Self::Keys => key.clone(),
            Self::Values => value.clone(),
            Self::Items => Value::tuple(vec![key.clone(), value.clone()]),
        }
    }
}

/// A set or frozenset.
///
/// The table is CPython's (open addressing, nine linear probes, then a perturbed jump), because its order shows when a
/// set of small ints is printed.
pub struct Set {
    /// frozenset
    pub frozen: bool,
    /// Some element is equal to others only by the program's own `__eq__`.
    pub custom: Cell<bool>,
    table: RefCell<SetTable>,
}

#[derive(Clone)]
enum SetSlot {
    Empty,
    Dummy,
    Full(Key),
}

#[derive(Clone)]
struct SetTable {
    slots: Vec<SetSlot>,
    fill: usize,
    used: usize,
}

const PROBES: usize = 9;

impl SetTable {
    fn new() -> Self {
        Self {
            slots: vec![SetSlot::Empty; 8],
            fill: 0,
            used: 0,
        }
    }

    /// The slot of an equal key, or the slot where it would go.
    fn seek(&self, probe: Probe<'_>) -> Result<usize, usize> {
        let mask = self.slots.len() - 1;
        let mut perturb = probe.0 as usize;
        let mut i = probe.0 as usize & mask;
        let mut free = None;
        loop {
            let last = if i + PROBES <= mask { i + PROBES } else { i };
            for at in i..=last {
                match &self.slots[at] {
                    SetSlot::Empty => return Err(free.unwrap_or(at)),
                    SetSlot::Dummy => {
                        free.get_or_insert(at);
                    }
                    SetSlot::Full(key) if probe.equivalent(key) => return Ok(at),
                    SetSlot::Full(_) => {}
                }
            }
            perturb >>= 5;
            i = i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb) & mask;
        }
    }

    fn add(&mut self, key: Key) -> bool {
        let Err(at) = self.seek(Probe(key.hash, &key.value)) else {
            return false;
        };
        if matches!(self.slots[at], SetSlot::Empty) {
            self.fill += 1;
        }
        self.slots[at] = SetSlot::Full(key);
        self.used += 1;
        let mask = self.slots.len() - 1;
        if self.fill * 5 >= mask * 3 {
            self.resize(if self.used > 50_000 {
                self.used * 2
            } else {
                self.used * 4
            });
        }
        true
    }

    fn resize(&mut self, minimum: usize) {
        let mut size = 8;
        while size <= minimum {
            size <<= 1;
        }
        let old = std::mem::replace(&mut self.slots, vec![SetSlot::Empty; size]);
        self.fill = self.used;
        for slot in old {
            if let SetSlot::Full(key) = slot
                && let Err(at) = self.seek(Probe(key.hash, &key.value))
            {
                self.slots[at] = SetSlot::Full(key);
            }
        }
    }
}

impl Set {
    /// An empty one.
    pub fn new(frozen: bool) -> Self {
        Self {
            frozen,
            custom: Cell::new(false),
            table: RefCell::new(SetTable::new()),
        }
    }

    /// One with these elements.
    pub fn from_keys(frozen: bool, keys: impl IntoIterator<Item = Key>) -> Self {
        let set = Self::new(frozen);
        for key in keys {
            set.add(key);
        }
        set
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.table.borrow().used
    }

    /// None?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts an element in; false if it was there.
    pub fn add(&self, key: Key) -> bool {
        self.table.borrow_mut().add(key)
    }

    /// Is it in?
    pub fn has(&self, key: &Key) -> bool {
        self.table.borrow().seek(Probe(key.hash, &key.value)).is_ok()
    }

    /// Takes an element out; gives it back for the caller to drop.
    pub fn remove(&self, key: &Key) -> Option<Key> {
        let mut table = self.table.borrow_mut();
        let at = table.seek(Probe(key.hash, &key.value)).ok()?;
        table.used -= 1;
        match std::mem::replace(&mut table.slots[at], SetSlot::Dummy) {
            SetSlot::Full(key) => Some(key),
            _ => None,
        }
    }

    /// Takes the first element in the table's order out, as pop() does.
    pub fn pop(&self) -> Option<Key> {
        let first = self.next(0)?.1;
        self.remove(&first)
    }

    /// Takes everything out.
    pub fn clear(&self) -> Vec<Key> {
        let keys = self.keys();
        *self.table.borrow_mut() = SetTable::new();
        keys
    }

    /// All elements in the table's order.
    pub fn keys(&self) -> Vec<Key> {
        let table: Ref<'_, SetTable> = self.table.borrow();
        table
            .slots
            .iter()
            .filter_map(|s| {
                if let SetSlot::Full(k) = s {
                    Some(k.clone())
                } else {
                    None
                }
            })
            .collect()
    }

    /// The first element at or after this place in the table, and its place.
    pub fn next(&self, from: usize) -> Option<(usize, Key)> {
        let table = self.table.borrow();
        table
            .slots
            .iter()
            .enumerate()
            .skip(from)
            .find_map(|(i, s)| match s {
                SetSlot::Full(k) => Some((i, k.clone())),
                _ => None,
            })
    }

    /// A copy with the same table, so with the same order; the values went through `f`.
    pub fn map(&self, frozen: bool, mut f: impl FnMut(&Value) -> Value) -> Self {
        let table = self.table.borrow();
        let slots = table
            .slots
            .iter()
            .map(|s| match s {
                SetSlot::Full(k) => SetSlot::Full(Key {
                    hash: k.hash,
                    value: f(&k.value),
                }),
                SetSlot::Dummy => SetSlot::Dummy,
                SetSlot::Empty => SetSlot::Empty,
            })
            .collect();
        Self {
            frozen,
            custom: self.custom.clone(),
            table: RefCell::new(SetTable {
                slots,
                fill: table.fill,
                used: table.used,
            }),
        }
    }
}
