//! The kernel network: real hosts, real packets, each one held until it is let go.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use engine::packet::Head;
use engine::packet::head::flag;
use protocol::wire::{By, Fate};
use protocol::{Network, Outcome, PacketId, Plan, SocketId, TcpState, WireAction, WireNews};

fn plan(hosts: &[&str], held: bool) -> Plan {
    Plan {
        network: Network::Kernel,
        hosts: hosts.iter().map(|h| (*h).to_owned()).collect(),
        held,
    }
}

async fn lab(hosts: &[&str], held: bool) -> Bench {
    Bench::with(&networks().await, &plan(hosts, held)).await
}

/// What a packet is: `SYN`, `SYN-ACK`, `ACK`, `data 5`, `FIN`, `RST`, `UDP 3`.
fn kind(bytes: &[u8]) -> String {
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

trait Held {
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

fn state(bench: &Bench, sock: SocketId) -> TcpState {
    bench.state[&sock].state.unwrap()
}

#[tokio::test]
async fn a_handshake_goes_packet_by_packet() {
    let mut lab = lab(&[], true).await;
    assert!(matches!(lab.lab.network(), Network::Kernel));
    let listener = lab.listener(8080, 5).await;
    let client = lab.socket(INET, STREAM).await;
    let connecting = lab.start(protocol::Call::Connect {
        sock: client,
        addr: name("localhost", 8080),
    });
    assert!(lab.is_waiting(connecting));
    assert_eq!(state(&lab, client), TcpState::SynSent);
    assert_eq!(lab.crossed(), ["0>1 SYN held"]);
    assert!(lab.embryos.is_empty());

    lab.next("SYN");
    assert_eq!(lab.embryos.len(), 1);
    assert_eq!(lab.embryos[0].state, TcpState::SynReceived);
    assert_eq!(state(&lab, client), TcpState::SynSent);
    assert!(lab.is_waiting(connecting));

    lab.next("SYN-ACK");
    assert_eq!(state(&lab, client), TcpState::Established);
    assert_eq!(lab.finish(connecting).await, Outcome::Done);
    assert_eq!(lab.embryos[0].state, TcpState::SynReceived);
    assert_eq!(lab.state[&listener].accept_queue.unwrap().queued, 0);

    lab.next("ACK");
    assert_eq!(lab.embryos[0].state, TcpState::Established);
    assert_eq!(lab.state[&listener].accept_queue.unwrap().queued, 1);
    let (server, outcome) = lab.accept(listener).await;
    assert!(matches!(outcome, Outcome::Accepted { .. }));
    assert!(lab.embryos.is_empty());
    assert_eq!(state(&lab, server), TcpState::Established);
    assert_eq!(
        lab.crossed(),
        ["0>1 SYN held", "1>0 SYN-ACK held", "0>1 ACK held"]
    );
}
