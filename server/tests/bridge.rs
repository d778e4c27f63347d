//! Sessions over the WebSocket, against `wirelab serve` as a process of its own.
#![allow(clippy::unwrap_used)]

#[path = "common/mod.rs"]
mod common;
#[path = "common/page.rs"]
mod page;

use common::{bytes, recv, send, sent, v4};
use futures_util::SinkExt;
use page::{Page, Server, close_code, get, open, put};
use protocol::message::Resume;
use protocol::wire::Fate;
use protocol::{
    Call, FromPage, FromServer, Network, Outcome, Plan, SocketId, VERSION, WireAction, WireNews, bounds,
};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

const STREAM: i32 = libc::SOCK_STREAM;
const LISTENER: SocketId = SocketId(1);
const CLIENT: SocketId = SocketId(2);
const SERVER: SocketId = SocketId(3);

fn socket(sock: SocketId) -> Call {
    Call::Socket {
        sock,
        family: libc::AF_INET,
        kind: STREAM,
        proto: 0,
    }
}

/// The calls of an echo: server and client, and what comes back.
fn echo() -> Vec<(Call, Option<Outcome>)> {
    let done = Some(Outcome::Done);
    vec![
        (socket(LISTENER), done.clone()),
        (
            Call::Bind {
                sock: LISTENER,
                addr: v4(8888),
            },
            done.clone(),
        ),
        (
            Call::Listen {
                sock: LISTENER,
                backlog: 1,
            },
            done.clone(),
        ),
        (socket(CLIENT), done.clone()),
        (
            Call::Connect {
                sock: CLIENT,
                addr: v4(8888),
            },
            done.clone(),
        ),
        (
            Call::Accept {
                sock: LISTENER,
                new: SERVER,
            },
            None,
        ),
        (send(CLIENT, b"Hello, world"), Some(sent(12))),
        (recv(SERVER, 5), Some(bytes(b"Hello"))),
        (recv(SERVER, 1024), Some(bytes(b", world"))),
        (send(SERVER, b"Hello, world"), Some(sent(12))),
        (recv(CLIENT, 1024), Some(bytes(b"Hello, world"))),
        (Call::Close { sock: CLIENT }, done.clone()),
        (recv(SERVER, 1024), Some(bytes(b""))),
        (Call::Close { sock: SERVER }, done.clone()),
        (Call::Close { sock: LISTENER }, done),
    ]
}

async fn run_echo(page: &mut Page) {
    for (call, expected) in echo() {
        let name = call.name();
        let outcome = page.call(1, call).await;
        match expected {
            Some(expected) => assert_eq!(outcome, expected, "{name}"),
            None => assert!(outcome.is_ok(), "{name}: {outcome:?}"),
        }
    }
}

#[tokio::test]
async fn an_echo_over_the_bridge() {
    let server = Server::start(&[]);
    let mut page = server.page().await;
    assert!(!page.can_publish);
    page.open_lab(1).await;
    run_echo(&mut page).await;
}

/// Cuts the connection after the `cut`th message in either direction, counted over the whole conversation.
async fn echo_cut_after(server: &Server, cut: usize) -> bool {
    let mut page = server.page().await;
    page.open_lab(1).await;
    let mut count = 0;
    let mut was_cut = false;
    let calls = echo();
    let mut id = page.next_id;
    for (call, expected) in calls {
        id += 1;
        page.next_id = id;
        let request = FromPage::Call {
            id: protocol::CallId(id),
            lab: 1,
            host: protocol::HostId(0),
            call,
        };
        // Sent; perhaps the connection is cut right behind it, or before it.
        let mut outcome = None;
        for moment in ["before", "sent", "answered"] {
            match moment {
                "before" => {}
                "sent" => page.say(request.clone()).await,
                _ => outcome = Some(page.outcome(protocol::CallId(id)).await),
            }
            count += 1;
            if count == cut {
                was_cut = true;
                let resume = page.resume();
                drop(page.socket);
                page = Page::connect(&server.address, Some(resume)).await;
                assert!(page.resumed);
                page.next_id = id;
                if moment == "sent" {
                    // The page cannot know whether it has arrived.
                    page.say(request.clone()).await;
                }
            }
        }
        match (outcome.unwrap(), expected) {
            (outcome, Some(expected)) => assert_eq!(outcome, expected, "cut {cut}"),
            (outcome, None) => assert!(outcome.is_ok(), "cut {cut}: {outcome:?}"),
        }
        if id % 4 == 0 {
            page.ack().await;
        }
    }
    page.socket.close(None).await.unwrap();
    was_cut
}

#[tokio::test]
async fn an_echo_cut_after_every_message_loses_and_doubles_nothing() {
    let server = Server::start(&[]);
    let mut cut = 1;
    while echo_cut_after(&server, cut).await {
        cut += 1;
    }
    assert_eq!(cut, 3 * echo().len() + 1);
}

#[tokio::test]
async fn a_call_that_waits_outlives_the_connection() {
    let server = Server::start(&[]);
    let mut page = server.page().await;
    page.open_lab(1).await;
    for call in [
        socket(LISTENER),
        Call::Bind {
            sock: LISTENER,
            addr: v4(8888),
        },
        Call::Listen {
            sock: LISTENER,
            backlog: 1,
        },
    ] {
        assert_eq!(page.call(1, call).await, Outcome::Done);
    }
    let accept = page
        .start(
            1,
            Call::Accept {
                sock: LISTENER,
                new: SERVER,
            },
        )
        .await;
    let id = page.id();
    page.say(FromPage::Confirm {
        id,
        lab: 1,
        calls: vec![accept],
    })
    .await;
    match page.answer(id).await {
        FromServer::Confirmed { waiting, .. } => assert_eq!(waiting, [accept]),
        other => panic!("{other:?}"),
    }
    let (resume, next_id) = (page.resume(), page.next_id);
    // The old connection stays: the new one takes the session from it.
    let mut old = page;
    let mut page = Page::connect(&server.address, Some(resume)).await;
    assert!(page.resumed);
    page.next_id = next_id;
    match get(&mut old.socket).await.unwrap() {
        FromServer::Problem { fatal, .. } => assert!(fatal),
        other => panic!("{other:?}"),
    }
    assert_eq!(page.call(1, socket(CLIENT)).await, Outcome::Done);
    let connect = page
        .start(
            1,
            Call::Connect {
                sock: CLIENT,
                addr: v4(8888),
            },
        )
        .await;
    let (mut accepted, mut connected) = (false, false);
    while !(accepted && connected) {
        if let FromServer::Reply { id, outcome, .. } = page.hear().await {
            assert!(outcome.is_ok(), "{outcome:?}");
            accepted |= id == accept;
            connected |= id == connect;
        }
    }
}

#[tokio::test]
async fn a_wrong_secret_gets_a_new_session() {
    let server = Server::start(&[]);
    let page = server.page().await;
    let mut wrong = page.resume();
    wrong.secret = wrong.secret.chars().rev().collect();
    let stranger = Page::connect(&server.address, Some(wrong)).await;
    assert!(!stranger.resumed);
    assert_ne!(stranger.session, page.session);
    let nobody = Resume {
        session: protocol::SessionId(999),
        secret: page.secret.clone(),
        received: 0,
    };
    assert!(!Page::connect(&server.address, Some(nobody)).await.resumed);
}

#[tokio::test]
async fn a_close_frame_ends_the_session_at_once() {
    let server = Server::start(&[]);
    let mut page = server.page().await;
    page.open_lab(1).await;
    let resume = page.resume();
    page.socket.close(None).await.unwrap();
    while get(&mut page.socket).await.is_ok() {}
    assert!(!Page::connect(&server.address, Some(resume)).await.resumed);
}

#[tokio::test]
async fn malformed_messages_get_one_clear_problem_and_the_session_goes_on() {
    let server = Server::start(&[]);
    let mut page = server.page().await;
    page.open_lab(1).await;
    let bad: Vec<Message> = vec![
        Message::text("not json"),
        Message::text("{}"),
        Message::text("[1,2,3]"),
        Message::text(r#"{"t":"call","id":77,"lab":1,"call":{"op":"fork"}}"#),
        Message::text(
            r#"{"t":"call","id":78,"lab":1,"call":{"op":"bind","sock":1,"addr":{"v4":{"ip":"127.0.0.1","port":70000}}}}"#,
        ),
        Message::text(r#"{"t":"call","id":79,"lab":1,"call":{"op":"settimeout","sock":1,"timeout":1e999}}"#),
        Message::text("[".repeat(100_000)),
        Message::text(format!(r#"{{"t":"{}"}}"#, "é".repeat(100_000))),
        Message::binary(vec![]),
        Message::binary(vec![255; 3]),
        Message::binary(vec![255; 40]),
        Message::binary(b"\x02\0\0\0{}stray".to_vec()),
    ];
    for message in bad {
        let shown: String = message.to_string().chars().take(60).collect();
        page.socket.send(message).await.unwrap();
        match page.hear().await {
            FromServer::Problem { text, fatal, .. } => {
                assert!(!fatal && text.chars().count() < 320, "{shown}: {text}");
            }
            other => panic!("{shown}: {other:?}"),
        }
    }
    page.next_id = 100;
    run_echo(&mut page).await;
}

#[tokio::test]
async fn requests_that_cannot_be_are_answered() {
    let server = Server::start(&[]);
    let mut page = server.page().await;
    page.open_lab(1).await;
    // No such lab; the lab twice; another session's socket number; ids that do not count up.
    let id = page.start(9, socket(CLIENT)).await;
    assert!(matches!(
        page.answer(id).await,
        FromServer::Problem { fatal: false, .. }
    ));
    let id = page.id();
    page.say(FromPage::Open {
        id,
        lab: 1,
        plan: protocol::Plan::simple(protocol::Network::Loopback),
    })
    .await;
    assert!(matches!(
        page.answer(id).await,
        FromServer::Problem { fatal: false, .. }
    ));
    assert_eq!(
        page.call(1, recv(SocketId(5), 1)).await,
        Outcome::errno(libc::EBADF)
    );
    page.say(FromPage::Call {
        id,
        lab: 1,
        host: protocol::HostId(0),
        call: Call::GetHostName,
    })
    .await;
    match page.hear().await {
        FromServer::Problem { id: about, .. } => assert_eq!(about, Some(id)),
        other => panic!("{other:?}"),
    }
    let id = page.id();
    page.say(FromPage::Publish {
        id,
        lab: 1,
        port: 8080,
    })
    .await;
    assert!(matches!(
        page.answer(id).await,
        FromServer::Problem { fatal: false, .. }
    ));
    run_echo(&mut page).await;
}

#[tokio::test]
async fn other_versions_and_silence_are_told_why() {
    let server = Server::start(&[]);
    let mut socket = open(&server.address).await;
    put(
        &mut socket,
        FromPage::Hello {
            version: VERSION + 1,
            resume: None,
        },
    )
    .await;
    match get(&mut socket).await.unwrap() {
        FromServer::Problem {
            seq: 0,
            text,
            fatal: true,
            ..
        } => assert!(text.contains("version"), "{text}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(close_code(&mut socket).await.0, 1008);
    let mut socket = open(&server.address).await;
    socket.send(Message::text("hello?")).await.unwrap();
    assert!(matches!(
        get(&mut socket).await.unwrap(),
        FromServer::Problem { fatal: true, .. }
    ));
    assert_eq!(close_code(&mut socket).await.0, 1008);
}

#[tokio::test]
async fn an_oversized_message_is_answered_with_1009_and_the_session_is_kept() {
    let server = Server::start(&[]);
    let mut page = server.page().await;
    page.open_lab(1).await;
    let resume = page.resume();
    // The server may stop reading in the middle of it.
    let _ = page
        .socket
        .send(Message::text("x".repeat(bounds::MESSAGE_FROM_PAGE + 1)))
        .await;
    let (code, reason) = close_code(&mut page.socket).await;
    assert_eq!(code, 1009);
    assert!(reason.contains("too large"), "{reason}");
    let mut page = Page::connect(&server.address, Some(resume)).await;
    assert!(page.resumed);
    page.next_id = 10;
    run_echo(&mut page).await;
}

#[tokio::test]
async fn a_large_send_and_recv_travel_whole() {
    let server = Server::start(&[]);
    let mut page = server.page().await;
    page.open_lab(1).await;
    for (call, _) in echo().into_iter().take(6) {
        assert!(page.call(1, call).await.is_ok());
    }
    let data: Vec<u8> = (0..bounds::SEND).map(|i| (i % 251) as u8).collect();
    let sending = page.start(1, send(CLIENT, &data)).await;
    let mut got = Vec::new();
    let mut sent_all = false;
    let mut receiving = page.start(1, recv(SERVER, 65536)).await;
    while got.len() < data.len() || !sent_all {
        match page.hear().await {
            FromServer::Reply { id, outcome, .. } if id == sending => {
                assert_eq!(outcome, sent(data.len() as u64));
                sent_all = true;
            }
            FromServer::Reply {
                id,
                outcome: Outcome::Received { data, .. },
                ..
            } if id == receiving => {
                got.extend_from_slice(&data.0);
                receiving = page.start(1, recv(SERVER, 65536)).await;
            }
            _ => {}
        }
        page.ack().await;
    }
    assert_eq!(got, data);
}

#[tokio::test]
async fn a_lab_can_be_reset_and_two_labs_bind_the_same_port() {
    let server = Server::start(&[]);
    let mut page = server.page().await;
    for lab in [1, 2] {
        page.open_lab(lab).await;
        for call in [
            socket(LISTENER),
            Call::Bind {
                sock: LISTENER,
                addr: v4(80),
            },
        ] {
            assert_eq!(page.call(lab, call).await, Outcome::Done);
        }
    }
    let id = page.id();
    page.say(FromPage::Reset { id, lab: 1 }).await;
    assert!(matches!(page.answer(id).await, FromServer::Opened { lab: 1, .. }));
    for call in [
        socket(LISTENER),
        Call::Bind {
            sock: LISTENER,
            addr: v4(80),
        },
    ] {
        assert_eq!(page.call(1, call).await, Outcome::Done);
    }
    page.say(FromPage::CloseLab { lab: 2 }).await;
    let id = page.start(2, socket(CLIENT)).await;
    assert!(matches!(page.answer(id).await, FromServer::Problem { .. }));
}

#[tokio::test]
async fn a_published_port_is_reached_from_the_machine() {
    let server = Server::start(&["--publish"]);
    let mut page = server.page().await;
    assert!(page.can_publish);
    page.open_lab(1).await;
    for call in [
        socket(LISTENER),
        Call::Bind {
            sock: LISTENER,
            addr: v4(8080),
        },
        Call::Listen {
            sock: LISTENER,
            backlog: 5,
        },
    ] {
        assert_eq!(page.call(1, call).await, Outcome::Done);
    }
    let id = page.id();
    page.say(FromPage::Publish {
        id,
        lab: 1,
        port: 8080,
    })
    .await;
    let FromServer::Published {
        address, port: 8080, ..
    } = page.answer(id).await
    else {
        panic!("not published")
    };
    let accept = page
        .start(
            1,
            Call::Accept {
                sock: LISTENER,
                new: SERVER,
            },
        )
        .await;
    let visitor = tokio::task::spawn_blocking(move || {
        let curl = std::process::Command::new("curl")
            .args(["-s", "-m", "10", &format!("http://{address}/")])
            .output();
        curl.map(|out| out.stdout)
    });
    assert!(page.outcome(accept).await.is_ok());
    let Outcome::Received { data, .. } = page.call(1, recv(SERVER, 1024)).await else {
        panic!("nothing received")
    };
    assert!(data.0.starts_with(b"GET / HTTP/1.1\r\n"));
    assert!(
        page.call(
            1,
            send(SERVER, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        )
        .await
        .is_ok()
    );
    assert_eq!(page.call(1, Call::Close { sock: SERVER }).await, Outcome::Done);
    assert_eq!(visitor.await.unwrap().unwrap(), b"hello");
}

/// Plain HTTP, one request, headers as given.
async fn http(address: &str, head: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let mut answer = Vec::new();
    stream
        .write_all(head.replace('\n', "\r\n").as_bytes())
        .await
        .unwrap();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer));
    read.await.expect("an answer in time").unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The first bytes of the answer; an upgraded connection stays open behind them.
async fn status_line(address: &str, head: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream
        .write_all(head.replace('\n', "\r\n").as_bytes())
        .await
        .unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn hosts_and_origins_are_checked() {
    let server = Server::start(&["--allow-host", "School.example"]);
    let address = &server.address;
    let page = http(
        address,
        &format!("GET / HTTP/1.1\nHost: {address}\nConnection: close\n\n"),
    )
    .await;
    assert!(
        page.starts_with("HTTP/1.1 200") && page.contains("Wirelab"),
        "{page}"
    );
    assert!(page.contains("content-security-policy"), "{page}");
    let book = http(
        address,
        &format!("GET /book/ HTTP/1.1\nHost: {address}\nConnection: close\n\n"),
    )
    .await;
    assert!(
        book.starts_with("HTTP/1.1 200") && book.contains("Book"),
        "{book}"
    );
    let page = http(
        address,
        "GET / HTTP/1.1\nHost: school.example\nConnection: close\n\n",
    )
    .await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    let page = http(
        address,
        "GET / HTTP/1.1\nHost: evil.example\nConnection: close\n\n",
    )
    .await;
    assert!(
        page.starts_with("HTTP/1.1 403") && page.contains("--allow-host evil.example"),
        "{page}"
    );
    let socket = |host: &str, origin: &str| {
        format!(
            "GET /ws HTTP/1.1\nHost: {host}\n{origin}Connection: Upgrade\nUpgrade: websocket\n\
             Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n"
        )
    };
    for (host, origin, status) in [
        (address.as_str(), format!("Origin: http://{address}\n"), 101),
        (address.as_str(), String::new(), 101),
        (
            "school.example",
            "Origin: https://school.example\n".to_owned(),
            101,
        ),
        (address.as_str(), "Origin: http://evil.example\n".to_owned(), 403),
        (address.as_str(), "Origin: null\n".to_owned(), 403),
        ("evil.example", "Origin: http://evil.example\n".to_owned(), 403),
    ] {
        let request = socket(host, &origin);
        let answer = status_line(address, &request).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{host} {origin}: {answer}"
        );
    }
    let plain = http(
        address,
        &format!("GET /ws HTTP/1.1\nHost: {address}\nConnection: close\n\n"),
    )
    .await;
    assert!(plain.starts_with("HTTP/1.1 426"), "{plain}");
}

/// Network namespaces that processes of this machine are in or hold open.
fn namespaces_of(pid: u32) -> usize {
    let fds = std::fs::read_dir(format!("/proc/{pid}/fd")).map(|d| d.flatten().collect::<Vec<_>>());
    fds.unwrap_or_default()
        .iter()
        .filter(|fd| std::fs::read_link(fd.path()).is_ok_and(|to| to.to_string_lossy().starts_with("net:[")))
        .count()
}

fn helper_of(server: u32) -> Option<u32> {
    let children = std::fs::read_dir(format!("/proc/{server}/task"))
        .ok()?
        .flatten()
        .find_map(|task| {
            let text = std::fs::read_to_string(task.path().join("children")).ok()?;
            text.split_whitespace().next().map(str::to_owned)
        });
    children?.parse().ok()
}

#[tokio::test]
async fn a_killed_server_leaves_no_namespace() {
    let mut server = Server::start(&[]);
    let mut page = server.page().await;
    page.open_lab(1).await;
    for (call, _) in echo().into_iter().take(7) {
        assert!(page.call(1, call).await.is_ok());
    }
    let helper = helper_of(server.process.id()).expect("a helper");
    assert!(namespaces_of(helper) >= 2, "its home and the lab");
    server.process.kill().unwrap();
    server.process.wait().unwrap();
    for _ in 0..500 {
        if !std::path::Path::new(&format!("/proc/{helper}/fd/0")).exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the helper has outlived its server");
}

#[tokio::test]
async fn a_killed_helper_ends_its_labs_clearly_and_a_new_one_comes() {
    let server = Server::start(&[]);
    let mut page = server.page().await;
    page.open_lab(1).await;
    assert_eq!(page.call(1, socket(CLIENT)).await, Outcome::Done);
    let helper = helper_of(server.process.id()).expect("a helper");
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &helper.to_string()])
        .status();
    assert!(killed.unwrap().success());
    match page.hear().await {
        FromServer::Problem {
            lab: Some(1),
            text,
            fatal: false,
            ..
        } => assert!(text.contains("Reset"), "{text}"),
        other => panic!("{other:?}"),
    }
    match page.call(1, socket(SERVER)).await {
        Outcome::Failed {
            errno: libc::ENETDOWN,
            why: Some(_),
        } => {}
        other => panic!("{other:?}"),
    }
    let id = page.id();
    page.say(FromPage::Reset { id, lab: 1 }).await;
    assert!(matches!(page.answer(id).await, FromServer::Opened { lab: 1, .. }));
    run_echo(&mut page).await;
}

#[tokio::test]
async fn ten_thousand_sockets_are_refused_clearly() {
    let server = Server::start(&[]);
    let mut page = server.page().await;
    page.open_lab(1).await;
    let mut refused = 0;
    for n in 1..=10_000 {
        match page.call(1, socket(SocketId(n))).await {
            Outcome::Done => assert!(n as usize <= bounds::SOCKETS_PER_LAB),
            Outcome::Failed {
                errno: libc::EMFILE,
                why: Some(_),
            } => refused += 1,
            other => panic!("{other:?}"),
        }
        if n % 100 == 0 {
            page.ack().await;
        }
    }
    assert_eq!(refused, 10_000 - bounds::SOCKETS_PER_LAB);
    assert_eq!(
        page.call(1, Call::Close { sock: SocketId(1) }).await,
        Outcome::Done
    );
    assert_eq!(page.call(1, socket(SocketId(20_000))).await, Outcome::Done);
}

/// A page holds a handshake and lets it go, packet by packet; what the wire cannot do is a problem with the request's id.
#[tokio::test]
async fn a_held_handshake_over_the_bridge() {
    let server = Server::start(&[]);
    let mut page = server.page().await;
    let plan = Plan {
        held: true,
        ..Plan::simple(Network::Kernel)
    };
    let id = page.id();
    let lab = 1;
    page.say(FromPage::Open { id, lab, plan }).await;
    let opened = page.answer(id).await;
    let FromServer::Opened { network, hosts, .. } = opened else {
        panic!("not opened: {opened:?}")
    };
    assert_eq!((network, hosts.len()), (Network::Kernel, 1));
    let first = page.hear().await;
    assert!(
        matches!(&first, FromServer::Wired { news, .. } if matches!(news[..], [WireNews::Ruled { held: true, .. }])),
        "{first:?}"
    );
    page.call(lab, socket(LISTENER)).await;
    let bind = Call::Bind {
        sock: LISTENER,
        addr: v4(8080),
    };
    assert_eq!(page.call(lab, bind).await, Outcome::Done);
    let listen = Call::Listen {
        sock: LISTENER,
        backlog: 1,
    };
    assert_eq!(page.call(lab, listen).await, Outcome::Done);
    page.call(lab, socket(CLIENT)).await;
    let connect = Call::Connect {
        sock: CLIENT,
        addr: v4(8080),
    };
    let connecting = page.start(lab, connect).await;
    for _ in 0..3 {
        let packet = loop {
            let FromServer::Wired { news, .. } = page.hear().await else {
                continue;
            };
            let held = news.iter().find_map(|news| match news {
                WireNews::Sent {
                    packet,
                    fate: Fate::Held,
                    ..
                } => Some(*packet),
                _ => None,
            });
            if let Some(packet) = held {
                break packet;
            }
        };
        let id = page.id();
        let action = WireAction::Deliver { packet };
        page.say(FromPage::Wire { id, lab, action }).await;
    }
    // Told behind the packet that it caused.
    assert_eq!(page.outcome(connecting).await, Outcome::Done);
    let accept = Call::Accept {
        sock: LISTENER,
        new: SERVER,
    };
    assert!(matches!(page.call(lab, accept).await, Outcome::Accepted { .. }));
    let id = page.id();
    let action = WireAction::Deliver {
        packet: protocol::PacketId(99),
    };
    page.say(FromPage::Wire { id, lab, action }).await;
    let answer = page.answer(id).await;
    assert!(
        matches!(&answer, FromServer::Problem { text, fatal: false, .. } if text.contains("99")),
        "{answer:?}"
    );
}
