//! What this machine offers, found out once at the start, and labs from it.

use super::budget::Budget;
use super::helper::{Device, Helper, HelperError};
use super::lab::Lab;
use super::lock;
use super::place::{Place, WireHost};
use super::policy::{Allow, Policy};
use crate::linux;
use crate::sys;
use protocol::message::NetworkInfo;
use protocol::{Network, Plan, bounds};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// Opens labs. Cheap to clone.
#[derive(Clone)]
pub struct Networks(Arc<Inner>, Option<Arc<Policy>>);

struct Inner {
    /// The file that is executed as the helper.
    executable: PathBuf,
    /// The one that serves new labs; a dead one is replaced.
    helper: Mutex<Option<Arc<Helper>>>,
    /// Why labs have no network of their own here, if they have none.
    no_namespaces: Option<String>,
    /// Why there are no hosts on a wire here, if there are none.
    no_wire: Option<String>,
    /// What hosts on a wire get for an interface.
    device: Device,
    /// Why it is not a TUN device, if it could not be one.
    no_tun: Option<String>,
    budget: Budget,
}

/// How often names of the live network's rules are resolved again.
const NAMES_AGAIN: Duration = Duration::from_secs(60);

/// `tun` or `veth`: only this kind of interface for hosts, to try what another machine would have.
const WIRE_DEVICE: &str = "WIRELAB_WIRE";

/// A lab could not be opened; one plain sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// A call failed.
    #[error("the lab's network could not be made: {0}")]
    Failed(String),
    /// The wish cannot be.
    #[error("{0}")]
    Plan(String),
}

/// Can there be a lab like this?
fn check(plan: &Plan) -> Result<(), OpenError> {
    let refuse = |why: String| Err(OpenError::Plan(why));
    let hosts = &plan.hosts;
    if hosts.len() == 1 || hosts.len() > bounds::HOSTS {
        return refuse(format!(
            "a lab has one host, or two to {} with names; this one asks for {} names",
            bounds::HOSTS,
            hosts.len()
        ));
    }
    for (i, name) in hosts.iter().enumerate() {
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
        let goes_on = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if name.len() > 63 || !begins || !goes_on {
            return refuse(format!(
                "{name:?} is no name for a host: it needs a letter, then letters, digits and -, at most 63 in all"
            ));
        }
        let same = |other: &String| name.eq_ignore_ascii_case(other);
        if name.eq_ignore_ascii_case("localhost") || hosts[..i].iter().any(same) {
            return refuse(format!(
                "the name {name:?} is taken: each host needs one of its own"
            ));
        }
    }
    Ok(())
}

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
            namespace.socket(linux::AF_INET, linux::SOCK_STREAM, 0)?;
            let wire = find_device(&helper);
            Ok((helper, wire))
        })
        .await;
        let (helper, no_namespaces, no_wire, (device, no_tun)) = match tried {
            Ok((helper, Ok(found))) => (Some(helper), None, None, found),
            Ok((helper, Err(why))) => (Some(helper), None, Some(why), (Device::Tun, None)),
            Err(error) => {
                let why = error.to_string();
                (None, Some(why.clone()), Some(why), (Device::Tun, None))
            }
        };
        let inner = Arc::new(Inner {
            executable,
            helper: Mutex::new(helper),
            no_namespaces,
            no_wire,
            device,
            no_tun,
            budget: Budget::new(bounds::HELD),
        });
        Self(inner, None)
    }

    /// Labs on the machine's own loopback, shared, whatever the machine could offer.
    pub fn shared() -> Self {
        let off = "network namespaces are turned off".to_owned();
        let inner = Arc::new(Inner {
            executable: PathBuf::new(),
            helper: Mutex::new(None),
            no_namespaces: Some(off.clone()),
            no_wire: Some(off),
            device: Device::Tun,
            no_tun: None,
            budget: Budget::new(bounds::HELD),
        });
        Self(inner, None)
    }

    /// With a live network by these rules; without rules there is none. Names in them are resolved now and every minute. Must be
    /// called inside a tokio runtime.
    pub async fn allowing(mut self, rules: Vec<Allow>) -> Self {
        if rules.is_empty() {
            return self;
        }
        let policy = Arc::new(Policy::new(rules));
        if policy.has_names() {
            let again = Arc::downgrade(&policy);
            let first = Arc::clone(&policy);
            let _ = tokio::task::spawn_blocking(move || first.resolve()).await;
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(NAMES_AGAIN).await;
                    let Some(policy) = again.upgrade() else { return };
                    let _ = tokio::task::spawn_blocking(move || policy.resolve()).await;
                }
            });
        }
        self.1 = Some(policy);
        self
    }

    /// Has each lab a network of its own?
    pub fn private(&self) -> bool {
        self.0.no_namespaces.is_none()
    }

    /// Where labs live that wish for nothing else.
    pub fn default_network(&self) -> Network {
        match self.0.no_wire {
            None => Network::Kernel,
            Some(_) => Network::Loopback,
        }
    }

    /// What this machine offers, the default first.
    pub fn offers(&self) -> Vec<NetworkInfo> {
        let loopback = NetworkInfo {
            network: Network::Loopback,
            private: self.private(),
            note: match &self.0.no_wire {
                Some(why) if self.private() => {
                    format!("{} Packets are not seen, because {why}.", self.note())
                }
                _ => self.note(),
            },
        };
        let kernel = NetworkInfo {
            network: Network::Kernel,
            private: true,
            note: "Each lab has hosts of its own, joined by a wire: every packet is seen and can be held."
                .to_owned(),
        };
        let live = NetworkInfo {
            network: Network::Live,
            private: false,
            note: "Real addresses that the server's owner has allowed. Packets are not seen.".to_owned(),
        };
        let mut offers = match self.0.no_wire {
            None => vec![kernel, loopback],
            Some(_) => vec![loopback],
        };
        offers.extend(self.1.is_some().then_some(live));
        offers
    }

    /// Which call failed, if there are no hosts on a wire here.
    pub fn no_wire(&self) -> Option<&str> {
        self.0.no_wire.as_deref()
    }

    /// What hosts on a wire have for an interface: `tun` or `veth`.
    pub fn wire_device(&self) -> &'static str {
        self.0.device.name()
    }

    /// Which call failed, if hosts have veth interfaces because they could have no TUN device.
    pub fn no_tun(&self) -> Option<&str> {
        self.0.no_tun.as_deref()
    }

    /// What labs on loopback get here, in one or two plain sentences.
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

    /// Waits until the helper has done what it was told, labs that have ended included: it does one thing after the other.
    ///
    /// # Errors
    /// [`OpenError`], when it is not there or cannot make a namespace any more.
    pub async fn settle(&self) -> Result<(), OpenError> {
        let inner = Arc::clone(&self.0);
        let asked = blocking(move || inner.helper()?.settle());
        asked.await.map_err(|e| OpenError::Failed(e.to_string()))
    }

    /// A new lab. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`OpenError`], when the kernel refuses another network.
    pub async fn open_lab(&self, plan: &Plan) -> Result<Lab, OpenError> {
        self.open_lab_telling(plan, Arc::default()).await
    }

    /// The same; `news` is notified when the lab has told something, so that one task can wait for many labs.
    pub(crate) async fn open_lab_telling(&self, plan: &Plan, news: Arc<Notify>) -> Result<Lab, OpenError> {
        check(plan)?;
        if let Some(live) = self.live(plan) {
            return self.furnish(Ok(live?), plan, news);
        }
        let (inner, wish) = (Arc::clone(&self.0), plan.clone());
        let place = blocking(move || inner.place(&wish)).await;
        self.furnish(place, plan, news)
    }

    /// The same, blocking for some milliseconds. Must be called inside a tokio runtime.
    pub(crate) fn open_now(&self, plan: &Plan, news: Arc<Notify>) -> Result<Lab, OpenError> {
        check(plan)?;
        let place = match self.live(plan) {
            Some(live) => Ok(live?),
            None => self.0.place(plan),
        };
        self.furnish(place, plan, news)
    }

    /// The live network, if that is what the plan wishes for.
    fn live(&self, plan: &Plan) -> Option<Result<Place, OpenError>> {
        if plan.network != Network::Live {
            return None;
        }
        let policy = self.1.as_ref().map(|policy| Place::Live(Arc::clone(policy)));
        Some(policy.ok_or_else(|| {
            let why = "this server offers no live network: its owner has to allow addresses, as in wirelab serve --allow 127.0.0.1:8000";
            OpenError::Plan(why.to_owned())
        }))
    }

    fn furnish(
        &self,
        place: Result<Place, HelperError>,
        plan: &Plan,
        news: Arc<Notify>,
    ) -> Result<Lab, OpenError> {
        let failed = |error: &dyn ToString| OpenError::Failed(error.to_string());
        let place = place.map_err(|e| failed(&e))?;
        let secret = getrandom::u64().map_err(|e| failed(&e))?;
        Lab::new(self.clone(), place, plan.clone(), secret, news).map_err(|e| failed(&e))
    }
}

impl Inner {
    /// A new, empty place.
    fn place(&self, plan: &Plan) -> Result<Place, HelperError> {
        if plan.network.has_wire() && self.no_wire.is_none() {
            let helper = self.helper()?;
            let count = u8::try_from(plan.hosts.len().max(1)).unwrap_or(u8::MAX);
            let hosts = (0..count).map(|place| {
                let (namespace, wire) = helper.open_host(place, count == 1, self.device)?;
                Ok(WireHost { namespace, wire })
            });
            hosts.collect::<Result<_, _>>().map(Place::Kernel)
        } else if self.no_namespaces.is_none() {
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

/// Which interfaces hosts can have here, and why not the better ones, tried with throw-away hosts; or why none.
fn find_device(helper: &Arc<Helper>) -> Result<(Device, Option<String>), String> {
    let wish = std::env::var(WIRE_DEVICE).ok();
    let wished = |device: Device| wish.as_deref().is_none_or(|wish| wish == device.name());
    let mut why_not = Vec::new();
    for device in [Device::Tun, Device::Veth] {
        if !wished(device) {
            continue;
        }
        match helper.open_host(0, true, device) {
            Ok(_) => return Ok((device, why_not.pop())),
            Err(error) => why_not.push(error.to_string()),
        }
    }
    if why_not.is_empty() {
        why_not.push(format!("{WIRE_DEVICE} is neither tun nor veth"));
    }
    Err(why_not.join(", and "))
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
