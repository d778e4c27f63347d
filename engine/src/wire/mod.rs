//! The wire: packets on their way, and the rules by which they go. Pure: a network hands packets in and says what time it
//! is; what is to be delivered and what is to be told comes out, in order.
//!
//! ```text
//! network ── sent(now, from, to, packet) ─▶ ┌──────┐ ─▶ Out::News      (to the timeline)
//! learner ── act(now, action) ────────────▶ │ Wire │ ─▶ Out::Deliver   (to the receiving end)
//! timer   ── due(now) ────────────────────▶ └──────┘ ─▶ next_due()     (when to be woken)
//! ```
//!
//! ```text
//! mod.rs     the queue: what comes in, what arrives when
//! hand.rs    what a learner does with a packet that waits
//! rule.rs    rules: which packets they are for, what they do, their dice
//! again.rs   which packet is only one that was sent before
//! ends.rs    which end a packet comes from, and which it goes to (asked by the network)
//! ```
//!
//! Kernel labs and the simulated network run the same one. A packet has no more bytes than its network's MTU; the wire does
//! not look at them but to ask the rules and to recognise what is sent again.

mod again;
pub mod ends;
mod hand;
mod rule;

use crate::packet::Head;
use again::{Segment, Segments};
use protocol::bounds::{BEHIND_MS, PACKETS_HELD, PACKETS_PER_SECOND};
use protocol::wire::{By, Fate};
use protocol::{End, PacketId, Payload, WireNews, WireRule};
use rule::Ruled;
use std::collections::VecDeque;

/// Nanoseconds in a millisecond.
const MS: u64 = 1_000_000;
/// Nanoseconds in a second.
const SECOND: u64 = 1_000 * MS;

/// What the wire wants done, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Out {
    /// Tell this.
    News(WireNews),
    /// Give a packet to the end that it goes to.
    Deliver {
        /// Where.
        to: End,
        /// The packet, from the first byte of its IP header.
        packet: Vec<u8>,
        /// Its number.
        id: PacketId,
    },
}

/// Packets on their way, and the rules.
#[derive(Debug)]
pub struct Wire {
    held: bool,
    rules: Vec<Ruled>,
    /// In the order in which those that wait for the learner would be delivered.
    waiting: Vec<Waiting>,
    segments: Segments,
    /// The packet that was numbered last.
    last: u64,
    shown: Shown,
    out: VecDeque<Out>,
}

/// A packet on its way.
#[derive(Debug)]
struct Waiting {
    id: PacketId,
    from: End,
    to: End,
    packet: Vec<u8>,
    when: When,
    /// How often its sender sent the same since.
    again: u32,
    /// False: one of a flood, only counted.
    shown: bool,
    segment: Option<Segment>,
}

/// When a packet arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// When the learner lets it go.
    Asked,
    /// Then.
    At { until: u64, by: By },
    /// When the next packet of its direction has gone by, but then at the latest.
    Behind { until: u64, rule: u16 },
}

/// How many packets were shown in this second; the others of it are summed up.
#[derive(Debug, Default)]
struct Shown {
    /// When the second began.
    since: u64,
    count: u64,
    floods: Vec<Flood>,
}

#[derive(Debug)]
struct Flood {
    from: End,
    to: End,
    count: u64,
    bytes: u64,
    lost: u64,
}

impl When {
    /// By when at the latest, if it does not wait for the learner.
    const fn until(self) -> Option<u64> {
        match self {
            Self::Asked => None,
            Self::At { until, .. } | Self::Behind { until, .. } => Some(until),
        }
    }

    /// Is it the learner that it waits for? One that the learner delayed counts too: what its sender sends again meanwhile
    /// is no more worth showing than before. What a rule delays is sent again as on a slow line, and that is shown.
    const fn by_hand(self) -> bool {
        matches!(self, Self::Asked | Self::At { by: By::Hand, .. })
    }

    const fn fate(self) -> Fate {
        match self {
            Self::Asked => Fate::Held,
            Self::At { until, by } => Fate::Delayed { until, by },
            Self::Behind { until, rule } => Fate::Delayed {
                until,
                by: By::Rule(rule),
            },
        }
    }
}

impl Wire {
    /// An empty wire without rules. `held`: every packet waits for the learner.
    pub fn new(held: bool) -> Self {
        Self {
            held,
            rules: Vec::new(),
            waiting: Vec::new(),
            segments: Segments::default(),
            last: 0,
            shown: Shown::default(),
            out: VecDeque::new(),
        }
    }

    /// Does every packet wait for the learner?
    pub const fn is_held(&self) -> bool {
        self.held
    }

    /// Packets on their way.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// No packet is on its way?
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The next thing to be told or delivered; to be asked until there is none.
    pub fn poll(&mut self) -> Option<Out> {
        self.out.pop_front()
    }

    /// When [`Wire::due`] wants to be called next, if ever: nanoseconds of the network's clock.
    pub fn next_due(&self) -> Option<u64> {
        let packet = self.waiting.iter().filter_map(|w| w.when.until()).min();
        let flood = (!self.shown.floods.is_empty()).then(|| self.shown.since + SECOND);
        [packet, flood].into_iter().flatten().min()
    }

    /// Time has passed: what was delayed until now arrives.
    pub fn due(&mut self, now: u64) {
        if now >= self.shown.since + SECOND {
            self.tell_floods();
        }
        loop {
            let first = self
                .waiting
                .iter()
                .enumerate()
                .filter_map(|(place, w)| Some((w.when.until().filter(|&until| until <= now)?, w.id, place)))
                .min();
            let Some((_, _, place)) = first else { return };
            let packet = self.waiting.remove(place);
            self.arrive(packet);
        }
    }

    /// A packet was sent to an address that no host has: it is told, and lost. `to` is the end where it would have gone.
    pub fn sent_to_nobody(&mut self, now: u64, from: End, to: End, packet: Vec<u8>) {
        self.due(now);
        let shown = self.shown.one(now);
        let packet = self.numbered(from, to, packet, None, shown);
        self.lose(packet, By::NoHost);
    }

    /// A packet was sent.
    pub fn sent(&mut self, now: u64, from: End, to: End, packet: Vec<u8>) {
        self.due(now);
        if !self.held && self.rules.is_empty() && self.waiting.is_empty() {
            // The usual way, and it has to be quick: nothing is looked at, nothing remembered.
            self.segments.clear();
            let shown = self.shown.one(now);
            let packet = self.numbered(from, to, packet, None, shown);
            self.cross(packet, None);
            return;
        }
        let head = Head::parse(&packet);
        let segment = head.as_ref().and_then(Segment::of);
        if let Some(id) = segment.and_then(|s| self.waits_already(&s)) {
            self.count_again(id);
            return;
        }
        let mut verdict = rule::Verdict::new(now);
        for (place, ruled) in (0u16..).zip(&mut self.rules) {
            let behind = |w: &Waiting| {
                (w.from, w.to) == (from, to) && matches!(w.when, When::Behind { rule, .. } if rule == place)
            };
            let nobody_behind = !self.waiting.iter().any(behind);
            ruled.ask(
                place,
                to,
                head.as_ref(),
                packet.len(),
                nobody_behind,
                &mut verdict,
            );
            if verdict.lost.is_some() {
                break;
            }
        }
        let when = if self.held || verdict.hold {
            Some(When::Asked)
        } else if let Some(rule) = verdict.behind {
            let until = verdict.at + u64::from(BEHIND_MS) * MS;
            Some(When::Behind { until, rule })
        } else {
            let by = verdict.delayed.filter(|_| verdict.at > now);
            by.map(|rule| When::At {
                until: verdict.at,
                by: By::Rule(rule),
            })
        };
        // What waits for the learner is always shown: there are at most `PACKETS_HELD`.
        let shown = self.shown.one(now) || when == Some(When::Asked);
        let copy = verdict.double.then(|| packet.clone());
        let packet = self.numbered(from, to, packet, segment, shown);
        let id = packet.id;
        self.segments.sent(id, segment);
        if let Some(rule) = verdict.lost {
            self.lose(packet, By::Rule(rule));
            return;
        }
        self.go(packet, when, None);
        if let Some(copy) = copy {
            let copy = self.numbered(from, to, copy, segment, shown);
            self.go(copy, when, Some(id));
        }
    }

    /// Gives the packet the next number.
    fn numbered(
        &mut self,
        from: End,
        to: End,
        packet: Vec<u8>,
        segment: Option<Segment>,
        shown: bool,
    ) -> Waiting {
        self.last += 1;
        Waiting {
            id: PacketId(self.last),
            from,
            to,
            packet,
            when: When::Asked,
            again: 0,
            shown,
            segment,
        }
    }

    /// A new packet goes its way.
    fn go(&mut self, mut packet: Waiting, when: Option<When>, copy_of: Option<PacketId>) {
        let Some(when) = when else {
            self.cross(packet, copy_of);
            return;
        };
        if self.waiting.len() >= PACKETS_HELD {
            packet.shown = self.shown.room();
            self.lose(packet, By::Full);
            return;
        }
        packet.when = when;
        self.tell_sent(&packet, when.fate(), copy_of);
        self.segments.waits(&packet, when.by_hand());
        self.waiting.push(packet);
    }

    /// A new packet arrives at once.
    fn cross(&mut self, packet: Waiting, copy_of: Option<PacketId>) {
        self.tell_sent(&packet, Fate::Delivered, copy_of);
        self.hand_over(packet);
    }

    /// A new packet is lost.
    fn lose(&mut self, packet: Waiting, by: By) {
        self.tell_sent(&packet, Fate::Dropped { by }, None);
        self.segments.lost(&packet);
    }

    /// One that waited arrives.
    fn arrive(&mut self, packet: Waiting) {
        if packet.shown {
            self.out.push_back(Out::News(WireNews::Now {
                packet: packet.id,
                fate: Fate::Delivered,
            }));
        }
        self.hand_over(packet);
    }

    fn hand_over(&mut self, packet: Waiting) {
        let Waiting { id, from, to, .. } = packet;
        if packet.segment.is_some() {
            self.segments.arrived(&packet);
        }
        self.out.push_back(Out::Deliver {
            to,
            packet: packet.packet,
            id,
        });
        // Whatever a rule put behind it follows.
        let follows =
            |w: &Waiting| (w.from, w.to) == (from, to) && w.id < id && matches!(w.when, When::Behind { .. });
        while let Some(place) = self.waiting.iter().position(follows) {
            let packet = self.waiting.remove(place);
            self.arrive(packet);
        }
    }

    fn tell_sent(&mut self, packet: &Waiting, fate: Fate, copy_of: Option<PacketId>) {
        if !packet.shown {
            let lost = matches!(fate, Fate::Dropped { .. });
            self.shown
                .count(packet.from, packet.to, packet.packet.len(), lost);
            return;
        }
        self.out.push_back(Out::News(WireNews::Sent {
            packet: packet.id,
            from: packet.from,
            to: packet.to,
            data: Payload::from(packet.packet.as_slice()),
            fate,
            copy_of,
        }));
    }

    fn tell_ruled(&mut self) {
        let rules: Vec<WireRule> = self.rules.iter().map(|r| r.rule.clone()).collect();
        self.out.push_back(Out::News(WireNews::Ruled {
            held: self.held,
            rules,
        }));
    }

    fn tell_floods(&mut self) {
        let floods = self.shown.floods.drain(..).map(|flood| {
            Out::News(WireNews::Flood {
                from: flood.from,
                to: flood.to,
                count: flood.count,
                bytes: flood.bytes,
                lost: flood.lost,
            })
        });
        self.out.extend(floods);
    }

    /// The packet that waits, or whose acknowledgment waits, if this segment is only that one sent again.
    fn waits_already(&self, segment: &Segment) -> Option<PacketId> {
        let by_hand = self.waiting.iter().filter(|w| w.when.by_hand());
        let held = by_hand.filter_map(|w| Some((w.id, w.segment?)));
        self.segments.again(segment, held)
    }

    fn count_again(&mut self, id: PacketId) {
        let count = match self.waiting.iter_mut().find(|w| w.id == id) {
            Some(waiting) => {
                waiting.again += 1;
                waiting.again
            }
            None => self.segments.count_again(id),
        };
        self.out
            .push_back(Out::News(WireNews::Again { packet: id, count }));
    }
}

impl Shown {
    /// One packet more: is it to be shown by itself?
    fn one(&mut self, now: u64) -> bool {
        if now >= self.since + SECOND {
            self.since = now;
            self.count = 0;
        }
        self.count += 1;
        self.room()
    }

    const fn room(&self) -> bool {
        self.count <= PACKETS_PER_SECOND
    }

    fn count(&mut self, from: End, to: End, bytes: usize, lost: bool) {
        let place = self.floods.iter().position(|f| (f.from, f.to) == (from, to));
        let place = place.unwrap_or_else(|| {
            self.floods.push(Flood {
                from,
                to,
                count: 0,
                bytes: 0,
                lost: 0,
            });
            self.floods.len() - 1
        });
        let flood = &mut self.floods[place];
        flood.count += 1;
        flood.bytes += bytes as u64;
        flood.lost += u64::from(lost);
    }
}

#[cfg(test)]
mod tests;
