//! Urgent data (RFC 9293 3.8.5, RFC 6093): one byte out of line, as Linux has it. The pointer stands behind that byte.

use super::Tcb;
use crate::net::abi::*;
use crate::packet::head::{Tcp, before, flag};

/// An urgent byte of the peer's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Urgent {
    /// Its number.
    seq: u32,
    byte: Byte,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Byte {
    /// The pointer has come, the byte has not.
    Due,
    Here(u8),
    /// recv(MSG_OOB) has had it.
    Read,
}

impl Tcb {
    fn inline(&self) -> bool {
        self.set.is_on(SOL_SOCKET, SO_OOBINLINE)
    }

    /// send(MSG_OOB): the last byte that was queued is urgent.
    pub(super) fn mark_urgent(&mut self) {
        self.snd.urgent = Some(self.data_end());
    }

    /// Is something urgent not acknowledged yet? Then small segments do not wait.
    pub(super) fn is_urgent(&self) -> bool {
        self.snd.urgent.is_some_and(|end| before(self.snd.una, end))
    }

    /// The urgent pointer of a segment that begins at `seq`.
    pub(super) fn urgent_pointer(&self, seq: u32) -> Option<u16> {
        let end = self
            .snd
            .urgent
            .filter(|end| self.is_urgent() && before(seq, *end))?;
        u16::try_from(end.wrapping_sub(seq)).ok()
    }

    /// A segment's urgent pointer (tcp_check_urg()), and the byte if it is in it.
    pub(super) fn note_urgent(&mut self, tcp: &Tcp<'_>) {
        if tcp.has(flag::URG) && tcp.urgent > 0 {
            let seq = tcp.seq.wrapping_add(u32::from(tcp.urgent) - 1);
            let new = self.rcv.urgent.is_none_or(|known| before(known.seq, seq));
            if new && !before(seq, self.rcv.read) && !before(seq, self.rcv.nxt) {
                let byte = Byte::Due;
                self.rcv.urgent = Some(Urgent { seq, byte });
            }
        }
        if let Some(urgent) = self.rcv.urgent.as_mut().filter(|u| u.byte == Byte::Due)
            && let Some(byte) = tcp.payload.get(urgent.seq.wrapping_sub(tcp.seq) as usize)
        {
            urgent.byte = Byte::Here(*byte);
        }
    }

    /// poll(2)'s POLLPRI.
    pub(super) fn has_urgent(&self) -> bool {
        self.rcv.urgent.is_some_and(|u| matches!(u.byte, Byte::Here(_)))
    }

    /// How far the next read goes: bytes that it skips, and bytes that it may take.
    pub(super) fn readable(&self) -> (usize, usize) {
        let all = self.rcv.buf.len();
        match self.rcv.urgent {
            Some(urgent) => match urgent.seq.wrapping_sub(self.rcv.read) as usize {
                0 if self.inline() || all == 0 => (0, all),
                0 => (1, all - 1),
                before_it if before_it < all => (0, before_it),
                _ => (0, all),
            },
            None => (0, all),
        }
    }

    /// Bytes were taken out of the buffer.
    pub(super) fn was_read(&mut self, n: usize) {
        self.rcv.read = self.rcv.read.wrapping_add(n as u32);
        let read = self.rcv.read;
        self.rcv.urgent = self.rcv.urgent.filter(|urgent| !before(urgent.seq, read));
    }

    /// recv(MSG_OOB) (tcp_recv_urg()).
    pub(super) fn receive_urgent(&mut self, flags: i32) -> Result<Vec<u8>> {
        let inline = self.inline();
        let urgent = self
            .rcv
            .urgent
            .as_mut()
            .filter(|u| !inline && u.byte != Byte::Read);
        match urgent.ok_or(EINVAL)? {
            Urgent {
                byte: Byte::Here(byte),
                ..
            } if flags & MSG_PEEK != 0 => Ok(vec![*byte]),
            urgent => match std::mem::replace(&mut urgent.byte, Byte::Read) {
                Byte::Here(byte) => Ok(vec![byte]),
                before => {
                    urgent.byte = before;
                    Err(EAGAIN)
                }
            },
        }
    }
}
