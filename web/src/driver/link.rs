//! The page's one WebSocket. It connects when the first lab is there, takes the session up again after a loss, and says
//! on the page what is the matter. The secret stays in memory: a page that is loaded again has new programs, to which an
//! old session's sockets would mean nothing.

use super::ledger::{Ledger, News};
use super::timer::Timer;
use engine::session::{Effect, Input};
use engine::sorted::Map;
use protocol::frame::{self, Frame};
use protocol::message::LabNumber;
use protocol::{FromPage, FromServer, NetworkInfo, Plan};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BinaryType, MessageEvent, WebSocket};

/// The waits between attempts, milliseconds.
const BACKOFF: [f64; 6] = [250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0];
/// Attempts in vain after which the server counts as silent (some two seconds).
const PATIENCE: usize = 3;
/// Messages after which one is acknowledged at once.
const ACK_AFTER: u64 = 32;
/// Otherwise so many milliseconds later.
const ACK_LATER: f64 = 400.0;

/// How the connection is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// The first attempt is under way.
    #[default]
    Connecting,
    /// All is well.
    Open,
    /// It is gone; the next attempt is under way or comes soon.
    Lost,
    /// It will not come back by itself.
    Dead {
        /// One plain sentence.
        text: String,
        /// Loading the page again would help.
        reload: bool,
    },
}

/// What a lab of the page gets from the link.
pub trait Listener {
    /// Something for its session.
    fn input(self: Rc<Self>, input: Input);
    /// A port of the lab can be reached on the server's machine, at this address.
    fn published(&self, port: u16, address: String);
    /// The connection has changed.
    fn status(&self, status: &Status);
}

/// See above.
#[derive(Default)]
pub struct Link {
    ledger: RefCell<Ledger>,
    listeners: RefCell<Map<LabNumber, Weak<dyn Listener>>>,
    socket: RefCell<Option<Connection>>,
    status: RefCell<Status>,
    attempts: Cell<usize>,
    retry: RefCell<Option<Timer>>,
    ack: RefCell<Option<Timer>>,
}

struct Connection {
    socket: WebSocket,
    /// Kept alive as long as the socket may call them.
    _open: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

thread_local! {
    static LINK: Rc<Link> = Rc::default();
    static SERVED: Cell<bool> = const { Cell::new(true) };
}

/// Says whether a Wirelab server serves this page: without one, none is looked for.
pub fn served(yes: bool) {
    SERVED.set(yes);
}

/// Does a Wirelab server serve this page?
pub fn is_served() -> bool {
    SERVED.get()
}

impl Link {
    /// The page's link.
    pub fn page() -> Rc<Self> {
        LINK.with(Rc::clone)
    }

    /// How the connection is now.
    pub fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    /// Asks the server, if there is one, what it offers, before a lab needs it.
    pub fn greet(self: &Rc<Self>) {
        if SERVED.get() {
            self.connect();
        }
    }

    /// A lab of this page wants a network.
    pub fn open(self: &Rc<Self>, plan: Plan, listener: Weak<dyn Listener>) -> LabNumber {
        let (lab, message) = self.ledger.borrow_mut().open(plan);
        self.listeners.borrow_mut().insert(lab, listener);
        match message {
            Some(message) => self.send(message),
            None => self.connect(),
        }
        lab
    }

    /// It does not any more.
    pub fn close(self: &Rc<Self>, lab: LabNumber) {
        self.listeners.borrow_mut().remove(&lab);
        let message = self.ledger.borrow_mut().close(lab);
        if let Some(message) = message {
            self.send(message);
        }
    }

    /// An effect of a lab.
    pub fn effect(self: &Rc<Self>, lab: LabNumber, effect: Effect) {
        let message = self.ledger.borrow_mut().effect(lab, effect);
        if let Some(message) = message {
            self.send(message);
        }
    }

    /// Can ports of labs be published on the server's machine?
    pub fn can_publish(&self) -> bool {
        self.ledger.borrow().can_publish()
    }

    /// What the server offers, its default first; empty before it has said so.
    pub fn networks(&self) -> Vec<NetworkInfo> {
        self.ledger.borrow().networks().to_vec()
    }

    /// Asks for a port of a lab to be published; a refusal comes as trouble.
    pub fn publish(&self, lab: LabNumber, port: u16) {
        let message = self.ledger.borrow_mut().publish(lab, port);
        message.into_iter().for_each(|m| self.send(m));
    }

    fn send(&self, message: FromPage) {
        let connection = self.socket.borrow();
        let Some(connection) = connection.as_ref() else {
            return;
        };
        // A socket that is closing refuses; what it refused is in the ledger and will be sent again.
        let _ = match frame::encode(message) {
            Frame::Text(text) => connection.socket.send_with_str(&text),
            Frame::Binary(bytes) => connection.socket.send_with_u8_array(&bytes),
        };
    }

    fn connect(self: &Rc<Self>) {
        if self.socket.borrow().is_some() || matches!(*self.status.borrow(), Status::Dead { .. }) {
            return;
        }
        let Some(url) = address() else { return };
        let Ok(socket) = WebSocket::new(&url) else {
            return self.lost();
        };
        socket.set_binary_type(BinaryType::Arraybuffer);
        let open = self.handler(|link| {
            let hello = link.ledger.borrow_mut().hello();
            link.send(hello);
        });
        let close = self.handler(Self::lost);
        let weak = Rc::downgrade(self);
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(link) = weak.upgrade() {
                link.message(&event.data());
            }
        });
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        *self.socket.borrow_mut() = Some(Connection {
            socket,
            _open: open,
            _message: message,
            _close: close,
        });
    }

    fn handler(self: &Rc<Self>, run: impl Fn(&Rc<Self>) + 'static) -> Closure<dyn FnMut()> {
        let weak = Rc::downgrade(self);
        Closure::new(move || {
            if let Some(link) = weak.upgrade() {
                run(&link);
            }
        })
    }

    fn lost(self: &Rc<Self>) {
        *self.socket.borrow_mut() = None;
        let weak = Rc::downgrade(self);
        self.ledger.borrow_mut().disconnected();
        if !self.ledger.borrow().is_needed() {
            return;
        }
        if !matches!(*self.status.borrow(), Status::Dead { .. }) {
            self.set_status(Status::Lost);
        }
        let attempt = self.attempts.get();
        self.attempts.set(attempt + 1);
        if attempt == PATIENCE {
            // Said again: whoever waits for a first answer gives up now.
            let status = self.status();
            self.tell(&status);
        }
        let wait = BACKOFF[attempt.min(BACKOFF.len() - 1)];
        *self.retry.borrow_mut() = Some(Timer::after(wait, move || {
            if let Some(link) = weak.upgrade() {
                link.connect();
            }
        }));
    }

    fn message(self: &Rc<Self>, data: &JsValue) {
        let decoded = if let Some(text) = data.as_string() {
            frame::decode_text::<FromServer>(&text)
        } else {
            frame::decode_binary(&js_sys::Uint8Array::new(data).to_vec())
        };
        let message = match decoded {
            Ok(message) => message,
            Err(error) => {
                return self.dead(
                    format!(
                        "The server said something that this page cannot read ({error}). Reload the page."
                    ),
                    true,
                );
            }
        };
        if matches!(message, FromServer::Welcome { .. }) {
            self.attempts.set(0);
        }
        let welcome = matches!(message, FromServer::Welcome { .. });
        let news = self.ledger.borrow_mut().receive(message);
        for item in news {
            match item {
                News::Send(message) => self.send(message),
                News::Lab(lab, input) => {
                    let listener = self.listeners.borrow().get(&lab).and_then(Weak::upgrade);
                    if let Some(listener) = listener {
                        listener.input(input);
                    }
                }
                News::Published { lab, port, address } => {
                    let listener = self.listeners.borrow().get(&lab).and_then(Weak::upgrade);
                    if let Some(listener) = listener {
                        listener.published(port, address);
                    }
                }
                News::Fatal { text, reload } => return self.dead(text, reload),
            }
        }
        if welcome {
            self.set_status(Status::Open);
        }
        self.acknowledge();
    }

    fn acknowledge(self: &Rc<Self>) {
        let due = self.ledger.borrow().unacknowledged();
        if due == 0 {
            return;
        }
        if due >= ACK_AFTER {
            *self.ack.borrow_mut() = None;
            let message = self.ledger.borrow_mut().acknowledge();
            message.into_iter().for_each(|m| self.send(m));
        } else if self.ack.borrow().is_none() {
            let weak = Rc::downgrade(self);
            *self.ack.borrow_mut() = Some(Timer::after(ACK_LATER, move || {
                if let Some(link) = weak.upgrade() {
                    let message = link.ledger.borrow_mut().acknowledge();
                    message.into_iter().for_each(|m| link.send(m));
                    *link.ack.borrow_mut() = None;
                }
            }));
        }
    }

    fn dead(self: &Rc<Self>, text: String, reload: bool) {
        self.set_status(Status::Dead { text, reload });
        *self.retry.borrow_mut() = None;
        *self.socket.borrow_mut() = None;
    }

    fn set_status(&self, status: Status) {
        if *self.status.borrow() == status {
            return;
        }
        *self.status.borrow_mut() = status.clone();
        self.tell(&status);
    }

    /// Has the server not answered for so long that a script should be told?
    pub fn is_silent(&self) -> bool {
        self.attempts.get() > PATIENCE
    }

    fn tell(&self, status: &Status) {
        let listeners: Vec<_> = self
            .listeners
            .borrow()
            .values()
            .filter_map(Weak::upgrade)
            .collect();
        for listener in listeners {
            listener.status(status);
        }
    }
}

/// The server's WebSocket: where this page's script came from.
fn address() -> Option<String> {
    let location = web_sys::window()?.location();
    let scheme = if location.protocol().ok()? == "https:" {
        "wss:"
    } else {
        "ws:"
    };
    Some(format!("{scheme}//{}/ws", location.host().ok()?))
}
