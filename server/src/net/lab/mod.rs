//! One lab: sockets in one place, calls on them, and what the kernel says about them.
//!
//! ```text
//! submit(id, call)
//!   calls      what the call means, as CPython means it; tried at once
//!     op       calls that may have to wait, each tried again when its socket is ready
//!     state    the lab's sockets and waiting calls, under one lock
//!   wire/      packets between the hosts, where there is a wire
//!   pump       a task that wakes for ready sockets (one epoll a lab), for packets and for deadlines
//!   sample     after each answer: what has changed in the kernel
//! next() ◀── Told
//! ```
//!
//! All sockets are nonblocking; blocking mode and deadlines are kept here, as CPython keeps deadlines. Nothing is read
//! ahead: what no call has asked for stays in the kernel's buffers, where samples show it.

mod addresses;
mod calls;
mod dialer;
mod op;
mod pump;
mod sample;
mod sock;
mod state;
mod wire;

use super::helper;
use super::lock;
use super::networks::{Networks, OpenError};
use super::place::Place;
use crate::linux;
use crate::sys::Errno;
use engine::net::names::Table;
use protocol::wire::{Embryo, Host};
use protocol::{Call, CallId, HostId, Network, Outcome, Plan, Sample, WireAction, WireNews};
use pump::Shared;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

pub use dialer::Dialer;
#[cfg(namespaces)]
pub(crate) use dialer::Guest;

/// A lab's network, open until it is dropped.
pub struct Lab {
    shared: Arc<Shared>,
    pump: JoinHandle<()>,
    networks: Networks,
    plan: Plan,
    network: Network,
    private: bool,
    hosts: Vec<Host>,
}

/// What a lab tells, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// A call has ended.
    Reply {
        /// The call.
        id: CallId,
        /// Nanoseconds since the lab was opened.
        at: u64,
        /// The count of what was told about this lab, from 1.
        order: u64,
        /// How it ended.
        outcome: Outcome,
        /// Sockets whose state changed since it was last told, the called one first.
        samples: Vec<Sample>,
    },
    /// The answer to [`Lab::confirm`].
    Confirmed {
        /// The question.
        id: CallId,
        /// Nanoseconds since the lab was opened.
        at: u64,
        /// The count of what was told about this lab, from 1.
        order: u64,
        /// Those of the asked calls that wait in the kernel. The others' answers were told before.
        waiting: Vec<CallId>,
        /// Sockets whose state changed since it was last told.
        samples: Vec<Sample>,
    },
    /// Sockets changed without a call's answer.
    Changed {
        /// Nanoseconds since the lab was opened.
        at: u64,
        /// The count of what was told about this lab, from 1.
        order: u64,
        /// What they are now.
        samples: Vec<Sample>,
    },
    /// Something happened on the wire, or in the kernel because of it.
    Wired {
        /// The [`Lab::act`] that is hereby answered, if it is one's answer.
        id: Option<CallId>,
        /// Nanoseconds since the lab was opened.
        at: u64,
        /// The count of what was told about this lab, from 1.
        order: u64,
        /// What happened, in order.
        news: Vec<WireNews>,
        /// Sockets whose state changed since it was last told.
        samples: Vec<Sample>,
        /// All connections that wait for accept(), if they have changed.
        embryos: Option<Vec<Embryo>>,
    },
    /// A [`Lab::act`] was refused.
    Refused {
        /// Which.
        id: CallId,
        /// One plain sentence.
        text: String,
    },
    /// The lab's network is gone; calls fail from now on. [`Lab::reset`] makes a new one.
    Lost {
        /// One plain sentence.
        text: String,
    },
}

/// Why a lab has ended that nobody closed.
const HELPER_DIED: &str =
    "The process that holds this lab's network has ended. Reset the lab to get a new network.";

impl Lab {
    /// A lab in `place`, as near to the plan as that is. Must be called inside a tokio runtime.
    pub(crate) fn new(
        networks: Networks,
        place: Place,
        plan: Plan,
        secret: u64,
        news: Arc<Notify>,
    ) -> Result<Self, Errno> {
        let (network, private) = (place.network(), place.is_private());
        let (names, hosts) = inhabit(&place, &plan);
        let shared = Shared::new(place, names, secret, news, networks.budget())?;
        if network == Network::Kernel {
            lock(&shared.state).lay_wire(plan.held)?;
        }
        let weak = Arc::downgrade(&shared);
        let lives = lock(&shared.state).place.any_namespace().is_none_or(|namespace| {
            namespace.on_death(move || {
                if let Some(shared) = weak.upgrade() {
                    lock(&shared.state).end(HELPER_DIED);
                }
            })
        });
        if !lives {
            return Err(Errno(linux::ENETDOWN));
        }
        let pump = tokio::spawn(pump::run(Arc::clone(&shared)));
        Ok(Self {
            shared,
            pump,
            networks,
            plan,
            network,
            private,
            hosts,
        })
    }

    /// Makes a call. Its answer is told at once or when it has ended. `id` must not be that of a call that still waits.
    pub fn submit(&self, id: CallId, host: HostId, call: Call) {
        lock(&self.shared.state).submit(id, host, call);
        self.shared.wake_for_deadlines();
    }

    /// Does something with the wire; [`Told::Wired`] with this id answers, or [`Told::Refused`].
    pub fn act(&self, id: CallId, action: &WireAction) {
        lock(&self.shared.state).act(id, action);
        self.shared.wake_for_deadlines();
    }

    /// Where the lab's sockets live.
    pub const fn network(&self) -> Network {
        self.network
    }

    /// The lab's hosts, at least one.
    pub fn hosts(&self) -> Vec<Host> {
        self.hosts.clone()
    }

    /// Withdraws a call: it is answered with [`Outcome::Cancelled`], unless it had ended before.
    pub fn cancel(&self, id: CallId) {
        lock(&self.shared.state).cancel(id);
    }

    /// Asks which of these calls are really waiting in the kernel; [`Told::Confirmed`] answers.
    pub fn confirm(&self, question: CallId, ids: &[CallId]) {
        lock(&self.shared.state).confirm(question, ids);
        self.shared.wake_for_deadlines();
    }

    /// The next news.
    pub async fn next(&mut self) -> Told {
        loop {
            if let Some(told) = self.try_next() {
                return told;
            }
            self.shared.news.notified().await;
        }
    }

    /// The next news if there are any.
    pub fn try_next(&mut self) -> Option<Told> {
        let (told, go_on) = lock(&self.shared.state).take();
        if go_on {
            self.shared.kick.notify_one();
        }
        told
    }

    /// Closes everything and begins with a new, empty network; what was not taken is not told any more. Takes a few
    /// milliseconds, during which it blocks: inside a runtime that serves others, open another lab instead.
    ///
    /// # Errors
    /// [`OpenError`]; the lab is as it was then.
    pub fn reset(&mut self) -> Result<(), OpenError> {
        *self = self
            .networks
            .open_now(&self.plan, Arc::clone(&self.shared.news))?;
        Ok(())
    }

    /// For connections from outside into the lab.
    pub(crate) fn dialer(&self) -> Dialer {
        Dialer(Arc::downgrade(&self.shared))
    }

    /// Can another call be made before news are taken? A call that is made nevertheless fails with ENOBUFS.
    pub fn has_room(&self) -> bool {
        lock(&self.shared.state).has_room()
    }

    /// True: a network of its own. False: the machine's loopback, shared.
    pub const fn is_private(&self) -> bool {
        self.private
    }

    /// Sockets that the lab has open.
    pub fn sockets(&self) -> usize {
        lock(&self.shared.state).socks.len()
    }
}

/// The names of the lab's hosts, for itself and for others.
fn inhabit(place: &Place, plan: &Plan) -> (Table, Vec<Host>) {
    if let Place::Live(policy) = place {
        let host = Host {
            name: engine::net::names::HOSTNAME.to_owned(),
            addresses: Vec::new(),
        };
        return (
            Table::live(Arc::clone(policy) as Arc<dyn engine::net::names::Others>),
            vec![host],
        );
    }
    let on_wire = place.on_wire().len();
    let addresses = |i: usize| helper::addresses(u8::try_from(i).unwrap_or(u8::MAX));
    if on_wire < 2 {
        let addresses = (0..on_wire).flat_map(addresses).map(|ip| ip.to_string());
        let host = Host {
            name: engine::net::names::HOSTNAME.to_owned(),
            addresses: addresses.collect(),
        };
        return (Table::single(), vec![host]);
    }
    let named = plan.hosts.iter().take(on_wire).enumerate();
    let several: Vec<(String, Vec<IpAddr>)> = named
        .map(|(i, name)| (name.clone(), addresses(i).to_vec()))
        .collect();
    let hosts = several.iter().map(|(name, addresses)| Host {
        name: name.clone(),
        addresses: addresses.iter().map(IpAddr::to_string).collect(),
    });
    let hosts = hosts.collect();
    (Table::several(several), hosts)
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.pump.abort();
        lock(&self.shared.state).close();
    }
}
