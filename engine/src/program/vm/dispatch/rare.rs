//! Instructions that are met once in a while: definitions, imports, `with`, `match`, exceptions. Never inlined into the loop.

use super::Flow;
use super::fault::name_error;
use crate::program::code::{Op, Un};
use crate::program::exceptions::{raise, type_error};
use crate::program::value::{CellBox, Name, Set, Value};
use crate::program::vm::frame::{Frame, TryBlock};
use crate::program::vm::{Ctl, Res, Vm, call, control};
use std::rc::Rc;

fn keyword_names(f: &Frame, names: u32) -> Vec<Name> {
    match &f.code.consts[names as usize] {
        Value::Tuple(items) => items
            .iter()
            .filter_map(|v| {
                if let Value::Str(s) = v {
                    Some(Name::of(s))
                } else {
                    None
                }
            })
            .collect(),
        _ => Vec::new(),
    }
}

impl Vm {
    /// Instructions that are not worth a place in the hot loop.
    #[inline(never)]
    pub(super) fn rare(&mut self, f: &mut Frame, op: Op) -> Res<Option<Flow>> {
        match op {
            Op::Nop => {}
            Op::Bury if self.graveyard.full.get() => self.bury(f)?,
            Op::DelFast(i) => {
                if f.slots[i as usize].is_unbound() {
                    return Err(self.unbound_local(f, i));
                }
                f.slots[i as usize] = Value::Unbound;
            }
            Op::Deref(i) => {
                let v = match &f.slots[i as usize] {
                    Value::Cell(c) => c.0.borrow().clone(),
                    other => other.clone(),
                };
                if v.is_unbound() {
                    return Err(self.unbound_local(f, i));
                }
                f.push(v);
            }
            Op::StoreDeref(i) => {
                let v = f.pop();
                if let Value::Cell(c) = &f.slots[i as usize] {
                    let old = c.0.replace(v);
                    drop(old);
                } else {
                    f.slots[i as usize] = Value::Cell(Rc::new(CellBox(v.into())));
                }
            }
            Op::DelDeref(i) => {
                if let Value::Cell(c) = &f.slots[i as usize] {
                    let old = c.0.replace(Value::Unbound);
                    if old.is_unbound() {
                        return Err(self.unbound_local(f, i));
                    }
                }
            }
            Op::LoadCell(i) => {
                let slot = &mut f.slots[i as usize];
                if !matches!(slot, Value::Cell(_)) {
                    let v = std::mem::take(slot);
                    *slot = Value::Cell(Rc::new(CellBox(v.into())));
                }
                let v = slot.clone();
                f.push(v);
            }
            Op::DelGlobal(name) => {
                let name = f.code.names[name as usize].clone();
                if f.globals.names.borrow_mut().remove(&name).is_none() {
                    return Err(name_error(&name));
                }
            }
            Op::LoadName(name) => {
                let name = f.code.names[name as usize].clone();
                let v = self.load_name(f, &name)?;
                f.push(v);
            }
            Op::StoreName(name) => {
                let v = f.pop();
                let name = &f.code.names[name as usize];
                match f.names() {
                    Some(names) => drop(names.names.borrow_mut().set(name, v)),
                    None => drop(f.globals.names.borrow_mut().set(name, v)),
                }
            }
            Op::DelName(name) => {
                let name = f.code.names[name as usize].clone();
                let gone = match f.names() {
                    Some(names) => names.names.borrow_mut().remove(&name),
                    None => f.globals.names.borrow_mut().remove(&name),
                };
                if gone.is_none() {
                    return Err(name_error(&name));
                }
            }
            Op::ClassDeref { name, slot } => {
                let name = f.code.names[name as usize].clone();
                let own = f.names().and_then(|n| n.names.borrow().get(&name).cloned());
                let v = match own {
                    Some(v) => v,
                    None => match &f.slots[slot as usize] {
                        Value::Cell(c) => c.0.borrow().clone(),
                        other => other.clone(),
                    },
                };
                if v.is_unbound() {
                    return Err(self.unbound_local(f, slot));
                }
                f.push(v);
            }
            Op::DelAttr(name) => {
                let obj = f.pop();
                let name = f.code.names[name as usize].clone();
                self.delete_attr(obj, &name)?;
            }
            Op::DelSubscr => {
                let index = f.pop();
                let obj = f.pop();
                self.delete_subscript(obj, index)?;
            }
            Op::Dup2 => {
                let n = f.slots.len();
                let (a, b) = (f.slots[n - 2].clone(), f.slots[n - 1].clone());
                f.push(a);
                f.push(b);
            }
            Op::Rot2 => {
                let n = f.slots.len();
                f.slots.swap(n - 1, n - 2);
            }
            Op::Rot3 => {
                let n = f.slots.len();
                f.slots[n - 3..].rotate_right(1);
            }
            Op::Rot4 => {
                let n = f.slots.len();
                f.slots[n - 4..].rotate_right(1);
            }
            Op::Unary(op) => {
                let v = f.pop();
                let v = match op {
                    Un::Not => {
                        let t = self.truth(&v)?;
                        Value::Bool(!t)
                    }
                    other => self.unary(other, v)?,
                };
                f.push(v);
            }
            Op::Is(yes) => {
                let b = f.pop();
                let a = f.pop();
                f.push(Value::Bool(a.is(&b) == yes));
            }
            Op::In(yes) => {
                let container = f.pop();
                let item = f.pop();
                let found = self.contains(container, item, yes)?;
                f.push(Value::Bool(found));
            }
            Op::GetIter => {
                let v = f.pop();
                let it = self.get_iter(v)?;
                f.push(it);
            }
            Op::Set(n) => {
                let at = f.slots.len() - n as usize;
                let items: Vec<Value> = f.slots.drain(at..).collect();
                let set = Set::new(false);
                for v in items {
                    self.set_add(&set, v)?;
                }
                f.push(Value::Set(Rc::new(set)));
            }
            Op::Dict(n) => {
                let at = f.slots.len() - 2 * n as usize;
                let items: Vec<Value> = f.slots.drain(at..).collect();
                let dict = Rc::new(crate::program::value::Dict::default());
                let mut it = items.into_iter();
                while let (Some(k), Some(v)) = (it.next(), it.next()) {
                    self.dict_set(&dict, k, v)?;
                }
                f.push(Value::Dict(dict));
            }
            Op::ConstKeyDict(_) => {}
            Op::Slice(n) => {
                let step = if n == 3 { f.pop() } else { Value::None };
                let stop = f.pop();
                let start = f.pop();
                f.push(Value::Slice(Rc::new((start, stop, step))));
            }
            Op::Strings(n) => {
                let at = f.slots.len() - n as usize;
                if n == 1 {
                    return Ok(None);
                }
                let mut text = String::new();
                for v in &f.slots[at..] {
                    text.push_str(v.as_str().unwrap_or(""));
                }
                f.slots.truncate(at);
                self.claim(text.len())?;
                f.push(Value::str(text));
            }
            Op::Format { conversion, spec } => {
                let spec = if spec { f.pop() } else { Value::None };
                let v = f.pop();
                let v = self.format_value(v, conversion, spec)?;
                f.push(v);
            }
            Op::SetAdd(under) => {
                let v = f.pop();
                let at = f.slots.len() - under as usize;
                if let Value::Set(s) = f.slots[at].clone() {
                    self.made += 48;
                    self.set_add(&s, v)?;
                }
            }
            Op::MapAdd(under) => {
                let v = f.pop();
                let k = f.pop();
                let at = f.slots.len() - under as usize;
                if let Value::Dict(d) = f.slots[at].clone() {
                    self.made += 64;
                    self.dict_set(&d, k, v)?;
                }
            }
            Op::ListExtend(under) => {
                let v = f.pop();
                let at = f.slots.len() - under as usize;
                let Value::List(list) = f.slots[at].clone() else {
                    return Ok(None);
                };
                let what = f.code.ops.get(f.ip).copied();
                let in_call = matches!(what, Some(Op::ListToTuple));
                if !self.is_iterable(&v) {
                    let name = crate::program::types::type_name(&v);
                    return type_error(if in_call && at > 0 {
                        let f = call::function_words(&f.slots[at - 1]);
                        format!("{f} argument after * must be an iterable, not {name}")
                    } else {
                        format!("'{name}' object is not iterable")
                    });
                }
                // The list lies on top; the continuation gives it back.
                f.pop();
                let got = self.extend_list(list, v)?;
                f.push(got);
            }
            Op::SetUpdate(under) => {
                let v = f.pop();
                let at = f.slots.len() - under as usize;
                if let Value::Set(s) = f.slots[at].clone() {
                    for item in self.collect_sync(v)? {
                        self.set_add(&s, item)?;
                    }
                }
            }
            Op::DictUpdate(under) | Op::DictMerge(under) => {
                let v = f.pop();
                let at = f.slots.len() - under as usize;
                let Value::Dict(d) = f.slots[at].clone() else {
                    return Ok(None);
                };
                let words = if matches!(op, Op::DictMerge(_)) && at >= 2 {
                    call::function_words(&f.slots[at - 2])
                } else {
                    String::new()
                };
                self.merge(&d, v, &words)?;
            }
            Op::ListToTuple => {
                if let Value::List(l) = f.pop() {
                    let items = l.borrow().clone();
                    f.push(Value::tuple(items));
                }
            }
            Op::UnpackEx(before, after) => {
                let v = f.pop();
                self.unpack_ex(f, v, before as usize, after as usize)?;
            }
            Op::CallKw(argc, names) => {
                let names = keyword_names(f, names);
                let at = f.slots.len() - argc as usize - 1;
                self.invoke(f, at, &names)?;
            }
            Op::CallMethodKw(argc, names) => {
                let names = keyword_names(f, names);
                let at = f.slots.len() - argc as usize - 2;
                if f.slots[at].is_unbound() {
                    f.slots.remove(at);
                }
                self.invoke(f, at, &names)?;
            }
            Op::CallEx(keywords) => self.call_ex(f, keywords)?,
            Op::Function { code, flags } => self.make_function(f, code, flags)?,
            Op::Class { argc, names } => self.build_class(f, argc as usize, names)?,
            Op::Try(handler) => {
                let block = TryBlock {
                    handler,
                    height: f.slots.len() as u32,
                    handled: f.handled().len() as u32,
                };
                f.rare().blocks.push(block);
            }
            Op::EndTry => drop(f.rare().blocks.pop()),
            Op::EndExcept => drop(f.rare().handled.pop()),
            Op::Match => {
                let class = f.pop();
                let e = f.pop();
                let v = self.exception_matches(&e, &class)?;
                f.push(Value::Bool(v));
            }
            Op::Reraise => {
                let e = f.pop();
                return Err(Box::new(Ctl::Reraise(e)));
            }
            Op::Raise(n) => return Err(self.raise_op(f, n)?),
            Op::AssertionError => {
                f.push(Value::Class(
                    crate::program::types::types().exception("AssertionError").clone(),
                ));
            }
            Op::With => self.with_enter(f)?,
            Op::ExitNormal => {
                let exit = f.pop();
                self.with_exit(f, exit)?;
            }
            Op::ExitExcept => {
                let n = f.slots.len();
                let exit = f.slots[n - 2].clone();
                let e = f.slots[n - 1].clone();
                let args = vec![
                    Value::Class(crate::program::types::class_of(&e).clone()),
                    e,
                    Value::None,
                ];
                return control::call_then(exit, args, |vm, _, v| Ok(Value::Bool(vm.truth(&v)?)), Vec::new());
            }
            Op::Yield => {
                let v = f.pop();
                return self.yield_value(f, v);
            }
            Op::YieldFromIter => {
                let v = f.pop();
                let v = if matches!(v, Value::Gen(_)) {
                    v
                } else {
                    self.get_iter(v)?
                };
                f.push(v);
            }
            Op::Send(to) => self.send_op(f, to)?,
            Op::Import {
                name,
                from,
                level,
                optional,
            } => {
                if optional && level == 0 {
                    self.import_must_be_there(f, name)?;
                }
                self.import_op(f, name, from, level)?;
            }
            Op::ImportFrom(name) => self.import_from(f, name)?,
            Op::ImportStar => self.import_star(f)?,
            Op::Display => {
                let v = f.pop();
                self.display(v)?;
            }
            Op::Refuse(words) => {
                let words = f.code.consts[words as usize].as_str().unwrap_or("").to_owned();
                return Err(raise("NotImplementedError", words));
            }
            // The others stand in the hot loop.
            _ => {}
        }
        Ok(None)
    }
}
