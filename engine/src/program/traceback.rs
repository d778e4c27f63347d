//! Tracebacks as CPython 3.11 prints them.

use super::builtins::repr::str_plain;
use super::code::Code;
use super::host::Raised;
use super::types::class_of;
use super::value::Value;
use super::value::object::TraceEntry;
use super::vm::Vm;

/// The whole report of an uncaught exception, with what caused it.
pub fn format(vm: &mut Vm, e: &Value) -> String {
    let mut parts = Vec::new();
    let mut at = Some(e.clone());
    let mut seen: Vec<Value> = Vec::new();
    while let Some(e) = at.take() {
        if seen.iter().any(|s| s.is(&e)) || seen.len() > 50 {
            break;
        }
        parts.push(one(vm, &e));
        seen.push(e.clone());
        let Some(data) = e.exc() else { break };
        let data = data.borrow();
        if let Some(cause) = &data.cause {
            parts.push(
                "\nThe above exception was the direct cause of the following exception:\n\n".to_owned(),
            );
            at = Some(cause.clone());
        } else if let Some(context) = &data.context
            && !data.suppress
        {
            parts
                .push("\nDuring handling of the above exception, another exception occurred:\n\n".to_owned());
            at = Some(context.clone());
        }
        if at.as_ref().is_some_and(|a| seen.iter().any(|s| s.is(a))) {
            parts.pop();
            break;
        }
    }
    parts.into_iter().rev().collect()
}

/// The frames that an exception passed, outermost first: file, line, function, text.
pub fn stack(e: &Value) -> Vec<Value> {
    let Some(data) = e.exc() else { return Vec::new() };
    let entries = data.borrow().traceback.clone();
    let shown = entries.iter().rev().filter(|t| !t.code.source.frozen);
    shown
        .map(|t| {
            let line = t.code.line_of(t.ip);
            Value::tuple(vec![
                Value::str(&*t.code.source.file),
                Value::from(line),
                t.code.name.value(),
                Value::str(t.code.source.line_text(line).trim()),
            ])
        })
        .collect()
}

fn one(vm: &mut Vm, e: &Value) -> String {
    let mut out = String::new();
    let Some(data) = e.exc() else { return out };
    let (entries, notes) = {
        let data = data.borrow();
        (data.traceback.clone(), data.notes.clone())
    };
    let shown: Vec<&TraceEntry> = entries.iter().rev().filter(|t| !t.code.source.frozen).collect();
    if !shown.is_empty() {
        out.push_str("Traceback (most recent call last):\n");
        out.push_str(&frames(&shown));
    }
    out.push_str(&last_line(vm, e));
    for note in notes {
        out.push_str(&str_plain(&note));
        out.push('\n');
    }
    out
}

/// The frames, a run of equal ones shortened.
fn frames(shown: &[&TraceEntry]) -> String {
    let mut out = String::new();
    let mut last: Option<(String, u32, String)> = None;
    let mut count = 0;
    let close = |count: usize, out: &mut String| {
        if count > 3 {
            let more = count - 3;
            let s = if more == 1 { "" } else { "s" };
            out.push_str(&format!("  [Previous line repeated {more} more time{s}]\n"));
        }
    };
    for t in shown {
        let line = t.code.line_of(t.ip);
        let key = (
            t.code.source.file.to_string(),
            line,
            t.code.name.as_str().to_owned(),
        );
        if last.as_ref() == Some(&key) {
            count += 1;
        } else {
            close(count, &mut out);
            last = Some(key);
            count = 1;
        }
        if count <= 3 {
            out.push_str(&frame(&t.code, t.ip, line));
        }
    }
    close(count, &mut out);
    out
}

/// One frame: file, line, source, carets.
fn frame(code: &Code, ip: u32, line: u32) -> String {
    let source = &code.source;
    let mut out = format!(
        "  File \"{}\", line {line}, in {}\n",
        source.file,
        code.name.as_str()
    );
    // python3 has no source for what was typed at the prompt.
    if &*source.file == "<stdin>" || &*source.file == "<string>" {
        return out;
    }
    let text = source.line_text(line);
    let stripped = text.trim();
    if stripped.is_empty() {
        return out;
    }
    out.push_str(&format!("    {stripped}\n"));
    if let Some(carets) = carets(code, ip, line, text) {
        out.push_str(&format!("    {carets}\n"));
    }
    out
}

/// The line of `^` and `~` under the source; nothing when it would mark the whole line.
fn carets(code: &Code, ip: u32, line: u32, text: &str) -> Option<String> {
    let source = &code.source;
    let (start, end) = *code.spans.get(ip as usize)?;
    if start == end {
        return None;
    }
    let indent = text.len() - text.trim_start().len();
    let stripped = text.trim();
    let from = source.column(start).checked_sub(indent)?;
    let same = source.line(end.saturating_sub(1)) == line;
    let to = if same {
        source.column(end - 1) + 1 - indent
    } else {
        stripped.len()
    };
    let to = to.min(stripped.len());
    let width = |a: usize, b: usize| stripped.get(a..b).map(|s| s.chars().count());
    let (before, marked) = (width(0, from)?, width(from, to)?);
    let anchors = code
        .anchors
        .iter()
        .find(|(span, _)| same && *span == (start, end));
    let anchors = anchors.map(|(_, at)| (at.0 as usize, at.1 as usize));
    if same && before == 0 && marked == stripped.chars().count() {
        // Only anchors inside the expression are worth a line of their own.
        return Some(draw(0, stripped.get(from..to)?, Some(anchors?)));
    }
    if !same && before == 0 {
        return None;
    }
    Some(draw(before, stripped.get(from..to)?, anchors))
}

fn draw(before: usize, segment: &str, anchors: Option<(usize, usize)>) -> String {
    let mut out = " ".repeat(before);
    match anchors {
        Some((a, b)) => {
            let count = |s: Option<&str>| s.map_or(0, |s| s.chars().count());
            out.push_str(&"~".repeat(count(segment.get(..a))));
            out.push_str(&"^".repeat(count(segment.get(a..b))));
            out.push_str(&"~".repeat(count(segment.get(b..))));
        }
        None => out.push_str(&"^".repeat(segment.chars().count())),
    }
    out
}

/// `ValueError: words`, with a suggestion where CPython makes one.
pub fn last_line(vm: &mut Vm, e: &Value) -> String {
    let class = class_of(e);
    let module = if matches!(&*class.module, "builtins" | "__main__") {
        String::new()
    } else {
        format!("{}.", class.module)
    };
    let name = format!("{module}{}", class.qualname);
    if super::exceptions::is_a(e, "SyntaxError")
        && let Value::Obj(o) = e
        && let Some(text) = o.attrs.borrow().get_str("report").and_then(Value::as_str)
    {
        return text.to_owned();
    }
    let words = vm.exception_words(e);
    let words = match suggestion(vm, e) {
        Some(s) => format!("{words}. Did you mean: '{s}'?"),
        None => words,
    };
    if words.is_empty() {
        format!("{name}\n")
    } else {
        format!("{name}: {words}\n")
    }
}

/// For NameError and AttributeError: the nearest name that exists.
fn suggestion(vm: &Vm, e: &Value) -> Option<String> {
    let Value::Obj(o) = e else { return None };
    let attrs = o.attrs.borrow();
    let wrong = attrs.get_str("name")?.as_str()?.to_owned();
    let mut names: Vec<String> = Vec::new();
    if super::exceptions::is_a(e, "AttributeError") {
        match attrs.get_str("obj")? {
            Value::Obj(o) => {
                names.extend(o.attrs.borrow().iter().map(|(n, _)| n.as_str().to_owned()));
                for c in o.class.mro() {
                    names.extend(c.attrs.borrow().iter().map(|(n, _)| n.as_str().to_owned()));
                }
            }
            Value::Module(m) => names.extend(m.names.borrow().iter().map(|(n, _)| n.as_str().to_owned())),
            Value::Class(c) => {
                for c in c.mro() {
                    names.extend(c.attrs.borrow().iter().map(|(n, _)| n.as_str().to_owned()));
                }
            }
            other => {
                for c in class_of(other).mro() {
                    names.extend(c.attrs.borrow().iter().map(|(n, _)| n.as_str().to_owned()));
                }
            }
        }
        if !wrong.starts_with('_') {
            names.retain(|n| !n.starts_with('_'));
        }
        crate::sorted::sort(&mut names);
    } else if super::exceptions::is_a(e, "NameError") {
        let data = e.exc()?.borrow();
        let innermost = data.traceback.first()?;
        names.extend(innermost.code.locals.iter().map(|n| n.as_str().to_owned()));
        names.extend(vm.main.names.borrow().iter().map(|(n, _)| n.as_str().to_owned()));
        names.extend(
            vm.builtins
                .names
                .borrow()
                .iter()
                .map(|(n, _)| n.as_str().to_owned()),
        );
    } else {
        return None;
    }
    nearest(&wrong, &names)
}

/// CPython's measure: a change of a letter's case costs 1, any other step 2; at most a third of the letters may differ.
fn nearest(wrong: &str, names: &[String]) -> Option<String> {
    const MOVE: usize = 2;
    let mut best: Option<(usize, &String)> = None;
    for name in names.iter().take(750) {
        if name == wrong {
            continue;
        }
        let max = (wrong.chars().count() + name.chars().count() + 3) * MOVE / 6;
        let max = best.map_or(max, |(d, _)| max.min(d.saturating_sub(1)));
        let d = distance(wrong, name);
        if d > max {
            continue;
        }
        if best.is_none_or(|(b, _)| d < b) {
            best = Some((d, name));
        }
    }
    best.map(|(_, n)| n.clone())
}

fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > 40 || b.len() > 40 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).map(|i| i * 2).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (i + 1) * 2;
        for (j, y) in b.iter().enumerate() {
            let change = if x == y {
                0
            } else if x.eq_ignore_ascii_case(y) {
                1
            } else {
                2
            };
            let next = (diagonal + change).min(row[j] + 2).min(row[j + 1] + 2);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

/// What the page shows of an uncaught exception.
pub fn raised(e: &Value) -> Raised {
    let (line, errno) = match e.exc() {
        Some(data) => {
            let data = data.borrow();
            let line = data
                .traceback
                .iter()
                .find(|t| !t.code.source.frozen)
                .map_or(0, |t| t.code.line_of(t.ip));
            let errno = match data.args.as_slice() {
                [Value::Int(n), _, ..] if super::exceptions::is_a(e, "OSError") => i32::try_from(*n).ok(),
                _ => None,
            };
            (line, errno)
        }
        None => (0, None),
    };
    Raised {
        type_name: class_of(e).name().to_string(),
        message: str_plain(e),
        errno,
        line,
        column: None,
    }
}
