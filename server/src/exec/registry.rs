//! The open labs of a server by number, for `wirelab exec`.

use super::talk::KnownLab;
use crate::net::{Dialer, Lab};
use protocol::Network;
use protocol::wire::Host;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// All open labs. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Registry(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    labs: BTreeMap<u32, Entry>,
    /// The last number given: none is given twice.
    last: u32,
    /// Somebody can ask for them.
    open: bool,
}

/// A lab as it was opened.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) dialer: Dialer,
    pub(super) network: Network,
    pub(super) hosts: Vec<Host>,
    since: Instant,
}

/// A lab's place in the registry; dropping it takes the lab out.
pub(crate) struct Registered {
    pub(crate) number: u32,
    registry: Registry,
}

impl Registry {
    /// Gives a lab a number.
    pub(crate) fn add(&self, lab: &Lab) -> Registered {
        let mut inner = self.inner();
        inner.last += 1;
        let number = inner.last;
        inner.labs.insert(number, Entry::of(lab));
        Registered {
            number,
            registry: self.clone(),
        }
    }

    /// From now on the numbers are good for something.
    pub(super) fn is_asked(&self, open: bool) {
        self.inner().open = open;
    }

    /// Are the numbers good for something?
    pub(crate) fn is_open(&self) -> bool {
        self.inner().open
    }

    /// The lab with this number.
    pub(super) fn get(&self, number: u32) -> Option<Entry> {
        self.inner().labs.get(&number).cloned()
    }

    /// All of them, by number.
    pub(super) fn list(&self) -> Vec<KnownLab> {
        let inner = self.inner();
        let labs = inner.labs.iter().map(|(number, entry)| KnownLab {
            number: *number,
            network: entry.network,
            hosts: entry.hosts.clone(),
            seconds: entry.since.elapsed().as_secs(),
        });
        labs.collect()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registered {
    /// The lab was reset: the same number leads to the new network.
    pub(crate) fn renew(&self, lab: &Lab) {
        self.registry.inner().labs.insert(self.number, Entry::of(lab));
    }
}

impl Entry {
    fn of(lab: &Lab) -> Self {
        Self {
            dialer: lab.dialer(),
            network: lab.network(),
            hosts: lab.hosts(),
            since: Instant::now(),
        }
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.registry.inner().labs.remove(&self.number);
    }
}
