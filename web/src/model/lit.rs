//! Which things of the last step belong together: the line, its call, the bytes, the buffer where they arrived. The page
//! marks them in amber with the numbers 1 to 4, in the order of cause.

use super::{Moment, steps};
use crate::diagram::Lit;
use crate::diagram::model::{Mark, What};
use engine::packet::Head;
use engine::packet::head::{Transport, flag};
use engine::sorted::Map;
use engine::timeline::tell;
use protocol::wire::Embryo;
use protocol::{Call, EventKind, Outcome, ProgramId, Sample, SocketId, TcpState, WireNews};

/// One chain of causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Whose line it is.
    pub program: ProgramId,
    /// The line, from 1.
    pub line: u32,
    /// The socket that has the bytes.
    pub to: SocketId,
    /// The marks in the diagram.
    pub marks: Lit,
}

/// The newest bytes that arrived in the step that ends at the cursor.
pub fn chain(moment: &Moment<'_>, marks: &[Mark]) -> Option<Chain> {
    let since = steps::before(moment.timeline.events(), moment.seq());
    let mark = marks
        .iter()
        .rev()
        .take(256)
        .find(|m| matches!(m.what, What::Bytes { .. }) && m.seq > since && m.seq <= moment.seq())?;
    let What::Bytes { given, .. } = mark.what else {
        return None;
    };
    let arrived = moment.event(mark.seq)?;
    let to = match &arrived.kind {
        EventKind::Socket { sample, .. } => sample.sock,
        EventKind::Returned { .. } => match &moment.call_of(arrived)?.kind {
            EventKind::Called { what, .. } => what.sock()?,
            _ => return None,
        },
        _ => return None,
    };
    let EventKind::Called { line, .. } = &moment.event(given)?.kind else {
        return None;
    };
    Some(Chain {
        program: mark.program,
        line: *line,
        to,
        marks: Lit {
            given,
            arrived: mark.seq,
        },
    })
}

/// What belongs to the event that the learner has chosen, in the panels beside the diagram and the words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Related {
    /// Lines whose calls belong to it.
    pub lines: Vec<(ProgramId, u32)>,
    /// Sockets whose state changed with it.
    pub states: Vec<SocketId>,
    /// Sockets whose send buffer had its bytes.
    pub sends: Vec<SocketId>,
    /// Sockets whose receive buffer had them.
    pub receives: Vec<SocketId>,
    /// TCP's states that were reached with it.
    pub reached: Vec<TcpState>,
}

/// The lines, states and buffers of these events.
pub fn related(moment: &Moment<'_>, events: &[u64]) -> Related {
    let mut all = Related::default();
    for event in events.iter().filter_map(|seq| moment.event(*seq)) {
        match &event.kind {
            EventKind::Called { line, what, .. } => {
                all.lines.extend(event.program.map(|p| (p, *line)));
                if let Call::Send { sock, .. } | Call::SendTo { sock, .. } = what {
                    all.sends.push(*sock);
                }
            }
            EventKind::Returned {
                outcome: Outcome::Received { .. },
                ..
            } => all.receives.extend(called_on(moment, event)),
            EventKind::Socket { sample, .. } => {
                let told = moment.state.socket(sample.sock).and_then(|s| s.changed);
                if told == Some(event.seq) {
                    all.states.push(sample.sock);
                }
                all.reached
                    .extend(sample.state.filter(|_| is_new(moment, event, sample)));
                if sample.recv_queue > 0 {
                    all.receives.push(sample.sock);
                }
            }
            _ => {}
        }
    }
    all
}

/// Does this look at a socket tell another TCP state than the look before, or the first one?
fn is_new(moment: &Moment<'_>, event: &protocol::Event, sample: &Sample) -> bool {
    let until = usize::try_from(event.seq.saturating_sub(1)).unwrap_or(usize::MAX);
    let events = moment.timeline.events();
    let before = events[..until.min(events.len())]
        .iter()
        .rev()
        .find_map(|e| match &e.kind {
            EventKind::Socket { sample: old, .. } if old.sock == sample.sock => Some(old.state),
            _ => None,
        });
    before != Some(sample.state)
}

/// The chosen event and what belongs to it, in words: `5 events belong together; client, line 9; server, line 12.`
pub fn in_words(moment: &Moment<'_>, seq: u64, events: &[u64]) -> String {
    let Some(chosen) = moment.event(seq) else {
        return String::new();
    };
    let mut text = tell(moment.timeline, chosen, moment.words());
    match events.len() {
        0 | 1 => text.push_str(" Nothing else belongs to it."),
        n => {
            text.push_str(&format!(" {n} events belong together"));
            let mut lines = related(moment, events).lines;
            lines.dedup();
            for (program, line) in lines {
                text.push_str(&format!("; {}, line {line}", moment.name(program)));
            }
            text.push('.');
        }
    }
    text
}

fn called_on(moment: &Moment<'_>, returned: &protocol::Event) -> Option<SocketId> {
    match &moment.call_of(returned)?.kind {
        EventKind::Called { what, .. } => what.sock(),
        _ => None,
    }
}

/// The newest event before the cursor for which `fits` says so.
fn newest(moment: &Moment<'_>, fits: impl Fn(&protocol::Event) -> bool) -> Option<u64> {
    let until = usize::try_from(moment.seq()).unwrap_or(usize::MAX);
    let events = moment.timeline.events();
    let mut seen = events[..until.min(events.len())].iter().rev();
    seen.find(|e| fits(e)).map(|e| e.seq)
}

/// What a click on a line chooses: its last call, else when it was reached.
pub fn of_line(moment: &Moment<'_>, program: ProgramId, n: u32) -> Option<u64> {
    let of = |e: &protocol::Event| e.program == Some(program);
    let called = |e: &protocol::Event| of(e) && matches!(e.kind, EventKind::Called { line, .. } if line == n);
    let reached = |e: &protocol::Event| of(e) && matches!(e.kind, EventKind::Line { line, .. } if line == n);
    newest(moment, called).or_else(|| newest(moment, reached))
}

/// What a click on a socket's state chooses: the look that told it, else what made the socket.
pub fn of_state(moment: &Moment<'_>, sock: SocketId) -> Option<u64> {
    moment.state.socket(sock).map(|s| s.changed.unwrap_or(s.made))
}

/// What a click on a state of TCP's diagram chooses: what told last that a socket had reached it.
pub fn of_tcp_state(moment: &Moment<'_>, state: TcpState) -> Option<u64> {
    let until = usize::try_from(moment.seq()).unwrap_or(usize::MAX);
    let events = moment.timeline.events();
    let mut told: Map<SocketId, TcpState> = Map::new();
    let mut waited = false;
    let mut found = None;
    for (i, event) in events[..until.min(events.len())].iter().enumerate() {
        match &event.kind {
            EventKind::Socket { sample, .. } => {
                if let Some(new) = sample.state
                    && told.insert(sample.sock, new) != Some(new)
                    && new == state
                {
                    found = Some(event.seq);
                }
            }
            // A connection that is still the kernel's own: its SYN has brought it there.
            EventKind::Embryos { all, .. } => {
                let embryo = all.iter().find(|e| e.state == state);
                if let Some(embryo) = embryo.filter(|_| !waited) {
                    found = syn_of(&events[..i], embryo).or(Some(event.seq));
                }
                waited = embryo.is_some();
            }
            _ => {}
        }
    }
    // The program has closed it: the kernel tells no more of it.
    let closed = moment.state.sockets.iter().filter_map(|s| s.closed);
    found.max(closed.filter(|_| state == TcpState::Closed).max())
}

/// The SYN that a connection which waits for accept() began with.
fn syn_of(events: &[protocol::Event], embryo: &Embryo) -> Option<u64> {
    let is_syn = |e: &&protocol::Event| {
        let EventKind::Wire {
            news: WireNews::Sent { data, .. },
            ..
        } = &e.kind
        else {
            return false;
        };
        let Some(head) = Head::parse(&data.0) else {
            return false;
        };
        matches!(&head.transport, Transport::Tcp(tcp) if tcp.flags & flag::SYN != 0
            && Some(tcp.source) == embryo.peer.port() && Some(head.source) == embryo.peer.ip())
    };
    events.iter().rev().find(is_syn).map(|e| e.seq)
}

/// What a click on a send buffer chooses: the call that gave bytes to it last.
pub fn of_send_buffer(moment: &Moment<'_>, id: SocketId) -> Option<u64> {
    newest(
        moment,
        |e| matches!(&e.kind, EventKind::Called { what: Call::Send { sock, .. } | Call::SendTo { sock, .. }, .. } if *sock == id),
    )
}

/// What a click on a receive buffer chooses: when bytes were seen in it last, or taken from it.
pub fn of_receive_buffer(moment: &Moment<'_>, id: SocketId) -> Option<u64> {
    newest(moment, |e| match &e.kind {
        EventKind::Socket { sample, .. } => sample.sock == id && sample.recv_queue > 0,
        EventKind::Returned {
            outcome: Outcome::Received { .. },
            ..
        } => called_on(moment, e) == Some(id),
        _ => false,
    })
}
