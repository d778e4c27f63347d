//! What a lab shares between its callers and its task, and the task: it wakes when a socket that somebody waits on is
//! ready, and when a deadline passes.

use super::state::State;
use super::{Told, lock};
use crate::net::place::Place;
use crate::sys::{Epoll, Errno};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::sync::{Notify, mpsc};

/// A place in the channel, taken when a call is made, so that its answer always finds room.
pub(super) type Permit = mpsc::OwnedPermit<Told>;

pub(super) struct Shared {
    pub(super) state: Mutex<State>,
    /// The deadlines have changed, or room has come for answers.
    pub(super) kick: Notify,
    /// Bytes of answers that nobody has taken yet.
    pub(super) unread: Arc<AtomicUsize>,
    epoll: Arc<Epoll>,
    /// `None` when the lab is closed.
    sender: Mutex<Option<mpsc::Sender<Told>>>,
}

impl Shared {
    pub(super) fn new(place: Place, secret: u64, tell: mpsc::Sender<Told>) -> Result<Arc<Self>, Errno> {
        let epoll = Arc::new(Epoll::new()?);
        let unread = Arc::new(AtomicUsize::new(0));
        let state = State::new(place, secret, Arc::clone(&epoll), Arc::clone(&unread));
        Ok(Arc::new(Self {
            state: Mutex::new(state),
            kick: Notify::new(),
            unread,
            epoll,
            sender: Mutex::new(Some(tell)),
        }))
    }

    /// A place for one answer, unless too many are taken.
    pub(super) fn permit(&self) -> Option<Permit> {
        let sender = lock(&self.sender).clone()?;
        // Leaves room for what is told without a call.
        if sender.capacity() <= 2 {
            None
        } else {
            sender.try_reserve_owned().ok()
        }
    }

    /// The network is gone.
    pub(super) fn end(&self, why: &str) {
        let is_new = lock(&self.state).end(why);
        if is_new && let Some(sender) = &*lock(&self.sender) {
            let _ = sender.try_send(Told::Ended { why: why.to_owned() });
        }
    }

    /// The lab's owner has dropped it.
    pub(super) fn close(&self) {
        lock(&self.sender).take();
        lock(&self.state).close();
    }

    /// Does what is due.
    fn on_time(&self) {
        let mut state = lock(&self.state);
        state.on_time();
        // The channel has two places that calls do not take.
        let sender = lock(&self.sender).clone();
        if let Some(permit) = sender.and_then(|sender| sender.try_reserve_owned().ok()) {
            let samples = state.look_if_due();
            if !samples.is_empty() {
                let (at, order) = (state.now(), state.next_order());
                permit.send(Told::Changed { at, order, samples });
            }
        } else {
            state.look_later();
        }
    }

    /// Wakes the task if it would sleep longer than the earliest deadline.
    pub(super) fn wake_for_deadlines(&self) {
        let state = lock(&self.state);
        let next = state.next_time();
        if next.is_some() && (state.sleeps_until.is_none() || next < state.sleeps_until) {
            self.kick.notify_one();
        }
    }
}

/// The lab's task. It ends when it is aborted.
pub(super) async fn run(shared: Arc<Shared>) {
    let Ok(epoll) = shared.epoll.watch() else {
        shared.end("The server has no descriptors left to watch this lab's sockets.");
        return;
    };
    loop {
        let next = {
            let mut state = lock(&shared.state);
            state.sleeps_until = state.next_time();
            state.sleeps_until
        };
        tokio::select! {
            ready = epoll.readable() => {
                // Cleared before looking: what becomes ready meanwhile wakes us again.
                if let Ok(mut guard) = ready {
                    guard.clear_ready();
                }
                lock(&shared.state).progress();
            }
            () = shared.kick.notified() => {}
            () = sleep_until(next) => {}
        }
        shared.on_time();
    }
}

async fn sleep_until(next: Option<Instant>) {
    match next {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
