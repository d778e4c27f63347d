//! What is lost is sent again: timers (RFC 6298, RFC 8985's reordering time), SACK, the congestion window. As on the kernel
//! network's hosts, no tail loss probe goes out: one would carry new bytes past Nagle's algorithm while a learner thinks.

use super::options::Options;
use super::{MS, Tcb};
use crate::net::abi::*;
use crate::packet::head::{before, until};
use protocol::TcpState;
use protocol::wire::{Timer, TimerKind};

/// The first retransmission timeout (RFC 6298 2.1).
const RTO_FIRST: u64 = 1000 * MS;
/// The least that is added to the round-trip time.
const RTO_MIN: u64 = 200 * MS;
const RTO_MAX: u64 = 120_000 * MS;
/// While packets wait for a learner: see the kernel network's wire.
const RTO_MAX_PATIENT: u64 = 1000 * MS;
/// SYNs that are sent again after the same second, before the time doubles (tcp_syn_linear_timeouts).
const SYN_LINEAR: u32 = 4;
/// How long a segment may be overtaken before it counts as lost, at least (two ticks of the kernel's clock).
const REORDER_MIN: u64 = 8 * MS;
/// TIME-WAIT, and FIN-WAIT-2 without a descriptor.
pub(in crate::net) const LONG_WAIT: u64 = 60_000 * MS;
/// Probes and retransmissions before it gives up (the lab's hosts raise all of them to this).
const TRIES: u32 = 255;

/// What a connection waits for by the clock: nanoseconds of the network's.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::net) struct Timers {
    /// Retransmission.
    pub(super) again: Option<u64>,
    /// What was overtaken counts as lost.
    pub(super) reorder: Option<u64>,
    /// The peer's closed window is asked.
    pub(super) probe: Option<u64>,
    /// The acknowledgment that was delayed.
    pub(super) ack: Option<u64>,
    /// The end of TIME-WAIT or of FIN-WAIT-2 without a descriptor.
    pub(super) wait: Option<u64>,
    /// Keep-alive.
    pub(super) keep: Option<u64>,
    /// Times that `again` or `probe` has ended in a row.
    pub(super) times: u32,
    kept: u32,
}

impl Timers {
    pub(in crate::net) fn next(&self) -> Option<u64> {
        let all = [
            self.again,
            self.reorder,
            self.probe,
            self.ack,
            self.wait,
            self.keep,
        ];
        all.into_iter().flatten().min()
    }

    /// The timer as sock_diag(7) tells it: one at a time.
    pub(in crate::net) fn shown(&self, now: u64) -> Option<Timer> {
        let (what, at) = match (self.again, self.probe, self.wait, self.keep) {
            (Some(at), ..) => (TimerKind::Retransmit, at),
            (None, Some(at), ..) => (TimerKind::ZeroWindowProbe, at),
            (None, None, Some(at), _) => (TimerKind::TimeWait, at),
            (None, None, None, Some(at)) => (TimerKind::KeepAlive, at),
            _ => return None,
        };
        Some(Timer {
            what,
            left: (at.saturating_sub(now) / MS) as u32,
            times: self.times.min(255) as u8,
        })
    }
}

impl Tcb {
    /// The retransmission timeout without what doubling adds, nanoseconds.
    pub(in crate::net) fn rto(&self) -> u64 {
        if self.snd.srtt == 0 {
            return RTO_FIRST;
        }
        u64::from(self.snd.srtt) * 1000 + (u64::from(self.snd.rttvar) * 4000).max(RTO_MIN)
    }

    fn backed_off(&self) -> u64 {
        let most = if self.patient { RTO_MAX_PATIENT } else { RTO_MAX };
        let doublings = match self.state {
            TcpState::SynSent => self.timers.times.saturating_sub(SYN_LINEAR),
            _ => self.timers.times,
        };
        (self.rto() << doublings.min(16)).min(most)
    }

    /// (Re)starts the retransmission timer.
    pub(super) fn arm_retransmit(&mut self, now: u64) {
        self.timers.again = Some(now + self.backed_off());
    }

    pub(super) fn arm_probe(&mut self, now: u64) {
        self.timers.probe = Some(now + self.backed_off().max(RTO_MIN));
    }

    /// Does what is due.
    pub(in crate::net) fn on_time(&mut self, now: u64) {
        let due = |at: Option<u64>| at.is_some_and(|at| at <= now);
        if due(self.timers.wait) {
            self.die();
            return;
        }
        if due(self.timers.ack) {
            self.timers.ack = None;
            // The peer is not as interactive as was thought.
            self.rcv.pingpong = false;
            self.send_ack(now);
        }
        if due(self.timers.reorder) {
            self.timers.reorder = None;
            self.begin_recovery(now, true);
        }
        if due(self.timers.again) {
            self.timers.again = None;
            self.timed_out(now);
        }
        if due(self.timers.probe) {
            self.timers.probe = None;
            self.timers.times += 1;
            self.send_probe(now);
            self.arm_probe(now);
        }
        if due(self.timers.keep) {
            self.keep_alive(now);
        }
    }

    fn timed_out(&mut self, now: u64) {
        self.timers.times += 1;
        let most = match self.state {
            TcpState::SynSent => self.set.get(IPPROTO_TCP, TCP_SYNCNT).unsigned_abs() + SYN_LINEAR,
            _ => TRIES,
        };
        if self.timers.times > most && !self.patient {
            self.fail(ETIMEDOUT);
            return;
        }
        match self.state {
            TcpState::SynSent | TcpState::SynReceived => {
                self.snd.retransmitted += 1;
                self.send_syn(now);
            }
            _ => {
                // RFC 5681 3.1 and RFC 5682: begin again with one segment. A first time-out halves the window.
                if self.snd.recover.is_none() || self.timers.times == 1 {
                    self.shrink();
                }
                self.snd.cwnd = 1;
                self.snd.reducing = false;
                self.snd.recover = Some(self.snd.nxt);
                for sent in &mut self.snd.sent {
                    sent.lost = !sent.sacked;
                    sent.again = false;
                }
                self.send_lost(now);
            }
        }
        self.timers.again = Some(now + self.backed_off());
    }

    /// CUBIC's decrease: to seven tenths.
    fn shrink(&mut self) {
        self.snd.ssthresh = (self.snd.cwnd * 717 / 1024).max(2);
    }

    /// Segments that are thought to be on their way.
    pub(super) fn under_way(&self) -> u32 {
        let is = |s: &&super::Sent| !s.sacked && (!s.lost || s.again);
        self.snd.sent.iter().filter(is).count() as u32
    }

    /// Sends again what is known to be lost, as far as the window allows.
    pub(super) fn send_lost(&mut self, now: u64) {
        let mut place = 0;
        while place < self.snd.sent.len() {
            let sent = self.snd.sent[place];
            if sent.lost && !sent.again {
                if self.under_way() >= self.snd.cwnd {
                    return;
                }
                self.send_again(now, place);
            }
            place += 1;
        }
    }

    /// Sends a segment again, and with it what follows and fits (tcp_retrans_try_collapse()).
    fn send_again(&mut self, now: u64, place: usize) {
        let mut sent = self.snd.sent[place];
        let bytes = |s: &super::Sent| s.end.wrapping_sub(s.seq) - u32::from(s.fin);
        while let Some(next) = self.snd.sent.get(place + 1).copied() {
            if sent.fin || next.sacked || bytes(&sent) + bytes(&next) > self.snd.mss {
                break;
            }
            sent.end = next.end;
            sent.fin = next.fin;
            self.snd.sent.remove(place + 1);
        }
        (sent.at, sent.again) = (now, true);
        self.snd.sent[place] = sent;
        self.snd.retransmitted += 1;
        self.put_data(now, sent.seq, bytes(&sent), sent.fin);
        if self.timers.again.is_none() {
            self.arm_retransmit(now);
        }
    }

    /// An acknowledgment has arrived: what it covers is forgotten. `ack` lies between `una` and `nxt`.
    pub(super) fn acknowledged(&mut self, now: u64, ack: u32, options: &Options, is_dup: bool) {
        let moved = ack != self.snd.una;
        let mut measured = None;
        let mut packets = 0;
        while let Some(sent) = self.snd.sent.front().copied() {
            if until(sent.end, ack) {
                if !sent.again && !sent.sacked {
                    measured = Some(now - sent.at);
                }
                packets += 1;
                self.snd.sent.pop_front();
            } else {
                if before(sent.seq, ack)
                    && let Some(front) = self.snd.sent.front_mut()
                {
                    front.seq = ack;
                }
                break;
            }
        }
        let in_buf = ack.wrapping_sub(self.snd.buf_seq);
        if moved && in_buf < 1 << 31 {
            let bytes = (in_buf as usize).min(self.snd.buf.len());
            self.snd.buf.drain(..bytes);
            self.snd.buf_seq = self.snd.buf_seq.wrapping_add(bytes as u32);
            while self.snd.push.front().is_some_and(|end| until(*end, ack)) {
                self.snd.push.pop_front();
            }
        }
        if moved {
            self.snd.una = ack;
            self.timers.times = 0;
            self.snd.dupacks = 0;
        }
        let newly = self.note_sacked(now, options, &mut measured);
        if let Some(rtt) = measured {
            self.measured(rtt);
        }
        self.grow(ack, packets, moved);
        if is_dup && !moved {
            self.snd.dupacks += 1;
        }
        if self.snd.reducing {
            let arrived = packets.max(u32::from(newly));
            self.snd.cwnd = (self.under_way() + arrived).min(self.snd.ssthresh).max(1);
        }
        if self.snd.recover.is_some_and(|end| until(end, ack)) {
            self.snd.recover = None;
            if std::mem::take(&mut self.snd.reducing) {
                self.snd.cwnd = self.snd.ssthresh;
            }
            for sent in &mut self.snd.sent {
                (sent.lost, sent.again) = (false, false);
            }
        }
        if newly || (is_dup && !self.snd.sack_ok) {
            self.suspect(now);
        }
        if self.snd.sent.is_empty() {
            self.timers.again = None;
            self.timers.reorder = None;
        } else if moved {
            self.arm_retransmit(now);
        }
    }

    /// Marks what SACK blocks cover; anything new?
    fn note_sacked(&mut self, now: u64, options: &Options, measured: &mut Option<u64>) -> bool {
        let mut newly = false;
        for sent in &mut self.snd.sent {
            let covered = options
                .sack
                .iter()
                .any(|(start, end)| until(*start, sent.seq) && until(sent.end, *end));
            if covered && !sent.sacked {
                (sent.sacked, sent.lost) = (true, false);
                newly = true;
                if !sent.again {
                    *measured = Some(now - sent.at);
                }
            }
        }
        newly
    }

    /// Something was overtaken: is it lost, or only late (RFC 8985 6.2)?
    fn suspect(&mut self, now: u64) {
        let sacked = self.snd.sent.iter().filter(|s| s.sacked).count();
        let hole = self.snd.sent.iter().take_while(|s| !s.sacked).any(|s| !s.lost);
        if !hole {
            return;
        }
        // Sent longer ago than a round trip and a quarter: what was sent after it has arrived, so it should have.
        let patience = u64::from(self.snd.srtt) * 1250;
        let overdue = sacked > 0 && self.snd.sent.front().is_some_and(|s| now >= s.at + patience);
        if sacked >= 3 || self.snd.dupacks >= 3 || self.snd.recover.is_some() || overdue {
            self.begin_recovery(now, self.snd.sack_ok);
        } else if sacked > 0 && self.timers.reorder.is_none() {
            let wait = (u64::from(self.snd.srtt) * 250).max(REORDER_MIN);
            self.timers.reorder = Some(now + wait);
        }
    }

    /// What stands before something that has arrived counts as lost and is sent again.
    fn begin_recovery(&mut self, now: u64, sack: bool) {
        let last = self.snd.sent.iter().rposition(|s| s.sacked);
        let until_place = if sack { last.unwrap_or(0) } else { 1 };
        let mut any = false;
        for sent in self.snd.sent.iter_mut().take(until_place) {
            if !sent.sacked && !sent.lost {
                sent.lost = true;
                any = true;
            }
        }
        if !any {
            return;
        }
        if self.snd.recover.is_none() {
            self.shrink();
            self.snd.recover = Some(self.snd.nxt);
            // RFC 6937: as much goes out as has arrived, at first one.
            self.snd.cwnd = self.under_way() + 1;
            self.snd.reducing = true;
        }
        self.timers.reorder = None;
        self.send_lost(now);
        self.arm_retransmit(now);
    }

    /// RFC 6298 2, with Linux's floors.
    pub(super) fn measured(&mut self, rtt: u64) {
        let rtt = ((rtt / 1000) as u32).max(1);
        if self.snd.srtt == 0 {
            self.snd.srtt = rtt;
            self.snd.rttvar = rtt / 2;
            return;
        }
        let off = self.snd.srtt.abs_diff(rtt);
        self.snd.rttvar = (3 * self.snd.rttvar + off) / 4;
        self.snd.srtt = ((7 * u64::from(self.snd.srtt) + u64::from(rtt)) / 8).max(1) as u32;
    }

    /// Slow start and congestion avoidance (RFC 5681 3.1), only when the window was what limited us (RFC 7661).
    fn grow(&mut self, ack: u32, packets: u32, moved: bool) {
        if !moved || packets == 0 {
            return;
        }
        let limited = std::mem::take(&mut self.snd.limited);
        let recovering = self.snd.recover.is_some_and(|end| before(ack, end));
        if self.snd.reducing {
            return;
        }
        if self.snd.cwnd < self.snd.ssthresh {
            if limited || recovering {
                self.snd.cwnd += packets;
            }
        } else if limited {
            self.snd.cwnd_cnt += packets;
            if self.snd.cwnd_cnt >= self.snd.cwnd {
                self.snd.cwnd_cnt = 0;
                self.snd.cwnd += 1;
            }
        }
    }

    /// Starts or stops keep-alive as SO_KEEPALIVE says.
    pub(in crate::net) fn set_keep_alive(&mut self, now: u64) {
        let on = self.set.is_on(SOL_SOCKET, SO_KEEPALIVE) && self.is_synchronized();
        let idle = u64::from(self.set.get(IPPROTO_TCP, TCP_KEEPIDLE).unsigned_abs());
        self.timers.kept = 0;
        self.timers.keep = on.then(|| now + idle * 1000 * MS);
    }

    fn keep_alive(&mut self, now: u64) {
        let option = |name| u64::from(self.set.get(IPPROTO_TCP, name).unsigned_abs()) * 1000 * MS;
        let (idle, every) = (option(TCP_KEEPIDLE), option(TCP_KEEPINTVL));
        let heard = self.rcv.last_at.max(self.snd.last_at);
        if !self.snd.sent.is_empty() || (self.timers.kept == 0 && now < heard + idle) {
            self.timers.keep = Some(if self.snd.sent.is_empty() {
                heard + idle
            } else {
                now + idle
            });
            return;
        }
        if self.timers.kept >= self.set.get(IPPROTO_TCP, TCP_KEEPCNT).unsigned_abs() {
            self.send_reset(now);
            self.fail(ETIMEDOUT);
            return;
        }
        self.timers.kept += 1;
        self.send_probe(now);
        self.timers.keep = Some(now + every);
    }

    /// The peer lives.
    pub(super) fn heard(&mut self, now: u64) {
        self.rcv.last_at = now.max(1);
        if self.timers.kept > 0 {
            self.set_keep_alive(now);
        }
    }
}
