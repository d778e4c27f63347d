//! Our JSON against its judge, serde_json: the same texts are taken, to the same values, and the same is written.
#![allow(clippy::unwrap_used)]

use protocol::json::{DEEPEST, Value, parse};
use protocol::write::to_json;
use serde_json::Value as Judge;

/// Numbers that look like dice, the same each time (splitmix64).
struct Dice(u64);

impl Dice {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.bits() % n as u64).unwrap()
    }

    fn finite(&mut self) -> f64 {
        loop {
            let x = f64::from_bits(self.bits());
            if x.is_finite() {
                return x;
            }
        }
    }
}

fn same(ours: &Value, theirs: &Judge) -> bool {
    match (ours, theirs) {
        (Value::Null, Judge::Null) => true,
        (Value::Bool(a), Judge::Bool(b)) => a == b,
        (Value::Whole(_) | Value::Negative(_), Judge::Number(n)) => {
            (ours.as_u64(), ours.as_i64()) == (n.as_u64(), n.as_i64())
        }
        // The judge rounds in a hurry: it may be beside the nearest float by one.
        (Value::Float(a), Judge::Number(n)) => {
            let b = n.as_f64().unwrap();
            let apart = a.to_bits().abs_diff(b.to_bits());
            n.as_u64().is_none() && n.as_i64().is_none() && apart <= 1
        }
        (Value::String(a), Judge::String(b)) => a == b,
        (Value::Array(a), Judge::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Judge::Object(b)) => {
            a.iter().all(|(name, _)| b.contains_key(name))
                && b.iter()
                    .all(|(name, b)| ours.get(name).is_some_and(|a| same(a, b)))
        }
        _ => false,
    }
}

/// Taken by both to the same, or refused by both. Taken?
fn judged(text: &[u8]) -> bool {
    let ours = parse(text);
    let theirs = serde_json::from_slice::<Judge>(text);
    match (&ours, &theirs) {
        (Ok(ours), Ok(theirs)) => {
            assert!(same(ours, theirs), "{ours:?} {theirs:?}");
            assert_eq!(parse(to_json(ours).as_bytes()).as_ref(), Ok(ours));
        }
        (Err(_), Err(_)) => {}
        _ => panic!("{}: {ours:?} {theirs:?}", String::from_utf8_lossy(text)),
    }
    ours.is_ok()
}

#[test]
fn what_is_json() {
    for text in [
        "null",
        " \t\r\n true ",
        "false",
        "0",
        "-0",
        "-0.0",
        "7",
        "-7",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "0.5",
        "1e5",
        "1E+5",
        "1.25e-7",
        "1.7976931348623157e308",
        "4.9e-324",
        "1e-400",
        "123456789012345678901234567890",
        "\"\"",
        "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u00E9\\ud83d\\ude00é☎😀\u{7f}\"",
        "[]",
        "[ ]",
        "[1,[2,{}],\"x\"]",
        "{}",
        "{ }",
        "{\"a\":1,\"b\":[true],\"\":{\"a\":null}}",
        "{\"a\":1,\"b\":2,\"a\":3}",
    ] {
        assert!(judged(text.as_bytes()), "{text}");
    }
}

#[test]
fn what_is_not() {
    for text in [
        "",
        " ",
        "nul",
        "nulll",
        "True",
        "+1",
        "01",
        "-",
        "-01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "0x10",
        "1_0",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e309",
        "-1e309",
        "\"",
        "\"a",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\ud800\"",
        "\"\\ud800x\"",
        "\"\\ud800\\n\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\\ud800\\ud800\"",
        "\"\n\"",
        "\"\t\"",
        "\"\u{0}\"",
        "'a'",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,]",
        "[1 2]",
        "]",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "{\"a\" 1}",
        "{,}",
        "}",
        "1 2",
        "[]]",
        "// a\n1",
        "\u{feff}1",
        "\u{a0}1",
    ] {
        assert!(!judged(text.as_bytes()), "{text}");
    }
    assert!(!judged(b"\"\xff\""));
    assert!(!judged(b"\"\xed\xa0\x80\""));
}

#[test]
fn brackets_lie_in_each_other_so_deep_and_no_deeper() {
    for (deep, taken) in [(DEEPEST, true), (DEEPEST + 1, false), (200_000, false)] {
        let lists = ["[".repeat(deep), "]".repeat(deep)].concat();
        assert_eq!(judged(lists.as_bytes()), taken);
        let objects = ["{\"a\":".repeat(deep), "1".into(), "}".repeat(deep)].concat();
        assert_eq!(judged(objects.as_bytes()), taken);
        assert!(!judged("[".repeat(deep).as_bytes()));
    }
}

#[test]
fn texts_cut_changed_and_mixed_are_judged_alike() {
    let whole =
        r#"{"seq":12,"t":-3.5e2,"a":[null,true,false,""],"s":"x\u00e9\ud83d\ude00\n\"","o":{"b":{},"c":[]}}"#;
    for end in 0..whole.len() {
        judged(&whole.as_bytes()[..end]);
    }
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"a\"",
        "\\",
        "u",
        "d83d",
        "\\u",
        "\\ude00",
        "0",
        "1",
        "9",
        "-",
        "+",
        ".",
        "e",
        "E",
        " ",
        "\n",
        "null",
        "true",
        "false",
        "x",
        "é",
        "\u{1}",
        "18446744073709551616",
        "\"a\":",
        "1.5",
    ];
    let mut dice = Dice(1);
    let mut taken = 0;
    for _ in 0..60_000 {
        let mut text = whole.as_bytes().to_vec();
        for _ in 0..=dice.below(3) {
            let at = dice.below(text.len());
            let piece = pieces[dice.below(pieces.len())];
            let over = dice.below(4).min(text.len() - at);
            text.splice(at..at + over, piece.bytes());
        }
        taken += u32::from(judged(&text));
        let mixed: String = (0..dice.below(8))
            .map(|_| pieces[dice.below(pieces.len())])
            .collect();
        taken += u32::from(judged(mixed.as_bytes()));
    }
    assert!(taken > 5_000, "{taken}");
}

#[test]
fn floats_are_written_as_by_the_judge_and_come_back() {
    let check = |x: f64| {
        let text = to_json(&x);
        assert_eq!(text, serde_json::to_string(&x).unwrap(), "{:016x}", x.to_bits());
        if x.is_finite() {
            let back = parse(text.as_bytes()).unwrap().as_f64().unwrap();
            assert_eq!(back.to_bits(), x.to_bits(), "{text}");
        }
    };
    for x in [
        0.0,
        -0.0,
        5e-324,
        f64::MIN_POSITIVE,
        f64::MAX,
        f64::MIN,
        f64::NAN,
        f64::INFINITY,
        -f64::INFINITY,
    ] {
        check(x);
    }
    let mut dice = Dice(2);
    for exponent in 0..2047_u64 {
        // Powers of two have a nearer neighbour on one side.
        for mantissa in [0, 1, 2, (1 << 52) - 1, 1 << 51, dice.bits() >> 12] {
            check(f64::from_bits(exponent << 52 | mantissa));
        }
    }
    for exponent in -330..310 {
        let text = format!("1e{exponent}");
        let x: f64 = text.parse().unwrap();
        for x in [x, x * 9.0, x.next_down(), x.next_up()] {
            check(x);
        }
    }
    for _ in 0..200_000 {
        check(dice.finite());
        // Thousandths, as they are typed, and whole numbers beyond 2^53, where two shortest texts may be equally near.
        check((dice.bits() >> 40) as f64 / 1000.0);
        check((dice.bits() >> (dice.bits() % 12)) as f64);
    }
}

#[test]
fn strings_are_written_as_by_the_judge_and_come_back() {
    for c in (0..0x3000).chain(0xd000..0x1_1000).filter_map(char::from_u32) {
        let text = format!("a{c}b");
        let written = to_json(&text);
        assert_eq!(written, serde_json::to_string(&text).unwrap());
        assert_eq!(parse(written.as_bytes()), Ok(Value::String(text)));
    }
}

#[test]
fn an_error_says_what_is_expected_and_where() {
    for (text, said) in [
        (
            "{\n \"é\": nope}",
            "not JSON: a value is expected at line 2, column 7",
        ),
        ("[1 2]", "not JSON: a comma or ] is expected at line 1, column 4"),
        ("[1,", "not JSON: the text is cut off at line 1, column 4"),
        ("1 x", "not JSON: the text should end at line 1, column 3"),
        ("{1", "not JSON: a name in quotes is expected at line 1, column 2"),
        ("-x", "not JSON: a digit is expected at line 1, column 2"),
        ("1e999", "not JSON: a number is too large at line 1, column 6"),
    ] {
        assert_eq!(parse(text.as_bytes()).unwrap_err().to_string(), said);
    }
}
