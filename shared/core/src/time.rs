//! Moments, to the millisecond. The clock itself is read at the edge only.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment: milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From seconds since the Unix epoch, as in a token's `exp`.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The moment that is this many seconds later.
    #[must_use]
    pub const fn plus(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(seconds as i64 * 1000))
    }

    /// The moment that is this much later, in whole milliseconds.
    #[must_use]
    pub fn after(self, elapsed: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Whether a deadline at this moment has passed: it has at that moment itself.
    pub const fn is_over(self, now: Self) -> bool {
        now.0 >= self.0
    }

    /// Seconds from `now` until this moment, rounded up, so that a wait of that length is not too
    /// short. Zero once it has passed.
    pub fn seconds_from(self, now: Self) -> u32 {
        let millis = self.0.saturating_sub(now.0).max(0);
        u32::try_from(millis.saturating_add(999) / 1000).unwrap_or(u32::MAX)
    }
}

/// Prints RFC 3339 in UTC with whole seconds, as the API gives every time.
impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let moment = jiff::Timestamp::from_second(self.seconds()).map_err(|_| std::fmt::Error)?;
        write!(f, "{moment:.0}")
    }
}

/// A moment as another system writes it: RFC 3339 text, with any offset and fraction.
pub mod rfc3339 {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Timestamp;

    /// # Errors
    /// What the serializer fails with.
    pub fn serialize<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(moment)
    }

    /// # Errors
    /// The text is not a moment in RFC 3339.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).ok_or_else(|| serde::de::Error::custom("not a moment in RFC 3339"))
    }

    /// Returns `None` for a text that is not a moment in RFC 3339.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let moment: jiff::Timestamp = text.parse().ok()?;
        Some(Timestamp::from_millis(moment.as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test] // P5
    fn a_deadline_is_dead_on_the_dot() {
        let deadline = Timestamp::from_seconds(100);
        assert!(!deadline.is_over(Timestamp::from_millis(99_999)));
        assert!(deadline.is_over(Timestamp::from_millis(100_000)));
        assert!(deadline.is_over(Timestamp::from_millis(100_001)));
    }

    #[test]
    fn times_are_rfc_3339_in_utc_with_seconds() {
        let moment = Timestamp::from_millis(1_793_190_896_789);
        assert_eq!(moment.to_string(), "2026-10-28T12:34:56Z");
    }

    #[test]
    fn moments_of_other_systems_are_read_with_offset_and_fraction() {
        let read = |text: &str| {
            let json = serde_json::Value::from(text);
            rfc3339::deserialize(json).map(Timestamp::millis).ok()
        };
        assert_eq!(read("2026-10-28T12:34:56Z"), Some(1_793_190_896_000));
        assert_eq!(read("2026-10-28T07:34:56.789-05:00"), Some(1_793_190_896_789));
        for text in ["", "yesterday", "2026-10-28", "2026-10-28T12:34:56", "1793190896"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn waiting_is_rounded_up() {
        let then = Timestamp::from_millis(30_001);
        assert_eq!(then.seconds_from(Timestamp::from_millis(0)), 31);
        assert_eq!(then.seconds_from(Timestamp::from_millis(30_001)), 0);
        assert_eq!(then.seconds_from(Timestamp::from_millis(90_000)), 0);
    }
}
