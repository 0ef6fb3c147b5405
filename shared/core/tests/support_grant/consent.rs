//! A grant as the consent that is given beforehand.

use support_core::chain::{Action, Actor};
use support_core::directory::{Customer, CustomerStatus, Role};
use support_core::entitlement::{Access, Visibility};
use support_core::entitlement::{Environment, RcmForMembers};
use support_core::identity::LinkToken;
use support_core::receipt::Receipt;
use support_core::refusal::{NotAllowed, Refusal};
use support_core::secret::Secret;
use support_core::step_detail::Facts;
use support_core::support_grant::{Offer, SupportGrant};
use support_core::time::Timestamp;
use support_core::verification::{Module, NewConsentRequest, Side, State, Status};
use support_core::view::{ConsentView, VerificationView};
use support_testing::samples::{CONFIRMED, NOON, Walk, customer, granted, key, right, rng};

use crate::samples::{END, everywhere, millis_from};

/// Whatever is done for a customer who is asked is refused in every state here, and no page opens
/// before there is a session to end.
#[test] // P10, P27
fn no_consent_is_requested_from_a_customer_who_gave_it_beforehand() {
    for (name, walk, _) in everywhere() {
        let Walk { key, limits, page, now, .. } = &walk;
        let (now, v) = (*now, walk.verification.clone().at(walk.now));
        let wrong_step = Refusal::WrongStep(v.status());
        let code = right();
        let asking = NewConsentRequest {
            ecosystem: "eco-1",
            access: Access::View,
            code: &code,
            page: &page.secret,
            verification_number: "47".into(),
        };
        assert_eq!(v.clone().request_consent(asking, key, limits, now).unwrap_err(), wrong_step);
        for side in [Side::Agent, Side::Customer] {
            let judged = v.judge_customer_code(side, &right(), key, now).map(drop);
            assert_eq!(judged.unwrap_err(), wrong_step, "{name}");
            let refused = v.clone().refuse_customer_code(side, limits, now).map(drop);
            assert_eq!(refused.unwrap_err(), wrong_step, "{name}");
        }
        let read = v.clone().read_activity(
            Some(&customer("carla")),
            Some(Facts::ActivityList { continued: false }),
            limits,
            now,
        );
        assert_eq!(read.unwrap_err(), Refusal::NoActivity, "{name}");
        let session = matches!(
            &v.state,
            State::InSession { .. }
                | State::Closed(support_core::verification::Closed { session: Some(_), .. })
        );
        assert_eq!(v.is_page(&page.secret, key), session, "{name}");
        assert!(!v.is_page(&Secret::from(String::new()), key), "{name}");
        assert!(v.consent().is_none_or(|consent| consent.entries.is_none()), "{name}");
        let shown = serde_json::to_value(VerificationView::new(&v, limits)).unwrap();
        assert!(shown["consent"].is_null(), "{name}");
        let terms = serde_json::json!({
            "id": v.support_grant.as_ref().unwrap().id,
            "expires_at": END.to_string(),
            "visibility": {"messages": true, "talks": false},
            "access": "view",
        });
        assert_eq!(shown["support_grant"], terms, "{name}");
        assert_eq!(shown["module"], "support-grant");
        if let Some(page) = ConsentView::new(&v, limits) {
            let page = serde_json::to_value(page).unwrap();
            assert!(page["match_number"].is_null() && page["code_expires_at"].is_null(), "{name}");
            assert_eq!(page["customer_entered"], false, "{name}");
        }
    }
}

#[test] // P10
fn the_agents_code_completes_the_consent_to_what_was_offered() {
    let (mut walk, grant) = Walk::redeem(1, granted("carla", None).0);
    assert!(walk.verification.consent().is_none(), "none before the agent has authenticated");
    let shown = |walk: &Walk| {
        serde_json::to_value(VerificationView::new(&walk.verification, &walk.limits)).unwrap()
    };
    assert_eq!(shown(&walk)["customer"].get("ecosystems"), None, "nor any data");
    walk.wait(10).prove();
    let v = &walk.verification;
    assert_eq!((v.status(), v.sign_in_status()), (Status::Consented, Some(CONFIRMED)));
    assert_eq!(v.expires_at(), Some(END), "an act keeps it alive as long as the grant lives");
    let consent = v.consent().unwrap();
    assert_eq!(
        (&consent.ecosystem, &consent.environments),
        (&grant.terms.ecosystem, &grant.terms.environments)
    );
    let last = v.steps.last().unwrap();
    assert_eq!((&last.actor, &last.action), (&Actor::Agent.into(), &Action::AgentVerified.into()));
    assert_eq!(last.detail, Some(Facts::ConsentedByGrant.into()));
    assert_eq!(shown(&walk)["ecosystem"], "eco-1");
    let ecosystems = shown(&walk)["customer"]["ecosystems"].clone();
    assert_eq!(ecosystems.as_array().unwrap().len(), 1, "the agent sees no others");
    assert_eq!(ecosystems[0]["id"], "eco-1");
}

#[test] // P31, P34
fn a_session_is_issued_where_and_for_as_long_as_was_offered() {
    let (mut walk, _) = Walk::redeem(1, granted("carla", None).0);
    walk.wait(14).prove();
    let issue = |change: &dyn Fn(&mut Customer), now: Timestamp| {
        let mut person = customer("carla");
        change(&mut person);
        walk.verification
            .may_issue(Some(&person), CONFIRMED, &walk.limits, now)
            .map(|(ecosystem, environments)| (ecosystem.id.clone(), environments))
    };
    let all = Ok(("eco-1".to_owned(), Environment::ALL.to_vec()));
    let last = millis_from(END, -300_000);
    for now in [walk.now, last] {
        assert_eq!(issue(&|_| {}, now), all);
    }
    assert_eq!(issue(&|_| {}, millis_from(last, 1)), Err(Refusal::GrantEndsTooSoon));
    let narrowed = issue(&|c| c.ecosystems[0].role = Role::Member, walk.now).unwrap().1;
    assert_eq!(narrowed, [Environment::Web, Environment::App]);
    let gone = issue(&|c| drop(c.ecosystems.remove(0)), walk.now);
    assert_eq!(gone, Err(Refusal::EnvironmentRefused), "nowhere else instead");
    let suspended = issue(&|c| c.status = CustomerStatus::Suspended, walk.now);
    assert_eq!(suspended, Err(Refusal::NotAllowed(NotAllowed::Suspended)));

    // The tokens' deadline is Cognito's: beyond the grant's it is not taken.
    let minting = walk.verification.clone().start_mint(&walk.limits, walk.now).unwrap();
    let start = |now: Timestamp| {
        let at = Walk {
            now,
            verification: minting.clone(),
            limits: walk.limits.clone(),
            key: key(),
            page: walk.page.clone(),
        };
        let (session, _) = at.sealed();
        minting
            .clone()
            .start_session(CONFIRMED, session, &at.page.secret, &key(), now)
            .map(|v| v.status())
    };
    assert_eq!(start(last), Ok(Status::InSession));
    assert_eq!(start(millis_from(last, 1)), Err(Refusal::GrantEndsTooSoon));
}

#[test] // P34
fn no_more_is_opened_than_was_offered() {
    let mut person = customer("carla");
    person.ecosystems[0].role = Role::Member;
    let offer = Offer {
        customer: &person,
        sign_in_status: CONFIRMED,
        ecosystem: "eco-1",
        visibility: Visibility::default(),
        access: Access::View,
        minutes: 60,
    };
    let rcm = RcmForMembers::default();
    let (grant, _) = SupportGrant::create(None, &offer, rcm, &key(), &mut rng(1), NOON).unwrap();
    let (mut walk, _) = Walk::redeem(1, grant);
    walk.prove();
    let (_, environments) = walk
        .verification
        .may_issue(Some(&customer("carla")), CONFIRMED, &walk.limits, walk.now)
        .unwrap();
    assert_eq!(environments, [Environment::Web, Environment::App], "an administrator by now");
}

#[test] // P12
fn what_stays_hidden_is_in_the_session_and_in_its_receipt() {
    let hidden = Visibility { messages: true, talks: false };
    let (mut walk, _) = Walk::redeem(1, granted("carla", None).0);
    assert_eq!(walk.verification.visibility(), hidden);
    let handoffs = walk.session();
    let State::InSession { session, .. } = &walk.verification.state else { panic!("no session") };
    assert_eq!(session.visibility, hidden);
    let web = handoffs.iter().find(|h| h.environment == Environment::Web).unwrap();
    let secret = LinkToken::parse(web.secret.expose()).unwrap().secret;
    let opened = walk.verification.clone().redeem(
        Environment::Web,
        &secret,
        Some(&customer("carla")),
        &walk.key,
        &walk.limits,
        walk.now,
    );
    let ended = opened.unwrap().close_if_over(NOON.plus(300)).unwrap();
    let receipt = Receipt::of(&ended).unwrap();
    assert_eq!((receipt.visibility, receipt.module), (hidden, Module::SupportGrant));
    assert_eq!(Walk::start(1).verification.visibility(), Visibility::default());
}
