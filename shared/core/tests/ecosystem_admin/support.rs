//! Who is supported in what, and who gets the App's QR code.

use support_core::chain;
use support_core::directory::{Customer, Role, SignIn, SignInStatus};
use support_core::entitlement::Environment;
use support_core::identity::LinkToken;
use support_core::limits::Limits;
use support_core::receipt::Receipt;
use support_core::refusal::{NotAllowed, Refusal};
use support_core::verification::{Module, State, Status, Verification};
use support_core::view::HandoffView;
use support_testing::samples::{CONFIRMED, NOON, Walk, customer, key};

use crate::samples::{ask, ended, shown, successor, walk, walk_with};

#[test]
fn a_customer_who_is_no_successor_is_refused_once_the_agent_has_authenticated() {
    let mut no_successor = walk_with(customer("carla"));
    assert_eq!(
        ask(&no_successor, "eco-1"),
        Err(Refusal::WrongStep(Status::Started)),
        "nothing is shown"
    );
    no_successor.challenge();
    assert_eq!(ask(&no_successor, "eco-1"), Err(Refusal::WrongStep(Status::AgentChallenged)));
    let mut no_successor = walk_with(customer("carla"));
    no_successor.prove();
    for ecosystem in ["eco-1", "eco-2", "eco-3"] {
        assert_eq!(ask(&no_successor, ecosystem), Err(Refusal::NotASuccessor), "{ecosystem}");
    }
    // The sign-in status is shown nevertheless, and comes first.
    let customer = &shown(&no_successor.verification)["customer"];
    assert_eq!(customer["sign_in"], "confirmed");
    assert_eq!(customer["ecosystems"], serde_json::json!([]));
}

#[test]
fn only_inherited_ecosystems_are_shown_and_can_be_picked() {
    let mut walk = walk();
    assert_eq!(shown(&walk.verification)["customer"].get("ecosystems"), None);
    walk.prove();
    let ecosystems = shown(&walk.verification)["customer"]["ecosystems"].clone();
    assert_eq!(ecosystems.as_array().unwrap().len(), 1);
    assert_eq!(ecosystems[0]["id"], "eco-1");
    assert_eq!(ecosystems[0]["environments"], serde_json::json!(["web", "app"]));
    assert_eq!(ask(&walk, "eco-2"), Err(Refusal::EnvironmentRefused));
    assert_eq!(ask(&walk, "eco-1"), Ok(Status::AwaitingConsent));
    // In technical assistance, all of them.
    walk.verification.module = Module::TechnicalAssistance;
    let ecosystems = shown(&walk.verification)["customer"]["ecosystems"].clone();
    assert_eq!(ecosystems.as_array().unwrap().len(), 2);
}

#[test] // P31
fn a_customer_who_is_no_longer_successor_is_refused_at_issue_and_at_redeem() {
    let mut walk = walk();
    walk.consent();
    let issue = |now: Customer| {
        let allowed = walk.verification.may_issue(Some(&now), CONFIRMED, &walk.limits, walk.now);
        allowed.map(|(_, environments)| environments)
    };
    assert_eq!(issue(successor()), Ok(vec![Environment::Web, Environment::App]));
    assert_eq!(issue(customer("carla")), Err(Refusal::NotASuccessor));
    let mut elsewhere = successor();
    elsewhere.ecosystems[0].role = Role::Admin;
    elsewhere.ecosystems[1].role = Role::Successor;
    assert_eq!(issue(elsewhere.clone()), Err(Refusal::EnvironmentRefused));

    let mut walk = self::walk();
    let handoffs = walk.session();
    let app = handoffs.iter().find(|h| h.environment == Environment::App).unwrap();
    let secret = LinkToken::parse(app.secret.expose()).unwrap().secret;
    let redeem = |now: &Customer| {
        let (key, limits) = (&walk.key, &walk.limits);
        let verification = walk.verification.clone();
        verification
            .redeem(Environment::App, &secret, Some(now), key, limits, walk.now)
            .map(|v| v.status())
    };
    assert_eq!(redeem(&successor()), Ok(Status::InSession));
    assert_eq!(redeem(&customer("carla")), Err(Refusal::HandoffRefused));
    assert_eq!(redeem(&elsewhere), Err(Refusal::HandoffRefused));
}

#[test] // P30
fn the_receipt_says_who_got_the_qr_code() {
    let given_to = |verification: Verification| {
        let receipt = Receipt::of(&ended(verification, NOON)).unwrap();
        serde_json::to_value(receipt).unwrap()["app_qr_given_to"].clone()
    };
    let mut shown = Walk::start(1);
    shown.session();
    assert_eq!(given_to(shown.verification), "agent");

    let mut walk = walk();
    let handoffs = walk.session();
    let verification = walk.verification.clone();
    let sent = verification.clone().qr_emailed(true, NOON).unwrap();
    assert_eq!(given_to(sent.clone()), "customer");
    assert_eq!(sent.steps.len(), verification.steps.len() + 1);
    assert_eq!(chain::check(&sent.id, &sent.steps), Ok(()));
    assert_eq!(sent.expires_at(), verification.expires_at());
    let lost = verification.clone().qr_emailed(false, NOON).unwrap();
    assert_eq!(given_to(lost), serde_json::Value::Null);
    // Opened before anybody wrote down that it was sent: then it was.
    assert_eq!(given_to(verification.clone()), serde_json::Value::Null);
    let app = handoffs.iter().find(|h| h.environment == Environment::App).unwrap();
    let secret = LinkToken::parse(app.secret.expose()).unwrap().secret;
    let (key, limits) = (key(), Limits::default());
    let opened = verification
        .clone()
        .redeem(Environment::App, &secret, Some(&successor()), &key, &limits, NOON)
        .unwrap();
    assert_eq!(given_to(opened), "customer");
    // What is over stays as it is.
    assert!(ended(verification, NOON).qr_emailed(true, NOON).is_none());
    assert!(self::walk().verification.qr_emailed(true, NOON).is_none());
}

#[test] // P7
fn a_handoff_sent_by_email_shows_neither_link_nor_picture() {
    let mut walk = walk();
    for (issued, sent) in walk.session().into_iter().zip([true, false]) {
        let (environment, secret) = (issued.environment, issued.secret.expose().to_owned());
        let to = sent.then_some(&walk.verification.customer.email);
        let view = serde_json::to_value(HandoffView::emailed(issued, to)).unwrap();
        let sent_to = if sent { "c***@example.com".into() } else { serde_json::Value::Null };
        let expected = serde_json::json!({
            "environment": environment, "landing": "home", "sent_to": sent_to,
        });
        assert_eq!(view, expected);
        assert!(!view.to_string().contains(&secret));
    }
}

#[test]
fn a_customer_who_could_not_sign_in_is_refused_with_that_reason() {
    let mut walk = walk();
    walk.prove();
    let State::AgentVerified { sign_in_status, .. } = &mut walk.verification.state else {
        panic!()
    };
    *sign_in_status = SignInStatus { sign_in: SignIn::Disabled, mfa: false };
    assert_eq!(ask(&walk, "eco-1"), Err(Refusal::NotAllowed(NotAllowed::CannotSignIn)));
}
