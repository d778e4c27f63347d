//! The methods of str and bytes against CPython.

use super::{bytes, check, from_bytes, maybe, small, text, word};
use crate::program::text::strings::{self, Side, Translated};
use crate::program::text::{self as engine, TextError, bytes as data};
use serde_json::{Value, json};

#[test]
fn methods_of_str() {
    check("strings", str_method);
}

#[test]
fn methods_of_ascii_str() {
    check("ascii", str_method);
}

fn place(found: Option<usize>) -> Value {
    super::from_int(&found.map_or(-1, |at| at as i64).into())
}

fn str_method(name: &str, args: &[Value]) -> Result<Value, String> {
    let t = args[0].as_str().unwrap();
    let s = |i: usize| text(&args[i]);
    let n = |i: usize| small(&args[i]);
    let (a, b) = (|| maybe(&args[2]), || maybe(&args[3]));
    let many = |i: usize| args[i].as_array().unwrap().iter().map(text).collect::<Vec<_>>();
    let ok: engine::Result<Value> = match &name[4..] {
        "upper" => Ok(json!(strings::upper(t))),
        "lower" => Ok(json!(strings::lower(t))),
        "title" => Ok(json!(strings::title(t))),
        "capitalize" => Ok(json!(strings::capitalize(t))),
        "swapcase" => Ok(json!(strings::swapcase(t))),
        "casefold" => Ok(json!(strings::casefold(t))),
        "isspace" => Ok(json!(strings::is_space(t))),
        "isalpha" => Ok(json!(strings::is_alpha(t))),
        "isalnum" => Ok(json!(strings::is_alnum(t))),
        "isdecimal" => Ok(json!(strings::is_decimal(t))),
        "isdigit" => Ok(json!(strings::is_digit(t))),
        "isnumeric" => Ok(json!(strings::is_numeric(t))),
        "isprintable" => Ok(json!(strings::is_printable(t))),
        "isidentifier" => Ok(json!(strings::is_identifier(t))),
        "isupper" => Ok(json!(strings::is_upper(t))),
        "islower" => Ok(json!(strings::is_lower(t))),
        "istitle" => Ok(json!(strings::is_title(t))),
        "find" => Ok(place(strings::find(t, s(1), a(), b()))),
        "rfind" => Ok(place(strings::rfind(t, s(1), a(), b()))),
        "index" => strings::index(t, s(1), a(), b()).map(|at| place(Some(at))),
        "rindex" => strings::rindex(t, s(1), a(), b()).map(|at| place(Some(at))),
        "count" => Ok(place(Some(strings::count(t, s(1), a(), b())))),
        "startswith" => Ok(json!(strings::starts_with(t, &many(1), a(), b()))),
        "endswith" => Ok(json!(strings::ends_with(t, &many(1), a(), b()))),
        "split" => strings::split(t, args[1].as_str(), n(2)).map(|parts| json!(parts)),
        "rsplit" => strings::rsplit(t, args[1].as_str(), n(2)).map(|parts| json!(parts)),
        "splitlines" => Ok(json!(strings::split_lines(t, args[1].as_bool().unwrap()))),
        "partition" => strings::partition(t, s(1)).map(|(x, y, z)| json!([x, y, z])),
        "rpartition" => strings::rpartition(t, s(1)).map(|(x, y, z)| json!([x, y, z])),
        "strip" => Ok(json!(strings::strip(t, args[1].as_str(), Side::Both))),
        "lstrip" => Ok(json!(strings::strip(t, args[1].as_str(), Side::Left))),
        "rstrip" => Ok(json!(strings::strip(t, args[1].as_str(), Side::Right))),
        "replace" => strings::replace(t, s(1), s(2), n(3)).map(|t| json!(t)),
        "removeprefix" => Ok(json!(strings::remove_prefix(t, s(1)))),
        "removesuffix" => Ok(json!(strings::remove_suffix(t, s(1)))),
        "center" => strings::center(t, n(1), '*').map(|t| json!(t)),
        "ljust" => strings::ljust(t, n(1), '*').map(|t| json!(t)),
        "rjust" => strings::rjust(t, n(1), '*').map(|t| json!(t)),
        "zfill" => strings::zfill(t, n(1)).map(|t| json!(t)),
        "expandtabs" => strings::expand_tabs(t, n(1)).map(|t| json!(t)),
        "join" => strings::join(t, &many(1)).map(|t| json!(t)),
        "slice" => strings::slice(t, maybe(&args[1]), a(), b()).map(|t| json!(t)),
        "repeat" => strings::repeat(t, n(1)).map(|t| json!(t)),
        "at" => Ok(json!(strings::char_at(t, n(1)).map(String::from))),
        "translate" => {
            let table = strings::maketrans("abé", "xyz", "A😀").unwrap();
            let look = |code| {
                let found = table.iter().find(|(key, _)| *key == code);
                Ok::<_, TextError>(found.map_or(Translated::Same, |(_, to)| {
                    to.map_or(Translated::Gone, Translated::Code)
                }))
            };
            strings::translate(t, look).map(|t| json!(t))
        }
        "maketrans" => {
            let made = strings::maketrans(t, s(1), s(2));
            let mut seen = std::collections::HashSet::new();
            // What a dict would do with a key given twice is the VM's affair.
            let twice = !t.chars().all(|c| seen.insert(c)) || t.contains('q');
            let code = |c: u32| super::from_int(&c.into());
            made.map(|pairs| match twice {
                true => json!([]),
                false => pairs
                    .iter()
                    .map(|(k, v)| json!([code(*k), v.map(code)]))
                    .collect(),
            })
        }
        _ => unreachable!("{name}"),
    };
    ok.map_err(|e| word(&e))
}

/// `startswith` and `endswith`.
type AnyOf = fn(&[u8], &[&[u8]], Option<i64>, Option<i64>) -> bool;

#[test]
fn methods_of_bytes() {
    check("bytes", |name, args| {
        if name == "bytes.fromhex" {
            return data::from_hex(text(&args[0]))
                .map(|b| from_bytes(&b))
                .map_err(|e| word(&e));
        }
        let d = bytes(&args[0]);
        let s = |i: usize| bytes(&args[i]);
        let opt = |i: usize| (!args[i].is_null()).then(|| bytes(&args[i]));
        let n = |i: usize| small(&args[i]);
        let (a, b) = (|| maybe(&args[2]), || maybe(&args[3]));
        let many = |i: usize| args[i].as_array().unwrap().iter().map(bytes).collect::<Vec<_>>();
        let list = |parts: Vec<&[u8]>| parts.into_iter().map(from_bytes).collect::<Value>();
        let three = |(x, y, z): (&[u8], &[u8], &[u8])| json!([from_bytes(x), from_bytes(y), from_bytes(z)]);
        let one = |b: Vec<u8>| from_bytes(&b);
        let any = |i: usize, test: AnyOf| {
            let parts = many(i);
            test(&d, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>(), a(), b())
        };
        let ok: engine::Result<Value> = match &name[6..] {
            "upper" => Ok(one(data::upper(&d))),
            "lower" => Ok(one(data::lower(&d))),
            "title" => Ok(one(data::title(&d))),
            "capitalize" => Ok(one(data::capitalize(&d))),
            "swapcase" => Ok(one(data::swapcase(&d))),
            "isspace" => Ok(json!(data::is_space(&d))),
            "isalpha" => Ok(json!(data::is_alpha(&d))),
            "isalnum" => Ok(json!(data::is_alnum(&d))),
            "isdigit" => Ok(json!(data::is_digit(&d))),
            "isupper" => Ok(json!(data::is_upper(&d))),
            "islower" => Ok(json!(data::is_lower(&d))),
            "istitle" => Ok(json!(data::is_title(&d))),
            "find" => Ok(place(data::find(&d, &s(1), a(), b()))),
            "rfind" => Ok(place(data::rfind(&d, &s(1), a(), b()))),
            "index" => data::index(&d, &s(1), a(), b()).map(|at| place(Some(at))),
            "rindex" => data::rindex(&d, &s(1), a(), b()).map(|at| place(Some(at))),
            "count" => Ok(place(Some(data::count(&d, &s(1), a(), b())))),
            "startswith" => Ok(json!(any(1, data::starts_with))),
            "endswith" => Ok(json!(any(1, data::ends_with))),
            "split" => data::split(&d, opt(1).as_deref(), n(2)).map(list),
            "rsplit" => data::rsplit(&d, opt(1).as_deref(), n(2)).map(list),
            "splitlines" => Ok(list(data::split_lines(&d, args[1].as_bool().unwrap()))),
            "partition" => data::partition(&d, &s(1)).map(three),
            "rpartition" => data::rpartition(&d, &s(1)).map(three),
            "strip" => Ok(from_bytes(data::strip(&d, opt(1).as_deref(), Side::Both))),
            "lstrip" => Ok(from_bytes(data::strip(&d, opt(1).as_deref(), Side::Left))),
            "rstrip" => Ok(from_bytes(data::strip(&d, opt(1).as_deref(), Side::Right))),
            "replace" => data::replace(&d, &s(1), &s(2), n(3)).map(one),
            "removeprefix" => Ok(from_bytes(data::remove_prefix(&d, &s(1)))),
            "removesuffix" => Ok(from_bytes(data::remove_suffix(&d, &s(1)))),
            "center" => data::center(&d, n(1), b'*').map(one),
            "ljust" => data::ljust(&d, n(1), b'*').map(one),
            "rjust" => data::rjust(&d, n(1), b'*').map(one),
            "zfill" => data::zfill(&d, n(1)).map(one),
            "expandtabs" => data::expand_tabs(&d, n(1)).map(one),
            "join" => data::join(&d, &many(1)).map(one),
            "slice" => data::slice(&d, maybe(&args[1]), a(), b()).map(one),
            "repeat" => data::repeat(&d, n(1)).map(one),
            "hex" => Ok(json!(data::hex(&d, Some(':'), n(1)))),
            "translate" => data::translate(&d, opt(1).as_deref(), &s(2)).map(one),
            "maketrans" => data::maketrans(&d, &s(1)).map(one),
            _ => unreachable!("{name}"),
        };
        ok.map_err(|e| word(&e))
    });
}
