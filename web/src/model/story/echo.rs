//! A TCP echo over loopback, where no packets are seen; a connection that is refused.

use super::*;

/// From the start to the client's sendall(): 22 bytes lie in the server's receive buffer, which has not read them.
pub(crate) fn echo_in_flight() -> Story {
    let mut s = Story::new();
    let (listener, conn, client) = (sock(SERVER, 0), sock(SERVER, 1), sock(CLIENT, 0));
    s.start(SERVER);
    s.line(SERVER, 3);
    let c = s.call(
        SERVER,
        "socket",
        Call::Socket {
            sock: listener,
            family: 2,
            kind: 1,
            proto: 0,
        },
    );
    s.sample(tcp(listener, TcpState::Closed, None, None));
    s.returns(SERVER, c, Outcome::Done, &[3]);
    s.line(SERVER, 4);
    let c = s.call(
        SERVER,
        "bind",
        Call::Bind {
            sock: listener,
            addr: at(SERVER_PORT),
        },
    );
    s.sample(tcp(listener, TcpState::Closed, Some(SERVER_PORT), None));
    s.returns(SERVER, c, Outcome::Done, &[]);
    s.line(SERVER, 5);
    let c = s.call(
        SERVER,
        "listen",
        Call::Listen {
            sock: listener,
            backlog: 1,
        },
    );
    s.sample(listening(0));
    s.returns(SERVER, c, Outcome::Done, &[]);
    s.line(SERVER, 8);
    let accept = s.call(
        SERVER,
        "accept",
        Call::Accept {
            sock: listener,
            new: conn,
        },
    );
    s.waits(SERVER, accept);
    s.start(CLIENT);
    s.line(CLIENT, 3);
    let c = s.call(
        CLIENT,
        "socket",
        Call::Socket {
            sock: client,
            family: 2,
            kind: 1,
            proto: 0,
        },
    );
    s.returns(CLIENT, c, Outcome::Done, &[3]);
    s.line(CLIENT, 6);
    let connect = s.call(
        CLIENT,
        "connect",
        Call::Connect {
            sock: client,
            addr: at(SERVER_PORT),
        },
    );
    s.sample(tcp(
        client,
        TcpState::Established,
        Some(CLIENT_PORT),
        Some(SERVER_PORT),
    ));
    s.returns(CLIENT, connect, Outcome::Done, &[]);
    s.line(CLIENT, 9);
    s.sample(tcp(
        conn,
        TcpState::Established,
        Some(SERVER_PORT),
        Some(CLIENT_PORT),
    ));
    s.returns(
        SERVER,
        accept,
        Outcome::Accepted {
            addr: at(CLIENT_PORT),
        },
        &[4],
    );
    s.line(SERVER, 12);
    let send = s.call(
        CLIENT,
        "sendall",
        Call::Send {
            sock: client,
            flags: 0,
            data: MESSAGE.into(),
        },
    );
    s.sample(with_bytes(conn, MESSAGE, (SERVER_PORT, CLIENT_PORT)));
    s.returns(CLIENT, send, Outcome::Sent { n: 22 }, &[]);
    s.line(CLIENT, 11);
    s.rest = Rest::Ready(engine::session::NextStep::Program {
        program: SERVER,
        line: Some(12),
    });
    s
}

/// The listening socket with so many connections in its queue.
pub(crate) fn listening(queued: u32) -> Sample {
    Sample {
        accept_queue: Some(AcceptQueue { queued, backlog: 1 }),
        ..tcp(sock(SERVER, 0), TcpState::Listen, Some(SERVER_PORT), None)
    }
}

/// A connection with bytes that wait to be read.
pub(crate) fn with_bytes(sock: SocketId, bytes: &[u8], (local, peer): (u16, u16)) -> Sample {
    Sample {
        recv_queue: u32::try_from(bytes.len()).unwrap_or(0),
        recv_head: bytes.into(),
        ..tcp(sock, TcpState::Established, Some(local), Some(peer))
    }
}

/// The whole conversation, up to both ends' close().
pub(crate) fn echo_whole() -> Story {
    let mut s = echo_in_flight();
    let (conn, client) = (sock(SERVER, 1), sock(CLIENT, 0));
    let recv = s.call(
        SERVER,
        "recv",
        Call::Recv {
            sock: conn,
            max: 1024,
            flags: 0,
        },
    );
    s.sample(tcp(
        conn,
        TcpState::Established,
        Some(SERVER_PORT),
        Some(CLIENT_PORT),
    ));
    s.returns(
        SERVER,
        recv,
        Outcome::Received {
            data: MESSAGE.into(),
            addr: None,
        },
        &[],
    );
    s.line(SERVER, 13);
    s.print(SERVER, "Received b'This is a test message'\n");
    s.line(SERVER, 16);
    // The client waits before the server sends: no look at its buffer shows the bytes, only recv() brings them.
    let reply = s.call(
        CLIENT,
        "recv",
        Call::Recv {
            sock: client,
            max: 1024,
            flags: 0,
        },
    );
    s.waits(CLIENT, reply);
    let send = s.call(
        SERVER,
        "sendall",
        Call::Send {
            sock: conn,
            flags: 0,
            data: MESSAGE.into(),
        },
    );
    s.returns(SERVER, send, Outcome::Sent { n: 22 }, &[]);
    s.line(SERVER, 12);
    s.returns(
        CLIENT,
        reply,
        Outcome::Received {
            data: MESSAGE.into(),
            addr: None,
        },
        &[],
    );
    s.line(CLIENT, 14);
    let recv = s.call(
        SERVER,
        "recv",
        Call::Recv {
            sock: conn,
            max: 1024,
            flags: 0,
        },
    );
    s.waits(SERVER, recv);
    let close = s.call(CLIENT, "close", Call::Close { sock: client });
    s.sample(tcp(
        conn,
        TcpState::CloseWait,
        Some(SERVER_PORT),
        Some(CLIENT_PORT),
    ));
    let lingers = tcp(client, TcpState::FinWait2, Some(CLIENT_PORT), Some(SERVER_PORT));
    s.sample(Sample {
        closed: true,
        ..lingers
    });
    s.returns(CLIENT, close, Outcome::Done, &[]);
    s.event(
        CLIENT,
        EventKind::Ended {
            status: 0,
            stopped: false,
        },
    );
    s.returns(
        SERVER,
        recv,
        Outcome::Received {
            data: Payload::default(),
            addr: None,
        },
        &[],
    );
    s.line(SERVER, 18);
    let close = s.call(SERVER, "close", Call::Close { sock: conn });
    s.returns(SERVER, close, Outcome::Done, &[]);
    s.event(
        SERVER,
        EventKind::Ended {
            status: 0,
            stopped: false,
        },
    );
    s.rest = Rest::Ended;
    s
}

/// The client connects where nothing listens.
pub(crate) fn refused() -> Story {
    let mut s = Story::new();
    let client = sock(CLIENT, 0);
    s.start(CLIENT);
    s.line(CLIENT, 3);
    let c = s.call(
        CLIENT,
        "socket",
        Call::Socket {
            sock: client,
            family: 2,
            kind: 1,
            proto: 0,
        },
    );
    s.returns(CLIENT, c, Outcome::Done, &[3]);
    s.line(CLIENT, 6);
    let connect = s.call(
        CLIENT,
        "connect",
        Call::Connect {
            sock: client,
            addr: at(SERVER_PORT),
        },
    );
    s.returns(CLIENT, connect, Outcome::errno(111), &[]);
    let message = "[Errno 111] Connection refused".to_owned();
    let exception = "ConnectionRefusedError".to_owned();
    s.event(
        CLIENT,
        EventKind::Raised {
            exception,
            message,
            errno: Some(111),
            line: 6,
            column: None,
        },
    );
    let traceback = "Traceback (most recent call last):\n  File \"client.py\", line 6, in <module>\nConnectionRefusedError: [Errno 111] Connection refused\n";
    let data = Payload(traceback.as_bytes().to_vec());
    s.event(
        CLIENT,
        EventKind::Output {
            stream: Stream::Stderr,
            data,
            line: 0,
        },
    );
    s.event(
        CLIENT,
        EventKind::Ended {
            status: 1,
            stopped: false,
        },
    );
    s.rest = Rest::Ready(engine::session::NextStep::Program {
        program: SERVER,
        line: None,
    });
    s
}
