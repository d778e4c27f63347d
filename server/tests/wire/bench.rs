//! A lab whose packets are held, as the tests ask about it.

use crate::common::*;
use engine::packet::Head;
use engine::packet::head::flag;
use protocol::wire::{By, Fate};
use protocol::{Address, Call, Network, Outcome, PacketId, Plan, SocketId, TcpState, WireAction, WireNews};

pub(super) fn plan(hosts: &[&str], held: bool) -> Plan {
    Plan {
        network: Network::Kernel,
        hosts: hosts.iter().map(|h| (*h).to_owned()).collect(),
        held,
    }
}

pub(super) async fn lab(hosts: &[&str], held: bool) -> Bench {
    Bench::with(&networks().await, &plan(hosts, held)).await
}

/// What a packet is: `SYN`, `SYN-ACK`, `ACK`, `data 5`, `FIN`, `RST`, `UDP 3`.
pub(super) fn kind(bytes: &[u8]) -> String {
    let head = Head::parse(bytes).unwrap();
    let Some(tcp) = head.tcp() else {
        return match head.transport {
            engine::packet::head::Transport::Udp(udp) => format!("UDP {}", udp.payload.len()),
            engine::packet::head::Transport::Icmp { kind, code, .. } => format!("ICMP {kind}/{code}"),
            _ => "other".to_owned(),
        };
    };
    match (tcp.has(flag::SYN), tcp.has(flag::ACK), tcp.has(flag::FIN)) {
        _ if tcp.has(flag::RST) => "RST".to_owned(),
        (true, false, _) => "SYN".to_owned(),
        (true, true, _) => "SYN-ACK".to_owned(),
        (_, _, true) => "FIN".to_owned(),
        _ if tcp.payload.is_empty() => "ACK".to_owned(),
        _ => format!("data {}", tcp.payload.len()),
    }
}

pub(super) trait Held {
    fn waiting(&self) -> Vec<(PacketId, String)>;
    fn next(&mut self, expected: &str);
    fn crossed(&self) -> Vec<String>;
}

impl Held for Bench {
    /// Packets that wait on the wire: their numbers and kinds, in order.
    fn waiting(&self) -> Vec<(PacketId, String)> {
        let mut waiting: Vec<(PacketId, String)> = Vec::new();
        for news in &self.news {
            match news {
                WireNews::Sent {
                    packet,
                    data,
                    fate: Fate::Held,
                    ..
                } => waiting.push((*packet, kind(&data.0))),
                WireNews::Now { packet, fate } if *fate != Fate::Held => {
                    waiting.retain(|(id, _)| id != packet);
                }
                WireNews::Moved { packet, behind } => {
                    let at = waiting.iter().position(|(id, _)| id == packet).unwrap();
                    let moved = waiting.remove(at);
                    let to = waiting.iter().position(|(id, _)| id == behind).unwrap();
                    waiting.insert(to + 1, moved);
                }
                _ => {}
            }
        }
        waiting
    }

    /// Lets the first packet that waits go; it must be of this kind.
    fn next(&mut self, expected: &str) {
        self.take();
        let (packet, kind) = self.waiting().first().cloned().expect("no packet waits");
        assert_eq!(kind, expected);
        self.act(WireAction::Deliver { packet });
    }

    /// All packets, `0>1 SYN` and so on, with what became of them at once.
    fn crossed(&self) -> Vec<String> {
        let sent = self.news.iter().filter_map(|news| match news {
            WireNews::Sent {
                from, to, data, fate, ..
            } => {
                let fate = match fate {
                    Fate::Delivered => "",
                    Fate::Held => " held",
                    Fate::Delayed { .. } => " delayed",
                    Fate::Dropped { by: By::NoHost } => " to nobody",
                    Fate::Dropped { .. } => " dropped",
                };
                Some(format!("{}>{} {}{fate}", from.0, to.0, kind(&data.0)))
            }
            _ => None,
        });
        sent.collect()
    }
}

pub(super) fn state(bench: &Bench, sock: SocketId) -> TcpState {
    bench.state[&sock].state.unwrap()
}

/// Two programs on one host, connected while the wire is automatic: listener, client, server.
pub(super) async fn connected(lab: &mut Bench) -> [SocketId; 3] {
    lab.act(WireAction::Hold { held: false });
    let listener = lab.listener(8080, 5).await;
    let (client, server) = lab.connection(listener).await;
    lab.act(WireAction::Hold { held: true });
    lab.news.clear();
    [listener, client, server]
}

pub(super) fn send_to(sock: SocketId, data: &[u8], addr: Address) -> Call {
    Call::SendTo {
        sock,
        flags: 0,
        data: data.into(),
        addr,
    }
}

pub(super) fn from_whom(outcome: &Outcome) -> (Vec<u8>, Address) {
    match outcome {
        Outcome::Received { data, addr } => (data.0.clone(), addr.clone().unwrap()),
        other => panic!("{other:?}"),
    }
}

pub(super) fn receive_from(sock: SocketId) -> Call {
    Call::RecvFrom {
        sock,
        max: 2000,
        flags: 0,
    }
}

/// Looks until it is so, or ten seconds are over.
pub(super) async fn until(lab: &mut Bench, what: &str, is_so: impl Fn(&Bench) -> bool) {
    for _ in 0..2000 {
        lab.take();
        if is_so(lab) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("never: {what}; {:?}", lab.crossed());
}
