use super::*;
use serde_json::{Value, json};
use support_core::status::Status;
use support_core::time::Timestamp;

fn sent(problem: Problem) -> (Value, Value) {
    let response = serde_json::to_value(problem.into_response("req-1")).unwrap();
    let body = serde_json::from_str(response["body"].as_str().unwrap()).unwrap();
    (response, body)
}

#[test] // P24
fn each_problem_has_the_status_and_slug_of_the_contract() {
    let cases: [(Problem, u16, &str); 13] = [
        (FieldError::new("code", "x").into(), 400, "invalid-request"),
        (Unauthenticated::NotAnAccessToken.into(), 401, "unauthenticated"),
        (NotAllowed::Colleague.into(), 403, "not-allowed"),
        (Refusal::UnknownCustomer.into(), 404, "unknown-customer"),
        (Refusal::NotFound.into(), 404, "not-found"),
        (Refusal::WrongStep(Status::Closed).into(), 409, "wrong-step"),
        (Refusal::Conflict.into(), 409, "conflict"),
        (Refusal::CodeRefused { attempts_left: 1 }.into(), 422, "code-refused"),
        (Refusal::EnvironmentRefused.into(), 422, "environment-refused"),
        (Refusal::ConsentRefused.into(), 410, "consent-refused"),
        (Refusal::HandoffRefused.into(), 410, "handoff-refused"),
        (Refusal::TooManyRequests { retry_after: 7 }.into(), 429, "too-many-requests"),
        (Failure::clean("dynamodb", "x").into(), 503, "unavailable"),
    ];
    for (problem, status, slug) in cases {
        assert_eq!((problem.status(), problem.slug()), (status, slug));
        let (response, body) = sent(problem);
        assert_eq!(response["statusCode"], status);
        assert_eq!(response["headers"]["content-type"], "application/problem+json");
        assert_eq!(response["headers"]["cache-control"], "no-store");
        assert_eq!(body["type"], format!("/problems/{slug}"));
        assert_eq!(body["status"], status);
        assert_eq!(body["request_id"], "req-1");
        for member in ["title", "detail"] {
            assert!(body[member].as_str().is_some_and(|text| text.len() > 10), "{body}");
        }
    }
}

/// The examples of the contract are what the functions answer.
#[test]
fn the_contract_has_an_example_of_each_problem() {
    const CONTRACT: &str = include_str!("../../../../openapi.yaml");
    let expires_at = Timestamp::from_seconds(1_793_219_696);
    let problems: [Problem; 16] = [
        FieldError::new("code", "x").into(),
        Unauthenticated::NotAnAccessToken.into(),
        NotAllowed::SelfSupport.into(),
        Refusal::UnknownCustomer.into(),
        Refusal::NotFound.into(),
        Refusal::WrongStep(Status::Closed).into(),
        Refusal::Conflict.into(),
        Refusal::GrantExists { expires_at }.into(),
        Refusal::ConsentRefused.into(),
        Refusal::HandoffRefused.into(),
        Refusal::CodeRefused { attempts_left: 1 }.into(),
        Refusal::EnvironmentRefused.into(),
        Refusal::GrantRefused.into(),
        Refusal::GrantEndsTooSoon.into(),
        Refusal::TooManyRequests { retry_after: 30 }.into(),
        Failure::clean("dynamodb", "x").into(),
    ];
    for problem in problems {
        let (_, body) = sent(problem);
        for member in ["title", "detail"] {
            let line = format!(" {member}: {}\n", body[member].as_str().unwrap());
            assert!(CONTRACT.contains(&line), "openapi.yaml: {line}");
        }
    }
}

#[test]
fn each_problem_has_its_own_members_and_no_others() {
    let common = ["detail", "request_id", "status", "title", "type"];
    let members = |problem: Problem| -> Value {
        let (_, mut body) = sent(problem);
        let object = body.as_object_mut().unwrap();
        for name in common {
            assert!(object.remove(name).is_some(), "{name}");
        }
        body
    };
    assert_eq!(
        members(FieldError::new("code", "expected a string").into()),
        json!({"errors": [{"field": "code", "detail": "expected a string"}]})
    );
    assert_eq!(
        members(vec![PasswordRule::Upper, PasswordRule::Same].into()),
        json!({"errors": [
            {"field": "new_password", "rule": "upper",
             "detail": "at least one upper-case letter, A to Z"},
            {"field": "confirm_password", "rule": "same", "detail": "the same as new_password"},
        ]})
    );
    assert_eq!(
        members(Refusal::WrongStep(Status::AwaitingConsent).into()),
        json!({"verification_status": "awaiting_consent"})
    );
    assert_eq!(
        members(Refusal::CodeRefused { attempts_left: 0 }.into()),
        json!({"attempts_left": 0})
    );
    assert_eq!(members(Refusal::NotFound.into()), json!({}));
}

#[test]
fn a_refused_caller_is_told_how_long_to_wait() {
    let (response, body) = sent(Refusal::TooManyRequests { retry_after: 30 }.into());
    assert_eq!(response["headers"]["retry-after"], "30");
    assert_eq!(body["detail"], "Wait 30 seconds, then repeat the call.");
}

#[test]
fn a_401_has_a_challenge() {
    let (response, _) = sent(Unauthenticated::NoName.into());
    assert_eq!(response["headers"]["www-authenticate"], r#"Bearer error="invalid_token""#);
}

#[test] // P25
fn a_failure_shows_nothing_of_itself() {
    let detail = "ProvisionedThroughputExceeded on table Support-X1";
    let (response, _) = sent(Failure::unsure("dynamodb", detail).into());
    let text = response.to_string();
    for word in ["dynamodb", "Provisioned", "Support-X1"] {
        assert!(!text.contains(word), "{text}");
    }
}
