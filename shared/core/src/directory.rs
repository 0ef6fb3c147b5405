//! The customer as the Core directory and Cognito know him.

use serde::{Deserialize, Serialize};

use crate::identity::EmailAddress;
use crate::time::Timestamp;

/// A record of the Core directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// His Cognito `sub`, which is also his username in the customers' pool.
    pub user_id: String,
    pub email: EmailAddress,
    pub name: String,
    pub locale: Locale,
    pub status: CustomerStatus,
    pub ecosystems: Vec<Ecosystem>,
}

impl Customer {
    pub fn ecosystem(&self, id: &str) -> Option<&Ecosystem> {
        self.ecosystems.iter().find(|ecosystem| ecosystem.id == id)
    }
}

/// Something that happened to a customer lately, or is under way: a step of a successor's
/// validation, say. Ordinary look-ups leave these out.
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

/// The language a customer is written to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CustomerStatus {
    Active,
    Suspended,
}

/// A tenant the customer belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ecosystem {
    pub id: String,
    pub name: String,
    pub role: Role,
    pub plan: Plan,
    /// Modules switched on for this ecosystem (`rcm`).
    #[serde(default)]
    pub modules: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Admin,
    Member,
    Successor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    Premium,
    Plus,
}

/// How the customer stands with Cognito.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInStatus {
    pub sign_in: SignIn,
    /// Whether he has a second factor. Custom auth does not ask for it.
    pub mfa: bool,
}

/// Whether the customer could sign in himself: what most calls to support are about.
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
