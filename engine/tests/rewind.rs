//! Going back on the simulated network: the lab is run again from its beginning, so what is told up to the chosen event is
//! the same to the byte, and from there it can go another way.
#![allow(clippy::unwrap_used)]

use engine::net::Simulation;
use engine::session::{Command, LabSpec, NextStep, Rest, World};
use protocol::{Event, EventKind, Network, Outcome, WireAction};
use std::path::Path;

fn lab(name: &str) -> Simulation {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../book/labs")
        .join(name);
    let text = std::fs::read_to_string(folder.join("lab.toml")).unwrap();
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).map_err(|e| e.to_string());
    let mut spec = LabSpec::from_toml(&text, read).unwrap();
    spec.network = Some(Network::Simulated);
    let world = World {
        unix_nanos: 1_700_000_000_000_000_000,
        seed: 4,
    };
    let mut simulation = Simulation::open(spec, world);
    settle(&mut simulation);
    simulation
}

fn settle(simulation: &mut Simulation) {
    while matches!(
        simulation.session().rest(),
        Rest::Opening | Rest::Working | Rest::Sleeping
    ) {
        if !simulation.turn(u64::MAX) {
            return;
        }
    }
}

/// Next until nothing is left; how often that was.
fn to_the_end(simulation: &mut Simulation) -> u32 {
    let mut steps = 0;
    while matches!(simulation.session().rest(), Rest::Ready(_)) && steps < 500 {
        simulation.command(Command::Next);
        settle(simulation);
        steps += 1;
    }
    steps
}

fn events(simulation: &Simulation) -> Vec<Event> {
    simulation.session().timeline().events().to_vec()
}

fn received(events: &[Event]) -> Vec<Vec<u8>> {
    let bytes = |event: &Event| match &event.kind {
        EventKind::Returned {
            outcome: Outcome::Received { data, .. },
            ..
        } => Some(data.0.clone()),
        _ => None,
    };
    events.iter().filter_map(bytes).collect()
}

#[test]
fn from_any_event_the_same_steps_lead_to_the_same_end() {
    for name in ["tcp-echo", "three-segments", "udp-answer", "timed-out"] {
        let mut first = lab(name);
        to_the_end(&mut first);
        let whole = events(&first);
        assert!(whole.len() > 20, "{name}: {}", whole.len());
        for seq in [0, 1, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
            let mut again = lab(name);
            to_the_end(&mut again);
            assert!(again.rewind(seq as u64));
            settle(&mut again);
            let kept = events(&again);
            assert!(kept.len() >= seq, "{name}: {} events of {seq}", kept.len());
            assert!(kept == whole[..kept.len()], "{name}, back to {seq}");
            to_the_end(&mut again);
            assert_eq!(
                received(&events(&again)),
                received(&whole),
                "{name}, on from {seq}"
            );
        }
    }
}

#[test]
fn from_the_past_it_can_go_another_way() {
    let mut simulation = lab("three-segments");
    // To the first packet that waits: the SYN.
    while !matches!(simulation.session().rest(), Rest::Ready(NextStep::Packet(_))) {
        simulation.command(Command::Next);
        settle(&mut simulation);
    }
    let at_syn = events(&simulation);
    to_the_end(&mut simulation);
    let whole = events(&simulation);
    assert!(simulation.rewind(at_syn.len() as u64));
    settle(&mut simulation);
    assert_eq!(events(&simulation), at_syn);
    let Rest::Ready(NextStep::Packet(packet)) = simulation.session().rest() else {
        panic!("the SYN does not wait any more")
    };
    simulation.command(Command::Wire(WireAction::Drop { packet }));
    settle(&mut simulation);
    let other = events(&simulation);
    assert_eq!(other[..at_syn.len()], at_syn);
    assert_ne!(other.get(at_syn.len()), whole.get(at_syn.len()));
}

#[test]
fn a_reset_lab_can_go_back_behind_its_reset() {
    let mut simulation = lab("tcp-echo");
    to_the_end(&mut simulation);
    simulation.command(Command::Reset);
    settle(&mut simulation);
    to_the_end(&mut simulation);
    let whole = events(&simulation);
    assert!(simulation.rewind(whole.len() as u64 / 2));
    settle(&mut simulation);
    let kept = events(&simulation);
    assert!(kept.len() >= whole.len() / 2);
    assert!(kept == whole[..kept.len()], "another story than before");
}
