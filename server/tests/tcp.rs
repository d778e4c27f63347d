//! TCP inside a lab, over the kernel's own sockets.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use protocol::{Outcome, TcpState};

#[tokio::test]
async fn an_echo_shows_what_the_kernel_has() {
    let mut lab = Bench::open().await;
    assert!(lab.lab.is_private(), "these tests need network namespaces");
    let listener = lab.listener(8888, 1).await;
    assert_eq!(lab.state[&listener].state, Some(TcpState::Listen));
    let client = lab.socket(INET, STREAM).await;
    assert_eq!(lab.connect(client, name("localhost", 8888)).await, Outcome::Done);
    assert_eq!(lab.state[&client].state, Some(TcpState::Established));
    assert_eq!(lab.state[&listener].accept_queue.unwrap().queued, 1);
    assert_eq!(lab.state[&listener].accept_queue.unwrap().backlog, 1);
    let (server, _) = lab.accept(listener).await;
    assert_eq!(lab.state[&listener].accept_queue.unwrap().queued, 0);
    assert_eq!(lab.state[&server].peer, lab.state[&client].local);
    let waiting = lab.start(recv(server, 1024));
    assert!(lab.is_waiting(waiting));
    assert_eq!(lab.send(client, b"hello").await, sent(5));
    assert_eq!(
        lab.state[&server].recv_queue, 5,
        "in the buffer before recv() takes it"
    );
    assert_eq!(lab.state[&server].recv_head.0, b"hello");
    assert_eq!(lab.finish(waiting).await, bytes(b"hello"));
    assert_eq!(lab.state[&server].recv_queue, 0);
    assert_eq!(lab.recv(server, 0).await, bytes(b""));
    lab.close(client).await;
    assert_eq!(lab.recv(server, 1024).await, bytes(b""));
    assert_eq!(lab.state[&server].state, Some(TcpState::CloseWait));
    lab.until(client, TcpState::FinWait2).await;
    lab.close(server).await;
    assert_eq!(lab.state[&client].state, Some(TcpState::TimeWait));
    assert!(lab.state[&client].closed);
    assert_eq!(lab.state[&server].state, Some(TcpState::Closed));
    let again = lab.socket(INET, STREAM).await;
    assert_eq!(lab.bind(again, v4(8888)).await, errno("EADDRINUSE"));
}
