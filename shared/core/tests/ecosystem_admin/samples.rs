//! Successors, and walks with them.

use support_core::directory::{Customer, Plan, Role};
use support_core::entitlement::Access;
use support_core::identity::Reason;
use support_core::limits::Limits;
use support_core::refusal::Refusal;
use support_core::step_detail::Facts;
use support_core::time::Timestamp;
use support_core::verification::{ClosedByAgent, Module, NewConsentRequest, Status, Verification};
use support_core::view::VerificationView;
use support_testing::samples::{Walk, customer, ecosystem, right};

/// Successor of `eco-1`, member of `eco-2`.
pub fn successor() -> Customer {
    let mut successor = customer("carla");
    successor.ecosystems[0] = ecosystem("eco-1", Role::Successor, Plan::Plus);
    successor
}

pub fn walk_with(customer: Customer) -> Walk {
    let mut walk = Walk::start(1);
    walk.verification.module = Module::EcosystemAdmin;
    walk.verification.customer = customer;
    walk
}

pub fn walk() -> Walk {
    walk_with(successor())
}

pub fn ask(walk: &Walk, ecosystem: &str) -> Result<Status, Refusal> {
    let code = right();
    let page = &walk.page.secret;
    let asking = NewConsentRequest {
        ecosystem,
        access: Access::View,
        code: &code,
        page,
        verification_number: "47".into(),
    };
    let verification = walk.verification.clone();
    verification.request_consent(asking, &walk.key, &walk.limits, walk.now).map(|v| v.status())
}

pub fn read(walk: &Walk) -> Result<Verification, Refusal> {
    let verification = walk.verification.clone().at(walk.now);
    verification.read_activity(
        Some(&successor()),
        Some(Facts::ActivityList { continued: false }),
        &walk.limits,
        walk.now,
    )
}

pub fn shown(verification: &Verification) -> serde_json::Value {
    serde_json::to_value(VerificationView::new(verification, &Limits::default())).unwrap()
}

pub fn ended(verification: Verification, now: Timestamp) -> Verification {
    match verification.cancel(Reason::parse("done").unwrap(), now).unwrap() {
        ClosedByAgent::Now(next) | ClosedByAgent::Already(next) => next,
    }
}
