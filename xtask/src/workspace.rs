//! Where things lie, and how a command is run from inside `cargo xtask`.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's folder for everything built: `CARGO_TARGET_DIR` if the user set it, else `target`.
pub(crate) fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// Variables of the outer cargo run that an inner one may see: where crates come from, and how loudly to speak.
const KEPT: [&str; 8] = [
    "CARGO_HOME",
    "CARGO_BUILD_JOBS",
    "CARGO_INCREMENTAL",
    "CARGO_NET_",
    "CARGO_HTTP_",
    "CARGO_REGISTR",
    "CARGO_SOURCE_",
    "CARGO_TERM_",
];

/// A cargo command that knows nothing of the cargo run around it.
///
/// `cargo run` sets variables for the program that it starts (its package, its flags). Handed on, they would make the
/// inner cargo build everything again, or build the pages for wasm with flags meant for this machine's processor.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let foreign = text.starts_with("CARGO") && !KEPT.iter().any(|kept| text.starts_with(kept));
        if foreign || matches!(&*text, "RUSTFLAGS" | "RUSTDOCFLAGS" | "OUT_DIR") {
            command.env_remove(&name);
        }
    }
    command
        .current_dir(root())
        .args(args)
        .env("CARGO_TARGET_DIR", target());
    command
}

/// The server's program in a profile's folder, `debug` or `release`, or in the one for the tests that has the site inside,
/// `embedded`.
pub(crate) fn server(profile: &str) -> PathBuf {
    target()
        .join(profile)
        .join(format!("wirelab{}", env::consts::EXE_SUFFIX))
}

/// Runs a command that speaks for itself; an error names it.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let words = in_words(&command);
    let status = command
        .status()
        .with_context(|| format!("`{words}` could not be started"))?;
    if !status.success() {
        bail!("`{words}` failed ({status})");
    }
    Ok(())
}

fn in_words(command: &Command) -> String {
    let mut words = command.get_program().to_string_lossy().into_owned();
    for arg in command.get_args() {
        words.push(' ');
        words.push_str(&arg.to_string_lossy());
    }
    words
}

/// Does one piece of work and says how long it took.
pub(crate) fn timed<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let begin = Instant::now();
    let done = work().with_context(|| what.to_owned())?;
    eprintln!("xtask: {what} ({:.1} s)", begin.elapsed().as_secs_f32());
    Ok(done)
}

/// The rules of a machine that judges: what is missing is a failure there, not a skip.
pub(crate) fn in_ci() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}
