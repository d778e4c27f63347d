//! list and tuple, and how long chains of objects are dropped.
//!
//! When the last reference to a container goes, so go its items, and theirs: a list nested a hundred thousand deep would
//! exhaust the stack. Beyond a depth what is left is put aside and dropped by the outermost drop, as CPython's "trashcan"
//! does.

use std::cell::{Cell, RefCell};
use std::ops::Deref;

use super::Value;

/// How deep drops may be nested.
const MAX_DEPTH: u32 = 40;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static ASIDE: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
}

/// May dropping the value drop more values?
fn holds_values(v: &Value) -> bool {
    !matches!(
        v,
        Value::Unbound
            | Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Bytes(_)
            | Value::Big(_)
            | Value::Native(_)
    )
}

/// Drops values that a container held.
pub(crate) fn release(values: impl IntoIterator<Item = Value>) {
    DEPTH.with(|depth| {
        let d = depth.get();
        if d >= MAX_DEPTH {
            // While a thread ends, this store may be gone before the last values: those are dropped where they are.
            let values: Vec<Value> = values.into_iter().collect();
            let _ = ASIDE.try_with(|aside| aside.borrow_mut().extend(values));
            return;
        }
        depth.set(d + 1);
        values.into_iter().for_each(drop);
        if d == 0 {
            while let Ok(Some(v)) = ASIDE.try_with(|aside| aside.borrow_mut().pop()) {
                drop(v);
            }
        }
        depth.set(d);
    });
}

/// The items of a list.
#[derive(Default)]
pub struct List(RefCell<Vec<Value>>);

impl List {
    /// A list of these.
    pub fn new(items: Vec<Value>) -> Self {
        Self(RefCell::new(items))
    }
}

impl Deref for List {
    type Target = RefCell<Vec<Value>>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Drop for List {
    fn drop(&mut self) {
        let items = self.0.get_mut();
        if items.iter().any(holds_values) {
            release(std::mem::take(items));
        }
    }
}

/// The items of a tuple.
pub struct Tuple(Box<[Value]>);

impl Tuple {
    /// A tuple of these.
    pub fn new(items: Vec<Value>) -> Self {
        Self(items.into_boxed_slice())
    }
}

impl Deref for Tuple {
    type Target = [Value];

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Drop for Tuple {
    fn drop(&mut self) {
        if self.0.iter().any(holds_values) {
            release(std::mem::take(&mut self.0).into_vec());
        }
    }
}
