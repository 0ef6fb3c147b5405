use super::*;
use crate::answer::Answer;
use crate::request::Request;
use crate::test_log::{LONG, NOW, event, metrics_of, raw_lines_of};
use support_core::refusal::Failure;

/// The limits of the embedded metric format, as its specification states them.
fn assert_valid(line: &Value) {
    let aws = &line["_aws"];
    assert!(aws["Timestamp"].is_i64(), "{line}");
    let directives = aws["CloudWatchMetrics"].as_array().unwrap();
    assert!(!directives.is_empty(), "{line}");
    for directive in directives {
        assert_eq!(directive["Namespace"], "test", "{line}");
        let sets = directive["Dimensions"].as_array().unwrap();
        assert!(!sets.is_empty(), "{line}");
        for name in sets.iter().flat_map(|set| set.as_array().unwrap()) {
            let value = line[name.as_str().unwrap()].as_str().unwrap();
            assert!(!value.trim().is_empty() && value.is_ascii() && value.len() <= 1024, "{line}");
        }
        for metric in directive["Metrics"].as_array().unwrap() {
            assert!(line[metric["Name"].as_str().unwrap()].is_number(), "{line}");
            assert!(
                ["Count", "Milliseconds", "Seconds"].contains(&metric["Unit"].as_str().unwrap())
            );
        }
    }
}

#[tokio::test] // P36
async fn a_request_is_a_metric_of_its_route_and_outcome_in_its_one_line() {
    let started = async |_: &Request| {
        measure(Metric::SessionsStarted, 1);
        measure(Metric::EmailsSent, 1);
        measure(Metric::EmailsSent, 1);
        Ok(Answer::no_content())
    };
    crate::respond::respond(event("measured"), NOW, LONG, started).await;
    let lines = raw_lines_of("measured");
    assert_eq!(lines.len(), 1);
    assert_valid(&lines[0]);
    assert_eq!(lines[0]["emails_sent"], 2);
    assert_eq!(
        metrics_of("measured"),
        [
            ("duration_ms".into(), vec!["route".into(), "outcome".into()]),
            ("sessions_started".into(), vec![]),
            ("emails_sent".into(), vec![]),
        ]
    );
    assert_eq!(lines[0]["level"], "INFO", "still the line that it was");
}

#[tokio::test] // P36
async fn a_failure_is_a_metric_of_the_service_that_failed() {
    let fail = async |_: &Request| Err(Failure::clean("kms", "DisabledException").into());
    crate::respond::respond(event("kms"), NOW, LONG, fail).await;
    let lines = raw_lines_of("kms");
    assert_valid(&lines[0]);
    assert_eq!((&lines[0]["failures"], &lines[0]["failure"]), (&json!(1), &json!("kms")));
    assert!(metrics_of("kms").contains(&("failures".into(), vec!["failure".into()])));
}

#[tokio::test]
async fn what_one_request_measures_is_in_no_others_line() {
    let measured = async |_: &Request| {
        measure(Metric::EmailsFailed, 1);
        tokio::task::yield_now().await;
        Ok(Answer::no_content())
    };
    let nothing = async |_: &Request| {
        tokio::task::yield_now().await;
        Ok(Answer::no_content())
    };
    tokio::join!(
        crate::respond::respond(event("one"), NOW, LONG, measured),
        crate::respond::respond(event("other"), NOW, LONG, nothing),
    );
    assert_eq!(raw_lines_of("one")[0]["emails_failed"], 1);
    assert_eq!(raw_lines_of("other")[0].get("emails_failed"), None);
    measure(Metric::EmailsFailed, 1); // Outside of every run: nothing to add it to, and no panic.
}

#[test]
fn no_dimension_names_a_person_or_a_verification() {
    let line = json!({
        "request_id": "r", "verification": "v", "route": "GET /x", "outcome": "ok",
        "duration_ms": 1, "trigger": "t", "failure": "ses", "support_grant": "S#1", "done": 3,
    });
    let Value::Object(line) = line else { panic!() };
    let members = members(&line, "test", NOW);
    let directives = members["_aws"]["CloudWatchMetrics"].as_array().unwrap();
    let dimensions: std::collections::BTreeSet<_> = directives
        .iter()
        .flat_map(|directive| directive["Dimensions"][0].as_array().unwrap())
        .map(|name| name.as_str().unwrap())
        .collect();
    assert_eq!(dimensions, ["failure", "outcome", "route", "trigger"].into());
}

#[test]
fn a_line_without_a_metric_stays_as_it_is() {
    let Value::Object(line) = json!({"level": "WARN", "message": "odd"}) else { panic!() };
    assert!(members(&line, "test", NOW).is_empty());
}

#[test]
fn each_metric_has_its_place_and_its_name() {
    for (place, metric) in Metric::ALL.into_iter().enumerate() {
        assert_eq!(metric as usize, place, "{metric:?}");
    }
    let names: std::collections::BTreeSet<_> = Metric::ALL.map(Metric::name).into();
    assert_eq!(names.len(), Metric::ALL.len());
}
