//! TCP's states (RFC 9293, figure 5) and the way of one socket of each side through them: the client's down the left,
//! the server's down the right, as the lanes are. Only states that the kernel was seen in are marked.

use super::Moment;
use super::markup::Markup;
use engine::session::Side;
use protocol::{ProgramId, TcpState};

/// One side's sockets: where they have been and where the newest is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// The program's name.
    pub name: String,
    /// States it was seen in, as names.
    pub seen: Vec<TcpState>,
    /// Pairs of states that were seen one after the other on one socket.
    pub steps: Vec<(TcpState, TcpState)>,
    /// Where it is now.
    pub now: Option<TcpState>,
}

/// Both sides, left and right; `None` where no socket of the lab has TCP states.
pub fn ways(moment: &Moment<'_>) -> Option<[Way; 2]> {
    let way = |side: Side| {
        let of_side = |p: &ProgramId| moment.sides.get(usize::from(p.0)) == Some(&side);
        let mut ways: Vec<Way> = moment
            .programs()
            .filter(of_side)
            .map(|p| way_of(moment, p))
            .collect();
        let newest = ways.iter().rposition(|w| w.now.is_some()).unwrap_or(0);
        if ways.is_empty() {
            Way::default()
        } else {
            ways.swap_remove(newest)
        }
    };
    let ways = [way(Side::Left), way(Side::Right)];
    ways.iter().any(|w| w.now.is_some()).then_some(ways)
}

fn way_of(moment: &Moment<'_>, program: ProgramId) -> Way {
    let mut way = Way {
        name: moment.name(program).to_owned(),
        ..Way::default()
    };
    let sockets: Vec<_> = moment
        .state
        .sockets_of(program)
        .filter(|s| !s.path.is_empty())
        .collect();
    // The newest connection, or the listening socket while there is none, and how it came about.
    let chosen = sockets
        .iter()
        .rev()
        .find(|s| !s.path.contains(&TcpState::Listen))
        .or(sockets.last());
    for socket in &sockets {
        let listener = socket.path.contains(&TcpState::Listen);
        if !listener && chosen.is_none_or(|c| c.id != socket.id) {
            continue;
        }
        way.seen.extend(socket.path.iter());
        way.steps.extend(socket.path.windows(2).map(|w| (w[0], w[1])));
    }
    way.now = chosen.and_then(|s| {
        if s.closed.is_some() && s.sample.as_ref().is_none_or(|s| !s.closed) {
            Some(TcpState::Closed)
        } else {
            s.state()
        }
    });
    // Between SYN and accept() the connection is the kernel's, beside the listening socket.
    for socket in &sockets {
        for embryo in super::sockets::embryos(moment.state, socket) {
            way.steps.push((TcpState::Listen, TcpState::SynReceived));
            way.seen.push(TcpState::SynReceived);
            way.now = Some(embryo.state);
        }
    }
    way.seen.extend(way.now);
    way
}

/// A state, its column (left, middle, right) and its height.
type Node = (TcpState, usize, f64);

const NODES: [Node; 11] = [
    (TcpState::Closed, 1, 18.0),
    (TcpState::Listen, 2, 58.0),
    (TcpState::SynSent, 0, 98.0),
    (TcpState::SynReceived, 2, 98.0),
    (TcpState::Established, 1, 138.0),
    (TcpState::FinWait1, 0, 178.0),
    (TcpState::CloseWait, 2, 178.0),
    (TcpState::FinWait2, 0, 218.0),
    (TcpState::Closing, 1, 218.0),
    (TcpState::LastAck, 2, 218.0),
    (TcpState::TimeWait, 0, 258.0),
];

/// The states in the drawing, in the order of reading.
pub const STATES: [TcpState; 11] = {
    let mut all = [TcpState::Closed; 11];
    let mut i = 0;
    while i < all.len() {
        all[i] = NODES[i].0;
        i += 1;
    }
    all
};

const EDGES: &[(TcpState, TcpState, &str)] = &[
    (TcpState::Closed, TcpState::SynSent, "connect(): SYN"),
    (TcpState::Closed, TcpState::Listen, "listen()"),
    (TcpState::Listen, TcpState::SynReceived, "SYN in: SYN-ACK"),
    (TcpState::SynSent, TcpState::Established, "SYN-ACK in: ACK"),
    (TcpState::SynReceived, TcpState::Established, "ACK in"),
    (TcpState::Established, TcpState::FinWait1, "close(): FIN"),
    (TcpState::Established, TcpState::CloseWait, "FIN in: ACK"),
    (TcpState::FinWait1, TcpState::FinWait2, "ACK in"),
    (TcpState::FinWait1, TcpState::Closing, ""),
    (TcpState::Closing, TcpState::TimeWait, ""),
    (TcpState::FinWait2, TcpState::TimeWait, "FIN in: ACK"),
    (TcpState::CloseWait, TcpState::LastAck, "close(): FIN"),
];

/// The last transition and why it happened, in words; what lies between two looks of the kernel is said to be inferred.
pub fn last_step(moment: &Moment<'_>) -> Option<String> {
    // Of a socket that came out of accept() the first state, too, was reached from somewhere.
    let way_of = |seq: u64| !moment.timeline.causes().way(seq).is_empty();
    let changed = moment
        .state
        .sockets
        .iter()
        .filter_map(|s| Some((s.changed.filter(|seq| way_of(*seq))?, s)));
    let (seq, socket) = changed.max_by_key(|(seq, _)| *seq)?;
    let (way, name) = (moment.timeline.causes().way(seq), moment.name(socket.program));
    let (last, before) = way.split_last()?;
    let mut text = format!(
        "Last: the {name}'s socket, {} to {}. {}",
        last.from, last.to, last.why
    );
    if let Some(first) = before.first() {
        let between: Vec<_> = before.iter().map(|t| t.to.name()).collect();
        let between = between.join(", ");
        text.push_str(&format!(
            " It came from {} by {between}: inferred from the packets, not seen by a look.",
            first.from
        ));
    }
    Some(text)
}

/// Half of a node's width.
const HALF: f64 = 54.0;
/// A node's height.
const HIGH: f64 = 26.0;

/// How much room the drawing has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// 640 pixels: each arrow says what comes in and what goes out.
    Wide,
    /// 540 pixels: arrows say what comes in.
    Middle,
    /// 374 pixels: names stand below.
    Narrow,
}

impl Room {
    /// The room in a panel of this width.
    pub fn of(width: f64) -> Self {
        if width >= 640.0 {
            Self::Wide
        } else if width >= 540.0 {
            Self::Middle
        } else {
            Self::Narrow
        }
    }

    /// The drawing's size, pixels.
    pub const fn size(self) -> (f64, f64) {
        match self {
            Self::Wide => (640.0, 278.0),
            Self::Middle => (540.0, 278.0),
            Self::Narrow => (374.0, 292.0),
        }
    }

    /// The three columns.
    const fn columns(self) -> [f64; 3] {
        match self {
            Self::Wide => [148.0, 320.0, 492.0],
            Self::Middle => [130.0, 270.0, 410.0],
            Self::Narrow => [62.0, 187.0, 312.0],
        }
    }
}

/// The middle of a state in the drawing, pixels.
fn place(state: TcpState, room: Room) -> (f64, f64) {
    let node = NODES.iter().find(|n| n.0 == state);
    node.map_or((0.0, 0.0), |n| (room.columns()[n.1], n.2))
}

/// Where the button of a state lies over the drawing, as CSS.
pub fn button_place(state: TcpState, room: Room) -> String {
    let (x, y) = place(state, room);
    format!("left:{}px;top:{}px", x - HALF, y - HIGH / 2.0)
}

/// What the button of a state says: who is there, or was. `None`: nobody was seen there.
pub fn button_text(ways: &[Way; 2], state: TcpState) -> Option<String> {
    let names = |is: fn(&Way, TcpState) -> bool| {
        let who = ways.iter().filter(|w| is(w, state));
        who.map(|w| w.name.as_str()).collect::<Vec<_>>().join(" and ")
    };
    let here = names(|w, state| w.now == Some(state));
    if !here.is_empty() {
        return Some(format!("{state}, now: {here}"));
    }
    let was = names(|w, state| w.seen.contains(&state));
    (!was.is_empty()).then(|| format!("{state}, earlier: {was}"))
}

/// The drawing as SVG content; `lit` are the states that belong to the chosen thing.
pub fn draw(ways: &[Way; 2], lit: &[TcpState], room: Room) -> String {
    let mut out = Markup::default();
    for (id, class) in [("wl-arrow", "mk"), ("wl-arrow-on", "mk on")] {
        out.raw("<marker id=\"")
            .raw(id)
            .raw("\" viewBox=\"0 0 8 8\" refX=\"6\" refY=\"4\" markerWidth=\"9\" markerHeight=\"9\"");
        out.raw(" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"")
            .raw(class);
        out.raw("\" d=\"M0 0l8 4-8 4z\"/></marker>");
    }
    for (from, to, label) in EDGES {
        edge(
            &mut out,
            (*from, place(*from, room)),
            (*to, place(*to, room)),
            label,
            ways,
            room,
        );
    }
    for state in STATES {
        node(&mut out, state, lit.contains(&state), ways, room);
    }
    out.finish()
}

type Placed = (TcpState, (f64, f64));

fn edge(out: &mut Markup, from: Placed, to: Placed, label: &str, ways: &[Way; 2], room: Room) {
    let (narrow, width) = (room == Room::Narrow, room.size().0);
    let ((a, (xa, ya)), (b, (xb, yb))) = (from, to);
    let on = match ways.iter().position(|w| w.steps.contains(&(a, b))) {
        Some(0) => " c",
        Some(_) => " s",
        None => "",
    };
    let d = if xb > xa { 1.0 } else { -1.0 };
    let mut text = None;
    let path = if (xa - xb).abs() < 1.0 {
        let left = xa < width / 2.0;
        text = (!narrow).then(|| {
            (
                xa + if left { -8.0 } else { 8.0 },
                f64::midpoint(ya, yb) + 4.0,
                if left { "end" } else { "start" },
            )
        });
        format!("M{xa} {}V{}", ya + 13.0, yb - 15.0)
    } else if a == TcpState::Closed {
        text = Some(if narrow {
            (
                xb - d * 9.0 + if d < 0.0 { 14.0 } else { -14.0 },
                ya + 24.0,
                if d < 0.0 { "start" } else { "end" },
            )
        } else {
            ((xa + d * HALF + xb) / 2.0, ya - 5.0, "middle")
        });
        format!("M{} {ya}H{xb}V{}", xa + d * HALF, yb - 15.0)
    } else if b == TcpState::Established {
        text = Some(if narrow && xa < width / 2.0 {
            (xa + 9.0, ya - 18.0, "start")
        } else {
            ((xa + d * HALF + xb - d * 10.0) / 2.0, ya - 6.0, "middle")
        });
        format!("M{} {ya}H{}V{}", xa + d * HALF, xb - d * 10.0, yb - 15.0)
    } else if a == TcpState::Established {
        text = Some(((xa + d * 10.0 + xb - d * HALF) / 2.0, yb - 6.0, "middle"));
        format!("M{} {}V{yb}H{}", xa + d * 10.0, ya + 13.0, xb - d * (HALF + 3.0))
    } else if a == TcpState::FinWait1 {
        format!("M{} {}L{} {}", xa + HALF, ya + 6.0, xb - HALF + 6.0, yb - 14.0)
    } else {
        format!("M{} {}L{} {}", xa - HALF, ya + 4.0, xb + HALF + 3.0, yb - 8.0)
    };
    let marker = if on.is_empty() { "wl-arrow" } else { "wl-arrow-on" };
    out.raw("<path class=\"ed")
        .raw(on)
        .raw("\" d=\"")
        .raw(&path)
        .raw("\" marker-end=\"url(#")
        .raw(marker)
        .raw(")\"/>");
    if let Some((x, y, anchor)) = text.filter(|_| !label.is_empty()) {
        let label = if room == Room::Wide {
            label
        } else {
            label.split(':').next().unwrap_or(label)
        };
        out.raw("<text class=\"el")
            .raw(if on.is_empty() { "" } else { " on" })
            .raw("\" x=\"")
            .num(x);
        out.raw("\" y=\"")
            .num(y)
            .raw("\" text-anchor=\"")
            .raw(anchor)
            .raw("\">")
            .text(label)
            .raw("</text>");
    }
}

fn node(out: &mut Markup, state: TcpState, lit: bool, ways: &[Way; 2], room: Room) {
    let (x, y) = place(state, room);
    let seen = ways.iter().any(|w| w.seen.contains(&state));
    let who: Vec<&Way> = ways.iter().filter(|w| w.now == Some(state)).collect();
    out.raw("<g class=\"nd")
        .raw(if seen { " v" } else { "" })
        .raw(if who.is_empty() { "" } else { " here" })
        .raw(if lit { " lit" } else { "" });
    out.raw("\"><rect x=\"")
        .num(x - HALF)
        .raw("\" y=\"")
        .num(y - HIGH / 2.0)
        .raw("\" width=\"")
        .num(2.0 * HALF);
    out.raw("\" height=\"26\" rx=\"13\"/><text text-anchor=\"middle\" x=\"")
        .num(x)
        .raw("\" y=\"")
        .num(y + 4.3);
    out.raw("\">").raw(state.name()).raw("</text></g>");
    if who.is_empty() {
        return;
    }
    let names = who.iter().map(|w| w.name.as_str()).collect::<Vec<_>>().join(", ");
    // Where there is room beside the state: below ESTABLISHED stand the words of the arrows that leave it.
    let beside = room != Room::Narrow || state == TcpState::Established;
    let left = x < room.size().0 / 3.0 || room == Room::Narrow;
    let (tx, ty, anchor, before, after) = if !beside || state == TcpState::Closed {
        (x, y + 27.0, "middle", "", "")
    } else if left {
        (x - HALF - 8.0, y + 4.3, "end", "", " ▸")
    } else {
        (x + HALF + 8.0, y + 4.3, "start", "◂ ", "")
    };
    out.raw("<text class=\"who\" x=\"")
        .num(tx)
        .raw("\" y=\"")
        .num(ty)
        .raw("\" text-anchor=\"")
        .raw(anchor)
        .raw("\">");
    out.raw(before).text(&names).raw(after).raw("</text>");
}

/// The same in one sentence, for those who do not see the drawing.
pub fn sentence(ways: &[Way; 2]) -> String {
    let parts: Vec<String> = ways
        .iter()
        .filter_map(|w| {
            w.now
                .map(|now| format!("{}: {now}", engine::timeline::words::capital(&w.name)))
        })
        .collect();
    format!("TCP states. {}.", parts.join(". "))
}
