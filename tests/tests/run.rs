//! `wirelab run` as graders use it: exit statuses, what is written where, one sentence for what cannot be.

use anyhow::{Result, ensure};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use wirelab_tests::{judge, root, server};

const SERVER: &str = "import socket\nwith socket.create_server(('', 80)) as s:\n    c, a = s.accept()\n    print(c.recv(100).decode())\n    c.sendall(b'thanks')\n    c.close()\n";
const CLIENT: &str = "import socket, sys\ns = socket.create_connection(('localhost', 80))\ns.sendall(' '.join(sys.argv[1:] or ['nothing']).encode())\nprint(s.recv(100))\nprint('done', file=sys.stderr)\n";

fn wirelab(folder: &Path, args: &[&str]) -> Output {
    Command::new(server::binary())
        .current_dir(folder)
        .arg("run")
        .args(args)
        .output()
        .expect("wirelab is built: cargo build -p server")
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("ended by itself")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder with a server and a client.
fn folder() -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("server.py"), SERVER)?;
    fs::write(folder.path().join("client.py"), CLIENT)?;
    Ok(folder)
}

#[test]
fn loose_files_are_programs_in_their_order() -> Result<()> {
    let folder = folder()?;
    let output = wirelab(
        folder.path(),
        &[
            "server.py",
            "visitor=client.py",
            "--out",
            "out",
            "--transcript",
            "words.txt",
        ],
    );
    assert_eq!(status(&output), 0, "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "server: nothing\nvisitor: b'thanks'\n");
    assert_eq!(text(&output.stderr), "visitor: done\n");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap_or_default();
    assert_eq!(read("out/server.stdout"), "nothing\n");
    assert_eq!(read("out/visitor.stdout"), "b'thanks'\n");
    assert_eq!(read("out/visitor.stderr"), "done\n");
    let words = read("words.txt");
    assert!(words.contains("Server's socket is in LISTEN."), "{words}");
    assert!(words.contains("accept() returns fd 4"), "{words}");
    Ok(())
}

#[test]
fn a_script_starts_types_and_waits() -> Result<()> {
    let folder = folder()?;
    let script =
        "[\"start\",\"server\"]\n[\"start\",\"client\",\"from\",\"a script\"]\n[\"wait\",\"client\",5]\n";
    fs::write(folder.path().join("script"), script)?;
    let output = wirelab(folder.path(), &["client.py", "server.py", "--script", "script"]);
    assert_eq!(status(&output), 0, "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "server: from a script\nclient: b'thanks'\n");
    Ok(())
}

#[test]
fn a_program_that_fails_makes_status_1() -> Result<()> {
    let folder = folder()?;
    let output = wirelab(folder.path(), &["client.py"]);
    assert_eq!(status(&output), 1);
    let errors = text(&output.stderr);
    assert!(
        errors.ends_with("client: ConnectionRefusedError: [Errno 111] Connection refused\n"),
        "{errors}"
    );
    fs::write(folder.path().join("client.py"), "print('a'\n")?;
    let output = wirelab(folder.path(), &["client.py"]);
    assert_eq!(status(&output), 1);
    assert!(
        text(&output.stderr).contains("SyntaxError: '(' was never closed"),
        "{}",
        text(&output.stderr)
    );
    Ok(())
}

#[test]
fn what_still_runs_at_the_timeout_makes_status_3() -> Result<()> {
    let folder = folder()?;
    let output = wirelab(folder.path(), &["server.py", "--timeout", "0.3"]);
    assert_eq!(status(&output), 3);
    for endless in [
        "while True: pass\n",
        "while True: print('x' * 1000)\n",
        "input()\n",
    ] {
        fs::write(folder.path().join("endless.py"), endless)?;
        let output = wirelab(folder.path(), &["endless.py", "--timeout", "0.5", "--out", "out"]);
        assert_eq!(status(&output), 3, "{endless}");
    }
    Ok(())
}

#[test]
fn a_print_flood_stops_at_the_cap_of_the_timeline() -> Result<()> {
    let folder = folder()?;
    fs::write(
        folder.path().join("flood.py"),
        "line = 'x' * 100000\nwhile True: print(line)\n",
    )?;
    let output = wirelab(folder.path(), &["flood.py", "--timeout", "60", "--out", "out"]);
    assert_eq!(status(&output), 3);
    let written = fs::metadata(folder.path().join("out/flood.stdout"))?.len();
    assert!((50 << 20..80 << 20).contains(&written), "{written} bytes");
    Ok(())
}

#[test]
fn bad_usage_is_status_2_and_one_sentence() -> Result<()> {
    let folder = folder()?;
    fs::write(folder.path().join("bad"), "[\"start\",\"nobody\"]\n")?;
    fs::write(folder.path().join("lab.toml"), "version = 9\ntitle = \"x\"\n")?;
    let cases: &[(&[&str], &str)] = &[
        (&["missing.py"], "missing.py"),
        (&["server.py", "server.py"], "two programs are called"),
        (&["server.py", "--network", "moon"], "moon"),
        (&["server.py", "--script", "bad"], "line 1 of the script"),
        (&["server.py", "--script", "missing"], "missing"),
        (&["server.py", "--timeout", "soon"], "seconds"),
        (
            &["server.py", "--timeline", "no/such/folder.json"],
            "no/such/folder.json",
        ),
        (&["lab.toml"], "version 9"),
        (&[], "required"),
    ];
    for (args, word) in cases {
        let output = wirelab(folder.path(), args);
        assert_eq!(status(&output), 2, "{args:?}: {}", text(&output.stderr));
        assert!(
            text(&output.stderr).contains(word),
            "{args:?}: {}",
            text(&output.stderr)
        );
    }
    Ok(())
}

#[test]
fn the_timeline_is_a_recording_that_folds() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let lab = root().join("book/labs/tcp-echo/lab.toml");
    let lab = lab.to_str().expect("a path in UTF-8");
    let output = wirelab(folder.path(), &[lab, "--timeline", "t.json"]);
    assert_eq!(status(&output), 0, "{}", text(&output.stderr));
    let json = fs::read_to_string(folder.path().join("t.json"))?;
    let recording = protocol::Recording::from_json(&json).expect("a recording");
    let programs = recording.programs.len();
    let timeline =
        engine::timeline::Timeline::from_events(programs, usize::MAX, recording.events).expect("whole");
    assert!(
        timeline
            .live()
            .programs
            .iter()
            .all(|p| p.ended == Some((0, false)))
    );
    assert!(timeline.live().sockets.iter().all(|s| s.closed.is_some()));
    Ok(())
}

/// What servers over AF_UNIX do before they bind: the path of an earlier run is taken away.
const PATHS: &str = r#"
import os, socket
path = './uds_socket'
for attempt in range(3):
    try:
        os.unlink(path)
    except OSError as e:
        print('unlink', e)
        if os.path.exists(path):
            raise
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(path)
    server.listen(1)
    print(os.path.exists(path), os.path.exists('uds_socket'), os.path.isfile(path), os.access(path, os.F_OK))
    print(oct(os.stat(path).st_mode & 0o170000))
    try:
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).bind('uds_socket')
    except OSError as e:
        print('bind', e)
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.connect(path)
    connection, address = server.accept()
    print(repr(address), client.getpeername())
    server.close()
if os.path.exists(path):
    os.remove(path)
print(os.path.exists(path))
try:
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.connect(path)
except FileNotFoundError as e:
    print(e)
try:
    os.remove(path)
except FileNotFoundError as e:
    print(e)
"#;

#[test]
fn a_path_is_bound_again_after_it_was_unlinked_as_under_python3() -> Result<()> {
    let Some(python) = judge::python() else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("paths.py"), PATHS)?;
    let ours = wirelab(folder.path(), &["paths.py"]);
    let theirs = Command::new(python)
        .current_dir(folder.path())
        .arg("paths.py")
        .output()?;
    assert_eq!(status(&theirs), 0, "{}", text(&theirs.stderr));
    let words = text(&ours.stdout).replace("paths: ", "");
    assert_eq!(words, text(&theirs.stdout), "{}", text(&ours.stderr));
    assert_eq!(status(&ours), 0);
    Ok(())
}

#[test]
fn a_held_wire_is_scripted_and_its_packets_are_a_capture() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let at = |name: &str| dir.path().join(name);
    fs::write(
        at("server.py"),
        "import socket\ns = socket.socket()\ns.bind(('', 8080))\ns.listen(1)\nc, a = s.accept()\nprint(c.recv(10))\n",
    )?;
    fs::write(
        at("client.py"),
        "import socket\nc = socket.socket()\nc.connect(('server', 8080))\nc.sendall(b'hello')\n",
    )?;
    fs::write(at("wire.json"), r#"{"held":true}"#)?;
    fs::write(
        at("script"),
        concat!(
            "[\"start\",\"server\"]\n[\"start\",\"client\"]\n[\"wire\",{\"wire\":\"deliver\"}]\n",
            "[\"wire\",{\"wire\":\"deliver\"}]\n[\"wire\",{\"wire\":\"hold\",\"held\":false}]\n"
        ),
    )?;
    let out = Command::new(server::binary())
        .arg("run")
        .args([at("server.py"), at("client.py")])
        .args(["--hosts", "each", "--timeout", "20", "--wire"])
        .arg(at("wire.json"))
        .arg("--script")
        .arg(at("script"))
        .arg("--pcapng")
        .arg(at("packets.pcapng"))
        .output()?;
    let text = String::from_utf8_lossy(&out.stdout);
    ensure!(
        out.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&out.stderr)
    );
    ensure!(text.contains("server: b'hello'"), "{text}");
    let capture = fs::read(at("packets.pcapng"))?;
    ensure!(
        capture.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]),
        "a section header begins it"
    );
    if let Ok(judge) = Command::new("tshark")
        .arg("-r")
        .arg(at("packets.pcapng"))
        .output()
    {
        let said = String::from_utf8_lossy(&judge.stdout);
        ensure!(judge.status.success() && said.contains("[SYN, ACK]"), "{said}");
        ensure!(said.contains("10.0.0.2 → 10.0.0.1"), "{said}");
    }
    Ok(())
}
