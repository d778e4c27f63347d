//! What is left to do for things whose last reference has gone: close sockets, run `__del__`, finish generators.

use std::cell::RefCell;
use std::rc::Rc;

use super::frame::Frame;
use super::{Res, Vm};
use crate::program::value::func::Dead;
use crate::program::value::{Generator, Instance, Name, Value};

impl Vm {
    /// Before the next line: one thing after the other. Each comes back to the same `Line` instruction.
    pub(crate) fn bury(&mut self, f: &mut Frame) -> Res<()> {
        let dead = {
            let mut list = self.graveyard.dead.borrow_mut();
            if list.is_empty() {
                None
            } else {
                Some(list.remove(0))
            }
        };
        let Some(dead) = dead else {
            self.graveyard.full.set(false);
            return Ok(());
        };
        // Come here again until nothing is left.
        f.ip -= 1;
        self.bury_one(dead)
    }

    /// What one dead thing needs. The result of the call, if there is one, is thrown away.
    pub(crate) fn bury_one(&mut self, dead: Dead) -> Res<()> {
        match dead {
            Dead::Socket(sock, fd) => {
                // As a call of a Python function, so that its result has a stack to go to.
                let close = self.prelude_function("close_socket");
                let args = vec![Value::from(sock.0), Value::from(fd)];
                super::control::tail::<()>(close, args).map_err(super::attribute::discard)
            }
            Dead::Instance(class, attrs, id, payload) => {
                let Some(del) = class.lookup(&Name::new("__del__")) else {
                    return Ok(());
                };
                // Without the way to the graveyard: __del__ runs once.
                let graveyard = matches!(payload, crate::program::value::Payload::Socket(_))
                    .then(|| self.graveyard.clone());
                let instance = Rc::new(Instance {
                    class: class.clone(),
                    attrs: RefCell::new(attrs),
                    id,
                    payload,
                    graveyard,
                });
                super::control::tail::<()>(del, vec![Value::Obj(instance)]).map_err(super::attribute::discard)
            }
            Dead::Generator(frame, name) => {
                let g = Rc::new(Generator {
                    frame: RefCell::new(Some(frame)),
                    running: false.into(),
                    started: true.into(),
                    qualname: name.as_str().into(),
                    name,
                    graveyard: Rc::default(),
                });
                let close = self.prelude_function("close_generator");
                super::control::tail::<()>(close, vec![Value::Gen(g)]).map_err(super::attribute::discard)
            }
        }
    }
}
