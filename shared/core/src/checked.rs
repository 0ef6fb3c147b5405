//! What comes in keeps the rules of today; what is stored keeps a rule that is never made stricter.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// A value as it comes in, which has to keep the rules of today. The type itself reads what is stored, by a
/// rule that is never made stricter: a record is not unreadable because a later rule would refuse it.
#[derive(Clone, Debug)]
pub struct New<T>(pub T);

/// A value with rules for what comes in.
pub trait Checked: Sized {
    /// What is expected, for those who send anything else.
    const EXPECTED: &'static str;

    /// Returns `None` for what is not as expected.
    fn checked(text: &str) -> Option<Self>;
}

impl<'de, T: Checked> Deserialize<'de> for New<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        T::checked(&text).map(Self).ok_or_else(|| D::Error::custom(T::EXPECTED))
    }
}
