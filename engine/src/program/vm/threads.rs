//! Python threads: more frame stacks in one scheduler, and the locks they wait for.
//!
//! A thread's turn ends when it blocks, when it starts another thread (which then runs first, as it does under CPython),
//! or after a number of ticks; never at a moment that the driver chooses, so that a run can be repeated.

use std::rc::Rc;

use super::control::{Cont, HostThen, LockReq};
use super::frame::{Frame, Then};
use super::run::ThreadView;
use super::{Res, TURN, Vm};
use crate::program::exceptions::raise;
use crate::program::host::{HostAnswer, HostCall, Stop, Token};
use crate::program::value::{Instance, Payload, Value};
use protocol::ThreadId;

/// One thread.
pub(crate) struct Thread {
    /// As `threading` calls it.
    pub name: String,
    /// The program ends without waiting for it.
    pub daemon: bool,
    /// Its frames, outermost first; those of the current thread are in [`Vm::frames`].
    pub frames: Vec<Frame>,
    /// What it does.
    pub state: State,
    /// What goes on when the answer is there.
    pub after: Vec<Cont>,
}

/// What a thread does.
pub(crate) enum State {
    /// It can run.
    Ready,
    /// It can run and first goes on with an answer.
    Answered(HostThen, Vec<Value>, HostAnswer),
    /// It can run and first goes on with this value: a lock is taken, a turn was given away.
    Given(Value),
    /// The main thread at a prompt, between two statements.
    Idle,
    /// It waits for the world.
    Waiting(Token, HostCall, HostThen, Vec<Value>),
    /// It waits for a lock, perhaps not for ever.
    Blocked(Rc<Instance>, Option<Token>, &'static str),
    /// It has ended.
    Done,
}

impl Thread {
    pub(crate) fn new(name: String, daemon: bool, frames: Vec<Frame>) -> Self {
        Self {
            name,
            daemon,
            frames,
            state: State::Ready,
            after: Vec::new(),
        }
    }

    pub(crate) fn is_ready(&self) -> bool {
        matches!(self.state, State::Ready | State::Answered(..) | State::Given(_))
    }
}

/// A thread's state for the page.
#[derive(Clone, Debug, PartialEq)]
pub enum ThreadState {
    /// It can run.
    Ready,
    /// It waits for an answer to this question.
    Waiting(Token, HostCall),
    /// It waits for another thread: a lock, an event, a join. The name of what it called.
    Blocked(&'static str),
    /// It has ended.
    Ended,
}

impl Vm {
    /// All threads.
    pub fn threads(&self) -> Vec<ThreadView> {
        self.threads
            .iter()
            .enumerate()
            .map(|(i, t)| {
                let state = match &t.state {
                    State::Ready | State::Answered(..) | State::Given(_) => ThreadState::Ready,
                    State::Waiting(token, call, ..) => ThreadState::Waiting(*token, call.clone()),
                    State::Blocked(_, _, api) => ThreadState::Blocked(api),
                    State::Done | State::Idle => ThreadState::Ended,
                };
                ThreadView {
                    id: ThreadId(i as u32),
                    name: t.name.clone(),
                    state,
                }
            })
            .collect()
    }

    /// Does every thread that is left wait for another thread? Then nothing that the driver answers helps.
    pub fn deadlocked(&self) -> bool {
        self.ended.is_none()
            && self
                .threads
                .iter()
                .any(|t| matches!(t.state, State::Blocked(_, None, _)))
            && self
                .threads
                .iter()
                .all(|t| matches!(t.state, State::Done | State::Idle | State::Blocked(_, None, _)))
    }

    /// Starts a thread that calls `callee`; it has the next turn.
    pub(crate) fn start_thread(
        &mut self,
        callee: Value,
        args: Vec<Value>,
        name: String,
        daemon: bool,
    ) -> Res<ThreadId> {
        if self.threads.len() >= 10_000
            || self
                .threads
                .iter()
                .filter(|t| !matches!(t.state, State::Done))
                .count()
                > 500
        {
            return Err(raise("RuntimeError", "can't start new thread"));
        }
        let code = super::call::thread_code();
        let globals = self.main.clone();
        let mut frame = self.code_frame(code, globals, Then::Thread);
        frame.slots.push(callee);
        frame.slots.push(Value::tuple(args));
        let id = ThreadId(self.threads.len() as u32);
        self.threads.push(Thread::new(name, daemon, vec![frame]));
        Ok(id)
    }

    /// Threads that have not ended.
    pub(crate) fn live_threads(&self) -> usize {
        self.threads
            .iter()
            .filter(|t| !matches!(t.state, State::Done | State::Idle))
            .count()
    }

    /// Thread.name = ...
    pub(crate) fn rename_thread(&mut self, ident: i64, name: &str) {
        let i = (ident - crate::program::modules::thread::ident(0)) / 4096;
        if let Some(t) = usize::try_from(i).ok().and_then(|i| self.threads.get_mut(i)) {
            name.clone_into(&mut t.name);
        }
    }

    /// The next thread that can run, in order after the current one.
    pub(crate) fn next_ready(&self) -> Option<usize> {
        let n = self.threads.len();
        (1..=n)
            .map(|i| (self.current + i) % n)
            .find(|i| self.threads[*i].is_ready())
    }

    /// Makes another thread the current one.
    pub(crate) fn switch_to(&mut self, i: usize) {
        if i != self.current {
            let frames = std::mem::take(&mut self.frames);
            self.threads[self.current].frames = frames;
            self.current = i;
            self.frames = std::mem::take(&mut self.threads[i].frames);
        }
        self.turn_ends = self.ticks + TURN;
    }

    /// The current thread asks the world.
    pub(crate) fn wait_for(
        &mut self,
        call: HostCall,
        then: HostThen,
        state: Vec<Value>,
        after: Vec<Cont>,
    ) -> Stop {
        let token = Token(self.next_token);
        self.next_token += 1;
        self.ticks += 1;
        let thread = self.thread_id();
        let t = &mut self.threads[self.current];
        t.state = State::Waiting(token, call.clone(), then, state);
        t.after = after;
        Stop::Call { thread, token, call }
    }

    /// The current thread wants a lock. A question to the driver if it also wants to be woken by the clock.
    pub(crate) fn wait_for_lock(&mut self, req: LockReq) -> Option<Stop> {
        let id = self.thread_id();
        let free = take_lock(&req.lock, id);
        let now = free || req.timeout == Some(0.0);
        let t = &mut self.threads[self.current];
        t.after = req.after;
        if now {
            t.state = State::Given(Value::Bool(free));
            return None;
        }
        match req.timeout {
            None => {
                t.state = State::Blocked(req.lock, None, req.api);
                None
            }
            Some(seconds) => {
                let token = Token(self.next_token);
                self.next_token += 1;
                self.ticks += 1;
                t.state = State::Blocked(req.lock, Some(token), req.api);
                let call = HostCall::Sleep {
                    seconds,
                    api: req.api,
                };
                Some(Stop::Call {
                    thread: id,
                    token,
                    call,
                })
            }
        }
    }

    /// A lock has become free: the thread that waits longest gets it.
    pub(crate) fn lock_released(&mut self, lock: &Rc<Instance>) {
        let waiting = (0..self.threads.len())
            .find(|i| matches!(&self.threads[*i].state, State::Blocked(l, ..) if Rc::ptr_eq(l, lock)));
        if let Some(i) = waiting
            && take_lock(lock, ThreadId(i as u32))
        {
            if let State::Blocked(_, Some(token), _) = &self.threads[i].state {
                self.cancelled.push(*token);
            }
            self.threads[i].state = State::Given(Value::Bool(true));
        }
    }
}

/// Takes a lock for a thread, if it is free or already this thread's RLock.
pub(crate) fn take_lock(lock: &Rc<Instance>, thread: ThreadId) -> bool {
    let Payload::Lock(data) = &lock.payload else {
        return true;
    };
    match data.owner.get() {
        None => {
            data.owner.set(Some(thread));
            data.count.set(1);
            true
        }
        Some(owner) if data.reentrant && owner == thread => {
            data.count.set(data.count.get() + 1);
            true
        }
        Some(_) => false,
    }
}
