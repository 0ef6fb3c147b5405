use super::*;
use crate::test_log::{ID, LONG, NOW, event, lines_of, log, start, status_and_body};
use serde_json::json;
use support_core::refusal::Refusal;

#[tokio::test]
async fn a_request_leaves_one_line_that_says_how_it_ended() {
    let answer = async |request: &Request| {
        assert_eq!(request.now(), NOW);
        Ok(Answer::accepted(&json!({"status": "started"})))
    };
    let (status, body) = status_and_body(event("answered"), LONG, answer).await;
    assert_eq!((status, body), (202, json!({"status": "started"})));
    let line = json!({
        "level": "INFO", "message": "request", "request_id": "answered",
        "route": "POST /verifications/{id}/code", "verification": ID,
        "outcome": "ok", "status": 202,
    });
    assert_eq!(lines_of("answered"), [line]);

    let refuse = async |_: &Request| Err(Refusal::CodeRefused { attempts_left: 2 }.into());
    let (status, body) = status_and_body(event("refused"), LONG, refuse).await;
    assert_eq!((status, &body["attempts_left"]), (422, &json!(2)));
    assert_eq!(body["request_id"], "refused");
    let lines = lines_of("refused");
    assert_eq!(lines.len(), 1);
    assert_eq!(
        (&lines[0]["level"], &lines[0]["outcome"]),
        (&json!("INFO"), &json!("code-refused"))
    );
}

#[tokio::test]
async fn a_poll_leaves_a_line_only_if_it_goes_wrong() {
    let poll = async |request: &Request| {
        request.is_poll();
        Ok(Answer::ok(&json!({"status": "started"})))
    };
    let (status, _) = status_and_body(event("poll-answered"), LONG, poll).await;
    assert_eq!((status, lines_of("poll-answered").len()), (200, 0));
    let refuse = async |request: &Request| {
        request.is_poll();
        Err(Refusal::NotFound.into())
    };
    let (status, _) = status_and_body(event("poll-refused"), LONG, refuse).await;
    assert_eq!((status, lines_of("poll-refused").len()), (404, 1));
}

#[tokio::test] // P25
async fn a_failure_is_logged_and_not_shown() {
    let fail = async |_: &Request| Err(Failure::unsure("dynamodb", "TimeoutError").into());
    let (status, body) = status_and_body(event("failed"), LONG, fail).await;
    assert_eq!((status, &body["type"]), (503, &json!("/problems/unavailable")));
    assert!(!body.to_string().contains("Timeout"));
    let line = json!({
        "level": "ERROR", "message": "request", "request_id": "failed",
        "route": "POST /verifications/{id}/code", "verification": ID,
        "outcome": "unavailable", "status": 503,
        "failure": "dynamodb", "failure_detail": "TimeoutError", "maybe_done": true,
    });
    assert_eq!(lines_of("failed"), [line]);
}

/// A record that others wrote wrong is no failure of ours, and no alarm is for it.
#[tokio::test] // P46
async fn a_record_that_cannot_be_read_is_its_own_answer_and_a_warning() {
    let detail = "ecosystems[0].id: not as expected";
    let fail = async |_: &Request| Err(Failure::unreadable_record(detail).into());
    let (status, body) = status_and_body(event("unreadable"), LONG, fail).await;
    assert_eq!((status, &body["type"]), (409, &json!("/problems/unreadable-record")));
    assert!(!body.to_string().contains("ecosystems"));
    let line = json!({
        "level": "WARN", "message": "request", "request_id": "unreadable",
        "route": "POST /verifications/{id}/code", "verification": ID,
        "outcome": "unreadable-record", "status": 409,
        "failure": "directory", "failure_detail": detail,
    });
    assert_eq!(lines_of("unreadable"), [line]);
}

#[tokio::test] // P25
async fn a_handler_that_hangs_still_gets_an_answer_in_time() {
    let hang = async |_: &Request| std::future::pending().await;
    let (status, _) = status_and_body(event("hung"), Duration::from_millis(20), hang).await;
    assert_eq!(status, 503);
    let lines = lines_of("hung");
    assert_eq!((lines.len(), &lines[0]["failure"]), (1, &json!("deadline")));
    assert_eq!(lines[0]["failure_detail"], "the handler took longer than 20ms");
}

#[tokio::test] // P25
async fn a_panic_is_a_problem_like_any_other() {
    let panic_at_once = async |_: &Request| panic!("at once");
    let panic_later = async |_: &Request| {
        tokio::task::yield_now().await;
        panic!("later, with {}", "719204")
    };
    let (status, _) = status_and_body(event("panic-1"), LONG, panic_at_once).await;
    assert_eq!(status, 503);
    let (status, body) = status_and_body(event("panic-2"), LONG, panic_later).await;
    assert_eq!((status, &body["type"]), (503, &json!("/problems/unavailable")));
    let lines = lines_of("panic-2");
    assert_eq!(lines[0]["failure_detail"], "the handler panicked");
    assert!(!lines[0].to_string().contains("719204"));
}

#[tokio::test]
async fn an_answer_that_does_not_serialize_is_a_failure() {
    let unwritable = std::collections::BTreeMap::from([(vec![1], 1)]);
    let (status, _) =
        status_and_body(event("unwritable"), LONG, async |_| Ok(Answer::ok(&unwritable))).await;
    assert_eq!(status, 503);
    assert_eq!(lines_of("unwritable")[0]["failure"], "gateway");
}

#[tokio::test] // P7
async fn the_log_contains_nothing_that_was_sent_or_answered() {
    let mut event = event("canaries");
    event.headers.insert("authorization", "Bearer canary-jwt".parse().unwrap());
    event.raw_path = Some("/canary-path".into());
    event.raw_query_string = Some("canary-query".into());
    event.path_parameters.insert("id".into(), "canary-id".into());
    let good = async |_: &Request| Ok(Answer::ok(&json!({"url": "#handoff=canary-handoff"})));
    respond(event.clone(), NOW, LONG, good).await;
    let bad = async |request: &Request| {
        let _: Vec<u8> = request.json()?;
        Ok(Answer::no_content())
    };
    respond(event, NOW, LONG, bad).await;
    assert_eq!(lines_of("canaries").len(), 2);
    let log = log();
    assert!(!log.contains("canary") && !log.contains("719204"), "{log}");
}

#[tokio::test] // P7
async fn other_crates_are_logged_from_warnings_on() {
    start();
    tracing::info!(target: "aws_smithy_runtime", "the whole request");
    tracing::info!(target: "lambda_runtime::layers", "the whole event");
    tracing::warn!(target: "hyper", "something odd");
    let log = log();
    assert!(!log.contains("the whole") && log.contains("something odd"), "{log}");
}
