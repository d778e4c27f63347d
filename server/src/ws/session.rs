//! What outlives a connection: labs, request ids, answers that the page has not acknowledged.

use super::hub::Hub;
use super::store::Store;
use crate::exec::Registered;
use crate::net::budget::{Budget, Held};
use crate::net::{Lab, Told};
use crate::serve::publish::Published;
use futures_util::FutureExt;
use protocol::frame::{self, Frame};
use protocol::message::LabNumber;
use protocol::{CallId, FromPage, FromServer, Plan, SessionId, bounds};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio_tungstenite::tungstenite::Message;

/// What one message costs besides its bytes.
const OVERHEAD: usize = 96;

/// A page's session.
pub(super) struct Session {
    pub(super) id: SessionId,
    /// 32 hexadecimal digits.
    pub(super) secret: String,
    labs: BTreeMap<LabNumber, OpenLab>,
    store: Store,
    /// Requests that were read and not run yet, because the store is full: the acknowledgement that makes room may lie behind
    /// them.
    pending: VecDeque<Message>,
    /// Their bytes.
    pending_held: Held,
    /// To be written to the connection.
    outbox: VecDeque<Message>,
    /// The highest request id that was seen.
    last_id: u64,
    /// The highest one that a connection before this one has brought: the page may send those again.
    sent_before: u64,
    /// The last `seq` given.
    seq: u64,
    /// One of the labs has told something.
    pub(super) news: Arc<Notify>,
    /// When the page has asked for something last.
    pub(super) last_request: Instant,
    /// The page is on this machine.
    is_here: bool,
}

struct OpenLab {
    // Before the lab: its sockets in the lab's network end first.
    published: Vec<Published>,
    lab: Lab,
    /// Its number for `wirelab exec`.
    registered: Registered,
    /// What the page wished for: a reset makes the same again.
    plan: Plan,
    _permit: OwnedSemaphorePermit,
}

/// A message that is none of ours: the request id, if one can be made out, and what is wrong.
pub(super) struct Malformed {
    id: Option<CallId>,
    text: String,
}

impl Session {
    pub(super) fn new(id: SessionId, secret: String, budget: &Budget, is_here: bool) -> Self {
        Self {
            id,
            secret,
            labs: BTreeMap::new(),
            store: Store::new(budget),
            pending: VecDeque::new(),
            pending_held: budget.hold(0),
            outbox: VecDeque::new(),
            last_id: 0,
            sent_before: 0,
            seq: 0,
            news: Arc::default(),
            last_request: Instant::now(),
            is_here,
        }
    }

    /// A new connection takes the session up; the page has everything up to `received`.
    pub(super) fn resume(&mut self, received: u64) {
        self.store.acknowledge(received);
        self.outbox = self.store.messages().cloned().collect();
        // What waits for room was brought too.
        let waits = self
            .pending
            .iter()
            .filter_map(|message| decode(message).ok()?.id());
        self.sent_before = waits.map(|id| id.0).fold(self.last_id, u64::max);
        self.last_request = Instant::now();
        // Also what the labs have told meanwhile.
        self.news.notify_one();
    }

    /// The connection is lost; what was not written is in the store.
    pub(super) fn rest(&mut self) {
        self.outbox = VecDeque::new();
    }

    /// A message from the page, as it came.
    pub(super) async fn hear(&mut self, message: Message, hub: &Hub) {
        let decoded = decode(&message);
        if let Ok(FromPage::Ack { seq }) = decoded {
            self.store.acknowledge(seq);
            self.go_on(hub).await;
            return;
        }
        self.last_request = Instant::now();
        if self.pending.is_empty() && !self.store.is_full() {
            self.run(decoded, hub).await;
            // What the labs have told until here is taken now: no need to be woken for it once more.
            let _ = self.news.notified().now_or_never();
            self.drain();
            return;
        }
        self.pending_held.add(message.len() + OVERHEAD);
        self.pending.push_back(message);
    }

    /// Is there room for another message from the page? Until there is, none is read.
    pub(super) fn has_room(&self) -> bool {
        self.pending_held.has_room(bounds::READ_AHEAD)
    }

    /// Does something wait for room?
    pub(super) fn is_behind(&self) -> bool {
        !self.pending.is_empty() || self.store.is_full()
    }

    /// Takes what the labs have told, and runs what has waited, as far as there is room.
    pub(super) async fn go_on(&mut self, hub: &Hub) {
        self.drain();
        while !self.store.is_full()
            && let Some(message) = self.pending.pop_front()
        {
            self.pending_held.give_back(message.len() + OVERHEAD);
            self.run(decode(&message), hub).await;
            self.drain();
        }
        if self.pending.is_empty() {
            self.pending.shrink_to(0);
        }
    }

    /// What is to be written next.
    pub(super) fn next_out(&mut self) -> Option<Message> {
        self.outbox.pop_front()
    }

    async fn run(&mut self, decoded: Result<FromPage, Malformed>, hub: &Hub) {
        let id = match &decoded {
            Ok(message) => message.id(),
            Err(malformed) => malformed.id,
        };
        if let Some(CallId(number)) = id {
            if number <= self.last_id {
                if number > self.sent_before {
                    self.problem(
                        id,
                        None,
                        format!("Request ids must count up; {number} has been used before."),
                    );
                }
                // Otherwise sent again after a lost connection: it has run, its answer is on the way or was acknowledged.
                return;
            }
            self.last_id = number;
        }
        match decoded {
            Ok(message) => self.obey(message, hub).await,
            Err(malformed) => self.problem(malformed.id, None, malformed.text),
        }
    }

    async fn obey(&mut self, message: FromPage, hub: &Hub) {
        match message {
            FromPage::Call { id, lab, host, call } => match self.labs.get(&lab) {
                Some(open) => open.lab.submit(id, host, call),
                None => self.no_lab(id, lab),
            },
            FromPage::Wire { id, lab, action } => match self.labs.get(&lab) {
                Some(open) => open.lab.act(id, &action),
                None => self.no_lab(id, lab),
            },
            FromPage::Confirm { id, lab, calls } => match self.labs.get(&lab) {
                Some(open) => open.lab.confirm(id, &calls),
                None => self.no_lab(id, lab),
            },
            FromPage::Cancel { call } => self.labs.values().for_each(|open| open.lab.cancel(call)),
            FromPage::Open { id, lab, plan } => {
                if self.labs.contains_key(&lab) {
                    self.problem(
                        Some(id),
                        None,
                        format!("Lab {lab} is open already; reset it to begin anew."),
                    );
                } else if self.labs.len() >= hub.limits.labs_per_session {
                    let most = hub.limits.labs_per_session;
                    let text =
                        format!("A page may have {most} labs open at once. Close one to open another.");
                    self.problem(Some(id), None, text);
                } else {
                    self.open(id, lab, plan, None, hub).await;
                }
            }
            FromPage::Reset { id, lab } => {
                // Its network ends before the new one is made.
                let before = self.labs.remove(&lab).map(|open| (open.plan, open.registered));
                if let Some((plan, registered)) = before {
                    self.open(id, lab, plan, Some(registered), hub).await;
                } else {
                    self.no_lab(id, lab);
                }
            }
            FromPage::CloseLab { lab } => drop(self.labs.remove(&lab)),
            FromPage::Publish { id, lab, port } => self.publish(id, lab, port, hub).await,
            FromPage::Hello { .. } => {
                self.problem(
                    None,
                    None,
                    "A hello stands at the beginning of a connection only.".to_owned(),
                );
            }
            FromPage::Ack { seq } => self.store.acknowledge(seq),
        }
    }

    /// Opens a lab; `registered`: its number for `wirelab exec`, if it had one before a reset.
    async fn open(
        &mut self,
        id: CallId,
        number: LabNumber,
        plan: Plan,
        registered: Option<Registered>,
        hub: &Hub,
    ) {
        let Ok(permit) = Arc::clone(&hub.labs).try_acquire_owned() else {
            let text = "The server has as many labs as it may have. Try again later.";
            self.problem(Some(id), None, text.to_owned());
            return;
        };
        let opened = hub.networks.open_lab_telling(&plan, Arc::clone(&self.news));
        match opened.await {
            Ok(lab) => {
                let (private, network, hosts) = (lab.is_private(), lab.network(), lab.hosts());
                let registered = match registered {
                    Some(registered) => {
                        registered.renew(&lab);
                        registered
                    }
                    None => hub.registry().add(&lab),
                };
                let told = (self.is_here && hub.registry().is_open()).then_some(registered.number);
                let published = Vec::new();
                let open = OpenLab {
                    published,
                    lab,
                    registered,
                    plan,
                    _permit: permit,
                };
                self.labs.insert(number, open);
                self.tell(|seq| FromServer::Opened {
                    seq,
                    id,
                    lab: number,
                    network,
                    private,
                    hosts,
                    number: told,
                });
            }
            Err(error) => self.problem(Some(id), None, sentence(&error.to_string())),
        }
    }

    async fn publish(&mut self, id: CallId, number: LabNumber, port: u16, hub: &Hub) {
        let Some(open) = self.labs.get_mut(&number) else {
            self.no_lab(id, number);
            return;
        };
        if let Some(before) = open.published.iter().find(|p| p.port == port) {
            let address = before.address.to_string();
            self.tell(|seq| FromServer::Published {
                seq,
                id,
                port,
                address,
            });
            return;
        }
        match hub.publisher.publish(&open.lab, port).await {
            Ok(published) => {
                let address = published.address.to_string();
                open.published.push(published);
                self.tell(|seq| FromServer::Published {
                    seq,
                    id,
                    port,
                    address,
                });
            }
            Err(error) => self.problem(Some(id), None, error.to_string()),
        }
    }

    /// Takes what the labs have told, as far as there is room.
    fn drain(&mut self) {
        let mut labs = std::mem::take(&mut self.labs);
        for (number, open) in &mut labs {
            while !self.store.is_full()
                && let Some(told) = open.lab.try_next()
            {
                self.tell(|seq| message(seq, *number, told));
            }
        }
        self.labs = labs;
    }

    fn tell(&mut self, make: impl FnOnce(u64) -> FromServer) {
        self.seq += 1;
        let message = pack(make(self.seq));
        self.store.push(self.seq, message.clone());
        self.outbox.push_back(message);
    }

    fn problem(&mut self, id: Option<CallId>, lab: Option<LabNumber>, text: String) {
        self.tell(|seq| FromServer::Problem {
            seq,
            id,
            lab,
            text,
            fatal: false,
        });
    }

    fn no_lab(&mut self, id: CallId, lab: LabNumber) {
        self.problem(Some(id), None, format!("Lab {lab} is not open in this session."));
    }
}

/// As it lies in a WebSocket message.
pub(super) fn pack(message: FromServer) -> Message {
    match frame::encode(message) {
        Frame::Text(text) => Message::text(text),
        Frame::Binary(bytes) => Message::binary(bytes),
    }
}

fn message(seq: u64, lab: LabNumber, told: Told) -> FromServer {
    match told {
        Told::Reply {
            id,
            at,
            order,
            outcome,
            samples,
        } => FromServer::Reply {
            seq,
            id,
            at,
            order,
            outcome,
            samples,
        },
        Told::Confirmed {
            id,
            at,
            order,
            waiting,
            samples,
        } => FromServer::Confirmed {
            seq,
            id,
            at,
            order,
            waiting,
            samples,
        },
        Told::Changed { at, order, samples } => FromServer::Changed {
            seq,
            lab,
            at,
            order,
            samples,
        },
        Told::Wired {
            id,
            at,
            order,
            news,
            samples,
            embryos,
        } => FromServer::Wired {
            seq,
            id,
            lab,
            at,
            order,
            news,
            samples,
            embryos,
        },
        Told::Refused { id, text } => FromServer::Problem {
            seq,
            id: Some(id),
            lab: None,
            text,
            fatal: false,
        },
        Told::Lost { text } => FromServer::Problem {
            seq,
            id: None,
            lab: Some(lab),
            text,
            fatal: false,
        },
    }
}

/// Reads a text or binary message.
pub(super) fn decode(message: &Message) -> Result<FromPage, Malformed> {
    let decoded = match message {
        Message::Text(text) => frame::decode_text(text.as_str()),
        other => frame::decode_binary(&other.clone().into_data()),
    };
    decoded.map_err(|error| Malformed {
        id: request_id(message),
        text: sentence(&error.to_string()),
    })
}

/// The id of a request that could not be read otherwise, so that whoever waits for its answer learns of it.
fn request_id(message: &Message) -> Option<CallId> {
    let Message::Text(text) = message else { return None };
    let value = protocol::json::parse(text.as_bytes()).ok()?;
    value.get("id")?.as_u64().map(CallId)
}

/// Starts with a capital, ends with a full stop, and is not as long as what a page may have put into it.
fn sentence(text: &str) -> String {
    const LONGEST: usize = 300;
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        return format!("{}…", sentence(&text[..end]).trim_end_matches('.'));
    }
    let mut chars = text.chars();
    let first = chars
        .next()
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default();
    let stop = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}
