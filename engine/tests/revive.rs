//! Variables of a recording: its programs are run again on what they were told then, and show at every event what they
//! showed when it was live. Every lab of the book is recorded and opened again.
#![allow(clippy::unwrap_used)]

use engine::net::Simulation;
use engine::program::host::FrameView;
use engine::session::{Command, LabSpec, Rest, Session, World};
use protocol::{EventKind, Network, ProgramId, Recording, ThreadId};
use std::path::{Path, PathBuf};

fn open(mut spec: LabSpec) -> Simulation {
    spec.network = Some(Network::Simulated);
    let world = World {
        unix_nanos: 1_700_000_000_000_000_000,
        seed: 4,
    };
    Simulation::open(spec, world)
}

/// Runs a lab until nothing goes on by itself, or it has gone on for long enough.
fn run(simulation: &mut Simulation, command: Command) {
    settle(simulation, 400);
    simulation.command(command);
    settle(simulation, 4000);
}

fn settle(simulation: &mut Simulation, most: u32) {
    for _ in 0..most {
        let rest = simulation.session().rest();
        if !matches!(rest, Rest::Opening | Rest::Working | Rest::Sleeping) || !simulation.turn(u64::MAX) {
            return;
        }
    }
}

/// The recording as it comes out of its file.
fn saved(session: &Session) -> Recording {
    let json = protocol::write::to_json(&session.recording());
    Recording::from_json(&json).unwrap()
}

fn opened(recording: Recording) -> Session {
    let mut session = Session::replay(recording).unwrap();
    session.revive();
    session
}

fn variables(session: &Session, program: u16, seq: u64) -> Vec<(ThreadId, Vec<FrameView>)> {
    session.variables(ProgramId(program), Some(seq))
}

/// Compares at `most` events all over the timeline, or at every one; at how many there are variables to show.
fn compare(name: &str, live: &Session, again: &Session, most: u64) -> u32 {
    let mut shown = 0;
    let stride = usize::try_from(live.timeline().len().div_ceil(most)).unwrap();
    for program in 0..u16::try_from(live.spec().programs.len()).unwrap() {
        for seq in (0..live.timeline().len()).step_by(stride) {
            assert!(
                again.knows_variables(ProgramId(program), seq),
                "{name}: program {program} is not known at event {seq}: {:?}",
                live.timeline().event(seq)
            );
            let (then, now) = (variables(live, program, seq), variables(again, program, seq));
            assert_eq!(then, now, "{name}: program {program} at event {seq}");
            shown += u32::from(
                then.iter()
                    .any(|(_, frames)| frames.iter().any(|f| !f.variables.is_empty())),
            );
        }
    }
    shown
}

fn labs() -> Vec<(String, LabSpec)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/labs");
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    all.sort();
    let spec = |folder: PathBuf| {
        let text = std::fs::read_to_string(folder.join("lab.toml")).ok()?;
        let read = |file: &str| std::fs::read_to_string(folder.join(file)).map_err(|e| e.to_string());
        let name = folder.file_name()?.to_string_lossy().into_owned();
        Some((name, LabSpec::from_toml(&text, read).unwrap()))
    };
    all.into_iter().filter_map(spec).collect()
}

#[test]
fn every_lab_of_the_book_shows_its_variables_again() {
    let mut shown = 0;
    for (name, spec) in labs() {
        // What is typed at a prompt is not told with its tick.
        if spec.programs.iter().any(|p| p.prompt) {
            continue;
        }
        let mut simulation = open(spec);
        run(&mut simulation, Command::Next);
        for _ in 0..40 {
            simulation.command(Command::Next);
            settle(&mut simulation, 400);
        }
        run(&mut simulation, Command::Run(None));
        let live = simulation.session();
        if live.timeline().len() > 3000 {
            continue;
        }
        shown += compare(&name, live, &opened(saved(live)), 10);
    }
    assert!(shown > 100, "{shown} events with variables");
}

const THREADS: &str = "\
import random, threading, time
total = 0
lock = threading.Lock()
def work(n):
    global total
    for i in range(3):
        time.sleep(random.random() / 100)
        with lock:
            total += n * i
began = time.time()
threads = [threading.Thread(target=work, args=(n,)) for n in (1, 2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
took = time.time() - began
name = input('Name? ')
print(total, took > 0, name)
";

fn one(source: &str) -> LabSpec {
    LabSpec::from_programs([("main".to_owned(), "main.py".to_owned(), source.to_owned())]).unwrap()
}

/// Threads, clocks, dice, typed lines, and the program once more.
fn threads() -> Simulation {
    let mut simulation = open(one(THREADS));
    for line in ["first", "second"] {
        run(&mut simulation, Command::Start(ProgramId(0), None));
        run(&mut simulation, Command::Run(None));
        run(
            &mut simulation,
            Command::Type(ProgramId(0), Some(line.to_owned())),
        );
    }
    simulation
}

#[test]
fn threads_clocks_dice_and_typed_lines_are_given_again() {
    let simulation = threads();
    let live = simulation.session();
    let ended = |e: &&protocol::Event| matches!(e.kind, EventKind::Ended { status: 0, .. });
    assert_eq!(live.timeline().events().iter().filter(ended).count(), 2);
    let again = opened(saved(live));
    assert!(compare("threads", live, &again, u64::MAX) > 20);
    // Opened and saved once more, it has still all.
    assert_eq!(again.recording().programs, live.recording().programs);
}

#[test]
fn what_a_recording_does_not_hold_is_not_made_up() {
    let simulation = threads();
    let live = simulation.session();
    let id = ProgramId(0);
    let whole = live.timeline().len();
    // As older recordings are: without times and random bytes.
    let mut recording = saved(live);
    recording.programs[0].given.clear();
    let again = opened(recording);
    assert!(again.knows_variables(id, 3));
    assert!(!again.knows_variables(id, whole) && variables(&again, 0, whole - 1).is_empty());
    for seq in (0..whole).filter(|seq| again.knows_variables(id, *seq)) {
        assert_eq!(variables(&again, 0, seq), variables(live, 0, seq), "event {seq}");
    }
    // Another program than the one that was recorded.
    let mut recording = saved(live);
    recording.programs[0].source = THREADS.replace("(1, 2)", "(1, 2, 3)");
    assert!(!opened(recording).knows_variables(id, whole));
    // None that runs at all.
    let mut recording = saved(live);
    recording.programs[0].source = "def".to_owned();
    assert!(!opened(recording).knows_variables(id, whole));
}
