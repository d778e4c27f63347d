//! The hosts' kernels: sockets without the programs' side of them. A call does what can be done at once; nothing here waits.
//!
//! ```text
//! calls ──▶ listen, udp, unix ──▶ host ──▶ out (the wire carries it)
//!                 ▲   │             └────▶ lo  (taken in at once)
//! wire ── arrives ┘   └── timers: due()
//! ```

use super::host::Host;
use super::ready::Ready;
use super::tcp::Tcb;
use super::udp::Udp;
use super::unix::Unix;
use crate::packet::Head;
use crate::packet::head::{Transport, protocol_number};

/// All hosts of a lab.
pub(super) struct Kernel {
    /// Nanoseconds since the lab was opened.
    pub(super) now: u64,
    dice: u64,
    pub(super) hosts: Vec<Host>,
    pub(super) tcbs: Vec<Tcb>,
    pub(super) udps: Vec<Udp>,
    pub(super) unix: Vec<Unix>,
    /// AF_UNIX paths that stand for sockets' files: host, name in plain form, the socket.
    pub(super) files: Vec<(u8, Vec<u8>, u32)>,
    last: u32,
}

/// Where a socket is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    Tcp(u32),
    Udp(u32),
    Unix(u32),
}

impl Kernel {
    pub(super) fn new(hosts: u8, seed: u64) -> Self {
        Self {
            now: 0,
            dice: seed,
            hosts: (0..hosts).map(|place| Host::new(place, hosts == 1)).collect(),
            tcbs: Vec::new(),
            udps: Vec::new(),
            unix: Vec::new(),
            files: Vec::new(),
            last: 0,
        }
    }

    /// A number that nothing else has.
    pub(super) const fn new_id(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    /// The next of the seed's numbers (splitmix64): initial sequence numbers and ports.
    pub(super) const fn random(&mut self) -> u32 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.dice;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 32) as u32
    }

    pub(super) fn tcb(&mut self, id: u32) -> Option<&mut Tcb> {
        self.tcbs.iter_mut().find(|tcb| tcb.id == id)
    }

    pub(super) fn udp(&mut self, id: u32) -> Option<&mut Udp> {
        self.udps.iter_mut().find(|udp| udp.id == id)
    }

    /// poll(2) of one socket.
    pub(super) fn ready(&self, body: Body) -> Ready {
        match body {
            Body::Tcp(id) => self.tcbs.iter().find(|t| t.id == id).map(Tcb::ready),
            Body::Udp(id) => self.udps.iter().find(|u| u.id == id).map(Udp::ready),
            Body::Unix(id) => self.unix.iter().find(|u| u.id == id).map(|u| self.unix_ready(u)),
        }
        .unwrap_or(Ready::NONE)
    }

    /// When [`Kernel::on_time`] has something to do.
    pub(super) fn next_due(&self) -> Option<u64> {
        self.tcbs.iter().filter_map(|tcb| tcb.timers.next()).min()
    }

    /// Does what is due now.
    pub(super) fn on_time(&mut self) -> bool {
        let now = self.now;
        let due: Vec<u32> = self
            .tcbs
            .iter()
            .filter(|tcb| tcb.timers.next().is_some_and(|at| at <= now))
            .map(|tcb| tcb.id)
            .collect();
        for id in &due {
            if let Some(tcb) = self.tcb(*id) {
                tcb.on_time(now);
            }
            self.after(*id);
        }
        !due.is_empty()
    }

    /// A packet of the wire has arrived at a host.
    pub(super) fn arrives(&mut self, host: u8, packet: &[u8]) {
        self.take_in(host, packet);
        self.take_in_lo();
    }

    /// What hosts have sent to themselves arrives.
    pub(super) fn take_in_lo(&mut self) {
        for place in 0..self.hosts.len() {
            while let Some(packet) = self.hosts.get_mut(place).and_then(|host| host.lo.pop_front()) {
                self.take_in(place as u8, &packet);
            }
        }
    }

    fn take_in(&mut self, place: u8, packet: &[u8]) {
        let Some(head) = Head::parse(packet) else { return };
        let Some(host) = self.hosts.get_mut(usize::from(place)) else {
            return;
        };
        if head.fragment.is_some() {
            if let Some(whole) = host.put_together(&head) {
                self.take_in(place, &whole);
            }
            return;
        }
        let many = super::host::is_for_many(head.target);
        if !many && !host.owns(head.target) {
            return;
        }
        match &head.transport {
            Transport::Tcp(tcp) if !many => self.segment(place, &head, tcp),
            Transport::Udp(udp) => self.datagram(place, &head, udp, packet),
            Transport::Icmp { kind, rest, .. } => {
                let unreachable = match head.protocol {
                    protocol_number::ICMP => *kind == 3,
                    _ => *kind == 1,
                };
                if let Some(about) = rest.get(4..).and_then(Head::parse)
                    && unreachable
                {
                    self.complaint(place, &about);
                }
            }
            _ => {}
        }
    }

    /// Sends what a connection wants sent, and sees to what has become of it.
    pub(super) fn after(&mut self, id: u32) {
        let Some(tcb) = self.tcbs.iter_mut().find(|tcb| tcb.id == id) else {
            return;
        };
        let ttl = tcb.hops();
        if let (Some(peer), Some(host)) = (tcb.peer, self.hosts.get_mut(usize::from(tcb.host))) {
            for segment in tcb.tx.drain(..) {
                host.send(tcb.local.ip(), peer.ip(), protocol_number::TCP, ttl, &segment);
            }
        }
        self.settle(id);
    }
}
