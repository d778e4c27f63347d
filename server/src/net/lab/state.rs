//! A lab's sockets and waiting calls, under one lock. Nothing in here blocks.

use super::Told;
use super::op::{Op, Tried};
use super::sample::Ghost;
use super::sock::Sock;
use super::wire::{self, Line};
use crate::linux;
use crate::net::budget::{Budget, FLOOR, Held};
use crate::net::place::Place;
use crate::net::unix_names::UnixNames;
use crate::sys::{self, Epoll, Ready};
use engine::net::names::Table;
use protocol::{Call, CallId, HostId, Outcome, SocketId, bounds};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// How soon a call is tried again whose readiness the kernel cannot tell.
const RETRY: Duration = Duration::from_millis(5);

/// The kernel acknowledges a FIN after up to 40 ms: how long after a call to look for what has changed by itself.
const LOOK: Duration = Duration::from_millis(45);
/// While nothing changes, looks become rarer, down to one in this time.
const LOOK_MOST: Duration = Duration::from_secs(1);

/// Bytes that waiting send()s of one lab may hold.
pub(super) const SEND_WAITING: usize = 8 << 20;

pub(super) struct State {
    // The order of these two matters when a lab is dropped: sockets first, then the network that they live in.
    /// All sockets, also closed ones that somebody waits on.
    pub(super) socks: BTreeMap<SocketId, Sock>,
    pub(super) place: Place,
    /// AF_UNIX names, one table a host.
    pub(super) unix: Vec<UnixNames>,
    pub(super) names: Table,
    /// Waiting calls in the order in which they came.
    pub(super) waiting: BTreeMap<u64, Waiting>,
    next_waiting: u64,
    pub(super) epoll: Arc<Epoll>,
    /// When muted sockets and calls without readiness are tried again.
    retry_at: Option<Instant>,
    /// When to look at the sockets without a call, because something is under way in the kernel.
    look_at: Option<Instant>,
    /// How long the look before that waited.
    look_delay: Duration,
    /// When the pump wakes by itself.
    pub(super) sleeps_until: Option<Instant>,
    /// What nobody has taken yet, in order.
    told: VecDeque<Told>,
    /// Answers in there.
    replies: usize,
    /// Bytes that programs have received, in there.
    unread: Held,
    /// A call waits until some of them are taken.
    paused: bool,
    /// What all labs may hold.
    pub(super) budget: Budget,
    /// Something was told.
    news: Arc<Notify>,
    pub(super) opened: Instant,
    order: u64,
    /// Connections from outside.
    pub(super) guests: usize,
    /// Connections whose descriptor is closed and that the kernel still knows.
    pub(super) ghosts: Vec<Ghost>,
    /// The wire between the hosts, where there is one. Boxed: it is taken out while packets are carried.
    pub(super) line: Option<Box<Line>>,
    /// Why the network is gone, if it is.
    ended: Option<String>,
}

/// A call that waits.
pub(super) struct Waiting {
    pub(super) id: CallId,
    pub(super) op: Op,
    /// When it ends, and with what.
    deadline: Option<(Instant, Outcome)>,
    /// Waits for answers to be taken, not for its socket.
    paused: bool,
    /// The kernel cannot tell when it is ready.
    retries: bool,
    /// The bytes that it holds.
    held: Held,
}

impl State {
    pub(super) fn new(
        place: Place,
        names: Table,
        secret: u64,
        epoll: Arc<Epoll>,
        news: Arc<Notify>,
        budget: &Budget,
    ) -> Self {
        let hosts = (0..place.hosts() as u64).map(|host| UnixNames::new(secret ^ host));
        Self {
            unix: hosts.collect(),
            names,
            socks: BTreeMap::new(),
            place,
            waiting: BTreeMap::new(),
            next_waiting: 0,
            epoll,
            retry_at: None,
            look_at: None,
            look_delay: LOOK,
            sleeps_until: None,
            told: VecDeque::new(),
            replies: 0,
            unread: budget.hold(0),
            paused: false,
            budget: budget.clone(),
            news,
            opened: Instant::now(),
            order: 0,
            guests: 0,
            ghosts: Vec::new(),
            line: None,
            ended: None,
        }
    }

    /// Why the network is gone, if it is.
    pub(super) fn ended(&self) -> Option<&str> {
        self.ended.as_deref()
    }

    /// Makes a call.
    pub(super) fn submit(&mut self, id: CallId, host: HostId, call: Call) {
        let sock = call.sock();
        if !self.has_room() {
            let outcome = Outcome::Failed {
                errno: linux::ENOBUFS,
                why: Some(format!(
                    "More than {} calls of this lab wait at once.",
                    bounds::CALLS_IN_FLIGHT
                )),
            };
            self.answer(id, sock, outcome);
            return;
        }
        if let Some(why) = &self.ended {
            let outcome = Outcome::Failed {
                errno: linux::ENETDOWN,
                why: Some(why.clone()),
            };
            self.answer(id, sock, outcome);
            return;
        }
        // Who waits longer is served first.
        if sock
            .and_then(|s| self.socks.get(&s))
            .is_some_and(|s| !s.waiters.is_empty())
        {
            self.progress();
        }
        match self.begin(host, call) {
            Begun::Ended(outcome) => self.answer(id, sock, outcome),
            Begun::Wait(op, deadline) => self.try_or_wait(id, sock, op, deadline),
        }
        // Also for a call that waits: what it has sent is on its way.
        self.crank();
        if !self.waiting.is_empty() {
            self.progress();
        }
    }

    fn try_or_wait(&mut self, id: CallId, sock: Option<SocketId>, mut op: Op, deadline: Deadline) {
        let polls = matches!(deadline, Deadline::After(_, Outcome::TimedOut));
        let tried = self.attempt(&mut op, polls);
        if let Tried::Ended(outcome) = tried {
            self.answer(id, sock, outcome);
            return;
        }
        let paused = matches!(tried, Tried::Paused);
        self.paused |= paused;
        let deadline = match deadline {
            Deadline::Never => None,
            Deadline::Now(outcome) if !paused => {
                self.answer(id, sock, outcome);
                return;
            }
            // Ends as soon as it could be tried.
            Deadline::Now(outcome) => Some((Instant::now(), outcome)),
            Deadline::After(time, outcome) => Instant::now().checked_add(time).map(|at| (at, outcome)),
        };
        if let Some(why) = self.too_much(&op) {
            let (errno, why) = (linux::ENOBUFS, Some(why));
            self.answer(id, sock, Outcome::Failed { errno, why });
            return;
        }
        let held = self.budget.hold(op.payload_len());
        let seq = self.next_waiting;
        self.next_waiting += 1;
        let socks = op.socks();
        let waiting = Waiting {
            id,
            op,
            deadline,
            paused,
            retries: matches!(tried, Tried::Later),
            held,
        };
        self.waiting.insert(seq, waiting);
        for sock in &socks {
            if let Some(sock) = self.socks.get_mut(sock)
                && !sock.waiters.contains(&seq)
            {
                sock.waiters.push(seq);
            }
        }
        self.watch(&socks);
    }

    /// Why this call cannot wait, if its bytes are too many.
    fn too_much(&self, op: &Op) -> Option<String> {
        let held = self.waiting.values().map(|w| w.held.bytes()).sum::<usize>() + op.payload_len();
        if op.payload_len() == 0 || held <= FLOOR {
            None
        } else if held > SEND_WAITING {
            Some(format!(
                "Waiting send() calls of this lab hold more than {SEND_WAITING} bytes."
            ))
        } else if self.budget.is_spent() {
            Some("The server holds as many bytes for waiting calls as it may.".to_owned())
        } else {
            None
        }
    }

    /// May another recv() be answered before answers are taken?
    pub(super) fn may_receive(&self) -> bool {
        self.unread.has_room(bounds::UNACKNOWLEDGED)
    }

    /// Tries everything whose socket is ready, oldest first, until nothing is.
    pub(super) fn progress(&mut self) {
        // Bounded: one call's answer can make another one ready, but each of them ends only once.
        for _ in 0..1024 {
            let Ok(ready) = self.epoll.ready() else { return };
            if ready.is_empty() {
                return;
            }
            for key in ready {
                if key >= wire::KEYS {
                    self.crank();
                    continue;
                }
                self.try_waiters(SocketId(u32::try_from(key).unwrap_or(u32::MAX)));
            }
        }
        self.retry_at = Some(Instant::now());
    }

    /// Tries the calls that wait on one socket.
    fn try_waiters(&mut self, id: SocketId) {
        let seqs = self
            .socks
            .get(&id)
            .map(|sock| sock.waiters.clone())
            .unwrap_or_default();
        let mut moved = false;
        for seq in seqs {
            moved |= self.try_again(seq);
        }
        // Ready for something that nobody here can use, like a hang-up: looking again at once would turn in a circle.
        if let Some(sock) = self.socks.get_mut(&id)
            && !moved
            && sys::poll_now(&[(sock.fd(), sock.watched)]).is_ok_and(|r| r.iter().any(|r| !r.is_none()))
        {
            sock.muted = true;
            self.retry_at.get_or_insert_with(|| Instant::now() + RETRY);
        }
        self.watch(&[id]);
    }

    /// Tries one waiting call; did anything come of it?
    fn try_again(&mut self, seq: u64) -> bool {
        let Some(mut waiting) = self.waiting.remove(&seq) else {
            return false;
        };
        let before = waiting.op.progress();
        let polls = matches!(waiting.deadline, Some((_, Outcome::TimedOut)));
        match self.attempt(&mut waiting.op, polls) {
            Tried::Ended(outcome) => {
                self.end_waiting(seq, waiting, outcome);
                true
            }
            tried => {
                waiting.paused = matches!(tried, Tried::Paused);
                self.paused |= waiting.paused;
                waiting.retries = matches!(tried, Tried::Later);
                let moved = waiting.op.progress() != before;
                waiting.held.set(waiting.op.payload_len());
                let socks = waiting.op.socks();
                self.waiting.insert(seq, waiting);
                self.watch(&socks);
                moved
            }
        }
    }

    /// A waiting call has ended (it is out of the list already).
    fn end_waiting(&mut self, seq: u64, waiting: Waiting, outcome: Outcome) {
        let socks = waiting.op.socks();
        for id in &socks {
            if let Some(sock) = self.socks.get_mut(id) {
                sock.waiters.retain(|s| *s != seq);
            }
        }
        self.watch(&socks);
        let first = socks.first().copied();
        self.answer(waiting.id, first, outcome);
        for id in socks {
            self.bury_if_done(id);
        }
    }

    /// Tells epoll what the waiting calls on these sockets need.
    fn watch(&mut self, ids: &[SocketId]) {
        for id in ids {
            let Some(sock) = self.socks.get_mut(id) else {
                continue;
            };
            let mut wish = Ready::NONE;
            if !sock.muted {
                for seq in &sock.waiters {
                    if let Some(waiting) = self.waiting.get(seq)
                        && !waiting.paused
                        && !waiting.retries
                    {
                        wish = wish.or(waiting.op.wish(*id));
                    }
                }
            }
            let retries = sock
                .waiters
                .iter()
                .any(|s| self.waiting.get(s).is_some_and(|w| w.retries));
            if retries {
                self.retry_at.get_or_insert_with(|| Instant::now() + RETRY);
            }
            if wish != sock.watched
                && self
                    .epoll
                    .change(sock.fd(), u64::from(id.0), sock.watched, wish)
                    .is_ok()
            {
                sock.watched = wish;
            }
        }
    }

    /// The next moment at which [`Self::on_time`] has something to do.
    pub(super) fn next_time(&self) -> Option<Instant> {
        let deadlines = self.waiting.values().filter(|w| !w.paused);
        let deadlines = deadlines.filter_map(|w| w.deadline.as_ref().map(|(at, _)| *at));
        deadlines
            .chain(self.retry_at)
            .chain(self.look_at)
            .chain(self.wire_due())
            .min()
    }

    /// Ends what is due and tries again what the kernel cannot tell about; also what was paused for full stores.
    pub(super) fn on_time(&mut self) {
        let now = Instant::now();
        let again = if self.retry_at.is_some_and(|at| at <= now) {
            self.retry_at = None;
            for sock in self.socks.values_mut() {
                sock.muted = false;
            }
            true
        } else {
            false
        };
        let due: Vec<u64> = self
            .waiting
            .iter()
            .filter(|(_, w)| again || w.paused)
            .map(|(seq, _)| *seq)
            .collect();
        for seq in due {
            self.try_again(seq);
        }
        let late: Vec<u64> = self
            .waiting
            .iter()
            .filter(|(_, w)| !w.paused && w.deadline.as_ref().is_some_and(|(at, _)| *at <= now))
            .map(|(seq, _)| *seq)
            .collect();
        for seq in late {
            // What is ready at the last moment still counts.
            self.try_again(seq);
            if let Some(waiting) = self.waiting.remove(&seq) {
                let outcome = match &waiting.deadline {
                    Some((_, outcome)) => waiting.op.given_up(outcome.clone()),
                    None => Outcome::Cancelled,
                };
                self.end_waiting(seq, waiting, outcome);
            }
        }
    }

    /// Tells what has changed without a call, when it is time to look.
    pub(super) fn look_if_due(&mut self) {
        if self.look_at.is_none_or(|at| at > Instant::now()) {
            return;
        }
        self.look_at = None;
        if !self.has_room() {
            self.look_at = Some(Instant::now() + LOOK_MOST);
            return;
        }
        let delay = self.look_delay;
        let samples = self.sample_all();
        if self.refresh_embryos() {
            self.look_soon();
        }
        if samples.is_empty() {
            self.look_delay = (delay * 2).min(LOOK_MOST);
            return;
        }
        let (at, order) = (self.now(), self.next_order());
        self.tell(Told::Changed { at, order, samples });
    }

    /// Something is under way in the kernel.
    pub(super) fn look_soon(&mut self) {
        self.look_at
            .get_or_insert_with(|| Instant::now() + self.look_delay);
    }

    /// Somebody from outside has come or gone.
    pub(super) fn guests(&mut self, by: isize) {
        self.guests = self.guests.saturating_add_signed(by);
        self.look_at = Some(Instant::now());
    }

    /// Something has changed.
    pub(super) fn look_sooner(&mut self) {
        if self.look_delay != LOOK {
            self.look_delay = LOOK;
            self.look_at = None;
        }
    }

    pub(super) fn cancel(&mut self, id: CallId) {
        let Some(seq) = self.waiting.iter().find(|(_, w)| w.id == id).map(|(seq, _)| *seq) else {
            return;
        };
        if let Some(waiting) = self.waiting.remove(&seq) {
            let outcome = waiting.op.withdrawn();
            self.end_waiting(seq, waiting, outcome);
        }
    }

    pub(super) fn confirm(&mut self, question: CallId, ids: &[CallId]) {
        self.crank();
        self.progress();
        self.on_time();
        self.crank();
        let all: BTreeSet<CallId> = self
            .waiting
            .values()
            .filter(|w| !w.paused)
            .map(|w| w.id)
            .collect();
        let waiting = ids.iter().filter(|id| all.contains(id)).copied().collect();
        let samples = self.sample_all();
        let (at, order) = (self.now(), self.next_order());
        self.tell(Told::Confirmed {
            id: question,
            at,
            order,
            waiting,
            samples,
        });
    }

    /// Tells how a call ended.
    fn answer(&mut self, id: CallId, sock: Option<SocketId>, outcome: Outcome) {
        // The packets that the call has caused stand before its answer.
        self.crank();
        let host = sock.and_then(|id| self.socks.get(&id)).map(|sock| sock.host);
        if let (Outcome::Accepted { .. }, Some(host)) = (&outcome, host) {
            self.embryo_was_taken(host);
        }
        let moved_bytes = matches!(outcome, Outcome::Sent { .. } | Outcome::Received { .. });
        let samples = self.sample_around(sock, moved_bytes);
        self.unread
            .add(outcome.payload().map_or(0, protocol::Payload::len));
        let (at, order) = (self.now(), self.next_order());
        self.tell(Told::Reply {
            id,
            at,
            order,
            outcome,
            samples,
        });
    }

    pub(super) fn tell(&mut self, told: Told) {
        self.replies += usize::from(matches!(told, Told::Reply { .. }));
        self.told.push_back(told);
        self.news.notify_one();
    }

    /// The oldest that nobody has taken, and whether calls that were paused for it can go on.
    pub(super) fn take(&mut self) -> (Option<Told>, bool) {
        let told = self.told.pop_front();
        let mut go_on = false;
        match &told {
            Some(Told::Reply { outcome, .. }) => {
                self.replies -= 1;
                self.unread
                    .give_back(outcome.payload().map_or(0, protocol::Payload::len));
            }
            Some(Told::Wired { news, .. }) => go_on = self.wired_taken(news),
            _ => {}
        }
        if self.paused && self.may_receive() {
            self.paused = false;
            go_on = true;
        }
        (told, go_on)
    }

    /// Can another call be made before answers are taken?
    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() + self.replies < bounds::CALLS_IN_FLIGHT
    }

    /// Nanoseconds since the lab was opened.
    pub(super) fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    pub(super) const fn next_order(&mut self) -> u64 {
        self.order += 1;
        self.order
    }

    /// Everything fails from now on; sockets are closed.
    pub(super) fn end(&mut self, why: &str) {
        if self.ended.is_some() {
            return;
        }
        self.ended = Some(why.to_owned());
        for (seq, waiting) in std::mem::take(&mut self.waiting) {
            let outcome = Outcome::Failed {
                errno: linux::ENETDOWN,
                why: Some(why.to_owned()),
            };
            self.end_waiting(seq, waiting, outcome);
        }
        self.socks.clear();
        self.ghosts.clear();
        // Nobody reads the wire's ends any more, and what is left in them would wake us for ever.
        self.line = None;
        self.place.end();
        self.tell(Told::Lost { text: why.to_owned() });
    }

    /// Answers something that was asked of the wire and cannot be.
    pub(super) fn refuse(&mut self, id: CallId, why: &str) {
        self.tell(Told::Refused {
            id,
            text: why.to_owned(),
        });
    }

    /// The lab's owner has dropped it.
    pub(super) fn close(&mut self) {
        self.ended.get_or_insert_with(|| "The lab is closed.".to_owned());
        self.waiting.clear();
        self.socks.clear();
        self.ghosts.clear();
        self.line = None;
        self.place.end();
    }
}

/// What becomes of a call at first.
pub(super) enum Begun {
    /// It has ended.
    Ended(Outcome),
    /// It may have to wait.
    Wait(Op, Deadline),
}

/// How long a call may wait.
pub(super) enum Deadline {
    /// For ever.
    Never,
    /// Not at all: then it ends so.
    Now(Outcome),
    /// So long: then it ends so.
    After(Duration, Outcome),
}
