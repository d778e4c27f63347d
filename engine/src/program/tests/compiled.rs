//! Code that was compiled beforehand is the same code: every module of ours and every program of a lab goes to bytes and
//! back. Bytes that are cut or changed never do harm.

use std::path::Path;
use std::rc::Rc;

use crate::program::code::{Code, Source};
use crate::program::compile::{Mode, compile};
use crate::program::compiled::{bytes_of, file, find, supply, text_of};
use crate::program::modules;
use crate::program::value::Value;

/// Everything that a run can notice of two codes.
fn same(a: &Code, b: &Code) {
    assert_eq!(a.name.as_str(), b.name.as_str());
    assert_eq!(a.qualname, b.qualname);
    assert_eq!(a.ops, b.ops, "{}", a.qualname);
    if !a.source.frozen {
        assert_eq!(a.spans, b.spans, "{}", a.qualname);
        assert_eq!(a.anchors, b.anchors);
    }
    let texts = |names: &[crate::program::value::Name]| {
        let texts = names.iter().map(|n| n.as_str().to_owned());
        texts.collect::<Vec<_>>()
    };
    assert_eq!(texts(&a.names), texts(&b.names));
    assert_eq!(texts(&a.locals), texts(&b.locals));
    assert_eq!(a.caches.len(), b.caches.len());
    let numbers = |c: &Code| {
        (
            [c.posonly, c.argc, c.kwonly, c.line, c.stack],
            [c.varargs, c.varkw, c.generator, c.class_body],
            (c.cells.clone(), c.free.clone()),
        )
    };
    assert_eq!(numbers(a), numbers(b));
    assert_eq!(a.consts.len(), b.consts.len());
    a.consts.iter().zip(&b.consts).for_each(|(a, b)| same_value(a, b));
    match (&a.doc, &b.doc) {
        (Some(a), Some(b)) => same_value(a, b),
        (a, b) => assert!(a.is_none() && b.is_none()),
    }
}

fn same_value(a: &Value, b: &Value) {
    match (a, b) {
        (Value::Code(a), Value::Code(b)) => same(a, b),
        (Value::Tuple(a), Value::Tuple(b)) => {
            assert_eq!(a.len(), b.len());
            a.iter().zip(b.iter()).for_each(|(a, b)| same_value(a, b));
        }
        (Value::None, Value::None) | (Value::Ellipsis, Value::Ellipsis) => {}
        (Value::Bool(a), Value::Bool(b)) => assert_eq!(a, b),
        (Value::Int(a), Value::Int(b)) => assert_eq!(a, b),
        (Value::Float(a), Value::Float(b)) => assert_eq!(a.to_bits(), b.to_bits()),
        (Value::Big(a), Value::Big(b)) => assert_eq!(a, b),
        (Value::Str(a), Value::Str(b)) => assert_eq!(a.as_str(), b.as_str()),
        (Value::Bytes(a), Value::Bytes(b)) => assert_eq!(a, b),
        _ => panic!("two kinds of constants"),
    }
}

/// Every program of the book's labs.
fn programs() -> Vec<String> {
    let labs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/labs");
    let mut found = Vec::new();
    for lab in std::fs::read_dir(labs).unwrap() {
        for file in std::fs::read_dir(lab.unwrap().path()).into_iter().flatten() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|e| e == "py") {
                found.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn every_program_of_a_lab_comes_back_as_it_was() {
    let mut sources = programs();
    assert!(sources.len() > 50);
    sources.push("x = (1 << 90, -5, 1.5, -0.0, b'\\xff', 'é\\n', None, ..., (True, ()))\ndel x[0][1:2]\ny = x [0] ** (2)\n".into());
    sources.sort();
    sources.dedup();
    for text in sources {
        let source = Rc::new(Source::new("server.py", &text, false));
        let Ok(code) = compile(&source, Mode::Program) else {
            continue;
        };
        assert!(find(&source, Mode::Program).is_none());
        assert!(supply(&file(&[(
            Source::new("server.py", &text, false),
            Mode::Program
        )])));
        same(&code, &find(&source, Mode::Program).unwrap());
        assert!(find(&source, Mode::Eval).is_none());
    }
}

#[test]
fn every_module_of_ours_comes_back_as_it_was() {
    for file in modules::compiled_files() {
        assert!(supply(&bytes_of(&text_of(&file)).unwrap()));
    }
    let library = modules::library::NAMES.iter().copied();
    for name in modules::FROZEN.iter().map(|m| m.name).chain(library) {
        let module = modules::frozen(name).unwrap();
        let source = Rc::new(Source::new(&format!("<frozen {name}>"), module.source, true));
        let code = compile(&source, Mode::Frozen).unwrap();
        same(&code, &find(&source, Mode::Frozen).unwrap());
    }
}

#[test]
fn bytes_that_were_cut_or_changed_are_refused_or_harmless() {
    let text =
        "def f(a, *b, c=(1, 'two', b'3', 4.5, 6 << 80)):\n    '''doc'''\n    return [a[0] + i for i in b]\n";
    let source = Rc::new(Source::new("client.py", text, false));
    let whole = file(&[(Source::new("client.py", text, false), Mode::Program)]);
    for len in 0..whole.len() {
        supply(&whole[..len]);
        find(&source, Mode::Program);
    }
    let mut seed = 1_u32;
    for place in 0..whole.len() {
        let mut changed = whole.clone();
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        changed[place] ^= (seed >> 24) as u8 | 1;
        supply(&changed);
        find(&source, Mode::Program);
    }
    assert!(!supply(b""));
    assert!(!supply(b"\x05not of this version"));
    assert_eq!(bytes_of("plain"), None);
}
