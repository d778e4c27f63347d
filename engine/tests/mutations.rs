//! The front end and the machine take any text: programs of the differential test, broken at random, are compiled and run for
//! a bounded number of ticks. Nothing may panic.

#![allow(clippy::unwrap_used)]

use engine::program::Vm;
use engine::program::host::{Config, HostAnswer, HostCall, Stop};
use std::path::Path;

/// How many broken programs are tried.
const TRIES: usize = 400;

/// Deterministic numbers: the same failures every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }
}

fn corpus() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|ext| ext == "py"));
    files.sort();
    let mut out = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(path).unwrap();
        out.extend(text.split("#---- ").skip(1).map(|part| format!("# {part}")));
    }
    out
}

fn broken(source: &str, numbers: &mut Numbers) -> String {
    const PIECES: [&str; 16] = [
        "(",
        ")",
        "[",
        "}",
        ":",
        "\n",
        "    ",
        "\t",
        "'",
        "\"\"\"",
        "f'{",
        "=",
        "lambda",
        "\\",
        "0x",
        "é\u{200b}",
    ];
    let mut chars: Vec<char> = source.chars().collect();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(chars.len());
        let end = (at + numbers.below(12)).min(chars.len());
        match numbers.below(4) {
            0 => drop(chars.drain(at..end)),
            1 => {
                let copy: Vec<char> = chars[at..end].to_vec();
                drop(chars.splice(at..at, copy));
            }
            2 => drop(chars.splice(at..at, PIECES[numbers.below(PIECES.len())].chars())),
            _ => chars.truncate(at),
        }
    }
    chars.into_iter().collect()
}

/// Compiles and runs for a bounded time; how it ends does not matter.
fn try_out(source: String) {
    let config = Config {
        file: "program.py".to_owned(),
        source,
        args: Vec::new(),
        files: Vec::new(),
        pid: 1,
        program: protocol::ProgramId(1),
        first_socket: 0,
        interactive: false,
    };
    let Ok(mut vm) = Vm::new(config) else { return };
    for _ in 0..60 {
        let stop = vm.run(5_000, false);
        vm.take_output();
        let (token, call) = match stop {
            Stop::Call { token, call, .. } => (token, call),
            Stop::OutOfFuel | Stop::Line { .. } => continue,
            Stop::Blocked | Stop::Ended { .. } => return,
        };
        let answer = match call {
            HostCall::Sleep { .. } => HostAnswer::Done,
            HostCall::Clock(_) => HostAnswer::Nanos(1),
            HostCall::Input => HostAnswer::Line(None),
            HostCall::Random { len } => HostAnswer::Bytes(vec![7; len]),
            HostCall::Net { .. } => return,
        };
        vm.answer(token, answer);
    }
}

#[test]
fn broken_programs_never_panic() {
    let corpus = corpus();
    let mut numbers = Numbers(2026);
    for _ in 0..TRIES {
        let source = broken(&corpus[numbers.below(corpus.len())], &mut numbers);
        let shown = source.clone();
        let run = std::thread::Builder::new()
            .stack_size(8 << 20)
            .spawn(move || try_out(source))
            .unwrap();
        assert!(run.join().is_ok(), "a panic on this program:\n{shown}");
    }
}
