//! One packet in full: its way, its fields in plain words, its bytes. A field and its bytes light each other up.

use super::{Moment, bytes};
use crate::diagram::Diagram;
use engine::packet::fields::{Field, fields};
use protocol::wire::{By, Fate};
use protocol::{EventKind, PacketId, Payload, WireNews};

/// How many bytes of a packet are shown.
const SHOWN: usize = 512;
/// Bytes in a row.
pub const ROW: usize = 8;

/// A packet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PacketView {
    /// Which.
    pub id: PacketId,
    /// The event in which it was sent.
    pub seq: u64,
    /// `PSH-ACK seq 1, 22 bytes`.
    pub title: String,
    /// `client → server, 74 bytes; you dropped it`.
    pub place: String,
    /// Its fields, in their order.
    pub fields: Vec<Field>,
    /// Its bytes, as many as are shown.
    pub bytes: Vec<u8>,
    /// Bytes that are not shown.
    pub more: usize,
    /// The packets before and after it, by the events in which they were sent.
    pub before: Option<u64>,
    /// See `before`.
    pub after: Option<u64>,
}

fn sent(kind: &EventKind) -> Option<(PacketId, &Payload)> {
    match kind {
        EventKind::Wire {
            news: WireNews::Sent { packet, data, .. },
            ..
        } => Some((*packet, data)),
        _ => None,
    }
}

/// The packet of event `seq` (its sending, or what became of it), or else the last one sent before that event.
pub fn packet(moment: &Moment<'_>, diagram: &Diagram, seq: u64) -> Option<PacketView> {
    let events = moment.timeline.events();
    let until = usize::try_from(seq.min(moment.seq()))
        .unwrap_or(usize::MAX)
        .min(events.len());
    let told = events.get(until.checked_sub(1)?).and_then(|e| match &e.kind {
        EventKind::Wire {
            news: WireNews::Now { packet, .. } | WireNews::Again { packet, .. } | WireNews::Moved { packet, .. },
            ..
        } => Some(*packet),
        _ => None,
    });
    let place = (0..until).rev().find(|i| {
        let sent = sent(&events[*i].kind);
        sent.is_some_and(|(id, _)| told.is_none_or(|told| told == id))
    })?;
    let (id, data) = sent(&events[place].kind)?;
    let shown = usize::try_from(moment.seq())
        .unwrap_or(usize::MAX)
        .min(events.len());
    let is_sent = |i: &usize| sent(&events[*i].kind).is_some();
    let drawn = diagram.packet(id);
    let (title, ends) = drawn.map_or_else(Default::default, |p| {
        let end = |place| match place {
            crate::diagram::Place::Lane(program) => moment.name(program).to_owned(),
            crate::diagram::Place::Side(_) => "nobody's socket".to_owned(),
        };
        (
            format!("{} {}", p.bold, p.rest),
            format!("{} → {}", end(p.from), end(p.to)),
        )
    });
    let fate = drawn
        .and_then(|p| p.at(moment.seq()))
        .map(|(_, fate)| fate_text(fate));
    let size = crate::model::wire::bytes_text(data.len());
    Some(PacketView {
        id,
        seq: events[place].seq,
        title,
        place: format!("{ends}, {size}{}", fate.unwrap_or_default()),
        fields: fields(&data.0, moment.timeline.tracked(events[place].seq)),
        bytes: data.0[..data.len().min(SHOWN)].to_vec(),
        more: data.len().saturating_sub(SHOWN),
        before: (0..place).rev().find(is_sent).map(|i| events[i].seq),
        after: (place + 1..shown).find(is_sent).map(|i| events[i].seq),
    })
}

fn fate_text(fate: Fate) -> String {
    match fate {
        Fate::Delivered => String::new(),
        Fate::Held => "; it waits on the wire".into(),
        Fate::Delayed { .. } => "; it is delayed".into(),
        Fate::Dropped { by: By::Hand } => "; you dropped it".into(),
        Fate::Dropped { by: By::Rule(n) } => format!("; rule {} lost it", n + 1),
        Fate::Dropped { by: By::NoHost } => "; no host has its address".into(),
        Fate::Dropped { by: By::Full } => "; the wire was full".into(),
    }
}

/// A byte as a learner reads it beside its number.
pub fn cell(byte: u8) -> String {
    bytes::cells(&[byte])
}
