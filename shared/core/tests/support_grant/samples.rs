//! Grants, credentials and verifications to test with.

use support_core::directory::Customer;
use support_core::entitlement::RcmForMembers;
use support_core::entitlement::{Access, Visibility};
use support_core::identity::{Agent, Reason, VerificationId};
use support_core::limits::Limits;
use support_core::refusal::Refusal;
use support_core::support_grant::{Credentials, EnteredCredentials, Offer, SupportGrant};
use support_core::time::Timestamp;
use support_core::verification::{ClosedByAgent, Status, Verification};
use support_testing::samples::{
    CONFIRMED, NOON, Walk, agent, customer, entered, granted, key, rng,
};

pub const ALPHABET: &str = "abcdefghjkmnpqrstuvwxyz23456789";

/// When the grants of the samples end.
pub const END: Timestamp = NOON.plus(15 * 60);

pub fn millis_from(moment: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(moment.millis() + millis)
}

/// The three as they are shown.
pub fn shown(credentials: &Credentials) -> [String; 3] {
    [
        credentials.user_name(),
        credentials.password().expose().to_owned(),
        credentials.security_code().expose().to_owned(),
    ]
}

pub fn entering([user_name, password, security_code]: &[String; 3]) -> EnteredCredentials {
    entered(user_name, password, security_code)
}

pub fn right_ones(credentials: &Credentials) -> EnteredCredentials {
    entering(&shown(credentials))
}

pub fn judged(
    grant: &SupportGrant,
    entered: &EnteredCredentials,
    by: &str,
    now: Timestamp,
) -> Option<Refusal> {
    SupportGrant::judge(Some(grant.clone()), entered, &agent(by), &key(), now).err()
}

pub fn create(
    before: Option<&SupportGrant>,
    ecosystem: &str,
    change: impl Fn(&mut Offer<'_>, &mut Customer),
    now: Timestamp,
) -> Result<SupportGrant, Refusal> {
    let mut person = customer("carla");
    let mut offer = Offer {
        customer: &customer("carla"),
        sign_in_status: CONFIRMED,
        ecosystem,
        visibility: Visibility::default(),
        access: Access::View,
        minutes: 15,
    };
    change(&mut offer, &mut person);
    let offer = Offer { customer: &person, ..offer };
    let rcm = RcmForMembers::default();
    SupportGrant::create(before, &offer, rcm, &key(), &mut rng(1), now).map(|(grant, _)| grant)
}

pub fn redeem(
    grant: &SupportGrant,
    open: Option<&Verification>,
    by: Agent,
    person: Option<Customer>,
    now: Timestamp,
) -> Result<(SupportGrant, Verification), Refusal> {
    let id = VerificationId::generate(&mut rng(77));
    grant.clone().redeem(open, id, by, person, &Limits::default(), now)
}

pub fn simply(grant: &SupportGrant, open: Option<&Verification>) -> Result<Status, Refusal> {
    redeem(grant, open, agent("ana"), Some(customer("carla")), NOON).map(|(_, v)| v.status())
}

/// A walk at each place that a verification under a grant can be in, with the grant.
pub fn everywhere() -> Vec<(&'static str, Walk, SupportGrant)> {
    let at = |name, reach: fn(&mut Walk)| {
        let (mut walk, grant) = Walk::redeem(1, granted("carla", None).0);
        reach(&mut walk);
        (name, walk, grant)
    };
    vec![
        at("started", |_| {}),
        at("agent_challenged", |w| _ = w.challenge()),
        at("consented", |w| _ = w.prove()),
        at("minting", |w| _ = w.mint()),
        at("lease lapsed", |w| _ = w.mint().wait(45)),
        at("in_session", |w| _ = w.session()),
        at("session over", |w| {
            w.session();
            w.wait(300);
        }),
        at("expired", |w| _ = w.wait(900)),
        at("cancelled", |w| w.verification = cancelled(&w.verification, w.now)),
        at("cancelled in session", |w| {
            w.session();
            w.verification = cancelled(&w.verification, w.now);
        }),
    ]
}

pub fn cancelled(verification: &Verification, now: Timestamp) -> Verification {
    let reason = Reason::parse("enough").unwrap();
    match verification.clone().cancel(reason, now).unwrap() {
        ClosedByAgent::Now(next) | ClosedByAgent::Already(next) => next,
    }
}
