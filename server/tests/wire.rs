//! The kernel network: real hosts, real packets, each one held until it is let go.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use engine::packet::Head;
use engine::packet::head::flag;
use protocol::bounds::PACKETS_PER_SECOND;
use protocol::wire::{By, Effect, Fate, Which};
use protocol::{
    Address, Call, CallId, End, HostId, Network, Outcome, PacketId, Plan, SocketId, TcpState, WireAction,
    WireNews, WireRule,
};
use std::time::Instant;

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

/// Two programs on one host, connected while the wire is automatic: listener, client, server.
async fn connected(lab: &mut Bench) -> [SocketId; 3] {
    lab.act(WireAction::Hold { held: false });
    let listener = lab.listener(8080, 5).await;
    let (client, server) = lab.connection(listener).await;
    lab.act(WireAction::Hold { held: true });
    lab.news.clear();
    [listener, client, server]
}

fn send_to(sock: SocketId, data: &[u8], addr: Address) -> Call {
    Call::SendTo {
        sock,
        flags: 0,
        data: data.into(),
        addr,
    }
}

fn from_whom(outcome: &Outcome) -> (Vec<u8>, Address) {
    match outcome {
        Outcome::Received { data, addr } => (data.0.clone(), addr.clone().unwrap()),
        other => panic!("{other:?}"),
    }
}

fn receive_from(sock: SocketId) -> Call {
    Call::RecvFrom {
        sock,
        max: 2000,
        flags: 0,
    }
}

/// Looks until it is so, or ten seconds are over.
async fn until(lab: &mut Bench, what: &str, is_so: impl Fn(&Bench) -> bool) {
    for _ in 0..2000 {
        lab.take();
        if is_so(lab) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("never: {what}; {:?}", lab.crossed());
}

#[tokio::test]
async fn an_echo_goes_packet_by_packet_and_buffers_are_seen() {
    let mut lab = lab(&[], true).await;
    let [_, client, server] = connected(&mut lab).await;
    let waiting = lab.start(recv(server, 100));
    assert_eq!(
        lab.send(client, b"hello").await,
        sent(5),
        "send() ends with the bytes in the buffer"
    );
    assert_eq!(lab.state[&client].send_queue, 5);
    assert!(
        lab.state[&client].timer.is_some(),
        "the kernel would send them again"
    );
    assert!(lab.is_waiting(waiting), "they are still on the wire");
    lab.next("data 5");
    assert_eq!(lab.finish(waiting).await, bytes(b"hello"));
    assert_eq!(lab.state[&client].send_queue, 5, "not acknowledged yet");
    lab.next("ACK");
    assert_eq!(lab.state[&client].send_queue, 0);
    assert_eq!(lab.state[&client].timer, None);
    assert_eq!(lab.send(server, b"HELLO").await, sent(5));
    lab.next("data 5");
    assert_eq!(lab.recv(client, 100).await, bytes(b"HELLO"));
    lab.next("ACK");
    assert_eq!(
        lab.crossed(),
        [
            "0>1 data 5 held",
            "1>0 ACK held",
            "1>0 data 5 held",
            "0>1 ACK held"
        ]
    );
}

#[tokio::test]
async fn the_four_way_close_shows_every_state() {
    let mut lab = lab(&[], true).await;
    let [_, client, server] = connected(&mut lab).await;
    lab.story.clear();
    lab.close(client).await;
    assert_eq!(state(&lab, client), TcpState::FinWait1);
    lab.next("FIN");
    assert_eq!(state(&lab, server), TcpState::CloseWait);
    // The kernel waits for bytes that it could acknowledge together with the FIN; none come.
    until(&mut lab, "the FIN is acknowledged", |lab| {
        !lab.waiting().is_empty()
    })
    .await;
    lab.next("ACK");
    assert_eq!(state(&lab, client), TcpState::FinWait2);
    assert_eq!(lab.recv(server, 10).await, bytes(b""));
    lab.close(server).await;
    assert_eq!(state(&lab, server), TcpState::LastAck);
    lab.next("FIN");
    assert_eq!(state(&lab, client), TcpState::TimeWait);
    let timer = lab.state[&client].timer.unwrap();
    assert_eq!(timer.what, protocol::wire::TimerKind::TimeWait);
    assert!((50_000..=60_000).contains(&timer.left), "{timer:?}");
    lab.next("ACK");
    assert_eq!(state(&lab, server), TcpState::Closed);
    let of = |sock| {
        let states = lab.story.iter().filter(move |(s, _)| *s == sock);
        states.map(|(_, state)| *state).collect::<Vec<_>>()
    };
    use TcpState::{CloseWait, Closed, FinWait1, FinWait2, LastAck, TimeWait};
    assert_eq!(of(client), [FinWait1, FinWait2, TimeWait]);
    assert_eq!(of(server), [CloseWait, LastAck, Closed]);
}

#[tokio::test]
async fn what_is_sent_again_while_it_waits_is_counted_and_not_shown() {
    let mut lab = lab(&[], true).await;
    let [_, client, server] = connected(&mut lab).await;
    assert_eq!(lab.send(client, b"hello").await, sent(5));
    let again = |lab: &Bench| {
        lab.news
            .iter()
            .any(|n| matches!(n, WireNews::Again { packet, count } if packet.0 > 0 && *count >= 2))
    };
    until(&mut lab, "sent again twice", again).await;
    assert_eq!(lab.crossed(), ["0>1 data 5 held"]);
    assert!(lab.state[&client].tcp.unwrap().retransmitted >= 2);
    lab.next("data 5");
    lab.act(WireAction::Hold { held: false });
    assert_eq!(lab.recv(server, 100).await, bytes(b"hello"));
}

#[tokio::test]
async fn what_is_sent_again_before_a_packet_is_let_go_is_not_shown_after_it() {
    let mut lab = lab(&[], true).await;
    let [_, client, server] = connected(&mut lab).await;
    assert_eq!(lab.send(client, b"hello").await, sent(5));
    // The server is busy for so long that the kernel loses its patience, and nobody reads what it sends again: this blocks the
    // only thread, the lab's task included.
    std::thread::sleep(std::time::Duration::from_secs(1));
    lab.next("data 5");
    assert_eq!(lab.recv(server, 100).await, bytes(b"hello"));
    lab.next("ACK");
    assert_eq!(lab.crossed(), ["0>1 data 5 held", "1>0 ACK held"]);
    assert!(lab.state[&client].tcp.unwrap().retransmitted > 0);
}

#[tokio::test]
async fn small_pieces_wait_as_long_as_the_first_is_held() {
    let mut lab = lab(&[], true).await;
    let [_, client, server] = connected(&mut lab).await;
    for piece in [&b"one "[..], b"two ", b"three "] {
        assert_eq!(lab.send(client, piece).await, sent(piece.len() as u64));
    }
    let impatient = |lab: &Bench| {
        lab.news
            .iter()
            .any(|n| matches!(n, WireNews::Again { count, .. } if *count >= 2))
    };
    until(&mut lab, "sent again twice", impatient).await;
    assert_eq!(
        lab.crossed(),
        ["0>1 data 4 held"],
        "Nagle's algorithm, whatever the timers say"
    );
    lab.next("data 4");
    lab.next("ACK");
    lab.next("data 10");
    assert_eq!(lab.recv(server, 100).await, bytes(b"one two three "));
}

#[tokio::test]
async fn a_dropped_segment_is_sent_again_and_shown() {
    let mut lab = lab(&[], true).await;
    let [_, client, server] = connected(&mut lab).await;
    assert_eq!(lab.send(client, b"hello").await, sent(5));
    let (packet, _) = lab.waiting()[0].clone();
    lab.act(WireAction::Drop { packet });
    until(&mut lab, "it comes again", |lab| !lab.waiting().is_empty()).await;
    assert_eq!(lab.state[&client].send_queue, 5);
    lab.next("data 5");
    assert_eq!(lab.recv(server, 100).await, bytes(b"hello"));
}

#[tokio::test]
async fn a_doubled_segment_is_acknowledged_twice_and_read_once() {
    let mut lab = lab(&[], true).await;
    let [_, client, server] = connected(&mut lab).await;
    assert_eq!(lab.send(client, b"hello").await, sent(5));
    let (packet, _) = lab.waiting()[0].clone();
    lab.act(WireAction::Duplicate { packet });
    lab.act(WireAction::Deliver { packet });
    assert_eq!(lab.recv(server, 100).await, bytes(b"hello"));
    until(&mut lab, "two acknowledgments", |lab| lab.waiting().len() == 2).await;
    assert!(lab.waiting().iter().all(|(_, kind)| kind == "ACK"));
    lab.act(WireAction::Hold { held: false });
    lab.timeout(server, Some(0.0)).await;
    assert_eq!(lab.recv(server, 100).await, errno("EAGAIN"));
}

#[tokio::test]
async fn a_segment_put_behind_the_next_waits_in_the_kernel_for_order() {
    let mut lab = lab(&[], true).await;
    let [_, client, server] = connected(&mut lab).await;
    let at_once = Call::SetSockOpt {
        sock: client,
        level: libc::IPPROTO_TCP,
        name: libc::TCP_NODELAY,
        value: protocol::OptionValue::Int(1),
    };
    assert_eq!(lab.call(at_once).await, Outcome::Done);
    assert_eq!(lab.send(client, b"one").await, sent(3));
    assert_eq!(lab.send(client, b"two").await, sent(3));
    let first = lab.waiting()[0].0;
    lab.act(WireAction::Behind { packet: first });
    assert_eq!(lab.refused, None);
    lab.next("data 3");
    assert_eq!(
        lab.state[&server].recv_queue, 0,
        "the kernel keeps the second until it has the first"
    );
    lab.act(WireAction::Deliver { packet: first });
    assert_eq!(lab.state[&server].recv_queue, 6);
    assert_eq!(lab.recv(server, 100).await, bytes(b"onetwo"));
    let data = lab
        .crossed()
        .iter()
        .filter(|packet| packet.contains("data"))
        .count();
    assert_eq!(data, 2, "nothing was lost: {:?}", lab.crossed());
}

#[tokio::test]
async fn a_delayed_segment_arrives_by_itself() {
    let mut lab = lab(&[], true).await;
    let [_, client, server] = connected(&mut lab).await;
    let waiting = lab.start(recv(server, 100));
    assert_eq!(lab.send(client, b"late").await, sent(4));
    let (packet, _) = lab.waiting()[0].clone();
    lab.act(WireAction::Delay { packet, ms: 30 });
    assert!(lab.waiting().is_empty());
    assert_eq!(lab.finish(waiting).await, bytes(b"late"));
    let arrived = WireNews::Now {
        packet,
        fate: Fate::Delivered,
    };
    assert!(lab.news.contains(&arrived));
}

#[tokio::test]
async fn what_cannot_be_done_with_the_wire_is_one_sentence() {
    let mut lab = lab(&[], true).await;
    lab.act(WireAction::Deliver { packet: PacketId(99) });
    assert!(lab.refused.take().unwrap().contains("99"));
    let rule = WireRule {
        to: None,
        which: Which::Percent(101.0),
        what: Effect::Lose,
    };
    let rules = vec![rule];
    lab.act(WireAction::Rules { rules, seed: 0 });
    assert!(lab.refused.take().is_some());
    let networks = networks().await;
    let mut plain = Bench::on(&networks).await;
    plain.act(WireAction::Hold { held: true });
    assert!(plain.refused.take().unwrap().contains("kernel network"));
}

#[tokio::test]
async fn rules_lose_what_they_are_for() {
    let mut lab = lab(&[], false).await;
    let [_, client, server] = connected(&mut lab).await;
    lab.act(WireAction::Hold { held: false });
    let rule = WireRule {
        to: Some(End(1)),
        which: Which::DataNumber(1),
        what: Effect::Lose,
    };
    lab.act(WireAction::Rules {
        rules: vec![rule],
        seed: 0,
    });
    assert_eq!(lab.send(client, b"lost").await, sent(4));
    assert_eq!(lab.crossed(), ["0>1 data 4 dropped"]);
    assert_eq!(
        lab.recv(server, 100).await,
        bytes(b"lost"),
        "the kernel sends it again"
    );
    assert!(
        lab.crossed().contains(&"0>1 data 4".to_owned()),
        "{:?}",
        lab.crossed()
    );
    lab.take();
    assert_eq!(lab.state[&client].tcp.unwrap().retransmitted, 1);
}

#[tokio::test]
async fn two_hosts_find_each_other_by_name() {
    let mut lab = lab(&["alice", "bob"], false).await;
    let hosts = lab.lab.hosts();
    assert_eq!(hosts[1].name, "bob");
    assert_eq!(hosts[1].addresses, ["10.0.0.2", "fd00::2"]);
    lab.host = HostId(1);
    assert_eq!(
        lab.call(Call::GetHostName).await,
        Outcome::Host { name: "bob".into() }
    );
    let listener = lab.socket(INET, STREAM).await;
    assert_eq!(lab.bind(listener, name("", 8080)).await, Outcome::Done);
    assert_eq!(lab.listen(listener, 1).await, Outcome::Done);
    lab.host = HostId(0);
    let client = lab.socket(INET, STREAM).await;
    assert_eq!(lab.connect(client, name("bob", 8080)).await, Outcome::Done);
    let (_, outcome) = lab.accept(listener).await;
    let Outcome::Accepted { addr } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(addr.ip().unwrap().to_string(), "10.0.0.1");
    assert_eq!(lab.crossed(), ["0>1 SYN", "1>0 SYN-ACK", "0>1 ACK"]);
    // There is nothing at localhost here: the server is on another host.
    let other = lab.socket(INET, STREAM).await;
    assert_eq!(
        lab.connect(other, name("localhost", 8080)).await,
        errno("ECONNREFUSED")
    );
    // A call on a host that is not there, and an address that nobody has.
    lab.host = HostId(7);
    let sock = lab.new_sock();
    let call = Call::Socket {
        sock,
        family: INET,
        kind: STREAM,
        proto: 0,
    };
    assert!(matches!(
        lab.call(call).await,
        Outcome::Failed {
            errno: libc::EHOSTUNREACH,
            ..
        }
    ));
    lab.host = HostId(0);
    let lost = lab.socket(INET, STREAM).await;
    lab.timeout(lost, Some(0.05)).await;
    assert_eq!(lab.connect(lost, ip("10.0.0.9", 80)).await, Outcome::TimedOut);
    assert_eq!(lab.crossed().last().unwrap(), "0>1 SYN to nobody");
    let away = lab.socket(INET, STREAM).await;
    assert_eq!(lab.connect(away, ip("8.8.8.8", 53)).await, errno("ENETUNREACH"));
}

#[tokio::test]
async fn ipv6_crosses_the_wire_but_for_localhost() {
    for hosts in [&["a", "b"][..], &[]] {
        let mut lab = lab(hosts, false).await;
        let there = if hosts.is_empty() { "fd00::1" } else { "fd00::2" };
        lab.host = HostId(u8::from(!hosts.is_empty()));
        let listener = lab.socket(INET6, STREAM).await;
        assert_eq!(lab.bind(listener, ip("::", 8080)).await, Outcome::Done);
        assert_eq!(lab.listen(listener, 1).await, Outcome::Done);
        let own = lab.socket(INET6, STREAM).await;
        assert_eq!(
            lab.connect(own, v6(8080)).await,
            Outcome::Done,
            "::1 stays inside the host"
        );
        assert_eq!(lab.crossed(), Vec::<String>::new());
        lab.host = HostId(0);
        let client = lab.socket(INET6, STREAM).await;
        assert_eq!(lab.connect(client, ip(there, 8080)).await, Outcome::Done);
        assert_eq!(lab.crossed(), ["0>1 SYN", "1>0 SYN-ACK", "0>1 ACK"]);
        assert_eq!(lab.send(client, b"six").await, sent(3));
        lab.accept(listener).await;
        let (server, _) = lab.accept(listener).await;
        assert_eq!(lab.recv(server, 10).await, bytes(b"six"));
        // And IPv4 to the same socket.
        let four = lab.socket(INET, STREAM).await;
        let there = if hosts.is_empty() { "127.0.0.1" } else { "10.0.0.2" };
        assert_eq!(lab.connect(four, ip(there, 8080)).await, Outcome::Done);
        assert_eq!(state(&lab, four), TcpState::Established);
        assert_eq!(lab.embryos.len(), 1);
    }
}

#[tokio::test]
async fn datagrams_cross_one_by_one_and_are_lost_for_good() {
    let mut lab = lab(&[], true).await;
    let server = lab.socket(INET, DGRAM).await;
    assert_eq!(lab.bind(server, v4(9000)).await, Outcome::Done);
    let client = lab.socket(INET, DGRAM).await;
    for text in ["one", "two", "three"] {
        let n = text.len() as u64;
        assert_eq!(
            lab.call(send_to(client, text.as_bytes(), v4(9000))).await,
            sent(n)
        );
    }
    let ids: Vec<PacketId> = lab.waiting().into_iter().map(|(id, _)| id).collect();
    lab.act(WireAction::Drop { packet: ids[0] });
    lab.act(WireAction::Deliver { packet: ids[2] });
    lab.act(WireAction::Duplicate { packet: ids[1] });
    lab.act(WireAction::Deliver { packet: ids[1] });
    for expected in ["three", "two", "two"] {
        let got = lab.call(receive_from(server)).await;
        assert_eq!(from_whom(&got).0, expected.as_bytes());
    }
    let waiting = lab.start(recv(server, 10));
    assert!(lab.is_waiting(waiting));
    assert_eq!(
        lab.crossed()[..3],
        ["0>1 UDP 3 held", "0>1 UDP 3 held", "0>1 UDP 5 held"]
    );
}

#[tokio::test]
async fn a_port_where_nobody_is_answers() {
    let mut lab = lab(&["a", "b"], false).await;
    let client = lab.socket(INET, STREAM).await;
    assert_eq!(lab.connect(client, name("b", 81)).await, errno("ECONNREFUSED"));
    let datagrams = lab.socket(INET, DGRAM).await;
    assert_eq!(lab.connect(datagrams, name("b", 82)).await, Outcome::Done);
    assert_eq!(lab.send(datagrams, b"hi").await, sent(2));
    assert_eq!(lab.recv(datagrams, 10).await, errno("ECONNREFUSED"));
    assert_eq!(lab.crossed(), ["0>1 SYN", "1>0 RST", "0>1 UDP 2", "1>0 ICMP 3/3"]);
    // In a lab of one host the complaint comes from the other end, too.
    let mut alone = self::lab(&[], false).await;
    let datagrams = alone.socket(INET, DGRAM).await;
    assert_eq!(alone.connect(datagrams, v4(82)).await, Outcome::Done);
    assert_eq!(alone.send(datagrams, b"hi").await, sent(2));
    assert_eq!(alone.recv(datagrams, 10).await, errno("ECONNREFUSED"));
    assert_eq!(alone.crossed(), ["0>1 UDP 2", "1>0 ICMP 3/3"]);
}

#[tokio::test]
async fn broadcast_and_multicast_reach_all_other_hosts() {
    let mut lab = lab(&["a", "b", "c"], false).await;
    let mut receivers = Vec::new();
    for host in 1..3 {
        lab.host = HostId(host);
        let sock = lab.socket(INET, DGRAM).await;
        assert_eq!(lab.bind(sock, name("", 9000)).await, Outcome::Done);
        let group: Vec<u8> = [239, 1, 2, 3, 0, 0, 0, 0].to_vec();
        let join = Call::SetSockOpt {
            sock,
            level: libc::IPPROTO_IP,
            name: libc::IP_ADD_MEMBERSHIP,
            value: protocol::OptionValue::Bytes(group.into()),
        };
        assert_eq!(lab.call(join).await, Outcome::Done);
        receivers.push(sock);
    }
    lab.host = HostId(0);
    let sender = lab.socket(INET, DGRAM).await;
    assert_eq!(
        lab.call(send_to(sender, b"x", name("<broadcast>", 9000))).await,
        errno("EACCES")
    );
    let allow = Call::SetSockOpt {
        sock: sender,
        level: libc::SOL_SOCKET,
        name: libc::SO_BROADCAST,
        value: protocol::OptionValue::Int(1),
    };
    assert_eq!(lab.call(allow).await, Outcome::Done);
    for to in ["<broadcast>", "10.0.0.255", "239.1.2.3"] {
        let text = to.as_bytes();
        assert_eq!(
            lab.call(send_to(sender, text, name(to, 9000))).await,
            sent(text.len() as u64)
        );
        for sock in &receivers {
            let got = lab.call(receive_from(*sock)).await;
            let (data, from) = from_whom(&got);
            assert_eq!(
                (data, from.ip().unwrap().to_string().as_str()),
                (text.to_vec(), "10.0.0.1")
            );
        }
    }
    assert_eq!(
        lab.crossed().len(),
        6,
        "one packet for each of them: {:?}",
        lab.crossed()
    );
}

#[tokio::test]
async fn a_bulk_transfer_is_whole_and_summed_up() {
    let mut lab = lab(&["a", "b"], false).await;
    lab.host = HostId(1);
    let listener = lab.socket(INET, STREAM).await;
    assert_eq!(lab.bind(listener, name("b", 8080)).await, Outcome::Done);
    assert_eq!(lab.listen(listener, 1).await, Outcome::Done);
    lab.host = HostId(0);
    let client = lab.socket(INET, STREAM).await;
    assert_eq!(lab.connect(client, name("b", 8080)).await, Outcome::Done);
    let (server, _) = lab.accept(listener).await;
    let data: Vec<u8> = (0..8_000_000_u32).map(|i| (i % 251) as u8).collect();
    let mut got = Vec::new();
    let began = Instant::now();
    for part in data.chunks(200_000) {
        let sending: CallId = lab.start(send(client, part));
        let mut rest = part.len();
        while rest > 0 {
            let Outcome::Received { data, .. } = lab.recv(server, 1 << 20).await else {
                panic!("no data")
            };
            rest -= data.len();
            got.extend_from_slice(&data.0);
        }
        assert_eq!(lab.finish(sending).await, sent(part.len() as u64));
    }
    assert!(got == data, "every byte, in order");
    // Each second shows so many at most: on a machine that carries more, the rest is summed up.
    let most = PACKETS_PER_SECOND as usize * (began.elapsed().as_secs() as usize + 2);
    let told = |lab: &Bench| {
        let bytes = lab.news.iter().map(|news| match news {
            WireNews::Sent { data, .. } => data.len() as u64,
            WireNews::Flood { bytes, .. } => *bytes,
            _ => 0,
        });
        bytes.sum::<u64>()
    };
    until(&mut lab, "every byte is told of", |lab| {
        told(lab) >= data.len() as u64
    })
    .await;
    assert!(lab.crossed().len() <= most, "{} of {most}", lab.crossed().len());
}

/// Which kind of interface hosts shall have (see `net/networks.rs`).
const DEVICE: &str = "WIRELAB_WIRE";

#[tokio::test]
async fn hosts_have_the_interfaces_that_are_wished_for() {
    let wish = std::env::var(DEVICE).unwrap_or_else(|_| "tun".to_owned());
    assert_eq!(networks().await.wire_device(), wish);
}

/// Where /dev/net/tun may not be opened: all tests run once more on veth interfaces, as an ordinary user too.
#[test]
fn veth_interfaces_do_all_of_this_too() {
    if std::env::var_os(BINARY).is_some() || std::env::var_os(DEVICE).is_some() {
        return;
    }
    let out = std::process::Command::new(std::env::current_exe().unwrap())
        .env(DEVICE, "veth")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(
        out.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&out.stderr)
    );
    assert!(
        said.contains("hosts_have_the_interfaces_that_are_wished_for ... ok"),
        "{said}"
    );
}

/// As root nothing shows that an ordinary user can do the same: there all tests run once more, as a user made for the purpose.
#[test]
fn an_ordinary_user_can_do_all_of_this() {
    const NOBODY_ELSE: &str = "61432";
    if std::env::var_os(BINARY).is_some() || own_uid() != 0 {
        return;
    }
    // Copies that everybody may read, wherever this was built.
    let dir = tempfile::tempdir().unwrap();
    let open = |path: &std::path::Path| {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    let (binary, this) = (dir.path().join("wirelab"), dir.path().join("wire"));
    std::fs::copy(env!("CARGO_BIN_EXE_wirelab"), &binary).unwrap();
    std::fs::copy(std::env::current_exe().unwrap(), &this).unwrap();
    [dir.path(), &binary, &this].into_iter().for_each(open);
    let user = [format!("--reuid={NOBODY_ELSE}"), format!("--regid={NOBODY_ELSE}")];
    let out = std::process::Command::new("setpriv")
        .args(user)
        .args(["--clear-groups", "--inh-caps=-all", "--bounding-set=-all"])
        .arg(&this)
        .current_dir(dir.path())
        .env(BINARY, &binary)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(
        out.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&out.stderr)
    );
    assert!(
        said.contains("a_handshake_goes_packet_by_packet ... ok"),
        "{said}"
    );
}

/// Who we are: the owner of our own process's files.
fn own_uid() -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").unwrap().uid()
}

/// Each kind of packet waits on a wire of its own for some seconds (`WIRELAB_HOLD_SECONDS=600` for a learner's lunch); then
/// everything goes on as if nothing had been.
#[tokio::test]
async fn a_long_hold_breaks_nothing() {
    let seconds = std::env::var("WIRELAB_HOLD_SECONDS").map_or(4, |text| text.parse().unwrap());
    let networks = networks().await;
    let mut labs = Vec::new();
    let handshake = ["SYN", "SYN-ACK", "ACK"];
    for delivered in 0..5 {
        let mut lab = Bench::with(&networks, &plan(&[], true)).await;
        let listener = lab.listener(8080, 1).await;
        let client = lab.socket(INET, STREAM).await;
        let connecting = lab.start(Call::Connect {
            sock: client,
            addr: v4(8080),
        });
        for kind in handshake.iter().take(delivered) {
            lab.next(kind);
        }
        if delivered >= 3 {
            assert_eq!(lab.send(client, b"hello").await, sent(5));
        }
        if delivered == 4 {
            lab.next("data 5");
            lab.close(client).await;
        }
        lab.take();
        assert_eq!(
            lab.waiting().len(),
            1 + usize::from(delivered == 4),
            "{:?}",
            lab.waiting()
        );
        labs.push((lab, listener, client, connecting));
    }
    tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
    for (delivered, (mut lab, listener, client, connecting)) in labs.into_iter().enumerate() {
        lab.take();
        assert!(
            lab.waiting().len() <= 2,
            "what is sent again is not shown: {:?}",
            lab.waiting()
        );
        lab.act(WireAction::Hold { held: false });
        assert_eq!(
            lab.finish(connecting).await,
            Outcome::Done,
            "after {delivered} packets"
        );
        let (server, outcome) = lab.accept(listener).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }));
        if delivered < 3 {
            assert_eq!(lab.send(client, b"hello").await, sent(5));
        }
        assert_eq!(
            lab.recv(server, 10).await,
            bytes(b"hello"),
            "after {delivered} packets"
        );
        if delivered == 4 {
            assert_eq!(lab.recv(server, 10).await, bytes(b""));
            lab.close(server).await;
            lab.until(client, TcpState::TimeWait).await;
        }
    }
}
