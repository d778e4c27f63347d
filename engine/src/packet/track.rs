//! Conversations followed packet by packet: relative sequence numbers, and what a segment is beside what its flags say: sent
//! again, out of order, a keep-alive, ...
//!
//! The packets must come in the order in which they were sent, with the time of sending. The rules are those of Wireshark's
//! `tcp.analysis` (tshark is the judge of the tests), so that a learner finds there what was seen here; but that a segment
//! that was seen before is sent again, however soon, and never only out of order.

use super::head::{Head, Tcp, before, flag, until};
use crate::sorted::{Map, sort};
use std::collections::VecDeque;
use std::net::IpAddr;

/// Conversations followed at once; beyond, those that were silent longest are forgotten.
const CONVERSATIONS: usize = 2048;
/// Segments of one direction kept until they are acknowledged.
const UNACKNOWLEDGED: usize = 1024;
/// A fast retransmission follows its duplicate ACKs within so many nanoseconds.
const FAST: u64 = 20_000_000;
/// Out of order, and not sent again: within so many nanoseconds, until the connection's own round trip is known.
const REORDERED: u64 = 3_000_000;

/// What a segment is beside what its flags say; several may be true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notes(u16);

macro_rules! notes {
    ($($name:ident = $bit:literal, $key:literal, $text:literal;)*) => {
        impl Notes {
            $(
                #[doc = $text]
                pub const $name: Self = Self(1 << $bit);
            )*
            /// Every note there is: Wireshark's name for it, and ours.
            pub const ALL: &'static [(Self, &'static str, &'static str)] = &[$((Self::$name, $key, $text),)*];
        }
    };
}

notes! {
    RETRANSMISSION = 0, "tcp.analysis.retransmission", "retransmission";
    FAST_RETRANSMISSION = 1, "tcp.analysis.fast_retransmission", "fast retransmission";
    SPURIOUS_RETRANSMISSION = 2, "tcp.analysis.spurious_retransmission", "retransmission of what is acknowledged";
    OUT_OF_ORDER = 3, "tcp.analysis.out_of_order", "out of order";
    LOST_SEGMENT = 4, "tcp.analysis.lost_segment", "previous segment not seen";
    DUPLICATE_ACK = 5, "tcp.analysis.duplicate_ack", "duplicate ACK";
    ZERO_WINDOW = 6, "tcp.analysis.zero_window", "zero window";
    ZERO_WINDOW_PROBE = 7, "tcp.analysis.zero_window_probe", "zero-window probe";
    ZERO_WINDOW_PROBE_ACK = 8, "tcp.analysis.zero_window_probe_ack", "answer to a zero-window probe";
    WINDOW_UPDATE = 9, "tcp.analysis.window_update", "window update";
    WINDOW_FULL = 10, "tcp.analysis.window_full", "window full";
    KEEP_ALIVE = 11, "tcp.analysis.keep_alive", "keep-alive";
    KEEP_ALIVE_ACK = 12, "tcp.analysis.keep_alive_ack", "answer to a keep-alive";
    REUSED_PORTS = 13, "tcp.analysis.reused_ports", "port numbers used again";
}

impl Notes {
    /// Is this one of them?
    pub const fn has(self, note: Self) -> bool {
        self.0 & note.0 != 0
    }

    /// Is there none?
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Is it sent again, for whatever reason?
    pub const fn is_again(self) -> bool {
        self.has(Self(
            Self::RETRANSMISSION.0 | Self::FAST_RETRANSMISSION.0 | Self::SPURIOUS_RETRANSMISSION.0,
        ))
    }

    /// Each of them in words.
    pub fn texts(self) -> impl Iterator<Item = &'static str> {
        Self::ALL
            .iter()
            .filter(move |(note, ..)| self.has(*note))
            .map(|(.., text)| *text)
    }

    const fn add(&mut self, note: Self) {
        self.0 |= note.0;
    }
}

/// What following the conversation adds to a segment. 16 bytes: one is kept for every packet of a timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tracked {
    /// The sequence number that the sender began with (its SYN's).
    pub base: u32,
    /// The same of the other direction, as far as it is known.
    pub back: u32,
    /// What the segment is.
    pub notes: Notes,
    /// Which of the duplicate ACKs it is, from 1; 0: none.
    pub duplicate: u16,
    /// How often the window field is doubled; [`Tracked::UNKNOWN`] if the handshake was not seen.
    pub scale: u8,
}

impl Tracked {
    /// The window's scale is not known.
    pub const UNKNOWN: u8 = u8::MAX;

    /// The window in bytes.
    pub fn window(&self, tcp: &Tcp<'_>) -> u32 {
        // In a SYN the window is never scaled (RFC 7323 2.2).
        let scale = if self.scale == Self::UNKNOWN || tcp.has(flag::SYN) {
            0
        } else {
            self.scale.min(14)
        };
        u32::from(tcp.window) << scale
    }
}

type Place = (IpAddr, u16);

/// All conversations.
#[derive(Clone, Debug, Default)]
pub struct Flows {
    all: Map<(Place, Place), Box<Conversation>>,
    /// Packets so far.
    count: u64,
}

/// One conversation. The first side is the one whose address and port come first in order.
#[derive(Clone, Debug, Default)]
struct Conversation {
    sides: [Side; 2],
    /// When the last SYN was sent, and how long the handshake took.
    syn: Option<u64>,
    round_trip: Option<u64>,
    /// Its last packet.
    last: u64,
}

/// One direction.
#[derive(Clone, Debug, Default)]
struct Side {
    base: Option<u32>,
    /// The number after the highest seen, and when that was sent.
    next: Option<u32>,
    next_at: u64,
    ack: Option<u32>,
    ack_at: u64,
    duplicates: u16,
    window: Option<u16>,
    /// The option of its SYN; `Some(None)`: its SYN had none.
    scale: Option<Option<u8>>,
    /// Its last segment had SYN: that window is not scaled.
    opened: bool,
    notes: Notes,
    unacknowledged: VecDeque<(u32, u32)>,
}

impl Flows {
    /// Follows one packet; `at` is when it was sent, nanoseconds of any clock.
    pub fn track(&mut self, at: u64, head: &Head<'_>) -> Option<Tracked> {
        self.count += 1;
        if head.fragment.is_some() {
            return None;
        }
        let tcp = head.tcp()?;
        let (from, to) = ((head.source, tcp.source), (head.target, tcp.target));
        let turned = from > to;
        let key = if turned { (to, from) } else { (from, to) };
        if !self.all.contains_key(&key) && self.all.len() >= CONVERSATIONS {
            self.forget();
        }
        let conversation = self.all.or_default(key);
        conversation.last = self.count;
        Some(conversation.track(at, usize::from(turned), tcp))
    }

    /// Half of the conversations are forgotten: so it costs little for each.
    fn forget(&mut self) {
        let mut ages: Vec<u64> = self.all.values().map(|c| c.last).collect();
        let middle = ages.len() / 2;
        sort(&mut ages);
        let oldest = ages[middle];
        self.all.retain(|_, c| c.last >= oldest);
    }
}

impl Conversation {
    fn track(&mut self, at: u64, side: usize, tcp: &Tcp<'_>) -> Tracked {
        let mut notes = Notes::default();
        let opens = tcp.flags & (flag::SYN | flag::ACK) == flag::SYN;
        if opens && self.sides[side].base.is_some_and(|base| base != tcp.seq) {
            *self = Self {
                last: self.last,
                ..Self::default()
            };
            notes.add(Notes::REUSED_PORTS);
        }
        let [first, second] = &mut self.sides;
        let (one, other) = if side == 0 {
            (first, second)
        } else {
            (second, first)
        };
        one.base.get_or_insert(if tcp.has(flag::SYN) {
            tcp.seq
        } else {
            tcp.seq.wrapping_sub(1)
        });
        if tcp.has(flag::ACK) {
            other.base.get_or_insert(tcp.ack.wrapping_sub(1));
        }
        if tcp.has(flag::SYN) {
            one.scale = Some(super::option::window_scale(tcp.options));
        }
        match tcp.flags & (flag::SYN | flag::ACK | flag::FIN | flag::RST) {
            flag::SYN => self.syn = Some(at),
            flag::ACK if self.round_trip.is_none() => {
                self.round_trip = self.syn.map(|syn| at.saturating_sub(syn));
            }
            _ => {}
        }
        let reordered = self.round_trip.filter(|t| *t > 0).unwrap_or(REORDERED);
        let duplicate = one.analyse(at, tcp, other, reordered, &mut notes);
        one.remember(at, tcp, notes);
        if tcp.has(flag::ACK) {
            other.acknowledged(tcp.ack);
        }
        let scale = match (one.scale, other.scale) {
            (Some(Some(scale)), None | Some(Some(_))) => scale,
            (Some(None), _) | (_, Some(None)) => 0,
            (None, _) => Tracked::UNKNOWN,
        };
        Tracked {
            base: one.base.unwrap_or_default(),
            back: other.base.unwrap_or_default(),
            notes,
            duplicate,
            scale,
        }
    }
}

impl Side {
    /// What the segment is, before it is remembered. Gives the number of a duplicate ACK.
    fn analyse(
        &mut self,
        at: u64,
        tcp: &Tcp<'_>,
        other: &mut Self,
        reordered: u64,
        notes: &mut Notes,
    ) -> u16 {
        let length = u32::try_from(tcp.payload.len()).unwrap_or(u32::MAX);
        let ack = tcp.has(flag::ACK).then_some(tcp.ack);
        let plain = tcp.flags & (flag::SYN | flag::FIN | flag::RST) == 0;
        let expected = self.next == Some(tcp.seq);
        let closed = other.window == Some(0);
        if length == 1 && expected && closed {
            notes.add(Notes::ZERO_WINDOW_PROBE);
        } else {
            self.analyse_window(tcp, other, length, plain, notes);
        }
        let same_ack = length == 0 && plain && expected && ack == self.ack;
        let same_window = self.window == Some(tcp.window);
        let mut duplicate = 0;
        if notes.has(Notes::ZERO_WINDOW_PROBE) {
            // It tells nothing else.
        } else if same_ack && tcp.window > 0 && same_window && other.notes.has(Notes::KEEP_ALIVE) {
            notes.add(Notes::KEEP_ALIVE_ACK);
        } else if length == 0
            && plain
            && expected
            && tcp.window == 0
            && same_window
            && (ack == self.ack || ack == self.ack.map(|a| a.wrapping_add(1)))
            && other.notes.has(Notes::ZERO_WINDOW_PROBE)
        {
            notes.add(Notes::ZERO_WINDOW_PROBE_ACK);
        } else if same_ack && tcp.window > 0 && same_window {
            self.duplicates = self.duplicates.saturating_add(1);
            duplicate = self.duplicates;
            notes.add(Notes::DUPLICATE_ACK);
        }
        if ack != self.ack {
            self.duplicates = 0;
        }
        if length > 0 || tcp.has(flag::SYN | flag::FIN) {
            self.analyse_order(at, tcp, other, length, reordered, notes);
        }
        duplicate
    }

    fn analyse_window(&self, tcp: &Tcp<'_>, other: &Self, length: u32, plain: bool, notes: &mut Notes) {
        if tcp.window == 0 && plain {
            notes.add(Notes::ZERO_WINDOW);
        }
        if let Some(next) = self.next {
            if before(next, tcp.seq) && !tcp.has(flag::RST) {
                notes.add(Notes::LOST_SEGMENT);
            }
            if length <= 1 && plain && tcp.seq == next.wrapping_sub(1) {
                notes.add(Notes::KEEP_ALIVE);
            }
            let ack = tcp.has(flag::ACK).then_some(tcp.ack);
            if length == 0
                && plain
                && tcp.window > 0
                && self.window != Some(tcp.window)
                && tcp.seq == next
                && ack == self.ack
            {
                notes.add(Notes::WINDOW_UPDATE);
            }
        }
        if length > 0
            && plain
            && let (Some(scale), Some(ack), Some(window)) = (other.scale, other.ack, other.window)
        {
            let scale = if other.opened {
                0
            } else {
                scale.unwrap_or(0).min(14)
            };
            let edge = ack.wrapping_add(u32::from(window) << scale);
            if tcp.seq.wrapping_add(length) == edge {
                notes.add(Notes::WINDOW_FULL);
            }
        }
    }

    fn analyse_order(
        &self,
        at: u64,
        tcp: &Tcp<'_>,
        other: &Self,
        length: u32,
        reordered: u64,
        notes: &mut Notes,
    ) {
        let end = tcp.seq.wrapping_add(length);
        let mut back = self.next.is_some_and(|next| before(tcp.seq, next));
        if back && notes.has(Notes::KEEP_ALIVE) {
            return;
        }
        if length > 0 && other.ack.is_some_and(|ack| until(end, ack)) {
            notes.add(Notes::SPURIOUS_RETRANSMISSION);
            return;
        }
        if length > 1 && self.next == Some(tcp.seq.wrapping_add(1)) {
            // A probe of the closed window has gone before.
            back = false;
        }
        if !back {
            return;
        }
        let soon = at.saturating_sub(other.ack_at) < FAST;
        if other.duplicates >= 2 && other.ack == Some(tcp.seq) && soon {
            notes.add(Notes::FAST_RETRANSMISSION);
            return;
        }
        let seen = |(start, stop): &(u32, u32)| until(*start, tcp.seq) && until(end, *stop);
        let known = self.unacknowledged.iter().any(seen);
        if at.saturating_sub(self.next_at) < reordered && !known && self.next != Some(tcp.end()) {
            notes.add(Notes::OUT_OF_ORDER);
        } else {
            notes.add(Notes::RETRANSMISSION);
        }
    }

    fn remember(&mut self, at: u64, tcp: &Tcp<'_>, notes: Notes) {
        let end = tcp.end();
        let probe = notes.has(Notes::ZERO_WINDOW_PROBE);
        if end != tcp.seq {
            if self.unacknowledged.len() >= UNACKNOWLEDGED {
                self.unacknowledged.pop_front();
            }
            self.unacknowledged.push_back((tcp.seq, end));
        }
        if !probe && self.next.is_none_or(|next| before(next, end)) {
            self.next = Some(end);
            self.next_at = at;
        }
        self.window = Some(tcp.window);
        self.opened = tcp.has(flag::SYN);
        if tcp.has(flag::ACK) {
            self.ack = Some(tcp.ack);
            self.ack_at = at;
        }
        self.notes = notes;
    }

    fn acknowledged(&mut self, ack: u32) {
        while self
            .unacknowledged
            .front()
            .is_some_and(|(_, end)| until(*end, ack))
        {
            self.unacknowledged.pop_front();
        }
    }
}
