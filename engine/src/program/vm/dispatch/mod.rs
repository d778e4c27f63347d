//! The loop over instructions.
//!
//! The running frame lives in a local variable, its callers in `self.frames`. An instruction that fails returns through `?`;
//! [`Vm::execute`] looks at what it wants and goes on.
//!
//! ```text
//! mod.rs     the loop, and what must stand in one piece with it
//! rare.rs    instructions that are seldom met
//! fault.rs   names that are bound to nothing
//! ```

mod fault;
mod rare;

use super::frame::Frame;
use super::{Ctl, Res, Vm};
use crate::program::code::{Bin, Cache, Op};
use crate::program::exceptions::raise;
use crate::program::value::iter::Step;
use crate::program::value::{Key, Name, Set, Value};
use fault::name_error;

/// Why the loop was left.
pub(crate) enum Flow {
    /// The thread's last frame has returned.
    ThreadDone,
    /// A call from Rust has its result.
    Sync(Value),
    /// Before a line, with line stops on.
    Line(u32),
    /// Time to look up: fuel, turn or target.
    LookUp,
}

impl Vm {
    /// Runs the frame until something needs the outside. The frame may be another one afterwards.
    pub(crate) fn interpret(&mut self, f: &mut Frame) -> Res<Flow> {
        loop {
            let op = f.code.ops[f.ip];
            f.ip += 1;
            match op {
                Op::Fast(i) => {
                    let v = f.slots[i as usize].clone();
                    if v.is_unbound() {
                        return Err(self.unbound_local(f, i));
                    }
                    f.slots.push(v);
                }
                Op::Const(i) => f.slots.push(f.code.consts[i as usize].clone()),
                Op::None => f.slots.push(Value::None),
                Op::StoreFast(i) => {
                    let v = f.pop();
                    f.slots[i as usize] = v;
                }
                Op::Fast2(a, b) => {
                    for i in [a, b] {
                        let v = f.slots[i as usize].clone();
                        if v.is_unbound() {
                            return Err(self.unbound_local(f, u32::from(i)));
                        }
                        f.slots.push(v);
                    }
                }
                Op::Global { name, cache } => {
                    let v = self.load_global(f, name, cache)?;
                    f.slots.push(v);
                }
                Op::StoreGlobal { name, cache } => {
                    let v = f.pop();
                    store_global(f, name, cache, v);
                }
                Op::Line(line) => {
                    if self.graveyard.full.get() {
                        self.bury(f)?;
                        if self.graveyard.full.get() {
                            continue;
                        }
                    }
                    f.line = line;
                    self.line = line;
                    self.ticks += 1;
                    self.lines += 1;
                    if self.line_stops && self.nested == 0 {
                        return Ok(Flow::Line(line));
                    }
                    if self.ticks >= self.look_up && self.nested == 0 {
                        return Ok(Flow::LookUp);
                    }
                    if self.nested > 0 && self.ticks >= self.look_up {
                        self.nested_fuel()?;
                    }
                }
                Op::Jump(to) => f.ip = to as usize,
                Op::JumpBack(to) => {
                    f.ip = to as usize;
                    self.ticks += 1;
                    if self.made >= self.measure_at {
                        self.check_memory(&f.slots)?;
                    }
                    if self.ticks >= self.look_up {
                        if self.nested == 0 {
                            return Ok(Flow::LookUp);
                        }
                        self.nested_fuel()?;
                    }
                }
                // Always followed by JumpIfFalse to the same place, for comparisons that take their time.
                Op::CompareJump(cmp, to) => {
                    let b = f.pop();
                    let a = f.pop();
                    let v = match (&a, &b) {
                        (Value::Int(x), Value::Int(y)) => {
                            f.ip = if cmp.holds(x.cmp(y)) {
                                f.ip + 1
                            } else {
                                to as usize
                            };
                            continue;
                        }
                        _ => self.compare(cmp, a, b)?,
                    };
                    f.slots.push(v);
                }
                Op::JumpIfFalse(to) => {
                    let v = f.pop();
                    if !self.quick_truth(v)? {
                        f.ip = to as usize;
                    }
                }
                Op::JumpIfTrue(to) => {
                    let v = f.pop();
                    if self.quick_truth(v)? {
                        f.ip = to as usize;
                    }
                }
                Op::JumpIfFalseOrPop(to) => {
                    let v = f.slots.last().cloned().unwrap_or(Value::None);
                    if self.truth(&v)? {
                        f.pop();
                    } else {
                        f.ip = to as usize;
                    }
                }
                Op::JumpIfTrueOrPop(to) => {
                    let v = f.slots.last().cloned().unwrap_or(Value::None);
                    if self.truth(&v)? {
                        f.ip = to as usize;
                    } else {
                        f.pop();
                    }
                }
                Op::Binary(op) => {
                    let b = f.pop();
                    let a = f.pop();
                    let v = match (op, &a, &b) {
                        (Bin::Add, Value::Int(x), Value::Int(y)) => x.checked_add(*y).map(Value::Int),
                        (Bin::Sub, Value::Int(x), Value::Int(y)) => x.checked_sub(*y).map(Value::Int),
                        (Bin::Mul, Value::Int(x), Value::Int(y)) => x.checked_mul(*y).map(Value::Int),
                        (Bin::Add, Value::Float(x), Value::Float(y)) => Some(Value::Float(x + y)),
                        (Bin::Sub, Value::Float(x), Value::Float(y)) => Some(Value::Float(x - y)),
                        (Bin::Mul, Value::Float(x), Value::Float(y)) => Some(Value::Float(x * y)),
                        _ => None,
                    };
                    let v = match v {
                        Some(v) => v,
                        None => self.binary(op, a, b)?,
                    };
                    f.slots.push(v);
                }
                Op::Inplace(op) => {
                    let b = f.pop();
                    let a = f.pop();
                    let v = match (op, &a, &b) {
                        (Bin::Add, Value::Int(x), Value::Int(y)) => x.checked_add(*y).map(Value::Int),
                        (Bin::Sub, Value::Int(x), Value::Int(y)) => x.checked_sub(*y).map(Value::Int),
                        _ => None,
                    };
                    let v = match v {
                        Some(v) => v,
                        None => self.inplace(op, a, b)?,
                    };
                    f.slots.push(v);
                }
                Op::Compare(cmp) => {
                    let b = f.pop();
                    let a = f.pop();
                    let v = match (&a, &b) {
                        (Value::Int(x), Value::Int(y)) => Value::Bool(cmp.holds(x.cmp(y))),
                        _ => self.compare(cmp, a, b)?,
                    };
                    f.slots.push(v);
                }
                Op::ForIter(to) => {
                    let top = f.slots.len() - 1;
                    if let Value::Iter(it) = &f.slots[top] {
                        match it.next() {
                            Step::Item(v) => f.slots.push(v),
                            Step::End => {
                                f.pop();
                                f.ip = to as usize;
                            }
                            Step::Changed(words) => return Err(raise("RuntimeError", words)),
                            Step::Uneven(words) => return Err(raise("ValueError", words)),
                        }
                    } else {
                        self.for_iter(f, to)?;
                    }
                }
                Op::Attr { name, cache } => {
                    let obj = f.pop();
                    let v = self.load_attr(f, obj, name, cache)?;
                    f.slots.push(v);
                }
                Op::LoadMethod { name, cache } => self.load_method(f, name, cache)?,
                Op::CallMethod(argc) => {
                    let at = f.slots.len() - argc as usize - 2;
                    if f.slots[at].is_unbound() {
                        f.slots.remove(at);
                        self.invoke(f, at, &[])?;
                    } else {
                        self.invoke(f, at, &[])?;
                    }
                }
                Op::Call(argc) => {
                    let at = f.slots.len() - argc as usize - 1;
                    self.invoke(f, at, &[])?;
                }
                Op::Return => {
                    let v = f.pop();
                    if let Some(flow) = self.give_back(f, v)? {
                        return Ok(flow);
                    }
                }
                Op::Subscr => {
                    let index = f.pop();
                    let obj = f.pop();
                    let v = match (&obj, &index) {
                        (Value::List(l), Value::Int(i)) if *i >= 0 => l.borrow().get(*i as usize).cloned(),
                        (Value::Tuple(t), Value::Int(i)) if *i >= 0 => t.get(*i as usize).cloned(),
                        (Value::Dict(d), Value::Str(s)) if !d.custom.get() => {
                            let probe = crate::program::value::dict::Probe(s.hash(), &index);
                            d.map.borrow().get(&probe).cloned()
                        }
                        _ => None,
                    };
                    let v = match v {
                        Some(v) => v,
                        None => self.subscript(obj, index)?,
                    };
                    f.slots.push(v);
                }
                Op::StoreSubscr => {
                    let index = f.pop();
                    let obj = f.pop();
                    let value = f.pop();
                    self.store_subscript(obj, index, value)?;
                }
                Op::StoreAttr { name, cache } => {
                    let obj = f.pop();
                    let value = f.pop();
                    self.store_attr_cached(f, obj, name, cache, value)?;
                }
                Op::Pop => {
                    f.pop();
                }
                Op::Dup => {
                    let v = f.slots.last().cloned().unwrap_or(Value::None);
                    f.push(v);
                }
                Op::Tuple(n) => {
                    let at = f.slots.len() - n as usize;
                    let items: Vec<Value> = f.slots.drain(at..).collect();
                    f.push(Value::tuple(items));
                }
                Op::List(n) => {
                    let at = f.slots.len() - n as usize;
                    let items: Vec<Value> = f.slots.drain(at..).collect();
                    self.made += 64 + 16 * items.len();
                    f.push(Value::list(items));
                }
                Op::ListAppend(under) => {
                    let v = f.pop();
                    let at = f.slots.len() - under as usize;
                    self.made += 16;
                    if let Value::List(l) = &f.slots[at] {
                        l.borrow_mut().push(v);
                    }
                }
                Op::Unpack(n) => {
                    let v = f.pop();
                    self.unpack(f, v, n as usize)?;
                }
                other => {
                    if let Some(flow) = self.rare(f, other)? {
                        return Ok(flow);
                    }
                }
            }
        }
    }

    #[inline]
    fn quick_truth(&mut self, v: Value) -> Res<bool> {
        match v {
            Value::Bool(b) => Ok(b),
            other => self.truth(&other),
        }
    }

    /// A global or built-in.
    #[inline]
    fn load_global(&mut self, f: &mut Frame, name: u32, cache: u16) -> Res<Value> {
        let slot = &f.code.caches[cache as usize];
        let c = slot.get();
        {
            let globals = f.globals.names.borrow();
            if c.version == globals.shape() && c.version != 0 {
                if c.kind == 1 {
                    if let Some(v) = globals.at_unchecked(c.place as usize) {
                        return Ok(v.clone());
                    }
                } else if c.kind == 2
                    && let Some(b) = &f.globals.builtins
                    && let Some(v) = b
                        .names
                        .borrow()
                        .at(c.place as usize, &f.code.names[name as usize])
                {
                    return Ok(v.clone());
                }
            }
        }
        let name = &f.code.names[name as usize];
        let globals = f.globals.names.borrow();
        if let Some(place) = globals.find(name) {
            slot.set(Cache {
                version: globals.shape(),
                kind: 1,
                mro: 0,
                place: place as u32,
            });
            return Ok(globals.at_unchecked(place).cloned().unwrap_or(Value::None));
        }
        if let Some(b) = &f.globals.builtins {
            let names = b.names.borrow();
            if let Some(place) = names.find(name) {
                slot.set(Cache {
                    version: globals.shape(),
                    kind: 2,
                    mro: 0,
                    place: place as u32,
                });
                return Ok(names.at_unchecked(place).cloned().unwrap_or(Value::None));
            }
        }
        Err(name_error(name))
    }

    pub(crate) fn load_name(&mut self, f: &Frame, name: &Name) -> Res<Value> {
        if let Some(names) = f.names()
            && let Some(v) = names.names.borrow().get(name)
        {
            return Ok(v.clone());
        }
        if let Some(v) = f.globals.names.borrow().get(name) {
            return Ok(v.clone());
        }
        if let Some(b) = &f.globals.builtins
            && let Some(v) = b.names.borrow().get(name)
        {
            return Ok(v.clone());
        }
        Err(name_error(name))
    }

    /// Runs a frame stack until the thread is done, or something needs the outside; exceptions are handled on the way.
    pub(crate) fn execute(&mut self, f: &mut Frame) -> Result<Flow, Box<Ctl>> {
        loop {
            match self.interpret(f) {
                Ok(flow) => return Ok(flow),
                Err(ctl) => match *ctl {
                    Ctl::Raise(e) => self.unwind(f, e, false)?,
                    Ctl::Reraise(e) => self.unwind(f, e, true)?,
                    other => self.handle(f, Box::new(other))?,
                },
            }
        }
    }

    /// Deals with a failure outside `interpret`, as `execute` does.
    pub(crate) fn handle(&mut self, f: &mut Frame, ctl: Box<Ctl>) -> Result<(), Box<Ctl>> {
        let mut ctl = ctl;
        loop {
            match *ctl {
                Ctl::Raise(e) => return self.unwind(f, e, false),
                Ctl::Reraise(e) => return self.unwind(f, e, true),
                Ctl::Call(req) => match self.call_request(f, req) {
                    Ok(()) => return Ok(()),
                    Err(e) => ctl = e,
                },
                Ctl::Resume(g, v, what, after) => match self.resume_request(f, &g, v, what, after) {
                    Ok(()) => return Ok(()),
                    Err(e) => ctl = e,
                },
                Ctl::Import(name, package, after) => {
                    let mut then = after;
                    if package {
                        let top = name.split('.').next().unwrap_or(&name);
                        then.insert(0, super::import::then_module(top));
                    }
                    match self.import(f, &name, then) {
                        Ok(v) => {
                            if !v.is_unbound() {
                                f.push(v);
                            }
                            return Ok(());
                        }
                        Err(e) => ctl = e,
                    }
                }
                Ctl::Enter(frame, after) => {
                    let mut frame = *frame;
                    frame.go_on(after);
                    let caller = std::mem::replace(f, frame);
                    self.frames.push(caller);
                    return Ok(());
                }
                other => return Err(Box::new(other)),
            }
        }
    }

    fn nested_fuel(&mut self) -> Res<()> {
        // Code inside a sort key's __lt__ or a __hash__ cannot be suspended; it may not run for ever either.
        if self.ticks > self.fuel_ends.saturating_add(20_000_000) {
            return Err(raise(
                "RuntimeError",
                "this code is called by a built-in and runs too long",
            ));
        }
        Ok(())
    }

    pub(crate) fn set_add(&mut self, set: &Set, v: Value) -> Res<()> {
        let key = self.key(v)?;
        if set.custom.get() || is_custom(&key) {
            set.custom.set(true);
            if self.find_in_set(set, &key)?.is_some() {
                return Ok(());
            }
        }
        set.add(key);
        Ok(())
    }
}

/// A key that needs the program's `__eq__`.
pub(crate) fn is_custom(key: &Key) -> bool {
    match &key.value {
        Value::Obj(o) => o.class.has(crate::program::value::object::flag::EQ),
        Value::Tuple(items) => items.iter().any(|v| {
            is_custom(&Key {
                hash: 0,
                value: v.clone(),
            })
        }),
        _ => false,
    }
}

#[inline]
fn store_global(f: &mut Frame, name: u32, cache: u16, v: Value) {
    let name = &f.code.names[name as usize];
    let slot = &f.code.caches[cache as usize];
    let old = {
        let mut globals = f.globals.names.borrow_mut();
        match globals.at_mut(slot.get().place as usize, name) {
            Some(place) => Some(std::mem::replace(place, v)),
            None => {
                let old = globals.set(name, v);
                if let Some(place) = globals.find(name) {
                    slot.set(Cache {
                        place: place as u32,
                        ..Cache::default()
                    });
                }
                old
            }
        }
    };
    // Dropped outside the borrow: a last reference may run code of its own.
    drop(old);
}
