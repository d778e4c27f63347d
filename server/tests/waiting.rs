//! Calls that wait: several at once, withdrawn ones, ones whose socket is closed under them; and what is left behind.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use protocol::{Call, Outcome, SocketId, bounds};
use server::net::{Networks, Told};
use std::time::Duration;

#[tokio::test]
async fn several_calls_on_one_socket_are_served_in_order() {
    let mut lab = Bench::open().await;
    let listener = lab.listener(8080, 5).await;
    let (client, server) = lab.connection(listener).await;
    let first = lab.start(recv(server, 3));
    let second = lab.start(recv(server, 3));
    assert_eq!(lab.confirm(&[first, second]), [first, second]);
    assert_eq!(lab.send(client, b"one").await, sent(3));
    assert_eq!(lab.finish(first).await, bytes(b"one"));
    assert!(lab.is_waiting(second));
    assert_eq!(lab.send(client, b"two").await, sent(3));
    assert_eq!(lab.finish(second).await, bytes(b"two"));
    // One sends while another receives on the same socket.
    let receiving = lab.start(recv(client, 10));
    assert_eq!(lab.send(client, b"x").await, sent(1));
    assert!(lab.is_waiting(receiving));
    assert_eq!(lab.send(server, b"y").await, sent(1));
    assert_eq!(lab.finish(receiving).await, bytes(b"y"));
}

#[tokio::test]
async fn a_withdrawn_call_has_consumed_nothing() {
    let mut lab = Bench::open().await;
    let listener = lab.listener(8080, 5).await;
    let new = lab.new_sock();
    let accept = lab.start(Call::Accept { sock: listener, new });
    assert!(lab.is_waiting(accept));
    lab.lab.cancel(accept);
    assert_eq!(lab.finish(accept).await, Outcome::Cancelled);
    let (client, server) = lab.connection(listener).await;
    let receiving = lab.start(recv(server, 10));
    lab.lab.cancel(receiving);
    lab.lab.cancel(receiving);
    assert_eq!(lab.finish(receiving).await, Outcome::Cancelled);
    assert_eq!(lab.send(client, b"whole").await, sent(5));
    assert_eq!(lab.recv(server, 10).await, bytes(b"whole"));
    // What MSG_WAITALL has taken out of the buffer already is told.
    let all = lab.start(Call::Recv {
        sock: server,
        max: 10,
        flags: libc::MSG_WAITALL,
    });
    assert_eq!(lab.send(client, b"part").await, sent(4));
    assert!(lab.is_waiting(all));
    lab.lab.cancel(all);
    assert_eq!(lab.finish(all).await, bytes(b"part"));
}

#[tokio::test]
async fn a_call_outlives_the_close_of_its_socket_as_on_linux() {
    let mut lab = Bench::open().await;
    let listener = lab.listener(8080, 5).await;
    let new = lab.new_sock();
    let accept = lab.start(Call::Accept { sock: listener, new });
    lab.close(listener).await;
    assert_eq!(lab.listen(listener, 1).await, errno("EBADF"));
    assert!(lab.is_waiting(accept));
    // The port is still listening, because accept() is.
    let client = lab.socket(INET, STREAM).await;
    assert_eq!(lab.connect(client, v4(8080)).await, Outcome::Done);
    assert!(lab.finish(accept).await.is_ok());
    let late = lab.socket(INET, STREAM).await;
    assert_eq!(lab.connect(late, v4(8080)).await, errno("ECONNREFUSED"));
}

#[tokio::test]
async fn shutdown_wakes_a_waiting_accept() {
    let mut lab = Bench::open().await;
    let listener = lab.listener(8080, 5).await;
    let new = lab.new_sock();
    let accept = lab.start(Call::Accept { sock: listener, new });
    assert!(lab.is_waiting(accept));
    assert_eq!(
        lab.call(Call::Shutdown {
            sock: listener,
            how: 2
        })
        .await,
        Outcome::Done
    );
    assert_eq!(lab.finish(accept).await, errno("EINVAL"));
}

#[tokio::test]
async fn a_blocking_send_ends_when_all_is_queued() {
    let mut lab = Bench::open().await;
    let listener = lab.listener(8080, 5).await;
    let (client, server) = lab.connection(listener).await;
    let data = vec![7; bounds::SEND];
    let mut sending = Vec::new();
    // Until one does not fit any more.
    let waiting = loop {
        let id = lab.start(send(client, &data));
        sending.push(id);
        if lab.is_waiting(id) {
            break id;
        }
        assert!(sending.len() < 100);
    };
    let mut received = 0;
    while lab.is_waiting(waiting) {
        let Outcome::Received { data, .. } = lab.recv(server, 65536).await else {
            panic!()
        };
        received += data.len();
    }
    let total = sending.len() * data.len();
    for id in sending {
        assert_eq!(lab.finish(id).await, sent(data.len() as u64));
    }
    while received < total {
        let Outcome::Received { data, .. } = lab.recv(server, 65536).await else {
            panic!()
        };
        received += data.len();
    }
    assert_eq!(received, total);
}

#[tokio::test]
async fn a_send_cut_by_a_reset_tells_first_what_was_queued_then_the_error() {
    let mut lab = Bench::open().await;
    let listener = lab.listener(8080, 5).await;
    let (client, server) = lab.connection(listener).await;
    let data = vec![7; bounds::SEND];
    let waiting = loop {
        let id = lab.start(send(client, &data));
        if lab.is_waiting(id) {
            break id;
        }
    };
    // Closed with unread bytes: a reset.
    lab.close(server).await;
    let Outcome::Sent { n } = lab.finish(waiting).await else {
        panic!("the part that was queued counts")
    };
    assert!(n > 0 && n < data.len() as u64, "{n}");
    assert_eq!(lab.send(client, b"x").await, errno("ECONNRESET"));
    assert_eq!(lab.send(client, b"x").await, errno("EPIPE"));
}

#[tokio::test]
async fn a_full_backlog_makes_an_af_unix_connect_wait() {
    let mut lab = Bench::open().await;
    let listener = lab.socket(UNIX, STREAM).await;
    assert_eq!(lab.bind(listener, path("/tmp/chat")).await, Outcome::Done);
    assert_eq!(lab.listen(listener, 0).await, Outcome::Done);
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let sock = lab.socket(UNIX, STREAM).await;
        waiting.push(lab.start(Call::Connect {
            sock,
            addr: path("/tmp/chat"),
        }));
    }
    assert_eq!(lab.confirm(&waiting).len(), 2);
    for _ in 0..3 {
        assert!(lab.accept(listener).await.1.is_ok());
    }
    for id in waiting {
        assert_eq!(lab.finish(id).await, Outcome::Done);
    }
}

#[tokio::test]
async fn select_waits_for_the_first_of_many() {
    let mut lab = Bench::open().await;
    let (a, b) = lab.pair(STREAM).await;
    let (c, d) = lab.pair(STREAM).await;
    let select = lab.start(Call::Select {
        read: vec![a, c],
        write: vec![],
        except: vec![a],
        timeout: None,
    });
    assert!(lab.is_waiting(select));
    assert_eq!(lab.send(d, b"!").await, sent(1));
    assert_eq!(
        lab.finish(select).await,
        Outcome::Ready {
            read: vec![c],
            write: vec![],
            except: vec![]
        }
    );
    // Nothing exceptional ever comes, and a hang-up is no reason to turn in circles.
    lab.close(b).await;
    let select = lab.start(Call::Select {
        read: vec![],
        write: vec![],
        except: vec![a],
        timeout: Some(0.3),
    });
    assert!(lab.is_waiting(select));
    let nothing = Outcome::Ready {
        read: vec![],
        write: vec![],
        except: vec![],
    };
    assert_eq!(lab.finish(select).await, nothing);
}

#[tokio::test]
async fn looking_does_not_swallow_an_error_of_udp() {
    let mut lab = Bench::open().await;
    let (a, b) = (lab.socket(INET, DGRAM).await, lab.socket(INET, DGRAM).await);
    for (sock, port) in [(a, 7001), (b, 7002)] {
        assert_eq!(lab.bind(sock, v4(port)).await, Outcome::Done);
    }
    assert_eq!(lab.connect(a, v4(7002)).await, Outcome::Done);
    assert_eq!(lab.connect(b, v4(7001)).await, Outcome::Done);
    // A datagram lies in a's buffer, then its peer goes away and a's next send is refused.
    assert_eq!(lab.send(b, b"kept").await, sent(4));
    lab.close(b).await;
    assert_eq!(lab.send(a, b"lost").await, sent(4));
    assert_eq!(lab.state[&a].recv_queue, 4);
    assert_eq!(lab.recv(a, 10).await, errno("ECONNREFUSED"));
    assert_eq!(lab.recv(a, 10).await, bytes(b"kept"));
}

#[tokio::test]
async fn nothing_outside_the_lab_is_reached() {
    let mut lab = Bench::open().await;
    // Somebody listens on the machine's own loopback.
    let outside = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = outside.local_addr().unwrap().port();
    let sock = lab.socket(INET, STREAM).await;
    assert_eq!(lab.connect(sock, v4(port)).await, errno("ECONNREFUSED"));
    for place in ["10.0.0.1", "192.168.0.1", "8.8.8.8", "169.254.169.254"] {
        let sock = lab.socket(INET, STREAM).await;
        assert_eq!(
            lab.connect(sock, ip(place, 80)).await,
            errno("ENETUNREACH"),
            "{place}"
        );
    }
    let unix = lab.socket(UNIX, STREAM).await;
    let directory = tempfile::tempdir().unwrap();
    let real = directory.path().join("real.sock");
    let _listener = std::os::unix::net::UnixListener::bind(&real).unwrap();
    assert_eq!(
        lab.connect(unix, path(real.to_str().unwrap())).await,
        errno("ENOENT")
    );
    assert_eq!(
        lab.connect(unix, path("/var/run/docker.sock")).await,
        errno("ENOENT")
    );
    assert_eq!(lab.bind(unix, path(real.to_str().unwrap())).await, Outcome::Done);
    let raw = Call::Socket {
        sock: SocketId(90),
        family: INET,
        kind: libc::SOCK_RAW,
        proto: 1,
    };
    assert_eq!(lab.call(raw).await, errno("EPERM"));
    for family in [libc::AF_PACKET, libc::AF_NETLINK, libc::AF_VSOCK, libc::AF_ALG] {
        let call = Call::Socket {
            sock: SocketId(91),
            family,
            kind: STREAM,
            proto: 0,
        };
        assert_eq!(lab.call(call).await, errno("EAFNOSUPPORT"), "{family}");
    }
    let option = |name, value: &[u8]| Call::SetSockOpt {
        sock,
        level: libc::SOL_SOCKET,
        name,
        value: protocol::OptionValue::Bytes(value.into()),
    };
    assert_eq!(
        lab.call(option(libc::SO_BINDTODEVICE, b"eth0\0")).await,
        errno("EPERM")
    );
    assert_eq!(
        lab.call(option(libc::SO_MARK, &[1, 0, 0, 0])).await,
        errno("EPERM")
    );
    assert_eq!(
        lab.call(option(libc::SO_ATTACH_FILTER, &[0; 16])).await,
        errno("ENOPROTOOPT")
    );
}

#[tokio::test]
async fn a_shared_loopback_keeps_labs_apart() {
    let networks = Networks::shared();
    let (mut one, mut other) = (Bench::on(&networks).await, Bench::on(&networks).await);
    assert!(!one.lab.is_private());
    let listener = one.socket(INET, STREAM).await;
    assert_eq!(one.bind(listener, name("", 0)).await, Outcome::Done);
    let at = one.local(listener).await;
    assert_eq!(
        at.ip(),
        Some("127.0.0.1".parse().unwrap()),
        "not to be reached from the machine's network"
    );
    assert_eq!(one.listen(listener, 5).await, Outcome::Done);
    let (_client, _server) = one.connection(listener).await;
    // Another lab, and another program of the machine, cannot be reached; nor can the network.
    let stranger = other.socket(INET, STREAM).await;
    assert_eq!(other.connect(stranger, at.clone()).await, errno("ECONNREFUSED"));
    assert_eq!(other.bind(stranger, at.clone()).await, errno("EADDRINUSE"));
    let outside = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = outside.local_addr().unwrap().port();
    assert_eq!(other.connect(stranger, v4(port)).await, errno("ECONNREFUSED"));
    assert_eq!(
        other.connect(stranger, ip("10.0.0.1", 80)).await,
        errno("ENETUNREACH")
    );
    let udp = other.socket(INET, DGRAM).await;
    let call = Call::SendTo {
        sock: udp,
        flags: 0,
        data: b"x".as_slice().into(),
        addr: v4(53),
    };
    let Outcome::Failed {
        errno: libc::EPERM,
        why: Some(_),
    } = other.call(call).await
    else {
        panic!()
    };
    assert_eq!(other.bind(udp, ip("10.0.0.1", 53)).await, errno("EADDRNOTAVAIL"));
    // AF_UNIX names are the lab's own here too.
    for lab in [&mut one, &mut other] {
        let unix = lab.socket(UNIX, STREAM).await;
        assert_eq!(lab.bind(unix, path("\0same")).await, Outcome::Done);
        assert_eq!(lab.local(unix).await, path("\0same"));
    }
}

#[tokio::test]
async fn answers_that_nobody_takes_pause_the_lab() {
    let mut lab = Bench::open().await;
    let (a, b) = lab.pair(STREAM).await;
    let chunk = vec![1; 100_000];
    let mut receiving = 0;
    for _ in 0..100 {
        lab.start(send(a, &chunk));
        lab.start(recv(b, 100_000));
        receiving += 1;
    }
    // Nothing was taken until here: about as much as may wait has been received, the rest is in the kernel or not sent.
    let mut bytes = 0;
    while let Some(told) = lab.lab.try_next() {
        bytes += received(&told, &mut receiving);
    }
    assert!(bytes <= bounds::UNACKNOWLEDGED + 100_000, "{bytes}");
    // Taking them lets it go on, to the last byte.
    while bytes < 100 * chunk.len() {
        if receiving == 0 {
            lab.start(recv(b, 100_000));
            receiving += 1;
        }
        let told = tokio::time::timeout(Duration::from_secs(20), lab.lab.next())
            .await
            .unwrap();
        bytes += received(&told, &mut receiving);
    }
    assert_eq!(bytes, 100 * chunk.len());
}

fn received(told: &Told, receiving: &mut usize) -> usize {
    match told {
        Told::Reply {
            outcome: Outcome::Received { data, .. },
            ..
        } => {
            *receiving -= 1;
            data.len()
        }
        _ => 0,
    }
}

#[tokio::test]
async fn a_reset_begins_anew() {
    let mut lab = Bench::open().await;
    let listener = lab.listener(8080, 5).await;
    let accept = lab.start(Call::Accept {
        sock: listener,
        new: SocketId(99),
    });
    assert!(lab.is_waiting(accept));
    lab.lab.reset().unwrap();
    assert_eq!(lab.lab.sockets(), 0);
    assert!(lab.lab.try_next().is_none(), "no stale answers");
    lab.listener(8080, 5).await;
}

#[tokio::test]
async fn close_with_linger_does_not_hold_up_others() {
    let mut lab = Bench::open().await;
    let listener = lab.listener(8080, 5).await;
    let (client, _server) = lab.connection(listener).await;
    let linger = [1_i32.to_ne_bytes(), 3600_i32.to_ne_bytes()].concat();
    let value = protocol::OptionValue::Bytes(linger.as_slice().into());
    let call = Call::SetSockOpt {
        sock: client,
        level: libc::SOL_SOCKET,
        name: libc::SO_LINGER,
        value,
    };
    assert_eq!(lab.call(call).await, Outcome::Done);
    lab.timeout(client, Some(0.0)).await;
    while lab.send(client, &[0; 100_000]).await.is_ok() {}
    // The kernel would block this thread for an hour.
    lab.close(client).await;
}
