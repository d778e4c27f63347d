//! The wire's controls: packets that wait in the diagram with their buttons, and the dialog of the wire's rules. HTML over
//! the drawing, so that it takes the focus and has names.

use super::Ui;
use super::icons::{self, icon};
use super::ui::Pane;
use crate::diagram::{Capsule, Drawing};
use crate::model::span_text;
use crate::model::wire::{self, Draft, Waiting};
use engine::timeline::words::capital;
use leptos::html;
use leptos::prelude::*;
use protocol::{PacketId, WireAction};

/// How long the button "Delay" delays, milliseconds.
pub const DELAY: u32 = 3000;

/// Something that can be done with a packet that waits: hook, label, key, and what it is.
type Act = (
    &'static str,
    &'static str,
    &'static str,
    fn(PacketId) -> WireAction,
);

const ACTS: [Act; 5] = [
    ("deliver", "Deliver", "D", |packet| WireAction::Deliver { packet }),
    ("drop", "Drop", "X", |packet| WireAction::Drop { packet }),
    ("duplicate", "Duplicate", "U", |packet| WireAction::Duplicate {
        packet,
    }),
    ("delay", "Delay 3 s", "L", |packet| WireAction::Delay {
        packet,
        ms: DELAY,
    }),
    ("behind", "Behind", "B", |packet| WireAction::Behind { packet }),
];

/// The action of a key, if it is one's.
pub fn action_of(key: &str) -> Option<fn(PacketId) -> WireAction> {
    let act = ACTS.iter().find(|(_, _, k, _)| key.eq_ignore_ascii_case(k))?;
    Some(act.3)
}

/// The packets on the wire that are in sight, over the drawing.
#[component]
pub fn Capsules(ui: Ui, drawing: Memo<Drawing>) -> impl IntoView {
    let all = Memo::new(move |_| drawing.with(|d| d.capsules.clone()));
    let chosen = Memo::new(move |_| ui.waiting().map(|w| w.id));
    let next = Memo::new(move |_| ui.read(|m| m.next().and(wire::first_held(m))));
    let capsule = move |c: Capsule| {
        let id = c.packet;
        let name = ui.read(|m| wire::waiting(m, id).map_or_else(String::new, |w| capital(&w.name())));
        let label = format!(
            "{name}: {}",
            if c.held {
                "waits on the wire"
            } else {
                "arrives by itself"
            }
        );
        view! {
            <button type="button" class="cap" class:next=move || next.get() == Some(id) class:on=move || chosen.get() == Some(id)
                aria-pressed=move || (chosen.get() == Some(id)).to_string() aria-label=label data-packet=id.0.to_string()
                style=format!("left:{:.0}px;top:{:.0}px", c.x, c.y) on:click=move |_| ui.choose(id)>
                {icon(if c.held { icons::HELD } else { icons::CLOCK })}<b>{c.bold}</b><span>{c.rest}</span>
            </button>
        }
    };
    move || all.get().into_iter().map(capsule).collect_view()
}

/// What can be done with the packet that waits: below the lifelines, where the next thing will happen.
#[component]
pub fn Acts(ui: Ui, drawing: Memo<Drawing>) -> impl IntoView {
    let waiting = Memo::new(move |_| if ui.can_act() { ui.waiting() } else { None });
    let id = Memo::new(move |_| waiting.with(|w| w.as_ref().map(|w| w.id)));
    let text =
        move |f: fn(&Waiting) -> String| move || waiting.with(|w| w.as_ref().map_or_else(String::new, f));
    let act = move |(hook, label, key, make): Act| {
        // "Deliver packet 3, SYN from client": what is pressed is known without the drawing.
        let name = move || {
            waiting.with(|w| {
                w.as_ref()
                    .map_or_else(String::new, |w| format!("{label} {}", w.name()))
            })
        };
        let off = move || hook == "behind" && waiting.with(|w| w.as_ref().is_none_or(|w| !w.can_wait_behind));
        view! {
            <button type="button" class="btn act" class:prim=hook == "deliver" data-act=hook aria-label=name title=format!("{label} ({key})")
                disabled=off on:click=move |_| { ui.wire_packet(make); }>{label}</button>
        }
    };
    let inside = move |_| {
        if let Some(id) = id.get_untracked() {
            ui.choose(id);
            ui.pane.set(Pane::Details);
        }
    };
    let since = move || {
        waiting
            .with(|w| w.as_ref().map(|w| w.since))
            .map(|since| span_text(ui.clock.get().saturating_sub(since)))
    };
    view! {
        <Show when=move || id.get().is_some()>
            <div class="acts" role="group" aria-label=text(|w| capital(&w.name())) data-acts
                style=move || drawing.with(|d| format!("top:{:.0}px", d.acts))>
                {ACTS.into_iter().map(act).collect::<Vec<_>>()}
                <p><button type="button" class="inside" title="What is in it" data-act="inside" on:click=inside>{text(|w| capital(&w.name()))}</button>
                    " waits "{since}<br/>{text(|w| w.note.clone())}</p>
            </div>
        </Show>
    }
}

/// "Hold packets" and the door to the rules, in the toolbar.
#[component]
pub fn WireControl(ui: Ui) -> impl IntoView {
    let held = Memo::new(move |_| ui.read(|m| m.state.wire.held));
    let rules = Memo::new(move |_| ui.read(|m| m.state.wire.rules.len()));
    view! {
        <Show when=move || ui.has_wire() && !ui.driver().session().is_replay()>
            <button type="button" class="btn hold" aria-pressed=move || held.get().to_string() disabled=move || !ui.can_act()
                title="Every packet waits on the wire until you let it go (H)" data-do="hold" on:click=move |_| { ui.hold_or_not(); }>
                {icon(icons::HELD)}<span>"Hold"<span class="long">" packets"</span></span><i>{move || if held.get() { "on" } else { "off" }}</i>
            </button>
            <button type="button" class="btn flat i keep" class:strong=move || rules.get() != 0 aria-label=move || match rules.get() {
                    0 => "Rules of the wire: none".to_owned(),
                    n => format!("Rules of the wire: {n}"),
                } title="Rules of the wire: loss, delay, order" disabled=move || !ui.can_act() data-do="rules"
                on:click=move |_| ui.rules.set(true)>{icon(icons::RULES)}</button>
        </Show>
    }
}

/// The rules of the wire.
#[component]
pub fn Rules(ui: Ui) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let drafts = RwSignal::new(Vec::<(u32, RwSignal<Draft>)>::new());
    let count = StoredValue::new(0_u32);
    let fault = RwSignal::new(None::<(usize, String)>);
    let add = move |draft: Draft| {
        count.update_value(|n| *n += 1);
        drafts.update(|d| d.push((count.get_value(), RwSignal::new(draft))));
    };
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if !ui.rules.get() {
            dialog.close();
            return;
        }
        fault.set(None);
        drafts.set(Vec::new());
        for rule in ui.peek(|m| m.state.wire.rules.clone()) {
            add(Draft::of(&rule));
        }
        let _ = dialog.show_modal();
    });
    let apply = move |_| {
        let all: Vec<_> = drafts
            .get_untracked()
            .iter()
            .map(|(_, d)| d.get_untracked())
            .collect();
        let dice = wire::seed(&ui.seed.get_untracked()).map_err(|text| (usize::MAX, text));
        match wire::rules(&all).and_then(|rules| dice.map(|seed| (rules, seed))) {
            Ok((rules, seed)) => {
                ui.wire(WireAction::Rules { rules, seed });
                ui.rules.set(false);
            }
            Err(wrong) => fault.set(Some(wrong)),
        }
    };
    let row = move |(key, draft): (u32, RwSignal<Draft>)| {
        let place = move || {
            drafts
                .with(|d| d.iter().position(|(k, _)| *k == key))
                .unwrap_or(0)
        };
        let ends = ui.peek(ends);
        view! {
            <li>
                <fieldset>
                    <legend>{move || format!("Rule {}", place() + 1)}</legend>
                    {choice(draft, "which packets", &wire::WHICHES, |d| &mut d.which)}
                    <Show when=move || matches!(draft.get().which.as_str(), "nth" | "datanumber" | "percent")>{field(draft, "n", |d| &mut d.n)}</Show>
                    <label>"to "<select on:change=move |e| draft.update(|d| d.to = event_target_value(&e))>
                        <option value="" selected=move || draft.get().to.is_empty()>"either end"</option>
                        {ends.iter().cloned().map(|(value, name)| {
                            let mine = value.clone();
                            view! { <option value=value selected=move || draft.get().to == mine>{name}</option> }
                        }).collect_view()}
                    </select></label>
                    {choice(draft, "what happens", &wire::WHATS, |d| &mut d.what)}
                    <Show when=move || matches!(draft.get().what.as_str(), "delay" | "rate")>{field(draft, "how many", |d| &mut d.amount)}</Show>
                    <Show when=move || draft.get().what == "delay"><span>"± "</span>{field(draft, "jitter in ms", |d| &mut d.jitter)}</Show>
                    <button type="button" class="btn flat" aria-label=move || format!("Take rule {} away", place() + 1)
                        on:click=move |_| drafts.update(|d| d.retain(|(k, _)| *k != key))>{icon(icons::REMOVE)}</button>
                    {move || fault.get().filter(|(i, _)| *i == place()).map(|(_, text)| view! { <p role="alert" class="fault">{text}</p> })}
                </fieldset>
            </li>
        }
    };
    view! {
        <dialog class="rules" node_ref=dialog aria-label="Rules of the wire" on:close=move |_| ui.rules.set(false)>
            <h2>"Rules of the wire"</h2>
            <p>"Each packet meets the rules in order. Held packets wait whatever the rules say."</p>
            <ol>{move || drafts.get().into_iter().map(row).collect_view()}</ol>
            <Show when=move || drafts.with(Vec::is_empty)><p class="none">"No rules: nothing is lost, delayed or reordered."</p></Show>
            <Show when=move || !drafts.with(Vec::is_empty)>
                <label class="dice">"The dice begin with "
                    <input type="text" inputmode="numeric" size="10" data-seed prop:value=ui.seed.get_untracked()
                        on:input=move |e| ui.seed.set(event_target_value(&e))/>
                    " The same number gives the same losses: a whole class sees the same."</label>
                {move || fault.get().filter(|(i, _)| *i == usize::MAX).map(|(_, text)| view! { <p role="alert" class="fault">{text}</p> })}
            </Show>
            <div class="row2">
                <button type="button" class="btn" data-rule="add" on:click=move |_| add(Draft::new())>{icon(icons::ADD)}"Add a rule"</button>
                <button type="button" class="btn" on:click=move |_| ui.rules.set(false)>"Cancel"</button>
                <button type="button" class="btn strong" data-rule="apply" on:click=apply>"Use these rules"</button>
            </div>
        </dialog>
    }
}

/// The ends that packets can go to: hosts by name, else the two ends of the one wire.
fn ends(m: &crate::model::Moment<'_>) -> Vec<(String, String)> {
    let hosts = &m.state.wire.hosts;
    if hosts.len() > 1 {
        return hosts
            .iter()
            .enumerate()
            .map(|(i, h)| (i.to_string(), h.name.clone()))
            .collect();
    }
    vec![
        ("0".into(), "the end that opened".into()),
        ("1".into(), "the end that was opened".into()),
    ]
}

type Part = fn(&mut Draft) -> &mut String;

fn choice(
    draft: RwSignal<Draft>,
    label: &'static str,
    all: &'static [(&'static str, &'static str)],
    part: Part,
) -> impl IntoView {
    let now = move || draft.with(|d| part(&mut d.clone()).clone());
    view! {
        <select aria-label=label on:change=move |e| draft.update(|d| *part(d) = event_target_value(&e))>
            {all.iter().map(|(value, text)| view! { <option value=*value selected=move || now() == *value>{*text}</option> }).collect_view()}
        </select>
    }
}

fn field(draft: RwSignal<Draft>, label: &'static str, part: Part) -> impl IntoView {
    let first = draft.with_untracked(|d| part(&mut d.clone()).clone());
    view! {
        <input type="text" inputmode="decimal" size="6" aria-label=label prop:value=first
            on:input=move |e| draft.update(|d| *part(d) = event_target_value(&e))/>
    }
}
