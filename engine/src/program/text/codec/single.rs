//! ascii, latin-1 and the one-byte pages: a byte is a character.

use super::{Codec, Result, Substitute, recover, substitute};

/// A page: the first 128 bytes are ASCII, the others stand here in order.
struct Page {
    /// The codec's names, normalized.
    names: &'static [&'static str],
    /// Characters 0x80 to 0xFF; U+FFFD where the page has none.
    high: &'static str,
}

/// Western Europe (Windows, ISO with the euro sign), the two of DOS consoles, Cyrillic (Windows).
#[rustfmt::skip]
static PAGES: [Page; 5] = [
    Page {
        names: &["cp1252", "1252", "windows_1252"],
        high: "\
            \u{20ac}\u{fffd}\u{201a}\u{192}\u{201e}\u{2026}\u{2020}\u{2021}\u{2c6}\u{2030}\u{160}\u{2039}\u{152}\u{fffd}\u{17d}\u{fffd}\
            \u{fffd}\u{2018}\u{2019}\u{201c}\u{201d}\u{2022}\u{2013}\u{2014}\u{2dc}\u{2122}\u{161}\u{203a}\u{153}\u{fffd}\u{17e}\u{178}\
            \u{a0}\u{a1}\u{a2}\u{a3}\u{a4}\u{a5}\u{a6}\u{a7}\u{a8}\u{a9}\u{aa}\u{ab}\u{ac}\u{ad}\u{ae}\u{af}\
            \u{b0}\u{b1}\u{b2}\u{b3}\u{b4}\u{b5}\u{b6}\u{b7}\u{b8}\u{b9}\u{ba}\u{bb}\u{bc}\u{bd}\u{be}\u{bf}\
            \u{c0}\u{c1}\u{c2}\u{c3}\u{c4}\u{c5}\u{c6}\u{c7}\u{c8}\u{c9}\u{ca}\u{cb}\u{cc}\u{cd}\u{ce}\u{cf}\
            \u{d0}\u{d1}\u{d2}\u{d3}\u{d4}\u{d5}\u{d6}\u{d7}\u{d8}\u{d9}\u{da}\u{db}\u{dc}\u{dd}\u{de}\u{df}\
            \u{e0}\u{e1}\u{e2}\u{e3}\u{e4}\u{e5}\u{e6}\u{e7}\u{e8}\u{e9}\u{ea}\u{eb}\u{ec}\u{ed}\u{ee}\u{ef}\
            \u{f0}\u{f1}\u{f2}\u{f3}\u{f4}\u{f5}\u{f6}\u{f7}\u{f8}\u{f9}\u{fa}\u{fb}\u{fc}\u{fd}\u{fe}\u{ff}\
        ",
    },
    Page {
        names: &["iso8859_15", "iso_8859_15", "l9", "latin9"],
        high: "\
            \u{80}\u{81}\u{82}\u{83}\u{84}\u{85}\u{86}\u{87}\u{88}\u{89}\u{8a}\u{8b}\u{8c}\u{8d}\u{8e}\u{8f}\
            \u{90}\u{91}\u{92}\u{93}\u{94}\u{95}\u{96}\u{97}\u{98}\u{99}\u{9a}\u{9b}\u{9c}\u{9d}\u{9e}\u{9f}\
            \u{a0}\u{a1}\u{a2}\u{a3}\u{20ac}\u{a5}\u{160}\u{a7}\u{161}\u{a9}\u{aa}\u{ab}\u{ac}\u{ad}\u{ae}\u{af}\
            \u{b0}\u{b1}\u{b2}\u{b3}\u{17d}\u{b5}\u{b6}\u{b7}\u{17e}\u{b9}\u{ba}\u{bb}\u{152}\u{153}\u{178}\u{bf}\
            \u{c0}\u{c1}\u{c2}\u{c3}\u{c4}\u{c5}\u{c6}\u{c7}\u{c8}\u{c9}\u{ca}\u{cb}\u{cc}\u{cd}\u{ce}\u{cf}\
            \u{d0}\u{d1}\u{d2}\u{d3}\u{d4}\u{d5}\u{d6}\u{d7}\u{d8}\u{d9}\u{da}\u{db}\u{dc}\u{dd}\u{de}\u{df}\
            \u{e0}\u{e1}\u{e2}\u{e3}\u{e4}\u{e5}\u{e6}\u{e7}\u{e8}\u{e9}\u{ea}\u{eb}\u{ec}\u{ed}\u{ee}\u{ef}\
            \u{f0}\u{f1}\u{f2}\u{f3}\u{f4}\u{f5}\u{f6}\u{f7}\u{f8}\u{f9}\u{fa}\u{fb}\u{fc}\u{fd}\u{fe}\u{ff}\
        ",
    },
    Page {
        names: &["cp437", "437", "cspc8codepage437", "ibm437"],
        high: "\
            \u{c7}\u{fc}\u{e9}\u{e2}\u{e4}\u{e0}\u{e5}\u{e7}\u{ea}\u{eb}\u{e8}\u{ef}\u{ee}\u{ec}\u{c4}\u{c5}\
            \u{c9}\u{e6}\u{c6}\u{f4}\u{f6}\u{f2}\u{fb}\u{f9}\u{ff}\u{d6}\u{dc}\u{a2}\u{a3}\u{a5}\u{20a7}\u{192}\
            \u{e1}\u{ed}\u{f3}\u{fa}\u{f1}\u{d1}\u{aa}\u{ba}\u{bf}\u{2310}\u{ac}\u{bd}\u{bc}\u{a1}\u{ab}\u{bb}\
            \u{2591}\u{2592}\u{2593}\u{2502}\u{2524}\u{2561}\u{2562}\u{2556}\u{2555}\u{2563}\u{2551}\u{2557}\u{255d}\u{255c}\u{255b}\u{2510}\
            \u{2514}\u{2534}\u{252c}\u{251c}\u{2500}\u{253c}\u{255e}\u{255f}\u{255a}\u{2554}\u{2569}\u{2566}\u{2560}\u{2550}\u{256c}\u{2567}\
            \u{2568}\u{2564}\u{2565}\u{2559}\u{2558}\u{2552}\u{2553}\u{256b}\u{256a}\u{2518}\u{250c}\u{2588}\u{2584}\u{258c}\u{2590}\u{2580}\
            \u{3b1}\u{df}\u{393}\u{3c0}\u{3a3}\u{3c3}\u{b5}\u{3c4}\u{3a6}\u{398}\u{3a9}\u{3b4}\u{221e}\u{3c6}\u{3b5}\u{2229}\
            \u{2261}\u{b1}\u{2265}\u{2264}\u{2320}\u{2321}\u{f7}\u{2248}\u{b0}\u{2219}\u{b7}\u{221a}\u{207f}\u{b2}\u{25a0}\u{a0}\
        ",
    },
    Page {
        names: &["cp850", "850", "cspc850multilingual", "ibm850"],
        high: "\
            \u{c7}\u{fc}\u{e9}\u{e2}\u{e4}\u{e0}\u{e5}\u{e7}\u{ea}\u{eb}\u{e8}\u{ef}\u{ee}\u{ec}\u{c4}\u{c5}\
            \u{c9}\u{e6}\u{c6}\u{f4}\u{f6}\u{f2}\u{fb}\u{f9}\u{ff}\u{d6}\u{dc}\u{f8}\u{a3}\u{d8}\u{d7}\u{192}\
            \u{e1}\u{ed}\u{f3}\u{fa}\u{f1}\u{d1}\u{aa}\u{ba}\u{bf}\u{ae}\u{ac}\u{bd}\u{bc}\u{a1}\u{ab}\u{bb}\
            \u{2591}\u{2592}\u{2593}\u{2502}\u{2524}\u{c1}\u{c2}\u{c0}\u{a9}\u{2563}\u{2551}\u{2557}\u{255d}\u{a2}\u{a5}\u{2510}\
            \u{2514}\u{2534}\u{252c}\u{251c}\u{2500}\u{253c}\u{e3}\u{c3}\u{255a}\u{2554}\u{2569}\u{2566}\u{2560}\u{2550}\u{256c}\u{a4}\
            \u{f0}\u{d0}\u{ca}\u{cb}\u{c8}\u{131}\u{cd}\u{ce}\u{cf}\u{2518}\u{250c}\u{2588}\u{2584}\u{a6}\u{cc}\u{2580}\
            \u{d3}\u{df}\u{d4}\u{d2}\u{f5}\u{d5}\u{b5}\u{fe}\u{de}\u{da}\u{db}\u{d9}\u{fd}\u{dd}\u{af}\u{b4}\
            \u{ad}\u{b1}\u{2017}\u{be}\u{b6}\u{a7}\u{f7}\u{b8}\u{b0}\u{a8}\u{b7}\u{b9}\u{b3}\u{b2}\u{25a0}\u{a0}\
        ",
    },
    Page {
        names: &["cp1251", "1251", "windows_1251"],
        high: "\
            \u{402}\u{403}\u{201a}\u{453}\u{201e}\u{2026}\u{2020}\u{2021}\u{20ac}\u{2030}\u{409}\u{2039}\u{40a}\u{40c}\u{40b}\u{40f}\
            \u{452}\u{2018}\u{2019}\u{201c}\u{201d}\u{2022}\u{2013}\u{2014}\u{fffd}\u{2122}\u{459}\u{203a}\u{45a}\u{45c}\u{45b}\u{45f}\
            \u{a0}\u{40e}\u{45e}\u{408}\u{a4}\u{490}\u{a6}\u{a7}\u{401}\u{a9}\u{404}\u{ab}\u{ac}\u{ad}\u{ae}\u{407}\
            \u{b0}\u{b1}\u{406}\u{456}\u{491}\u{b5}\u{b6}\u{b7}\u{451}\u{2116}\u{454}\u{bb}\u{458}\u{405}\u{455}\u{457}\
            \u{410}\u{411}\u{412}\u{413}\u{414}\u{415}\u{416}\u{417}\u{418}\u{419}\u{41a}\u{41b}\u{41c}\u{41d}\u{41e}\u{41f}\
            \u{420}\u{421}\u{422}\u{423}\u{424}\u{425}\u{426}\u{427}\u{428}\u{429}\u{42a}\u{42b}\u{42c}\u{42d}\u{42e}\u{42f}\
            \u{430}\u{431}\u{432}\u{433}\u{434}\u{435}\u{436}\u{437}\u{438}\u{439}\u{43a}\u{43b}\u{43c}\u{43d}\u{43e}\u{43f}\
            \u{440}\u{441}\u{442}\u{443}\u{444}\u{445}\u{446}\u{447}\u{448}\u{449}\u{44a}\u{44b}\u{44c}\u{44d}\u{44e}\u{44f}\
        ",
    },
];

const NO_CHARACTER: &str = "character maps to <undefined>";

/// The page of a normalized name.
pub(super) fn page(name: &str) -> Option<usize> {
    PAGES.iter().position(|page| page.names.contains(&name))
}

/// Encodes into a page.
pub(super) fn encode(text: &str, page: usize, errors: &str) -> Result<Vec<u8>> {
    let high = PAGES[page].high;
    let byte = |c: char| match c {
        _ if c.is_ascii() => Some(c as u8),
        '\u{fffd}' => None,
        _ => high
            .chars()
            .position(|known| known == c)
            .map(|at| 0x80 + at as u8),
    };
    map(text, byte, "charmap", NO_CHARACTER, errors)
}

/// Encodes into ascii or latin-1.
pub(super) fn encode_latin(text: &str, codec: Codec, errors: &str) -> Result<Vec<u8>> {
    if codec == Codec::Ascii {
        return map(
            text,
            |c| c.is_ascii().then_some(c as u8),
            "ascii",
            "ordinal not in range(128)",
            errors,
        );
    }
    map(
        text,
        |c| u8::try_from(c as u32).ok(),
        "latin-1",
        "ordinal not in range(256)",
        errors,
    )
}

fn map(
    text: &str,
    byte: impl Fn(char) -> Option<u8>,
    name: &str,
    reason: &str,
    errors: &str,
) -> Result<Vec<u8>> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::with_capacity(chars.len());
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        if let Some(b) = byte(*c) {
            out.push(b);
            at += 1;
            continue;
        }
        let end = at + chars[at..].iter().take_while(|c| byte(**c).is_none()).count();
        match substitute(&chars, (at, end), name, reason, errors)? {
            Substitute::Bytes(bytes) => out.extend(bytes),
            // What a handler writes is ASCII, which all of these have.
            Substitute::Text(text) => out.extend(text.bytes()),
        }
        at = end;
    }
    Ok(out)
}

/// Decodes a page.
pub(super) fn decode(bytes: &[u8], page: usize, errors: &str) -> Result<String> {
    let high: Vec<char> = PAGES[page].high.chars().collect();
    let char_of = |b: u8| {
        if b < 0x80 {
            Some(b as char)
        } else {
            high.get(b as usize - 0x80).copied()
        }
    };
    each(
        bytes,
        |b| char_of(b).filter(|c| *c != '\u{fffd}'),
        "charmap",
        NO_CHARACTER,
        errors,
    )
}

/// Decodes ascii.
pub(super) fn decode_ascii(bytes: &[u8], errors: &str) -> Result<String> {
    each(
        bytes,
        |b| b.is_ascii().then_some(b as char),
        "ascii",
        "ordinal not in range(128)",
        errors,
    )
}

fn each(
    bytes: &[u8],
    char_of: impl Fn(u8) -> Option<char>,
    name: &str,
    reason: &str,
    errors: &str,
) -> Result<String> {
    let mut out = String::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(b) = bytes.get(at) {
        match char_of(*b) {
            Some(c) => {
                out.push(c);
                at += 1;
            }
            None => at = recover(&mut out, bytes, (at, at + 1), name, reason, errors)?,
        }
    }
    Ok(out)
}
