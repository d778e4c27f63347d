//! The simulated network under whatever comes: calls at random, wires that lose, double, delay and reorder. It never panics,
//! every call is answered once, a receiver gets what was sent and in order, states follow RFC 9293's diagram, and after a
//! clean close nothing is left at either end.
#![allow(clippy::unwrap_used)]

use engine::net::Net;
use engine::net::abi::{AF_INET, AF_INET6, AF_UNIX, SOCK_DGRAM, SOCK_STREAM};
use engine::session::{Effect, Input};
use engine::timeline::tcp::path;
use protocol::wire::{Effect as What, Fate, Which, WireRule};
use protocol::{
    Address, Call, CallId, HostId, Network, Outcome, PacketId, Plan, Sample, SocketId, TcpState, WireAction,
    WireNews,
};
use std::collections::BTreeMap;

const SECOND: u64 = 1_000_000_000;

/// splitmix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len() as u64) as usize]
    }
}

/// A network, its clock, and what it has told.
struct Bench {
    net: Net,
    now: u64,
    last: u64,
    /// Answers, by call.
    answers: BTreeMap<u64, Outcome>,
    asked: Vec<u64>,
    states: BTreeMap<SocketId, TcpState>,
    held: Vec<PacketId>,
    order: u64,
}

impl Bench {
    fn new(hosts: &[&str], held: bool, seed: u64) -> Self {
        let plan = Plan {
            network: Network::Simulated,
            hosts: hosts.iter().map(|name| (*name).to_owned()).collect(),
            held,
        };
        Self {
            net: Net::new(&plan, seed),
            now: 0,
            last: 0,
            answers: BTreeMap::new(),
            asked: Vec::new(),
            states: BTreeMap::new(),
            held: Vec::new(),
            order: 0,
        }
    }

    fn submit(&mut self, host: u8, call: Call) -> u64 {
        self.last += 1;
        let id = self.last;
        self.asked.push(id);
        let effect = Effect::Call {
            id: CallId(id),
            host: HostId(host),
            call,
        };
        self.net.handle(self.now, effect);
        self.listen();
        id
    }

    fn wire(&mut self, action: WireAction) {
        self.last += 1;
        let effect = Effect::Wire {
            id: CallId(self.last),
            action,
        };
        self.net.handle(self.now, effect);
        self.listen();
    }

    /// Lets time pass.
    fn pass(&mut self, nanos: u64) {
        self.now += nanos;
        self.net.due(self.now);
        self.listen();
    }

    /// Waits for an answer, at most so long.
    fn answer(&mut self, id: u64, most: u64) -> Option<Outcome> {
        let end = self.now + most;
        loop {
            if let Some(outcome) = self.answers.get(&id) {
                return Some(outcome.clone());
            }
            let at = self.net.next_due().filter(|at| *at <= end)?;
            self.now = self.now.max(at);
            self.net.due(self.now);
            self.listen();
        }
    }

    /// A call that ends within an hour.
    fn call(&mut self, host: u8, call: Call) -> Outcome {
        let id = self.submit(host, call.clone());
        let answer = self.answer(id, 3600 * SECOND);
        answer.unwrap_or_else(|| panic!("{call:?} is not answered"))
    }

    fn listen(&mut self) {
        while let Some(told) = self.net.poll() {
            let (at, order, samples, news) = match told {
                Input::Reply {
                    id,
                    at,
                    order,
                    outcome,
                    samples,
                } => {
                    assert!(self.asked.contains(&id.0), "an answer that nobody asked for");
                    let before = self.answers.insert(id.0, outcome);
                    assert_eq!(before, None, "a second answer");
                    (at, order, samples, Vec::new())
                }
                Input::Confirmed {
                    at, order, samples, ..
                }
                | Input::Changed { at, order, samples } => (at, order, samples, Vec::new()),
                Input::Wired {
                    at,
                    order,
                    samples,
                    news,
                    ..
                } => (at, order, samples, news),
                _ => continue,
            };
            assert!(at <= self.now, "it tells of what has not happened yet");
            assert_eq!(order, self.order + 1, "nothing is left out");
            self.order = order;
            samples.iter().for_each(|sample| self.sampled(sample));
            for news in news {
                match news {
                    WireNews::Sent {
                        packet,
                        fate: Fate::Held,
                        ..
                    } => self.held.push(packet),
                    WireNews::Now { packet, .. } => self.held.retain(|held| *held != packet),
                    _ => {}
                }
            }
        }
    }

    fn sampled(&mut self, sample: &Sample) {
        let Some(state) = sample.state else { return };
        if let Some(before) = self.states.insert(sample.sock, state) {
            assert!(
                before == state || path(before, state).is_some() || state == TcpState::Closed,
                "{:?}: {before} to {state}",
                sample.sock
            );
        }
    }

    fn connected(&mut self, host: u8, to: &str) -> [SocketId; 3] {
        let [listener, server, client] = [SocketId(1), SocketId(2), SocketId(3)];
        let server_host = if to == "localhost" { host } else { 1 };
        let socket = |sock| Call::Socket {
            sock,
            family: AF_INET,
            kind: SOCK_STREAM,
            proto: 0,
        };
        self.call(server_host, socket(listener));
        let any = name("", 80);
        self.call(
            server_host,
            Call::Bind {
                sock: listener,
                addr: any,
            },
        );
        self.call(
            server_host,
            Call::Listen {
                sock: listener,
                backlog: 1,
            },
        );
        self.call(host, socket(client));
        let addr = name(to, 80);
        let connecting = self.submit(host, Call::Connect { sock: client, addr });
        let accepted = self.call(
            server_host,
            Call::Accept {
                sock: listener,
                new: server,
            },
        );
        assert!(accepted.is_ok(), "{accepted:?}");
        assert_eq!(self.answer(connecting, 3600 * SECOND), Some(Outcome::Done));
        [listener, server, client]
    }
}

fn name(host: &str, port: u16) -> Address {
    Address::Name {
        host: host.to_owned(),
        port,
        flow: 0,
        scope: 0,
    }
}

fn rule(which: Which, what: What) -> WireRule {
    WireRule {
        to: None,
        which,
        what,
    }
}

/// A wire as bad as the dice want it.
fn bad_wire(dice: &mut Dice) -> WireAction {
    let mut rules = Vec::new();
    for _ in 0..dice.roll(4) {
        let percent = Which::Percent(dice.pick(&[1.0, 5.0, 10.0, 20.0]));
        rules.push(match dice.roll(6) {
            0 | 1 => rule(percent, What::Lose),
            2 => rule(percent, What::Double),
            3 => rule(percent, What::Behind),
            4 => rule(
                Which::All,
                What::Delay {
                    ms: dice.pick(&[0, 5, 80, 300]),
                    jitter: dice.pick(&[0, 5, 50]),
                },
            ),
            _ => rule(
                Which::All,
                What::Rate {
                    bytes: dice.pick(&[20_000, 1_000_000]),
                },
            ),
        });
    }
    WireAction::Rules {
        rules,
        seed: dice.roll(1 << 32),
    }
}

/// Bytes that differ from their neighbours, so that a piece in the wrong place shows.
fn bytes(seed: u64, count: usize) -> Vec<u8> {
    let mut dice = Dice(seed);
    (0..count).map(|_| dice.roll(256) as u8).collect()
}

/// Both ends send and receive at random over a bad wire, close, and know the same at the end.
fn conversation(seed: u64) {
    let mut dice = Dice(seed);
    let (hosts, to): (&[&str], &str) =
        dice.pick(&[(&[] as &[&str], "localhost"), (&["client", "server"], "server")]);
    let mut bench = Bench::new(hosts, false, seed);
    let server_host = u8::from(!hosts.is_empty());
    bench.wire(bad_wire(&mut dice));
    let [listener, server, client] = bench.connected(0, to);
    let ends = [(0, client), (server_host, server)];
    let most = [200, 5_000, 40_000, 90_000];
    let sizes = [dice.pick(&most), dice.pick(&most)];
    let wanted = [bytes(seed, sizes[0]), bytes(seed + 1, sizes[1])];
    let mut sent = [0, 0];
    let mut got = [Vec::new(), Vec::new()];
    let mut finished = [false, false];
    let mut turns = 0;
    while !(finished[0] && finished[1]) {
        turns += 1;
        assert!(
            turns < 40_000,
            "seed {seed}: it does not end; sent {sent:?} of {sizes:?}, got {} and {}",
            got[0].len(),
            got[1].len()
        );
        let side = dice.roll(2) as usize;
        let (host, sock) = ends[side];
        const DONT_WAIT: i32 = 0x40;
        if sent[side] < sizes[side] && dice.roll(2) == 0 {
            let n = (dice.roll(20_000) as usize + 1).min(sizes[side] - sent[side]);
            let data = wanted[side][sent[side]..sent[side] + n].into();
            let call = Call::Send {
                sock,
                flags: DONT_WAIT,
                data,
            };
            if let Outcome::Sent { n } = bench.call(host, call) {
                sent[side] += n as usize;
                if sent[side] == sizes[side] {
                    assert_eq!(bench.call(host, Call::Shutdown { sock, how: 1 }), Outcome::Done);
                }
            }
        } else if !finished[side] {
            let max = dice.roll(30_000) + 1;
            let call = Call::Recv {
                sock,
                max,
                flags: DONT_WAIT,
            };
            match bench.call(host, call) {
                Outcome::Received { data, .. } if data.is_empty() => finished[side] = true,
                Outcome::Received { data, .. } => {
                    got[side].extend(data.0);
                    assert!(
                        wanted[1 - side].starts_with(&got[side]),
                        "seed {seed}: what arrives is not what was sent"
                    );
                }
                Outcome::Failed { errno: 11, .. } => {}
                other => panic!("seed {seed}: {other:?}"),
            }
        }
        bench.pass(dice.roll(3) * dice.roll(100_000_000));
    }
    assert_eq!(got[0], wanted[1], "seed {seed}");
    assert_eq!(got[1], wanted[0], "seed {seed}");
    for (host, sock) in ends.into_iter().chain([(server_host, listener)]) {
        bench.call(host, Call::Close { sock });
    }
    // TIME-WAIT and every timer are over by then, also on a bad wire.
    bench.pass(2 * 3600 * SECOND);
    for sock in [client, server, listener] {
        let state = bench.states.get(&sock);
        assert_eq!(state, Some(&TcpState::Closed), "seed {seed}, {sock:?}");
    }
    assert_eq!(
        bench.net.next_due(),
        None,
        "seed {seed}: something goes on for ever"
    );
}

/// So many seeds, or those that WIRELAB_SEEDS names ("first+count").
fn seeds(count: u64) -> std::ops::Range<u64> {
    let named = std::env::var("WIRELAB_SEEDS").ok();
    let (first, count) = named
        .and_then(|range| {
            let (first, count) = range.split_once('+')?;
            Some((first.parse().ok()?, count.parse().ok()?))
        })
        .unwrap_or((1, count));
    first..first + count
}

#[test]
fn bytes_arrive_whole_and_in_order_over_bad_wires() {
    seeds(60).for_each(conversation);
}

/// Whatever a page could ask for.
fn anything(seed: u64) {
    let mut dice = Dice(seed);
    let hosts: &[&str] = dice.pick(&[&[] as &[&str], &["a", "b"], &["a", "b", "c", "d"]]);
    let mut bench = Bench::new(hosts, dice.roll(3) == 0, seed);
    let mut next = 1;
    for _ in 0..120 {
        let sock = SocketId(dice.roll(next + 2) as u32);
        // Now and then one that is not there.
        let beyond = u64::from(dice.roll(20) == 0);
        let host = dice.roll(hosts.len().max(1) as u64 + beyond) as u8;
        let place = dice.pick(&[
            ("localhost", 80),
            ("", 80),
            ("::1", 81),
            ("10.0.0.2", 80),
            ("fd00::1", 80),
            ("a", 81),
            ("<broadcast>", 80),
            ("127.0.0.1", 0),
        ]);
        let addr = if dice.roll(5) == 0 {
            Address::Unix {
                path: dice.pick(&["a", "b", "\0c", ""]).as_bytes().into(),
            }
        } else {
            name(place.0, place.1)
        };
        let flags = dice.pick(&[0, 0, 0x40, 2, 1, 0x100]);
        let call = match dice.roll(17) {
            0..=2 => {
                next += 1;
                Call::Socket {
                    sock: SocketId(next as u32),
                    family: dice.pick(&[AF_INET, AF_INET, AF_INET6, AF_UNIX, 7]),
                    kind: dice.pick(&[SOCK_STREAM, SOCK_STREAM, SOCK_DGRAM, 3]),
                    proto: dice.pick(&[0, 0, 0, 6, 17]),
                }
            }
            3 => {
                next += 2;
                Call::SocketPair {
                    first: SocketId(next as u32 - 1),
                    second: SocketId(next as u32),
                    family: AF_UNIX,
                    kind: dice.pick(&[SOCK_STREAM, SOCK_DGRAM]),
                    proto: 0,
                }
            }
            4 => Call::Bind { sock, addr },
            5 => Call::Listen {
                sock,
                backlog: dice.roll(3) as i32,
            },
            6 => {
                next += 1;
                Call::Accept {
                    sock,
                    new: SocketId(next as u32),
                }
            }
            7 => Call::Connect { sock, addr },
            8 | 9 => Call::Send {
                sock,
                flags,
                data: bytes(seed, dice.pick(&[0, 1, 100, 5_000, 200_000])).into(),
            },
            10 => Call::SendTo {
                sock,
                flags,
                data: bytes(seed, dice.pick(&[0, 1, 2_000, 70_000])).into(),
                addr,
            },
            11 => Call::Recv {
                sock,
                max: dice.pick(&[0, 1, 100, 1 << 40]),
                flags,
            },
            12 => Call::RecvFrom {
                sock,
                max: 100,
                flags,
            },
            13 => Call::SetTimeout {
                sock,
                timeout: dice.pick(&[None, Some(0.0), Some(0.5), Some(f64::MAX), Some(f64::NAN)]),
            },
            14 => Call::Shutdown {
                sock,
                how: dice.roll(4) as i32,
            },
            15 => Call::Close { sock },
            _ => {
                let level = dice.pick(&[0, 1, 6, 41]);
                let value = protocol::OptionValue::Int(dice.pick(&[0, 1, 2, 100, -1, i32::MAX, i32::MIN]));
                Call::SetSockOpt {
                    sock,
                    level,
                    name: dice.roll(40) as i32,
                    value,
                }
            }
        };
        let id = bench.submit(host, call);
        if dice.roll(6) == 0 {
            bench.net.handle(bench.now, Effect::Cancel { id: CallId(id) });
            bench.listen();
        }
        if dice.roll(4) == 0 {
            let packet = bench
                .held
                .get(dice.roll(bench.held.len().max(1) as u64) as usize)
                .copied()
                .unwrap_or(PacketId(dice.roll(50)));
            let action = match dice.roll(7) {
                0 => WireAction::Deliver { packet },
                1 => WireAction::Drop { packet },
                2 => WireAction::Duplicate { packet },
                3 => WireAction::Delay { packet, ms: 70 },
                4 => WireAction::Behind { packet },
                5 => WireAction::Hold {
                    held: dice.roll(2) == 0,
                },
                _ => bad_wire(&mut dice),
            };
            bench.wire(action);
        }
        bench.pass(dice.roll(4) * dice.roll(SECOND));
    }
    bench.wire(WireAction::Hold { held: false });
    // A day, in which everything that can happen by itself does.
    bench.pass(24 * 3600 * SECOND);
    let calls: Vec<CallId> = bench.asked.iter().copied().map(CallId).collect();
    bench.net.handle(
        bench.now,
        Effect::Confirm {
            id: CallId(u64::MAX),
            calls,
        },
    );
    while let Some(told) = bench.net.poll() {
        if let Input::Confirmed { waiting, .. } = told {
            let answered = waiting.iter().any(|id| bench.answers.contains_key(&id.0));
            assert!(!answered, "seed {seed}: answered and waiting");
        }
    }
}

#[test]
fn nothing_that_is_asked_for_is_too_much() {
    seeds(200).for_each(anything);
}

#[test]
fn the_same_calls_give_the_same_answers() {
    let story = |seed| {
        let mut bench = Bench::new(&[], false, seed);
        bench.wire(bad_wire(&mut Dice(3)));
        let ends = bench.connected(0, "localhost");
        let data = bytes(1, 30_000).into();
        let sent = bench.call(
            0,
            Call::Send {
                sock: ends[2],
                flags: 0,
                data,
            },
        );
        let named = bench.call(0, Call::GetSockName { sock: ends[2] });
        (sent, named, bench.now, bench.order)
    };
    assert_eq!(story(5), story(5));
    assert_ne!(story(5).1, story(6).1, "the seed gives the ports");
}
