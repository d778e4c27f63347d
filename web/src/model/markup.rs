//! Markup as text, for what is drawn in bulk: the SVG of the diagrams and coloured source. Everything that a program or
//! a learner wrote goes through [`Markup::text`], which escapes it; everything else is a literal of ours.

use std::fmt::{Display, Write as _};

/// A piece of HTML or SVG under construction.
#[derive(Clone, Debug, Default)]
pub struct Markup(String);

impl Markup {
    /// Our own markup.
    pub fn raw(&mut self, literal: &str) -> &mut Self {
        self.0.push_str(literal);
        self
    }

    /// A number (or another value whose text has no markup in it).
    pub fn num(&mut self, value: impl Display) -> &mut Self {
        // Writing into a String cannot fail.
        let _ = write!(self.0, "{value}");
        self
    }

    /// Text from anywhere: escaped for content and for attributes in double quotes.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                // Characters that markup cannot hold.
                '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' => self.0.push('\u{fffd}'),
                c => self.0.push(c),
            }
        }
        self
    }

    /// The finished text.
    pub fn finish(self) -> String {
        self.0
    }
}

/// The coloured content of one line of source. With `flow` it is for a pane that wraps: without its indentation, and it
/// may be broken behind an opening parenthesis or a comma; without, it is the text as it stands, for the editor.
pub fn source_line(line: &super::syntax::Line, flow: bool) -> String {
    let mut out = Markup::default();
    let mut at = if flow {
        line.text.len() - line.text.trim_start().len()
    } else {
        0
    };
    for (range, paint) in &line.spans {
        if range.end <= at {
            continue;
        }
        let start = range.start.max(at);
        plain(&mut out, &line.text[at..start], flow);
        out.raw("<i class=\"").raw(paint.class()).raw("\">");
        out.text(&line.text[start..range.end]).raw("</i>");
        at = range.end;
    }
    plain(&mut out, &line.text[at..], flow);
    out.finish()
}

fn plain(out: &mut Markup, text: &str, flow: bool) {
    let mut rest = text;
    while flow && let Some(i) = rest.find(['(', ',']) {
        out.text(&rest[..=i]).raw("<wbr>");
        rest = &rest[i + 1..];
    }
    out.text(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::syntax;

    #[test]
    fn what_a_program_holds_is_never_markup() {
        let source = "x = '<img src=x onerror=alert(1)>' # </i><script>&amp;\"";
        let html = source_line(&syntax::lines(source)[0], true);
        let tags = html.matches('<').count();
        let ours =
            html.matches("<i class=").count() + html.matches("</i>").count() + html.matches("<wbr>").count();
        assert_eq!(tags, ours, "{html}");
    }
}
