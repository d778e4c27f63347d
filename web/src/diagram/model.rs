//! What the diagram shows: one mark for each thing that happened, with its row. Rows run down by event, not to scale, in
//! units that the drawing multiplies by its text size; nothing here knows a width.
//!
//! The model grows with the timeline: each event is looked at once.

use super::flows::{Flows, Pending};
use super::labels::{call_label, gave, peeks, short_seconds};
use super::packets::{Packet, Wire};
use engine::session::Side;
use engine::sorted::Map;
use engine::timeline::{Doing, State, words};
use protocol::event::Wait;
use protocol::{
    Call, Event, EventKind, HostId, Outcome, Payload, ProgramId, Sample, SocketId, TcpState, ThreadId, errno,
};

/// Height of a row of text.
const ROW: i32 = 17;
/// Between two rows on different sides: enough to see which was first.
pub(super) const STEP: i32 = 9;
/// How far an arrow falls at least from end to end.
pub(super) const FALL: i32 = 24;
/// The first row.
const TOP: i32 = 16;

/// Marks whose place is looked up together when only what is in sight is drawn.
const CHUNK: usize = 64;
/// Between two times at the left.
const BETWEEN_TIMES: i32 = 13;

/// One thing in the diagram.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The event.
    pub seq: u64,
    /// When, nanoseconds since the lab began.
    pub t: u64,
    /// Its row.
    pub y: i32,
    /// Whose.
    pub program: ProgramId,
    /// What it is.
    pub what: What,
}

/// Where something ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The event.
    pub seq: u64,
    /// Its row.
    pub y: i32,
}

/// What a mark is.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A call (or a wait) from entry to return.
    Call {
        /// `connect()`.
        text: String,
        /// What it gave, where that stands beside it: `fd 3`.
        gave: Option<String>,
        /// Brackets of threads stand beside one another: 0 is next to the lifeline.
        slot: u8,
        /// Its return; `None`: it has not returned.
        end: Option<End>,
    },
    /// What a call that others interrupted gave.
    Return {
        /// `returns fd 4`.
        text: String,
        /// See [`What::Call`].
        slot: u8,
        /// It failed.
        bad: bool,
    },
    /// A socket's TCP state as the kernel tells it.
    State {
        /// The state.
        state: TcpState,
        /// Which socket.
        sock: SocketId,
    },
    /// Something worth a word: `22 bytes to read`.
    Note {
        /// The words.
        text: String,
    },
    /// Something that failed: drawn in red, with a cross.
    Error {
        /// `ConnectionRefusedError`.
        text: String,
    },
    /// A program starts or ends.
    Program {
        /// `ended, exit 0`.
        text: String,
    },
    /// A packet on the wire.
    Packet(Box<Packet>),
    /// Bytes, from the call that gave them to the kernel to the moment that showed them at the other end.
    Bytes {
        /// The receiving program.
        to: ProgramId,
        /// How many.
        len: u64,
        /// The first of them.
        head: Payload,
        /// The row of their arrival; the mark's own row is the call's.
        end: i32,
        /// The event of the call's entry (the mark's own `seq` is the arrival's).
        given: u64,
        /// One datagram.
        datagram: bool,
        /// They were seen as packets: those are drawn instead.
        seen: bool,
    },
}

impl Mark {
    /// The last row that it reaches; a call that is open reaches the end.
    pub fn bottom(&self) -> i32 {
        match &self.what {
            What::Call { end, .. } => end.map_or(i32::MAX, |end| end.y),
            What::Bytes { end, .. } => *end,
            What::Packet(packet) => (self.y + FALL).max(packet.fates.last().map_or(0, |(end, _)| end.y)),
            _ => self.y,
        }
    }
}

/// The place of a program's lifeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Which side.
    pub side: Side,
    /// Its place on that side, from the middle outwards.
    pub place: usize,
    /// Said before each label, where a side has several programs.
    pub name: Option<String>,
}

/// One run of a program: its lifeline is drawn solid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Whose.
    pub program: ProgramId,
    /// Where it begins.
    pub start: End,
    /// Where it has ended.
    pub end: Option<End>,
}

/// The diagram of one lab.
#[derive(Clone, Debug)]
pub struct Diagram {
    pub(super) state: State,
    began: Option<u64>,
    pub(super) lanes: Vec<Lane>,
    pub(super) marks: Vec<Mark>,
    /// Of every [`CHUNK`] marks the first row and the last; marks that are still open count with their first.
    spans: Vec<(i32, i32)>,
    /// Marks that have a time beside them: row, event, time.
    stamps: Vec<(i32, u64, u64)>,
    /// When programs ran, in order.
    runs: Vec<Run>,
    /// (event, row): the last row after each event that has one.
    pub(super) rows: Vec<(u64, i32)>,
    /// Open calls: the place of their mark.
    open: Map<(ProgramId, ThreadId), usize>,
    /// How many bytes an open send was given.
    asked: Map<(ProgramId, ThreadId), u64>,
    flows: Flows,
    pub(super) wire: Wire,
    pub(super) y: i32,
    free: [i32; 2],
}

impl Diagram {
    /// An empty diagram of these programs.
    pub fn new(names: &[String], sides: &[Side]) -> Self {
        let count = |side| sides.iter().filter(|s| **s == side).count();
        let lane = |(i, side): (usize, &Side)| Lane {
            side: *side,
            place: sides[..i].iter().filter(|s| *s == side).count(),
            name: (count(*side) > 1).then(|| names[i].clone()),
        };
        Self {
            state: State::new(names.len()),
            began: None,
            lanes: sides.iter().enumerate().map(lane).collect(),
            marks: Vec::new(),
            spans: Vec::new(),
            stamps: Vec::new(),
            runs: Vec::new(),
            rows: Vec::new(),
            open: Map::new(),
            asked: Map::new(),
            flows: Flows::default(),
            wire: Wire::default(),
            y: 0,
            free: [TOP; 2],
        }
    }

    /// The same, of programs that run on these hosts.
    #[must_use]
    pub fn on_hosts(mut self, hosts: Vec<HostId>) -> Self {
        self.wire.hosts = hosts;
        self
    }

    /// The last event that is in it.
    pub fn seq(&self) -> u64 {
        self.state.seq
    }

    /// The time of the first event, nanoseconds.
    pub fn began(&self) -> u64 {
        self.began.unwrap_or(0)
    }

    /// The programs' places.
    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    /// The marks, in the order of their first row (arrows stand where they end).
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The places of the marks that may reach into these rows, in order.
    pub(super) fn marks_in(&self, top: i32, bottom: i32) -> Vec<usize> {
        let chunks = (0..).zip(&self.spans);
        let near: Vec<usize> = chunks
            .filter(|(_, (first, last))| *first <= bottom && *last >= top)
            .map(|(i, _)| i)
            .collect();
        // What is open reaches as far down as there is anything.
        let open = self.open.values().chain(self.wire.open.values()).copied();
        let mut all: Vec<usize> = open.filter(|i| !near.contains(&(i / CHUNK))).collect();
        all.sort_unstable();
        all.extend(
            near.iter()
                .flat_map(|i| i * CHUNK..((i + 1) * CHUNK).min(self.marks.len())),
        );
        all
    }

    /// The times at the left of these rows: row, event, time.
    pub(super) fn stamps_in(&self, top: i32, bottom: i32) -> &[(i32, u64, u64)] {
        let from = self.stamps.partition_point(|s| s.0 < top);
        let to = self.stamps.partition_point(|s| s.0 <= bottom);
        &self.stamps[from..to.max(from)]
    }

    /// When programs ran.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The row of the state after event `seq`; 0 before the first row.
    pub fn row_at(&self, seq: u64) -> i32 {
        let n = self.rows.partition_point(|(s, _)| *s <= seq);
        n.checked_sub(1).map_or(0, |i| self.rows[i].1)
    }

    /// The last row.
    pub fn bottom(&self) -> i32 {
        self.rows.last().map_or(0, |(_, y)| *y)
    }

    /// Takes in everything that is new in the timeline.
    pub fn extend(&mut self, events: &[Event]) {
        let known = usize::try_from(self.state.seq).unwrap_or(usize::MAX);
        for event in events.get(known..).unwrap_or_default() {
            self.event(event);
        }
    }

    fn event(&mut self, event: &Event) {
        self.began.get_or_insert(event.t);
        if let EventKind::Socket { sample, .. } = &event.kind {
            self.socket(event, sample);
            return;
        }
        let before = self.call_of(event);
        self.state.apply(event);
        if let EventKind::Wire { news, .. } = &event.kind {
            return self.wired(event, news);
        }
        let Some(program) = event.program.filter(|p| usize::from(p.0) < self.lanes.len()) else {
            return;
        };
        match &event.kind {
            EventKind::Started { .. } => {
                self.note(event, program, |text| What::Program { text }, "starts");
                let start = End {
                    seq: event.seq,
                    y: self.y,
                };
                self.runs.push(Run {
                    program,
                    start,
                    end: None,
                });
            }
            EventKind::Called { api, what, .. } => {
                let y = self.enter(event, program, call_label(api, what));
                self.flows.given(&self.state, event.seq, y, what);
                if let Some(data) = what.payload() {
                    self.asked.insert((program, event.thread), data.len() as u64);
                }
            }
            EventKind::Pausing { wait, .. } => {
                let text = match wait {
                    Wait::Time { seconds, api } => format!("{api}({})", short_seconds(*seconds)),
                    Wait::Input => "input()".into(),
                    Wait::Threads => "waits for its threads".into(),
                };
                self.enter(event, program, text);
            }
            EventKind::Resumed { .. } => self.leave(event, program, None, false),
            EventKind::Returned { outcome, fds, .. } => {
                self.returned(event, program, before, outcome, fds);
            }
            EventKind::Raised { exception, .. } => {
                // The call that failed has said so already.
                if self
                    .state
                    .program(program)
                    .and_then(|p| p.raised.as_ref()?.call.as_ref())
                    .is_none()
                {
                    self.note(event, program, |text| What::Error { text }, exception);
                }
            }
            EventKind::Interrupted => self.note(event, program, |text| What::Error { text }, "Ctrl-C"),
            EventKind::Ended { status, stopped } => {
                self.close_all(event, program);
                let text = if *stopped {
                    "stopped".to_owned()
                } else {
                    format!("ended, exit {status}")
                };
                self.note(event, program, |text| What::Program { text }, &text);
                let end = End {
                    seq: event.seq,
                    y: self.y,
                };
                if let Some(run) = self.runs.iter_mut().rev().find(|r| r.program == program) {
                    run.end = Some(end);
                }
            }
            EventKind::Line { .. }
            | EventKind::Lines { .. }
            | EventKind::Waiting { .. }
            | EventKind::Output { .. }
            | EventKind::Typed { .. }
            | EventKind::Socket { .. }
            | EventKind::Hosts { .. }
            | EventKind::Wire { .. }
            | EventKind::Embryos { .. }
            | EventKind::Notice { .. } => {}
        }
    }

    /// A new row for `program`, at least at `least`.
    fn row(&mut self, seq: u64, program: ProgramId, least: i32) -> i32 {
        let side = self.lanes[usize::from(program.0)].side as usize;
        let y = self.free[side].max(self.y + STEP).max(least);
        self.free[side] = y + ROW;
        self.y = y;
        self.rows.push((seq, y));
        y
    }

    fn push(&mut self, event: &Event, y: i32, program: ProgramId, what: What) {
        self.add(Mark {
            seq: event.seq,
            t: event.t,
            y,
            program,
            what,
        });
    }

    pub(super) fn add(&mut self, mark: Mark) {
        if self.marks.len().is_multiple_of(CHUNK) {
            self.spans.push((mark.y, mark.y));
        }
        let tenths = |t: u64| t.saturating_sub(self.began.unwrap_or(0)) / 100_000_000;
        let apart = self
            .stamps
            .last()
            .is_none_or(|(y, _, t)| mark.y - y > BETWEEN_TIMES && tenths(*t) != tenths(mark.t));
        if apart && !matches!(mark.what, What::Bytes { .. }) {
            self.stamps.push((mark.y, mark.seq, mark.t));
        }
        self.marks.push(mark);
        self.reaches(self.marks.len() - 1);
    }

    /// The mark at this place reaches as far as it does now.
    pub(super) fn reaches(&mut self, place: usize) {
        let Some(mark) = self.marks.get(place) else { return };
        let bottom = mark.bottom();
        let (first, last) = (mark.y, if bottom == i32::MAX { mark.y } else { bottom });
        if let Some(span) = self.spans.get_mut(place / CHUNK) {
            *span = (span.0.min(first), span.1.max(last));
        }
    }

    pub(super) fn note(
        &mut self,
        event: &Event,
        program: ProgramId,
        what: impl Fn(String) -> What,
        text: &str,
    ) {
        let y = self.row(event.seq, program, 0);
        self.push(event, y, program, what(text.to_owned()));
    }

    fn enter(&mut self, event: &Event, program: ProgramId, text: String) -> i32 {
        let y = self.row(event.seq, program, 0);
        let taken: Vec<u8> = self
            .open
            .iter()
            .filter(|((of, _), _)| *of == program)
            .filter_map(|(_, i)| match self.marks[*i].what {
                What::Call { slot, .. } => Some(slot),
                _ => None,
            })
            .collect();
        let slot = (0..=u8::MAX).find(|s| !taken.contains(s)).unwrap_or(u8::MAX);
        self.open.insert((program, event.thread), self.marks.len());
        self.push(
            event,
            y,
            program,
            What::Call {
                text,
                gave: None,
                slot,
                end: None,
            },
        );
        y
    }

    /// The call or wait of the event's thread is over. `text` is what it gave, where that is worth a word.
    fn leave(&mut self, event: &Event, program: ProgramId, text: Option<String>, bad: bool) {
        let Some(place) = self.open.remove(&(program, event.thread)) else {
            return;
        };
        let began = self.marks[place].y;
        let mut at = End {
            seq: event.seq,
            y: self.y,
        };
        let What::Call { slot, .. } = self.marks[place].what else {
            return;
        };
        let beside = began == self.y && !bad;
        if !beside && let Some(text) = &text {
            let text = if bad || text == "returns" {
                text.clone()
            } else {
                format!("returns {text}")
            };
            at.y = self.row(event.seq, program, 0);
            self.push(event, at.y, program, What::Return { text, slot, bad });
        } else if !beside {
            // The bracket closes below what stands in it on its own side.
            let side = self.lanes[usize::from(program.0)].side as usize;
            at.y = self.y.max(self.free[side] - ROW);
        }
        if let What::Call { gave, end, .. } = &mut self.marks[place].what {
            *end = Some(at);
            if beside {
                *gave = text.filter(|t| t != "returns");
            }
        }
        self.reaches(place);
    }

    fn close_all(&mut self, event: &Event, program: ProgramId) {
        let all: Vec<_> = self
            .open
            .iter()
            .filter(|((of, _), _)| *of == program)
            .map(|(key, _)| *key)
            .collect();
        for key in all {
            if let Some(place) = self.open.remove(&key)
                && let What::Call { end, .. } = &mut self.marks[place].what
            {
                *end = Some(End {
                    seq: event.seq,
                    y: self.y,
                });
                self.reaches(place);
            }
        }
    }

    fn returned(
        &mut self,
        event: &Event,
        program: ProgramId,
        before: Option<Call>,
        outcome: &Outcome,
        fds: &[i32],
    ) {
        let Some(call) = before else { return };
        let place = self.open.get(&(program, event.thread)).copied();
        let entry = place.map(|i| self.marks[i].seq);
        let asked = self.asked.remove(&(program, event.thread));
        if let Call::SocketPair { first, second, .. } = &call
            && outcome.is_ok()
        {
            self.flows.paired(*first, *second);
        }
        let mut arrived = Vec::new();
        if let (Some(sock), Outcome::Received { data, addr }) = (call.sock(), outcome)
            && !peeks(&call)
        {
            arrived = self.flows.received(&self.state, sock, data, addr.as_ref());
            self.fall(&arrived);
        }
        self.leave(event, program, gave(&call, asked, outcome, fds), !outcome.is_ok());
        if let Outcome::Failed { errno: e, .. } = outcome {
            let name = errno::name(*e).unwrap_or("unknown error");
            self.note(event, program, |text| What::Error { text }, name);
        }
        self.arrows(event, program, arrived, self.y);
        if let (Some(entry), Call::Send { .. } | Call::SendTo { .. }) = (entry, &call) {
            let n = match outcome {
                Outcome::Sent { n } => *n,
                _ => 0,
            };
            if let Some((pending, to, seq)) = self.flows.taken(&self.state, entry, n) {
                let y = self.row_at(seq);
                self.arrow(event.t, to.program(), pending, End { seq, y });
            }
        }
    }

    /// What an arrow points to stands clearly below where it begins.
    fn fall(&mut self, arrived: &[Pending]) {
        let least = arrived.iter().map(|p| p.y + FALL - STEP).max();
        self.y = self.y.max(least.unwrap_or(0));
    }

    /// The call that a [`EventKind::Returned`] ends; asked before the state forgets it.
    fn call_of(&self, event: &Event) -> Option<Call> {
        let EventKind::Returned { call: which, .. } = &event.kind else {
            return None;
        };
        let program = self.state.program(event.program?)?;
        let thread = program.threads.iter().find(|t| t.id == event.thread)?;
        match &thread.doing {
            Doing::Calling { call, what, .. } if call == which => Some(what.clone()),
            _ => None,
        }
    }

    fn socket(&mut self, event: &Event, sample: &Sample) {
        let program = sample.sock.program();
        let old = self.state.socket(sample.sock).and_then(|s| s.sample.clone());
        self.state.apply(event);
        if usize::from(program.0) >= self.lanes.len() {
            return;
        }
        let was = old.as_ref().and_then(|s| s.state);
        // A new socket is CLOSED: nothing has happened yet.
        if let Some(state) = sample
            .state
            .filter(|s| Some(*s) != was && !(was.is_none() && *s == TcpState::Closed))
        {
            let y = self.row(event.seq, program, 0);
            self.push(
                event,
                y,
                program,
                What::State {
                    state,
                    sock: sample.sock,
                },
            );
        }
        let arrived = self.flows.looked(&self.state, sample);
        if !sample.closed && sample.recv_queue > old.as_ref().map_or(0, |s| s.recv_queue) {
            self.fall(&arrived);
            let text = format!("{} to read", words::bytes_count(sample.recv_queue.into()));
            self.note(event, program, |text| What::Note { text }, &text);
        }
        self.arrows(event, program, arrived, self.y);
        let waiting = |s: Option<&Sample>| s.and_then(|s| s.accept_queue).map_or(0, |q| q.queued);
        let queued = waiting(Some(sample));
        if queued > waiting(old.as_ref()) {
            let verb = if queued == 1 { "waits" } else { "wait" };
            let text = format!("{queued} {verb} for accept()");
            self.note(event, program, |text| What::Note { text }, &text);
        }
    }

    fn arrows(&mut self, event: &Event, to: ProgramId, arrived: Vec<Pending>, y: i32) {
        for pending in arrived {
            self.arrow(event.t, to, pending, End { seq: event.seq, y });
        }
    }

    fn arrow(&mut self, t: u64, to: ProgramId, pending: Pending, end: End) {
        let datagram = pending.is_datagram();
        let seen = self.seen_as_packets(pending.from);
        self.add(Mark {
            seq: end.seq,
            t,
            y: pending.y,
            program: pending.from.program(),
            what: What::Bytes {
                to,
                len: pending.len,
                head: pending.head,
                end: end.y,
                given: pending.seq,
                datagram,
                seen,
            },
        });
    }
}
