//! What happens on the wire in a learner's words: whose packet, what it is for, why it was sent, and what the wire does
//! with it. `The client's SYN waits on the wire: connect() asks for a connection.`

use super::Timeline;
use super::words::{self, Names, lower};
use crate::packet::head::{Tcp, Transport, flag};
use crate::packet::{Notes, Summary};
use protocol::wire::{By, Fate};
use protocol::{Event, EventKind, PacketId, ProgramId, WireNews};

/// An event in one sentence, a packet with what it is and why it was sent.
pub fn tell(timeline: &Timeline, event: &Event, names: Names<'_>) -> String {
    let about = match &event.kind {
        EventKind::Wire { news, .. } => news,
        EventKind::Returned { .. } | EventKind::Waiting { .. } => {
            let call = timeline.causes().causes_of(event.seq).iter();
            let call = call.filter_map(|seq| timeline.event(*seq));
            let entry = call
                .into_iter()
                .find(|e| matches!(e.kind, EventKind::Called { .. }));
            return words::sentence(event, names, entry);
        }
        _ => return words::sentence(event, names, None),
    };
    let told = match about {
        WireNews::Sent {
            packet,
            fate,
            copy_of,
            ..
        } => sent(timeline, event, names, *packet, *fate, *copy_of),
        WireNews::Now { packet, fate } => now(timeline, event, names, *packet, *fate),
        WireNews::Again { packet, count } => first(timeline, event).and_then(|first| {
            let what = subject(timeline, first, names)?;
            let times = words::times(*count);
            Some(format!(
                "{what} (packet {}) was sent again, {times} so far: no answer has come, so the kernel tries again.",
                packet.0
            ))
        }),
        _ => None,
    };
    told.unwrap_or_else(|| words::sentence(event, names, None))
}

/// The event in which the packet was sent that this one tells of.
fn first<'a>(timeline: &'a Timeline, event: &Event) -> Option<&'a Event> {
    let causes = timeline.causes().causes_of(event.seq);
    let mut events = causes
        .iter()
        .chain(&event.cause)
        .filter_map(|seq| timeline.event(*seq));
    events.find(|e| {
        matches!(
            e.kind,
            EventKind::Wire {
                news: WireNews::Sent { .. },
                ..
            }
        )
    })
}

fn sent(
    timeline: &Timeline,
    event: &Event,
    names: Names<'_>,
    packet: PacketId,
    fate: Fate,
    copy_of: Option<PacketId>,
) -> Option<String> {
    let what = subject(timeline, event, names)?;
    if let Some(of) = copy_of {
        let does = match fate {
            Fate::Delivered => "arrives too",
            Fate::Held => "waits on the wire too",
            Fate::Delayed { .. } => "is on its way too",
            Fate::Dropped { .. } => "is lost",
        };
        return Some(format!("A copy of packet {} (packet {}) {does}.", of.0, packet.0));
    }
    let why = why(timeline, event).map_or_else(String::new, |why| format!(": {why}"));
    Some(match fate {
        Fate::Delivered => format!("{what} crosses the wire{why}."),
        Fate::Held => format!("{what} waits on the wire{why}."),
        Fate::Delayed { .. } => format!("{what} is on its way and arrives later{why}."),
        Fate::Dropped { by } => format!("{what} is sent{why}. {}", lost(by)),
    })
}

fn now(timeline: &Timeline, event: &Event, names: Names<'_>, packet: PacketId, fate: Fate) -> Option<String> {
    let first = first(timeline, event)?;
    let what = subject(timeline, first, names)?;
    let number = packet.0;
    Some(match fate {
        Fate::Delivered => {
            let then = effect(timeline, first).map_or_else(String::new, |then| format!(": {then}"));
            format!("{what} (packet {number}) arrives{then}.")
        }
        Fate::Held => format!("{what} (packet {number}) waits on the wire again."),
        Fate::Delayed { .. } => format!("You delay {} (packet {number}).", lower(&what)),
        Fate::Dropped { by: By::Hand } => {
            format!("You drop {} (packet {number}): it never arrives.", lower(&what))
        }
        Fate::Dropped { by } => format!("{what} (packet {number}) goes no further. {}", lost(by)),
    })
}

/// What became of a packet, for somebody who compares two runs.
pub(super) struct Met<'a> {
    /// Whose packet it is and what it is: `The client's data`.
    pub what: String,
    /// In one sentence with what became of it.
    pub text: String,
    /// The bytes that it carries for a program.
    pub payload: &'a [u8],
    /// A TCP segment that only acknowledges.
    pub pure_ack: bool,
}

/// The packet that was sent in this event, when it has arrived or is lost.
pub(super) fn met<'a>(timeline: &'a Timeline, sent: &Event, fate: Fate, names: Names<'_>) -> Option<Met<'a>> {
    let mut what = subject(timeline, sent, names)?;
    let summary = timeline.summary(sent.seq)?;
    let (payload, pure_ack): (&[u8], bool) = match summary.head.as_ref()?.transport {
        Transport::Tcp(tcp) => {
            let flags = flag::SYN | flag::FIN | flag::RST;
            (tcp.payload, tcp.payload.is_empty() && tcp.flags & flags == 0)
        }
        Transport::Udp(udp) => (udp.payload, false),
        _ => (&[], false),
    };
    if summary.notes().is_again() {
        what.push_str(" sent again");
    }
    let bytes = match payload {
        [] => String::new(),
        payload => format!(" ({})", words::bytes_text(&payload.into())),
    };
    let text = match fate {
        Fate::Dropped { by: By::Hand } => format!("You drop {}{bytes}: it never arrives.", lower(&what)),
        Fate::Dropped { by } => format!("{what}{bytes} does not arrive. {}", lost(by)),
        _ => format!("{what}{bytes} arrives."),
    };
    Some(Met {
        what,
        text,
        payload,
        pure_ack,
    })
}

fn lost(by: By) -> String {
    match by {
        By::Hand => "You drop it.".to_owned(),
        By::Rule(n) => format!("Rule {} of the wire loses it.", n + 1),
        By::NoHost => "It is lost: no host has its address.".to_owned(),
        By::Full => "It is lost: too many packets wait on the wire.".to_owned(),
    }
}

fn name_of(program: Option<ProgramId>, names: Names<'_>) -> Option<&str> {
    names.programs.get(usize::from(program?.0)).map(String::as_str)
}

/// `The client's SYN`, `A datagram`.
fn subject(timeline: &Timeline, event: &Event, names: Names<'_>) -> Option<String> {
    let summary = timeline.summary(event.seq)?;
    let kind = kind(&summary)?;
    Some(match name_of(event.program, names) {
        Some(name) => format!("The {name}'s {kind}"),
        None if kind.starts_with(['A', 'I', 'R']) => format!("An {kind}"),
        None => format!("A {kind}"),
    })
}

fn kind(summary: &Summary<'_>) -> Option<&'static str> {
    let head = summary.head.as_ref()?;
    Some(match &head.transport {
        Transport::Tcp(tcp) => segment(tcp, summary.notes()),
        Transport::Udp(_) => "datagram",
        Transport::Icmp { .. } => "ICMP message",
        Transport::Other if head.fragment.is_some() => "fragment",
        Transport::Other => "packet",
    })
}

fn segment(tcp: &Tcp<'_>, notes: Notes) -> &'static str {
    match (tcp.has(flag::SYN), tcp.has(flag::ACK), tcp.has(flag::FIN)) {
        _ if tcp.has(flag::RST) => "RST",
        (true, false, _) => "SYN",
        (true, true, _) => "SYN-ACK",
        (false, _, true) if tcp.payload.is_empty() => "FIN",
        (false, _, true) => "last data, with its FIN,",
        _ if notes.has(Notes::KEEP_ALIVE) => "keep-alive",
        _ if notes.has(Notes::ZERO_WINDOW_PROBE) => "zero-window probe",
        _ if tcp.payload.is_empty() => "ACK",
        _ => "data",
    }
}

/// Why it was sent.
fn why(timeline: &Timeline, event: &Event) -> Option<String> {
    let summary = timeline.summary(event.seq)?;
    let cause = event.cause.and_then(|seq| timeline.event(seq));
    let api = cause.and_then(|c| match &c.kind {
        EventKind::Called { api, .. } => Some(api.as_str()),
        _ => None,
    });
    let answered = cause.and_then(|c| timeline.summary(c.seq));
    let head = summary.head.as_ref()?;
    match &head.transport {
        Transport::Tcp(tcp) => of_segment(tcp, summary.notes(), api, cause, answered.as_ref()),
        Transport::Udp(udp) => {
            let bytes = words::bytes_count(udp.payload.len() as u64);
            Some(match api {
                Some(api) => format!("{api}() sends {bytes}"),
                None => format!("it carries {bytes}"),
            })
        }
        Transport::Icmp { .. } => {
            let line = summary.to_string();
            let line = line.split_once(' ').map_or(line.as_str(), |(_, rest)| rest);
            Some(match cause.map(|c| &c.kind) {
                Some(EventKind::Wire {
                    news: WireNews::Sent { packet, .. },
                    ..
                }) => format!("{line}, because of packet {}", packet.0),
                _ => line.to_owned(),
            })
        }
        Transport::Other => None,
    }
}

fn of_segment(
    tcp: &Tcp<'_>,
    notes: Notes,
    api: Option<&str>,
    cause: Option<&Event>,
    answered: Option<&Summary<'_>>,
) -> Option<String> {
    let answers = answered.and_then(|s| s.head.as_ref()).and_then(|h| h.tcp());
    if tcp.has(flag::RST) {
        return Some(match (api, answers) {
            (Some(api), _) => format!("{api}() has ended the connection with bytes still to be read"),
            (None, Some(syn)) if syn.has(flag::SYN) && !syn.has(flag::ACK) => {
                format!("nobody listens on port {}", syn.target)
            }
            (None, Some(_)) => {
                "no socket expects what has come: the connection is not there any more".to_owned()
            }
            _ => "the connection ends at once".to_owned(),
        });
    }
    if notes.is_again() {
        return Some(match tcp.has(flag::SYN) || tcp.payload.is_empty() {
            true => "no answer has come, so the kernel sends it again".to_owned(),
            false => format!(
                "no acknowledgment has come, so the kernel sends {} again",
                words::bytes_count(tcp.payload.len() as u64)
            ),
        });
    }
    if tcp.has(flag::SYN) {
        return Some(match (tcp.has(flag::ACK), api) {
            (true, _) => "it answers the SYN: the listening side agrees, and asks back".to_owned(),
            (false, Some(api)) => format!("{api}() asks for a connection"),
            (false, None) => "it asks for a connection".to_owned(),
        });
    }
    if !tcp.payload.is_empty() {
        let bytes = words::bytes_text(&tcp.payload.into());
        let count = words::bytes_count(tcp.payload.len() as u64);
        let from = api.map_or_else(String::new, |api| format!(" of {api}()"));
        return Some(format!("it carries {count}{from}, {bytes}"));
    }
    if tcp.has(flag::FIN) {
        return Some(match (api, cause.map(|c| &c.kind)) {
            (Some(api), _) => format!("{api}() says that no more bytes will come"),
            (None, Some(EventKind::Ended { .. })) => {
                "the program has ended, and the kernel closes what it left open".to_owned()
            }
            _ => "no more bytes will come from there".to_owned(),
        });
    }
    of_ack(notes, api, cause, answers)
}

fn of_ack(
    notes: Notes,
    api: Option<&str>,
    cause: Option<&Event>,
    answers: Option<&Tcp<'_>>,
) -> Option<String> {
    if notes.has(Notes::KEEP_ALIVE) {
        return Some("it asks whether the peer is still there".to_owned());
    }
    if notes.has(Notes::ZERO_WINDOW) {
        return Some("the receive buffer there is full: send nothing more for now".to_owned());
    }
    if notes.has(Notes::WINDOW_UPDATE) || matches!(cause.map(|c| &c.kind), Some(EventKind::Returned { .. })) {
        let why = api.map_or_else(String::new, |api| format!(", because {api}() has read"));
        return Some(format!("there is room in the receive buffer again{why}"));
    }
    if notes.has(Notes::DUPLICATE_ACK) {
        return Some("it says once more what has arrived in order so far".to_owned());
    }
    let answers = answers?;
    Some(
        match (
            answers.has(flag::SYN),
            answers.payload.len(),
            answers.has(flag::FIN),
        ) {
            (true, ..) => "it answers the SYN-ACK: when it arrives, both sides are connected".to_owned(),
            (_, 0, true) => "it acknowledges the FIN".to_owned(),
            (_, 0, false) => "it answers what has come".to_owned(),
            (_, n, true) => format!("it acknowledges {} and the FIN", words::bytes_count(n as u64)),
            (_, n, false) => format!("it acknowledges {}", words::bytes_count(n as u64)),
        },
    )
}

/// What its arrival means for whoever gets it.
fn effect(timeline: &Timeline, first: &Event) -> Option<&'static str> {
    let summary = timeline.summary(first.seq)?;
    let tcp = *summary.head.as_ref()?.tcp()?;
    Some(match (tcp.has(flag::SYN), tcp.has(flag::ACK)) {
        _ if tcp.has(flag::RST) => "the connection is over at once",
        (true, false) => "the kernel there answers, if somebody listens",
        (true, true) => "connect() is done",
        _ if tcp.has(flag::FIN) => "recv() there gives b'' when all bytes are read",
        _ if !tcp.payload.is_empty() => "its bytes wait in the receive buffer until recv() takes them",
        _ => return None,
    })
}
