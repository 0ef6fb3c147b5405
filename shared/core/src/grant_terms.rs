//! What a support grant allows, and how it ends: what is known of a grant where only its terms count.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::entitlement::{Access, Environment, Visibility};
use crate::time::Timestamp;

/// The id of a support grant: 128 random bits, base64url (22 characters). Not a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SupportGrantId(String);

impl SupportGrantId {
    pub(crate) fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for SupportGrantId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a verification under a support grant knows of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantTerms {
    pub id: SupportGrantId,
    pub ecosystem: String,
    pub ecosystem_name: String,
    /// The environments that the customer was told about.
    pub environments: Vec<Environment>,
    pub visibility: Visibility,
    /// The first release's grants say nothing of it: they let an agent view.
    #[serde(default)]
    pub access: Access,
    pub expires_at: Timestamp,
}

/// How a grant ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantEnding {
    /// The customer revoked it, and any session under it.
    Revoked,
    /// It reached its deadline.
    Expired,
}
