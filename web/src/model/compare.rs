//! Two runs side by side: the kept one and the lab as it is now, row by row on one clock, and where they part in a sentence.

use super::markup::Markup;
use engine::session::{LabSpec, Session};
use engine::timeline::compare::{Comparison, Difference, Item, Run, Strand};
use engine::timeline::words::{Names, lower};

/// Rows that are shown before the first difference, and from there on, while nobody asks for all.
const BEFORE: usize = 6;
const BEHIND: usize = 40;

/// How far the comparison has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// No run is kept.
    #[default]
    Nothing,
    /// The run that is kept is the one that the lab shows.
    Kept,
    /// Two runs.
    Two,
}

/// What the window shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    /// How far it has come.
    pub stage: Stage,
    /// The first difference, or that there is none, in one sentence.
    pub verdict: String,
    /// What was different from the beginning, and how long both took.
    pub notes: String,
    /// The kept run's title.
    pub kept: String,
    /// This lab's title.
    pub now: String,
    /// The rows as the content of a table.
    pub rows: String,
    /// Rows that are not shown before and behind.
    pub hidden: (usize, usize),
    /// The event of this lab that shows the first difference.
    pub show: Option<u64>,
}

/// The window for this lab; `whole`: with every row.
pub fn panel(kept: Option<&Session>, now: &Session, whole: bool) -> Panel {
    let Some(kept) = kept else {
        return Panel::default();
    };
    let titles = (kept.spec().title.clone(), now.spec().title.clone());
    if kept.timeline().events() == now.timeline().events() {
        return Panel {
            stage: Stage::Kept,
            kept: titles.0,
            now: titles.1,
            ..Panel::default()
        };
    }
    let names = (kept.spec().names(), now.spec().names());
    let both = Comparison::of(run(kept, &names.0), run(now, &names.1));
    let len = both.rows.len();
    let (from, to) = match both.first {
        _ if whole => (0, len),
        Some(first) => (first.row.saturating_sub(BEFORE), (first.row + BEHIND).min(len)),
        None => (len.saturating_sub(BEHIND), len),
    };
    Panel {
        stage: Stage::Two,
        verdict: verdict(&both, (&names.0, &names.1)),
        notes: notes(&both, kept, now),
        kept: titles.0,
        now: titles.1,
        rows: rows(&both, from, to),
        hidden: (from, len - to),
        show: both.first.and_then(|first| Some(both.b[first.b?].seq)),
    }
}

fn run<'a>(session: &'a Session, programs: &'a [String]) -> Run<'a> {
    Run {
        timeline: session.timeline(),
        names: Names { programs },
    }
}

fn verdict(both: &Comparison, (of_a, of_b): (&[String], &[String])) -> String {
    let Some(Difference { strand, a, b, .. }) = both.first else {
        let same = both.rows.len();
        return format!("Both runs tell the same story: {same} things happened in both of them.");
    };
    let name = |program: u16| {
        let program = usize::from(program);
        let behind = program.checked_sub(of_a.len()).and_then(|i| of_b.get(i));
        of_a.get(program).or(behind).map_or("program", String::as_str)
    };
    let place = match strand {
        Strand::Program { program, thread: 0 } => format!("in the {}", name(program)),
        Strand::Program { program, thread } => format!("in thread {thread} of the {}", name(program)),
        Strand::Terminal { program } => format!("in what you type to the {}", name(program)),
        Strand::Wire { .. } => "on the wire".into(),
    };
    let did = |items: &[Item], at: Option<usize>| {
        let Some(at) = at else {
            return "nothing like it happens".into();
        };
        let text = lower(items[at].text.trim_end_matches('.'));
        // What a program does begins with its name.
        match strand {
            Strand::Program { program, .. } if text.starts_with(&lower(name(program))) => {
                format!("the {text}")
            }
            _ => text,
        }
    };
    format!(
        "The first difference is {place}: in run A {}; in run B {}.",
        did(&both.a, a),
        did(&both.b, b)
    )
}

fn notes(both: &Comparison, kept: &Session, now: &Session) -> String {
    let mut notes = String::new();
    let (old, new): (&LabSpec, &LabSpec) = (kept.spec(), now.spec());
    for program in &new.programs {
        let before = old.programs.iter().find(|p| p.name == program.name);
        if let Some(before) = before.filter(|p| p.source != program.source) {
            let same = before.source.lines().zip(program.source.lines());
            let line = same.take_while(|(a, b)| a == b).count() + 1;
            notes.push_str(&format!(
                "The {}'s program is another one from line {line} on. ",
                program.name
            ));
        }
    }
    if kept.timeline().live().wire.rules != now.timeline().live().wire.rules {
        notes.push_str("The wire goes by other rules. ");
    }
    if let (Some(a), Some(b)) = (kept.network(), now.network())
        && a.network != b.network
    {
        notes.push_str("The networks are different ones. ");
    }
    let end = |items: &[Item]| clock(items.last().map_or(0, |item| item.t));
    notes.push_str(&format!("Run A took {}, run B {}.", end(&both.a), end(&both.b)));
    if both.cut {
        notes.push_str(" These runs are long: only their beginnings were compared.");
    }
    notes
}

/// `0.35 ms`, `1.201 s`.
fn clock(nanos: u64) -> String {
    match nanos {
        0..1_000_000_000 => {
            let hundredths = nanos / 10_000;
            format!("{}.{:02} ms", hundredths / 100, hundredths % 100)
        }
        _ => {
            let millis = nanos / 1_000_000;
            format!("{}.{:03} s", millis / 1000, millis % 1000)
        }
    }
}

fn rows(both: &Comparison, from: usize, to: usize) -> String {
    let mut out = Markup::default();
    for (place, row) in both.rows.iter().enumerate().take(to).skip(from) {
        if both.first.is_some_and(|first| first.row == place) {
            out.raw("<tr class=\"part\"><th colspan=\"4\" scope=\"colgroup\">The first difference</th></tr>");
        }
        let (a, b) = (row.a.map(|i| &both.a[i]), row.b.map(|j| &both.b[j]));
        let at = |item: Option<&Item>| item.map_or_else(String::new, |item| clock(item.t));
        let time = |out: &mut Markup, item: Option<&Item>| {
            out.raw("<td class=\"t\">").text(&at(item)).raw("</td>");
        };
        out.raw(if row.same {
            "<tr>"
        } else {
            "<tr class=\"differs\">"
        });
        time(&mut out, a);
        match a.filter(|_| row.same) {
            Some(same) => {
                // Where there is no room for the clocks' columns, the times stand before the words.
                let mut times = at(a);
                if times != at(b) {
                    times = format!("A {times}, B {}", at(b));
                }
                out.raw("<td colspan=\"2\" data-t=\"").text(&times).raw("\">");
                out.text(&same.text).raw("</td>");
            }
            None => {
                for (run, item) in [("A", a), ("B", b)] {
                    let text = item.map_or("", |item| &item.text);
                    let class = if item.is_some() { "did" } else { "not" };
                    out.raw("<td class=\"")
                        .raw(class)
                        .raw("\" data-t=\"")
                        .text(&at(item))
                        .raw("\">");
                    if item.is_some() {
                        out.raw("<b>").raw(run).raw("</b> ");
                    }
                    out.text(text).raw("</td>");
                }
            }
        }
        time(&mut out, b);
        out.raw("</tr>");
    }
    out.finish()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::story::echo_whole;
    use protocol::recording::RecordedProgram;
    use protocol::{EventKind, Network, Recording};

    fn recorded(change: impl FnOnce(&mut Recording)) -> Session {
        let story = echo_whole();
        let program = |p: &engine::session::ProgramSpec| RecordedProgram {
            name: p.name.clone(),
            file: p.file.clone(),
            source: p.source.clone(),
            given: Vec::new(),
        };
        let mut recording = Recording {
            version: protocol::VERSION,
            title: "An echo".into(),
            network: Some(Network::Loopback),
            private: true,
            began: 0,
            programs: story.spec.programs.iter().map(program).collect(),
            files: Vec::new(),
            events: story.timeline.events().to_vec(),
        };
        change(&mut recording);
        Session::replay(recording).unwrap()
    }

    fn print(recording: &mut Recording, text: &[u8]) {
        let output = recording.events.iter_mut().find_map(|e| match &mut e.kind {
            EventKind::Output { data, .. } => Some(data),
            _ => None,
        });
        output.unwrap().0 = text.to_vec();
    }

    #[test]
    fn what_a_program_prints_is_the_difference_and_never_markup() {
        let a = recorded(|_| ());
        let b = recorded(|recording| print(recording, b"<b>other</b>\n"));
        assert_eq!(panel(None, &a, false).stage, Stage::Nothing);
        assert_eq!(panel(Some(&a), &recorded(|_| ()), false).stage, Stage::Kept);
        let panel = panel(Some(&a), &b, false);
        assert_eq!(panel.stage, Stage::Two);
        assert!(
            panel.verdict.starts_with("The first difference is in the "),
            "{}",
            panel.verdict
        );
        assert!(
            panel.verdict.ends_with("prints: <b>other</b>."),
            "{}",
            panel.verdict
        );
        assert!(panel.rows.contains("&lt;b&gt;other"), "{}", panel.rows);
        assert_eq!(panel.rows.matches("The first difference").count(), 1);
        assert!(panel.show.is_some());
    }

    #[test]
    fn all_rows_are_there_when_they_are_asked_for() {
        let a = recorded(|_| ());
        let b = recorded(|recording| recording.events.iter_mut().for_each(|e| e.t += 7_000_000_000));
        let some = panel(Some(&a), &b, false);
        assert!(
            some.verdict.starts_with("Both runs tell the same story"),
            "{}",
            some.verdict
        );
        let all = panel(Some(&a), &b, true);
        assert_eq!(all.hidden, (0, 0));
        let count = |panel: &Panel| panel.rows.matches("<tr").count();
        assert_eq!(count(&some) + some.hidden.0 + some.hidden.1, count(&all));
    }
}
