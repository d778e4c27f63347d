//! Ports of labs on the machine's loopback, so that curl or a browser reaches a learner's server.
//!
//! ```text
//! curl ──▶ 127.0.0.1:8080 (machine) ── relay ──▶ 127.0.0.1:8080 (lab's namespace)
//! ```
//!
//! The relay's inner socket is made inside the lab by the helper: to the learner's program it is a client like any other.

use crate::net::{Dialer, Lab};
use protocol::bounds;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

/// Connections through one published port at once.
const CONNECTIONS: usize = 64;

/// Publishes ports, if that is allowed, and counts them.
pub struct Publisher {
    free: Option<Arc<Semaphore>>,
}

/// A published port. Dropping it ends the relay and all its connections.
pub(crate) struct Published {
    /// The lab's port.
    pub(crate) port: u16,
    /// Where it is reached.
    pub(crate) address: SocketAddr,
    _relay: JoinSet<()>,
    _permit: Option<OwnedSemaphorePermit>,
}

/// Why a port is not published.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PublishError {
    #[error("This server does not publish ports. Start it with: wirelab serve --publish")]
    Off,
    #[error(
        "The server has published as many ports as it may ({} of them). Close or reset a lab that has one.",
        bounds::PUBLISHED
    )]
    Full,
    #[error("Port 0 is no port to publish.")]
    Zero,
    #[error("No port of 127.0.0.1 could be had: {0}.")]
    Bind(io::Error),
}

impl Publisher {
    /// `on`: ports may be published.
    pub fn new(on: bool) -> Self {
        let free = on.then(|| Arc::new(Semaphore::new(bounds::PUBLISHED)));
        Self { free }
    }

    /// May ports be published?
    pub(crate) const fn is_on(&self) -> bool {
        self.free.is_some()
    }

    /// Publishes a port of a lab under the same number, or under another one if that is taken.
    pub(crate) async fn publish(&self, lab: &Lab, port: u16) -> Result<Published, PublishError> {
        let free = self.free.as_ref().ok_or(PublishError::Off)?;
        if port == 0 {
            return Err(PublishError::Zero);
        }
        let mut relay = JoinSet::new();
        if !lab.is_private() {
            // It is on the machine's loopback already.
            return Ok(Published {
                port,
                address: (Ipv4Addr::LOCALHOST, port).into(),
                _relay: relay,
                _permit: None,
            });
        }
        let permit = Arc::clone(free)
            .try_acquire_owned()
            .map_err(|_| PublishError::Full)?;
        let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
                .await
                .map_err(PublishError::Bind)?,
        };
        let address = listener.local_addr().map_err(PublishError::Bind)?;
        relay.spawn(accept(listener, lab.dialer(), port));
        Ok(Published {
            port,
            address,
            _relay: relay,
            _permit: Some(permit),
        })
    }
}

async fn accept(listener: TcpListener, dialer: Dialer, port: u16) {
    let mut connections = JoinSet::new();
    loop {
        while connections.len() >= CONNECTIONS {
            connections.join_next().await;
        }
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((outside, _)) => {
                connections.spawn(relay(outside, dialer.clone(), port));
            }
            // No descriptors left, or a connection that ended before we took it.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
        }
    }
}

async fn relay(mut outside: TcpStream, dialer: Dialer, port: u16) {
    let Ok(inside) = dialer.connect(port) else { return };
    let Ok(mut inside) = TcpStream::from_std(inside) else {
        return;
    };
    if inside.writable().await.is_err() || !matches!(inside.take_error(), Ok(None)) {
        return;
    }
    let _guest = dialer.guest();
    // Ends when both sides have; a broken side breaks the other.
    let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
}
