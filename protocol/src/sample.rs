//! What the kernel says about a socket at one moment: read from TCP_INFO, SIOCINQ and SIOCOUTQ, never inferred.

use crate::wire::Timer;
use crate::{Address, Payload, SocketId};
use protocol_derive::{Read, Write};
use std::fmt;

/// One look at one socket. Lengths are bytes, times microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Read, Write)]
pub struct Sample {
    /// Which socket.
    pub sock: SocketId,
    /// AF_*.
    pub family: i32,
    /// SOCK_*.
    pub kind: i32,
    /// TCP's state; `None` for sockets without one (UDP, AF_UNIX), or where the system does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TcpState>,
    /// getsockname(2); `None` before it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<Address>,
    /// getpeername(2); `None` without a peer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<Address>,
    /// SIOCINQ: bytes that have arrived and were not read (UDP: of the first datagram).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub recv_queue: u32,
    /// The first of those bytes, as MSG_PEEK shows them (at most [`crate::bounds::PEEK`]).
    #[serde(default, skip_serializing_if = "Payload::is_empty")]
    pub recv_head: Payload,
    /// SIOCOUTQ: bytes that were sent and are not acknowledged yet, or not sent yet.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub send_queue: u32,
    /// A listening socket's accept queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept_queue: Option<AcceptQueue>,
    /// More of TCP_INFO, for connections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tcp: Option<TcpInfo>,
    /// The socket is closed; the kernel may still have work with the connection, which has no descriptor any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
    /// A timer that the kernel runs for the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer: Option<Timer>,
}

impl Sample {
    /// Does `other` say the same, but for the time that a running timer has left?
    pub fn is_same(&self, other: &Self) -> bool {
        if self.timer == other.timer {
            return self == other;
        }
        // Rare: a timer runs.
        let still = |sample: &Self| {
            let mut sample = sample.clone();
            sample.timer.iter_mut().for_each(|timer| timer.left = 0);
            sample
        };
        still(self) == still(other)
    }

    /// Will the kernel do something about the socket without a call?
    pub const fn is_under_way(&self) -> bool {
        use TcpState::{Closing, FinWait1, LastAck, SynReceived, SynSent};
        match self.state {
            Some(SynSent | SynReceived | FinWait1 | Closing | LastAck) => true,
            Some(_) => self.send_queue > 0,
            None => false,
        }
    }
}

// skip_serializing_if asks for a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// Connections that the kernel has established and that wait for accept().
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Read, Write)]
pub struct AcceptQueue {
    /// How many wait.
    pub queued: u32,
    /// listen()'s backlog. Linux takes one more than this.
    pub backlog: u32,
}

/// Parts of Linux's `struct tcp_info`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Read, Write)]
pub struct TcpInfo {
    /// Smoothed round-trip time, microseconds.
    pub rtt: u32,
    /// Its variation, microseconds.
    pub rttvar: u32,
    /// Retransmission timeout, microseconds.
    pub rto: u32,
    /// Congestion window, segments.
    pub cwnd: u32,
    /// Maximum segment size for sending, bytes.
    pub mss: u32,
    /// Segments sent and not acknowledged.
    pub unacked: u32,
    /// Segments sent again so far.
    pub retransmitted: u32,
    /// The receive window that was offered last, bytes.
    pub window: u32,
    /// The receive window that the peer offered last, bytes; 0 also where the kernel does not tell.
    #[serde(default)]
    pub peer_window: u32,
    /// Slow start's threshold, segments.
    #[serde(default)]
    pub ssthresh: u32,
}

/// The states of RFC 9293, section 3.3.2, numbered as Linux numbers them (`include/net/tcp_states.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Read, Write)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
#[repr(u8)]
pub enum TcpState {
    /// The connection is open, data can flow.
    Established = 1,
    /// An active open has sent its SYN.
    SynSent = 2,
    /// A SYN has come and was answered (Linux: SYN_RECV).
    SynReceived = 3,
    /// We have closed first and our FIN is not acknowledged.
    #[serde(rename = "FIN-WAIT-1")]
    FinWait1 = 4,
    /// Our FIN is acknowledged, the peer's has not come.
    #[serde(rename = "FIN-WAIT-2")]
    FinWait2 = 5,
    /// Both FINs have come and gone; waiting for stray segments to die.
    TimeWait = 6,
    /// Nothing.
    Closed = 7,
    /// The peer has closed, the program has not.
    CloseWait = 8,
    /// The peer has closed first, our FIN is not acknowledged.
    LastAck = 9,
    /// A passive open waits for SYNs.
    Listen = 10,
    /// Both have closed at once, our FIN is not acknowledged.
    Closing = 11,
}

impl TcpState {
    /// From the number that Linux uses in `tcpi_state`.
    pub const fn from_linux(n: u8) -> Option<Self> {
        Some(match n {
            1 => Self::Established,
            2 => Self::SynSent,
            3 | 12 => Self::SynReceived,
            4 => Self::FinWait1,
            5 => Self::FinWait2,
            6 => Self::TimeWait,
            7 => Self::Closed,
            8 => Self::CloseWait,
            9 => Self::LastAck,
            10 => Self::Listen,
            11 => Self::Closing,
            _ => return None,
        })
    }

    /// RFC 9293's spelling.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Established => "ESTABLISHED",
            Self::SynSent => "SYN-SENT",
            Self::SynReceived => "SYN-RECEIVED",
            Self::FinWait1 => "FIN-WAIT-1",
            Self::FinWait2 => "FIN-WAIT-2",
            Self::TimeWait => "TIME-WAIT",
            Self::Closed => "CLOSED",
            Self::CloseWait => "CLOSE-WAIT",
            Self::LastAck => "LAST-ACK",
            Self::Listen => "LISTEN",
            Self::Closing => "CLOSING",
        }
    }
}

impl fmt::Display for TcpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
