//! The kernel's error number, as a type of its own so that it is not taken for a result.

use std::fmt;

/// An errno of a failed call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Errno(pub(crate) i32);

/// What a system call gives.
pub(crate) type Result<T> = std::result::Result<T, Errno>;

impl Errno {
    /// The error of the call that failed just now on this thread.
    pub(crate) fn last() -> Self {
        Self::from(std::io::Error::last_os_error())
    }

    /// EAGAIN: try again when the descriptor is ready.
    pub(crate) const fn would_block(self) -> bool {
        self.0 == libc::EAGAIN
    }
}

impl From<std::io::Error> for Errno {
    fn from(error: std::io::Error) -> Self {
        Self(error.raw_os_error().unwrap_or(libc::EIO))
    }
}

impl From<Errno> for std::io::Error {
    fn from(errno: Errno) -> Self {
        Self::from_raw_os_error(errno.0)
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

/// Turns the -1 of a failed call into its errno.
pub(super) fn check(returned: libc::c_int) -> Result<libc::c_int> {
    if returned < 0 {
        Err(Errno::last())
    } else {
        Ok(returned)
    }
}

/// The same for calls that return a length.
pub(super) fn check_len(returned: libc::ssize_t) -> Result<usize> {
    usize::try_from(returned).map_err(|_| Errno::last())
}
