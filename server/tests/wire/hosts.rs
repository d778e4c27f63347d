//! Several hosts: names, IPv6, datagrams, groups.

use super::bench::{Held, from_whom, lab, receive_from, send_to, state};
use crate::common::*;
use protocol::{Call, HostId, Outcome, PacketId, TcpState, WireAction};

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
