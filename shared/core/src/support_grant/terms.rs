//! Who may offer access, where, and what is known of a grant.

use serde::{Deserialize, Serialize};

use crate::directory::{Customer, CustomerStatus, Locale, SignIn, SignInStatus};
use crate::entitlement::{Access, Environment, RcmForMembers, Visibility, environments};
use crate::grant_terms::GrantEnding;
use crate::identity::EmailAddress;
use crate::refusal::NotAllowed;
use crate::time::Timestamp;
use crate::time_zone::TimeZoneName;

/// The access that a customer offers.
#[derive(Clone, Debug)]
pub struct Offer<'a> {
    /// The directory's record of the customer.
    pub customer: &'a Customer,
    pub sign_in_status: SignInStatus,
    pub ecosystem: &'a str,
    pub visibility: Visibility,
    pub access: Access,
    /// Within the [`GrantLimits`](super::GrantLimits).
    pub minutes: u32,
}

/// The customer who made a grant, by the directory's record at that time.
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

/// What a [`Notice`](crate::notice::Notice) about a grant says. That a grant is used is a notice of the
/// verification under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantNoticeKind {
    Created,
    Renewed,
    Ended,
}

/// An ecosystem to which a customer may offer access, and what a session would open there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub environments: Vec<Environment>,
}

/// Returns the customer's ecosystems in which anything may be opened.
///
/// # Errors
/// [`NotAllowed::RecordTooLarge`]; [`NotAllowed::Suspended`]; [`NotAllowed::CannotSignIn`].
pub fn may_offer(
    customer: &Customer,
    sign_in_status: SignInStatus,
    rcm_for_members: RcmForMembers,
) -> Result<Vec<Place<'_>>, NotAllowed> {
    if !customer.fits() {
        return Err(NotAllowed::RecordTooLarge);
    }
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
