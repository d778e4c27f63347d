//! A timeline as a test asks about it: who printed what, who called what, what the kernel said.

use engine::packet::Head;
use engine::packet::head::{Transport, flag};
use protocol::wire::Fate;
use protocol::{Event, EventKind, Outcome, PacketId, ProgramId, Stream, TcpState, WireNews};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// A packet that the wire has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its number.
    pub id: PacketId,
    /// TCP's control bits by name in the order `SYN FIN RST ACK` (`"SYN ACK"`), or `UDP`, or `ICMP`.
    pub what: String,
    /// The bytes of a program in it.
    pub payload: Vec<u8>,
    /// What became of it last.
    pub fate: Fate,
    /// The wire has seen the same before: a kernel that waited too long for an answer has sent it again, or has answered
    /// again what came twice. How often depends on how slow the machine is.
    pub again: bool,
}

/// The events of a lab, in order, with the programs' names.
pub struct Story {
    /// The events.
    pub events: Vec<Event>,
    /// Names in the lab's order.
    pub programs: Vec<String>,
}

impl Story {
    /// The number of the program with this name.
    ///
    /// # Panics
    /// When the lab has none: the test names it wrongly.
    #[must_use]
    pub fn program(&self, name: &str) -> ProgramId {
        let place = self.programs.iter().position(|known| known == name);
        let place = place.unwrap_or_else(|| panic!("no program {name} among {:?}", self.programs));
        ProgramId(place.try_into().expect("few programs"))
    }

    /// The events of one program.
    pub fn of<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a EventKind> + use<'a> {
        let id = self.program(name);
        self.events
            .iter()
            .filter(move |event| event.program == Some(id))
            .map(|event| &event.kind)
    }

    /// What a program has printed, errors included.
    #[must_use]
    pub fn printed(&self, name: &str) -> String {
        self.stream(name, |_| true)
    }

    /// The lines that a program has printed, errors included.
    #[must_use]
    pub fn lines(&self, name: &str) -> Vec<String> {
        self.printed(name).lines().map(str::to_owned).collect()
    }

    /// What a program has written to its standard error.
    #[must_use]
    pub fn complained(&self, name: &str) -> String {
        self.stream(name, |stream| stream == Stream::Stderr)
    }

    fn stream(&self, name: &str, wanted: impl Fn(Stream) -> bool) -> String {
        let mut bytes = Vec::new();
        for kind in self.of(name) {
            if let EventKind::Output { stream, data, .. } = kind
                && wanted(*stream)
            {
                bytes.extend_from_slice(&data.0);
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The socket functions that a program has called so far, in order, as the learner wrote them.
    #[must_use]
    pub fn calls(&self, name: &str) -> Vec<&str> {
        self.of(name)
            .filter_map(|kind| match kind {
                EventKind::Called { api, .. } => Some(api.as_str()),
                _ => None,
            })
            .collect()
    }

    /// How a program has ended: its exit status, `None` while it has not.
    #[must_use]
    pub fn ended(&self, name: &str) -> Option<i32> {
        self.of(name).fold(None, |last, kind| match kind {
            EventKind::Started { .. } => None,
            EventKind::Ended { status, .. } => Some(*status),
            _ => last,
        })
    }

    /// Asks that all programs have ended without an error.
    ///
    /// # Panics
    /// When one has not, with what it has printed.
    pub fn all_well(&self) {
        for program in &self.programs {
            let printed = self.printed(program);
            assert_eq!(self.ended(program), Some(0), "{program}: {printed}");
        }
    }

    /// Has a call of this program failed with this error number?
    #[must_use]
    pub fn failed(&self, name: &str, number: i32) -> bool {
        self.of(name).any(|kind| match kind {
            EventKind::Returned {
                outcome: Outcome::Failed { errno, .. },
                ..
            } => *errno == number,
            _ => false,
        })
    }

    /// The line that a program stands before, as last told.
    #[must_use]
    pub fn line(&self, name: &str) -> Option<u32> {
        self.of(name).fold(None, |last, kind| match kind {
            EventKind::Line { line, .. } | EventKind::Lines { line, .. } => Some(*line),
            _ => last,
        })
    }

    /// The most bytes that the kernel has held unread for a program at one time.
    #[must_use]
    pub fn most_unread(&self, name: &str) -> u32 {
        let unread = self.of(name).map(|kind| match kind {
            EventKind::Socket { sample, .. } => sample.recv_queue,
            _ => 0,
        });
        unread.max().unwrap_or(0)
    }

    /// The TCP states that the sockets of a program were seen in, in order, without repeats.
    #[must_use]
    pub fn states(&self, name: &str) -> Vec<TcpState> {
        let mut states = Vec::new();
        for kind in self.of(name) {
            if let EventKind::Socket { sample, .. } = kind
                && let Some(state) = sample.state
                && states.last() != Some(&state)
            {
                states.push(state);
            }
        }
        states
    }

    /// The packets that the wire has seen, in order.
    #[must_use]
    pub fn packets(&self) -> Vec<Seen> {
        let mut packets: Vec<Seen> = Vec::new();
        let mut known = BTreeSet::new();
        for event in &self.events {
            let EventKind::Wire { news, .. } = &event.kind else {
                continue;
            };
            match news {
                WireNews::Sent {
                    packet, data, fate, ..
                } => {
                    let (what, payload) = read(&data.0);
                    packets.push(Seen {
                        id: *packet,
                        what,
                        payload,
                        fate: *fate,
                        again: segment(&data.0).is_some_and(|segment| !known.insert(segment)),
                    });
                }
                WireNews::Now { packet, fate } => {
                    if let Some(seen) = packets.iter_mut().find(|seen| seen.id == *packet) {
                        seen.fate = *fate;
                    }
                }
                _ => {}
            }
        }
        packets
    }

    /// The packets that wait on the wire for the learner.
    #[must_use]
    pub fn held(&self) -> Vec<Seen> {
        let mut packets = self.packets();
        packets.retain(|seen| seen.fate == Fate::Held);
        packets
    }

    /// The packets in order, without what a kernel has sent again.
    #[must_use]
    pub fn packets_once(&self) -> Vec<Seen> {
        let mut packets = self.packets();
        packets.retain(|seen| !seen.again);
        packets
    }

    /// The bytes of programs, one entry for each packet that carries some; what a kernel has sent again is left out.
    #[must_use]
    pub fn payloads(&self) -> Vec<Vec<u8>> {
        let mut payloads: Vec<_> = self.packets_once().into_iter().map(|seen| seen.payload).collect();
        payloads.retain(|payload| !payload.is_empty());
        payloads
    }
}

/// What a TCP segment is known by when it is sent again: its ends, flags, sequence number and payload; its acknowledgment
/// only if it has nothing else to say.
type Segment = ((IpAddr, u16), (IpAddr, u16), u8, u32, Option<u32>, Vec<u8>);

fn segment(packet: &[u8]) -> Option<Segment> {
    let head = Head::parse(packet)?;
    let tcp = head.tcp()?;
    let (from, to) = head.ports()?;
    let says_nothing_else = tcp.payload.is_empty() && !tcp.has(flag::SYN) && !tcp.has(flag::FIN);
    Some((
        (head.source, from),
        (head.target, to),
        tcp.flags & !flag::PSH,
        tcp.seq,
        says_nothing_else.then_some(tcp.ack),
        tcp.payload.to_vec(),
    ))
}

fn read(packet: &[u8]) -> (String, Vec<u8>) {
    let Some(head) = Head::parse(packet) else {
        return ("?".to_owned(), Vec::new());
    };
    match head.transport {
        Transport::Tcp(tcp) => {
            let names = [
                (flag::SYN, "SYN"),
                (flag::FIN, "FIN"),
                (flag::RST, "RST"),
                (flag::ACK, "ACK"),
            ];
            let names: Vec<_> = names
                .iter()
                .filter(|(bit, _)| tcp.has(*bit))
                .map(|(_, name)| *name)
                .collect();
            (names.join(" "), tcp.payload.to_vec())
        }
        Transport::Udp(udp) => ("UDP".to_owned(), udp.payload.to_vec()),
        Transport::Icmp { .. } => ("ICMP".to_owned(), Vec::new()),
        Transport::Other => ("?".to_owned(), Vec::new()),
    }
}

/// The kernel picks the clients' ports: numbers of its range (32768 to 60999) become PORT.
#[must_use]
pub fn without_ports(text: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for c in text.chars().chain(std::iter::once('\0')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        match digits.parse::<u32>() {
            Ok(32768..=60999) => out.push_str("PORT"),
            _ => out.push_str(&digits),
        }
        digits.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}
