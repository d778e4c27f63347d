//! The loop over instructions.
//!
//! The running frame lives in a local variable, its callers in `self.frames`. An instruction that fails returns through `?`;
//! [`Vm::execute`] looks at what it wants and goes on.

use std::rc::Rc;

use super::frame::{Frame, TryBlock};
use super::{Ctl, Res, Vm};
use crate::program::code::{Bin, Cache, Op, Un};
use crate::program::exceptions::{new, raise, throw, type_error};
use crate::program::value::iter::Step;
use crate::program::value::{CellBox, Key, Name, Set, Value};

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

    /// Instructions that are not worth a place in the hot loop.
    #[inline(never)]
    fn rare(&mut self, f: &mut Frame, op: Op) -> Res<Option<Flow>> {
        match op {
            Op::Nop => {}
            Op::Bury if self.graveyard.full.get() => self.bury(f)?,
            Op::DelFast(i) => {
                if f.slots[i as usize].is_unbound() {
                    return Err(self.unbound_local(f, i));
                }
                f.slots[i as usize] = Value::Unbound;
            }
            Op::Deref(i) => {
                let v = match &f.slots[i as usize] {
                    Value::Cell(c) => c.0.borrow().clone(),
                    other => other.clone(),
                };
                if v.is_unbound() {
                    return Err(self.unbound_local(f, i));
                }
                f.push(v);
            }
            Op::StoreDeref(i) => {
                let v = f.pop();
                if let Value::Cell(c) = &f.slots[i as usize] {
                    let old = c.0.replace(v);
                    drop(old);
                } else {
                    f.slots[i as usize] = Value::Cell(Rc::new(CellBox(v.into())));
                }
            }
            Op::DelDeref(i) => {
                if let Value::Cell(c) = &f.slots[i as usize] {
                    let old = c.0.replace(Value::Unbound);
                    if old.is_unbound() {
                        return Err(self.unbound_local(f, i));
                    }
                }
            }
            Op::LoadCell(i) => {
                let slot = &mut f.slots[i as usize];
                if !matches!(slot, Value::Cell(_)) {
                    let v = std::mem::take(slot);
                    *slot = Value::Cell(Rc::new(CellBox(v.into())));
                }
                let v = slot.clone();
                f.push(v);
            }
            Op::DelGlobal(name) => {
                let name = f.code.names[name as usize].clone();
                if f.globals.names.borrow_mut().remove(&name).is_none() {
                    return Err(name_error(&name));
                }
            }
            Op::LoadName(name) => {
                let name = f.code.names[name as usize].clone();
                let v = self.load_name(f, &name)?;
                f.push(v);
            }
            Op::StoreName(name) => {
                let v = f.pop();
                let name = &f.code.names[name as usize];
                match f.names() {
                    Some(names) => drop(names.names.borrow_mut().set(name, v)),
                    None => drop(f.globals.names.borrow_mut().set(name, v)),
                }
            }
            Op::DelName(name) => {
                let name = f.code.names[name as usize].clone();
                let gone = match f.names() {
                    Some(names) => names.names.borrow_mut().remove(&name),
                    None => f.globals.names.borrow_mut().remove(&name),
                };
                if gone.is_none() {
                    return Err(name_error(&name));
                }
            }
            Op::ClassDeref { name, slot } => {
                let name = f.code.names[name as usize].clone();
                let own = f.names().and_then(|n| n.names.borrow().get(&name).cloned());
                let v = match own {
                    Some(v) => v,
                    None => match &f.slots[slot as usize] {
                        Value::Cell(c) => c.0.borrow().clone(),
                        other => other.clone(),
                    },
                };
                if v.is_unbound() {
                    return Err(self.unbound_local(f, slot));
                }
                f.push(v);
            }
            Op::DelAttr(name) => {
                let obj = f.pop();
                let name = f.code.names[name as usize].clone();
                self.delete_attr(obj, &name)?;
            }
            Op::DelSubscr => {
                let index = f.pop();
                let obj = f.pop();
                self.delete_subscript(obj, index)?;
            }
            Op::Dup2 => {
                let n = f.slots.len();
                let (a, b) = (f.slots[n - 2].clone(), f.slots[n - 1].clone());
                f.push(a);
                f.push(b);
            }
            Op::Rot2 => {
                let n = f.slots.len();
                f.slots.swap(n - 1, n - 2);
            }
            Op::Rot3 => {
                let n = f.slots.len();
                f.slots[n - 3..].rotate_right(1);
            }
            Op::Rot4 => {
                let n = f.slots.len();
                f.slots[n - 4..].rotate_right(1);
            }
            Op::Unary(op) => {
                let v = f.pop();
                let v = match op {
                    Un::Not => {
                        let t = self.truth(&v)?;
                        Value::Bool(!t)
                    }
                    other => self.unary(other, v)?,
                };
                f.push(v);
            }
            Op::Is(yes) => {
                let b = f.pop();
                let a = f.pop();
                f.push(Value::Bool(a.is(&b) == yes));
            }
            Op::In(yes) => {
                let container = f.pop();
                let item = f.pop();
                let found = self.contains(container, item, yes)?;
                f.push(Value::Bool(found));
            }
            Op::GetIter => {
                let v = f.pop();
                let it = self.get_iter(v)?;
                f.push(it);
            }
            Op::Set(n) => {
                let at = f.slots.len() - n as usize;
                let items: Vec<Value> = f.slots.drain(at..).collect();
                let set = Set::new(false);
                for v in items {
                    self.set_add(&set, v)?;
                }
                f.push(Value::Set(Rc::new(set)));
            }
            Op::Dict(n) => {
                let at = f.slots.len() - 2 * n as usize;
                let items: Vec<Value> = f.slots.drain(at..).collect();
                let dict = Rc::new(crate::program::value::Dict::default());
                let mut it = items.into_iter();
                while let (Some(k), Some(v)) = (it.next(), it.next()) {
                    self.dict_set(&dict, k, v)?;
                }
                f.push(Value::Dict(dict));
            }
            Op::ConstKeyDict(_) => {}
            Op::Slice(n) => {
                let step = if n == 3 { f.pop() } else { Value::None };
                let stop = f.pop();
                let start = f.pop();
                f.push(Value::Slice(Rc::new((start, stop, step))));
            }
            Op::Strings(n) => {
                let at = f.slots.len() - n as usize;
                if n == 1 {
                    return Ok(None);
                }
                let mut text = String::new();
                for v in &f.slots[at..] {
                    text.push_str(v.as_str().unwrap_or(""));
                }
                f.slots.truncate(at);
                self.claim(text.len())?;
                f.push(Value::str(text));
            }
            Op::Format { conversion, spec } => {
                let spec = if spec { f.pop() } else { Value::None };
                let v = f.pop();
                let v = self.format_value(v, conversion, spec)?;
                f.push(v);
            }
            Op::SetAdd(under) => {
                let v = f.pop();
                let at = f.slots.len() - under as usize;
                if let Value::Set(s) = f.slots[at].clone() {
                    self.made += 48;
                    self.set_add(&s, v)?;
                }
            }
            Op::MapAdd(under) => {
                let v = f.pop();
                let k = f.pop();
                let at = f.slots.len() - under as usize;
                if let Value::Dict(d) = f.slots[at].clone() {
                    self.made += 64;
                    self.dict_set(&d, k, v)?;
                }
            }
            Op::ListExtend(under) => {
                let v = f.pop();
                let at = f.slots.len() - under as usize;
                let Value::List(list) = f.slots[at].clone() else {
                    return Ok(None);
                };
                let what = f.code.ops.get(f.ip).copied();
                let in_call = matches!(what, Some(Op::ListToTuple));
                if !self.is_iterable(&v) {
                    let name = crate::program::types::type_name(&v);
                    return type_error(if in_call && at > 0 {
                        let f = super::call::function_words(&f.slots[at - 1]);
                        format!("{f} argument after * must be an iterable, not {name}")
                    } else {
                        format!("'{name}' object is not iterable")
                    });
                }
                // The list lies on top; the continuation gives it back.
                f.pop();
                let got = self.extend_list(list, v)?;
                f.push(got);
            }
            Op::SetUpdate(under) => {
                let v = f.pop();
                let at = f.slots.len() - under as usize;
                if let Value::Set(s) = f.slots[at].clone() {
                    for item in self.collect_sync(v)? {
                        self.set_add(&s, item)?;
                    }
                }
            }
            Op::DictUpdate(under) | Op::DictMerge(under) => {
                let v = f.pop();
                let at = f.slots.len() - under as usize;
                let Value::Dict(d) = f.slots[at].clone() else {
                    return Ok(None);
                };
                let words = if matches!(op, Op::DictMerge(_)) && at >= 2 {
                    super::call::function_words(&f.slots[at - 2])
                } else {
                    String::new()
                };
                self.merge(&d, v, &words)?;
            }
            Op::ListToTuple => {
                if let Value::List(l) = f.pop() {
                    let items = l.borrow().clone();
                    f.push(Value::tuple(items));
                }
            }
            Op::UnpackEx(before, after) => {
                let v = f.pop();
                self.unpack_ex(f, v, before as usize, after as usize)?;
            }
            Op::CallKw(argc, names) => {
                let names = keyword_names(f, names);
                let at = f.slots.len() - argc as usize - 1;
                self.invoke(f, at, &names)?;
            }
            Op::CallMethodKw(argc, names) => {
                let names = keyword_names(f, names);
                let at = f.slots.len() - argc as usize - 2;
                if f.slots[at].is_unbound() {
                    f.slots.remove(at);
                }
                self.invoke(f, at, &names)?;
            }
            Op::CallEx(keywords) => self.call_ex(f, keywords)?,
            Op::Function { code, flags } => self.make_function(f, code, flags)?,
            Op::Class { argc, names } => self.build_class(f, argc as usize, names)?,
            Op::Try(handler) => {
                let block = TryBlock {
                    handler,
                    height: f.slots.len() as u32,
                    handled: f.handled().len() as u32,
                };
                f.rare().blocks.push(block);
            }
            Op::EndTry => drop(f.rare().blocks.pop()),
            Op::EndExcept => drop(f.rare().handled.pop()),
            Op::Match => {
                let class = f.pop();
                let e = f.pop();
                let v = self.exception_matches(&e, &class)?;
                f.push(Value::Bool(v));
            }
            Op::Reraise => {
                let e = f.pop();
                return Err(Box::new(Ctl::Reraise(e)));
            }
            Op::Raise(n) => return Err(self.raise_op(f, n)?),
            Op::AssertionError => {
                f.push(Value::Class(
                    crate::program::types::types().exception("AssertionError").clone(),
                ));
            }
            Op::With => self.with_enter(f)?,
            Op::ExitNormal => {
                let exit = f.pop();
                self.with_exit(f, exit)?;
            }
            Op::ExitExcept => {
                let n = f.slots.len();
                let exit = f.slots[n - 2].clone();
                let e = f.slots[n - 1].clone();
                let args = vec![
                    Value::Class(crate::program::types::class_of(&e).clone()),
                    e,
                    Value::None,
                ];
                return super::control::call_then(
                    exit,
                    args,
                    |vm, _, v| Ok(Value::Bool(vm.truth(&v)?)),
                    Vec::new(),
                );
            }
            Op::Yield => {
                let v = f.pop();
                return self.yield_value(f, v);
            }
            Op::YieldFromIter => {
                let v = f.pop();
                let v = if matches!(v, Value::Gen(_)) {
                    v
                } else {
                    self.get_iter(v)?
                };
                f.push(v);
            }
            Op::Send(to) => self.send_op(f, to)?,
            Op::Import {
                name,
                from,
                level,
                optional,
            } => {
                if optional && level == 0 {
                    self.import_must_be_there(f, name)?;
                }
                self.import_op(f, name, from, level)?;
            }
            Op::ImportFrom(name) => self.import_from(f, name)?,
            Op::ImportStar => self.import_star(f)?,
            Op::Display => {
                let v = f.pop();
                self.display(v)?;
            }
            Op::Refuse(words) => {
                let words = f.code.consts[words as usize].as_str().unwrap_or("").to_owned();
                return Err(raise("NotImplementedError", words));
            }
            // The others stand in the hot loop.
            _ => {}
        }
        Ok(None)
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

    fn unbound_local(&self, f: &Frame, slot: u32) -> Box<Ctl> {
        let name = f.code.locals[slot as usize].as_str();
        if f.code.free.contains(&slot) {
            return name_like(
                "NameError",
                name,
                format!(
                    "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
                ),
            );
        }
        name_like(
            "UnboundLocalError",
            name,
            format!("cannot access local variable '{name}' where it is not associated with a value"),
        )
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

fn keyword_names(f: &Frame, names: u32) -> Vec<Name> {
    match &f.code.consts[names as usize] {
        Value::Tuple(items) => items
            .iter()
            .filter_map(|v| {
                if let Value::Str(s) = v {
                    Some(Name::of(s))
                } else {
                    None
                }
            })
            .collect(),
        _ => Vec::new(),
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

/// NameError: name 'x' is not defined
pub(crate) fn name_error(name: &Name) -> Box<Ctl> {
    name_like(
        "NameError",
        name.as_str(),
        format!("name '{}' is not defined", name.as_str()),
    )
}

fn name_like(class: &str, name: &str, words: String) -> Box<Ctl> {
    let e = new(class, vec![Value::str(words)]);
    if let Value::Obj(o) = &e {
        o.attrs.borrow_mut().put("name", Value::str(name));
    }
    throw(e)
}
