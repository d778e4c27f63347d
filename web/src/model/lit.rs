//! Which things of the last step belong together: the line, its call, the bytes, the buffer where they arrived. The page
//! marks them in amber with the numbers 1 to 4, in the order of cause.

use super::{Moment, steps};
use crate::diagram::Lit;
use crate::diagram::model::{Mark, What};
use protocol::{EventKind, ProgramId, SocketId};

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
