//! f64 -> the text of a JSON number, laid out as serde_json lays it out: a recording does not tell who wrote it.

/// The shortest digits that give the finite `x` back, in Rust's form of them: `-1.25e-7`, `1e0`. Where two are equally
/// short and equally near, the even one, as CPython and serde_json have it (the standard library has the larger one).
pub fn shortest(x: f64) -> String {
    let text = format!("{x:e}");
    let digits = text.split('e').next().unwrap_or_default();
    let count = digits.bytes().filter(u8::is_ascii_digit).count();
    // Shorter ones are alone. The exact value, rounded to as many digits, is the even one of two.
    if count >= 16 {
        let exact = format!("{x:.*e}", count - 1);
        if super::nearest(&exact) == Some(x) {
            return exact;
        }
    }
    text
}

/// `0.5`, `1.0`, `12345.678`, `1e+16`, `1.5e-6`.
pub(super) fn text(x: f64) -> String {
    let shortest = shortest(x.abs());
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let mut text = String::from(if x.is_sign_negative() { "-" } else { "" });
    if !(-5..16).contains(&exponent) {
        text.push_str(mantissa);
        text.push_str(if exponent < 0 { "e" } else { "e+" });
        text.push_str(&exponent.to_string());
        return text;
    }
    if exponent < 0 {
        text.push_str(&"0.0000"[..1 + exponent.unsigned_abs() as usize]);
    }
    // How many digits stand before the point.
    let mut whole = exponent + 1;
    for digit in mantissa.chars().filter(char::is_ascii_digit) {
        if whole == 0 && exponent >= 0 {
            text.push('.');
        }
        text.push(digit);
        whole -= 1;
    }
    if whole >= 0 {
        text.extend(std::iter::repeat_n('0', whole as usize));
        text.push_str(".0");
    }
    text
}
