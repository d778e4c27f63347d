//! `wirelab serve`: the pages and the bridge on one port.
//!
//! ```text
//! request ── gate (Host) ──▶ /ws ── gate (Origin) ──▶ upgrade ──▶ ws::serve
//!                        └──▶ site: pages, book, scripts
//! ```

mod gate;
pub mod publish;
mod site;

use crate::exec::Doorkeeper;
use crate::net::{Allow, Networks};
use crate::sys;
use crate::ws::{self, Hub, Inlet, Limits};
use anyhow::Context;
use axum::Router;
use axum::body::Body;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderName, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::serve::IncomingStream;
use clap::Args;
use gate::{Caller, Gate};
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade::downcast;
use publish::Publisher;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response;
use tokio_tungstenite::tungstenite::protocol::Role;

/// The arguments of `wirelab serve`.
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// Where to listen; 0.0.0.0 for a whole class
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:7878")]
    pub listen: SocketAddr,
    /// A name that learners open the server by, besides its addresses (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub allow_host: Vec<String>,
    /// Let labs on the live network reach these real addresses, and listen on them: HOST:PORTS or CIDR:PORTS, such as
    /// 127.0.0.1:8000-8010 or example.org:80 (may be repeated)
    #[arg(long, value_name = "HOST:PORTS")]
    pub allow: Vec<Allow>,
    /// Let labs publish their ports on this machine's loopback, for curl and browsers
    #[arg(long)]
    pub publish: bool,
    /// Serve the pages from this directory instead of those inside the binary
    #[arg(long, value_name = "DIR")]
    pub site: Option<PathBuf>,
}

/// Both ends of a connection.
#[derive(Clone, Copy, Debug)]
struct Ends {
    local: SocketAddr,
    peer: SocketAddr,
}

impl Connected<IncomingStream<'_, TcpListener>> for Ends {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        let nowhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        Self {
            local: stream.io().local_addr().unwrap_or(nowhere),
            peer: *stream.remote_addr(),
        }
    }
}

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// When there are no pages, or the address cannot be had.
pub async fn run(args: ServeArgs) -> anyhow::Result<()> {
    match &args.site {
        None if !site::HAS_PAGES => {
            anyhow::bail!("this build has no pages inside; say where they are with --site DIR")
        }
        Some(directory) if !directory.is_dir() => {
            anyhow::bail!("{} is not a directory", directory.display())
        }
        _ => {}
    }
    sys::keep_freed_memory();
    let networks = Networks::start().await.allowing(args.allow.clone()).await;
    let private = networks.private();
    let note = networks.note();
    let server = Server::bind(&args, networks, Limits::default()).await?;
    if !private {
        eprintln!("{note}");
    }
    announce(server.address, &args.allow_host);
    tokio::select! {
        served = server.run() => served.context("the server has stopped")?,
        () = asked_to_stop() => {}
    }
    Ok(())
}

/// A server that has its address and answers once it runs.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    listener: TcpListener,
    hub: Arc<Hub>,
    app: Router,
    /// Lets the user's own programs into labs; none where there is no place for its socket.
    door: Option<Doorkeeper>,
}

impl Server {
    /// Takes the address.
    ///
    /// # Errors
    /// When it cannot be had.
    pub async fn bind(args: &ServeArgs, networks: Networks, limits: Limits) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(args.listen)
            .await
            .with_context(|| format!("cannot listen on {}", args.listen))?;
        let address = listener.local_addr()?;
        let hub = Hub::new(networks, Publisher::new(args.publish), limits);
        let door = Doorkeeper::open(address.port(), hub.registry());
        if let Err(error) = &door
            && error.kind() != std::io::ErrorKind::Unsupported
        {
            eprintln!(
                "wirelab exec will not find this server, because its socket could not be made: {error}"
            );
        }
        Ok(Self {
            address,
            door: door.ok(),
            app: router(Arc::clone(&hub), args),
            listener,
            hub,
        })
    }

    /// Its sessions.
    #[must_use]
    pub fn hub(&self) -> Arc<Hub> {
        Arc::clone(&self.hub)
    }

    /// Serves for ever.
    ///
    /// # Errors
    /// When the kernel takes the address away.
    pub async fn run(self) -> std::io::Result<()> {
        let _open = self.door;
        let app = self.app.into_make_service_with_connect_info::<Ends>();
        axum::serve(self.listener, app).await
    }
}

/// Prints where learners find the pages: this machine's own address first.
fn announce(local: SocketAddr, names: &[String]) {
    let port = local.port();
    let mut addresses: Vec<IpAddr> = Vec::new();
    if local.ip().is_unspecified() {
        addresses.push(Ipv4Addr::LOCALHOST.into());
        let others = sys::interface_addresses().unwrap_or_default();
        let open = |ip: &IpAddr| !ip.is_loopback() && (ip.is_ipv4() || local.is_ipv6());
        addresses.extend(others.into_iter().filter(open));
    } else {
        addresses.push(local.ip());
    }
    let mut lines = String::new();
    for ip in addresses {
        lines.push_str(&format!("http://{}/\n", SocketAddr::new(ip, port)));
    }
    for name in names {
        lines.push_str(&format!("http://{name}:{port}/\n"));
    }
    let mut out = std::io::stdout().lock();
    // A reader that has gone away after the first line is no reason to end.
    let _ = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
}

async fn asked_to_stop() {
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
    }
}

/// SIGTERM.
#[cfg(unix)]
async fn terminated() {
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => std::future::pending().await,
    }
}

/// There is nothing like it.
#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}

/// What every request needs.
#[derive(Clone)]
struct Shared {
    hub: Arc<Hub>,
    gate: Arc<Gate>,
}

fn router(hub: Arc<Hub>, args: &ServeArgs) -> Router {
    let names = args
        .allow_host
        .iter()
        .map(|name| name.to_ascii_lowercase())
        .collect();
    let shared = Shared {
        hub,
        gate: Arc::new(Gate { names }),
    };
    let bridge = Router::new()
        .route("/ws", any(upgrade))
        .with_state(shared.clone());
    site::with_pages(bridge, args.site.as_deref()).layer(middleware::from_fn_with_state(shared, at_the_gate))
}

fn caller<'a>(request: &'a Request, ends: Ends) -> Caller<'a> {
    let header = |name: HeaderName| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap_or(""))
    };
    Caller {
        host: header(HOST),
        origin: header(ORIGIN),
        local: ends.local,
        peer: ends.peer.ip(),
    }
}

async fn at_the_gate(
    State(shared): State<Shared>,
    ConnectInfo(ends): ConnectInfo<Ends>,
    request: Request,
    next: Next,
) -> Response {
    match shared.gate.check_host(caller(&request, ends)) {
        Ok(()) => next.run(request).await,
        Err(reason) => forbidden(&reason),
    }
}

fn forbidden(reason: &str) -> Response {
    (StatusCode::FORBIDDEN, format!("{reason}\n")).into_response()
}

/// Makes a WebSocket of the request. axum's own `ws` would bring a second tungstenite.
async fn upgrade(
    State(shared): State<Shared>,
    ConnectInfo(ends): ConnectInfo<Ends>,
    request: Request,
) -> Response {
    if let Err(reason) = shared.gate.check_origin(caller(&request, ends)) {
        return forbidden(&reason);
    }
    let (mut parts, _) = request.into_parts();
    let Some(upgrade) = parts.extensions.remove::<hyper::upgrade::OnUpgrade>() else {
        let text = "This address is for the WebSocket of Wirelab's pages.\n";
        return (StatusCode::UPGRADE_REQUIRED, text).into_response();
    };
    let response = match create_response(&axum::http::Request::from_parts(parts, ())) {
        Ok(response) => response,
        Err(error) => return (StatusCode::BAD_REQUEST, format!("{error}\n")).into_response(),
    };
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        // The TCP connection itself, and what was read of it behind the request.
        let Ok(parts) = downcast::<TokioIo<TcpStream>>(upgraded) else {
            return;
        };
        let stream = parts.io.into_inner();
        // Answers are small and somebody waits for each.
        let _ = stream.set_nodelay(true);
        let (inlet, read) = (Inlet::new(stream), parts.read_buf.to_vec());
        let socket =
            WebSocketStream::from_partially_read(inlet, read, Role::Server, Some(ws::config())).await;
        ws::serve(socket, shared.hub, ends.peer.ip()).await;
    });
    response.map(|()| Body::empty())
}
