//! Two runs side by side, on the simulated network: what is the same, what is not, and where they part.
#![allow(clippy::unwrap_used)]

use engine::net::Simulation;
use engine::session::{Command, LabSpec, NextStep, Rest, World};
use engine::timeline::compare::{Comparison, Item, Run, Strand};
use engine::timeline::words::Names;
use protocol::wire::{Effect, Which};
use protocol::{Network, PacketId, ProgramId, WireAction, WireRule};
use std::path::Path;

fn spec(name: &str) -> LabSpec {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../book/labs")
        .join(name);
    let text = std::fs::read_to_string(folder.join("lab.toml")).unwrap();
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).map_err(|e| e.to_string());
    let mut spec = LabSpec::from_toml(&text, read).unwrap();
    spec.network = Some(Network::Simulated);
    spec
}

/// A lab whose network picks other ports and sequence numbers for another seed.
fn lab(spec: LabSpec, seed: u64) -> Simulation {
    let world = World {
        unix_nanos: 1_700_000_000_000_000_000,
        seed,
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
        assert!(simulation.turn(u64::MAX));
    }
}

/// Next until nothing is left; `act` may do something else about a packet that waits.
fn step(simulation: &mut Simulation, mut act: impl FnMut(&Simulation, PacketId) -> Option<WireAction>) {
    for _ in 0..500 {
        let command = match simulation.session().rest() {
            Rest::Ready(NextStep::Packet(packet)) => {
                act(simulation, packet).map_or(Command::Next, Command::Wire)
            }
            Rest::Ready(_) => Command::Next,
            _ => return,
        };
        simulation.command(command);
        settle(simulation);
    }
    panic!("still going after 500 steps")
}

fn stepped(name: &str, seed: u64) -> Simulation {
    let mut simulation = lab(spec(name), seed);
    step(&mut simulation, |_, _| None);
    simulation
}

fn ran(name: &str, seed: u64) -> Simulation {
    let mut simulation = lab(spec(name), seed);
    simulation.command(Command::Run(None));
    settle(&mut simulation);
    simulation
}

fn run<'a>(simulation: &'a Simulation, programs: &'a [String]) -> Run<'a> {
    Run {
        timeline: simulation.session().timeline(),
        names: Names { programs },
    }
}

fn compare(a: &Simulation, b: &Simulation) -> Comparison {
    let (of_a, of_b) = (a.session().spec().names(), b.session().spec().names());
    let comparison = Comparison::of(run(a, &of_a), run(b, &of_b));
    check(&comparison);
    comparison
}

/// Every item stands in exactly one row, in its run's order on each strand; what is called the same reads the same.
fn check(comparison: &Comparison) {
    let Comparison {
        a, b, rows, first, ..
    } = comparison;
    let places = |of: Vec<usize>, len: usize| {
        let mut sorted = of.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..len), "each item stands in one row");
        of
    };
    let of_a = places(rows.iter().filter_map(|r| r.a).collect(), a.len());
    let of_b = places(rows.iter().filter_map(|r| r.b).collect(), b.len());
    for (of, items) in [(of_a, a), (of_b, b)] {
        for (n, i) in of.iter().enumerate() {
            let later = of[n + 1..].iter().find(|j| items[**j].strand == items[*i].strand);
            assert!(later.is_none_or(|j| j > i), "a strand is told in its order");
        }
    }
    for row in rows.iter().filter(|r| r.same) {
        assert_eq!(a[row.a.unwrap()].strand, b[row.b.unwrap()].strand);
    }
    let part = rows.iter().position(|r| !r.same);
    assert_eq!(first.map(|f| f.row), part);
}

fn told(items: &[Item], at: Option<usize>) -> &str {
    at.map_or("nothing", |i| &items[i].text)
}

#[test]
fn the_same_program_tells_the_same_story_whatever_the_kernel_picks() {
    for name in ["tcp-echo", "udp-answer", "three-segments", "goodbye", "together"] {
        let (a, b) = (stepped(name, 1), stepped(name, 2));
        assert_ne!(a.session().timeline().events(), b.session().timeline().events());
        let comparison = compare(&a, &b);
        let part = comparison.first.map(|f| {
            (
                told(&comparison.a, f.a).to_owned(),
                told(&comparison.b, f.b).to_owned(),
            )
        });
        assert_eq!(part, None, "{name}");
        assert!(
            comparison.rows.len() > 8,
            "{name}: {} rows",
            comparison.rows.len()
        );
    }
}

#[test]
fn at_full_speed_it_is_the_same_story() {
    for name in ["tcp-echo", "round-trips", "udp-answer"] {
        let comparison = compare(&stepped(name, 1), &ran(name, 2));
        let part = comparison.first.map(|f| {
            (
                told(&comparison.a, f.a).to_owned(),
                told(&comparison.b, f.b).to_owned(),
            )
        });
        assert_eq!(part, None, "{name}");
    }
}

#[test]
fn a_lost_segment_is_the_first_difference_and_all_else_is_the_same() {
    let a = stepped("lost-segment", 1);
    let mut b = lab(spec("lost-segment"), 2);
    let mut lost = false;
    step(&mut b, |simulation, packet| {
        let live = simulation.session().timeline().live();
        let sent = live.wire.packet(packet)?.seq;
        let line = simulation.session().timeline().summary(sent)?.to_string();
        (line.contains("15 bytes") && !std::mem::replace(&mut lost, true))
            .then_some(WireAction::Drop { packet })
    });
    assert!(lost);
    let comparison = compare(&a, &b);
    let first = comparison.first.unwrap();
    assert!(
        matches!(first.strand, Strand::Wire { from: 0, .. }),
        "{:?}",
        first.strand
    );
    assert_eq!(
        told(&comparison.a, first.a),
        "The client's data (b'Please confirm.') arrives."
    );
    assert_eq!(
        told(&comparison.b, first.b),
        "You drop the client's data (b'Please confirm.'): it never arrives."
    );
    // The segment that is sent again stands right behind, before anything that it has made possible.
    let again = comparison.rows[first.row + 1];
    assert_eq!(
        told(&comparison.b, again.b),
        "The client's data sent again (b'Please confirm.') arrives."
    );
    assert_eq!(again.a, None);
    // The programs notice nothing but time: only packets differ.
    for row in comparison.rows.iter().filter(|row| !row.same) {
        let strands = [
            row.a.map(|i| comparison.a[i].strand),
            row.b.map(|j| comparison.b[j].strand),
        ];
        for strand in strands.into_iter().flatten() {
            assert!(matches!(strand, Strand::Wire { .. }), "{strand:?}");
        }
    }
    let end = |items: &[Item]| items.last().unwrap().t;
    assert!(
        end(&comparison.b) > end(&comparison.a),
        "the loss has cost no time"
    );
}

#[test]
fn a_rule_that_loses_is_named() {
    let a = stepped("five-datagrams", 1);
    let mut b = lab(spec("five-datagrams"), 1);
    let rules = vec![WireRule {
        to: None,
        which: Which::DataNumber(2),
        what: Effect::Lose,
    }];
    b.command(Command::Wire(WireAction::Hold { held: false }));
    b.command(Command::Wire(WireAction::Rules { rules, seed: 1 }));
    settle(&mut b);
    step(&mut b, |_, _| None);
    let comparison = compare(&a, &b);
    let first = comparison.first.unwrap();
    assert!(
        told(&comparison.b, first.b).ends_with("does not arrive. Rule 1 of the wire loses it."),
        "{}",
        told(&comparison.b, first.b)
    );
}

#[test]
fn another_line_of_the_program_is_found_where_it_has_its_effect() {
    let a = stepped("tcp-echo", 1);
    let mut other = spec("tcp-echo");
    let client = other.programs.iter().position(|p| p.name == "client").unwrap();
    other.programs[client].source = other.programs[client].source.replace("Is anybody", "Was anybody");
    let mut b = lab(other, 1);
    step(&mut b, |_, _| None);
    let comparison = compare(&a, &b);
    let first = comparison.first.unwrap();
    let thread = Strand::Program {
        program: u16::try_from(client).unwrap(),
        thread: 0,
    };
    assert_eq!(first.strand, thread);
    assert!(
        told(&comparison.a, first.a).contains("Is anybody"),
        "{}",
        told(&comparison.a, first.a)
    );
    assert!(
        told(&comparison.b, first.b).contains("Was anybody"),
        "{}",
        told(&comparison.b, first.b)
    );
}

#[test]
fn a_run_that_stopped_earlier_differs_by_what_it_has_not_done() {
    let a = stepped("tcp-echo", 1);
    let mut b = lab(spec("tcp-echo"), 1);
    for _ in 0..12 {
        b.command(Command::Next);
        settle(&mut b);
    }
    let comparison = compare(&a, &b);
    let first = comparison.first.unwrap();
    assert!(first.a.is_some() && first.b.is_none(), "{first:?}");
    let comparison = compare(&b, &a);
    let first = comparison.first.unwrap();
    assert!(first.a.is_none() && first.b.is_some(), "{first:?}");
    // A run that has not begun has nothing in common with one that has.
    let none = compare(&lab(spec("tcp-echo"), 1), &a);
    assert_eq!(none.first.map(|f| f.row), Some(0));
}

#[test]
fn other_input_is_the_difference_not_what_follows_from_it() {
    let run = |degrees: &str| {
        let mut simulation = lab(spec("temperature"), 3);
        step(&mut simulation, |_, _| None);
        let client = simulation
            .session()
            .spec()
            .names()
            .iter()
            .position(|n| n == "client")
            .unwrap();
        let client = ProgramId(u16::try_from(client).unwrap());
        simulation.command(Command::Type(client, Some(degrees.into())));
        settle(&mut simulation);
        step(&mut simulation, |_, _| None);
        simulation
    };
    let comparison = compare(&run("20"), &run("30"));
    let first = comparison.first.unwrap();
    assert!(
        matches!(first.strand, Strand::Terminal { .. }),
        "{:?}",
        first.strand
    );
    assert_eq!(told(&comparison.a, first.a), "You type to the client: 20");
    assert_eq!(told(&comparison.b, first.b), "You type to the client: 30");
}

#[test]
fn runs_that_have_little_in_common_are_compared_too() {
    let names = [
        "tcp-echo",
        "udp-answer",
        "refused",
        "five-datagrams",
        "unix",
        "chat-deadlock",
    ];
    let runs: Vec<_> = names.iter().map(|name| stepped(name, 1)).collect();
    for a in &runs {
        for b in &runs {
            let comparison = compare(a, b);
            assert_eq!(comparison.first.is_none(), std::ptr::eq(a, b));
        }
    }
}
