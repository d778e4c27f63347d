//! One WebSocket connection.
//!
//! One task, one loop: it writes what the session has to say, then waits for whatever comes first. While the page does not read, the
//! write does not end and nothing is read either: a slow page is slowed down, and nothing grows.

use super::hub::{Hub, Refused, Wanted};
use super::session::{self, Session};
use futures_util::{SinkExt, StreamExt};
use protocol::{FromPage, FromServer, VERSION, bounds};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Message};

/// How long a new connection may take to say hello.
const HELLO: Duration = Duration::from_secs(10);
/// How often the page is asked whether it is still there.
const PING: Duration = Duration::from_secs(20);
/// How long it may be silent, pongs included.
const SILENCE: Duration = Duration::from_secs(70);
/// How long a page may take to read what was written.
const WRITE: Duration = Duration::from_secs(60);

/// How messages are framed. The buffers are small: an idle session keeps them.
pub(crate) fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(bounds::MESSAGE_FROM_PAGE))
        .max_frame_size(Some(bounds::MESSAGE_FROM_PAGE))
        .read_buffer_size(4 << 10)
        // Answers that are there together travel together; a flush follows always.
        .write_buffer_size(16 << 10)
        .max_write_buffer_size(2 * bounds::MESSAGE_FROM_SERVER)
}

/// Why a connection ends.
enum End {
    /// The page has sent a Close frame: the session ends with it.
    Closed,
    /// It is gone without a word, or silent, or does not read: the session rests.
    Lost,
    /// Another connection takes the session up.
    Wanted,
    /// We close it, and say why; the session rests.
    Refuse(CloseCode, String),
    /// Nothing has been asked for a long time: we close it, and the session ends.
    Idle,
}

/// Serves one connection to its end.
pub(crate) async fn serve<S>(stream: WebSocketStream<S>, hub: Arc<Hub>, peer: IpAddr)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut connection = Connection {
        stream,
        heard: Instant::now(),
    };
    let greeted = connection.greet(&hub, peer).await;
    let (mut session, wanted) = match greeted {
        Ok(greeted) => greeted,
        Err(end) => {
            connection.close(end).await;
            return;
        }
    };
    let end = connection.run(&mut session, &wanted, &hub).await;
    match end {
        End::Closed | End::Idle => hub.end(session),
        End::Lost | End::Wanted | End::Refuse(..) => hub.rest(session),
    }
    connection.close(end).await;
}

struct Connection<S> {
    stream: WebSocketStream<S>,
    /// When something came last.
    heard: Instant,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Hears the hello and answers it.
    async fn greet(&mut self, hub: &Hub, peer: IpAddr) -> Result<(Box<Session>, Wanted), End> {
        let no_hello = || End::Refuse(CloseCode::Policy, "A connection begins with a hello.".to_owned());
        let first = timeout(HELLO, self.first()).await.map_err(|_| no_hello())??;
        let Ok(FromPage::Hello { version, resume }) = session::decode(&first) else {
            return Err(End::Refuse(
                CloseCode::Policy,
                "A connection begins with a hello.".to_owned(),
            ));
        };
        if version != VERSION {
            let text = format!("The page has version {version}, the server {VERSION}. Load the page again.");
            return Err(End::Refuse(CloseCode::Policy, text));
        }
        let taken = match &resume {
            Some(resume) => hub.take_up(resume).await,
            None => None,
        };
        let resumed = taken.is_some();
        let (mut session, wanted) = match taken {
            Some(taken) => taken,
            None => hub
                .begin(peer)
                .map_err(|refused: Refused| End::Refuse(CloseCode::Again, refused.to_string()))?,
        };
        if let (true, Some(resume)) = (resumed, &resume) {
            session.resume(resume.received);
        }
        let welcome = session::pack(FromServer::Welcome {
            version: VERSION,
            session: session.id,
            secret: session.secret.clone(),
            resumed,
            networks: hub.offers(),
            can_publish: hub.publisher.is_on(),
        });
        // Lost here, the session is lost to the page too: a new one is forgotten soon, a resumed one asked for again.
        let _ = timeout(WRITE, self.stream.send(welcome)).await;
        Ok((session, wanted))
    }

    async fn run(&mut self, session: &mut Session, wanted: &Wanted, hub: &Hub) -> End {
        let news = Arc::clone(&session.news);
        let mut ping = tokio::time::interval_at(tokio::time::Instant::now() + PING, PING);
        loop {
            if let Err(end) = self.write(session, wanted).await {
                return end;
            }
            tokio::select! {
                message = self.stream.next() => match self.heard(message) {
                    Ok(message @ (Message::Text(_) | Message::Binary(_))) => {
                        if session.hear(message, hub).await.is_err() {
                            let text = "Too many requests without acknowledging answers.".to_owned();
                            return End::Refuse(CloseCode::Policy, text);
                        }
                    }
                    Ok(_) => {}
                    Err(end) => return end,
                },
                () = news.notified() => session.go_on(hub).await,
                () = wanted.notified() => return End::Wanted,
                _ = ping.tick() => {
                    if self.heard.elapsed() > SILENCE {
                        return End::Lost;
                    }
                    if session.last_request.elapsed() > Duration::from_secs(bounds::IDLE_SECONDS) {
                        return End::Idle;
                    }
                    if self.stream.send(Message::Ping(Bytes::new())).await.is_err() {
                        return End::Lost;
                    }
                }
            }
        }
    }

    /// Writes what the session has to say.
    async fn write(&mut self, session: &mut Session, wanted: &Wanted) -> Result<(), End> {
        let Some(first) = session.next_out() else {
            return Ok(());
        };
        let all = async {
            self.stream.feed(first).await?;
            while let Some(message) = session.next_out() {
                self.stream.feed(message).await?;
            }
            self.stream.flush().await
        };
        // Nearly always done at once, without a timer.
        tokio::select! {
            biased;
            written = all => written.map_err(|_: Error| End::Lost),
            () = wanted.notified() => Err(End::Wanted),
            () = tokio::time::sleep(WRITE) => Err(End::Lost),
        }
    }

    /// The first message that is not a ping.
    async fn first(&mut self) -> Result<Message, End> {
        loop {
            let message = self.stream.next().await;
            if let message @ (Message::Text(_) | Message::Binary(_)) = self.heard(message)? {
                return Ok(message);
            }
        }
    }

    fn heard(&mut self, message: Option<Result<Message, Error>>) -> Result<Message, End> {
        self.heard = Instant::now();
        match message {
            Some(Ok(Message::Close(_))) => Err(End::Closed),
            Some(Ok(message)) => Ok(message),
            Some(Err(Error::Capacity(CapacityError::MessageTooLong { size, max_size }))) => Err(End::Refuse(
                CloseCode::Size,
                format!("A message of {size} bytes is too large; {max_size} are allowed."),
            )),
            Some(Err(Error::Utf8(_))) => Err(End::Refuse(
                CloseCode::Invalid,
                "A text message is not UTF-8.".to_owned(),
            )),
            Some(Err(Error::Protocol(error))) => Err(End::Refuse(CloseCode::Protocol, format!("{error}."))),
            Some(Err(_)) | None => Err(End::Lost),
        }
    }

    /// Says goodbye where there is somebody to hear it.
    async fn close(mut self, end: End) {
        const GOODBYE: Duration = Duration::from_secs(5);
        let (code, text) = match end {
            End::Lost => return,
            End::Closed => {
                // The answer to a Close frame is queued already.
                let _ = timeout(GOODBYE, self.stream.flush()).await;
                return;
            }
            End::Wanted => (
                CloseCode::Policy,
                "The session has been taken up by another connection.".to_owned(),
            ),
            End::Idle => (CloseCode::Normal, "Nothing was asked for a long time.".to_owned()),
            End::Refuse(code, text) => (code, text),
        };
        let problem = session::pack(FromServer::Problem {
            seq: 0,
            id: None,
            lab: None,
            text: text.clone(),
            fatal: true,
        });
        // A Close frame carries at most 123 bytes of reason.
        let short: String = text.chars().filter(char::is_ascii).take(120).collect();
        let frame = CloseFrame {
            code,
            reason: short.into(),
        };
        let goodbye = async {
            let _ = self.stream.send(problem).await;
            let _ = self.stream.send(Message::Close(Some(frame))).await;
            // Closing with unread bytes would reset the connection, and the page might never read the reason.
            let mut socket = self.stream.into_inner();
            let _ = socket.shutdown().await;
            let mut rest = [0; 4096];
            let mut bytes = 0;
            while let Ok(n @ 1..) = socket.read(&mut rest).await {
                bytes += n;
                if bytes > 4 * bounds::MESSAGE_FROM_PAGE {
                    break;
                }
            }
        };
        let _ = timeout(GOODBYE, goodbye).await;
    }
}
