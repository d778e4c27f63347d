//! What is wrong with a source.

use std::ops::Range;
use std::rc::Rc;

use super::super::code::Source;

/// A source that cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// `SyntaxError`, `IndentationError`, `TabError`.
    pub kind: &'static str,
    /// CPython's words, or one plain sentence where it is Wirelab that refuses.
    pub message: String,
    /// Bytes of the source.
    pub range: Range<u32>,
    /// The source ended too early: at a prompt more lines may follow.
    pub incomplete: bool,
}

impl CompileError {
    /// A SyntaxError.
    pub fn syntax(message: impl Into<String>, range: Range<u32>) -> Self {
        Self {
            kind: "SyntaxError",
            message: message.into(),
            range,
            incomplete: false,
        }
    }

    /// Correct Python that the engine does not run.
    pub fn refused(message: impl Into<String>, range: Range<u32>) -> Self {
        Self {
            kind: "SyntaxError",
            message: message.into(),
            range,
            incomplete: false,
        }
    }

    /// As python3 prints it on stderr.
    pub fn report(&self, source: &Source) -> String {
        let line = source.line(self.range.start);
        let text = source.line_text(line);
        let mut out = format!("  File \"{}\", line {line}\n", source.file);
        let stripped = text.trim_start();
        let indent = text.len() - stripped.len();
        if !stripped.is_empty() || !text.is_empty() {
            let stripped = stripped.trim_end();
            out.push_str(&format!("    {stripped}\n"));
            let column = source.column(self.range.start);
            // An indentation that should not be there, or that mixes tabs and spaces, is not marked.
            let unmarked = self.message == "unexpected indent" || self.kind == "TabError";
            if column >= indent && !unmarked {
                let before = text.get(indent..column.min(text.len())).unwrap_or("");
                let end = if source.line(self.range.end.max(self.range.start)) == line {
                    source.column(self.range.end.max(self.range.start))
                } else {
                    text.len()
                };
                let marked = text
                    .get(column.min(text.len())..end.min(text.len()))
                    .unwrap_or("")
                    .chars()
                    .count()
                    .max(1);
                out.push_str("    ");
                out.extend(std::iter::repeat_n(' ', before.chars().count()));
                out.extend(std::iter::repeat_n('^', marked));
                out.push('\n');
            }
        }
        out.push_str(&format!("{}: {}\n", self.kind, self.message));
        out
    }

    /// Line and column, from 1.
    pub fn position(&self, source: &Source) -> (u32, u32) {
        let line = source.line(self.range.start);
        let text = source.line_text(line);
        let column = source.column(self.range.start).min(text.len());
        (
            line,
            text.get(..column).map_or(column, |t| t.chars().count()) as u32 + 1,
        )
    }
}

/// How deep brackets and blocks may be nested: the parser and the compiler recurse.
const MAX_DEPTH: usize = 90;

/// Refuses sources that would exhaust the stack of the recursive parser: deep brackets, long chains of unary operators,
/// deep indentation.
pub(super) fn check_depth(source: &Rc<Source>) -> Result<(), CompileError> {
    let mut depth = 0_usize;
    let mut unary = 0_usize;
    let mut word = String::new();
    for (i, b) in source.text.bytes().enumerate() {
        match b {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if b.is_ascii_alphabetic() {
            word.push(char::from(b));
            continue;
        }
        let prefix = matches!(word.as_str(), "not" | "lambda" | "await" | "else" | "if");
        let last = std::mem::take(&mut word);
        match b {
            b'-' | b'+' | b'~' | b'*' => unary += 1,
            b' ' | b'\t' | b':' | b'.' => {
                if prefix {
                    unary += 1;
                } else if !last.is_empty() && b != b'.' {
                    unary = 0;
                }
            }
            b'\n' => unary = 0,
            _ => unary = if prefix { unary + 1 } else { 0 },
        }
        if depth > MAX_DEPTH || unary > 4 * MAX_DEPTH {
            let words = if depth > MAX_DEPTH {
                "too many nested parentheses"
            } else {
                "expression nested too deeply"
            };
            return Err(CompileError::syntax(words, i as u32..i as u32 + 1));
        }
    }
    for (n, start) in source.lines.iter().enumerate() {
        let text = source.line_text(n as u32 + 1);
        let indent = text.len() - text.trim_start().len();
        if indent > 100 && !text.trim().is_empty() && nested_blocks(source, n) > 60 {
            return Err(CompileError {
                kind: "IndentationError",
                message: "too many levels of indentation".to_owned(),
                range: *start..*start + 1,
                incomplete: false,
            });
        }
    }
    Ok(())
}

/// How many different smaller indentations lead to this line.
fn nested_blocks(source: &Source, line: usize) -> usize {
    let mut smallest = usize::MAX;
    let mut levels = 0;
    for n in (0..=line).rev() {
        let text = source.line_text(n as u32 + 1);
        if text.trim().is_empty() {
            continue;
        }
        let indent = text.len() - text.trim_start().len();
        if indent < smallest {
            smallest = indent;
            levels += 1;
        }
        if smallest == 0 {
            break;
        }
    }
    levels
}

/// What the parser takes but CPython 3.11 does not.
pub(super) fn check_versions(source: &Rc<Source>) -> Result<(), CompileError> {
    let options = ruff_python_parser::ParseOptions::from(ruff_python_parser::Mode::Module)
        .with_target_version(ruff_python_ast::PythonVersion::PY311);
    // Only sources that use one of these constructs are parsed a second time.
    let text = &*source.text;
    if !(text.contains("f\"")
        || text.contains("f'")
        || text.contains("except")
        || text.contains("type ")
        || text.contains("def ")
        || text.contains("class ")
        || text.contains("t'")
        || text.contains("t\""))
    {
        return Ok(());
    }
    let parsed = ruff_python_parser::parse_unchecked(text, options);
    match parsed.unsupported_syntax_errors().first() {
        None => Ok(()),
        Some(e) => {
            use ruff_python_parser::UnsupportedSyntaxErrorKind as K;
            let range = u32::from(e.range.start())..u32::from(e.range.end());
            let words = match e.kind {
                K::Pep701FString(_) => "f-string: this form needs Python 3.12",
                K::UnparenthesizedExceptionTypes => "multiple exception types must be parenthesized",
                _ => "invalid syntax",
            };
            Err(CompileError::syntax(words, range))
        }
    }
}
