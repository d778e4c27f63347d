//! `cargo xtask serve`: what a new user types first.

use anyhow::Result;

use crate::site::{self, Kind};
use crate::workspace::{self, cargo, target, timed};

/// Builds what has changed, then serves the site until it is interrupted. The server prints the addresses.
pub(crate) fn run(args: &[&str]) -> Result<()> {
    site::build(Kind::Release)?;
    timed("the server", || {
        let mut command = cargo(&["build", "--package", "server"]);
        command.arg("--target-dir").arg(target());
        workspace::run(command)
    })?;
    let binary = target()
        .join("debug")
        .join(format!("wirelab{}", std::env::consts::EXE_SUFFIX));
    let mut server = std::process::Command::new(binary);
    server
        .arg("serve")
        .arg("--site")
        .arg(Kind::Release.folder())
        .args(args);
    workspace::run(server)
}
