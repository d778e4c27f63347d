//! One TCP connection, or a socket that is to become one: RFC 9293's state machine as Linux runs it.
//!
//! ```text
//! mod.rs       what is known of a connection; the calls on it
//! output.rs    what may be sent now          -> segments
//! input.rs     a segment has arrived         -> states, buffers, answers
//! again.rs     what is lost is sent again: timers, SACK, congestion window
//! options.rs   the options of a segment
//! urgent.rs    the one byte that goes before the others
//! ```
//!
//! Which connection a segment belongs to, and listening sockets, are [`super::listen`]'s. A connection puts its packets into
//! `tx`; the kernel around it takes them from there.
//!
//! Not modelled: TCP Fast Open, ECN, SYN cookies, CUBIC's curve (the window grows as in RFC 5681, and shrinks as
//! CUBIC does), the automatic growth of buffers.

mod again;
mod input;
mod options;
mod output;
mod urgent;

pub(super) use again::Timers;
pub(super) use input::reset_for;

use super::abi::*;
use super::ready::Ready;
use super::settings::Settings;
use protocol::{SocketId, TcpState};
use std::collections::VecDeque;
use std::net::SocketAddr;

/// Nanoseconds in a millisecond.
pub(super) const MS: u64 = 1_000_000;
/// shutdown(2) has closed the receiving side, or the peer has.
pub(super) const RCV: u8 = 1;
/// The sending side is closed.
pub(super) const SND: u8 = 2;
/// What a receive buffer of the kernel's default holds: half of tcp_rmem's 131,072 bytes.
const RECEIVE_ROOM: u32 = 65_536;
/// What a send buffer holds beside what a silent receiver takes, as measured on Linux 6.18: tcp_wmem's most is seldom
/// reached, the buffer grows with the congestion window.
const SEND_ROOM: u32 = 104_928;

/// `sock->state` (include/linux/net.h).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Unconnected,
    Connecting,
    Connected,
    /// shutdown(2) has come between.
    Disconnecting,
}

/// A connection.
pub(super) struct Tcb {
    pub(super) id: u32,
    pub(super) host: u8,
    /// Of an AF_INET6 socket.
    pub(super) six: bool,
    pub(super) state: TcpState,
    /// Who has its descriptor, or had it.
    pub(super) owner: Option<SocketId>,
    /// close(2) was called: nobody has a descriptor any more.
    pub(super) orphan: bool,
    /// The listening socket that it waits at.
    pub(super) parent: Option<u32>,
    /// Port 0: it has none.
    pub(super) local: SocketAddr,
    /// The address and the port were asked for by bind(2).
    pub(super) bound: bool,
    /// How far connect(2) is (`sock->state`), which outlives the connection.
    pub(super) phase: Phase,
    pub(super) peer: Option<SocketAddr>,
    pub(super) backlog: u32,
    /// Connections that wait for accept(), oldest first.
    pub(super) queue: Vec<u32>,
    pub(super) set: Settings,
    /// The error that the next call is told (`sk_err`).
    pub(super) err: i32,
    /// [`RCV`], [`SND`].
    pub(super) shut: u8,
    /// The peer has closed its side: what was not read ends without an error (`SOCK_DONE`).
    pub(super) done: bool,
    pub(super) snd: Send,
    pub(super) rcv: Receive,
    pub(super) timers: Timers,
    /// Packets that wait on the wire for a learner: it does not give up.
    pub(super) patient: bool,
    /// Segments to be sent: what stands behind the ports.
    pub(super) tx: Vec<Vec<u8>>,
}

/// The sending side (RFC 9293 3.3.1, names as there).
#[derive(Default)]
pub(super) struct Send {
    pub(super) iss: u32,
    pub(super) una: u32,
    pub(super) nxt: u32,
    /// The peer's window, bytes.
    pub(super) wnd: u32,
    /// The segment that told it.
    wl1: u32,
    scale: u8,
    /// Both ends scale their windows.
    scale_ok: bool,
    /// Bytes from `una` on (the SYN is no byte).
    buf: VecDeque<u8>,
    /// The number of the first of them.
    buf_seq: u32,
    /// Ends of what calls have queued: a segment that ends there has PSH.
    push: VecDeque<u32>,
    /// The program has closed: a FIN follows the bytes.
    fin: bool,
    /// The end of what send(MSG_OOB) has queued.
    urgent: Option<u32>,
    /// The end of the last segment that was not full (Minshall's rule for Nagle's algorithm).
    small_end: u32,
    /// Sent and not acknowledged.
    sent: VecDeque<Sent>,
    pub(super) mss: u32,
    pub(super) cwnd: u32,
    pub(super) ssthresh: u32,
    cwnd_cnt: u32,
    limited: bool,
    /// Above this everything is new: the end of a recovery.
    recover: Option<u32>,
    /// The window follows what arrives (RFC 6937), until the recovery ends.
    reducing: bool,
    dupacks: u32,
    sack_ok: bool,
    stamps: bool,
    /// Round-trip times, microseconds; 0: none was measured.
    pub(super) srtt: u32,
    pub(super) rttvar: u32,
    pub(super) retransmitted: u32,
    last_at: u64,
}

/// A segment that was sent and is not acknowledged.
#[derive(Clone, Copy, Debug)]
struct Sent {
    seq: u32,
    end: u32,
    fin: bool,
    at: u64,
    sacked: bool,
    lost: bool,
    again: bool,
}

/// The receiving side.
#[derive(Default)]
pub(super) struct Receive {
    irs: u32,
    pub(super) nxt: u32,
    /// What was acknowledged last, and the window that was offered with it.
    wup: u32,
    pub(super) wnd: u32,
    scale: u8,
    buf: VecDeque<u8>,
    /// The number of the first of them.
    read: u32,
    urgent: Option<urgent::Urgent>,
    /// Out of order: number, bytes, FIN; sorted.
    later: Vec<(u32, Vec<u8>, bool)>,
    /// The peer's timestamp to be echoed.
    stamp: u32,
    mss: u32,
    /// An acknowledgment is owed.
    owed: bool,
    /// So many may be sent at once before they are delayed.
    quick: u32,
    pingpong: bool,
    /// When something came, and when bytes came; 0: never.
    last_at: u64,
    data_at: u64,
    pushed: bool,
}

impl Tcb {
    pub(super) fn new(id: u32, host: u8, six: bool, local: SocketAddr) -> Self {
        Self {
            id,
            host,
            six,
            state: TcpState::Closed,
            owner: None,
            orphan: false,
            parent: None,
            local,
            bound: false,
            phase: Phase::Unconnected,
            peer: None,
            backlog: 0,
            queue: Vec::new(),
            set: Settings::default(),
            err: 0,
            shut: 0,
            done: false,
            snd: Send {
                cwnd: 10,
                ssthresh: 0x7fff_ffff,
                mss: 536,
                ..Send::default()
            },
            rcv: Receive {
                mss: 536,
                ..Receive::default()
            },
            timers: Timers::default(),
            patient: false,
            tx: Vec::new(),
        }
    }

    /// What a segment may carry at most, before the peer has said what it takes. `lo`'s MTU is larger.
    pub(super) fn own_mss(&self) -> u32 {
        let six = self.peer.is_some_and(|peer| peer.is_ipv6());
        let all = if six { 1440 } else { 1460 };
        let lo = self
            .peer
            .is_some_and(|peer| peer.is_ipv6() && peer.ip().is_loopback());
        let most = if lo { 65_536 - 60 } else { all };
        match self.set.get(IPPROTO_TCP, TCP_MAXSEG) {
            0 => most,
            set => most.min(set.unsigned_abs()),
        }
    }

    /// Is it past the handshake?
    pub(super) const fn is_synchronized(&self) -> bool {
        !matches!(
            self.state,
            TcpState::Closed | TcpState::Listen | TcpState::SynSent | TcpState::SynReceived
        )
    }

    /// The number after the last byte (and FIN) that the program has queued.
    fn write_seq(&self) -> u32 {
        self.data_end().wrapping_add(u32::from(self.snd.fin))
    }

    fn data_end(&self) -> u32 {
        self.snd.buf_seq.wrapping_add(self.snd.buf.len() as u32)
    }

    /// SIOCOUTQ: bytes (and FIN) that are not acknowledged.
    pub(super) fn unacknowledged(&self) -> u32 {
        match self.state {
            TcpState::Closed | TcpState::Listen | TcpState::TimeWait => 0,
            TcpState::SynSent | TcpState::SynReceived => self.snd.buf.len() as u32 + 1,
            _ => self.write_seq().wrapping_sub(self.snd.una),
        }
    }

    /// Segments that are not acknowledged.
    pub(super) fn packets_out(&self) -> u32 {
        self.snd.sent.len() as u32
    }

    /// SIOCINQ.
    pub(super) fn unread(&self) -> u32 {
        self.readable().1 as u32
    }

    /// The first bytes that were not read.
    pub(super) fn peek(&self, most: usize) -> Vec<u8> {
        self.rcv.buf.iter().take(most).copied().collect()
    }

    fn send_room(&self) -> usize {
        let most = match self.set.get(SOL_SOCKET, SO_SNDBUF) {
            0 => SEND_ROOM,
            // Each full segment of 1448 bytes costs the kernel 2,304.
            set => (set.unsigned_abs() / 2).max(1),
        };
        (most as usize).saturating_sub(self.snd.buf.len())
    }

    /// poll(2).
    pub(super) fn ready(&self) -> Ready {
        if self.state == TcpState::Listen {
            return if self.queue.is_empty() {
                Ready::NONE
            } else {
                Ready::READ
            };
        }
        let mut ready = Ready::NONE;
        if self.shut == RCV | SND || self.state == TcpState::Closed {
            ready = ready.or(Ready::HANGUP);
        }
        if self.shut & RCV != 0 {
            ready = ready.or(Ready::READ);
        }
        if !matches!(self.state, TcpState::SynSent | TcpState::SynReceived) {
            let least = self.set.get(SOL_SOCKET, SO_RCVLOWAT).max(1) as usize;
            if self.readable().1 >= least {
                ready = ready.or(Ready::READ);
            }
            if self.has_urgent() {
                ready = ready.or(Ready::URGENT);
            }
            // As sk_stream_is_writeable(): a third of the buffer is free.
            if self.shut & SND != 0 || self.send_room() * 2 >= self.snd.buf.len() && self.send_room() > 0 {
                ready = ready.or(Ready::WRITE);
            }
        }
        if self.err != 0 {
            ready = ready.or(Ready::ERROR);
        }
        ready
    }

    /// send(2) without blocking: how many bytes were queued.
    pub(super) fn send(&mut self, now: u64, data: &[u8], flags: i32) -> Result<usize> {
        match self.state {
            TcpState::Established | TcpState::CloseWait => {}
            TcpState::SynSent | TcpState::SynReceived if self.err == 0 => return Err(EAGAIN),
            _ => return Err(self.take_err().unwrap_or(EPIPE)),
        }
        if self.err != 0 || self.shut & SND != 0 {
            return Err(self.take_err().unwrap_or(EPIPE));
        }
        let n = data.len().min(self.send_room());
        if n == 0 && !data.is_empty() {
            return Err(EAGAIN);
        }
        self.snd.buf.extend(&data[..n]);
        let more = flags & MSG_MORE != 0;
        if flags & MSG_OOB != 0 && n == data.len() && n > 0 {
            self.mark_urgent();
        }
        if n > 0 && !more {
            self.snd.push.push_back(self.data_end());
        }
        self.output_with(now, more);
        Ok(n)
    }

    /// The error that nobody was told.
    pub(super) const fn take_err(&mut self) -> Option<i32> {
        match std::mem::replace(&mut self.err, 0) {
            0 => None,
            errno => Some(errno),
        }
    }

    /// recv(2) without blocking, in the order of checks of tcp_recvmsg_locked().
    pub(super) fn receive(&mut self, now: u64, max: usize, flags: i32) -> Result<Vec<u8>> {
        if self.state == TcpState::Listen {
            return Err(ENOTCONN);
        }
        if flags & MSG_OOB != 0 {
            return self.receive_urgent(flags);
        }
        let (skipped, there) = self.readable();
        let n = max.min(there);
        if n > 0 {
            if flags & MSG_PEEK != 0 {
                return Ok(self.rcv.buf.iter().skip(skipped).take(n).copied().collect());
            }
            let data = self.rcv.buf.drain(..skipped + n).skip(skipped).collect();
            self.was_read(skipped + n);
            self.after_read(now);
            return Ok(data);
        }
        if self.done {
            return Ok(Vec::new());
        }
        if let Some(errno) = self.take_err() {
            return Err(errno);
        }
        if self.shut & RCV != 0 {
            return Ok(Vec::new());
        }
        if self.state == TcpState::Closed {
            return Err(ENOTCONN);
        }
        Err(EAGAIN)
    }

    /// shutdown(2) of a connection; `how` in the kernel's bits. (A socket that is not connected is [`super::listen`]'s.)
    pub(super) fn shutdown(&mut self, now: u64, how: u8) {
        self.shut |= how;
        if how & SND != 0 {
            self.close_side(now);
        }
    }

    /// Queues a FIN, if the state has one to send (tcp_close_state()).
    fn close_side(&mut self, now: u64) {
        self.state = match self.state {
            TcpState::Established => TcpState::FinWait1,
            TcpState::CloseWait => TcpState::LastAck,
            _ => return,
        };
        self.snd.fin = true;
        self.output(now);
    }

    /// close(2) of a connection (tcp_close()). After it the state says whether anything is left of it.
    pub(super) fn close(&mut self, now: u64) {
        self.orphan = true;
        let unread = !self.rcv.buf.is_empty();
        let lingers_not = self.set.was_set(SOL_SOCKET, SO_LINGER) && self.set.get(SOL_SOCKET, SO_LINGER) == 0;
        match self.state {
            TcpState::SynSent | TcpState::Closed | TcpState::Listen => self.die(),
            _ if unread || lingers_not => self.abort(now),
            _ => {
                self.shut = RCV | SND;
                self.close_side(now);
                if self.state == TcpState::FinWait2 {
                    self.wait_for_fin(now);
                }
            }
        }
    }

    /// Ends the connection with a RST, where the peer has something to reset.
    pub(super) fn abort(&mut self, now: u64) {
        let peer_knows = matches!(
            self.state,
            TcpState::Established
                | TcpState::FinWait1
                | TcpState::FinWait2
                | TcpState::CloseWait
                | TcpState::SynReceived
                | TcpState::LastAck
                | TcpState::Closing
        );
        if peer_knows {
            self.send_reset(now);
        }
        self.die();
    }

    /// tcp_done(): nothing is sent any more, calls end.
    pub(super) fn die(&mut self) {
        self.state = TcpState::Closed;
        self.shut = RCV | SND;
        self.snd.buf.clear();
        self.snd.sent.clear();
        self.snd.fin = false;
        self.snd.una = self.snd.nxt;
        self.timers = Timers::default();
        self.rcv.owed = false;
    }

    /// tcp_disconnect(): a socket as it was before connect(), with its error told.
    pub(super) fn disconnect(&mut self) {
        self.die();
        self.shut = 0;
        self.err = 0;
        self.done = false;
        self.phase = Phase::Unconnected;
        self.peer = None;
        self.rcv.buf.clear();
        self.rcv.later.clear();
        // The port stays to be seen, though it is not held any more.
        if !self.bound {
            self.local.set_ip(super::host::unspecified(self.six));
        }
    }

    /// A fatal error: the program hears of it at its next call.
    pub(super) fn fail(&mut self, errno: i32) {
        self.die();
        self.err = errno;
    }
}

impl Tcb {
    /// IP_TTL, or IPV6_UNICAST_HOPS.
    pub(super) fn hops(&self) -> u8 {
        let six = self.peer.is_some_and(|peer| peer.is_ipv6());
        let set = if six {
            self.set.get(IPPROTO_IPV6, IPV6_UNICAST_HOPS)
        } else {
            self.set.get(IPPROTO_IP, IP_TTL)
        };
        set.clamp(0, 255) as u8
    }

    /// TIME-WAIT goes on without the socket, which is closed from now on.
    pub(super) fn leave_waiting(&mut self, id: u32) -> Self {
        let mut rest = Self::new(id, self.host, self.six, self.local);
        rest.peer = self.peer;
        rest.orphan = true;
        rest.state = self.state;
        rest.set = self.set.clone();
        rest.timers = self.timers;
        rest.snd.nxt = self.snd.nxt;
        rest.snd.una = self.snd.una;
        rest.snd.stamps = self.snd.stamps;
        rest.rcv.nxt = self.rcv.nxt;
        rest.rcv.wup = self.rcv.wup;
        rest.rcv.wnd = self.rcv.wnd;
        rest.rcv.scale = self.rcv.scale;
        rest.rcv.stamp = self.rcv.stamp;
        self.die();
        rest
    }

    /// Has TIME-WAIT lasted so many seconds?
    pub(super) fn waits_since(&self, now: u64, seconds: u64) -> bool {
        self.timers
            .wait
            .is_some_and(|end| end.saturating_sub(again::LONG_WAIT) + seconds * 1000 * MS <= now)
    }
}

impl Tcb {
    /// An option was set: some of them act at once.
    pub(super) fn option_changed(&mut self, now: u64, level: i32, name: i32) {
        match (level, name) {
            (SOL_SOCKET, SO_KEEPALIVE) | (IPPROTO_TCP, TCP_KEEPIDLE) => self.set_keep_alive(now),
            (IPPROTO_TCP, TCP_NODELAY | TCP_CORK) => self.output(now),
            _ => {}
        }
    }
}
