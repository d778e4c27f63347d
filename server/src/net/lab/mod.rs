//! One lab: sockets in one place, calls on them, and what the kernel says about them.
//!
//! ```text
//! submit(id, call)
//!   calls      what the call means, as CPython means it; tried at once
//!     op       calls that may have to wait, each tried again when its socket is ready
//!     state    the lab's sockets and waiting calls, under one lock
//!   pump       a task that wakes for ready sockets (one epoll a lab) and for deadlines
//!   sample     after each answer: what has changed in the kernel
//! Answers ◀── Told
//! ```
//!
//! All sockets are nonblocking; blocking mode and deadlines are kept here, as CPython keeps deadlines. Nothing is read
//! ahead: what no call has asked for stays in the kernel's buffers, where samples show it.

mod addresses;
mod calls;
mod op;
mod pump;
mod sample;
mod sock;
mod state;

use super::lock;
use super::place::Place;
use crate::sys::Errno;
use protocol::{Call, CallId, Outcome, Sample, bounds};
use pump::Shared;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// A lab's network, open until it is dropped.
pub struct Lab {
    shared: Arc<Shared>,
    pump: JoinHandle<()>,
}

/// How a call ended, and what the kernel says now.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The call.
    pub id: CallId,
    /// Nanoseconds since the lab was opened.
    pub at: u64,
    /// The count of what was told about this lab, from 1.
    pub order: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// Sockets whose state changed since it was last told, the called one first.
    pub samples: Vec<Sample>,
}

/// Which calls wait, and what the kernel says now.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirmed {
    /// Nanoseconds since the lab was opened.
    pub at: u64,
    /// The count of what was told about this lab, from 1.
    pub order: u64,
    /// Those of the asked calls that wait in the kernel.
    pub waiting: Vec<CallId>,
    /// Sockets whose state changed since it was last told.
    pub samples: Vec<Sample>,
}

/// What a lab tells, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// A call has ended.
    Reply(Reply),
    /// Sockets changed without a call's answer.
    Changed {
        /// Nanoseconds since the lab was opened.
        at: u64,
        /// The count of what was told about this lab, from 1.
        order: u64,
        /// What they are now.
        samples: Vec<Sample>,
    },
    /// The lab's network is gone; calls fail from now on.
    Ended {
        /// One plain sentence.
        why: String,
    },
}

/// More calls wait for their answer, or have answers that nobody has taken, than [`bounds::CALLS_IN_FLIGHT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many calls are waiting for their answers at once")]
pub struct TooManyCalls;

/// The answers of one lab, to be taken in order.
pub struct Answers {
    told: mpsc::Receiver<Told>,
    shared: Arc<Shared>,
}

/// Why a lab has ended that nobody closed.
const HELPER_DIED: &str =
    "The process that holds this lab's network has ended. Reset the lab to get a new network.";

impl Lab {
    /// A lab in `place`. Must be called inside a tokio runtime.
    pub(crate) fn new(place: Place, secret: u64) -> Result<(Self, Answers), Errno> {
        // One place more than calls: for what is told without a call.
        let (tell, told) = mpsc::channel(bounds::CALLS_IN_FLIGHT + 2);
        let shared = Shared::new(place, secret, tell)?;
        let weak = Arc::downgrade(&shared);
        let lives = match &lock(&shared.state).place {
            Place::Private(namespace) => namespace.on_death(move || {
                if let Some(shared) = weak.upgrade() {
                    shared.end(HELPER_DIED);
                }
            }),
            Place::Shared => true,
        };
        if !lives {
            return Err(Errno(libc::ENETDOWN));
        }
        let pump = tokio::spawn(pump::run(Arc::clone(&shared)));
        let answers = Answers {
            told,
            shared: Arc::clone(&shared),
        };
        Ok((Self { shared, pump }, answers))
    }

    /// Makes a call. Its answer comes by [`Answers`], at once or when it has ended. `id` must not be that of a call
    /// that is still waiting.
    ///
    /// # Errors
    /// [`TooManyCalls`]: the call was not made.
    pub fn submit(&self, id: CallId, call: Call) -> Result<(), TooManyCalls> {
        let permit = self.shared.permit().ok_or(TooManyCalls)?;
        lock(&self.shared.state).submit(id, call, permit);
        self.shared.wake_for_deadlines();
        Ok(())
    }

    /// Withdraws a call: it is answered with [`Outcome::Cancelled`], unless it had ended before.
    pub fn cancel(&self, id: CallId) {
        lock(&self.shared.state).cancel(id);
    }

    /// Which of these calls are really waiting in the kernel. The others have been answered: their answers can be taken
    /// already.
    pub fn confirm(&self, ids: &[CallId]) -> Confirmed {
        lock(&self.shared.state).confirm(ids)
    }

    /// True: a network of its own. False: the machine's loopback, shared.
    pub fn is_private(&self) -> bool {
        lock(&self.shared.state).place.is_private()
    }

    /// Sockets that the lab has open.
    pub fn sockets(&self) -> usize {
        lock(&self.shared.state).socks.len()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.pump.abort();
        self.shared.close();
    }
}

impl Answers {
    /// The next one; `None` when the lab was dropped and everything was taken.
    pub async fn next(&mut self) -> Option<Told> {
        let told = self.told.recv().await;
        self.took(told)
    }

    /// The next one if it is there already.
    pub fn try_next(&mut self) -> Option<Told> {
        let told = self.told.try_recv().ok();
        self.took(told)
    }

    fn took(&self, told: Option<Told>) -> Option<Told> {
        if let Some(Told::Reply(Reply { outcome, .. })) = &told {
            let bytes = outcome.payload().map_or(0, protocol::Payload::len);
            let before = self.shared.unread.fetch_sub(bytes, Ordering::AcqRel);
            if before >= bounds::UNACKNOWLEDGED {
                self.shared.kick.notify_one();
            }
        }
        told
    }
}
