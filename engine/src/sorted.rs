//! Maps and sets as sorted lists: what the crates that become the page use in the place of `BTreeMap`, whose code for each type of
//! keys and values is 8 KB of the page. Looking up is as quick; putting in and taking out move what stands behind, so these are
//! for maps that are small (what waits, what is open) or whose keys come in order (the numbers of events).

use std::borrow::Borrow;

/// Sorts a list in place. Those of the standard library are quicker, and are several KB of code for each type.
pub fn sort<T: Ord>(list: &mut [T]) {
    let len = list.len();
    // A heap whose first is the greatest; then the greatest goes to the end, and again.
    for from in (0..len / 2).rev() {
        sink(list, from);
    }
    for end in (1..len).rev() {
        list.swap(0, end);
        sink(&mut list[..end], 0);
    }
}

fn sink<T: Ord>(heap: &mut [T], mut place: usize) {
    loop {
        let mut child = 2 * place + 1;
        if child + 1 < heap.len() && heap[child] < heap[child + 1] {
            child += 1;
        }
        if child >= heap.len() || heap[place] >= heap[child] {
            return;
        }
        heap.swap(place, child);
        place = child;
    }
}

/// A map whose keys are in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map<K, V>(Vec<(K, V)>);

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> Map<K, V> {
    /// Nothing in it.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// How many keys it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Is nothing in it?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Keys and values, in the order of the keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + Clone {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + Clone {
        self.0.iter().map(|(key, _)| key)
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.0.iter().map(|(_, value)| value)
    }

    /// The values in the order of their keys, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// Keeps what `keep` says.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.0.retain_mut(|(key, value)| keep(key, value));
    }
}

impl<K: Ord, V> Map<K, V> {
    /// Where a key stands, or where it would.
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        // Keys often come in order.
        if self.0.last().is_none_or(|(last, _)| last.borrow() < key) {
            return Err(self.0.len());
        }
        self.0.binary_search_by(|(known, _)| known.borrow().cmp(key))
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// Is the key there?
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// The value of a key; what `make` makes if there is none yet.
    pub fn or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let place = match self.place(&key) {
            Ok(place) => place,
            Err(place) => {
                self.0.insert(place, (key, make()));
                place
            }
        };
        &mut self.0[place].1
    }

    /// The value of a key; the usual one if there is none yet.
    pub fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.or_insert_with(key, V::default)
    }

    /// Puts a value in; the answer is the one before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(place) => Some(std::mem::replace(&mut self.0[place].1, value)),
            Err(place) => {
                self.0.insert(place, (key, value));
                None
            }
        }
    }

    /// Takes a key out; the answer is its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        Some(self.0.remove(place).1)
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut map = Self::new();
        map.extend(pairs);
        map
    }
}

impl<K: Ord, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        for (key, value) in pairs {
            self.insert(key, value);
        }
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// A set in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set<K>(Vec<K>);

impl<K> Default for Set<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> Set<K> {
    /// Nothing in it.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Is nothing in it?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// What is in it, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, K> {
        self.0.iter()
    }

    /// How many are in it.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The first in order.
    pub fn first(&self) -> Option<&K> {
        self.0.first()
    }

    /// Takes the first out.
    pub fn pop_first(&mut self) -> Option<K> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    /// Keeps what `keep` says.
    pub fn retain(&mut self, keep: impl FnMut(&K) -> bool) {
        self.0.retain(keep);
    }
}

impl<K: Ord> Set<K> {
    /// Is it in the set?
    pub fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.binary_search_by(|known| known.borrow().cmp(key)).is_ok()
    }

    /// Puts it in; false: it was there.
    pub fn insert(&mut self, key: K) -> bool {
        let Err(place) = self.0.binary_search(&key) else {
            return false;
        };
        self.0.insert(place, key);
        true
    }

    /// Takes it out; false: it was not there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        let Ok(place) = self.0.binary_search_by(|known| known.borrow().cmp(key)) else {
            return false;
        };
        self.0.remove(place);
        true
    }
}

impl<K: Ord> FromIterator<K> for Set<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        let mut set = Self::new();
        keys.into_iter().for_each(|key| {
            set.insert(key);
        });
        set
    }
}

impl<K> IntoIterator for Set<K> {
    type Item = K;
    type IntoIter = std::vec::IntoIter<K>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// The same numbers each time, without any order.
    fn numbers() -> impl Iterator<Item = u64> {
        let mut x = 0x9E37_79B9_7F4A_7C15_u64;
        std::iter::repeat_with(move || {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            x >> 20
        })
    }

    #[test]
    fn a_map_does_what_a_b_tree_does() {
        let (mut ours, mut theirs) = (Map::new(), BTreeMap::new());
        for n in numbers().take(20_000) {
            let key = n % 97;
            match n / 97 % 7 {
                0 | 1 => assert_eq!(ours.insert(key, n), theirs.insert(key, n)),
                2 | 3 => assert_eq!(ours.remove(&key), theirs.remove(&key)),
                4 => *ours.or_insert_with(key, || n) += 1,
                5 => *ours.or_default(key) ^= n,
                _ => ours.retain(|k, v| (*k ^ *v) % 5 != 0),
            }
            match n / 97 % 7 {
                4 => *theirs.entry(key).or_insert(n) += 1,
                5 => *theirs.entry(key).or_default() ^= n,
                6 => theirs.retain(|k, v| (*k ^ *v) % 5 != 0),
                _ => {}
            }
            assert_eq!(ours.get(&key), theirs.get(&key));
            assert_eq!(ours.contains_key(&(key + 1)), theirs.contains_key(&(key + 1)));
            assert_eq!(ours.get_mut(&(key / 2)), theirs.get_mut(&(key / 2)));
            assert!(ours.iter().eq(theirs.iter()));
            assert!(ours.keys().rev().eq(theirs.keys().rev()) && ours.values().eq(theirs.values()));
            assert_eq!((ours.len(), ours.is_empty()), (theirs.len(), theirs.is_empty()));
        }
        let pairs: Vec<_> = numbers().take(500).map(|n| (n % 83, n)).collect();
        let ours: Map<_, _> = pairs.iter().copied().collect();
        let theirs: BTreeMap<_, _> = pairs.into_iter().collect();
        assert!(ours.into_iter().eq(theirs));
    }

    #[test]
    fn a_set_does_what_a_b_tree_does() {
        let (mut ours, mut theirs) = (Set::new(), BTreeSet::new());
        for n in numbers().take(20_000) {
            let key = n % 97;
            match n / 97 % 9 {
                0..=3 => assert_eq!(ours.insert(key), theirs.insert(key)),
                4 => assert_eq!(ours.pop_first(), theirs.pop_first()),
                5..=7 => assert_eq!(ours.remove(&key), theirs.remove(&key)),
                _ => {
                    ours.retain(|k| k % 3 != n % 3);
                    theirs.retain(|k| k % 3 != n % 3);
                }
            }
            assert_eq!(ours.contains(&key), theirs.contains(&key));
            assert_eq!(ours.first(), theirs.first());
            assert!(ours.iter().eq(theirs.iter()));
            assert_eq!((ours.len(), ours.is_empty()), (theirs.len(), theirs.is_empty()));
        }
        let some = [5, 1, 4, 1];
        assert!(some.into_iter().collect::<Set<_>>().into_iter().eq([1, 4, 5]));
    }

    #[test]
    fn lists_are_sorted() {
        for len in 0..200 {
            for kinds in [1, 3, 1000] {
                let mut list: Vec<_> = numbers()
                    .skip(len)
                    .take(len)
                    .map(|n| (n % kinds).to_string())
                    .collect();
                let mut judge = list.clone();
                judge.sort();
                sort(&mut list);
                assert_eq!(list, judge);
                sort(&mut list);
                assert_eq!(list, judge);
            }
        }
    }
}
