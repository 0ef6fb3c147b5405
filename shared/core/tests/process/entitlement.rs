//! Who may be supported, what may be opened, and what is left of it.

use support_core::chain;
use support_core::directory::{CustomerStatus, Role, SignIn, SignInStatus};
use support_core::entitlement::Environment;
use support_core::identity::LinkToken;
use support_core::limits::Limits;
use support_core::refusal::{NotAllowed, Refusal};
use support_core::session::SealedChange;
use support_core::verification::{Module, Side, Status, Verdict, Verification};
use support_testing::samples::{CONFIRMED, NOON, Walk, agent, customer, right};

use crate::actions::{act, cancel, session_secret};

use crate::actions::Action::*;

#[test]
fn no_consent_is_requested_from_a_customer_who_cannot_sign_in() {
    let ask = |sign_in_status: SignInStatus, change: fn(&mut Verification)| {
        let mut walk = Walk::start(1);
        walk.challenge();
        let Ok(Verdict::Right(code)) =
            walk.verification.judge_agent_code(&right(), &walk.key, walk.now)
        else {
            panic!("the code is right")
        };
        let verification = walk.verification.clone();
        walk.verification =
            verification.prove_agent(code, sign_in_status, &walk.limits, walk.now).unwrap();
        change(&mut walk.verification);
        act(&walk, RequestConsent).map(|next| next.status())
    };
    assert_eq!(ask(CONFIRMED, |_| {}), Ok(Status::AwaitingConsent));
    for sign_in in [
        SignIn::Unconfirmed,
        SignIn::MustChangePassword,
        SignIn::ResetRequired,
        SignIn::Disabled,
        SignIn::Federated,
        SignIn::Missing,
    ] {
        let refused = ask(SignInStatus { sign_in, mfa: false }, |_| {});
        assert_eq!(refused, Err(Refusal::NotAllowed(NotAllowed::CannotSignIn)), "{sign_in:?}");
    }
    let suspended = ask(CONFIRMED, |v| v.customer.status = CustomerStatus::Suspended);
    assert_eq!(suspended, Err(Refusal::NotAllowed(NotAllowed::Suspended)));
    let elsewhere = ask(CONFIRMED, |v| v.customer.ecosystems[0].id = "eco-9".into());
    assert_eq!(elsewhere, Err(Refusal::EnvironmentRefused));
    let not_a_successor = ask(CONFIRMED, |v| v.module = Module::EcosystemAdmin);
    assert_eq!(not_a_successor, Err(Refusal::NotASuccessor));
    let successor = ask(CONFIRMED, |v| {
        v.module = Module::EcosystemAdmin;
        v.customer.ecosystems[0].role = Role::Successor;
    });
    assert_eq!(successor, Ok(Status::AwaitingConsent));
}

#[test] // P20
fn agents_cannot_support_themselves() {
    let limits = Limits::default();
    let start = |agent, customer| {
        let id = Walk::start(1).verification.id;
        Verification::start(id, Module::default(), None, agent, customer, &limits, NOON)
            .map(|v| v.status())
    };
    let oneself = Err(Refusal::NotAllowed(NotAllowed::SelfSupport));
    let mut same_address = customer("carla");
    same_address.email = agent("ana").email;
    assert_eq!(start(agent("ana"), same_address), oneself);
    let mut same_id = customer("carla");
    same_id.user_id = "ana".into();
    assert_eq!(start(agent("ana"), same_id), oneself);
    assert_eq!(start(agent("ana"), customer("carla")), Ok(Status::Started));
}

#[test] // P31
fn entitlement_is_decided_at_issue_and_at_redeem() {
    let mut walk = Walk::start(1);
    walk.consent();
    let issue = |change: fn(&mut support_core::directory::Customer)| {
        let mut now = customer("carla");
        change(&mut now);
        walk.verification
            .may_issue(Some(&now), CONFIRMED, &walk.limits, walk.now)
            .map(|(_, environments)| environments.len())
    };
    assert_eq!(issue(|_| {}), Ok(4));
    assert_eq!(issue(|c| c.ecosystems[0].role = Role::Member), Ok(2));
    assert_eq!(issue(|c| c.ecosystems[0].modules.clear()), Ok(3));
    assert_eq!(issue(|c| drop(c.ecosystems.remove(0))), Err(Refusal::EnvironmentRefused));
    let suspended = Refusal::NotAllowed(NotAllowed::Suspended);
    assert_eq!(issue(|c| c.status = CustomerStatus::Suspended), Err(suspended));
    assert_eq!(issue(|c| c.user_id = "another".into()), Err(Refusal::EnvironmentRefused));

    let handoffs = Walk::session(&mut walk_at_consent());
    assert_eq!(handoffs.len(), 4);
    let mut walk = walk_at_consent();
    walk.session();
    let secret = session_secret(&walk);
    let redeem = |change: fn(&mut support_core::directory::Customer)| {
        let mut now = customer("carla");
        change(&mut now);
        let verification = walk.verification.clone();
        let (key, limits) = (&walk.key, &walk.limits);
        verification
            .redeem(Environment::Web, &secret, Some(&now), key, limits, walk.now)
            .map(|next| next.status())
    };
    assert_eq!(redeem(|_| {}), Ok(Status::InSession));
    let refused = Err(Refusal::HandoffRefused);
    assert_eq!(redeem(|c| drop(c.ecosystems.remove(0))), refused);
    assert_eq!(redeem(|c| c.status = CustomerStatus::Suspended), refused);
    assert_eq!(redeem(|c| c.user_id = "another".into()), refused);
}

fn walk_at_consent() -> Walk {
    Walk::start(1)
}

#[test] // P34
fn no_more_is_opened_than_the_customer_was_told_about() {
    let mut walk = Walk::start(1);
    walk.prove().ask("eco-2").enter(Side::Customer).enter(Side::Agent);
    let mut promoted = customer("carla");
    promoted.ecosystems[1].role = Role::Admin;
    let (_, environments) =
        walk.verification.may_issue(Some(&promoted), CONFIRMED, &walk.limits, walk.now).unwrap();
    assert_eq!(environments, [Environment::Web, Environment::App]);
}

#[test] // P14
fn a_handoff_opens_once_in_its_environment() {
    let mut walk = Walk::start(1);
    walk.mint();
    let (sealed, handoffs) = walk.sealed();
    let mut walk = Walk::start(1);
    walk.session();
    let person = customer("carla");
    for issued in &handoffs {
        let secret = LinkToken::parse(issued.secret.expose()).unwrap().secret;
        for environment in Environment::ALL {
            let verification = walk.verification.clone();
            let (key, limits, now) = (&walk.key, &walk.limits, walk.now);
            let redeemed =
                verification.redeem(environment, &secret, Some(&person), key, limits, now);
            assert_eq!(redeemed.is_ok(), environment == issued.environment);
            let sealed = sealed.tokens.iter().find(|pair| pair.environment == environment).unwrap();
            assert_eq!(sealed.open(&secret).is_some(), environment == issued.environment);
        }
    }
    walk.verification = act(&walk, Redeem).unwrap();
    assert_eq!(act(&walk, Redeem).unwrap_err(), Refusal::HandoffRefused, "used");
    walk.wait(300);
    assert_eq!(act(&walk, Redeem).unwrap_err(), Refusal::HandoffRefused, "over");
}

#[test] // P7
fn closing_drops_tokens_handoffs_and_codes() {
    let mut walk = Walk::start(1);
    walk.session();
    let open = serde_json::to_string(&walk.verification).unwrap();
    assert!(open.contains("handoffs") && !open.contains("sealed"), "they are items of their own");
    walk.verification = act(&walk, Redeem).unwrap();
    let SealedChange::Delete(web) = &walk.verification.sealed else { panic!("it is redeemed") };
    assert_eq!(*web, [Environment::Web]);
    let closed = cancel(walk.verification, walk.now).unwrap();
    let SealedChange::Delete(rest) = &closed.sealed else { panic!("it is closed") };
    assert_eq!(*rest, [Environment::Store, Environment::App, Environment::Rcm]);
    let closed = serde_json::to_string(&closed).unwrap();
    assert!(!closed.contains("sealed") && !closed.contains("handoffs"));
}

/// Each attempt is two steps, and an item that DynamoDB takes no more could not even be closed.
#[test] // P10
fn a_failed_mint_can_be_started_again_but_not_forever() {
    let mut walk = Walk::start(1);
    walk.consent();
    let mut verification = walk.verification;
    let refused = loop {
        match verification.clone().start_mint(&walk.limits, walk.now) {
            Ok(minting) => verification = minting.mint_failed(walk.now).unwrap(),
            Err(refusal) => break refusal,
        }
    };
    let until_idle = walk.limits.idle_seconds;
    assert_eq!(refused, Refusal::TooManyRequests { retry_after: until_idle });
    let begun = |step: &&chain::Step| step.action == chain::Action::MintStarted;
    assert_eq!(verification.steps.iter().filter(begun).count(), 20);
    assert!(serde_json::to_vec(&verification).unwrap().len() < 40_000);
    assert!(cancel(verification, walk.now).is_ok());
}
