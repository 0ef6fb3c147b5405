//! How large an item becomes: DynamoDB charges a write for every KB that it begins.

mod engine;
#[path = "engine/weight.rs"]
mod weight;

use aws_sdk_dynamodb::types::AttributeValue;
use engine::{engine, table};
use support_core::entitlement::Access;
use support_core::identity::LinkToken;
use support_core::notice::NoticeKind;
use support_core::ports::{Change, Saved, Verifications};
use support_core::session::SealedChange;
use support_core::verification::{Side, Verification};
use support_dynamodb::DynamoVerifications;
use support_testing::samples::{Walk, granted, versions};

/// Every state, as full as the process makes it with nothing going wrong: asked for changes and narrowed,
/// told, and opened in all four environments.
fn states() -> Vec<(&'static str, Verification)> {
    let mut states = Vec::new();
    for grant in [false, true] {
        let mut walk =
            if grant { Walk::redeem(1, granted("carla", None).0).0 } else { Walk::start(1) };
        states.push(("started", walk.verification.clone()));
        walk.challenge();
        states.push(("agent challenged", walk.verification.clone()));
        let mut walk =
            if grant { Walk::redeem(1, granted("carla", None).0).0 } else { Walk::start(1) };
        walk.prove();
        states.push(("agent verified", walk.verification.clone()));
        if !grant {
            walk.ask_for("eco-1", Access::Change);
            walk.enter_allowing(Side::Customer, Some(Access::View));
            states.push(("awaiting consent", walk.verification.clone()));
            walk.enter(Side::Agent);
        }
        states.push(("consented", walk.verification.clone()));
        walk.verification = walk.verification.start_mint(&walk.limits, walk.now).unwrap();
        states.push(("minting", walk.verification.clone()));
        let (sealed, handoffs) = walk.sealed();
        let (status, page) = (walk.verification.sign_in_status().unwrap(), &walk.page.secret);
        let started =
            walk.verification.start_session(status, sealed, page, &walk.key, walk.now).unwrap();
        let mut session = started.notice_sent(NoticeKind::Start, walk.now).unwrap();
        states.push(("in session", session.clone()));
        for handoff in handoffs {
            let secret = LinkToken::parse(handoff.secret.expose()).unwrap().secret;
            let person = session.customer.clone();
            let (key, limits) = (&walk.key, &walk.limits);
            session = session
                .redeem(handoff.environment, &secret, Some(&person), key, limits, walk.now)
                .unwrap();
        }
        states.push(("in session, opened everywhere", session.clone()));
        let closed = session.stop_by_customer(walk.now).unwrap();
        states.push(("closed", closed.clone()));
        states.push(("closed and told", closed.notice_sent(NoticeKind::Close, walk.now).unwrap()));
    }
    states
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_stays_below_3_kb_in_every_state() {
    for (name, whole) in states() {
        let aws = engine().await;
        let client = table(&aws).await;
        let store = DynamoVerifications::new(aws.config(), "support", 400);
        for version in versions(&whole) {
            let version = Verification { sealed: SealedChange::None, ..version };
            assert_eq!(store.save(&Change::to(version)).await, Ok(Saved::Done), "{name}");
        }
        let key = AttributeValue::S(format!("V#{}", whole.id));
        let read = client.get_item().table_name("support").key("pk", key).send().await.unwrap();
        let bytes = weight::of_item(&read.item.expect("it is there"));
        println!("{name}: {bytes} bytes");
        assert!(bytes < 3 * 1024, "{name}: {bytes} bytes");
    }
}
