//! Sockets whose packets wait on the wire must not give up: the kernel takes a packet that a learner thinks about for a lost
//! one. Embryos and connections without a descriptor get their patience from the host's settings.

use super::Parties;
use crate::linux::{self, IPPROTO_TCP};
use crate::net::lab::sock::Sock;
use crate::net::lab::state::State;
use crate::sys;

/// TCP_RTO_MAX_MS (Linux 6.15 and later).
const RTO_MAX_MS: i32 = 44;
/// While it waits a segment is sent again this often, milliseconds: not ever more rarely, so that what comes after the hold
/// goes on at once, and the round-trip time is not taken for minutes.
const RETRANSMIT_EVERY: u32 = 1000;
/// How long bytes may stay unacknowledged, milliseconds.
const UNACKNOWLEDGED: u32 = 3_600_000;
/// How often a SYN is sent again: the most that Linux knows (MAX_TCP_SYNCNT).
const SYNS: u32 = 127;

impl State {
    /// A packet between these endpoints waits: both sides have to.
    pub(super) fn be_patient(&mut self, parties: Parties) {
        if !parties.tcp {
            return;
        }
        let own = |ip| self.place.host_of(ip);
        let sides = [
            (own(parties.from.ip()), parties.from, parties.to),
            (own(parties.to.ip()), parties.to, parties.from),
        ];
        for (host, local, remote) in sides {
            let Some(host) = host else { continue };
            for sock in self.socks.values_mut() {
                if sock.host == host && sock.concerns(local, remote, true) {
                    endure(sock);
                }
            }
        }
    }
}

/// Sets the socket's patience, once. A time that the program has set itself stays.
fn endure(sock: &mut Sock) {
    if sock.patient || sock.listening {
        return;
    }
    // What an older kernel does not know is left as it is.
    let set = |name, value: u32| sys::set_option(sock.fd(), IPPROTO_TCP, name, &value.to_ne_bytes());
    let _ = set(linux::TCP_SYNCNT, SYNS);
    let own = sys::get_option(sock.fd(), IPPROTO_TCP, linux::TCP_USER_TIMEOUT, 4);
    let is_connected = sys::tcp_info(sock.fd()).is_ok_and(|info| info.state == 1);
    if !is_connected {
        // Before that, the time would count for the SYN.
        return;
    }
    if own.is_ok_and(|own| own.iter().all(|b| *b == 0)) {
        let _ = set(linux::TCP_USER_TIMEOUT, UNACKNOWLEDGED);
    }
    let _ = set(RTO_MAX_MS, RETRANSMIT_EVERY);
    sock.patient = true;
}
