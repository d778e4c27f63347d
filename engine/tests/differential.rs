//! CPython is the judge: every program of `differential/*.py` runs under the machine's python3 and under the engine, and both
//! must print the same, end with the same status, and fail with the same words. No expected output is stored.
//!
//! A file holds many programs, each after a line `#---- name`. Lines at the beginning of a program say what it is given:
//!
//! ```text
//! # args: a b            sys.argv[1:]
//! # stdin: one\ntwo      what is typed
//! # file a.txt: x\n      a file beside it
//! # stderr: all          all of stderr must agree (a whole traceback), not only its last line
//! ```
//!
//! `KNOWN` names the few that differ, and why.
//!
//! Choose with `DIFFERENTIAL=text` (a part of `file: name`); without python3 the test says so once and passes, unless `CI` is
//! set.

#![allow(clippy::unwrap_used)]

#[path = "differential/world.rs"]
mod world;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A program and what it is given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    name: String,
    source: String,
    args: Vec<String>,
    stdin: String,
    files: Vec<(String, Vec<u8>)>,
    all_of_stderr: bool,
}

/// What a run left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    stdout: String,
    stderr: String,
    status: i32,
}

const FILE: &str = "program.py";

/// Programs that are known to differ, and why. One that agrees must leave the list.
const KNOWN: &[(&str, &str)] = &[
    (
        "16_census_odds: asyncio basics",
        "refused at its line: async is not in the engine yet",
    ),
    (
        "12_modules: a way without a module",
        "the modules are not in the engine, so the programs take their other way",
    ),
    (
        "12_modules: re",
        "the module is not in the engine yet; it says so when it is used",
    ),
    (
        "03_bytes: memoryview",
        "a memoryview is a copy: no tobytes(), no writing through",
    ),
    ("06_classes: dataclass", "__annotations__ of a class"),
    (
        "08_tracebacks: module qualified exception name",
        "__module__ of a class cannot be set",
    ),
    ("09_syntax: augmented tuple", "place and words"),
    ("09_syntax: diamond", "place"),
    ("09_syntax: f-string spec", "place"),
    ("09_syntax: for target call", "words"),
    ("09_syntax: paren over lines", "place and words"),
    ("09_syntax: python 2 raise", "place"),
    ("09_syntax: quote in string", "place and words"),
    ("09_syntax: two imports", "place and words"),
];

fn programs() -> Vec<Program> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|ext| ext == "py"));
    files.sort();
    let mut out: Vec<Program> = Vec::new();
    for path in files {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        for part in std::fs::read_to_string(&path).unwrap().split("#---- ").skip(1) {
            let (name, source) = part.split_once('\n').unwrap();
            out.push(program(format!("{stem}: {}", name.trim()), source));
        }
    }
    let names: std::collections::HashSet<_> = out.iter().map(|program| &program.name).collect();
    assert_eq!(names.len(), out.len(), "two programs have the same name");
    out
}

fn program(name: String, source: &str) -> Program {
    let mut out = Program {
        name,
        source: source.to_owned(),
        ..Program::default()
    };
    for line in source.lines() {
        let Some(rest) = line.strip_prefix("# ") else {
            break;
        };
        let Some((key, value)) = rest.split_once(": ") else {
            break;
        };
        let text = value.replace("\\n", "\n");
        match key.split_once(' ') {
            Some(("file", name)) => out.files.push((name.to_owned(), text.into_bytes())),
            _ => match key {
                "args" => out.args = value.split(' ').map(str::to_owned).collect(),
                "stdin" => out.stdin = if text.ends_with('\n') { text } else { text + "\n" },
                "stderr" => out.all_of_stderr = true,
                _ => break,
            },
        }
    }
    out
}

/// Runs a program under python3.
fn judge(program: &Program) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    // What tracebacks show is the resolved path.
    let place = folder.path().canonicalize().unwrap();
    std::fs::write(place.join(FILE), &program.source).unwrap();
    for (name, data) in &program.files {
        std::fs::write(place.join(name), data).unwrap();
    }
    let mut child = Command::new("python3")
        .args(["-u", FILE])
        .args(&program.args)
        .current_dir(&place)
        .env("PYTHONUTF8", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONWARNINGS", "ignore")
        .env_remove("COLUMNS")
        .env_remove("PYTHONPATH")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // A program that ends without reading closes the pipe: that is no fault.
    let _ = std::io::Write::write_all(&mut input, program.stdin.as_bytes());
    drop(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&format!("{}/", place.display()), "");
    // A signal that ends the process is shown as a shell shows it: 130 for SIGINT.
    let status = output.status.code().unwrap_or_else(|| {
        use std::os::unix::process::ExitStatusExt as _;
        128 + output.status.signal().unwrap_or(0)
    });
    Outcome {
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
        status,
    }
}

fn last_line(text: &str) -> &str {
    text.trim_end_matches('\n').lines().last().unwrap_or_default()
}

/// What differs, in words; empty if nothing does.
fn differences(program: &Program, python: &Outcome, engine: &Outcome) -> String {
    let mut out = String::new();
    let mut compare = |what: &str, a: &str, b: &str| {
        if a == b {
            return;
        }
        let same = a.lines().zip(b.lines()).take_while(|(x, y)| x == y).count();
        let _ = writeln!(out, "  {what} differs from line {}:", same + 1);
        for (who, text) in [("python3", a), ("engine ", b)] {
            for line in text.lines().skip(same).take(6) {
                let _ = writeln!(out, "    {who} | {line}");
            }
        }
    };
    compare("stdout", &python.stdout, &engine.stdout);
    if program.all_of_stderr {
        compare("stderr", &python.stderr, &engine.stderr);
    } else {
        compare(
            "last line of stderr",
            last_line(&python.stderr),
            last_line(&engine.stderr),
        );
    }
    if python.status != engine.status {
        let _ = writeln!(
            out,
            "  status: python3 {}, engine {}",
            python.status, engine.status
        );
    }
    out
}

#[test]
fn programs_run_as_under_cpython() {
    if Command::new("python3")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        assert!(
            std::env::var_os("CI").is_none(),
            "python3 is needed to judge, and is missing"
        );
        println!("skipped: no python3 to judge");
        return;
    }
    let mut programs = programs();
    assert!(programs.len() >= 200);
    if let Ok(part) = std::env::var("DIFFERENTIAL") {
        programs.retain(|program| program.name.contains(&part));
    }
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(program) = programs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let python = judge(program);
                    let engine = world::run(program);
                    let difference = differences(program, &python, &engine);
                    let known = KNOWN.iter().any(|(name, _)| *name == program.name);
                    if known && difference.is_empty() {
                        let words = "  agrees now: take it from the list of known differences\n";
                        failed.lock().unwrap().push(format!("{}\n{words}", program.name));
                    }
                    if !known && !difference.is_empty() {
                        failed
                            .lock()
                            .unwrap()
                            .push(format!("{}\n{difference}", program.name));
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().unwrap();
    failed.sort();
    let known = KNOWN
        .iter()
        .filter(|(name, _)| programs.iter().any(|p| p.name == *name))
        .count();
    println!(
        "{} programs: {} agree, {known} are known to differ",
        programs.len(),
        programs.len() - failed.len() - known
    );
    assert!(
        failed.is_empty(),
        "{} of {} differ:\n{}",
        failed.len(),
        programs.len(),
        failed.join("\n")
    );
}
