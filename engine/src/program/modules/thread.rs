//! `_thread`: starting threads, and the lock that everything in `threading` is built on.

use std::rc::Rc;

use super::{NativeModule, put};
use crate::program::builtins::args::arity;
use crate::program::exceptions::{raise, type_error, value_error};
use crate::program::types::{native_class, types};
use crate::program::value::func::Native;
use crate::program::value::object::{Base, LockData};
use crate::program::value::{Args, Class, Instance, Module, Payload, Value};
use crate::program::vm::control::LockReq;
use crate::program::vm::{Ctl, Res, Vm};

/// The module.
pub const MODULE: NativeModule = NativeModule {
    name: "_thread",
    functions: FUNCTIONS,
    init,
};

static FUNCTIONS: &[Native] = &[
    Native::function("start_new_thread", start_new_thread),
    Native::function("start_new", start_new_thread),
    Native::function("allocate_lock", |vm, _| Ok(new_lock(vm, &lock_class(), false))),
    Native::function("allocate", |vm, _| Ok(new_lock(vm, &lock_class(), false))),
    Native::function("get_ident", |vm, _| Ok(Value::Int(ident(vm.thread_id().0)))),
    Native::function("get_native_id", |vm, _| {
        Ok(Value::from(
            u64::from(vm.config.pid) + u64::from(vm.thread_id().0),
        ))
    }),
    Native::function("exit", |_, _| Err(raise("SystemExit", ""))),
    Native::function("exit_thread", |_, _| Err(raise("SystemExit", ""))),
    Native::function("interrupt_main", |vm, _| {
        vm.interrupt();
        Ok(Value::None)
    }),
    Native::function("_count", |vm, _| Ok(Value::from(vm.live_threads()))),
    Native::function("stack_size", |_, _| Ok(Value::Int(0))),
    // For threading.py: function, arguments, name, daemon -> identifier; the new thread runs first.
    Native::function("_start", |vm, a| {
        let [f, Value::Tuple(args), name, daemon] = a.all else {
            return type_error("_start() takes 4 arguments");
        };
        let daemon = vm.truth(daemon)?;
        let name = name.as_str().unwrap_or("Thread").to_owned();
        let id = vm.start_thread(f.clone(), args.to_vec(), name, daemon)?;
        Err(Box::new(Ctl::Yield(Value::Int(ident(id.0)), Vec::new())))
    }),
    Native::function("_rename", |vm, a| {
        let n = vm.int_arg(&a.all[0])?;
        vm.rename_thread(n, a.all[1].as_str().unwrap_or(""));
        Ok(Value::None)
    }),
    // Text of an exception's traceback, for Thread's own report.
    Native::function("_format", |vm, a| {
        Ok(Value::str(crate::program::traceback::format(vm, &a.all[0])))
    }),
];

fn init(_: &mut Vm, m: &Rc<Module>) -> Res<()> {
    put(m, "LockType", Value::Class(lock_class()));
    put(m, "RLock", Value::Class(rlock_class()));
    put(
        m,
        "error",
        Value::Class(types().exception("RuntimeError").clone()),
    );
    put(m, "TIMEOUT_MAX", 9_223_372_036.0);
    Ok(())
}

/// threading.get_ident() of a thread: as large as CPython's, the same in every run.
pub fn ident(thread: u32) -> i64 {
    140_000_000_000_000 + i64::from(thread) * 4096
}

fn start_new_thread(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "start_new_thread", 0, 2, 3)?;
    if !matches!(
        a.all[0],
        Value::Func(_) | Value::Native(_) | Value::Method(_) | Value::Class(_) | Value::Obj(_)
    ) {
        return type_error("first arg must be callable");
    }
    let Value::Tuple(args) = &a.all[1] else {
        return type_error("2nd arg must be a tuple");
    };
    // Errors are reported by the Python half, in _thread's own words.
    let f = vm.prelude_function("run_raw_thread");
    let kw = a
        .pos()
        .get(2)
        .cloned()
        .unwrap_or_else(|| Value::Dict(Rc::default()));
    let args = vec![a.all[0].clone(), Value::Tuple(args.clone()), kw];
    let id = vm.start_thread(f, args, "Dummy".to_owned(), true)?;
    Err(Box::new(Ctl::Yield(Value::Int(ident(id.0)), Vec::new())))
}

fn lock_class() -> Rc<Class> {
    native_class("_thread", "lock", Base::Lock, &[], LOCK)
}

fn rlock_class() -> Rc<Class> {
    native_class("_thread", "RLock", Base::Lock, &[], RLOCK)
}

fn new_lock(vm: &mut Vm, class: &Rc<Class>, reentrant: bool) -> Value {
    vm.instance(
        class,
        Payload::Lock(Box::new(LockData {
            reentrant,
            owner: Default::default(),
            count: Default::default(),
        })),
    )
}

static LOCK: &[Native] = &[
    Native::constructor(|vm, _| Ok(new_lock(vm, &lock_class(), false))),
    Native::method("acquire", acquire),
    Native::method("acquire_lock", acquire),
    Native::method("release", release),
    Native::method("release_lock", release),
    Native::method("locked", |_, a| {
        Ok(Value::Bool(data(&a)?.1.owner.get().is_some()))
    }),
    Native::method("locked_lock", |_, a| {
        Ok(Value::Bool(data(&a)?.1.owner.get().is_some()))
    }),
    Native::method("__enter__", |_, a| wait(data(&a)?.0, None, "Lock.acquire")),
    Native::method("__exit__", release),
    Native::method("__repr__", crate::program::builtins::repr::object_repr),
];

static RLOCK: &[Native] = &[
    Native::constructor(|vm, _| Ok(new_lock(vm, &rlock_class(), true))),
    Native::method("acquire", acquire),
    Native::method("release", release),
    Native::method("__enter__", |_, a| wait(data(&a)?.0, None, "RLock.acquire")),
    Native::method("__exit__", release),
    Native::method("__repr__", crate::program::builtins::repr::object_repr),
    Native::method("_is_owned", |vm, a| {
        Ok(Value::Bool(data(&a)?.1.owner.get() == Some(vm.thread_id())))
    }),
    // For Condition: lets go of all levels, and takes them back.
    Native::method("_release_save", |vm, a| {
        let (lock, d) = data(&a)?;
        let n = d.count.get();
        if d.owner.get() != Some(vm.thread_id()) {
            return Err(raise("RuntimeError", "cannot release un-acquired lock"));
        }
        d.owner.set(None);
        d.count.set(0);
        let lock = lock.clone();
        vm.lock_released(&lock);
        Ok(Value::from(n))
    }),
    Native::method("_set_count", |vm, a| {
        let n = vm.int_arg(&a.all[1])?;
        data(&a)?.1.count.set(n as u32);
        Ok(Value::None)
    }),
];

fn data<'a>(a: &Args<'a>) -> Res<(&'a Rc<Instance>, &'a LockData)> {
    match a.all.first() {
        Some(Value::Obj(o)) => match &o.payload {
            Payload::Lock(d) => Ok((o, d)),
            _ => type_error("descriptor requires a lock"),
        },
        _ => type_error("descriptor requires a lock"),
    }
}

fn wait(lock: &Rc<Instance>, timeout: Option<f64>, api: &'static str) -> Res<Value> {
    Err(Box::new(Ctl::Lock(LockReq {
        lock: lock.clone(),
        timeout,
        api,
        after: Vec::new(),
    })))
}

/// acquire(blocking=True, timeout=-1)
fn acquire(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let (lock, d) = data(&a)?;
    let blocking = match a.get(1, "blocking") {
        Some(v) => vm.truth(v)?,
        None => true,
    };
    let timeout = match a.get(2, "timeout") {
        Some(v) => vm.float_arg(v)?,
        None => -1.0,
    };
    if !blocking && timeout != -1.0 {
        return value_error("can't specify a timeout for a non-blocking call");
    }
    if timeout < 0.0 && timeout != -1.0 {
        return value_error("timeout value must be a non-negative number");
    }
    if timeout > 9_223_372_036.0 {
        return Err(raise("OverflowError", "timeout value is too large"));
    }
    // Who waits for an Event, a Condition or a join says so, for the page.
    let api = match a.keyword("_api").and_then(Value::as_str) {
        Some("Event.wait") => "Event.wait",
        Some("Condition.wait") => "Condition.wait",
        Some("Thread.join") => "Thread.join",
        Some("Semaphore.acquire") => "Semaphore.acquire",
        Some("Barrier.wait") => "Barrier.wait",
        Some("Queue.get") => "Queue.get",
        Some("Queue.put") => "Queue.put",
        _ if d.reentrant => "RLock.acquire",
        _ => "Lock.acquire",
    };
    let timeout = if !blocking {
        Some(0.0)
    } else if timeout < 0.0 {
        None
    } else {
        Some(timeout)
    };
    wait(lock, timeout, api)
}

fn release(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let (lock, d) = data(&a)?;
    if d.reentrant {
        if d.owner.get() != Some(vm.thread_id()) {
            return Err(raise("RuntimeError", "cannot release un-acquired lock"));
        }
        d.count.set(d.count.get() - 1);
        if d.count.get() > 0 {
            return Ok(Value::None);
        }
    } else if d.owner.get().is_none() {
        return Err(raise("RuntimeError", "release unlocked lock"));
    }
    d.owner.set(None);
    let lock = lock.clone();
    vm.lock_released(&lock);
    Ok(Value::None)
}
