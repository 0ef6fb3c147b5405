//! The most that one record can come to hold.

mod engine;
#[path = "engine/weight.rs"]
mod weight;

use aws_sdk_dynamodb::types::AttributeValue;
use engine::{engine, table};
use support_core::directory::{Customer, Plan, Role};
use support_core::email_origin::{EmailKind, Origin, Returned};
use support_core::entitlement::Access;
use support_core::identity::{LinkToken, Reason, TicketNumber, VerificationId};
use support_core::limits::Limits;
use support_core::notice::NoticeKind;
use support_core::ports::{Change, Saved, Verifications};
use support_core::refusal::{NotAllowed, Refusal};
use support_core::secret::Secret;
use support_core::session::SealedChange;
use support_core::step_detail::Facts;
use support_core::verification::{ClosedByAgent, Module, Side, Status, Verdict, Verification};
use support_dynamodb::DynamoVerifications;
use support_testing::samples::{
    CONFIRMED, NOON, Walk, agent, customer, ecosystem, key, rng, wrong,
};

/// A character that takes four bytes.
const WIDE: &str = "\u{1f512}";

/// A successor with as many ecosystems as fit into the largest record, one of them with the longest id that an
/// agent can name and a very long name.
fn largest() -> Customer {
    let mut person = customer("carla");
    person.ecosystems = vec![ecosystem(&WIDE.repeat(128), Role::Successor, Plan::Premium)];
    person.ecosystems[0].name = WIDE.repeat(5000);
    while person.fits() {
        let number = person.ecosystems.len();
        person.ecosystems.push(ecosystem(&format!("eco-{number}"), Role::Admin, Plan::Premium));
    }
    person.ecosystems.pop();
    person
}

fn started(person: Customer, limits: &Limits) -> Result<Verification, Refusal> {
    let id = VerificationId::generate(&mut rng(1));
    let ticket = TicketNumber::parse(&"9".repeat(64));
    let mut agent = agent("ana");
    agent.name = WIDE.repeat(2048);
    Verification::start(id, Module::EcosystemAdmin, ticket, agent, person, limits, NOON)
}

/// Everything that can happen in one verification, as often as it can, with the highest limits.
fn fullest() -> Walk {
    let defaults = Limits::default();
    let (sends, wrongs) = (10, 10);
    let limits =
        Limits { sends_per_stage: sends, wrong_per_stage: wrongs, resend_seconds: 0, ..defaults };
    let person = largest();
    let place = person.ecosystems[0].id.clone();
    let verification = started(person.clone(), &limits).unwrap();
    let page =
        LinkToken { verification: verification.id.clone(), secret: Secret::generate(&mut rng(2)) };
    let mut walk = Walk { limits, key: key(), page, verification, now: NOON };
    let v = |walk: &Walk| walk.verification.clone();
    for _ in 0..sends - 1 {
        walk.challenge();
        walk.verification = v(&walk).email_failed(&v(&walk), true, walk.now).unwrap();
    }
    walk.challenge();
    for _ in 0..wrongs - 1 {
        assert!(matches!(
            v(&walk).judge_agent_code(&wrong(), &walk.key, walk.now),
            Ok(Verdict::Wrong)
        ));
        (walk.verification, _) = v(&walk).refuse_agent_code(&walk.limits, walk.now).unwrap();
    }
    let right = support_testing::samples::right();
    let Ok(Verdict::Right(code)) = v(&walk).judge_agent_code(&right, &walk.key, walk.now) else {
        panic!("the code is right")
    };
    walk.verification = v(&walk).prove_agent(code, CONFIRMED, &walk.limits, walk.now).unwrap();
    for _ in 0..sends {
        walk.ask_for(&place, Access::Change);
        walk.verification = v(&walk).email_failed(&v(&walk), true, walk.now).unwrap();
    }
    for _ in 0..wrongs - 1 {
        let side = Side::Customer;
        (walk.verification, _) =
            v(&walk).refuse_customer_code(side, &walk.limits, walk.now).unwrap();
    }
    walk.enter_allowing(Side::Customer, Some(Access::View)).enter(Side::Agent);
    let mut mints = 0;
    while let Ok(minting) = v(&walk).start_mint(&walk.limits, walk.now) {
        mints += 1;
        walk.verification = minting;
        if mints < 20 {
            walk.verification = v(&walk).mint_failed(walk.now).unwrap();
        }
    }
    assert_eq!((mints, walk.verification.status()), (20, Status::Minting));
    let (sealed, handoffs) = walk.sealed();
    let (secret, hash_key) = (walk.page.secret.clone(), walk.key.clone());
    walk.verification =
        v(&walk).start_session(CONFIRMED, sealed, &secret, &hash_key, walk.now).unwrap();
    walk.verification = v(&walk).qr_emailed(true, walk.now).unwrap();
    for _ in 0..20 {
        let later = walk.wait(3600).now;
        if let Some((taken, _)) = v(&walk).take_notice(&secret, &hash_key, later) {
            walk.verification = taken;
        }
    }
    walk.now = NOON;
    walk.verification = v(&walk).notice_sent(NoticeKind::Start, walk.now).unwrap();
    for handoff in handoffs {
        let secret = LinkToken::parse(handoff.secret.expose()).unwrap().secret;
        walk.verification = v(&walk)
            .redeem(handoff.environment, &secret, Some(&person), &hash_key, &walk.limits, walk.now)
            .unwrap();
    }
    let read = || Some(Facts::ActivityItem { id: WIDE.repeat(64) });
    let mut reads = 0;
    while let Ok(next) = v(&walk).read_activity(Some(&person), read(), &walk.limits, walk.now) {
        walk.verification = next;
        reads += 1;
    }
    assert_eq!(reads, 50);
    for email in EmailKind::ALL {
        for number in (1..=sends).map(Some).chain([None]) {
            let origin = Origin { verification: walk.verification.id.clone(), email, number };
            for how in [Returned::Undelivered, Returned::Reported] {
                walk.verification = v(&walk).email_returned(&origin, how, walk.now).unwrap();
            }
        }
    }
    walk
}

/// DynamoDB takes 400 KB. An item above that could be neither cancelled nor closed.
#[tokio::test(flavor = "multi_thread")] // P37
async fn no_verification_comes_near_the_largest_item() {
    let walk = fullest();
    let reason = Reason::parse(&WIDE.repeat(500)).unwrap();
    let Ok(ClosedByAgent::Now(closed)) = walk.verification.cancel(reason.clone(), walk.now) else {
        panic!("it can be cancelled")
    };
    let closed = closed.with_note(Some(reason));
    let written = Verification { version: 1, sealed: SealedChange::None, ..closed };
    let aws = engine().await;
    let client = table(&aws).await;
    let store = DynamoVerifications::new(aws.config(), "support", 400);
    assert_eq!(store.save(&Change::to(written.clone())).await, Ok(Saved::Done));
    let key = AttributeValue::S(format!("V#{}", written.id));
    let read = client.get_item().table_name("support").key("pk", key).send().await.unwrap();
    let bytes = weight::of_item(&read.item.unwrap());
    println!("{} steps, {bytes} bytes", written.steps.len());
    assert!(bytes < 300 * 1024, "{bytes}");
}

#[test] // P37
fn a_customer_whose_record_is_too_large_is_refused_before_anything_begins() {
    let mut person = largest();
    assert!(started(person.clone(), &Limits::default()).is_ok());
    person.ecosystems.push(ecosystem(&"x".repeat(200), Role::Admin, Plan::Premium));
    let refusal = started(person, &Limits::default()).unwrap_err();
    assert_eq!(refusal, Refusal::NotAllowed(NotAllowed::RecordTooLarge));
}
