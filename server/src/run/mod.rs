//! `wirelab run`: a lab without a browser, in process with the server's own socket code.
//!
//! ```text
//! args.rs      what to run                     command line -> LabSpec
//! script.rs    what the learner would do       --script -> lines
//! wire.rs      how the wire begins             --wire -> held, rules
//! drive.rs     session <-> network             effects -> calls, answers -> inputs
//! output.rs    what is written                 timeline -> terminal, --out, --transcript, --timeline
//! ```

mod args;
mod drive;
mod output;
mod script;
mod wire;

pub use args::RunArgs;
pub use drive::{Driver, Turned};

use crate::net::Networks;
use anyhow::Context as _;
use engine::session::{Command, Rest, World};
use engine::timeline::ProgramState;
use output::Outputs;
use protocol::{Network, ProgramId};
use script::Line;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Still running at the timeout.
const TIMEOUT: u8 = 3;
/// Where the simulated network's clock begins, so that the same seed gives the same timeline: 2026 in UTC, nanoseconds since
/// 1970.
const BEGINNING: i64 = 1_767_225_600_000_000_000;

/// Runs the lab; gives the exit status: 3 still running at the timeout, 1 a program ended with an error, 0.
///
/// # Errors
/// Bad usage, or the network cannot be had: one sentence each.
pub async fn run(args: &RunArgs) -> anyhow::Result<ExitCode> {
    let mut spec = args.lab()?;
    let names = spec.names();
    let begin = args.wire.as_deref().map(wire::read).transpose()?;
    spec.held = begin.as_ref().is_some_and(|wire| wire.held);
    let script = match &args.script {
        None => None,
        Some(path) => {
            let text =
                std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            Some(script::parse(&text, &names)?)
        }
    };
    let mut outputs = Outputs::new(args, &names)?;
    let mut driver = if spec.network == Some(Network::Simulated) {
        Driver::simulate(
            spec,
            World {
                unix_nanos: BEGINNING,
                ..world(args.seed)?
            },
        )
    } else {
        let networks = Networks::start().await.allowing(args.allow.clone()).await;
        Driver::open(&networks, spec, world(args.seed)?).await?
    };
    if let Some(rules) = begin.and_then(wire::Begin::rules) {
        driver.command(Command::Wire(rules));
    }
    let limit = Duration::try_from_secs_f64(args.timeout).context("--timeout needs seconds, not negative")?;
    driver.end_after(limit);
    let finished = follow(&mut driver, script, &mut outputs).await;
    driver.stop_all();
    outputs.catch_up(driver.session())?;
    outputs.finish(driver.session())?;
    finished?;
    let state = driver.session().timeline().live();
    let failed = |p: &ProgramState| matches!(p.ended, Some((status, false)) if status != 0);
    let status = if state.programs.iter().any(|p| matches!(p.ended, Some((_, true)))) {
        TIMEOUT
    } else {
        u8::from(state.programs.iter().any(failed))
    };
    Ok(ExitCode::from(status))
}

/// The wall clock now, and a seed: the one that was asked for, or a random one.
fn world(seed: Option<u64>) -> anyhow::Result<World> {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = match seed {
        Some(seed) => seed,
        None => {
            let mut bytes = [0; 8];
            getrandom::fill(&mut bytes)
                .map_err(|e| anyhow::anyhow!("the system gives no random numbers: {e}"))?;
            u64::from_le_bytes(bytes)
        }
    };
    Ok(World {
        unix_nanos: i64::try_from(unix.as_nanos()).unwrap_or(i64::MAX),
        seed,
    })
}

/// Runs until all programs have ended and the script is done.
async fn follow(driver: &mut Driver, script: Option<Vec<Line>>, outputs: &mut Outputs) -> anyhow::Result<()> {
    match script {
        None => driver.command(Command::Run(None)),
        Some(lines) => {
            driver.start_by_command_only();
            driver.command(Command::Run(None));
            for line in lines {
                let quiet = |rest: &Rest| !matches!(rest, Rest::Opening | Rest::Working);
                if !(until(driver, outputs, quiet).await? && play(driver, outputs, line).await?) {
                    return Ok(());
                }
            }
        }
    }
    until(driver, outputs, |rest| {
        matches!(rest, Rest::Ended | Rest::Full | Rest::Lost)
    })
    .await?;
    Ok(())
}

/// Plays one line; false: the time of the run is up.
async fn play(driver: &mut Driver, outputs: &mut Outputs, line: Line) -> anyhow::Result<bool> {
    match line {
        Line::Start(name, args) => {
            let id = driver.program(&name);
            let args = if args.is_empty() { None } else { Some(args) };
            driver.command(Command::Start(id, args));
        }
        Line::Type(name, text) => {
            let id = driver.program(&name);
            driver.command(Command::Type(id, Some(text)));
        }
        Line::Eof(name) => {
            let id = driver.program(&name);
            driver.command(Command::Type(id, None));
        }
        Line::Interrupt(name) => {
            let id = driver.program(&name);
            driver.command(Command::Interrupt(id));
        }
        Line::Wire(act) => {
            let first = driver.session().timeline().live().wire.held_packets().next();
            let action = act.on(first.map(|packet| packet.id))?;
            driver.command(Command::Wire(action));
        }
        Line::Sleep(seconds) => {
            let until = driver.now() + Duration::from_secs_f64(seconds);
            return turns(driver, outputs, Some(until), |_| true).await;
        }
        Line::Wait(name, seconds) => {
            let id = driver.program(&name);
            let until = driver.now() + Duration::from_secs_f64(seconds);
            return turns(driver, outputs, Some(until), |driver| is_alive(driver, id)).await;
        }
    }
    Ok(true)
}

/// Lets things happen while `go_on` and until then; false: the time of the run is up.
async fn turns(
    driver: &mut Driver,
    outputs: &mut Outputs,
    until: Option<Duration>,
    go_on: impl Fn(&Driver) -> bool,
) -> anyhow::Result<bool> {
    while go_on(driver) {
        let turned = driver.turn(until).await?;
        outputs.catch_up(driver.session())?;
        if turned != Turned::On {
            return Ok(turned == Turned::Due);
        }
    }
    Ok(true)
}

fn is_alive(driver: &Driver, id: ProgramId) -> bool {
    driver
        .session()
        .timeline()
        .live()
        .program(id)
        .is_some_and(ProgramState::is_alive)
}

async fn until(
    driver: &mut Driver,
    outputs: &mut Outputs,
    done: impl Fn(&Rest) -> bool,
) -> anyhow::Result<bool> {
    let in_time = turns(driver, outputs, None, |driver| !done(&driver.session().rest())).await?;
    outputs.catch_up(driver.session())?;
    Ok(in_time)
}
