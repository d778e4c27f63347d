//! The diagram as SVG, at one width: where the marks of [`super::model`] stand. Only what is in sight is drawn, so a
//! timeline of ten thousand events costs no more than one of fifty.

use super::model::{Diagram, Mark, What};
use super::pen::{HERE, HERE_AT, Look, Pen, cut, px, tenth};
use crate::model::bytes;
use crate::model::markup::Markup;
use engine::session::Side;
use engine::timeline::words;
use protocol::{PacketId, ProgramId};

/// Between two lines of text below the lifelines, rows' units.
pub(super) const HEAD: f64 = 17.0;

/// The width that there is and how large the text is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometry {
    /// CSS pixels.
    pub width: f64,
    /// 1, or more for a presenter.
    pub scale: f64,
}

/// What is in sight and where the cursor is.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The first pixel that is drawn.
    pub top: f64,
    /// The last pixel that is drawn.
    pub bottom: f64,
    /// The event that the page shows.
    pub cursor: u64,
    /// What belongs together.
    pub lit: Option<Lit>,
    /// Events that belong to the chosen one.
    pub related: Vec<u64>,
    /// What stands at the end of each program's lifeline; none in the past.
    pub heads: Vec<Head>,
}

/// Marks that belong together: a call, its bytes, their arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lit {
    /// The call's entry.
    pub given: u64,
    /// The arrival.
    pub arrived: u64,
}

/// The lower end of a lifeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Whose.
    pub program: ProgramId,
    /// `line 11 is next`.
    pub text: String,
    /// The next step happens here.
    pub next: bool,
}

/// A packet on the wire: it waits where this stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Capsule {
    /// Which.
    pub packet: PacketId,
    /// Its middle, pixels from the left.
    pub x: f64,
    /// Its middle, pixels from the top.
    pub y: f64,
    /// `SYN`.
    pub bold: String,
    /// `seq 0`.
    pub rest: String,
    /// It waits for the learner; false: it arrives by itself later.
    pub held: bool,
}

/// A drawn diagram.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    /// The SVG's content: what lies between `top` and `bottom`.
    pub svg: String,
    /// The first pixel that is drawn.
    pub top: f64,
    /// The last pixel that is drawn.
    pub bottom: f64,
    /// How large the text is.
    pub scale: f64,
    /// Height of the whole diagram, pixels.
    pub height: f64,
    /// The line "You are here", pixels from the top; `None` at the live end.
    pub here: Option<f64>,
    /// Where the cursor's row is, pixels from the top: keep this in sight.
    pub focus: f64,
    /// Packets on the wire that are in sight.
    pub capsules: Vec<Capsule>,
    /// Where what can be done with the packet that waits stands, pixels from the top: below the lifelines.
    pub acts: f64,
}

/// How far down a diagram goes, pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// Of the whole diagram.
    pub height: f64,
    /// Where the lifelines end.
    pub end: f64,
    /// Where what can be done with the packet that waits stands.
    pub acts: f64,
    /// The cursor's row.
    pub focus: f64,
    /// The line "You are here"; `None` at the live end.
    pub here: Option<f64>,
}

impl Diagram {
    /// How far down it goes at one geometry, with the cursor at this event.
    pub fn extent(&self, geometry: Geometry, cursor: u64) -> Extent {
        let (f, past) = (geometry.scale, cursor < self.seq());
        let row = self.row_at(cursor);
        let end = px(self.bottom(), past.then_some(row), f) + 26.0 * f;
        let heads = if past { 0 } else { self.head_rows() };
        let focus = f64::from(row) * f;
        Extent {
            height: (end + heads as f64 * HEAD * f + 12.0 * f).ceil(),
            end,
            // Beside the first line of text, clear of those below it.
            acts: end + 14.0 + heads.saturating_sub(1) as f64 * HEAD * f,
            focus,
            here: past.then_some(focus + HERE_AT * f),
        }
    }

    /// Where event `seq` stands, pixels from the top, with the cursor at another one.
    pub fn place_of(&self, geometry: Geometry, cursor: u64, seq: u64) -> f64 {
        let past = (cursor < self.seq()).then(|| self.row_at(cursor));
        px(self.row_at(seq), past, geometry.scale)
    }

    /// Lines of text below the lifelines: programs of one side stand below each other.
    fn head_rows(&self) -> usize {
        let count = |side| self.lanes().iter().filter(|l| l.side == side).count();
        count(Side::Left).max(count(Side::Right))
    }

    /// Draws what is in sight.
    pub fn draw(&self, geometry: Geometry, view: &View) -> Drawing {
        let past = view.cursor < self.seq();
        let mut pen = Pen {
            out: Markup::default(),
            diagram: self,
            view,
            geometry,
            times: geometry.times(),
            cursor_row: self.row_at(view.cursor),
            past,
            capsules: Vec::new(),
        };
        let f = geometry.scale;
        let Extent {
            height,
            end,
            acts,
            focus,
            here,
        } = self.extent(geometry, view.cursor);
        // In rows, with room for what stands around a mark, and for the line "You are here" between them.
        let (top, bottom) = (view.top / f - HERE - 24.0, view.bottom / f + 24.0);
        let (top, bottom) = (top as i32, bottom as i32);
        pen.times(top, bottom);
        pen.lifelines(end, here);
        for place in self.marks_in(top, bottom) {
            let mark = &self.marks[place];
            if pen.in_sight(mark) {
                pen.mark(mark, end);
            }
        }
        if !past {
            pen.heads(end);
        }
        Drawing {
            svg: pen.out.finish(),
            top: view.top.min(height),
            bottom: view.bottom.min(height),
            scale: f,
            height,
            here,
            focus,
            capsules: pen.capsules,
            acts,
        }
    }
}

impl Pen<'_> {
    fn times(&mut self, top: i32, bottom: i32) {
        if self.times == 0.0 {
            return;
        }
        let began = self.diagram.began();
        for (row, seq, t) in self.diagram.stamps_in(top, bottom) {
            let (y, ghost) = (self.px(*row), self.ghost(*seq));
            let x = self.times - 6.0;
            let text = crate::model::time_text(*t, began);
            self.out
                .raw("<text class=\"t-time")
                .raw(ghost)
                .raw("\" text-anchor=\"end\" x=\"")
                .num(x);
            self.out
                .raw("\" y=\"")
                .num(tenth(y + 4.0))
                .raw("\">")
                .text(&text)
                .raw("</text>");
        }
    }

    /// Solid while the program runs, dashed before and after; dotted below the cursor.
    fn lifelines(&mut self, end: f64, here: Option<f64>) {
        let top = self.view.top.max(4.0);
        let bottom = self.view.bottom.min(end);
        let split = here.unwrap_or(f64::MAX);
        let runs = self.diagram.runs();
        for i in 0..self.diagram.lanes().len() {
            let program = ProgramId(u16::try_from(i).unwrap_or(u16::MAX));
            let x = tenth(self.x(program));
            let mut from = top;
            let cursor = self.view.cursor;
            for run in runs
                .iter()
                .filter(|r| r.program == program && r.start.seq <= cursor)
            {
                let began = self.px(run.start.y);
                let ended = run.end.filter(|e| e.seq <= cursor);
                let ended = ended.map_or(end, |e| self.px(e.y)).min(bottom).min(split);
                self.line("life off", x, from, began.min(bottom));
                self.line("life", x, began.max(from), ended);
                from = ended.max(from);
            }
            self.line("life off", x, from, bottom.min(split));
            self.line("life ghost", x, top.max(split), bottom);
        }
    }

    fn mark(&mut self, mark: &Mark, end: f64) {
        let y = self.px(mark.y);
        let ghost = self.ghost(mark.seq);
        let related = self.view.related.contains(&mark.seq);
        self.out.raw(if related {
            "<g class=\"rel\" data-seq=\""
        } else {
            "<g data-seq=\""
        });
        self.out.num(mark.seq).raw("\">");
        match &mark.what {
            What::Call {
                text,
                gave,
                slot,
                end: ended,
            } => {
                self.bracket(mark, *slot, ended.map(|e| (e.seq, e.y)), end);
                let lit = self.view.lit.is_some_and(|l| l.given == mark.seq);
                let whole = gave
                    .as_ref()
                    .map_or_else(|| text.clone(), |gave| format!("{text} → {gave}"));
                let class = format!("t-call{ghost}{}", if lit { " lit" } else { "" });
                let look = Look {
                    class: &class,
                    code: true,
                    slot: *slot,
                    badge: lit,
                };
                let x = self.label(mark.program, y, &look, &[&whole, text]);
                if lit {
                    let out = self.outwards(mark.program);
                    self.badge(x + out * 14.0 * self.f(), y, 2);
                }
            }
            What::Return { text, slot, bad } => {
                let class = format!("{}{ghost}", if *bad { "t-bad" } else { "t-ret" });
                let look = Look {
                    class: &class,
                    code: false,
                    slot: *slot,
                    badge: self.is_arrival(mark),
                };
                let short = text.strip_prefix("returns ").unwrap_or(text);
                let x = self.label(mark.program, y, &look, &[text, short]);
                self.arrival_badge(mark, x, y);
            }
            What::State { state, .. } => {
                let x = tenth(self.x(mark.program));
                let class = format!("t-state{ghost}");
                self.label(mark.program, y, &Look::plain(&class), &[state.name()]);
                self.out
                    .raw("<path class=\"dm")
                    .raw(ghost)
                    .raw("\" d=\"M")
                    .num(x)
                    .raw(" ")
                    .num(tenth(y - 4.0));
                self.out.raw("l4 4-4 4-4-4z\"/>");
            }
            What::Note { text } => {
                let class = format!("t-note{ghost}");
                let short = text.strip_suffix(" to read").unwrap_or(text);
                let look = Look {
                    badge: self.is_arrival(mark),
                    ..Look::plain(&class)
                };
                let x = self.label(mark.program, y, &look, &[text, short]);
                self.arrival_badge(mark, x, y);
            }
            What::Program { text } => {
                let class = format!("t-note{ghost}");
                self.label(mark.program, y, &Look::plain(&class), &[text]);
            }
            What::Error { text } => {
                let (x, r) = (tenth(self.x(mark.program)), 4.5 * self.f());
                let class = format!("t-bad b{ghost}");
                self.label(mark.program, y, &Look::plain(&class), &[text]);
                self.out
                    .raw("<path class=\"pk cross bad")
                    .raw(ghost)
                    .raw("\" d=\"M")
                    .num(tenth(x - r))
                    .raw(" ");
                self.out
                    .num(tenth(y - r))
                    .raw("l")
                    .num(2.0 * r)
                    .raw(" ")
                    .num(2.0 * r)
                    .raw("m0 ")
                    .num(-2.0 * r);
                self.out.raw("l").num(-2.0 * r).raw(" ").num(2.0 * r).raw("\"/>");
            }
            What::Packet(packet) => self.packet(mark, packet),
            // Packets were seen: they are what is drawn.
            What::Bytes { seen: true, .. } => {}
            What::Bytes {
                to,
                len,
                head,
                end,
                given,
                ..
            } => {
                let lit = self.view.lit
                    == Some(Lit {
                        given: *given,
                        arrived: mark.seq,
                    });
                self.arrow(mark, *to, *len, &bytes::preview(head), self.px(*end), lit);
            }
        }
        self.out.raw("</g>");
    }

    fn is_arrival(&self, mark: &Mark) -> bool {
        self.view.lit.is_some_and(|l| l.arrived == mark.seq)
    }

    /// The fourth of the things that belong together: where the bytes were seen.
    fn arrival_badge(&mut self, mark: &Mark, x: f64, y: f64) {
        if self.is_arrival(mark) {
            let out = self.outwards(mark.program);
            self.badge(x + out * 14.0 * self.f(), y, 4);
        }
    }

    fn bracket(&mut self, mark: &Mark, slot: u8, ended: Option<(u64, i32)>, end: f64) {
        let f = self.f();
        let out = self.outwards(mark.program);
        let x = self.x(mark.program) + out * (4.0 + f64::from(slot) * 6.0 * f);
        let y = self.px(mark.y);
        let lit = if self.view.lit.is_some_and(|l| l.given == mark.seq) {
            " lit"
        } else {
            ""
        };
        let ghost = self.ghost(mark.seq);
        let arm = tenth(out * 6.0 * f);
        let close = ended.map(|(_, y)| self.px(y));
        // What was still open at the cursor goes on dotted below it.
        let open_here = ended.is_none_or(|(seq, _)| self.later(seq));
        let split = if self.past && ghost.is_empty() && open_here {
            Some((f64::from(self.cursor_row) + HERE_AT) * f)
        } else {
            None
        };
        let solid = split.or(close).unwrap_or(end - 4.0);
        self.out
            .raw("<path class=\"br")
            .raw(lit)
            .raw(ghost)
            .raw("\" d=\"M")
            .num(tenth(x))
            .raw(" ")
            .num(tenth(y));
        self.out.raw("h").num(arm);
        if solid > y + 1.0 {
            self.out.raw("V").num(tenth(solid));
            if split.is_none() && close.is_some() {
                self.out.raw("h").num(-arm);
            }
        }
        self.out.raw("\"/>");
        if let Some(split) = split {
            let to = close.unwrap_or(end - 4.0);
            if to > split {
                self.out
                    .raw("<path class=\"br ghost\" d=\"M")
                    .num(tenth(x + arm))
                    .raw(" ")
                    .num(tenth(split));
                self.out.raw("V").num(tenth(to));
                if close.is_some() {
                    self.out.raw("h").num(-arm);
                }
                self.out.raw("\"/>");
            }
        }
    }

    fn arrow(&mut self, mark: &Mark, to: ProgramId, len: u64, head: &str, y1: f64, lit: bool) {
        let f = self.f();
        let (x0, x1, y0) = (self.x(mark.program), self.x(to), self.px(mark.y));
        let ghost = self.ghost(mark.seq);
        let class = format!("pk data{}{ghost}", if lit { " lit" } else { "" });
        if (x1 - x0).abs() < 1.0 {
            self.loop_back(x0, y0, y1, -self.outwards(mark.program), &class, len);
            return;
        }
        let way = (x1 - x0).signum();
        if lit {
            self.path("halo", &[(x0 + way * 2.0, y0), (x1 - way * 2.0, y1)]);
        }
        self.path(&class, &[(x0 + way * 2.0, y0), (x1 - way * 7.0, y1 - 1.4)]);
        self.head(x1 - way, y1, x1 - x0, y1 - y0, &class);
        let span = ((x1 - x0).powi(2) + (y1 - y0).powi(2)).sqrt() - 30.0 * f;
        let count = words::bytes_count(len);
        let used = count.chars().count() as f64 * 7.6 * f;
        let badge = if lit { 26.0 * f } else { 0.0 };
        let room = ((span - used - badge) / (7.4 * f)).max(0.0) as usize;
        let rest = if room >= 5 && !head.is_empty() {
            cut(head, room)
        } else {
            String::new()
        };
        if span + 24.0 * f < used {
            return;
        }
        // A text beside a steep arrow would cross others: it lies along the arrow while that is flat, else level.
        let mut angle = (y1 - y0).atan2(x1 - x0).to_degrees();
        if way < 0.0 {
            angle -= 180.0;
        }
        let (mx, my) = ((x0 + x1) / 2.0, (y0 + y1) / 2.0);
        let flat = angle.abs() < 30.0 || angle.abs() > 330.0;
        self.out
            .raw("<text class=\"t-pk")
            .raw(if lit { " lit" } else { "" })
            .raw(ghost)
            .raw("\" text-anchor=\"middle\"");
        self.out
            .raw(" transform=\"translate(")
            .num(tenth(mx))
            .raw(" ")
            .num(tenth(my))
            .raw(")");
        if flat {
            self.out.raw(" rotate(").num(tenth(angle)).raw(")");
        }
        self.out
            .raw("\" y=\"")
            .num(-6.0 * f)
            .raw("\"><tspan class=\"b\">")
            .text(&count)
            .raw("</tspan>");
        if !rest.is_empty() {
            self.out
                .raw(" <tspan class=\"t-data\">")
                .text(&rest)
                .raw("</tspan>");
        }
        self.out.raw("</text>");
        if lit {
            let half = (used + rest.chars().count() as f64 * 7.4 * f) / 2.0 + 14.0 * f;
            let slope = (y1 - y0) / (x1 - x0);
            self.badge(mx - half, my - half * slope - 10.0 * f, 3);
        }
    }

    /// Bytes that a program sends to itself.
    fn loop_back(&mut self, x: f64, y0: f64, y1: f64, inwards: f64, class: &str, len: u64) {
        let f = self.f();
        let far = x + inwards * 24.0 * f;
        self.path(class, &[(x, y0), (far, y0), (far, y1), (x + inwards * 8.0, y1)]);
        self.head(x + inwards, y1, -inwards, 0.0, class);
        let anchor = if inwards > 0.0 { "start" } else { "end" };
        self.out
            .raw("<text class=\"t-pk\" text-anchor=\"")
            .raw(anchor)
            .raw("\" x=\"")
            .num(tenth(far + inwards * 6.0));
        self.out
            .raw("\" y=\"")
            .num(tenth((y0 + y1) / 2.0 + 4.0))
            .raw("\"><tspan class=\"b\">");
        self.out.text(&words::bytes_count(len)).raw("</tspan></text>");
    }

    fn heads(&mut self, end: f64) {
        let f = self.f();
        let view = self.view;
        for head in &view.heads {
            let (x, place) = (
                tenth(self.x(head.program)),
                self.lane(head.program).map_or(0, |l| l.place),
            );
            let next = if head.next { " next" } else { "" };
            self.out
                .raw("<path class=\"pc")
                .raw(next)
                .raw("\" d=\"M")
                .num(tenth(x - 6.0 * f))
                .raw(" ")
                .num(tenth(end));
            self.out
                .raw("h")
                .num(12.0 * f)
                .raw("l")
                .num(-6.0 * f)
                .raw(" ")
                .num(8.0 * f)
                .raw("z\"/>");
            let y = end + 4.0 * f + place as f64 * 17.0 * f;
            let class = format!("t-pc{next}");
            let short = head
                .text
                .trim_end_matches(" is next")
                .trim_end_matches(", blocked");
            self.label(head.program, y, &Look::plain(&class), &[&head.text, short]);
        }
    }
}
