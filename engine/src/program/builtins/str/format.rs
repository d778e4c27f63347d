//! `str.format()`, and the replacement fields of template strings.

use super::{check, this};
use crate::program::builtins::repr;
use crate::program::exceptions::{key_error, raise};
use crate::program::text::template;
use crate::program::value::{Args, Dict, Name, Value};
use crate::program::vm::{Res, Vm};
use std::rc::Rc;

/// str.format: natively where no field needs the program's code; else by the Python half.
pub(super) fn format(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    check(&a, "format")?;
    let parsed = template::parse(this(&a));
    let mut numbering = template::Numbering::default();
    let args = Args {
        all: &a.all[1..],
        names: a.names,
    };
    let quick = !args.all.iter().any(|v| repr::needs_code(v, 0) || is_own(v));
    if quick {
        let text = render(vm, &parsed, &mut numbering, &args)?;
        return Ok(Value::str(text));
    }
    let d = Dict::default();
    for (n, v) in args.kw() {
        d.put_str(n.as_str(), v.clone());
    }
    let f = vm.prelude_function("format_template");
    let items = vec![
        template_value(&parsed),
        Value::tuple(args.pos().to_vec()),
        Value::Dict(Rc::new(d)),
    ];
    crate::program::vm::control::tail(f, items)
}

fn is_own(v: &Value) -> bool {
    matches!(v, Value::Obj(o) if !o.class.builtin)
}

fn render(
    vm: &mut Vm,
    t: &template::Template,
    numbering: &mut template::Numbering,
    args: &Args<'_>,
) -> Res<String> {
    let mut out = String::new();
    for piece in &t.pieces {
        match piece {
            template::Piece::Literal(text) => out.push_str(text),
            template::Piece::Field(f) => {
                let mut v = first(&f.first, numbering, args)?;
                for step in &f.accessors {
                    v = match step {
                        template::Accessor::Attribute(name) => {
                            let r = vm.getattr(v, &Name::new(name));
                            vm.settle(r)?
                        }
                        template::Accessor::Index(i) => {
                            let r = vm.subscript(v, Value::from(*i));
                            vm.settle(r)?
                        }
                        template::Accessor::Key(k) => {
                            let r = vm.subscript(v, Value::str(k.as_str()));
                            vm.settle(r)?
                        }
                    };
                }
                if let Some(fault) = &f.fault {
                    return Err(fault.clone().into());
                }
                let conversion = match f.conversion()? {
                    None => 0,
                    Some(template::Conversion::Repr) => b'r',
                    Some(template::Conversion::Str) => b's',
                    Some(template::Conversion::Ascii) => b'a',
                };
                let spec = match &f.spec {
                    template::Spec::Plain(s) => s.clone(),
                    template::Spec::Nested(t) => render(vm, t, numbering, args)?,
                };
                let r = vm.format_value(v, conversion, Value::str(spec));
                let v = vm.settle(r)?;
                out.push_str(v.as_str().unwrap_or(""));
                vm.claim(out.len())?;
            }
        }
    }
    match &t.fault {
        Some(fault) => Err(fault.clone().into()),
        None => Ok(out),
    }
}

pub(super) fn first(
    which: &template::First,
    numbering: &mut template::Numbering,
    args: &Args<'_>,
) -> Res<Value> {
    match numbering.position(which)? {
        Some(i) => match args.pos().get(i) {
            Some(v) => Ok(v.clone()),
            None => Err(raise(
                "IndexError",
                format!("Replacement index {i} out of range for positional args tuple"),
            )),
        },
        None => {
            let template::First::Name(name) = which else {
                return Ok(Value::None);
            };
            match args.keyword(name) {
                Some(v) => Ok(v.clone()),
                None => Err(key_error(&Value::str(name.as_str()))),
            }
        }
    }
}

/// A template as Python data for the Python half: a list of strings and (first, accessors, conversion, spec) tuples.
fn template_value(t: &template::Template) -> Value {
    let mut items = Vec::new();
    for piece in &t.pieces {
        items.push(match piece {
            template::Piece::Literal(text) => Value::str(text.as_str()),
            template::Piece::Field(f) => {
                let first = match &f.first {
                    template::First::Auto => Value::None,
                    template::First::Index(i) => Value::from(*i),
                    template::First::Name(n) => Value::str(n.as_str()),
                };
                let steps = f
                    .accessors
                    .iter()
                    .map(|s| match s {
                        template::Accessor::Attribute(n) => {
                            Value::tuple(vec![Value::Bool(true), Value::str(n.as_str())])
                        }
                        template::Accessor::Index(i) => {
                            Value::tuple(vec![Value::Bool(false), Value::from(*i)])
                        }
                        template::Accessor::Key(k) => {
                            Value::tuple(vec![Value::Bool(false), Value::str(k.as_str())])
                        }
                    })
                    .collect();
                let spec = match &f.spec {
                    template::Spec::Plain(s) => Value::str(s.as_str()),
                    template::Spec::Nested(t) => template_value(t),
                };
                let conversion = f.conversion.map_or(Value::str(""), |c| Value::str(c.to_string()));
                let fault = f
                    .fault
                    .as_ref()
                    .map_or(Value::None, |e| Value::str(e.message.as_str()));
                Value::tuple(vec![first, Value::list(steps), conversion, spec, fault])
            }
        });
    }
    if let Some(e) = &t.fault {
        items.push(Value::tuple(vec![Value::str(e.message.as_str())]));
    }
    Value::list(items)
}
