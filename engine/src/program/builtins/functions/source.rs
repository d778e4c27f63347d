//! Source that is run while a program runs: `exec`, `eval`.

use super::names::locals;
use crate::program::builtins::args::arity;
use crate::program::code::Source;
use crate::program::compile::Mode;
use crate::program::compiled;
use crate::program::exceptions::{raise, throw, type_error};
use crate::program::value::{Args, Name, Value};
use crate::program::vm::{Ctl, Res, Vm};
use std::rc::Rc;

/// exec() and eval() see the globals of the frame that calls them.
fn run_source(vm: &mut Vm, a: &Args<'_>, name: &str, mode: Mode) -> Res<Value> {
    arity(a, name, 0, 1, 3)?;
    let Some(text) = a.all[0].as_str() else {
        return type_error(format!("{name}() arg 1 must be a string, bytes or code object"));
    };
    let text = if mode == Mode::Eval {
        text.trim_start()
    } else {
        text
    };
    let source = Rc::new(Source::new("<string>", text, false));
    let code = compiled::code(&source, mode)
        .map_err(|e| throw(crate::program::exceptions::syntax_error(&e, &source)))?;
    if a.pos().len() > 1 {
        return Err(raise(
            "NotImplementedError",
            format!("{name}() with its own globals is not supported by Wirelab's Python engine"),
        ));
    }
    let (globals, seen) = match vm.calling_frame() {
        Some(f) => (
            f.globals.clone(),
            if f.code.name.as_str() == "<module>" {
                None
            } else {
                Some(locals(vm))
            },
        ),
        None => (vm.main.clone(), None),
    };
    let mut frame = vm.code_frame(code, globals.clone(), crate::program::vm::frame::Then::Push);
    if let Some(Value::Dict(d)) = seen {
        // A function's own variables are seen, not changed.
        let names = crate::program::value::NameMap::new();
        let space = Rc::new(crate::program::value::Module {
            name: globals.name.clone(),
            names: names.into(),
            builtins: Some(globals),
            absent: false,
            dict: None.into(),
        });
        for (k, v) in d.map.borrow().iter() {
            if let Value::Str(s) = &k.value {
                space.names.borrow_mut().set(&Name::of(s), v.clone());
            }
        }
        frame.globals = space;
    }
    Err(Box::new(Ctl::Enter(Box::new(frame), Vec::new())))
}

pub(super) fn exec(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    run_source(vm, &a, "exec", Mode::Program)
}

pub(super) fn eval(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    run_source(vm, &a, "eval", Mode::Eval)
}
