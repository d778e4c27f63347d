//! sys: arguments, streams, exit.

use std::rc::Rc;

use super::{NativeModule, put};
use crate::program::builtins::args::arity;
use crate::program::exceptions::{new, throw, type_error};
use crate::program::host::{HostAnswer, HostCall, OutputStream};
use crate::program::text::codec;
use crate::program::types::class_of;
use crate::program::value::func::Native;
use crate::program::value::{Module, Value};
use crate::program::vm::control::ask;
use crate::program::vm::{RECURSION_LIMIT, Res, Vm};

/// The module.
pub const MODULE: NativeModule = NativeModule {
    name: "sys",
    functions: FUNCTIONS,
    init,
};

static FUNCTIONS: &[Native] = &[
    Native::function("exit", |_, a| {
        arity(&a, "exit", 0, 0, 1)?;
        Err(throw(new("SystemExit", a.pos().to_vec())))
    }),
    Native::framed("exc_info", |vm, _| {
        let e = vm.calling_frame().and_then(|_| vm.handled_below());
        Ok(Value::tuple(match e {
            Some(e) => vec![Value::Class(class_of(&e).clone()), e.clone(), traceback_value(&e)],
            None => vec![Value::None; 3],
        }))
    }),
    Native::framed("exception", |vm, _| Ok(vm.handled_below().unwrap_or(Value::None))),
    Native::function("_format_exception", |vm, a| {
        arity(&a, "_format_exception", 0, 1, 1)?;
        Ok(Value::str(crate::program::traceback::format(vm, &a.all[0])))
    }),
    Native::function("_stack", |_, a| {
        arity(&a, "_stack", 0, 1, 1)?;
        Ok(Value::list(crate::program::traceback::stack(&a.all[0])))
    }),
    Native::framed("_caller", |vm, _| {
        // The nearest frame of the program's own: file, line, function.
        let found = vm.frames.iter().rev().find(|f| !f.code.source.frozen);
        Ok(found.map_or(Value::None, |f| {
            Value::tuple(vec![
                Value::str(&*f.code.source.file),
                Value::from(f.line),
                f.code.name.value(),
            ])
        }))
    }),
    Native::function("getrecursionlimit", |_, _| Ok(Value::from(RECURSION_LIMIT))),
    Native::function("setrecursionlimit", |_, _| Ok(Value::None)),
    Native::function("getsizeof", |vm, a| {
        arity(&a, "getsizeof", 0, 1, 2)?;
        Ok(Value::from(sizeof(vm, &a.all[0])))
    }),
    Native::function("getrefcount", |_, _| Ok(Value::Int(2))),
    Native::function("getdefaultencoding", |_, _| Ok(Value::str("utf-8"))),
    Native::function("getfilesystemencoding", |_, _| Ok(Value::str("utf-8"))),
    Native::function("intern", |_, a| Ok(a.all.first().cloned().unwrap_or(Value::None))),
    Native::function("settrace", |_, _| Ok(Value::None)),
    Native::function("_write", |vm, a| {
        let stream = if matches!(a.all[0], Value::Int(2)) {
            OutputStream::Stderr
        } else {
            OutputStream::Stdout
        };
        match &a.all[1] {
            Value::Str(s) => {
                let bytes = encode(s.as_str());
                vm.write(stream, &bytes);
                Ok(Value::from(s.len()))
            }
            other => match crate::program::builtins::bytes::bytes_like(other) {
                Some(b) => {
                    vm.write(stream, &b);
                    Ok(Value::from(b.len()))
                }
                None => type_error("a bytes-like object is required"),
            },
        }
    }),
    Native::function("_readline", |_, _| {
        ask(
            HostCall::Input,
            |_, _, answer| match answer {
                HostAnswer::Line(Some(text)) => Ok(Value::str(format!("{text}\n"))),
                _ => Ok(Value::str("")),
            },
            Vec::new(),
        )
    }),
];

/// Text as it leaves the program: UTF-8, lone surrogates by their escape.
pub fn encode(text: &str) -> Vec<u8> {
    if text.is_ascii() {
        return text.as_bytes().to_vec();
    }
    codec::encode(text, "utf-8", "backslashreplace").unwrap_or_else(|_| text.as_bytes().to_vec())
}

/// A stand-in for a traceback object: what `traceback` can format.
pub fn traceback_value(e: &Value) -> Value {
    e.clone()
}

fn sizeof(vm: &Vm, v: &Value) -> usize {
    let _ = vm;
    match v.inner() {
        Value::None => 16,
        Value::Bool(b) => 24 + usize::from(*b) * 4,
        Value::Int(0) => 24,
        Value::Int(n) => 24 + 4 * (64 - n.unsigned_abs().leading_zeros() as usize).div_ceil(30),
        Value::Big(n) => 24 + 4 * (n.bits() as usize).div_ceil(30),
        Value::Float(_) => 24,
        Value::Str(s) => {
            let text = s.as_str();
            let widest = text.chars().map(|c| c as u32).max().unwrap_or(0);
            match widest {
                0..=0x7f => 49 + s.len(),
                0x80..=0xff => 73 + s.len(),
                0x100..=0xffff => 74 + 2 * s.len(),
                _ => 76 + 4 * s.len(),
            }
        }
        Value::Bytes(b) => 33 + b.len(),
        Value::ByteArray(b) => 57 + b.borrow().len(),
        Value::Tuple(t) => 40 + 8 * t.len(),
        Value::List(l) => 56 + 8 * l.borrow().len(),
        Value::Dict(d) => {
            let n = d.map.borrow().len();
            if n == 0 {
                64
            } else if n <= 5 {
                184
            } else {
                184 + 40 * n
            }
        }
        Value::Set(s) => {
            if s.len() <= 4 {
                216
            } else {
                216 + 64 * s.len()
            }
        }
        _ => 48,
    }
}

fn init(vm: &mut Vm, m: &Rc<Module>) -> Res<()> {
    let mut argv = vec![Value::str(if vm.config.interactive {
        ""
    } else {
        vm.config.file.as_str()
    })];
    argv.extend(vm.config.args.iter().map(|a| Value::str(a.as_str())));
    put(m, "argv", Value::list(argv));
    put(m, "orig_argv", Value::list(vec![Value::str("python3")]));
    put(m, "path", Value::list(vec![Value::str("")]));
    put(m, "version", "3.11.0 (Wirelab)");
    put(m, "hexversion", 0x030b_00f0_i64);
    put(m, "platform", "linux");
    put(m, "byteorder", "little");
    put(m, "maxsize", i64::MAX);
    put(m, "maxunicode", 0x10_ffff_i64);
    put(m, "executable", "/usr/bin/python3");
    put(m, "prefix", "/usr");
    put(m, "ps1", ">>> ");
    put(m, "ps2", "... ");
    put(m, "builtin_module_names", Value::tuple(vec![Value::str("sys")]));
    put(m, "dont_write_bytecode", true);
    let modules = crate::program::value::Dict::default();
    for (n, v) in &vm.modules {
        modules.put_str(n, v.clone());
    }
    put(m, "modules", Value::Dict(Rc::new(modules)));
    put(
        m,
        "version_info",
        Value::tuple(vec![3.into(), 11.into(), 0.into(), Value::str("final"), 0.into()]),
    );
    // The streams are Python classes: they are made at once, by the frozen module that defines them.
    let Some(streams) = super::frozen("_streams") else {
        return Ok(());
    };
    let code = super::frozen_code(&streams)?;
    let module = vm.new_module("_streams", false);
    for n in FUNCTIONS {
        if n.name.starts_with('_') {
            module.names.borrow_mut().put(n.name, Value::Native(n));
        }
    }
    vm.run_module(code, module.clone());
    let names = ["stdin", "stdout", "stderr", "version_info"];
    for name in names {
        let v = module.names.borrow().get_str(name).cloned();
        if let Some(v) = v {
            if name.starts_with("std") {
                put(m, &format!("__{name}__"), v.clone());
            }
            put(m, name, v);
        }
    }
    let out = module
        .names
        .borrow()
        .get_str("stdout")
        .cloned()
        .unwrap_or(Value::None);
    vm.state.insert("stdout", out);
    Ok(())
}

impl Vm {
    /// Does print() write to the program's own standard output?
    pub(crate) fn stdout_is_plain(&self) -> bool {
        let Some(original) = self.state.get("stdout") else {
            return true;
        };
        match self.module("sys") {
            Some(Value::Module(m)) => m.names.borrow().get_str("stdout").is_some_and(|v| v.is(original)),
            _ => true,
        }
    }

    /// The exception being handled in the frames below a native.
    pub(crate) fn handled_below(&self) -> Option<Value> {
        self.frames.iter().rev().find_map(|f| f.handled().last().cloned())
    }
}
