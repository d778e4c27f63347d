//! A small Python tokenizer that colours source: the read-only lanes and the editor share it.
//!
//! It knows comments, strings (also those that run over several lines), numbers, keywords and names that are called.
//! It never fails: what it does not know stays plain.

use std::ops::Range;

/// How a piece of source is coloured; each is one class of lab.css.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// A keyword.
    Key,
    /// A string or bytes literal.
    Str,
    /// A number.
    Num,
    /// A name that is called or defined.
    Fn,
    /// A comment.
    Com,
}

impl Paint {
    /// The class in lab.css.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Str => "str",
            Self::Num => "num",
            Self::Fn => "fn",
            Self::Com => "com",
        }
    }
}

/// One line of source and its coloured ranges (bytes of `text`), in order and apart from each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Without its newline.
    pub text: String,
    /// What is coloured.
    pub spans: Vec<(Range<usize>, Paint)>,
}

impl Line {
    /// The columns of white space that it starts with; a tab counts as four.
    pub fn indent(&self) -> usize {
        let blank = self.text.chars().take_while(|c| *c == ' ' || *c == '\t');
        blank.map(|c| if c == '\t' { 4 } else { 1 }).sum()
    }
}

const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Colours a whole source.
pub fn lines(source: &str) -> Vec<Line> {
    let mut open = None;
    let text = source.strip_suffix('\n').unwrap_or(source);
    text.split('\n')
        .map(|line| {
            let line = line.strip_suffix('\r').unwrap_or(line);
            Line {
                text: line.to_owned(),
                spans: spans(line, &mut open),
            }
        })
        .collect()
}

/// The quotes of a string that is still open at the end of a line.
type Open = Option<&'static str>;

fn spans(line: &str, open: &mut Open) -> Vec<(Range<usize>, Paint)> {
    let bytes = line.as_bytes();
    let mut spans = Vec::new();
    let mut at = 0;
    if let Some(quote) = *open {
        let end = string_end(bytes, 0, quote);
        if end.is_some() {
            *open = None;
        }
        at = end.unwrap_or(bytes.len());
        if at > 0 {
            spans.push((0..at, Paint::Str));
        }
    }
    while at < bytes.len() {
        let b = bytes[at];
        if b == b'#' {
            spans.push((at..bytes.len(), Paint::Com));
            break;
        }
        if b == b'"' || b == b'\'' {
            at = string(bytes, at, at, open, &mut spans);
        } else if b.is_ascii_digit() || (b == b'.' && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)) {
            let end = run(bytes, at, |c| c.is_ascii_alphanumeric() || c == b'.' || c == b'_');
            spans.push((at..end, Paint::Num));
            at = end;
        } else if b.is_ascii_alphabetic() || b == b'_' || b >= 0x80 {
            let end = run(bytes, at, |c| c.is_ascii_alphanumeric() || c == b'_' || c >= 0x80);
            at = word(line, at, end, open, &mut spans);
        } else {
            at += 1;
        }
    }
    spans
}

fn run(bytes: &[u8], from: usize, inside: impl Fn(u8) -> bool) -> usize {
    bytes[from..]
        .iter()
        .position(|b| !inside(*b))
        .map_or(bytes.len(), |n| from + n)
}

fn word(line: &str, at: usize, end: usize, open: &mut Open, spans: &mut Vec<(Range<usize>, Paint)>) -> usize {
    let bytes = line.as_bytes();
    let text = &line[at..end];
    let prefix = text.len() <= 2 && text.bytes().all(|c| b"rRbBfFuU".contains(&c));
    if prefix && matches!(bytes.get(end), Some(b'"' | b'\'')) {
        return string(bytes, at, end, open, spans);
    }
    if KEYWORDS.contains(&text) {
        spans.push((at..end, Paint::Key));
    } else if bytes.get(end) == Some(&b'(') {
        spans.push((at..end, Paint::Fn));
    }
    end
}

/// Colours the string whose quote stands at `quote_at`; gives the place behind it.
fn string(
    bytes: &[u8],
    start: usize,
    quote_at: usize,
    open: &mut Open,
    spans: &mut Vec<(Range<usize>, Paint)>,
) -> usize {
    let quote = match (
        bytes[quote_at],
        bytes[quote_at..].starts_with(b"\"\"\""),
        bytes[quote_at..].starts_with(b"'''"),
    ) {
        (_, true, _) => "\"\"\"",
        (_, _, true) => "'''",
        (b'"', ..) => "\"",
        _ => "'",
    };
    let inside = quote_at + quote.len();
    let end = match string_end(bytes, inside, quote) {
        Some(end) => end,
        None => {
            if quote.len() == 3 {
                *open = Some(quote);
            }
            bytes.len()
        }
    };
    spans.push((start..end, Paint::Str));
    end
}

fn string_end(bytes: &[u8], from: usize, quote: &str) -> Option<usize> {
    // A backslash protects the next character, in raw strings too.
    let mut at = from;
    while at < bytes.len() {
        if bytes[at] == b'\\' {
            at += 2;
        } else if bytes[at..].starts_with(quote.as_bytes()) {
            return Some(at + quote.len());
        } else {
            at += 1;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn painted(source: &str) -> Vec<Vec<(String, Paint)>> {
        lines(source)
            .iter()
            .map(|l| {
                l.spans
                    .iter()
                    .map(|(r, p)| (l.text[r.clone()].to_owned(), *p))
                    .collect()
            })
            .collect()
    }

    #[test]
    fn words_of_a_line_are_coloured() {
        let line = &painted("if x: s.connect(('a', 0x1f))  # go")[0];
        let expected = [
            ("if", Paint::Key),
            ("connect", Paint::Fn),
            ("'a'", Paint::Str),
            ("0x1f", Paint::Num),
            ("# go", Paint::Com),
        ];
        assert_eq!(*line, expected.map(|(t, p)| (t.to_owned(), p)));
    }

    #[test]
    fn a_string_over_lines_ends_where_its_quotes_are() {
        let all = painted("x = b'''a # b\nc'\nd''' + f(1)\ny = 'open\nz = 2\n");
        assert_eq!(all[0], [("b'''a # b".to_owned(), Paint::Str)]);
        assert_eq!(all[1], [("c'".to_owned(), Paint::Str)]);
        assert_eq!(all[2][0], ("d'''".to_owned(), Paint::Str));
        assert_eq!(all[2][1], ("f".to_owned(), Paint::Fn));
        assert_eq!(all[3], [("'open".to_owned(), Paint::Str)]);
        assert_eq!(all[4], [("2".to_owned(), Paint::Num)]);
    }

    #[test]
    fn any_bytes_are_cut_at_characters() {
        for source in ["é(\"ü\\", "rb'\\'", "\"\"\"", "名前('\u{1F600}')", "'''\\", "#é"] {
            for line in lines(source) {
                for (range, _) in &line.spans {
                    assert!(line.text.is_char_boundary(range.start), "{source}");
                    assert!(
                        line.text.is_char_boundary(range.end.min(line.text.len())),
                        "{source}"
                    );
                    assert!(range.end <= line.text.len(), "{source}");
                }
            }
        }
    }
}
