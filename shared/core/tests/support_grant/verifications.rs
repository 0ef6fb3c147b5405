//! The verifications that start under a grant, and end with it.

use support_core::chain::{self, Action, Actor};
use support_core::directory::Locale;
use support_core::identity::Agent;
use support_core::refusal::{NotAllowed, Refusal};
use support_core::step_detail::Facts;
use support_core::support_grant::GrantEnding;
use support_core::verification::{Module, NoticeKind, Outcome, State, Status};
use support_testing::samples::{NOON, Walk, agent, customer, granted, key, rng};

use crate::samples::{END, everywhere, judged, millis_from, redeem, right_ones, simply};

#[test] // P11, P30
fn a_redeem_starts_a_verification_with_one_step_and_a_notice() {
    let (grant, _) = granted("carla", None);
    let (next, verification) =
        redeem(&grant, None, agent("ana"), Some(customer("carla")), NOON).unwrap();
    assert_eq!(next.version, grant.version + 1);
    assert_eq!(next.verification, Some(verification.id.clone()));
    assert_eq!(verification.module, Module::SupportGrant);
    assert_eq!(verification.support_grant.as_ref(), Some(&grant.terms));
    assert_eq!((verification.status(), verification.version), (Status::Started, 1));
    let [step] = verification.steps.as_slice() else { panic!("{:?}", verification.steps) };
    assert_eq!(
        (&step.actor, &step.action, step.at),
        (&Actor::Agent.into(), &Action::Started.into(), NOON)
    );
    assert_eq!(step.detail, Some(Facts::SupportGrant { id: grant.terms.id.clone() }.into()));
    assert_eq!(chain::check(&verification.id, &verification.steps), Ok(()));
    let notice = verification.notice.unwrap();
    assert_eq!((notice.kind, notice.due_at), (NoticeKind::GrantUsed, NOON.plus(20)));
    assert_eq!(verification.expires_at(), Some(NOON.plus(900)), "idle like any other");
    assert_eq!((verification.ticket, verification.created_at), (None, NOON));
}

#[test]
fn no_verification_starts_when_a_session_would_outlast_the_grant() {
    let (grant, _) = granted("carla", None);
    let at = |millis| {
        let now = millis_from(END, millis);
        redeem(&grant, None, agent("ana"), Some(customer("carla")), now).map(|(_, v)| v.status())
    };
    assert_eq!(at(-300_001), Ok(Status::Started));
    assert_eq!(at(-300_000), Ok(Status::Started), "just a session's length is left");
    assert_eq!(at(-299_999), Err(Refusal::GrantEndsTooSoon));
    assert_eq!(at(-1), Err(Refusal::GrantEndsTooSoon));
}

/// However lately somebody acted.
#[test] // P5
fn a_verification_ends_with_its_grant() {
    let reach: [fn(&mut Walk) -> &mut Walk; 4] =
        [|walk| walk, Walk::challenge, Walk::prove, |walk| walk.consent()];
    for reach in reach {
        let (mut walk, _) = Walk::redeem(1, granted("carla", None).0);
        walk.wait(600);
        reach(&mut walk);
        let v = walk.verification;
        assert_eq!((v.expires_at(), v.due_at().map(|at| at.min(END))), (Some(END), v.due_at()));
        assert_eq!(v.clone().at(millis_from(END, -1)).status(), v.status());
        let State::Closed(closed) = v.clone().at(END).state else { panic!("{:?}", v.status()) };
        assert_eq!((closed.outcome, closed.at), (Outcome::Expired, END));
    }
    // A mint begun in time may use its lease, and nothing comes after it.
    let (mut walk, _) = Walk::redeem(1, granted("carla", None).0);
    walk.wait(880).mint();
    let v = walk.verification;
    assert_eq!(v.expires_at(), Some(NOON.plus(880 + 45)));
    assert_eq!(v.clone().at(NOON.plus(924)).status(), Status::Minting);
    assert_eq!(v.at(NOON.plus(925)).status(), Status::Closed);
}

#[test]
fn a_customer_who_is_gone_or_replaced_is_not_supported() {
    let (grant, _) = granted("carla", None);
    let with = |by: Agent, person| redeem(&grant, None, by, person, NOON).map(|(_, v)| v.status());
    assert_eq!(with(agent("ana"), None), Err(Refusal::GrantRefused));
    let mut another = customer("carla");
    another.user_id = "sub-dora".into();
    assert_eq!(with(agent("ana"), Some(another)), Err(Refusal::GrantRefused));
    // By the directory's record of today, under the terms of the offer.
    let mut renamed = customer("carla");
    renamed.name = "Carla Ruiz".into();
    renamed.locale = Locale::Es;
    let (_, v) = redeem(&grant, None, agent("ana"), Some(renamed), NOON).unwrap();
    assert_eq!((v.customer.name.as_str(), v.customer.locale), ("Carla Ruiz", Locale::Es));
}

#[test] // P20
fn agents_cannot_redeem_their_own_grant() {
    let (grant, _) = granted("carla", None);
    let oneself = Err(Refusal::NotAllowed(NotAllowed::SelfSupport));
    let by = |by: Agent| {
        redeem(&grant, None, by, Some(customer("carla")), NOON).map(|(_, v)| v.status())
    };
    assert_eq!(by(Agent { id: "sub-carla".into(), ..agent("ana") }), oneself);
    assert_eq!(by(Agent { email: customer("carla").email, ..agent("ana") }), oneself);
}

/// What becomes of the verification when the customer takes the grant back or replaces its
/// credentials; where nothing is named it stays as it is.
#[test] // P10, P11, P15
fn in_every_state_revoking_closes_and_regenerating_closes_all_but_a_session() {
    use Outcome::{Denied, Ended};
    let table = [
        ("started", Some(Denied), Some(Denied)),
        ("agent_challenged", Some(Denied), Some(Denied)),
        ("consented", Some(Denied), Some(Denied)),
        ("minting", Some(Denied), Some(Denied)),
        ("lease lapsed", Some(Denied), Some(Denied)),
        ("in_session", Some(Ended), None),
        ("session over", None, None),
        ("expired", None, None),
        ("cancelled", None, None),
        ("cancelled in session", None, None),
    ];
    let all = everywhere();
    assert_eq!(all.len(), table.len());
    for (name, walk, grant) in all {
        let (_, revoke, regenerate) = table.iter().find(|row| row.0 == name).unwrap();
        let now = walk.now;
        let open = walk.verification.clone().at(now);
        let (revoked, by_revoke) = grant.clone().revoke(Some(open.clone()), now);
        let (renewed, credentials, by_regenerate) =
            grant.clone().regenerate(Some(open.clone()), &key(), &mut rng(5), now);
        for (closed, expected, why) in [
            (by_revoke, revoke, Facts::GrantRevoked),
            (by_regenerate, regenerate, Facts::CredentialsReplaced),
        ] {
            let Some(outcome) = expected else {
                assert!(closed.is_none(), "{name}: {why:?}");
                continue;
            };
            let closed = closed.unwrap_or_else(|| panic!("{name}: {why:?}"));
            let State::Closed(facts) = &closed.state else { panic!("{name}: open") };
            assert_eq!((facts.outcome, facts.at), (*outcome, now), "{name}: {why:?}");
            assert_eq!(facts.session.is_some(), *outcome == Ended, "{name}");
            assert_eq!(closed.version, walk.verification.version + 1, "{name}: {why:?}");
            assert_eq!(closed.steps.len(), walk.verification.steps.len() + 1, "{name}: {why:?}");
            assert_eq!(chain::check(&closed.id, &closed.steps), Ok(()));
            let last = closed.steps.last().unwrap();
            assert_eq!(
                (&last.actor, &last.detail),
                (&Actor::Customer.into(), &Some(why.into())),
                "{name}"
            );
            let owed = closed.notice.map(|notice| (notice.kind, notice.due_at));
            assert_eq!(owed, Some((NoticeKind::Close, now)), "{name}: a notice of every end");
            assert!(closed.support_grant.is_some(), "{name}");
        }
        assert_eq!(revoked.version, grant.version + 1, "{name}");
        assert_eq!(
            revoked.ended,
            Some(support_core::support_grant::Ended { how: GrantEnding::Revoked, at: now })
        );
        assert_eq!(renewed.version, grant.version + 1, "{name}");
        assert_eq!((renewed.ended, &renewed.redeemed_by), (None, &None), "{name}");
        assert_eq!(renewed.terms, grant.terms, "{name}: same deadline, same visibility");
        assert_eq!(judged(&renewed, &right_ones(&credentials), "ben", NOON), None);
        // While the session runs, no other starts.
        assert_eq!(renewed.verification, grant.verification, "{name}");
    }
    let (grant, _) = granted("carla", None);
    assert!(grant.clone().revoke(None, NOON).1.is_none(), "not redeemed yet");
    assert!(grant.regenerate(None, &key(), &mut rng(5), NOON).2.is_none());
}

#[test]
fn one_verification_under_a_grant_is_open_at_a_time() {
    for (name, walk, grant) in everywhere() {
        let now = walk.now;
        let open = walk.verification.clone().at(now);
        let came = redeem(&grant, Some(&open), agent("ana"), Some(customer("carla")), NOON);
        match open.status() {
            Status::Closed => {
                let (next, verification) = came.unwrap();
                assert_eq!(next.verification, Some(verification.id.clone()), "{name}");
                assert_ne!(verification.id, open.id, "{name}");
            }
            status => assert_eq!(came.unwrap_err(), Refusal::WrongStep(status), "{name}"),
        }
    }
    assert_eq!(simply(&granted("carla", None).0, None), Ok(Status::Started));
}
