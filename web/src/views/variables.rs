//! A program's variables at the cursor; those that the last step changed are marked.

use super::Ui;
use super::icons::{self, icon};
use crate::model::steps;
use engine::program::host::FrameView;
use leptos::prelude::*;
use protocol::{Event, EventKind, ProgramId, ThreadId};

#[derive(Clone, Debug, Default, PartialEq)]
struct Vars {
    /// Where the step began that these belong to.
    stop: u64,
    frames: Vec<Frame>,
    /// The values when that step began.
    before: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq)]
struct Frame {
    /// Empty for the module of the main thread.
    title: String,
    rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq)]
struct Row {
    key: String,
    name: String,
    value: String,
    kind: String,
    changed: bool,
}

impl Vars {
    fn values(&self) -> Vec<(String, String)> {
        let rows = self.frames.iter().flat_map(|f| &f.rows);
        rows.map(|r| (r.key.clone(), r.value.clone())).collect()
    }
}

type Threads = Vec<(ThreadId, Vec<FrameView>)>;

/// The last variables of a program that has ended, and where they were read: reading the past runs the program again.
type Last = StoredValue<Option<((u32, u64), Threads)>>;

/// A program's threads at the cursor. One that has ended shows what it had last.
fn threads(ui: Ui, id: ProgramId, last: Last) -> Threads {
    let driver = ui.driver();
    let ended_at = ui.read_later(|m| {
        let program = m.state.program(id).filter(|p| p.ended.is_some())?;
        let stood = |e: &&Event| {
            let kind = matches!(
                e.kind,
                EventKind::Line { .. } | EventKind::Lines { .. } | EventKind::Called { .. }
            );
            e.program == Some(id) && kind
        };
        let until = usize::try_from(program.last).unwrap_or(usize::MAX);
        let events = m.timeline.events();
        events[..until.min(events.len())]
            .iter()
            .rev()
            .find(stood)
            .map(|e| e.seq)
    });
    let Some(seq) = ended_at else {
        let past = ui.read_later(|m| (!m.is_live()).then_some(m.seq()));
        return driver.session().variables(id, past);
    };
    let key = (driver.generation(), seq);
    if let Some(known) = last.with_value(|l| l.as_ref().filter(|(k, _)| *k == key).map(|(_, t)| t.clone())) {
        return known;
    }
    let threads = driver.session().variables(id, Some(seq));
    last.set_value(Some((key, threads.clone())));
    threads
}

fn read(ui: Ui, id: ProgramId, last: Last, old: Option<&Vars>) -> Vars {
    let stop = ui.read_later(|m| steps::before(m.timeline.events(), m.seq()));
    let threads = threads(ui, id, last);
    let before = match old {
        Some(old) if old.stop == stop => old.before.clone(),
        Some(old) => old.values(),
        None => Vec::new(),
    };
    let many = threads.len() > 1;
    let mut frames = Vec::new();
    for (thread, views) in threads {
        let who = if many {
            format!("thread {}: ", thread.0)
        } else {
            String::new()
        };
        for (depth, view) in views.into_iter().enumerate() {
            let module = view.function == "<module>";
            let title = match (module, many) {
                (true, false) => String::new(),
                (true, true) => format!("{who}module"),
                (false, _) => format!("{who}{}()", view.function),
            };
            let row = |v: engine::program::host::Variable| {
                let key = format!("{}/{depth}/{}/{}", thread.0, view.function, v.name);
                let known = before.iter().find(|(k, _)| *k == key);
                Row {
                    changed: old.is_some() && known.is_none_or(|(_, value)| *value != v.value),
                    key,
                    name: v.name,
                    value: v.value,
                    kind: v.type_name,
                }
            };
            let rows: Vec<_> = view.variables.into_iter().map(row).collect();
            if !rows.is_empty() || !module {
                frames.push(Frame { title, rows });
            }
        }
    }
    Vars { stop, frames, before }
}

/// A value; a socket in short, in full when it is opened.
fn value(full: String) -> impl IntoView {
    match short_socket(&full) {
        Some(short) => view! { <details><summary>{short}</summary>{full}</details> }.into_any(),
        None => full.into_any(),
    }
}

/// `<socket fd 3>` for `<socket.socket fd=3, family=2, ...>`.
fn short_socket(full: &str) -> Option<String> {
    let inside = full.strip_prefix("<socket.socket ")?.strip_suffix('>')?;
    if inside.starts_with("[closed]") {
        return Some("<socket, closed>".into());
    }
    let fd = inside.strip_prefix("fd=")?.split(',').next()?;
    Some(format!("<socket fd {fd}>"))
}

/// The panel.
#[component]
pub fn Variables(ui: Ui, id: ProgramId) -> impl IntoView {
    let last = Last::new(None);
    let vars = Memo::new(move |old: Option<&Vars>| read(ui, id, last, old));
    let table = |frame: Frame| {
        let rows: Vec<_> = frame
            .rows
            .into_iter()
            .map(|row| {
                view! {
                    <tr class:chg=row.changed>
                        <th scope="row">{row.name}</th>
                        <td title=row.kind>{value(row.value)}</td>
                        <td class="tag">{row.changed.then(|| view! { {icon(icons::CHANGED)}<span class="sr">"changed"</span> })}</td>
                    </tr>
                }
            })
            .collect();
        let caption = (!frame.title.is_empty()).then(|| view! { <caption>{frame.title}</caption> });
        view! { <table>{caption}<tbody>{rows}</tbody></table> }
    };
    view! {
        <h3>"Variables"</h3>
        <div class="vars" tabindex="0" role="group" aria-label=format!("Variables of {}", super::code::name(ui, id)) data-variables>
            {move || {
                let frames = vars.get().frames;
                if frames.iter().all(|f| f.rows.is_empty()) {
                    let unknown = ui.read_later(|m| m.replay && !ui.driver().session().knows_variables(id, m.seq()));
                    let none = if unknown {
                        "This recording does not hold all that the program was given, so its variables are not known here."
                    } else {
                        "no variables yet"
                    };
                    view! { <p class="none">{none}</p> }.into_any()
                } else {
                    frames.into_iter().map(table).collect_view().into_any()
                }
            }}
        </div>
    }
}
