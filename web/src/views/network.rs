//! Which network the lab is on, and the dialog that chooses another one; in the playground the hosts too.

use super::Ui;
use super::copy::CopyLine;
use super::icons::{self, icon};
use crate::driver::Status;
use crate::model::join;
use crate::model::network::{self, Words};
use crate::playground::Desk;
use leptos::html;
use leptos::prelude::*;
use protocol::Network;

/// The sign in the toolbar; pressed, it opens the dialog.
#[component]
pub fn NetworkButton(ui: Ui) -> impl IntoView {
    let text = Memo::new(move |_| said(ui));
    let packets = move || text.get().1.ends_with(": real packets");
    view! {
        <button type="button" class="net" class:off=move || text.get().0 title=move || text.get().2 data-network
            disabled=move || ui.driver().session().is_replay() on:click=move |_| ui.choosing.set(true)>
            {move || icon(if packets() { icons::KERNEL } else { icons::LOOPBACK })}<span>{move || text.get().1}</span>
        </button>
    }
}

/// Is something wrong, in a few words, in a sentence.
fn said(ui: Ui) -> (bool, &'static str, &'static str) {
    let status = ui.status();
    let driver = ui.driver();
    let session = driver.session();
    if matches!(status, Status::Dead { .. } | Status::Lost) {
        return (true, "no connection", "The server does not answer.");
    }
    if session.is_replay() {
        let about =
            "A timeline that was saved. Every step can be seen again; nothing runs and nothing is sent.";
        return (false, "a recording", about);
    }
    match session.network() {
        None => (false, "connecting", "The lab's network is being opened."),
        Some(is) => {
            let Words { short, about, .. } = network::words(is.network, is.private);
            (false, short, about)
        }
    }
}

/// The dialog.
#[component]
pub fn NetworkDialog(ui: Ui, desk: Option<Desk>) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if !ui.choosing.get() {
            dialog.close();
        } else if !dialog.open() {
            let _ = dialog.show_modal();
        }
    });
    let networks = move || {
        ui.version.track();
        let driver = ui.driver();
        let now = driver.session().network().map(|is| is.network);
        let hosts = driver.session().spec().hosts.len();
        let offers = driver.networks();
        let one = move |(network, private): (Network, bool)| {
            let Words { title, about, .. } = network::words(network, private);
            // In the playground the hosts are joined again; a lesson's lab is what it is.
            let off = hosts > 1 && !network::has_hosts(network) && desk.is_none();
            let why = off.then_some(" This lab has several hosts, which this network has not.");
            let is = now == Some(network);
            let choose = move |_| {
                ui.choosing.set(false);
                if !is {
                    choose(ui, network);
                }
            };
            view! {
                <li><button type="button" aria-pressed=is.to_string() disabled=off data-choose=network.name() on:click=choose>
                    {title}{is.then_some(" (now)")}<small>{about}{why}</small>
                </button></li>
            }
        };
        offers.into_iter().map(one).collect_view()
    };
    view! {
        <dialog node_ref=dialog aria-label="Network" on:close=move |_| ui.choosing.set(false) data-networks>
            <h2>"Network"</h2>
            <p>"Where the sockets of this lab live. With another choice the lab begins anew."</p>
            <ul class="picks">{move || ui.choosing.get().then(networks)}</ul>
            {desk.map(|desk| view! {
                <h2>"Hosts"</h2>
                <ul class="picks">{move || ui.choosing.get().then(|| desk.hosts(ui))}</ul>
            })}
            {move || ui.choosing.get().then(|| join(ui))}
            <div class="row2"><button type="button" class="btn" on:click=move |_| ui.choosing.set(false)>"Close"</button></div>
        </dialog>
    }
}

/// How a program that is not the page's joins the lab, where the server lets it in.
fn join(ui: Ui) -> Option<impl IntoView> {
    ui.version.track();
    let number = ui.driver().session().network()?.number?;
    let lines = ui.peek(|m| join::commands(m, number));
    let line = |text| view! { <CopyLine text label="Command" hook="exec"/> };
    Some(view! {
        <h2>"Real programs"</h2>
        <p>"Programs of your own join this lab, number "<b data-lab-number>{number}</b>": on the server's machine, whoever has started it types"</p>
        {lines.into_iter().map(line).collect_view()}
    })
}

/// The lab once more, with the programs as they are now, on this network.
fn choose(ui: Ui, network: Network) {
    let mut spec = ui.driver().session().spec().clone();
    spec.network = Some(network);
    if !network::has_hosts(network) {
        spec.on_one_host();
    }
    ui.begin_again(spec);
}
