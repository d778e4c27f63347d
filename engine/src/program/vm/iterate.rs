//! for loops, unpacking, generators.

use std::cell::Cell;
use std::rc::Rc;

use super::control::{Cont, call_then, tail};
use super::dispatch::Flow;
use super::frame::{Frame, Then};
use super::{Ctl, Res, Vm};
use crate::program::builtins::iter::Resume;
use crate::program::exceptions::{new, raise, stop_iteration, throw, type_error, value_error};
use crate::program::types::type_name;
use crate::program::value::iter::Step;
use crate::program::value::{Generator, Iter, Value, ViewKind};

impl Vm {
    /// iter(value) for the built-in types.
    pub(crate) fn native_iter(&self, v: &Value) -> Option<Value> {
        let at = || Cell::new(0);
        let it = match v.inner() {
            Value::List(l) => Iter::List(l.clone(), at()),
            Value::Tuple(t) => Iter::Tuple(t.clone(), at()),
            Value::Str(s) => Iter::Str(s.clone(), at()),
            Value::Bytes(b) => Iter::Bytes(b.clone(), at()),
            Value::ByteArray(b) => Iter::ByteArray(b.clone(), at()),
            Value::Range(r) => Iter::range(r),
            Value::Dict(d) => Iter::Dict(d.clone(), ViewKind::Keys, at(), d.map.borrow().len()),
            Value::View(w) => Iter::Dict(w.dict.clone(), w.kind, at(), w.dict.map.borrow().len()),
            Value::Set(s) => Iter::Set(s.clone(), at(), s.len()),
            Value::Iter(_) => return Some(v.inner().clone()),
            _ => return None,
        };
        Some(Value::Iter(Rc::new(it)))
    }

    /// Could `iter(value)` work?
    pub(crate) fn is_iterable(&self, v: &Value) -> bool {
        match v {
            Value::Gen(_) => true,
            Value::Obj(o)
                if o.class.lookup(&self.names.iter).is_some()
                    || o.class.lookup(&self.names.getitem).is_some() =>
            {
                true
            }
            other => self.native_iter(other).is_some(),
        }
    }

    /// iter(value)
    pub(crate) fn get_iter(&mut self, v: Value) -> Res<Value> {
        match &v {
            Value::Gen(_) => return Ok(v),
            Value::Obj(o) => {
                if let Some(iter) = o.class.lookup(&self.names.iter)
                    && !matches!(iter, Value::Native(_))
                {
                    if iter.is_none() {
                        return type_error(format!("'{}' object is not iterable", type_name(&v)));
                    }
                    return call_then(
                        iter,
                        vec![v],
                        |vm, _, it| {
                            let ok = match &it {
                                Value::Obj(o) => o.class.lookup(&vm.names.next).is_some(),
                                Value::Gen(_) | Value::Iter(_) => true,
                                _ => false,
                            };
                            if ok {
                                Ok(it)
                            } else {
                                type_error(format!(
                                    "iter() returned non-iterator of type '{}'",
                                    type_name(&it)
                                ))
                            }
                        },
                        Vec::new(),
                    );
                }
                if let Some(it) = self.native_iter(&v) {
                    return Ok(it);
                }
                if o.class.lookup(&self.names.next).is_some() && o.class.lookup(&self.names.iter).is_some() {
                    return Ok(v);
                }
                if o.class.lookup(&self.names.getitem).is_some() {
                    let f = self.prelude_function("iter_by_index");
                    return tail(f, vec![v]);
                }
            }
            Value::Class(c) => {
                // Enum classes are iterable: their metaclass says so.
                if let Some(meta) = &c.meta
                    && let Some(iter) = meta.lookup(&self.names.iter)
                {
                    return tail(iter, vec![v]);
                }
            }
            _ => {
                if let Some(it) = self.native_iter(&v) {
                    return Ok(it);
                }
            }
        }
        type_error(format!("'{}' object is not iterable", type_name(&v)))
    }

    /// One step of a for loop over something that is not a native iterator; the iterator lies on the stack.
    pub(crate) fn for_iter(&mut self, f: &mut Frame, to: u32) -> Res<()> {
        let it = f.slots.last().cloned().unwrap_or(Value::None);
        match &it {
            Value::Gen(g) => self.resume(f, g, Value::None, Then::ForIter(to)),
            Value::Obj(o) => {
                let Some(next) = o.class.lookup(&self.names.next) else {
                    return type_error(format!("'{}' object is not an iterator", type_name(&it)));
                };
                self.step(f, next, it.clone(), Then::ForIter(to))
            }
            other => type_error(format!("'{}' object is not an iterator", type_name(other))),
        }
    }

    /// Calls `__next__`; a native one is done at once.
    fn step(&mut self, f: &mut Frame, next: Value, it: Value, then: Then) -> Res<()> {
        let depth = self.frames.len();
        let at = f.slots.len();
        f.slots.push(next);
        f.slots.push(it);
        match self.invoke(f, at, &[]) {
            Ok(()) => {
                if self.frames.len() > depth {
                    f.then = then;
                }
                Ok(())
            }
            Err(e) => match (*e, then) {
                (Ctl::Raise(e), Then::ForIter(to))
                    if crate::program::exceptions::is_a(&e, "StopIteration") =>
                {
                    f.pop();
                    f.ip = to as usize;
                    Ok(())
                }
                (Ctl::Raise(e), Then::Send(to)) if crate::program::exceptions::is_a(&e, "StopIteration") => {
                    f.pop();
                    f.push(super::unwind::stop_value(&e));
                    f.ip = to as usize;
                    Ok(())
                }
                (Ctl::Raise(e), Then::NextOr(v)) if crate::program::exceptions::is_a(&e, "StopIteration") => {
                    f.push(v);
                    Ok(())
                }
                (other, _) => Err(Box::new(other)),
            },
        }
    }

    /// Lets a generator run on: its frame becomes the running one.
    pub(crate) fn resume(&mut self, f: &mut Frame, g: &Rc<Generator>, send: Value, then: Then) -> Res<()> {
        if g.running.get() {
            return value_error("generator already executing");
        }
        let Some(mut frame) = g.frame.borrow_mut().take() else {
            return match then {
                Then::ForIter(to) => {
                    f.pop();
                    f.ip = to as usize;
                    Ok(())
                }
                Then::Send(to) => {
                    f.pop();
                    f.push(Value::None);
                    f.ip = to as usize;
                    Ok(())
                }
                Then::NextOr(v) => {
                    f.push(v);
                    Ok(())
                }
                _ => Err(stop_iteration(Value::None)),
            };
        };
        if self.frames.len() >= super::RECURSION_LIMIT + self.nested as usize {
            *g.frame.borrow_mut() = Some(frame);
            return Err(raise("RecursionError", "maximum recursion depth exceeded"));
        }
        if g.started.get() {
            frame.push(send);
        } else if !send.is_none() {
            *g.frame.borrow_mut() = Some(frame);
            return type_error("can't send non-None value to a just-started generator");
        }
        g.started.set(true);
        g.running.set(true);
        frame.then = then;
        frame.rare().generator = Some(g.clone());
        self.ticks += 1;
        let caller = std::mem::replace(f, *frame);
        self.frames.push(caller);
        Ok(())
    }

    /// next(), send(), throw() and close() as natives ask for them.
    pub(crate) fn resume_request(
        &mut self,
        f: &mut Frame,
        g: &Rc<Generator>,
        v: Value,
        what: Resume,
        after: Vec<Cont>,
    ) -> Res<()> {
        let depth = self.frames.len();
        let r = match what {
            Resume::Send => self.resume(f, g, v, Then::Next),
            Resume::Throw => self.throw_into(f, g, v, Then::Next),
            Resume::Close => self.throw_into(f, g, new("GeneratorExit", Vec::new()), Then::Close),
        };
        if self.frames.len() > depth {
            // Continuations belong to the generator's own frame, which lies right above the one that asked.
            let at = depth + 1;
            match self.frames.get_mut(at) {
                Some(frame) => frame.go_on(after),
                None => f.go_on(after),
            }
            return r;
        }
        r?;
        if !after.is_empty() {
            let v = f.pop();
            let v = self.go_on(after, v)?;
            f.push(v);
        }
        Ok(())
    }

    /// The running generator hands out a value.
    pub(crate) fn yield_value(&mut self, f: &mut Frame, v: Value) -> Res<Option<Flow>> {
        let Some(g) = f.take_generator() else {
            return Err(raise("RuntimeError", "yield outside a generator"));
        };
        let Some(caller) = self.frames.pop() else {
            return Err(raise("RuntimeError", "yield without a caller"));
        };
        let mut frame = std::mem::replace(f, caller);
        self.line = f.line;
        let then = std::mem::replace(&mut frame.then, Then::Push);
        let after = frame.take_after();
        g.running.set(false);
        *g.frame.borrow_mut() = Some(Box::new(frame));
        match then {
            Then::Close => return Err(raise("RuntimeError", "generator ignored GeneratorExit")),
            Then::Discard => {}
            _ => f.push(v),
        }
        if let Some(after) = after {
            let v = f.pop();
            let v = self.go_on(after, v)?;
            f.push(v);
        }
        Ok(None)
    }

    /// `yield from`: iterator and value to send lie on the stack.
    pub(crate) fn send_op(&mut self, f: &mut Frame, to: u32) -> Res<()> {
        let v = f.pop();
        let it = f.slots.last().cloned().unwrap_or(Value::None);
        match &it {
            Value::Gen(g) => self.resume(f, g, v, Then::Send(to)),
            Value::Iter(i) => {
                match i.next() {
                    Step::Item(v) => f.push(v),
                    Step::End => {
                        f.pop();
                        f.push(Value::None);
                        f.ip = to as usize;
                    }
                    Step::Changed(words) => return Err(raise("RuntimeError", words)),
                    Step::Uneven(words) => return value_error(words),
                }
                Ok(())
            }
            Value::Obj(o) => {
                let Some(next) = o.class.lookup(&self.names.next) else {
                    return type_error(format!("'{}' object is not an iterator", type_name(&it)));
                };
                self.step(f, next, it.clone(), Then::Send(to))
            }
            other => type_error(format!("'{}' object is not an iterator", type_name(other))),
        }
    }

    /// Raises an exception inside a generator, at its yield; inside the generator that it delegates to if there is one.
    pub(crate) fn throw_into(&mut self, f: &mut Frame, g: &Rc<Generator>, e: Value, then: Then) -> Res<()> {
        if g.running.get() {
            return value_error("generator already executing");
        }
        let Some(mut frame) = g.frame.borrow_mut().take() else {
            return if matches!(then, Then::Close) {
                f.push(Value::None);
                Ok(())
            } else {
                Err(throw(e))
            };
        };
        if !g.started.get() {
            drop(frame);
            return if matches!(then, Then::Close) {
                f.push(Value::None);
                Ok(())
            } else {
                Err(throw(e))
            };
        }
        // At `yield from` the next instruction jumps back to Send, and the inner iterator lies on the stack.
        let delegate = match (frame.code.ops.get(frame.ip), frame.top()) {
            (Some(crate::program::code::Op::JumpBack(to)), Some(Value::Gen(inner))) => {
                match frame.code.ops.get(*to as usize) {
                    Some(crate::program::code::Op::Send(end)) => Some((inner.clone(), *to, *end)),
                    _ => None,
                }
            }
            _ => None,
        };
        g.running.set(true);
        frame.then = then;
        frame.rare().generator = Some(g.clone());
        let caller = std::mem::replace(f, *frame);
        self.frames.push(caller);
        if let Some((inner, to, end)) = delegate {
            f.ip = to as usize + 1;
            let exit = crate::program::exceptions::is_a(&e, "GeneratorExit");
            if exit {
                return call_then(
                    crate::program::vm::call::bound(
                        self.prelude_function("close_generator"),
                        Value::Gen(inner),
                    ),
                    Vec::new(),
                    |_, mut state, _| Err(throw(state.pop().unwrap_or(Value::None))),
                    vec![e],
                );
            }
            return self.throw_into(f, &inner, e, Then::Send(end));
        }
        Err(throw(e))
    }

    /// All items of an iterable that needs none of the program's code; `None` for others.
    pub(crate) fn collect_native(&mut self, v: &Value) -> Res<Option<Vec<Value>>> {
        let items = match v.inner() {
            Value::List(l) => l.borrow().clone(),
            Value::Tuple(t) => t.to_vec(),
            Value::Range(r) => {
                self.claim(r.len().saturating_mul(16))?;
                (0..r.len()).map(|i| Value::Int(r.get(i))).collect()
            }
            Value::Dict(d) => d.map.borrow().keys().map(|k| k.value.clone()).collect(),
            Value::View(w) => w
                .dict
                .map
                .borrow()
                .iter()
                .map(|(k, v)| w.kind.of(&k.value, v))
                .collect(),
            Value::Set(s) => s.keys().into_iter().map(|k| k.value).collect(),
            Value::Gen(_) | Value::Obj(_) | Value::Class(_) => return Ok(None),
            other => {
                let Some(Value::Iter(it)) = self.native_iter(other) else {
                    return type_error(format!("'{}' object is not iterable", type_name(v)));
                };
                let mut items = Vec::new();
                loop {
                    match it.next() {
                        Step::Item(v) => {
                            items.push(v);
                            if items.len() % 4096 == 0 {
                                self.claim(items.len() * 16)?;
                            }
                        }
                        Step::End => break items,
                        Step::Changed(words) => return Err(raise("RuntimeError", words)),
                        Step::Uneven(words) => return value_error(words),
                    }
                }
            }
        };
        self.made(items.len() * 16);
        if let Value::Obj(o) = v
            && o.class
                .lookup(&self.names.iter)
                .is_some_and(|i| !matches!(i, Value::Native(_)))
        {
            return Ok(None);
        }
        Ok(Some(items))
    }

    /// Collects an iterable, then goes on with the list of its items as `v` and the state given.
    pub(crate) fn collect_then(
        &mut self,
        v: &Value,
        then: super::frame::ThenFn,
        state: Vec<Value>,
    ) -> Res<Value> {
        match self.collect_native(v)? {
            Some(items) => then(self, state, Value::list(items)),
            None => {
                let f = self.prelude_function("collect");
                call_then(f, vec![v.clone()], then, state)
            }
        }
    }

    /// Collects an iterable at once; the program's code in it cannot block.
    pub(crate) fn collect_sync(&mut self, v: Value) -> Res<Vec<Value>> {
        if let Some(items) = self.collect_native(&v)? {
            return Ok(items);
        }
        let f = self.prelude_function("collect");
        match self.call_sync(f, vec![v])? {
            Value::List(l) => Ok(l.borrow().clone()),
            _ => Ok(Vec::new()),
        }
    }

    /// list.extend: gives the list back.
    pub(crate) fn extend_list(&mut self, list: Rc<crate::program::value::List>, v: Value) -> Res<Value> {
        self.collect_then(
            &v,
            |_, mut state, items| {
                let list = state.pop().unwrap_or(Value::None);
                if let (Value::List(list), Value::List(items)) = (&list, &items) {
                    let items = items.borrow().clone();
                    list.borrow_mut().extend(items);
                }
                Ok(list)
            },
            vec![Value::List(list)],
        )
    }

    pub(crate) fn unpack(&mut self, f: &mut Frame, v: Value, n: usize) -> Res<()> {
        let items = self.items_of(&v)?;
        if items.len() != n {
            return Err(wrong_count(&v, items.len(), n));
        }
        f.slots.extend(items.into_iter().rev());
        Ok(())
    }

    pub(crate) fn unpack_ex(&mut self, f: &mut Frame, v: Value, before: usize, after: usize) -> Res<()> {
        let mut items = self.items_of(&v)?;
        if items.len() < before + after {
            return value_error(format!(
                "not enough values to unpack (expected at least {}, got {})",
                before + after,
                items.len()
            ));
        }
        let tail = items.split_off(items.len() - after);
        let middle = items.split_off(before);
        f.slots.extend(tail.into_iter().rev());
        f.slots.push(Value::list(middle));
        f.slots.extend(items.into_iter().rev());
        Ok(())
    }

    fn items_of(&mut self, v: &Value) -> Res<Vec<Value>> {
        match v {
            Value::Tuple(t) => Ok(t.to_vec()),
            Value::List(l) => Ok(l.borrow().clone()),
            other => {
                if !self.is_iterable(other) && !matches!(other, Value::Class(_)) {
                    return type_error(format!("cannot unpack non-iterable {} object", type_name(other)));
                }
                self.collect_sync(other.clone())
            }
        }
    }
}

fn wrong_count(_: &Value, got: usize, want: usize) -> Box<Ctl> {
    let words = if got > want {
        format!("too many values to unpack (expected {want})")
    } else {
        format!("not enough values to unpack (expected {want}, got {got})")
    };
    throw(new("ValueError", vec![Value::str(words)]))
}
