//! python3 in a network namespace, and calls as it is told them.

use crate::common::*;
use protocol::{Address, Call, OptionValue, SocketId};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// python3 in a network namespace.
pub(super) struct Judge {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Judge {
    pub(super) fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/judged/judge.py");
        let mut process = Command::new("unshare")
            .args(["--user", "--map-root-user", "--net", "python3", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare and python3 are needed to judge");
        let to = process.stdin.take().unwrap();
        let from = BufReader::new(process.stdout.take().unwrap());
        Self { process, to, from }
    }

    pub(super) fn run(&mut self, steps: &[Value]) -> Vec<String> {
        writeln!(self.to, "{}", json!(steps)).unwrap();
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("the judge says {line:?}: {e}"))
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(super) fn sock(value: &Value) -> SocketId {
    SocketId(u32::try_from(value.as_u64().unwrap()).unwrap())
}

pub(super) fn int(value: &Value) -> i32 {
    i32::try_from(value.as_i64().unwrap()).unwrap()
}

/// An address as the engine sends it: hosts always as names here, so that the lab's own reading of numbers is tested too.
pub(super) fn address(value: &Value) -> Address {
    match value {
        Value::String(path) => Address::Unix {
            path: path.as_bytes().into(),
        },
        parts => name(
            parts[0].as_str().unwrap(),
            u16::try_from(parts[1].as_u64().unwrap()).unwrap(),
        ),
    }
}

/// A step as a call.
pub(super) fn call(step: &Value) -> Call {
    let a = |n: usize| &step[n];
    let socks = |n: usize| a(n).as_array().unwrap().iter().map(sock).collect();
    let text = |n: usize| a(n).as_str().map(str::to_owned);
    match a(0).as_str().unwrap() {
        "socket" => Call::Socket {
            sock: sock(a(1)),
            family: int(a(2)),
            kind: int(a(3)),
            proto: int(a(4)),
        },
        "socketpair" => Call::SocketPair {
            first: sock(a(1)),
            second: sock(a(2)),
            family: int(a(3)),
            kind: int(a(4)),
            proto: int(a(5)),
        },
        "bind" => Call::Bind {
            sock: sock(a(1)),
            addr: address(a(2)),
        },
        "listen" => Call::Listen {
            sock: sock(a(1)),
            backlog: int(a(2)),
        },
        "accept" => Call::Accept {
            sock: sock(a(1)),
            new: sock(a(2)),
        },
        "connect" => Call::Connect {
            sock: sock(a(1)),
            addr: address(a(2)),
        },
        "send" => Call::Send {
            sock: sock(a(1)),
            data: a(2).as_str().unwrap().as_bytes().into(),
            flags: int(a(3)),
        },
        "sendbig" => {
            let data = vec![0; usize::try_from(a(2).as_u64().unwrap()).unwrap()];
            Call::Send {
                sock: sock(a(1)),
                data: data.into(),
                flags: 0,
            }
        }
        "sendto" => Call::SendTo {
            sock: sock(a(1)),
            data: a(2).as_str().unwrap().as_bytes().into(),
            flags: int(a(3)),
            addr: address(a(4)),
        },
        "recv" => Call::Recv {
            sock: sock(a(1)),
            max: a(2).as_u64().unwrap(),
            flags: int(a(3)),
        },
        "recvfrom" => Call::RecvFrom {
            sock: sock(a(1)),
            max: a(2).as_u64().unwrap(),
            flags: int(a(3)),
        },
        "settimeout" => Call::SetTimeout {
            sock: sock(a(1)),
            timeout: a(2).as_f64(),
        },
        "setsockopt" => Call::SetSockOpt {
            sock: sock(a(1)),
            level: int(a(2)),
            name: int(a(3)),
            value: match a(4) {
                Value::Array(bytes) => {
                    let bytes: Vec<u8> = bytes
                        .iter()
                        .map(|b| u8::try_from(b.as_u64().unwrap()).unwrap())
                        .collect();
                    OptionValue::Bytes(bytes.into())
                }
                number => OptionValue::Int(int(number)),
            },
        },
        "getsockopt" => Call::GetSockOpt {
            sock: sock(a(1)),
            level: int(a(2)),
            name: int(a(3)),
            len: a(4).as_u64().filter(|n| *n > 0).map(|n| n as u32),
        },
        "shutdown" => Call::Shutdown {
            sock: sock(a(1)),
            how: int(a(2)),
        },
        "close" => Call::Close { sock: sock(a(1)) },
        "getsockname" => Call::GetSockName { sock: sock(a(1)) },
        "getpeername" => Call::GetPeerName { sock: sock(a(1)) },
        "select" => Call::Select {
            read: socks(1),
            write: socks(2),
            except: socks(3),
            timeout: a(4).as_f64(),
        },
        "getaddrinfo" => Call::GetAddrInfo {
            host: text(1),
            service: a(2).as_u64().map(|n| n.to_string()).or_else(|| text(2)),
            family: int(a(3)),
            kind: int(a(4)),
            proto: int(a(5)),
            flags: int(a(6)),
        },
        "stat" => Call::Stat {
            path: a(1).as_str().unwrap().as_bytes().into(),
        },
        "unlink" => Call::Unlink {
            path: a(1).as_str().unwrap().as_bytes().into(),
        },
        "gethostbyname" => Call::GetHostByName {
            name: text(1).unwrap(),
        },
        other => panic!("no step {other}"),
    }
}
