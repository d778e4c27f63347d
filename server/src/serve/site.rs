//! The pages: from a directory while they are being worked on, else from inside this binary.

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::IntoResponse;
use std::path::Path;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// Scripts only from this server, WebAssembly among them; nothing from anywhere else, and no page of others around ours.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'self'; \
                      form-action 'self'; frame-ancestors 'self'";

/// What every answer says. Pages may be kept, but are asked about each time: a server that was built anew must not meet old
/// scripts.
const HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (CACHE_CONTROL, "no-cache"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
];

/// Adds the pages to a router.
pub(super) fn with_pages(router: Router, directory: Option<&Path>) -> Router {
    let router = match directory {
        Some(directory) => {
            let files = ServeDir::new(directory).precompressed_br().precompressed_gzip();
            router.fallback_service(files.fallback(axum::routing::any(not_found)))
        }
        None => embedded(router),
    };
    HEADERS.into_iter().fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::if_not_present(
            name,
            HeaderValue::from_static(value),
        ))
    })
}

async fn not_found() -> impl IntoResponse {
    (StatusCode::NOT_FOUND, "There is no such page here.\n")
}

/// Are there pages inside this binary?
pub(super) const HAS_PAGES: bool = cfg!(feature = "embed");

#[cfg(not(feature = "embed"))]
fn embedded(router: Router) -> Router {
    router.fallback(not_found)
}

#[cfg(feature = "embed")]
fn embedded(router: Router) -> Router {
    router.fallback(inside::file)
}

#[cfg(feature = "embed")]
mod inside {
    //! Files from inside the binary, with the smaller forms that the build has put beside them.

    use super::not_found;
    use axum::body::Body;
    use axum::http::header::{
        ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION, VARY,
    };
    use axum::http::{HeaderMap, Method, StatusCode, Uri};
    use axum::response::{IntoResponse, Response};
    use rust_embed::EmbeddedFile;

    // `Dist`: see build.rs.
    include!(concat!(env!("OUT_DIR"), "/dist.rs"));

    /// Answers a request for a file.
    pub(super) async fn file(method: Method, uri: Uri, headers: HeaderMap) -> Response {
        if method != Method::GET && method != Method::HEAD {
            return StatusCode::METHOD_NOT_ALLOWED.into_response();
        }
        let path = uri.path().trim_start_matches('/');
        let name = if path.is_empty() || path.ends_with('/') {
            format!("{path}index.html")
        } else {
            path.to_owned()
        };
        let Some(plain) = Dist::get(&name) else {
            if Dist::get(&format!("{path}/index.html")).is_some() {
                let to = [(LOCATION, format!("/{path}/"))];
                return (StatusCode::PERMANENT_REDIRECT, to).into_response();
            }
            return not_found().await.into_response();
        };
        let tag = format!("\"{}\"", hex(&plain));
        if headers
            .get(IF_NONE_MATCH)
            .is_some_and(|v| v.as_bytes() == tag.as_bytes())
        {
            return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
        }
        let kind = plain.metadata.mimetype().to_owned();
        let (encoding, data) = smaller(&name, &headers).unwrap_or((None, plain.data));
        let mut response = Response::new(Body::from(data.into_owned()));
        let head = response.headers_mut();
        for (name, value) in [
            (CONTENT_TYPE, kind.as_str()),
            (ETAG, &tag),
            (VARY, "accept-encoding"),
        ] {
            if let Ok(value) = value.parse() {
                head.insert(name, value);
            }
        }
        if let Some(encoding) = encoding {
            head.insert(CONTENT_ENCODING, encoding);
        }
        response
    }

    type Form = (Option<axum::http::HeaderValue>, std::borrow::Cow<'static, [u8]>);

    /// The compressed form that the browser takes.
    fn smaller(name: &str, headers: &HeaderMap) -> Option<Form> {
        let accepted = headers.get(ACCEPT_ENCODING)?.to_str().ok()?;
        let takes = |coding: &str| {
            accepted.split(',').any(|one| {
                let mut parts = one.split(';').map(str::trim);
                parts.next() == Some(coding) && !parts.any(|p| p == "q=0" || p == "q=0.0")
            })
        };
        [("br", ".br"), ("gzip", ".gz")]
            .into_iter()
            .find_map(|(coding, ending)| {
                let file = if takes(coding) {
                    Dist::get(&format!("{name}{ending}"))
                } else {
                    None
                };
                file.map(|f| (Some(axum::http::HeaderValue::from_static(coding)), f.data))
            })
    }

    fn hex(file: &EmbeddedFile) -> String {
        file.metadata
            .sha256_hash()
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}
