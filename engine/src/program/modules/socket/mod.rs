//! `_socket`: the socket class and the functions beside it; `frozen/socket.py` makes the module `socket` of it.
//!
//! Argument errors are found here, in CPython's words; everything else is a [`protocol::Call`] to the network. sendall's loop
//! and connect_ex's number are Python's, so they are here too.
//!
//! ```text
//! address     Python's tuples <-> protocol::Address
//! class       the methods of socket.socket
//! functions   gethostbyname, inet_aton, htons, ...
//! ```

mod address;
mod class;
mod functions;

use std::rc::Rc;

use super::NativeModule;
use crate::program::exceptions::{new, os_error, throw};
use crate::program::host::{HostAnswer, HostCall};
use crate::program::value::{Class, Module, SocketData, Value};
use crate::program::vm::control::{HostThen, ask};
use crate::program::vm::{Ctl, Res, Vm};
use protocol::{Call, Outcome};

pub use class::socket_class;

/// The module.
pub const MODULE: NativeModule = NativeModule {
    name: "_socket",
    functions: functions::FUNCTIONS,
    init,
};

fn init(_: &mut Vm, m: &Rc<Module>) -> Res<()> {
    super::put(m, "socket", Value::Class(socket_class()));
    Ok(())
}

/// repr() of a socket without its addresses, which only the kernel knows.
pub fn repr_plain(s: &SocketData, class: &Class) -> String {
    let closed = if s.sock.is_none() || s.closing {
        " [closed]"
    } else {
        ""
    };
    let module = if class.builtin {
        "socket".to_owned()
    } else {
        class.module.to_string()
    };
    format!(
        "<{module}.{}{closed} fd={}, family={}, type={}, proto={}>",
        class.name(),
        s.fd,
        s.family,
        s.kind,
        s.proto
    )
}

/// Asks the network.
pub(super) fn net(
    call: Call,
    fd: Option<i32>,
    api: &'static str,
    then: HostThen,
    state: Vec<Value>,
) -> Res<Value> {
    ask(HostCall::Net { call, fd, api }, then, state)
}

/// The outcome of a call, or the exception that it means.
pub(super) fn outcome(answer: HostAnswer) -> Res<Outcome> {
    let HostAnswer::Net(outcome) = answer else {
        return Err(os(5));
    };
    match outcome {
        Outcome::Failed { errno, why } => {
            let e = os_error(errno);
            if let (Value::Obj(o), Some(why)) = (&e, why) {
                o.attrs.borrow_mut().put("(why)", Value::str(why));
            }
            Err(throw(e))
        }
        Outcome::TimedOut => Err(throw(new("TimeoutError", vec![Value::str("timed out")]))),
        Outcome::Unresolved { code } => Err(throw(gaierror(code))),
        Outcome::Cancelled => Err(os(4)),
        other => Ok(other),
    }
}

/// OSError for an errno.
pub(super) fn os(errno: i32) -> Box<Ctl> {
    throw(os_error(errno))
}

/// socket.gaierror
pub(super) fn gaierror(code: i32) -> Value {
    let class = error_class("gaierror");
    crate::program::exceptions::of_class(
        &class,
        vec![Value::from(code), Value::str(protocol::errno::gai_strerror(code))],
    )
}

/// socket.gaierror and socket.herror: subclasses of OSError without members of their own.
pub(super) fn error_class(name: &'static str) -> Rc<Class> {
    crate::program::types::native_class(
        "socket",
        name,
        crate::program::value::object::Base::Exception,
        &[crate::program::types::types().exception("OSError").clone()],
        &[],
    )
}
