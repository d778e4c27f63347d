//! One socket of a lab, as a program has it.

use super::abi::*;
use super::kernel::Body;
use protocol::{HostId, Outcome, Sample, SocketId};

/// A socket, from socket() or accept() until it is closed and nobody waits on it any more.
pub(super) struct Sock {
    pub(super) id: SocketId,
    /// Where it lives.
    pub(super) host: HostId,
    /// AF_*.
    pub(super) family: i32,
    /// SOCK_STREAM or SOCK_DGRAM.
    pub(super) kind: i32,
    pub(super) body: Body,
    /// The program has not closed it. A closed one lives on while calls wait on it, as on Linux.
    pub(super) open: bool,
    /// CPython's settimeout(), nanoseconds.
    pub(super) timeout: Option<u64>,
    /// SO_RCVTIMEO: ends a blocking call with EAGAIN.
    pub(super) receive_timeout: Option<u64>,
    /// SO_SNDTIMEO.
    pub(super) send_timeout: Option<u64>,
    /// After a send() that had queued a part: the next call gets the error.
    pub(super) held_error: Option<i32>,
    /// What was told about it last.
    pub(super) told: Option<Sample>,
}

impl Sock {
    pub(super) const fn new(id: SocketId, host: HostId, family: i32, kind: i32, body: Body) -> Self {
        Self {
            id,
            host,
            family,
            kind,
            body,
            open: true,
            timeout: None,
            receive_timeout: None,
            send_timeout: None,
            held_error: None,
            told: None,
        }
    }

    pub(super) const fn is_stream(&self) -> bool {
        self.kind == SOCK_STREAM
    }

    /// The error that the program has not heard of yet, if there is one.
    pub(super) fn take_error(&mut self) -> Option<Outcome> {
        self.held_error.take().map(Outcome::errno)
    }
}
