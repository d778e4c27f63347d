//! Carries packets between the hosts and the queue of [`crate::wire`], and tells of them: the kernel network's
//! `lab/wire`, without interfaces.

use super::Net;
use crate::packet::Head;
use crate::session::Input;
use crate::wire::ends::{Ends, Way};
use crate::wire::{Out, Wire};
use protocol::wire::{By, Embryo, Fate};
use protocol::{CallId, End, HostId, Sample, WireAction, WireNews};
use std::net::{IpAddr, SocketAddr};

/// Packets of one crank; what is left then has its turn right after.
const TURNS: usize = 4096;
/// News in one message.
const NEWS: usize = 64;

/// A lab's wire.
pub(super) struct Line {
    wire: Wire,
    ends: Ends,
    /// News that were not told yet.
    news: Vec<WireNews>,
    /// What is answered by the next message.
    answers: Option<CallId>,
    /// Connections without a descriptor, as told last.
    pub(super) embryos: Vec<Embryo>,
}

/// The ends of a packet that sockets may know: where it comes from, where it goes.
#[derive(Clone, Copy)]
struct Parties {
    from: SocketAddr,
    to: SocketAddr,
    tcp: bool,
}

impl Line {
    /// A wire between hosts with these addresses.
    pub(super) fn new(addresses: Vec<Vec<IpAddr>>, held: bool) -> Self {
        let ruled = held.then(|| WireNews::Ruled {
            held,
            rules: Vec::new(),
        });
        Self {
            wire: Wire::new(held),
            ends: Ends::new(addresses),
            news: ruled.into_iter().collect(),
            answers: None,
            embryos: Vec::new(),
        }
    }

    /// When the wire has something to do by itself.
    pub(super) fn next_due(&self) -> Option<u64> {
        self.wire.next_due()
    }
}

impl Net {
    /// Does what a learner wants done with the wire.
    pub(super) fn act(&mut self, id: CallId, action: &WireAction) {
        match self.line.wire.act(self.kernel.now, action) {
            Err(text) => self.told.push_back(Input::WireRefused { id, text }),
            Ok(()) => {
                self.line.answers = Some(id);
                self.crank();
                self.tell_line(Vec::new(), None, true);
                self.progress();
            }
        }
    }

    /// Carries packets until nothing moves, and tells of them.
    pub(super) fn crank(&mut self) {
        self.line.wire.due(self.kernel.now);
        self.carry_out();
        let hosts = self.kernel.hosts.len();
        let mut quiet = 0;
        for turn in 0..TURNS {
            let host = turn % hosts.max(1);
            let packet = self
                .kernel
                .hosts
                .get_mut(host)
                .and_then(|host| host.out.pop_front());
            match packet {
                Some(packet) => {
                    quiet = 0;
                    self.send_on(host as u8, packet);
                }
                None => quiet += 1,
            }
            if quiet >= hosts {
                break;
            }
        }
        if !self.line.news.is_empty() {
            self.tell_line(Vec::new(), None, true);
        }
    }

    /// Sends a packet of a host on its way.
    fn send_on(&mut self, place: u8, bytes: Vec<u8>) {
        let Some(head) = Head::parse(&bytes) else { return };
        let way = self.line.ends.way(place, &head);
        if let Some(parties) = Parties::of(&head) {
            // What sending has done to the sender: it stands before the packet.
            let samples = self.look_at(HostId(place), parties.from, parties.to, parties.tcp);
            self.tell_line(samples, None, false);
        }
        let now = self.kernel.now;
        let wire = &mut self.line.wire;
        match way {
            Way::To(from, to) => wire.sent(now, from, to, bytes),
            Way::ToAll(from) => {
                let hosts = self.kernel.hosts.len() as u8;
                let others = (0..hosts).map(End).filter(|to| *to != from);
                others.for_each(|to| wire.sent(now, from, to, bytes.clone()));
            }
            Way::ToNobody(from) => wire.sent_to_nobody(now, from, End(u8::from(from.0 == 0)), bytes),
            Way::Hidden => {}
        }
        self.carry_out();
    }

    /// Does what the wire wants done.
    fn carry_out(&mut self) {
        while let Some(out) = self.line.wire.poll() {
            match out {
                Out::News(news) => {
                    if let WireNews::Sent { data, fate, .. } = &news
                        && matches!(fate, Fate::Held | Fate::Delayed { by: By::Hand, .. })
                        && let Some(parties) = Head::parse(&data.0).as_ref().and_then(Parties::of)
                    {
                        self.kernel.be_patient(parties.from, parties.to);
                    }
                    self.line.news.push(news);
                    if self.line.news.len() >= NEWS {
                        self.tell_line(Vec::new(), None, true);
                    }
                }
                Out::Deliver { to, packet, .. } => self.deliver(to, &packet),
            }
        }
    }

    fn deliver(&mut self, to: End, packet: &[u8]) {
        let place = if self.kernel.hosts.len() == 1 { 0 } else { to.0 };
        self.kernel.arrives(place, packet);
        self.note_ready();
        let Some(parties) = Head::parse(packet).as_ref().and_then(Parties::of) else {
            return;
        };
        let samples = self.look_at(HostId(place), parties.to, parties.from, parties.tcp);
        let embryos = if parties.tcp { self.changed_embryos() } else { None };
        self.tell_line(samples, embryos, false);
    }

    /// accept() has taken a connection, or time has passed.
    pub(super) fn tell_embryos(&mut self) {
        if let Some(embryos) = self.changed_embryos() {
            self.tell_line(Vec::new(), Some(embryos), false);
        }
    }

    /// Tells samples with the news before them, if there are any; `all`: also news alone, and an answer without any.
    fn tell_line(&mut self, samples: Vec<Sample>, embryos: Option<Vec<Embryo>>, all: bool) {
        let alone = all && (self.line.answers.is_some() || !self.line.news.is_empty());
        if samples.is_empty() && embryos.is_none() && !alone {
            return;
        }
        let (id, news) = (self.line.answers.take(), std::mem::take(&mut self.line.news));
        let (at, order) = self.stamp();
        self.told.push_back(Input::Wired {
            id,
            at,
            order,
            news,
            samples,
            embryos,
        });
    }
}

impl Parties {
    fn of(head: &Head<'_>) -> Option<Self> {
        let (from, to) = head.ports()?;
        Some(Self {
            from: SocketAddr::new(head.source, from),
            to: SocketAddr::new(head.target, to),
            tcp: head.tcp().is_some(),
        })
    }
}
