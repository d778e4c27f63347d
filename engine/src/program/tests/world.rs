//! A world for tests: one program, a network of streams and datagrams inside memory, input from a list, a clock that counts.

use protocol::{Address, Call, Outcome, Payload, ProgramId, SocketId};
use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;

use crate::program::Vm;
use crate::program::host::{Config, HostAnswer, HostCall, OutputStream, Stop, Token};

/// A program's configuration.
pub(super) fn config(source: &str) -> Config {
    Config {
        file: "test.py".to_owned(),
        source: source.to_owned(),
        args: vec!["one".to_owned()],
        files: Vec::new(),
        pid: 42,
        program: ProgramId(0),
        first_socket: 0,
        interactive: false,
    }
}

/// One run of a program.
pub(super) struct World {
    pub vm: Vm,
    pub input: VecDeque<String>,
    pub out: String,
    pub err: String,
    /// All calls, in order: name and descriptor.
    pub calls: Vec<String>,
    /// What was answered, and at which tick.
    pub journal: Vec<(u64, Token, HostAnswer)>,
    listening: Vec<SocketId>,
    peers: BTreeMap<SocketId, SocketId>,
    waiting: VecDeque<SocketId>,
    received: BTreeMap<SocketId, VecDeque<u8>>,
    ended: Vec<SocketId>,
    blocked: Vec<(Token, Call)>,
    now: i64,
}

impl World {
    pub(super) fn new(source: &str) -> Self {
        let vm = Vm::new(config(source)).unwrap_or_else(|e| panic!("{e:?}"));
        Self {
            vm,
            input: VecDeque::new(),
            out: String::new(),
            err: String::new(),
            calls: Vec::new(),
            journal: Vec::new(),
            listening: Vec::new(),
            peers: BTreeMap::new(),
            waiting: VecDeque::new(),
            received: BTreeMap::new(),
            ended: Vec::new(),
            blocked: Vec::new(),
            now: 1_000_000_000,
        }
    }

    /// Runs to the end; gives the exit status. Panics when the program is stuck.
    pub(super) fn run(&mut self, stop_at_lines: bool) -> i32 {
        for _ in 0..1_000_000 {
            let stop = self.vm.run(1000, stop_at_lines);
            self.take();
            match stop {
                Stop::Ended { status } => return status,
                Stop::Call { token, call, .. } => self.ask(token, call),
                Stop::Blocked => {
                    let blocked = std::mem::take(&mut self.blocked);
                    let before = blocked.len();
                    for (token, call) in blocked {
                        match self.net(&call) {
                            Some(outcome) => self.answer(token, HostAnswer::Net(outcome)),
                            None => self.blocked.push((token, call)),
                        }
                    }
                    assert!(self.blocked.len() < before, "stuck: {}{}", self.out, self.err);
                }
                Stop::Line { .. } | Stop::OutOfFuel => {}
            }
        }
        panic!("endless");
    }

    pub(super) fn answer(&mut self, token: Token, answer: HostAnswer) {
        self.journal.push((self.vm.ticks(), token, answer.clone()));
        self.vm.answer(token, answer);
    }

    fn take(&mut self) {
        for o in self.vm.take_output() {
            let text = String::from_utf8_lossy(&o.bytes).into_owned();
            match o.stream {
                OutputStream::Stdout => self.out.push_str(&text),
                OutputStream::Stderr => self.err.push_str(&text),
            }
        }
    }

    fn ask(&mut self, token: Token, call: HostCall) {
        let answer = match call {
            HostCall::Net { call, fd, api } => {
                self.calls.push(format!("{api}({})", fd.unwrap_or(-1)));
                match self.net(&call) {
                    Some(outcome) => HostAnswer::Net(outcome),
                    None => {
                        self.blocked.push((token, call));
                        return;
                    }
                }
            }
            HostCall::Sleep { seconds, .. } => {
                self.now += (seconds * 1e9) as i64;
                HostAnswer::Done
            }
            HostCall::Clock(_) => HostAnswer::Nanos(self.now),
            HostCall::Input => HostAnswer::Line(self.input.pop_front()),
            HostCall::Random { len } => HostAnswer::Bytes(vec![1; len]),
        };
        self.answer(token, answer);
    }

    fn net(&mut self, call: &Call) -> Option<Outcome> {
        let addr = Address::V4 {
            ip: Ipv4Addr::LOCALHOST,
            port: 40000,
        };
        Some(match call {
            Call::Listen { sock, .. } => {
                self.listening.push(*sock);
                Outcome::Done
            }
            Call::Connect { sock, .. } => {
                if self.listening.is_empty() {
                    return Some(Outcome::errno(111));
                }
                self.waiting.push_back(*sock);
                Outcome::Done
            }
            Call::Accept { new, .. } => {
                let client = self.waiting.pop_front()?;
                self.peers.insert(client, *new);
                self.peers.insert(*new, client);
                Outcome::Accepted { addr }
            }
            Call::SocketPair { first, second, .. } => {
                self.peers.insert(*first, *second);
                self.peers.insert(*second, *first);
                Outcome::Done
            }
            Call::Send { sock, data, .. } => {
                let Some(peer) = self.peers.get(sock) else {
                    return Some(Outcome::errno(107));
                };
                // Small windows, so that sendall has to loop.
                let n = data.len().min(1000);
                self.received.entry(*peer).or_default().extend(&data.0[..n]);
                Outcome::Sent { n: n as u64 }
            }
            Call::Recv { sock, max, .. } => {
                let mine = self.received.entry(*sock).or_default();
                if mine.is_empty() {
                    let peer = self.peers.get(sock)?;
                    if self.ended.contains(peer) {
                        return Some(Outcome::Received {
                            data: Payload(Vec::new()),
                            addr: None,
                        });
                    }
                    return None;
                }
                let n = mine.len().min(*max as usize);
                Outcome::Received {
                    data: Payload(mine.drain(..n).collect()),
                    addr: None,
                }
            }
            Call::Close { sock } => {
                self.ended.push(*sock);
                Outcome::Done
            }
            Call::GetSockName { .. } => Outcome::Name { addr },
            Call::GetPeerName { .. } => Outcome::errno(107),
            Call::GetHostName => Outcome::Host {
                name: "lab".to_owned(),
            },
            _ => Outcome::Done,
        })
    }
}

/// Runs a program to its end: status, stdout, stderr.
pub(super) fn run(source: &str) -> (i32, String, String) {
    let mut w = World::new(source);
    let status = w.run(false);
    (status, w.out, w.err)
}
