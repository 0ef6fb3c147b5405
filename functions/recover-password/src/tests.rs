//! The two routes with a store, a queue and a Cognito in memory, from the requests in `events/`.

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

/// The request in `event` with another body, from `source`.
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

/// What the worker does with the codes that were asked for.
async fn codes_are_sent(app: &World) {
    use support_core::ports::Passwords;
    for job in app.jobs.take() {
        let Job::SendCode { email } = job else { panic!("{job:?}") };
        app.passwords.send_code(&email).await.unwrap();
    }
}

#[tokio::test] // P23
async fn who_asks_is_answered_the_same_whoever_he_is_and_looked_up_by_nobody() {
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
async fn the_request_of_the_example_is_taken() {
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
async fn asking_again_waits_thirty_seconds_for_every_address_alike() {
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
async fn an_address_is_asked_for_five_times_an_hour_from_wherever() {
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
async fn a_source_has_a_budget_of_its_own_and_being_over_it_costs_nobody_else() {
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
async fn with_the_queue_down_nobody_is_told_anything_and_asking_can_be_repeated() {
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

#[tokio::test]
async fn the_right_code_changes_the_password_signs_out_everywhere_and_has_the_agent_told() {
    let app = world();
    ask(&app, "Ana@Agents.Example.com", HERE, NOON).await;
    codes_are_sent(&app).await;
    let answer = confirm(&app, "ana@agents.example.com", Accounts::CODE, HERE, NOON.plus(60)).await;
    assert_eq!((answer.status, &answer.body), (204, &Value::Null));
    assert_eq!(app.passwords.password(&ana()).as_deref(), Some(GOOD));
    assert_eq!(app.passwords.signed_out(), [ana()]);
    let told = Job::TellChanged { email: ana(), at: NOON.plus(60), sign_out: false };
    assert_eq!(app.jobs.take(), [told]);
    // Once.
    let again = confirm(&app, "ana@agents.example.com", Accounts::CODE, HERE, NOON.plus(60)).await;
    assert_eq!(again.status, 422);
}

#[tokio::test] // P23
async fn wrong_never_asked_for_and_nobodys_codes_are_one_answer() {
    let app = world();
    ask(&app, "ana@agents.example.com", HERE, NOON).await;
    codes_are_sent(&app).await;
    let mut answers = Vec::new();
    for email in ["ana@agents.example.com", "ben@agents.example.com", "nobody@nowhere.example"] {
        for (n, left) in [(1, 4), (2, 3)] {
            let answer = confirm(&app, email, "000000", HERE, NOON).await;
            let expected = (422, &json!("/problems/code-refused"), &json!(left));
            assert_eq!(
                (answer.status, &answer.body["type"], &answer.body["attempts_left"]),
                expected
            );
            answers.push((n, answer.whole.to_string()));
        }
    }
    answers.sort();
    answers.dedup();
    assert_eq!(answers.len(), 2, "one for each number of attempts left");
    assert_eq!(app.passwords.signed_out(), []);
    assert_eq!(app.jobs.take(), []);
}

#[tokio::test] // P3
async fn five_wrong_codes_lock_an_address_for_fifteen_minutes_where_they_came_from() {
    let app = world();
    ask(&app, "ana@agents.example.com", HERE, NOON).await;
    codes_are_sent(&app).await;
    for n in 0..5_u32 {
        let answer = confirm(&app, "ana@agents.example.com", "000000", HERE, NOON.plus(n)).await;
        assert_eq!((answer.status, &answer.body["attempts_left"]), (422, &json!(4 - n)));
    }
    // Right or wrong, it is not judged any more.
    for (seconds, left) in [(4, 900), (100, 804), (903, 1)] {
        for code in [Accounts::CODE, "000000"] {
            let answer =
                confirm(&app, "ana@agents.example.com", code, HERE, NOON.plus(seconds)).await;
            assert_eq!((answer.status, answer.retry_after()), (429, left), "{seconds}");
        }
    }
    assert_eq!(app.passwords.judged(), 5);
    // Another address from there, and this one from elsewhere, are as free as before.
    assert_eq!(confirm(&app, "ben@agents.example.com", "000000", HERE, NOON).await.status, 422);
    let elsewhere =
        confirm(&app, "ana@agents.example.com", Accounts::CODE, ELSEWHERE, NOON.plus(9)).await;
    assert_eq!(elsewhere.status, 204);
    // Over is over, to the second.
    let after = confirm(&app, "ana@agents.example.com", "000000", HERE, NOON.plus(904)).await;
    assert_eq!((after.status, &after.body["attempts_left"]), (422, &json!(4)));
}

#[tokio::test] // P25
async fn a_code_that_was_not_judged_counts_for_nothing() {
    let app = world();
    let busy = Confirmed::BUSY_SECONDS;
    for (says, retry_after) in [(Confirmed::Busy, busy), (Confirmed::Locked, 900)] {
        app.passwords.says(Some(says));
        for _ in 0..6 {
            let answer = confirm(&app, "ana@agents.example.com", "000000", HERE, NOON).await;
            assert_eq!((answer.status, answer.retry_after()), (429, retry_after));
            assert_eq!(answer.body["type"], "/problems/too-many-requests");
        }
    }
    app.passwords.says(Some(Confirmed::PasswordRefused));
    for _ in 0..6 {
        let answer = confirm(&app, "ana@agents.example.com", "000000", HERE, NOON).await;
        assert_eq!(
            (answer.status, &answer.body["errors"][0]["field"]),
            (400, &json!("new_password"))
        );
    }
    app.passwords.says(None);
    app.passwords.down(true);
    for _ in 0..6 {
        let answer = confirm(&app, "ana@agents.example.com", "000000", HERE, NOON).await;
        assert_eq!((answer.status, &answer.body["type"]), (503, &json!("/problems/unavailable")));
    }
    app.passwords.down(false);
    let answer = confirm(&app, "ana@agents.example.com", "000000", HERE, NOON).await;
    assert_eq!((answer.status, &answer.body["attempts_left"]), (422, &json!(4)));
}

#[tokio::test] // P25
async fn who_cannot_be_signed_out_at_once_is_signed_out_by_the_worker() {
    let app = world();
    ask(&app, "ana@agents.example.com", HERE, NOON).await;
    codes_are_sent(&app).await;
    app.passwords.sign_out_down(true);
    let answer = confirm(&app, "ana@agents.example.com", Accounts::CODE, HERE, NOON).await;
    assert_eq!(answer.status, 204);
    let left = Job::TellChanged { email: ana(), at: NOON, sign_out: true };
    assert_eq!(app.jobs.take(), [left]);
}

#[tokio::test] // P25
async fn a_change_that_nobody_could_be_told_of_fails_and_recovering_again_makes_up_for_it() {
    let app = world();
    ask(&app, "ana@agents.example.com", HERE, NOON).await;
    codes_are_sent(&app).await;
    app.jobs.down(true);
    let answer = confirm(&app, "ana@agents.example.com", Accounts::CODE, HERE, NOON).await;
    assert_eq!(answer.status, 503);
    assert_eq!(app.passwords.signed_out(), [ana()], "that was done all the same");
    app.jobs.down(false);
    ask(&app, "ana@agents.example.com", HERE, NOON.plus(60)).await;
    codes_are_sent(&app).await;
    let answer = confirm(&app, "ana@agents.example.com", Accounts::CODE, HERE, NOON.plus(60)).await;
    assert_eq!(answer.status, 204);
    assert_eq!(app.jobs.take().len(), 1);
}

#[tokio::test] // P24
async fn a_password_that_will_not_do_is_refused_before_anything_else() {
    let app = world();
    for _ in 0..6 {
        let body = json!({
            "email": "ana@agents.example.com", "code": "000000",
            "new_password": "clave", "confirm_password": "Clave",
        });
        let answer = send(&app, CONFIRM, &body, HERE, NOON).await;
        assert_eq!(
            (answer.status, &answer.body["type"]),
            (400, &json!("/problems/invalid-request"))
        );
        let errors = answer.body["errors"].as_array().unwrap();
        let unmet: Vec<_> = errors.iter().map(|e| (&e["field"], &e["rule"])).collect();
        let new = json!("new_password");
        let expected = [
            (&new, &json!("length")),
            (&new, &json!("upper")),
            (&new, &json!("number")),
            (&new, &json!("special")),
            (&json!("confirm_password"), &json!("same")),
        ];
        assert_eq!(unmet, expected);
        assert!(!answer.whole.to_string().contains("clave"), "{}", answer.whole);
    }
    assert_eq!(app.passwords.judged(), 0);
    // Nor was any of it counted.
    let answer = confirm(&app, "ana@agents.example.com", "000000", HERE, NOON).await;
    assert_eq!(answer.body["attempts_left"], 4);
}

#[tokio::test] // P24
async fn a_hostile_body_is_refused_and_changes_nothing() {
    let app = world();
    let good = json!({"email": "ana@agents.example.com", "code": "000000", "new_password": GOOD, "confirm_password": GOOD});
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    for body in [
        json!({}),
        json!([]),
        json!("x"),
        json!({"email": "ana@agents.example.com"}),
        with("email", json!("ana@agents.example.com\r\nBcc: x@y.z")),
        with("email", json!(["ana@agents.example.com"])),
        with("email", json!(null)),
        with("code", json!(0)),
        with("code", json!("00000")),
        with("code", json!("٠٠٠٠٠٠")),
        with("new_password", json!(12_345_678)),
        with("new_password", json!({"$ne": ""})),
        with("confirm_password", json!(null)),
        with("new_password", json!("x".repeat(9000))),
        with("username", json!("ana")),
    ] {
        let answer = send(&app, CONFIRM, &body, HERE, NOON).await;
        assert_eq!(
            (answer.status, &answer.body["type"]),
            (400, &json!("/problems/invalid-request")),
            "{body}"
        );
    }
    for body in [
        json!({}),
        json!({"email": ""}),
        json!({"email": "no address"}),
        json!({"email": 7}),
        json!({"email": "a@b", "x": 1}),
        json!({"email": format!("{}@b.example", "a".repeat(65))}),
    ] {
        assert_eq!(send(&app, ASK, &body, HERE, NOON).await.status, 400, "{body}");
    }
    assert_eq!(app.jobs.take(), []);
    assert_eq!(app.passwords.judged(), 0);
    assert_eq!(
        confirm(&app, "ana@agents.example.com", "000000", HERE, NOON).await.body["attempts_left"],
        4
    );
}
