//! The same calls in a lab and by python3 in a namespace of its own: the results are the same. No expected result is
//! stored here; CPython on this very kernel is the judge.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use engine::net::Net;
use engine::session::{Effect, Input};
use protocol::outcome::AddrInfo;
use protocol::{Address, Call, CallId, HostId, Network, OptionValue, Outcome, Plan, SocketId};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// python3 in a network namespace.
struct Judge {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Judge {
    fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/judge.py");
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

    fn run(&mut self, steps: &[Value]) -> Vec<String> {
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

fn sock(value: &Value) -> SocketId {
    SocketId(u32::try_from(value.as_u64().unwrap()).unwrap())
}

fn int(value: &Value) -> i32 {
    i32::try_from(value.as_i64().unwrap()).unwrap()
}

/// An address as the engine sends it: hosts always as names here, so that the lab's own reading of numbers is tested too.
fn address(value: &Value) -> Address {
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
fn call(step: &Value) -> Call {
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

fn port(port: u16) -> String {
    if port >= 32768 {
        "ephemeral".to_owned()
    } else {
        port.to_string()
    }
}

fn shown(address: &Address) -> String {
    match address {
        Address::Unix { path } => format!(
            "unix {}",
            path.0.iter().map(|b| char::from(*b)).collect::<String>()
        ),
        Address::V4 { ip, port: p } => format!("{ip}:{}", port(*p)),
        Address::V6 { ip, port: p, .. } => format!("{ip}:{}", port(*p)),
        Address::Name { .. } => panic!("the lab told a name"),
    }
}

/// Bytes as CPython's repr has them.
fn repr(data: &[u8]) -> String {
    format!("b'{}'", data.escape_ascii().to_string().replace("\\\"", "\""))
}

/// An outcome in the judge's words.
fn words(step: &Value, outcome: &Outcome) -> String {
    let list = |ids: &[SocketId]| format!("{:?}", ids.iter().map(|s| s.0).collect::<Vec<_>>());
    match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::Accepted { addr } => format!("accepted {}", shown(addr)),
        Outcome::Sent { n } => format!("sent {n}"),
        Outcome::Received { data, addr } if step[0] == "recvfrom" => {
            let from = addr.as_ref().map_or("nobody".to_owned(), shown);
            format!("received {} {from}", repr(&data.0))
        }
        Outcome::Received { data, .. } => format!("received {}", repr(&data.0)),
        Outcome::Name { addr } => shown(addr),
        Outcome::Option {
            value: OptionValue::Int(n),
        } => format!("int {n}"),
        Outcome::Option {
            value: OptionValue::Bytes(bytes),
        } => format!("bytes {:?}", bytes.0),
        Outcome::Ready { read, write, except } => {
            format!("ready {} {} {}", list(read), list(write), list(except))
        }
        Outcome::AddrInfo { list } => {
            let one = |i: &AddrInfo| {
                format!(
                    "{} {} {} {} {}",
                    i.family,
                    i.kind,
                    i.proto,
                    i.canonical,
                    shown(&i.addr)
                )
            };
            list.iter().map(one).collect::<Vec<_>>().join("; ")
        }
        Outcome::Host { name } => name.clone(),
        Outcome::Failed { errno, .. } => format!("errno {errno}"),
        Outcome::TimedOut => "timed out".to_owned(),
        Outcome::Unresolved { code } => format!("gai {code}"),
        Outcome::Cancelled => "cancelled".to_owned(),
    }
}

/// The networks whose sockets are a lab's own.
const NETWORKS: [Network; 3] = [Network::Loopback, Network::Kernel, Network::Simulated];

/// Runs a scenario on the simulated network: its clock goes on until each step has ended.
fn simulated(steps: &[Value]) -> Vec<String> {
    let mut net = Net::new(&Plan::simple(Network::Simulated), 7);
    let mut now = 0;
    let mut results = Vec::new();
    for (n, step) in (1..).zip(steps) {
        let (id, host) = (CallId(n), HostId(0));
        net.handle(
            now,
            Effect::Call {
                id,
                host,
                call: call(step),
            },
        );
        let outcome = loop {
            let ended = std::iter::from_fn(|| net.poll()).find_map(|told| match told {
                Input::Reply { id: of, outcome, .. } if of == id => Some(outcome),
                _ => None,
            });
            if let Some(outcome) = ended {
                break outcome;
            }
            now = net.next_due().expect("a call that waits for ever");
            net.due(now);
        };
        results.push(words(step, &outcome));
        now += 500_000;
        net.due(now);
    }
    results
}

/// Runs a scenario in a lab.
async fn in_lab(networks: &server::net::Networks, network: Network, steps: &[Value]) -> Vec<String> {
    let mut bench = Bench::with(networks, &Plan::simple(network)).await;
    let mut results = Vec::new();
    for step in steps {
        let outcome = bench.call(call(step)).await;
        results.push(words(step, &outcome));
        // As the judge: what is under way on lo has arrived before the next step.
        tokio::time::sleep(Duration::from_micros(500)).await;
    }
    results
}

/// Both, side by side, on each network: the first step that ends differently.
async fn difference(
    judge: &mut Judge,
    networks: &server::net::Networks,
    title: &str,
    steps: &[Value],
) -> Vec<String> {
    let theirs = judge.run(steps);
    let mut differences = Vec::new();
    for network in NETWORKS {
        let ours = match network {
            Network::Simulated => simulated(steps),
            network => in_lab(networks, network, steps).await,
        };
        let title = format!("{title} ({})", network.name());
        differences.extend(compare(&title, steps, &ours, &theirs));
    }
    differences
}

fn compare(title: &str, steps: &[Value], ours: &[String], theirs: &[String]) -> Option<String> {
    let n = (0..steps.len()).find(|n| ours[*n] != theirs[*n])?;
    let before = steps[..n].iter().zip(theirs);
    let before: String = before
        .map(|(step, result)| format!("    {step} -> {result}\n"))
        .collect();
    let (step, ours, theirs) = (&steps[n], &ours[n], &theirs[n]);
    Some(format!(
        "{title}:\n{before}  {step}\n    lab:     {ours}\n    python3: {theirs}\n"
    ))
}

const ANY: i32 = 0;

#[tokio::test]
async fn scenarios_end_as_under_python3() {
    let networks = networks().await;
    let mut judge = Judge::start();
    let mut differences = Vec::new();
    for (title, steps) in scenarios() {
        differences.extend(difference(&mut judge, &networks, title, &steps).await);
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

/// What programs do, right and wrong.
fn scenarios() -> Vec<(&'static str, Vec<Value>)> {
    let tcp = |n: u32| json!(["socket", n, INET, STREAM, 0]);
    let udp = |n: u32| json!(["socket", n, INET, DGRAM, 0]);
    let unix = |n: u32, kind: i32| json!(["socket", n, UNIX, kind, 0]);
    let at = |port: u16| json!(["127.0.0.1", port]);
    let connected = || {
        vec![
            tcp(1),
            json!(["bind", 1, at(8888)]),
            json!(["listen", 1, 1]),
            tcp(2),
            json!(["connect", 2, at(8888)]),
            json!(["accept", 1, 3]),
        ]
    };
    let and = |mut first: Vec<Value>, rest: Vec<Value>| {
        first.extend(rest);
        first
    };
    vec![
        (
            "an echo",
            and(
                connected(),
                vec![
                    json!(["getsockname", 1]),
                    json!(["getsockname", 2]),
                    json!(["getpeername", 2]),
                    json!(["getpeername", 3]),
                    json!(["send", 2, "hello", 0]),
                    json!(["recv", 3, 2, 0]),
                    json!(["recvfrom", 3, 1024, 0]),
                    json!(["send", 3, "hello", 0]),
                    json!(["recv", 2, 1024, libc::MSG_PEEK]),
                    json!(["recv", 2, 1024, 0]),
                    json!(["shutdown", 2, 1]),
                    json!(["recv", 3, 10, 0]),
                    json!(["send", 2, "more", 0]),
                    json!(["close", 3]),
                    json!(["recv", 2, 10, 0]),
                    json!(["close", 2]),
                    json!(["recv", 2, 10, 0]),
                ],
            ),
        ),
        (
            "refused, and the same socket tried again",
            vec![
                tcp(1),
                json!(["connect", 1, at(8888)]),
                json!(["connect", 1, at(8888)]),
                tcp(2),
                json!(["bind", 2, at(8888)]),
                json!(["connect", 1, at(8888)]),
                json!(["listen", 2, 5]),
                json!(["connect", 1, at(8888)]),
                json!(["connect", 1, at(8888)]),
                json!(["getsockopt", 1, libc::SOL_SOCKET, libc::SO_ERROR, 0]),
            ],
        ),
        (
            "refused without blocking",
            vec![
                tcp(1),
                json!(["settimeout", 1, 0.0]),
                json!(["connect", 1, at(8888)]),
                json!(["connect", 1, at(8888)]),
                json!(["connect", 1, at(8888)]),
                json!(["getsockopt", 1, libc::SOL_SOCKET, libc::SO_ERROR, 0]),
                json!(["getsockopt", 1, libc::SOL_SOCKET, libc::SO_ERROR, 0]),
                json!(["settimeout", 1, 0.5]),
                json!(["connect", 1, at(8888)]),
                json!(["connect", 1, at(8888)]),
                json!(["settimeout", 1, null]),
                json!(["connect", 1, at(8888)]),
            ],
        ),
        (
            "connecting without blocking",
            vec![
                tcp(1),
                json!(["bind", 1, at(8888)]),
                json!(["listen", 1, 5]),
                tcp(2),
                json!(["settimeout", 2, 0.0]),
                json!(["connect", 2, at(8888)]),
                json!(["select", [], [2], [], 0.5]),
                json!(["getsockopt", 2, libc::SOL_SOCKET, libc::SO_ERROR, 0]),
                json!(["connect", 2, at(8888)]),
                json!(["connect", 2, at(8888)]),
                json!(["recv", 2, 10, 0]),
                json!(["select", [1, 2], [2], [1], 0.5]),
            ],
        ),
        (
            "addresses in use",
            and(
                connected(),
                vec![
                    tcp(4),
                    json!(["bind", 4, at(8888)]),
                    json!(["setsockopt", 4, libc::SOL_SOCKET, libc::SO_REUSEADDR, 1]),
                    json!(["bind", 4, at(8888)]),
                    json!(["bind", 1, at(9999)]),
                    json!(["close", 1]),
                    json!(["bind", 4, at(8888)]),
                    json!(["listen", 4, 1]),
                    tcp(5),
                    json!(["bind", 5, at(8888)]),
                    json!(["bind", 5, ["", 8888]]),
                    json!(["bind", 5, ["10.9.9.9", 8888]]),
                    json!(["bind", 5, ["localhost", 80]]),
                    json!(["getsockname", 5]),
                ],
            ),
        ),
        (
            "names and numbers",
            vec![
                tcp(1),
                json!(["connect", 1, ["::1", 80]]),
                json!(["connect", 1, ["10.1.2.3", 80]]),
                json!(["bind", 1, ["<broadcast>", 80]]),
                json!(["bind", 1, ["127.1", 8081]]),
                json!(["getsockname", 1]),
                json!(["socket", 2, INET6, STREAM, 0]),
                json!(["connect", 2, ["127.0.0.1", 80]]),
                json!(["bind", 2, ["::1", 8082]]),
                json!(["listen", 2, 1]),
                json!(["socket", 3, INET6, STREAM, 0]),
                json!(["connect", 3, ["::1", 8082]]),
                json!(["accept", 2, 4]),
                json!(["getpeername", 3]),
                json!(["socket", 5, INET6, DGRAM, 0]),
                json!(["bind", 5, ["", 8083]]),
                json!(["getsockname", 5]),
                udp(6),
                json!(["sendto", 6, "both", 0, at(8083)]),
                json!(["recvfrom", 5, 100, 0]),
                json!(["setsockopt", 5, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, 1]),
            ],
        ),
        (
            "what is not connected",
            vec![
                tcp(1),
                json!(["send", 1, "x", 0]),
                json!(["recv", 1, 1, 0]),
                json!(["getpeername", 1]),
                json!(["getsockname", 1]),
                json!(["shutdown", 1, 2]),
                json!(["accept", 1, 9]),
                json!(["settimeout", 1, 0.05]),
                json!(["accept", 1, 9]),
                json!(["recv", 1, 1, 0]),
                json!(["send", 1, "x", 0]),
                udp(2),
                json!(["send", 2, "x", 0]),
                json!(["listen", 2, 1]),
                json!(["getpeername", 2]),
                json!(["settimeout", 2, 0.05]),
                json!(["recv", 2, 10, 0]),
                json!(["settimeout", 2, 0.0]),
                json!(["recv", 2, 10, 0]),
                json!(["shutdown", 2, 1]),
            ],
        ),
        (
            "deadlines",
            and(
                connected(),
                vec![
                    json!(["settimeout", 1, 0.05]),
                    json!(["accept", 1, 8]),
                    json!(["settimeout", 3, 0.05]),
                    json!(["recv", 3, 10, 0]),
                    json!(["recvfrom", 3, 10, 0]),
                    json!(["settimeout", 3, 0.0]),
                    json!(["recv", 3, 10, 0]),
                    json!(["settimeout", 3, null]),
                    json!(["recv", 3, 10, libc::MSG_DONTWAIT]),
                    json!([
                        "setsockopt",
                        3,
                        libc::SOL_SOCKET,
                        libc::SO_RCVTIMEO,
                        [0, 0, 0, 0, 0, 0, 0, 0, 80, 195, 0, 0, 0, 0, 0, 0]
                    ]),
                    json!(["recv", 3, 10, 0]),
                    json!(["select", [3], [], [], 0.05]),
                    json!(["select", [3], [3], [3], 0.05]),
                    json!(["select", [3], [], [], 0]),
                ],
            ),
        ),
        (
            "resets",
            and(
                connected(),
                vec![
                    json!(["send", 2, "unread", 0]),
                    json!(["close", 3]),
                    json!(["recv", 2, 10, 0]),
                    json!(["recv", 2, 10, 0]),
                    json!(["send", 2, "x", 0]),
                    json!(["getpeername", 2]),
                ],
            ),
        ),
        (
            "a reset by linger",
            and(
                connected(),
                vec![
                    json!([
                        "setsockopt",
                        2,
                        libc::SOL_SOCKET,
                        libc::SO_LINGER,
                        [1, 0, 0, 0, 0, 0, 0, 0]
                    ]),
                    json!(["getsockopt", 2, libc::SOL_SOCKET, libc::SO_LINGER, 8]),
                    json!(["close", 2]),
                    json!(["getsockopt", 3, libc::SOL_SOCKET, libc::SO_ERROR, 0]),
                    json!(["recv", 3, 10, 0]),
                    json!(["send", 3, "x", 0]),
                ],
            ),
        ),
        (
            "a broken pipe",
            and(
                connected(),
                vec![
                    json!(["close", 3]),
                    json!(["send", 2, "first", 0]),
                    json!(["send", 2, "second", 0]),
                    json!(["recv", 2, 10, 0]),
                    json!(["send", 2, "third", 0]),
                ],
            ),
        ),
        (
            "a full buffer",
            and(
                connected(),
                vec![
                    json!(["settimeout", 2, 0.05]),
                    json!(["setsockopt", 2, libc::SOL_SOCKET, libc::SO_SNDBUF, 8192]),
                    json!(["getsockopt", 2, libc::SOL_SOCKET, libc::SO_SNDBUF, 0]),
                    json!(["recv", 3, 5, libc::MSG_DONTWAIT]),
                    json!(["close", 2]),
                ],
            ),
        ),
        (
            "datagrams",
            vec![
                udp(1),
                json!(["bind", 1, at(1314)]),
                udp(2),
                json!(["sendto", 2, "20.5", 0, ["localhost", 1314]]),
                json!(["sendto", 2, "", 0, at(1314)]),
                json!(["sendto", 2, "long datagram", 0, at(1314)]),
                json!(["recvfrom", 1, 100, 0]),
                json!(["recvfrom", 1, 100, 0]),
                json!(["recvfrom", 1, 4, 0]),
                json!(["sendto", 2, "nobody", 0, at(1315)]),
                json!(["sendto", 2, "still", 0, at(1314)]),
                json!(["connect", 2, at(1315)]),
                json!(["send", 2, "nobody", 0]),
                json!(["send", 2, "refused", 0]),
                json!(["send", 2, "again", 0]),
                json!(["recv", 2, 10, 0]),
                json!(["connect", 2, at(1314)]),
                json!(["send", 2, "there", 0]),
                json!(["recvfrom", 1, 100, 0]),
                json!(["recvfrom", 1, 100, 0]),
                json!(["getpeername", 2]),
                json!(["sendto", 1, "0", 0, ["127.0.0.1", 0]]),
                json!(["sendto", 1, "everybody", 0, ["<broadcast>", 1314]]),
            ],
        ),
        (
            "a datagram too large",
            vec![
                udp(1),
                json!(["connect", 1, at(1314)]),
                json!(["sendbig", 1, 65507]),
                json!(["sendbig", 1, 65508]),
            ],
        ),
        (
            "AF_UNIX streams",
            vec![
                unix(1, STREAM),
                json!(["connect", 1, "chat.sock"]),
                json!(["bind", 1, "chat.sock"]),
                json!(["getsockname", 1]),
                unix(2, STREAM),
                json!(["connect", 2, "chat.sock"]),
                json!(["listen", 1, 1]),
                json!(["connect", 2, "chat.sock"]),
                json!(["connect", 2, "chat.sock"]),
                json!(["accept", 1, 3]),
                json!(["getpeername", 2]),
                json!(["getsockname", 2]),
                json!(["getsockname", 3]),
                json!(["getpeername", 3]),
                json!(["send", 2, "hi", 0]),
                json!(["recvfrom", 3, 10, 0]),
                unix(4, STREAM),
                json!(["bind", 4, "chat.sock"]),
                unix(5, DGRAM),
                json!(["connect", 5, "chat.sock"]),
                json!(["close", 1]),
                unix(6, STREAM),
                json!(["connect", 6, "chat.sock"]),
                json!(["bind", 6, "chat.sock"]),
                json!(["close", 3]),
                json!(["recv", 2, 10, 0]),
                json!(["send", 2, "x", 0]),
                json!(["bind", 2, "other.sock"]),
                json!(["bind", 2, "third.sock"]),
            ],
        ),
        (
            "AF_UNIX paths that are taken away",
            vec![
                json!(["stat", "a.sock"]),
                json!(["unlink", "a.sock"]),
                unix(1, STREAM),
                json!(["bind", 1, "./a.sock"]),
                json!(["stat", "a.sock"]),
                json!(["listen", 1, 1]),
                unix(2, STREAM),
                json!(["bind", 2, "a.sock"]),
                json!(["connect", 2, "a.sock"]),
                json!(["unlink", "a.sock"]),
                json!(["stat", "./a.sock"]),
                json!(["getsockname", 1]),
                json!(["accept", 1, 3]),
                json!(["getpeername", 2]),
                json!(["send", 2, "hi", 0]),
                json!(["recv", 3, 10, 0]),
                unix(4, STREAM),
                json!(["connect", 4, "a.sock"]),
                json!(["bind", 4, "a.sock"]),
                json!(["listen", 4, 1]),
                unix(5, STREAM),
                json!(["connect", 5, ".//a.sock"]),
                json!(["close", 4]),
                json!(["stat", "a.sock"]),
                unix(6, STREAM),
                json!(["bind", 6, "a.sock"]),
                json!(["unlink", "a.sock"]),
                json!(["unlink", "a.sock"]),
                json!(["bind", 6, "a.sock"]),
            ],
        ),
        (
            "AF_UNIX datagrams and abstract names",
            vec![
                unix(1, DGRAM),
                json!(["bind", 1, "\0here"]),
                json!(["getsockname", 1]),
                unix(2, DGRAM),
                json!(["sendto", 2, "hi", 0, "\0here"]),
                json!(["recvfrom", 1, 10, 0]),
                json!(["bind", 2, "there"]),
                json!(["sendto", 2, "hi", 0, "\0here"]),
                json!(["recvfrom", 1, 10, 0]),
                json!(["sendto", 1, "ho", 0, "there"]),
                json!(["recvfrom", 2, 10, 0]),
                json!(["sendto", 1, "ho", 0, "nowhere"]),
                json!(["sendto", 1, "ho", 0, "\0nowhere"]),
                json!(["close", 1]),
                json!(["sendto", 2, "hi", 0, "\0here"]),
                unix(3, DGRAM),
                json!(["bind", 3, "\0here"]),
                json!(["connect", 3, "there"]),
                json!(["send", 3, "x", 0]),
                json!(["getpeername", 3]),
            ],
        ),
        (
            "pairs",
            vec![
                json!(["socketpair", 1, 2, UNIX, STREAM, 0]),
                json!(["getsockname", 1]),
                json!(["send", 1, "ping", 0]),
                json!(["recv", 2, 10, 0]),
                json!(["shutdown", 1, 1]),
                json!(["recv", 2, 10, 0]),
                json!(["close", 2]),
                json!(["send", 1, "x", 0]),
                json!(["recv", 1, 1, 0]),
                json!(["socketpair", 3, 4, UNIX, DGRAM, 0]),
                json!(["send", 3, "one", 0]),
                json!(["send", 3, "two", 0]),
                json!(["recv", 4, 2, 0]),
                json!(["recv", 4, 10, 0]),
                json!(["socketpair", 5, 6, INET, STREAM, 0]),
            ],
        ),
        (
            "urgent data and WAITALL",
            and(
                connected(),
                vec![
                    json!(["recv", 3, 1, libc::MSG_OOB]),
                    json!(["send", 2, "abc", libc::MSG_OOB]),
                    json!(["select", [3], [], [3], 0.5]),
                    json!(["recv", 3, 1, libc::MSG_OOB]),
                    json!(["recv", 3, 10, 0]),
                    json!(["send", 2, "abc", 0]),
                    json!(["send", 2, "def", 0]),
                    json!(["recv", 3, 5, libc::MSG_WAITALL]),
                    json!(["shutdown", 2, 1]),
                    json!(["recv", 3, 5, libc::MSG_WAITALL]),
                ],
            ),
        ),
        (
            "shut down",
            and(
                connected(),
                vec![
                    json!(["shutdown", 3, 0]),
                    json!(["recv", 3, 10, 0]),
                    json!(["send", 2, "x", 0]),
                    json!(["recv", 3, 10, 0]),
                    json!(["shutdown", 3, 2]),
                    json!(["shutdown", 3, 7]),
                    json!(["send", 3, "x", 0]),
                    json!(["shutdown", 1, 0]),
                    json!(["accept", 1, 9]),
                    json!(["listen", 1, 1]),
                ],
            ),
        ),
        (
            "options",
            vec![
                tcp(1),
                json!(["getsockopt", 1, libc::SOL_SOCKET, libc::SO_TYPE, 0]),
                json!(["getsockopt", 1, libc::SOL_SOCKET, libc::SO_REUSEADDR, 0]),
                json!(["setsockopt", 1, libc::SOL_SOCKET, libc::SO_REUSEADDR, 1]),
                json!(["getsockopt", 1, libc::SOL_SOCKET, libc::SO_REUSEADDR, 0]),
                json!(["setsockopt", 1, libc::SOL_SOCKET, libc::SO_KEEPALIVE, 1]),
                json!(["setsockopt", 1, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1]),
                json!(["getsockopt", 1, libc::IPPROTO_TCP, libc::TCP_NODELAY, 0]),
                json!(["setsockopt", 1, libc::IPPROTO_TCP, libc::TCP_KEEPIDLE, 30]),
                json!(["getsockopt", 1, libc::IPPROTO_TCP, libc::TCP_KEEPIDLE, 0]),
                json!(["setsockopt", 1, libc::IPPROTO_TCP, libc::TCP_MAXSEG, 5]),
                json!(["setsockopt", 1, libc::IPPROTO_IP, libc::IP_TTL, 5]),
                json!(["getsockopt", 1, libc::IPPROTO_IP, libc::IP_TTL, 0]),
                json!(["setsockopt", 1, libc::IPPROTO_IP, libc::IP_TTL, 300]),
                json!(["setsockopt", 1, 12345, 1, 1]),
                json!(["getsockopt", 1, libc::SOL_SOCKET, 9999, 0]),
                json!(["setsockopt", 1, libc::SOL_SOCKET, libc::SO_TYPE, 1]),
                json!(["setsockopt", 1, libc::SOL_SOCKET, libc::SO_KEEPALIVE, [1]]),
                udp(2),
                json!(["setsockopt", 2, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1]),
                json!(["setsockopt", 2, libc::IPPROTO_IP, libc::IP_MULTICAST_TTL, 2]),
                json!(["getsockopt", 2, libc::IPPROTO_IP, libc::IP_MULTICAST_TTL, 0]),
                json!(["setsockopt", 2, libc::SOL_SOCKET, libc::SO_BROADCAST, 1]),
                json!(["getsockopt", 2, libc::SOL_SOCKET, libc::SO_BROADCAST, 4]),
            ],
        ),
        (
            "kinds of sockets",
            vec![
                json!(["socket", 1, INET, libc::SOCK_STREAM, libc::IPPROTO_UDP]),
                json!(["socket", 2, INET, libc::SOCK_DGRAM, libc::IPPROTO_TCP]),
                json!(["socket", 3, INET, libc::SOCK_STREAM, libc::IPPROTO_TCP]),
                json!(["socket", 4, INET, 77, 0]),
                json!(["socket", 5, 200, STREAM, 0]),
                json!(["socket", 6, INET, libc::SOCK_SEQPACKET, 0]),
                json!(["socket", 7, UNIX, STREAM, 5]),
            ],
        ),
        ("names looked up", lookups()),
    ]
}

/// The table's answers are CPython's where /etc/hosts has only localhost in both families.
fn lookups() -> Vec<Value> {
    let mut steps = vec![
        json!(["gethostbyname", "localhost"]),
        json!(["gethostbyname", "127.0.0.1"]),
    ];
    for (host, service, family, kind, proto, flags) in [
        (json!("127.0.0.1"), json!(8080), ANY, ANY, 0, 0),
        (json!("127.0.0.1"), json!("http"), ANY, ANY, 0, 0),
        (json!("127.0.0.1"), json!("80"), INET, STREAM, 0, 0),
        (json!("127.0.0.1"), json!(80), INET6, STREAM, 0, 0),
        (json!("::1"), json!(80), ANY, STREAM, 0, 0),
        (json!("::1"), json!(80), INET, STREAM, 0, 0),
        (json!(null), json!(80), ANY, STREAM, 0, 1),
        (json!(null), json!(80), INET, STREAM, 0, 0),
        (json!(null), json!(null), ANY, ANY, 0, 0),
        (json!("127.0.0.1"), json!("nosuchservice"), ANY, ANY, 0, 0),
        (json!("127.0.0.1"), json!("http"), ANY, DGRAM, 0, 0),
        (json!("127.0.0.1"), json!("domain"), ANY, DGRAM, 0, 0),
        (json!("127.0.0.1"), json!(80), ANY, ANY, 6, 0),
        (json!("127.0.0.1"), json!(80), ANY, ANY, 17, 0),
        (json!("127.0.0.1"), json!(80), ANY, DGRAM, 6, 0),
        (json!("127.0.0.1"), json!(80), ANY, 77, 0, 0),
        (json!("127.0.0.1"), json!(80), 99, STREAM, 0, 0),
        (json!("127.0.0.1"), json!(80), ANY, STREAM, 0, 1 << 14),
        (json!("127.0.0.1"), json!(80), ANY, STREAM, 0, 2),
        (json!("localhost"), json!(80), ANY, STREAM, 0, 4),
        (json!("localhost"), json!("http"), INET, STREAM, 0, 0x400),
        (json!("localhost"), json!(80), INET, STREAM, 0, 0),
    ] {
        steps.push(json!(["getaddrinfo", host, service, family, kind, proto, flags]));
    }
    steps
}

/// A small generator (xorshift64*), so that every run makes the same scenarios.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % sides
    }

    fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.roll(list.len())].clone()
    }
}

/// Forty calls on a few sockets, in any order, sensible or not. No call can wait for ever.
fn random_steps(seed: u64) -> Vec<Value> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let family = dice.pick(&[INET, INET, INET, INET6, UNIX]);
    let kind = dice.pick(&[STREAM, STREAM, STREAM, DGRAM]);
    let mut steps = Vec::new();
    let mut socks = Vec::new();
    let mut next = 1;
    let places = match family {
        INET => vec![
            json!(["127.0.0.1", 5001]),
            json!(["localhost", 5002]),
            json!(["", 5001]),
            json!(["127.0.0.2", 5001]),
        ],
        INET6 => vec![json!(["::1", 5001]), json!(["::1", 5002]), json!(["", 5001])],
        _ => vec![json!("a.sock"), json!("b.sock"), json!("\0abstract")],
    };
    // Something to play with: a listener, or a bound socket.
    for _ in 0..3 {
        let other = dice.roll(12) == 0;
        steps.push(json!([
            "socket",
            next,
            family,
            if other { DGRAM } else { kind },
            0
        ]));
        steps.push(json!(["settimeout", next, dice.pick(&[0.0, 0.02])]));
        socks.push(next);
        next += 1;
    }
    steps.push(json!(["bind", 1, places[0]]));
    if kind == STREAM {
        steps.push(json!(["listen", 1, dice.roll(3)]));
        steps.push(json!(["connect", 2, places[0]]));
    }
    for _ in 0..40 {
        let sock = dice.pick(&socks);
        let place = dice.pick(&places);
        let text = dice.pick(&["", "a", "hello", "twelve bytes"]);
        let step = match dice.roll(24) {
            0 if socks.len() < 8 => {
                steps.push(json!(["socket", next, family, kind, 0]));
                socks.push(next);
                next += 1;
                json!(["settimeout", next - 1, dice.pick(&[0.0, 0.02])])
            }
            1 => json!(["bind", sock, place]),
            2 => json!(["listen", sock, dice.roll(3)]),
            3..=5 => json!(["connect", sock, place]),
            6..=8 if socks.len() < 12 => {
                let new = next;
                next += 1;
                steps.push(json!(["accept", sock, new]));
                socks.push(new);
                json!(["settimeout", new, dice.pick(&[0.0, 0.02])])
            }
            9..=12 => json!(["send", sock, text, dice.pick(&[0, 0, 0, libc::MSG_DONTWAIT])]),
            13 if kind == DGRAM => json!(["sendto", sock, text, 0, place]),
            13..=16 => json!([
                "recv",
                sock,
                dice.pick(&[1, 3, 100]),
                dice.pick(&[0, 0, libc::MSG_PEEK])
            ]),
            17 => json!(["recvfrom", sock, 100, 0]),
            18 => json!(["shutdown", sock, dice.roll(3)]),
            19 if dice.roll(2) == 0 => json!(["close", sock]),
            20 => json!(["getsockname", sock]),
            21 => json!(["getpeername", sock]),
            22 => json!([
                "getsockopt",
                sock,
                libc::SOL_SOCKET,
                dice.pick(&[libc::SO_ERROR, libc::SO_TYPE, libc::SO_ACCEPTCONN]),
                0
            ]),
            _ => json!(["select", socks, socks, socks, 0]),
        };
        steps.push(step);
    }
    steps
}

#[tokio::test]
async fn whatever_programs_do_ends_as_under_python3() {
    let networks = networks().await;
    let mut judge = Judge::start();
    let mut differences = Vec::new();
    let (first, count) = match std::env::var("WIRELAB_SEEDS") {
        Ok(range) => range
            .split_once('+')
            .map(|(a, b)| (a.parse().unwrap(), b.parse().unwrap()))
            .unwrap(),
        Err(_) => (1, 60_u64),
    };
    for seed in first..first + count {
        let steps = random_steps(seed);
        differences.extend(difference(&mut judge, &networks, &format!("seed {seed}"), &steps).await);
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}
