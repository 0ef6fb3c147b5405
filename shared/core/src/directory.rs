//! The customer as the Core directory and Cognito know them.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::identity::EmailAddress;
use crate::time::Timestamp;
use crate::time_zone::{TimeZone, TimeZoneName};

/// A record of the Core directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The Cognito `sub`, which is also the username in the customers' pool.
    pub user_id: String,
    pub email: EmailAddress,
    pub name: String,
    pub locale: Locale,
    /// The zone whose clock the customer lives by, if the directory knows it.
    #[serde(
        default,
        deserialize_with = "TimeZoneName::lenient",
        skip_serializing_if = "Option::is_none"
    )]
    pub time_zone: Option<TimeZoneName>,
    pub status: CustomerStatus,
    pub ecosystems: Vec<Ecosystem>,
}

impl Customer {
    /// The largest record that a verification or a support grant can begin with, in bytes of JSON. Each
    /// copies it, and neither may come near DynamoDB's 400 KB: one that did could not even be closed. A
    /// customer with a hundred ecosystems has about 20 KB.
    pub const MAX_BYTES: usize = 64 * 1024;

    /// Returns whether the record is one of those.
    pub fn fits(&self) -> bool {
        serde_json::to_vec(self).is_ok_and(|record| record.len() <= Self::MAX_BYTES)
    }

    pub fn ecosystem(&self, id: &str) -> Option<&Ecosystem> {
        self.ecosystems.iter().find(|ecosystem| ecosystem.id == id)
    }

    /// The customer as the reader of an email; `fallback` as in [`Reader::new`].
    pub fn reader(&self, fallback: &TimeZone) -> Reader {
        Reader::new(self.locale, self.time_zone.as_ref(), fallback)
    }
}

/// Something that happened to a customer lately, or is under way, such as a step of a successor's
/// validation. Ordinary look-ups leave these out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    pub id: String,
    pub title: String,
    /// The directory's own word (`done`, `waiting`, `in-progress`, `rejected`): passed on as it is.
    pub status: String,
    #[serde(with = "crate::time::rfc3339")]
    pub at: Timestamp,
    /// Why it is so.
    pub detail: String,
}

/// Whom an email is written for: in which language, and by which clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    pub locale: Locale,
    pub time_zone: TimeZone,
}

impl Reader {
    /// A reader with a time zone that may not be known or may not exist: then it is `fallback`.
    pub fn new(locale: Locale, own: Option<&TimeZoneName>, fallback: &TimeZone) -> Self {
        let own = own.and_then(TimeZone::find);
        Self { locale, time_zone: own.unwrap_or_else(|| fallback.clone()) }
    }
}

/// The language that somebody is written to in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", from = "String")]
pub enum Locale {
    #[default]
    Es,
    En,
}

impl Locale {
    /// The one that fits a language tag (RFC 5646), as Cognito's `locale` holds it: `en`, `en-GB`.
    pub fn of_tag(tag: &str) -> Self {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("en") { Self::En } else { Self::default() }
    }
}

/// The directory may hold a whole language tag: `es-ES`.
impl From<String> for Locale {
    fn from(tag: String) -> Self {
        Self::of_tag(&tag)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CustomerStatus {
    Active,
    Suspended,
}

/// A tenant that the customer belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ecosystem {
    pub id: String,
    pub name: String,
    pub role: Role,
    pub plan: Plan,
    /// Modules switched on for this ecosystem (`rcm`).
    #[serde(default, deserialize_with = "modules")]
    pub modules: Vec<String>,
}

/// The modules that are named. What is none, or no list, names nothing.
fn modules<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Maybe<T> {
        Known(T),
        Unknown(IgnoredAny),
    }
    let known = |module| match module {
        Maybe::Known(module) => Some(module),
        Maybe::Unknown(IgnoredAny) => None,
    };
    Ok(match Maybe::<Vec<Maybe<String>>>::deserialize(from)? {
        Maybe::Known(modules) => modules.into_iter().filter_map(known).collect(),
        Maybe::Unknown(IgnoredAny) => Vec::new(),
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Admin,
    Member,
    Successor,
    /// One that this version does not know: it has the rights of a member, the fewest.
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    Premium,
    Plus,
    /// One that this version does not know: it has the rights of Plus, the fewest.
    #[serde(other)]
    Unknown,
}

/// How the customer stands with Cognito.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInStatus {
    pub sign_in: SignIn,
    /// Whether there is a second factor. Custom authentication does not ask for it.
    pub mfa: bool,
}

/// Whether the customer could sign in without help: what most calls to support are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignIn {
    Confirmed,
    Unconfirmed,
    MustChangePassword,
    ResetRequired,
    Disabled,
    Federated,
    Missing,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn customer(time_zone: Option<Value>) -> Customer {
        let mut record = json!({
            "user_id": "sub-carla",
            "email": "carla@example.com",
            "name": "Carla",
            "locale": "es",
            "status": "active",
            "ecosystems": [],
        });
        if let Some(time_zone) = time_zone {
            record["time_zone"] = time_zone;
        }
        serde_json::from_value(record).unwrap()
    }

    #[test] // P30
    fn customers_read_times_by_their_own_clock() {
        let carla = customer(Some(json!("America/Mexico_City")));
        assert_eq!(carla.reader(&TimeZone::default()).time_zone.name(), "America/Mexico_City");
        let stored = serde_json::to_value(&carla).unwrap();
        assert_eq!(serde_json::from_value::<Customer>(stored).unwrap(), carla);
    }

    #[test] // P46
    fn a_locale_is_read_by_its_language() {
        for (tag, locale) in [
            ("es", Locale::Es),
            ("es-ES", Locale::Es),
            ("en_US", Locale::En),
            ("EN", Locale::En),
            ("pt-BR", Locale::Es),
            ("", Locale::Es),
        ] {
            assert_eq!(serde_json::from_value::<Locale>(json!(tag)).unwrap(), locale, "{tag}");
        }
        assert_eq!(serde_json::to_value(Locale::En).unwrap(), json!("en"));
    }

    #[test] // P46
    fn what_is_not_known_of_an_ecosystem_gives_the_fewest_rights() {
        let read = |change: Value| {
            let mut record = json!({"id": "eco", "name": "Eco", "role": "admin", "plan": "premium", "modules": ["rcm"]});
            record.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            serde_json::from_value::<Ecosystem>(record).unwrap()
        };
        assert_eq!(read(json!({"role": "owner"})).role, Role::Unknown);
        assert_eq!(read(json!({"plan": "gold"})).plan, Plan::Unknown);
        assert_eq!(serde_json::to_value(Role::Unknown).unwrap(), json!("unknown"));
        assert_eq!(read(json!({"modules": ["rcm", 5, null, "new"]})).modules, ["rcm", "new"]);
        for modules in [json!(null), json!("rcm"), json!({}), json!(1)] {
            assert_eq!(read(json!({"modules": modules})).modules, [""; 0], "{modules}");
        }
    }

    #[test] // P30
    fn a_time_zone_that_cannot_be_read_makes_nobody_unreachable() {
        let without = customer(None);
        assert!(!serde_json::to_string(&without).unwrap().contains("time_zone"));
        for other in [json!("America/Nowhere"), json!("Bogotá"), json!(-5), json!(null), json!([])]
        {
            let reader = customer(Some(other.clone())).reader(&TimeZone::default());
            assert_eq!(reader, without.reader(&TimeZone::default()), "{other}");
            assert_eq!(reader.time_zone.name(), "America/Bogota", "{other}");
        }
    }
}
