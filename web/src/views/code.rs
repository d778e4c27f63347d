//! A program's source: coloured, with the line where it stands, what it is blocked on, and an error at its line.

use super::Ui;
use super::icons::{self, icon};
use crate::model::lane::{LaneView, LineMark};
use crate::model::markup::source_line;
use crate::model::{lit, span_text, syntax};
use leptos::html;
use leptos::prelude::*;
use protocol::ProgramId;
use wasm_bindgen::JsCast;

/// The source of one program.
#[component]
pub fn Code(ui: Ui, id: ProgramId, lane: Memo<LaneView>) -> impl IntoView {
    let source = Memo::new(move |_| ui.source(id));
    // The line of the chosen thing, else that of the last bytes that arrived.
    let lit = Memo::new(move |_| {
        let related = ui.related_line(id);
        related.or_else(|| ui.lit().filter(|c| c.program == id).map(|c| c.line))
    });
    let list = NodeRef::<html::Ol>::new();
    let current = Memo::new(move |_| lane.with(|l| l.marks.first().map(|m| m.line)));
    Effect::new(move |_| {
        current.track();
        source.track();
        when_drawn(move || {
            if let Some(list) = list.get_untracked() {
                keep_in_sight(&list);
            }
        });
    });
    let label = format!("Source of {}; arrow keys go from line to line", name(ui, id));
    view! {
        <ol class="code" node_ref=list tabindex="0" aria-label=label on:keydown=arrows>
            {move || source.with(|s| syntax::lines(s)).into_iter().zip(1u32..)
                .map(|(line, n)| view! { <SourceLine ui id line n lane lit/> }).collect_view()}
        </ol>
    }
}

/// Arrow keys take the focus from line to line, from the current one on.
fn arrows(event: leptos::ev::KeyboardEvent) {
    let down = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    let element = |target: Option<web_sys::EventTarget>| target?.dyn_into::<web_sys::Element>().ok();
    let Some(list) = element(event.current_target()) else {
        return;
    };
    let focused = element(event.target()).and_then(|e| e.closest(".ln").ok().flatten());
    let line = match focused {
        Some(line) => {
            let beside = |line: &web_sys::Element| {
                if down {
                    line.next_element_sibling()
                } else {
                    line.previous_element_sibling()
                }
            };
            // Between lines stands what one of them waits for, or why it failed.
            std::iter::successors(beside(&line), beside).find(|e| e.matches(".ln").unwrap_or(false))
        }
        None => list
            .query_selector(".ln.cur")
            .ok()
            .flatten()
            .or_else(|| list.first_element_child()),
    };
    event.prevent_default();
    event.stop_propagation();
    let number = line.and_then(|line| line.query_selector(".no").ok().flatten());
    if let Some(number) = number.and_then(|n| n.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = number.focus();
    }
}

/// A program's name.
pub fn name(ui: Ui, id: ProgramId) -> String {
    ui.peek(|m| m.name(id).to_owned())
}

/// Scrolls the list so that the current line is seen, and only as far as needed.
fn keep_in_sight(list: &web_sys::HtmlElement) {
    let Ok(Some(line)) = list.query_selector(".cur, .fail") else {
        return;
    };
    let (view, line) = (list.get_bounding_client_rect(), line.get_bounding_client_rect());
    if line.top() < view.top() + 8.0 || line.bottom() > view.bottom() - 24.0 {
        let to = f64::from(list.scroll_top()) + line.top() - view.top() - view.height() * 0.4;
        list.set_scroll_top(to.max(0.0) as i32);
    }
}

#[component]
fn SourceLine(
    ui: Ui,
    id: ProgramId,
    line: syntax::Line,
    n: u32,
    lane: Memo<LaneView>,
    lit: Memo<Option<u32>>,
) -> impl IntoView {
    let mark = move || lane.with(|l| l.marks.iter().find(|m| m.line == n).cloned());
    let here = Memo::new(move |_| mark().is_some());
    let next = Memo::new(move |_| lane.with(|l| l.marks.iter().any(|m| m.line == n && m.next)));
    let fails = Memo::new(move |_| lane.with(|l| l.error.as_ref().is_some_and(|e| e.line == n)));
    let is_lit = Memo::new(move |_| lit.get() == Some(n));
    let chosen = move || (ui.related_line(id) == Some(n)).to_string();
    let label = match line.text.trim() {
        "" => format!("Line {n}, empty"),
        text => format!("Line {n}: {text}"),
    };
    let indent = line.indent();
    let code = source_line(&line, true);
    let code = if code.is_empty() {
        "&nbsp;".to_owned()
    } else {
        code
    };
    view! {
        <li class="ln" class:cur=move || here.get() class:next=move || next.get() class:lit=move || is_lit.get()
            class:fail=move || fails.get() on:click=move |_| ui.light(|m| lit::of_line(m, id, n)) aria-current=move || here.get().then_some("step")>
            <button type="button" class="no" tabindex="-1" aria-label=label aria-pressed=chosen title="What belongs to this line">
                <Show when=move || here.get()>{icon(icons::HERE)}</Show>{n}</button>
            <code aria-hidden="true" style=format!("--in:{indent}") inner_html=code></code>
            <Show when=move || is_lit.get()><b class="cz">"1"</b></Show>
        </li>
        {move || here.get().then(|| view! { <Waits ui marks=marks_at(lane, n)/> })}
        {move || fails.get().then(|| view! { <Fault ui lane/> })}
    }
}

fn marks_at(lane: Memo<LaneView>, n: u32) -> Memo<Vec<LineMark>> {
    Memo::new(move |_| lane.with(|l| l.marks.iter().filter(|m| m.line == n).cloned().collect()))
}

/// What the threads at a line are blocked on.
#[component]
fn Waits(ui: Ui, marks: Memo<Vec<LineMark>>) -> impl IntoView {
    let row = move |mark: LineMark| {
        let (api, since) = mark.waits?;
        let who = if mark.thread == 0 {
            String::new()
        } else {
            format!("thread {}: ", mark.thread)
        };
        let hook = api.clone();
        Some(view! {
            <li class="ann wait" data-waits=hook>
                {icon(icons::WAIT)}{who}"blocked in "{api}
                {move || for_text(ui.now().saturating_sub(since))}
            </li>
        })
    };
    move || marks.get().into_iter().filter_map(row).collect_view()
}

/// ` for 5.2 s`; nothing for what has only just begun.
fn for_text(nanos: u64) -> Option<String> {
    (nanos >= 100_000_000).then(|| format!(" for {}", span_text(nanos)))
}

/// An error where it happened: its name, a sentence, what to try.
#[component]
pub fn Fault(ui: Ui, lane: Memo<LaneView>) -> impl IntoView {
    let names = ui.driver().names().to_vec();
    move || {
        let advice = lane.with(|l| l.error.clone())?;
        let buttons: Vec<_> = advice
            .actions
            .iter()
            .cloned()
            .map(|action| {
                let label = action.label(&names);
                view! {
                    <button type="button" class="btn" data-try disabled=move || ui.in_past() on:click=move |_| ui.act(&action)>{label}</button>
                }
            })
            .collect();
        Some(view! {
            <li class="ann err" data-error=advice.name.clone()>
                <b>{icon(icons::ERROR)}" "{advice.name.clone()}</b>{advice.what}
                <div class="try">"Try: "{advice.try_this}<span>{buttons}</span></div>
            </li>
        })
    }
}
