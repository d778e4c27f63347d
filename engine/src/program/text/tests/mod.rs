//! CPython is the judge: python3 makes the cases and gives the answers while the test runs; nothing is stored.

mod methods;
mod numbers;
mod unicode;

use super::{TextError, codec, percent, template};
use num_bigint::BigInt;
use serde_json::{Value, json};
use std::process::{Command, Stdio};

/// Runs cases.py for a topic. `None`: there is no python3 (which is an error where `CI` is set).
fn cases(topic: &str) -> Option<Vec<Value>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/program/text/tests/cases.py");
    let seed = std::env::var("SEED").unwrap_or_else(|_| "1".to_owned());
    let run = Command::new("python3")
        .args([script, topic, &seed])
        .stderr(Stdio::inherit())
        .output();
    let Ok(output) = run else {
        assert!(
            std::env::var_os("CI").is_none(),
            "python3 is needed to judge, and is missing"
        );
        println!("skipped: no python3 to judge");
        return None;
    };
    assert!(output.status.success(), "cases.py failed");
    let text = String::from_utf8(output.stdout).unwrap();
    Some(
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

/// Asks `answer` for each case; reports the first few that differ.
fn check(topic: &str, answer: fn(&str, &[Value]) -> Result<Value, String>) {
    let Some(cases) = cases(topic) else { return };
    assert!(cases.len() > 1000);
    let mut wrong = Vec::new();
    for case in &cases {
        let (name, args) = (case[0].as_str().unwrap(), case[1].as_array().unwrap());
        let got = match answer(name, args) {
            Ok(value) => json!({ "ok": value }),
            Err(error) => json!({ "err": error }),
        };
        if got != case[2] {
            wrong.push(format!("{case}\n    engine: {got}"));
        }
    }
    println!("{topic}: {} cases, {} differ", cases.len(), wrong.len());
    let shown = wrong.iter().take(25).cloned().collect::<Vec<_>>().join("\n");
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{shown}",
        wrong.len(),
        cases.len()
    );
}

fn text(v: &Value) -> &str {
    v.as_str().unwrap()
}

fn bytes(v: &Value) -> Vec<u8> {
    v["b"].as_str().unwrap().chars().map(|c| c as u8).collect()
}

fn int(v: &Value) -> BigInt {
    let hex = v["i"].as_str().unwrap();
    let (negative, digits) = hex.strip_prefix('-').map_or((false, hex), |rest| (true, rest));
    let n = BigInt::parse_bytes(&digits.as_bytes()[2..], 16).unwrap();
    if negative { -n } else { n }
}

fn small(v: &Value) -> i64 {
    i64::try_from(int(v)).unwrap()
}

fn maybe(v: &Value) -> Option<i64> {
    (!v.is_null()).then(|| small(v))
}

/// CPython's float.hex(), read back.
fn float(v: &Value) -> f64 {
    let hex = v["f"].as_str().unwrap();
    let (negative, rest) = hex.strip_prefix('-').map_or((false, hex), |rest| (true, rest));
    let magnitude = match rest {
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => {
            let (mantissa, exponent) = rest[2..].split_once('p').unwrap();
            let exponent: i32 = exponent.parse().unwrap();
            let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
            let fraction = format!("{fraction:0<13}");
            let bits = u64::from_str_radix(&fraction, 16).unwrap();
            if whole == "0" {
                f64::from_bits(bits)
            } else {
                f64::from_bits(bits | ((exponent + 1023) as u64) << 52)
            }
        }
    };
    if negative { -magnitude } else { magnitude }
}

fn from_int(n: &BigInt) -> Value {
    let hex = n.magnitude().to_str_radix(16);
    json!({ "i": format!("{}0x{hex}", if n.sign() == num_bigint::Sign::Minus { "-" } else { "" }) })
}

fn from_bytes(data: &[u8]) -> Value {
    json!({ "b": data.iter().map(|b| *b as char).collect::<String>() })
}

fn from_float(x: f64) -> Value {
    if x.is_nan() {
        return json!({ "f": "nan" });
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    if x.is_infinite() {
        return json!({ "f": format!("{sign}inf") });
    }
    let bits = x.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7FF) as i64, bits & ((1 << 52) - 1));
    let shown = match (exponent, fraction) {
        (0, 0) => "0x0.0p+0".to_owned(),
        (0, _) => format!("0x0.{fraction:013x}p-1022"),
        _ => format!("0x1.{fraction:013x}p{:+}", exponent - 1023),
    };
    json!({ "f": format!("{sign}{shown}") })
}

fn word(error: &TextError) -> String {
    error.to_string()
}

#[test]
fn quotes() {
    check("quote", |name, args| {
        Ok(json!(match name {
            "repr" => super::quote::str_repr(text(&args[0])),
            "ascii" => super::quote::str_ascii(text(&args[0])),
            _ => super::quote::bytes_repr(&bytes(&args[0])),
        }))
    });
}

#[test]
fn codecs() {
    check("codec", |name, args| {
        let (codec, errors) = (text(&args[1]), text(&args[2]));
        let fail = |error: codec::CodecError| format!("{}: {}", error.class(), error.message());
        if name == "encode" {
            return codec::encode(text(&args[0]), codec, errors)
                .map(|b| from_bytes(&b))
                .map_err(fail);
        }
        codec::decode(&bytes(&args[0]), codec, errors)
            .map(|t| json!(t))
            .map_err(fail)
    });
}

/// Formats as the VM does: takes the pieces one by one, then raises the fault.
#[test]
fn percents() {
    check("percent", |name, args| {
        let stars = || args[1].as_array().unwrap().iter().map(small);
        match name {
            "percent" => str_percent(text(&args[0]), stars(), &args[2], false),
            "percent_key" => str_percent(text(&args[0]), std::iter::empty(), &Value::Null, true),
            _ => bytes_percent(&bytes(&args[0]), stars(), &args[2]),
        }
        .map_err(|e| word(&e))
    });
}

fn stars<T: ?Sized>(
    directive: &percent::Directive<'_, T>,
    stars: &mut impl Iterator<Item = i64>,
) -> percent::Layout {
    let mut layout = directive.layout();
    if directive.width == percent::Amount::Argument {
        layout.set_width(stars.next().unwrap());
    }
    if directive.precision == percent::Amount::Argument {
        layout.set_precision(stars.next().unwrap());
    }
    layout
}

fn str_percent(
    format: &str,
    mut args: impl Iterator<Item = i64>,
    value: &Value,
    mapping: bool,
) -> super::Result<Value> {
    let parsed = percent::parse(format);
    let mut out = String::new();
    let mut taken = mapping;
    for piece in parsed.pieces {
        let directive = match piece {
            percent::Piece::Literal(literal) => {
                out.push_str(literal);
                continue;
            }
            percent::Piece::Directive(directive) => directive,
        };
        let layout = stars(&directive, &mut args);
        if directive.kind == '%' {
            return Err(percent::unsupported('%', directive.index));
        }
        if mapping {
            let key = directive.key.unwrap_or_default();
            out.push_str(&percent::text(
                &key.to_uppercase().replace(['(', ')'], ""),
                &layout,
            )?);
            continue;
        }
        taken = true;
        out.push_str(&match directive.kind {
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => percent::int(&int(value), directive.kind, &layout)?,
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => percent::float(float(value), directive.kind, &layout)?,
            's' => percent::text(text(value), &layout)?,
            'r' => percent::text(&super::quote::str_repr(text(value)), &layout)?,
            'a' => percent::text(&super::quote::str_ascii(text(value)), &layout)?,
            'c' => percent::character(text(value).chars().next().unwrap(), &layout)?,
            kind => return Err(percent::unsupported(kind, directive.index)),
        });
    }
    if let Some(fault) = parsed.fault {
        return Err(fault);
    }
    if !taken {
        return Err(left_over("string"));
    }
    Ok(json!(out))
}

/// What the VM says when arguments are left.
fn left_over(what: &str) -> TextError {
    TextError::type_error(format!("not all arguments converted during {what} formatting"))
}

fn bytes_percent(format: &[u8], mut args: impl Iterator<Item = i64>, value: &Value) -> super::Result<Value> {
    let parsed = percent::parse_bytes(format);
    let mut out = Vec::new();
    let mut taken = false;
    for piece in parsed.pieces {
        let directive = match piece {
            percent::Piece::Literal(literal) => {
                out.extend(literal);
                continue;
            }
            percent::Piece::Directive(directive) => directive,
        };
        let layout = stars(&directive, &mut args);
        taken = true;
        match directive.kind {
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
                out.extend(percent::int(&int(value), directive.kind, &layout)?.into_bytes());
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                out.extend(percent::float(float(value), directive.kind, &layout)?.into_bytes());
            }
            's' | 'b' => out.extend(percent::bytes(&bytes(value), &layout)?),
            'c' => out.extend(percent::bytes(
                &bytes(value),
                &percent::Layout {
                    precision: None,
                    ..layout
                },
            )?),
            kind => return Err(percent::unsupported(kind, directive.index)),
        }
    }
    if let Some(fault) = parsed.fault {
        return Err(fault);
    }
    if !taken {
        return Err(left_over("bytes"));
    }
    Ok(from_bytes(&out))
}

/// Evaluates templates over values that show what is asked of them, as the Box of cases.py does.
#[test]
fn templates() {
    check("template", |_, args| {
        let mut numbering = template::Numbering::default();
        expand(&template::parse(text(&args[0])), &mut numbering).map(|t| json!(t))
    });
}

fn expand(parsed: &template::Template, numbering: &mut template::Numbering) -> Result<String, String> {
    let mut out = String::new();
    for piece in &parsed.pieces {
        let field = match piece {
            template::Piece::Literal(literal) => {
                out.push_str(literal);
                continue;
            }
            template::Piece::Field(field) => field,
        };
        let position = numbering.position(&field.first).map_err(|e| word(&e))?;
        let mut path = match (&field.first, position) {
            (template::First::Name(name), _) => {
                if !["a", "b", "c", " a ", "-1", "a b", "a["].contains(&name.as_str()) {
                    return Err(format!("KeyError: {}", super::quote::str_repr(name)));
                }
                name.clone()
            }
            (_, position) => position.unwrap().to_string(),
        };
        for accessor in &field.accessors {
            match accessor {
                template::Accessor::Attribute(name) => path += &format!(".{name}"),
                template::Accessor::Index(i) => path += &format!("[{i}]"),
                template::Accessor::Key(key) => path += &format!("[{}]", super::quote::str_repr(key)),
            }
        }
        if let Some(fault) = &field.fault {
            return Err(word(fault));
        }
        let conversion = field.conversion().map_err(|e| word(&e))?;
        let spec = match &field.spec {
            template::Spec::Plain(spec) => spec.clone(),
            template::Spec::Nested(nested) => expand(nested, numbering)?,
        };
        out += &match conversion {
            None => format!("<{path}|{spec}>"),
            Some(template::Conversion::Str) => {
                super::spec::format_str(&format!("S({path})"), &spec).map_err(|e| word(&e))?
            }
            Some(_) => super::spec::format_str(&format!("R({path})"), &spec).map_err(|e| word(&e))?,
        };
    }
    parsed.fault.as_ref().map_or(Ok(out), |fault| Err(word(fault)))
}
