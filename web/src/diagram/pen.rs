//! The pen that draws the diagram: where a row and a lifeline are in pixels, and strokes, labels, badges and arrowheads
//! there.

use super::draw::{Geometry, View};
use super::model::{Diagram, Lane, Mark};
use crate::model::markup::Markup;
use engine::session::Side;
use protocol::ProgramId;

/// Room for the line "You are here" between the past and what came after it, in rows' units.
pub(super) const HERE: f64 = 52.0;
/// Where that line stands below the cursor's row: clear of a packet that waits there.
pub(super) const HERE_AT: f64 = 36.0;

/// How a label looks.
pub(super) struct Look<'a> {
    pub(super) class: &'a str,
    /// In the code's font.
    pub(super) code: bool,
    /// Beside so many brackets.
    pub(super) slot: u8,
    /// A number stands behind it.
    pub(super) badge: bool,
}

impl<'a> Look<'a> {
    pub(super) const fn plain(class: &'a str) -> Self {
        Self {
            class,
            code: false,
            slot: 0,
            badge: false,
        }
    }
}

/// Pixels of one diagram at one geometry.
pub(super) struct Pen<'a> {
    pub(super) out: Markup,
    pub(super) diagram: &'a Diagram,
    pub(super) view: &'a View,
    pub(super) geometry: Geometry,
    /// Width of the column of times; 0: there is none.
    pub(super) times: f64,
    /// The row of the cursor, in units; rows below it move down by [`HERE`] if the cursor is in the past.
    pub(super) cursor_row: i32,
    pub(super) past: bool,
    /// Packets that wait in sight.
    pub(super) capsules: Vec<super::draw::Capsule>,
}

impl Geometry {
    pub(super) fn times(self) -> f64 {
        if self.width / self.scale >= 520.0 {
            48.0
        } else {
            0.0
        }
    }

    /// How far lifelines of one side stand apart.
    pub(super) fn spread(self, count: usize) -> f64 {
        let room = self.width * 0.16;
        (22.0 * self.scale).min(room / count.max(1) as f64)
    }

    /// A program's lifeline.
    pub(super) fn x(self, lanes: &[Lane], program: ProgramId) -> f64 {
        let Some(lane) = lanes.get(usize::from(program.0)) else {
            return 0.0;
        };
        let count = lanes.iter().filter(|l| l.side == lane.side).count();
        let outer = self.outer(lane.side);
        let inwards = (count - 1 - lane.place) as f64 * self.spread(count);
        match lane.side {
            Side::Left => outer + inwards,
            Side::Right => outer - inwards,
        }
    }

    /// The outermost lifeline of a side.
    pub(super) fn outer(self, side: Side) -> f64 {
        let room = self.width * 0.3;
        match side {
            Side::Left => room,
            Side::Right => self.width - room,
        }
    }
}

impl Pen<'_> {
    pub(super) fn f(&self) -> f64 {
        self.geometry.scale
    }

    /// A row in pixels.
    pub(super) fn px(&self, y: i32) -> f64 {
        px(y, self.past.then_some(self.cursor_row), self.f())
    }

    /// The row of something that belongs to event `seq`: what came after the cursor stands below the line.
    pub(super) fn later(&self, seq: u64) -> bool {
        seq > self.view.cursor
    }

    pub(super) fn in_sight(&self, mark: &Mark) -> bool {
        let below = mark.bottom() != i32::MAX && self.px(mark.bottom()) + 20.0 < self.view.top;
        !below && self.px(mark.y) - 20.0 < self.view.bottom
    }

    pub(super) fn x(&self, program: ProgramId) -> f64 {
        self.geometry.x(self.diagram.lanes(), program)
    }

    pub(super) fn lane(&self, program: ProgramId) -> Option<&Lane> {
        self.diagram.lanes().get(usize::from(program.0))
    }

    /// -1 for the left side, 1 for the right: outwards.
    pub(super) fn outwards(&self, program: ProgramId) -> f64 {
        match self.lane(program).map(|l| l.side) {
            Some(Side::Right) => 1.0,
            _ => -1.0,
        }
    }

    pub(super) fn ghost(&self, seq: u64) -> &'static str {
        if self.later(seq) { " ghost" } else { "" }
    }

    pub(super) fn line(&mut self, class: &str, x: f64, from: f64, to: f64) {
        if to > from {
            self.out
                .raw("<path class=\"")
                .raw(class)
                .raw("\" d=\"M")
                .num(x)
                .raw(" ")
                .num(tenth(from));
            self.out.raw("V").num(tenth(to)).raw("\"/>");
        }
    }

    /// Text beside a lifeline, outwards: the first of `texts` that fits, else what fits of the last. Gives its outer end.
    pub(super) fn label(&mut self, program: ProgramId, y: f64, look: &Look<'_>, texts: &[&str]) -> f64 {
        let f = self.f();
        let out = self.outwards(program);
        let lane = self.lane(program).cloned();
        let side = lane.as_ref().map_or(Side::Left, |l| l.side);
        let x = self.geometry.outer(side) + out * (15.0 + f64::from(look.slot) * 6.0) * f;
        // No time stands beside the end of a lifeline.
        let times = if look.class.starts_with("t-pc") {
            0.0
        } else {
            self.times
        };
        let room = if out < 0.0 {
            x - times - 2.0
        } else {
            self.geometry.width - x - 4.0
        };
        let room = if look.badge { room - 26.0 * f } else { room };
        let bold = look.class.starts_with("t-state") || look.class.starts_with("t-bad b");
        let advance = match (look.code, bold) {
            (true, _) => 7.6,
            (_, true) => 8.2,
            _ => 6.6,
        } * f;
        let name = lane
            .and_then(|l| l.name)
            .map_or_else(String::new, |n| format!("{n} "));
        let most = ((room / advance).max(3.0) as usize).saturating_sub(name.chars().count());
        let fits = texts.iter().find(|t| t.chars().count() <= most);
        let text = fits.or(texts.last()).copied().unwrap_or_default();
        let shown = format!("{name}{}", cut(text, most.max(3)));
        let anchor = if out < 0.0 { "end" } else { "start" };
        let y = y + 4.0 * f;
        self.out
            .raw("<text class=\"")
            .raw(look.class)
            .raw("\" x=\"")
            .num(tenth(x));
        self.out
            .raw("\" y=\"")
            .num(tenth(y))
            .raw("\" text-anchor=\"")
            .raw(anchor);
        self.out.raw("\">").text(&shown).raw("</text>");
        x + out * shown.chars().count() as f64 * advance
    }

    pub(super) fn badge(&mut self, x: f64, y: f64, n: u8) {
        let f = self.f();
        let (x, y) = (tenth(x), tenth(y));
        self.out
            .raw("<g class=\"cause\"><circle cx=\"")
            .num(x)
            .raw("\" cy=\"")
            .num(y)
            .raw("\" r=\"")
            .num(tenth(9.0 * f));
        self.out
            .raw("\"/><text text-anchor=\"middle\" x=\"")
            .num(x)
            .raw("\" y=\"")
            .num(tenth(y + 4.2 * f));
        self.out.raw("\">").num(n).raw("</text></g>");
    }

    pub(super) fn path(&mut self, class: &str, points: &[(f64, f64)]) {
        self.out.raw("<path class=\"").raw(class).raw("\" d=\"");
        for (i, (x, y)) in points.iter().enumerate() {
            self.out
                .raw(if i == 0 { "M" } else { "L" })
                .num(tenth(*x))
                .raw(" ")
                .num(tenth(*y));
        }
        self.out.raw("\"/>");
    }

    pub(super) fn head(&mut self, x: f64, y: f64, dx: f64, dy: f64, class: &str) {
        let length = dx.hypot(dy).max(1.0);
        let (ux, uy) = (dx / length, dy / length);
        let (a, w) = (9.9 * self.f(), 4.8 * self.f());
        let (bx, by) = (x - ux * a, y - uy * a);
        self.out
            .raw("<path class=\"hd ")
            .raw(class)
            .raw("\" d=\"M")
            .num(tenth(x))
            .raw(" ")
            .num(tenth(y));
        self.out
            .raw("L")
            .num(tenth(bx - uy * w))
            .raw(" ")
            .num(tenth(by + ux * w));
        self.out
            .raw("L")
            .num(tenth(bx + uy * w))
            .raw(" ")
            .num(tenth(by - ux * w))
            .raw("z\"/>");
    }
}

/// A row in pixels; below the cursor's row, if that is in the past, there is room for the line "You are here".
pub(super) fn px(y: i32, cursor_row: Option<i32>, f: f64) -> f64 {
    let shift = if cursor_row.is_some_and(|row| y > row) {
        HERE
    } else {
        0.0
    };
    (f64::from(y) + shift) * f
}

pub(super) fn tenth(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}
