//! What the page shows: frames, lines, variables. Nothing here runs the program's code.

use super::Vm;
use super::frame::Frame;
use crate::program::builtins::repr::plain;
use crate::program::host::{FrameView, Variable};
use crate::program::types::type_name;
use crate::program::value::{Name, Payload, Value};
use protocol::{SocketId, ThreadId};

/// How long a value may be, characters.
const MAX_VALUE: usize = 200;

impl Vm {
    /// The frames of a thread, outermost first. Frames of the engine's own modules are left out.
    pub fn frames(&self, thread: ThreadId) -> Vec<FrameView> {
        self.frames_of(thread)
            .iter()
            .filter(|f| !f.code.source.frozen)
            .map(frame_view)
            .collect()
    }

    /// The variables of a thread's innermost frame, as `dict(frame.f_locals)` copies them: for speed, without repr().
    pub fn locals(&self, thread: ThreadId) -> Vec<(Name, Value)> {
        let frame = self
            .frames_of(thread)
            .iter()
            .rev()
            .find(|f| !f.code.source.frozen);
        let Some(f) = frame else { return Vec::new() };
        if f.code.name.as_str() == "<module>" {
            return f.globals.names.borrow().iter().cloned().collect();
        }
        f.code
            .locals
            .iter()
            .zip(&f.slots)
            .filter(|(_, v)| !v.is_unbound())
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect()
    }

    /// The line that a thread stands at: of its innermost frame in the program's own source.
    pub fn current_line(&self, thread: ThreadId) -> Option<u32> {
        self.frames_of(thread)
            .iter()
            .rev()
            .find(|f| !f.code.source.frozen && f.line > 0)
            .map(|f| f.line)
    }

    /// The module-level names, as `frames` shows them, also when nothing runs (at the prompt, after the end).
    pub fn globals_view(&self) -> Vec<Variable> {
        self.main
            .names
            .borrow()
            .iter()
            .filter(|(n, v)| is_shown(n, v))
            .map(|(n, v)| variable(n, v))
            .collect()
    }

    /// The descriptor that the program knows a socket by.
    pub fn fd_of(&self, socket: SocketId) -> Option<i32> {
        self.fds
            .iter()
            .find(|(_, s)| **s == Some(socket))
            .map(|(fd, _)| *fd)
    }

    fn frames_of(&self, thread: ThreadId) -> &[Frame] {
        let i = thread.0 as usize;
        if i == self.current {
            &self.frames
        } else {
            self.threads.get(i).map_or(&[], |t| &t.frames)
        }
    }
}

fn frame_view(f: &Frame) -> FrameView {
    let module = f.code.name.as_str() == "<module>";
    let variables = if module {
        f.globals
            .names
            .borrow()
            .iter()
            .filter(|(n, v)| is_shown(n, v))
            .map(|(n, v)| variable(n, v))
            .collect()
    } else if let Some(names) = f.names() {
        names
            .names
            .borrow()
            .iter()
            .filter(|(n, v)| is_shown(n, v))
            .map(|(n, v)| variable(n, v))
            .collect()
    } else {
        f.code
            .locals
            .iter()
            .zip(&f.slots)
            .filter_map(|(n, v)| {
                let v = match v {
                    Value::Cell(c) => c.0.borrow().clone(),
                    other => other.clone(),
                };
                (!v.is_unbound() && !n.as_str().starts_with('.')).then(|| variable(n, &v))
            })
            .collect()
    };
    FrameView {
        function: f.code.name.as_str().to_owned(),
        line: f.line,
        variables,
    }
}

fn is_shown(n: &Name, v: &Value) -> bool {
    let name = n.as_str();
    let special = name.starts_with("__") && name.ends_with("__");
    !special
        && !matches!(
            v,
            Value::Module(_) | Value::Func(_) | Value::Class(_) | Value::Native(_)
        )
}

fn variable(n: &Name, v: &Value) -> Variable {
    let socket = match v {
        Value::Obj(o) => match &o.payload {
            Payload::Socket(s) => s.borrow().sock,
            _ => None,
        },
        _ => None,
    };
    Variable {
        name: n.as_str().to_owned(),
        value: plain(v, MAX_VALUE),
        type_name: type_name(v).to_string(),
        socket,
    }
}
