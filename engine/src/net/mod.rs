//! The simulated network: hosts with IP stacks of Linux's manners, joined by the wire of [`crate::wire`], on a virtual clock.
//! Pure: the same calls at the same times with the same seed are answered in the same way, to the byte.
//!
//! ```text
//! handle(now, Effect) ─▶ calls ─▶ op ──▶ kernel ─▶ tcp/, udp, unix        what calls mean, what may wait
//!                                          │ ▲
//!                                       out│ │arrives
//!                                          ▼ │
//! due(now) ──────────────────────────────▶ line ─▶ crate::wire            packets, held or by rules
//! poll() ◀── Input: replies, news, samples ◀ sample                       what has changed
//! ```
//!
//! ```text
//! calls.rs, op.rs       socket calls as CPython means them; calls that wait
//! sockopt.rs            socket options
//! kernel.rs, host.rs    a host: addresses, routes, fragments; packets in and out
//! listen.rs, tcp/       TCP: listening sockets, one connection
//! udp.rs, unix.rs       the other families
//! ports.rs              which addresses are free
//! line.rs, sample.rs    packets between hosts; what is told of sockets
//! simulation.rs         a session and this network on one virtual clock
//! names.rs, options.rs, checks.rs, paths.rs, abi.rs    shared with the networks of real kernels
//! ```
//!
//! It imitates the kernel network of the server, whose structure it follows, and is held to it by the conformance tests: a
//! session cannot tell which one it has. What differs is listed in ARCHITECTURE.md.

pub mod abi;
mod calls;
pub mod checks;
mod emit;
mod host;
mod kernel;
mod line;
mod listen;
pub mod names;
mod op;
pub mod options;
pub mod paths;
mod ports;
mod ready;
mod sample;
mod settings;
mod simulation;
mod sock;
mod sockopt;
mod tcp;
mod udp;
mod unix;

pub use host::addresses;
pub use simulation::Simulation;

use crate::session::{Effect, Input};
use calls::{Begun, Deadline};
use kernel::Kernel;
use line::Line;
use names::Table;
use op::{Op, Tried};
use protocol::wire::Host;
use protocol::{CallId, HostId, Network, Outcome, Plan, SocketId, bounds};
use sample::Ghost;
use sock::Sock;
use std::collections::VecDeque;
use std::net::IpAddr;

/// Bytes that waiting send()s of one lab may hold.
const SEND_WAITING: usize = 8 << 20;
/// Rounds in which waiting calls are tried before time goes on: each answer can make another call ready.
const ROUNDS: usize = 1024;

/// A lab's network.
pub struct Net {
    kernel: Kernel,
    names: Table,
    hosts: Vec<Host>,
    /// By id.
    socks: Vec<Sock>,
    /// In the order in which they came.
    waiting: Vec<Waiting>,
    told: VecDeque<Input>,
    order: u64,
    line: Line,
    /// Closed sockets whose connections go on.
    ghosts: Vec<Ghost>,
    /// Waiting calls whose sockets a packet has made ready, in that order: they are tried first.
    ready: Vec<CallId>,
}

/// A call that waits.
struct Waiting {
    id: CallId,
    op: Op,
    /// When it ends, and with what.
    deadline: Option<(u64, Outcome)>,
    /// poll(2) is asked before the call is made.
    polls: bool,
}

impl Net {
    /// A network as near to the plan as this one can be. `seed`: where initial sequence numbers and ports come from.
    pub fn new(plan: &Plan, seed: u64) -> Self {
        let count = match plan.hosts.len() {
            0 | 1 => 1,
            n => n.min(bounds::HOSTS) as u8 as usize,
        };
        let of = |place: usize| addresses(place as u8).to_vec();
        let names = if count == 1 {
            Table::single()
        } else {
            let several = plan.hosts.iter().take(count).enumerate();
            Table::several(several.map(|(place, name)| (name.clone(), of(place))).collect())
        };
        let host = |place: usize| Host {
            name: names.hostname(HostId(place as u8)).to_owned(),
            addresses: of(place).iter().map(IpAddr::to_string).collect(),
        };
        Self {
            kernel: Kernel::new(count as u8, seed),
            hosts: (0..count).map(host).collect(),
            line: Line::new((0..count).map(of).collect(), plan.held),
            names,
            socks: Vec::new(),
            waiting: Vec::new(),
            told: VecDeque::new(),
            order: 0,
            ghosts: Vec::new(),
            ready: Vec::new(),
        }
    }

    /// What a session is told when the network is open.
    pub fn opened(&mut self) -> Input {
        self.crank();
        Input::Opened {
            network: Network::Simulated,
            private: true,
            hosts: self.hosts.clone(),
            number: None,
        }
    }

    /// Does what a session wants done. `now`: nanoseconds since the network was opened; never goes back. A reset is another
    /// network, and timers of programs are the driver's.
    pub fn handle(&mut self, now: u64, effect: Effect) {
        self.due(now);
        match effect {
            Effect::Call { id, host, call } => self.submit(id, host, call),
            Effect::Wire { id, action } => self.act(id, &action),
            Effect::Cancel { id } => self.cancel(id),
            Effect::Confirm { id, calls } => self.confirm(id, &calls),
            Effect::Reset | Effect::WakeAt(_) => {}
        }
    }

    /// Time has passed: everything that was due until now happens, each thing at its own time.
    pub fn due(&mut self, now: u64) {
        while let Some(at) = self.next_due().filter(|at| *at <= now) {
            self.kernel.now = self.kernel.now.max(at);
            self.on_time();
        }
        self.kernel.now = self.kernel.now.max(now);
    }

    /// When something happens by itself, if nobody does anything.
    pub fn next_due(&self) -> Option<u64> {
        let deadlines = self
            .waiting
            .iter()
            .filter_map(|w| w.deadline.as_ref().map(|(at, _)| *at));
        let packets = self.kernel.hosts.iter().any(|host| !host.out.is_empty());
        deadlines
            .chain(self.kernel.next_due())
            .chain(self.line.next_due())
            .chain(packets.then_some(self.kernel.now))
            .min()
    }

    /// The next thing to be told; to be asked until there is none.
    pub fn poll(&mut self) -> Option<Input> {
        self.told.pop_front()
    }

    fn on_time(&mut self) {
        self.kernel.on_time();
        self.kernel.take_in_lo();
        self.crank();
        self.progress();
        let now = self.kernel.now;
        let late = |w: &Waiting| w.deadline.as_ref().is_some_and(|(at, _)| *at <= now);
        while let Some(place) = self.waiting.iter().position(late) {
            let waiting = self.waiting.remove(place);
            let outcome = match &waiting.deadline {
                Some((_, outcome)) => waiting.op.given_up(outcome.clone()),
                None => Outcome::Cancelled,
            };
            self.end_waiting(&waiting, outcome);
        }
        self.tell_changes();
    }

    fn sock(&self, id: SocketId) -> Option<&Sock> {
        let place = self.socks.binary_search_by_key(&id, |sock| sock.id).ok()?;
        self.socks.get(place)
    }

    fn sock_mut(&mut self, id: SocketId) -> Option<&mut Sock> {
        let place = self.socks.binary_search_by_key(&id, |sock| sock.id).ok()?;
        self.socks.get_mut(place)
    }

    fn add(&mut self, sock: Sock) {
        let place = self.socks.partition_point(|known| known.id < sock.id);
        self.socks.insert(place, sock);
    }

    fn submit(&mut self, id: CallId, host: HostId, call: protocol::Call) {
        let sock = call.sock();
        if self.waiting.len() >= bounds::CALLS_IN_FLIGHT {
            let why = format!(
                "More than {} calls of this lab wait at once.",
                bounds::CALLS_IN_FLIGHT
            );
            self.answer(id, sock, refused(abi::ENOBUFS, why));
            return;
        }
        match self.begin(host, call) {
            Begun::Ended(outcome) => self.answer(id, sock, outcome),
            Begun::Wait(op, deadline) => self.try_or_wait(id, sock, op, deadline),
        }
        // Also for a call that waits: what it has sent is on its way.
        self.crank();
        self.progress();
    }

    fn try_or_wait(&mut self, id: CallId, sock: Option<SocketId>, mut op: Op, deadline: Deadline) {
        let polls = matches!(deadline, Deadline::After(_, Outcome::TimedOut));
        if let Tried::Ended(outcome) = self.attempt(&mut op, polls) {
            self.answer(id, sock, outcome);
            return;
        }
        let deadline = match deadline {
            Deadline::Never => None,
            Deadline::Now(outcome) => {
                self.answer(id, sock, outcome);
                return;
            }
            Deadline::After(time, outcome) => Some((self.kernel.now.saturating_add(time), outcome)),
        };
        let held = self.waiting.iter().map(|w| w.op.payload_len()).sum::<usize>() + op.payload_len();
        if op.payload_len() > 0 && held > SEND_WAITING {
            let why = format!("Waiting send() calls of this lab hold more than {SEND_WAITING} bytes.");
            self.answer(id, sock, refused(abi::ENOBUFS, why));
            return;
        }
        self.waiting.push(Waiting {
            id,
            op,
            deadline,
            polls,
        });
    }

    /// A packet has arrived: who has waited for it?
    fn note_ready(&mut self) {
        for waiting in &self.waiting {
            let is_ready = |id: SocketId| {
                let body = self.sock(id).map(|sock| sock.body);
                body.is_some_and(|body| !self.kernel.ready(body).asked(waiting.op.wish()).is_none())
            };
            if !self.ready.contains(&waiting.id) && waiting.op.socks().into_iter().any(is_ready) {
                self.ready.push(waiting.id);
            }
        }
    }

    /// Tries waiting calls, those that became ready first, until nothing moves.
    fn progress(&mut self) {
        for _ in 0..ROUNDS {
            let mut moved = false;
            let mut ids = std::mem::take(&mut self.ready);
            ids.extend(self.waiting.iter().map(|w| w.id));
            for id in ids {
                moved |= self.try_again(id);
            }
            if !moved {
                return;
            }
            self.crank();
        }
    }

    fn try_again(&mut self, id: CallId) -> bool {
        let Some(place) = self.waiting.iter().position(|w| w.id == id) else {
            return false;
        };
        let mut waiting = self.waiting.remove(place);
        let before = waiting.op.progress();
        match self.attempt(&mut waiting.op, waiting.polls) {
            Tried::Ended(outcome) => {
                self.end_waiting(&waiting, outcome);
                true
            }
            Tried::NotYet => {
                let moved = waiting.op.progress() != before;
                self.waiting.insert(place, waiting);
                moved
            }
        }
    }

    /// A waiting call has ended (it is out of the list already).
    fn end_waiting(&mut self, waiting: &Waiting, outcome: Outcome) {
        let socks = waiting.op.socks();
        self.answer(waiting.id, socks.first().copied(), outcome);
        for id in socks {
            self.bury_if_done(id);
        }
    }

    fn cancel(&mut self, id: CallId) {
        if let Some(place) = self.waiting.iter().position(|w| w.id == id) {
            let waiting = self.waiting.remove(place);
            let outcome = waiting.op.withdrawn();
            self.end_waiting(&waiting, outcome);
        }
    }

    fn confirm(&mut self, id: CallId, ids: &[CallId]) {
        self.crank();
        self.progress();
        let is_waiting = |id: &&CallId| self.waiting.iter().any(|w| w.id == **id);
        let waiting = ids.iter().filter(is_waiting).copied().collect();
        let samples = self.sample_all(None);
        let (at, order) = self.stamp();
        self.told.push_back(Input::Confirmed {
            id,
            at,
            order,
            waiting,
            samples,
        });
    }

    /// Tells how a call ended. The packets that it has caused stand before its answer.
    fn answer(&mut self, id: CallId, sock: Option<SocketId>, outcome: Outcome) {
        self.crank();
        if let Outcome::Accepted { .. } = outcome {
            self.tell_embryos();
        }
        let samples = self.sample_all(sock);
        let (at, order) = self.stamp();
        self.told.push_back(Input::Reply {
            id,
            at,
            order,
            outcome,
            samples,
        });
    }

    /// The time, and the count of what is told.
    fn stamp(&mut self) -> (u64, u64) {
        self.order += 1;
        (self.kernel.now, self.order)
    }
}

/// One of our bounds said no.
fn refused(errno: i32, why: String) -> Outcome {
    Outcome::Failed {
        errno,
        why: Some(why),
    }
}
