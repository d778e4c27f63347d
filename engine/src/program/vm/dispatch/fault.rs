//! Names that are bound to nothing.

use crate::program::exceptions::{new, throw};
use crate::program::value::{Name, Value};
use crate::program::vm::frame::Frame;
use crate::program::vm::{Ctl, Vm};

/// NameError: name 'x' is not defined
pub(crate) fn name_error(name: &Name) -> Box<Ctl> {
    name_like(
        "NameError",
        name.as_str(),
        format!("name '{}' is not defined", name.as_str()),
    )
}

fn name_like(class: &str, name: &str, words: String) -> Box<Ctl> {
    let e = new(class, vec![Value::str(words)]);
    if let Value::Obj(o) = &e {
        o.attrs.borrow_mut().put("name", Value::str(name));
    }
    throw(e)
}

impl Vm {
    pub(super) fn unbound_local(&self, f: &Frame, slot: u32) -> Box<Ctl> {
        let name = f.code.locals[slot as usize].as_str();
        if f.code.free.contains(&slot) {
            return name_like(
                "NameError",
                name,
                format!(
                    "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
                ),
            );
        }
        name_like(
            "UnboundLocalError",
            name,
            format!("cannot access local variable '{name}' where it is not associated with a value"),
        )
    }
}
