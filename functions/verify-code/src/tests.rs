//! Entries, and what fails around them.

use serde_json::{Value, json};
use support_core::chain;
use support_core::directory::{SignIn, SignInStatus};
use support_core::identity::VerificationId;
use support_core::limits::{Limits, Quota};
use support_core::ports::{Change, Quotas, Saved, Verifications};
use support_core::verification::{Status, Verification};
use support_testing::calls::{Answered, call};
use support_testing::samples::{NOON, Walk, agent, key, versions};
use support_testing::world::{Fault, FaultyStore, World};

use crate::handler::{App, handle};

struct Scene {
    store: FaultyStore,
    world: World,
    id: VerificationId,
}

impl Scene {
    async fn at(reach: impl Fn(&mut Walk)) -> Self {
        let mut walk = Walk::start(1);
        reach(&mut walk);
        let (store, world) = (FaultyStore::default(), World::default());
        for version in versions(&walk.verification) {
            store.memory.save(&Change::to(version)).await.unwrap();
        }
        world.agent("ana", true);
        Self { store, world, id: walk.verification.id }
    }

    async fn enter(&self, from: &str, code: &str) -> Answered {
        let app = App {
            verifications: self.store.clone(),
            agents: self.world.clone(),
            customers: self.world.clone(),
            key: key(),
            limits: Limits::default(),
        };
        let body = json!({"from": from, "code": code});
        let route = "POST /verifications/{id}/code";
        call(route, &self.id, &body, NOON, async |request| handle(&app, request).await).await
    }

    async fn stored(&self) -> Verification {
        let stored = self.store.memory.load(&self.id).await.unwrap().unwrap();
        assert_eq!(chain::check(&self.id, &stored.steps), Ok(()));
        assert_eq!(stored.version as usize, stored.steps.len());
        stored
    }
}

#[tokio::test]
async fn the_agent_s_own_code_shows_the_customer() {
    let scene = Scene::at(|w| {
        w.challenge();
    })
    .await;
    let disabled = SignInStatus { sign_in: SignIn::Disabled, mfa: true };
    scene.world.sign_in_status("sub-carla", disabled);
    let refused = scene.enter("agent", "000000").await;
    assert_eq!((refused.status, refused.slug()), (422, "code-refused"));
    assert_eq!(refused.body["attempts_left"], 4);
    let proved = scene.enter("agent", "424242").await;
    assert_eq!((proved.status, &proved.body["status"]), (200, &json!("agent_verified")));
    let customer = &proved.body["customer"];
    assert_eq!((&customer["sign_in"], &customer["mfa"]), (&json!("disabled"), &json!(true)));
    assert_eq!(scene.enter("agent", "424242").await.slug(), "wrong-step");
}

#[tokio::test] // P4
async fn a_counted_failure_stays_counted_when_its_answer_is_lost() {
    for (reach, from, quota) in [
        (
            (|w| {
                w.challenge();
            }) as fn(&mut Walk),
            "agent",
            Quota::agent_wrong("ana", &Limits::default(), NOON),
        ),
        (
            |w| {
                w.prove().ask("eco-1");
            },
            "customer",
            Quota::customer_wrong("sub-carla", &Limits::default(), NOON),
        ),
    ] {
        let scene = Scene::at(reach).await;
        scene.store.fail(1, Fault::After);
        assert_eq!(scene.enter(from, "000000").await.slug(), "unavailable");
        assert_eq!(scene.enter(from, "000000").await.body["attempts_left"], 3, "{from}");
        // Both stand in the quota, too: 2 of 10 (or of 5, through one agent) are gone.
        let mut left = 0;
        while scene.store.memory.spend(&quota.clone().spend()).await == Ok(Saved::Done) {
            left += 1;
        }
        assert_eq!(left, 8, "{from}");
    }
}

#[tokio::test] // P11, P25
async fn a_crash_anywhere_leaves_version_and_steps_agreed() {
    for (from, code) in [("agent", "424242"), ("agent", "000000")] {
        for call in 0..2 {
            for fault in [Fault::Before, Fault::After] {
                let scene = Scene::at(|w| {
                    w.challenge();
                })
                .await;
                let before = scene.stored().await.steps.len();
                scene.store.fail(call, fault);
                assert_eq!(scene.enter(from, code).await.slug(), "unavailable");
                let after = scene.stored().await;
                let written = usize::from(call == 1 && fault == Fault::After);
                assert_eq!(after.steps.len(), before + written, "{code}, {fault:?} at {call}");
                // Afterwards the process goes on from where it got to.
                let proved = after.status() == Status::AgentVerified
                    || scene.enter(from, "424242").await.status == 200;
                assert!(proved, "{code}, {fault:?} at {call}");
            }
        }
    }
}

#[tokio::test] // P3
async fn beyond_a_quota_right_and_wrong_look_alike() {
    let answers = async |code: &str, reach: fn(&mut Walk), from: &str, quota: Quota| {
        let scene = Scene::at(reach).await;
        while scene.store.memory.spend(&quota.clone().spend()).await == Ok(Saved::Done) {}
        let mut answers: Vec<(i64, Value)> = Vec::new();
        for _ in 0..6 {
            let answer = scene.enter(from, code).await;
            answers.push((answer.status, answer.body));
        }
        let steps = scene.stored().await.steps;
        (
            answers,
            steps.iter().map(|step| (step.action.clone(), step.detail.clone())).collect::<Vec<_>>(),
        )
    };
    let limits = Limits::default();
    let own = || Quota::agent_wrong(&agent("ana").id, &limits, NOON);
    let challenged: fn(&mut Walk) = |w| {
        w.challenge();
    };
    let right = answers("424242", challenged, "agent", own()).await;
    assert_eq!(right, answers("000000", challenged, "agent", own()).await);
    let asked: fn(&mut Walk) = |w| {
        w.prove().ask("eco-1");
    };
    for quota in [
        || Quota::customer_wrong("sub-carla", &Limits::default(), NOON),
        || Quota::customer_wrong_by("sub-carla", "ana", &Limits::default(), NOON),
    ] {
        let right = answers("424242", asked, "customer", quota()).await;
        assert_eq!(right, answers("000000", asked, "customer", quota()).await);
        assert_eq!(right.0[4].1["attempts_left"], 0);
        assert_eq!(right.0[5].0, 409, "locked");
    }
}

#[tokio::test] // P33
async fn an_agent_who_has_left_cannot_enter_a_code() {
    let scene = Scene::at(|w| {
        w.challenge();
    })
    .await;
    scene.world.agent("ana", false);
    let refused = scene.enter("agent", "424242").await;
    assert_eq!((refused.status, refused.slug()), (403, "not-allowed"));
    assert_eq!(scene.stored().await.status(), Status::AgentChallenged);
}

#[tokio::test] // P25
async fn cognito_down_denies_and_loses_nothing() {
    let scene = Scene::at(|w| {
        w.challenge();
    })
    .await;
    scene.world.down(true);
    assert_eq!(scene.enter("agent", "424242").await.slug(), "unavailable");
    scene.world.down(false);
    assert_eq!(scene.enter("agent", "424242").await.status, 200);
}
