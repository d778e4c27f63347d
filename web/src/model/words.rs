//! The timeline in words: the diagram for those who do not see it, and for small screens.

use super::Moment;
use engine::timeline::{tell, words};

/// Rows that are in the page at once.
pub const WINDOW: u64 = 64;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number.
    pub seq: u64,
    /// `8.9 s`.
    pub time: String,
    /// `call`, `state`, `error`, ...
    pub kind: &'static str,
    /// The sentence.
    pub text: String,
    /// It is the cursor's.
    pub here: bool,
    /// It is later than the cursor.
    pub later: bool,
    /// It belongs to the event that was chosen.
    pub related: bool,
}

/// The rows that stand in the page, and how many there are before and behind them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// In order.
    pub rows: Vec<Row>,
    /// Events before the first row.
    pub before: u64,
    /// Events behind the last row.
    pub behind: u64,
}

/// The rows around event `centre`; `related` are those that belong to the chosen one.
pub fn window(moment: &Moment<'_>, centre: u64, related: &[u64]) -> Words {
    let len = moment.timeline.len();
    let last = (centre.max(moment.seq().min(centre)) + WINDOW / 2).min(len);
    let first = last.saturating_sub(WINDOW) + 1;
    let last = (first + WINDOW - 1).min(len);
    let row = |seq: u64| {
        let event = moment.timeline.event(seq)?;
        Some(Row {
            seq,
            time: super::time_text(event.t, moment.began()),
            kind: words::kind(event),
            text: tell(moment.timeline, event, moment.words()),
            here: seq == moment.seq(),
            later: seq > moment.seq(),
            related: related.contains(&seq),
        })
    };
    Words {
        rows: (first..=last).filter_map(row).collect(),
        before: first - 1,
        behind: len - last.min(len),
    }
}
