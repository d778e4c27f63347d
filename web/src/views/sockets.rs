//! The kernel's side of a lane: a card for each socket.

use super::Ui;
use super::icons::{self, icon};
use crate::model::Moment;
use crate::model::lit::{self, Related};
use crate::model::sockets::{Buffer, Look, Queue, SocketCard, cards};
use crate::model::{span_text, steps};
use leptos::prelude::*;
use protocol::{ProgramId, SocketId};

/// Slots of an accept queue that are drawn.
const SLOTS: u32 = 6;

/// The panel.
#[component]
pub fn Sockets(ui: Ui, id: ProgramId) -> impl IntoView {
    let all = Memo::new(move |_| {
        let mut lit = ui.belongs();
        if lit == Related::default() {
            // Nothing is chosen: the bytes that arrived last.
            let arrived = ui.lit_socket();
            lit.receives = arrived
                .filter(|id| ui.read_later(|m| has_bytes(m, *id)))
                .into_iter()
                .collect();
        }
        ui.read_later(|m| cards(m.state, id, steps::before(m.timeline.events(), m.seq()), &lit))
    });
    let more = Memo::new(move |_| ui.read_later(|m| m.state.program(id).map_or(0, |p| p.closed_sockets)));
    let name = super::code::name(ui, id);
    let label = format!("Sockets of {name}");
    let named = StoredValue::new(name);
    let host = Memo::new(move |_| {
        ui.read_later(|m| m.host_of(id).map(|h| (h.name.clone(), h.addresses.join(", "))))
    });
    let kernel = Memo::new(move |_| {
        ui.version.track();
        let network = ui.driver().session().network().map(|n| n.network);
        if network == Some(protocol::Network::Simulated) {
            "Simulated kernel"
        } else {
            "Kernel"
        }
    });
    view! {
        <div class="kern" tabindex="0" role="group" aria-label=label data-sockets>
            <h3>
                <span>{move || kernel.get()}</span>
                {move || match host.get() {
                    Some((host, addresses)) => view! { "of host "<b>{host}</b><i>{addresses}</i> }.into_any(),
                    None => view! { "sockets of "{named.get_value()} }.into_any(),
                }}
            </h3>
            {move || {
                let cards = all.get();
                if cards.is_empty() {
                    view! { <p class="none">"no sockets yet"</p> }.into_any()
                } else {
                    // Open ones first: they are what the next line can use.
                    let (open, gone): (Vec<_>, Vec<_>) = cards.into_iter().partition(|c| c.look != Look::Gone);
                    open.into_iter().chain(gone).map(|c| card(ui, c)).collect_view().into_any()
                }
            }}
            {move || (more.get() > 0).then(|| view! { <p class="none">{more.get()}" more were closed earlier"</p> })}
        </div>
    }
}

fn has_bytes(moment: &Moment<'_>, id: SocketId) -> bool {
    let sample = moment.state.socket(id).and_then(|s| s.sample.as_ref());
    sample.is_some_and(|s| s.recv_queue > 0)
}

fn card(ui: Ui, card: SocketCard) -> impl IntoView {
    let id = card.id;
    let class = match card.look {
        Look::Open => "sock",
        Look::NoDescriptor => "sock nofd",
        Look::Gone => "sock gone",
    };
    let address = card.local.map(|local| {
        view! {
            <div class="addr"><span>{local}</span>{card.peer.map(|peer| view! { <span>"↔"</span><span>{peer}</span> })}</div>
        }
    });
    let gone = card.look == Look::Gone;
    view! {
        <article class=class class:lit=card.lit data-socket=card.id.0.to_string() data-state=card.state.clone()>
            <header>
                <span class="fd">{card.fd}</span>
                <button type="button" class="stt" title="What belongs to this state" aria-pressed=card.lit.to_string()
                    on:click=move |_| ui.light(|m| lit::of_state(m, id))>{card.state.clone()}</button>
                {card.lit.then(|| view! { <b class="cz">"4"</b> })}
                {card.was.map(|was| view! { <span class="was">{icon(icons::CHANGED)}"was "{was}</span> })}
            </header>
            {(!gone).then_some(address)}
            {card.queue.map(queue)}
            {card.send.map(|b| buffer(ui, id, "send", "fill sent", b))}
            {card.receive.map(|b| buffer(ui, id, "receive", "fill", b))}
            {card.port.map(|port| publish(ui, port))}
            {card.note.map(|note| view! { <p class="note">{note}</p> })}
            {card.timer.map(|(what, end)| view! { <p class="note" data-timer>{what}" "{move || span_text(end.saturating_sub(ui.now_later()))}</p> })}
            {(!card.more.is_empty()).then(|| deeper(ui, card.more))}
        </article>
    }
}

/// What TCP_INFO tells: opened once for all sockets, and stays open from step to step.
fn deeper(ui: Ui, rows: Vec<(&'static str, String, &'static str)>) -> impl IntoView {
    let rows = StoredValue::new(rows);
    let row = |(name, value, plain): (&'static str, String, &'static str)| {
        view! { <tr><th scope="row">{name}</th><td>{value}</td><td class="w">{plain}</td></tr> }
    };
    view! {
        <button type="button" class="deep" aria-expanded=move || ui.deep.get().to_string() data-do="deep"
            on:click=move |_| ui.deep.update(|d| *d = !*d)>{move || if ui.deep.get() { "Less" } else { "RTT, windows, timers" }}</button>
        <Show when=move || ui.deep.get()><table class="info"><tbody>{rows.get_value().into_iter().map(row).collect_view()}</tbody></table></Show>
    }
}

/// A door to the lab from the server's machine, where the server allows it: curl and a real browser come in by it.
fn publish(ui: Ui, port: u16) -> impl IntoView {
    let address = Memo::new(move |_| {
        ui.version.track();
        (ui.driver().can_publish(), ui.driver().published(port))
    });
    move || {
        match address.get() {
        (_, Some(address)) => {
            let url = format!("http://{address}/");
            view! { <p class="note" data-published>"Published: "<a href=url target="_blank" rel="noopener">{address}</a></p> }.into_any()
        }
        (true, None) => view! {
            <p class="note"><button type="button" class="btn" data-do="publish" disabled=move || ui.in_past()
                on:click=move |_| ui.driver().publish(port)>"Publish this port for curl and browsers"</button></p>
        }
        .into_any(),
        (false, None) => ().into_any(),
    }
    }
}

fn buffer(ui: Ui, id: SocketId, name: &'static str, class: &'static str, buffer: Buffer) -> impl IntoView {
    let fill = (buffer.len > 0).then(|| {
        view! { <span class=class style=format!("--n:{}", buffer.len)>{buffer.text}</span> }
    });
    let find = if name == "send" {
        lit::of_send_buffer
    } else {
        lit::of_receive_buffer
    };
    view! {
        <div class="buf" class:lit=buffer.lit data-buffer=name>
            <button type="button" class="bn" title="What belongs to these bytes" aria-pressed=buffer.lit.to_string()
                on:click=move |_| ui.light(|m| find(m, id))>{name}</button><span class="bar">{fill}</span><span class="bv">{buffer.len}" B"</span>
            {buffer.lit.then(|| view! { <b class="cz">"4"</b> })}
            {buffer.note.map(|note| view! { <small>{note}</small> })}
        </div>
    }
}

fn queue(queue: Queue) -> impl IntoView {
    let slots = queue.backlog.max(queue.queued).clamp(1, SLOTS);
    let slots: Vec<_> = (0..slots)
        .map(|i| view! { <i class:full=i < queue.queued></i> })
        .collect();
    let half = match queue.half_open {
        0 => String::new(),
        n => format!("; {n} half open"),
    };
    let note = match queue.queued {
        0 => "nobody waits for accept()".to_owned(),
        1 => "1 connection is open and waits for accept()".to_owned(),
        n => format!("{n} connections are open and wait for accept()"),
    };
    view! {
        <div class="bk" data-backlog><span class="bn">"backlog"</span><span class="slots">{slots}</span>
            <span class="bv">{queue.queued}"/"{queue.backlog}</span><small>{note}{half}</small></div>
    }
}
