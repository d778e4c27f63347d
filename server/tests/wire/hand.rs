//! Packets that are dropped, doubled, delayed or put behind by hand, and rules that do it.

use super::bench::{Held, connected, lab, until};
use crate::common::*;
use protocol::wire::{Effect, Fate, Which};
use protocol::{Call, End, Outcome, PacketId, WireAction, WireNews, WireRule};

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
