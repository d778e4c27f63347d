//! What the page has asked and what is still unanswered: the bookkeeping behind the WebSocket, without the WebSocket.
//!
//! One connection serves all labs of a page. Each lab's session numbers its calls from 1, so requests get numbers of
//! their own here and answers are translated back. A request stays in the ledger until it is answered; after a lost
//! connection the same requests are sent again with the same numbers, and the server runs each once.

use engine::session::{Effect, Input};
use engine::sorted::Map;
use protocol::message::{LabNumber, Resume};
use protocol::{CallId, FromPage, FromServer, NetworkInfo, Outcome, Plan, SessionId, VERSION, errno};

/// What a message of the server means for the page.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// Something for one lab.
    Lab(LabNumber, Input),
    /// To be sent.
    Send(FromPage),
    /// A port of a lab can be reached on the server's machine.
    Published {
        /// Which lab.
        lab: LabNumber,
        /// Its port.
        port: u16,
        /// Where: `127.0.0.1:8080`.
        address: String,
    },
    /// The connection cannot go on: one sentence. `reload`: a newer page would help.
    Fatal {
        /// One plain sentence.
        text: String,
        /// The page is older or newer than the server.
        reload: bool,
    },
}

#[derive(Clone, Debug, PartialEq)]
struct Request {
    lab: LabNumber,
    /// The session's own number; `None` for requests of the ledger (open, reset).
    local: Option<CallId>,
    message: FromPage,
}

/// See above.
#[derive(Debug, Default)]
pub struct Ledger {
    last_id: u64,
    session: Option<(SessionId, String)>,
    /// The last message that arrived.
    received: u64,
    /// What the server knows of it.
    acknowledged: u64,
    requests: Map<CallId, Request>,
    by_local: Map<(LabNumber, CallId), CallId>,
    labs: Map<LabNumber, OpenLab>,
    last_lab: LabNumber,
    connected: bool,
    can_publish: bool,
    networks: Vec<NetworkInfo>,
}

/// A lab of this page.
#[derive(Clone, Debug)]
struct OpenLab {
    /// What it shall be.
    plan: Plan,
    /// It is open on the server, or being opened.
    open: bool,
}

impl Request {
    /// Will it be answered by Opened?
    fn opens(&self) -> bool {
        matches!(self.message, FromPage::Open { .. } | FromPage::Reset { .. })
    }
}

impl Ledger {
    /// The first message of a connection.
    pub fn hello(&mut self) -> FromPage {
        self.connected = false;
        let resume = self.session.as_ref().map(|(session, secret)| Resume {
            session: *session,
            secret: secret.clone(),
            received: self.received,
        });
        FromPage::Hello {
            version: VERSION,
            resume,
        }
    }

    /// The connection is gone.
    pub fn disconnected(&mut self) {
        self.connected = false;
    }

    /// Is there a lab that needs the connection?
    pub fn is_needed(&self) -> bool {
        !self.labs.is_empty()
    }

    /// A new lab of the page, and what to send now.
    pub fn open(&mut self, plan: Plan) -> (LabNumber, Option<FromPage>) {
        self.last_lab += 1;
        let lab = self.last_lab;
        self.labs.insert(lab, OpenLab { plan, open: false });
        let message = if self.connected {
            self.open_message(lab)
        } else {
            None
        };
        (lab, message)
    }

    fn open_message(&mut self, lab: LabNumber) -> Option<FromPage> {
        let open = self.labs.get_mut(&lab)?;
        open.open = true;
        let plan = open.plan.clone();
        Some(self.request(lab, None, |id| FromPage::Open { id, lab, plan }))
    }

    fn not_open(&mut self, lab: LabNumber) {
        if let Some(lab) = self.labs.get_mut(&lab) {
            lab.open = false;
        }
    }

    /// The lab is not needed any more.
    pub fn close(&mut self, lab: LabNumber) -> Option<FromPage> {
        let was_open = self.labs.remove(&lab)?.open;
        self.requests.retain(|_, r| r.lab != lab);
        self.by_local.retain(|(l, _), _| *l != lab);
        (was_open && self.connected).then_some(FromPage::CloseLab { lab })
    }

    fn request(
        &mut self,
        lab: LabNumber,
        local: Option<CallId>,
        message: impl FnOnce(CallId) -> FromPage,
    ) -> FromPage {
        self.last_id += 1;
        let id = CallId(self.last_id);
        let message = message(id);
        if let Some(local) = local {
            self.by_local.insert((lab, local), id);
        }
        self.requests.insert(
            id,
            Request {
                lab,
                local,
                message: message.clone(),
            },
        );
        message
    }

    /// A lab's effect as a message, if it needs one now. [`Effect::WakeAt`] is not for the server.
    pub fn effect(&mut self, lab: LabNumber, effect: Effect) -> Option<FromPage> {
        let message = match effect {
            Effect::Call { id, host, call } => {
                self.request(lab, Some(id), |id| FromPage::Call { id, lab, host, call })
            }
            Effect::Wire { id, action } => {
                self.request(lab, Some(id), |id| FromPage::Wire { id, lab, action })
            }
            Effect::Confirm { id, calls } => {
                let calls = calls
                    .iter()
                    .filter_map(|c| self.by_local.get(&(lab, *c)).copied())
                    .collect();
                self.request(lab, Some(id), |id| FromPage::Confirm { id, lab, calls })
            }
            Effect::Cancel { id } => FromPage::Cancel {
                call: *self.by_local.get(&(lab, id))?,
            },
            Effect::Reset => {
                // Nobody waits for what was asked before.
                self.requests.retain(|_, r| r.lab != lab || r.local.is_none());
                self.by_local.retain(|(l, _), _| *l != lab);
                if self.labs.get(&lab).is_some_and(|l| l.open) {
                    self.request(lab, None, |id| FromPage::Reset { id, lab })
                } else if self.connected {
                    self.open_message(lab)?
                } else {
                    return None;
                }
            }
            Effect::WakeAt(_) => return None,
        };
        self.connected.then_some(message)
    }

    /// Can ports of labs be published?
    pub fn can_publish(&self) -> bool {
        self.can_publish
    }

    /// What the server offers, its default first; empty before it has said so.
    pub fn networks(&self) -> &[NetworkInfo] {
        &self.networks
    }

    /// Asks for a port of a lab to be published.
    pub fn publish(&mut self, lab: LabNumber, port: u16) -> Option<FromPage> {
        let message = self.request(lab, None, |id| FromPage::Publish { id, lab, port });
        self.connected.then_some(message)
    }

    /// An acknowledgement, if one is due.
    pub fn acknowledge(&mut self) -> Option<FromPage> {
        (self.connected && self.received > self.acknowledged).then(|| {
            self.acknowledged = self.received;
            FromPage::Ack { seq: self.received }
        })
    }

    /// How many messages are not acknowledged.
    pub fn unacknowledged(&self) -> u64 {
        self.received - self.acknowledged
    }

    /// A message of the server.
    pub fn receive(&mut self, message: FromServer) -> Vec<News> {
        match message.seq() {
            // Said before: it came a second time after a resume.
            Some(seq) if seq != 0 && seq <= self.received => return Vec::new(),
            Some(seq) if seq != 0 => self.received = seq,
            _ => {}
        }
        match message {
            FromServer::Welcome {
                version,
                session,
                secret,
                resumed,
                can_publish,
                networks,
            } => {
                self.can_publish = can_publish;
                self.networks = networks;
                self.welcome(version, session, secret, resumed)
            }
            FromServer::Opened {
                id,
                lab,
                network,
                private,
                hosts,
                number,
                ..
            } => {
                self.requests.remove(&id);
                // A reset is under way behind it: only the last answer opens the lab.
                let again = self.requests.values().any(|r| r.lab == lab && r.opens());
                if again {
                    Vec::new()
                } else {
                    vec![News::Lab(
                        lab,
                        Input::Opened {
                            network,
                            private,
                            hosts,
                            number,
                        },
                    )]
                }
            }
            FromServer::Reply {
                id,
                at,
                order,
                outcome,
                samples,
                ..
            } => self.answered(id, |local| Input::Reply {
                id: local,
                at,
                order,
                outcome,
                samples,
            }),
            FromServer::Confirmed {
                id,
                at,
                order,
                waiting,
                samples,
                ..
            } => {
                let waiting = waiting
                    .iter()
                    .filter_map(|w| self.requests.get(w)?.local)
                    .collect();
                self.answered(id, |local| Input::Confirmed {
                    id: local,
                    at,
                    order,
                    waiting,
                    samples,
                })
            }
            FromServer::Changed {
                lab,
                at,
                order,
                samples,
                ..
            } => {
                vec![News::Lab(lab, Input::Changed { at, order, samples })]
            }
            FromServer::Wired {
                id,
                lab,
                at,
                order,
                news,
                samples,
                embryos,
                ..
            } => {
                let local = id.and_then(|id| self.requests.remove(&id)).and_then(|r| r.local);
                if let Some(local) = local {
                    self.by_local.remove(&(lab, local));
                }
                let input = Input::Wired {
                    id: local,
                    at,
                    order,
                    news,
                    samples,
                    embryos,
                };
                vec![News::Lab(lab, input)]
            }
            FromServer::Published {
                id, port, address, ..
            } => {
                let request = self.requests.remove(&id);
                request
                    .map(|r| News::Published {
                        lab: r.lab,
                        port,
                        address,
                    })
                    .into_iter()
                    .collect()
            }
            FromServer::Problem {
                id, lab, text, fatal, ..
            } => self.problem(id, lab, text, fatal),
        }
    }

    fn answered(&mut self, id: CallId, input: impl FnOnce(CallId) -> Input) -> Vec<News> {
        let Some(request) = self.requests.remove(&id) else {
            return Vec::new();
        };
        let Some(local) = request.local else {
            return Vec::new();
        };
        self.by_local.remove(&(request.lab, local));
        vec![News::Lab(request.lab, input(local))]
    }

    fn welcome(&mut self, version: u32, session: SessionId, secret: String, resumed: bool) -> Vec<News> {
        if version != VERSION {
            return vec![News::Fatal {
                text: format!(
                    "This page speaks version {VERSION} and the server version {version}. Reload the page."
                ),
                reload: true,
            }];
        }
        self.connected = true;
        let before = self.session.replace((session, secret));
        if resumed {
            // In their order; the server runs none of them twice.
            self.acknowledged = self.acknowledged.min(self.received);
            return self
                .requests
                .values()
                .map(|r| News::Send(r.message.clone()))
                .collect();
        }
        self.received = 0;
        self.acknowledged = 0;
        self.requests.clear();
        self.by_local.clear();
        let mut news = Vec::new();
        for (lab, open) in self.labs.clone() {
            if open.open && before.is_some() {
                self.not_open(lab);
                let text = "The server has ended this lab's network: it was away for too long, or was started again.";
                news.push(News::Lab(
                    lab,
                    Input::Trouble {
                        text: text.into(),
                        lost: true,
                    },
                ));
            } else {
                news.extend(self.open_message(lab).map(News::Send));
            }
        }
        news
    }

    fn problem(
        &mut self,
        id: Option<CallId>,
        lab: Option<LabNumber>,
        text: String,
        fatal: bool,
    ) -> Vec<News> {
        if fatal {
            let reload = text.contains("version");
            return vec![News::Fatal { text, reload }];
        }
        let request = id.and_then(|id| self.requests.get(&id).cloned());
        let about = lab.or(request.as_ref().map(|r| r.lab));
        let mut news = Vec::new();
        match (&request, lab) {
            (
                Some(Request {
                    message: FromPage::Call { id, .. },
                    ..
                }),
                None,
            ) => {
                const EIO: i32 = 5;
                let outcome = Outcome::Failed {
                    errno: errno::number("EIO").unwrap_or(EIO),
                    why: Some(text),
                };
                return self.answered(*id, |local| Input::Reply {
                    id: local,
                    at: 0,
                    order: 0,
                    outcome,
                    samples: Vec::new(),
                });
            }
            (
                Some(Request {
                    message: FromPage::Wire { id, .. },
                    ..
                }),
                None,
            ) => return self.answered(*id, |local| Input::WireRefused { id: local, text }),
            (
                Some(Request {
                    message: FromPage::Open { .. } | FromPage::Reset { .. },
                    ..
                }),
                _,
            )
            | (_, Some(_)) => {
                if let Some(lab) = about {
                    self.not_open(lab);
                    self.requests.retain(|_, r| r.lab != lab);
                    self.by_local.retain(|(l, _), _| *l != lab);
                    news.push(News::Lab(lab, Input::Trouble { text, lost: true }));
                }
            }
            _ => {
                if let Some(id) = id {
                    self.requests.remove(&id);
                }
                match about {
                    Some(lab) => news.push(News::Lab(lab, Input::Trouble { text, lost: false })),
                    None => news.extend(self.labs.keys().map(|l| {
                        News::Lab(
                            *l,
                            Input::Trouble {
                                text: text.clone(),
                                lost: false,
                            },
                        )
                    })),
                }
            }
        }
        news
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "ledger_tests.rs"]
mod tests;
