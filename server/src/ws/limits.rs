//! How much and how long, for sessions: [`protocol::bounds`], unless a test wants to see an end without waiting for hours.

use protocol::bounds;
use std::time::Duration;

/// Limits of one server.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Sessions at once, resting ones too.
    pub sessions: usize,
    /// Of them from one address that is not loopback.
    pub sessions_per_address: usize,
    /// Labs that one session may have open at once.
    pub labs_per_session: usize,
    /// Labs of all sessions.
    pub labs: usize,
    /// How long a session is kept after its connection was lost.
    pub resume: Duration,
    /// How long a session may ask for nothing.
    pub idle: Duration,
    /// How often a page is asked whether it is still there.
    pub ping: Duration,
    /// How long it may be silent, pongs included.
    pub silence: Duration,
    /// How long a page may go without reading, or without acknowledging what it has read.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sessions: bounds::SESSIONS,
            sessions_per_address: bounds::SESSIONS_PER_ADDRESS,
            labs_per_session: bounds::LABS_PER_SESSION,
            labs: bounds::LABS,
            resume: Duration::from_secs(bounds::RESUME_SECONDS),
            idle: Duration::from_secs(bounds::IDLE_SECONDS),
            ping: Duration::from_secs(20),
            silence: Duration::from_secs(70),
            patience: Duration::from_secs(60),
        }
    }
}
