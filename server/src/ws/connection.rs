//! One WebSocket connection.
//!
//! One task, one loop: it writes what the session has to say, then waits for whatever comes first. While the page does not read, the
//! write does not end and nothing is read either; while the session has no room because answers were not acknowledged, nothing
//! is read: a slow page is slowed down, and nothing grows.

use super::hub::{Hub, Refused, Wanted};
use super::limits::Limits;
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
/// How often a session that is behind looks whether there is room on the server again.
const LOOK: Duration = Duration::from_millis(100);
/// How much is written before it is waited for.
const BATCH: usize = 64 << 10;

/// How long it may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

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
    /// It sends and does not acknowledge, so that nothing can go on: another connection can, because it says what has arrived.
    Stuck,
    /// Nothing has been asked for a long time: we close it, and the session ends.
    Idle,
}

/// Waits until something is written, but not for ever.
async fn patiently(
    writing: impl Future<Output = Result<(), Error>>,
    wanted: &Wanted,
    patience: Duration,
) -> Result<(), End> {
    // Nearly always done at once, without a timer.
    tokio::select! {
        biased;
        written = writing => written.map_err(|_| End::Lost),
        () = wanted.notified() => Err(End::Wanted),
        () = async { tokio::time::sleep(patience).await } => Err(End::Lost),
    }
}

/// Serves one connection to its end.
pub(crate) async fn serve<S>(stream: WebSocketStream<S>, hub: Arc<Hub>, peer: IpAddr)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut connection = Connection {
        stream,
        heard: Instant::now(),
        limits: hub.limits.clone(),
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
        End::Lost | End::Wanted | End::Stuck | End::Refuse(..) => hub.rest(session),
    }
    connection.close(end).await;
}

struct Connection<S> {
    stream: WebSocketStream<S>,
    /// When something came last.
    heard: Instant,
    limits: Limits,
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
        let _ = timeout(self.limits.patience, self.stream.send(welcome)).await;
        Ok((session, wanted))
    }

    async fn run(&mut self, session: &mut Session, wanted: &Wanted, hub: &Hub) -> End {
        let news = Arc::clone(&session.news);
        let every = self.limits.ping;
        let mut ping = tokio::time::interval_at(tokio::time::Instant::now() + every, every);
        // Since when nothing is read because the session has no room.
        let mut paused: Option<Instant> = None;
        loop {
            if let Err(end) = self.write(session, wanted).await {
                return end;
            }
            let reads = session.has_room();
            match (reads, paused) {
                (true, Some(_)) => {
                    paused = None;
                    // Its pongs may lie behind what was not read.
                    self.heard = Instant::now();
                }
                (false, None) => paused = Some(Instant::now()),
                _ => {}
            }
            tokio::select! {
                message = self.stream.next(), if reads => match self.heard(message) {
                    Ok(message @ (Message::Text(_) | Message::Binary(_))) => session.hear(message, hub).await,
                    Ok(_) => {}
                    Err(end) => return end,
                },
                () = news.notified() => session.go_on(hub).await,
                () = wanted.notified() => return End::Wanted,
                // Room that others have made.
                () = async { tokio::time::sleep(LOOK).await }, if session.is_behind() => session.go_on(hub).await,
                _ = ping.tick() => match paused {
                    Some(since) if since.elapsed() > self.limits.patience => return End::Stuck,
                    Some(_) => {}
                    None if self.heard.elapsed() > self.limits.silence => return End::Lost,
                    None if session.last_request.elapsed() > self.limits.idle => return End::Idle,
                    None => {
                        let pinged = async {
                            self.stream.feed(Message::Ping(Bytes::new())).await?;
                            self.stream.flush().await
                        };
                        if let Err(end) = patiently(pinged, wanted, self.limits.patience).await {
                            return end;
                        }
                    }
                }
            }
        }
    }

    /// Writes what the session has to say. While the page does not read, this does not end.
    async fn write(&mut self, session: &mut Session, wanted: &Wanted) -> Result<(), End> {
        while let Some(first) = session.next_out() {
            let batch = async {
                let mut bytes = first.len();
                self.stream.feed(first).await?;
                while bytes < BATCH
                    && let Some(message) = session.next_out()
                {
                    bytes += message.len();
                    self.stream.feed(message).await?;
                }
                self.stream.flush().await
            };
            patiently(batch, wanted, self.limits.patience).await?;
        }
        Ok(())
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
        let (code, text) = match end {
            End::Lost => return,
            End::Closed => {
                // The answer to a Close frame is queued already.
                let _ = timeout(GOODBYE, self.stream.flush()).await;
                return;
            }
            End::Stuck => {
                let frame = CloseFrame {
                    code: CloseCode::Again,
                    reason: "Answers were not acknowledged. The session goes on with a new connection."
                        .into(),
                };
                self.goodbye(&[Message::Close(Some(frame))]).await;
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
        self.goodbye(&[problem, Message::Close(Some(frame))]).await;
    }

    /// Sends the last messages, and waits a little until they are read.
    async fn goodbye(mut self, messages: &[Message]) {
        let goodbye = async {
            for message in messages {
                let _ = self.stream.send(message.clone()).await;
            }
            // Closing with unread bytes would reset the connection, and the page might never read the reason.
            let mut socket = self.stream.into_inner();
            let _ = socket.shutdown().await;
            let mut rest = vec![0; 16 << 10];
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
