//! Reports of SES, from the ones in `events/`, against the store in memory.

use serde_json::{Value, from_value, json};
use support_core::chain::{Action, check};
use support_core::email_origin::EmailKind;
use support_core::identity::Reason;
use support_core::ports::{Change, Verifications};
use support_core::refusal::Failure;
use support_core::step_detail::{Detail, Facts};
use support_core::verification::{ClosedByAgent, Status, Verification};
use support_gateway::Noted;
use support_testing::samples::{NOON, Walk, versions};
use support_testing::world::{Fault, FaultyStore};

use crate::event::{Event, Fate};
use crate::handler::handle;

const BOUNCE: &str = include_str!("../../../events/email-events-bounce.json");
const COMPLAINT: &str = include_str!("../../../events/email-events-complaint.json");

fn read(event: Value) -> Event {
    from_value(event).unwrap_or_else(|error| panic!("{error}"))
}

/// A report about an email of this verification.
fn about(event: &str, verification: &Verification, email: &str, number: Option<&str>) -> Value {
    let mut event: Value = serde_json::from_str(event).unwrap();
    let tags = event.pointer_mut("/detail/mail/tags").unwrap();
    tags["verification"] = json!([verification.id.as_str()]);
    tags["email"] = json!([email]);
    tags.as_object_mut().unwrap().remove("number");
    if let Some(number) = number {
        tags["number"] = json!([number]);
    }
    event
}

async fn scene(reach: impl Fn(&mut Walk)) -> (FaultyStore, Verification) {
    let mut walk = Walk::start(1);
    reach(&mut walk);
    let store = FaultyStore::default();
    for version in versions(&walk.verification) {
        store.memory.save(&Change::to(version)).await.unwrap();
    }
    (store, walk.verification)
}

async fn take_in(store: &FaultyStore, event: Value) -> Result<Noted, Failure> {
    handle(store, &read(event), NOON).await
}

async fn stored(store: &FaultyStore, verification: &Verification) -> Verification {
    store.memory.load(&verification.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn an_email_that_came_back_is_a_step_and_changes_nothing_else() {
    let (store, before) = scene(|walk| {
        walk.prove().ask("eco-1");
    })
    .await;
    let event = about(BOUNCE, &before, "consent-request", Some("1"));
    let noted = take_in(&store, event).await.unwrap();
    assert_eq!(noted, ("recorded", Some(before.id.clone())));
    let after = stored(&store, &before).await;
    let step = after.steps.last().unwrap();
    let facts = Facts::Email { email: EmailKind::ConsentRequest, number: Some(1) };
    assert_eq!(
        (step.action.known().unwrap(), &step.detail),
        (Action::EmailUndelivered, &Some(Detail::Facts(facts)))
    );
    assert_eq!(check(&after.id, &after.steps), Ok(()));
    assert_eq!(after.version, before.version + 1);
    assert_eq!(
        serde_json::to_value(&after.state).unwrap(),
        serde_json::to_value(&before.state).unwrap()
    );
}

#[tokio::test]
async fn a_report_that_comes_again_is_recorded_once() {
    let (store, before) = scene(|walk| {
        walk.prove().ask("eco-1");
    })
    .await;
    let event = || about(BOUNCE, &before, "consent-request", Some("1"));
    let all: Vec<_> = (0..20).map(|_| take_in(&store, event())).collect();
    for noted in all {
        noted.await.unwrap();
    }
    assert_eq!(take_in(&store, event()).await.unwrap().0, "known already, or unknown");
    // Another sending, another email and another kind of report are news.
    for other in [
        about(BOUNCE, &before, "consent-request", Some("2")),
        about(BOUNCE, &before, "agent-code", Some("1")),
        about(COMPLAINT, &before, "consent-request", Some("1")),
    ] {
        assert_eq!(take_in(&store, other).await.unwrap().0, "recorded");
    }
    let steps = stored(&store, &before).await.steps;
    let returned = |action| steps.iter().filter(|step| step.action == action).count();
    assert_eq!((returned(Action::EmailUndelivered), returned(Action::EmailReported)), (3, 1));
}

/// Every state takes the report: the email about the end comes back when all is over.
#[tokio::test] // P10
async fn a_report_moves_no_verification_whatever_its_state() {
    type Reach = fn(&mut Walk);
    let reaches: [Reach; 7] = [
        |_| {},
        |walk| {
            walk.challenge();
        },
        |walk| {
            walk.prove();
        },
        |walk| {
            walk.prove().ask("eco-1");
        },
        |walk| {
            walk.consent();
        },
        |walk| {
            walk.mint();
        },
        |walk| {
            walk.session();
        },
    ];
    for reach in reaches {
        let (store, before) = scene(reach).await;
        let event = about(BOUNCE, &before, "closed", None);
        assert_eq!(take_in(&store, event).await.unwrap().0, "recorded");
        let after = stored(&store, &before).await;
        assert_eq!(after.status(), before.status());
        assert_eq!((after.due_at(), after.notice), (before.due_at(), before.notice));

        let reason = Reason::parse("Wrong customer").unwrap();
        let Ok(ClosedByAgent::Now(closed)) = after.cancel(reason, NOON) else { panic!("open") };
        store.memory.save(&Change::to(closed.clone())).await.unwrap();
        let again = about(COMPLAINT, &before, "closed", None);
        assert_eq!(take_in(&store, again).await.unwrap().0, "recorded");
        let after = stored(&store, &before).await;
        assert_eq!((after.status(), after.notice), (Status::Closed, closed.notice));
        assert_eq!(check(&after.id, &after.steps), Ok(()));
    }
}

/// A verification past its deadline is closed by its closing step, and not by this one.
#[tokio::test] // P5, P11
async fn a_report_closes_nothing_that_is_over() {
    let (store, before) = scene(|walk| {
        walk.prove().ask("eco-1");
    })
    .await;
    let event = read(about(BOUNCE, &before, "consent-request", Some("1")));
    let late = before.expires_at().unwrap().plus(60);
    assert_eq!(handle(&store, &event, late).await.unwrap().0, "recorded");
    let after = stored(&store, &before).await;
    assert_eq!(after.status(), Status::AwaitingConsent, "as it is stored");
    let closed = after.close_if_over(late).unwrap();
    assert_eq!(closed.steps.last().unwrap().action, Action::Expired);
}

#[tokio::test] // P24
async fn an_email_of_no_verification_is_counted_and_nothing_more() {
    let (store, verification) = scene(|_| {}).await;
    let mut recovery: Value = serde_json::from_str(BOUNCE).unwrap();
    *recovery.pointer_mut("/detail/mail/tags").unwrap() = json!({"ses:from-domain": ["x"]});
    let mut without_tags = recovery.clone();
    without_tags.pointer_mut("/detail/mail").unwrap().as_object_mut().unwrap().remove("tags");
    let mut events = vec![recovery, without_tags];
    for (tag, values) in [
        ("verification", json!(["../../etc/passwd"])),
        ("verification", json!([])),
        ("verification", json!([verification.id.as_str(), "BBECAwQFBgcICQoLDA0ODw"])),
        ("email", json!(["recovery-code"])),
        ("number", json!(["-1"])),
        ("number", json!(["99999999999"])),
    ] {
        let mut event = about(BOUNCE, &verification, "agent-code", Some("1"));
        event.pointer_mut("/detail/mail/tags").unwrap()[tag] = values;
        events.push(event);
    }
    for event in events {
        assert_eq!(take_in(&store, event).await, Ok(("of no verification", None)));
    }
    let unknown = about(BOUNCE, &Walk::start(2).verification, "agent-code", Some("1"));
    assert_eq!(take_in(&store, unknown).await.unwrap().0, "known already, or unknown");
    assert_eq!(stored(&store, &verification).await.version, verification.version);
}

#[test]
fn an_out_of_office_reply_does_not_say_that_the_email_was_not_delivered() {
    let bounced = |kind: &str, sub_type: &str| {
        let mut event: Value = serde_json::from_str(BOUNCE).unwrap();
        event["detail"]["bounce"]["bounceType"] = kind.into();
        event["detail"]["bounce"]["bounceSubType"] = sub_type.into();
        read(event).fate()
    };
    for sub_type in ["General", "NoEmail", "Suppressed", "OnAccountSuppressionList"] {
        assert_eq!(bounced("Permanent", sub_type), Fate::Undelivered);
    }
    for sub_type in ["MailboxFull", "MessageTooLarge", "ContentRejected", "AttachmentRejected"] {
        assert_eq!(bounced("Transient", sub_type), Fate::Undelivered);
    }
    assert_eq!(bounced("Transient", "General"), Fate::PerhapsUndelivered);
    assert_eq!(bounced("Undetermined", "Undetermined"), Fate::PerhapsUndelivered);
    for (kind, fate) in
        [("Reject", Fate::Undelivered), ("Complaint", Fate::Reported), ("Delivery", Fate::Other)]
    {
        let mut event: Value = serde_json::from_str(BOUNCE).unwrap();
        event["detail"]["eventType"] = kind.into();
        assert_eq!(read(event).fate(), fate);
    }
}

#[tokio::test] // P25
async fn a_report_that_could_not_be_recorded_comes_again() {
    let (store, before) = scene(|_| {}).await;
    let event = || about(BOUNCE, &before, "agent-code", Some("1"));
    for call in [0, 1] {
        store.fail(call, Fault::Before);
        assert!(take_in(&store, event()).await.is_err());
    }
    store.fail(1, Fault::After);
    assert!(take_in(&store, event()).await.is_err(), "recorded, and the answer was lost");
    assert_eq!(take_in(&store, event()).await.unwrap().0, "known already, or unknown");
    let steps = stored(&store, &before).await.steps;
    assert_eq!(steps.iter().filter(|step| step.action == Action::EmailUndelivered).count(), 1);
}
