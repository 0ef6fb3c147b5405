//! What an environment's backend asks, and what it is answered, from the request in `events/`.

mod environments;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support_core::directory::{CustomerStatus, Role};
use support_core::entitlement::{Environment, Visibility};
use support_core::identity::{LinkToken, Reason, VerificationId};
use support_core::limits::Limits;
use support_core::ports::{Change, Verifications};
use support_core::session::{Opening, Session, Tokens};
use support_core::time::Timestamp;
use support_core::verification::{ClosedByAgent, Verification};
use support_gateway::{DEADLINE, Event, respond};
use support_testing::jwt;
use support_testing::samples::{CONFIRMED, NOON, Walk, customer, key, rng, versions};
use support_testing::world::{Fault, FaultyStore, World};

use crate::customers::Customers;
use crate::handler::{App, handle};

const ACTIVE: &str = include_str!("../../../events/introspect-session-active.json");
const INACTIVE: &str = r#"{"active":false}"#;

/// A token as Cognito makes them, but for the signature: that is the environment's to check.
fn token(id: &VerificationId, environment: Environment, usage: &str) -> String {
    let mut claims = json!({
        "sub": "sub-carla", "token_use": usage, "act": {"sub": "ana"}, "support_session": id,
        "environment": environment, "iat": NOON.seconds(), "exp": NOON.seconds() + 300,
    });
    let audience = if usage == "access" { "client_id" } else { "aud" };
    claims[audience] = "support-access".into();
    if usage == "id" {
        claims["email"] = "carla@example.com".into();
    }
    jwt::unsigned(&claims)
}

fn form(token: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair("token", token).finish()
}

struct Scene {
    app: App<FaultyStore, World>,
    verification: Verification,
}

impl Scene {
    fn of(verification: Verification) -> Self {
        let world = World::default();
        world.customer(verification.customer.clone());
        let app = App {
            verifications: FaultyStore::default(),
            directory: world,
            key: key(),
            limits: Limits::default(),
            customers: Customers::default(),
        };
        Self { app, verification }
    }

    /// In session since noon, and opened in every environment.
    async fn in_session(seed: u64) -> Self {
        Self::opened_in(seed, &Environment::ALL).await
    }

    /// In session since noon, and opened in these.
    async fn opened_in(seed: u64, opened: &[Environment]) -> Self {
        let mut walk = Walk::start(seed);
        walk.mint();
        let id = walk.verification.id.clone();
        let pairs = Environment::ALL.map(|environment| Tokens {
            access: token(&id, environment, "access").into(),
            id: token(&id, environment, "id").into(),
        });
        let openings: Vec<_> = Environment::ALL
            .into_iter()
            .zip(&pairs)
            .map(|(environment, tokens)| Opening { environment, landing: "home", tokens })
            .collect();
        let times = (NOON, NOON.plus(300));
        let (visibility, rng) = (Visibility::default(), &mut rng(seed));
        let (session, handoffs) = Session::seal(&id, &openings, times, visibility, &walk.key, rng);
        let page = &walk.page.secret;
        let mut verification =
            walk.verification.start_session(CONFIRMED, session, page, &walk.key, NOON).unwrap();
        for handoff in handoffs.iter().filter(|handoff| opened.contains(&handoff.environment)) {
            let secret = LinkToken::parse(handoff.secret.expose()).unwrap().secret;
            let person = verification.customer.clone();
            let (key, limits) = (&walk.key, &walk.limits);
            verification = verification
                .redeem(handoff.environment, &secret, Some(&person), key, limits, NOON)
                .unwrap();
        }
        let scene = Self::of(verification);
        scene.put(&scene.verification).await;
        scene
    }

    async fn put(&self, verification: &Verification) {
        for version in versions(verification) {
            self.app.verifications.memory.save(&Change::to(version)).await.unwrap();
        }
    }

    async fn save(&self, next: Verification) {
        self.app.verifications.memory.save(&Change::to(next)).await.unwrap();
    }

    fn token(&self, usage: &str) -> String {
        self.token_of(Environment::Web, usage)
    }

    fn token_of(&self, environment: Environment, usage: &str) -> String {
        token(&self.verification.id, environment, usage)
    }

    async fn ask(&self, token: &str, now: Timestamp) -> (i64, String) {
        let (status, body, _) = self.send(form(token).as_bytes(), now).await;
        (status, body)
    }

    /// As API Gateway hands a form over: base64.
    async fn send(&self, body: &[u8], now: Timestamp) -> (i64, String, Value) {
        self.send_event(&STANDARD.encode(body), true, now).await
    }

    async fn send_event(&self, body: &str, base64: bool, now: Timestamp) -> (i64, String, Value) {
        let mut event: Event = serde_json::from_str(ACTIVE).unwrap();
        event.body = Some(body.to_owned());
        event.is_base64_encoded = base64;
        let answer = respond(event, now, DEADLINE, async |r| handle(&self.app, r).await).await;
        let answer = serde_json::to_value(answer).unwrap();
        let body = answer["body"].as_str().unwrap().to_owned();
        (answer["statusCode"].as_i64().unwrap(), body, answer["headers"].clone())
    }

    /// Asked about at noon: active or not.
    async fn active(&self, token: &str) -> bool {
        match self.ask(token, NOON).await {
            (200, body) if body == INACTIVE => false,
            (200, body) => {
                assert!(body.contains(r#""active":true"#), "{body}");
                true
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn both_tokens_of_a_session_are_active_and_say_who_acts() {
    let scene = Scene::in_session(1).await;
    for usage in ["access", "id"] {
        let (status, body) = scene.ask(&scene.token(usage), NOON).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(status, 200);
        assert_eq!(
            body,
            json!({
                "active": true,
                "sub": "sub-carla",
                "act": {"sub": "ana"},
                "client_id": "support-access",
                "exp": NOON.seconds() + 300,
                "iat": NOON.seconds(),
                "support_session": scene.verification.id,
                "ecosystem": "eco-1",
                "environment": "web",
                "access": "view",
                "visibility": {"messages": true, "talks": true},
            }),
            "{usage}"
        );
    }
}

#[tokio::test]
async fn a_form_is_read_base64_or_not_whatever_else_is_in_it() {
    let scene = Scene::in_session(1).await;
    let token = scene.token("access");
    let form = format!("token_type_hint=access_token&token={token}&more=1");
    let (_, encoded, headers) = scene.send(form.as_bytes(), NOON).await;
    let (_, plain, same_headers) = scene.send_event(&form, false, NOON).await;
    assert!(encoded.contains(r#""active":true"#));
    assert_eq!((encoded, &headers), (plain, &same_headers));
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["content-type"], "application/json");
    for (body, base64) in [("", false), ("token_type_hint=x", false), ("{}", false), ("%", true)] {
        let (status, problem, _) = scene.send_event(body, base64, NOON).await;
        assert_eq!(status, 400, "{body:?}: {problem}");
        assert!(problem.contains("/problems/invalid-request"), "{problem}");
    }
    let twice = format!("token={token}&token={token}");
    assert_eq!(scene.send(twice.as_bytes(), NOON).await.0, 400);
    assert_eq!(scene.send(b"token=\xff\xfe", NOON).await.0, 400);
}

/// Unknown, foreign, altered, of another session: one answer, to the byte, with the same headers.
#[tokio::test]
async fn a_token_that_was_not_minted_here_is_inactive_and_looks_like_any_other() {
    let scene = Scene::in_session(1).await;
    let other = Scene::in_session(2).await;
    scene.put(&other.verification).await;
    let own = scene.token("access");
    let (head, rest) = own.split_once('.').unwrap();
    let (payload, signature) = rest.split_once('.').unwrap();
    let claims = |value: Value| jwt::unsigned(&value);
    let nobody = VerificationId::generate(&mut rng(77));
    let (_, _, headers) = scene.send(b"token=", NOON).await;
    let tokens = [
        String::new(),
        " ".into(),
        "nonsense".into(),
        "..".into(),
        "a.b.c".into(),
        "\u{0}.\u{0}.\u{0}".into(),
        "ñ.ñ.ñ".into(),
        claims(json!(7)),
        claims(json!({"sub": "sub-carla", "iat": 1})),
        claims(json!({"support_session": "../V", "iat": 1})),
        claims(json!({"support_session": nobody, "iat": 1})),
        // The session's own name, in a token that was not minted for it.
        claims(json!({"support_session": scene.verification.id, "iat": NOON.seconds()})),
        claims(json!({"support_session": scene.verification.id, "iat": "soon"})),
        token(&nobody, Environment::Web, "access"),
        // Altered by a character, in each part.
        format!("i.{rest}"),
        format!("{head}.{payload}.t"),
        format!("{head}.{payload}A.{signature}"),
        format!("{head}.{payload}."),
        format!("{own}."),
        format!(" {own}"),
        format!("{own}\n"),
        own.to_uppercase(),
        format!("Bearer {own}"),
    ];
    for token in tokens {
        let answer = scene.send(form(&token).as_bytes(), NOON).await;
        assert_eq!(answer, (200, INACTIVE.to_owned(), headers.clone()), "{token:?}");
    }
    assert!(scene.active(&own).await && scene.active(&other.token("id")).await);
    // One's own claims do not open another's session: the hash belongs to one of them.
    let mut swapped = other.verification.clone();
    swapped.id = scene.verification.id.clone();
    scene.save(Verification { version: scene.verification.version + 1, ..swapped }).await;
    assert!(!scene.active(&own).await);
}

/// One millisecond before the deadline, at it and after it (P5), the item untouched.
#[tokio::test] // P5, P15
async fn a_token_is_dead_at_its_deadline() {
    let scene = Scene::in_session(1).await;
    let deadline = NOON.plus(300).millis();
    for (millis, active) in [(-1, true), (0, false), (1, false), (86_400_000, false)] {
        let now = Timestamp::from_millis(deadline + millis);
        for usage in ["access", "id"] {
            let (_, body) = scene.ask(&scene.token(usage), now).await;
            assert_eq!(body != INACTIVE, active, "{millis}: {body}");
        }
    }
}

#[tokio::test] // P15
async fn cancel_and_the_customers_end_are_seen_at_the_next_call() {
    let cancel = |verification: Verification| match verification
        .cancel(Reason::parse("enough").unwrap(), NOON)
        .unwrap()
    {
        ClosedByAgent::Now(next) | ClosedByAgent::Already(next) => next,
    };
    let end = |verification: Verification| verification.stop_by_customer(NOON).unwrap();
    let ends: [&dyn Fn(Verification) -> Verification; 2] = [&cancel, &end];
    for end in ends {
        let scene = Scene::in_session(1).await;
        let tokens = ["access", "id"].map(|usage| scene.token(usage));
        for token in &tokens {
            assert!(scene.active(token).await);
        }
        scene.save(end(scene.verification.clone())).await;
        for token in &tokens {
            assert!(!scene.active(token).await);
        }
    }
}

#[tokio::test]
async fn before_there_is_a_session_there_is_no_token() {
    let mut walk = Walk::start(1);
    walk.mint();
    let scene = Scene::of(walk.verification.clone());
    scene.put(&walk.verification).await;
    assert!(!scene.active(&scene.token("access")).await);
}

/// A store that is away makes nothing active, and nothing inactive either: it is a failure, which
/// an environment takes for a no.
#[tokio::test] // P25
async fn a_store_that_fails_is_no_answer() {
    let scene = Scene::in_session(1).await;
    for fault in [Fault::Before, Fault::After] {
        scene.app.verifications.fail(0, fault);
        let (status, body) = scene.ask(&scene.token("access"), NOON).await;
        assert_eq!(status, 503);
        assert!(!body.contains("active"), "{body}");
    }
    scene.app.directory.directory_down(true);
    for usage in ["access", "id"] {
        let (status, body) = scene.ask(&scene.token(usage), NOON).await;
        assert_eq!(status, 503, "{usage}");
        assert!(!body.contains("active"), "{body}");
    }
    scene.app.directory.directory_down(false);
    assert!(scene.active(&scene.token("access")).await);
}

/// Nobody is entitled to anything by a record that cannot be read. It is no failure, which would be safe to
/// repeat.
#[tokio::test] // P46
async fn a_record_that_cannot_be_read_makes_a_token_inactive() {
    let scene = Scene::in_session(1).await;
    scene.app.directory.records_unreadable(true);
    for usage in ["access", "id"] {
        let (status, body) = scene.ask(&scene.token(usage), NOON).await;
        assert_eq!((status, body.as_str()), (200, r#"{"active":false}"#), "{usage}");
    }
    scene.app.directory.records_unreadable(false);
    assert!(scene.active(&scene.token("access")).await);
}

/// A customer in 60 groups has a token of 12 KB, which comes encoded once more.
#[tokio::test]
async fn a_form_of_32_kib_is_read_and_no_longer_one() {
    let scene = Scene::in_session(1).await;
    let form = |length: usize| {
        let start = format!("token={}&padding=", scene.token("access"));
        format!("{start}{}", "a".repeat(length - start.len()))
    };
    let (status, body, _) = scene.send(form(32 * 1024).as_bytes(), NOON).await;
    assert_eq!(status, 200);
    assert!(body.contains(r#""active":true"#), "{body}");
    let (status, body, _) = scene.send(form(32 * 1024 + 1).as_bytes(), NOON).await;
    assert_eq!(status, 400);
    assert!(body.contains("longer than 32 KiB"), "{body}");
}
