//! Where Back and Next stop in the past: where a step of the learner ended, that is, where a program came to rest.

use protocol::{Event, EventKind};

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
    events[..until]
        .iter()
        .rev()
        .find(|e| rests(e))
        .map_or(0, |e| e.seq)
}

/// The first stop after `cursor`; the live end counts as one.
pub fn after(events: &[Event], cursor: u64) -> u64 {
    let from = usize::try_from(cursor).unwrap_or(usize::MAX).min(events.len());
    let live = events.len() as u64;
    events[from..].iter().find(|e| rests(e)).map_or(live, |e| e.seq)
}
