//! A lab on the kernel's own network, run and recorded: an echo of a few bytes and of many, a close from the client, a
//! datagram to nobody.

use crate::{judge, server};
use engine::timeline::Timeline;
use protocol::Recording;
use std::process::Command;

const SERVER: &str = "\
import socket
s = socket.socket()
s.bind(('', 8080))
s.listen(1)
c, a = s.accept()
while True:
    data = c.recv(1024)
    if not data:
        break
    c.sendall(data)
c.close()
";
const CLIENT: &str = "\
import socket
c = socket.socket()
c.connect(('localhost', 8080))
c.sendall(b'hello')
print(c.recv(10))
c.send(b'x' * 5000)
n = 0
while n < 5000:
    n += len(c.recv(1000))
c.close()
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.sendto(b'anybody?', ('127.0.0.1', 9))
";
/// The line of the client's connect().
pub const CONNECT: u32 = 3;
/// The line of its first sendall().
pub const HELLO: u32 = 4;
/// The line of its close().
pub const CLOSE: u32 = 10;
/// The line of its sendto().
pub const DATAGRAM: u32 = 12;
/// Bytes of its large send().
pub const LARGE: usize = 5000;

/// The lab's timeline and its programs' names; `None` where no kernel network works.
///
/// # Panics
/// When the lab does not run as it should.
#[must_use]
pub fn echo() -> Option<(Timeline, Vec<String>)> {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("server.py"), SERVER).expect("a file");
    std::fs::write(at("client.py"), CLIENT).expect("a file");
    let out = Command::new(server::binary())
        .arg("run")
        .args([at("server.py"), at("client.py")])
        .args(["--network", "kernel", "--timeout", "20", "--timeline"])
        .arg(at("timeline.json"))
        .output()
        .expect("wirelab runs");
    let complaint = String::from_utf8_lossy(&out.stderr);
    if !out.status.success() && complaint.contains("network") && !judge::demanded() {
        println!("skipped: {complaint}");
        return None;
    }
    assert!(out.status.success(), "{complaint}");
    let text = std::fs::read_to_string(at("timeline.json")).expect("a timeline");
    let recording = Recording::from_json(&text).expect("a recording");
    let names: Vec<String> = recording.programs.iter().map(|p| p.name.clone()).collect();
    let timeline = Timeline::from_events(names.len(), 1 << 26, recording.events).expect("it fits");
    Some((timeline, names))
}
