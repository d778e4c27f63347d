//! How fast the engine is beside CPython, on the same programs in the same run: `cargo xtask bench` prints the lines.
//!
//! Each line of output is `name<TAB>figure<TAB>limit<TAB>ok|over`. All figures are ratios of times: engine / python3, so
//! that smaller is better and the machine does not matter. The best of several rounds counts on both sides, with as many
//! tries on each, and the rounds take turns, so that whatever else the machine does hits both. With a word as argument,
//! only loops of that name run.

use anyhow::{Context as _, bail};
use engine::program::Vm;
use engine::program::host::{Config, HostAnswer, HostCall, Stop};
use protocol::{ProgramId, ThreadId};
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};
use wirelab_tests::loops::LOOPS;

const ROUNDS: usize = 7;

/// How often a loop runs on each side in a round.
const TRIES: usize = 3;

/// How the loop runs: (name, limit of engine / python3, python's preparation).
const WAYS: &[(&str, f64, &str)] = &[
    ("without stops", 4.0, ""),
    (
        "empty stop at each line",
        2.0,
        "def tracer(frame, event, arg):\n    return tracer\nsys.settrace(tracer)\n",
    ),
    (
        "stop at each line, variables read",
        1.0,
        "def tracer(frame, event, arg):\n    if event == 'line':\n        dict(frame.f_locals)\n    return tracer\nsys.settrace(tracer)\n",
    ),
];

fn main() -> anyhow::Result<()> {
    let only = std::env::args().nth(1);
    for (way, (way_name, limit, prepare)) in WAYS.iter().enumerate() {
        for (name, source) in LOOPS {
            if only.as_ref().is_some_and(|only| only != name) {
                continue;
            }
            let (mut python, mut engine) = (Duration::MAX, Duration::MAX);
            for _ in 0..ROUNDS {
                python = python.min(python_time(source, prepare)?);
                for _ in 0..TRIES {
                    engine = engine.min(engine_time(source, way)?);
                }
            }
            let ratio = engine.as_secs_f64() / python.as_secs_f64();
            let verdict = if ratio <= *limit { "ok" } else { "over" };
            println!("engine {way_name}: {name}, time / python3's\t{ratio:.2}\t{limit:.2}\t{verdict}");
        }
    }
    Ok(())
}

/// The best of [`TRIES`] in one python3.
fn python_time(source: &str, prepare: &str) -> anyhow::Result<Duration> {
    let program = format!(
        "import sys, time\n{source}\nbest = None\nfor _ in range({TRIES}):\n    t = time.perf_counter_ns()\n    {}work()\n    sys.settrace(None)\n    t = time.perf_counter_ns() - t\n    best = t if best is None else min(best, t)\nprint(best)\n",
        prepare.replace('\n', "\n    ").trim_end().to_owned()
            + if prepare.is_empty() { "" } else { "\n    " },
    );
    let output = Command::new("python3")
        .args(["-c", &program])
        .output()
        .context("python3 cannot be run")?;
    if !output.status.success() {
        bail!("python3: {}", String::from_utf8_lossy(&output.stderr));
    }
    let nanos: u64 = String::from_utf8(output.stdout)?
        .trim()
        .parse()
        .context("python3 gave no number")?;
    Ok(Duration::from_nanos(nanos))
}

/// One try in the engine.
fn engine_time(source: &str, way: usize) -> anyhow::Result<Duration> {
    let config = Config {
        file: "bench.py".into(),
        source: format!("{source}\nwork()\n"),
        args: Vec::new(),
        files: Vec::new(),
        pid: 1,
        program: ProgramId(0),
        first_socket: 0,
        interactive: false,
    };
    let mut vm =
        Vm::new(config).map_err(|e| anyhow::anyhow!("{}: {}", e.raised.type_name, e.raised.message))?;
    let start = Instant::now();
    loop {
        match vm.run(10_000_000, way > 0) {
            Stop::Line { thread, .. } => {
                if way > 1 {
                    black_box(vm.locals(thread));
                }
            }
            Stop::OutOfFuel => {}
            Stop::Call {
                token,
                call: HostCall::Clock(_),
                ..
            } => vm.answer(token, HostAnswer::Nanos(0)),
            Stop::Ended { status: 0 } => return Ok(start.elapsed()),
            other => bail!("the engine came to {other:?}: {:?}", vm.frames(ThreadId(0))),
        }
    }
}
