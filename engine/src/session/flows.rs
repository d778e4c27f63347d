//! Which program a packet is from, and which call its bytes (or its SYN, or its FIN) come from.

use crate::timeline::Timeline;
use protocol::{EventKind, ProgramId};

/// What is known of the lab's conversations.
#[derive(Clone, Debug, Default)]
pub(super) struct Flows {}

impl Flows {
    /// The program and the causing event of something that happened on the wire, where they are known.
    pub(super) fn place(
        &mut self,
        _kind: &EventKind,
        _timeline: &Timeline,
    ) -> (Option<ProgramId>, Option<u64>) {
        (None, None)
    }
}
