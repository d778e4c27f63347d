//! All sessions of the server: how many there may be, and who takes up which again.

use super::session::Session;
use crate::net::Networks;
use crate::serve::publish::Publisher;
use protocol::message::{NetworkInfo, Resume};
use protocol::{Network, SessionId, bounds};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How long a connection that is still there may take to let go of its session.
const HANDOVER: Duration = Duration::from_secs(5);

/// What all connections share.
pub struct Hub {
    pub(super) networks: Networks,
    pub(super) publisher: Publisher,
    slots: Mutex<Slots>,
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
    signals: Arc<Signals>,
}

/// Between a connection that has a session and one that wants it.
#[derive(Default)]
pub(super) struct Signals {
    /// Somebody with the secret wants the session.
    pub(super) wanted: Notify,
    /// It has come to rest.
    rested: Notify,
}

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
    pub fn new(networks: Networks, publisher: Publisher) -> Arc<Self> {
        let slots = Mutex::default();
        Arc::new(Self {
            networks,
            publisher,
            slots,
        })
    }

    /// What labs get here.
    pub(super) fn offers(&self) -> Vec<NetworkInfo> {
        vec![NetworkInfo {
            network: Network::Loopback,
            private: self.networks.private(),
            note: self.networks.note(),
        }]
    }

    /// Sessions, resting ones too.
    pub fn sessions(&self) -> usize {
        self.slots().by_id.len()
    }

    /// A new session.
    pub(super) fn begin(&self, address: IpAddr) -> Result<(Box<Session>, Arc<Signals>), Refused> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|e| Refused::Random(e.to_string()))?;
        let secret: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut slots = self.slots();
        if slots.by_id.len() >= bounds::SESSIONS {
            return Err(Refused::Full);
        }
        let from_here = slots
            .by_id
            .values()
            .filter(|slot| slot.address == address)
            .count();
        if !address.is_loopback() && from_here >= bounds::SESSIONS_PER_ADDRESS {
            return Err(Refused::FullFromAddress);
        }
        slots.last += 1;
        let id = SessionId(slots.last);
        let signals = Arc::<Signals>::default();
        slots.by_id.insert(
            id,
            Slot {
                secret: secret.clone(),
                address,
                resting: None,
                rests: 0,
                signals: Arc::clone(&signals),
            },
        );
        Ok((Box::new(Session::new(id, secret)), signals))
    }

    /// The session that `resume` proves to own, taken from the connection that still has it, if one has.
    pub(super) async fn take_up(&self, resume: &Resume) -> Option<(Box<Session>, Arc<Signals>)> {
        let take = || async {
            loop {
                let signals = {
                    let mut slots = self.slots();
                    let slot = slots.by_id.get_mut(&resume.session)?;
                    if !same_secret(&slot.secret, &resume.secret) {
                        return None;
                    }
                    let signals = Arc::clone(&slot.signals);
                    if let Some(session) = slot.resting.take() {
                        return Some((session, signals));
                    }
                    signals
                };
                signals.wanted.notify_one();
                signals.rested.notified().await;
            }
        };
        tokio::time::timeout(HANDOVER, take()).await.ok().flatten()
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
            slot.signals.rested.notify_one();
            slot.rests
        };
        let hub = Arc::downgrade(self);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(bounds::RESUME_SECONDS)).await;
            if let Some(hub) = hub.upgrade() {
                hub.forget(id, rests);
            }
        });
    }

    /// The session has ended.
    pub(super) fn end(&self, session: Box<Session>) {
        self.slots().by_id.remove(&session.id);
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
