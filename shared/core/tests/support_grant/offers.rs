//! What a customer may offer, and what is stored of it.

use support_core::directory::{CustomerStatus, SignIn, SignInStatus};
use support_core::entitlement::{Environment, RcmForMembers};
use support_core::refusal::{NotAllowed, Refusal};
use support_core::session::SealedChange;
use support_core::support_grant::{GrantLimits, GrantNoticeKind, SupportGrant, may_offer};
use support_core::time::Timestamp;
use support_core::verification::{Module, Verification};
use support_testing::samples::{CONFIRMED, NOON, Walk, customer, granted};

use crate::samples::{END, create, everywhere, millis_from};

#[test] // P31
fn customers_offer_what_is_theirs_and_can_be_opened() {
    let grant = create(None, "eco-1", |_, _| {}, NOON).unwrap();
    assert_eq!((grant.version, grant.created_at, grant.ended), (1, NOON, None));
    assert_eq!(grant.customer.user_id, "sub-carla");
    assert_eq!(grant.terms.environments, Environment::ALL);
    assert_eq!(grant.terms.ecosystem_name, "Ecosystem eco-1");
    let member = create(None, "eco-2", |_, _| {}, NOON).unwrap();
    assert_eq!(member.terms.environments, [Environment::Web, Environment::App]);
    for minutes in [15, 48 * 60] {
        let grant = create(None, "eco-1", |offer, _| offer.minutes = minutes, NOON).unwrap();
        assert_eq!(grant.terms.expires_at, NOON.plus(minutes * 60));
    }
    // More minutes than there are seconds: later than anybody asks, and no panic.
    assert!(create(None, "eco-1", |offer, _| offer.minutes = u32::MAX, NOON).is_ok());
    let elsewhere = create(None, "eco-3", |_, _| {}, NOON);
    assert_eq!(elsewhere.unwrap_err(), Refusal::EnvironmentRefused);
    let suspended = create(None, "eco-1", |_, c| c.status = CustomerStatus::Suspended, NOON);
    assert_eq!(suspended.unwrap_err(), Refusal::NotAllowed(NotAllowed::Suspended));
    for sign_in in [
        SignIn::Unconfirmed,
        SignIn::MustChangePassword,
        SignIn::ResetRequired,
        SignIn::Disabled,
        SignIn::Federated,
        SignIn::Missing,
    ] {
        let refused = create(
            None,
            "eco-1",
            |o, _| o.sign_in_status = SignInStatus { sign_in, mfa: false },
            NOON,
        );
        assert_eq!(refused.unwrap_err(), Refusal::NotAllowed(NotAllowed::CannotSignIn));
    }
}

#[test]
fn what_may_be_offered_is_what_create_accepts() {
    let person = customer("carla");
    let places = may_offer(&person, CONFIRMED, RcmForMembers::default()).unwrap();
    let ids: Vec<_> = places.iter().map(|place| (place.id, place.name)).collect();
    assert_eq!(ids, [("eco-1", "Ecosystem eco-1"), ("eco-2", "Ecosystem eco-2")]);
    for place in &places {
        let grant = create(None, place.id, |_, _| {}, NOON).unwrap();
        assert_eq!(grant.terms.environments, place.environments);
    }
    let mut none = customer("carla");
    none.ecosystems.clear();
    assert_eq!(may_offer(&none, CONFIRMED, RcmForMembers::default()), Ok(vec![]));
    none.status = CustomerStatus::Suspended;
    let suspended = may_offer(&none, CONFIRMED, RcmForMembers::default());
    assert_eq!(suspended, Err(NotAllowed::Suspended));
}

#[test]
fn a_customer_has_one_live_grant_and_a_later_one_replaces_one_that_is_over() {
    let (live, _) = granted("carla", None);
    let last = millis_from(END, -1);
    let exists = Refusal::GrantExists { expires_at: END };
    for now in [NOON, last] {
        assert_eq!(create(Some(&live), "eco-1", |_, _| {}, now).unwrap_err(), exists);
        // Which is said before anything else.
        let refused = create(Some(&live), "eco-3", |_, _| {}, now);
        assert_eq!(refused.unwrap_err(), exists);
    }
    let (_, redeemed) = Walk::redeem(1, live.clone());
    let (revoked, _) = redeemed.revoke(None, NOON);
    for (before, now) in [(&live, END), (&revoked, NOON)] {
        let next = create(Some(before), "eco-1", |_, _| {}, now).unwrap();
        assert_eq!(next.version, before.version + 1, "counted over all grants of the customer");
        assert_ne!(next.terms.id, before.terms.id);
        assert_eq!(next.key, before.key);
        assert_eq!((next.redeemed_by, next.verification), (None, None));
        assert_eq!(next.notice.map(|notice| notice.kind), Some(GrantNoticeKind::Created));
    }
}

#[test]
fn stored_items_are_read_again_also_those_from_before_support_grants() {
    for (name, walk, grant) in everywhere() {
        let stored = serde_json::to_value(&walk.verification).unwrap();
        let read: Verification = serde_json::from_value(stored).unwrap();
        // The sealed tokens are items of their own.
        let whole = Verification { sealed: SealedChange::None, ..walk.verification };
        assert_eq!(format!("{read:?}"), format!("{whole:?}"), "{name}");
        let stored = serde_json::to_value(&grant).unwrap();
        let read: SupportGrant = serde_json::from_value(stored).unwrap();
        assert_eq!(format!("{read:?}"), format!("{grant:?}"), "{name}");
    }
    let plain = serde_json::to_value(&Walk::start(1).verification).unwrap();
    assert!(plain.get("support_grant").is_none());
    let read: Verification = serde_json::from_value(plain).unwrap();
    assert_eq!((read.module, read.support_grant), (Module::TechnicalAssistance, None));
}

#[test]
fn the_limits_are_those_of_the_contract() {
    let GrantLimits { min_minutes, max_minutes, per_customer, wrong_entries, lock_seconds } =
        GrantLimits::default();
    assert_eq!((min_minutes, max_minutes), (15, 2880));
    assert_eq!((per_customer, wrong_entries, lock_seconds), (10, 5, 900));
    let limits = GrantLimits::default();
    let makings = limits.credential_quota("sub-carla", NOON);
    assert_eq!(
        (makings.limit, makings.ends_at),
        (10, Timestamp::from_seconds(1_800_000_000).plus(3600))
    );
    assert_ne!(makings.key, limits.credential_quota("sub-dora", NOON).key);
    assert_ne!(makings.key, limits.credential_quota("sub-carla", NOON.plus(3600)).key);
}
