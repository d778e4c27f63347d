//! Waiting for something: a test looks until it is so, and fails with what it has seen last. Whoever looks once has looked too
//! early on some machine.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// The longest that a test waits for something that a page does by itself.
pub const LONGEST: Duration = Duration::from_secs(10);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks until what is seen fits, [`LONGEST`] at most; what was seen then.
///
/// # Errors
/// What looking says; what was seen last, when the time is over.
pub async fn until<T: Debug>(look: impl AsyncFn() -> Result<T>, fits: impl Fn(&T) -> bool) -> Result<T> {
    let began = Instant::now();
    loop {
        let seen = look().await?;
        if fits(&seen) {
            return Ok(seen);
        }
        if began.elapsed() > LONGEST {
            bail!("after {} s it is still {seen:?}", LONGEST.as_secs());
        }
        tokio::time::sleep(PAUSE).await;
    }
}
