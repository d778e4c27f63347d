//! Labs that share the machine's loopback, as on macOS, on Windows and where namespaces are forbidden. `cargo xtask test` runs
//! these twice: with Linux's own calls, and (`WIRELAB_PORTABLE`) with the code that other systems have.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use protocol::{Address, Call, Network, OptionValue, Outcome, Plan, SocketId};
use server::net::Networks;

/// A lab on the shared loopback.
async fn lab() -> Bench {
    let lab = Bench::on(&Networks::shared()).await;
    assert_eq!(
        (lab.lab.network(), lab.lab.is_private()),
        (Network::Loopback, false)
    );
    lab
}

/// A listening socket on a port that the system chooses, and that port: others live here, too.
async fn listening(lab: &mut Bench) -> (SocketId, u16) {
    let listener = lab.listener(0, 5).await;
    let port = lab.local(listener).await.port().unwrap();
    (listener, port)
}

fn option(sock: SocketId, level: i32, name: i32, value: i32) -> Call {
    let value = OptionValue::Int(value);
    Call::SetSockOpt {
        sock,
        level,
        name,
        value,
    }
}

async fn number(lab: &mut Bench, sock: SocketId, level: i32, name: i32) -> i32 {
    let len = None;
    let call = Call::GetSockOpt {
        sock,
        level,
        name,
        len,
    };
    match lab.call(call).await {
        Outcome::Option {
            value: OptionValue::Int(n),
        } => n,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_echo_waits_and_goes_on() {
    let mut lab = lab().await;
    let (listener, _) = listening(&mut lab).await;
    let (client, server) = lab.connection(listener).await;
    let waiting = lab.start(recv(server, 100));
    assert!(lab.is_waiting(waiting), "nothing was sent yet");
    assert_eq!(lab.send(client, b"hello").await, sent(5));
    assert_eq!(lab.finish(waiting).await, bytes(b"hello"));
    assert_eq!(lab.send(server, b"HELLO").await, sent(5));
    assert_eq!(lab.recv(client, 2).await, bytes(b"HE"));
    assert_eq!(
        lab.recv(client, 100).await,
        bytes(b"LLO"),
        "what was not asked for stays"
    );
    lab.close(client).await;
    assert_eq!(lab.recv(server, 100).await, bytes(b""), "the end");
    lab.close(server).await;
}

#[tokio::test]
async fn what_waits_in_a_buffer_is_seen() {
    let mut lab = lab().await;
    let (listener, _) = listening(&mut lab).await;
    let (client, server) = lab.connection(listener).await;
    lab.send(client, b"seen").await;
    for _ in 0..2000 {
        lab.confirm(&[]);
        if lab.state[&server].recv_queue == 4 {
            assert_eq!(lab.state[&server].recv_head.0, b"seen");
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("{:?}", lab.state[&server]);
}

#[tokio::test]
async fn a_large_send_ends_when_all_is_taken() {
    let mut lab = lab().await;
    let (listener, _) = listening(&mut lab).await;
    let (client, server) = lab.connection(listener).await;
    let data: Vec<u8> = (0..protocol::bounds::SEND).map(|n| (n % 251) as u8).collect();
    let sends = [lab.start(send(client, &data)), lab.start(send(client, &data))];
    let mut got = Vec::new();
    while got.len() < 2 * data.len() {
        match lab.recv(server, 1 << 20).await {
            Outcome::Received { data, .. } => got.extend_from_slice(&data.0),
            other => panic!("{other:?}"),
        }
    }
    for sending in sends {
        assert_eq!(lab.finish(sending).await, sent(data.len() as u64));
    }
    assert!(got == [&data[..], &data[..]].concat(), "every byte, in order");
}

#[tokio::test]
async fn datagrams_know_their_sender() {
    let mut lab = lab().await;
    let (one, two) = (lab.socket(INET, DGRAM).await, lab.socket(INET, DGRAM).await);
    assert_eq!(lab.bind(one, v4(0)).await, Outcome::Done);
    assert_eq!(lab.bind(two, v4(0)).await, Outcome::Done);
    let (from, to) = (lab.local(one).await, lab.local(two).await);
    let send = Call::SendTo {
        sock: one,
        flags: 0,
        data: b"datagram".as_slice().into(),
        addr: to,
    };
    assert_eq!(lab.call(send).await, sent(8));
    let receive = Call::RecvFrom {
        sock: two,
        max: 4,
        flags: 0,
    };
    let outcome = lab.call(receive).await;
    let Outcome::Received { data, addr } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(data.0, b"data", "what does not fit is lost, and that is no error");
    assert_eq!(addr, Some(from));
}

#[tokio::test]
async fn errors_have_linux_numbers() {
    let mut lab = lab().await;
    let (listener, port) = listening(&mut lab).await;
    let client = lab.socket(INET, STREAM).await;
    assert_eq!(lab.recv(client, 1).await, errno("ENOTCONN"));
    assert_eq!(lab.bind(client, v4(port)).await, errno("EADDRINUSE"));
    lab.timeout(listener, Some(0.02)).await;
    assert_eq!(lab.accept(listener).await.1, Outcome::TimedOut);
    lab.timeout(listener, Some(0.0)).await;
    assert_eq!(lab.accept(listener).await.1, errno("EAGAIN"));
    lab.close(listener).await;
    assert_eq!(lab.connect(client, v4(port)).await, errno("ECONNREFUSED"));
    assert_eq!(
        lab.connect(client, ip("192.0.2.1", 80)).await,
        errno("ENETUNREACH")
    );
    assert_eq!(
        lab.bind(client, ip("192.0.2.1", 80)).await,
        errno("EADDRNOTAVAIL")
    );
    let raw = Call::Socket {
        sock: SocketId(900),
        family: INET,
        kind: libc::SOCK_RAW,
        proto: 1,
    };
    assert_eq!(lab.call(raw).await, errno("EPERM"));
}

#[tokio::test]
async fn a_port_of_somebody_else_on_this_machine_is_not_reached() {
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let mut lab = lab().await;
    let client = lab.socket(INET, STREAM).await;
    assert_eq!(lab.connect(client, v4(port)).await, errno("ECONNREFUSED"));
    other.set_nonblocking(true).unwrap();
    assert!(other.accept().is_err(), "nobody has come");
}

#[tokio::test]
async fn select_tells_which() {
    let mut lab = lab().await;
    let (listener, _) = listening(&mut lab).await;
    let (client, server) = lab.connection(listener).await;
    let select = |timeout| Call::Select {
        read: vec![listener, client, server],
        write: vec![],
        except: vec![],
        timeout,
    };
    let nothing = Outcome::Ready {
        read: vec![],
        write: vec![],
        except: vec![],
    };
    assert_eq!(lab.call(select(Some(0.0))).await, nothing);
    let waiting = lab.start(select(None));
    assert!(lab.is_waiting(waiting));
    lab.send(client, b"x").await;
    let outcome = lab.finish(waiting).await;
    assert!(
        matches!(&outcome, Outcome::Ready { read, .. } if *read == [server]),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn options_are_asked_for_by_linux_numbers() {
    let mut lab = lab().await;
    let sock = lab.socket(INET, STREAM).await;
    let (socket, tcp) = (libc::SOL_SOCKET, libc::IPPROTO_TCP);
    for (level, name) in [
        (socket, libc::SO_REUSEADDR),
        (socket, libc::SO_KEEPALIVE),
        (tcp, libc::TCP_NODELAY),
    ] {
        assert_eq!(lab.call(option(sock, level, name, 1)).await, Outcome::Done);
        assert_ne!(number(&mut lab, sock, level, name).await, 0, "option {name}");
    }
    assert_eq!(
        number(&mut lab, sock, socket, libc::SO_TYPE).await,
        libc::SOCK_STREAM
    );
    assert_eq!(number(&mut lab, sock, socket, libc::SO_ERROR).await, 0);
    let unknown = lab.call(option(sock, socket, 4711, 1)).await;
    assert_eq!(unknown, errno("ENOPROTOOPT"));
    let other = lab.socket(INET, DGRAM).await;
    let shared = lab.call(option(other, socket, libc::SO_REUSEPORT, 1)).await;
    assert!(
        matches!(
            shared,
            Outcome::Failed {
                errno: libc::EPERM,
                why: Some(_)
            }
        ),
        "{shared:?}"
    );
}

#[tokio::test]
async fn ipv6_and_names_and_pairs() {
    let mut lab = lab().await;
    let listener = lab.socket(INET6, STREAM).await;
    assert_eq!(lab.bind(listener, v6(0)).await, Outcome::Done);
    assert_eq!(lab.listen(listener, 1).await, Outcome::Done);
    let port = lab.local(listener).await.port().unwrap();
    let client = lab.socket(INET6, STREAM).await;
    assert_eq!(lab.connect(client, name("localhost", port)).await, Outcome::Done);
    let (_, accepted) = lab.accept(listener).await;
    assert!(
        matches!(
            &accepted,
            Outcome::Accepted {
                addr: Address::V6 { .. }
            }
        ),
        "{accepted:?}"
    );
    let (one, two) = lab.pair(STREAM).await;
    assert_eq!(lab.send(one, b"pair").await, sent(4));
    assert_eq!(lab.recv(two, 10).await, bytes(b"pair"));
}

/// Closing a socket that a call waits on, a lab that ends with calls under way: nothing hangs, nothing is left.
#[tokio::test]
async fn ends_are_clean() {
    let networks = Networks::shared();
    let mut lab = Bench::with(&networks, &Plan::simple(Network::Loopback)).await;
    let (listener, port) = listening(&mut lab).await;
    let (client, server) = lab.connection(listener).await;
    let waiting = lab.start(recv(client, 10));
    assert!(lab.is_waiting(waiting));
    lab.lab.cancel(waiting);
    assert_eq!(lab.finish(waiting).await, Outcome::Cancelled);
    lab.start(recv(server, 10));
    lab.start(Call::Accept {
        sock: listener,
        new: SocketId(77),
    });
    drop(lab);
    // The port is free: nobody listens there any more.
    let refused = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
}
