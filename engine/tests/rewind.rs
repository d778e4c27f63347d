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
            let kept = events(&again);
            assert!(kept.len() >= seq, "{name}: {} events of {seq}", kept.len());
            assert!(kept == whole[..kept.len()], "{name}, back to {seq}");
            settle(&mut again);
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

/// Numbers that look random: the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

/// A few random commands, each given at some moment of what the ones before have set going.
fn stir(simulation: &mut Simulation, dice: &mut Dice) {
    for _ in 0..3 + dice.below(6) {
        let program = protocol::ProgramId(u16::try_from(dice.below(2)).unwrap());
        let held = simulation.session().timeline().live().wire.packets.iter();
        let held = held.filter(|p| p.in_flight()).map(|p| p.id).next_back();
        let command = match (dice.below(12), held) {
            (0..4, _) => Command::Run(None),
            (4, _) => Command::Run(Some(20_000_000)),
            (5, _) => Command::Pause,
            (6, _) => Command::Type(program, Some("20".into())),
            (7, _) => Command::Step(program),
            (8, Some(packet)) => Command::Wire(WireAction::Drop { packet }),
            (9, Some(packet)) => Command::Wire(WireAction::Duplicate { packet }),
            (10, Some(packet)) => Command::Wire(WireAction::Deliver { packet }),
            _ => Command::Next,
        };
        simulation.command(command);
        for _ in 0..dice.below(30) {
            if simulation.next_due().is_some() {
                simulation.turn(u64::MAX);
            }
        }
    }
}

/// Turns until nothing happens by itself any more, or for long.
fn run_dry(simulation: &mut Simulation) {
    for _ in 0..400 {
        if simulation.next_due().is_none() {
            return;
        }
        simulation.turn(u64::MAX);
    }
}

/// Goes back to `seq`: there it is the same story, and it stands at this event or at the end of what belongs to it.
fn back(simulation: &mut Simulation, seq: usize, whole: &[Event]) {
    assert!(simulation.rewind(seq as u64));
    let kept = events(simulation);
    assert!(kept.len() >= seq, "{} events of {seq}", kept.len());
    assert!(kept == whole[..kept.len()], "back to {seq}");
    let beyond = &whole[seq..kept.len()];
    assert!(
        beyond.len() < 8,
        "from {seq} on these belong together: {beyond:#?}"
    );
}

/// The same has happened again, up to where the shorter story was broken off.
fn same(simulation: &Simulation, before: &[Event], what: &str) {
    let again = events(simulation);
    let both = again.len().min(before.len());
    let broken_off = simulation.next_due().is_some();
    assert!(
        broken_off || again.len() == before.len(),
        "{what}: {} events, {}",
        again.len(),
        before.len()
    );
    let other = (0..both).find(|&i| again[i] != before[i]);
    assert!(other.is_none(), "{what}: another event {other:?}");
}

#[test]
fn in_the_middle_of_full_speed_too() {
    let labs = [
        "tcp-echo",
        "three-segments",
        "udp-answer",
        "lost-segment",
        "round-trips",
        "temperature",
        "full-buffer",
        "together",
    ];
    for seed in 0..14 {
        let mut dice = Dice(seed);
        let name = labs[dice.below(labs.len())];
        let mut simulation = lab(name);
        stir(&mut simulation, &mut dice);
        simulation.command(Command::Run(None));
        let said = events(&simulation).len();
        run_dry(&mut simulation);
        let whole = events(&simulation);
        // Nothing was said any more before these events: so without a word the same happens again.
        for _ in 0..4 {
            let seq = whole.len() - dice.below((whole.len() - said).max(1));
            back(&mut simulation, seq, &whole);
            if seq > said {
                run_dry(&mut simulation);
                same(
                    &simulation,
                    &whole,
                    &format!("{name}, seed {seed}: on from {seq}"),
                );
            }
        }
        // From anywhere it takes another way, and from that one the way back is as exact.
        for _ in 0..2 {
            let whole = events(&simulation);
            back(&mut simulation, dice.below(whole.len()), &whole);
            simulation.command(Command::Pause);
            stir(&mut simulation, &mut dice);
            simulation.command(Command::Run(None));
            let said = events(&simulation).len();
            run_dry(&mut simulation);
            let other = events(&simulation);
            let seq = other.len() - dice.below((other.len() - said).max(1));
            back(&mut simulation, seq, &other);
            if seq > said {
                run_dry(&mut simulation);
                same(
                    &simulation,
                    &other,
                    &format!("{name}, seed {seed}: on again from {seq}"),
                );
            }
        }
        // Wherever it stands, a learner who steps comes to an end.
        let whole = events(&simulation);
        back(&mut simulation, dice.below(whole.len()), &whole);
        simulation.command(Command::Pause);
        settle(&mut simulation);
        assert!(to_the_end(&mut simulation) < 500, "{name}, seed {seed}");
    }
}
