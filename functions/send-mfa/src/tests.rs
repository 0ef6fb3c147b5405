//! Codes going out, and email that does not.

use serde_json::{Value, json};
use support_core::identity::VerificationId;
use support_core::limits::{ConsentMode, Limits, Quota};
use support_core::ports::{Change, Quotas, Saved, Verifications};
use support_core::time::Timestamp;
use support_core::time_zone::TimeZone;
use support_core::verification::{Status, Verification};
use support_testing::calls::{Answered, call};
use support_testing::samples::{NOON, Walk, key, versions};
use support_testing::world::{Fault, FaultyStore, World};

use crate::handler::{App, handle};

struct Scene {
    store: FaultyStore,
    world: World,
    id: VerificationId,
    limits: Limits,
}

impl Scene {
    async fn at(reach: impl Fn(&mut Walk)) -> Self {
        let mut walk = Walk::start(1);
        reach(&mut walk);
        let (store, world) = (FaultyStore::default(), World::default());
        for version in versions(&walk.verification) {
            store.memory.save(&Change::to(version)).await.unwrap();
        }
        Self { store, world, id: walk.verification.id, limits: Limits::default() }
    }

    async fn send(&self, body: Value, now: Timestamp) -> Answered {
        let app = App {
            verifications: self.store.clone(),
            mailer: self.world.clone(),
            time_zone: TimeZone::default(),
            key: key(),
            limits: self.limits.clone(),
            consent_page: "https://consent.example.com/".into(),
        };
        let route = "POST /verifications/{id}/mfa";
        call(route, &self.id, &body, now, async |request| handle(&app, request).await).await
    }

    async fn stored(&self) -> Verification {
        self.store.memory.load(&self.id).await.unwrap().unwrap()
    }
}

fn agent() -> Value {
    json!({"to": "agent"})
}

fn customer() -> Value {
    json!({"to": "customer", "ecosystem": "eco-1"})
}

#[tokio::test] // P7
async fn each_code_goes_to_its_own_mailbox_and_into_no_answer() {
    let scene = Scene::at(|_| {}).await;
    let sent = scene.send(agent(), NOON).await;
    assert_eq!((sent.status, &sent.body["code"]["to"]), (202, &json!("agent")));
    let asked = Scene::at(|w| {
        w.prove();
    })
    .await;
    let answer = asked.send(customer(), NOON).await;
    assert_eq!((answer.status, &answer.body["status"]), (202, &json!("awaiting_consent")));
    let (own, theirs) = (scene.world.emails(), asked.world.emails());
    assert_eq!(own[0].0.as_str(), "ana@agents.example.com");
    assert_eq!(theirs[0].0.as_str(), "carla@example.com");
    let email = &theirs[0].1.text;
    let verification_number = answer.body["consent"]["match_number"].as_str().unwrap();
    assert!(
        email.contains(verification_number)
            && email.contains("https://consent.example.com/#token=")
    );
    for (email, answer) in [(&own[0].1, &sent), (&theirs[0].1, &answer)] {
        let digits = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
        let code = email.text.split(|c: char| !c.is_ascii_alphanumeric()).find(digits).unwrap();
        assert!(!answer.body.to_string().contains(code));
        assert!(!format!("{:?}", scene.stored().await).contains(code));
    }
}

#[tokio::test] // P9
async fn each_asking_has_a_match_number_of_its_own() {
    let mut numbers = std::collections::HashSet::new();
    for _ in 0..8 {
        let scene = Scene::at(|w| {
            w.prove();
        })
        .await;
        for sending in 0..5 {
            let answer = scene.send(customer(), NOON.plus(30 * sending)).await;
            numbers.insert(answer.body["consent"]["match_number"].as_str().unwrap().to_owned());
        }
    }
    // Of forty some are alike; fewer than eight different ones come up once in 10^29.
    assert!(numbers.len() >= 8, "{numbers:?}");
}

#[tokio::test] // P25, P26
async fn an_email_that_fails_is_counted_and_may_be_repeated_at_once() {
    for (reach, body) in [
        ((|_| {}) as fn(&mut Walk), agent()),
        (
            |w| {
                w.prove();
            },
            customer(),
        ),
    ] {
        let scene = Scene::at(reach).await;
        scene.world.email_down(true);
        assert_eq!(scene.send(body.clone(), NOON).await.slug(), "unavailable");
        let failed = scene.stored().await;
        assert_eq!(failed.sends(), 1, "it counts");
        scene.world.email_down(false);
        assert_eq!(scene.send(body.clone(), NOON).await.status, 202, "no cool-down");
        assert_eq!(scene.stored().await.sends(), 2);
        let early = scene.send(body, NOON.plus(29)).await;
        assert_eq!((early.status, early.slug()), (429, "too-many-requests"));
    }
}

#[tokio::test] // P11, P25
async fn a_crash_before_the_email_costs_a_sending_and_no_more() {
    for call in 0..2 {
        for fault in [Fault::Before, Fault::After] {
            let scene = Scene::at(|_| {}).await;
            scene.store.fail(call, fault);
            assert_eq!(scene.send(agent(), NOON).await.slug(), "unavailable");
            assert!(scene.world.emails().is_empty(), "no email for what may not be stored");
            assert_eq!(scene.send(agent(), NOON.plus(30)).await.status, 202);
        }
    }
}

#[tokio::test]
async fn emails_to_a_customer_have_a_quota_over_all_verifications() {
    let scene = Scene::at(|w| {
        w.prove();
    })
    .await;
    let quota = Quota::customer_emails("sub-carla", &scene.limits, NOON);
    while scene.store.memory.spend(&quota.clone().spend()).await == Ok(Saved::Done) {}
    let refused = scene.send(customer(), NOON).await;
    assert_eq!((refused.status, refused.slug()), (429, "too-many-requests"));
    assert_eq!(scene.stored().await.status(), Status::AgentVerified);
    assert!(scene.world.emails().is_empty());
}

#[tokio::test]
async fn the_shorter_mode_asks_for_the_code_and_not_for_the_page() {
    let mut scene = Scene::at(|w| {
        w.prove();
    })
    .await;
    assert_eq!(scene.send(customer(), NOON).await.status, 202);
    scene.limits.consent_mode = ConsentMode::AgentEntry;
    assert_eq!(scene.send(customer(), NOON.plus(30)).await.status, 202);
    let emails = scene.world.emails();
    assert_ne!(emails[0].1.text.lines().count(), emails[1].1.text.lines().count());
}

#[tokio::test] // P24
async fn an_ecosystem_belongs_to_the_customer_s_code_alone() {
    let scene = Scene::at(|_| {}).await;
    let both = scene.send(json!({"to": "agent", "ecosystem": "eco-1"}), NOON).await;
    assert_eq!((both.status, both.slug()), (400, "invalid-request"));
    let none = scene.send(json!({"to": "customer"}), NOON).await;
    assert_eq!((none.status, &none.body["errors"][0]["field"]), (400, &json!("ecosystem")));
    assert_eq!(scene.stored().await.steps.len(), 1);
}
