use super::*;
use std::sync::Mutex;

use crate::test_log::{LONG, NOW, event, lines_of, start, status_and_body};
use serde_json::json;

#[tokio::test] // P25
async fn each_request_tries_again_a_dependency_that_was_not_there_at_the_start() {
    start();
    let tries = Mutex::new(0);
    let connect = async || {
        *tries.lock().unwrap() += 1;
        match *tries.lock().unwrap() {
            1 | 2 => Err(Failure::unsure("secretsmanager", "timed out").into()),
            tried => Ok(tried),
        }
    };
    let connected = Connected::start(connect).await.unwrap();
    let handler = async |_: &Request| Ok(Answer::ok(connected.app().await?));
    let (status, body) = status_and_body(event("not-yet"), LONG, handler).await;
    assert_eq!((status, &body["type"]), (503, &json!("/problems/unavailable")));
    assert_eq!(lines_of("not-yet")[0]["failure"], "secretsmanager");
    for _ in 0..3 {
        let there = status_and_body(event("there"), LONG, handler).await;
        assert_eq!(there, (200, json!(3)), "once it is there it is kept");
    }
}

#[tokio::test]
async fn an_error_that_no_request_can_fix_stops_the_function() {
    let connect = async || Err::<(), _>(Error::from("environment variable X: missing"));
    let error = Connected::start(connect).await.err().unwrap();
    assert_eq!(error.to_string(), "environment variable X: missing");
}

async fn received(request_id: &str, payload: Value) -> Response {
    let mut context = lambda_runtime::Context::default();
    context.request_id = request_id.to_owned();
    let handler = async |_: &Request| Ok(Answer::no_content());
    receive(LambdaEvent::new(payload, context), LONG, handler).await
}

#[tokio::test] // P24
async fn an_invalid_header_stops_nothing() {
    for headers in [json!({"x": "\u{0}"}), json!({"a b": "é\r\n"}), json!(7), json!(null)] {
        let mut payload = serde_json::to_value(event("headers")).unwrap();
        payload["headers"] = headers.clone();
        payload["queryStringParameters"] = headers;
        assert_eq!(received("none", payload).await.status_code, 204);
    }
    assert_eq!(lines_of("headers").len(), 4);
}

#[tokio::test]
async fn the_parts_of_the_query_that_are_text_arrive() {
    let mut payload = serde_json::to_value(event("query")).unwrap();
    payload["queryStringParameters"] = json!({"cursor": "abc", "a": 1, "b": null, "": "é\0"});
    let request = Request::new(decode(payload).unwrap(), NOW);
    assert_eq!(request.query_parameter("cursor"), Some("abc"));
    assert_eq!(request.query_parameter("a"), None);
}

#[tokio::test]
async fn an_event_of_another_kind_is_a_failure_and_not_a_crash() {
    start();
    let other = [json!({"Records": ["canary"]}), json!(["canary"]), json!("canary"), json!(null)];
    for (place, payload) in other.into_iter().enumerate() {
        let id = format!("other-{place}");
        assert_eq!(received(&id, payload).await.status_code, 503);
        let lines = lines_of(&id);
        assert_eq!((lines.len(), &lines[0]["failure"]), (1, &json!("gateway")));
        assert!(!lines[0].to_string().contains("canary"));
    }
}
