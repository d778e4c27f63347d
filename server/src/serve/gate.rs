//! Who may talk to the server: by Host and Origin.
//!
//! WebSockets are not covered by CORS, so any page that a learner visits could try to open one. A page's Origin must therefore
//! be the Host that it talks to; and the Host must be one of ours, because a foreign name can be made to point here
//! (DNS rebinding). Addresses cannot: nobody but us serves pages from them.

use std::net::{IpAddr, SocketAddr};

/// The names that count besides the addresses listened on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate {
    /// `--allow-host`, lower case.
    pub(crate) names: Vec<String>,
}

/// One request's headers and connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'a> {
    /// The header Host.
    pub(crate) host: Option<&'a str>,
    /// The header Origin.
    pub(crate) origin: Option<&'a str>,
    /// Our end of the connection.
    pub(crate) local: SocketAddr,
    /// Theirs.
    pub(crate) peer: IpAddr,
}

impl Gate {
    /// May this request be answered at all?
    ///
    /// # Errors
    /// One plain sentence.
    pub(crate) fn check_host(&self, caller: Caller<'_>) -> Result<(), String> {
        let Some(host) = caller.host else {
            return Err("The request has no Host.".to_owned());
        };
        let Some((name, port)) = split(host) else {
            return Err(format!("{host:?} is not a host."));
        };
        let name = name.to_ascii_lowercase();
        if self.names.contains(&name) {
            return Ok(());
        }
        let local = caller.local.ip().to_canonical();
        let is_address = match name.parse::<IpAddr>() {
            Ok(ip) => ip.to_canonical() == local || (ip.is_loopback() && local.is_loopback()),
            Err(_) => name == "localhost" && local.is_loopback(),
        };
        if is_address && port.unwrap_or(80) == caller.local.port() {
            return Ok(());
        }
        Err(format!(
            "This server does not answer to the name {host:?}. Open it by the address that it has printed, or start it with \
             --allow-host {name}."
        ))
    }

    /// May this request open a WebSocket? (Its Host has been checked.)
    ///
    /// # Errors
    /// One plain sentence.
    pub(crate) fn check_origin(&self, caller: Caller<'_>) -> Result<(), String> {
        let Some(origin) = caller.origin else {
            return if caller.peer.to_canonical().is_loopback() {
                Ok(())
            } else {
                Err("A WebSocket without an Origin is answered on this machine only.".to_owned())
            };
        };
        let (default_port, authority) = match origin.split_once("://") {
            Some(("http", authority)) => (80, authority),
            Some(("https", authority)) => (443, authority),
            _ => return Err(format!("The origin {origin:?} is not a page of this server.")),
        };
        let same = match (split(authority), caller.host.and_then(split)) {
            (Some((page, page_port)), Some((host, host_port))) => {
                page.eq_ignore_ascii_case(host)
                    && page_port.unwrap_or(default_port) == host_port.unwrap_or(default_port)
            }
            _ => false,
        };
        if same {
            return Ok(());
        }
        Err(format!(
            "The page comes from {origin}, and only this server's own pages may use it."
        ))
    }
}

/// `name:port` or `[::1]:port`, the port may be missing.
fn split(authority: &str) -> Option<(&str, Option<u16>)> {
    let (name, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (name, rest) = rest.split_once(']')?;
            (name, rest.strip_prefix(':').or(rest.is_empty().then_some("")))
        }
        None => match authority.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (authority, Some("")),
        },
    };
    let port = match port? {
        "" => None,
        digits => Some(digits.parse().ok()?),
    };
    (!name.is_empty()).then_some((name, port))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Host, Origin, our address, their address; may the page be had, and a WebSocket?
    type Row = (
        &'static str,
        Option<&'static str>,
        &'static str,
        &'static str,
        bool,
        bool,
    );
    const MATRIX: &[Row] = &[
        (
            "127.0.0.1:7878",
            Some("http://127.0.0.1:7878"),
            "127.0.0.1:7878",
            "127.0.0.1",
            true,
            true,
        ),
        (
            "localhost:7878",
            Some("http://localhost:7878"),
            "127.0.0.1:7878",
            "127.0.0.1",
            true,
            true,
        ),
        (
            "LOCALHOST:7878",
            Some("http://localhost:7878"),
            "127.0.0.1:7878",
            "127.0.0.1",
            true,
            true,
        ),
        (
            "[::1]:7878",
            Some("http://[::1]:7878"),
            "[::1]:7878",
            "::1",
            true,
            true,
        ),
        ("127.0.0.1:7878", None, "127.0.0.1:7878", "127.0.0.1", true, true),
        (
            "192.168.1.5:7878",
            None,
            "192.168.1.5:7878",
            "192.168.1.9",
            true,
            false,
        ),
        (
            "192.168.1.5:7878",
            Some("http://192.168.1.5:7878"),
            "192.168.1.5:7878",
            "192.168.1.9",
            true,
            true,
        ),
        (
            "192.168.1.5:7878",
            Some("http://192.168.1.5:7878"),
            "[::ffff:192.168.1.5]:7878",
            "192.168.1.9",
            true,
            true,
        ),
        (
            "127.0.0.1",
            Some("http://127.0.0.1"),
            "127.0.0.1:80",
            "127.0.0.1",
            true,
            true,
        ),
        (
            "school.example",
            Some("https://school.example"),
            "127.0.0.1:7878",
            "127.0.0.1",
            true,
            true,
        ),
        (
            "School.Example:8443",
            Some("https://school.example:8443"),
            "10.0.0.1:7878",
            "10.0.0.9",
            true,
            true,
        ),
        // Foreign pages, other ports, rebound names.
        (
            "127.0.0.1:7878",
            Some("http://evil.example"),
            "127.0.0.1:7878",
            "127.0.0.1",
            true,
            false,
        ),
        (
            "127.0.0.1:7878",
            Some("http://127.0.0.1:8080"),
            "127.0.0.1:7878",
            "127.0.0.1",
            true,
            false,
        ),
        (
            "127.0.0.1:7878",
            Some("http://localhost:7878"),
            "127.0.0.1:7878",
            "127.0.0.1",
            true,
            false,
        ),
        (
            "127.0.0.1:7878",
            Some("null"),
            "127.0.0.1:7878",
            "127.0.0.1",
            true,
            false,
        ),
        (
            "127.0.0.1:7878",
            Some("file:///home/x.html"),
            "127.0.0.1:7878",
            "127.0.0.1",
            true,
            false,
        ),
        (
            "127.0.0.1:7878",
            Some("http://127.0.0.1:7878.evil.example"),
            "127.0.0.1:7878",
            "127.0.0.1",
            true,
            false,
        ),
        (
            "evil.example:7878",
            Some("http://evil.example:7878"),
            "127.0.0.1:7878",
            "127.0.0.1",
            false,
            true,
        ),
        (
            "127.0.0.1:9999",
            Some("http://127.0.0.1:9999"),
            "127.0.0.1:7878",
            "127.0.0.1",
            false,
            true,
        ),
        (
            "192.168.1.5:7878",
            Some("http://192.168.1.5:7878"),
            "127.0.0.1:7878",
            "127.0.0.1",
            false,
            true,
        ),
        (
            "localhost:7878",
            Some("http://localhost:7878"),
            "192.168.1.5:7878",
            "192.168.1.9",
            false,
            true,
        ),
        ("", None, "127.0.0.1:7878", "127.0.0.1", false, true),
        (
            "127.0.0.1:99999",
            None,
            "127.0.0.1:7878",
            "127.0.0.1",
            false,
            true,
        ),
        ("[::1", None, "[::1]:7878", "::1", false, true),
    ];

    #[test]
    fn hosts_and_origins() {
        let gate = Gate {
            names: vec!["school.example".into()],
        };
        for (host, origin, local, peer, page, socket) in MATRIX {
            let caller = Caller {
                host: Some(host),
                origin: *origin,
                local: local.parse().unwrap(),
                peer: peer.parse().unwrap(),
            };
            assert_eq!(gate.check_host(caller).is_ok(), *page, "{host} on {local}");
            assert_eq!(gate.check_origin(caller).is_ok(), *socket, "{origin:?} to {host}");
        }
    }
}
