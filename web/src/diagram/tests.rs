//! The diagram draws what was observed and nothing else.
#![allow(clippy::unwrap_used)]

use super::model::{Mark, What};
use super::packets::Place;
use super::{Diagram, Geometry, View};
use crate::model::story::{self, CLIENT, MESSAGE, SERVER, Story, at, sock, tcp};
use engine::session::Side;
use protocol::wire::Fate;
use protocol::{Call, EventKind, Outcome, Payload, ProgramId, Sample, TcpState, WireNews};

fn diagram(story: &Story) -> Diagram {
    let mut diagram = Diagram::new(&story.names, &story.sides);
    diagram.extend(story.timeline.events());
    diagram
}

/// (sender, receiver, bytes) of each arrow, in the order in which they arrived.
fn arrows(diagram: &Diagram) -> Vec<(ProgramId, ProgramId, u64)> {
    let arrow = |m: &Mark| match m.what {
        What::Bytes { to, len, .. } => Some((m.program, to, len)),
        _ => None,
    };
    diagram.marks().iter().filter_map(arrow).collect()
}

fn texts(diagram: &Diagram, program: ProgramId) -> Vec<String> {
    let text = |m: &Mark| match &m.what {
        What::Call { text, gave, .. } => {
            Some(gave.as_ref().map_or(text.clone(), |g| format!("{text} → {g}")))
        }
        What::Return { text, .. } | What::Note { text } | What::Error { text } | What::Program { text } => {
            Some(text.clone())
        }
        What::State { state, .. } => Some(state.to_string()),
        What::Bytes { .. } | What::Packet(_) => None,
    };
    diagram
        .marks()
        .iter()
        .filter(|m| m.program == program)
        .filter_map(text)
        .collect()
}

#[test]
fn the_echo_is_drawn_as_it_happened() {
    let diagram = diagram(&story::echo_whole());
    assert_eq!(arrows(&diagram), [(CLIENT, SERVER, 22), (SERVER, CLIENT, 22)]);
    let client = [
        "starts",
        "socket() → fd 3",
        "connect()",
        "ESTABLISHED",
        "returns",
        "sendall()",
        "returns",
        "recv(1024)",
        "returns 22 bytes",
        "close()",
        "FIN-WAIT-2",
        "ended, exit 0",
    ];
    assert_eq!(texts(&diagram, CLIENT), client);
    let server = texts(&diagram, SERVER);
    assert!(
        server.contains(&"accept()".to_owned()) && server.contains(&"returns fd 4".to_owned()),
        "{server:?}"
    );
    assert!(
        server.contains(&"22 bytes to read".to_owned()) && server.contains(&"returns b''".to_owned()),
        "{server:?}"
    );
}

#[test]
fn rows_run_down_in_the_order_of_events_and_arrows_fall() {
    let diagram = diagram(&story::echo_whole());
    let mut last = (0, 0);
    for mark in diagram.marks() {
        if let What::Bytes { end, given, .. } = mark.what {
            assert!(
                end > mark.y && mark.seq > given,
                "an arrow falls and ends after it began: {mark:?}"
            );
            continue;
        }
        assert!(mark.seq >= last.0 && mark.y > last.1, "{mark:?} after {last:?}");
        last = (mark.seq, mark.y);
    }
}

#[test]
fn it_grows_as_the_timeline_does() {
    let story = story::echo_whole();
    let mut grown = Diagram::new(&story.names, &story.sides);
    for n in 0..=story.timeline.events().len() {
        grown.extend(&story.timeline.events()[..n]);
    }
    assert_eq!(grown.marks(), diagram(&story).marks());
}

#[test]
fn bytes_that_were_not_seen_to_arrive_have_no_arrow() {
    let mut story = story::echo_in_flight();
    let client = sock(CLIENT, 0);
    let send = story.call(
        CLIENT,
        "send",
        Call::Send {
            sock: client,
            flags: 0,
            data: b"lost"[..].into(),
        },
    );
    story.returns(CLIENT, send, Outcome::Sent { n: 4 }, &[]);
    assert_eq!(arrows(&diagram(&story)), [(CLIENT, SERVER, 22)]);
    // A send that failed gave nothing, whatever the peer reads later.
    let mut story = story::echo_in_flight();
    let send = story.call(
        CLIENT,
        "send",
        Call::Send {
            sock: client,
            flags: 0,
            data: b"none"[..].into(),
        },
    );
    story.returns(CLIENT, send, Outcome::errno(32), &[]);
    let recv = story.call(
        SERVER,
        "recv",
        Call::Recv {
            sock: sock(SERVER, 1),
            max: 26,
            flags: 0,
        },
    );
    story.returns(
        SERVER,
        recv,
        Outcome::Received {
            data: MESSAGE.into(),
            addr: None,
        },
        &[],
    );
    assert_eq!(arrows(&diagram(&story)), [(CLIENT, SERVER, 22)]);
}

#[test]
fn pieces_of_a_stream_belong_together_by_position() {
    let mut story = story::echo_in_flight();
    let (client, conn) = (sock(CLIENT, 0), sock(SERVER, 1));
    for piece in [&b"abc"[..], b"defgh"] {
        let send = story.call(
            CLIENT,
            "send",
            Call::Send {
                sock: client,
                flags: 0,
                data: piece.into(),
            },
        );
        story.returns(
            CLIENT,
            send,
            Outcome::Sent {
                n: piece.len() as u64,
            },
            &[],
        );
    }
    // 22 + 3 + 5 bytes are there; recv takes 24, then 6: the second send ends only with the last byte.
    let mut read = |n: usize| {
        let recv = story.call(
            SERVER,
            "recv",
            Call::Recv {
                sock: conn,
                max: n as u64,
                flags: 0,
            },
        );
        story.returns(
            SERVER,
            recv,
            Outcome::Received {
                data: Payload(vec![0; n]),
                addr: None,
            },
            &[],
        );
    };
    read(24);
    read(6);
    let diagram = diagram(&story);
    assert_eq!(
        arrows(&diagram),
        [(CLIENT, SERVER, 22), (CLIENT, SERVER, 3), (CLIENT, SERVER, 5)]
    );
    let ends: Vec<u64> = diagram
        .marks()
        .iter()
        .filter(|m| matches!(m.what, What::Bytes { .. }))
        .map(|m| m.seq)
        .collect();
    assert_eq!(ends[1], ends[2], "both were whole only after the second recv()");
}

#[test]
fn a_peek_takes_nothing() {
    let mut story = story::echo_in_flight();
    let (client, conn) = (sock(CLIENT, 0), sock(SERVER, 1));
    let peek = story.call(
        SERVER,
        "recv",
        Call::Recv {
            sock: conn,
            max: 22,
            flags: 2,
        },
    );
    story.returns(
        SERVER,
        peek,
        Outcome::Received {
            data: MESSAGE.into(),
            addr: None,
        },
        &[],
    );
    let send = story.call(
        CLIENT,
        "send",
        Call::Send {
            sock: client,
            flags: 0,
            data: MESSAGE.into(),
        },
    );
    story.returns(CLIENT, send, Outcome::Sent { n: 22 }, &[]);
    let recv = story.call(
        SERVER,
        "recv",
        Call::Recv {
            sock: conn,
            max: 22,
            flags: 0,
        },
    );
    story.returns(
        SERVER,
        recv,
        Outcome::Received {
            data: MESSAGE.into(),
            addr: None,
        },
        &[],
    );
    assert_eq!(arrows(&diagram(&story)), [(CLIENT, SERVER, 22)]);
}

#[test]
fn a_partial_send_ends_where_its_bytes_were_seen() {
    let mut story = story::echo_in_flight();
    let (client, conn) = (sock(CLIENT, 0), sock(SERVER, 1));
    let send = story.call(
        CLIENT,
        "send",
        Call::Send {
            sock: client,
            flags: 0,
            data: Payload(vec![7; 1000]),
        },
    );
    let seen = Sample {
        recv_queue: 122,
        ..story::with_bytes(conn, MESSAGE, (8888, 41234))
    };
    let showed = story.sample(seen);
    story.returns(CLIENT, send, Outcome::Sent { n: 100 }, &[]);
    let diagram = diagram(&story);
    assert_eq!(arrows(&diagram), [(CLIENT, SERVER, 22), (CLIENT, SERVER, 100)]);
    assert_eq!(diagram.marks().last().map(|m| m.seq), Some(showed));
}

fn udp(sock: protocol::SocketId, port: u16) -> Sample {
    Sample {
        kind: 2,
        state: None,
        ..tcp(sock, TcpState::Closed, Some(port), None)
    }
}

#[test]
fn datagrams_belong_together_by_address_and_content() {
    let mut story = Story::new();
    let (server, client) = (sock(SERVER, 0), sock(CLIENT, 0));
    story.start(SERVER);
    story.start(CLIENT);
    for (program, id, port) in [(SERVER, server, 1314), (CLIENT, client, 5000)] {
        let call = story.call(
            program,
            "socket",
            Call::Socket {
                sock: id,
                family: 2,
                kind: 2,
                proto: 0,
            },
        );
        story.returns(program, call, Outcome::Done, &[3]);
        story.sample(udp(id, port));
    }
    let mut send = |text: &[u8], port: u16| {
        let to = Call::SendTo {
            sock: client,
            flags: 0,
            data: text.into(),
            addr: at(port),
        };
        let call = story.call(CLIENT, "sendto", to);
        story.returns(CLIENT, call, Outcome::Sent { n: text.len() as u64 }, &[]);
    };
    send(b"elsewhere", 9);
    send(b"one", 1314);
    send(b"two", 1314);
    let mut receive = |text: &[u8], from: u16| {
        let call = story.call(
            SERVER,
            "recvfrom",
            Call::RecvFrom {
                sock: server,
                max: 99,
                flags: 0,
            },
        );
        let outcome = Outcome::Received {
            data: text.into(),
            addr: Some(at(from)),
        };
        story.returns(SERVER, call, outcome, &[]);
    };
    // "one" was lost; what another socket sent is nobody's here.
    receive(b"two", 5000);
    receive(b"one", 6000);
    receive(b"elsewhere", 5000);
    assert_eq!(arrows(&diagram(&story)), [(CLIENT, SERVER, 3)]);
}

#[test]
fn a_failed_call_is_red_and_named() {
    let mut story = Story::new();
    let client = sock(CLIENT, 0);
    story.start(CLIENT);
    let connect = story.call(
        CLIENT,
        "connect",
        Call::Connect {
            sock: client,
            addr: at(8888),
        },
    );
    story.returns(CLIENT, connect, Outcome::errno(111), &[]);
    let diagram = diagram(&story);
    assert_eq!(
        texts(&diagram, CLIENT),
        ["starts", "connect()", "fails", "ECONNREFUSED"]
    );
    assert!(
        diagram
            .marks()
            .iter()
            .any(|m| matches!(m.what, What::Error { .. }))
    );
}

fn view(cursor: u64, top: f64, bottom: f64) -> View {
    View {
        top,
        bottom,
        cursor,
        lit: None,
        related: Vec::new(),
        heads: Vec::new(),
    }
}

#[test]
fn the_past_shows_later_things_as_ghosts_only() {
    let story = story::echo_whole();
    let diagram = diagram(&story);
    for width in [374.0, 560.0, 900.0] {
        let geometry = Geometry { width, scale: 1.0 };
        let live = diagram.draw(geometry, &view(u64::MAX, 0.0, 1e6));
        assert!(live.here.is_none() && !live.svg.contains("ghost"));
        let past = diagram.draw(geometry, &view(20, 0.0, 1e6));
        assert!(past.here.is_some() && past.svg.contains("ghost"));
        // An arrow whose bytes arrive after the cursor is not drawn as seen.
        assert!(!past.svg.contains("\"pk data\""), "{}", past.svg);
    }
}

#[test]
fn only_what_is_in_sight_is_drawn() {
    let mut story = Story::new();
    story.start(CLIENT);
    for n in 0..4000u32 {
        let call = story.call(
            CLIENT,
            "socket",
            Call::Socket {
                sock: sock(CLIENT, n),
                family: 2,
                kind: 2,
                proto: 0,
            },
        );
        story.returns(CLIENT, call, Outcome::errno(24), &[]);
    }
    let diagram = diagram(&story);
    let geometry = Geometry {
        width: 560.0,
        scale: 1.0,
    };
    let all = diagram.draw(geometry, &view(u64::MAX, 0.0, 1e9));
    let part = diagram.draw(geometry, &view(u64::MAX, 50_000.0, 50_800.0));
    assert!(part.height == all.height && part.svg.len() * 20 < all.svg.len());
    assert!(part.svg.contains("ENFILE") || part.svg.contains("EMFILE"));
}

#[test]
fn what_programs_wrote_is_escaped() {
    let mut story = story::echo_in_flight();
    let conn = sock(SERVER, 1);
    let data = b"<script>alert(1)</script>";
    let send = story.call(
        CLIENT,
        "send",
        Call::Send {
            sock: sock(CLIENT, 0),
            flags: 0,
            data: data[..].into(),
        },
    );
    story.returns(CLIENT, send, Outcome::Sent { n: data.len() as u64 }, &[]);
    let recv = story.call(
        SERVER,
        "recv",
        Call::Recv {
            sock: conn,
            max: 99,
            flags: 0,
        },
    );
    story.returns(
        SERVER,
        recv,
        Outcome::Received {
            data: Payload(vec![0; 22 + data.len()]),
            addr: None,
        },
        &[],
    );
    story.event(
        CLIENT,
        EventKind::Raised {
            exception: "<b>".into(),
            message: String::new(),
            errno: None,
            line: 1,
            column: None,
        },
    );
    let drawing = diagram(&story).draw(
        Geometry {
            width: 900.0,
            scale: 1.0,
        },
        &view(u64::MAX, 0.0, 1e6),
    );
    assert!(drawing.svg.contains("&lt;script"), "{}", drawing.svg);
    assert!(!drawing.svg.contains("<script") && !drawing.svg.contains("<b>"));
}

/// (from, to, label, where it ended) of each packet, in the order in which they were sent.
fn packets(diagram: &Diagram) -> Vec<(Place, Place, String, Fate)> {
    let packet = |m: &Mark| match &m.what {
        What::Packet(p) => Some((p.from, p.to, format!("{} {}", p.bold, p.rest), p.fates.last()?.1)),
        _ => None,
    };
    diagram.marks().iter().filter_map(packet).collect()
}

#[test]
fn packets_go_from_lane_to_lane_and_take_the_place_of_byte_arrows() {
    let diagram = diagram(&story::packets_whole());
    let (client, server) = (Place::Lane(CLIENT), Place::Lane(SERVER));
    let told: Vec<_> = packets(&diagram)
        .into_iter()
        .map(|(from, to, text, _)| {
            (
                from == client && to == server,
                from == server && to == client,
                text,
            )
        })
        .collect();
    let expected = [
        (true, "SYN seq 0"),
        (false, "SYN-ACK seq 0 ack 1"),
        (true, "ACK seq 1 ack 1"),
        (true, "PSH-ACK seq 1, 22 bytes"),
        (true, "PSH-ACK seq 1, 22 bytes"),
        (false, "ACK seq 1 ack 23"),
        (true, "FIN-ACK seq 23 ack 1"),
        (false, "ACK seq 1 ack 24"),
        (false, "FIN-ACK seq 1 ack 24"),
        (true, "ACK seq 24 ack 2"),
    ];
    let expected: Vec<_> = expected
        .map(|(right, text)| (right, !right, text.to_owned()))
        .to_vec();
    assert_eq!(told, expected);
    // The bytes that were seen as packets have no arrow of their own.
    let drawn = diagram
        .marks()
        .iter()
        .any(|m| matches!(m.what, What::Bytes { seen: false, .. }));
    assert!(!drawn);
}

#[test]
fn a_packet_is_where_the_cursor_knows_it() {
    let story = story::packets_whole();
    let diagram = diagram(&story);
    let geometry = Geometry {
        width: 560.0,
        scale: 1.0,
    };
    let sent = |n: u64| {
        story.timeline.events().iter().find(|e| {
            matches!(&e.kind, EventKind::Wire { news: WireNews::Sent { packet, .. }, .. } if packet.0 == n)
        })
    };
    let at = sent(4).unwrap().seq;
    let drawing = diagram.draw(geometry, &view(at, 0.0, 1e6));
    let held: Vec<_> = drawing.capsules.iter().map(|c| (c.packet.0, c.held)).collect();
    assert_eq!(
        held,
        [(4, true)],
        "it waits, and nobody knows that it will be dropped"
    );
    assert!(!drawing.svg.contains("pk cross bad\""), "{}", drawing.svg);
    let live = diagram.draw(geometry, &view(u64::MAX, 0.0, 1e6));
    assert!(live.capsules.is_empty());
    assert!(live.svg.contains("pk cross bad") && live.svg.contains("dropped by you"));
    assert_eq!(
        live.svg.matches("class=\"clock\"").count(),
        1,
        "the FIN was delayed"
    );
}

#[test]
fn a_packet_to_nobody_ends_at_the_other_side() {
    let mut story = Story::new();
    story.wire(false);
    story.start(CLIENT);
    let connect = story.call(
        CLIENT,
        "connect",
        Call::Connect {
            sock: sock(CLIENT, 0),
            addr: at(9),
        },
    );
    story.packet(
        1,
        0,
        story::segment((40000, 9), 2, (1, 0), b""),
        Fate::Delivered,
        None,
    );
    story.packet(
        2,
        1,
        story::segment((9, 40000), 20, (0, 2), b""),
        Fate::Delivered,
        None,
    );
    story.returns(CLIENT, connect, Outcome::errno(111), &[]);
    let all = packets(&diagram(&story));
    assert_eq!(
        (all[0].0, all[0].1),
        (Place::Lane(CLIENT), Place::Side(Side::Right))
    );
    assert_eq!(
        (all[1].0, all[1].1),
        (Place::Side(Side::Right), Place::Lane(CLIENT))
    );
    assert_eq!(all[1].2, "RST-ACK seq 0 ack 1");
}

#[test]
fn ten_thousand_packets_cost_what_is_in_sight() {
    let mut story = Story::new();
    story.wire(false);
    story.start(CLIENT);
    for n in 1..10_000 {
        story.packet(n, 0, story::datagram((5000, 9), b"x"), Fate::Delivered, None);
    }
    let diagram = diagram(&story);
    let geometry = Geometry {
        width: 560.0,
        scale: 1.0,
    };
    let part = diagram.draw(geometry, &view(u64::MAX, 50_000.0, 50_800.0));
    assert!(part.svg.len() < 30_000, "{}", part.svg.len());
    assert!(part.svg.contains("UDP"));
}
