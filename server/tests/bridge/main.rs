//! Sessions over the WebSocket, against `wirelab serve` as a process of its own.
//!
//! ```text
//! main.rs    sessions: calls, cuts, labs
//! fault.rs   what goes wrong
//! http.rs    HTTP beside it
//! ```
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;
mod fault;
mod http;
#[path = "../common/page.rs"]
mod page;

use common::{bytes, recv, send, sent, v4};
use page::{Page, Server, get};
use protocol::message::Resume;
use protocol::wire::Fate;
use protocol::{Call, FromPage, FromServer, Network, Outcome, Plan, SocketId, WireAction, WireNews, bounds};

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
