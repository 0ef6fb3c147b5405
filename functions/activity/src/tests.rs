//! A successor's activity, as the API gives it.

use serde_json::{Value, json};
use support_core::chain::{self, Action};
use support_core::directory::{Customer, Process, Role};
use support_core::identity::VerificationId;
use support_core::ports::{Change, Verifications};
use support_core::step_detail::{Detail, Facts};
use support_core::time::Timestamp;
use support_core::verification::{Module, Side, Verification};
use support_testing::calls::{Answered, event, send};
use support_testing::memory::Memory;
use support_testing::samples::{NOON, Walk, agent, customer, versions};
use support_testing::world::{Fault, FaultyStore, World};

use crate::app::App;
use crate::handler::handle;

const LIST: &str = "GET /verifications/{id}/activity";
const ONE: &str = "GET /verifications/{id}/activity/{process}";

struct Scene {
    store: FaultyStore,
    world: World,
    id: VerificationId,
}

fn successor() -> Customer {
    let mut successor = customer("carla");
    successor.ecosystems[0].role = Role::Successor;
    successor
}

impl Scene {
    /// A verification of the successor of `eco-1`, who has `count` processes, taken to where
    /// `reach` goes.
    async fn at(module: Module, count: usize, reach: impl Fn(&mut Walk)) -> Self {
        let mut walk = Walk::start(1);
        walk.verification.module = module;
        walk.verification.customer = successor();
        reach(&mut walk);
        let scene = Self {
            store: FaultyStore::default(),
            world: World::default(),
            id: walk.verification.id.clone(),
        };
        for version in versions(&walk.verification) {
            scene.store.memory.save(&Change::to(version)).await.unwrap();
        }
        scene.world.customer(successor());
        let process = |n: usize| Process {
            id: format!("p-{n}"),
            title: "Validation process for The Successor".into(),
            status: "rejected".into(),
            at: Timestamp::from_seconds(NOON.seconds() - 60 * i64::try_from(n).unwrap()),
            detail: "The validation process for The Successor was rejected by Waizant".into(),
        };
        scene.world.processes((1..=count).map(process).collect());
        scene
    }

    async fn consented(count: usize) -> Self {
        Self::at(Module::EcosystemAdmin, count, |walk| {
            walk.consent();
        })
        .await
    }

    async fn get(&self, change: impl FnOnce(&mut Value), now: Timestamp) -> Answered {
        let app = App {
            verifications: self.store.clone(),
            index: Memory::default(),
            directory: self.world.clone(),
            limits: support_core::limits::Limits::default(),
        };
        let mut event = event(LIST, &self.id, &json!({}));
        change(&mut event);
        send(event, now, async |request| handle(&app, request).await).await
    }

    async fn list(&self, cursor: Option<&str>) -> Answered {
        let query = |event: &mut Value| {
            if let Some(cursor) = cursor {
                event["queryStringParameters"] = json!({"cursor": cursor});
            }
        };
        self.get(query, NOON).await
    }

    async fn one(&self, process: &str) -> Answered {
        let path = |event: &mut Value| {
            event["routeKey"] = ONE.into();
            event["pathParameters"]["process"] = process.into();
        };
        self.get(path, NOON).await
    }

    async fn stored(&self) -> Verification {
        let stored = Verifications::load(&*self.store.memory, &self.id).await.unwrap().unwrap();
        assert_eq!(chain::check(&self.id, &stored.steps), Ok(()));
        assert_eq!(stored.version as usize, stored.steps.len());
        stored
    }

    async fn readings(&self) -> Vec<Facts> {
        let steps = self.stored().await.steps.into_iter();
        let readings = steps.filter(|step| step.action == Action::ActivityRead);
        readings
            .map(|step| match step.detail {
                Some(Detail::Facts(facts)) => facts,
                other => panic!("{other:?}"),
            })
            .collect()
    }
}

#[tokio::test]
async fn the_successor_and_their_activity_are_read_and_each_reading_is_recorded() {
    let scene = Scene::consented(1).await;
    let answer = scene.list(None).await;
    assert_eq!(answer.status, 200);
    let mut body = answer.body;
    let items = body["items"].take();
    let expected = json!({
        "user": "carla", "email": "carla@example.com", "ecosystem": "eco-1", "role": "successor",
        "items": null, "cursor": null,
    });
    assert_eq!(body, expected);
    let titles: Vec<_> = items.as_array().unwrap().iter().map(|i| i["title"].as_str()).collect();
    assert_eq!(titles[..2], [Some("activity-read"), Some("consented")]);
    assert_eq!(titles.last(), Some(&Some("Validation process for The Successor")));
    assert!(!items.to_string().contains("rejected by Waizant"), "details are read one by one");

    let answer = scene.one("p-1").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.body["detail"],
        "The validation process for The Successor was rejected by Waizant"
    );
    assert_eq!(
        scene.one("step-2").await.body["detail"],
        json!({"kind": "sending", "number": 1, "of": 5})
    );
    let item = |id: &str| Facts::ActivityItem { id: id.into() };
    let list = Facts::ActivityList { continued: false };
    assert_eq!(scene.readings().await, [list, item("p-1"), item("step-2")]);
}

#[tokio::test]
async fn pages_go_on_where_they_stopped_and_each_is_a_reading() {
    let scene = Scene::consented(30).await;
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let answer = scene.list(cursor.as_deref()).await;
        let items = answer.body["items"].as_array().unwrap().clone();
        found.extend(items.into_iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match answer.body["cursor"].as_str() {
            None => break,
            Some(next) => cursor = Some(next.to_owned()),
        }
    }
    assert_eq!(found.len(), 30 + 6 + 1, "all, and the first reading");
    assert_eq!(
        scene.readings().await,
        [false, true].map(|continued| Facts::ActivityList { continued })
    );
}

#[tokio::test] // P22
async fn what_is_missing_or_of_another_agent_is_not_found_and_no_reading() {
    let scene = Scene::consented(1).await;
    let unknown = scene.one("p-2").await;
    assert_eq!((unknown.status, unknown.slug()), (404, "not-found"));
    // Not what this very call would have made.
    assert_eq!(scene.one("step-7").await.status, 404);
    // Not another way to write one: what is recorded of many readings fits one item.
    for id in ["step-01", "step-+1", "step-1 ", "step-", &format!("step-{:0>8000}", 1)] {
        assert_eq!(scene.one(id).await.status, 404, "{id}");
    }
    let ben = agent("ben");
    for groups in ["[CustomerService]", "[CustomerService SupportSupervisor]"] {
        let other = |event: &mut Value| {
            let claims = &mut event["requestContext"]["authorizer"]["jwt"]["claims"];
            claims["sub"] = ben.id.clone().into();
            claims["email"] = ben.email.as_str().into();
            claims["cognito:groups"] = groups.into();
        };
        assert_eq!(scene.get(other, NOON).await.slug(), "not-found", "{groups}");
    }
    assert!(scene.readings().await.is_empty());
    let reach = |walk: &mut Walk| {
        walk.consent();
    };
    let assistance = Scene::at(Module::TechnicalAssistance, 1, reach).await;
    let answer = assistance.list(None).await;
    assert_eq!((answer.status, answer.slug()), (404, "not-found"));
    assert!(answer.body["detail"].as_str().unwrap().contains("ecosystem-admin"));
}

#[tokio::test]
async fn before_consent_and_after_the_end_nothing_is_read() {
    let half = |walk: &mut Walk| {
        walk.prove().ask("eco-1").enter(Side::Agent);
    };
    let scene = Scene::at(Module::EcosystemAdmin, 1, half).await;
    let answer = scene.list(None).await;
    assert_eq!(
        (answer.slug(), &answer.body["verification_status"]),
        ("wrong-step", &json!("awaiting_consent"))
    );
    let scene = Scene::consented(1).await;
    assert_eq!(scene.get(|_| {}, NOON.plus(899)).await.status, 200);
    let late = scene.get(|_| {}, NOON.plus(900)).await;
    assert_eq!((late.slug(), &late.body["verification_status"]), ("wrong-step", &json!("closed")));
    assert_eq!(scene.readings().await.len(), 1);
}

#[tokio::test] // P24
async fn a_bad_cursor_is_a_bad_request_and_no_reading() {
    let scene = Scene::consented(1).await;
    for cursor in ["", "x", "MTc5", "é"] {
        let answer = scene.list(Some(cursor)).await;
        assert_eq!((answer.status, answer.slug()), (400, "invalid-request"), "{cursor:?}");
        assert_eq!(answer.body["errors"][0]["field"], "cursor");
    }
    assert!(scene.readings().await.is_empty());
}

#[tokio::test] // P11, P25
async fn nothing_is_shown_that_could_not_be_recorded() {
    for call in 0..2 {
        for fault in [Fault::Before, Fault::After] {
            let scene = Scene::consented(1).await;
            scene.store.fail(call, fault);
            let answer = scene.list(None).await;
            assert_eq!(answer.slug(), "unavailable", "{fault:?} at {call}");
            assert!(!answer.body.to_string().contains("p-1"));
            assert_eq!(scene.list(None).await.status, 200);
        }
    }
    let scene = Scene::consented(1).await;
    scene.world.down(true);
    assert_eq!(scene.list(None).await.slug(), "unavailable");
    assert!(scene.readings().await.is_empty());
}

#[tokio::test]
async fn what_is_shown_is_recorded_and_fifty_times_is_enough() {
    let scene = Scene::consented(1).await;
    for _ in 0..50 {
        assert_eq!(scene.list(None).await.status, 200);
    }
    let answer = scene.list(None).await;
    assert_eq!((answer.status, answer.slug()), (429, "too-many-requests"));
    assert_eq!(scene.readings().await.len(), 50);
}
