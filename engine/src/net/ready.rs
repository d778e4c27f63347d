//! What poll(2) says of a socket.

/// A set of poll(2)'s bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ready(u8);

impl Ready {
    pub(super) const NONE: Self = Self(0);
    /// POLLIN.
    pub(super) const READ: Self = Self(1);
    /// POLLOUT.
    pub(super) const WRITE: Self = Self(2);
    /// POLLPRI.
    pub(super) const URGENT: Self = Self(4);
    /// POLLHUP; told without being asked for.
    pub(super) const HANGUP: Self = Self(8);
    /// POLLERR; told without being asked for.
    pub(super) const ERROR: Self = Self(16);

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Anything in common?
    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// What poll(2) tells somebody who asks for `wish`.
    pub(super) const fn asked(self, wish: Self) -> Self {
        Self(self.0 & (wish.0 | Self::HANGUP.0 | Self::ERROR.0))
    }

    pub(super) const fn is_none(self) -> bool {
        self.0 == 0
    }
}
