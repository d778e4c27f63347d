//! `_random`: the generator below `random`, and random bytes of the world.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use num_bigint::{BigInt, Sign};

use crate::program::builtins::args::arity;
use crate::program::exceptions::{type_error, value_error};
use crate::program::host::{HostAnswer, HostCall};
use crate::program::modules::NativeModule;
use crate::program::pure::digest;
use crate::program::pure::mersenne::Mersenne;
use crate::program::types::native_class;
use crate::program::value::func::Native;
use crate::program::value::object::{Base, Opaque};
use crate::program::value::{Args, Instance, NameMap, Payload, Value};
use crate::program::vm::control::ask;
use crate::program::vm::{Res, Vm};

/// `_random`
pub const MODULE: NativeModule = NativeModule {
    name: "_random",
    functions: FUNCTIONS,
    init: |_, _| Ok(()),
};

/// The functions.
static FUNCTIONS: &[Native] = &[
    Native::function("new", |vm, a| {
        arity(&a, "new", 0, 1, 1)?;
        let seed = vm.big_arg(&a.all[0])?;
        Ok(generator(Mersenne::new(&seed.magnitude().to_u32_digits())))
    }),
    Native::function("random", |_, a| with(&a, |m| Value::Float(m.next_f64()))),
    Native::function("getrandbits", |vm, a| {
        arity(&a, "getrandbits", 0, 2, 2)?;
        let bits = usize::try_from(vm.int_arg(&a.all[1])?).unwrap_or(0);
        vm.claim(bits / 8)?;
        with(&a, |m| Value::int(BigInt::from_slice(Sign::Plus, &m.bits(bits))))
    }),
    Native::function("getstate", |_, a| {
        with(&a, |m| {
            Value::tuple(m.state().into_iter().map(Value::from).collect())
        })
    }),
    Native::function("setstate", |vm, a| {
        arity(&a, "setstate", 0, 1, 1)?;
        let Value::Tuple(words) = &a.all[0] else {
            return type_error("state vector must be a tuple");
        };
        let mut state = Vec::with_capacity(words.len());
        for word in words.iter() {
            state.push(u32::try_from(vm.int_arg(word)?).unwrap_or(u32::MAX));
        }
        match Mersenne::from_state(&state) {
            Some(m) => Ok(generator(m)),
            None => value_error("invalid state"),
        }
    }),
    Native::function("sha512", |_, a| match a.all.first() {
        Some(Value::Bytes(data)) => Ok(Value::bytes(digest::sha512(data))),
        _ => type_error("bytes wanted"),
    }),
    Native::function("entropy", |vm, a| {
        arity(&a, "entropy", 0, 1, 1)?;
        let len = usize::try_from(vm.int_arg(&a.all[0])?).unwrap_or(0);
        vm.claim(len)?;
        let then = |_: &mut Vm, _: Vec<Value>, answer: HostAnswer| match answer {
            HostAnswer::Bytes(bytes) => Ok(Value::bytes(bytes)),
            _ => Ok(Value::bytes(Vec::new())),
        };
        ask(HostCall::Random { len }, then, Vec::new())
    }),
];

/// The state in an instance.
struct State(RefCell<Mersenne>);

impl Opaque for State {
    fn copy(&self, _: &mut dyn FnMut(&Value) -> Value) -> Box<dyn Opaque> {
        Box::new(State(RefCell::new(self.0.borrow().clone())))
    }

    fn visit(&self, _: &mut dyn FnMut(&Value)) -> usize {
        size_of::<u32>() * crate::program::pure::mersenne::WORDS
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn generator(mersenne: Mersenne) -> Value {
    Value::Obj(Rc::new(Instance {
        class: native_class("_random", "Random", Base::Other, &[], &[]),
        attrs: RefCell::new(NameMap::new()),
        id: 0,
        payload: Payload::Opaque(Box::new(State(RefCell::new(mersenne)))),
        graveyard: None,
    }))
}

fn with(a: &Args<'_>, f: impl FnOnce(&mut Mersenne) -> Value) -> Res<Value> {
    if let Some(Value::Obj(o)) = a.all.first()
        && let Payload::Opaque(opaque) = &o.payload
        && let Some(state) = opaque.as_any().downcast_ref::<State>()
    {
        return Ok(f(&mut state.0.borrow_mut()));
    }
    type_error("a generator is wanted")
}
