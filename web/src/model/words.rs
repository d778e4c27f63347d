//! The timeline in words: the diagram for those who do not see it, and for small screens.

use super::Moment;
use super::markup::Markup;
use engine::timeline::{tell, words};

/// Rows that are in the page at once.
pub const WINDOW: u64 = 48;
/// The same while so much passes that nobody reads more than what is in sight.
pub const GLANCE: u64 = 16;

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

impl Words {
    /// The rows as the content of a list, a button each: one piece of markup, because it is new with every step.
    pub fn draw(&self) -> String {
        let mut out = Markup::default();
        for row in &self.rows {
            let mut class = String::new();
            for (name, _) in [("at ", row.here), ("f ", row.later), ("rel", row.related)]
                .iter()
                .filter(|c| c.1)
            {
                class.push_str(name);
            }
            out.raw("<li class=\"")
                .raw(class.trim_end())
                .raw("\" data-event=\"")
                .num(row.seq)
                .raw("\"");
            if row.here {
                out.raw(" aria-current=\"step\"");
            }
            out.raw("><button type=\"button\" class=\"row\"><span class=\"n\">")
                .num(row.seq);
            out.raw("</span><span class=\"tm\">").text(&row.time);
            out.raw("</span><span class=\"kd");
            if row.kind == "error" {
                out.raw(" error");
            }
            out.raw("\">")
                .text(row.kind)
                .raw("</span><span>")
                .text(&row.text)
                .raw("</span></button></li>");
        }
        out.finish()
    }
}

/// At most so many rows around event `centre`; `related` are those that belong to the chosen one.
pub fn window(moment: &Moment<'_>, centre: u64, related: &[u64], most: u64) -> Words {
    let len = moment.timeline.len();
    // The cursor's row stands at the list's lower edge: what comes after it is hardly in sight.
    let after = if most < WINDOW { 2 } else { most / 2 };
    let last = (centre + after).min(len);
    let first = last.saturating_sub(most) + 1;
    let last = (first + most - 1).min(len);
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
