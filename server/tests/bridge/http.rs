//! HTTP beside the WebSocket: published ports, hosts and origins.

use super::{LISTENER, SERVER, socket};
use crate::common::{recv, send, v4};
use crate::page::Server;
use protocol::{Call, FromPage, FromServer, Outcome};
use std::time::Duration;

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
pub(super) async fn http(address: &str, head: &str) -> String {
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
