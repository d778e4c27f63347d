//! Code that was compiled beforehand. The compiler is a large part of the engine that a page with a finished lab does not
//! need: the site's builder compiles Python's modules and every lab's programs, pages are given the result ([`supply`]), and
//! [`find`] knows it again by the program's text or the module's name. Natively nothing is supplied and all is compiled.
//!
//! A file is [`VERSION`], then for each code its key, its length and its bytes. [`text_of`] makes a text of it that JSON and
//! `fetch` carry unharmed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use num_bigint::BigInt;

use super::code::{Bin, Cache, Cmp, Code, Op, Source, Un};
use super::compile::{CompileError, Mode, compile};
use super::packed::{Packed, cut};
use super::value::Value;
use crate::sorted::Map;

/// Of which shape code is: code of another one is not taken.
pub const VERSION: u64 = {
    let shapes = [Op::SHAPE, Bin::SHAPE, Un::SHAPE, Cmp::SHAPE, "1"];
    let (mut hash, mut i) = (START, 0);
    while i < shapes.len() {
        hash = more(hash, shapes[i].as_bytes());
        i += 1;
    }
    hash
};

/// FNV-1a, 64 bits: <https://www.rfc-editor.org/rfc/rfc9923>.
const START: u64 = 0xcbf2_9ce4_8422_2325;

const fn more(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    hash
}

thread_local!(static SUPPLIED: RefCell<Map<u64, Box<[u8]>>> = const { RefCell::new(Map::new()) });

/// By what code is found again: the engine's own modules by name, programs by their text.
fn key(source: &Source, mode: Mode) -> u64 {
    if source.frozen {
        more(more(START, b"module "), source.file.as_bytes())
    } else {
        more(more(START, &[mode as u8]), source.text.as_bytes())
    }
}

/// Takes a file of code that [`file`] has made. False: it is cut, or of another version of Wirelab.
pub fn supply(file: &[u8]) -> bool {
    let mut bytes = file;
    if u64::take(&mut bytes) != Some(VERSION) {
        return false;
    }
    SUPPLIED.with_borrow_mut(|all| {
        while !bytes.is_empty() {
            let Some((key, len)) = <(u64, u32)>::take(&mut bytes) else {
                return false;
            };
            let Some(code) = cut(&mut bytes, len as usize) else {
                return false;
            };
            all.insert(key, code.into());
        }
        true
    })
}

/// Is there code for this source?
pub fn has(source: &Source, mode: Mode) -> bool {
    SUPPLIED.with_borrow(|all| all.get(&key(source, mode)).is_some())
}

/// Code for this source, if it was supplied.
pub fn find(source: &Rc<Source>, mode: Mode) -> Option<Rc<Code>> {
    SUPPLIED.with_borrow(|all| {
        let bytes = all.get(&key(source, mode))?;
        take_code(&mut &**bytes, source, 0)
    })
}

/// Compiles sources into one file; those with an error are left out.
pub fn file(sources: &[(Source, Mode)]) -> Vec<u8> {
    let mut out = Vec::new();
    VERSION.put(&mut out);
    for (source, mode) in sources {
        let key = key(source, *mode);
        let source = Rc::new(Source::new(&source.file, &source.text, source.frozen));
        let mut bytes = Vec::new();
        let whole = compile(&source, *mode).is_ok_and(|code| put_code(&code, &mut bytes).is_some());
        if whole {
            (key, bytes.len() as u32).put(&mut out);
            out.append(&mut bytes);
        }
    }
    out
}

/// The first of the 256 characters that stand for bytes: none of them has a meaning in JSON or TOML.
const FIRST: u32 = 0x100;

/// Bytes as a text.
pub fn text_of(bytes: &[u8]) -> String {
    let character = |byte: &u8| char::from_u32(FIRST + u32::from(*byte));
    bytes.iter().filter_map(character).collect()
}

/// Such a text's bytes; `None` when it is another.
pub fn bytes_of(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|c| u32::from(c).checked_sub(FIRST)?.try_into().ok())
        .collect()
}

/// What compiles, on pages: a part of the wasm that comes when it is needed.
pub type Compiler = fn(&Rc<Source>, Mode) -> Result<Rc<Code>, CompileError>;

thread_local!(static COMPILER: Cell<Option<Compiler>> = const { Cell::new(None) });

/// The compiler is here now.
pub fn supply_compiler(compiler: Compiler) {
    COMPILER.set(Some(compiler));
}

/// Is it here?
pub fn has_compiler() -> bool {
    cfg!(feature = "library") || COMPILER.get().is_some()
}

/// The code of a source: found, or compiled now.
///
/// # Errors
/// What is wrong with the source; on a page whose compiler is not here yet, that.
pub fn code(source: &Rc<Source>, mode: Mode) -> Result<Rc<Code>, CompileError> {
    if let Some(code) = find(source, mode) {
        return Ok(code);
    }
    #[cfg(feature = "library")]
    return compile(source, mode);
    #[cfg(not(feature = "library"))]
    match COMPILER.get() {
        Some(compiler) => compiler(source, mode),
        None => Err(CompileError::refused(
            "This page has not loaded its compiler: reload it, then reset the lab.",
            0..0,
        )),
    }
}

/// How deep code may lie in code.
const DEEPEST: u32 = 64;

/// `None`: it has a constant that is never one.
fn put_code(code: &Code, out: &mut Vec<u8>) -> Option<()> {
    code.name.put(out);
    code.qualname.put(out);
    code.ops.put(out);
    if !code.source.frozen {
        put_spans(&code.spans, out);
        code.anchors.put(out);
    }
    (code.consts.len() as u64).put(out);
    code.consts.iter().try_for_each(|value| put_value(value, out))?;
    code.names.put(out);
    (code.caches.len() as u64).put(out);
    code.locals.put(out);
    for number in [code.posonly, code.argc, code.kwonly, code.line, code.stack] {
        number.put(out);
    }
    for flag in [
        code.varargs,
        code.varkw,
        code.generator,
        code.class_body,
        code.doc.is_some(),
    ] {
        flag.put(out);
    }
    code.cells.put(out);
    code.free.put(out);
    code.doc.as_ref().map_or(Some(()), |doc| put_value(doc, out))
}

fn take_code(bytes: &mut &[u8], source: &Rc<Source>, depth: u32) -> Option<Rc<Code>> {
    if depth > DEEPEST {
        return None;
    }
    let (name, qualname) = Packed::take(bytes)?;
    let ops: Box<[Op]> = Packed::take(bytes)?;
    let (spans, anchors) = if source.frozen {
        (Box::default(), Box::default())
    } else {
        (take_spans(bytes, ops.len())?, Packed::take(bytes)?)
    };
    let len = u64::take(bytes)?;
    let consts = (0..len)
        .map(|_| take_value(bytes, source, depth))
        .collect::<Option<_>>()?;
    let names = Packed::take(bytes)?;
    let caches = u64::take(bytes)?.min(1 << 16);
    let locals = Packed::take(bytes)?;
    let mut number = || u32::take(bytes);
    let (posonly, argc, kwonly, line, stack) = (number()?, number()?, number()?, number()?, number()?);
    let mut flag = || bool::take(bytes);
    let (varargs, varkw, generator, class_body, has_doc) = (flag()?, flag()?, flag()?, flag()?, flag()?);
    let (cells, free) = Packed::take(bytes)?;
    let doc = if has_doc {
        Some(take_value(bytes, source, depth)?)
    } else {
        None
    };
    Some(Rc::new(Code {
        name,
        qualname,
        source: Rc::clone(source),
        ops,
        spans,
        anchors,
        consts,
        names,
        caches: (0..caches).map(|_| Cell::new(Cache::default())).collect(),
        locals,
        posonly,
        argc,
        kwonly,
        varargs,
        varkw,
        cells,
        free,
        generator,
        class_body,
        line,
        doc,
        stack,
    }))
}

/// Beginnings as steps from the one before, ends as lengths: small numbers.
fn put_spans(spans: &[(u32, u32)], out: &mut Vec<u8>) {
    let mut last = 0;
    for (start, end) in spans {
        let step = i64::from(*start) - last;
        last = i64::from(*start);
        // Zigzag: the sign is the lowest bit.
        (((step << 1) ^ (step >> 63)) as u64).put(out);
        (end - start).put(out);
    }
}

fn take_spans(bytes: &mut &[u8], len: usize) -> Option<Box<[(u32, u32)]>> {
    let mut last = 0;
    let mut span = || {
        let step = u64::take(bytes)?;
        last = u32::try_from(i64::from(last) + ((step >> 1) as i64 ^ -((step & 1) as i64))).ok()?;
        Some((last, last.checked_add(u32::take(bytes)?)?))
    };
    (0..len).map(|_| span()).collect()
}

fn put_value(value: &Value, out: &mut Vec<u8>) -> Option<()> {
    let bytes = |kind: u8, bytes: &[u8], out: &mut Vec<u8>| {
        out.push(kind);
        (bytes.len() as u64).put(out);
        out.extend(bytes);
    };
    match value {
        Value::None => out.push(0),
        Value::Ellipsis => out.push(1),
        Value::Bool(b) => out.push(2 + u8::from(*b)),
        Value::Int(n) => {
            out.push(4);
            (((n << 1) ^ (n >> 63)) as u64).put(out);
        }
        Value::Float(x) => {
            out.push(5);
            out.extend(x.to_le_bytes());
        }
        Value::Big(n) => bytes(6, &n.to_signed_bytes_le(), out),
        Value::Str(s) => bytes(7, s.as_str().as_bytes(), out),
        Value::Bytes(b) => bytes(8, b, out),
        Value::Tuple(items) => {
            out.push(9);
            (items.len() as u64).put(out);
            items.iter().try_for_each(|item| put_value(item, out))?;
        }
        Value::Code(code) => {
            out.push(10);
            put_code(code, out)?;
        }
        _ => return None,
    }
    Some(())
}

fn take_value(bytes: &mut &[u8], source: &Rc<Source>, depth: u32) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    let kind = u8::take(bytes)?;
    let mut run = || {
        let len = u64::take(bytes)?.try_into().ok()?;
        cut(bytes, len)
    };
    Some(match kind {
        0 => Value::None,
        1 => Value::Ellipsis,
        2 | 3 => Value::Bool(kind == 3),
        4 => {
            let n = u64::take(bytes)?;
            Value::Int((n >> 1) as i64 ^ -((n & 1) as i64))
        }
        5 => Value::Float(f64::from_le_bytes(cut(bytes, 8)?.try_into().ok()?)),
        6 => Value::int(BigInt::from_signed_bytes_le(run()?)),
        7 => Value::str(str::from_utf8(run()?).ok()?),
        8 => Value::bytes(run()?),
        9 => {
            let len = u64::take(bytes)?;
            let items: Option<_> = (0..len).map(|_| take_value(bytes, source, depth + 1)).collect();
            Value::tuple(items?)
        }
        10 => Value::Code(take_code(bytes, source, depth + 1)?),
        _ => return None,
    })
}
