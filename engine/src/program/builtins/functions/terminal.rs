//! The terminal: `print`, `input`, and what a prompt shows.

use crate::program::builtins::args::{arity, keywords, no_keywords};
use crate::program::builtins::repr;
use crate::program::exceptions::{raise, type_error};
use crate::program::host::{HostAnswer, HostCall, OutputStream};
use crate::program::types::type_name;
use crate::program::value::{Args, Value};
use crate::program::vm::control::{ask, tail};
use crate::program::vm::{Res, Vm};

/// print()
pub(super) fn print(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    keywords(&a, "print", &["sep", "end", "file", "flush"])?;
    for name in ["sep", "end"] {
        if let Some(v) = a.keyword(name)
            && !v.is_none()
            && v.as_str().is_none()
        {
            return type_error(format!("{name} must be None or a string, not {}", type_name(v)));
        }
    }
    let file = a.keyword("file").cloned().unwrap_or(Value::None);
    let plain_out = vm.stdout_is_plain();
    let quick = plain_out
        && file.is_none()
        && !a
            .pos()
            .iter()
            .any(|v| repr::needs_code(v, 0) || matches!(v, Value::Obj(_)));
    if quick {
        let text = |name: &str, default: &'static str| {
            a.keyword(name)
                .and_then(Value::as_str)
                .map_or_else(|| default.to_owned(), str::to_owned)
        };
        let sep = text("sep", " ");
        let mut out = String::new();
        for (i, v) in a.pos().iter().enumerate() {
            if i > 0 {
                out.push_str(&sep);
            }
            match v {
                Value::Str(s) => out.push_str(s.as_str()),
                other => {
                    let r = repr::repr_then(vm, other.clone(), |_, _, v| Ok(v), Vec::new());
                    out.push_str(vm.settle(r)?.as_str().unwrap_or(""));
                }
            }
        }
        match a.keyword("end").and_then(Value::as_str) {
            Some(end) => out.push_str(end),
            None => out.push('\n'),
        }
        vm.write(OutputStream::Stdout, &crate::program::modules::sys::encode(&out));
        return Ok(Value::None);
    }
    let f = vm.prelude_function("print");
    let kw = |name: &str| a.keyword(name).cloned().unwrap_or(Value::None);
    tail(
        f,
        vec![
            Value::tuple(a.pos().to_vec()),
            kw("sep"),
            kw("end"),
            file,
            kw("flush"),
        ],
    )
}

/// input()
pub(super) fn input(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    no_keywords(&a, "input")?;
    arity(&a, "input", 0, 0, 1)?;
    match a.all.first() {
        None => read_line(),
        Some(prompt) => {
            if let Some(text) = prompt.as_str() {
                let text = text.to_owned();
                vm.write(OutputStream::Stdout, &crate::program::modules::sys::encode(&text));
                return read_line();
            }
            let f = vm.prelude_function("input");
            tail(f, vec![prompt.clone()])
        }
    }
}

pub(super) fn read_line() -> Res<Value> {
    ask(
        HostCall::Input,
        |_, _, answer| match answer {
            HostAnswer::Line(Some(text)) => Ok(Value::str(text)),
            _ => Err(raise("EOFError", "EOF when reading a line")),
        },
        Vec::new(),
    )
}

impl Vm {
    /// The value of a statement at the prompt.
    pub(crate) fn display(&mut self, v: Value) -> Res<()> {
        if v.is_none() {
            return Ok(());
        }
        self.builtins.names.borrow_mut().put("_", v.clone());
        let r = repr::repr_then(
            self,
            v,
            |vm, _, text| {
                let text = format!("{}\n", text.as_str().unwrap_or(""));
                vm.write(OutputStream::Stdout, &crate::program::modules::sys::encode(&text));
                Ok(Value::None)
            },
            Vec::new(),
        );
        match r {
            Ok(_) => Ok(()),
            Err(e) => Err(crate::program::vm::attribute::discard(e)),
        }
    }
}
