//! The parser's messages in CPython 3.11's words.
//!
//! The parser finds the same errors at nearly the same places, but says other words. The commonest mistakes of learners
//! are translated here; what remains is `invalid syntax`, as CPython says of most things.

use ruff_python_ast::token::TokenKind as T;
use ruff_python_parser::{
    InterpolatedStringErrorType as F, LexicalErrorType as L, ParseError, ParseErrorType as E,
};
use std::rc::Rc;

use super::super::code::Source;
use super::CompileError;

/// The error as CPython reports it.
pub(super) fn translate(source: &Rc<Source>, e: &ParseError) -> CompileError {
    let text = &*source.text;
    let (start, end) = (u32::from(e.location.start()), u32::from(e.location.end()));
    let at_end = text
        .get(start as usize..)
        .is_none_or(|rest| rest.trim().is_empty());
    let mut error = CompileError::syntax("invalid syntax", start..end.max(start + 1));
    if let Some(found) = wrong_bracket(text, end as usize).or_else(|| wrong_number(text, start as usize)) {
        return found;
    }
    if let Some(line) = mixed_indentation(source) {
        let begin = source.lines[line as usize - 1];
        return CompileError {
            kind: "TabError",
            message: "inconsistent use of tabs and spaces in indentation".to_owned(),
            range: begin..begin,
            incomplete: false,
        };
    }
    if let Some(open) = unclosed_bracket(text, if at_end { text.len() } else { end as usize })
        && (at_end
            || matches!(&e.error, E::ExpectedToken { .. } | E::OtherError(_))
                && next_line_starts_statement(text, start))
    {
        let c = char::from(text.as_bytes()[open]);
        error.message = format!("'{c}' was never closed");
        error.range = open as u32..open as u32 + 1;
        return error;
    }
    let line_before = |offset: u32| -> String {
        let line = source.line(offset);
        source.line_text(line).trim().to_owned()
    };
    match &e.error {
        E::Lexical(lexical) => lexical_error(&mut error, source, lexical, start),
        E::FStringError(f) => f_string(&mut error, f),
        E::ExpectedToken { expected, found } => match (expected, found) {
            (T::Indent, _) => indentation(&mut error, source, start),
            (T::Colon, T::Equal) => {
                let left = expression_before(text, start);
                let before = left
                    .and_then(|at| text.get(at..start as usize))
                    .unwrap_or("")
                    .trim();
                if before.contains('.') || before.ends_with(']') {
                    let what = describe(before);
                    error.message =
                        format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?");
                    let at = left.unwrap_or(0) as u32;
                    error.range = at..at + before.len() as u32;
                } else {
                    error.message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?".to_owned();
                    if let Some(at) = left {
                        error.range = at as u32..value_end(text, start as usize + 1) as u32;
                    }
                }
            }
            (T::Colon, _) => {
                error.message = "expected ':'".to_owned();
                if *found == T::Newline {
                    error.range = start..start + 1;
                } else if !at_end && is_word_or_literal(*found) {
                    error.message = "invalid syntax".to_owned();
                }
            }
            (_, T::Equal) => {
                error.message = "invalid syntax".to_owned();
            }
            (T::Rpar | T::Rsqb | T::Rbrace | T::Comma, _) if !at_end && is_word_or_literal(*found) => {
                if let Some(before) = expression_before(text, start) {
                    error.message = "invalid syntax. Perhaps you forgot a comma?".to_owned();
                    error.range = before as u32..end.max(start + 1);
                }
            }
            (T::Import, _) => error.message = "invalid syntax".to_owned(),
            _ => {}
        },
        E::UnexpectedIndentation => {
            error.kind = "IndentationError";
            error.message = "unexpected indent".to_owned();
            let line = source.line(end);
            let begin = source.lines[line as usize - 1];
            let body = source.line_text(line);
            let width = (body.len() - body.trim_start().len()) as u32;
            error.range = begin + width..begin + width;
        }
        E::SimpleStatementsOnSameLine => {
            let words = line_before(start);
            let first = words.split_whitespace().next().unwrap_or("");
            if matches!(first, "print" | "exec") && !words.contains('(')
                || (first == "print"
                    && words.get(5..6) == Some(" ")
                    && !words.trim_start_matches("print").trim_start().starts_with('('))
            {
                let line = source.line(start);
                let body = source.line_text(line);
                let begin = source.lines[line as usize - 1] + (body.len() - body.trim_start().len()) as u32;
                error.message =
                    format!("Missing parentheses in call to '{first}'. Did you mean {first}(...)?");
                error.range = begin..source.lines[line as usize - 1] + body.trim_end().len() as u32;
            }
        }
        E::InvalidAssignmentTarget
        | E::InvalidAugmentedAssignmentTarget
        | E::InvalidDeleteTarget
        | E::InvalidAnnotatedAssignmentTarget
        | E::InvalidNamedAssignmentTarget => {
            error.message = target(&e.error, text.get(start as usize..end as usize).unwrap_or(""));
        }
        E::PositionalAfterKeywordArgument => {
            error.message = "positional argument follows keyword argument".to_owned();
            error.range = closing(text, end as usize);
        }
        E::PositionalAfterKeywordUnpacking => {
            error.message = "positional argument follows keyword argument unpacking".to_owned();
            error.range = closing(text, end as usize);
        }
        E::InvalidArgumentUnpackingOrder => {
            error.message = "iterable argument unpacking follows keyword argument unpacking".to_owned();
        }
        E::DuplicateKeywordArgumentError(name) => {
            error.message = format!("keyword argument repeated: {name}");
        }
        E::NonDefaultParamAfterDefaultParam => {
            error.message = "non-default argument follows default argument".to_owned();
        }
        E::ExpectedKeywordParam => error.message = "named arguments must follow bare *".to_owned(),
        E::VarParameterWithDefault => {
            error.message = "var-positional argument cannot have default value".to_owned();
        }
        E::UnparenthesizedGeneratorExpression => {
            error.message = "Generator expression must be parenthesized".to_owned();
        }
        E::IterableUnpackingInComprehension => {
            error.message = "iterable unpacking cannot be used in comprehension".to_owned();
        }
        E::InvalidStarredExpressionUsage => error.message = "can't use starred expression here".to_owned(),
        E::ExpectedExpression
            if text
                .get(start as usize..)
                .is_some_and(|rest| rest.starts_with('}'))
                && text
                    .get(..start as usize)
                    .is_some_and(|before| before.trim_end().ends_with('{')) =>
        {
            error.message = "f-string: empty expression not allowed".to_owned();
        }
        E::EmptyImportNames => error.message = "invalid syntax".to_owned(),
        E::OtherError(words) => {
            if words.contains("expected an indented block") || words.contains("Expected an indented block") {
                indentation(&mut error, source, start);
            } else if words.contains("`except` or `finally`") {
                error.message = "expected 'except' or 'finally' block".to_owned();
            } else if words.starts_with("Trailing comma") {
                error.message = "trailing comma not allowed without surrounding parentheses".to_owned();
            }
        }
        _ => {}
    }
    error
}

fn is_word_or_literal(kind: T) -> bool {
    matches!(kind, T::Name | T::Int | T::Float | T::String)
}

fn lexical_error(error: &mut CompileError, source: &Source, lexical: &L, start: u32) {
    match lexical {
        L::UnclosedStringError => unterminated(error, source, start),
        L::IndentationError => {
            error.kind = "IndentationError";
            error.message = "unindent does not match any outer indentation level".to_owned();
            let line = source.line(error.range.end.saturating_sub(1).max(start));
            let begin = source.lines[line as usize - 1];
            error.range =
                begin + source.line_text(line).len() as u32..begin + source.line_text(line).len() as u32;
        }
        L::UnrecognizedToken { tok } => {
            error.message = if *tok == '$' || *tok == '?' || *tok == '!' || *tok == '`' {
                "invalid syntax".to_owned()
            } else {
                format!("invalid character '{tok}' (U+{:04X})", *tok as u32)
            };
        }
        L::LineContinuationError => {
            error.message = "unexpected character after line continuation character".to_owned();
        }
        L::InvalidByteLiteral => {
            error.message = "bytes can only contain ASCII literal characters".to_owned();
        }
        L::Eof => {
            error.message = "unexpected EOF while parsing".to_owned();
            error.incomplete = true;
        }
        L::UnicodeError | L::MissingUnicodeLbrace | L::MissingUnicodeRbrace => {
            let text = source
                .text
                .get(start as usize..error.range.end as usize)
                .unwrap_or("");
            error.message = if text.contains("\\N") {
                "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-1: unknown Unicode character name"
                    .to_owned()
            } else if text.contains("\\U") {
                "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-1: truncated \\UXXXXXXXX escape"
                    .to_owned()
            } else {
                "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-1: truncated \\xXX escape"
                    .to_owned()
            };
        }
        L::FStringError(f) => f_string(error, f),
        L::OtherError(words) => {
            if words.contains("nvalid decimal literal") || words.contains("nvalid digit") {
                error.message = "invalid decimal literal".to_owned();
            } else if words.contains("zero") {
                error.message = "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers".to_owned();
            }
        }
        _ => {}
    }
}

fn unterminated(error: &mut CompileError, source: &Source, start: u32) {
    let text = source.text.get(start as usize..).unwrap_or("");
    let quotes = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let line = source.line(start);
    if quotes.starts_with("\"\"\"") || quotes.starts_with("'''") {
        let last = source.text.trim_end_matches('\n').matches('\n').count() + 1;
        error.message = format!("unterminated triple-quoted string literal (detected at line {last})");
        error.incomplete = true;
    } else {
        error.message = format!("unterminated string literal (detected at line {line})");
        error.incomplete = false;
    }
    let at = start + (text.len() - quotes.len()) as u32;
    error.range = start.min(at)..start + 1;
}

fn f_string(error: &mut CompileError, f: &F) {
    error.message = match f {
        F::UnclosedLbrace => "f-string: expecting '}'".to_owned(),
        F::SingleRbrace => "f-string: single '}' is not allowed".to_owned(),
        F::InvalidConversionFlag => {
            "f-string: invalid conversion character: expected 's', 'r', or 'a'".to_owned()
        }
        F::UnterminatedString => "unterminated string literal".to_owned(),
        F::UnterminatedTripleQuotedString => "unterminated triple-quoted string literal".to_owned(),
        _ => "f-string: invalid syntax".to_owned(),
    };
}

/// `expected an indented block after 'if' statement on line 3`
fn indentation(error: &mut CompileError, source: &Source, start: u32) {
    error.kind = "IndentationError";
    // The header is the last line with words before this place that ends in a colon.
    let mut line = source.line(start);
    if source.line_text(line).trim_end().ends_with(':') && source.column(start) > 0 {
        line += 1;
    }
    let mut header = line.saturating_sub(1);
    while header > 0 {
        let words = source.line_text(header).trim();
        if !words.is_empty() && !words.starts_with('#') {
            break;
        }
        header -= 1;
    }
    let words = source.line_text(header).trim().to_owned();
    let first: String = words.chars().take_while(|c| c.is_ascii_alphabetic()).collect();
    let what = match first.as_str() {
        "def" => "function definition".to_owned(),
        "class" => "class definition".to_owned(),
        "try" | "finally" | "if" | "elif" | "else" | "for" | "while" | "with" | "except" => {
            format!("'{first}' statement")
        }
        _ => "statement".to_owned(),
    };
    error.message = format!("expected an indented block after {what} on line {header}");
    // At the next line with words.
    let mut next = line.max(header + 1);
    while (next as usize) < source.lines.len() && source.line_text(next).trim().is_empty() {
        next += 1;
    }
    if source.line_text(next).trim().is_empty() {
        error.incomplete = true;
        next = header;
        let end = source.lines[next as usize - 1] + source.line_text(next).len() as u32;
        error.range = end..end;
    } else {
        let body = source.line_text(next);
        let begin = source.lines[next as usize - 1] + (body.len() - body.trim_start().len()) as u32;
        error.range = begin..begin + 1;
    }
}

/// `cannot assign to function call here. Maybe you meant '==' instead of '='?`
fn target(kind: &E, words: &str) -> String {
    let what = describe(words);
    match kind {
        E::InvalidDeleteTarget => format!("cannot delete {what}"),
        E::InvalidAugmentedAssignmentTarget => {
            format!("'{what}' is an illegal expression for augmented assignment")
        }
        E::InvalidAnnotatedAssignmentTarget => "illegal target for annotation".to_owned(),
        E::InvalidNamedAssignmentTarget => format!("cannot use assignment expressions with {what}"),
        _ if matches!(what, "True" | "False" | "None") => format!("cannot assign to {what}"),
        _ => format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?"),
    }
}

fn describe(words: &str) -> &'static str {
    let words = words.trim();
    let Ok(parsed) = ruff_python_parser::parse_expression(words) else {
        return "expression";
    };
    use ruff_python_ast::Expr;
    match *parsed.into_syntax().body {
        Expr::Call(_) => "function call",
        Expr::BinOp(_) | Expr::UnaryOp(_) | Expr::BoolOp(_) => "expression",
        Expr::Compare(_) => "comparison",
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_) => "literal",
        Expr::BooleanLiteral(b) => {
            if b.value {
                "True"
            } else {
                "False"
            }
        }
        Expr::NoneLiteral(_) => "None",
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::Lambda(_) => "lambda",
        Expr::If(_) => "conditional expression",
        Expr::Dict(_) => "dict literal",
        Expr::Set(_) => "set display",
        Expr::ListComp(_) => "list comprehension",
        Expr::DictComp(_) => "dict comprehension",
        Expr::SetComp(_) => "set comprehension",
        Expr::Generator(_) => "generator expression",
        Expr::FString(_) => "f-string expression",
        Expr::Yield(_) | Expr::YieldFrom(_) => "yield expression",
        Expr::Await(_) => "await expression",
        Expr::Named(_) => "named expression",
        Expr::Attribute(_) => "attribute",
        Expr::Subscript(_) => "subscript",
        Expr::Tuple(_) => "tuple",
        Expr::List(_) => "list",
        _ => "expression",
    }
}

/// The innermost bracket that is open at this byte.
fn unclosed_bracket(text: &str, end: usize) -> Option<usize> {
    brackets(text, end).ok().flatten()
}

/// The same; or the first closing bracket that does not fit, and the one that it should close. Outside strings and comments.
fn brackets(text: &str, end: usize) -> Result<Option<usize>, (usize, Option<usize>)> {
    let bytes = text.as_bytes();
    let mut open: Vec<usize> = Vec::new();
    let mut i = 0;
    while i < end.min(bytes.len()) {
        match bytes[i] {
            b'#' => {
                while i < bytes.len() && bytes[i] != b'\n' {
                    i += 1;
                }
            }
            q @ (b'"' | b'\'') => {
                let triple = bytes.get(i + 1) == Some(&q) && bytes.get(i + 2) == Some(&q);
                i += if triple { 3 } else { 1 };
                while i < bytes.len() {
                    if bytes[i] == b'\\' {
                        i += 1;
                    } else if bytes[i] == q
                        && (!triple || (bytes.get(i + 1) == Some(&q) && bytes.get(i + 2) == Some(&q)))
                    {
                        i += if triple { 2 } else { 0 };
                        break;
                    } else if bytes[i] == b'\n' && !triple {
                        break;
                    }
                    i += 1;
                }
            }
            b'(' | b'[' | b'{' => open.push(i),
            close @ (b')' | b']' | b'}') => {
                let wanted = match close {
                    b')' => b'(',
                    b']' => b'[',
                    _ => b'{',
                };
                match open.pop() {
                    Some(at) if bytes[at] == wanted => {}
                    other => return Err((i, other)),
                }
            }
            _ => {}
        }
        i += 1;
    }
    Ok(open.pop())
}

/// A closing bracket that has no opening one, or another one, up to this byte: the tokenizer of CPython stops there.
fn wrong_bracket(text: &str, end: usize) -> Option<CompileError> {
    let Err((place, open)) = brackets(text, end) else {
        return None;
    };
    let range = place as u32..place as u32 + 1;
    let c = char::from(text.as_bytes()[place]);
    Some(match open {
        None => CompileError::syntax(format!("unmatched '{c}'"), range),
        Some(open) => {
            let open = char::from(text.as_bytes()[open]);
            let words = format!("closing parenthesis '{c}' does not match opening parenthesis '{open}'");
            CompileError::syntax(words, range)
        }
    })
}

/// `12abc`, `0x1g`, `007`.
fn wrong_number(text: &str, start: usize) -> Option<CompileError> {
    let bytes = text.as_bytes();
    let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let first = bytes[..start.min(bytes.len())]
        .iter()
        .rposition(|b| !word(b))
        .map_or(0, |at| at + 1);
    let number = &bytes[first..];
    let length = number.iter().take_while(|b| word(b)).count();
    let number = &number[..length];
    if !number.first()?.is_ascii_digit() {
        return None;
    }
    let at = |from: usize, to: usize| (first + from) as u32..(first + to) as u32;
    if number.len() > 1 && number[0] == b'0' && number.iter().all(|b| b.is_ascii_digit() || *b == b'_') {
        let zeros = number.iter().take_while(|b| **b == b'0').count();
        if zeros < number.len() {
            let words = "leading zeros in decimal integer literals are not permitted; \
                         use an 0o prefix for octal integers";
            return Some(CompileError::syntax(words, at(0, zeros)));
        }
        return None;
    }
    let (name, base) = match number.get(1).map(u8::to_ascii_lowercase) {
        Some(b'x') if number[0] == b'0' => ("hexadecimal", 16),
        Some(b'o') if number[0] == b'0' => ("octal", 8),
        Some(b'b') if number[0] == b'0' => ("binary", 2),
        _ => ("decimal", 10),
    };
    let skip = if base == 10 { 0 } else { 2 };
    let good = number[skip..]
        .iter()
        .take_while(|b| **b == b'_' || (**b as char).is_digit(base))
        .count();
    let bad = skip + good;
    // Exponents and the j of complex numbers are not this.
    let b = *number.get(bad)?;
    if base == 10 && matches!(b, b'e' | b'E' | b'j' | b'J') {
        return None;
    }
    if b.is_ascii_digit() {
        let words = format!("invalid digit '{}' in {name} literal", b as char);
        return Some(CompileError::syntax(words, at(bad, bad + 1)));
    }
    Some(CompileError::syntax(
        format!("invalid {name} literal"),
        at(bad - 1, bad),
    ))
}

/// The first line whose indentation neither repeats nor extends, tab for tab and space for space, an open one.
fn mixed_indentation(source: &Source) -> Option<u32> {
    let mut open: Vec<&str> = vec![""];
    for line in 1..=source.lines.len() as u32 {
        let text = source.line_text(line);
        let body = text.trim_start_matches([' ', '\t']);
        if body.trim().is_empty() || body.starts_with('#') {
            continue;
        }
        let indent = &text[..text.len() - body.len()];
        let width = |s: &str, tab: usize| {
            s.chars()
                .fold(0, |n, c| if c == '\t' { (n / tab + 1) * tab } else { n + 1 })
        };
        let last = open.last().copied().unwrap_or_default();
        let by_eight = width(indent, 8).cmp(&width(last, 8));
        let by_one = width(indent, 1).cmp(&width(last, 1));
        if by_eight != by_one {
            return Some(line);
        }
        match by_eight {
            std::cmp::Ordering::Greater => open.push(indent),
            std::cmp::Ordering::Equal => {}
            std::cmp::Ordering::Less => {
                while open.last().is_some_and(|o| width(o, 8) > width(indent, 8)) {
                    open.pop();
                }
            }
        }
    }
    None
}

/// Where the value after this byte ends: before the colon that ends the line.
fn value_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or("");
    let line = rest.split('\n').next().unwrap_or("");
    let begin = line.len() - line.trim_start().len();
    let mut depth = 0;
    for (i, c) in line.char_indices().skip(begin) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ':' | ' ' | ',' if depth == 0 => return start + i,
            _ => {}
        }
    }
    start + line.trim_end().len()
}

/// The bracket that closes the call in which this byte lies.
fn closing(text: &str, from: usize) -> std::ops::Range<u32> {
    let open = unclosed_bracket(text, from);
    let mut at = from;
    // A few tries: each looks from the beginning.
    for _ in 0..50 {
        let Some(place) = text.get(at..).and_then(|rest| rest.find(')')).map(|i| at + i) else {
            break;
        };
        if unclosed_bracket(text, place) == open {
            return place as u32..place as u32 + 1;
        }
        at = place + 1;
    }
    from as u32..from as u32 + 1
}

/// Does the error stand at the beginning of a line, so that the bracket before it was forgotten?
fn next_line_starts_statement(text: &str, start: u32) -> bool {
    let before = text.get(..start as usize).unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("");
    line.trim().is_empty() && before.contains('\n')
        || text.get(start as usize..).is_some_and(|t| t.starts_with('\n'))
}

/// The beginning of the word or literal that stands right before this byte on the same line.
fn expression_before(text: &str, start: u32) -> Option<usize> {
    let before = text.get(..start as usize)?;
    let trimmed = before.trim_end_matches(' ');
    let last = trimmed.chars().next_back()?;
    if last == '"' || last == '\'' {
        return trimmed[..trimmed.len() - 1].rfind(last);
    }
    let word = trimmed.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
    (word.len() < trimmed.len()).then_some(word.len())
}
