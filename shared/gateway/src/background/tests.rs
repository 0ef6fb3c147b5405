use super::*;
use crate::test_log::{lines_of, log, start};
use serde_json::json;

#[tokio::test] // P7
async fn a_job_leaves_a_line_that_names_nobody() {
    start();
    let job = |body: &str| json!({"messageId": "1", "body": body});
    let work = async |job: Value| match job["fails"].as_bool() {
        Some(true) => Err(Failure::unsure("cognito", "timed out")),
        _ => Ok("sent"),
    };
    let good = do_job(&job(r#"{"email": "canary"}"#), "job-good", work).await;
    assert_eq!(good, Ok(()));
    let line = &lines_of("job-good")[0];
    assert_eq!((&line["level"], &line["outcome"]), (&json!("INFO"), &json!("sent")));
    let bad = do_job(&job(r#"{"email": "canary", "fails": true}"#), "job-bad", work).await;
    assert_eq!(bad, Err(Failure::unsure("cognito", "timed out")));
    let line = &lines_of("job-bad")[0];
    assert_eq!((&line["level"], &line["failure"]), (&json!("ERROR"), &json!("cognito")));
    for (place, body) in ["canary", "", "{"].into_iter().enumerate() {
        let id = format!("job-unreadable-{place}");
        let unreadable = do_job::<Value>(&job(body), &id, work).await;
        assert_eq!(unreadable.unwrap_err().service, "gateway");
        assert_eq!(lines_of(&id).len(), 1);
    }
    assert!(do_job::<Value>(&json!({}), "job-none", work).await.is_err());
    assert!(!log().contains("canary"), "{}", log());
}

#[tokio::test] // P7
async fn an_event_leaves_a_line_that_names_its_verification_and_nobody() {
    start();
    let id = VerificationId::parse("AAECAwQFBgcICQoLDA0ODw").unwrap();
    let one = |id: &str, payload: Value| {
        let mut context = lambda_runtime::Context::default();
        context.request_id = id.to_owned();
        LambdaEvent::new(payload, context)
    };
    let take_in = async |event: std::collections::BTreeMap<String, bool>, _: Timestamp| {
        if event.contains_key("fails") {
            return Err(Failure::unsure("dynamodb", "timed out"));
        }
        Ok(("recorded", Some(id.clone())))
    };
    assert_eq!(take_in_one(one("event-good", json!({"canary": true})), &take_in).await, Ok(()));
    let line = &lines_of("event-good")[0];
    assert_eq!(
        (&line["outcome"], &line["verification"]),
        (&json!("recorded"), &json!(id.as_str()))
    );
    let failed = take_in_one(one("event-bad", json!({"fails": true})), &take_in).await;
    assert_eq!(failed, Err(Failure::unsure("dynamodb", "timed out")));
    assert_eq!(lines_of("event-bad")[0]["level"], "ERROR");
    let odd = take_in_one(one("event-odd", json!({"canary": "canary"})), &take_in).await;
    assert_eq!(odd.unwrap_err().service, "gateway");
    assert!(!log().contains("canary"), "{}", log());
}
