//! A program's terminal: what it wrote, and a field to type into.

use super::Ui;
use crate::model::lane::LaneView;
use crate::model::terminal::{TermLine, lines};
use engine::session::Command;
use engine::timeline::log::Piece;
use leptos::html;
use leptos::prelude::*;
use protocol::ProgramId;

/// Pieces of output that are read at most.
const PIECES: usize = 3000;

/// The panel.
#[component]
pub fn Terminal(ui: Ui, id: ProgramId, lane: Memo<LaneView>, prompt: bool) -> impl IntoView {
    let shown = Memo::new(move |_| {
        ui.read_later(|m| {
            let file = m
                .spec
                .programs
                .get(usize::from(id.0))
                .map_or("", |p| p.file.as_str());
            let command = if prompt {
                "python3".to_owned()
            } else {
                format!("python3 {file}")
            };
            lines(&m.timeline.terminal(id, m.seq(), PIECES), &command)
        })
    });
    let typed = Memo::new(move |_| {
        ui.read_later(|m| {
            let pieces = m.timeline.terminal(id, m.seq(), PIECES);
            pieces
                .iter()
                .filter(|p| matches!(p, Piece::Typed(Some(_))))
                .count()
        })
    });
    // Lines that the lab suggests, one after the other.
    let hint = Memo::new(move |_| {
        let n = typed.get();
        ui.peek(|m| {
            m.spec
                .programs
                .get(usize::from(id.0))
                .and_then(|p| p.input.get(n).cloned())
        })
    });
    let can_ask = Memo::new(move |_| {
        let asks = |s: &str| s.contains("input(") || s.contains("stdin");
        prompt || asks(&ui.source(id))
    });
    let awaits = Memo::new(move |_| {
        lane.with(|l| l.awaits_input)
            || (prompt
                && ui.read_later(
                    |m| matches!(m.rest, engine::session::Rest::AwaitingInput(all) if all.contains(&id)),
                ))
    });
    let alive = Memo::new(move |_| lane.with(|l| l.alive) && !ui.in_past());
    let screen = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        shown.track();
        when_drawn(move || {
            if let Some(screen) = screen.get_untracked() {
                screen.set_scroll_top(screen.scroll_height());
            }
        });
    });
    let field = NodeRef::<html::Input>::new();
    let send = move |text: String| {
        ui.command(Command::Type(id, Some(text)));
        if let Some(field) = field.get_untracked() {
            field.set_value("");
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(field) = field.get_untracked() {
            send(field.value());
        }
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        let Some(field) = field.get_untracked() else {
            return;
        };
        let empty = field.selection_start().ok().flatten() == field.selection_end().ok().flatten();
        match event.key().as_str() {
            "c" if event.ctrl_key() && empty => ui.command(Command::Interrupt(id)),
            "d" if event.ctrl_key() && field.value().is_empty() => ui.command(Command::Type(id, None)),
            "Escape" => {
                let _ = field.blur();
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let sign = move || {
        if !prompt {
            return "";
        }
        ui.version.track();
        if ui.driver().session().prompt_incomplete(id) {
            "..."
        } else {
            ">>>"
        }
    };
    let name = super::code::name(ui, id);
    let typing = StoredValue::new((
        format!("Type a line to {name}"),
        format!("{name} waits for a line"),
    ));
    view! {
        <h3>"Terminal"</h3>
        <div class="term" node_ref=screen tabindex="0" role="log" aria-live="off" aria-label=format!("Terminal of {name}") data-terminal>
            {move || shown.get().into_iter().map(line_view).collect_view()}
            {move || (!lane.with(|l| l.started)).then(|| view! { <div class="cmd">"not started"</div> })}
        </div>
        <Show when=move || can_ask.get()>
            <form class="type" class:asks=move || awaits.get() on:submit=submit>
                {sign}
                <input node_ref=field type="text" autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="enter"
                    aria-label=typing.get_value().0 disabled=move || !alive.get() on:keydown=key data-type
                    placeholder=move || if awaits.get() { typing.get_value().1 } else { String::new() }/>
                {move || hint.get().filter(|_| awaits.get()).map(|line| {
                    let said = line.clone();
                    view! { <button type="button" class="btn" data-hint on:click=move |_| send(line.clone())>"Type “"{said}"”"</button> }
                })}
                <button type="submit" class="btn" disabled=move || !alive.get()>"Enter"</button>
            </form>
        </Show>
    }
}

fn line_view(line: TermLine) -> impl IntoView {
    let pieces: Vec<_> = line
        .pieces
        .into_iter()
        .map(|(kind, text)| view! { <span class=kind.class()>{text}</span> })
        .collect();
    view! { <div>{pieces}</div> }
}
