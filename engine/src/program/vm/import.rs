//! import: the engine's own modules, and those that are only known by name.

use std::cell::RefCell;
use std::rc::Rc;

use super::control::Cont;
use super::frame::{Frame, Then};
use super::{Ctl, Res, Vm};
use crate::program::code::Source;
use crate::program::compile::Mode;
use crate::program::compiled;
use crate::program::exceptions::{new, raise, throw};
use crate::program::modules;
use crate::program::value::{Module, Name, NameMap, Value};

impl Vm {
    /// sys.modules[name]
    pub(crate) fn module(&self, name: &str) -> Option<Value> {
        self.modules
            .iter()
            .find(|(n, _)| &**n == name)
            .map(|(_, m)| m.clone())
    }

    /// A new module, entered in sys.modules.
    pub(crate) fn new_module(&mut self, name: &str, absent: bool) -> Rc<Module> {
        let mut names = NameMap::new();
        names.put("__name__", Value::str(name));
        names.put("__doc__", Value::None);
        let module = Rc::new(Module {
            name: name.into(),
            names: RefCell::new(names),
            builtins: Some(self.builtins.clone()),
            absent,
            dict: RefCell::new(None),
        });
        self.modules.push((name.into(), Value::Module(module.clone())));
        module
    }

    /// Imports a module by its full name; the packages it is in first. Native modules are ready at once; the body of a
    /// frozen one, or of a file beside the program, runs as a frame, then `then` goes on.
    pub(crate) fn import(&mut self, f: &mut Frame, name: &str, then: Vec<Cont>) -> Res<Value> {
        let mut part_end = 0;
        loop {
            part_end = name[part_end..].find('.').map_or(name.len(), |i| part_end + i);
            let part = &name[..part_end];
            if self.module(part).is_none() {
                if let Some(body) = self.load_module(part)? {
                    // Run its body, then look again.
                    let mut frame = body;
                    let mut conts = vec![Cont {
                        run: |vm, state, _| {
                            let name = state[0].as_str().unwrap_or("").to_owned();
                            vm.link_module(&name);
                            Ok(vm.module(&name).unwrap_or(Value::None))
                        },
                        state: vec![Value::str(part)],
                    }];
                    if part_end < name.len() {
                        conts.push(Cont {
                            run: |vm, state, _| {
                                let callee = vm.prelude_function("import_module");
                                super::control::tail(callee, vec![state[0].clone()])
                            },
                            state: vec![Value::str(name)],
                        });
                    }
                    conts.extend(then);
                    frame.go_on(conts);
                    let caller = std::mem::replace(f, frame);
                    self.frames.push(caller);
                    return Ok(Value::Unbound);
                }
                self.link_module(part);
            }
            if part_end == name.len() {
                break;
            }
            part_end += 1;
        }
        let module = self.module(name).unwrap_or(Value::None);
        self.go_on(then, module)
    }

    /// Makes a module an attribute of the package it is in.
    fn link_module(&mut self, name: &str) {
        if let Some((package, last)) = name.rsplit_once('.')
            && let (Some(Value::Module(p)), Some(m)) = (self.module(package), self.module(name))
        {
            p.names.borrow_mut().put(last, m);
        }
    }

    /// Makes a module; gives the frame of its body where it is written in Python.
    fn load_module(&mut self, name: &str) -> Res<Option<Frame>> {
        if let Some(native) = modules::native(name) {
            let module = self.new_module(name, false);
            for n in native.functions {
                module.names.borrow_mut().put(n.name, Value::Native(n));
            }
            (native.init)(self, &module)?;
            return Ok(None);
        }
        if let Some(frozen) = modules::frozen(name) {
            let code = modules::frozen_code(&frozen)?;
            let module = self.new_module(name, false);
            module.names.borrow_mut().put(
                "__file__",
                Value::str(format!("/usr/lib/python3.11/{}.py", name.replace('.', "/"))),
            );
            return Ok(Some(self.code_frame(code, module, Then::Push)));
        }
        let file = format!("{}.py", name.replace('.', "/"));
        if let Some(bytes) = self.files.get(&file).cloned() {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let source = Rc::new(Source::new(&file, &text, false));
            let code = compiled::code(&source, Mode::Program)
                .map_err(|e| throw(crate::program::exceptions::syntax_error(&e, &source)))?;
            let module = self.new_module(name, false);
            module.names.borrow_mut().put("__file__", Value::str(file));
            return Ok(Some(self.code_frame(code, module, Then::Push)));
        }
        if modules::library::NAMES.contains(&name) {
            let words = format!(
                "No module named '{name}' here yet: this part of Python's library could not be loaded; reload the page"
            );
            return Err(raise("ModuleNotFoundError", words));
        }
        let top = name.split('.').next().unwrap_or(name);
        if modules::names::STANDARD.contains(&top) {
            self.new_module(name, true);
            return Ok(None);
        }
        let words = match name.rsplit_once('.') {
            Some((package, _)) if self.module(package).is_some() => {
                format!("No module named '{name}'; '{package}' is not a package")
            }
            _ => format!("No module named '{name}'"),
        };
        Err(not_found(name, words))
    }

    /// Before an import that the program can do without. A module of CPython that is not here is missing there, while an import
    /// without a way out goes on until the module is used: many programs import what they never use.
    pub(crate) fn import_must_be_there(&mut self, f: &Frame, name: u32) -> Res<()> {
        let full = f.code.names[name as usize].as_str();
        let top = full.split('.').next().unwrap_or(full);
        let is_here = modules::exists(top) || self.files.contains_key(&format!("{top}.py"));
        if is_here || !modules::names::STANDARD.contains(&top) {
            return Ok(());
        }
        Err(not_found(full, absent(full)))
    }

    /// The instruction IMPORT_NAME.
    pub(crate) fn import_op(&mut self, f: &mut Frame, name: u32, from: u32, level: u8) -> Res<()> {
        let full = f.code.names[name as usize].as_str().to_owned();
        if level > 0 {
            return Err(raise(
                "ImportError",
                "attempted relative import with no known parent package",
            ));
        }
        let plain = f.code.consts[from as usize].is_none();
        // `import a.b` gives a; `from a.b import c` gives b.
        let want = if plain {
            full.split('.').next().unwrap_or(&full).to_owned()
        } else {
            full.clone()
        };
        let from = f.code.consts[from as usize].clone();
        let then = vec![Cont {
            run: |vm, state, _| {
                let name = state[0].as_str().unwrap_or("").to_owned();
                Ok(vm.module(&name).unwrap_or(Value::None))
            },
            state: vec![Value::str(want), from],
        }];
        let v = self.import(f, &full, then)?;
        if !v.is_unbound() {
            f.push(v);
        }
        Ok(())
    }

    /// The instruction IMPORT_FROM: module -> module, attribute.
    pub(crate) fn import_from(&mut self, f: &mut Frame, name: u32) -> Res<()> {
        let name = f.code.names[name as usize].clone();
        let module = f.slots.last().cloned().unwrap_or(Value::None);
        let Value::Module(m) = &module else {
            let v = self.getattr(module.clone(), &name)?;
            f.push(v);
            return Ok(());
        };
        let known = m.names.borrow().get(&name).cloned();
        if let Some(v) = known {
            f.push(v);
            return Ok(());
        }
        let full = format!("{}.{}", m.name, name.as_str());
        if let Some(v) = self.module(&full) {
            f.push(v);
            return Ok(());
        }
        if modules::exists(&full) {
            let v = self.import(f, &full, Vec::new())?;
            if !v.is_unbound() {
                f.push(v);
            }
            return Ok(());
        }
        if m.absent {
            // The name may never be used: it stands for itself until it is.
            let stand_in = Rc::new(Module {
                name: full.into(),
                names: RefCell::new(NameMap::new()),
                builtins: None,
                absent: true,
                dict: RefCell::new(None),
            });
            f.push(Value::Module(stand_in));
            return Ok(());
        }
        let lazy = m.names.borrow().get(&self.names.getattr).cloned();
        if let Some(getattr) = lazy {
            return super::control::tail(getattr, vec![name.value()]);
        }
        let file = m.names.borrow().get_str("__file__").cloned();
        let place = match file {
            Some(v) => format!("({})", v.as_str().unwrap_or("")),
            None => "(unknown location)".to_owned(),
        };
        let e = new(
            "ImportError",
            vec![Value::str(format!(
                "cannot import name '{}' from '{}' {place}",
                name.as_str(),
                m.name
            ))],
        );
        if let Value::Obj(o) = &e {
            o.attrs.borrow_mut().put("name", Value::str(&*m.name));
        }
        Err(throw(e))
    }

    /// The instruction IMPORT_STAR.
    pub(crate) fn import_star(&mut self, f: &mut Frame) -> Res<()> {
        let Value::Module(m) = f.pop() else { return Ok(()) };
        let all = m.names.borrow().get_str("__all__").cloned();
        let names: Vec<(Name, Value)> = match all {
            Some(list) => {
                let mut out = Vec::new();
                for n in self.collect_sync(list)? {
                    if let Value::Str(s) = &n {
                        let name = Name::of(s);
                        if let Some(v) = m.names.borrow().get(&name) {
                            out.push((name, v.clone()));
                        }
                    }
                }
                out
            }
            None => m
                .names
                .borrow()
                .iter()
                .filter(|(n, _)| !n.as_str().starts_with('_'))
                .cloned()
                .collect(),
        };
        for (n, v) in names {
            let old = f.globals.names.borrow_mut().set(&n, v);
            drop(old);
        }
        Ok(())
    }
}

/// Gives the module of this name, whatever came before.
pub(crate) fn then_module(name: &str) -> Cont {
    Cont {
        run: |vm, state, _| Ok(vm.module(state[0].as_str().unwrap_or("")).unwrap_or(Value::None)),
        state: vec![Value::str(name)],
    }
}

impl Vm {
    /// Runs a module's code at once; only for the engine's own modules, which neither block nor fail.
    pub(crate) fn run_module(&mut self, code: Rc<crate::program::code::Code>, module: Rc<Module>) {
        let func = Value::Func(Rc::new(crate::program::value::Function {
            name: code.name.clone().into(),
            qualname: code.qualname.clone().into(),
            code,
            globals: module,
            defaults: RefCell::new(Rc::from([])),
            kw_defaults: Vec::new(),
            closure: Box::default(),
            attrs: RefCell::default(),
        }));
        let fuel = std::mem::replace(&mut self.fuel_ends, u64::MAX / 2);
        if let Err(e) = self.call_sync(func, Vec::new())
            && let super::Ctl::Raise(e) = *e
        {
            let text = crate::program::traceback::format(self, &e);
            self.write(crate::program::host::OutputStream::Stderr, text.as_bytes());
        }
        self.fuel_ends = fuel;
    }
}

/// What is said of a module that only CPython has.
pub(crate) fn absent(name: &str) -> String {
    format!("the module '{name}' exists in CPython, but Wirelab's Python engine does not have it")
}

fn not_found(name: &str, words: String) -> Box<Ctl> {
    let e = new("ModuleNotFoundError", vec![Value::str(words)]);
    if let Value::Obj(o) = &e {
        o.attrs.borrow_mut().put("name", Value::str(name));
    }
    throw(e)
}
