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

    timed("other systems", other_systems)?;
    site::build(Kind::Dev)?;
    site::build_for_any_host(Kind::Dev, &site::any_host_dev())?;

    let embedded = timed("a server with the site inside", site::embed_for_tests)?;
    // The programs first, then the tests: some tests start the server's program.
    by_cargo("programs", &["build", "--workspace"])?;
    timed("tests", || {
        // One run tells of everything that fails, each in its own words and not under a hundred frames of a backtrace.
        let mut command = cargo(&["test", "--workspace", "--no-fail-fast"]);
        command
            .env("RUST_LIB_BACKTRACE", "0")
            .env("WIRELAB_SITE", Kind::Dev.folder())
            .env("WIRELAB_STATIC", site::any_host_dev())
            .env("WIRELAB_BIN", workspace::server("debug"))
            .env("WIRELAB_EMBEDDED", &embedded);
        if let Some(browser) = &browser {
            browser.tell(&mut command);
        }
        workspace::run(command)
    })
}

/// Systems that the server shall be built for besides Linux, the ones with another C library or another kind of socket.
const OTHERS: [&str; 2] = ["aarch64-apple-darwin", "x86_64-pc-windows-gnu"];

/// Checks the server's types for other systems, and runs their code as far as Linux can: over the shared loopback.
fn other_systems() -> Result<()> {
    for target in OTHERS {
        if !tools::has_target(target)? {
            continue;
        }
        let packages = [
            "--package",
            "protocol",
            "--package",
            "engine",
            "--package",
            "server",
        ];
        let lints = ["--", "-D", "warnings"];
        let check = [&["clippy", "--target", target][..], &packages, &lints].concat();
        workspace::run(cargo(&check))?;
    }
    let mut portable = cargo(&["test", "--package", "server", "--test", "shared"]);
    portable
        .env("WIRELAB_PORTABLE", "1")
        // Else everything would be built anew each time.
        .env("CARGO_TARGET_DIR", workspace::target().join("portable"));
    workspace::run(portable)
}
