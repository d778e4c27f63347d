//! The caption: what has just happened, and what Next will do. It is the page for a whole class.

use super::{Moment, steps, wire};
use engine::session::{NextStep, Rest};
use engine::timeline::tell;
use protocol::{Event, EventKind, Outcome, TcpState, WireNews};

/// The line under the toolbar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caption {
    /// The most telling thing, in bold.
    pub what: String,
    /// What goes with it.
    pub more: String,
    /// It failed.
    pub bad: bool,
    /// What Next will do, or why it does nothing.
    pub next: String,
    /// Next has something to do.
    pub can_next: bool,
}

/// Characters of the next line's code.
const CODE: usize = 34;

/// How much an event tells; the most telling one of a step is its caption.
fn weight(event: &Event) -> u8 {
    match &event.kind {
        EventKind::Returned { outcome, .. } if !outcome.is_ok() => 9,
        EventKind::Raised { .. } => 8,
        EventKind::Notice { .. } => 8,
        EventKind::Returned {
            outcome: Outcome::Received { .. } | Outcome::Accepted { .. },
            ..
        } => 7,
        EventKind::Returned { .. } => 6,
        EventKind::Waiting { .. } | EventKind::Pausing { .. } => 6,
        EventKind::Ended { .. } => 5,
        EventKind::Output { .. } => 5,
        EventKind::Called { .. } => 4,
        EventKind::Interrupted | EventKind::Typed { .. } => 4,
        EventKind::Started { .. } => 3,
        EventKind::Socket { sample, .. } => match sample.state {
            Some(TcpState::Closed) | None if sample.recv_queue == 0 => 0,
            _ => 3,
        },
        EventKind::Wire {
            news: WireNews::Again { .. },
            ..
        } => 2,
        EventKind::Wire { .. } => 6,
        EventKind::Embryos { .. } | EventKind::Hosts { .. } => 2,
        EventKind::Resumed { .. } => 2,
        EventKind::Line { .. } | EventKind::Lines { .. } => 1,
    }
}

/// Has the lab only got its network so far?
fn nothing_has_run(moment: &Moment<'_>, cursor: u64) -> bool {
    let until = usize::try_from(cursor).unwrap_or(usize::MAX);
    let events = moment.timeline.events();
    events[..until.min(events.len())].iter().all(|event| {
        matches!(
            event.kind,
            EventKind::Hosts { .. }
                | EventKind::Wire {
                    news: protocol::WireNews::Ruled { .. },
                    ..
                }
        )
    })
}

/// The caption of the moment.
pub fn caption(moment: &Moment<'_>) -> Caption {
    let (next, can_next) = next_text(moment);
    let cursor = moment.seq();
    if cursor == 0 || nothing_has_run(moment, cursor) {
        let about = &moment.spec.about;
        return Caption {
            what: moment.spec.title.clone(),
            more: if about.is_empty() {
                "Nothing has run yet.".into()
            } else {
                about.clone()
            },
            bad: false,
            next,
            can_next,
        };
    }
    let from = usize::try_from(steps::before(moment.timeline.events(), cursor)).unwrap_or(0);
    let to = usize::try_from(cursor)
        .unwrap_or(usize::MAX)
        .min(moment.timeline.events().len());
    // A long run has no step worth a sentence of its own: its last events are enough.
    let step = &moment.timeline.events()[from.max(to.saturating_sub(64))..to];
    let telling = step.iter().max_by_key(|e| weight(e));
    let sentence = |e: &Event| tell(moment.timeline, e, moment.words());
    let (mut what, bad) = telling.map_or((String::new(), false), |e| (sentence(e), weight(e) >= 8));
    let bad = bad
        && !telling.is_some_and(
            |e| matches!(&e.kind, EventKind::Notice { level, .. } if *level == protocol::event::Level::Info),
        );
    let second = step
        .iter()
        .filter(|e| telling.is_some_and(|t| t.seq != e.seq) && weight(e) >= 3)
        .filter(|e| !matches!(e.kind, EventKind::Output { .. } | EventKind::Ended { .. }) || !bad)
        .filter(|e| !matches!(e.kind, EventKind::Called { .. }))
        .max_by_key(|e| (matches!(e.kind, EventKind::Socket { .. }), weight(e), e.seq));
    let mut more = second.map(sentence).unwrap_or_default();
    if bad && let Some((first, rest)) = split_error(&what) {
        (what, more) = (first, rest);
    }
    if all_ended(moment) {
        (what, more) = ("All programs have ended.".into(), what);
    }
    Caption {
        what,
        more,
        bad,
        next,
        can_next,
    }
}

fn all_ended(moment: &Moment<'_>) -> bool {
    !moment.replay
        && moment.is_live()
        && *moment.rest == Rest::Ended
        && moment.state.programs.iter().all(|p| p.raised.is_none())
}

/// `connect() fails with ECONNREFUSED.` and the sentence behind it.
fn split_error(text: &str) -> Option<(String, String)> {
    let at = text.find(". ")?;
    Some((text[..=at].to_owned(), text[at + 2..].to_owned()))
}

/// What Next will do, and whether it does anything.
fn next_text(moment: &Moment<'_>) -> (String, bool) {
    if !moment.is_live() {
        let next = steps::after(moment.timeline.events(), moment.seq());
        return (format!("show step {next} again (nothing is sent)"), true);
    }
    match moment.rest {
        Rest::Ready(next) => {
            let (program, line) = match next {
                NextStep::Program { program, line } => (program, line),
                NextStep::Packet(packet) => return (wire::next_text(moment, *packet), true),
            };
            let name = moment.name(*program);
            let Some(line) = *line else {
                return (format!("{name} starts"), true);
            };
            let source = moment
                .spec
                .programs
                .get(usize::from(program.0))
                .map(|p| p.source.as_str());
            let code = source
                .and_then(|s| s.lines().nth(line as usize - 1))
                .map(str::trim)
                .unwrap_or_default();
            let code = match code.char_indices().nth(CODE) {
                Some((end, _)) => format!("{}…", code[..end].trim_end()),
                None => code.to_owned(),
            };
            (format!("{name} runs line {line}, {code}"), true)
        }
        Rest::Opening => ("the network is being opened".into(), false),
        Rest::Working => ("programs are running".into(), false),
        Rest::Sleeping => ("all wait until a time is up".into(), false),
        Rest::AwaitingInput(programs) => {
            let names: Vec<_> = programs.iter().map(|p| moment.name(*p)).collect();
            (
                format!("type a line in the terminal of {}", names.join(" or ")),
                false,
            )
        }
        Rest::Blocked => ("every program waits: type, edit or reset".into(), false),
        Rest::Ended if moment.replay => ("the recording ends here".into(), false),
        Rest::Ended => ("nothing left to run: reset to start again".into(), false),
        Rest::Full => ("the timeline is full: save it or reset".into(), false),
        Rest::Lost => ("the network is gone: reset to start again".into(), false),
    }
}
