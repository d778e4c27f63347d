//! `cargo xtask test`: every test, in the order in which a failure is cheapest to learn of.
//!
//! The order also keeps the work of the compiler small: everything for this machine is built as one set of packages with
//! one set of features, the pages once for wasm, and the linter shares its own build of the same.

use anyhow::Result;

use crate::site::{self, Kind};
use crate::tools;
use crate::web::TARGET;
use crate::workspace::{self, cargo, timed};

/// Runs them all; the first failure ends it.
pub(crate) fn run() -> Result<()> {
    let browser = tools::find()?;

    let by_cargo = |what: &str, args: &[&str]| timed(what, || workspace::run(cargo(args)));
    by_cargo("format", &["fmt", "--all", "--check"])?;
    by_cargo(
        "lints",
        &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
    )?;
    let wasm = [
        "clippy",
        "--package",
        "web",
        "--target",
        TARGET,
        "--profile",
        "wasm-dev",
        "--",
        "-D",
        "warnings",
    ];
    by_cargo("lints of the pages, for wasm", &wasm)?;

    site::build(Kind::Dev)?;

    // The programs first, then the tests: some tests start the server's program.
    by_cargo("programs", &["build", "--workspace"])?;
    timed("tests", || {
        // One run tells of everything that fails, each in its own words and not under a hundred frames of a backtrace.
        let mut command = cargo(&["test", "--workspace", "--no-fail-fast"]);
        command
            .env("RUST_LIB_BACKTRACE", "0")
            .env("WIRELAB_SITE", Kind::Dev.folder())
            .env("WIRELAB_BIN", workspace::server("debug"));
        if let Some(browser) = &browser {
            browser.tell(&mut command);
        }
        workspace::run(command)
    })
}
