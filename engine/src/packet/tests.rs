//! What learners read of packets, line by line. tshark judges the rest (the end-to-end tests).

#![allow(clippy::unwrap_used)]

use super::*;
use etherparse::PacketBuilder;

fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    PacketBuilder::ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64)
        .udp(5000, port)
        .write(&mut packet, payload)
        .unwrap();
    packet
}

#[test]
fn a_conversation_in_lines() {
    let mut flows = Flows::default();
    let mut lines = Vec::new();
    let mut send = |at: u64, back: bool, flags: &str, seq: u32, ack: u32, payload: &[u8]| {
        let (source, target) = if back { (8080, 40000) } else { (40000, 8080) };
        let mut step =
            PacketBuilder::ipv4([127, 0, 0, 1], [127, 0, 0, 1], 64).tcp(source, target, seq, 64240);
        for flag in flags.chars() {
            step = match flag {
                'S' => step.syn(),
                'F' => step.fin(),
                'R' => step.rst(),
                'P' => step.psh(),
                _ => step.ack(ack),
            };
        }
        let mut packet = Vec::new();
        step.write(&mut packet, payload).unwrap();
        lines.push(flows.summary(at * 1_000_000, &packet).to_string());
    };
    send(0, false, "S", 999, 0, b"");
    send(1, true, "SA", 4_999, 1000, b"");
    send(2, false, "A", 1000, 5000, b"");
    send(3, false, "PA", 1000, 5000, b"hello");
    send(4, true, "A", 5000, 1005, b"");
    send(
        5,
        true,
        "PA",
        5000,
        1005,
        b"\xffone\ntwo three four five six seven",
    );
    send(
        900,
        true,
        "PA",
        5000,
        1005,
        b"\xffone\ntwo three four five six seven",
    );
    send(901, true, "A", 5033, 1005, b"");
    send(902, false, "FA", 1005, 5034, b"");
    send(903, true, "R", 5034, 0, b"");
    assert_eq!(
        lines,
        [
            "SYN seq 0 win 64240",
            "SYN-ACK seq 0 ack 1 win 64240",
            "ACK seq 1 ack 1",
            "PSH-ACK seq 1 ack 1, 5 bytes \"hello\"",
            "ACK seq 1 ack 6",
            "PSH-ACK seq 1 ack 6, 34 bytes \"\\xffone\\ntwo three four five…\"",
            "PSH-ACK seq 1 ack 6, 34 bytes \"\\xffone\\ntwo three four five…\" (retransmission)",
            "ACK seq 34 ack 6 (keep-alive)",
            "FIN-ACK seq 6 ack 35",
            "RST seq 35",
        ]
    );
}

#[test]
fn other_packets_in_lines() {
    let line = |packet: &[u8]| Summary::alone(packet).to_string();
    assert_eq!(line(&udp(6000, b"hi")), "UDP 2 bytes \"hi\"");
    assert_eq!(line(&udp(6000, b"")), "UDP 0 bytes");
    let query = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x07example\x03org\0\0\x01\0\x01";
    assert!(line(&udp(53, query)).ends_with(", DNS query A example.org"));
    let mut icmp = Vec::new();
    PacketBuilder::ipv4([1; 4], [2; 4], 64)
        .icmpv4(etherparse::Icmpv4Type::DestinationUnreachable(
            etherparse::icmpv4::DestUnreachableHeader::Port,
        ))
        .write(&mut icmp, &udp(9, b"x"))
        .unwrap();
    assert_eq!(line(&icmp), "ICMP destination unreachable: port unreachable");
    assert_eq!(line(b"\x45"), "not an IP packet, 1 byte");
    assert_eq!(line(b""), "not an IP packet, 0 bytes");
}

/// A segment that was seen before is sent again, however soon; one that was not is out of order.
#[test]
fn sent_again_and_out_of_order_are_told_apart() {
    let mut flows = Flows::default();
    let mut note = |at: u64, seq: u32| {
        let mut packet = Vec::new();
        PacketBuilder::ipv4([1; 4], [2; 4], 64)
            .tcp(1, 2, seq, 1000)
            .write(&mut packet, b"0123456789")
            .unwrap();
        flows.summary(at, &packet).notes()
    };
    assert!(note(0, 100).is_empty());
    assert!(note(1, 120).has(Notes::LOST_SEGMENT));
    assert!(note(2, 110).has(Notes::OUT_OF_ORDER));
    assert!(note(3, 110).has(Notes::RETRANSMISSION));
    assert!(note(4, 105).has(Notes::OUT_OF_ORDER));
}

#[test]
fn fields_have_their_bytes_and_meaning() {
    let all = fields(&udp(6000, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), None);
    let of = |name: &str| all.iter().find(|f| f.name == name).unwrap();
    assert_eq!(
        (
            of("Destination Port").range.clone(),
            of("Destination Port").value.as_str()
        ),
        (22..24, "6000")
    );
    assert_eq!(
        (of("Host").range.clone(), of("Host").value.as_str()),
        (44..53, "x")
    );
    assert!(of("Checksum").value.ends_with("[correct]"));
    for field in &all {
        assert!(field.meaning.ends_with('.'), "{field:?}");
        assert!(!field.name.is_empty());
    }
}
