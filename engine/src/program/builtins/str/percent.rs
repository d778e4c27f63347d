//! `%` on text: its directives and their arguments.

use crate::program::builtins::repr;
use crate::program::exceptions::{raise, type_error};
use crate::program::text::percent as p;
use crate::program::types::type_name;
use crate::program::value::Value;
use crate::program::vm::operator::{to_big, to_i64};
use crate::program::vm::{Res, Vm};
use std::rc::Rc;

/// text % argument
pub fn percent(vm: &mut Vm, text: &Rc<crate::program::value::Str>, argument: &Value) -> Res<Value> {
    let parsed = p::parse(text.as_str());
    let mut args = Arguments::new(argument);
    let mut out = String::new();
    for piece in &parsed.pieces {
        match piece {
            p::Piece::Literal(t) => out.push_str(t),
            p::Piece::Directive(d) => {
                let (v, layout) = args.take(vm, d, |k| Value::str(k))?;
                out.push_str(&directive(vm, d.kind, d.index, v, &layout)?);
                vm.claim(out.len())?;
            }
        }
    }
    if let Some(e) = parsed.fault {
        return Err(e.into());
    }
    args.finish()?;
    Ok(Value::str(out))
}

/// The text of one directive of a str format.
fn directive(vm: &mut Vm, kind: char, index: usize, v: Value, layout: &p::Layout) -> Res<String> {
    Ok(match kind {
        's' | 'r' | 'a' => {
            let r = match kind {
                's' => repr::str_then(vm, v, |_, _, s| Ok(s), Vec::new()),
                'r' => repr::repr_then(vm, v, |_, _, s| Ok(s), Vec::new()),
                _ => repr::repr_then(
                    vm,
                    v,
                    |_, _, s| Ok(Value::str(repr::to_ascii(s.as_str().unwrap_or("")))),
                    Vec::new(),
                ),
            };
            let v = vm.settle(r)?;
            p::text(v.as_str().unwrap_or(""), layout)?
        }
        'c' => match (v.as_str().map(|t| t.chars().collect::<Vec<_>>()), to_i64(&v)) {
            (Some(c), _) if c.len() == 1 => p::character(c[0], layout)?,
            (_, Some(n)) => {
                match u32::try_from(n)
                    .ok()
                    .and_then(crate::program::text::from_code_point)
                {
                    Some(c) => p::character(c, layout)?,
                    None => return Err(raise("OverflowError", "%c arg not in range(0x110000)")),
                }
            }
            _ => return type_error("%c requires int or char"),
        },
        _ => return number_directive(vm, kind, index, &v, layout),
    })
}

/// %d, %x, %f, ... of str and bytes.
pub fn number_directive(vm: &mut Vm, kind: char, index: usize, v: &Value, layout: &p::Layout) -> Res<String> {
    match kind {
        'd' | 'i' | 'u' => {
            let n = match v.inner() {
                Value::Float(x) => crate::program::text::number::float_to_int(*x)?,
                other => match to_big(other) {
                    Some(n) => n,
                    None => {
                        return type_error(format!(
                            "%{kind} format: a real number is required, not {}",
                            type_name(v)
                        ));
                    }
                },
            };
            Ok(p::int(&n, kind, layout)?)
        }
        'x' | 'X' | 'o' => match to_big(v) {
            Some(n) => Ok(p::int(&n, kind, layout)?),
            None => type_error(format!(
                "%{kind} format: an integer is required, not {}",
                type_name(v)
            )),
        },
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let x = vm.float_arg(v)?;
            Ok(p::float(x, kind, layout)?)
        }
        _ => Err(p::unsupported(kind, index).into()),
    }
}

/// The right side of `%`, taken one by one or by key.
pub struct Arguments<'a> {
    all: &'a [Value],
    next: usize,
    mapping: Option<&'a Value>,
    used_mapping: bool,
    is_tuple: bool,
}

impl<'a> Arguments<'a> {
    /// Looks at the right side.
    pub fn new(v: &'a Value) -> Self {
        let mapping = matches!(v.inner(), Value::Dict(_))
            || matches!(v, Value::Obj(o) if o.class.lookup_str("__getitem__").is_some() && v.as_str().is_none());
        match v {
            Value::Tuple(t) => Self {
                all: t,
                next: 0,
                mapping: None,
                used_mapping: false,
                is_tuple: true,
            },
            _ => Self {
                all: std::slice::from_ref(v),
                next: 0,
                mapping: mapping.then_some(v),
                used_mapping: false,
                is_tuple: false,
            },
        }
    }

    fn one(&mut self) -> Res<Value> {
        match self.all.get(self.next) {
            Some(v) => {
                self.next += 1;
                Ok(v.clone())
            }
            None => type_error("not enough arguments for format string"),
        }
    }

    /// The value and layout for a directive.
    pub fn take<T: ?Sized>(
        &mut self,
        vm: &mut Vm,
        d: &p::Directive<'_, T>,
        key: impl Fn(&T) -> Value,
    ) -> Res<(Value, p::Layout)> {
        let mut layout = d.layout();
        if let Some(k) = d.key {
            let Some(m) = self.mapping else {
                return type_error("format requires a mapping");
            };
            self.used_mapping = true;
            let r = vm.subscript(m.clone(), key(k));
            return Ok((vm.settle(r)?, layout));
        }
        if d.width == p::Amount::Argument {
            match to_i64(&self.one()?) {
                Some(n) => layout.set_width(n),
                None => return type_error("* wants int"),
            }
        }
        if d.precision == p::Amount::Argument {
            match to_i64(&self.one()?) {
                Some(n) => layout.set_precision(n),
                None => return type_error("* wants int"),
            }
        }
        Ok((self.one()?, layout))
    }

    /// All must be used.
    pub fn finish(&self) -> Res<()> {
        if self.next < self.all.len() && !self.used_mapping && (self.is_tuple || self.mapping.is_none()) {
            return type_error("not all arguments converted during string formatting");
        }
        Ok(())
    }
}
