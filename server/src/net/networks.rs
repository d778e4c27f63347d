//! What this machine offers, found out once at the start, and labs from it.

use super::budget::Budget;
use super::helper::{Helper, HelperError};
use super::lab::Lab;
use super::lock;
use super::place::Place;
use crate::sys;
use protocol::bounds;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// Opens labs. Cheap to clone.
#[derive(Clone)]
pub struct Networks(Arc<Inner>);

struct Inner {
    /// The file that is executed as the helper.
    executable: PathBuf,
    /// The one that serves new labs; a dead one is replaced.
    helper: Mutex<Option<Arc<Helper>>>,
    /// Why labs have no network of their own here, if they have none.
    no_namespaces: Option<String>,
    budget: Budget,
}

/// A lab could not be opened; one plain sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lab's network could not be made: {0}")]
pub struct OpenError(String);

impl Networks {
    /// Tries with a throw-away lab what works here. The helper is this very executable.
    pub async fn start() -> Self {
        // The name stays good when the file was replaced meanwhile.
        Self::start_with(Path::new("/proc/self/exe")).await
    }

    /// The same with another file of `wirelab` as the helper, for programs that are not `wirelab` themselves.
    pub async fn start_with(executable: &Path) -> Self {
        // Every socket of every lab is a descriptor of this process. Where the limit stays, it only comes sooner.
        let _ = sys::raise_descriptor_limit();
        let executable = executable.to_owned();
        let path = executable.clone();
        let tried = blocking(move || {
            let helper = Helper::start(&path)?;
            let namespace = helper.open()?;
            namespace.socket(libc::AF_INET, libc::SOCK_STREAM, 0)?;
            Ok(helper)
        })
        .await;
        let (helper, no_namespaces) = match tried {
            Ok(helper) => (Some(helper), None),
            Err(error) => (None, Some(error.to_string())),
        };
        Self(Arc::new(Inner {
            executable,
            helper: Mutex::new(helper),
            no_namespaces,
            budget: Budget::new(bounds::HELD),
        }))
    }

    /// Labs on the machine's own loopback, shared, whatever the machine could offer.
    pub fn shared() -> Self {
        Self(Arc::new(Inner {
            executable: PathBuf::new(),
            helper: Mutex::new(None),
            no_namespaces: Some("network namespaces are turned off".to_owned()),
            budget: Budget::new(bounds::HELD),
        }))
    }

    /// Has each lab a network of its own?
    pub fn private(&self) -> bool {
        self.0.no_namespaces.is_none()
    }

    /// What labs get here, in one or two plain sentences.
    pub fn note(&self) -> String {
        match &self.0.no_namespaces {
            None => "Each lab has a network of its own with only the loopback interface in it.".to_owned(),
            Some(why) => format!(
                "Labs share this machine's loopback: ports are first come, first served, and a lab reaches only ports that it \
                 has bound itself. A network namespace for each lab is not possible because {why}."
            ),
        }
    }

    /// Bytes that are held for all labs and sessions.
    pub(crate) fn budget(&self) -> &Budget {
        &self.0.budget
    }

    /// The helper's process id, while there is one.
    pub fn helper_pid(&self) -> Option<u32> {
        lock(&self.0.helper)
            .as_ref()
            .filter(|h| h.is_alive())
            .map(|h| h.pid())
    }

    /// A new lab. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`OpenError`], when the kernel refuses another network.
    pub async fn open_lab(&self) -> Result<Lab, OpenError> {
        self.open_lab_telling(Arc::default()).await
    }

    /// The same; `news` is notified when the lab has told something, so that one task can wait for many labs.
    pub(crate) async fn open_lab_telling(&self, news: Arc<Notify>) -> Result<Lab, OpenError> {
        let inner = Arc::clone(&self.0);
        let place = blocking(move || inner.place()).await;
        self.furnish(place, news)
    }

    /// The same, blocking for some milliseconds. Must be called inside a tokio runtime.
    pub(crate) fn open_now(&self, news: Arc<Notify>) -> Result<Lab, OpenError> {
        self.furnish(self.0.place(), news)
    }

    fn furnish(&self, place: Result<Place, HelperError>, news: Arc<Notify>) -> Result<Lab, OpenError> {
        let place = place.map_err(|e| OpenError(e.to_string()))?;
        let secret = getrandom::u64().map_err(|e| OpenError(e.to_string()))?;
        Lab::new(self.clone(), place, secret, news).map_err(|e| OpenError(e.to_string()))
    }
}

impl Inner {
    /// A new, empty place.
    fn place(&self) -> Result<Place, HelperError> {
        if self.no_namespaces.is_none() {
            Ok(Place::Private(self.helper()?.open()?))
        } else {
            Ok(Place::Shared)
        }
    }

    /// A helper that lives.
    fn helper(&self) -> Result<Arc<Helper>, HelperError> {
        let mut helper = lock(&self.helper);
        if let Some(helper) = helper.as_ref().filter(|h| h.is_alive()) {
            return Ok(Arc::clone(helper));
        }
        let new = Helper::start(&self.executable)?;
        *helper = Some(Arc::clone(&new));
        Ok(new)
    }
}

/// Runs what may block for some milliseconds away from the runtime's threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, HelperError> + Send + 'static,
) -> Result<T, HelperError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(_) => Err(HelperError::Gone),
    }
}
