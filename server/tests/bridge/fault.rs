//! What goes wrong: messages that cannot be, other versions, helpers and servers that are killed.

use super::{CLIENT, SERVER, echo, run_echo, socket};
use crate::common::recv;
use crate::page::{Page, Server, close_code, get, open, put};
use futures_util::SinkExt;
use protocol::{Call, FromPage, FromServer, Outcome, SocketId, VERSION, bounds};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

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
