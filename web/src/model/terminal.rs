//! What a program wrote and what was typed to it, as lines of a terminal.

use engine::timeline::log::Piece;
use protocol::Stream;

/// A line of a terminal: pieces of one kind each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TermLine {
    /// In order.
    pub pieces: Vec<(Kind, String)>,
}

/// Who wrote a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The page itself: the command line, the end.
    Shell,
    /// sys.stdout.
    Out,
    /// sys.stderr.
    Err,
    /// The learner.
    In,
}

impl Kind {
    /// The class in lab.css.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Shell => "cmd",
            Self::Out => "out",
            Self::Err => "er",
            Self::In => "in",
        }
    }
}

/// How many lines are kept in sight.
const LINES: usize = 400;
/// How many characters of one line.
const WIDTH: usize = 4000;

/// The terminal's lines, the newest last. `command` is what was started: `python3 server.py`.
pub fn lines(pieces: &[Piece<'_>], command: &str) -> Vec<TermLine> {
    let mut screen = Screen::default();
    for piece in pieces {
        match piece {
            Piece::Started(args) => {
                let mut text = format!("$ {command}");
                for arg in *args {
                    text.push(' ');
                    text.push_str(arg);
                }
                screen.line(Kind::Shell, &text);
            }
            Piece::Wrote(Stream::Stdout, bytes) => screen.write(Kind::Out, &String::from_utf8_lossy(bytes)),
            Piece::Wrote(Stream::Stderr, bytes) => screen.write(Kind::Err, &String::from_utf8_lossy(bytes)),
            Piece::Typed(Some(text)) => {
                screen.write(Kind::In, text);
                screen.write(Kind::In, "\n");
            }
            Piece::Typed(None) => screen.line(Kind::In, "^D"),
            Piece::Interrupted => screen.line(Kind::In, "^C"),
            Piece::Ended(_, true) => screen.line(Kind::Shell, "stopped"),
            Piece::Ended(status, false) => screen.line(Kind::Shell, &format!("ended, exit {status}")),
        }
    }
    screen.finish()
}

#[derive(Default)]
struct Screen {
    lines: Vec<TermLine>,
    /// The last line is not finished.
    open: bool,
}

impl Screen {
    fn write(&mut self, kind: Kind, text: &str) {
        for part in text.split_inclusive('\n') {
            let (body, ends) = part.strip_suffix('\n').map_or((part, false), |body| (body, true));
            if !self.open {
                self.lines.push(TermLine::default());
            }
            if let Some(line) = self.lines.last_mut() {
                let known: usize = line.pieces.iter().map(|(_, t)| t.len()).sum();
                let body: String = body
                    .chars()
                    .filter(|c| *c != '\r')
                    .take(WIDTH.saturating_sub(known))
                    .collect();
                match line.pieces.last_mut() {
                    Some((last, text)) if *last == kind => text.push_str(&body),
                    _ => line.pieces.push((kind, body)),
                }
            }
            self.open = !ends;
        }
        if self.lines.len() > LINES * 2 {
            self.lines.drain(..LINES);
        }
    }

    fn line(&mut self, kind: Kind, text: &str) {
        self.open = false;
        self.write(kind, text);
        self.open = false;
    }

    fn finish(mut self) -> Vec<TermLine> {
        let surplus = self.lines.len().saturating_sub(LINES);
        self.lines.drain(..surplus);
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(lines: &[TermLine]) -> Vec<String> {
        let all = lines
            .iter()
            .map(|l| l.pieces.iter().map(|(_, t)| t.as_str()).collect());
        all.collect()
    }

    #[test]
    fn a_prompt_and_its_answer_stand_on_one_line() {
        let pieces = [
            Piece::Started(&[]),
            Piece::Wrote(Stream::Stdout, b"name? "),
            Piece::Typed(Some("Ada")),
            Piece::Wrote(Stream::Stdout, b"a\nb"),
            Piece::Ended(0, false),
        ];
        let lines = lines(&pieces, "python3 c.py");
        assert_eq!(
            shown(&lines),
            ["$ python3 c.py", "name? Ada", "a", "b", "ended, exit 0"]
        );
        assert_eq!(lines[1].pieces[1].0, Kind::In);
    }

    #[test]
    fn a_flood_keeps_its_end() {
        let flood: String = (0..5000).map(|i| format!("{i}\n")).collect();
        let pieces = [Piece::Wrote(Stream::Stdout, flood.as_bytes())];
        let lines = lines(&pieces, "x");
        assert_eq!(lines.len(), LINES);
        assert_eq!(shown(&lines)[LINES - 1], "4999");
    }
}
