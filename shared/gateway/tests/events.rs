//! The requests in `events/` are what `cargo lambda invoke` sends and what the functions' tests
//! start from. Here each is read as its function reads it.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use support_core::activity::Position;
use support_core::code::Code;
use support_core::entitlement::Environment;
use support_core::identity::{EmailAddress, LinkToken, New, Reason, TicketNumber};
use support_core::support_grant::EnteredCredentials;
use support_core::time::Timestamp;
use support_core::verification::{Module, Status};
use support_gateway::{Event, Request};

/// A file, its route, and who calls (`none` for routes that a token in the body opens, that are for
/// everybody, or that AWS keeps for its own principals).
const EVENTS: [(&str, &str, &str); 28] = [
    ("start-verification-technical-assistance", "POST /verifications", "agent"),
    ("start-verification-ecosystem-admin", "POST /verifications", "agent"),
    ("send-mfa-agent", "POST /verifications/{id}/mfa", "agent"),
    ("send-mfa-customer", "POST /verifications/{id}/mfa", "agent"),
    ("verify-code-agent", "POST /verifications/{id}/code", "agent"),
    ("verify-code-customer", "POST /verifications/{id}/code", "agent"),
    ("issue-session-start", "POST /verifications/{id}/session", "agent"),
    ("cancel-finish", "POST /verifications/{id}/finish", "agent"),
    ("cancel-reason", "POST /verifications/{id}/cancel", "agent"),
    ("activity-get", "GET /verifications/{id}", "agent"),
    ("activity-search", "POST /verifications/search", "supervisor"),
    ("activity-successor", "GET /verifications/{id}/activity", "agent"),
    ("activity-process", "GET /verifications/{id}/activity/{process}", "agent"),
    ("customer-consent-view", "POST /consent/view", "none"),
    ("customer-consent-answer-allow", "POST /consent/answer", "none"),
    ("customer-consent-answer-deny", "POST /consent/answer", "none"),
    ("customer-consent-end", "POST /consent/end", "none"),
    ("redeem-handoff-web", "POST /handoffs/redeem", "none"),
    ("recover-password-ask", "POST /recovery", "none"),
    ("recover-password-confirm", "POST /recovery/confirm", "none"),
    ("support-grant-create", "POST /support-grant", "customer"),
    ("support-grant-read", "GET /support-grant", "customer"),
    ("support-grant-revoke", "DELETE /support-grant", "customer"),
    ("support-grant-options", "GET /support-grant/options", "customer"),
    ("support-grant-regenerate", "POST /support-grant/regenerate", "customer"),
    ("support-grant-redeem", "POST /support-grant/redeem", "agent"),
    ("introspect-session-active", "POST /introspect", "none"),
    ("receipts-key", "GET /receipts/key", "none"),
];

/// The customers' own app client in these events.
const CLIENT: &str = "7c1u2s3t4o5m6e7r8a9p0p1i2d";

fn events() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events")
}

fn text(name: &str) -> String {
    let path = events().join(format!("{name}.json"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn request(name: &str) -> Request {
    let event: Event = serde_json::from_str(&text(name)).expect(name);
    Request::new(event, Timestamp::from_seconds(1_793_178_720))
}

fn body<T: DeserializeOwned>(name: &str) -> T {
    request(name).json().unwrap_or_else(|problem| panic!("{name}: {problem:?}"))
}

#[test]
fn every_request_is_of_its_route_and_caller() {
    for (name, route, caller) in EVENTS {
        let request = request(name);
        assert_eq!(request.route(), route, "{name}");
        assert_ne!(request.request_id(), "none", "{name}");
        assert_eq!(request.verification_id().is_ok(), route.contains("{id}"), "{name}");
        match (request.agent(), caller) {
            (Ok(found), "agent" | "supervisor") => {
                assert_eq!(found.supervisor, caller == "supervisor", "{name}");
                assert!(found.agent.email.as_str().ends_with("@agents.example.com"), "{name}");
            }
            (Err(problem), "none" | "customer") => {
                assert_eq!(problem.slug(), "unauthenticated", "{name}");
            }
            (found, _) => panic!("{name}: {found:?}"),
        }
        assert_eq!(request.customer(CLIENT).is_ok(), caller == "customer", "{name}");
    }
}

#[test]
fn every_request_is_in_the_table_and_agrees_with_itself() {
    let listed: BTreeSet<String> = EVENTS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(events()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let event: serde_json::Value = serde_json::from_str(&text(&name)).expect(&name);
        // The triggers' events are Cognito's, jobs come from a queue, and the sweep by the clock.
        let others = ["triggerSource", "Records", "detail-type"];
        if others.iter().any(|mark| event.get(mark).is_some()) {
            continue;
        }
        assert_eq!(event["version"], "2.0", "{name}");
        let context = &event["requestContext"];
        let (method, route) = event["routeKey"].as_str().unwrap().split_once(' ').unwrap();
        assert_eq!(context["routeKey"], event["routeKey"], "{name}");
        assert_eq!(context["http"]["method"], method, "{name}");
        assert_eq!(context["http"]["path"], event["rawPath"], "{name}");
        let id = event["pathParameters"]["id"].as_str().unwrap_or_default();
        let process = event["pathParameters"]["process"].as_str().unwrap_or_default();
        let path = route.replace("{id}", id).replace("{process}", process);
        assert_eq!(event["rawPath"], path, "{name}");
        let body = event["body"].as_str().unwrap_or_default();
        let length = if event["isBase64Encoded"].as_bool().expect(&name) {
            STANDARD.decode(body).expect(&name).len()
        } else {
            body.len()
        };
        assert_eq!(event["headers"]["content-length"], length.to_string(), "{name}");
        found.insert(name);
    }
    assert_eq!(found, listed);
}

#[test]
#[expect(clippy::items_after_statements, reason = "a body's shape stands where it is read")]
fn the_bodies_are_what_the_contract_says() {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Start {
        email: New<EmailAddress>,
        #[serde(default)]
        module: Module,
        ticket: Option<New<TicketNumber>>,
    }
    let start: Start = body("start-verification-technical-assistance");
    assert_eq!(start.email.0.as_str(), "carla@customers.example.com");
    assert_eq!(start.module, Module::TechnicalAssistance);
    assert_eq!(start.ticket.unwrap().0.as_str(), "WZ-1042");
    let start: Start = body("start-verification-ecosystem-admin");
    assert_eq!(start.module, Module::EcosystemAdmin);

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Send {
        to: String,
        ecosystem: Option<String>,
    }
    let send: Send = body("send-mfa-agent");
    assert_eq!((send.to.as_str(), send.ecosystem), ("agent", None));
    let send: Send = body("send-mfa-customer");
    assert_eq!((send.to.as_str(), send.ecosystem.as_deref()), ("customer", Some("eco-carla")));

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Enter {
        from: String,
        code: Code,
    }
    let enter: Enter = body("verify-code-agent");
    assert_eq!((enter.from.as_str(), enter.code.expose()), ("agent", "048213"));
    let enter: Enter = body("verify-code-customer");
    assert_eq!((enter.from.as_str(), enter.code.expose()), ("customer", "719204"));

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    let Nothing {} = body("issue-session-start");

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Cancel {
        reason: New<Reason>,
    }
    let cancel: Cancel = body("cancel-reason");
    assert_eq!(cancel.reason.0.as_str(), "La clienta llamará mañana.");

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Search {
        status: Status,
        customer: New<EmailAddress>,
        limit: u32,
    }
    let search: Search = body("activity-search");
    assert_eq!((search.status, search.limit), (Status::InSession, 20));
    assert_eq!(search.customer.0.as_str(), "carla@customers.example.com");
    let problem = request("activity-get").json::<Nothing>().map(|Nothing {}| ()).unwrap_err();
    assert_eq!(problem.slug(), "invalid-request");

    let list = request("activity-successor");
    assert!(list.query_parameter("cursor").and_then(Position::parse).is_some());
    assert_eq!(list.query_parameter("other"), None);
    assert!(list.path_parameter("process").is_err());
    assert_eq!(request("activity-process").path_parameter("process"), Ok("p-2"));

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Page {
        token: String,
    }
    for name in ["customer-consent-view", "customer-consent-end"] {
        let page: Page = body(name);
        assert!(LinkToken::parse(&page.token).is_some(), "{name}");
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Answer {
        token: String,
        decision: String,
        code: Option<Code>,
        ecosystem: Option<String>,
    }
    let allow: Answer = body("customer-consent-answer-allow");
    assert!(LinkToken::parse(&allow.token).is_some());
    assert_eq!(allow.decision, "allow");
    assert_eq!(allow.code.unwrap().expose(), "719204");
    assert_eq!(allow.ecosystem.as_deref(), Some("eco-carla"));
    let deny: Answer = body("customer-consent-answer-deny");
    assert_eq!((deny.decision.as_str(), deny.code, deny.ecosystem), ("deny", None, None));

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Redeem {
        handoff: String,
        environment: Environment,
    }
    let redeem: Redeem = body("redeem-handoff-web");
    let handoff = LinkToken::parse(&redeem.handoff).unwrap();
    let verification = request("activity-get").verification_id().unwrap();
    assert_eq!((handoff.verification, redeem.environment), (verification, Environment::Web));

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Create {
        duration_minutes: u32,
        allow_messages: bool,
        allow_talks: bool,
        ecosystem: String,
    }
    let create: Create = body("support-grant-create");
    assert_eq!((create.duration_minutes, create.ecosystem.as_str()), (480, "eco-carla"));
    assert!(!create.allow_messages && !create.allow_talks);
    let _: EnteredCredentials = body("support-grant-redeem");

    let token = request("introspect-session-active").form_field("token").unwrap();
    assert_eq!(token.split('.').count(), 3, "{token}");
}
