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
