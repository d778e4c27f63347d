//! Packets in the diagram: from the lane that sends to the lane that receives, with every stop on the way.
//!
//! A packet is a mark of its own from the moment it is sent. What becomes of it later (it arrives, it is lost) is kept
//! with the event that told it, so that the past shows what was known then.

use super::labels;
use super::model::{Diagram, End, FALL, Mark, STEP, What};
use engine::packet::Head;
use engine::packet::head::Transport;
use engine::packet::head::flag;
use engine::session::Side;
use engine::sorted::{Map, Set};
use engine::timeline::{Doing, words};
use protocol::wire::Fate;
use protocol::{Address, Call, Event, HostId, PacketId, Payload, ProgramId, TcpState, WireNews};

/// How far below the sender's end a packet waits in the middle of the wire.
pub(super) const HALF: i32 = FALL / 2;
/// Between two packets that wait one behind the other.
const APART: i32 = 30;
/// Conversations whose ends are remembered.
const TALKS: usize = 4096;

/// Where an arrow begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A program's lifeline.
    Lane(ProgramId),
    /// The outermost lifeline of a side: nobody's socket, or a visitor's from outside.
    Side(Side),
}

/// A packet.
#[derive(Clone, Debug, PartialEq)]
pub struct Packet {
    /// Its number.
    pub id: PacketId,
    /// Where it comes from.
    pub from: Place,
    /// Where it goes.
    pub to: Place,
    /// `SYN`.
    pub bold: String,
    /// `seq 0`.
    pub rest: String,
    /// The first of the bytes that it carries, as text.
    pub head: String,
    /// It carries bytes of a program.
    pub data: bool,
    /// It is a copy of this one.
    pub copy_of: Option<PacketId>,
    /// The event of the call whose bytes (or SYN, or FIN) it carries.
    pub cause: Option<u64>,
    /// What became of it, in order; the first is the sending itself.
    pub fates: Vec<(End, Fate)>,
}

impl Packet {
    /// What has become of it at event `cursor`, and where.
    pub fn at(&self, cursor: u64) -> Option<(End, Fate)> {
        self.fates.iter().rev().find(|(at, _)| at.seq <= cursor).copied()
    }

    /// Did it wait on the wire at any time before it arrived?
    pub fn waited(&self) -> bool {
        self.fates.len() > 1
    }
}

/// What the diagram knows of the wire.
#[derive(Clone, Debug, Default)]
pub(super) struct Wire {
    /// Every packet's mark, in the order of their numbers.
    all: Vec<(PacketId, usize)>,
    /// Marks of packets that have not ended.
    pub(super) open: Map<PacketId, usize>,
    /// Who has spoken from an address.
    talks: Map<Address, ProgramId>,
    /// Addresses from which packets were seen.
    seen: Set<Address>,
    /// The host of each program.
    pub(super) hosts: Vec<HostId>,
    /// Where the sequence numbers of each direction of a connection begin.
    begins: Map<(Address, Address), u32>,
    /// The row that the next packet may begin at.
    free: i32,
}

impl Wire {
    /// A packet in two or three words: `SYN`, `seq 0`, and whether it carries bytes of a program.
    fn label(&mut self, data: &Payload, id: PacketId) -> (String, String, bool) {
        let Some(head) = Head::parse(&data.0) else {
            return (
                format!("packet {}", id.0),
                words::bytes_count(data.len() as u64),
                false,
            );
        };
        match (head.transport, labels::ends(data)) {
            (Transport::Tcp(tcp), Some((from, to))) => {
                let known = self.begins.len() < TALKS;
                let key = (from, to);
                if tcp.has(flag::SYN) && known {
                    self.begins.insert(key.clone(), tcp.seq);
                }
                let begin =
                    |key: &(Address, Address), first: u32| self.begins.get(key).copied().unwrap_or(first);
                let seq = tcp.seq.wrapping_sub(begin(&key, tcp.seq));
                let ack = tcp.ack.wrapping_sub(begin(&(key.1, key.0), tcp.ack));
                let n = tcp.payload.len();
                let rest = if n > 0 {
                    format!("seq {seq}, {}", words::bytes_count(n as u64))
                } else if tcp.has(flag::ACK) {
                    format!("seq {seq} ack {ack}")
                } else {
                    format!("seq {seq}")
                };
                (labels::flags(tcp.flags), rest, n > 0)
            }
            (Transport::Udp(udp), _) => {
                let n = udp.payload.len();
                ("UDP".into(), words::bytes_count(n as u64), n > 0)
            }
            (Transport::Icmp { kind, code, .. }, _) => {
                let name = if head.source.is_ipv4() { "ICMP" } else { "ICMPv6" };
                (name.into(), format!("type {kind}, code {code}"), false)
            }
            _ => (
                "IP".into(),
                format!("protocol {}", head.protocol),
                head.has_data(),
            ),
        }
    }

    /// Were packets seen that came from this address?
    pub(super) fn saw(&self, from: &Address) -> bool {
        self.seen.contains(from)
    }
}

impl Diagram {
    pub(super) fn wired(&mut self, event: &Event, news: &WireNews) {
        match news {
            WireNews::Sent { .. } => self.packet_sent(event, news),
            WireNews::Now { packet, fate } => self.packet_now(event, *packet, *fate),
            WireNews::Flood { from, count, .. } => {
                let text = format!("{count} more packets, not shown");
                let by_end = (0u16..)
                    .zip(&self.lanes)
                    .find(|(_, l)| l.side == side_of(from.0))
                    .map(|(i, _)| ProgramId(i));
                let program = event.program.or(by_end).unwrap_or_default();
                if usize::from(program.0) < self.lanes.len() {
                    self.note(event, program, |text| What::Note { text }, &text);
                }
            }
            WireNews::Again { .. } | WireNews::Moved { .. } | WireNews::Ruled { .. } => {}
        }
    }

    fn packet_sent(&mut self, event: &Event, news: &WireNews) {
        let WireNews::Sent {
            packet,
            from,
            to,
            data,
            fate,
            copy_of,
        } = news
        else {
            return;
        };
        let ends = labels::ends(data);
        let (from, to) = self.places(event.program, ends.as_ref(), (from.0, to.0));
        if let Some((source, _)) = ends {
            if let Place::Lane(program) = from
                && self.wire.talks.len() < TALKS
            {
                self.wire.talks.insert(source.clone(), program);
            }
            if self.wire.seen.len() < TALKS {
                self.wire.seen.insert(source);
            }
        }
        let y = (self.y + STEP).max(self.wire.free);
        self.rows.push((event.seq, y));
        self.y = y;
        let (bold, rest, carries) = self.wire.label(data, *packet);
        let mut packet = Packet {
            id: *packet,
            from,
            to,
            bold,
            rest,
            head: labels::head_of(data),
            data: carries,
            copy_of: *copy_of,
            cause: event.cause,
            fates: vec![(End { seq: event.seq, y }, *fate)],
        };
        if *fate != Fate::Delivered {
            self.wire.free = y + APART;
        }
        if *fate == Fate::Delivered {
            packet.fates[0].0.y = self.arrive(y);
        } else if !matches!(fate, Fate::Dropped { .. }) {
            self.wire.open.insert(packet.id, self.marks.len());
        }
        self.wire.all.push((packet.id, self.marks.len()));
        let lane = |place| match place {
            Place::Lane(program) => Some(program),
            Place::Side(_) => None,
        };
        self.add(Mark {
            seq: event.seq,
            t: event.t,
            y,
            program: lane(from).or(lane(to)).unwrap_or_default(),
            what: What::Packet(Box::new(packet)),
        });
    }

    /// The packet with this number.
    pub fn packet(&self, id: PacketId) -> Option<&Packet> {
        let place = self.wire.all.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        match &self.marks.get(self.wire.all[place].1)?.what {
            What::Packet(packet) => Some(packet),
            _ => None,
        }
    }

    /// The row where a packet that was sent at row `y` arrives now; what it causes there stands in the same row.
    fn arrive(&mut self, y: i32) -> i32 {
        let end = (self.y + STEP).max(y + FALL);
        self.y = end - STEP;
        // An arrow that starts where another one ends would run through its label.
        self.wire.free = self.wire.free.max(end + 8);
        end
    }

    fn packet_now(&mut self, event: &Event, id: PacketId, fate: Fate) {
        let Some(place) = self.wire.open.get(&id).copied() else {
            return;
        };
        let began = self.marks[place].y;
        let y = match fate {
            Fate::Delivered => self.arrive(began),
            _ => began + HALF,
        };
        if fate == Fate::Delivered {
            self.rows.push((event.seq, y));
        }
        if matches!(fate, Fate::Delivered | Fate::Dropped { .. }) {
            self.wire.open.remove(&id);
        }
        if let What::Packet(packet) = &mut self.marks[place].what {
            packet.fates.push((End { seq: event.seq, y }, fate));
        }
        self.reaches(place);
    }

    /// The two ends of a packet: by its sender's socket, else by its addresses, else by its direction.
    fn places(
        &self,
        sender: Option<ProgramId>,
        ends: Option<&(Address, Address)>,
        hosts: (u8, u8),
    ) -> (Place, Place) {
        let known = |sender: Option<ProgramId>| sender.filter(|p| usize::from(p.0) < self.lanes.len());
        let of = |local: &Address, peer: &Address, host: u8| {
            self.socket_at(local, peer, host)
                .or_else(|| self.wire.talks.get(local).copied())
        };
        let source = known(sender).or_else(|| ends.and_then(|(s, d)| of(s, d, hosts.0)));
        let target = ends.and_then(|(s, d)| of(d, s, hosts.1));
        let several = self.state.wire.hosts.len() > 1;
        let on_host = |host: u8| {
            let place = self.wire.hosts.iter().position(|h| h.0 == host)?;
            u16::try_from(place).ok().map(ProgramId)
        };
        let source = source.or_else(|| on_host(hosts.0).filter(|_| several));
        let target = known(target).or_else(|| on_host(hosts.1).filter(|_| several));
        let across = |program: ProgramId| match self.lanes[usize::from(program.0)].side {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        };
        match (source, target) {
            (Some(a), Some(b)) => (Place::Lane(a), Place::Lane(b)),
            (Some(a), None) => (Place::Lane(a), Place::Side(across(a))),
            (None, Some(b)) => (Place::Side(across(b)), Place::Lane(b)),
            (None, None) => (Place::Side(side_of(hosts.0)), Place::Side(side_of(hosts.1))),
        }
    }

    /// Whose socket has this address: a connection, one that is being opened, or one that waits for whoever comes.
    fn socket_at(&self, local: &Address, peer: &Address, host: u8) -> Option<ProgramId> {
        let here = |program: &ProgramId| {
            self.state.wire.hosts.len() < 2
                || self
                    .wire
                    .hosts
                    .get(usize::from(program.0))
                    .is_none_or(|h| h.0 == host)
        };
        let sockets = || self.state.sockets.iter().rev().filter(|s| here(&s.program));
        let connected = sockets().find(|s| {
            s.sample
                .as_ref()
                .is_some_and(|s| s.local.as_ref() == Some(local) && s.peer.as_ref() == Some(peer))
        });
        let connecting = || {
            let program = self.state.programs.iter().position(|p| {
                p.threads.iter().any(|t| {
                    matches!(&t.doing, Doing::Calling { what: Call::Connect { addr, .. }, .. } if addr.port() == peer.port())
                })
            })?;
            let program = ProgramId(u16::try_from(program).ok()?);
            // The peer of a connect() is who listens, not who connects.
            let listens = sockets().any(|s| listens_at(s, local));
            (here(&program) && !listens).then_some(program)
        };
        let bound = || sockets().find(|s| listens_at(s, local)).map(|s| s.program);
        connected.map(|s| s.program).or_else(bound).or_else(connecting)
    }

    /// Are the bytes that this socket gives seen as packets?
    pub(super) fn seen_as_packets(&self, from: protocol::SocketId) -> bool {
        let sample = self.state.socket(from).and_then(|s| s.sample.as_ref());
        sample.and_then(|s| s.local.as_ref()).is_some_and(|local| {
            self.wire.saw(local)
                || self
                    .wire
                    .seen
                    .iter()
                    .any(|seen| is_any(local) && seen.port() == local.port())
        })
    }
}

const fn side_of(end: u8) -> Side {
    if end == 0 { Side::Left } else { Side::Right }
}

fn is_any(address: &Address) -> bool {
    address.ip().is_some_and(|ip| ip.is_unspecified())
}

/// Does a socket without a peer wait at this address?
fn listens_at(socket: &engine::timeline::SocketState, address: &Address) -> bool {
    socket.closed.is_none()
        && socket.sample.as_ref().is_some_and(|s| {
            let waits = s.state.is_none_or(|s| s == TcpState::Listen) && s.peer.is_none();
            let at = s.local.as_ref();
            waits
                && at.is_some_and(|at| at.port() == address.port() && (is_any(at) || at.ip() == address.ip()))
        })
}

/// Why a lost packet is lost, in two or three words and in one.
pub(super) fn lost_text(fate: Fate) -> Option<(String, &'static str)> {
    use protocol::wire::By;
    let Fate::Dropped { by } = fate else { return None };
    Some(match by {
        By::Hand => ("dropped by you".into(), "dropped"),
        By::Rule(n) => (format!("lost by rule {}", n + 1), "lost"),
        By::NoHost => ("no such host".into(), "no host"),
        By::Full => ("the wire was full".into(), "full"),
    })
}
