//! `cargo xtask test`: every test, in the order in which a failure is cheapest to learn of.
//!
//! The order also keeps the work of the compiler small: everything for this machine is built as one set of packages with
//! one set of features, the pages once for wasm, and the linter shares its own build of the same.

use anyhow::Result;

use crate::site::{self, Kind};
use crate::tools;
use crate::web::TARGET;
use crate::workspace::{self, cargo, target, timed};

/// Everything but the pages, which are compiled for wasm.
const ON_THIS_MACHINE: [&str; 3] = ["--workspace", "--exclude", "web"];

/// Runs them all; the first failure ends it.
pub(crate) fn run() -> Result<()> {
    let tools = tools::find()?;

    timed("cargo fmt --check", || {
        workspace::run(cargo(&["fmt", "--all", "--check"]))
    })?;
    timed("clippy", || {
        let mut command = cargo(&["clippy"]);
        command
            .args(ON_THIS_MACHINE)
            .arg("--all-targets")
            .arg("--target-dir")
            .arg(target());
        command.args(["--", "-D", "warnings"]);
        workspace::run(command)
    })?;
    timed("clippy for wasm", || {
        let mut command = cargo(&[
            "clippy",
            "--package",
            "web",
            "--target",
            TARGET,
            "--profile",
            "wasm-dev",
        ]);
        command
            .arg("--target-dir")
            .arg(target())
            .args(["--", "-D", "warnings"]);
        workspace::run(command)
    })?;

    site::build(Kind::Dev)?;

    // The programs first, then the tests: some tests start the server's program.
    timed("cargo build", || {
        let mut command = cargo(&["build"]);
        command.args(ON_THIS_MACHINE).arg("--target-dir").arg(target());
        workspace::run(command)
    })?;
    timed("cargo test", || {
        let mut command = cargo(&["test"]);
        command.args(ON_THIS_MACHINE).arg("--target-dir").arg(target());
        command.env("WIRELAB_SITE", Kind::Dev.folder());
        command.env(
            "WIRELAB_BIN",
            target()
                .join("debug")
                .join(format!("wirelab{}", std::env::consts::EXE_SUFFIX)),
        );
        if let Some(browser) = &tools.browser {
            command.env("CHROME", &browser.chrome);
            command.env("CHROMEDRIVER", &browser.driver);
            command.env("AXE", &browser.axe);
        }
        workspace::run(command)
    })
}
