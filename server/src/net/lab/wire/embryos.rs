//! Connections between the SYN and accept(): the kernel has them, no program has a descriptor of them yet.

use super::{Line, Parties};
use crate::linux;
use crate::net::helper::sockdiag::{self, Entry};
use crate::net::lab::state::State;
use protocol::wire::Embryo;
use protocol::{Address, HostId, Sample, TcpState};

/// So many are told of; a backlog is seldom larger.
const EMBRYOS: usize = 128;

impl State {
    /// Looks at the embryos of a host after a packet has arrived there; all of the lab, if they have changed.
    pub(super) fn look_at_embryos(
        &mut self,
        line: &mut Line,
        host: HostId,
        samples: &[Sample],
        parties: Parties,
    ) -> Option<Vec<Embryo>> {
        // A packet of a connection that a program has concerns no embryo; but for the last ones, which accept() took.
        let listens = self
            .socks
            .values()
            .any(|s| s.host == host && s.listening && s.is_tcp());
        let mine = |e: &Embryo| e.host == host;
        if !parties.tcp || !(listens || line.embryos.iter().any(mine)) {
            return None;
        }
        let is_known = samples.iter().any(|s| s.state != Some(TcpState::Listen));
        if is_known && !line.embryos.iter().any(mine) {
            return None;
        }
        self.list_embryos(line, host)
    }

    /// accept() has taken one.
    pub(in crate::net::lab) fn embryo_was_taken(&mut self, host: HostId) {
        let Some(mut line) = self.line.take() else { return };
        let changed = if line.embryos.iter().any(|e| e.host == host) {
            self.list_embryos(&mut line, host)
        } else {
            None
        };
        self.tell_line(&mut line, Vec::new(), changed);
        self.line = Some(line);
    }

    /// Looks at all embryos, if there are any, and tells of changes; true: the kernel will do something about one of them.
    pub(in crate::net::lab) fn refresh_embryos(&mut self) -> bool {
        let Some(mut line) = self.line.take() else {
            return false;
        };
        let mut hosts: Vec<HostId> = line.embryos.iter().map(|e| e.host).collect();
        hosts.dedup();
        for host in hosts {
            let changed = self.list_embryos(&mut line, host);
            self.tell_line(&mut line, Vec::new(), changed);
        }
        let under_way = line.embryos.iter().any(|e| e.timer.is_some());
        self.line = Some(line);
        under_way
    }

    fn list_embryos(&self, line: &mut Line, host: HostId) -> Option<Vec<Embryo>> {
        let diag = self.place.diag(host)?;
        let mut now: Vec<Embryo> = line.embryos.iter().filter(|e| e.host != host).cloned().collect();
        let six = self
            .socks
            .values()
            .any(|s| s.host == host && s.family == linux::AF_INET6 && s.listening);
        let families = [linux::AF_INET, linux::AF_INET6];
        for family in families.into_iter().take(1 + usize::from(six)) {
            let listed = sockdiag::embryos(diag, family, EMBRYOS);
            now.extend(
                listed
                    .unwrap_or_default()
                    .into_iter()
                    .map(|entry| embryo(host, &entry)),
            );
        }
        // In the order of their endpoints: the kernel's own order is that of a hash table.
        now.sort_by_key(|e| (e.host, e.local.to_string(), e.peer.to_string()));
        let same = |a: &Embryo, b: &Embryo| {
            let still = |e: &Embryo| {
                let mut e = e.clone();
                e.timer.iter_mut().for_each(|timer| timer.left = 0);
                e
            };
            still(a) == still(b)
        };
        let changed =
            now.len() != line.embryos.len() || !now.iter().zip(&line.embryos).all(|(a, b)| same(a, b));
        if !changed {
            return None;
        }
        line.embryos.clone_from(&now);
        Some(now)
    }
}

fn embryo(host: HostId, entry: &Entry) -> Embryo {
    Embryo {
        host,
        local: Address::from_std(entry.local),
        peer: Address::from_std(entry.remote),
        state: TcpState::from_linux(entry.connection.state).unwrap_or(TcpState::SynReceived),
        recv_queue: entry.connection.recv_queue,
        timer: entry.connection.timer,
    }
}
