//! Calls of the API, through the gateway, without a runtime.

use serde_json::Value;
use support_core::identity::{Agent, VerificationId};
use support_core::time::Timestamp;
use support_gateway::{Answer, Problem, Request, SESSION_DEADLINE, respond};

use crate::samples::agent;

/// What a client is answered.
#[derive(Debug)]
pub struct Answered {
    pub status: i64,
    pub body: Value,
}

impl Answered {
    /// The problem's slug, or `ok`.
    pub fn slug(&self) -> &str {
        match self.body["type"].as_str() {
            Some(problem) => problem.trim_start_matches("/problems/"),
            None => "ok",
        }
    }
}

/// The agent `ana` calls `route` at `now`; `handler` answers.
pub async fn call(
    route: &str,
    verification: &VerificationId,
    body: &Value,
    now: Timestamp,
    handler: impl AsyncFn(&Request) -> Result<Answer, Problem>,
) -> Answered {
    send(event(route, verification, body), now, handler).await
}

/// `event` comes in at `now`; `handler` answers.
pub async fn send(
    event: Value,
    now: Timestamp,
    handler: impl AsyncFn(&Request) -> Result<Answer, Problem>,
) -> Answered {
    let event = serde_json::from_value(event).expect("an event");
    let response = respond(event, now, SESSION_DEADLINE, handler).await;
    let response = serde_json::to_value(response).expect("a response");
    let body = response["body"].as_str().unwrap_or("null");
    Answered {
        status: response["statusCode"].as_i64().unwrap_or_default(),
        body: serde_json::from_str(body).expect("JSON"),
    }
}

/// An HTTP API's event: the agent `ana` calls `route` with `body`.
pub fn event(route: &str, verification: &VerificationId, body: &Value) -> Value {
    let mut event = agent_event("ana", route, body);
    event["pathParameters"] = serde_json::json!({"id": verification});
    event
}

/// The agent `name` calls `route`, which names no verification, with `body`.
pub fn agent_event(name: &str, route: &str, body: &Value) -> Value {
    let Agent { id, name, email } = agent(name);
    let claims = serde_json::json!({
        "sub": id, "username": id, "name": name, "email": email,
        "email_verified": "true", "token_use": "access", "cognito:groups": "[CustomerService]",
    });
    with_claims(claims, route, Some(body))
}

/// The app client of the customers' own app, in [`customer_event`].
pub const CUSTOMER_CLIENT: &str = "customers-app";

/// The customer with this `sub`, signed in to the customers' own app, calls `route`.
pub fn customer_event(user_id: &str, route: &str, body: Option<&Value>) -> Value {
    let claims = serde_json::json!({
        "sub": user_id, "username": user_id, "client_id": CUSTOMER_CLIENT, "token_use": "access",
    });
    with_claims(claims, route, body)
}

fn with_claims(claims: Value, route: &str, body: Option<&Value>) -> Value {
    serde_json::json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "body": body.map(Value::to_string),
        "isBase64Encoded": false,
        "requestContext": {
            "accountId": "1", "apiId": "1", "stage": "$default", "requestId": "r", "timeEpoch": 0,
            "routeKey": route,
            "http": {"method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
            "authorizer": {"jwt": {"scopes": null, "claims": claims}},
        },
    })
}
