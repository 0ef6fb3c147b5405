//! Who may offer access, where, and what is known of a grant.

use serde::{Deserialize, Serialize};

use crate::directory::{Customer, CustomerStatus, Locale, SignIn, SignInStatus};
use crate::entitlement::{Environment, RcmForMembers, Visibility, environments};
use crate::grant_terms::GrantEnding;
use crate::identity::EmailAddress;
use crate::refusal::NotAllowed;
use crate::time::Timestamp;
use crate::time_zone::TimeZoneName;

/// What somebody offers.
#[derive(Clone, Debug)]
pub struct Offer<'a> {
    /// Himself, as the directory has him.
    pub customer: &'a Customer,
    pub sign_in_status: SignInStatus,
    pub ecosystem: &'a str,
    pub visibility: Visibility,
    /// Within the [`GrantLimits`].
    pub minutes: u32,
}

/// Whom the grant is of, as the directory had him when he made it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grantor {
    pub user_id: String,
    pub email: EmailAddress,
    pub name: String,
    pub locale: Locale,
    /// As in [`Customer`].
    #[serde(
        default,
        deserialize_with = "TimeZoneName::lenient",
        skip_serializing_if = "Option::is_none"
    )]
    pub time_zone: Option<TimeZoneName>,
}

/// How and when a grant ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub how: GrantEnding,
    pub at: Timestamp,
}

/// What a [`Notice`] of a grant tells. That it is used, its verification tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantNoticeKind {
    Created,
    Renewed,
    Ended,
}

/// An ecosystem that somebody may offer, and what a session would open there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub environments: Vec<Environment>,
}

/// Where somebody may offer access: his ecosystems in which anything may be opened.
///
/// # Errors
/// Suspended, or unable to sign in.
pub fn may_offer(
    customer: &Customer,
    sign_in_status: SignInStatus,
    rcm_for_members: RcmForMembers,
) -> Result<Vec<Place<'_>>, NotAllowed> {
    if customer.status != CustomerStatus::Active {
        return Err(NotAllowed::Suspended);
    }
    if sign_in_status.sign_in != SignIn::Confirmed {
        return Err(NotAllowed::CannotSignIn);
    }
    let all = customer.ecosystems.iter().map(|ecosystem| Place {
        id: &ecosystem.id,
        name: &ecosystem.name,
        environments: environments(ecosystem, rcm_for_members),
    });
    Ok(all.filter(|place| !place.environments.is_empty()).collect())
}
