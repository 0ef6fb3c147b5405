//! What a handler answers when it did what was asked.

use aws_lambda_events::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use aws_lambda_events::http::{HeaderName, HeaderValue};
use serde::Serialize;
use support_core::refusal::Failure;

/// What a function returns to API Gateway.
pub type Response = aws_lambda_events::apigw::ApiGatewayV2httpResponse;

/// An answer. Its `Debug` prints only the status: the body may contain handoffs and tokens.
pub struct Answer {
    status: u16,
    location: Option<String>,
    body: Option<Result<String, serde_json::Error>>,
}

impl Answer {
    /// 200.
    pub fn ok(body: &impl Serialize) -> Self {
        Self::with_body(200, body)
    }

    /// 201. What was created is at `location`, a path of this API.
    pub fn created(location: impl Into<String>, body: &impl Serialize) -> Self {
        Self { location: Some(location.into()), ..Self::with_body(201, body) }
    }

    /// 202.
    pub fn accepted(body: &impl Serialize) -> Self {
        Self::with_body(202, body)
    }

    /// 204.
    pub fn no_content() -> Self {
        Self { status: 204, location: None, body: None }
    }

    fn with_body(status: u16, body: &impl Serialize) -> Self {
        Self { status, location: None, body: Some(serde_json::to_string(body)) }
    }

    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the answer, unless its body did not serialize: that is our mistake.
    ///
    /// # Errors
    /// A failure of the gateway.
    pub(crate) fn written(self) -> Result<Self, Failure> {
        match self.body {
            // serde's own message may quote what it could not write.
            Some(Err(_)) => Err(Failure::unsure("gateway", "the answer does not serialize")),
            Some(Ok(_)) | None => Ok(self),
        }
    }

    pub(crate) fn into_response(self) -> Response {
        let mut response = match self.body.and_then(Result::ok) {
            Some(body) => response(self.status, "application/json", body),
            None => empty(self.status),
        };
        if let Some(location) = self.location {
            set(&mut response, LOCATION, &location);
        }
        response
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({})", self.status)
    }
}

/// Makes a response with a body, which must not be stored.
pub(crate) fn response(status: u16, content_type: &'static str, body: String) -> Response {
    let mut response = empty(status);
    response.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.body = Some(body.into());
    response
}

fn empty(status: u16) -> Response {
    let mut response = Response::default();
    response.status_code = status.into();
    response.headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Sets a header, unless a header cannot have this value.
pub(crate) fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::collections::HashMap;

    /// As API Gateway reads it.
    fn sent(answer: Answer) -> Value {
        serde_json::to_value(answer.into_response()).unwrap()
    }

    #[test]
    fn an_answer_is_json_that_must_not_be_stored() {
        let sent = sent(Answer::ok(&json!({"status": "started"})));
        assert_eq!(sent["statusCode"], 200);
        assert_eq!(sent["body"], r#"{"status":"started"}"#);
        assert_eq!(sent["isBase64Encoded"], false);
        let headers = json!({"content-type": "application/json", "cache-control": "no-store"});
        assert_eq!(sent["headers"], headers);
    }

    #[test]
    fn a_created_answer_says_where_to_find_it() {
        let sent = sent(Answer::created("/verifications/AAECAwQFBgcICQoLDA0ODw", &json!({})));
        assert_eq!(sent["statusCode"], 201);
        assert_eq!(sent["headers"]["location"], "/verifications/AAECAwQFBgcICQoLDA0ODw");
    }

    #[test]
    fn an_empty_answer_has_no_body_and_no_type() {
        let sent = sent(Answer::no_content());
        assert_eq!(sent["statusCode"], 204);
        assert_eq!(sent.get("body"), None);
        assert_eq!(sent["headers"], json!({"cache-control": "no-store"}));
    }

    #[test]
    fn a_body_that_cannot_be_written_is_a_failure() {
        let unwritable = HashMap::from([(vec![1], "a key that is not a string: secret")]);
        let failure = Answer::ok(&unwritable).written().unwrap_err();
        assert_eq!(failure.service, "gateway");
        assert!(!format!("{failure:?}").contains("secret"));
        assert!(Answer::ok(&json!({})).written().is_ok());
        assert!(Answer::no_content().written().is_ok());
    }

    #[test] // P7
    fn an_answer_does_not_print_its_body() {
        let answer = Answer::accepted(&json!({"url": "https://x#handoff=secret"}));
        assert_eq!(format!("{answer:?}"), "Answer(202)");
    }
}
