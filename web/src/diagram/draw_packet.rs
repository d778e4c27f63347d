//! How a packet is drawn: thin without data, thick with data; a capsule where it waits, dotted what it has not travelled
//! yet, a cross where it was lost, a clock where it was delayed. No sign is colour alone.

use super::draw::Capsule;
use super::model::{End, Mark};
use super::packets::{HALF, Packet, Place, lost_text};
use super::pen::{Pen, cut, tenth};
use protocol::wire::Fate;

impl Pen<'_> {
    fn place_x(&self, place: Place) -> f64 {
        match place {
            Place::Lane(program) => self.x(program),
            Place::Side(side) => self.geometry.outer(side),
        }
    }

    pub(super) fn packet(&mut self, mark: &Mark, packet: &Packet) {
        let (x0, mut x1) = (self.place_x(packet.from), self.place_x(packet.to));
        if (x1 - x0).abs() < 1.0 {
            // From a program to itself: out to the middle and back would hide it.
            let inwards = if x0 < self.geometry.width / 2.0 { 1.0 } else { -1.0 };
            x1 = x0 + inwards * 60.0 * self.f();
        }
        let way = (x1 - x0).signum();
        let y0 = self.px(mark.y);
        let middle = (f64::midpoint(x0, x1), y0 + f64::from(HALF) * self.f());
        let begin = (x0 + way * 2.0, y0);
        let lit = self
            .view
            .lit
            .is_some_and(|l| packet.cause == Some(l.given) && packet.data);
        let ghost = self.ghost(mark.seq);
        let seen = packet.at(self.view.cursor);
        let (end, fate) = seen.or(packet.fates.last().copied()).unwrap_or((
            End {
                seq: mark.seq,
                y: mark.y,
            },
            Fate::Held,
        ));
        let class = format!(
            "pk{}{}{ghost}",
            if packet.data { " data" } else { "" },
            if lit { " lit" } else { "" }
        );
        match fate {
            Fate::Delivered => {
                let y1 = self.px(end.y);
                let tip = (x1 - way * 7.0, y1 - 1.0);
                // What waited in the middle goes on from there.
                let bent = packet.waited() && y1 - y0 > f64::from(HALF) * 3.0 * self.f();
                let points = if bent {
                    vec![begin, middle, tip]
                } else {
                    vec![begin, tip]
                };
                if lit {
                    self.path("halo", &points);
                }
                self.path(&class, &points);
                let from = if bent { middle } else { begin };
                self.head(x1 - way, y1, x1 - from.0, y1 - from.1, &class);
                let text_end = if bent { middle } else { (x1, y1) };
                let whole = (x1 - x0).abs();
                self.packet_text(packet, begin, text_end, whole, ghost, lit);
                if packet
                    .fates
                    .iter()
                    .any(|(_, f)| matches!(f, Fate::Delayed { .. }))
                {
                    self.clock(
                        if bent {
                            middle
                        } else {
                            (middle.0, f64::midpoint(y0, y1))
                        },
                        ghost,
                    );
                }
            }
            Fate::Dropped { .. } => {
                self.path(&class, &[begin, middle]);
                self.packet_text(packet, begin, middle, (x1 - x0).abs(), ghost, lit);
                let (r, (x, y)) = (5.0 * self.f(), middle);
                self.path(&format!("pk cross bad{ghost}"), &[(x - r, y - r), (x + r, y + r)]);
                self.path(&format!("pk cross bad{ghost}"), &[(x + r, y - r), (x - r, y + r)]);
                if let Some((text, short)) = lost_text(fate) {
                    // Not across the lifeline behind it.
                    let room = (x1 - x0).abs() / 2.0 - 14.0 * self.f();
                    let fits = text.chars().count() as f64 * 6.6 * self.f() <= room;
                    let text = if fits { text } else { short.into() };
                    let anchor = if way > 0.0 { "start" } else { "end" };
                    self.level_text(
                        "t-bad",
                        anchor,
                        x + way * 10.0 * self.f(),
                        y + 4.0 * self.f(),
                        &text,
                        ghost,
                    );
                }
            }
            Fate::Held | Fate::Delayed { .. } => {
                let y1 = y0 + 2.0 * f64::from(HALF) * self.f();
                self.path(&class, &[begin, middle]);
                let rest = format!("pk rest{ghost}");
                self.path(&rest, &[middle, (x1 - way * 7.0, y1)]);
                self.head(x1 - way, y1, x1 - middle.0, y1 - middle.1, "rest");
                if ghost.is_empty() {
                    self.capsules.push(Capsule {
                        packet: packet.id,
                        x: middle.0,
                        y: middle.1,
                        bold: packet.bold.clone(),
                        rest: packet.rest.clone(),
                        held: fate == Fate::Held,
                    });
                } else {
                    self.packet_text(packet, begin, middle, (x1 - x0).abs(), ghost, lit);
                }
            }
        }
    }

    /// What a packet is, along its way from `a` to `b`; `whole`: the room between the lifelines.
    fn packet_text(
        &mut self,
        packet: &Packet,
        a: (f64, f64),
        b: (f64, f64),
        whole: f64,
        ghost: &str,
        lit: bool,
    ) {
        let f = self.f();
        let copy = packet
            .copy_of
            .map_or_else(String::new, |of| format!("copy of {}: ", of.0));
        let room = ((whole - 34.0 * f - if lit { 26.0 * f } else { 0.0 }) / (7.0 * f)).max(0.0) as usize;
        let used = packet.bold.chars().count() + copy.chars().count() + 1;
        // All of it, else the bytes themselves, else only what it is: never a number that is cut.
        let free = room.saturating_sub(used);
        let rest = if packet.rest.chars().count() <= free {
            packet.rest.clone()
        } else if packet.data && free >= 4 {
            cut(&packet.head, free)
        } else {
            String::new()
        };
        let way = (b.0 - a.0).signum();
        let slope = (b.1 - a.1) / (b.0 - a.0);
        let half = (b.0 - a.0).abs() < whole * 0.7;
        // Beside a bend or a steep arrow the text lies level, above the first half.
        let flat = !half && slope.abs() < 0.5;
        let (mx, my) = if half {
            (b.0, a.1.min(b.1) - 1.0 * f)
        } else {
            (f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1))
        };
        self.out
            .raw("<text class=\"t-pk")
            .raw(if lit { " lit" } else { "" })
            .raw(ghost);
        self.out
            .raw("\" text-anchor=\"middle\" transform=\"translate(")
            .num(tenth(mx))
            .raw(" ")
            .num(tenth(my))
            .raw(")");
        if flat {
            self.out
                .raw(" rotate(")
                .num(tenth(slope.atan().to_degrees()))
                .raw(")");
        }
        self.out.raw("\" y=\"").num(tenth(-6.0 * f)).raw("\">");
        self.out
            .text(&copy)
            .raw("<tspan class=\"b\">")
            .text(&packet.bold)
            .raw("</tspan> ")
            .text(&rest)
            .raw("</text>");
        if lit {
            let width = (used + rest.chars().count()) as f64 * 3.5 * f + 12.0 * f;
            let slope = if flat { slope } else { 0.0 };
            self.badge(mx - width, my - width * slope * way.abs() - 10.0 * f, 3);
        }
    }

    fn level_text(&mut self, class: &str, anchor: &str, x: f64, y: f64, text: &str, ghost: &str) {
        self.out
            .raw("<text class=\"")
            .raw(class)
            .raw(ghost)
            .raw("\" text-anchor=\"")
            .raw(anchor);
        self.out
            .raw("\" x=\"")
            .num(tenth(x))
            .raw("\" y=\"")
            .num(tenth(y))
            .raw("\">")
            .text(text)
            .raw("</text>");
    }

    fn clock(&mut self, (x, y): (f64, f64), ghost: &str) {
        let r = 5.5 * self.f();
        self.out
            .raw("<path class=\"clock")
            .raw(ghost)
            .raw("\" d=\"M")
            .num(tenth(x - r))
            .raw(" ")
            .num(tenth(y));
        for across in [2.0 * r, -2.0 * r] {
            self.out
                .raw("a")
                .num(r)
                .raw(" ")
                .num(r)
                .raw(" 0 1 1 ")
                .num(across)
                .raw(" 0");
        }
        self.out
            .raw("M")
            .num(tenth(x))
            .raw(" ")
            .num(tenth(y - r * 0.6))
            .raw("V")
            .num(tenth(y))
            .raw("H")
            .num(tenth(x + r * 0.5))
            .raw("\"/>");
    }
}
