//! The wire by itself: every action, every rule, and whatever may be sent and done in any order.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::packet::head::{before, flag};
use etherparse::PacketBuilder;
use protocol::WireAction;
use protocol::wire::{Effect, Which};

const CLIENT: End = End(0);
const SERVER: End = End(1);

/// A segment between the same two sockets; `to` says which way.
fn tcp(to: End, flags: u8, seq: u32, ack: u32, payload: &[u8]) -> Vec<u8> {
    let (c, s) = (([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 8080));
    let ((source, sport), (target, dport)) = if to == SERVER { (c, s) } else { (s, c) };
    let mut builder = PacketBuilder::ipv4(source, target, 64).tcp(sport, dport, seq, 64240);
    for (bit, set) in [
        (flag::SYN, etherparse::PacketBuilderStep::syn as fn(_) -> _),
        (flag::FIN, etherparse::PacketBuilderStep::fin),
        (flag::RST, etherparse::PacketBuilderStep::rst),
        (flag::PSH, etherparse::PacketBuilderStep::psh),
    ] {
        if flags & bit != 0 {
            builder = set(builder);
        }
    }
    if flags & flag::ACK != 0 {
        builder = builder.ack(ack);
    }
    let mut packet = Vec::new();
    builder.write(&mut packet, payload).unwrap();
    packet
}

fn udp(payload: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    PacketBuilder::ipv6([1; 16], [2; 16], 64)
        .udp(5000, 6000)
        .write(&mut packet, payload)
        .unwrap();
    packet
}

/// What came out, one short word each: `+1 held`, `1 arrives`, `deliver 1`, ...
fn told(wire: &mut Wire) -> Vec<String> {
    let fate = |fate: Fate| match fate {
        Fate::Delivered => "arrives".to_owned(),
        Fate::Held => "held".to_owned(),
        Fate::Delayed { until, .. } => format!("until {}ms", until / MS),
        Fate::Dropped { by: By::Hand } => "dropped".to_owned(),
        Fate::Dropped { by: By::Rule(n) } => format!("lost by {n}"),
        Fate::Dropped { by: By::NoHost } => "no host".to_owned(),
        Fate::Dropped { by: By::Full } => "full".to_owned(),
    };
    std::iter::from_fn(|| wire.poll())
        .map(|out| match out {
            Out::Deliver { id, .. } => format!("deliver {}", id.0),
            Out::News(WireNews::Sent {
                packet,
                fate: f,
                copy_of: None,
                ..
            }) => format!("+{} {}", packet.0, fate(f)),
            Out::News(WireNews::Sent {
                packet,
                fate: f,
                copy_of: Some(of),
                ..
            }) => format!("+{} of {} {}", packet.0, of.0, fate(f)),
            Out::News(WireNews::Now { packet, fate: f }) => format!("{} {}", packet.0, fate(f)),
            Out::News(WireNews::Again { packet, count }) => format!("{} again {count}", packet.0),
            Out::News(WireNews::Moved { packet, behind }) => format!("{} behind {}", packet.0, behind.0),
            Out::News(WireNews::Flood { count, lost, .. }) => format!("flood {count} lost {lost}"),
            Out::News(WireNews::Ruled { held, rules }) => format!("held {held}, {} rules", rules.len()),
        })
        .collect()
}

#[track_caller]
fn check(wire: &mut Wire, expected: &[&str]) {
    assert_eq!(told(wire), expected);
}

fn ruled(rules: &[(Which, Effect)]) -> Wire {
    let mut wire = Wire::new(false);
    rule(&mut wire, rules, 7);
    wire
}

fn rule(wire: &mut Wire, rules: &[(Which, Effect)], seed: u64) {
    let rules = rules.iter().map(|&(which, what)| WireRule {
        to: None,
        which,
        what,
    });
    let rules = rules.collect();
    wire.act(0, &WireAction::Rules { rules, seed }).unwrap();
    told(wire);
}

fn data(n: u32) -> Vec<u8> {
    tcp(SERVER, flag::ACK | flag::PSH, 1 + n * 10, 1, b"0123456789")
}

fn on(packet: u64) -> PacketId {
    PacketId(packet)
}

#[test]
fn unheld_packets_cross_at_once() {
    let mut wire = Wire::new(false);
    wire.sent(5, CLIENT, SERVER, data(0));
    let Some(Out::News(WireNews::Sent { data: told, fate, .. })) = wire.poll() else {
        panic!("news first");
    };
    assert_eq!((told.0, fate), (data(0), Fate::Delivered));
    let to_server = Out::Deliver {
        to: SERVER,
        packet: data(0),
        id: on(1),
    };
    assert_eq!(wire.poll(), Some(to_server));
    wire.sent_to_nobody(6, CLIENT, SERVER, data(1));
    check(&mut wire, &["+2 no host"]);
    assert_eq!((wire.poll(), wire.next_due()), (None, None));
}

#[test]
fn a_held_packet_does_what_the_hand_says() {
    let mut wire = Wire::new(true);
    for n in 0..4 {
        wire.sent(0, CLIENT, SERVER, data(n));
    }
    check(&mut wire, &["+1 held", "+2 held", "+3 held", "+4 held"]);
    let act = |wire: &mut Wire, action| wire.act(MS, &action).unwrap();
    act(&mut wire, WireAction::Deliver { packet: on(2) });
    check(&mut wire, &["2 arrives", "deliver 2"]);
    act(&mut wire, WireAction::Duplicate { packet: on(3) });
    check(&mut wire, &["+5 of 3 arrives", "deliver 5"]);
    act(&mut wire, WireAction::Drop { packet: on(4) });
    check(&mut wire, &["4 dropped"]);
    act(&mut wire, WireAction::Behind { packet: on(1) });
    check(&mut wire, &["1 behind 3"]);
    act(&mut wire, WireAction::Delay { packet: on(3), ms: 9 });
    check(&mut wire, &["3 until 10ms"]);
    assert_eq!(wire.next_due(), Some(10 * MS));
    wire.due(10 * MS - 1);
    check(&mut wire, &[]);
    wire.due(10 * MS);
    check(&mut wire, &["3 arrives", "deliver 3"]);
    act(&mut wire, WireAction::Hold { held: false });
    check(&mut wire, &["held false, 0 rules", "1 arrives", "deliver 1"]);
    wire.sent(11 * MS, CLIENT, SERVER, data(5));
    check(&mut wire, &["+6 arrives", "deliver 6"]);
}

#[test]
fn what_a_hand_cannot_do_is_said_and_changes_nothing() {
    let mut wire = Wire::new(true);
    wire.sent(0, CLIENT, SERVER, data(0));
    wire.sent(0, SERVER, CLIENT, tcp(CLIENT, flag::ACK, 1, 11, b""));
    told(&mut wire);
    let refused = |wire: &mut Wire, action| {
        let why = wire.act(0, &action).unwrap_err();
        assert!(why.ends_with('.'), "{why}");
        assert_eq!((told(wire).len(), wire.len()), (0, 2), "{why}");
        why
    };
    refused(&mut wire, WireAction::Deliver { packet: on(9) });
    let ms = protocol::bounds::DELAY_MS + 1;
    refused(&mut wire, WireAction::Delay { packet: on(1), ms });
    // The only other packet goes the other way.
    let why = refused(&mut wire, WireAction::Behind { packet: on(1) });
    assert!(why.contains("packet 1"), "{why}");
    for (which, what) in [
        (Which::Nth(0), Effect::Lose),
        (Which::DataNumber(0), Effect::Lose),
        (Which::Percent(-0.1), Effect::Lose),
        (Which::Percent(100.1), Effect::Lose),
        (Which::Percent(f64::NAN), Effect::Lose),
        (Which::All, Effect::Rate { bytes: 0 }),
        (Which::All, Effect::Delay { ms, jitter: 0 }),
        (Which::All, Effect::Delay { ms: 0, jitter: ms }),
    ] {
        let good = WireRule {
            to: None,
            which: Which::All,
            what: Effect::Hold,
        };
        let bad = WireRule {
            to: None,
            which,
            what,
        };
        let rules = vec![good, bad];
        let why = refused(&mut wire, WireAction::Rules { rules, seed: 0 });
        assert!(why.starts_with("Rule 2 "), "{why}");
    }
    let hold = WireRule {
        to: None,
        which: Which::All,
        what: Effect::Hold,
    };
    let rules = vec![hold; protocol::bounds::WIRE_RULES + 1];
    refused(&mut wire, WireAction::Rules { rules, seed: 0 });
}

/// For each kind: which of these packets is lost.
#[test]
fn a_rule_is_for_its_packets_only() {
    let fragment = {
        // The second half of a UDP datagram.
        let mut packet = Vec::new();
        PacketBuilder::ip(etherparse::IpHeaders::Ipv4(
            etherparse::Ipv4Header {
                fragment_offset: etherparse::IpFragOffset::try_new(2).unwrap(),
                ..etherparse::Ipv4Header::new(0, 64, etherparse::IpNumber::UDP, [1; 4], [2; 4]).unwrap()
            },
            etherparse::Ipv4Extensions::default(),
        ))
        .write(&mut packet, etherparse::IpNumber::UDP, b"the rest")
        .unwrap();
        packet
    };
    let mut icmp = Vec::new();
    PacketBuilder::ipv4([1; 4], [2; 4], 64)
        .icmpv4_echo_request(1, 1)
        .write(&mut icmp, b"ping")
        .unwrap();
    let packets = [
        tcp(SERVER, flag::SYN, 0, 0, b""),
        tcp(SERVER, flag::SYN | flag::ACK, 100, 1, b""),
        tcp(SERVER, flag::ACK, 101, 1, b""),
        tcp(SERVER, flag::ACK, 101, 1, b"data"),
        tcp(SERVER, flag::ACK | flag::FIN, 105, 1, b""),
        tcp(SERVER, flag::RST, 106, 1, b""),
        udp(b"datagram"),
        udp(b""),
        fragment,
        icmp,
        b"no packet".to_vec(),
    ];
    let lost = |which| {
        let mut wire = ruled(&[(which, Effect::Lose)]);
        let mut lost = Vec::new();
        for (n, packet) in packets.iter().enumerate() {
            wire.sent(0, CLIENT, SERVER, packet.clone());
            if told(&mut wire).iter().any(|t| t.ends_with("lost by 0")) {
                lost.push(n);
            }
        }
        lost
    };
    assert_eq!(lost(Which::All), (0..11).collect::<Vec<_>>());
    assert_eq!(lost(Which::Syn), [0, 1]);
    assert_eq!(lost(Which::Data), [3, 6, 8]);
    assert_eq!(lost(Which::Fin), [4]);
    assert_eq!(lost(Which::Ack), [2]);
    assert_eq!(lost(Which::Udp), [6, 7, 8]);
    assert_eq!(lost(Which::Nth(4)), [3, 7]);
    assert_eq!(lost(Which::DataNumber(2)), [6]);
    assert_eq!(lost(Which::Percent(0.0)), [0; 0]);
    assert_eq!(lost(Which::Percent(100.0)).len(), 11);
}

#[test]
fn a_rule_is_for_its_direction_only() {
    let mut wire = Wire::new(false);
    let rules = vec![WireRule {
        to: Some(CLIENT),
        which: Which::Nth(2),
        what: Effect::Lose,
    }];
    wire.act(0, &WireAction::Rules { rules, seed: 0 }).unwrap();
    told(&mut wire);
    for n in 0..3 {
        wire.sent(0, CLIENT, SERVER, data(n));
        wire.sent(0, SERVER, CLIENT, tcp(CLIENT, flag::ACK, 1, n, b""));
    }
    let lost: Vec<_> = told(&mut wire)
        .into_iter()
        .filter(|t| t.contains("lost"))
        .collect();
    assert_eq!(lost, ["+4 lost by 0"]);
}

#[test]
fn dice_are_the_seed_s() {
    let losses = |seed, rules: &[(Which, Effect)]| {
        let mut wire = Wire::new(false);
        rule(&mut wire, rules, seed);
        for n in 0..1000 {
            wire.sent(0, CLIENT, SERVER, data(n));
        }
        let lost = told(&mut wire).into_iter().filter(|t| t.contains("lost"));
        lost.map(|t| t.split(' ').next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let ten = (Which::Percent(10.0), Effect::Lose);
    let some = losses(1, &[ten]);
    assert!((60..140).contains(&some.len()), "{}", some.len());
    assert_eq!(some, losses(1, &[ten]));
    assert_ne!(some, losses(2, &[ten]));
    // A second rule throws other dice: together they lose more.
    assert!(losses(1, &[ten, ten]).len() > some.len() + 30);
}

#[test]
fn hold_double_delay_and_behind() {
    let mut wire = ruled(&[(Which::Data, Effect::Hold), (Which::Ack, Effect::Double)]);
    wire.sent(0, CLIENT, SERVER, data(0));
    wire.sent(0, SERVER, CLIENT, tcp(CLIENT, flag::ACK, 1, 1, b""));
    check(
        &mut wire,
        &[
            "+1 held",
            "+2 arrives",
            "deliver 2",
            "+3 of 2 arrives",
            "deliver 3",
        ],
    );

    let mut wire = ruled(&[
        (Which::All, Effect::Delay { ms: 20, jitter: 0 }),
        (Which::DataNumber(1), Effect::Delay { ms: 5, jitter: 0 }),
    ]);
    wire.sent(0, CLIENT, SERVER, data(0));
    wire.sent(MS, CLIENT, SERVER, data(1));
    check(&mut wire, &["+1 until 25ms", "+2 until 21ms"]);
    wire.due(30 * MS);
    check(&mut wire, &["2 arrives", "deliver 2", "1 arrives", "deliver 1"]);

    let mut wire = ruled(&[(Which::All, Effect::Delay { ms: 20, jitter: 10 })]);
    for n in 0..200 {
        wire.sent(0, CLIENT, SERVER, data(n));
    }
    let times: Vec<u64> = wire.waiting.iter().filter_map(|w| w.when.until()).collect();
    assert!(times.iter().all(|t| (10 * MS..=30 * MS).contains(t)));
    assert!(times.iter().min() < Some(&(12 * MS)) && times.iter().max() > Some(&(28 * MS)));

    // Each one that is put behind lets the next go by, and follows it.
    let mut wire = ruled(&[(Which::All, Effect::Behind)]);
    wire.sent(0, CLIENT, SERVER, data(0));
    wire.sent(0, SERVER, CLIENT, tcp(CLIENT, flag::ACK, 1, 1, b""));
    check(&mut wire, &["+1 until 200ms", "+2 until 200ms"]);
    wire.sent(MS, CLIENT, SERVER, data(1));
    check(&mut wire, &["+3 arrives", "deliver 3", "1 arrives", "deliver 1"]);
    wire.due(u64::from(BEHIND_MS) * MS);
    check(&mut wire, &["2 arrives", "deliver 2"]);
}

#[test]
fn a_rate_is_kept_in_each_direction() {
    let length = data(0).len() as u64;
    let mut wire = ruled(&[(Which::All, Effect::Rate { bytes: 1000 })]);
    for n in 0..3 {
        wire.sent(0, CLIENT, SERVER, data(n));
    }
    let back = tcp(CLIENT, flag::ACK, 1, 1, b"");
    wire.sent(0, SERVER, CLIENT, back.clone());
    let ends: Vec<_> = wire.waiting.iter().filter_map(|w| w.when.until()).collect();
    assert_eq!(
        ends,
        [
            length * MS,
            2 * length * MS,
            3 * length * MS,
            back.len() as u64 * MS
        ]
    );
    // When it has been quiet, it begins anew.
    wire.due(SECOND);
    wire.sent(SECOND, CLIENT, SERVER, data(4));
    assert_eq!(wire.next_due(), Some(SECOND + length * MS));
}

#[test]
fn the_first_rule_that_loses_a_packet_ends_the_asking() {
    let mut wire = ruled(&[
        (Which::DataNumber(1), Effect::Lose),
        (Which::DataNumber(1), Effect::Lose),
    ]);
    for n in 0..3 {
        wire.sent(0, CLIENT, SERVER, data(n));
    }
    let lost: Vec<_> = told(&mut wire)
        .into_iter()
        .filter(|t| t.contains("lost"))
        .collect();
    assert_eq!(lost, ["+1 lost by 0", "+2 lost by 1"]);
}

#[test]
fn what_is_sent_again_while_it_waits_is_counted() {
    let mut wire = Wire::new(true);
    let syn = || tcp(SERVER, flag::SYN, 99, 0, b"");
    for _ in 0..3 {
        wire.sent(0, CLIENT, SERVER, syn());
    }
    check(&mut wire, &["+1 held", "1 again 1", "1 again 2"]);
    wire.act(0, &WireAction::Deliver { packet: on(1) }).unwrap();
    check(&mut wire, &["1 arrives", "deliver 1"]);
    // Nobody has answered yet: a SYN now is worth seeing.
    wire.sent(0, CLIENT, SERVER, syn());
    check(&mut wire, &["+2 held"]);
    wire.act(0, &WireAction::Drop { packet: on(2) }).unwrap();
    // The answer waits; the client, which does not know, asks again. The one that was dropped comes again first.
    wire.sent(
        0,
        SERVER,
        CLIENT,
        tcp(CLIENT, flag::SYN | flag::ACK, 500, 100, b""),
    );
    wire.sent(0, CLIENT, SERVER, syn());
    wire.act(0, &WireAction::Deliver { packet: on(4) }).unwrap();
    told(&mut wire);
    wire.sent(0, CLIENT, SERVER, syn());
    wire.sent(0, CLIENT, SERVER, syn());
    check(&mut wire, &["1 again 1", "1 again 2"]);
}

#[test]
fn a_segment_is_recognised_by_its_range() {
    let mut wire = Wire::new(true);
    let segment = |seq: u32, bytes: &[u8]| tcp(SERVER, flag::ACK, seq, 1, bytes);
    wire.sent(0, CLIENT, SERVER, segment(u32::MAX - 4, b"0123456789"));
    wire.sent(0, CLIENT, SERVER, segment(5, b"abc"));
    check(&mut wire, &["+1 held", "+2 held"]);
    // Joined, cut, across the end of the numbers: nothing new.
    wire.sent(0, CLIENT, SERVER, segment(u32::MAX - 4, b"0123456789abc"));
    wire.sent(0, CLIENT, SERVER, segment(2, b"789"));
    wire.sent(0, CLIENT, SERVER, segment(6, b"bc"));
    check(&mut wire, &["1 again 1", "1 again 2", "2 again 1"]);
    // Something new in it.
    wire.sent(0, CLIENT, SERVER, segment(5, b"abcd"));
    check(&mut wire, &["+3 held"]);
    // Part of it was dropped.
    wire.act(0, &WireAction::Drop { packet: on(1) }).unwrap();
    told(&mut wire);
    wire.sent(0, CLIENT, SERVER, segment(u32::MAX - 4, b"0123456789abcd"));
    wire.sent(0, CLIENT, SERVER, segment(u32::MAX - 4, b"0123456789"));
    check(&mut wire, &["+4 held", "4 again 1"]);
}

#[test]
fn acknowledgments_are_never_merged_but_probes_are() {
    let mut wire = Wire::new(true);
    let ack = |seq| tcp(CLIENT, flag::ACK, seq, 7, b"");
    for _ in 0..2 {
        wire.sent(0, SERVER, CLIENT, ack(1));
    }
    check(&mut wire, &["+1 held", "+2 held"]);
    // A keep-alive probe: one number back.
    for _ in 0..3 {
        wire.sent(0, SERVER, CLIENT, ack(0));
    }
    check(&mut wire, &["+3 held", "3 again 1", "3 again 2"]);
    for _ in 0..2 {
        wire.sent(0, CLIENT, SERVER, udp(b"same"));
    }
    check(&mut wire, &["+4 held", "+5 held"]);
}

#[test]
fn a_new_connection_on_the_same_ports_is_new() {
    let mut wire = Wire::new(true);
    wire.sent(0, CLIENT, SERVER, tcp(SERVER, flag::SYN, 9_000, 0, b""));
    wire.sent(0, CLIENT, SERVER, tcp(SERVER, flag::SYN, 5_000, 0, b""));
    wire.sent(0, CLIENT, SERVER, tcp(SERVER, flag::SYN, 5_000, 0, b""));
    check(&mut wire, &["+1 held", "+2 held", "2 again 1"]);
}

#[test]
fn a_rule_s_delay_shows_what_is_sent_again() {
    let mut wire = ruled(&[(Which::All, Effect::Delay { ms: 900, jitter: 0 })]);
    wire.sent(0, CLIENT, SERVER, data(0));
    wire.sent(MS, CLIENT, SERVER, data(0));
    check(&mut wire, &["+1 until 900ms", "+2 until 901ms"]);
}

#[test]
fn a_full_wire_loses_and_says_so() {
    let mut wire = Wire::new(true);
    for n in 0..PACKETS_HELD as u32 + 2 {
        wire.sent(0, CLIENT, SERVER, data(n));
    }
    let told = told(&mut wire);
    assert_eq!(told[PACKETS_HELD - 1], format!("+{PACKETS_HELD} held"));
    assert!(told[PACKETS_HELD..].iter().all(|t| t.ends_with("full")));
    assert_eq!((told.len(), wire.len()), (PACKETS_HELD + 2, PACKETS_HELD));
}

#[test]
fn a_flood_is_summed_up() {
    let all = PACKETS_PER_SECOND + 500;
    let mut wire = Wire::new(false);
    for n in 0..all {
        wire.sent(10 * SECOND + n, CLIENT, SERVER, udp(b"x"));
    }
    assert_eq!(told(&mut wire).len() as u64, PACKETS_PER_SECOND * 2 + 500);
    assert_eq!(wire.next_due(), Some(11 * SECOND));
    wire.due(11 * SECOND);
    check(&mut wire, &["flood 500 lost 0"]);
    assert_eq!(wire.next_due(), None);

    let mut wire = ruled(&[(Which::All, Effect::Lose)]);
    for n in 0..all {
        wire.sent(10 * SECOND + n, CLIENT, SERVER, udp(b"x"));
    }
    assert_eq!(told(&mut wire).len() as u64, PACKETS_PER_SECOND);
    wire.due(11 * SECOND);
    check(&mut wire, &["flood 500 lost 500"]);
}

/// Numbers for the tests below: the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % n
    }
}

/// Whatever is sent and done: each packet that was told of arrives exactly once or is lost exactly once, in no other way
/// than was told; nothing arrives before its time; nothing is left when all are let go.
#[test]
fn no_packet_is_lost_or_made_up() {
    for seed in 0..300 {
        let mut numbers = Numbers(seed);
        let mut wire = Wire::new(numbers.below(2) == 0);
        let mut now = 0;
        let mut fates = std::collections::BTreeMap::new();
        let mut arrived = std::collections::BTreeSet::new();
        let mut next = [1u32, 1];
        let mut sent = 0;
        for _ in 0..200 {
            now += numbers.below(300) * MS;
            random_step(&mut numbers, &mut wire, now, &mut next, &mut sent);
            follow(&mut wire, &mut fates, &mut arrived);
            wire.due(now);
            follow(&mut wire, &mut fates, &mut arrived);
            let late = |f: &&Fate| matches!(f, Fate::Delayed { until, .. } if *until <= now);
            assert_eq!(fates.values().find(late), None, "seed {seed}");
        }
        wire.act(now, &WireAction::Hold { held: false }).unwrap();
        while let Some(due) = wire.next_due() {
            now = now.max(due);
            wire.due(now);
        }
        follow(&mut wire, &mut fates, &mut arrived);
        assert!(wire.is_empty(), "seed {seed}");
        let open = fates
            .values()
            .filter(|f| !matches!(f, Fate::Delivered | Fate::Dropped { .. }));
        assert_eq!(open.count(), 0, "seed {seed}");
        let delivered: std::collections::BTreeSet<_> = fates
            .iter()
            .filter(|(_, f)| **f == Fate::Delivered)
            .map(|(id, _)| *id)
            .collect();
        assert_eq!(delivered, arrived, "seed {seed}");
        assert!(sent > 0);
    }
}

fn random_step(numbers: &mut Numbers, wire: &mut Wire, now: u64, next: &mut [u32; 2], sent: &mut u32) {
    let id = PacketId(numbers.below(60));
    let ms = numbers.below(500) as u32;
    let action = match numbers.below(12) {
        0 => WireAction::Deliver { packet: id },
        1 => WireAction::Drop { packet: id },
        2 => WireAction::Duplicate { packet: id },
        3 => WireAction::Delay { packet: id, ms },
        4 => WireAction::Behind { packet: id },
        5 if numbers.below(4) == 0 => WireAction::Hold {
            held: numbers.below(2) == 0,
        },
        6 if numbers.below(4) == 0 => {
            let one = |n: u64| match n {
                0 => Effect::Hold,
                1 => Effect::Lose,
                2 => Effect::Double,
                3 => Effect::Delay { ms, jitter: ms },
                4 => Effect::Behind,
                _ => Effect::Rate { bytes: 1 + ms },
            };
            let rules = (0..numbers.below(4)).map(|_| WireRule {
                to: Some(End(numbers.below(2) as u8)),
                which: Which::Percent(numbers.below(101) as f64),
                what: one(numbers.below(6)),
            });
            let rules = rules.collect();
            WireAction::Rules {
                rules,
                seed: ms.into(),
            }
        }
        _ => {
            let to = End(numbers.below(2) as u8);
            let from = End(1 - to.0);
            let seq = &mut next[usize::from(to.0)];
            // New bytes, or some that were sent before.
            let again = numbers.below(3) == 0;
            let at = if again {
                seq.saturating_sub(10).max(1)
            } else {
                *seq
            };
            wire.sent(now, from, to, tcp(to, flag::ACK, at, 1, b"0123456789"));
            if before(*seq, at + 10) {
                *seq = at + 10;
            }
            *sent += 1;
            return;
        }
    };
    // Most packets do not wait any more: that is refused, and nothing happens.
    let before = wire.len();
    if wire.act(now, &action).is_err() {
        assert!(wire.len() <= before);
    }
}

fn follow(
    wire: &mut Wire,
    fates: &mut std::collections::BTreeMap<PacketId, Fate>,
    arrived: &mut std::collections::BTreeSet<PacketId>,
) {
    while let Some(out) = wire.poll() {
        match out {
            Out::Deliver { id, .. } => {
                assert_eq!(fates.get(&id), Some(&Fate::Delivered), "delivered as told");
                assert!(arrived.insert(id), "{id:?} arrives twice");
            }
            Out::News(WireNews::Sent { packet, fate, .. }) => {
                assert_eq!(fates.insert(packet, fate), None);
            }
            Out::News(WireNews::Now { packet, fate }) => {
                let was = fates.insert(packet, fate);
                assert!(matches!(was, Some(Fate::Held | Fate::Delayed { .. })), "{was:?}");
            }
            Out::News(WireNews::Again { packet, count }) => {
                assert!(fates.contains_key(&packet) && count > 0);
            }
            Out::News(_) => {}
        }
    }
}
