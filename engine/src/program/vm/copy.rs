//! A deep copy of the whole VM, to show the past; how many bytes it holds; and taking it apart.
//!
//! What never changes is shared between copies: code, text, numbers, built-in types. Everything else is copied once, found
//! again by its address. Containers are copied empty first and filled from a list of work, so that long chains of
//! objects do not exhaust the stack.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::control::Cont;
use super::frame::{Frame, Rare, Then};
use super::threads::{State, Thread};
use super::{Names, Vm};
use crate::program::value::func::{Dead, Graveyard};
use crate::program::value::object::{ExcData, LockData};
use crate::program::value::{
    CellBox, Class, Dict, DictView, Function, Generator, Instance, Iter, Key, Method, Module, NameMap,
    Payload, Property, Value,
};

struct Copier {
    known: HashMap<usize, Value>,
    work: Vec<(Value, Value)>,
    graveyard: Rc<Graveyard>,
}

impl Vm {
    /// A VM in the same state, which runs on by itself.
    pub fn snapshot(&self) -> Self {
        let mut c = Copier {
            known: HashMap::new(),
            work: Vec::new(),
            graveyard: Rc::new(Graveyard::default()),
        };
        let threads = self
            .threads
            .iter()
            .map(|t| Thread {
                name: t.name.clone(),
                daemon: t.daemon,
                frames: t.frames.iter().map(|f| c.frame(f)).collect(),
                state: match &t.state {
                    State::Ready => State::Ready,
                    State::Idle => State::Idle,
                    State::Done => State::Done,
                    State::Answered(then, state, answer) => {
                        State::Answered(*then, c.all(state), answer.clone())
                    }
                    State::Given(v) => State::Given(c.value(v)),
                    State::Waiting(token, call, then, state) => {
                        State::Waiting(*token, call.clone(), *then, c.all(state))
                    }
                    State::Blocked(lock, token, api) => State::Blocked(c.instance(lock), *token, api),
                },
                after: c.conts(&t.after),
            })
            .collect();
        let dead: Vec<Dead> = self
            .graveyard
            .dead
            .borrow()
            .iter()
            .map(|d| match d {
                Dead::Socket(sock, fd) => Dead::Socket(*sock, *fd),
                Dead::Instance(class, attrs, id, payload) => {
                    let class = c.class(class);
                    let attrs = attrs.map(|v| c.value(v));
                    let payload = c.payload(payload);
                    Dead::Instance(class, attrs, *id, payload)
                }
                Dead::Generator(frame, name) => Dead::Generator(Box::new(c.frame(frame)), name.clone()),
            })
            .collect();
        let vm = Self {
            config: self.config.clone(),
            frames: self.frames.iter().map(|f| c.frame(f)).collect(),
            threads,
            current: self.current,
            modules: self
                .modules
                .iter()
                .map(|(n, m)| (n.clone(), c.value(m)))
                .collect(),
            builtins: c.module(&self.builtins),
            prelude: c.module(&self.prelude),
            main: c.module(&self.main),
            output: self.output.clone(),
            output_bytes: self.output_bytes,
            ticks: self.ticks,
            lines: self.lines,
            look_up: self.look_up,
            turn_ends: self.turn_ends,
            fuel_ends: self.fuel_ends,
            line_stops: self.line_stops,
            line: self.line,
            next_token: self.next_token,
            cancelled: self.cancelled.clone(),
            next_id: self.next_id,
            next_socket: self.next_socket,
            fds: self.fds.clone(),
            graveyard: c.graveyard.clone(),
            ended: self.ended,
            status: self.status,
            raised: self.raised.clone(),
            made: self.made,
            measure_at: self.measure_at,
            nested: self.nested,
            files: self.files.clone(),
            state: self.state.iter().map(|(n, v)| (*n, c.value(v))).collect(),
            spare: Vec::new(),
            depth: self.depth,
            interrupted: self.interrupted,
            finishing: self.finishing,
            plain_construct: false,
            ids: std::collections::HashMap::new(),
            typed: self.typed.clone(),
            names: Names::clone(&self.names),
        };
        c.finish();
        vm.graveyard.full.set(!dead.is_empty());
        *vm.graveyard.dead.borrow_mut() = dead;
        vm
    }

    /// About how many bytes the program's values hold.
    pub fn size(&self) -> usize {
        self.size_with(&[])
    }

    /// The same with the slots of the running frame.
    pub(crate) fn size_with(&self, running: &[Value]) -> usize {
        let mut total = 4096 + self.output_bytes;
        let mut seen = HashSet::new();
        let mut work: Vec<Value> = Vec::new();
        for (_, m) in &self.modules {
            work.push(m.clone());
        }
        work.extend(running.iter().cloned());
        let frames = self
            .frames
            .iter()
            .chain(self.threads.iter().flat_map(|t| &t.frames));
        for f in frames {
            total += 200 + 16 * f.slots.len();
            work.extend(f.slots.iter().cloned());
        }
        while let Some(v) = work.pop() {
            if let Some(at) = v.address()
                && !seen.insert(at)
            {
                continue;
            }
            total += children(&v, &mut work);
        }
        total + self.files.values().map(|b| b.len()).sum::<usize>()
    }
}

impl Drop for Vm {
    /// Takes the rings apart that reference counting cannot free: modules, classes and functions hold each other.
    fn drop(&mut self) {
        let mut seen = HashSet::new();
        let mut work: Vec<Value> = self.modules.drain(..).map(|(_, m)| m).collect();
        work.push(Value::Module(self.prelude.clone()));
        let frames = self
            .frames
            .drain(..)
            .chain(self.threads.iter_mut().flat_map(|t| t.frames.drain(..)));
        for f in frames {
            work.extend(f.slots.iter().cloned());
            work.push(Value::Module(f.globals.clone()));
        }
        let mut all = Vec::new();
        while let Some(v) = work.pop() {
            if let Some(at) = v.address()
                && !seen.insert(at)
            {
                continue;
            }
            children(&v, &mut work);
            if matches!(
                v,
                Value::Module(_)
                    | Value::Class(_)
                    | Value::Obj(_)
                    | Value::List(_)
                    | Value::Dict(_)
                    | Value::Cell(_)
                    | Value::Gen(_)
                    | Value::Func(_)
            ) {
                all.push(v);
            }
        }
        // Everything is held by `all` until all of it is empty: nothing is dropped deep inside something else.
        let mut rest: Vec<Value> = Vec::new();
        for v in &all {
            match v {
                Value::Module(m) => rest.extend(m.names.borrow_mut().take().into_iter().map(|e| e.1)),
                Value::Class(c) if !c.builtin => {
                    rest.extend(c.attrs.borrow_mut().take().into_iter().map(|e| e.1));
                }
                Value::Obj(o) => {
                    rest.extend(o.attrs.borrow_mut().take().into_iter().map(|e| e.1));
                    if let Payload::Exc(e) = &o.payload {
                        let data = std::mem::take(&mut *e.borrow_mut());
                        rest.extend(data.args);
                        rest.extend(data.cause);
                        rest.extend(data.context);
                    }
                }
                Value::List(l) => rest.append(&mut l.borrow_mut()),
                Value::Dict(d) => rest.extend(std::mem::take(&mut *d.map.borrow_mut()).into_values()),
                Value::Cell(c) => rest.push(c.0.take()),
                Value::Func(f) => rest.extend(f.attrs.borrow_mut().take().into_iter().map(|e| e.1)),
                Value::Gen(g) => {
                    if let Some(f) = g.frame.borrow_mut().take() {
                        rest.extend(f.slots.iter().cloned());
                    }
                }
                _ => {}
            }
        }
        drop(rest);
        drop(all);
        self.graveyard.dead.borrow_mut().clear();
    }
}

/// Puts what a value holds on the list; gives the bytes of the value itself.
fn children(v: &Value, work: &mut Vec<Value>) -> usize {
    match v {
        Value::Str(s) => 56 + s.as_str().len(),
        Value::Bytes(b) => 40 + b.len(),
        Value::ByteArray(b) => 56 + b.borrow().capacity(),
        Value::Big(n) => 40 + n.bits() as usize / 8,
        Value::Tuple(t) => {
            work.extend(t.iter().cloned());
            40 + 16 * t.len()
        }
        Value::List(l) => {
            let l = l.borrow();
            work.extend(l.iter().cloned());
            56 + 16 * l.capacity()
        }
        Value::Dict(d) => {
            let map = d.map.borrow();
            for (k, v) in map.iter() {
                work.push(k.value.clone());
                work.push(v.clone());
            }
            80 + 64 * map.capacity()
        }
        Value::Set(s) => {
            let keys = s.keys();
            let n = keys.len();
            work.extend(keys.into_iter().map(|k| k.value));
            80 + 64 * n
        }
        Value::Obj(o) => {
            let attrs = o.attrs.borrow();
            work.extend(attrs.iter().map(|(_, v)| v.clone()));
            work.push(Value::Class(o.class.clone()));
            let own = match &o.payload {
                Payload::Value(v) => {
                    work.push(v.clone());
                    0
                }
                Payload::Exc(e) => {
                    let e = e.borrow();
                    work.extend(e.args.iter().cloned());
                    work.extend(e.cause.iter().cloned());
                    work.extend(e.context.iter().cloned());
                    work.extend(e.notes.iter().cloned());
                    24 * e.traceback.len()
                }
                Payload::Opaque(o) => o.visit(&mut |v| work.push(v.clone())),
                _ => 64,
            };
            120 + 24 * attrs.len() + own
        }
        Value::Class(c) => {
            if c.builtin {
                return 0;
            }
            work.extend(c.attrs.borrow().iter().map(|(_, v)| v.clone()));
            work.extend(c.bases.iter().cloned().map(Value::Class));
            work.extend(c.meta.iter().cloned().map(Value::Class));
            400 + 24 * c.attrs.borrow().len()
        }
        Value::Module(m) => {
            work.extend(m.names.borrow().iter().map(|(_, v)| v.clone()));
            work.extend(m.builtins.iter().cloned().map(Value::Module));
            120 + 24 * m.names.borrow().len()
        }
        Value::Func(f) => {
            work.extend(f.defaults.borrow().iter().cloned());
            work.extend(f.kw_defaults.iter().map(|(_, v)| v.clone()));
            work.extend(f.closure.iter().cloned().map(Value::Cell));
            work.extend(f.attrs.borrow().iter().map(|(_, v)| v.clone()));
            work.push(Value::Module(f.globals.clone()));
            160
        }
        Value::Method(m) => {
            work.push(m.func.clone());
            work.push(m.this.clone());
            48
        }
        Value::Gen(g) => {
            if let Ok(f) = g.frame.try_borrow()
                && let Some(f) = &*f
            {
                work.extend(f.slots.iter().cloned());
                work.extend(f.handled().iter().cloned());
                return 300 + 16 * f.slots.len();
            }
            100
        }
        Value::Iter(i) => {
            match &**i {
                Iter::List(l, _) | Iter::ReversedList(l, _) => work.push(Value::List(l.clone())),
                Iter::Tuple(t, _) => work.push(Value::Tuple(t.clone())),
                Iter::Dict(d, ..) => work.push(Value::Dict(d.clone())),
                Iter::Set(s, ..) => work.push(Value::Set(s.clone())),
                Iter::Values(v, _) => work.extend(v.borrow().as_slice().iter().cloned()),
                Iter::Enumerate(v, _) => work.push(v.clone()),
                Iter::Zip(v, _) => work.extend(v.iter().cloned()),
                _ => {}
            }
            64
        }
        Value::View(w) => {
            work.push(Value::Dict(w.dict.clone()));
            32
        }
        Value::Property(p) => {
            work.extend([p.get.clone(), p.set.clone(), p.del.clone(), p.doc.clone()]);
            80
        }
        Value::StaticMethod(v) | Value::ClassMethod(v) => {
            work.push((**v).clone());
            32
        }
        Value::Super(s) => {
            work.push(Value::Class(s.0.clone()));
            work.push(s.1.clone());
            40
        }
        Value::Cell(c) => {
            work.push(c.0.borrow().clone());
            32
        }
        Value::Slice(s) => {
            work.extend([s.0.clone(), s.1.clone(), s.2.clone()]);
            64
        }
        _ => 0,
    }
}

impl Copier {
    fn all(&mut self, values: &[Value]) -> Vec<Value> {
        values.iter().map(|v| self.value(v)).collect()
    }

    fn conts(&mut self, conts: &[Cont]) -> Vec<Cont> {
        conts
            .iter()
            .map(|c| Cont {
                run: c.run,
                state: self.all(&c.state),
            })
            .collect()
    }

    fn module(&mut self, m: &Rc<Module>) -> Rc<Module> {
        match self.value(&Value::Module(m.clone())) {
            Value::Module(m) => m,
            _ => m.clone(),
        }
    }

    fn class(&mut self, c: &Rc<Class>) -> Rc<Class> {
        match self.value(&Value::Class(c.clone())) {
            Value::Class(c) => c,
            _ => c.clone(),
        }
    }

    fn instance(&mut self, o: &Rc<Instance>) -> Rc<Instance> {
        match self.value(&Value::Obj(o.clone())) {
            Value::Obj(o) => o,
            _ => o.clone(),
        }
    }

    fn dict(&mut self, d: &Rc<Dict>) -> Rc<Dict> {
        match self.value(&Value::Dict(d.clone())) {
            Value::Dict(d) => d,
            _ => d.clone(),
        }
    }

    fn cell(&mut self, c: &Rc<CellBox>) -> Rc<CellBox> {
        match self.value(&Value::Cell(c.clone())) {
            Value::Cell(c) => c,
            _ => c.clone(),
        }
    }

    fn frame(&mut self, f: &Frame) -> Frame {
        Frame {
            code: f.code.clone(),
            ip: f.ip,
            slots: self.all(&f.slots),
            globals: self.module(&f.globals),
            then: match &f.then {
                Then::Push => Then::Push,
                Then::Discard => Then::Discard,
                Then::Init(v) => Then::Init(self.value(v)),
                Then::ForIter(to) => Then::ForIter(*to),
                Then::Send(to) => Then::Send(*to),
                Then::Next => Then::Next,
                Then::NextOr(v) => Then::NextOr(self.value(v)),
                Then::Close => Then::Close,
                Then::Thread => Then::Thread,
                Then::Sync => Then::Sync,
            },
            rare: f.rare.as_ref().map(|rare| Box::new(self.rare(rare))),
            line: f.line,
        }
    }

    fn rare(&mut self, rare: &Rare) -> Rare {
        let generator = rare.generator.as_ref();
        Rare {
            blocks: rare.blocks.clone(),
            handled: self.all(&rare.handled),
            names: rare.names.as_ref().map(|m| self.module(m)),
            generator: generator.and_then(|g| match self.value(&Value::Gen(g.clone())) {
                Value::Gen(g) => Some(g),
                _ => None,
            }),
            after: self.conts(&rare.after),
        }
    }

    fn payload(&mut self, p: &Payload) -> Payload {
        match p {
            Payload::None => Payload::None,
            Payload::Value(v) => Payload::Value(self.value(v)),
            // Filled later: exceptions hold each other.
            Payload::Exc(_) => Payload::Exc(Box::default()),
            Payload::Socket(s) => {
                let s = s.borrow();
                Payload::Socket(Box::new(RefCell::new(crate::program::value::SocketData {
                    sock: s.sock,
                    fd: s.fd,
                    family: s.family,
                    kind: s.kind,
                    proto: s.proto,
                    timeout: s.timeout,
                    files: s.files,
                    closing: s.closing,
                })))
            }
            Payload::Lock(l) => Payload::Lock(Box::new(LockData {
                reentrant: l.reentrant,
                owner: l.owner.clone(),
                count: l.count.clone(),
            })),
            Payload::Opaque(o) => Payload::Opaque(o.copy(&mut |v| self.value(v))),
        }
    }

    /// The copy of a value; containers may still be empty.
    fn value(&mut self, v: &Value) -> Value {
        let Some(at) = v.address() else { return v.clone() };
        if let Some(copy) = self.known.get(&at) {
            return copy.clone();
        }
        let copy = match v {
            Value::List(_) => Value::list(Vec::new()),
            Value::Dict(d) => {
                let new = Dict::default();
                new.custom.set(d.custom.get());
                Value::Dict(Rc::new(new))
            }
            Value::ByteArray(b) => Value::ByteArray(Rc::new(RefCell::new(b.borrow().clone()))),
            Value::Cell(_) => Value::Cell(Rc::default()),
            Value::Tuple(t) => {
                let items = t.iter().map(|v| self.value(v)).collect();
                Value::tuple(items)
            }
            Value::Set(s) => Value::Set(Rc::new(s.map(s.frozen, |v| self.value(v)))),
            Value::Slice(s) => Value::Slice(Rc::new((self.value(&s.0), self.value(&s.1), self.value(&s.2)))),
            Value::Module(m) => {
                let builtins = m.builtins.as_ref().map(|b| self.module(b));
                Value::Module(Rc::new(Module {
                    name: m.name.clone(),
                    names: RefCell::new(NameMap::new()),
                    builtins,
                    absent: m.absent,
                    dict: RefCell::new(None),
                }))
            }
            Value::Class(c) => {
                if c.builtin {
                    return v.clone();
                }
                let bases: Vec<Rc<Class>> = c.bases.iter().map(|b| self.class(b)).collect();
                let new = Rc::new(Class {
                    name: RefCell::new(c.name()),
                    qualname: c.qualname.clone(),
                    module: c.module.clone(),
                    mro: c.mro.iter().map(|b| self.class(b)).collect(),
                    bases,
                    attrs: RefCell::new(NameMap::new()),
                    version: c.version.clone(),
                    base: c.base,
                    builtin: false,
                    flags: c.flags.clone(),
                    subclasses: RefCell::new(Vec::new()),
                    meta: c.meta.as_ref().map(|m| self.class(m)),
                });
                for b in &new.bases {
                    if !b.builtin {
                        b.subclasses.borrow_mut().push(Rc::downgrade(&new));
                    }
                }
                Value::Class(new)
            }
            Value::Obj(o) => {
                let class = self.class(&o.class);
                let payload = self.payload(&o.payload);
                Value::Obj(Rc::new(Instance {
                    class,
                    attrs: RefCell::new(NameMap::new()),
                    id: o.id,
                    payload,
                    graveyard: o.graveyard.as_ref().map(|_| self.graveyard.clone()),
                }))
            }
            Value::Func(f) => {
                let globals = self.module(&f.globals);
                let closure = f.closure.iter().map(|c| self.cell(c)).collect();
                let kw_defaults = f
                    .kw_defaults
                    .iter()
                    .map(|(n, v)| (n.clone(), self.value(v)))
                    .collect();
                Value::Func(Rc::new(Function {
                    code: f.code.clone(),
                    globals,
                    defaults: RefCell::new(Rc::from([])),
                    kw_defaults,
                    closure,
                    name: f.name.clone(),
                    qualname: f.qualname.clone(),
                    attrs: RefCell::new(NameMap::new()),
                }))
            }
            Value::Method(m) => Value::Method(Rc::new(Method {
                func: self.value(&m.func),
                this: self.value(&m.this),
            })),
            Value::Gen(g) => Value::Gen(Rc::new(Generator {
                frame: RefCell::new(None),
                running: g.running.clone(),
                started: g.started.clone(),
                name: g.name.clone(),
                qualname: g.qualname.clone(),
                graveyard: self.graveyard.clone(),
            })),
            Value::Iter(i) => Value::Iter(Rc::new(self.iter(i))),
            Value::View(w) => Value::View(Rc::new(DictView {
                dict: self.dict(&w.dict),
                kind: w.kind,
            })),
            Value::Property(p) => Value::Property(Rc::new(Property {
                get: self.value(&p.get),
                set: self.value(&p.set),
                del: self.value(&p.del),
                doc: self.value(&p.doc),
            })),
            Value::StaticMethod(inner) => Value::StaticMethod(Rc::new(self.value(inner))),
            Value::ClassMethod(inner) => Value::ClassMethod(Rc::new(self.value(inner))),
            Value::Super(s) => Value::Super(Rc::new((self.class(&s.0), self.value(&s.1)))),
            // Never change: shared.
            other => return other.clone(),
        };
        // A value reached again while its parts were copied has its copy already (a tuple in its own list).
        if let Some(copy) = self.known.get(&at) {
            return copy.clone();
        }
        self.known.insert(at, copy.clone());
        if matches!(
            v,
            Value::List(_)
                | Value::Dict(_)
                | Value::Cell(_)
                | Value::Module(_)
                | Value::Class(_)
                | Value::Obj(_)
                | Value::Func(_)
                | Value::Gen(_)
        ) {
            self.work.push((v.clone(), copy.clone()));
        }
        copy
    }

    fn iter(&mut self, i: &Iter) -> Iter {
        let list = |c: &mut Self, l: &Rc<crate::program::value::List>| match c.value(&Value::List(l.clone()))
        {
            Value::List(l) => l,
            _ => l.clone(),
        };
        match i {
            Iter::List(l, at) => Iter::List(list(self, l), at.clone()),
            Iter::ReversedList(l, at) => Iter::ReversedList(list(self, l), at.clone()),
            Iter::Tuple(t, at) => match self.value(&Value::Tuple(t.clone())) {
                Value::Tuple(t) => Iter::Tuple(t, at.clone()),
                _ => Iter::Tuple(t.clone(), at.clone()),
            },
            Iter::Str(s, at) => Iter::Str(s.clone(), at.clone()),
            Iter::Bytes(b, at) => Iter::Bytes(b.clone(), at.clone()),
            Iter::ByteArray(b, at) => match self.value(&Value::ByteArray(b.clone())) {
                Value::ByteArray(b) => Iter::ByteArray(b, at.clone()),
                _ => Iter::ByteArray(b.clone(), at.clone()),
            },
            Iter::Range(next, left, step) => Iter::Range(next.clone(), left.clone(), *step),
            Iter::Dict(d, kind, at, len) => Iter::Dict(self.dict(d), *kind, at.clone(), *len),
            Iter::Set(s, at, len) => match self.value(&Value::Set(s.clone())) {
                Value::Set(s) => Iter::Set(s, at.clone(), *len),
                _ => Iter::Set(s.clone(), at.clone(), *len),
            },
            Iter::Values(items, kind) => {
                let items: Vec<Value> = items.borrow().as_slice().to_vec();
                Iter::values(self.all(&items), kind)
            }
            Iter::Enumerate(v, n) => Iter::Enumerate(self.value(v), Cell::clone(n)),
            Iter::Zip(all, strict) => Iter::Zip(self.all(all), *strict),
        }
    }

    /// Fills the containers.
    fn finish(&mut self) {
        while let Some((from, to)) = self.work.pop() {
            match (&from, &to) {
                (Value::List(a), Value::List(b)) => {
                    let items = a.borrow().iter().map(|v| self.value(v)).collect();
                    *b.borrow_mut() = items;
                }
                (Value::Dict(a), Value::Dict(b)) => {
                    let map = a
                        .map
                        .borrow()
                        .iter()
                        .map(|(k, v)| {
                            (
                                Key {
                                    hash: k.hash,
                                    value: self.value(&k.value),
                                },
                                self.value(v),
                            )
                        })
                        .collect();
                    *b.map.borrow_mut() = map;
                    let owner = self.value(&a.owner.borrow());
                    *b.owner.borrow_mut() = owner;
                }
                (Value::Cell(a), Value::Cell(b)) => {
                    let v = self.value(&a.0.borrow());
                    *b.0.borrow_mut() = v;
                }
                (Value::Module(a), Value::Module(b)) => {
                    let names = a.names.borrow().map(|v| self.value(v));
                    *b.names.borrow_mut() = names;
                }
                (Value::Class(a), Value::Class(b)) => {
                    let attrs = a.attrs.borrow().map(|v| self.value(v));
                    *b.attrs.borrow_mut() = attrs;
                }
                (Value::Obj(a), Value::Obj(b)) => {
                    let attrs = a.attrs.borrow().map(|v| self.value(v));
                    *b.attrs.borrow_mut() = attrs;
                    if let (Payload::Exc(a), Payload::Exc(b)) = (&a.payload, &b.payload) {
                        let a = a.borrow();
                        let data = ExcData {
                            args: self.all(&a.args),
                            cause: a.cause.as_ref().map(|v| self.value(v)),
                            context: a.context.as_ref().map(|v| self.value(v)),
                            suppress: a.suppress,
                            traceback: a.traceback.clone(),
                            notes: self.all(&a.notes),
                        };
                        *b.borrow_mut() = data;
                    }
                }
                (Value::Func(a), Value::Func(b)) => {
                    let defaults: Vec<Value> = a.defaults.borrow().iter().map(|v| self.value(v)).collect();
                    *b.defaults.borrow_mut() = defaults.into();
                    let attrs = a.attrs.borrow().map(|v| self.value(v));
                    *b.attrs.borrow_mut() = attrs;
                }
                (Value::Gen(a), Value::Gen(b)) => {
                    let frame = a.frame.borrow().as_ref().map(|f| Box::new(self.frame(f)));
                    *b.frame.borrow_mut() = frame;
                }
                _ => {}
            }
        }
    }
}
