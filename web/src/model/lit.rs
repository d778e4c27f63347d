//! Which things of the last step belong together: the line, its call, the bytes, the buffer where they arrived. The page
//! marks them in amber with the numbers 1 to 4, in the order of cause.

use super::{Moment, steps};
use crate::diagram::Lit;
use crate::diagram::model::{Mark, What};
use protocol::{Call, EventKind, Outcome, ProgramId, SocketId};

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
                if sample.recv_queue > 0 {
                    all.receives.push(sample.sock);
                }
            }
            _ => {}
        }
    }
    all
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
