//! `wirelab exec` where the system has no network namespaces.

use super::{ExecArgs, Registry};
use std::io;
use std::process::ExitCode;

/// Says that it cannot be, and what can.
pub fn run(_args: &ExecArgs) -> ExitCode {
    eprintln!(
        "wirelab: labs have no network of their own on this system: they share the machine's loopback, and a program that is \
         simply started is beside them."
    );
    ExitCode::from(2)
}

/// Nobody has to be let in.
pub(crate) struct Doorkeeper;

impl Doorkeeper {
    /// There is no door.
    ///
    /// # Errors
    /// Always [`io::ErrorKind::Unsupported`].
    pub(crate) fn open(_port: u16, _registry: &Registry) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
