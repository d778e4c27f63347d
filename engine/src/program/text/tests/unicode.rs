//! Every code point against CPython's tables.

use super::cases;
use crate::program::text::{strings, unicode};

#[test]
fn every_character() {
    let Some(cases) = cases("unicode") else { return };
    assert_eq!(cases.len(), 0x11_0000 - 2 * 0x800);
    let mut wrong = Vec::new();
    for case in &cases {
        let c = char::from_u32(u32::try_from(case[0].as_u64().unwrap()).unwrap()).unwrap();
        let flags: String = [
            unicode::is_space(c),
            unicode::is_printable(c),
            unicode::is_alpha(c),
            unicode::decimal(c).is_some(),
            unicode::is_digit(c),
            unicode::is_numeric(c),
            unicode::is_alnum(c),
            unicode::is_upper(c),
            unicode::is_lower(c),
            unicode::is_upper(c) || unicode::is_title(c),
            unicode::is_line_break(c),
            unicode::is_identifier_start(c),
            unicode::is_identifier_continue(c),
        ]
        .map(|b| if b { '1' } else { '0' })
        .iter()
        .collect();
        let whole = c.to_string();
        let got = [
            flags,
            strings::upper(&whole),
            strings::lower(&whole),
            strings::title(&whole),
            strings::casefold(&whole),
            strings::swapcase(&whole),
        ];
        let expected: Vec<&str> = (1..7).map(|i| case[i].as_str().unwrap()).collect();
        if got.iter().map(String::as_str).ne(expected) {
            wrong.push(format!("{case} engine: {got:?}"));
        }
    }
    let shown = wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} differ:\n{shown}", wrong.len());
}
