//! The live network: real services, as far as the server's owner allows them. Only this machine's loopback is used here, and python3
//! is the other side.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use protocol::{Call, Network, Outcome, Plan};
use server::net::{Allow, Networks};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

/// A python3 program that prints its port, then does its work.
struct Python(Child, BufReader<std::process::ChildStdout>);

impl Python {
    fn run(program: &str) -> Self {
        let mut child = Command::new("python3")
            .args(["-u", "-c", program])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self(child, out)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.1.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    fn port(&mut self) -> u16 {
        self.line().parse().unwrap()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const HTTP: &str = "
import http.server
s = http.server.ThreadingHTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)
print(s.server_port)
s.serve_forever()";
const ECHO: &str = "
import socketserver
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        sock.sendto(data.upper(), self.client_address)
s = socketserver.UDPServer(('127.0.0.1', 0), Echo)
print(s.server_address[1])
s.serve_forever()";

async fn live(rules: &[String]) -> Networks {
    let rules: Vec<Allow> = rules.iter().map(|rule| rule.parse().unwrap()).collect();
    networks().await.allowing(rules).await
}

async fn lab(networks: &Networks) -> Bench {
    Bench::with(networks, &Plan::simple(Network::Live)).await
}

fn refused(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Failed {
            errno: libc::EPERM,
            why: Some(why),
        } => why.clone(),
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn what_is_allowed_is_reached_and_nothing_else() {
    let (mut http, mut echo) = (Python::run(HTTP), Python::run(ECHO));
    let (web, datagrams) = (http.port(), echo.port());
    let networks = live(&[format!("127.0.0.1:{web}"), format!("127.0.0.0/8:{datagrams}")]).await;
    let mut lab = lab(&networks).await;
    assert_eq!(lab.lab.network(), Network::Live);
    assert!(!lab.lab.is_private());

    let client = lab.socket(INET, STREAM).await;
    assert_eq!(lab.connect(client, v4(web)).await, Outcome::Done);
    let request = b"GET / HTTP/1.0\r\n\r\n";
    assert_eq!(lab.send(client, request).await, sent(request.len() as u64));
    let Outcome::Received { data, .. } = lab.recv(client, 12).await else {
        panic!("no answer")
    };
    assert_eq!(data.0, b"HTTP/1.0 200");
    assert!(lab.state[&client].tcp.is_some(), "the kernel's state is seen");

    let udp = lab.socket(INET, DGRAM).await;
    let hello = Call::SendTo {
        sock: udp,
        flags: 0,
        data: b"hello".as_slice().into(),
        addr: v4(datagrams),
    };
    assert_eq!(lab.call(hello).await, sent(5));
    assert_eq!(lab.recv(udp, 100).await, bytes(b"HELLO"));

    // Another port, another address, the other protocol's rule is not asked for: only address and port count.
    let other = lab.socket(INET, STREAM).await;
    let why = refused(&lab.connect(other, v4(web.wrapping_add(1))).await);
    assert!(why.contains("--allow 127.0.0.1:"), "{why}");
    refused(&lab.connect(other, ip("127.0.0.2", web)).await);
    refused(&lab.connect(other, ip("169.254.169.254", 80)).await);
    refused(&lab.connect(other, ip("8.8.8.8", 53)).await);
    let six = lab.socket(INET6, STREAM).await;
    refused(&lab.connect(six, v6(web)).await);
    assert_eq!(lab.connect(six, ip("::ffff:127.0.0.1", web)).await, Outcome::Done);
    let away = Call::SendTo {
        sock: udp,
        flags: 0,
        data: b"x".as_slice().into(),
        addr: v4(1),
    };
    refused(&lab.call(away).await);
    // Names that no rule has are not asked of anybody.
    assert_eq!(
        lab.connect(other, name("example.org", web)).await,
        Outcome::Unresolved { code: -2 }
    );
}

#[tokio::test]
async fn a_program_listens_where_it_may() {
    // A port that is free now.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let networks = live(&[format!("localhost:{port}")]).await;
    let mut lab = lab(&networks).await;
    let listener = lab.socket(INET, STREAM).await;
    assert_eq!(lab.bind(listener, name("", port)).await, Outcome::Done);
    assert_eq!(
        lab.local(listener).await,
        v4(port),
        "any address is only the one that is allowed"
    );
    assert_eq!(lab.listen(listener, 1).await, Outcome::Done);
    let mut client = Python::run(&format!(
        "import socket\nc = socket.create_connection(('127.0.0.1', {port}))\nc.sendall(b'hi')\nprint(c.recv(9))"
    ));
    let (server, outcome) = lab.accept(listener).await;
    assert!(matches!(outcome, Outcome::Accepted { .. }));
    assert_eq!(lab.recv(server, 10).await, bytes(b"hi"));
    assert_eq!(lab.send(server, b"ho").await, sent(2));
    lab.close(server).await;
    let mut said = String::new();
    client.1.read_to_string(&mut said).unwrap();
    assert_eq!(said.trim(), "b'ho'");

    let other = lab.socket(INET, STREAM).await;
    refused(&lab.bind(other, v4(port.wrapping_add(1))).await);
    refused(&lab.listen(other, 1).await);
    // A port that the kernel chooses is nobody's rule.
    assert_eq!(lab.bind(other, name("", 0)).await, Outcome::Done);
    refused(&lab.listen(other, 1).await);
}

#[tokio::test]
async fn without_rules_there_is_no_live_network() {
    let networks = networks().await;
    let error = networks
        .open_lab(&Plan::simple(Network::Live))
        .await
        .err()
        .unwrap();
    assert!(error.to_string().contains("--allow"), "{error}");
    assert!(
        networks
            .offers()
            .iter()
            .all(|offer| offer.network != Network::Live)
    );
}
