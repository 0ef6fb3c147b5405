//! The clock, which nothing else reads.

use std::time::{Instant, SystemTime};

use support_core::time::Timestamp;

/// Started when a call comes in, for how long the call takes.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    pub fn start() -> Self {
        #[expect(clippy::disallowed_methods, reason = "only for how long the call took")]
        Self(Instant::now())
    }

    /// Returns how long it has run, in milliseconds.
    pub fn millis(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Reads the clock, once for a call.
pub fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the clock is read here, once for a call")]
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since_epoch.unwrap_or_default().as_millis();
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}
