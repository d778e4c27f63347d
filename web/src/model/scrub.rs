//! The bar of events in the toolbar: one small sign for each event, or for several where there are many.

use super::markup::Markup;
use engine::sorted::Map;
use engine::timeline::words;
use protocol::{Event, EventKind, SocketId, TcpState, WireNews};

/// Pixels that one sign takes at most and at least.
const WIDE: f64 = 14.0;
const NARROW: f64 = 7.5;

/// A sign's shape; a later one is more telling than an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// A line.
    Line,
    /// Output, input, a wait.
    Other,
    /// A call.
    Call,
    /// A state.
    State,
    /// A packet.
    Packet,
    /// An error.
    Error,
}

impl Sign {
    /// The sign of an event.
    pub fn of(event: &Event) -> Self {
        match (&event.kind, words::kind(event)) {
            (EventKind::Socket { sample, .. }, _) if sample.state.is_none() && sample.recv_queue == 0 => {
                Self::Other
            }
            (_, "error") => Self::Error,
            (_, "state") => Self::State,
            (
                EventKind::Wire {
                    news: WireNews::Sent { .. } | WireNews::Now { .. },
                    ..
                },
                _,
            ) => Self::Packet,
            (_, "call") => Self::Call,
            (_, "line") => Self::Line,
            _ => Self::Other,
        }
    }

    fn draw(self, out: &mut Markup, x: f64, later: bool) {
        // Class, how far the stroke begins left of the place, and the stroke.
        let (class, left, stroke) = match self {
            Self::Line => ("line", 0.0, " 12v5"),
            Self::Other => ("other", 0.0, " 14.5v.01"),
            Self::Call => ("call", -2.0, " 8h-4v12h4"),
            Self::Packet => ("packet", 3.5, " 10l7 7m0-4v4h-4"),
            Self::State => ("state", 0.0, " 9.5l4 4.5-4 4.5-4-4.5z"),
            Self::Error => ("error", 3.0, " 11l6 6m0-6l-6 6"),
        };
        out.raw("<path class=\"tk ").raw(class);
        if later {
            out.raw(" f");
        }
        out.raw("\" d=\"M").num(tenth(x - left)).raw(stroke).raw("\"/>");
    }
}

/// Where each event stands in a bar of `width` pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Events in the bar.
    pub len: u64,
    /// Pixels of one sign.
    pub pitch: f64,
    /// Events of one sign.
    pub group: u64,
}

impl Scale {
    /// The scale for so many events.
    pub fn new(len: u64, width: f64) -> Self {
        let fit = ((width - 12.0) / NARROW).max(1.0) as u64;
        let group = len.div_ceil(fit).max(1);
        let signs = len.div_ceil(group).max(1);
        let pitch = ((width - 12.0) / signs as f64).clamp(1.0, WIDE);
        Self { len, pitch, group }
    }

    /// The place of an event, pixels from the left.
    pub fn x(&self, seq: u64) -> f64 {
        if seq == 0 {
            return 2.0;
        }
        let at = (seq as f64 - 1.0) / self.group as f64;
        let at = if self.group == 1 { at.floor() } else { at };
        6.0 + (at + 0.5) * self.pitch
    }

    /// The event nearest to a place.
    pub fn seq(&self, x: f64) -> u64 {
        let at = ((x - 6.0) / self.pitch).max(-0.5);
        let seq = if self.group == 1 {
            (at + 1.0).floor()
        } else {
            at * self.group as f64 + 1.0
        };
        (seq.max(0.0) as u64).min(self.len)
    }

    /// The end of the rail.
    pub fn end(&self) -> f64 {
        self.x(self.len) + 8.0
    }
}

/// The sign of every event so far. It grows with the timeline: each event is looked at once, not for each picture.
#[derive(Clone, Debug, Default)]
pub struct Signs {
    all: Vec<Sign>,
    /// The state that the kernel told last of each socket.
    states: Map<SocketId, TcpState>,
}

impl Signs {
    /// Takes in everything that is new in the timeline.
    pub fn extend(&mut self, events: &[Event]) {
        for event in events.get(self.all.len()..).unwrap_or_default() {
            let sign = self.sign(event);
            self.all.push(sign);
        }
    }

    fn sign(&mut self, event: &Event) -> Sign {
        let EventKind::Socket { sample, .. } = &event.kind else {
            return Sign::of(event);
        };
        let Some(state) = sample.state else {
            return Sign::of(event);
        };
        // The kernel was asked again, and said the same: only a change is a sign of its own.
        let before = self.states.insert(sample.sock, state);
        if before == Some(state) {
            Sign::Other
        } else {
            Sign::State
        }
    }

    /// The bar as SVG content, with the thumb at event `cursor`.
    pub fn draw(&self, cursor: u64, width: f64) -> String {
        let scale = Scale::new(self.all.len() as u64, width);
        let mut out = Markup::default();
        out.raw("<path class=\"rail\" d=\"M0 25.5H")
            .num(scale.end().max(24.0))
            .raw("\"/>");
        let mut first = 1;
        for group in self.all.chunks(usize::try_from(scale.group).unwrap_or(1)) {
            if let Some(sign) = group.iter().max() {
                sign.draw(&mut out, tenth(scale.x(first)), first > cursor);
            }
            first += group.len() as u64;
        }
        let x = tenth(scale.x(cursor));
        out.raw("<path class=\"th\" d=\"M")
            .num(x)
            .raw(" 22l5 6h-10z\"/><path class=\"thl\" d=\"M")
            .num(x)
            .raw(" 3v19\"/>");
        out.finish()
    }
}

fn tenth(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_finds_the_event_that_stands_there() {
        for (len, width) in [
            (1, 300.0),
            (19, 300.0),
            (40, 200.0),
            (10_000, 300.0),
            (10_000, 90.0),
        ] {
            let scale = Scale::new(len, width);
            assert!(scale.x(len) <= width, "{len} events in {width}");
            for seq in (0..=len).step_by((len / 17).max(1) as usize) {
                let found = scale.seq(scale.x(seq));
                assert!(found.abs_diff(seq) <= scale.group, "{seq} of {len}: {found}");
                if scale.group == 1 {
                    assert_eq!(found, seq, "{len} events");
                }
            }
        }
    }
}
