//! The list of events and the state at a cursor.
//!
//! The state at the live end is kept; snapshots stand every [`EVERY`] events, so that any other cursor costs at most
//! that many events to fold, never the whole history.

use super::causes::Causes;
use super::state::State;
use crate::packet::{Flows, Head, Summary, Tracked};
use crate::sorted::Map;
use protocol::{Event, EventKind, HostId, ProgramId, Stream, WireNews};

/// Events between two snapshots.
const EVERY: usize = 256;

/// One lab's history.
#[derive(Clone, Debug)]
pub struct Timeline {
    events: Vec<Event>,
    /// `snapshots[i]` is the state after `i * EVERY` events.
    snapshots: Vec<State>,
    live: State,
    /// For each program the places (indexes into `events`) of what it printed and what was typed to it.
    terminals: Vec<Vec<usize>>,
    causes: Causes,
    /// TCP's conversations, and what following them has found of each segment, by event.
    flows: Flows,
    tracked: Map<u64, Tracked>,
    bytes: usize,
    cap: usize,
}

/// One piece of a terminal's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// The program was started, with these arguments.
    Started(&'a [String]),
    /// The program wrote.
    Wrote(Stream, &'a [u8]),
    /// The learner typed a line; `None`: the end of input.
    Typed(Option<&'a str>),
    /// Ctrl-C.
    Interrupted,
    /// The program ended with this status; true: it was stopped from outside.
    Ended(i32, bool),
}

impl Timeline {
    /// An empty history of a lab with so many programs, that may grow to `cap` bytes.
    pub fn new(programs: usize, cap: usize) -> Self {
        let live = State::new(programs);
        Self {
            events: Vec::new(),
            snapshots: vec![live.clone()],
            live,
            terminals: vec![Vec::new(); programs],
            causes: Causes::default(),
            flows: Flows::default(),
            tracked: Map::new(),
            bytes: 0,
            cap,
        }
    }

    /// The same, of programs that run on these hosts.
    #[must_use]
    pub fn on_hosts(mut self, hosts: Vec<HostId>) -> Self {
        self.causes.on_hosts(hosts);
        self
    }

    /// The history that a recording holds; see [`Self::with_events`].
    ///
    /// # Errors
    /// One sentence that says which event does not fit.
    pub fn from_events(programs: usize, cap: usize, events: Vec<Event>) -> Result<Self, String> {
        Self::new(programs, cap).with_events(events)
    }

    /// This empty history with the events that a recording holds; they must be numbered from 1 without gaps.
    ///
    /// # Errors
    /// One sentence that says which event does not fit.
    pub fn with_events(self, events: Vec<Event>) -> Result<Self, String> {
        let mut timeline = self;
        let programs = timeline.terminals.len();
        for event in events {
            let expected = timeline.len() + 1;
            if event.seq != expected {
                return Err(format!(
                    "the recording's event {} stands where event {expected} is due",
                    event.seq
                ));
            }
            if event.program.is_some_and(|p| usize::from(p.0) >= programs) {
                return Err(format!(
                    "event {expected} of the recording names a program that the lab does not have"
                ));
            }
            timeline.append(event);
        }
        Ok(timeline)
    }

    /// Puts an event at the end and gives it its number.
    pub fn push(&mut self, mut event: Event) -> u64 {
        event.seq = self.len() + 1;
        let seq = event.seq;
        self.append(event);
        seq
    }

    fn append(&mut self, event: Event) {
        self.bytes += event.size();
        self.live.apply(&event);
        self.causes.note(&event);
        self.follow(&event);
        let shown = matches!(
            event.kind,
            EventKind::Output { .. }
                | EventKind::Typed { .. }
                | EventKind::Interrupted
                | EventKind::Started { .. }
                | EventKind::Ended { .. }
        );
        if let Some(program) = event.program.filter(|_| shown)
            && let Some(terminal) = self.terminals.get_mut(usize::from(program.0))
        {
            terminal.push(self.events.len());
        }
        self.events.push(event);
        if self.events.len().is_multiple_of(EVERY) {
            self.bytes += self.live.size();
            self.snapshots.push(self.live.clone());
        }
    }

    /// Follows the conversation of a packet that was sent.
    fn follow(&mut self, event: &Event) {
        // What is remembered of an event beside itself: its causes and effects, its packet.
        const BESIDE: usize = 192;
        self.bytes += BESIDE;
        let EventKind::Wire {
            news: WireNews::Sent { data, .. },
            at,
            ..
        } = &event.kind
        else {
            return;
        };
        let tracked = Head::parse(&data.0).and_then(|head| self.flows.track(*at, &head));
        self.tracked.extend(tracked.map(|tracked| (event.seq, tracked)));
    }

    /// What following its conversation has found of the segment that was sent in event `seq`.
    pub fn tracked(&self, seq: u64) -> Option<Tracked> {
        self.tracked.get(&seq).copied()
    }

    /// The packet that was sent in event `seq`, in one line.
    pub fn summary(&self, seq: u64) -> Option<Summary<'_>> {
        match &self.event(seq)?.kind {
            EventKind::Wire {
                news: WireNews::Sent { data, .. },
                ..
            } => Some(Summary::known(&data.0, self.tracked(seq))),
            _ => None,
        }
    }

    /// What caused what.
    pub fn causes(&self) -> &Causes {
        &self.causes
    }

    /// Events that belong to this one, itself included, in order.
    pub fn related(&self, seq: u64) -> Vec<u64> {
        self.causes.related(seq, &self.events)
    }

    /// Something outside the list that belongs to the history takes so many bytes more.
    pub fn charge(&mut self, bytes: usize) {
        self.bytes += bytes;
    }

    /// The number of the last event; 0 for none.
    pub fn len(&self) -> u64 {
        self.events.len() as u64
    }

    /// Nothing has happened yet?
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// About how much memory the history takes, bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The cap is reached: the lab must pause.
    pub fn is_full(&self) -> bool {
        self.bytes >= self.cap
    }

    /// The event with this number (from 1).
    pub fn event(&self, seq: u64) -> Option<&Event> {
        usize::try_from(seq)
            .ok()?
            .checked_sub(1)
            .and_then(|i| self.events.get(i))
    }

    /// All events in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The state at the live end.
    pub fn live(&self) -> &State {
        &self.live
    }

    /// The state after event `seq` (0: before all; beyond the end: the live end).
    pub fn at(&self, seq: u64) -> State {
        let n = usize::try_from(seq).unwrap_or(usize::MAX);
        if n >= self.events.len() {
            return self.live.clone();
        }
        let start = (n / EVERY).min(self.snapshots.len() - 1);
        let mut state = self.snapshots[start].clone();
        for event in &self.events[start * EVERY..n] {
            state.apply(event);
        }
        state
    }

    /// What stands in a program's terminal after event `seq`: its last run only, at most the last `pieces` pieces.
    pub fn terminal(&self, program: ProgramId, seq: u64, pieces: usize) -> Vec<Piece<'_>> {
        let Some(terminal) = self.terminals.get(usize::from(program.0)) else {
            return Vec::new();
        };
        let until = terminal.partition_point(|&i| (i as u64) < seq);
        let run = terminal[..until]
            .iter()
            .rposition(|&i| matches!(self.events[i].kind, EventKind::Started { .. }))
            .unwrap_or(0);
        let from = run.max(until.saturating_sub(pieces));
        terminal[from..until]
            .iter()
            .filter_map(|&i| Piece::of(&self.events[i].kind))
            .collect()
    }
}

impl<'a> Piece<'a> {
    fn of(kind: &'a EventKind) -> Option<Self> {
        Some(match kind {
            EventKind::Started { args } => Self::Started(args),
            EventKind::Output { stream, data, .. } => Self::Wrote(*stream, &data.0),
            EventKind::Typed { text } => Self::Typed(text.as_deref()),
            EventKind::Interrupted => Self::Interrupted,
            EventKind::Ended { status, stopped } => Self::Ended(*status, *stopped),
            _ => return None,
        })
    }
}
