//! A program edited in place: a textarea over the same text in colours. Undo is the browser's own.

use super::Ui;
use crate::model::lane::LaneView;
use crate::model::markup::source_line;
use crate::model::syntax;
use engine::session::Command;
use leptos::html;
use leptos::prelude::*;
use protocol::{ProgramId, bounds};
use wasm_bindgen::JsCast;

/// The editor of one program; `saved` is told of each new source.
#[component]
pub fn Editor(ui: Ui, id: ProgramId, line: u32, lane: Memo<LaneView>) -> impl IntoView {
    let original = ui.driver().session().source_at(id, u64::MAX).to_owned();
    let text = RwSignal::new(original.clone());
    let area = NodeRef::<html::Textarea>::new();
    // A fault belongs to the source that was run, not to what is typed since.
    let fault = lane.with_untracked(|l| l.error.as_ref().map(|e| (e.line, e.name.clone(), e.what.clone())));
    let fault = StoredValue::new(fault);
    let faulty = original.clone();
    let fault_line = move || {
        let (line, ..) = fault.get_value()?;
        (text.with(|t| nth(t, line) == nth(&faulty, line))).then_some(line)
    };
    let fault_line = Memo::new(move |_| fault_line());
    let coloured = move || {
        let bad = fault_line.get();
        text.with(|t| syntax::lines(t))
            .iter()
            .zip(1u32..)
            .map(|(l, n)| {
                let html = source_line(l, false);
                view! { <div class:fail=bad == Some(n) inner_html=html></div> }
            })
            .collect_view()
    };
    let too_long = Memo::new(move |_| text.with(|t| t.len() > bounds::SOURCE));
    // The focus goes back to where the editor was opened.
    let leave = move || {
        let lane = area
            .get_untracked()
            .and_then(|a| a.closest("[data-lane]").ok().flatten());
        ui.editing.set(None);
        request_animation_frame(move || {
            let button = lane.and_then(|l| l.query_selector("[data-do=edit]").ok().flatten());
            if let Some(button) = button.and_then(|b| b.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = button.focus();
            }
        });
    };
    let apply = move |run: bool| {
        if too_long.get_untracked() {
            return;
        }
        let source = text.get_untracked();
        let driver = ui.driver();
        leave();
        if source != driver.session().source_at(id, u64::MAX) {
            ui.command(Command::Edit(id, source));
        }
        if run {
            ui.command(Command::Start(id, None));
        }
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        match event.key().as_str() {
            "Escape" => leave(),
            "Enter" if event.ctrl_key() || event.meta_key() => apply(true),
            "Tab" if !event.ctrl_key() && !event.alt_key() => {
                if let Some(area) = area.get_untracked() {
                    indent(&area, event.shift_key());
                    text.set(area.value());
                }
            }
            "Enter" => {
                let Some(area) = area.get_untracked() else { return };
                new_line(&area);
                text.set(area.value());
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    Effect::new(move |_| {
        if let Some(area) = area.get() {
            let _ = area.focus();
            let at = text.with_untracked(|t| {
                t.split_inclusive('\n')
                    .take(line.saturating_sub(1) as usize)
                    .map(|l| l.encode_utf16().count())
                    .sum::<usize>()
            });
            let at = u32::try_from(at).unwrap_or(0);
            let _ = area.set_selection_range(at, at);
        }
    });
    let named = super::code::name(ui, id);
    view! {
        <div class="edit" data-editor>
            <div class="sheet">
                <div class="under" aria-hidden="true">{coloured}</div>
                <textarea node_ref=area spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off"
                    aria-label=format!("Source of {named}; Escape leaves, Ctrl+Enter runs") prop:value=move || text.get()
                    on:input=move |e| text.set(event_target_value(&e)) on:keydown=key></textarea>
            </div>
            <div class="bar2">
                <button type="button" class="btn" data-do="apply" disabled=move || too_long.get() on:click=move |_| apply(false)>"Keep"</button>
                <button type="button" class="btn" data-do="run-edited" disabled=move || too_long.get() on:click=move |_| apply(true)>"Run it"<kbd>"Ctrl+Enter"</kbd></button>
                <button type="button" class="btn flat" on:click=move |_| leave()>"Cancel"</button>
                <span class="fault" role="status">{move || {
                    if too_long.get() {
                        return format!("Too long: a program has at most {} KiB.", bounds::SOURCE >> 10);
                    }
                    match (fault_line.get(), fault.get_value()) {
                        (Some(line), Some((_, name, what))) => format!("Line {line}: {name}. {what}"),
                        _ => String::new(),
                    }
                }}</span>
            </div>
        </div>
    }
}

fn nth(text: &str, line: u32) -> Option<&str> {
    text.lines().nth((line as usize).checked_sub(1)?)
}

type Area = web_sys::HtmlTextAreaElement;

/// Types text as a person would, so that the browser's undo knows it.
fn type_in(area: &Area, text: &str) {
    let typed = document().exec_command_insert(text);
    if !typed {
        let (from, to) = selection(area);
        let _ = area.set_range_text_with_start_and_end(text, from, to);
        let at = from + u32::try_from(text.encode_utf16().count()).unwrap_or(0);
        let _ = area.set_selection_range(at, at);
    }
}

trait Insert {
    fn exec_command_insert(&self, text: &str) -> bool;
}

impl Insert for web_sys::Document {
    /// `document.execCommand('insertText')`: old, and still the only way into a textarea's own undo.
    fn exec_command_insert(&self, text: &str) -> bool {
        use wasm_bindgen::JsValue;
        let Ok(run) = js_sys::Reflect::get(self, &JsValue::from_str("execCommand")) else {
            return false;
        };
        let Ok(run) = run.dyn_into::<js_sys::Function>() else {
            return false;
        };
        let done = run.call3(self, &"insertText".into(), &JsValue::FALSE, &text.into());
        done.is_ok_and(|d| d.is_truthy())
    }
}

fn selection(area: &Area) -> (u32, u32) {
    let at = |place: Result<Option<u32>, _>| place.ok().flatten().unwrap_or(0);
    (at(area.selection_start()), at(area.selection_end()))
}

/// The text before the caret on its line (the caret counts UTF-16 units).
fn before_caret(area: &Area) -> String {
    let units: Vec<u16> = area.value().encode_utf16().collect();
    let caret = (selection(area).0 as usize).min(units.len());
    let start = units[..caret].iter().rposition(|u| *u == 10).map_or(0, |i| i + 1);
    String::from_utf16_lossy(&units[start..caret])
}

/// Tab: to the next four columns; with Shift: up to four blanks less before the caret's line.
fn indent(area: &Area, less: bool) {
    let before = before_caret(area);
    if !less {
        let column = before.chars().count();
        return type_in(area, &"    "[..4 - column % 4]);
    }
    let blanks = before.chars().take_while(|c| *c == ' ').count().min(4);
    if blanks == 0 {
        return;
    }
    let (from, to) = selection(area);
    let start = from - u32::try_from(before.encode_utf16().count()).unwrap_or(0);
    let n = u32::try_from(blanks).unwrap_or(0);
    let _ = area.set_selection_range(start, start + n);
    type_in(area, "");
    let _ = area.set_selection_range(from.saturating_sub(n), to.saturating_sub(n));
}

/// Enter: the new line begins below the old one, one level deeper behind a colon.
fn new_line(area: &Area) {
    let before = before_caret(area);
    let blank: String = before.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
    let deeper = if before.trim_end().ends_with(':') {
        "    "
    } else {
        ""
    };
    type_in(area, &format!("\n{blank}{deeper}"));
}
