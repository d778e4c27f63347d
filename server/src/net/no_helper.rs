//! In the place of `helper/` where the system has no network namespaces: the same names, of which nothing can ever be made.
//! So all labs share the machine's loopback, and the compiler knows that the rest is never reached.

use crate::sys::{BorrowedFd, Errno, OwnedFd, WireEnd};
use std::path::Path;
use std::sync::Arc;

#[path = "helper/shape.rs"]
mod shape;

pub(crate) use shape::{Device, addresses};

/// The hidden argument that makes this binary the helper, elsewhere.
pub const ARGUMENT: &str = "namespace-helper";

/// Why there is no namespace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HelperError {
    /// A call that makes namespaces failed.
    #[error("{call} failed: {errno}", call = .0.call, errno = .0.errno)]
    #[allow(dead_code)]
    Call(FailedCall),
    /// There are none.
    #[error("{0}")]
    Start(String),
    /// A thread of ours has ended.
    #[error("the helper process has ended")]
    Gone,
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FailedCall {
    /// Which.
    pub(crate) call: String,
    /// Why.
    pub(crate) errno: Errno,
}

/// The process that would make namespaces.
pub(crate) enum Helper {}

/// A lab's network.
pub(crate) enum Namespace {}

impl Helper {
    /// It cannot be.
    pub(crate) fn start(_executable: &Path) -> Result<Arc<Self>, HelperError> {
        Err(HelperError::Start("only Linux has network namespaces".to_owned()))
    }

    pub(crate) fn pid(&self) -> u32 {
        match *self {}
    }

    pub(crate) fn is_alive(&self) -> bool {
        match *self {}
    }

    pub(crate) fn open(self: &Arc<Self>) -> Result<Namespace, HelperError> {
        match **self {}
    }

    pub(crate) fn open_host(
        self: &Arc<Self>,
        _place: u8,
        _alone: bool,
        _device: Device,
    ) -> Result<(Namespace, WireEnd), HelperError> {
        match **self {}
    }

    pub(crate) fn settle(&self) -> Result<(), HelperError> {
        match *self {}
    }
}

impl Namespace {
    pub(crate) fn socket(&self, _family: i32, _kind: i32, _protocol: i32) -> Result<OwnedFd, HelperError> {
        match *self {}
    }

    pub(crate) fn pair(
        &self,
        _family: i32,
        _kind: i32,
        _protocol: i32,
    ) -> Result<(OwnedFd, OwnedFd), HelperError> {
        match *self {}
    }

    pub(crate) fn diag(&self) -> BorrowedFd<'_> {
        match *self {}
    }

    pub(crate) fn on_death(&self, _act: impl FnOnce() + Send + 'static) -> bool {
        match *self {}
    }
}

pub(crate) mod process {
    //! The helper's own side.

    /// There is none.
    ///
    /// # Errors
    /// Always.
    pub fn run() -> anyhow::Result<()> {
        anyhow::bail!("only Linux has network namespaces")
    }
}

pub(crate) mod sockdiag {
    //! The kernel's socket tables, which other systems do not show.

    use crate::sys::{BorrowedFd, RawTcpInfo, Result};
    use protocol::wire::Timer;
    use std::net::SocketAddr;

    /// One connection as the kernel's tables have it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct Connection {
        pub(crate) state: u8,
        pub(crate) recv_queue: u32,
        pub(crate) send_queue: u32,
        pub(crate) inode: u32,
        pub(crate) timer: Option<Timer>,
        pub(crate) info: Option<RawTcpInfo>,
    }

    /// A connection and its ends.
    pub(crate) struct Entry {
        pub(crate) local: SocketAddr,
        pub(crate) remote: SocketAddr,
        pub(crate) connection: Connection,
    }

    pub(crate) fn connection(
        _fd: BorrowedFd<'_>,
        _local: SocketAddr,
        _remote: SocketAddr,
    ) -> Result<Option<Connection>> {
        Ok(None)
    }

    pub(crate) fn embryos(_fd: BorrowedFd<'_>, _family: i32, _most: usize) -> Result<Vec<Entry>> {
        Ok(Vec::new())
    }
}
