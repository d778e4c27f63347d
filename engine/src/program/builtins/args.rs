//! Taking arguments apart, with CPython's words where they do not fit.

use num_bigint::BigInt;

use crate::program::exceptions::{new, raise, throw, type_error};
use crate::program::text::TextError;
use crate::program::text::codec::CodecError;
use crate::program::types::type_name;
use crate::program::value::{Args, Value};
use crate::program::vm::operator::{to_big, to_i64};
use crate::program::vm::{Ctl, Res, Vm};

impl From<TextError> for Box<Ctl> {
    fn from(e: TextError) -> Self {
        raise(e.kind.class(), e.message)
    }
}

impl From<CodecError> for Box<Ctl> {
    fn from(e: CodecError) -> Self {
        codec_error(e, Value::None)
    }
}

/// UnicodeDecodeError and UnicodeEncodeError have five arguments.
pub fn codec_error(e: CodecError, object: Value) -> Box<Ctl> {
    match e {
        CodecError::Unicode(fault) => {
            let class = if fault.decoding {
                "UnicodeDecodeError"
            } else {
                "UnicodeEncodeError"
            };
            let words = fault.message();
            let e = new(
                class,
                vec![
                    Value::str(fault.encoding),
                    object,
                    Value::from(fault.start),
                    Value::from(fault.end),
                    Value::str(fault.reason),
                ],
            );
            if let Value::Obj(o) = &e {
                o.attrs.borrow_mut().put("(words)", Value::str(words));
            }
            throw(e)
        }
        CodecError::Other(e) => e.into(),
    }
}

/// How many positional arguments a function takes; `this` counts the self of a method.
pub fn arity(args: &Args<'_>, name: &str, this: usize, min: usize, max: usize) -> Res<()> {
    let n = args.pos().len().saturating_sub(this);
    if n >= min && n <= max {
        return Ok(());
    }
    let s = |n: usize| if n == 1 { "" } else { "s" };
    type_error(if min == max {
        match (min, this) {
            (0, _) => format!("{name}() takes no arguments ({n} given)"),
            (1, _) => format!("{name}() takes exactly one argument ({n} given)"),
            _ => {
                let plain = name.rsplit('.').next().unwrap_or(name);
                format!("{plain} expected {min} arguments, got {n}")
            }
        }
    } else {
        let plain = name.rsplit('.').next().unwrap_or(name);
        if n < min {
            format!("{plain} expected at least {min} argument{}, got {n}", s(min))
        } else {
            format!("{plain} expected at most {max} argument{}, got {n}", s(max))
        }
    })
}

/// No keywords.
pub fn no_keywords(args: &Args<'_>, name: &str) -> Res<()> {
    if args.names.is_empty() {
        Ok(())
    } else {
        type_error(format!("{name}() takes no keyword arguments"))
    }
}

/// Only these keywords.
pub fn keywords(args: &Args<'_>, name: &str, known: &[&str]) -> Res<()> {
    match args.names.iter().find(|n| !known.contains(&n.as_str())) {
        None => Ok(()),
        Some(n) => type_error(format!(
            "'{}' is an invalid keyword argument for {name}()",
            n.as_str()
        )),
    }
}

/// The name of a codec or of an error handler, which encode() and decode() take.
pub fn word<'a>(
    args: &Args<'a>,
    method: &str,
    (i, name): (usize, &str),
    default: &'static str,
) -> Res<&'a str> {
    match args.get(i, name) {
        None => Ok(default),
        Some(v) => match v.as_str() {
            Some(s) => Ok(s),
            None => type_error(format!(
                "{method}() argument '{name}' must be str, not {}",
                type_name(v)
            )),
        },
    }
}

impl Vm {
    /// An int argument, also from `__index__`.
    pub(crate) fn int_arg(&mut self, v: &Value) -> Res<i64> {
        if let Some(n) = to_i64(v) {
            return Ok(n);
        }
        if matches!(v.inner(), Value::Big(_)) {
            return Err(raise(
                "OverflowError",
                "Python int too large to convert to C ssize_t",
            ));
        }
        if let Some(m) = self.dunder(v, &self.names.index) {
            let v = self.call_sync(m, vec![v.clone()])?;
            return self.int_arg(&v);
        }
        type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            type_name(v)
        ))
    }

    /// The same of any size.
    pub(crate) fn big_arg(&mut self, v: &Value) -> Res<BigInt> {
        if let Some(n) = to_big(v) {
            return Ok(n);
        }
        if let Some(m) = self.dunder(v, &self.names.index) {
            let v = self.call_sync(m, vec![v.clone()])?;
            return self.big_arg(&v);
        }
        type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            type_name(v)
        ))
    }

    /// An optional start or end of find() and the like.
    pub(crate) fn bound_arg(&mut self, v: Option<&Value>) -> Res<Option<i64>> {
        match v {
            None | Some(Value::None) => Ok(None),
            Some(v) => match v.inner() {
                Value::Big(n) => Ok(Some(if n.sign() == num_bigint::Sign::Minus {
                    i64::MIN / 2
                } else {
                    i64::MAX / 2
                })),
                _ => match to_i64(v) {
                    Some(n) => Ok(Some(n)),
                    None => type_error("slice indices must be integers or None or have an __index__ method"),
                },
            },
        }
    }

    /// A float argument, also from an int.
    pub(crate) fn float_arg(&mut self, v: &Value) -> Res<f64> {
        if let Some(x) = crate::program::vm::operator::to_f64(v) {
            return Ok(x);
        }
        if matches!(v.inner(), Value::Big(_)) {
            return Err(raise("OverflowError", "int too large to convert to float"));
        }
        if let Some(m) = self.dunder(v, &crate::program::value::Name::new("__float__")) {
            let v = self.call_sync(m, vec![v.clone()])?;
            return self.float_arg(&v);
        }
        type_error(format!("must be real number, not {}", type_name(v)))
    }
}

/// A str argument.
pub fn str_arg<'a>(v: Option<&'a Value>, name: &str, n: &str) -> Res<&'a str> {
    match v {
        Some(v) => match v.as_str() {
            Some(s) => Ok(s),
            None => type_error(format!("{name}() argument {n} must be str, not {}", type_name(v))),
        },
        None => type_error(format!("{name}() missing required argument {n}")),
    }
}
