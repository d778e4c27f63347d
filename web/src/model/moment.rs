//! The moment that the page shows.

use engine::session::{LabSpec, NextStep, Rest, Side};
use engine::timeline::{State, Timeline, words::Names};
use protocol::wire::Host;
use protocol::{Event, EventKind, ProgramId};

/// The state at the cursor, and what is needed to read it.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The lab's programs.
    pub spec: &'a LabSpec,
    /// Their names in order.
    pub names: &'a [String],
    /// Their lanes in order.
    pub sides: &'a [Side],
    /// The history.
    pub timeline: &'a Timeline,
    /// The state at the cursor.
    pub state: &'a State,
    /// Where the lab stands at its live end.
    pub rest: &'a Rest,
    /// It is a recording: nothing runs.
    pub replay: bool,
}

impl<'a> Moment<'a> {
    /// The cursor: the last event that is shown.
    pub fn seq(&self) -> u64 {
        self.state.seq
    }

    /// The time of the first event, nanoseconds: the page's times count from here.
    pub fn began(&self) -> u64 {
        self.timeline.events().first().map_or(0, |e| e.t)
    }

    /// Is this the live end?
    pub fn is_live(&self) -> bool {
        self.state.seq >= self.timeline.len()
    }

    /// The names for [`engine::timeline::words`].
    pub fn words(&self) -> Names<'a> {
        Names { programs: self.names }
    }

    /// A program's name, as it stands in sentences.
    pub fn name(&self, program: ProgramId) -> &'a str {
        self.names
            .get(usize::from(program.0))
            .map_or("the lab", String::as_str)
    }

    /// The host that a program runs on, where the lab has several.
    pub fn host_of(&self, program: ProgramId) -> Option<&'a Host> {
        let hosts = &self.state.wire.hosts;
        let at = usize::from(self.spec.host_of(program.0.into()).0);
        hosts.get(at).filter(|_| hosts.len() > 1)
    }

    /// What Next would do, if this is the live end.
    pub fn next(&self) -> Option<&'a NextStep> {
        match self.rest {
            Rest::Ready(next) if self.is_live() => Some(next),
            _ => None,
        }
    }

    /// All programs.
    pub fn programs(&self) -> impl Iterator<Item = ProgramId> + use<> {
        (0..self.names.len()).map(|i| ProgramId(u16::try_from(i).unwrap_or(u16::MAX)))
    }

    /// The event with this number, if the cursor has reached it.
    pub fn event(&self, seq: u64) -> Option<&'a Event> {
        self.timeline.event(seq).filter(|e| e.seq <= self.seq())
    }

    /// The call's entry that a return, or a word that it waits, belongs to.
    pub fn call_of(&self, event: &Event) -> Option<&'a Event> {
        call_of(self.timeline.events(), event)
    }
}

/// The call's entry that a return, or a word that it waits, belongs to. It stands before it, usually close.
pub fn call_of<'a>(events: &'a [Event], event: &Event) -> Option<&'a Event> {
    let (EventKind::Returned { call: which, .. } | EventKind::Waiting { call: which }) = &event.kind else {
        return None;
    };
    let before = usize::try_from(event.seq.saturating_sub(1))
        .unwrap_or(usize::MAX)
        .min(events.len());
    events[..before]
        .iter()
        .rev()
        .find(|e| matches!(&e.kind, EventKind::Called { call, .. } if call == which))
}
