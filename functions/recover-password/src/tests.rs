//! The two routes with a store, a queue and a Cognito in memory, from the requests in `events/`.

mod confirming;

use std::time::Duration;

use serde_json::{Value, json};
use support_core::identity::EmailAddress;
use support_core::recovery::{Confirmed, Job, RecoveryLimits};
use support_core::time::Timestamp;
use support_gateway::{Event, respond};
use support_testing::memory::Memory;
use support_testing::recovery::{Accounts, Queue, account};
use support_testing::samples::{NOON, key};
use support_testing::world::{Fault, FaultyStore};

use crate::handler::{App, handle};

const ASK: &str = include_str!("../../../events/recover-password-ask.json");
const CONFIRM: &str = include_str!("../../../events/recover-password-confirm.json");
const HERE: &str = "203.0.113.7";
const ELSEWHERE: &str = "198.51.100.9";
const GOOD: &str = "Nueva-Clave-2";

type World = App<Memory, Queue, Accounts>;

fn world() -> World {
    let world = App {
        quotas: Memory::default(),
        jobs: Queue::default(),
        passwords: Accounts::default(),
        key: key(),
        limits: RecoveryLimits::default(),
    };
    world.passwords.set(&ana(), account("Ana"));
    world
}

fn ana() -> EmailAddress {
    EmailAddress::parse("ana@agents.example.com").unwrap()
}

/// An answer as API Gateway gets it: status, headers and body in one text.
struct Sent {
    status: i64,
    whole: Value,
    body: Value,
}

impl Sent {
    fn retry_after(&self) -> u32 {
        self.whole["headers"]["retry-after"].as_str().unwrap().parse().unwrap()
    }
}

/// Sends the request in `event` with another body, from `source`.
async fn send(app: &World, event: &str, body: &Value, source: &str, now: Timestamp) -> Sent {
    let mut event: Value = serde_json::from_str(event).unwrap();
    event["body"] = body.to_string().into();
    event["requestContext"]["http"]["sourceIp"] = source.into();
    let event: Event = serde_json::from_value(event).unwrap();
    let within = Duration::from_secs(9);
    let response = respond(event, now, within, async |request| handle(app, request).await).await;
    let whole = serde_json::to_value(response).unwrap();
    let body: Option<Value> =
        whole["body"].as_str().map(|body| serde_json::from_str(body).unwrap());
    Sent { status: whole["statusCode"].as_i64().unwrap(), body: body.into(), whole }
}

async fn ask(app: &World, email: &str, source: &str, now: Timestamp) -> Sent {
    send(app, ASK, &json!({"email": email}), source, now).await
}

/// Confirms with a password that is good.
async fn confirm(app: &World, email: &str, code: &str, source: &str, now: Timestamp) -> Sent {
    let body =
        json!({"email": email, "code": code, "new_password": GOOD, "confirm_password": GOOD});
    send(app, CONFIRM, &body, source, now).await
}

/// Does what the worker does with the codes that were asked for.
async fn codes_are_sent(app: &World) {
    use support_core::ports::Passwords;
    for job in app.jobs.take() {
        let Job::SendCode { email } = job else { panic!("{job:?}") };
        app.passwords.send_code(&email).await.unwrap();
    }
}

#[tokio::test] // P23
async fn everyone_who_asks_gets_the_same_answer_and_nobody_is_looked_up() {
    let app = world();
    // A pool that cannot be asked anything: the route does not notice.
    app.passwords.down(true);
    let mut answers = Vec::new();
    for email in
        ["ana@agents.example.com", "nobody@agents.example.com", "x@y", "ANA@customers.example.com"]
    {
        let answer = ask(&app, email, HERE, NOON).await;
        assert_eq!((answer.status, &answer.body), (202, &json!({})));
        answers.push(answer.whole.to_string());
        let email = EmailAddress::parse(email).unwrap();
        assert_eq!(app.jobs.take(), [Job::SendCode { email }]);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn the_example_of_a_request_is_accepted() {
    let app = world();
    let within = Duration::from_secs(9);
    let event = || serde_json::from_str::<Event>(ASK).unwrap();
    let first = respond(event(), NOON, within, async |r| handle(&app, r).await).await;
    assert_eq!(first.status_code, 202);
    let event = serde_json::from_str::<Event>(CONFIRM).unwrap();
    let second = respond(event, NOON, within, async |r| handle(&app, r).await).await;
    assert_eq!(second.status_code, 422, "the example's code is not the right one");
}

#[tokio::test] // P23
async fn asking_again_waits_thirty_seconds_for_every_address() {
    let app = world();
    for email in ["ana@agents.example.com", "nobody@agents.example.com"] {
        assert_eq!(ask(&app, email, HERE, NOON).await.status, 202);
        for (source, millis) in [(HERE, 0), (ELSEWHERE, 1), (HERE, 29_999)] {
            let now = Timestamp::from_millis(NOON.millis() + millis);
            let answer = ask(&app, email, source, now).await;
            assert_eq!(
                (answer.status, &answer.body["type"]),
                (429, &json!("/problems/too-many-requests"))
            );
            assert_eq!(i64::from(answer.retry_after()), (30_000 - millis + 999) / 1000);
        }
        assert_eq!(ask(&app, email, HERE, NOON.plus(30)).await.status, 202);
    }
    assert_eq!(app.jobs.take().len(), 4, "what is refused leaves no job");
}

#[tokio::test]
async fn an_address_can_be_asked_for_five_times_an_hour() {
    let app = world();
    // An hour as the quota has it begins at a whole one.
    let hour = Timestamp::from_seconds(NOON.seconds() - NOON.seconds() % 3600);
    for n in 0..5 {
        let source = format!("203.0.113.{n}");
        assert_eq!(
            ask(&app, "ana@agents.example.com", &source, hour.plus(n * 30)).await.status,
            202
        );
    }
    let over = ask(&app, "ana@agents.example.com", ELSEWHERE, hour.plus(300)).await;
    assert_eq!((over.status, over.retry_after()), (429, 3300));
    assert_eq!(ask(&app, "ben@agents.example.com", ELSEWHERE, hour.plus(300)).await.status, 202);
    assert_eq!(ask(&app, "ana@agents.example.com", ELSEWHERE, hour.plus(3600)).await.status, 202);
}

#[tokio::test]
async fn a_source_over_its_quota_uses_nobody_elses() {
    let app = world();
    let hour = Timestamp::from_seconds(NOON.seconds() - NOON.seconds() % 3600);
    for n in 0..20 {
        let email = format!("a{n}@agents.example.com");
        assert_eq!(ask(&app, &email, HERE, hour).await.status, 202);
    }
    let over = ask(&app, "ana@agents.example.com", HERE, hour).await;
    assert_eq!((over.status, over.retry_after()), (429, 3600));
    // Ana's own address was neither counted nor cooled down by it.
    assert_eq!(ask(&app, "ana@agents.example.com", ELSEWHERE, hour).await.status, 202);
    assert_eq!(app.jobs.take().len(), 21);
}

#[tokio::test] // P25
async fn with_the_queue_down_asking_can_be_repeated() {
    let app = world();
    app.jobs.down(true);
    for email in ["ana@agents.example.com", "nobody@agents.example.com"] {
        for _ in 0..2 {
            let answer = ask(&app, email, HERE, NOON).await;
            assert_eq!(
                (answer.status, &answer.body["type"]),
                (503, &json!("/problems/unavailable"))
            );
        }
    }
    app.jobs.down(false);
    assert_eq!(ask(&app, "ana@agents.example.com", HERE, NOON).await.status, 202);
    assert_eq!(app.jobs.take().len(), 1);
}

#[tokio::test] // P25
async fn with_the_store_down_no_job_is_left_and_no_code_judged() {
    let faulty = App {
        quotas: FaultyStore::default(),
        jobs: Queue::default(),
        passwords: Accounts::default(),
        key: key(),
        limits: RecoveryLimits::default(),
    };
    let within = Duration::from_secs(9);
    for fault in [Fault::Before, Fault::After] {
        for event in [ASK, CONFIRM] {
            faulty.quotas.fail(0, fault);
            let event: Event = serde_json::from_str(event).unwrap();
            let answer = respond(event, NOON, within, async |r| handle(&faulty, r).await).await;
            assert_eq!(answer.status_code, 503);
        }
    }
    assert_eq!(faulty.jobs.take(), []);
    assert_eq!(faulty.passwords.judged(), 0);
}
