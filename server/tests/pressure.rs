//! Pages that ask faster than they read: they are paused, nothing is lost, and the server's memory stays within its bounds.
#![allow(clippy::unwrap_used)]

#[path = "common/mod.rs"]
mod common;
#[path = "common/page.rs"]
mod page;

use common::{recv, send, v4};
use futures_util::{SinkExt, StreamExt};
use page::{Page, Server, packed};
use protocol::{Call, CallId, FromPage, FromServer, HostId, Outcome, SocketId, bounds};
use server::ws::Limits;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const LISTENER: SocketId = SocketId(1);
const CLIENT: SocketId = SocketId(2);
const SERVER: SocketId = SocketId(3);

/// A page with a lab and a connection inside it.
async fn connected(server: &Server) -> Page {
    let mut page = server.page().await;
    page.open_lab(1).await;
    let socket = |sock| Call::Socket {
        sock,
        family: libc::AF_INET,
        kind: libc::SOCK_STREAM,
        proto: 0,
    };
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
        assert!(page.call(1, call).await.is_ok());
    }
    page
}

fn call(id: CallId, call: Call) -> FromPage {
    FromPage::Call {
        id,
        lab: 1,
        host: HostId(0),
        call,
    }
}

/// What an abuser asks: mostly little, often whether something waits, sometimes much.
fn request(page: &mut Page) -> FromPage {
    let id = page.id();
    match id.0 % 64 {
        0 => call(id, send(CLIENT, &[7; 64 << 10])),
        1 => call(id, recv(SERVER, 32 << 10)),
        n if n % 8 == 2 => FromPage::Confirm {
            id,
            lab: 1,
            calls: vec![CallId(1); 16],
        },
        _ => call(id, Call::GetHostName),
    }
}

/// Asks without reading, at most so many requests; false: the server has stopped reading before, or has cut off a page that did
/// not read for longer than its patience. `read` is when it has read last.
async fn flood(page: &mut Page, read: Instant, requests: usize) -> bool {
    let patience = Limits::default().patience;
    for _ in 0..requests {
        let message = packed(request(page));
        // Half a message may stay in our own buffer then; it goes out with the next one.
        let sent = tokio::time::timeout(Duration::from_secs(2), page.socket.send(message)).await;
        match sent {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                assert!(
                    read.elapsed() >= patience,
                    "a page that does not read is cut off before its time: {error}"
                );
                return false;
            }
            Err(_) => return false,
        }
    }
    true
}

/// Reads on until these are answered, each once.
async fn answers(page: &mut Page, mut open: BTreeSet<CallId>) {
    while !open.is_empty() {
        let id = match page.hear().await {
            FromServer::Reply { id, .. } | FromServer::Confirmed { id, .. } => id,
            FromServer::Changed { .. } | FromServer::Wired { .. } => continue,
            other => panic!("{other:?}"),
        };
        assert!(open.remove(&id), "{id:?} is answered twice");
        if page.received.is_multiple_of(64) {
            page.ack().await;
        }
    }
}

#[tokio::test]
async fn a_page_that_reads_late_gets_every_answer_once() {
    const REQUESTS: u64 = 20_000;
    let server = Server::start(&[]);
    let mut page = connected(&server).await;
    let before = server.memory();
    let first = page.next_id + 1;
    for _ in 0..REQUESTS {
        let id = page.id();
        let message = match id.0 % 8 {
            0 => call(id, send(CLIENT, b"bytes")),
            1 => call(id, recv(SERVER, 5)),
            2 => FromPage::Confirm {
                id,
                lab: 1,
                calls: vec![id],
            },
            _ => call(id, Call::GetHostName),
        };
        page.say(message).await;
    }
    let grown = server.memory().saturating_sub(before);
    assert!(
        grown < bounds::UNACKNOWLEDGED + bounds::READ_AHEAD + (8 << 20),
        "{grown} bytes"
    );
    // A recv() before the first send() waits for it: all are answered.
    let open = (first..=page.next_id).map(CallId).collect();
    answers(&mut page, open).await;
    page.ack().await;
    assert!(page.call(1, Call::GetHostName).await.is_ok());
}

#[tokio::test]
async fn a_flood_that_is_never_read_is_paused() {
    let server = Server::start(&[]);
    let mut page = connected(&server).await;
    let before = server.memory();
    assert!(
        !flood(&mut page, Instant::now(), 1_000_000).await,
        "the server reads without end"
    );
    let grown = server.memory().saturating_sub(before);
    // Its store, what it has read ahead, what its send() calls hold, and as much again for copies on their way.
    let bound = 2 * (bounds::UNACKNOWLEDGED + bounds::READ_AHEAD + (8 << 20));
    assert!(grown < bound, "{grown} bytes");
    // Others do not notice.
    let mut other = connected(&server).await;
    assert_eq!(other.call(1, send(CLIENT, b"x")).await, common::sent(1));
    // A new connection says what has arrived, and so the session goes on.
    let mut resume = page.resume();
    let mut seen = BTreeSet::new();
    while let Ok(Some(Ok(message))) =
        tokio::time::timeout(Duration::from_millis(500), page.socket.next()).await
    {
        if let Ok(text) = message.to_text()
            && let Ok(FromServer::Reply { seq, id, .. }) = protocol::frame::decode_text(text)
        {
            resume.received = seq;
            assert!(seen.insert(id), "{id:?} is answered twice");
        }
    }
    let mut again = Page::connect(&server.address, Some(resume)).await;
    assert!(again.resumed);
    again.next_id = page.next_id;
    let last = again.start(1, Call::GetHostName).await;
    loop {
        if let FromServer::Reply { id, .. } = again.hear().await {
            assert!(seen.insert(id), "{id:?} is answered twice");
            if id == last {
                break;
            }
        }
        again.ack().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_floods_at_once_stay_within_the_bounds() {
    const PAGES: usize = 500;
    let server = Server::start(&[]);
    let mut pages = Vec::with_capacity(PAGES);
    for _ in 0..PAGES {
        pages.push((connected(&server).await, Instant::now()));
    }
    let before = server.memory();
    let floods: Vec<_> = pages
        .into_iter()
        .map(|(mut page, read)| {
            tokio::spawn(async move {
                flood(&mut page, read, 4_000).await;
                page
            })
        })
        .collect();
    let mut pages = Vec::with_capacity(PAGES);
    for flood in floods {
        pages.push(flood.await.unwrap());
    }
    let grown = server.memory().saturating_sub(before);
    println!("{PAGES} floods: {} MB", grown >> 20);
    // What all may hold together, and for each one a message on its way in, which may be as large as messages are.
    let bound = bounds::HELD + PAGES * bounds::MESSAGE_FROM_PAGE;
    assert!(grown < bound, "{} MB", grown >> 20);
    let mut polite = connected(&server).await;
    assert_eq!(polite.call(1, send(CLIENT, b"hello")).await, common::sent(5));
    assert_eq!(
        polite.call(1, recv(SERVER, 64)).await,
        Outcome::Received {
            data: b"hello".as_slice().into(),
            addr: None
        }
    );
}
