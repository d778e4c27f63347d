//! The format-spec mini-language: `format(value, spec)`, the part after `:` in f-strings and in `str.format`.
//!
//! `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`

use super::number::{FloatFormat, float_repr, format_float, int_to_str, to_radix};
use super::{MAX_TEXT, Result, TextError, from_code_point, unicode};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

/// A spec taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatSpec {
    /// What fills up the width.
    pub fill: char,
    /// `<`, `>`, `^` or `=`.
    pub align: char,
    /// `+`, `-` or a space.
    pub sign: Option<char>,
    /// `z`.
    pub no_negative_zero: bool,
    /// `#`.
    pub alternate: bool,
    /// Least number of characters.
    pub width: Option<usize>,
    /// `,` or `_`.
    pub grouping: Option<char>,
    /// After the point.
    pub precision: Option<usize>,
    /// The presentation type.
    pub kind: Option<char>,
}

/// Bounds of a C `ssize_t` and `int`, which CPython's messages follow.
const SSIZE_MAX: u64 = i64::MAX as u64;
const INT_MAX: usize = i32::MAX as usize;

impl FormatSpec {
    /// Parses `spec` for a value of class `type_name`.
    ///
    /// # Errors
    /// ValueError.
    pub fn parse(
        spec: &str,
        default_kind: Option<char>,
        default_align: char,
        type_name: &str,
    ) -> Result<Self> {
        let chars: Vec<char> = spec.chars().collect();
        let is_align = |c: char| matches!(c, '<' | '>' | '=' | '^');
        let mut out = FormatSpec {
            fill: ' ',
            align: default_align,
            sign: None,
            no_negative_zero: false,
            alternate: false,
            width: None,
            grouping: None,
            precision: None,
            kind: default_kind,
        };
        let mut at = 0;
        let peek = |at: usize| chars.get(at).copied();
        let (mut fill_given, mut align_given) = (false, false);
        if peek(1).is_some_and(is_align) {
            out.fill = chars[0];
            out.align = chars[1];
            (fill_given, align_given) = (true, true);
            at = 2;
        } else if peek(0).is_some_and(is_align) {
            out.align = chars[0];
            align_given = true;
            at = 1;
        }
        if let Some(c @ ('+' | '-' | ' ')) = peek(at) {
            out.sign = Some(c);
            at += 1;
        }
        if peek(at) == Some('z') {
            out.no_negative_zero = true;
            at += 1;
        }
        if peek(at) == Some('#') {
            out.alternate = true;
            at += 1;
        }
        if !fill_given && peek(at) == Some('0') {
            out.fill = '0';
            if !align_given && default_align == '>' {
                out.align = '=';
            }
            at += 1;
        }
        out.width = integer(&chars, &mut at)?;
        if peek(at) == Some(',') {
            out.grouping = Some(',');
            at += 1;
        }
        let both = || TextError::value("Cannot specify both ',' and '_'.");
        if peek(at) == Some('_') {
            if out.grouping.is_some() {
                return Err(both());
            }
            out.grouping = Some('_');
            at += 1;
        }
        if peek(at) == Some(',') && out.grouping == Some('_') {
            return Err(both());
        }
        if peek(at) == Some('.') {
            at += 1;
            out.precision = integer(&chars, &mut at)?;
            if out.precision.is_none() {
                return Err(TextError::value("Format specifier missing precision"));
            }
        }
        if chars.len() - at > 1 {
            return Err(TextError::value(format!(
                "Invalid format specifier '{spec}' for object of type '{type_name}'"
            )));
        }
        if let Some(c) = peek(at) {
            out.kind = Some(c);
        }
        if let Some(separator) = out.grouping {
            let fits = match out.kind {
                None | Some('d' | 'e' | 'f' | 'g' | 'E' | 'F' | 'G' | '%') => true,
                Some('b' | 'o' | 'x' | 'X') => separator == '_',
                _ => false,
            };
            if !fits {
                let kind = out.kind.unwrap_or(' ');
                return Err(TextError::value(
                    if (' '..='\x7f').contains(&kind) && kind != ' ' {
                        format!("Cannot specify '{separator}' with '{kind}'.")
                    } else {
                        format!("Cannot specify '{separator}' with '\\x{:x}'.", kind as u32)
                    },
                ));
            }
        }
        Ok(out)
    }

    fn unknown(&self, type_name: &str) -> TextError {
        unknown_code(self.kind.unwrap_or(' '), type_name)
    }

    /// The width, which must fit into memory.
    fn bounded(&self) -> Result<usize> {
        let width = self.width.unwrap_or(0);
        if width > MAX_TEXT {
            Err(TextError::memory())
        } else {
            Ok(width)
        }
    }
}

fn unknown_code(kind: char, type_name: &str) -> TextError {
    TextError::value(if (' '..'\u{80}').contains(&kind) && kind != ' ' {
        format!("Unknown format code '{kind}' for object of type '{type_name}'")
    } else {
        format!(
            "Unknown format code '\\x{:x}' for object of type '{type_name}'",
            kind as u32
        )
    })
}

/// Decimal digits at `at`, of any script.
fn integer(chars: &[char], at: &mut usize) -> Result<Option<usize>> {
    let mut value: Option<u64> = None;
    while let Some(digit) = chars.get(*at).and_then(|c| unicode::decimal(*c)) {
        value = value
            .unwrap_or(0)
            .checked_mul(10)
            .and_then(|v| v.checked_add(u64::from(digit)))
            .filter(|v| *v <= SSIZE_MAX)
            .map(Some)
            .ok_or_else(|| TextError::value("Too many decimal digits in format string"))?;
        *at += 1;
    }
    Ok(value.map(|v| usize::try_from(v).unwrap_or(usize::MAX)))
}

/// `format(text, spec)` for a str.
///
/// # Errors
/// ValueError; MemoryError for a width beyond [`MAX_TEXT`].
pub fn format_str(text: &str, spec: &str) -> Result<String> {
    if spec.is_empty() {
        return Ok(text.to_owned());
    }
    let f = FormatSpec::parse(spec, Some('s'), '<', "str")?;
    if f.kind != Some('s') {
        return Err(f.unknown("str"));
    }
    if let Some(sign) = f.sign {
        return Err(TextError::value(if sign == ' ' {
            "Space not allowed in string format specifier"
        } else {
            "Sign not allowed in string format specifier"
        }));
    }
    if f.no_negative_zero {
        return Err(TextError::value(
            "Negative zero coercion (z) not allowed in string format specifier",
        ));
    }
    if f.alternate {
        return Err(TextError::value(
            "Alternate form (#) not allowed in string format specifier",
        ));
    }
    if f.align == '=' {
        return Err(TextError::value(
            "'=' alignment not allowed in string format specifier",
        ));
    }
    let cut = match f.precision {
        Some(limit) => text
            .char_indices()
            .nth(limit)
            .map_or(text, |(end, _)| &text[..end]),
        None => text,
    };
    let width = f.bounded()?;
    let length = if cut.is_ascii() {
        cut.len()
    } else {
        cut.chars().count()
    };
    let (left, right) = padding(f.align, width.saturating_sub(length));
    let mut out = String::with_capacity(cut.len() + (left + right) * f.fill.len_utf8());
    out.extend(std::iter::repeat_n(f.fill, left));
    out.push_str(cut);
    out.extend(std::iter::repeat_n(f.fill, right));
    Ok(out)
}

fn padding(align: char, total: usize) -> (usize, usize) {
    match align {
        '<' => (0, total),
        '^' => (total / 2, total - total / 2),
        _ => (total, 0),
    }
}

/// `format(n, spec)` for an int. For a bool with a spec too; `format(True, '')` is `str(True)`, which the caller does.
///
/// # Errors
/// ValueError; OverflowError where the number is too large for the type.
pub fn format_int(n: &BigInt, spec: &str, type_name: &str) -> Result<String> {
    if spec.is_empty() {
        return int_to_str(n);
    }
    let f = FormatSpec::parse(spec, Some('d'), '>', type_name)?;
    match f.kind {
        Some('b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n') => int_layout(n, &f),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            let x = n.to_f64().filter(|x| x.is_finite());
            float_layout(
                x.ok_or_else(|| TextError::overflow("int too large to convert to float"))?,
                &f,
            )
        }
        _ => Err(f.unknown(type_name)),
    }
}

/// `format(x, spec)` for a float.
///
/// # Errors
/// ValueError.
pub fn format_float_spec(x: f64, spec: &str) -> Result<String> {
    if spec.is_empty() {
        return Ok(float_repr(x));
    }
    let f = FormatSpec::parse(spec, None, '>', "float")?;
    match f.kind {
        None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%') => float_layout(x, &f),
        _ => Err(f.unknown("float")),
    }
}

/// The spec of a value without a `__format__` of its own: only the empty one.
///
/// # Errors
/// TypeError.
pub fn format_object(spec: &str, type_name: &str) -> Result<()> {
    if spec.is_empty() {
        return Ok(());
    }
    Err(TextError::type_error(format!(
        "unsupported format string passed to {type_name}.__format__"
    )))
}

fn int_layout(n: &BigInt, f: &FormatSpec) -> Result<String> {
    if f.precision.is_some() {
        return Err(TextError::value(
            "Precision not allowed in integer format specifier",
        ));
    }
    if f.no_negative_zero {
        return Err(TextError::value(
            "Negative zero coercion (z) not allowed in integer format specifier",
        ));
    }
    let kind = f.kind.unwrap_or('d');
    if kind == 'c' {
        if f.sign.is_some() {
            return Err(TextError::value(
                "Sign not allowed with integer format specifier 'c'",
            ));
        }
        if f.alternate {
            return Err(TextError::value(
                "Alternate form (#) not allowed with integer format specifier 'c'",
            ));
        }
        if n.to_i64().is_none() {
            return Err(TextError::overflow("Python int too large to convert to C long"));
        }
        let c = n.to_u32().and_then(from_code_point);
        let c = c.ok_or_else(|| TextError::overflow("%c arg not in range(0x110000)"))?;
        return layout(f, "", "", "", &c.to_string());
    }
    let (base, prefix) = match kind {
        'b' => (2, "0b"),
        'o' => (8, "0o"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let digits = if base == 10 {
        int_to_str(&n.abs())?
    } else {
        to_radix(n, base)
    };
    let digits = if kind == 'X' {
        digits.to_ascii_uppercase()
    } else {
        digits
    };
    layout(
        f,
        sign_of(n.is_negative(), f),
        if f.alternate { prefix } else { "" },
        &digits,
        "",
    )
}

fn sign_of(negative: bool, f: &FormatSpec) -> &'static str {
    match (negative, f.sign) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, Some(' ')) => " ",
        _ => "",
    }
}

fn float_layout(x: f64, f: &FormatSpec) -> Result<String> {
    if f.precision.is_some_and(|p| p > INT_MAX) {
        return Err(TextError::value("precision too big"));
    }
    if f.precision.is_some_and(|p| p > MAX_TEXT) {
        return Err(TextError::memory());
    }
    let mut kind = f.kind.unwrap_or('r');
    let mut x = x;
    let mut default = 6;
    if kind == 'r' {
        default = 0;
    }
    let percent = kind == '%';
    if percent {
        kind = 'f';
        x *= 100.0;
    }
    if kind == 'n' || (kind == 'r' && f.precision.is_some()) {
        kind = 'g';
    }
    let text = format_float(
        x,
        &FloatFormat {
            kind: kind.to_ascii_lowercase(),
            precision: f.precision.unwrap_or(default),
            upper: kind.is_ascii_uppercase(),
            alternate: f.alternate,
            add_dot_zero: f.kind.is_none(),
            no_negative_zero: f.no_negative_zero,
        },
    );
    let (negative, body) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.as_str()),
    };
    let whole = body.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = body[whole..].to_owned();
    if percent {
        rest.push('%');
    }
    layout(f, sign_of(negative, f), "", &body[..whole], &rest)
}

/// Sign, prefix, grouped digits and the rest, put into the width.
fn layout(f: &FormatSpec, sign: &str, prefix: &str, digits: &str, rest: &str) -> Result<String> {
    let width = f.bounded()?;
    let rest_length = rest.chars().count();
    let fixed = sign.len() + prefix.len() + rest_length;
    // Zeros that fill up are digits too: they are grouped with the others.
    let zero_fill = f.fill == '0' && f.align == '=';
    let least = if zero_fill { width.saturating_sub(fixed) } else { 0 };
    let grouped = if digits.is_empty() {
        String::new()
    } else {
        group(digits, f, least)
    };
    let total = width.saturating_sub(fixed + grouped.len());
    let (left, right) = padding(f.align, total);
    let fill = |out: &mut String, n: usize| out.extend(std::iter::repeat_n(f.fill, n));
    let mut out = String::with_capacity(width.max(fixed + grouped.len()) + rest.len());
    if f.align == '=' {
        out.push_str(sign);
        out.push_str(prefix);
        fill(&mut out, total);
        out.push_str(&grouped);
        out.push_str(rest);
    } else {
        fill(&mut out, left);
        out.push_str(sign);
        out.push_str(prefix);
        out.push_str(&grouped);
        out.push_str(rest);
        fill(&mut out, right);
    }
    Ok(out)
}

/// Puts the separators in, with leading zeros up to `least` characters.
fn group(digits: &str, f: &FormatSpec, least: usize) -> String {
    let Some(separator) = f.grouping else {
        let mut out = String::new();
        out.extend(std::iter::repeat_n('0', least.saturating_sub(digits.len())));
        out.push_str(digits);
        return out;
    };
    let size = if matches!(f.kind, Some('b' | 'o' | 'x' | 'X')) {
        4
    } else {
        3
    };
    let mut out: Vec<u8> = Vec::with_capacity(digits.len() * 4 / 3 + 1);
    let mut source = digits.bytes().rev();
    let (mut remaining, mut least) = (digits.len() as i64, least as i64);
    loop {
        let length = size.min(remaining.max(least).max(1));
        let taken = remaining.min(length).max(0);
        out.extend(source.by_ref().take(taken as usize));
        out.extend(std::iter::repeat_n(b'0', (length - taken) as usize));
        remaining -= taken;
        least -= length;
        if remaining <= 0 && least <= 0 {
            break;
        }
        least -= 1;
        out.push(separator as u8);
    }
    out.iter().rev().map(|b| *b as char).collect()
}
