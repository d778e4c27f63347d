//! Which segment is only one that was sent before. While a packet waits for the learner its sender grows impatient and sends
//! it again and again; that would bury what is to be learned, so it is counted instead of shown.
//!
//! A segment counts as sent again when nothing in it is new (its end is not beyond the highest that its flow has sent) and
//! - a packet with some of these sequence numbers waits for the learner, or
//! - they have arrived, and an acknowledgment of them waits for the learner.
//!
//! A segment that was lost is not: when that one comes again it is shown, because that is what loss does. Acknowledgments
//! without data are never merged: each of them tells something (only probes of an idle or a closed window, which repeat
//! themselves, are). Bytes are not compared: the kernel cuts and joins what it sends again as it likes.

use super::Waiting;
use crate::packet::Head;
use crate::packet::head::{before, flag, until};
use crate::sorted::Map;
use protocol::PacketId;
use std::net::IpAddr;

/// Flows remembered; beyond, those of which nothing waits are forgotten.
const FLOWS: usize = 1024;
/// Segments remembered of one flow that are not acknowledged; beyond, the oldest is forgotten.
const UNACKNOWLEDGED: usize = 1024;

/// One direction of a TCP connection: source and destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Flow {
    source: (IpAddr, u16),
    target: (IpAddr, u16),
}

impl Flow {
    const fn back(&self) -> Self {
        Self {
            source: self.target,
            target: self.source,
        }
    }
}

/// What matters here of a TCP segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    flow: Flow,
    start: u32,
    end: u32,
    ack: Option<u32>,
    syn: bool,
    /// Nothing but an acknowledgment.
    pure: bool,
}

impl Segment {
    /// The segment in this packet; `None` for other packets and for pieces of one.
    pub(super) fn of(head: &Head<'_>) -> Option<Self> {
        if head.fragment.is_some() {
            return None;
        }
        let tcp = head.tcp()?;
        Some(Self {
            flow: Flow {
                source: (head.source, tcp.source),
                target: (head.target, tcp.target),
            },
            start: tcp.seq,
            end: tcp.end(),
            ack: tcp.has(flag::ACK).then_some(tcp.ack),
            syn: tcp.has(flag::SYN),
            pure: tcp.is_pure_ack(),
        })
    }
}

/// What was sent and is not acknowledged, by flow.
#[derive(Debug, Default)]
pub(super) struct Segments(Map<Flow, Sent>);

#[derive(Debug)]
struct Sent {
    /// The number after the last that was sent.
    highest: u32,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    id: PacketId,
    start: u32,
    end: u32,
    is: Is,
    again: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    /// It waits for the learner.
    Waits,
    Lost,
    /// It has arrived, or does so by itself.
    Gone,
}

impl Piece {
    fn overlaps(&self, segment: &Segment) -> bool {
        before(self.start, segment.end) && before(segment.start, self.end)
    }
}

impl Segments {
    /// Nothing waits any more: whatever comes is to be shown.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The packet that this segment is sent again for. `held` are those that wait for the learner.
    pub(super) fn again(
        &self,
        segment: &Segment,
        mut held: impl Iterator<Item = (PacketId, Segment)>,
    ) -> Option<PacketId> {
        let sent = self.0.get(&segment.flow)?;
        if segment.pure {
            // Probes of an idle connection and of a closed window: one number before what comes next.
            let probe = segment.start == sent.highest.wrapping_sub(1);
            let same = |s: &Segment| {
                s.pure && s.flow == segment.flow && s.start == segment.start && s.ack == segment.ack
            };
            return held.find(|(_, s)| probe && same(s)).map(|(id, _)| id);
        }
        if segment.start == segment.end || before(sent.highest, segment.end) {
            return None;
        }
        let pieces = || sent.pieces.iter().filter(|p| p.overlaps(segment));
        if pieces().any(|p| p.is == Is::Lost) {
            return None;
        }
        if let Some(piece) = pieces().find(|p| p.is == Is::Waits) {
            return Some(piece.id);
        }
        let answer =
            |s: &Segment| s.flow == segment.flow.back() && s.ack.is_some_and(|ack| until(segment.end, ack));
        let piece = pieces().next()?;
        held.any(|(_, s)| answer(&s)).then_some(piece.id)
    }

    /// A packet that is not only one sent again.
    pub(super) fn sent(&mut self, id: PacketId, segment: Option<Segment>) {
        let Some(segment) = segment else { return };
        if self.0.len() >= FLOWS && !self.0.contains_key(&segment.flow) {
            self.0
                .retain(|_, sent| sent.pieces.iter().any(|p| p.is == Is::Waits));
        }
        let sent = self.0.or_insert_with(segment.flow, || Sent {
            highest: segment.end,
            pieces: Vec::new(),
        });
        if segment.syn && sent.pieces.iter().all(|p| p.start != segment.start) {
            // The ports are used again for a new connection.
            sent.pieces.clear();
            sent.highest = segment.end;
        }
        if before(sent.highest, segment.end) {
            sent.highest = segment.end;
        }
        if segment.start != segment.end {
            sent.pieces.retain(|p| p.is != Is::Lost || !p.overlaps(&segment));
            if sent.pieces.len() >= UNACKNOWLEDGED {
                sent.pieces.remove(0);
            }
            sent.pieces.push(Piece {
                id,
                start: segment.start,
                end: segment.end,
                is: Is::Gone,
                again: 0,
            });
        }
    }

    /// The packet waits: for the learner, or for a time.
    pub(super) fn waits(&mut self, packet: &Waiting, by_hand: bool) {
        self.mark(packet, if by_hand { Is::Waits } else { Is::Gone });
    }

    /// The packet is lost.
    pub(super) fn lost(&mut self, packet: &Waiting) {
        self.mark(packet, Is::Lost);
    }

    /// The packet has arrived: what it acknowledges will not be sent again.
    pub(super) fn arrived(&mut self, packet: &Waiting) {
        self.mark(packet, Is::Gone);
        let Some(segment) = packet.segment else { return };
        let Some(ack) = segment.ack else { return };
        if let Some(sent) = self.0.get_mut(&segment.flow.back()) {
            sent.pieces.retain(|p| before(ack, p.end));
        }
    }

    /// The segment of a packet that is not on the wire any more was sent again.
    pub(super) fn count_again(&mut self, id: PacketId) -> u32 {
        let mut pieces = self.0.values_mut().flat_map(|sent| &mut sent.pieces);
        pieces.find(|p| p.id == id).map_or(1, |piece| {
            piece.again += 1;
            piece.again
        })
    }

    fn mark(&mut self, packet: &Waiting, is: Is) {
        let Some(segment) = &packet.segment else { return };
        let pieces = self.0.get_mut(&segment.flow).map(|sent| &mut sent.pieces);
        if let Some(piece) = pieces.into_iter().flatten().find(|p| p.id == packet.id) {
            piece.is = is;
        }
    }
}
