//! `cargo xtask serve`: what a new user types first.

use std::process::Command;

use anyhow::Result;

use crate::site::{self, Kind};
use crate::workspace::{self, cargo, timed};

/// Builds what has changed, then serves the site until it is interrupted. The server prints the addresses.
pub(crate) fn run(args: &[&str]) -> Result<()> {
    site::build(Kind::Release)?;
    timed("the server", || {
        workspace::run(cargo(&["build", "--package", "server"]))
    })?;
    let mut server = Command::new(workspace::server("debug"));
    server
        .arg("serve")
        .arg("--site")
        .arg(Kind::Release.folder())
        .args(args);
    workspace::run(server)
}
