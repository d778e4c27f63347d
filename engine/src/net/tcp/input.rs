//! A segment has arrived: RFC 9293 3.10.7, in the order and with the choices of Linux's tcp_input.c.

use super::again::LONG_WAIT;
use super::options::Options;
use super::output::SCALE;
use super::{RCV, SND, Tcb};
use crate::net::abi::*;
use crate::net::emit::{self, Segment};
use crate::packet::head::{Tcp, before, flag, until};
use protocol::TcpState;

/// The RST that answers a segment which belongs to no connection, or does not fit its connection (RFC 9293 3.10.7.1);
/// none for a RST.
pub(in crate::net) fn reset_for(tcp: &Tcp<'_>) -> Option<Segment<'static>> {
    if tcp.has(flag::RST) {
        return None;
    }
    let answered = tcp.has(flag::ACK);
    Some(Segment {
        seq: if answered { tcp.ack } else { 0 },
        ack: if answered { 0 } else { tcp.end() },
        flags: if answered {
            flag::RST
        } else {
            flag::RST | flag::ACK
        },
        window: 0,
        urgent: 0,
        options: &[],
        payload: &[],
    })
}

impl Tcb {
    /// A passive open: the listening socket has made this connection for a SYN.
    pub(in crate::net) fn answer_syn(&mut self, now: u64, tcp: &Tcp<'_>, iss: u32) {
        let options = Options::read(tcp.options);
        self.begin(tcp, &options);
        self.snd.iss = iss;
        (self.snd.una, self.snd.nxt) = (iss, iss.wrapping_add(1));
        self.snd.buf_seq = self.snd.nxt;
        self.snd.small_end = iss;
        self.state = TcpState::SynReceived;
        self.rcv.wnd = self.receive_room().min(65_160);
        self.send_syn(now);
        self.arm_retransmit(now);
    }

    /// What a SYN (or SYN-ACK) tells.
    fn begin(&mut self, tcp: &Tcp<'_>, options: &Options) {
        self.rcv.irs = tcp.seq;
        self.rcv.nxt = tcp.seq.wrapping_add(1);
        self.rcv.read = self.rcv.nxt;
        self.rcv.wup = self.rcv.nxt;
        self.snd.wnd = tcp.window.into();
        self.snd.wl1 = tcp.seq;
        self.snd.scale_ok = options.scale.is_some();
        self.snd.scale = options.scale.unwrap_or(0);
        self.snd.sack_ok = options.sack_ok;
        self.snd.stamps = options.stamps.is_some();
        self.rcv.stamp = options.stamps.map_or(0, |(value, _)| value);
        let mss = u32::from(options.mss.unwrap_or(536)).min(self.own_mss());
        self.snd.mss = mss - if self.snd.stamps { 12 } else { 0 };
        self.rcv.mss = self.snd.mss;
    }

    fn established(&mut self, now: u64, tcp: &Tcp<'_>) {
        self.state = TcpState::Established;
        self.rcv.scale = if self.snd.scale_ok { SCALE } else { 0 };
        self.snd.una = self.snd.nxt;
        self.snd.recover = None;
        self.timers.again = None;
        self.timers.times = 0;
        self.snd.wnd = u32::from(tcp.window) << if tcp.has(flag::SYN) { 0 } else { self.snd.scale };
        self.snd.wl1 = tcp.seq;
        self.measure_handshake(now);
        self.be_quick();
        self.set_keep_alive(now);
    }

    fn measure_handshake(&mut self, now: u64) {
        if self.snd.retransmitted == 0 {
            self.measured(now.saturating_sub(self.snd.last_at));
        }
    }

    /// Sends a RST that answers this segment.
    pub(in crate::net) fn refuse(&mut self, tcp: &Tcp<'_>) {
        if let (Some(segment), Some(peer)) = (reset_for(tcp), self.peer) {
            self.tx.push(emit::tcp(self.local, peer, &segment));
        }
    }

    /// A segment for this connection.
    pub(in crate::net) fn arrives(&mut self, now: u64, tcp: &Tcp<'_>) {
        let options = Options::read(tcp.options);
        match self.state {
            TcpState::SynSent => self.in_syn_sent(now, tcp, &options),
            TcpState::TimeWait => self.in_time_wait(now, tcp),
            TcpState::Closed | TcpState::Listen => {}
            TcpState::FinWait2 if self.orphan => self.in_silent_fin_wait(now, tcp),
            _ => self.in_connection(now, tcp, &options),
        }
    }

    fn in_syn_sent(&mut self, now: u64, tcp: &Tcp<'_>, options: &Options) {
        let acks = tcp.has(flag::ACK);
        if acks && (until(tcp.ack, self.snd.iss) || before(self.snd.nxt, tcp.ack)) {
            self.refuse(tcp);
            return;
        }
        if tcp.has(flag::RST) {
            if acks {
                self.fail(ECONNREFUSED);
            }
            return;
        }
        if !tcp.has(flag::SYN) {
            return;
        }
        self.begin(tcp, options);
        if acks {
            self.established(now, tcp);
            self.send_ack(now);
            self.heard(now);
            self.output(now);
        } else {
            // Both ends have opened at once.
            self.state = TcpState::SynReceived;
            self.send_syn(now);
        }
    }

    /// Is any of it inside the window (RFC 9293 3.4)?
    fn is_acceptable(&self, tcp: &Tcp<'_>) -> bool {
        let end = tcp.end();
        !before(end, self.rcv.wup) && until(tcp.seq, self.rcv.nxt.wrapping_add(self.window_left()))
    }

    fn in_connection(&mut self, now: u64, tcp: &Tcp<'_>, options: &Options) {
        let embryo = self.state == TcpState::SynReceived;
        if embryo && tcp.has(flag::SYN) && tcp.seq == self.rcv.irs && !tcp.has(flag::RST) {
            if tcp.has(flag::ACK) && tcp.ack == self.snd.nxt {
                // The answer to a SYN that crossed ours.
                self.established(now, tcp);
                self.send_ack(now);
            } else {
                self.send_syn(now);
            }
            return;
        }
        // RFC 7323 5: older than what has arrived already.
        let old = |(value, _): (u32, u32)| self.snd.stamps && before(value, self.rcv.stamp);
        if options.stamps.is_some_and(old) && !tcp.has(flag::RST) {
            self.answer_at_once(now);
            return;
        }
        if !self.is_acceptable(tcp) {
            if !tcp.has(flag::RST) {
                self.answer_at_once(now);
            }
            return;
        }
        if tcp.has(flag::RST) {
            // RFC 5961 3.2: only the very next number resets.
            if tcp.seq == self.rcv.nxt {
                let errno = if self.state == TcpState::CloseWait {
                    EPIPE
                } else {
                    ECONNRESET
                };
                self.fail(errno);
            } else {
                self.send_ack(now);
            }
            return;
        }
        if tcp.has(flag::SYN) {
            self.send_ack(now);
            return;
        }
        if !tcp.has(flag::ACK) {
            return;
        }
        if embryo {
            if tcp.ack != self.snd.nxt {
                self.refuse(tcp);
                return;
            }
            self.established(now, tcp);
        }
        if before(self.snd.nxt, tcp.ack) {
            self.send_ack(now);
            return;
        }
        if let Some((value, _)) = options.stamps
            && until(tcp.seq, self.rcv.wup)
        {
            self.rcv.stamp = value;
        }
        self.heard(now);
        self.take_ack(now, tcp, options);
        if self.state == TcpState::Closed || self.state == TcpState::TimeWait {
            return;
        }
        if self.after_ack(now, tcp) {
            return;
        }
        self.take_data(now, tcp);
        if self.state == TcpState::Closed {
            return;
        }
        self.output(now);
        self.ack_now_or_later(now, false);
    }

    /// A segment that is no use: the peer is told where we are.
    fn answer_at_once(&mut self, now: u64) {
        self.rcv.pingpong = false;
        self.be_quick();
        self.send_ack(now);
    }

    fn take_ack(&mut self, now: u64, tcp: &Tcp<'_>, options: &Options) {
        if before(tcp.ack, self.snd.una) {
            return;
        }
        let window = u32::from(tcp.window) << self.snd.scale;
        let same = window == self.snd.wnd;
        let newer = before(self.snd.una, tcp.ack)
            || before(self.snd.wl1, tcp.seq)
            || (self.snd.wl1 == tcp.seq && window > self.snd.wnd);
        if newer {
            self.snd.wnd = window;
            self.snd.wl1 = tcp.seq;
        }
        if self.timers.probe.is_some() {
            self.timers.times = 0;
            if window > 0 {
                self.timers.probe = None;
            }
        }
        let is_dup = tcp.ack == self.snd.una && tcp.length() == 0 && same && !self.snd.sent.is_empty();
        self.acknowledged(now, tcp.ack, options, is_dup);
    }

    /// What our acknowledged FIN means; true: the segment needs no more attention.
    fn after_ack(&mut self, now: u64, tcp: &Tcp<'_>) -> bool {
        let all = self.snd.una == self.write_seq() && self.snd.fin;
        match self.state {
            TcpState::FinWait1 if all => {
                self.state = TcpState::FinWait2;
                self.shut |= SND;
                if self.orphan {
                    if self.has_news(tcp) {
                        self.refuse(tcp);
                        self.die();
                        return true;
                    }
                    if self.set.get(IPPROTO_TCP, TCP_LINGER2) < 0 {
                        self.die();
                        return true;
                    }
                    self.wait_for_fin(now);
                    if !tcp.has(flag::FIN) {
                        return true;
                    }
                }
            }
            TcpState::Closing if all => {
                self.wait_for_strays(now);
                return true;
            }
            TcpState::LastAck if all => {
                self.die();
                return true;
            }
            _ => {}
        }
        let half_closed = matches!(self.state, TcpState::FinWait1 | TcpState::FinWait2);
        if half_closed && self.shut & RCV != 0 && self.has_news(tcp) {
            // Nobody will read it (RFC 9293 3.6.1, RFC 2525 2.17).
            self.refuse(tcp);
            self.fail(0);
            return true;
        }
        false
    }

    /// Bytes that are new.
    fn has_news(&self, tcp: &Tcp<'_>) -> bool {
        let end = tcp.seq.wrapping_add(tcp.payload.len() as u32);
        !tcp.payload.is_empty() && before(self.rcv.nxt, end)
    }

    fn take_data(&mut self, now: u64, tcp: &Tcp<'_>) {
        if tcp.length() == 0 {
            return;
        }
        if matches!(
            self.state,
            TcpState::CloseWait | TcpState::Closing | TcpState::LastAck
        ) {
            // After the peer's FIN there is nothing new: it is a FIN sent again.
            self.rcv.owed = true;
            self.ack_now_or_later(now, true);
            return;
        }
        self.rcv.owed = true;
        let fin = tcp.has(flag::FIN);
        if !tcp.payload.is_empty() {
            self.rcv.mss = self.rcv.mss.min(1448).max(tcp.payload.len().min(65_535) as u32);
            self.rcv.pushed = tcp.has(flag::PSH);
            self.rcv.data_at = now.max(1);
            // While the window still grows (tcp_grow_window()).
            if self.rcv.nxt.wrapping_sub(self.rcv.irs) < self.receive_room() {
                self.rcv.quick = self.rcv.quick.max(1);
            }
        }
        if before(self.rcv.nxt, tcp.seq) {
            self.keep_for_later(tcp);
            self.rcv.pingpong = false;
            self.be_quick();
            self.ack_now_or_later(now, true);
            return;
        }
        if until(tcp.end(), self.rcv.nxt) {
            // All of it was here before.
            self.answer_at_once(now);
            return;
        }
        let window = self.window_left();
        if window == 0 && !tcp.payload.is_empty() {
            self.answer_at_once(now);
            return;
        }
        self.note_urgent(tcp);
        let fresh = self.rcv.nxt.wrapping_sub(tcp.seq) as usize;
        let payload = tcp.payload.get(fresh..).unwrap_or_default();
        self.append(payload);
        let mut finished = fin;
        let filled = !self.rcv.later.is_empty();
        while let Some((seq, bytes, its_fin)) = self.rcv.later.first().cloned() {
            if before(self.rcv.nxt, seq) {
                break;
            }
            self.rcv.later.remove(0);
            let had = self.rcv.nxt.wrapping_sub(seq) as usize;
            self.append(bytes.get(had..).unwrap_or_default());
            finished |= its_fin;
        }
        if finished {
            self.take_fin(now);
        }
        if filled && self.state != TcpState::TimeWait {
            self.ack_now_or_later(now, true);
        }
    }

    fn append(&mut self, bytes: &[u8]) {
        self.rcv.buf.extend(bytes);
        self.rcv.nxt = self.rcv.nxt.wrapping_add(bytes.len() as u32);
    }

    fn keep_for_later(&mut self, tcp: &Tcp<'_>) {
        let at = self.rcv.later.partition_point(|(seq, ..)| before(*seq, tcp.seq));
        let known = self
            .rcv
            .later
            .get(at)
            .is_some_and(|(seq, bytes, _)| *seq == tcp.seq && bytes.len() >= tcp.payload.len());
        if !known {
            self.rcv
                .later
                .insert(at, (tcp.seq, tcp.payload.to_vec(), tcp.has(flag::FIN)));
        }
    }

    /// The peer's FIN, in its place (tcp_fin()).
    fn take_fin(&mut self, now: u64) {
        self.rcv.nxt = self.rcv.nxt.wrapping_add(1);
        self.shut |= RCV;
        self.done = true;
        self.rcv.later.clear();
        match self.state {
            TcpState::Established | TcpState::SynReceived => {
                self.state = TcpState::CloseWait;
                // The program will probably close soon: the acknowledgment may go with our FIN.
                self.rcv.pingpong = true;
            }
            TcpState::FinWait1 => {
                self.state = TcpState::Closing;
                self.send_ack(now);
            }
            TcpState::FinWait2 => {
                self.send_ack(now);
                self.wait_for_strays(now);
            }
            _ => {}
        }
    }

    /// TIME-WAIT begins.
    fn wait_for_strays(&mut self, now: u64) {
        self.state = TcpState::TimeWait;
        self.timers = super::Timers::default();
        self.timers.wait = Some(now + LONG_WAIT);
    }

    /// FIN-WAIT-2 without a descriptor ends by itself.
    pub(super) fn wait_for_fin(&mut self, now: u64) {
        let seconds = self.set.get(IPPROTO_TCP, TCP_LINGER2).unsigned_abs();
        let seconds = if seconds == 0 { 60 } else { seconds };
        self.timers = super::Timers::default();
        self.timers.wait = Some(now + u64::from(seconds) * 1000 * super::MS);
    }

    /// FIN-WAIT-2 when nobody has a descriptor (tcp_timewait_state_process()).
    fn in_silent_fin_wait(&mut self, now: u64, tcp: &Tcp<'_>) {
        if !self.is_acceptable(tcp) {
            if !tcp.has(flag::RST) {
                self.send_ack(now);
            }
            return;
        }
        if tcp.has(flag::RST) {
            self.die();
            return;
        }
        let in_sync = tcp.has(flag::ACK) && before(self.rcv.nxt, tcp.end());
        if !in_sync || tcp.length() == 0 {
            return;
        }
        if !tcp.has(flag::FIN) || tcp.end() != self.rcv.nxt.wrapping_add(1) {
            self.refuse(tcp);
            self.die();
            return;
        }
        self.rcv.nxt = tcp.end();
        self.send_ack(now);
        self.wait_for_strays(now);
    }

    fn in_time_wait(&mut self, now: u64, tcp: &Tcp<'_>) {
        let at_edge = tcp.seq == self.rcv.nxt && (tcp.length() == 0 || tcp.has(flag::RST));
        if tcp.has(flag::RST) {
            if at_edge {
                self.die();
            }
            return;
        }
        self.timers.wait = Some(now + LONG_WAIT);
        if !at_edge {
            self.send_ack(now);
        }
    }

    /// May a SYN begin a new connection in place of this one, which waits for strays (RFC 6191)?
    pub(in crate::net) fn may_be_replaced(&self, tcp: &Tcp<'_>) -> bool {
        let newer = Options::read(tcp.options)
            .stamps
            .is_some_and(|(value, _)| before(self.rcv.stamp, value));
        self.state == TcpState::TimeWait
            && tcp.flags & (flag::SYN | flag::RST | flag::ACK) == flag::SYN
            && (before(self.rcv.nxt, tcp.seq) || newer)
    }
}
