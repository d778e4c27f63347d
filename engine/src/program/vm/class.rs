//! Making classes and instances.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::control::{CallReq, Cont, call_then};
use super::frame::{Frame, Then};
use super::{Ctl, Res, Vm};
use crate::program::exceptions::{raise, type_error};
use crate::program::types::{class_of, type_name, types};
use crate::program::value::object::{Base, flag};
use crate::program::value::{Class, Instance, Name, NameMap, Payload, Value, fresh};

impl Vm {
    /// Calls the class at `slots[at]`. Gives how its `__init__`, now at `slots[at]`, must end; nothing when the instance is
    /// there already.
    pub(crate) fn construct(&mut self, f: &mut Frame, at: usize, names: &[Name]) -> Res<Option<Then>> {
        let Value::Class(class) = f.slots[at].clone() else {
            return Ok(None);
        };
        let plain = std::mem::take(&mut self.plain_construct);
        if let Some(meta) = &class.meta
            && !plain
            && let Some(call) = meta.lookup(&self.names.call)
            && !matches!(call, Value::Native(_))
        {
            // A metaclass of the program decides what a call means.
            let args: Vec<Value> = f.slots.drain(at + 1..).collect();
            f.slots.truncate(at);
            let mut all = vec![Value::Class(class)];
            all.extend(args);
            return Err(Box::new(Ctl::Call(CallReq {
                callee: call,
                args: all,
                names: names.to_vec(),
                then: Vec::new(),
                discard: false,
            })));
        }
        if class.base == Base::Object && !class.has(flag::NEW) && !class.builtin {
            let instance = self.instance(&class, Payload::None);
            return self.init(f, at, &class, instance, names);
        }
        self.construct_slow(f, at, class, names)
    }

    fn construct_slow(
        &mut self,
        f: &mut Frame,
        at: usize,
        class: Rc<Class>,
        names: &[Name],
    ) -> Res<Option<Then>> {
        let new = class.lookup(&self.names.new);
        match new {
            Some(Value::Native(n)) => {
                // The class stands where `__new__` expects it: before the arguments.
                let made = if class.base == Base::Super {
                    let args = f.slots[at..].to_vec();
                    self.with_frame(f, |vm| {
                        (n.call)(vm, crate::program::value::Args { all: &args, names })
                    })
                } else {
                    let all = &f.slots[at..];
                    (n.call)(self, crate::program::value::Args { all, names })
                };
                let made = match made {
                    Ok(v) => v,
                    Err(e) => {
                        // The value comes later (an iterable must be read first); __init__ then runs after it.
                        let args: Vec<Value> = f.slots.drain(at + 1..).collect();
                        f.slots.truncate(at);
                        return Err(self.init_later(e, class, args, names));
                    }
                };
                let Value::Obj(o) = &made else {
                    f.slots.truncate(at);
                    f.slots.push(made);
                    return Ok(None);
                };
                if !o.class.is_subclass(&class) {
                    f.slots.truncate(at);
                    f.slots.push(made);
                    return Ok(None);
                }
                let o_class = o.class.clone();
                self.init(f, at, &o_class, made, names)
            }
            Some(new) => {
                let args: Vec<Value> = f.slots.drain(at + 1..).collect();
                f.slots.truncate(at);
                let new = match new {
                    Value::StaticMethod(inner) => (*inner).clone(),
                    other => other,
                };
                let mut all = vec![Value::Class(class.clone())];
                all.extend(args.iter().cloned());
                let cont = init_cont(class, args, names);
                Err(Box::new(Ctl::Call(CallReq {
                    callee: new,
                    args: all,
                    names: names.to_vec(),
                    then: vec![cont],
                    discard: false,
                })))
            }
            None => {
                f.slots.truncate(at);
                type_error(format!("cannot create '{}' instances", class.name()))
            }
        }
    }

    fn init_later(
        &mut self,
        mut e: Box<Ctl>,
        class: Rc<Class>,
        args: Vec<Value>,
        names: &[Name],
    ) -> Box<Ctl> {
        if class.has(flag::INIT) {
            e.and_then(vec![init_cont(class, args, names)]);
        }
        e
    }

    /// Puts `__init__` and the instance on the stack for the call; nothing if there is none.
    fn init(
        &mut self,
        f: &mut Frame,
        at: usize,
        class: &Rc<Class>,
        instance: Value,
        names: &[Name],
    ) -> Res<Option<Then>> {
        let init = if class.has(flag::INIT) {
            class.lookup(&self.names.init)
        } else {
            None
        };
        match init {
            Some(init @ Value::Func(_)) => {
                f.slots[at] = init;
                f.slots.insert(at + 1, instance.clone());
                Ok(Some(Then::Init(instance)))
            }
            Some(Value::Native(_)) | None => {
                // The built-in __new__ has done it all; a plain object takes no arguments.
                let extra = f.slots.len() - at - 1;
                f.slots.truncate(at);
                if extra > 0 && class.base == Base::Object && !class.has(flag::NEW) {
                    return type_error(format!("{}() takes no arguments", class.name()));
                }
                f.slots.push(instance);
                Ok(None)
            }
            Some(other) => {
                let mut args = vec![instance.clone()];
                args.extend(f.slots.drain(at + 1..));
                f.slots.truncate(at);
                Err(Box::new(Ctl::Call(CallReq {
                    callee: other,
                    args,
                    names: names.to_vec(),
                    then: vec![Cont {
                        run: |_, mut s, _| Ok(s.pop().unwrap_or(Value::None)),
                        state: vec![instance],
                    }],
                    discard: false,
                })))
            }
        }
    }

    /// A new instance.
    pub(crate) fn instance(&mut self, class: &Rc<Class>, payload: Payload) -> Value {
        let watched = class.has(flag::DEL) || matches!(payload, Payload::Socket(_));
        self.made += 120;
        Value::Obj(Rc::new(Instance {
            class: class.clone(),
            attrs: RefCell::new(NameMap::new()),
            id: self.new_id(),
            payload,
            graveyard: watched.then(|| self.graveyard.clone()),
        }))
    }

    /// A built-in value as an instance of this class: itself, or wrapped where the class is the program's.
    pub(crate) fn wrap(&mut self, class: &Rc<Class>, v: Value) -> Value {
        if class.builtin {
            v
        } else {
            self.instance(class, Payload::Value(v))
        }
    }

    /// The instruction that ends a class statement: body function, name, bases and keywords on the stack.
    pub(crate) fn build_class(&mut self, f: &mut Frame, argc: usize, names: u32) -> Res<()> {
        let keywords = match &f.code.consts[names as usize] {
            Value::Tuple(t) => t.to_vec(),
            _ => Vec::new(),
        };
        let at = f.slots.len() - argc;
        let mut args: Vec<Value> = f.slots.drain(at..).collect();
        let values = args.split_off(argc - keywords.len());
        let name = f.pop();
        let Value::Func(func) = f.pop() else { return Ok(()) };
        let mut body = self.code_frame(func.code.clone(), func.globals.clone(), Then::Push);
        for (&i, cell) in func.code.free.iter().zip(&*func.closure) {
            body.slots[i as usize] = Value::Cell(cell.clone());
        }
        let mut space = NameMap::new();
        space.put("__module__", Value::str(&*func.globals.name));
        space.put("__qualname__", Value::str(&*func.code.qualname));
        if let Some(doc) = &func.code.doc {
            space.put("__doc__", doc.clone());
        }
        let space = Rc::new(crate::program::value::Module {
            name: "<class body>".into(),
            names: RefCell::new(space),
            builtins: None,
            absent: false,
            dict: RefCell::new(None),
        });
        body.rare().names = Some(space.clone());
        let bases = Value::tuple(args);
        let kw = Value::tuple(
            keywords
                .into_iter()
                .zip(values)
                .map(|(k, v)| Value::tuple(vec![k, v]))
                .collect(),
        );
        body.go_on(vec![Cont {
            run: finish_class,
            state: vec![Value::Module(space), name, bases, kw],
        }]);
        if self.frames.len() >= super::RECURSION_LIMIT {
            return Err(raise("RecursionError", "maximum recursion depth exceeded"));
        }
        let caller = std::mem::replace(f, body);
        self.frames.push(caller);
        Ok(())
    }

    /// type(name, bases, namespace)
    pub(crate) fn make_class(
        &mut self,
        name: &str,
        bases: Vec<Rc<Class>>,
        attrs: NameMap,
        meta: Option<Rc<Class>>,
    ) -> Res<Rc<Class>> {
        let bases = if bases.is_empty() {
            vec![types().get(Base::Object).clone()]
        } else {
            bases
        };
        for b in &bases {
            if b.builtin
                && matches!(
                    b.base,
                    Base::Bool
                        | Base::None
                        | Base::Function
                        | Base::Generator
                        | Base::Range
                        | Base::Slice
                        | Base::Native
                        | Base::Ellipsis
                )
            {
                return type_error(format!("type '{}' is not an acceptable base type", b.name()));
            }
        }
        let mro = linearize(name, &bases)?;
        let base = mro
            .iter()
            .find(|c| c.builtin && c.base != Base::Object)
            .map_or(Base::Object, |c| c.base);
        let get = |n: &str| attrs.get_str(n).and_then(Value::as_str).map(str::to_owned);
        let qualname = get("__qualname__").unwrap_or_else(|| name.to_owned());
        let module = get("__module__").unwrap_or_else(|| "__main__".to_owned());
        let meta = meta.or_else(|| bases.iter().find_map(|b| b.meta.clone()));
        let mut flags = mro.iter().fold(0, |a, c| a | c.flags.get());
        for (n, _) in attrs.iter() {
            flags |= flag::of(n.as_str());
        }
        let mut attrs = attrs;
        if attrs.get_str("__eq__").is_some() && attrs.get_str("__hash__").is_none() {
            attrs.put("__hash__", Value::None);
            flags |= flag::HASH;
        }
        attrs.remove(&Name::new("__qualname__"));
        if let Some(f @ Value::Func(_)) = attrs.get_str("__new__").cloned() {
            attrs.put("__new__", Value::StaticMethod(Rc::new(f)));
        }
        for special in ["__init_subclass__", "__class_getitem__"] {
            if let Some(f @ Value::Func(_)) = attrs.get_str(special).cloned() {
                attrs.put(special, Value::ClassMethod(Rc::new(f)));
            }
        }
        let class = Rc::new(Class {
            name: RefCell::new(name.into()),
            qualname: qualname.into(),
            module: module.into(),
            bases,
            mro,
            attrs: RefCell::new(attrs),
            version: Cell::new(fresh()),
            base,
            builtin: false,
            flags: Cell::new(flags),
            subclasses: RefCell::new(Vec::new()),
            meta,
        });
        for b in &class.bases {
            if !b.builtin {
                b.subclasses.borrow_mut().push(Rc::downgrade(&class));
            }
        }
        self.made += 400;
        Ok(class)
    }
}

/// Goes on when a class body has run.
fn finish_class(vm: &mut Vm, state: Vec<Value>, cell: Value) -> Res<Value> {
    let [Value::Module(space), name, bases, kw] = state.as_slice() else {
        return Ok(Value::None);
    };
    let (name, bases, kw) = (name.clone(), bases.clone(), kw.clone());
    let mut classes = Vec::new();
    if let Value::Tuple(items) = &bases {
        for b in items.iter() {
            match b {
                Value::Class(c) => classes.push(c.clone()),
                other => {
                    return type_error(format!(
                        "type() argument 2 must be tuple of classes, not an instance of '{}'",
                        type_name(other)
                    ));
                }
            }
        }
    }
    let mut meta = None;
    let mut rest = Vec::new();
    let mut rest_names = Vec::new();
    if let Value::Tuple(items) = &kw {
        for pair in items.iter() {
            let Value::Tuple(pair) = pair else { continue };
            if pair[0].as_str() == Some("metaclass") {
                if let Value::Class(c) = &pair[1] {
                    meta = Some(c.clone());
                }
            } else if let Value::Str(s) = &pair[0] {
                rest_names.push(Name::of(s));
                rest.push(pair[1].clone());
            }
        }
    }
    let meta = meta
        .filter(|m| !Rc::ptr_eq(m, types().get(Base::Type)))
        .or_else(|| classes.iter().find_map(|b| b.meta.clone()));
    let attrs = space.names.borrow_mut().take();
    let mut map = NameMap::new();
    for (n, v) in attrs {
        map.set(&n, v);
    }
    let name = name.as_str().unwrap_or("").to_owned();
    if let Some(meta) = meta {
        let new = meta.lookup(&vm.names.new);
        if let Some(new) = new
            && !matches!(new, Value::Native(_))
        {
            let d = crate::program::value::Dict::default();
            for (n, v) in map.iter() {
                d.put_str(n.as_str(), v.clone());
            }
            let new = match new {
                Value::StaticMethod(inner) => (*inner).clone(),
                other => other,
            };
            let mut args = vec![
                Value::Class(meta),
                Value::str(name),
                bases,
                Value::Dict(Rc::new(d)),
            ];
            args.extend(rest);
            return Err(Box::new(Ctl::Call(CallReq {
                callee: new,
                args,
                names: rest_names,
                then: vec![Cont {
                    run: set_class_cell,
                    state: vec![cell],
                }],
                discard: false,
            })));
        }
        let class = vm.make_class(&name, classes, map, Some(meta))?;
        return class_made(vm, class, cell, rest, rest_names);
    }
    let class = vm.make_class(&name, classes, map, None)?;
    class_made(vm, class, cell, rest, rest_names)
}

fn set_class_cell(_: &mut Vm, state: Vec<Value>, class: Value) -> Res<Value> {
    if let Some(Value::Cell(c)) = state.first() {
        let old = c.0.replace(class.clone());
        drop(old);
    }
    Ok(class)
}

/// `__class__`, `__set_name__` and `__init_subclass__`.
fn class_made(vm: &mut Vm, class: Rc<Class>, cell: Value, kw: Vec<Value>, names: Vec<Name>) -> Res<Value> {
    if let Value::Cell(c) = &cell {
        let old = c.0.replace(Value::Class(class.clone()));
        drop(old);
    }
    let attrs: Vec<(Name, Value)> = class.attrs.borrow().iter().cloned().collect();
    let set_name = Name::new("__set_name__");
    for (n, v) in &attrs {
        if let Value::Obj(o) = v
            && let Some(m) = o.class.lookup(&set_name)
        {
            vm.call_sync(m, vec![v.clone(), Value::Class(class.clone()), n.value()])?;
        }
    }
    let hook = Name::new("__init_subclass__");
    let inherited = class
        .mro
        .iter()
        .find_map(|c| c.attrs.borrow().get(&hook).cloned());
    match inherited {
        Some(Value::ClassMethod(func)) => {
            let mut args = vec![Value::Class(class.clone())];
            args.extend(kw);
            Err(Box::new(Ctl::Call(CallReq {
                callee: (*func).clone(),
                args,
                names,
                then: vec![Cont {
                    run: |_, mut s, _| Ok(s.pop().unwrap_or(Value::None)),
                    state: vec![Value::Class(class)],
                }],
                discard: false,
            })))
        }
        _ if !names.is_empty() => type_error(format!(
            "{}.__init_subclass__() takes no keyword arguments",
            class.name()
        )),
        _ => Ok(Value::Class(class)),
    }
}

/// After `__new__`: calls `__init__` if what it made is an instance of the class.
fn init_cont(class: Rc<Class>, args: Vec<Value>, names: &[Name]) -> Cont {
    let names = Value::tuple(names.iter().map(Name::value).collect());
    Cont {
        run: |vm, state, made| {
            let [Value::Class(class), Value::Tuple(args), Value::Tuple(names)] = state.as_slice() else {
                return Ok(made);
            };
            let own = class_of(&made).clone();
            if !own.is_subclass(class) || !own.has(flag::INIT) {
                return Ok(made);
            }
            let Some(init) = own.lookup(&vm.names.init) else {
                return Ok(made);
            };
            let mut all = vec![made.clone()];
            all.extend(args.iter().cloned());
            let names = names.iter().filter_map(Value::as_str).map(Name::new).collect();
            let Err(mut e) = call_then::<Value>(
                init,
                all,
                |_, mut s, v| {
                    if v.is_none() {
                        Ok(s.pop().unwrap_or(Value::None))
                    } else {
                        type_error(format!("__init__() should return None, not '{}'", type_name(&v)))
                    }
                },
                vec![made],
            ) else {
                return Ok(Value::None);
            };
            if let Ctl::Call(req) = &mut *e {
                req.names = names;
            }
            Err(e)
        },
        state: vec![Value::Class(class), Value::tuple(args), names],
    }
}

/// C3: the method resolution order of a class with these bases, without the class itself.
fn linearize(name: &str, bases: &[Rc<Class>]) -> Res<Vec<Rc<Class>>> {
    let mut lists: Vec<Vec<Rc<Class>>> = bases.iter().map(|b| b.mro().cloned().collect()).collect();
    for (i, b) in bases.iter().enumerate() {
        if bases[..i].iter().any(|a| Rc::ptr_eq(a, b)) {
            return type_error(format!("duplicate base class {}", b.name()));
        }
    }
    lists.push(bases.to_vec());
    let mut order = Vec::new();
    loop {
        lists.retain(|l| !l.is_empty());
        if lists.is_empty() {
            return Ok(order);
        }
        let next = lists
            .iter()
            .map(|l| l[0].clone())
            .find(|c| !lists.iter().any(|l| l[1..].iter().any(|o| Rc::ptr_eq(o, c))));
        let Some(next) = next else {
            let _ = name;
            let words: Vec<String> = bases.iter().map(|b| b.name().to_string()).collect();
            return type_error(format!(
                "Cannot create a consistent method resolution\norder (MRO) for bases {}",
                words.join(", ")
            ));
        };
        for l in &mut lists {
            if Rc::ptr_eq(&l[0], &next) {
                l.remove(0);
            }
        }
        order.push(next);
    }
}
