//! `_fs`: the files of a program, below `io` and `os`. All paths here are absolute and normal; those in the program's own
//! directory are kept without it, as the driver gave them. A directory is an entry whose name ends with `/`.

use std::rc::Rc;

use crate::program::builtins::args::arity;
use crate::program::builtins::bytes::bytes_like;
use crate::program::exceptions::raise;
use crate::program::modules::NativeModule;
use crate::program::text::MAX_TEXT;
use crate::program::value::func::Native;
use crate::program::value::{Args, Value};
use crate::program::vm::{Res, Vm};

/// Where a program begins.
const HOME: &str = "/home/learner";
/// Directories that are always there.
const ALWAYS: [&str; 4] = ["/", "/home", HOME, "/tmp"];
/// So many files a program may have.
const MAX_FILES: usize = 4096;

/// `_fs`
pub const MODULE: NativeModule = NativeModule {
    name: "_fs",
    functions: FUNCTIONS,
    init: |_, _| Ok(()),
};

/// The functions.
static FUNCTIONS: &[Native] = &[
    Native::function("cwd", |vm, _| {
        Ok(vm.state.get("cwd").cloned().unwrap_or_else(|| Value::str(HOME)))
    }),
    Native::function("chdir", |vm, a| {
        arity(&a, "chdir", 0, 1, 1)?;
        vm.state.insert("cwd", a.all[0].clone());
        Ok(Value::None)
    }),
    // Where sockets are bound to paths, once the program has imported it.
    Native::function("network", |vm, _| {
        let network = vm.modules.iter().find(|(name, _)| &**name == "_socket");
        Ok(network.map_or(Value::None, |(_, module)| module.clone()))
    }),
    Native::function("pid", |vm, _| Ok(Value::from(vm.config.pid))),
    Native::function("strerror", |vm, a| {
        arity(&a, "strerror", 0, 1, 1)?;
        let errno = i32::try_from(vm.int_arg(&a.all[0])?).unwrap_or(-1);
        Ok(Value::str(protocol::errno::strerror(errno)))
    }),
    Native::function("kind", |vm, a| {
        let name = name(&a)?;
        Ok(if vm.files.contains_key(&name) {
            Value::str("file")
        } else if is_dir(vm, &name) {
            Value::str("dir")
        } else {
            Value::None
        })
    }),
    Native::function("size", |vm, a| {
        Ok(Value::from(vm.files.get(&name(&a)?).map_or(0, |data| data.len())))
    }),
    Native::function("read", |vm, a| {
        arity(&a, "read", 0, 3, 3)?;
        let (data, start) = part(vm, &a)?;
        let size = usize::try_from(vm.int_arg(&a.all[2])?).unwrap_or(usize::MAX);
        let rest = data.get(start..).unwrap_or_default();
        vm.claim(rest.len().min(size))?;
        Ok(Value::bytes(&rest[..rest.len().min(size)]))
    }),
    Native::function("line", |vm, a| {
        arity(&a, "line", 0, 3, 3)?;
        let (data, start) = part(vm, &a)?;
        let size = usize::try_from(vm.int_arg(&a.all[2])?).unwrap_or(usize::MAX);
        let rest = data.get(start..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        Ok(Value::bytes(&rest[..end.min(size)]))
    }),
    Native::function("write", |vm, a| {
        arity(&a, "write", 0, 3, 3)?;
        let key = name(&a)?;
        let start = usize::try_from(vm.int_arg(&a.all[1])?).unwrap_or(0);
        let new = bytes_like(a.all[2].inner()).unwrap_or_default().to_vec();
        change(vm, key, |data| {
            let end = start.saturating_add(new.len());
            if end > MAX_TEXT {
                return false;
            }
            if data.len() < end {
                data.resize(end, 0);
            }
            data[start..end].copy_from_slice(&new);
            true
        })
    }),
    Native::function("truncate", |vm, a| {
        arity(&a, "truncate", 0, 2, 2)?;
        let key = name(&a)?;
        let size = usize::try_from(vm.int_arg(&a.all[1])?).unwrap_or(0);
        change(vm, key, |data| {
            let fits = size <= MAX_TEXT;
            if fits {
                data.resize(size, 0);
            }
            fits
        })
    }),
    Native::function("list", |vm, a| {
        let name = name(&a)?;
        let prefix = if name.is_empty() {
            String::new()
        } else {
            format!("{}/", name.trim_end_matches('/'))
        };
        let mut out: Vec<&str> = Vec::new();
        for path in vm.files.keys() {
            // What lies in another directory is kept by its whole path.
            let rest = if prefix.is_empty() && path.starts_with('/') {
                None
            } else {
                path.strip_prefix(&prefix)
            };
            if let Some(first) = rest
                .and_then(|rest| rest.split('/').next())
                .filter(|first| !first.is_empty())
                && out.last() != Some(&first)
            {
                out.push(first);
            }
        }
        out.dedup();
        Ok(Value::list(out.into_iter().map(Value::from).collect()))
    }),
    Native::function("mkdir", |vm, a| {
        let key = format!("{}/", name(&a)?);
        change(vm, key, |_| true)
    }),
    Native::function("drop", |vm, a| {
        let name = name(&a)?;
        if vm.files.remove(&name).is_none() {
            vm.files.remove(&format!("{name}/"));
        }
        Ok(Value::None)
    }),
    Native::function("rename", |vm, a| {
        arity(&a, "rename", 0, 2, 2)?;
        let (from, to) = (name(&a)?, name(&Args::positional(&a.all[1..]))?);
        if let Some(data) = vm.files.remove(&from) {
            vm.files.insert(to, data);
            return Ok(Value::None);
        }
        let moved: Vec<String> = vm
            .files
            .keys()
            .filter(|k| k.starts_with(&format!("{from}/")))
            .cloned()
            .collect();
        for old in moved {
            if let Some(data) = vm.files.remove(&old) {
                vm.files.insert(format!("{to}{}", &old[from.len()..]), data);
            }
        }
        Ok(Value::None)
    }),
];

/// The first argument as the key of a file.
fn name(a: &Args<'_>) -> Res<String> {
    let path = a.all.first().and_then(Value::as_str).unwrap_or_default();
    Ok(match path.strip_prefix(HOME) {
        Some("") => String::new(),
        Some(rest) if rest.starts_with('/') => rest[1..].to_owned(),
        _ => path.to_owned(),
    })
}

fn is_dir(vm: &Vm, name: &str) -> bool {
    if name.is_empty() || ALWAYS.contains(&name) {
        return true;
    }
    let prefix = format!("{name}/");
    vm.files.keys().any(|path| path.starts_with(&prefix))
}

fn part(vm: &mut Vm, a: &Args<'_>) -> Res<(Rc<Vec<u8>>, usize)> {
    let data = vm.files.get(&name(a)?).cloned().unwrap_or_default();
    let start = usize::try_from(vm.int_arg(&a.all[1])?).unwrap_or(usize::MAX);
    Ok((data, start))
}

/// Changes a file, made if it is not there; no space left if `f` refuses.
fn change(vm: &mut Vm, key: String, f: impl FnOnce(&mut Vec<u8>) -> bool) -> Res<Value> {
    let full = || raise("MemoryError", "");
    if !vm.files.contains_key(&key) && vm.files.len() >= MAX_FILES {
        return Err(full());
    }
    let data = Rc::make_mut(vm.files.or_default(key));
    let before = data.len();
    if !f(data) {
        return Err(full());
    }
    let grown = data.len().saturating_sub(before);
    vm.claim(grown)?;
    Ok(Value::None)
}
