//! What may be sent now: windows, Nagle's algorithm, FIN, acknowledgments at once or later.

use super::options::Options;
use super::{MS, RCV, RECEIVE_ROOM, Sent, Tcb};
use crate::net::abi::*;
use crate::net::emit::{self, Segment};
use crate::packet::head::{before, flag, until};
use protocol::TcpState;

/// The window's scale that a default receive buffer asks for (tcp_rmem's most, 6 MB).
pub(super) const SCALE: u8 = 7;
/// The least time that an acknowledgment is delayed (TCP_ATO_MIN).
const ATO: u64 = 40 * MS;
/// How many acknowledgments at the beginning are sent at once (TCP_MAX_QUICKACKS).
const QUICK: u32 = 16;

/// The clock of the timestamps: milliseconds.
fn clock(now: u64) -> u32 {
    (now / MS) as u32
}

impl Tcb {
    pub(super) fn receive_room(&self) -> u32 {
        match self.set.get(SOL_SOCKET, SO_RCVBUF) {
            0 => RECEIVE_ROOM,
            set => (set.unsigned_abs() / 2).max(1),
        }
    }

    /// The active open: SYN-SENT.
    pub(in crate::net) fn open(&mut self, now: u64, iss: u32) {
        self.snd.iss = iss;
        (self.snd.una, self.snd.nxt) = (iss, iss);
        self.snd.buf_seq = iss.wrapping_add(1);
        self.snd.mss = self.own_mss();
        self.snd.small_end = iss;
        (self.done, self.err) = (false, 0);
        self.state = TcpState::SynSent;
        self.rcv.wnd = self.receive_room().min(64_240);
        self.send_syn(now);
        self.snd.nxt = iss.wrapping_add(1);
        self.arm_retransmit(now);
    }

    /// SYN, or SYN-ACK.
    pub(super) fn send_syn(&mut self, now: u64) {
        let answers = self.state == TcpState::SynReceived;
        let offered = |both: bool| !answers || both;
        let options = Options {
            mss: Some(self.own_mss() as u16),
            scale: offered(self.snd.scale_ok).then_some(SCALE),
            sack_ok: offered(self.snd.sack_ok),
            stamps: offered(self.snd.stamps).then(|| (clock(now), self.rcv.stamp)),
            sack: Vec::new(),
        };
        let flags = flag::SYN | if answers { flag::ACK } else { 0 };
        let window = self.rcv.wnd.min(65_535) as u16;
        self.put(self.snd.iss, flags, window, &options.write(), &[]);
        self.rcv.wup = self.rcv.nxt;
        self.rcv.owed = false;
        self.snd.last_at = now;
    }

    fn put(&mut self, seq: u32, flags: u8, window: u16, options: &[u8], payload: &[u8]) {
        let Some(peer) = self.peer else { return };
        let ack = if flags & flag::ACK == 0 { 0 } else { self.rcv.nxt };
        let urgent = self.urgent_pointer(seq).filter(|_| !payload.is_empty());
        let segment = Segment {
            seq,
            ack,
            flags: flags | if urgent.is_some() { flag::URG } else { 0 },
            window,
            urgent: urgent.unwrap_or(0),
            options,
            payload,
        };
        self.tx.push(emit::tcp(self.local, peer, &segment));
    }

    /// Any segment after the handshake: with our acknowledgment and window.
    fn put_synchronized(&mut self, now: u64, seq: u32, flags: u8, payload: &[u8]) {
        let window = self.offer_window();
        let mut options = Options {
            stamps: self.snd.stamps.then(|| (clock(now), self.rcv.stamp)),
            ..Options::default()
        };
        if self.snd.sack_ok {
            options.sack = self.out_of_order();
        }
        let scaled = (window >> self.rcv.scale).min(65_535) as u16;
        self.put(seq, flags | flag::ACK, scaled, &options.write(), payload);
        self.rcv.owed = false;
        self.rcv.quick = self.rcv.quick.saturating_sub(1);
        self.timers.ack = None;
    }

    /// What has arrived beyond a gap, as SACK blocks: at most three beside a timestamp.
    fn out_of_order(&self) -> Vec<(u32, u32)> {
        let mut blocks: Vec<(u32, u32)> = Vec::new();
        for (seq, bytes, fin) in &self.rcv.later {
            let end = seq.wrapping_add(bytes.len() as u32 + u32::from(*fin));
            match blocks.last_mut() {
                Some((_, last)) if until(*seq, *last) => *last = end,
                _ => blocks.push((*seq, end)),
            }
        }
        blocks.truncate(3);
        blocks
    }

    /// The window that the next segment offers (tcp_select_window()): what was offered is never taken back.
    fn offer_window(&mut self) -> u32 {
        let left = self.window_left();
        let new = self.window_wanted();
        self.rcv.wnd = if new < left { left } else { new };
        self.rcv.wup = self.rcv.nxt;
        self.rcv.wnd
    }

    pub(super) fn window_left(&self) -> u32 {
        let end = self.rcv.wup.wrapping_add(self.rcv.wnd);
        if before(self.rcv.nxt, end) {
            end.wrapping_sub(self.rcv.nxt)
        } else {
            0
        }
    }

    /// __tcp_select_window().
    pub(super) fn window_wanted(&self) -> u32 {
        let room = self.receive_room();
        let free = room.saturating_sub(self.rcv.buf.len() as u32);
        let unit = 1u32 << self.rcv.scale;
        if free < room / 2 {
            let free = free / unit * unit;
            if free < room >> 4 || free < self.rcv.mss.min(room) {
                return 0;
            }
        }
        free.div_ceil(unit) * unit
    }

    /// Sends what may be sent.
    pub(super) fn output(&mut self, now: u64) {
        self.output_with(now, false);
    }

    /// `more`: the program has said that more follows (MSG_MORE).
    pub(super) fn output_with(&mut self, now: u64, more: bool) {
        if !self.is_synchronized() || self.state == TcpState::TimeWait {
            return;
        }
        self.send_lost(now);
        loop {
            let end = self.data_end();
            let waiting = if before(self.snd.nxt, end) {
                end.wrapping_sub(self.snd.nxt)
            } else {
                0
            };
            let fin_waits = self.snd.fin && until(self.snd.nxt, end);
            if waiting == 0 && !fin_waits {
                break;
            }
            if self.under_way() >= self.snd.cwnd {
                self.snd.limited = true;
                break;
            }
            let edge = self.snd.una.wrapping_add(self.snd.wnd);
            let room = if before(self.snd.nxt, edge) {
                edge.wrapping_sub(self.snd.nxt)
            } else {
                0
            };
            let n = waiting.min(self.snd.mss);
            let fin = self.snd.fin && n == waiting;
            // A full segment may be cut where the window ends; a smaller one goes whole or not at all.
            let n = if n == self.snd.mss && waiting > n {
                n.min(room)
            } else {
                n
            };
            if n + u32::from(fin && n == waiting) > room || (n == 0 && waiting > 0) {
                break;
            }
            if n < self.snd.mss && !fin && self.nagle_waits(more) {
                break;
            }
            if n < self.snd.mss && n < waiting && !self.snd.sent.is_empty() {
                break;
            }
            self.send_new(now, n, fin);
        }
        if self.snd.sent.is_empty() {
            let stuck = before(self.snd.nxt, self.write_seq());
            if stuck && self.timers.probe.is_none() {
                self.arm_probe(now);
            }
        } else {
            self.timers.probe = None;
        }
    }

    /// Nagle's algorithm as Minshall changed it, and TCP_CORK.
    fn nagle_waits(&self, more: bool) -> bool {
        if self.is_urgent() {
            return false;
        }
        if self.set.is_on(IPPROTO_TCP, TCP_CORK) || more {
            return true;
        }
        !self.set.is_on(IPPROTO_TCP, TCP_NODELAY)
            && before(self.snd.una, self.snd.small_end)
            && until(self.snd.small_end, self.snd.nxt)
    }

    fn send_new(&mut self, now: u64, n: u32, fin: bool) {
        let seq = self.snd.nxt;
        let end = seq.wrapping_add(n);
        if n > 0 {
            if n < self.snd.mss {
                self.snd.small_end = end;
            }
            // A reply: the peer's next segment will carry what we acknowledge, so ours may wait for data (pingpong mode).
            if self.rcv.data_at > 0 && now.saturating_sub(self.rcv.data_at) < ATO {
                self.rcv.pingpong = true;
            }
        }
        let last = end.wrapping_add(u32::from(fin));
        self.snd.nxt = last;
        self.snd.sent.push_back(Sent {
            seq,
            end: last,
            fin,
            at: now,
            sacked: false,
            lost: false,
            again: false,
        });
        self.put_data(now, seq, n, fin);
        self.snd.last_at = now;
        self.arm_retransmit(now);
    }

    /// A segment with `n` bytes from `seq` on.
    pub(super) fn put_data(&mut self, now: u64, seq: u32, n: u32, fin: bool) {
        let end = seq.wrapping_add(n);
        let pushed = n > 0 && (self.snd.push.contains(&end) || end == self.data_end());
        let flags = if fin { flag::FIN } else { 0 } | if pushed { flag::PSH } else { 0 };
        let start = seq.wrapping_sub(self.snd.buf_seq) as usize;
        let payload: Vec<u8> = self
            .snd
            .buf
            .iter()
            .skip(start)
            .take(n as usize)
            .copied()
            .collect();
        self.put_synchronized(now, seq, flags, &payload);
    }

    /// A pure acknowledgment.
    pub(super) fn send_ack(&mut self, now: u64) {
        if self.is_synchronized() {
            self.put_synchronized(now, self.snd.nxt, 0, &[]);
        }
    }

    /// RST with our numbers (tcp_send_active_reset()).
    pub(super) fn send_reset(&mut self, now: u64) {
        let options = Options {
            stamps: self.snd.stamps.then(|| (clock(now), self.rcv.stamp)),
            ..Options::default()
        };
        self.put(self.snd.nxt, flag::RST | flag::ACK, 0, &options.write(), &[]);
    }

    /// Asks for the peer's window by a segment that it has had already.
    pub(super) fn send_probe(&mut self, now: u64) {
        self.put_synchronized(now, self.snd.una.wrapping_sub(1), 0, &[]);
    }

    /// The first acknowledgments of a burst go at once.
    pub(super) fn be_quick(&mut self) {
        let n = (self.rcv.wnd / (2 * self.rcv.mss.max(1))).clamp(2, QUICK);
        self.rcv.quick = self.rcv.quick.max(n);
    }

    /// Sends the acknowledgment that is owed, now or later (__tcp_ack_snd_check()).
    pub(super) fn ack_now_or_later(&mut self, now: u64, at_once: bool) {
        if !self.rcv.owed {
            return;
        }
        let unacknowledged = self.rcv.nxt.wrapping_sub(self.rcv.wup);
        let two = unacknowledged > self.rcv.mss && self.window_wanted() >= self.window_left();
        if at_once || two || (self.rcv.quick > 0 && !self.rcv.pingpong) || !self.rcv.later.is_empty() {
            self.send_ack(now);
        } else if self.timers.ack.is_none() {
            self.timers.ack = Some(now + ATO);
        }
    }

    /// The program has read: is there a better window to be told of (tcp_cleanup_rbuf())?
    pub(super) fn after_read(&mut self, now: u64) {
        if !self.is_synchronized() || self.state == TcpState::TimeWait {
            return;
        }
        let mut tell = self.rcv.owed
            && (self.rcv.nxt.wrapping_sub(self.rcv.wup) > self.rcv.mss
                || (self.rcv.pushed && !self.rcv.pingpong && self.rcv.buf.is_empty()));
        if !tell && self.shut & RCV == 0 {
            let left = self.window_left();
            if 2 * left <= self.receive_room() {
                let new = self.window_wanted();
                tell = new > 0 && new >= 2 * left;
            }
        }
        if tell {
            self.send_ack(now);
        }
    }
}
