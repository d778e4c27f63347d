//! What programs send: text, HTTP/1.1 (RFC 9112), DNS (RFC 1035).

use super::Sheet;
use crate::packet::{dns, summary};
use crate::program::text::bytes::search;

use std::ops::Range;

/// Lines of text that are shown each by itself.
const LINES: usize = 64;
/// How much of a line is shown, bytes.
const SHOWN: usize = 120;

impl Sheet<'_> {
    /// A program's bytes. `stream`: they are a piece of a stream (TCP).
    pub(super) fn payload(&mut self, range: Range<usize>, key: &'static str, ports: [u16; 2], stream: bool) {
        let Some(bytes) = self.bytes(range.clone()).filter(|b| !b.is_empty()) else {
            return;
        };
        let value = match bytes.len() {
            1 => "1 byte".to_owned(),
            n => format!("{n} bytes"),
        };
        let meaning = match stream {
            true => {
                "Bytes of the stream. Where they are cut into segments says nothing about the program's messages."
            }
            false => "What one sendto() has sent: a whole message.",
        };
        self.add(range.clone(), key, "Payload", value, meaning);
        self.depth += 1;
        if ports.contains(&dns::PORT) && !stream && self.dns(range.clone()).is_some() {
            // It is DNS.
        } else if is_http(bytes) {
            self.http(range);
        } else {
            self.text(range);
        }
        self.depth -= 1;
    }

    fn quoted(&self, range: Range<usize>) -> String {
        let bytes = self.bytes(range).unwrap_or_default();
        let shown = &bytes[..bytes.len().min(SHOWN)];
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = summary::quoted(&mut text, shown);
        if shown.len() < bytes.len() {
            text.push('…');
        }
        text
    }

    /// The lines' ranges, their ends included.
    fn lines(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let bytes = self.bytes(range.clone()).unwrap_or_default();
        let mut from = 0;
        let ends = memchr::memchr_iter(b'\n', bytes).map(|n| n + 1);
        let ends = ends.chain((bytes.last() != Some(&b'\n')).then_some(bytes.len()));
        ends.map(|end| {
            let line = range.start + from..range.start + end;
            from = end;
            line
        })
        .collect()
    }

    fn text(&mut self, range: Range<usize>) {
        let bytes = self.bytes(range.clone()).unwrap_or_default();
        let plain = |b: &u8| matches!(b, b'\n' | b'\r' | b'\t') || !b.is_ascii_control();
        if std::str::from_utf8(bytes).is_err() || !bytes.iter().all(plain) {
            let value = self.quoted(range.clone());
            self.add(
                range,
                "",
                "Bytes",
                value,
                "No text: shown as Python writes them in a bytes literal.",
            );
            return;
        }
        for line in self.lines(range).into_iter().take(LINES) {
            let ends = bytes_end(self.bytes(line.clone()).unwrap_or_default());
            let meaning = match ends {
                2 => "A line of text; \\r\\n ends it.",
                1 => "A line of text; \\n ends it.",
                _ => "Text; no line ends here.",
            };
            let value = self.quoted(line.clone());
            self.add(line, "", "Text", value, meaning);
        }
    }

    fn http(&mut self, range: Range<usize>) {
        let bytes = self.bytes(range.clone()).unwrap_or_default();
        let head = search::find(bytes, b"\r\n\r\n").map(|n| range.start + n + 4);
        let lines = self.lines(range.start..head.unwrap_or(range.end));
        for (n, line) in lines.into_iter().take(LINES).enumerate() {
            let bytes = self.bytes(line.clone()).unwrap_or_default();
            let stop = line.end - bytes_end(bytes);
            let colon = memchr::memchr(b':', bytes);
            let (name, value, meaning) = match (n, colon) {
                (0, _) if bytes.starts_with(b"HTTP/") => {
                    ("HTTP Status Line".to_owned(), line.start..stop, status(bytes))
                }
                (0, _) => (
                    "HTTP Request Line".to_owned(),
                    line.start..stop,
                    "Method, target, version: what the client wants.",
                ),
                (_, _) if line.start == stop => (
                    "Empty Line".to_owned(),
                    line.start..stop,
                    "The header fields end here; a body may follow.",
                ),
                (_, Some(colon)) => {
                    let name = self.quoted(line.start..line.start + colon);
                    let meaning = header(&name);
                    let mut from = line.start + colon + 1;
                    while from < stop && self.packet.get(from) == Some(&b' ') {
                        from += 1;
                    }
                    (name, from..stop.max(from), meaning)
                }
                _ => (
                    "HTTP Header Field".to_owned(),
                    line.start..stop,
                    "It has no colon, so it is none.",
                ),
            };
            let value = self.quoted(value);
            self.add(line, "", name, value, meaning);
        }
        if let Some(body) = head.filter(|end| *end < range.end) {
            let value = format!("{} bytes", range.end - body);
            let meaning = "What was asked for, or what is handed in; Content-Length says where it ends.";
            self.add(body..range.end, "", "HTTP Body", value, meaning);
        }
    }

    fn dns(&mut self, range: Range<usize>) -> Option<()> {
        let bytes = self.bytes(range.clone())?;
        let message = dns::Message::parse(bytes)?;
        let s = range.start;
        self.add(
            s..s + 2,
            "dns.id",
            "DNS ID",
            format!("0x{:04x}", message.id),
            "The answer has the same number as the question.",
        );
        let meaning = match message.is_answer() {
            true => format!("An answer: {}.", dns::code_text(message.flags)),
            false => "A question.".to_owned(),
        };
        self.add(
            s + 2..s + 4,
            "dns.flags",
            "DNS Flags",
            format!("0x{:04x}", message.flags),
            meaning,
        );
        const COUNTS: [(&str, &str); 4] = [
            ("dns.count.queries", "Questions"),
            ("dns.count.answers", "Answers"),
            ("dns.count.auth_rr", "Authority Records"),
            ("dns.count.add_rr", "Additional Records"),
        ];
        for ((n, count), (key, name)) in message.counts.iter().enumerate().zip(COUNTS) {
            let at = s + 4 + 2 * n;
            self.add(at..at + 2, key, name, count.to_string(), "How many follow.");
        }
        for (section, record) in message.records() {
            let name = match section {
                0 => "Question",
                1 => "Answer",
                2 => "Authority Record",
                _ => "Additional Record",
            };
            let mut value = format!("{} {}", dns::kind_name(record.kind), record.name);
            let meaning = match record.content {
                None => "The name that is looked up, and what is wanted of it.".to_owned(),
                Some((ttl, content)) => {
                    value += &format!(": {content}");
                    format!("It may be remembered for {ttl} seconds.")
                }
            };
            let place = s + record.range.start..s + record.range.end;
            self.add(place, "", name, value, meaning);
        }
        Some(())
    }
}

/// Bytes of the line's end.
fn bytes_end(line: &[u8]) -> usize {
    match line {
        [.., b'\r', b'\n'] => 2,
        [.., b'\n'] => 1,
        _ => 0,
    }
}

/// A request line or a status line?
fn is_http(bytes: &[u8]) -> bool {
    const METHODS: [&[u8]; 7] = [
        b"GET ",
        b"POST ",
        b"HEAD ",
        b"PUT ",
        b"DELETE ",
        b"OPTIONS ",
        b"PATCH ",
    ];
    if bytes.starts_with(b"HTTP/1.") {
        return true;
    }
    let line = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    METHODS.iter().any(|m| line.starts_with(m)) && search::find(line, b" HTTP/1.").is_some()
}

fn status(line: &[u8]) -> &'static str {
    match line.split(|b| *b == b' ').nth(1).and_then(<[u8]>::first) {
        Some(b'1') => "Wait: more is to come.",
        Some(b'2') => "The server has done what was asked.",
        Some(b'3') => "What was asked for is somewhere else.",
        Some(b'4') => "The client has asked for something wrong.",
        Some(b'5') => "The server could not do it.",
        _ => "How the request went.",
    }
}

fn header(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        "host" => "Which of the server's sites is meant.",
        "user-agent" => "What program asks.",
        "accept" => "What kinds of content the client understands.",
        "content-type" => "What kind of content the body is.",
        "content-length" => "How many bytes the body has.",
        "connection" => "Whether the connection stays open after this.",
        "transfer-encoding" => "How the body is packed; chunked: in pieces, each with its length.",
        "location" => "Where it is instead.",
        "date" => "When the server answered.",
        "server" => "What program answers.",
        _ => "A header field.",
    }
}
