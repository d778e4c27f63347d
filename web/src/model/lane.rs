//! A program's lane: where it stands in its source, what it waits for, how it ended.

use super::Moment;
use super::advice::{self, Advice};
use engine::timeline::{Doing, State};
use protocol::event::Wait;
use protocol::{ProgramId, TcpState};

/// A program at the cursor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LaneView {
    /// Where its threads stand, the main thread first.
    pub marks: Vec<LineMark>,
    /// How it failed.
    pub error: Option<Advice>,
    /// In a few words: `blocked in accept()`, `line 8 is next`, `ended, exit 0`.
    pub status: String,
    /// The same for the end of its lifeline.
    pub head: String,
    /// The next step of the lab is here.
    pub next: bool,
    /// Step would do something.
    pub can_step: bool,
    /// It was started.
    pub started: bool,
    /// It was started and has not ended.
    pub alive: bool,
    /// It waits for a line from its terminal.
    pub awaits_input: bool,
    /// The state of its newest connection: `ESTABLISHED`.
    pub socket: Option<&'static str>,
}

impl LaneView {
    /// The program's state in one word, for scripts.
    pub fn state_word(&self) -> &'static str {
        match (self.started, self.alive) {
            (false, _) => "not started",
            (true, false) => "ended",
            (true, true) if self.awaits_input => "awaits input",
            (true, true) if !self.marks.is_empty() && self.marks.iter().all(|m| m.waits.is_some()) => {
                "blocked"
            }
            (true, true) => "at a line",
        }
    }
}

/// Where a thread stands.
#[derive(Clone, Debug, PartialEq)]
pub struct LineMark {
    /// The line, from 1.
    pub line: u32,
    /// The thread, 0 for the main one.
    pub thread: u32,
    /// The next step of the lab is here.
    pub next: bool,
    /// What it is blocked on, and since when (nanoseconds since the lab began).
    pub waits: Option<(String, u64)>,
}

/// The lane of a program.
pub fn lane(moment: &Moment<'_>, id: ProgramId) -> LaneView {
    let Some(program) = moment.state.program(id) else {
        return LaneView::default();
    };
    let next = moment.next().filter(|n| n.program() == Some(id));
    let marks: Vec<_> = program
        .threads
        .iter()
        .enumerate()
        .map(|(i, thread)| LineMark {
            line: thread.doing.line(),
            thread: thread.id.0,
            next: next.is_some_and(|n| n.line() == Some(thread.doing.line()))
                && (i == 0 || waits(&program.threads[0].doing).is_some()),
            waits: waits(&thread.doing),
        })
        .collect();
    let error = program
        .raised
        .as_ref()
        .map(|raised| advice::advise(moment, id, raised));
    let alive = program.is_alive();
    let prompt = moment
        .spec
        .programs
        .get(usize::from(id.0))
        .is_some_and(|p| p.prompt);
    let awaits_input = (prompt && alive && marks.is_empty())
        || program.threads.iter().any(|t| {
            matches!(
                t.doing,
                Doing::Pausing {
                    wait: Wait::Input,
                    ..
                }
            )
        });
    let free = program.threads.iter().any(|t| waits(&t.doing).is_none());
    let mut view = LaneView {
        error,
        next: next.is_some(),
        can_step: moment.is_live() && (!alive || free),
        started: program.started.is_some(),
        alive,
        awaits_input,
        socket: newest_state(moment.state, id),
        ..LaneView::default()
    };
    (view.status, view.head) = status(
        program.ended,
        program.raised.as_ref().map(|r| r.errno),
        &marks,
        &view,
    );
    view.marks = marks;
    view
}

type Ended = Option<(i32, bool)>;

fn status(
    ended: Ended,
    raised: Option<Option<i32>>,
    marks: &[LineMark],
    view: &LaneView,
) -> (String, String) {
    if let Some((code, stopped)) = ended {
        let text = if stopped {
            "stopped".to_owned()
        } else {
            format!("ended, exit {code}")
        };
        let name = raised.flatten().and_then(protocol::errno::name);
        return (name.map_or_else(|| text.clone(), str::to_owned), text);
    }
    if !view.started {
        return (
            "not started".into(),
            if view.next {
                "starts next".into()
            } else {
                "not started".into()
            },
        );
    }
    let Some(mark) = marks
        .iter()
        .find(|m| m.next)
        .or_else(|| marks.iter().find(|m| m.waits.is_none()))
        .or(marks.first())
    else {
        let text = if view.awaits_input {
            "waits at >>>"
        } else {
            "running"
        };
        return (text.into(), text.into());
    };
    match &mark.waits {
        Some((api, _)) => (
            format!("blocked in {api}"),
            format!("line {}, blocked", mark.line),
        ),
        None if mark.next => ("next".into(), format!("line {} is next", mark.line)),
        None => ("about to run".into(), format!("at line {}", mark.line)),
    }
}

/// What a thread is blocked on, and since when.
pub fn waits(doing: &Doing) -> Option<(String, u64)> {
    match doing {
        Doing::AtLine { .. } | Doing::Running { .. } => None,
        Doing::Calling { api, since, .. } => Some((format!("{api}()"), *since)),
        Doing::Pausing { wait, since, .. } => Some((
            match wait {
                Wait::Time { api, .. } => format!("{api}()"),
                Wait::Input => "input()".into(),
                Wait::Threads => "a wait of its threads for each other".into(),
            },
            *since,
        )),
    }
}

fn newest_state(state: &State, id: ProgramId) -> Option<&'static str> {
    let told: Vec<_> = state.sockets_of(id).filter_map(|s| s.state()).collect();
    let connection = told
        .iter()
        .rev()
        .find(|s| !matches!(s, TcpState::Listen | TcpState::Closed));
    connection.or(told.last()).map(|s| s.name())
}
