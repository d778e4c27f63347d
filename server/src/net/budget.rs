//! Bytes that the server holds for all pages together: answers that were not acknowledged, requests that wait for room, what
//! programs send and nobody receives.
//!
//! Each session and each lab has a bound of its own, but many at once could still be too many. When the budget is spent, nobody
//! gets more than [`FLOOR`] at a time: who keeps up goes on as before, who is behind waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// What each holder may have when nothing else is left, bytes.
pub(crate) const FLOOR: usize = 64 << 10;

/// The server's. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    used: AtomicUsize,
    most: usize,
}

/// Bytes that somebody holds; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    budget: Budget,
    bytes: usize,
}

impl Budget {
    /// Nothing held yet.
    pub(crate) fn new(most: usize) -> Self {
        let used = AtomicUsize::new(0);
        Self(Arc::new(Inner { used, most }))
    }

    /// Is it spent? Asked before holding more; several at once may go over it by what each of them holds then.
    pub(crate) fn is_spent(&self) -> bool {
        self.0.used.load(Relaxed) >= self.0.most
    }

    /// Holds so many bytes.
    pub(crate) fn hold(&self, bytes: usize) -> Held {
        self.0.used.fetch_add(bytes, Relaxed);
        Held {
            budget: self.clone(),
            bytes,
        }
    }
}

impl Held {
    /// How many bytes.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Holds so many from now on.
    pub(crate) fn set(&mut self, bytes: usize) {
        let used = &self.budget.0.used;
        if bytes > self.bytes {
            used.fetch_add(bytes - self.bytes, Relaxed);
        } else {
            used.fetch_sub(self.bytes - bytes, Relaxed);
        }
        self.bytes = bytes;
    }

    pub(crate) fn add(&mut self, bytes: usize) {
        self.set(self.bytes + bytes);
    }

    pub(crate) fn give_back(&mut self, bytes: usize) {
        self.set(self.bytes.saturating_sub(bytes));
    }

    /// May it grow, if it alone may have `most`?
    pub(crate) fn has_room(&self, most: usize) -> bool {
        self.bytes < most && (self.bytes < FLOOR || !self.budget.is_spent())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_behind_waits_and_who_keeps_up_does_not() {
        let budget = Budget::new(10 * FLOOR);
        let most = 20 * FLOOR;
        let (mut greedy, mut modest) = (budget.hold(9 * FLOOR), budget.hold(0));
        assert!(greedy.has_room(most));
        greedy.add(FLOOR);
        assert!(budget.is_spent());
        assert!(!greedy.has_room(most) && modest.has_room(most));
        modest.add(FLOOR);
        assert!(!modest.has_room(most));
        greedy.give_back(5 * FLOOR);
        assert!(greedy.has_room(most) && !greedy.has_room(5 * FLOOR));
        drop((greedy, modest));
        assert_eq!(budget.0.used.load(Relaxed), 0);
    }
}
