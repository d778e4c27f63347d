//! What is remembered of a socket, of a connection's two directions, of datagrams.

use super::Place;
use protocol::{ProgramId, SocketId, TcpState};
use std::net::IpAddr;

#[derive(Clone, Debug)]
pub(super) struct Socket {
    pub(super) id: SocketId,
    pub(super) program: ProgramId,
    pub(super) datagrams: bool,
    pub(super) local: Option<Place>,
    pub(super) peer: Option<Place>,
    pub(super) listens: bool,
    /// connect(): its event, the host where it is known, the port.
    pub(super) connects: Option<(u64, Option<IpAddr>, u16)>,
    /// What ended its sending: close(), shutdown(), the program's end.
    pub(super) ended: Option<u64>,
    pub(super) state: Option<TcpState>,
    /// It came out of accept(): so it was in LISTEN's hands before the kernel spoke of it.
    pub(super) accepted: bool,
    /// Bytes given to the kernel, and which call gave which.
    pub(super) sent: u64,
    pub(super) sends: Vec<(u64, u64, u64)>,
    /// Bytes that the kernel showed in its receive buffer last.
    pub(super) queued: u64,
    /// Bytes taken from the kernel, and the last recv() that took some.
    pub(super) received: u64,
    pub(super) took: Option<u64>,
}

#[derive(Clone, Debug)]
pub(super) struct Direction {
    pub(super) from: Place,
    pub(super) to: Place,
    /// The number of the first byte.
    pub(super) first: u32,
    /// The SYN's event.
    pub(super) syn: Option<u64>,
    /// First number, number after the last, event.
    pub(super) segments: Vec<(u32, u32, u64)>,
    /// The last packet's event, acknowledgment, window.
    pub(super) last: u64,
    pub(super) ack: u32,
    pub(super) window: u16,
    /// The number after its FIN.
    pub(super) fin: Option<u32>,
    /// It has acknowledged the other direction's FIN before it sent its own.
    pub(super) acked: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Datagram {
    pub(super) event: u64,
    pub(super) socket: SocketId,
    pub(super) to: Option<(Option<IpAddr>, u16)>,
}

impl Direction {
    pub(super) const fn new(from: Place, to: Place, last: u64) -> Self {
        Self {
            from,
            to,
            first: 0,
            syn: None,
            segments: Vec::new(),
            last,
            ack: 0,
            window: 0,
            fin: None,
            acked: false,
        }
    }
}

impl Socket {
    pub(super) fn new(id: SocketId, program: ProgramId, datagrams: bool) -> Self {
        Self {
            id,
            program,
            datagrams,
            local: None,
            peer: None,
            listens: false,
            connects: None,
            ended: None,
            state: None,
            accepted: false,
            sent: 0,
            sends: Vec::new(),
            queued: 0,
            received: 0,
            took: None,
        }
    }

    /// The call that gave this byte.
    pub(super) fn sender(&self, offset: u64) -> Option<u64> {
        let has = |s: &&(u64, u64, u64)| s.0 <= offset && offset < s.1;
        self.sends.iter().rev().find(has).map(|s| s.2)
    }
}
