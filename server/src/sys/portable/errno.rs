//! Errors, always by Linux's numbers: that is what programs of a lab see on every system.

use crate::linux;
use std::fmt;

/// An errno of a failed call: Linux's number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Errno(pub(crate) i32);

/// What a system call gives.
pub(crate) type Result<T> = std::result::Result<T, Errno>;

impl Errno {
    /// EAGAIN: try again when the descriptor is ready.
    pub(crate) const fn would_block(self) -> bool {
        self.0 == linux::EAGAIN
    }
}

impl From<std::io::Error> for Errno {
    fn from(error: std::io::Error) -> Self {
        let number = error.raw_os_error().unwrap_or(0);
        let known = super::system::ERRORS.iter().find(|(own, _)| *own == number);
        Self(known.map_or(linux::EIO, |(_, linux)| *linux))
    }
}

impl From<Errno> for std::io::Error {
    fn from(errno: Errno) -> Self {
        Self::other(errno.to_string())
    }
}

impl fmt::Display for Errno {
    /// `EPERM (Operation not permitted)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = protocol::errno::strerror(self.0);
        match protocol::errno::name(self.0) {
            Some(name) => write!(f, "{name} ({text})"),
            None => write!(f, "{text}"),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
