//! The kernel network's wire: carries packets between hosts' interfaces and the queue ([`engine::wire`]), and tells.
//!
//! ```text
//! host's eth0 ── read ──▶ engine::wire ── Deliver ── write ──▶ host's eth0
//!                          ▲   └── News ──▶ Told::Wired ◀── what sockets say around each packet
//!              act(), due()┘
//! ```
//!
//! Everything happens under the lab's lock, in [`State::crank`]: after each system call of a program and before its answer
//! is told. A write to an interface returns when the kernel has dealt with the packet, so a handshake is over in one crank,
//! and whoever asks whether all is quiet gets a true answer.

mod embryos;
mod patience;

use super::Told;
use super::state::State;
use crate::net::budget::Held;
use crate::net::helper;
use crate::net::place::WireHost;
use crate::sys::AsFd;
use crate::sys::{self, Epoll, Ready};
use engine::packet::Head;
use engine::wire::ends::{Ends, Way};
use engine::wire::{Out, Wire};
use protocol::wire::{By, Embryo, Fate};
use protocol::{CallId, End, HostId, Sample, SocketId, WireAction, WireNews, bounds};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// Keys of interfaces in the lab's epoll begin here; below are sockets.
pub(super) const KEYS: u64 = 1 << 32;
/// The longest packet, bytes: the interfaces' MTU is 1500.
const PACKET: usize = 2048;
/// Packets of one crank; what is left then has its turn right after.
const TURNS: usize = 4096;
/// Sockets are looked at around every packet up to so many looks at a stretch,
const LOOKS: u32 = 400;
/// and so many a second: a learner's steps are far below, a bulk transfer far above.
const LOOKS_PER_SECOND: u32 = 1000;
/// Bytes of packets that were told and not taken; beyond, packets wait in the interfaces.
const UNTAKEN: usize = 4 << 20;
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
    /// Looks that may still be made at once, and when they were counted.
    looks: u32,
    counted: Instant,
    /// Some sockets have changed that nobody has looked at.
    owed: bool,
    /// The interfaces are not watched: too much was told that nobody has taken.
    paused: bool,
    /// Bytes of what was told and not taken.
    untaken: Held,
    /// Connections without a descriptor, as told last.
    embryos: Vec<Embryo>,
    room: Box<[u8; PACKET]>,
}

/// The ends of a packet that sockets may know: where it comes from, where it goes.
#[derive(Clone, Copy, Debug)]
struct Parties {
    from: SocketAddr,
    to: SocketAddr,
    tcp: bool,
}

impl Line {
    /// A wire between hosts with these addresses; `epoll` watches their interfaces from now on.
    pub(super) fn new(
        hosts: &[WireHost],
        addresses: Vec<Vec<IpAddr>>,
        held: bool,
        untaken: Held,
        epoll: &Epoll,
    ) -> sys::Result<Self> {
        for (key, host) in (KEYS..).zip(hosts) {
            epoll.change(host.wire.as_fd(), key, Ready::NONE, Ready::READ)?;
        }
        let news = if held {
            let rules = Vec::new();
            vec![WireNews::Ruled { held, rules }]
        } else {
            Vec::new()
        };
        Ok(Self {
            wire: Wire::new(held),
            ends: Ends::new(addresses),
            news,
            answers: None,
            looks: LOOKS,
            counted: Instant::now(),
            owed: false,
            paused: false,
            untaken,
            embryos: Vec::new(),
            room: Box::new([0; PACKET]),
        })
    }

    /// When the wire has something to do by itself: nanoseconds since the lab was opened.
    pub(super) fn next_due(&self) -> Option<u64> {
        self.wire.next_due()
    }

    /// May sockets be looked at around one more packet?
    fn may_look(&mut self) -> bool {
        let passed = self.counted.elapsed();
        let more = passed.as_millis().min(1000) as u32 * LOOKS_PER_SECOND / 1000;
        if more > 0 {
            self.looks = (self.looks + more).min(LOOKS);
            self.counted = Instant::now();
        }
        let may = self.looks > 0;
        self.looks = self.looks.saturating_sub(1);
        self.owed |= !may;
        may
    }
}

impl State {
    /// Joins the hosts of the place.
    pub(super) fn lay_wire(&mut self, held: bool) -> sys::Result<()> {
        let hosts = self.place.on_wire();
        let places = (0u8..).zip(hosts);
        let addresses = places
            .map(|(place, _)| helper::addresses(place).to_vec())
            .collect();
        let untaken = self.budget.hold(0);
        let line = Line::new(hosts, addresses, held, untaken, &self.epoll)?;
        self.line = Some(Box::new(line));
        // What the hosts have sent while they came up, and by which rules it begins.
        self.crank();
        Ok(())
    }

    /// Does what a learner wants done with the wire.
    pub(super) fn act(&mut self, id: CallId, action: &WireAction) {
        // What was sent before it is judged before it: a segment that is sent again while the first one waits is not shown,
        // and would be a new one if it were read after that one is gone.
        self.crank();
        let now = self.now();
        let Some(line) = &mut self.line else {
            self.refuse(id, NO_WIRE);
            return;
        };
        match line.wire.act(now, action) {
            Err(why) => {
                let why = why.clone();
                self.refuse(id, &why);
            }
            Ok(()) => {
                line.answers = Some(id);
                self.crank();
                self.tell_wired(Vec::new(), None);
                self.progress();
            }
        }
    }

    /// Carries packets until nothing moves, and tells of them.
    pub(super) fn crank(&mut self) {
        let Some(mut line) = self.line.take() else { return };
        if self.ended().is_none() {
            self.turn(&mut line);
        }
        let owed = std::mem::take(&mut line.owed);
        let something = !line.news.is_empty();
        self.line = Some(line);
        if something {
            self.tell_wired(Vec::new(), None);
        }
        if owed {
            self.look_soon();
        }
    }

    fn turn(&mut self, line: &mut Line) {
        let now = self.now();
        line.wire.due(now);
        self.carry_out(line);
        let hosts = self.place.on_wire().len();
        let mut quiet = 0;
        for turn in 0..TURNS {
            if !line.untaken.has_room(UNTAKEN) {
                self.pause(line);
                return;
            }
            let host = turn % hosts.max(1);
            if self.read_one(line, host) {
                quiet = 0;
            } else {
                quiet += 1;
            }
            if quiet >= hosts {
                return;
            }
        }
    }

    /// Reads one packet of a host and sends it on its way; false: there is none.
    fn read_one(&mut self, line: &mut Line, host: usize) -> bool {
        let Some(on_wire) = self.place.on_wire().get(host) else {
            return false;
        };
        let Ok(n) = on_wire.wire.read(&mut line.room[..]) else {
            return false;
        };
        let bytes = line.room[..n].to_vec();
        let Some(head) = Head::parse(&bytes) else {
            return true;
        };
        let place = host as u8;
        let way = line.ends.way(place, &head);
        if way == Way::Hidden {
            return true;
        }
        if let Some(parties) = Parties::of(&head)
            && line.may_look()
        {
            // What sending has done to the sender: it stands before the packet.
            let samples = self.look_at(HostId(place), parties.from, parties.to, parties.tcp);
            self.tell_line(line, samples, None);
        }
        let now = self.now();
        match way {
            Way::To(from, to) => line.wire.sent(now, from, to, bytes),
            Way::ToAll(from) => {
                let hosts = self.place.on_wire().len() as u8;
                let others = (0..hosts).map(End).filter(|to| *to != from);
                others.for_each(|to| line.wire.sent(now, from, to, bytes.clone()));
            }
            Way::ToNobody(from) => {
                let to = End(u8::from(from.0 == 0));
                line.wire.sent_to_nobody(now, from, to, bytes);
            }
            Way::Hidden => {}
        }
        self.carry_out(line);
        true
    }

    /// Does what the wire wants done.
    fn carry_out(&mut self, line: &mut Line) {
        while let Some(out) = line.wire.poll() {
            match out {
                Out::News(news) => {
                    line.untaken.add(weight(&news));
                    if let WireNews::Sent { data, fate, .. } = &news
                        && matches!(fate, Fate::Held | Fate::Delayed { by: By::Hand, .. })
                        && let Some(parties) = Head::parse(&data.0).as_ref().and_then(Parties::of)
                    {
                        self.be_patient(parties);
                    }
                    line.news.push(news);
                    if line.news.len() >= NEWS {
                        self.tell_line(line, Vec::new(), None);
                    }
                }
                Out::Deliver { to, packet, .. } => self.deliver(line, to, &packet),
            }
        }
    }

    fn deliver(&mut self, line: &mut Line, to: End, packet: &[u8]) {
        let hosts = self.place.on_wire();
        let place = if hosts.len() == 1 { 0 } else { usize::from(to.0) };
        let Some(host) = hosts.get(place) else { return };
        // What the kernel does not take (a host that has just ended) is lost like on any wire.
        let _ = host.wire.write(packet);
        let Some(parties) = Head::parse(packet).as_ref().and_then(Parties::of) else {
            line.owed = true;
            return;
        };
        if !line.may_look() {
            return;
        }
        let host = HostId(place as u8);
        let samples = self.look_at(host, parties.to, parties.from, parties.tcp);
        let embryos = self.look_at_embryos(line, host, &samples, parties);
        self.tell_line(line, samples, embryos);
    }

    /// Tells samples with the news before them, if there are any.
    fn tell_line(&mut self, line: &mut Line, samples: Vec<Sample>, embryos: Option<Vec<Embryo>>) {
        if samples.is_empty() && embryos.is_none() && line.news.len() < NEWS {
            return;
        }
        let (id, news) = (line.answers.take(), std::mem::take(&mut line.news));
        self.told_wired(id, news, samples, embryos);
    }

    /// Tells what is left to be told, also nothing if that is an answer.
    fn tell_wired(&mut self, samples: Vec<Sample>, embryos: Option<Vec<Embryo>>) {
        let Some(line) = &mut self.line else { return };
        let (id, news) = (line.answers.take(), std::mem::take(&mut line.news));
        if id.is_some() || !news.is_empty() || !samples.is_empty() || embryos.is_some() {
            self.told_wired(id, news, samples, embryos);
        }
    }

    fn told_wired(
        &mut self,
        id: Option<CallId>,
        news: Vec<WireNews>,
        samples: Vec<Sample>,
        embryos: Option<Vec<Embryo>>,
    ) {
        let (at, order) = (self.now(), self.next_order());
        self.tell(Told::Wired {
            id,
            at,
            order,
            news,
            samples,
            embryos,
        });
    }

    /// Stops reading until what was told is taken.
    fn pause(&self, line: &mut Line) {
        if std::mem::replace(&mut line.paused, true) {
            return;
        }
        for (key, host) in (KEYS..).zip(self.place.on_wire()) {
            let _ = self
                .epoll
                .change(host.wire.as_fd(), key, Ready::READ, Ready::NONE);
        }
    }

    /// Something that was told is taken; true: reading can go on, and somebody has to crank.
    pub(super) fn wired_taken(&mut self, news: &[WireNews]) -> bool {
        let Some(line) = &mut self.line else { return false };
        line.untaken.give_back(news.iter().map(weight).sum());
        if !line.paused || !line.untaken.has_room(UNTAKEN / 2) {
            return false;
        }
        line.paused = false;
        for (key, host) in (KEYS..).zip(self.place.on_wire()) {
            let _ = self
                .epoll
                .change(host.wire.as_fd(), key, Ready::NONE, Ready::READ);
        }
        true
    }

    /// When the wire has something to do by itself.
    pub(super) fn wire_due(&self) -> Option<Instant> {
        let due = self.line.as_ref()?.next_due()?;
        self.opened.checked_add(Duration::from_nanos(due))
    }

    /// Looks at the sockets of a host that a packet between these endpoints concerns; what is new.
    fn look_at(&mut self, host: HostId, local: SocketAddr, remote: SocketAddr, tcp: bool) -> Vec<Sample> {
        let ids: Vec<SocketId> = self
            .socks
            .values()
            .filter(|sock| sock.host == host && sock.concerns(local, remote, tcp))
            .map(|sock| sock.id)
            .collect();
        let mut samples: Vec<Sample> = ids.into_iter().filter_map(|id| self.look(id)).collect();
        if tcp {
            self.look_at_ghost(host, local, remote, &mut samples);
        }
        samples
    }
}

/// About how many bytes it takes until it is taken, samples around it included.
fn weight(news: &WireNews) -> usize {
    const BESIDES: usize = 512;
    match news {
        WireNews::Sent { data, .. } => BESIDES + data.len(),
        _ => BESIDES,
    }
}

/// Why a wire cannot be acted on that is not there.
pub(super) const NO_WIRE: &str =
    "This network has no wire that packets could be held on: choose the kernel network.";

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

const _: () = assert!(bounds::HOSTS <= u8::MAX as usize);
