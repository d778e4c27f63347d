//! Every lab of the book, and every solution of an exercise, run by `wirelab run` on the kernel's network, on the simulated one, and
//! by the machine's own python3 with the same script: what the programs print, how they end, and with what, must be the same. Nothing that is expected is stored.

use anyhow::{Context as _, Result, ensure};
use protocol::{EventKind, Recording};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use wirelab_tests::{judge, root, server, without_ports};

/// Seconds for one lab on one side; none needs more than its own deadlines of three seconds.
const LIMIT: &str = "20";

/// How a program came out.
#[derive(Debug, PartialEq, Eq)]
struct End {
    stdout: String,
    last_error: String,
    status: String,
}

type Ends = BTreeMap<String, End>;

#[test]
fn labs_come_out_as_under_python3() -> Result<()> {
    let Some(python) = judge::python() else {
        return Ok(());
    };
    let mut entries: Vec<PathBuf> = fs::read_dir(root().join("tests/judge/scripts"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    entries.sort();
    let mut seen: Vec<String> = Vec::new();
    let mut wrong = Vec::new();
    for script in &entries {
        let name = script
            .file_stem()
            .and_then(|s| s.to_str())
            .context("a script has a name")?;
        let lab = name.split('.').next().unwrap_or(name).to_owned();
        let expected = by_python(&python, &lab, script).with_context(|| name.to_owned())?;
        for network in ["kernel", "simulated"] {
            let ours = by_wirelab(&lab, script, network).with_context(|| name.to_owned())?;
            if ours != expected {
                wrong.push(format!(
                    "{name} ({network})\n  python3: {expected:#?}\n  wirelab: {ours:#?}"
                ));
            }
        }
        seen.push(lab);
    }
    for place in ["book/labs", "book/solutions"] {
        for entry in fs::read_dir(root().join(place))? {
            let lab = entry?.file_name().to_string_lossy().into_owned();
            ensure!(
                seen.contains(&lab),
                "no script in tests/judge/scripts runs the lab {lab}"
            );
        }
    }
    ensure!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        entries.len(),
        wrong.join("\n")
    );
    println!("{} scripts agree", entries.len());
    Ok(())
}

/// A lab of the book, or an exercise's solution.
fn folder(lab: &str) -> PathBuf {
    let labs = root().join("book/labs").join(lab);
    if labs.is_dir() {
        labs
    } else {
        root().join("book/solutions").join(lab)
    }
}

/// The files of a lab in its order: (name, path).
fn programs(lab: &str) -> Result<Vec<(String, PathBuf)>> {
    let folder = folder(lab);
    let text = fs::read_to_string(folder.join("lab.toml")).with_context(|| format!("no lab {lab}"))?;
    let spec = engine::session::LabSpec::from_toml(&text, |file| {
        fs::read_to_string(folder.join(file)).map_err(|e| format!("{file}: {e}"))
    })?;
    Ok(spec
        .programs
        .iter()
        .map(|p| (p.name.clone(), folder.join(&p.file)))
        .collect())
}

fn by_python(python: &Path, lab: &str, script: &Path) -> Result<Ends> {
    let out = tempfile::tempdir()?;
    let mut command = Command::new("unshare");
    // A network namespace with a loopback of its own; an ordinary user needs a user namespace for that.
    if fs::metadata("/proc/self")?.uid() != 0 {
        command.args(["--user", "--map-root-user"]);
    }
    command
        .args(["--net", "--uts"])
        .arg(python)
        .arg(root().join("tests/judge/run_lab.py"));
    command.arg(script).arg(out.path()).arg(LIMIT);
    let programs = programs(lab)?;
    for (name, path) in &programs {
        command.arg(format!("{name}={}", path.display()));
    }
    let done = command
        .stdin(Stdio::null())
        .output()
        .context("unshare cannot be run")?;
    ensure!(
        done.status.success(),
        "the judge failed: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    programs
        .into_iter()
        .map(|(name, _)| {
            let status = fs::read_to_string(out.path().join(format!("{name}.status")))?;
            // Ended by SIGINT is what a shell shows as 130.
            let status = if status == "-2" { "130".to_owned() } else { status };
            Ok((name.clone(), end(out.path(), &name, status)?))
        })
        .collect()
}

fn by_wirelab(lab: &str, script: &Path, network: &str) -> Result<Ends> {
    let out = tempfile::tempdir()?;
    let timeline = out.path().join("timeline.json");
    let done = Command::new(server::binary())
        .arg("run")
        .arg(folder(lab).join("lab.toml"))
        .args(["--network", network, "--timeout", LIMIT, "--script"])
        .arg(script)
        .arg("--out")
        .arg(out.path())
        .arg("--timeline")
        .arg(&timeline)
        .stdin(Stdio::null())
        .output()
        .context("wirelab cannot be run: cargo build -p server")?;
    ensure!(
        done.status.code() != Some(2),
        "wirelab run: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    let recording = Recording::from_json(&fs::read_to_string(&timeline)?).map_err(anyhow::Error::msg)?;
    programs(lab)?
        .into_iter()
        .enumerate()
        .map(|(i, (name, _))| {
            let mut status = "not started".to_owned();
            for event in recording
                .events
                .iter()
                .filter(|e| e.program.is_some_and(|p| usize::from(p.0) == i))
            {
                match event.kind {
                    EventKind::Started { .. } => "running".clone_into(&mut status),
                    EventKind::Ended {
                        status: n,
                        stopped: false,
                    } => status = n.to_string(),
                    _ => {}
                }
            }
            Ok((name.clone(), end(out.path(), &name, status)?))
        })
        .collect()
}

fn end(out: &Path, name: &str, status: String) -> Result<End> {
    let read = |stream: &str| -> Result<String> {
        match fs::read(out.join(format!("{name}.{stream}"))) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(e) => Err(e.into()),
        }
    };
    let last_error = read("stderr")?.lines().last().unwrap_or_default().to_owned();
    Ok(End {
        stdout: without_ports(&read("stdout")?),
        last_error: without_ports(&last_error),
        status,
    })
}
