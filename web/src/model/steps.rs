//! Where Back and Next stop in the past: where a step of the learner ended, that is, where a program came to rest, or
//! before a packet that had waited went on.

use protocol::{Event, EventKind, WireNews};

/// Does a step end with event `i`?
fn stops(events: &[Event], i: usize) -> bool {
    rests(&events[i])
        || events.get(i + 1).is_some_and(|next| {
            matches!(
                next.kind,
                EventKind::Wire {
                    news: WireNews::Now { .. },
                    ..
                }
            )
        })
}

const fn rests(event: &Event) -> bool {
    matches!(
        event.kind,
        EventKind::Line { .. }
            | EventKind::Lines { .. }
            | EventKind::Waiting { .. }
            | EventKind::Pausing { .. }
            | EventKind::Ended { .. }
    )
}

/// The last stop before `cursor`: 0 is the beginning.
pub fn before(events: &[Event], cursor: u64) -> u64 {
    let until = usize::try_from(cursor.saturating_sub(1))
        .unwrap_or(0)
        .min(events.len());
    (0..until)
        .rev()
        .find(|i| stops(events, *i))
        .map_or(0, |i| events[i].seq)
}

/// The first stop after `cursor`; the live end counts as one.
pub fn after(events: &[Event], cursor: u64) -> u64 {
    let from = usize::try_from(cursor).unwrap_or(usize::MAX).min(events.len());
    let live = events.len() as u64;
    (from..events.len())
        .find(|i| stops(events, *i))
        .map_or(live, |i| events[i].seq)
}
