//! The kernel network: real hosts, real packets, each one held until it is let go.
//!
//! ```text
//! main.rs     a connection from its first packet to its last; much at once, and for long
//! bench.rs    a lab with packets that wait
//! hand.rs     what a learner does with packets
//! hosts.rs    several hosts
//! device.rs   interfaces
//! ```
#![allow(clippy::unwrap_used)]

mod bench;
#[path = "../common/mod.rs"]
mod common;
mod device;
mod hand;
mod hosts;

use bench::{Held, connected, lab, plan, state, until};
use common::*;
use protocol::bounds::PACKETS_PER_SECOND;
use protocol::{Call, CallId, HostId, Network, Outcome, TcpState, WireAction, WireNews};
use std::time::Instant;

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
