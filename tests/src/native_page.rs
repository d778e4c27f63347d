//! A page without a browser: the engine's session, driven over `/ws` by a native WebSocket client.
//!
//! It does what the pages' driver does in wasm: effects become messages, messages become inputs, what arrives is
//! acknowledged, and a cut connection is taken up again.

use anyhow::{Context as _, Result, bail, ensure};
use engine::session::{Command, Effect, Input, LabSpec, Rest, Session, World};
use futures_util::{SinkExt as _, StreamExt as _};
use protocol::frame::{self, Frame};
use protocol::message::Resume;
use protocol::{CallId, FromPage, FromServer};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _, http::HeaderValue};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// The page's only lab.
const LAB: u32 = 1;

/// A page.
pub struct NativePage {
    address: String,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: Session,
    resume: Resume,
    /// Requests that the server has not answered: sent again after a cut, where they run once.
    unanswered: BTreeMap<CallId, FromPage>,
    /// The last request id given: they count up, whoever asks.
    last_id: u64,
    /// The session's name for a request, by its id.
    names: BTreeMap<CallId, CallId>,
    began: Instant,
    wake: Option<Instant>,
    published: Option<String>,
    /// Messages that have arrived in all.
    pub arrived: u64,
}

impl NativePage {
    /// Connects to the server at `address` (`127.0.0.1:7878`) and opens the lab.
    ///
    /// # Errors
    /// What the server or the connection says.
    pub async fn open(address: &str, spec: LabSpec, world: World) -> Result<Self> {
        let (socket, resume, _) = connect(address, None).await?;
        let mut page = Self {
            address: address.to_owned(),
            socket,
            session: Session::new(spec, world),
            resume,
            unanswered: BTreeMap::new(),
            last_id: 0,
            names: BTreeMap::new(),
            began: Instant::now(),
            wake: None,
            published: None,
            arrived: 0,
        };
        let plan = page.session.spec().plan();
        let id = page.own_id();
        page.request(FromPage::Open { id, lab: LAB, plan }).await?;
        page.until(|rest| *rest != Rest::Opening).await?;
        Ok(page)
    }

    /// The session.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Does what a learner would.
    ///
    /// # Errors
    /// The connection failed.
    pub async fn command(&mut self, command: Command) -> Result<()> {
        self.input(Input::Command(command)).await
    }

    /// Next, and wait until all is quiet again; sleeps and deadlines are waited for.
    ///
    /// # Errors
    /// The connection failed, or nothing moved for ten seconds.
    pub async fn next(&mut self) -> Result<Rest> {
        self.command(Command::Next).await?;
        self.until(|rest| !matches!(rest, Rest::Opening | Rest::Working | Rest::Sleeping))
            .await?;
        Ok(self.session.rest())
    }

    /// Lets things happen until the lab stands as wished.
    ///
    /// # Errors
    /// The connection failed, or nothing moved for ten seconds.
    pub async fn until(&mut self, done: impl Fn(&Rest) -> bool) -> Result<()> {
        while !done(&self.session.rest()) {
            self.turn().await?;
        }
        Ok(())
    }

    /// Drops the connection without a Close frame and takes the session up on a new one.
    ///
    /// # Errors
    /// The server does not know the session any more.
    pub async fn cut(&mut self) -> Result<()> {
        let (socket, resume, resumed) = connect(&self.address, Some(self.resume.clone())).await?;
        ensure!(resumed, "the session was not taken up again");
        self.socket = socket;
        self.resume.secret = resume.secret;
        for message in self.unanswered.values().cloned().collect::<Vec<_>>() {
            self.send(message).await?;
        }
        Ok(())
    }

    /// Asks the server to publish a port of the lab; where it is reached then (`127.0.0.1:8080`).
    ///
    /// # Errors
    /// The server does not publish it, or the connection failed.
    pub async fn publish(&mut self, port: u16) -> Result<String> {
        self.published = None;
        let id = self.own_id();
        self.request(FromPage::Publish { id, lab: LAB, port }).await?;
        loop {
            if let Some(address) = self.published.take() {
                return Ok(address);
            }
            self.turn().await?;
        }
    }

    fn own_id(&mut self) -> CallId {
        self.last_id += 1;
        CallId(self.last_id)
    }

    /// A new request id for what the session calls `name`.
    fn id_for(&mut self, name: CallId) -> CallId {
        let id = self.own_id();
        self.names.insert(id, name);
        id
    }

    /// The ids of requests that the session names.
    fn ids_of(&self, names: &[CallId]) -> Vec<CallId> {
        let named = self.names.iter().filter(|(_, name)| names.contains(name));
        named.map(|(id, _)| *id).collect()
    }

    /// A request is answered: the session's name for it.
    fn answered(&mut self, id: CallId) -> CallId {
        self.unanswered.remove(&id);
        self.names.remove(&id).unwrap_or(id)
    }

    /// Lets one thing happen.
    ///
    /// # Errors
    /// The connection failed, or nothing moved for ten seconds.
    pub async fn turn(&mut self) -> Result<()> {
        if self.session.busy() {
            return self.input(Input::Tick).await;
        }
        let late = Instant::now() + Duration::from_secs(10);
        let wake = self.wake.unwrap_or(late);
        tokio::select! {
            message = self.socket.next() => match message.context("the server closed the connection")?? {
                Message::Text(text) => self.told(frame::decode_text(&text)?).await,
                Message::Binary(bytes) => self.told(frame::decode_binary(&bytes)?).await,
                Message::Close(close) => bail!("the server closed the connection: {close:?}"),
                _ => Ok(()),
            },
            () = tokio::time::sleep_until(wake.min(late)) => {
                ensure!(wake <= late, "nothing has moved for ten seconds: {:?}", self.session.rest());
                self.wake = None;
                self.input(Input::Tick).await
            }
        }
    }

    async fn told(&mut self, message: FromServer) -> Result<()> {
        self.arrived += 1;
        if let Some(seq) = message.seq() {
            // After a cut the server tells again what was not acknowledged.
            if seq <= self.resume.received {
                return Ok(());
            }
            ensure!(
                seq == self.resume.received + 1,
                "message {seq} after {}",
                self.resume.received
            );
            self.resume.received = seq;
            self.send(FromPage::Ack { seq }).await?;
        }
        let input = match message {
            FromServer::Welcome { .. } => return Ok(()),
            FromServer::Opened {
                id,
                network,
                private,
                hosts,
                number,
                ..
            } => {
                self.answered(id);
                Input::Opened {
                    network,
                    private,
                    hosts,
                    number,
                }
            }
            FromServer::Reply {
                id,
                at,
                order,
                outcome,
                samples,
                ..
            } => Input::Reply {
                id: self.answered(id),
                at,
                order,
                outcome,
                samples,
            },
            FromServer::Confirmed {
                id,
                at,
                order,
                waiting,
                samples,
                ..
            } => {
                let names = &self.names;
                let waiting = waiting
                    .iter()
                    .map(|id| names.get(id).copied().unwrap_or(*id))
                    .collect();
                Input::Confirmed {
                    id: self.answered(id),
                    at,
                    order,
                    waiting,
                    samples,
                }
            }
            FromServer::Changed {
                at, order, samples, ..
            } => Input::Changed { at, order, samples },
            FromServer::Wired {
                id,
                at,
                order,
                news,
                samples,
                embryos,
                ..
            } => Input::Wired {
                id: id.map(|id| self.answered(id)),
                at,
                order,
                news,
                samples,
                embryos,
            },
            FromServer::Published { id, address, .. } => {
                self.unanswered.remove(&id);
                self.published = Some(address);
                return Ok(());
            }
            FromServer::Problem { text, .. } => bail!("the server says: {text}"),
        };
        self.input(input).await
    }

    async fn input(&mut self, input: Input) -> Result<()> {
        let now = u64::try_from(self.began.elapsed().as_nanos())?;
        self.session.handle(now, input);
        while let Some(effect) = self.session.next_effect() {
            match effect {
                Effect::Call { id, host, call } => {
                    let id = self.id_for(id);
                    self.request(FromPage::Call {
                        id,
                        lab: LAB,
                        host,
                        call,
                    })
                    .await?
                }
                Effect::Wire { id, action } => {
                    let id = self.id_for(id);
                    self.request(FromPage::Wire { id, lab: LAB, action }).await?
                }
                Effect::Cancel { id } => {
                    for call in self.ids_of(&[id]) {
                        self.send(FromPage::Cancel { call }).await?;
                    }
                }
                Effect::Confirm { id, calls } => {
                    let (id, calls) = (self.id_for(id), self.ids_of(&calls));
                    self.request(FromPage::Confirm { id, lab: LAB, calls }).await?
                }
                Effect::Reset => {
                    let id = self.own_id();
                    self.request(FromPage::Reset { id, lab: LAB }).await?;
                }
                Effect::WakeAt(at) => self.wake = self.began.checked_add(Duration::from_nanos(at)),
            }
        }
        Ok(())
    }

    async fn request(&mut self, message: FromPage) -> Result<()> {
        if let Some(id) = message.id() {
            self.unanswered.insert(id, message.clone());
        }
        self.send(message).await
    }

    async fn send(&mut self, message: FromPage) -> Result<()> {
        let message = match frame::encode(message) {
            Frame::Text(text) => Message::text(text),
            Frame::Binary(bytes) => Message::binary(bytes),
        };
        Ok(self.socket.send(message).await?)
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A connection that has said hello; true: the session that `resume` names goes on.
async fn connect(address: &str, resume: Option<Resume>) -> Result<(Socket, Resume, bool)> {
    let mut request = format!("ws://{address}/ws").into_client_request()?;
    request
        .headers_mut()
        .insert("Origin", HeaderValue::from_str(&format!("http://{address}"))?);
    let (mut socket, _) = connect_async(request).await?;
    let received = resume.as_ref().map_or(0, |resume| resume.received);
    let hello = FromPage::Hello {
        version: protocol::VERSION,
        resume,
    };
    let Frame::Text(hello) = frame::encode(hello) else {
        bail!("hello is text")
    };
    socket.send(Message::text(hello)).await?;
    let answer = socket.next().await.context("no welcome")??;
    match frame::decode_text(answer.to_text()?)? {
        FromServer::Welcome {
            session,
            secret,
            resumed,
            ..
        } => Ok((
            socket,
            Resume {
                session,
                secret,
                received,
            },
            resumed,
        )),
        other => bail!("no welcome but {other:?}"),
    }
}
