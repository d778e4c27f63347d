//! Newtypes for the numbers that must not be mixed up.

use protocol_derive::{Read, Write};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Read, Write)]
        #[serde(transparent)]
        pub struct $name(pub $inner);
    };
}

id!(
    /// A program of a lab: its place in the lab's order, from 0.
    ProgramId(u16)
);
id!(
    /// A thread of one program: 0 is the main thread, then in order of `start()`.
    ThreadId(u32)
);
id!(
    /// A socket of a lab. The session gives it (also for `accept`, before the call), so that a lab replayed is the same
    /// lab; never used twice. It is not the file descriptor that the program sees.
    SocketId(u32)
);
id!(
    /// One request on a WebSocket session: given by the page, counted up from 1, runs once.
    CallId(u64)
);
id!(
    /// A session of the server, good for finding it again; the secret that goes with it proves who asks.
    SessionId(u64)
);

impl SocketId {
    /// How many sockets one program can ever make; `socket()` fails with EMFILE after that.
    pub const PER_PROGRAM: u32 = 1 << 20;

    /// The `n`th socket that `program` makes (n from 0, below [`SocketId::PER_PROGRAM`]).
    pub const fn of(program: ProgramId, n: u32) -> Self {
        Self(program.0 as u32 * Self::PER_PROGRAM + n)
    }

    /// The program that made this socket.
    pub const fn program(self) -> ProgramId {
        ProgramId((self.0 / Self::PER_PROGRAM) as u16)
    }
}
