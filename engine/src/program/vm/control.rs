//! How natives do what needs more than a value: raise, call Python code, ask the world, wait for a lock.
//!
//! A native returns `Res<Value>`. `Err` is not only an exception: it is whatever the dispatch loop must do before there is
//! a value. So a native never blocks and never recurses into Python code; it says what it needs and names the Rust
//! function that goes on ([`ThenFn`], [`HostThen`]) with the values kept for it.

use std::rc::Rc;

use super::Vm;
use super::frame::{Frame, ThenFn};
use crate::program::builtins::iter::Resume;
use crate::program::host::{HostAnswer, HostCall};
use crate::program::value::{Generator, Instance, Name, Value};

/// A value, or what must happen before there is one.
pub type Res<T> = Result<T, Box<Ctl>>;

/// Goes on with the world's answer.
pub type HostThen = fn(&mut Vm, Vec<Value>, HostAnswer) -> Res<Value>;

/// What must happen before a native has its result.
pub enum Ctl {
    /// An exception.
    Raise(Value),
    /// An exception that keeps its traceback as it is: raise without argument, the end of a finally.
    Reraise(Value),
    /// Python code must run.
    Call(CallReq),
    /// The world must answer.
    Host(HostReq),
    /// A lock must be free, or a time be over.
    Lock(LockReq),
    /// The current thread's turn ends now; then this value.
    Yield(Value, Vec<Cont>),
    /// A generator must run on: with a value, an exception, or to its end.
    Resume(Rc<Generator>, Value, Resume, Vec<Cont>),
    /// A module must be imported; the value is the module, or with `true` the package that its name begins with.
    Import(String, bool, Vec<Cont>),
    /// A frame that the native has made must run.
    Enter(Box<Frame>, Vec<Cont>),
}

/// See [`Ctl::Call`].
pub struct CallReq {
    /// What is called.
    pub callee: Value,
    /// Its arguments, those with keywords last.
    pub args: Vec<Value>,
    /// The keywords.
    pub names: Vec<Name>,
    /// What goes on with the result, in this order.
    pub then: Vec<Cont>,
    /// The result is not pushed: the instruction gives none.
    pub discard: bool,
}

/// A continuation in Rust and what it needs.
#[derive(Clone)]
pub struct Cont {
    /// The function.
    pub run: ThenFn,
    /// What was kept for it.
    pub state: Vec<Value>,
}

impl Ctl {
    /// Adds continuations for when there is a value.
    pub fn and_then(&mut self, then: Vec<Cont>) {
        match self {
            Self::Call(req) => req.then.extend(then),
            Self::Host(req) => req.after.extend(then),
            Self::Lock(req) => req.after.extend(then),
            Self::Yield(_, after)
            | Self::Resume(_, _, _, after)
            | Self::Import(_, _, after)
            | Self::Enter(_, after) => after.extend(then),
            Self::Raise(_) | Self::Reraise(_) => {}
        }
    }
}

/// See [`Ctl::Host`].
pub struct HostReq {
    /// The question.
    pub call: HostCall,
    /// What goes on with the answer.
    pub then: HostThen,
    /// What it needs for that.
    pub state: Vec<Value>,
    /// What goes on then.
    pub after: Vec<Cont>,
}

/// See [`Ctl::Lock`]: the result is True, or False when the time is over.
pub struct LockReq {
    /// The lock.
    pub lock: Rc<Instance>,
    /// Seconds to wait at most.
    pub timeout: Option<f64>,
    /// `Lock.acquire`, `Event.wait`, ...
    pub api: &'static str,
    /// What goes on then.
    pub after: Vec<Cont>,
}

/// Calls `callee` in place of the native that returns this.
pub fn tail<T>(callee: Value, args: Vec<Value>) -> Res<T> {
    Err(Box::new(Ctl::Call(CallReq {
        callee,
        args,
        names: Vec::new(),
        then: Vec::new(),
        discard: false,
    })))
}

/// Calls `callee`, then goes on with `then`.
pub fn call_then<T>(callee: Value, args: Vec<Value>, then: ThenFn, state: Vec<Value>) -> Res<T> {
    Err(Box::new(Ctl::Call(CallReq {
        callee,
        args,
        names: Vec::new(),
        then: vec![Cont { run: then, state }],
        discard: false,
    })))
}

/// Asks the world, then goes on with `then`.
pub fn ask<T>(call: HostCall, then: HostThen, state: Vec<Value>) -> Res<T> {
    Err(Box::new(Ctl::Host(HostReq {
        call,
        then,
        state,
        after: Vec::new(),
    })))
}
