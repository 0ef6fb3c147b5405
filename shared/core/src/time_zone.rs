//! Time zones: emails give times by the reader's clock as well as in UTC.

use jiff::{Zoned, tz};
use serde::{Deserialize, Deserializer, Serialize};

use crate::time::Timestamp;

/// What somebody says is the name of a time zone. Whether there is such a zone is known when it is
/// [looked up](TimeZone::find).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct TimeZoneName(String);

impl TimeZoneName {
    /// The longest name in the IANA database has 32 characters.
    const MAX_CHARS: usize = 64;

    /// `None` unless the text looks like `America/Bogota` or `Etc/GMT+5`.
    pub fn parse(text: &str) -> Option<Self> {
        let plausible = (1..=Self::MAX_CHARS).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "/_+-".contains(c));
        plausible.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a name that may be anything, since another system wrote it: what cannot be one is none.
    ///
    /// # Errors
    /// The deserializer's own.
    pub fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Other(serde::de::IgnoredAny),
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Text(text) => Self::parse(&text),
            Written::Other(_) => None,
        })
    }
}

/// A time zone of the IANA database, which is part of the program: the Lambda runtime has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeZone(tz::TimeZone);

impl TimeZone {
    pub const UTC: Self = Self(tz::TimeZone::UTC);

    /// `None` if the database has no zone of this name.
    pub fn find(name: &TimeZoneName) -> Option<Self> {
        tz::db().get(name.as_str()).ok().map(Self)
    }

    /// The name in the database, such as `America/Bogota`.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    pub fn is_utc(&self) -> bool {
        matches!(self.name(), "UTC" | "Etc/UTC")
    }

    /// What a clock of this zone shows at a moment.
    pub(crate) fn clock(&self, moment: Timestamp) -> Option<Zoned> {
        let moment = jiff::Timestamp::from_second(moment.seconds()).ok()?;
        Some(moment.to_zoned(self.0.clone()))
    }
}

/// The zone that a stack has if it is given none.
impl Default for TimeZone {
    fn default() -> Self {
        let bogota = TimeZoneName("America/Bogota".to_owned());
        Self::find(&bogota).expect("the database has this zone")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn find(name: &str) -> Option<TimeZone> {
        TimeZone::find(&TimeZoneName::parse(name)?)
    }

    #[test]
    fn a_zone_is_found_by_its_name() {
        for name in ["America/Bogota", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC"] {
            assert_eq!(find(name).unwrap().name(), name);
        }
        for name in ["", "Bogota", "America/Nowhere", "../etc/passwd", "/etc/localtime", "UTC−5"]
        {
            assert_eq!(find(name), None, "{name:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_name_is_none() {
        let read = |value: &Value| TimeZoneName::lenient(value).unwrap();
        assert_eq!(read(&json!("America/Lima")), TimeZoneName::parse("America/Lima"));
        let long = "x".repeat(65);
        for value in [json!(null), json!(-5), json!(["America/Lima"]), json!({}), json!(true)] {
            assert_eq!(read(&value), None, "{value}");
        }
        for text in ["", " ", "América/Bogotá", "America Lima", "<b>", &long] {
            assert_eq!(read(&json!(text)), None, "{text:?}");
        }
    }
}
