//! What a lab shares between its callers and its task, and the task: it wakes when a socket that somebody waits on is
//! ready, and when a deadline passes.

use super::lock;
use super::state::State;
use crate::net::budget::Budget;
use crate::net::place::Place;
use crate::sys::{Epoll, Errno};
use engine::net::names::Table;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::sync::Notify;

pub(super) struct Shared {
    pub(super) state: Mutex<State>,
    /// The deadlines have changed, or room has come for answers.
    pub(super) kick: Notify,
    /// Something was told.
    pub(super) news: Arc<Notify>,
    epoll: Arc<Epoll>,
}

impl Shared {
    pub(super) fn new(
        place: Place,
        names: Table,
        secret: u64,
        news: Arc<Notify>,
        budget: &Budget,
    ) -> Result<Arc<Self>, Errno> {
        let epoll = Arc::new(Epoll::new()?);
        let state = State::new(
            place,
            names,
            secret,
            Arc::clone(&epoll),
            Arc::clone(&news),
            budget,
        );
        Ok(Arc::new(Self {
            state: Mutex::new(state),
            kick: Notify::new(),
            news,
            epoll,
        }))
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
        lock(&shared.state).end("The server has no descriptors left to watch this lab's sockets.");
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
        let mut state = lock(&shared.state);
        state.on_time();
        state.crank();
        state.look_if_due();
    }
}

async fn sleep_until(next: Option<Instant>) {
    match next {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
