//! What goes on after a special method of the program's classes has answered.

use crate::program::code::{Bin, Cmp};
use crate::program::exceptions::{raise, type_error};
use crate::program::types::type_name;
use crate::program::value::{Name, Value};
use crate::program::vm::control::call_then;
use crate::program::vm::{Ctl, Res, Vm};

pub(super) fn bin(state: &[Value]) -> Bin {
    const ALL: [Bin; 13] = [
        Bin::Add,
        Bin::Sub,
        Bin::Mul,
        Bin::Div,
        Bin::FloorDiv,
        Bin::Mod,
        Bin::Pow,
        Bin::MatMul,
        Bin::Shl,
        Bin::Shr,
        Bin::And,
        Bin::Or,
        Bin::Xor,
    ];
    match state.get(2) {
        Some(Value::Int(n)) => ALL[*n as usize % ALL.len()],
        _ => Bin::Add,
    }
}

pub(super) fn cmp_of(state: &[Value]) -> Cmp {
    const ALL: [Cmp; 6] = [Cmp::Eq, Cmp::Ne, Cmp::Lt, Cmp::Le, Cmp::Gt, Cmp::Ge];
    match state.get(2) {
        Some(Value::Int(n)) => ALL[*n as usize % ALL.len()],
        _ => Cmp::Eq,
    }
}

/// No special method knew it: the values inside instances of subclasses of built-in types.
pub(super) fn binary_last(vm: &mut Vm, state: Vec<Value>, v: Value) -> Res<Value> {
    if !matches!(v, Value::NotImplemented) {
        return Ok(v);
    }
    let op = bin(&state);
    match vm.native_binary(op, state[0].inner(), state[1].inner()) {
        Ok(Some(v)) => Ok(v),
        Ok(None) => Err(unsupported(op.symbol(), &state[0], &state[1])),
        Err(e) => Err(e),
    }
}

pub(super) fn compare_last(vm: &mut Vm, state: Vec<Value>, v: Value) -> Res<Value> {
    if !matches!(v, Value::NotImplemented) {
        return Ok(v);
    }
    let cmp = cmp_of(&state);
    // `!=` without __ne__ is the opposite of __eq__.
    if cmp == Cmp::Ne
        && let Some(m) = vm.dunder(&state[0], &Name::new("__eq__"))
    {
        return call_then(
            m,
            vec![state[0].clone(), state[1].clone()],
            |vm, state, v| {
                if matches!(v, Value::NotImplemented) {
                    return Ok(Value::Bool(!state[0].is(&state[1])));
                }
                let t = vm.truth(&v)?;
                Ok(Value::Bool(!t))
            },
            state,
        );
    }
    let (a, b) = (state[0].inner(), state[1].inner());
    if !matches!(a, Value::Obj(_)) && !matches!(b, Value::Obj(_)) {
        return vm.native_compare(cmp, a, b);
    }
    match cmp {
        Cmp::Eq => Ok(Value::Bool(state[0].is(&state[1]))),
        Cmp::Ne => Ok(Value::Bool(!state[0].is(&state[1]))),
        _ => type_error(format!(
            "'{}' not supported between instances of '{}' and '{}'",
            cmp.symbol(),
            type_name(&state[0]),
            type_name(&state[1])
        )),
    }
}

pub(super) fn unsupported(symbol: &str, a: &Value, b: &Value) -> Box<Ctl> {
    raise(
        "TypeError",
        format!(
            "unsupported operand type(s) for {symbol}: '{}' and '{}'",
            type_name(a),
            type_name(b)
        ),
    )
}

pub(super) fn is_unsupported(e: &Value, op: Bin) -> bool {
    e.exc().is_some_and(|d| {
        d.borrow().args.first().and_then(Value::as_str).is_some_and(|s| {
            s.starts_with("unsupported operand") && s.contains(&format!("for {}:", op.symbol()))
        })
    })
}
