//! A page for tests: `wirelab serve` as a process of its own, and a WebSocket client that speaks the protocol.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

use futures_util::{SinkExt, StreamExt};
use protocol::frame::{self, Frame};
use protocol::message::Resume;
use protocol::{Call, CallId, FromPage, FromServer, Outcome, SessionId, VERSION};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

pub struct Server {
    pub process: Child,
    pub address: String,
    _site: tempfile::TempDir,
}

impl Server {
    pub fn start(args: &[&str]) -> Self {
        let site = tempfile::tempdir().unwrap();
        std::fs::write(site.path().join("index.html"), "<title>Wirelab</title>").unwrap();
        std::fs::create_dir(site.path().join("book")).unwrap();
        std::fs::write(site.path().join("book/index.html"), "<title>Book</title>").unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_wirelab"))
            .args(["serve", "--listen", "127.0.0.1:0", "--site"])
            .arg(site.path())
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .trim()
            .strip_prefix("http://")
            .unwrap()
            .trim_end_matches('/')
            .to_owned();
        Self {
            process,
            address,
            _site: site,
        }
    }

    pub async fn page(&self) -> Page {
        Page::connect(&self.address, None).await
    }

    /// Resident memory, bytes.
    pub fn memory(&self) -> usize {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let kilobytes: usize = line.trim().trim_end_matches(" kB").parse().unwrap();
        kilobytes << 10
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub async fn open(address: &str) -> Socket {
    let request = format!("ws://{address}/ws").into_client_request().unwrap();
    // As browsers do: an acknowledgement does not hold back the call behind it.
    let no_delay = true;
    connect_async_with_config(request, None, no_delay)
        .await
        .unwrap()
        .0
}

pub struct Page {
    pub socket: Socket,
    pub session: SessionId,
    pub secret: String,
    pub resumed: bool,
    pub can_publish: bool,
    /// The last seq that arrived.
    pub received: u64,
    pub next_id: u64,
}

impl Page {
    pub async fn connect(address: &str, resume: Option<Resume>) -> Self {
        let mut socket = open(address).await;
        let received = resume.as_ref().map_or(0, |r| r.received);
        put(
            &mut socket,
            FromPage::Hello {
                version: VERSION,
                resume,
            },
        )
        .await;
        match get(&mut socket).await.unwrap() {
            FromServer::Welcome {
                session,
                secret,
                resumed,
                can_publish,
                ..
            } => Self {
                socket,
                session,
                secret,
                resumed,
                can_publish,
                received: if resumed { received } else { 0 },
                next_id: 0,
            },
            other => panic!("no welcome: {other:?}"),
        }
    }

    pub fn resume(&self) -> Resume {
        Resume {
            session: self.session,
            secret: self.secret.clone(),
            received: self.received,
        }
    }

    pub fn id(&mut self) -> CallId {
        self.next_id += 1;
        CallId(self.next_id)
    }

    pub async fn say(&mut self, message: FromPage) {
        put(&mut self.socket, message).await;
    }

    /// The next message that has a place in the session.
    pub async fn hear(&mut self) -> FromServer {
        let message = get(&mut self.socket).await.unwrap();
        if let Some(seq @ 1..) = message.seq() {
            assert_eq!(seq, self.received + 1, "no gap, nothing twice: {message:?}");
            self.received = seq;
        }
        message
    }

    /// The next answer to this request.
    pub async fn answer(&mut self, id: CallId) -> FromServer {
        loop {
            let message = self.hear().await;
            let about = match &message {
                FromServer::Reply { id, .. }
                | FromServer::Opened { id, .. }
                | FromServer::Confirmed { id, .. }
                | FromServer::Published { id, .. } => Some(*id),
                FromServer::Problem { id, .. } => *id,
                _ => None,
            };
            if about == Some(id) {
                return message;
            }
        }
    }

    pub async fn open_lab(&mut self, lab: u32) {
        let id = self.id();
        self.say(FromPage::Open {
            id,
            lab,
            plan: protocol::Plan::simple(protocol::Network::Kernel),
        })
        .await;
        match self.answer(id).await {
            FromServer::Opened { .. } => {}
            other => panic!("not opened: {other:?}"),
        }
    }

    pub async fn start(&mut self, lab: u32, call: Call) -> CallId {
        let id = self.id();
        self.say(FromPage::Call {
            id,
            lab,
            host: protocol::HostId(0),
            call,
        })
        .await;
        id
    }

    pub async fn outcome(&mut self, id: CallId) -> Outcome {
        match self.answer(id).await {
            FromServer::Reply { outcome, .. } => outcome,
            other => panic!("no reply: {other:?}"),
        }
    }

    pub async fn call(&mut self, lab: u32, call: Call) -> Outcome {
        let id = self.start(lab, call).await;
        self.outcome(id).await
    }

    pub async fn ack(&mut self) {
        let seq = self.received;
        self.say(FromPage::Ack { seq }).await;
    }
}

pub async fn put(socket: &mut Socket, message: FromPage) {
    socket.send(packed(message)).await.unwrap();
}

/// As it lies in a WebSocket message.
pub fn packed(message: FromPage) -> Message {
    match frame::encode(message) {
        Frame::Text(text) => Message::text(text),
        Frame::Binary(bytes) => Message::binary(bytes),
    }
}

/// The next message; an error is the end of the connection.
pub async fn get(socket: &mut Socket) -> Result<FromServer, Box<Error>> {
    loop {
        let next = tokio::time::timeout(Duration::from_secs(20), socket.next())
            .await
            .expect("an answer in time");
        match next {
            Some(Ok(Message::Text(text))) => return Ok(frame::decode_text(text.as_str()).unwrap()),
            Some(Ok(Message::Binary(bytes))) => return Ok(frame::decode_binary(&bytes).unwrap()),
            Some(Ok(Message::Close(_))) | None => return Err(Box::new(Error::ConnectionClosed)),
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(Box::new(error)),
        }
    }
}

/// The code and reason of the Close frame that the server sends.
pub async fn close_code(socket: &mut Socket) -> (u16, String) {
    loop {
        match tokio::time::timeout(Duration::from_secs(20), socket.next())
            .await
            .expect("an end in time")
        {
            Some(Ok(Message::Close(Some(frame)))) => return (frame.code.into(), frame.reason.to_string()),
            Some(Ok(_)) => {}
            other => panic!("no close frame: {other:?}"),
        }
    }
}
