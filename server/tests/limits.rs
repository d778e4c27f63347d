//! Limits of the server, made small: each is one plain sentence, and what was there goes on. And how the server ends.
#![allow(clippy::unwrap_used)]

#[path = "common/mod.rs"]
mod common;
#[path = "common/page.rs"]
mod page;

use common::{recv, send, sent, v4};
use futures_util::SinkExt;
use page::{Page, Server, close_code, get, open, put};
use protocol::{Call, FromPage, FromServer, Outcome, SocketId, VERSION};
use server::serve::ServeArgs;
use server::ws::{Hub, Limits};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const LISTENER: SocketId = SocketId(1);
const CLIENT: SocketId = SocketId(2);
const SERVER: SocketId = SocketId(3);

fn socket(sock: SocketId) -> Call {
    Call::Socket {
        sock,
        family: libc::AF_INET,
        kind: libc::SOCK_STREAM,
        proto: 0,
    }
}

/// A server in this process, with limits of one's own, and its helper.
struct Small {
    address: String,
    hub: Arc<Hub>,
    helper: u32,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Small {
    async fn start(limits: Limits) -> Self {
        let networks = common::networks().await;
        let helper = networks
            .helper_pid()
            .expect("labs have networks of their own here");
        let args = ServeArgs {
            listen: "127.0.0.1:0".parse().unwrap(),
            allow_host: Vec::new(),
            publish: false,
            site: Some(Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()),
            allow: Vec::new(),
        };
        let server = server::serve::Server::bind(&args, networks, limits)
            .await
            .unwrap();
        Self {
            address: server.address.to_string(),
            hub: server.hub(),
            helper,
            task: tokio::spawn(server.run()),
        }
    }

    async fn page(&self) -> Page {
        Page::connect(&self.address, None).await
    }

    /// Waits until there are so many sessions and networks of labs.
    async fn until(&self, sessions: usize, labs: usize) {
        for _ in 0..2000 {
            // The helper's home is one more, opened once to be held and once as where it is.
            if (self.hub.sessions(), namespaces_of(self.helper).len()) == (sessions, labs + 1) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!(
            "{} sessions and {} namespaces, not {sessions} and {}",
            self.hub.sessions(),
            namespaces_of(self.helper).len(),
            labs + 1
        );
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The identities of the network namespaces that a process is in or holds open.
fn namespaces_of(pid: u32) -> BTreeSet<String> {
    let held = std::fs::read_dir(format!("/proc/{pid}/fd"))
        .map(|fds| fds.flatten().map(|fd| fd.path()).collect::<Vec<_>>())
        .unwrap_or_default();
    held.into_iter()
        .chain([format!("/proc/{pid}/ns/net").into()])
        .filter_map(|path| std::fs::read_link(path).ok())
        .map(|to| to.to_string_lossy().into_owned())
        .filter(|to| to.starts_with("net:["))
        .collect()
}

/// A page with a lab in which a connection stands.
async fn connected(page: &mut Page, lab: u32) {
    page.open_lab(lab).await;
    for call in [
        socket(LISTENER),
        Call::Bind {
            sock: LISTENER,
            addr: v4(8080),
        },
        Call::Listen {
            sock: LISTENER,
            backlog: 1,
        },
        socket(CLIENT),
        Call::Connect {
            sock: CLIENT,
            addr: v4(8080),
        },
        Call::Accept {
            sock: LISTENER,
            new: SERVER,
        },
    ] {
        assert!(page.call(lab, call).await.is_ok());
    }
}

/// The sentence that ends a connection before it has a session, and the code behind it.
async fn refusal(address: &str) -> (String, u16) {
    let mut socket = open(address).await;
    let hello = FromPage::Hello {
        version: VERSION,
        resume: None,
    };
    put(&mut socket, hello).await;
    match get(&mut socket).await.unwrap() {
        FromServer::Problem {
            text, fatal: true, ..
        } => (text, close_code(&mut socket).await.0),
        other => panic!("{other:?}"),
    }
}

/// A problem that is not the end: its sentence.
async fn problem(page: &mut Page, ask: impl FnOnce(protocol::CallId) -> FromPage) -> String {
    let id = page.id();
    page.say(ask(id)).await;
    match page.answer(id).await {
        FromServer::Problem {
            text, fatal: false, ..
        } => text,
        other => panic!("{other:?}"),
    }
}

fn opening(lab: u32) -> impl FnOnce(protocol::CallId) -> FromPage {
    move |id| FromPage::Open {
        id,
        lab,
        plan: protocol::Plan::simple(protocol::Network::Loopback),
    }
}

#[tokio::test]
async fn a_session_lost_without_a_close_is_kept_for_a_while_and_then_gone() {
    let server = Small::start(Limits {
        resume: Duration::from_millis(1500),
        ..Limits::default()
    })
    .await;
    let mut page = server.page().await;
    connected(&mut page, 1).await;
    server.until(1, 1).await;
    // Lost and taken up again in time: nothing has ended.
    let (resume, next_id) = (page.resume(), page.next_id);
    drop(page);
    let mut page = Page::connect(&server.address, Some(resume)).await;
    assert!(page.resumed);
    page.next_id = next_id;
    assert_eq!(page.call(1, send(CLIENT, b"x")).await, sent(1));
    // Lost for good: its sockets are closed and its network is gone.
    let resume = page.resume();
    drop(page);
    server.until(0, 0).await;
    assert!(!Page::connect(&server.address, Some(resume)).await.resumed);
}

#[tokio::test]
async fn a_session_that_asks_for_nothing_is_closed_with_a_reason() {
    let server = Small::start(Limits {
        idle: Duration::from_secs(1),
        ping: Duration::from_millis(50),
        ..Limits::default()
    })
    .await;
    let mut page = server.page().await;
    page.open_lab(1).await;
    loop {
        match get(&mut page.socket).await.unwrap() {
            FromServer::Problem {
                text, fatal: true, ..
            } => {
                assert!(text.contains("long time"), "{text}");
                break;
            }
            FromServer::Changed { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(close_code(&mut page.socket).await.0, 1000);
    server.until(0, 0).await;
}

#[tokio::test]
async fn a_page_that_does_not_answer_pings_rests() {
    let server = Small::start(Limits {
        ping: Duration::from_millis(50),
        silence: Duration::from_secs(1),
        resume: Duration::from_millis(300),
        ..Limits::default()
    })
    .await;
    // Nobody reads this connection, so nobody answers its pings.
    let mut page = server.page().await;
    page.open_lab(1).await;
    server.until(0, 0).await;
    drop(page);
}

#[tokio::test]
async fn a_page_that_never_acknowledges_goes_on_with_a_new_connection() {
    let server = Small::start(Limits {
        ping: Duration::from_millis(50),
        patience: Duration::from_millis(500),
        ..Limits::default()
    })
    .await;
    let mut page = server.page().await;
    page.open_lab(1).await;
    let data = vec![7; 128 << 10];
    // Far more than is read ahead, without one acknowledgement: paused, and at last told why.
    let (mut out, mut incoming) = futures_util::StreamExt::split(page.socket);
    let mut id = page.next_id;
    let sending = tokio::spawn(async move {
        for _ in 0..400 {
            id += 1;
            let call = FromPage::Call {
                id: protocol::CallId(id),
                lab: 1,
                host: protocol::HostId(0),
                call: send(CLIENT, &data),
            };
            if out.send(page::packed(call)).await.is_err() {
                break;
            }
        }
        for _ in 0..200_000 {
            id += 1;
            let call = FromPage::Call {
                id: protocol::CallId(id),
                lab: 1,
                host: protocol::HostId(0),
                call: Call::GetHostName,
            };
            if out.send(page::packed(call)).await.is_err() {
                break;
            }
        }
    });
    let mut received = page.received;
    let code: u16 = loop {
        match futures_util::StreamExt::next(&mut incoming).await {
            Some(Ok(tokio_tungstenite::tungstenite::Message::Close(Some(frame)))) => break frame.code.into(),
            Some(Ok(message)) => {
                if let Ok(text) = message.to_text()
                    && let Ok(message) = protocol::frame::decode_text::<FromServer>(text)
                    && let Some(seq) = message.seq()
                {
                    assert_eq!(seq, received + 1);
                    received = seq;
                }
            }
            other => panic!("no reason: {other:?}"),
        }
    };
    assert_eq!(code, 1013);
    sending.abort();
    let resume = protocol::message::Resume {
        session: page.session,
        secret: page.secret,
        received,
    };
    let mut again = Page::connect(&server.address, Some(resume)).await;
    assert!(again.resumed, "the session is kept");
    again.next_id = 1_000_000;
    let last = again.id();
    again
        .say(FromPage::Call {
            id: last,
            lab: 1,
            host: protocol::HostId(0),
            call: Call::GetHostName,
        })
        .await;
    loop {
        if matches!(again.hear().await, FromServer::Reply { id, .. } if id == last) {
            break;
        }
        again.ack().await;
    }
}

#[tokio::test]
async fn one_session_too_many_is_refused_and_the_others_go_on() {
    let server = Small::start(Limits {
        sessions: 2,
        ..Limits::default()
    })
    .await;
    let (mut first, mut second) = (server.page().await, server.page().await);
    connected(&mut first, 1).await;
    let (text, code) = refusal(&server.address).await;
    assert!(text.contains("as many sessions") && code == 1013, "{text} {code}");
    assert_eq!(first.call(1, send(CLIENT, b"x")).await, sent(1));
    second.socket.close(None).await.unwrap();
    server.until(1, 1).await;
    // There is room again.
    let mut third = server.page().await;
    third.open_lab(1).await;
}

#[tokio::test]
async fn one_lab_too_many_is_refused_and_the_others_go_on() {
    let server = Small::start(Limits {
        labs_per_session: 2,
        labs: 3,
        ..Limits::default()
    })
    .await;
    let (mut first, mut second) = (server.page().await, server.page().await);
    connected(&mut first, 1).await;
    first.open_lab(2).await;
    let text = problem(&mut first, opening(3)).await;
    assert!(text.contains("2 labs"), "{text}");
    second.open_lab(1).await;
    let text = problem(&mut second, opening(2)).await;
    assert!(text.contains("server has as many labs"), "{text}");
    assert_eq!(first.call(1, send(CLIENT, b"x")).await, sent(1));
    assert_eq!(second.call(1, socket(CLIENT)).await, Outcome::Done);
    // A reset keeps its place; a closed lab gives its own back.
    let id = second.id();
    second.say(FromPage::Reset { id, lab: 1 }).await;
    assert!(matches!(second.answer(id).await, FromServer::Opened { .. }));
    first.say(FromPage::CloseLab { lab: 2 }).await;
    server.until(2, 2).await;
    second.open_lab(2).await;
}

#[tokio::test]
async fn what_labs_do_not_allow_is_one_clear_error_each() {
    let server = Small::start(Limits::default()).await;
    let (mut page, mut other) = (server.page().await, server.page().await);
    connected(&mut page, 1).await;
    connected(&mut other, 1).await;
    page.open_lab(2).await;
    let errno = |name| common::errno(name);
    let connect = |addr| Call::Connect { sock: CLIENT, addr };
    // Closed, foreign (of another lab, of another session), never there.
    assert_eq!(page.call(1, Call::Close { sock: SERVER }).await, Outcome::Done);
    assert_eq!(page.call(1, recv(SERVER, 1)).await, errno("EBADF"));
    assert_eq!(page.call(1, Call::Close { sock: SERVER }).await, errno("EBADF"));
    assert_eq!(page.call(2, recv(CLIENT, 1)).await, errno("EBADF"));
    assert_eq!(page.call(1, recv(SocketId(77), 1)).await, errno("EBADF"));
    // Addresses outside the lab, the machine's own among them.
    assert_eq!(page.call(2, socket(CLIENT)).await, Outcome::Done);
    for outside in ["1.1.1.1", "192.168.0.1", "10.9.9.9"] {
        let outcome = page.call(2, connect(common::ip(outside, 80))).await;
        assert_eq!(outcome, errno("ENETUNREACH"), "{outside}");
        let bind = Call::Bind {
            sock: CLIENT,
            addr: common::ip(outside, 80),
        };
        assert_eq!(page.call(2, bind).await, errno("EADDRNOTAVAIL"), "{outside}");
    }
    let port = server.address.parse::<std::net::SocketAddr>().unwrap().port();
    assert_eq!(page.call(2, connect(v4(port))).await, errno("ECONNREFUSED"));
    // Paths are names inside the lab, whatever lies in the machine's file system.
    let directory = tempfile::tempdir().unwrap();
    let real = directory.path().join("real.sock");
    let _listening = std::os::unix::net::UnixListener::bind(&real).unwrap();
    let unix = Call::Socket {
        sock: LISTENER,
        family: libc::AF_UNIX,
        kind: libc::SOCK_STREAM,
        proto: 0,
    };
    assert_eq!(page.call(2, unix).await, Outcome::Done);
    for path in ["/var/run/docker.sock", real.to_str().unwrap()] {
        let connect = Call::Connect {
            sock: LISTENER,
            addr: common::path(path),
        };
        assert_eq!(page.call(2, connect).await, errno("ENOENT"), "{path}");
    }
    // A field that nobody knows changes nothing.
    let id = page.id();
    let strange = format!(
        r#"{{"t":"call","id":{},"lab":1,"call":{{"op":"gethostname"}},"colour":"red"}}"#,
        id.0
    );
    page.socket
        .send(tokio_tungstenite::tungstenite::Message::text(strange))
        .await
        .unwrap();
    assert!(page.outcome(id).await.is_ok());
    // All that was there goes on.
    assert_eq!(other.call(1, send(CLIENT, b"x")).await, sent(1));
    assert!(page.call(1, Call::GetHostName).await.is_ok());
}

/// The children of a process.
fn children_of(pid: u32) -> Vec<u32> {
    std::fs::read_dir(format!("/proc/{pid}/task"))
        .map(|tasks| tasks.flatten().collect::<Vec<_>>())
        .unwrap_or_default()
        .iter()
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|text| {
            text.split_whitespace()
                .filter_map(|word| word.parse().ok())
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Is the process there, and not only to be waited for?
fn lives(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')))
}

/// All network namespaces that processes of this machine, as far as we may look, are in or hold.
fn all_namespaces() -> BTreeSet<String> {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_string_lossy().parse().ok())
        .flat_map(namespaces_of)
        .collect()
}

async fn ends_by(signal: &str, status: impl Fn(std::process::ExitStatus) -> bool) {
    let mut server = Server::start(&[]);
    let pid = server.process.id();
    let mut pages = Vec::new();
    for _ in 0..3 {
        let mut page = server.page().await;
        for lab in 1..=2 {
            connected(&mut page, lab).await;
            // Somebody waits in the kernel.
            page.start(lab, recv(SERVER, 1)).await;
        }
        pages.push(page);
    }
    let helpers = children_of(pid);
    let labs: BTreeSet<String> = helpers.iter().flat_map(|helper| namespaces_of(*helper)).collect();
    assert!(!helpers.is_empty() && labs.len() >= 6, "{helpers:?} {labs:?}");
    let killed = std::process::Command::new("kill")
        .args([signal, &pid.to_string()])
        .status();
    assert!(killed.unwrap().success());
    let ended = tokio::task::spawn_blocking(move || {
        let ended = server.process.wait().unwrap();
        (ended, server)
    });
    let (ended, _server) = tokio::time::timeout(Duration::from_secs(20), ended)
        .await
        .expect("the server ends")
        .unwrap();
    assert!(status(ended), "{signal}: {ended}");
    for _ in 0..1000 {
        if !helpers.iter().any(|helper| lives(*helper)) && all_namespaces().is_disjoint(&labs) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!(
        "{signal}: left are processes {:?}, networks {:?}",
        helpers
            .iter()
            .filter(|helper| lives(**helper))
            .collect::<Vec<_>>(),
        all_namespaces().intersection(&labs).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn ctrl_c_leaves_nothing_behind() {
    ends_by("-INT", |status| status.success()).await;
}

#[tokio::test]
async fn sigterm_leaves_nothing_behind() {
    ends_by("-TERM", |status| status.success()).await;
}

#[tokio::test]
async fn sigkill_leaves_nothing_behind() {
    ends_by("-KILL", |status| !status.success()).await;
}
