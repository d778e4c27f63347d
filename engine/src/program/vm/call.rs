//! Calling anything; binding arguments to parameters in CPython's words.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::control::{CallReq, Cont};
use super::frame::{Frame, Then};
use super::{Ctl, RECURSION_LIMIT, Res, Vm};
use crate::program::code::{Code, Op, make};
use crate::program::exceptions::{raise, type_error};
use crate::program::types::type_name;
use crate::program::value::func::Kind;
use crate::program::value::{Args, CellBox, Dict, Function, Generator, Key, Method, Name, Payload, Value};

impl Vm {
    /// Calls `slots[at]` with what lies above it; the result takes its place, at once or when the new frame returns.
    pub(crate) fn invoke(&mut self, f: &mut Frame, at: usize, names: &[Name]) -> Res<()> {
        let mut then = Then::Push;
        loop {
            match &f.slots[at] {
                Value::Func(func) => {
                    let func = func.clone();
                    let new = self.bind(f, &func, at, names)?;
                    return self.enter(f, new, &func, then);
                }
                Value::Native(native) => {
                    let native = *native;
                    let result = if native.kind == Kind::Framed {
                        let args: Vec<Value> = f.slots[at + 1..].to_vec();
                        self.with_frame(f, |vm| (native.call)(vm, Args { all: &args, names }))
                    } else if native.kind == Kind::Method
                        && matches!(f.slots.get(at + 1), Some(Value::Obj(o)) if matches!(o.payload, Payload::Value(_)))
                    {
                        // A method of int, str, list, ... on an instance of a subclass: it works on what is inside.
                        let mut args: Vec<Value> = f.slots.drain(at + 1..).collect();
                        args[0] = args[0].inner().clone();
                        (native.call)(self, Args { all: &args, names })
                    } else {
                        (native.call)(
                            self,
                            Args {
                                all: &f.slots[at + 1..],
                                names,
                            },
                        )
                    };
                    f.slots.truncate(at);
                    let v = result?;
                    f.slots.push(v);
                    return Ok(());
                }
                Value::Method(m) => {
                    let m = m.clone();
                    f.slots[at] = m.func.clone();
                    f.slots.insert(at + 1, m.this.clone());
                }
                Value::Class(_) => match self.construct(f, at, names)? {
                    None => return Ok(()),
                    Some(init) => then = init,
                },
                other => {
                    let other = other.clone();
                    if let Value::StaticMethod(inner) = &other {
                        f.slots[at] = (**inner).clone();
                        continue;
                    }
                    let call = match &other {
                        Value::Obj(o) => o.class.lookup(&self.names.call),
                        _ => None,
                    };
                    match call {
                        Some(call) => {
                            f.slots[at] = call;
                            f.slots.insert(at + 1, other);
                        }
                        None => {
                            f.slots.truncate(at);
                            return type_error(format!("'{}' object is not callable", type_name(&other)));
                        }
                    }
                }
            }
        }
    }

    /// Runs a native that looks at the frame that calls it.
    pub(crate) fn with_frame<T>(&mut self, f: &mut Frame, run: impl FnOnce(&mut Self) -> T) -> T {
        let stand_in = self.code_frame(receiver(), self.main.clone(), Then::Push);
        self.frames.push(std::mem::replace(f, stand_in));
        let result = run(self);
        if let Some(own) = self.frames.pop() {
            *f = own;
        }
        result
    }

    /// The frame that calls a [`Kind::Framed`] native.
    pub(crate) fn calling_frame(&self) -> Option<&Frame> {
        self.frames.last()
    }

    /// Enters a new frame, or makes the generator.
    pub(crate) fn enter(
        &mut self,
        f: &mut Frame,
        mut new: Frame,
        func: &Rc<Function>,
        then: Then,
    ) -> Res<()> {
        if func.code.generator {
            let generator = self.generator(new, func);
            f.slots.push(generator);
            return Ok(());
        }
        if self.frames.len() >= RECURSION_LIMIT + self.nested as usize {
            return Err(raise("RecursionError", "maximum recursion depth exceeded"));
        }
        if self.made >= self.measure_at {
            self.check_memory(&f.slots)?;
        }
        new.then = then;
        self.ticks += 1;
        let caller = std::mem::replace(f, new);
        self.frames.push(caller);
        Ok(())
    }

    fn generator(&mut self, frame: Frame, func: &Rc<Function>) -> Value {
        let generator = Rc::new(Generator {
            frame: RefCell::new(Some(Box::new(frame))),
            running: Cell::new(false),
            started: Cell::new(false),
            name: func.name.borrow().clone(),
            qualname: func.qualname.borrow().clone(),
            graveyard: self.graveyard.clone(),
        });
        Value::Gen(generator)
    }

    /// A frame for a function, with arguments taken from `f.slots[at + 1..]`; function and arguments leave the stack.
    fn bind(&mut self, f: &mut Frame, func: &Rc<Function>, at: usize, names: &[Name]) -> Res<Frame> {
        let code = &func.code;
        let given = f.slots.len() - at - 1;
        let mut slots = self.spare.pop().unwrap_or_default();
        slots.reserve(code.locals.len() + 8);
        if names.is_empty() && given == code.argc as usize && code.kwonly == 0 && !code.varargs && !code.varkw
        {
            slots.extend(f.slots.drain(at + 1..));
            f.slots.pop();
        } else {
            let args: Vec<Value> = f.slots.drain(at + 1..).collect();
            f.slots.pop();
            self.bind_slow(func, args, names, &mut slots)?;
        }
        Ok(self.frame(func, slots))
    }

    /// A frame whose first slots are bound.
    fn frame(&mut self, func: &Rc<Function>, mut slots: Vec<Value>) -> Frame {
        let code = &func.code;
        slots.resize(code.locals.len(), Value::Unbound);
        for &i in &*code.cells {
            let v = std::mem::take(&mut slots[i as usize]);
            slots[i as usize] = Value::Cell(Rc::new(CellBox(RefCell::new(v))));
        }
        for (&i, cell) in code.free.iter().zip(&*func.closure) {
            slots[i as usize] = Value::Cell(cell.clone());
        }
        Frame {
            code: code.clone(),
            ip: 0,
            slots,
            globals: func.globals.clone(),
            then: Then::Push,
            rare: None,
            line: 0,
        }
    }

    /// Defaults, keywords, `*args`, `**kw`.
    fn bind_slow(
        &mut self,
        func: &Function,
        mut args: Vec<Value>,
        names: &[Name],
        slots: &mut Vec<Value>,
    ) -> Res<()> {
        let code = &func.code;
        let argc = code.argc as usize;
        let kwonly = code.kwonly as usize;
        let words = func.qualname.borrow().clone();
        let keywords: Vec<Value> = args.split_off(args.len() - names.len());
        let given = args.len();
        let mut rest = Vec::new();
        if given > argc {
            rest = args.split_off(argc);
        }
        slots.extend(args);
        slots.resize(argc + kwonly, Value::Unbound);
        let kw = Rc::new(Dict::default());
        for (name, value) in names.iter().zip(keywords) {
            let place = code.locals[code.posonly as usize..argc + kwonly]
                .iter()
                .position(|p| p == name)
                .map(|i| i + code.posonly as usize);
            match place {
                Some(i) if slots[i].is_unbound() => slots[i] = value,
                Some(_) => {
                    return type_error(format!(
                        "{words}() got multiple values for argument '{}'",
                        name.as_str()
                    ));
                }
                None if code.varkw => {
                    if let Some(key) = Key::plain(name.value()) {
                        kw.map.borrow_mut().insert(key, value);
                    }
                }
                None => {
                    if code.locals[..code.posonly as usize].contains(name) {
                        return type_error(format!(
                            "{words}() got some positional-only arguments passed as keyword arguments: '{}'",
                            name.as_str()
                        ));
                    }
                    return type_error(format!(
                        "{words}() got an unexpected keyword argument '{}'",
                        name.as_str()
                    ));
                }
            }
        }
        if !rest.is_empty() && !code.varargs {
            return Err(too_many(func, code, given, slots));
        }
        let defaults = func.defaults.borrow().clone();
        let first_default = argc - defaults.len();
        let mut missing = Vec::new();
        for i in 0..argc {
            if slots[i].is_unbound() {
                if i >= first_default {
                    slots[i] = defaults[i - first_default].clone();
                } else {
                    missing.push(code.locals[i].clone());
                }
            }
        }
        if !missing.is_empty() {
            return type_error(format!(
                "{words}() missing {}",
                missing_words(&missing, "positional")
            ));
        }
        for (slot, name) in slots.iter_mut().zip(&*code.locals).skip(argc).take(kwonly) {
            if slot.is_unbound() {
                match func.kw_defaults.iter().find(|(n, _)| n == name) {
                    Some((_, v)) => *slot = v.clone(),
                    None => missing.push(name.clone()),
                }
            }
        }
        if !missing.is_empty() {
            return type_error(format!(
                "{words}() missing {}",
                missing_words(&missing, "keyword-only")
            ));
        }
        if code.varargs {
            slots.push(Value::tuple(rest));
        }
        if code.varkw {
            slots.push(Value::Dict(kw));
        }
        Ok(())
    }

    /// `f(*args, **kw)`: callable, tuple, perhaps dict on the stack.
    pub(crate) fn call_ex(&mut self, f: &mut Frame, keywords: bool) -> Res<()> {
        let kw = if keywords { f.pop() } else { Value::None };
        let args = f.pop();
        let at = f.slots.len() - 1;
        if let Value::Tuple(items) = &args {
            f.slots.extend(items.iter().cloned());
        }
        let mut names = Vec::new();
        if let Value::Dict(d) = &kw {
            for (k, v) in d.map.borrow().iter() {
                let Value::Str(s) = &k.value else {
                    return type_error("keywords must be strings");
                };
                names.push(Name::of(s));
                f.slots.push(v.clone());
            }
        }
        self.invoke(f, at, &names)
    }

    /// Puts the entries of a mapping into the dict of a call's keywords or of a display.
    pub(crate) fn merge(&mut self, d: &Rc<Dict>, v: Value, function: &str) -> Res<()> {
        let call = !function.is_empty();
        let Value::Dict(other) = v.inner() else {
            let name = type_name(&v);
            return type_error(if call {
                format!("{function} argument after ** must be a mapping, not {name}")
            } else {
                format!("'{name}' object is not a mapping")
            });
        };
        let entries: Vec<(Key, Value)> = other
            .map
            .borrow()
            .iter()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        for (k, v) in entries {
            if call {
                let Value::Str(s) = &k.value else {
                    return type_error("keywords must be strings");
                };
                if d.map.borrow().contains_key(&k) {
                    return type_error(format!(
                        "{function} got multiple values for keyword argument '{}'",
                        s.as_str()
                    ));
                }
            }
            self.dict_set_key(d, k, v)?;
        }
        Ok(())
    }

    pub(crate) fn make_function(&mut self, f: &mut Frame, code: u32, flags: u8) -> Res<()> {
        let Value::Code(code) = f.code.consts[code as usize].clone() else {
            return Ok(());
        };
        let closure = if flags & make::CLOSURE != 0 {
            f.pop()
        } else {
            Value::None
        };
        let kw_defaults = if flags & make::KW_DEFAULTS != 0 {
            f.pop()
        } else {
            Value::None
        };
        let defaults = if flags & make::DEFAULTS != 0 {
            f.pop()
        } else {
            Value::None
        };
        let closure = match closure {
            Value::Tuple(items) => items
                .iter()
                .map(|v| match v {
                    Value::Cell(c) => c.clone(),
                    other => Rc::new(CellBox(RefCell::new(other.clone()))),
                })
                .collect(),
            _ => Box::default(),
        };
        let kw_defaults = match kw_defaults {
            Value::Dict(d) => d
                .map
                .borrow()
                .iter()
                .filter_map(|(k, v)| {
                    if let Value::Str(s) = &k.value {
                        Some((Name::of(s), v.clone()))
                    } else {
                        None
                    }
                })
                .collect(),
            _ => Vec::new(),
        };
        let defaults: Rc<[Value]> = match defaults {
            Value::Tuple(items) => items.to_vec().into(),
            _ => Rc::from([]),
        };
        let func = Function {
            name: RefCell::new(code.name.clone()),
            qualname: RefCell::new(code.qualname.clone()),
            code,
            globals: f.globals.clone(),
            defaults: RefCell::new(defaults),
            kw_defaults,
            closure,
            attrs: RefCell::default(),
        };
        self.made += 200;
        f.push(Value::Func(Rc::new(func)));
        Ok(())
    }

    /// A frame for code without arguments: a module, a class body.
    pub(crate) fn code_frame(
        &mut self,
        code: Rc<Code>,
        globals: Rc<crate::program::value::Module>,
        then: Then,
    ) -> Frame {
        let func = Rc::new(Function {
            name: RefCell::new(code.name.clone()),
            qualname: RefCell::new(code.qualname.clone()),
            code,
            globals,
            defaults: RefCell::new(Rc::from([])),
            kw_defaults: Vec::new(),
            closure: Box::default(),
            attrs: RefCell::default(),
        });
        let mut frame = self.frame(&func, Vec::new());
        frame.then = then;
        frame
    }

    /// Does what a native asked for with [`Ctl::Call`]: the result is pushed on `f`'s stack after the continuations.
    pub(crate) fn call_request(&mut self, f: &mut Frame, req: CallReq) -> Res<()> {
        let at = f.slots.len();
        let depth = self.frames.len();
        f.slots.push(req.callee);
        f.slots.extend(req.args);
        if let Err(mut e) = self.invoke(f, at, &req.names) {
            e.and_then(req.then);
            return Err(e);
        }
        if self.frames.len() > depth {
            // A frame was entered: it goes on when it returns.
            f.go_on(req.then);
            if req.discard && matches!(f.then, Then::Push) {
                f.then = Then::Discard;
            }
            return Ok(());
        }
        if !req.then.is_empty() {
            let v = f.pop();
            let v = self.go_on(req.then, v)?;
            f.push(v);
        }
        if req.discard {
            f.pop();
        }
        Ok(())
    }

    /// Runs continuations one after the other.
    pub(crate) fn go_on(&mut self, then: Vec<Cont>, v: Value) -> Res<Value> {
        let mut v = v;
        let mut rest = then.into_iter();
        while let Some(cont) = rest.next() {
            match (cont.run)(self, cont.state, v) {
                Ok(next) => v = next,
                Err(mut e) => {
                    e.and_then(rest.collect());
                    return Err(e);
                }
            }
        }
        Ok(v)
    }

    /// Calls something from Rust and waits for the result. Only for what Python does inside a native and is never meant to
    /// block: `__eq__` and `__hash__` of keys, `__lt__` in a sort, `__bool__`, `__len__`, `__index__`. Code that runs so
    /// cannot be stepped or suspended.
    pub(crate) fn call_sync(&mut self, callee: Value, args: Vec<Value>) -> Res<Value> {
        self.call_sync_kw(callee, args, &[])
    }

    /// The same with keywords.
    pub(crate) fn call_sync_kw(&mut self, callee: Value, args: Vec<Value>, names: &[Name]) -> Res<Value> {
        if let Value::Native(n) = &callee {
            let result = (n.call)(self, Args { all: &args, names });
            return self.settle(result);
        }
        if self.nested >= 40 {
            return Err(raise("RecursionError", "maximum recursion depth exceeded"));
        }
        let names = names.to_vec();
        self.in_receiver(Ctl::Call(CallReq {
            callee,
            args,
            names,
            then: Vec::new(),
            discard: false,
        }))
    }

    /// Does what `ctl` asks for in a frame of its own and waits for the value.
    fn in_receiver(&mut self, ctl: Ctl) -> Res<Value> {
        let mut f = self.code_frame(receiver(), self.main.clone(), Then::Sync);
        self.nested += 1;
        let base = self.frames.len();
        let line = self.line;
        let result = self.run_sync(&mut f, ctl);
        self.line = line;
        self.nested -= 1;
        self.frames.truncate(base);
        self.no_blocking(result)
    }

    fn run_sync(&mut self, f: &mut Frame, ctl: Ctl) -> Res<Value> {
        let depth = self.frames.len();
        self.handle(f, Box::new(ctl))?;
        if self.frames.len() == depth {
            return Ok(f.pop());
        }
        match self.execute(f)? {
            super::dispatch::Flow::Sync(v) => Ok(v),
            _ => Ok(Value::None),
        }
    }

    /// Carries out the calls that a result still needs.
    pub(crate) fn settle(&mut self, result: Res<Value>) -> Res<Value> {
        let mut result = result;
        loop {
            match result {
                Err(e) => match *e {
                    Ctl::Call(req) => {
                        let v = self.call_sync_kw(req.callee, req.args, &req.names)?;
                        result = self.go_on(req.then, v);
                    }
                    other @ (Ctl::Resume(..) | Ctl::Import(..) | Ctl::Enter(..)) if self.nested < 40 => {
                        return self.in_receiver(other);
                    }
                    other => return self.no_blocking(Err(Box::new(other))),
                },
                ok => return ok,
            }
        }
    }

    fn no_blocking<T>(&self, result: Res<T>) -> Res<T> {
        match result {
            Err(e) if matches!(*e, Ctl::Host(_) | Ctl::Lock(_) | Ctl::Yield(..)) => Err(raise(
                "RuntimeError",
                "a method that a built-in calls (such as __eq__ or __len__) cannot block in this engine",
            )),
            other => other,
        }
    }
}

/// `f() takes 1 positional argument but 2 were given`
fn too_many(func: &Function, code: &Code, given: usize, slots: &[Value]) -> Box<Ctl> {
    let argc = code.argc as usize;
    let defaults = func.defaults.borrow().len();
    let words = func.qualname.borrow().clone();
    let takes = if defaults > 0 {
        format!("from {} to {argc}", argc - defaults)
    } else {
        argc.to_string()
    };
    let plural = if argc == 1 && defaults == 0 { "" } else { "s" };
    let kwonly = slots[argc..].iter().filter(|v| !v.is_unbound()).count();
    let given_words = if kwonly > 0 {
        let s = if given == 1 { "" } else { "s" };
        let k = if kwonly == 1 { "" } else { "s" };
        format!("{given} positional argument{s} (and {kwonly} keyword-only argument{k}) were")
    } else if given == 1 {
        "1 was".to_owned()
    } else {
        format!("{given} were")
    };
    raise(
        "TypeError",
        format!("{words}() takes {takes} positional argument{plural} but {given_words} given"),
    )
}

/// `2 required positional arguments: 'a' and 'b'`
fn missing_words(names: &[Name], kind: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("'{}'", n.as_str())).collect();
    let list = match quoted.as_slice() {
        [one] => one.clone(),
        [a, b] => format!("{a} and {b}"),
        many => format!(
            "{}, and {}",
            many[..many.len() - 1].join(", "),
            many[many.len() - 1]
        ),
    };
    let s = if names.len() == 1 { "" } else { "s" };
    format!("{} required {kind} argument{s}: {list}", names.len())
}

/// A function bound to its self.
pub(crate) fn bound(func: Value, this: Value) -> Value {
    Value::Method(Rc::new(Method { func, this }))
}

/// Code that returns what it is given.
fn receiver() -> Rc<Code> {
    thread_local!(static CODE: Rc<Code> = super::run::small_code("<call>", &[Op::Return]));
    CODE.with(Rc::clone)
}

/// Code of a thread: calls what lies on the stack with the tuple above it.
pub(crate) fn thread_code() -> Rc<Code> {
    thread_local!(static CODE: Rc<Code> = super::run::small_code("<thread>", &[Op::CallEx(false), Op::Return]));
    CODE.with(Rc::clone)
}

/// How CPython names a function in errors about a call: `__main__.f()`.
pub(crate) fn function_words(v: &Value) -> String {
    match v {
        Value::Func(f) => format!("{}.{}()", f.globals.name, f.qualname.borrow()),
        Value::Method(m) => function_words(&m.func),
        Value::Native(n) => format!("{}()", n.name),
        Value::Class(c) if c.builtin => format!("{}()", c.name()),
        Value::Class(c) => format!("{}.{}()", c.module, c.qualname),
        other => format!("{} object", type_name(other)),
    }
}
