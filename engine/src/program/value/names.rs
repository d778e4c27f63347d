//! The map from names to values behind attributes, globals and class bodies.
//!
//! Entries keep the order of first assignment, and their place in it: the bytecode's caches remember the place and check
//! the name's pointer. Most maps have a handful of entries and are searched in line; larger ones get an index.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::dict::Spread;
use super::{Name, Value, fresh};

/// Beyond so many entries an index is kept.
const SMALL: usize = 10;

/// Names and values in order of first assignment.
#[derive(Default)]
pub struct NameMap {
    entries: Vec<(Name, Value)>,
    index: Option<HashMap<u64, u32, BuildHasherDefault<Spread>>>,
    shape: u64,
}

impl NameMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Changes whenever a name comes or goes, and is never the same for two maps of different history. 0: empty from
    /// the start.
    #[inline]
    pub fn shape(&self) -> u64 {
        self.shape
    }

    /// Where the name is.
    #[inline]
    pub fn find(&self, name: &Name) -> Option<usize> {
        match &self.index {
            None => self.entries.iter().position(|(n, _)| n == name),
            Some(index) => index.get(&name.address()).map(|i| *i as usize),
        }
    }

    /// The value of a name.
    #[inline]
    pub fn get(&self, name: &Name) -> Option<&Value> {
        self.find(name).map(|i| &self.entries[i].1)
    }

    /// The value of a name given as text.
    pub fn get_str(&self, name: &str) -> Option<&Value> {
        self.get(&Name::find(name)?)
    }

    /// The entry at a remembered place, if it still has this name.
    #[inline]
    pub fn at(&self, place: usize, name: &Name) -> Option<&Value> {
        match self.entries.get(place) {
            Some((n, v)) if n == name => Some(v),
            _ => None,
        }
    }

    /// The entry at a remembered place, whatever its name.
    #[inline]
    pub fn at_unchecked(&self, place: usize) -> Option<&Value> {
        self.entries.get(place).map(|e| &e.1)
    }

    /// The same, to be replaced.
    #[inline]
    pub fn at_mut(&mut self, place: usize, name: &Name) -> Option<&mut Value> {
        match self.entries.get_mut(place) {
            Some((n, v)) if n == name => Some(v),
            _ => None,
        }
    }

    /// Sets a name; gives back the old value, for the caller to drop outside any borrow.
    pub fn set(&mut self, name: &Name, value: Value) -> Option<Value> {
        if let Some(i) = self.find(name) {
            return Some(std::mem::replace(&mut self.entries[i].1, value));
        }
        self.entries.push((name.clone(), value));
        if let Some(index) = &mut self.index {
            index.insert(name.address(), (self.entries.len() - 1) as u32);
        } else if self.entries.len() > SMALL {
            self.reindex();
        }
        self.shape = fresh();
        None
    }

    /// Sets a name given as text.
    pub fn put(&mut self, name: &str, value: Value) -> Option<Value> {
        self.set(&Name::new(name), value)
    }

    /// Takes a name out.
    pub fn remove(&mut self, name: &Name) -> Option<Value> {
        let i = self.find(name)?;
        let (_, value) = self.entries.remove(i);
        if self.index.is_some() {
            self.reindex();
        }
        self.shape = fresh();
        Some(value)
    }

    /// Takes everything out.
    pub fn take(&mut self) -> Vec<(Name, Value)> {
        self.index = None;
        self.shape = fresh();
        std::mem::take(&mut self.entries)
    }

    /// All entries in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &(Name, Value)> {
        self.entries.iter()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// None?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// A copy whose values went through `f`, with the same places and shape.
    pub fn map(&self, mut f: impl FnMut(&Value) -> Value) -> Self {
        Self {
            entries: self.entries.iter().map(|(n, v)| (n.clone(), f(v))).collect(),
            index: self.index.clone(),
            shape: self.shape,
        }
    }

    fn reindex(&mut self) {
        self.index = (self.entries.len() > SMALL).then(|| {
            self.entries
                .iter()
                .enumerate()
                .map(|(i, (n, _))| (n.address(), i as u32))
                .collect()
        });
    }
}
