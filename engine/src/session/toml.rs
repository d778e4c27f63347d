//! `lab.toml` as text -> its keys and values, which [`super::LabSpec`] then takes.
//!
//! Our own reader, because the crate `toml` would add some 45 KB to a page of 450: this one knows what labs are written
//! with (strings of all four kinds, integers, booleans, arrays, inline tables, `[[tables]]`) and refuses the rest of
//! TOML (dates, fractions, dotted keys, `[tables]`) with its line. The crate is its judge in the tests.

use crate::program::text::unicode;
use protocol::json::{Members, Value};

/// Arrays in arrays, at most.
const DEEP: usize = 16;

/// The whole file. An error is one phrase that names the line.
pub(crate) fn read(text: &str) -> Result<Value, String> {
    let mut reader = Reader { text, at: 0 };
    reader
        .file()
        .map_err(|what| format!("line {}: {what}", reader.line()))
}

struct Reader<'a> {
    text: &'a str,
    /// A byte, always between two characters.
    at: usize,
}

type Read<T> = Result<T, &'static str>;

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Which line it has come to, from 1.
    fn line(&self) -> usize {
        1 + self.text[..self.at].matches('\n').count()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Goes over `what` if it comes next.
    fn take(&mut self, what: &str) -> bool {
        let there = self.rest().starts_with(what);
        if there {
            self.at += what.len();
        }
        there
    }

    fn blanks(&mut self) {
        while self.take(" ") || self.take("\t") {}
    }

    /// Blanks, comments and ends of lines.
    fn gap(&mut self) -> Read<()> {
        loop {
            self.blanks();
            self.comment()?;
            if !self.take("\n") && !self.take("\r\n") {
                return Ok(());
            }
        }
    }

    fn comment(&mut self) -> Read<()> {
        if self.take("#") {
            while let Some(c) = self.peek().filter(|c| *c != '\n') {
                if c.is_control() && c != '\t' && !self.rest().starts_with("\r\n") {
                    return Err("a control character in a comment");
                }
                self.next();
            }
        }
        Ok(())
    }

    fn line_ends(&mut self) -> Read<()> {
        self.blanks();
        self.comment()?;
        if self.at == self.text.len() || self.take("\n") || self.take("\r\n") {
            Ok(())
        } else {
            Err("the line should end here")
        }
    }

    fn file(&mut self) -> Read<Value> {
        let mut file = Members::new();
        // The table that is being filled: the last of this list, or the file itself.
        let mut list: Option<String> = None;
        let mut lists: Vec<String> = Vec::new();
        loop {
            self.gap()?;
            if self.at == self.text.len() {
                return Ok(Value::Object(file));
            }
            if self.take("[[") {
                self.blanks();
                let name = self.key()?;
                self.blanks();
                if !self.take("]]") {
                    return Err("]] is missing");
                }
                if !lists.contains(&name) {
                    insert(&mut file, name.clone(), Value::Array(Vec::new()))?;
                    lists.push(name.clone());
                }
                if let Some(tables) = tables(&mut file, &name) {
                    tables.push(Value::Object(Members::new()));
                }
                list = Some(name);
            } else if self.rest().starts_with('[') {
                return Err("a lab has no [tables], only [[program]] and [[data]]");
            } else {
                let table = match &list {
                    None => Some(&mut file),
                    Some(name) => match tables(&mut file, name).and_then(|tables| tables.last_mut()) {
                        Some(Value::Object(table)) => Some(table),
                        _ => None,
                    },
                };
                self.pair(table.ok_or("a table is missing")?, DEEP)?;
            }
            self.line_ends()?;
        }
    }

    /// `key = value`
    fn pair(&mut self, table: &mut Members, deep: usize) -> Read<()> {
        let key = self.key()?;
        self.blanks();
        if !self.take("=") {
            return Err("= is missing behind a key");
        }
        self.blanks();
        let value = self.value(deep)?;
        insert(table, key, value)
    }

    fn key(&mut self) -> Read<String> {
        let quoted = matches!(self.peek(), Some('"' | '\''));
        if quoted && !self.rest().starts_with("\"\"\"") && !self.rest().starts_with("'''") {
            return self.string();
        }
        let bare = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let mut key = String::new();
        while let Some(c) = self.peek().filter(bare) {
            key.push(c);
            self.next();
        }
        if key.is_empty() {
            return Err("a key is expected");
        }
        Ok(key)
    }

    fn value(&mut self, deep: usize) -> Read<Value> {
        if deep == 0 {
            return Err("too many brackets in brackets");
        }
        match self.peek() {
            Some('"' | '\'') => self.string().map(Value::String),
            Some('[') => {
                self.next();
                let mut list = Vec::new();
                loop {
                    self.gap()?;
                    if self.take("]") {
                        return Ok(Value::Array(list));
                    }
                    list.push(self.value(deep - 1)?);
                    self.gap()?;
                    if !self.take(",") && !self.rest().starts_with(']') {
                        return Err("an array goes on with , or ends with ]");
                    }
                }
            }
            Some('{') => {
                self.next();
                let mut table = Members::new();
                loop {
                    self.gap()?;
                    if self.take("}") {
                        return Ok(Value::Object(table));
                    }
                    self.pair(&mut table, deep - 1)?;
                    self.gap()?;
                    if !self.take(",") && !self.rest().starts_with('}') {
                        return Err("an inline table goes on with , or ends with }");
                    }
                }
            }
            _ => self.word(),
        }
    }

    /// true, false, or an integer in decimal digits.
    fn word(&mut self) -> Read<Value> {
        let word: String = self
            .rest()
            .chars()
            .take_while(|c| unicode::is_alnum(*c) || matches!(c, '+' | '-' | '_' | '.' | ':'))
            .collect();
        let digits = word.strip_prefix(['+', '-']).unwrap_or(&word);
        let value = match word.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => {
                let plain = digits.bytes().all(|b| b.is_ascii_digit());
                let padded = digits.len() > 1 && digits.starts_with('0');
                let number: Option<i64> = word.parse().ok().filter(|_| plain && !padded);
                let expected = "a string in quotes, a whole number, true, false, [ or { is expected";
                let number = number.ok_or(expected)?;
                u64::try_from(number).map_or(Value::Negative(number), Value::Whole)
            }
        };
        self.at += word.len();
        Ok(value)
    }

    /// One of the four kinds: `"basic"`, `'literal'`, and both over several lines.
    fn string(&mut self) -> Read<String> {
        let quote = if self.rest().starts_with('"') { "\"" } else { "'" };
        let basic = quote == "\"";
        let long = self.take(&quote.repeat(3));
        if long {
            // A line that ends right behind the quotes is not part of the text.
            let _ = self.take("\n") || self.take("\r\n");
        } else {
            self.take(quote);
        }
        let end = if long { quote.repeat(3) } else { quote.to_owned() };
        let mut text = String::new();
        loop {
            if self.take(&end) {
                // Up to two quotes may stand before the three that end it.
                for _ in 0..2 {
                    if long && self.take(quote) {
                        text.push_str(quote);
                    }
                }
                return Ok(text);
            }
            let line_ended = self.rest().starts_with("\r\n") || self.rest().starts_with('\n');
            match self.next().ok_or("a string does not end")? {
                '\\' if basic => self.escape(&mut text, long)?,
                '\r' if long && line_ended => text.push('\r'),
                '\n' if long => text.push('\n'),
                c if c.is_control() && c != '\t' => {
                    return Err("a string does not end, or has a control character in it");
                }
                c => text.push(c),
            }
        }
    }

    fn escape(&mut self, text: &mut String, long: bool) -> Read<()> {
        let before = self.at;
        self.blanks();
        if long && (self.take("\n") || self.take("\r\n")) {
            while self.take(" ") || self.take("\t") || self.take("\n") || self.take("\r\n") {}
            return Ok(());
        }
        self.at = before;
        let unknown = "a backslash with nothing that it could mean";
        let digits = match self.next().ok_or(unknown)? {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            c => {
                let at = "btnfre\"\\".find(c).ok_or(unknown)?;
                text.push(char::from(b"\x08\t\n\x0c\r\x1b\"\\"[at]));
                return Ok(());
            }
        };
        let hex = self
            .rest()
            .get(..digits)
            .filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let hex = hex.ok_or(unknown)?;
        let c = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32);
        text.push(c.ok_or(unknown)?);
        self.at += digits;
        Ok(())
    }
}

fn insert(table: &mut Members, key: String, value: Value) -> Read<()> {
    if table.iter().any(|(there, _)| *there == key) {
        return Err("this key is there twice");
    }
    table.push((key, value));
    Ok(())
}

/// The `[[tables]]` with this name.
fn tables<'a>(file: &'a mut Members, name: &str) -> Option<&'a mut Vec<Value>> {
    match file.iter_mut().find(|(there, _)| there == name) {
        Some((_, Value::Array(tables))) => Some(tables),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The crate `toml` reads the same, or both refuse.
    fn judged(text: &str) -> Option<Value> {
        let ours = read(text);
        let theirs = text
            .parse::<toml::Table>()
            .ok()
            .map(|table| serde_json::to_value(table).unwrap());
        let value = ours.clone().ok();
        let as_theirs = value
            .as_ref()
            .map(|value| serde_json::from_str(&value.to_string()).unwrap());
        assert_eq!(as_theirs, theirs, "{text:?}: {ours:?}");
        value
    }

    #[test]
    fn what_labs_are_written_with() {
        for text in [
            "",
            "# a comment\n\nversion = 1 # one\r\ntitle = \"a \\\"b\\\" \\u00e9 \\U0001F600 \\\\ \\t\\x41\\e\"\n",
            "a = 'lit\\eral'\nb = '''\nlong 'lit' ''\n'''\nc = \"\"\"\n\\\n   joined \\\n\n  up\"\"\"\n",
            "q = \"\"\"\"two\"\"\"\"\"\nr = ''''one''''\n",
            "list = [ 1, -2, +3, 0, # c\n \"x\", [true, false], ]\nempty = []\n",
            "[[program]]\nname = \"a\"\n  [[ program ]] # two\nname = 'b'\n[[data]]\ntext = \"\"\"\r\nx\r\ny\"\"\"\n",
            "inline = { a = 1, \"b c\" = [ { d = 'e' } ] }\n\"quoted key\" = 1\nbare-key_1 = 2",
            "tab = \"a\tb\"\n",
        ] {
            assert!(judged(text).is_some(), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_toml_is_refused_by_both() {
        for text in [
            "version",
            "version =",
            "= 1",
            "a = 1 b = 2",
            "a = 1\na = 2",
            "a = \"x",
            "a = \"x\ny\"",
            "a = '''x''",
            "a = \"\\q\"",
            "a = \"\\ud800\"",
            "a = \"\\u12\"",
            "a = [1 2]",
            "a = [1,",
            "a = {b = 1",
            "[[program",
            "[[program]",
            "[[]]",
            "a = 1\n[[a]]",
            "a = [1]\n[[b]]\n[[a]]",
            "a = 01",
            "a = 99999999999999999999",
            "a = \"\u{1}\"",
            "# \u{1}",
            "a = yes",
            "'''a''' = 1",
        ] {
            assert!(judged(text).is_none(), "{text:?}");
        }
        assert_eq!(read("a = 1\n\nb = ?").unwrap_err()[..7], *"line 3:");
    }

    #[test]
    fn what_labs_do_not_need_is_refused_in_a_sentence() {
        for text in [
            "a.b = 1",
            "a = 1.5",
            "a = 1979-05-27",
            "[a]\nb = 1",
            "a = 0x10",
            "a = 1_000",
        ] {
            assert!(read(text).unwrap_err().starts_with("line 1: "), "{text}");
            assert!(text.parse::<toml::Table>().is_ok(), "{text}");
        }
        assert!(read(&format!("a = {}", "[".repeat(100_000))).is_err());
    }

    #[test]
    fn cut_anywhere_both_say_the_same() {
        let text = "a = \"x\\u0041\"\n[[p]]\nb = '''\ny'''\nc = [1, {d = true}]\n";
        for end in 0..=text.len() {
            judged(&text[..end]);
        }
    }
}
