//! Causes on the kernel's own packets: a lab is run on real hosts, and each of its packets knows the call that it came from.

use engine::timeline::words::Names;
use engine::timeline::{Timeline, tell};
use protocol::{Call, Event, EventKind, WireNews};
use wirelab_tests::captured;

/// What a packet is told as, and the line of the call that caused it (0: another cause).
fn told(timeline: &Timeline, names: &[String]) -> Vec<(String, u32)> {
    let sent = timeline.events().iter().filter(|e| is_packet(e));
    let line = |event: &Event| match event.cause.and_then(|seq| timeline.event(seq)).map(|c| &c.kind) {
        Some(EventKind::Called { line, .. }) => *line,
        _ => 0,
    };
    sent.map(|e| (tell(timeline, e, Names { programs: names }), line(e)))
        .collect()
}

fn is_packet(event: &Event) -> bool {
    matches!(
        event.kind,
        EventKind::Wire {
            news: WireNews::Sent { .. },
            ..
        }
    )
}

#[test]
fn every_packet_of_a_kernel_lab_has_its_cause() {
    let Some((timeline, names)) = captured::echo() else {
        return;
    };
    let packets: Vec<&Event> = timeline.events().iter().filter(|e| is_packet(e)).collect();
    assert!(packets.len() >= 20, "{} packets", packets.len());
    for event in &packets {
        let told = tell(&timeline, event, Names { programs: &names });
        assert!(event.cause.is_some(), "{told}");
        let icmp = told.contains("ICMP");
        assert!(event.program.is_some() || icmp, "{told}");
    }
    let told = told(&timeline, &names);
    let has = |text: &str, line: u32| {
        assert!(
            told.iter().any(|(t, l)| t.contains(text) && *l == line),
            "{text}: {told:#?}"
        );
    };
    has(
        "The client's SYN crosses the wire: connect() asks for a connection",
        captured::CONNECT,
    );
    has("The server's SYN-ACK", 0);
    has(
        "The client's data crosses the wire: it carries 5 bytes of sendall(), b'hello'",
        captured::HELLO,
    );
    has("The client's FIN", captured::CLOSE);
    has(
        "The client's datagram crosses the wire: sendto() sends 8 bytes",
        captured::DATAGRAM,
    );
    has("port unreachable, because of packet", 0);
    // All that the large send() sent comes from it, and is found from the recv()s that took it.
    let large = timeline.events().iter().find(|e| match &e.kind {
        EventKind::Called {
            what: Call::Send { data, .. },
            ..
        } => data.len() == captured::LARGE,
        _ => false,
    });
    let large = large.expect("the large send()").seq;
    let carried: usize = packets
        .iter()
        .filter(|e| e.cause == Some(large))
        .filter_map(|e| Some(timeline.summary(e.seq)?.head?.tcp()?.payload.len()))
        .sum();
    assert_eq!(carried, captured::LARGE);
    let lit = timeline.related(large);
    let took: usize = lit
        .iter()
        .filter_map(|seq| match &timeline.event(*seq)?.kind {
            EventKind::Returned { outcome, .. } => outcome.payload().map(protocol::Payload::len),
            _ => None,
        })
        .sum();
    assert_eq!(took, captured::LARGE, "{lit:?}");
}
