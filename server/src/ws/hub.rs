//! All sessions of the server: how many there may be, and who takes up which again.

use super::limits::Limits;
use super::session::Session;
use crate::exec::Registry;
use crate::net::Networks;
use crate::serve::publish::Publisher;
use protocol::SessionId;
use protocol::message::{NetworkInfo, Resume};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};

/// How long a connection that is still there may take to let go of its session.
const HANDOVER: Duration = Duration::from_secs(5);

/// What all connections share.
pub struct Hub {
    pub(super) networks: Networks,
    pub(super) publisher: Publisher,
    pub(super) limits: Limits,
    /// Open labs by number, for `wirelab exec`.
    registry: Registry,
    /// One permit a lab that may still be opened.
    pub(super) labs: Arc<Semaphore>,
    slots: Mutex<Slots>,
    /// A session has come to rest, or has ended.
    let_go: Notify,
}

#[derive(Default)]
struct Slots {
    by_id: HashMap<SessionId, Slot>,
    /// The last number given.
    last: u64,
}

struct Slot {
    secret: String,
    address: IpAddr,
    /// Present while no connection has it.
    resting: Option<Box<Session>>,
    /// How often it has come to rest: a timer of an earlier rest must not end it.
    rests: u64,
    /// Tells the connection that has it that another one wants it. Each connection has one of its own: a wish that comes too
    /// late for one must not end the next.
    wanted: Wanted,
}

/// Somebody with the secret wants the session.
pub(super) type Wanted = Arc<Notify>;

/// Why there is no session.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    #[error("The server has as many sessions as it may have. Try again later.")]
    Full,
    #[error(
        "There are as many sessions from your address as there may be. Close some pages, or try again later."
    )]
    FullFromAddress,
    #[error("The server has no random numbers: {0}.")]
    Random(String),
}

impl Hub {
    /// No session yet.
    pub fn new(networks: Networks, publisher: Publisher, limits: Limits) -> Arc<Self> {
        let labs = Arc::new(Semaphore::new(limits.labs));
        Arc::new(Self {
            networks,
            publisher,
            limits,
            registry: Registry::default(),
            labs,
            slots: Mutex::default(),
            let_go: Notify::new(),
        })
    }

    /// Open labs by number.
    pub(crate) const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// What labs get here.
    pub(super) fn offers(&self) -> Vec<NetworkInfo> {
        self.networks.offers()
    }

    /// Sessions, resting ones too.
    pub fn sessions(&self) -> usize {
        self.slots().by_id.len()
    }

    /// A new session.
    pub(super) fn begin(&self, address: IpAddr) -> Result<(Box<Session>, Wanted), Refused> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|e| Refused::Random(e.to_string()))?;
        let secret: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut slots = self.slots();
        if slots.by_id.len() >= self.limits.sessions {
            return Err(Refused::Full);
        }
        let from_here = slots
            .by_id
            .values()
            .filter(|slot| slot.address == address)
            .count();
        if !address.is_loopback() && from_here >= self.limits.sessions_per_address {
            return Err(Refused::FullFromAddress);
        }
        slots.last += 1;
        let id = SessionId(slots.last);
        let wanted = Wanted::default();
        slots.by_id.insert(
            id,
            Slot {
                secret: secret.clone(),
                address,
                resting: None,
                rests: 0,
                wanted: Arc::clone(&wanted),
            },
        );
        // `wirelab exec` runs on this machine: to pages on others its numbers say nothing.
        let is_here = address.to_canonical().is_loopback();
        let session = Session::new(id, secret, self.networks.budget(), is_here);
        Ok((Box::new(session), wanted))
    }

    /// The session that `resume` proves to own, taken from the connection that still has it, if one has.
    pub(super) async fn take_up(&self, resume: &Resume) -> Option<(Box<Session>, Wanted)> {
        let take = async {
            loop {
                // Made before looking: what is let go meanwhile is heard of.
                let let_go = self.let_go.notified();
                {
                    let mut slots = self.slots();
                    let slot = slots.by_id.get_mut(&resume.session)?;
                    if !same_secret(&slot.secret, &resume.secret) {
                        return None;
                    }
                    if let Some(session) = slot.resting.take() {
                        slot.wanted = Wanted::default();
                        return Some((session, Arc::clone(&slot.wanted)));
                    }
                    slot.wanted.notify_one();
                }
                let_go.await;
            }
        };
        tokio::time::timeout(HANDOVER, take).await.ok().flatten()
    }

    /// The connection is lost: the session rests.
    pub(super) fn rest(self: &Arc<Self>, mut session: Box<Session>) {
        let id = session.id;
        session.rest();
        let rests = {
            let mut slots = self.slots();
            let Some(slot) = slots.by_id.get_mut(&id) else {
                return;
            };
            slot.resting = Some(session);
            slot.rests += 1;
            slot.rests
        };
        self.let_go.notify_waiters();
        let (hub, resume) = (Arc::downgrade(self), self.limits.resume);
        tokio::spawn(async move {
            tokio::time::sleep(resume).await;
            if let Some(hub) = hub.upgrade() {
                hub.forget(id, rests);
            }
        });
    }

    /// The session has ended.
    pub(super) fn end(&self, session: Box<Session>) {
        self.slots().by_id.remove(&session.id);
        self.let_go.notify_waiters();
        drop(session);
    }

    /// Ends a session that still rests.
    fn forget(&self, id: SessionId, rests: u64) {
        let mut slots = self.slots();
        let forgotten = match slots.by_id.get(&id) {
            Some(slot) if slot.resting.is_some() && slot.rests == rests => slots.by_id.remove(&id),
            _ => None,
        };
        // Its sockets are closed after the lock is free.
        drop(slots);
        drop(forgotten);
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Compares without telling by its duration how much is right.
fn same_secret(ours: &str, theirs: &str) -> bool {
    let difference = ours
        .bytes()
        .zip(theirs.bytes())
        .fold(0, |all, (a, b)| all | (a ^ b));
    ours.len() == theirs.len() && difference == 0
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::net::Ipv4Addr;
    use std::pin::pin;

    fn hub() -> (Arc<Hub>, Box<Session>, Wanted, Resume) {
        let hub = Hub::new(Networks::shared(), Publisher::new(false), Limits::default());
        let (session, wanted) = hub.begin(Ipv4Addr::LOCALHOST.into()).unwrap();
        let resume = Resume {
            session: session.id,
            secret: session.secret.clone(),
            received: 0,
        };
        (hub, session, wanted, resume)
    }

    #[tokio::test]
    async fn a_wish_for_the_connection_before_does_not_end_the_next_one() {
        let (hub, session, wanted, resume) = hub();
        let mut takes = pin!(hub.take_up(&resume));
        assert!(
            takes.as_mut().now_or_never().is_none(),
            "another connection has it"
        );
        // That one is lost by itself at the same moment, and does not hear of the wish.
        hub.rest(session);
        let (session, next) = takes.await.unwrap();
        assert!(
            next.notified().now_or_never().is_none(),
            "nobody wants it from the new one"
        );
        assert!(wanted.notified().now_or_never().is_some());
        hub.end(session);
    }

    #[tokio::test]
    async fn several_that_want_a_session_get_it_one_after_the_other() {
        let (hub, session, _, resume) = hub();
        let (mut first, mut second) = (pin!(hub.take_up(&resume)), pin!(hub.take_up(&resume)));
        assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
        hub.rest(session);
        let (session, wanted) = first.await.unwrap();
        assert!(second.as_mut().now_or_never().is_none());
        wanted.notified().await;
        hub.rest(session);
        assert!(second.await.is_some());
    }

    #[tokio::test]
    async fn a_session_that_ends_is_waited_for_no_longer() {
        let (hub, session, _, resume) = hub();
        let mut takes = pin!(hub.take_up(&resume));
        assert!(takes.as_mut().now_or_never().is_none());
        hub.end(session);
        assert!(takes.now_or_never().unwrap().is_none());
    }
}
