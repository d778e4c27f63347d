//! The caption: what has just happened and what Next will do. The bars below it: the past, a lost connection.

use super::Ui;
use super::icons::{self, icon};
use crate::driver::Status;
use crate::model::caption::{Caption, caption};
use leptos::prelude::*;

/// The caption, a live region.
#[component]
pub fn CaptionRow(ui: Ui) -> impl IntoView {
    let said = Memo::new(move |old: Option<&Caption>| match old {
        Some(old) if ui.in_step() => old.clone(),
        _ => ui.read(caption),
    });
    let part = move |f: fn(&Caption) -> String| move || said.with(f);
    view! {
        <div class="cap-row" class:bad=move || said.with(|c| c.bad) data-caption>
            <div class="said" role="status">
                <Show when=move || said.with(|c| c.bad)>{icon(icons::ERROR)}</Show>
                <p><b data-what>{part(|c| c.what.clone())}</b>" "{part(|c| c.more.clone())}</p>
            </div>
            <p class="nx" class:idle=move || said.with(|c| !c.can_next) data-next>
                <Show when=move || said.with(|c| c.can_next)><b>"Next"</b>{icon(icons::NEXT)}</Show>
                {part(|c| c.next.clone())}
            </p>
        </div>
    }
}

/// One bar: the connection's, else the page's own word, else the past's.
#[component]
pub fn Bars(ui: Ui) -> impl IntoView {
    let status = Memo::new(move |_| ui.status());
    let place = Memo::new(move |_| ui.read(|m| (m.seq(), m.timeline.len())));
    let reload = |_| {
        if let Some(window) = web_sys::window() {
            let _ = window.location().reload();
        }
    };
    let replay = ui.driver().session().is_replay();
    let past = move || {
        let where_to = move || {
            let (seq, len) = place.get();
            let what = if replay { "A recording" } else { "The past" };
            format!("{what}: step {seq} of {len}.")
        };
        let about = move || {
            if replay {
                "Every step can be looked at again; nothing runs.".to_owned()
            } else {
                format!(
                    "Nothing here can be changed. The lab waits at step {}.",
                    place.get().1
                )
            }
        };
        view! {
            <div class="pastbar" role="status" data-past>
                {icon(icons::PAST)}
                <b>{where_to}</b>
                <span>{about}</span>
                <Show when=move || ui.driver().can_rewind()>
                    <button type="button" class="btn" data-do="rewind" on:click=move |_| ui.rewind()
                        title="The lab is run again up to here, with the same steps; what came later is forgotten">"Go on from here"</button>
                </Show>
                <button type="button" class="btn live" on:click=move |_| ui.go_live()>
                    {icon(icons::LIVE)}{if replay { "Go to the end" } else { "Go to live" }}<kbd>"End"</kbd>
                </button>
            </div>
        }
    };
    // A short wait is over before anybody could read of it.
    let waits = Memo::new(move |_| {
        ui.version.track();
        ui.driver().waits().filter(|wait| *wait > 700.0).is_some()
    });
    let waiting = move || {
        view! {
            <div class="linkbar" role="status" data-waits>
                <span>"Every program waits for time to pass. This lab has a clock of its own."</span>
                <button type="button" class="btn" data-do="jump" on:click=move |_| ui.driver().jump()>"Jump to what comes next"</button>
            </div>
        }
    };
    move || match (status.get(), ui.message.get()) {
        (Status::Lost, _) => view! {
            <div class="linkbar" role="alert" data-link="lost">
                {icon(icons::ERROR)}<b>"The server does not answer."</b>
                <span>"The page tries again by itself; nothing is lost for a minute."</span>
            </div>
        }
        .into_any(),
        (Status::Dead { text, reload: offer }, _) => view! {
            <div class="linkbar" role="alert" data-link="dead">
                {icon(icons::ERROR)}<span>{text}</span>
                <Show when=move || offer>
                    <button type="button" class="btn" on:click=reload>"Reload the page"</button>
                </Show>
            </div>
        }
        .into_any(),
        (_, Some(text)) => view! {
            <div class="linkbar" role="status" data-message>
                {icon(icons::ERROR)}<span>{text}</span>
                <button type="button" class="btn flat" on:click=move |_| ui.message.set(None)>"Close"</button>
            </div>
        }
        .into_any(),
        _ if ui.in_past() => past().into_any(),
        _ if waits.get() => waiting().into_any(),
        _ => ().into_any(),
    }
}
