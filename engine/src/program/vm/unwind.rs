//! Results and exceptions on their way from frame to frame.

use std::rc::Rc;

use super::control::call_then;
use super::dispatch::Flow;
use super::frame::{Frame, Then};
use super::{Ctl, Res, Vm};
use crate::program::exceptions::{is_a, new, of_class, raise, stop_iteration, throw, type_error};
use crate::program::types::{class_of, type_name, types};
use crate::program::value::object::TraceEntry;
use crate::program::value::{Class, Value};

impl Vm {
    /// The running frame returns: its caller runs on.
    #[inline]
    pub(crate) fn give_back(&mut self, f: &mut Frame, v: Value) -> Res<Option<Flow>> {
        match f.then {
            Then::Thread => return Ok(Some(Flow::ThreadDone)),
            Then::Sync => return Ok(Some(Flow::Sync(v))),
            _ => {}
        }
        let Some(caller) = self.frames.pop() else {
            return Ok(Some(Flow::ThreadDone));
        };
        let mut done = std::mem::replace(f, caller);
        let mut slots = std::mem::take(&mut done.slots);
        slots.clear();
        if self.spare.len() < 64 && slots.capacity() <= 256 {
            self.spare.push(slots);
        }
        self.line = f.line;
        let after = done.take_after();
        let discarded = matches!(done.then, Then::Discard);
        let kept = if discarded { Some(v.clone()) } else { None };
        match std::mem::replace(&mut done.then, Then::Push) {
            Then::Push if done.generator().is_none() => f.push(v),
            then => {
                if let Some(g) = done.take_generator() {
                    g.running.set(false);
                    drop(done);
                    self.generator_ended(f, then, v)?;
                } else {
                    match then {
                        Then::Init(instance) => {
                            if !v.is_none() {
                                let name = type_name(&v);
                                return type_error(format!("__init__() should return None, not '{name}'"));
                            }
                            f.push(instance);
                        }
                        Then::Discard => {}
                        _ => f.push(v),
                    }
                }
            }
        }
        if let Some(after) = after {
            // What is discarded is so after the continuations, not before.
            let v = kept.unwrap_or_else(|| f.pop());
            let v = self.go_on(after, v)?;
            if !discarded {
                f.push(v);
            }
        }
        Ok(None)
    }

    /// A generator has returned.
    fn generator_ended(&mut self, f: &mut Frame, then: Then, v: Value) -> Res<()> {
        match then {
            Then::ForIter(to) => {
                f.pop();
                f.ip = to as usize;
            }
            Then::Send(to) => {
                f.pop();
                f.push(v);
                f.ip = to as usize;
            }
            Then::NextOr(default) => f.push(default),
            Then::Close => f.push(Value::None),
            Then::Discard => {}
            _ => return Err(stop_iteration(v)),
        }
        Ok(())
    }

    /// Looks for a handler of an exception, first in the running frame. `Err` when no frame of this thread (or of this
    /// call from Rust) has one: the exception is in it.
    pub(crate) fn unwind(&mut self, f: &mut Frame, exception: Value, again: bool) -> Result<(), Box<Ctl>> {
        let mut e = exception;
        let mut again = again;
        if !again {
            self.add_context(f, &e);
        }
        loop {
            if !again && !f.code.source.frozen {
                trace(f, &e);
            }
            again = false;
            let rare = f.rare.as_mut();
            if let Some((rare, block)) = rare.and_then(|rare| rare.blocks.pop().map(|block| (rare, block))) {
                rare.handled.truncate(block.handled as usize);
                rare.handled.push(e.clone());
                f.slots.truncate(block.height as usize);
                f.push(e);
                f.ip = block.handler as usize;
                return Ok(());
            }
            if let Some(rare) = &mut f.rare {
                rare.handled.clear();
            }
            match f.then {
                Then::Thread | Then::Sync => return Err(throw(e)),
                _ => {}
            }
            let Some(caller) = self.frames.pop() else {
                return Err(throw(e));
            };
            let mut done = std::mem::replace(f, caller);
            self.line = f.line;
            let generator = done.take_generator();
            let then = std::mem::replace(&mut done.then, Then::Push);
            let after = done.take_after();
            if let Some(g) = &generator {
                g.running.set(false);
                if is_a(&e, "StopIteration") {
                    let inner = e;
                    e = new("RuntimeError", vec![Value::str("generator raised StopIteration")]);
                    if let (Some(data), Some(_)) = (e.exc(), inner.exc()) {
                        let mut data = data.borrow_mut();
                        data.cause = Some(inner.clone());
                        data.context = Some(inner);
                        data.suppress = true;
                    }
                }
            }
            drop(done);
            match then {
                // __next__ of a class of the program says that it is at its end.
                Then::ForIter(to) if generator.is_none() && is_a(&e, "StopIteration") => {
                    f.pop();
                    f.ip = to as usize;
                    return Ok(());
                }
                Then::Send(to) if generator.is_none() && is_a(&e, "StopIteration") => {
                    f.pop();
                    f.push(stop_value(&e));
                    f.ip = to as usize;
                    return Ok(());
                }
                Then::NextOr(default) if generator.is_none() && is_a(&e, "StopIteration") => {
                    f.push(default);
                    if let Some(after) = after {
                        let v = f.pop();
                        match self.go_on(after, v) {
                            Ok(v) => f.push(v),
                            Err(e) => return self.handle(f, e),
                        }
                    }
                    return Ok(());
                }
                Then::Close if is_a(&e, "GeneratorExit") || is_a(&e, "StopIteration") => {
                    f.push(Value::None);
                    return Ok(());
                }
                _ => {}
            }
        }
    }

    /// `__context__`: what was being handled when this was raised.
    fn add_context(&mut self, f: &Frame, e: &Value) {
        let Some(current) = self.handled(f) else { return };
        if current.is(e) {
            return;
        }
        let Some(data) = e.exc() else { return };
        if data.borrow().context.is_some() {
            return;
        }
        // Never a ring: cut the chain where it comes back to this exception.
        let mut at = current.clone();
        loop {
            let next = at.exc().and_then(|d| d.borrow().context.clone());
            match next {
                Some(n) if n.is(e) => {
                    if let Some(d) = at.exc() {
                        d.borrow_mut().context = None;
                    }
                    break;
                }
                Some(n) => at = n,
                None => break,
            }
        }
        data.borrow_mut().context = Some(current);
    }

    /// The exception being handled: sys.exc_info()[1].
    pub(crate) fn handled(&self, f: &Frame) -> Option<Value> {
        if let Some(e) = f.handled().last() {
            return Some(e.clone());
        }
        if matches!(f.then, Then::Sync | Then::Thread) && f.generator().is_none() && self.nested == 0 {
            return None;
        }
        self.frames.iter().rev().find_map(|f| f.handled().last().cloned())
    }

    /// `raise`, `raise x`, `raise x from y`.
    pub(crate) fn raise_op(&mut self, f: &mut Frame, n: u8) -> Res<Box<Ctl>> {
        if n == 0 {
            return Ok(match self.handled(f) {
                Some(e) => Box::new(Ctl::Reraise(e)),
                None => raise("RuntimeError", "No active exception to reraise"),
            });
        }
        let cause = if n == 2 { Some(f.pop()) } else { None };
        let what = f.pop();
        let state = cause.into_iter().collect::<Vec<_>>();
        match what {
            Value::Class(c) if is_exception_class(&c) => call_then(
                Value::Class(c),
                Vec::new(),
                |vm, state, e| Err(vm.raise_value(e, state)),
                state,
            ),
            e => Ok(self.raise_value(e, state)),
        }
    }

    fn raise_value(&mut self, e: Value, cause: Vec<Value>) -> Box<Ctl> {
        let Some(data) = e.exc() else {
            return raise("TypeError", "exceptions must derive from BaseException");
        };
        if let Some(cause) = cause.into_iter().next() {
            let cause = match cause {
                Value::Class(c) if is_exception_class(&c) => of_class(&c, Vec::new()),
                other => other,
            };
            let mut data = data.borrow_mut();
            if cause.is_none() {
                data.cause = None;
            } else if cause.exc().is_some() {
                data.cause = Some(cause);
            } else {
                return raise("TypeError", "exception causes must derive from BaseException");
            }
            data.suppress = true;
        }
        throw(e)
    }

    /// `except class:`
    pub(crate) fn exception_matches(&mut self, e: &Value, class: &Value) -> Res<bool> {
        match class {
            Value::Class(c) if is_exception_class(c) => Ok(class_of(e).is_subclass(c)),
            Value::Tuple(items) => {
                for c in items.iter() {
                    if !matches!(c, Value::Class(c) if is_exception_class(c)) {
                        return type_error(
                            "catching classes that do not inherit from BaseException is not allowed",
                        );
                    }
                }
                Ok(items
                    .iter()
                    .any(|c| matches!(c, Value::Class(c) if class_of(e).is_subclass(c))))
            }
            _ => type_error("catching classes that do not inherit from BaseException is not allowed"),
        }
    }
}

/// Does the class derive from BaseException?
pub(crate) fn is_exception_class(c: &Rc<Class>) -> bool {
    c.is_subclass(types().exception("BaseException"))
}

/// The value that a StopIteration carries.
pub(crate) fn stop_value(e: &Value) -> Value {
    e.exc()
        .and_then(|d| d.borrow().args.first().cloned())
        .unwrap_or(Value::None)
}

fn trace(f: &Frame, e: &Value) {
    if let Some(data) = e.exc() {
        let mut data = data.borrow_mut();
        // A recursion of a thousand frames is all that a traceback ever shows.
        if data.traceback.len() < 1100 {
            data.traceback.push(TraceEntry {
                code: f.code.clone(),
                ip: f.at(),
            });
        }
    }
}
