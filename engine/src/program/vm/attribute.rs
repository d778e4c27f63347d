//! Reading and writing attributes.
//!
//! The instruction's cache remembers for a class version what was found: an instance's own attribute (by its place, checked
//! by the name's pointer) or a function of the class. Everything else goes the long way.

use std::rc::Rc;

use super::control::tail;
use super::frame::Frame;
use super::{Ctl, Res, Vm};
use crate::program::code::Cache;
use crate::program::exceptions::{new, raise, throw, type_error};
use crate::program::types::{class_of, type_name};
use crate::program::value::func::Kind;
use crate::program::value::object::{Base, flag};
use crate::program::value::{Class, Instance, Name, Payload, Value};

/// Kinds in the cache.
const OWN: u8 = 1;
const METHOD: u8 = 2;

impl Vm {
    /// The instruction LOAD_ATTR.
    #[inline]
    pub(crate) fn load_attr(&mut self, f: &Frame, obj: Value, name: u32, cache: u16) -> Res<Value> {
        if let Value::Obj(o) = &obj {
            let slot = &f.code.caches[cache as usize];
            let c = slot.get();
            let name = &f.code.names[name as usize];
            if c.version == o.class.version.get() && c.kind == OWN {
                if let Some(v) = o.attrs.borrow().at(c.place as usize, name) {
                    return Ok(v.clone());
                }
            } else if !o.class.has(flag::GETATTRIBUTE) {
                // An own attribute wins unless the class has a data descriptor of that name.
                let own = o.attrs.borrow().find(name);
                if let Some(place) = own
                    && !o.class.lookup(name).is_some_and(|v| is_data_descriptor(&v))
                {
                    slot.set(Cache {
                        version: o.class.version.get(),
                        kind: OWN,
                        mro: 0,
                        place: place as u32,
                    });
                    let v = o.attrs.borrow().at(place, name).cloned();
                    return Ok(v.unwrap_or(Value::None));
                }
            }
        }
        let name = f.code.names[name as usize].clone();
        self.getattr(obj, &name)
    }

    /// The instruction LOAD_METHOD: function and self, or nothing and the attribute.
    #[inline]
    pub(crate) fn load_method(&mut self, f: &mut Frame, name: u32, cache: u16) -> Res<()> {
        let obj = f.pop();
        {
            let class = class_of(&obj);
            let slot = &f.code.caches[cache as usize];
            let c = slot.get();
            let name = &f.code.names[name as usize];
            if c.kind == METHOD && c.version == class.version.get() {
                let hidden = matches!(&obj, Value::Obj(o) if o.attrs.borrow().find(name).is_some());
                if !hidden && let Some(func) = class.at(c.mro as usize, c.place as usize) {
                    f.slots.push(func);
                    f.slots.push(obj);
                    return Ok(());
                }
            } else if !matches!(
                obj,
                Value::Class(_) | Value::Module(_) | Value::Super(_) | Value::Func(_)
            ) && !class.has(flag::GETATTRIBUTE)
                && let Some((mro, place)) = class.place(name)
                && let Some(func) = class.at(mro, place)
                && (matches!(func, Value::Func(_))
                    || matches!(&func, Value::Native(n) if n.kind == Kind::Method))
                && !matches!(&obj, Value::Obj(o) if o.attrs.borrow().find(name).is_some())
            {
                slot.set(Cache {
                    version: class.version.get(),
                    kind: METHOD,
                    mro: mro as u16,
                    place: place as u32,
                });
                f.slots.push(func);
                f.slots.push(obj);
                return Ok(());
            }
        }
        let name = f.code.names[name as usize].clone();
        f.slots.push(Value::Unbound);
        // If the attribute is computed by Python code, its result is pushed when it comes.
        let v = self.getattr(obj, &name)?;
        f.slots.push(v);
        Ok(())
    }

    /// getattr(obj, name)
    pub(crate) fn getattr(&mut self, obj: Value, name: &Name) -> Res<Value> {
        match &obj {
            Value::Obj(o) => {
                if o.class.has(flag::GETATTRIBUTE)
                    && let Some(m) = o.class.lookup(&self.names.getattribute)
                    && !matches!(m, Value::Native(_))
                {
                    return tail(m, vec![obj.clone(), name.value()]);
                }
                self.getattr_instance(o, name, true)
            }
            Value::Class(c) => self.getattr_class(c, name),
            Value::Module(m) => {
                if let Some(v) = m.names.borrow().get(name) {
                    return Ok(v.clone());
                }
                if *name == self.names.dict {
                    return Ok(self.module_dict(m));
                }
                if m.absent {
                    return Err(raise("NotImplementedError", super::import::absent(&m.name)));
                }
                let getattr = m.names.borrow().get(&self.names.getattr).cloned();
                if let Some(getattr) = getattr {
                    return tail(getattr, vec![name.value()]);
                }
                Err(self.no_attribute(
                    &obj,
                    format!("module '{}' has no attribute '{}'", m.name, name.as_str()),
                    name,
                ))
            }
            Value::Super(s) => self.getattr_super(&s.0, &s.1, name),
            _ => {
                if let Some(v) = self.special_attr(&obj, name) {
                    return Ok(v);
                }
                if let Value::Func(func) = &obj
                    && let Some(v) = func.attrs.borrow().get(name)
                {
                    return Ok(v.clone());
                }
                if let Some(v) = class_of(&obj).lookup(name) {
                    return self.bind_attr(v, &obj, class_of(&obj));
                }
                if let Value::Method(m) = &obj {
                    return self.getattr(m.func.clone(), name);
                }
                let words = format!(
                    "'{}' object has no attribute '{}'",
                    type_name(&obj),
                    name.as_str()
                );
                Err(self.no_attribute(&obj, words, name))
            }
        }
    }

    fn no_attribute(&self, obj: &Value, words: String, name: &Name) -> Box<Ctl> {
        let e = new("AttributeError", vec![Value::str(words)]);
        if let Value::Obj(o) = &e {
            let mut attrs = o.attrs.borrow_mut();
            attrs.put("name", name.value());
            attrs.put("obj", obj.clone());
        }
        throw(e)
    }

    /// object.__getattribute__, then `__getattr__`.
    pub(crate) fn getattr_instance(&mut self, o: &Rc<Instance>, name: &Name, ask: bool) -> Res<Value> {
        let obj = Value::Obj(o.clone());
        let in_class = o.class.lookup(name);
        if let Some(v) = &in_class
            && is_data_descriptor(v)
        {
            let got = self.bind_attr(v.clone(), &obj, &o.class);
            return match got {
                Err(e) if ask && o.class.has(flag::GETATTR) => match *e {
                    Ctl::Raise(e) if crate::program::exceptions::is_a(&e, "AttributeError") => {
                        self.ask_getattr(o, name, e)
                    }
                    other => Err(Box::new(other)),
                },
                other => other,
            };
        }
        if let Some(v) = o.attrs.borrow().get(name) {
            return Ok(v.clone());
        }
        if let Some(v) = in_class {
            return self.bind_attr(v, &obj, &o.class);
        }
        if *name == self.names.class {
            return Ok(Value::Class(o.class.clone()));
        }
        if *name == self.names.dict {
            return Ok(self.instance_dict(o));
        }
        if let Payload::Value(inner) = &o.payload
            && let Some(v) = class_of(inner).lookup(name)
        {
            return self.bind_attr(v, inner, &o.class);
        }
        let words = format!("'{}' object has no attribute '{}'", o.class.name(), name.as_str());
        let e = self.no_attribute(&obj, words, name);
        if ask && o.class.has(flag::GETATTR) {
            return match *e {
                Ctl::Raise(e) => self.ask_getattr(o, name, e),
                other => Err(Box::new(other)),
            };
        }
        Err(e)
    }

    fn ask_getattr(&mut self, o: &Rc<Instance>, name: &Name, e: Value) -> Res<Value> {
        match o.class.lookup(&self.names.getattr) {
            Some(m) => tail(m, vec![Value::Obj(o.clone()), name.value()]),
            None => Err(throw(e)),
        }
    }

    fn getattr_class(&mut self, c: &Rc<Class>, name: &Name) -> Res<Value> {
        if let Some(v) = c.lookup(name) {
            return match v {
                Value::StaticMethod(inner) => Ok((*inner).clone()),
                Value::ClassMethod(func) => Ok(super::call::bound((*func).clone(), Value::Class(c.clone()))),
                Value::Native(n) if n.kind == Kind::ClassMethod => {
                    Ok(super::call::bound(Value::Native(n), Value::Class(c.clone())))
                }
                Value::Obj(d)
                    if d.class
                        .lookup(&self.names.get)
                        .is_some_and(|g| !matches!(g, Value::Native(_))) =>
                {
                    let get = d.class.lookup(&self.names.get).unwrap_or(Value::None);
                    tail(
                        get,
                        vec![Value::Obj(d.clone()), Value::None, Value::Class(c.clone())],
                    )
                }
                other => Ok(other),
            };
        }
        let text = name.as_str();
        let v = match text {
            "__name__" => Some(Value::str(&*c.name())),
            "__qualname__" => Some(Value::str(&*c.qualname)),
            "__module__" => Some(Value::str(&*c.module)),
            "__bases__" => Some(Value::tuple(c.bases.iter().cloned().map(Value::Class).collect())),
            "__base__" => Some(c.bases.first().cloned().map_or(Value::None, Value::Class)),
            "__mro__" => Some(Value::tuple(c.mro().cloned().map(Value::Class).collect())),
            "__doc__" => Some(Value::None),
            "__class__" => Some(Value::Class(class_of(&Value::Class(c.clone())).clone())),
            "__dict__" => {
                let d = crate::program::value::Dict::default();
                for (n, v) in c.attrs.borrow().iter() {
                    d.put_str(n.as_str(), v.clone());
                }
                Some(Value::Dict(Rc::new(d)))
            }
            _ => None,
        };
        if let Some(v) = v {
            return Ok(v);
        }
        let meta = class_of(&Value::Class(c.clone())).clone();
        if let Some(v) = meta.lookup(name) {
            return self.bind_attr(v, &Value::Class(c.clone()), &meta);
        }
        if c.meta.is_some()
            && let Some(getattr) = meta.lookup(&self.names.getattr)
            && !matches!(getattr, Value::Native(_))
        {
            return tail(getattr, vec![Value::Class(c.clone()), name.value()]);
        }
        let words = format!("type object '{}' has no attribute '{text}'", c.name());
        Err(self.no_attribute(&Value::Class(c.clone()), words, name))
    }

    fn getattr_super(&mut self, after: &Rc<Class>, this: &Value, name: &Name) -> Res<Value> {
        let class = match this {
            Value::Class(c) if c.is_subclass(after) => c.clone(),
            other => class_of(other).clone(),
        };
        let found = class
            .mro()
            .skip_while(|c| !Rc::ptr_eq(c, after))
            .skip(1)
            .find_map(|c| c.attrs.borrow().get(name).cloned());
        match found {
            Some(v) => {
                if let Value::Class(c) = this
                    && c.is_subclass(after)
                {
                    return match v {
                        Value::ClassMethod(func) => Ok(super::call::bound((*func).clone(), this.clone())),
                        Value::Native(n) if n.kind == Kind::ClassMethod => {
                            Ok(super::call::bound(Value::Native(n), this.clone()))
                        }
                        Value::StaticMethod(inner) => Ok((*inner).clone()),
                        other => Ok(other),
                    };
                }
                self.bind_attr(v, this, &class)
            }
            None => {
                let words = format!("'super' object has no attribute '{}'", name.as_str());
                Err(self.no_attribute(this, words, name))
            }
        }
    }

    /// What an attribute of a class becomes when it is read from an instance.
    pub(crate) fn bind_attr(&mut self, v: Value, this: &Value, class: &Rc<Class>) -> Res<Value> {
        match &v {
            Value::Func(_) => Ok(super::call::bound(v, this.clone())),
            Value::Native(n) => match n.kind {
                Kind::Method => Ok(super::call::bound(v, this.clone())),
                Kind::ClassMethod => Ok(super::call::bound(v, Value::Class(class.clone()))),
                Kind::Getter => (n.call)(
                    self,
                    crate::program::value::Args::positional(std::slice::from_ref(this)),
                ),
                Kind::Function | Kind::Framed => Ok(v),
            },
            Value::StaticMethod(inner) => Ok((**inner).clone()),
            Value::ClassMethod(func) => Ok(super::call::bound((**func).clone(), Value::Class(class.clone()))),
            Value::Property(p) => {
                if p.get.is_none() {
                    return Err(raise("AttributeError", "unreadable attribute"));
                }
                tail(p.get.clone(), vec![this.clone()])
            }
            Value::Obj(d) => match d.class.lookup(&self.names.get) {
                Some(get) => tail(get, vec![v.clone(), this.clone(), Value::Class(class.clone())]),
                None => Ok(v),
            },
            _ => Ok(v),
        }
    }

    /// `__name__`, `__doc__` and the like of functions, methods, generators.
    fn special_attr(&self, obj: &Value, name: &Name) -> Option<Value> {
        let text = name.as_str();
        if text == "__class__" {
            return Some(Value::Class(class_of(obj).clone()));
        }
        match obj {
            Value::Func(func) => Some(match text {
                "__name__" => func.name.borrow().value(),
                "__qualname__" => Value::str(&**func.qualname.borrow()),
                "__doc__" => match func.attrs.borrow().get(name) {
                    Some(v) => v.clone(),
                    None => func.code.doc.clone().unwrap_or(Value::None),
                },
                "__module__" => Value::str(&*func.globals.name),
                "__defaults__" => {
                    let d = func.defaults.borrow();
                    if d.is_empty() {
                        Value::None
                    } else {
                        Value::tuple(d.to_vec())
                    }
                }
                "__code__" => Value::Code(func.code.clone()),
                "__dict__" => {
                    let d = crate::program::value::Dict::default();
                    for (n, v) in func.attrs.borrow().iter() {
                        d.put_str(n.as_str(), v.clone());
                    }
                    *d.owner.borrow_mut() = obj.clone();
                    Value::Dict(Rc::new(d))
                }
                "__globals__" => self.module_dict(&func.globals),
                "__annotations__" => Value::Dict(Rc::default()),
                _ => return None,
            }),
            Value::Native(n) => Some(match text {
                "__name__" | "__qualname__" => Value::str(n.name),
                "__doc__" => Value::None,
                "__module__" => Value::str("builtins"),
                _ => return None,
            }),
            Value::Method(m) => Some(match text {
                "__self__" => m.this.clone(),
                "__func__" => m.func.clone(),
                _ => return None,
            }),
            Value::Gen(g) => Some(match text {
                "__name__" => g.name.value(),
                "__qualname__" => Value::str(&*g.qualname),
                _ => return None,
            }),
            Value::Code(c) => Some(match text {
                "co_name" => c.name.value(),
                "co_filename" => Value::str(&*c.source.file),
                "co_firstlineno" => Value::from(c.line),
                "co_argcount" => Value::from(c.argc),
                "co_varnames" => Value::tuple(c.locals.iter().map(Name::value).collect()),
                _ => return None,
            }),
            Value::StaticMethod(inner) | Value::ClassMethod(inner) if text == "__func__" => {
                Some((**inner).clone())
            }
            Value::Property(p) => Some(match text {
                "fget" => p.get.clone(),
                "fset" => p.set.clone(),
                "fdel" => p.del.clone(),
                "__doc__" => p.doc.clone(),
                _ => return None,
            }),
            Value::Slice(s) => Some(match text {
                "start" => s.0.clone(),
                "stop" => s.1.clone(),
                "step" => s.2.clone(),
                _ => return None,
            }),
            Value::Range(r) => Some(match text {
                "start" => Value::Int(r.start),
                "stop" => Value::Int(r.stop),
                "step" => Value::Int(r.step),
                _ => return None,
            }),
            _ => None,
        }
    }

    /// The dict with an instance's attributes: what is written to it is written to the instance.
    pub(crate) fn instance_dict(&self, o: &Rc<Instance>) -> Value {
        let d = crate::program::value::Dict::default();
        for (n, v) in o.attrs.borrow().iter() {
            d.put_str(n.as_str(), v.clone());
        }
        *d.owner.borrow_mut() = Value::Obj(o.clone());
        Value::Dict(Rc::new(d))
    }

    /// The same of a module's globals.
    pub(crate) fn module_dict(&self, m: &Rc<crate::program::value::Module>) -> Value {
        let d = crate::program::value::Dict::default();
        for (n, v) in m.names.borrow().iter() {
            d.put_str(n.as_str(), v.clone());
        }
        *d.owner.borrow_mut() = Value::Module(m.clone());
        Value::Dict(Rc::new(d))
    }

    /// The instruction STORE_ATTR.
    #[inline]
    pub(crate) fn store_attr_cached(
        &mut self,
        f: &mut Frame,
        obj: Value,
        name: u32,
        cache: u16,
        v: Value,
    ) -> Res<()> {
        if let Value::Obj(o) = &obj {
            let slot = &f.code.caches[cache as usize];
            let c = slot.get();
            let name = &f.code.names[name as usize];
            if c.kind == OWN && c.version == o.class.version.get() {
                let mut v = v;
                let mut attrs = o.attrs.borrow_mut();
                if let Some(place) = attrs.at_mut(c.place as usize, name) {
                    std::mem::swap(place, &mut v);
                    drop(attrs);
                    drop(v);
                    return Ok(());
                }
                let old = attrs.set(name, v);
                if let Some(place) = attrs.find(name) {
                    slot.set(Cache {
                        place: place as u32,
                        ..c
                    });
                }
                drop(attrs);
                drop(old);
                return Ok(());
            }
            if !o.class.has(flag::SETATTR | flag::SLOTS)
                && !o.class.lookup(name).is_some_and(|v| is_data_descriptor(&v))
                && o.class.base == Base::Object
            {
                let old = o.attrs.borrow_mut().set(name, v);
                let place = o.attrs.borrow().find(name).unwrap_or(0);
                slot.set(Cache {
                    version: o.class.version.get(),
                    kind: OWN,
                    mro: 0,
                    place: place as u32,
                });
                self.made += 40;
                drop(old);
                return Ok(());
            }
        }
        let name = f.code.names[name as usize].clone();
        match self.setattr(obj, &name, v) {
            Ok(_) => Ok(()),
            Err(e) => Err(discard(e)),
        }
    }

    /// setattr(obj, name, v)
    pub(crate) fn setattr(&mut self, obj: Value, name: &Name, v: Value) -> Res<Value> {
        if let Value::Obj(o) = &obj
            && o.class.has(flag::SETATTR)
            && let Some(m) = o.class.lookup(&self.names.setattr)
            && !matches!(m, Value::Native(_))
        {
            return tail(m, vec![obj.clone(), name.value(), v]);
        }
        self.setattr_plain(obj, name, v)
    }

    /// object.__setattr__
    pub(crate) fn setattr_plain(&mut self, obj: Value, name: &Name, v: Value) -> Res<Value> {
        match &obj {
            Value::Obj(o) => {
                if let Some(d) = o.class.lookup(name) {
                    match &d {
                        Value::Property(p) => {
                            if p.set.is_none() {
                                let words = format!(
                                    "property '{}' of '{}' object has no setter",
                                    name.as_str(),
                                    o.class.name()
                                );
                                return Err(raise("AttributeError", words));
                            }
                            return tail(p.set.clone(), vec![obj.clone(), v]);
                        }
                        Value::Obj(d) => {
                            if let Some(set) = d.class.lookup(&self.names.set) {
                                return tail(set, vec![Value::Obj(d.clone()), obj.clone(), v]);
                            }
                        }
                        Value::Native(n) if n.kind == Kind::Getter => {
                            if self.set_exception_attr(o, name.as_str(), &v) {
                                return Ok(Value::None);
                            }
                            let words = format!(
                                "attribute '{}' of '{}' objects is not writable",
                                name.as_str(),
                                o.class.name()
                            );
                            return Err(raise("AttributeError", words));
                        }
                        _ => {}
                    }
                }
                if o.class.has(flag::SLOTS) && !self.slot_allowed(o, name) {
                    let words = format!("'{}' object has no attribute '{}'", o.class.name(), name.as_str());
                    return Err(raise("AttributeError", words));
                }
                if o.class.builtin && !matches!(o.payload, Payload::Exc(_)) && o.class.base != Base::Other {
                    let words = format!("'{}' object has no attribute '{}'", o.class.name(), name.as_str());
                    return Err(raise("AttributeError", words));
                }
                let old = o.attrs.borrow_mut().set(name, v);
                drop(old);
                Ok(Value::None)
            }
            Value::Class(c) => {
                if c.builtin {
                    let words = format!(
                        "cannot set '{}' attribute of immutable type '{}'",
                        name.as_str(),
                        c.name()
                    );
                    return type_error(words);
                }
                if *name == self.names.name
                    && let Some(text) = v.as_str()
                {
                    *c.name.borrow_mut() = text.into();
                    return Ok(Value::None);
                }
                let old = c.set(name, v);
                drop(old);
                Ok(Value::None)
            }
            Value::Module(m) => {
                let old = m.names.borrow_mut().set(name, v);
                drop(old);
                Ok(Value::None)
            }
            Value::Func(func) => {
                match name.as_str() {
                    "__name__" => {
                        if let Value::Str(s) = &v {
                            *func.name.borrow_mut() = Name::of(s);
                        }
                    }
                    "__qualname__" => {
                        if let Some(s) = v.as_str() {
                            *func.qualname.borrow_mut() = s.into();
                        }
                    }
                    "__defaults__" => {
                        if let Value::Tuple(t) = &v {
                            *func.defaults.borrow_mut() = t.to_vec().into();
                        }
                    }
                    _ => drop(func.attrs.borrow_mut().set(name, v)),
                }
                Ok(Value::None)
            }
            other => {
                let words = format!(
                    "'{}' object has no attribute '{}'",
                    type_name(other),
                    name.as_str()
                );
                Err(self.no_attribute(other, words, name))
            }
        }
    }

    fn slot_allowed(&self, o: &Instance, name: &Name) -> bool {
        let class = &o.class;
        let slots = Name::new("__slots__");
        let mut all_slotted = true;
        for c in class.mro() {
            if c.builtin {
                continue;
            }
            match c.attrs.borrow().get(&slots) {
                None => all_slotted = false,
                Some(Value::Str(s)) if s.as_str() == name.as_str() => return true,
                Some(Value::Tuple(t)) if t.iter().any(|v| v.as_str() == Some(name.as_str())) => return true,
                Some(Value::List(t)) if t.borrow().iter().any(|v| v.as_str() == Some(name.as_str())) => {
                    return true;
                }
                Some(_) => {}
            }
        }
        !all_slotted
    }

    fn set_exception_attr(&mut self, o: &Instance, name: &str, v: &Value) -> bool {
        let Payload::Exc(data) = &o.payload else {
            return false;
        };
        let mut data = data.borrow_mut();
        match name {
            "args" => {
                if let Value::Tuple(t) = v {
                    data.args = t.to_vec();
                }
            }
            "__cause__" => {
                data.cause = (!v.is_none()).then(|| v.clone());
                data.suppress = true;
            }
            "__context__" => data.context = (!v.is_none()).then(|| v.clone()),
            "__suppress_context__" => data.suppress = matches!(v, Value::Bool(true)),
            "__traceback__" => {
                if v.is_none() {
                    data.traceback.clear();
                }
            }
            _ => {
                drop(data);
                o.attrs.borrow_mut().put(name, v.clone());
            }
        }
        true
    }

    /// delattr(obj, name)
    pub(crate) fn delete_attr(&mut self, obj: Value, name: &Name) -> Res<()> {
        let gone = match &obj {
            Value::Obj(o) => {
                if o.class.has(flag::DELATTR)
                    && let Some(m) = o.class.lookup(&self.names.delattr)
                    && !matches!(m, Value::Native(_))
                {
                    self.call_sync(m, vec![obj.clone(), name.value()])?;
                    return Ok(());
                }
                if let Some(Value::Property(p)) = o.class.lookup(name) {
                    if p.del.is_none() {
                        let words = format!(
                            "property '{}' of '{}' object has no deleter",
                            name.as_str(),
                            o.class.name()
                        );
                        return Err(raise("AttributeError", words));
                    }
                    self.call_sync(p.del.clone(), vec![obj.clone()])?;
                    return Ok(());
                }
                o.attrs.borrow_mut().remove(name)
            }
            Value::Class(c) if !c.builtin => {
                let gone = c.attrs.borrow_mut().remove(name);
                c.changed(0);
                gone
            }
            Value::Module(m) => m.names.borrow_mut().remove(name),
            Value::Func(func) => func.attrs.borrow_mut().remove(name),
            _ => None,
        };
        if gone.is_none() {
            let words = match &obj {
                Value::Class(c) => format!("type object '{}' has no attribute '{}'", c.name(), name.as_str()),
                _ => format!(
                    "'{}' object has no attribute '{}'",
                    type_name(&obj),
                    name.as_str()
                ),
            };
            return Err(self.no_attribute(&obj, words, name));
        }
        Ok(())
    }

    /// The special method of a value's class, if a class of the program (or a frozen one) defines it in Python.
    pub(crate) fn dunder(&self, v: &Value, name: &Name) -> Option<Value> {
        let class = match v {
            Value::Obj(o) => &o.class,
            Value::Class(c) => c.meta.as_ref()?,
            _ => return None,
        };
        match class.lookup(name) {
            Some(Value::Native(n)) if !matches!(v, Value::Obj(o) if matches!(o.payload, Payload::Opaque(_) | Payload::Socket(_) | Payload::Lock(_))) =>
            {
                let _ = n;
                None
            }
            Some(Value::StaticMethod(inner)) => Some((*inner).clone()),
            other => other,
        }
    }
}

/// Is it a property, or another descriptor that also takes writes? It wins over the instance's own attributes.
fn is_data_descriptor(v: &Value) -> bool {
    match v {
        Value::Property(_) => true,
        Value::Native(n) => n.kind == Kind::Getter,
        Value::Obj(o) => !o.class.builtin && o.class.lookup_str("__set__").is_some(),
        _ => false,
    }
}

/// Drops the result of a call that was asked for.
pub(crate) fn discard(mut e: Box<Ctl>) -> Box<Ctl> {
    if let Ctl::Call(req) = &mut *e {
        req.discard = true;
    }
    e
}
