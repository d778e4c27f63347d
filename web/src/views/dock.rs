//! What stands under the diagram: the timeline in words, TCP's states, one call in full.

use super::Ui;
use super::part::LaterDetails;
use super::ui::Tab;
use crate::model::{details, lit, states, words};
use leptos::html;
use leptos::prelude::*;
use protocol::TcpState;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

const TABS: [(Tab, &str); 4] = [
    (Tab::Words, "In words"),
    (Tab::Packet, "Packet"),
    (Tab::States, "TCP states"),
    (Tab::Call, "Call"),
];

/// The dock.
#[component]
pub fn Dock(ui: Ui) -> impl IntoView {
    let tab = move |(tab, name): (Tab, &'static str)| {
        let step = move |event: leptos::ev::KeyboardEvent| {
            let place = TABS.iter().position(|(t, _)| *t == tab).unwrap_or(0);
            let to = match event.key().as_str() {
                "ArrowRight" => (place + 1) % TABS.len(),
                "ArrowLeft" => (place + TABS.len() - 1) % TABS.len(),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            ui.tab.set(TABS[to].0);
            focus_sibling(&event, to);
        };
        view! {
            <button type="button" role="tab" aria-selected=move || (ui.tab.get() == tab).to_string()
                tabindex=move || if ui.tab.get() == tab { "0" } else { "-1" }
                on:click=move |_| ui.tab.set(tab) on:keydown=step>{name}</button>
        }
    };
    view! {
        <div class="dock" role="group" aria-label="Details">
            <div role="tablist" class="tabs" aria-label="Details">{TABS.map(tab).into_iter().collect::<Vec<_>>()}</div>
            <div class="panel" class:tall=move || ui.tab.get() == Tab::States role="tabpanel"
                aria-label=move || TABS.iter().find(|(t, _)| *t == ui.tab.get()).map_or("", |(_, n)| *n)>
                {move || match ui.tab.get() {
                    Tab::Words => view! { <Words ui/> }.into_any(),
                    tab => view! { <LaterDetails ui tab/> }.into_any(),
                }}
            </div>
        </div>
    }
}

/// What stands under a tab, but for the timeline in words.
pub fn details(ui: Ui, tab: Tab) -> AnyView {
    match tab {
        Tab::Words => ().into_any(),
        Tab::Packet => view! { <super::packet::Packet ui/> }.into_any(),
        Tab::States => view! { <States ui/> }.into_any(),
        Tab::Call => view! { <Call ui/> }.into_any(),
    }
}

fn focus_sibling(event: &leptos::ev::KeyboardEvent, place: usize) {
    let list = event
        .current_target()
        .and_then(|t| t.dyn_into::<web_sys::Element>().ok())
        .and_then(|e| e.parent_element());
    let tab = list.and_then(|l| l.children().item(u32::try_from(place).unwrap_or(0)));
    if let Some(tab) = tab.and_then(|t| t.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = tab.focus();
    }
}

/// The timeline in words: a window of rows around the cursor, and doors to the others.
#[component]
fn Words(ui: Ui) -> impl IntoView {
    let centre = RwSignal::new(None::<u64>);
    let related = Memo::new(move |_| ui.related());
    // The cursor, the timeline's length, and whether only a few rows are shown.
    let here = Memo::new(move |_| {
        let (seq, len) = ui.read_last(|m| (m.seq(), m.timeline.len()));
        (seq, len, ui.glances())
    });
    let shown = Memo::new(move |_| {
        let most = if here.get().2 {
            words::GLANCE
        } else {
            words::WINDOW
        };
        let chosen = ui.picked.get();
        ui.read_last(|m| {
            // What was chosen elsewhere, if it is not near the cursor anyway.
            let chosen = chosen.filter(|seq| seq.abs_diff(m.seq()) >= words::WINDOW / 2);
            let around = centre.get().or(chosen).unwrap_or_else(|| m.seq());
            related.with(|r| words::window(m, around, r, most))
        })
    });
    let list = NodeRef::<html::Div>::new();
    // The row that was pressed is drawn anew with all others: the focus goes to the cursor's.
    let pressed = StoredValue::new(false);
    Effect::new(move |_| {
        here.track();
        if centre.get_untracked().is_some() {
            centre.set(None);
        }
        when_drawn(move || {
            // The lab can have left the page since.
            let Some(was_pressed) = pressed.try_update_value(std::mem::take) else {
                return;
            };
            let Some(list) = list.get_untracked() else { return };
            let cursor = here.get_untracked().0;
            let Ok(Some(row)) = list.query_selector(".at") else {
                list.set_scroll_top(if cursor == 0 { 0 } else { list.scroll_height() });
                return;
            };
            let (view, at) = (list.get_bounding_client_rect(), row.get_bounding_client_rect());
            let to = f64::from(list.scroll_top()) + at.bottom() - view.bottom() + 28.0;
            list.set_scroll_top(to.max(0.0) as i32);
            if was_pressed {
                let button = row
                    .first_element_child()
                    .and_then(|b| b.dyn_into::<HtmlElement>().ok());
                let _ = button.map(|b| b.focus());
            }
        });
    });
    Effect::new(move |_| {
        if ui.picked.get().is_none() {
            return;
        }
        if centre.get_untracked().is_some() {
            centre.set(None);
        }
        when_drawn(move || {
            let Some(list) = list.get_untracked() else { return };
            if let Ok(Some(row)) = list.query_selector(".rel") {
                let (view, at) = (list.get_bounding_client_rect(), row.get_bounding_client_rect());
                if at.top() < view.top() || at.bottom() > view.bottom() {
                    let to = f64::from(list.scroll_top()) + at.top() - view.top() - view.height() * 0.4;
                    list.set_scroll_top(to.max(0.0) as i32);
                }
            }
        });
    });
    let press = move |event: leptos::ev::MouseEvent| {
        let row = event.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        let row = row.and_then(|e| e.closest("[data-event]").ok().flatten());
        let seq = row.and_then(|e| e.get_attribute("data-event")?.parse().ok());
        if let Some(seq) = seq {
            pressed.set_value(true);
            ui.go_to(seq);
        }
    };
    let beyond = Memo::new(move |_| shown.with(|w| (w.before, w.behind)));
    let door = move |count: u64, what: &str, to: Option<u64>| {
        let text = format!("{count} {what} events");
        view! { <div class="more"><button type="button" class="btn" on:click=move |_| centre.set(to)>{text}</button></div> }
    };
    let edge = move |last: bool| {
        let rows = shown.with_untracked(|w| Some((w.rows.first()?.seq, w.rows.last()?.seq)));
        rows.map(|(first, end)| if last { end + words::WINDOW / 2 } else { first })
    };
    view! {
        <div class="words" tabindex="0" role="group" aria-label="The timeline in words" node_ref=list on:click=press data-words>
            {move || (beyond.get().0 > 0).then(|| door(beyond.get().0, "earlier", edge(false)))}
            <ol inner_html=move || shown.with(words::Words::draw)></ol>
            {move || (beyond.get().1 > 0).then(|| door(beyond.get().1, "later", edge(true)))}
        </div>
        <Show when=move || here.get().1 == 0><p class="none nothing">"Nothing has happened yet."</p></Show>
    }
}

/// TCP's states: the drawing, and over each state that was seen a button that lights up what belongs to it.
#[component]
fn States(ui: Ui) -> impl IntoView {
    let ways = Memo::new(move |_| ui.read_last(states::ways));
    let panel = NodeRef::<html::Div>::new();
    let size = super::watch::size_of(panel);
    let room = Memo::new(move |_| states::Room::of(size.get().0));
    let reached = Memo::new(move |_| ui.belongs().reached);
    let of_ways = move |f: fn(&[states::Way; 2]) -> String| {
        move || ways.with(|w| w.as_ref().map_or_else(String::new, f))
    };
    let drawn = move || {
        ways.with(|w| {
            w.as_ref()
                .map(|w| reached.with(|lit| states::draw(w, lit, room.get())))
        })
    };
    let button = move |state: TcpState| {
        let text = Memo::new(move |_| ways.with(|w| states::button_text(w.as_ref()?, state)));
        view! {
            <button type="button" class="stb" hidden=move || text.with(Option::is_none) style=move || states::button_place(state, room.get())
                aria-label=move || text.get() aria-pressed=move || reached.with(|lit| lit.contains(&state)).to_string()
                title="What belongs to this state" data-tcp=state.name() on:click=move |_| ui.light(|m| lit::of_tcp_state(m, state))></button>
        }
    };
    let size = move || room.get().size();
    view! {
        <div class="stw" node_ref=panel tabindex="0" role="group" aria-label="TCP states" data-states>
            <Show when=move || ways.with(Option::is_some)>
                <p class="last">{move || ui.read_last(states::last_step)}</p>
                <div class="stn">
                    <svg class="st" width=move || size().0.to_string() height=move || size().1.to_string()
                        viewBox=move || format!("0 0 {} {}", size().0, size().1) role="img"
                        aria-label=of_ways(states::sentence) inner_html=drawn></svg>
                    {states::STATES.map(button).into_iter().collect::<Vec<_>>()}
                </div>
                <p>"Marked are states that the kernel was seen in; others may have passed between two looks."</p>
            </Show>
            <Show when=move || ways.with(Option::is_none)>
                <p class="none big">"No TCP socket yet. UDP has no states: no connection is opened, so none is kept or closed."</p>
            </Show>
        </div>
    }
}

/// One call in full.
#[component]
fn Call(ui: Ui) -> impl IntoView {
    let call = Memo::new(move |_| {
        let picked = ui.picked.get();
        ui.read_last(|m| details::details(m, picked.unwrap_or_else(|| m.seq())))
    });
    let field = |f: details::Field| {
        view! { <tr class:lit=f.lit><th scope="row">{f.name}</th><td>{f.value}</td><td class="w">{f.plain}</td></tr> }
    };
    let hex = |d: &details::Details| {
        let rows: Vec<_> = d
            .bytes
            .iter()
            .map(|r| view! { <div><span class="of">{format!("{:04}", r.offset)}</span><span class="hx">{r.hex.clone()}</span><span class="as">{r.cells.clone()}</span></div> })
            .collect();
        let more =
            (d.more > 0).then(|| view! { <div class="of">{format!("and {} bytes more", d.more)}</div> });
        (!rows.is_empty()).then(
            || view! { <div class="hex" tabindex="0" role="group" aria-label="bytes">{rows}{more}</div> },
        )
    };
    move || {
        match call.get() {
        None => view! { <p class="none big">"No call yet. Here stands the last one, or the one that you click in the diagram."</p> }.into_any(),
        Some(d) => view! {
            <div class="call-d" data-call=d.seq.to_string()>
                <p class="pn"><b>{d.title.clone()}</b><span>{d.place.clone()}</span></p>
                <div class="fb">
                    <div class="fl" class:bad=d.bad tabindex="0" role="group" aria-label="fields">
                        <table><tbody>{d.fields.iter().cloned().map(field).collect_view()}</tbody></table>
                    </div>
                    {hex(&d)}
                </div>
            </div>
        }.into_any(),
    }
    }
}
