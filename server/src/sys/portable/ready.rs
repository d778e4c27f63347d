//! Asking which sockets are ready. There is no epoll(7) here: a lab's sockets are asked about every few milliseconds, all in
//! one call, while somebody waits on one.

use super::{BorrowedFd, Result, system};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often they are asked about: seldom enough to cost nothing, often enough not to be felt in a step.
const EVERY: Duration = Duration::from_millis(5);

/// What a socket is ready for. The system tells about errors and hang-ups whether asked or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ready(pub(super) u8);

impl Ready {
    /// Nothing.
    pub(crate) const NONE: Self = Self(0);
    /// Something can be read or accepted, or the peer has closed.
    pub(crate) const READ: Self = Self(1);
    /// Something can be written, or a connect() has ended.
    pub(crate) const WRITE: Self = Self(2);
    /// Urgent data.
    pub(crate) const URGENT: Self = Self(4);
    /// An error waits to be fetched.
    pub(crate) const ERROR: Self = Self(8);
    /// Both directions are closed, or the socket was never connected.
    pub(crate) const HANGUP: Self = Self(16);

    /// Either of both.
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Anything in common?
    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Nothing at all?
    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// What each is ready for now.
pub(crate) fn poll_now(wishes: &[(BorrowedFd<'_>, Ready)]) -> Result<Vec<Ready>> {
    let asked: Vec<(system::Raw, Ready)> = wishes
        .iter()
        .map(|(fd, wish)| (system::raw(*fd), *wish))
        .collect();
    let told = system::poll(&asked)?;
    Ok(told
        .into_iter()
        .map(|ready| ready.unwrap_or(Ready::ERROR))
        .collect())
}

/// The sockets of a lab that somebody waits on.
#[derive(Debug, Default)]
pub(crate) struct Epoll(Mutex<Vec<Member>>);

#[derive(Clone, Copy, Debug)]
struct Member {
    key: u64,
    /// Not borrowed: a socket may be closed while it is watched, as with epoll(7), and is forgotten then.
    fd: system::Raw,
    wish: Ready,
}

impl Epoll {
    /// An empty one.
    #[allow(clippy::unnecessary_wraps)]
    pub(crate) fn new() -> Result<Self> {
        Ok(Self::default())
    }

    /// Watches `fd` for `wish`, instead of for what was wished before; [`Ready::NONE`] stands for not watched at all.
    #[allow(clippy::unnecessary_wraps)]
    pub(crate) fn change(&self, fd: BorrowedFd<'_>, key: u64, _before: Ready, wish: Ready) -> Result<()> {
        let mut members = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        members.retain(|member| member.key != key);
        if !wish.is_none() {
            let fd = system::raw(fd);
            members.push(Member { key, fd, wish });
        }
        Ok(())
    }

    /// Lets the runtime that we are in watch it.
    #[allow(clippy::unnecessary_wraps)]
    pub(crate) fn watch(self: &Arc<Self>) -> Result<Watch> {
        Ok(Watch(Arc::clone(self)))
    }

    /// The keys of members that are ready now; never waits.
    pub(crate) fn ready(&self) -> Result<Vec<u64>> {
        let mut members = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let asked: Vec<(system::Raw, Ready)> = members.iter().map(|m| (m.fd, m.wish)).collect();
        let told = system::poll(&asked)?;
        let mut ready = Vec::new();
        let mut told = told.into_iter();
        // `None`: it is closed.
        members.retain(|member| match told.next().flatten() {
            None => false,
            Some(now) => {
                if !now.is_none() {
                    ready.push(member.key);
                }
                true
            }
        });
        Ok(ready)
    }
}

/// Wakes when a member is ready.
pub(crate) struct Watch(Arc<Epoll>);

/// What [`Watch::readable`] gives; there is nothing to clear.
pub(crate) struct Guard;

impl Watch {
    /// Waits until a member is ready.
    pub(crate) async fn readable(&self) -> io::Result<Guard> {
        loop {
            tokio::time::sleep(EVERY).await;
            if self.0.ready().is_ok_and(|ready| !ready.is_empty()) {
                return Ok(Guard);
            }
        }
    }
}

impl Guard {
    /// Nothing: the next question is asked anew.
    pub(crate) const fn clear_ready(&mut self) {}
}
