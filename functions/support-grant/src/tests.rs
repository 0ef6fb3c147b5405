//! Every route, with the store, the email and the rest of the world failing where they can, and with
//! others calling at the same moment.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use serde_json::{Value, json};
use support_core::chain::{self, Action};
use support_core::directory::{Customer, CustomerStatus, SignIn, SignInStatus};
use support_core::email::Email;
use support_core::identity::{EmailAddress, Reason, VerificationId};
use support_core::limits::{Limits, LockoutQuota, QuotaUse};
use support_core::ports::{
    Change, Counted, CustomerPool, Mailer, Quotas, Saved, Scope, SupportGrants, VerificationIndex,
    Verifications,
};
use support_core::refusal::Failure;
use support_core::step_detail::Facts;
use support_core::support_grant::{
    GrantEnding, GrantKey, GrantLimits, GrantNoticeKind, SupportGrant,
};
use support_core::time::Timestamp;
use support_core::time_zone::TimeZone;
use support_core::verification::{
    Cancelled, Closed, NoticeKind, Outcome, State, Status, Verdict, Verification,
};
use support_testing::calls::{Answered, CUSTOMER_CLIENT, agent_event, customer_event, send};
use support_testing::samples::{CONFIRMED, NOON, Walk, customer, key, right};
use support_testing::world::{Fault, FaultyStore, World};

use crate::app::{Parts, Settings};
use crate::handler::handle;

const CREATE: &str = "POST /support-grant";
const READ: &str = "GET /support-grant";
const REVOKE: &str = "DELETE /support-grant";
const OPTIONS: &str = "GET /support-grant/options";
const REGENERATE: &str = "POST /support-grant/regenerate";
const REDEEM: &str = "POST /support-grant/redeem";

/// When the grants of [`offer`] end.
const END: Timestamp = NOON.plus(15 * 60);

fn offer() -> Value {
    json!({
        "duration_minutes": 15, "allow_messages": true, "allow_talks": false, "ecosystem": "eco-1",
    })
}

fn before(moment: Timestamp) -> Timestamp {
    Timestamp::from_millis(moment.millis() - 1)
}

/// The three of an answer, as an agent sends them.
fn credentials(answer: &Answered) -> Value {
    let [user_name, password, security_code] =
        ["user_name", "password", "security_code"].map(|name| answer.body[name].clone());
    json!({"user_name": user_name, "password": password, "security_code": security_code})
}

fn wrong(credentials: &Value) -> Value {
    let mut wrong = credentials.clone();
    wrong["password"] = "wrong".into();
    wrong
}

/// A store that may fail, a world that may be down, and Carla in both.
#[derive(Clone)]
struct Scene {
    store: FaultyStore,
    world: World,
}

impl Scene {
    fn new() -> Self {
        let scene = Self { store: FaultyStore::default(), world: World::default() };
        scene.world.customer(customer("carla"));
        for name in ["ana", "ben", "cleo", "dan"] {
            scene.world.agent(name, true);
        }
        scene
    }

    /// With a grant that Carla made at noon, and its credentials.
    async fn granted() -> (Self, Value) {
        let scene = Self::new();
        let created = scene.carla(CREATE, NOON).await;
        assert_eq!(created.status, 201);
        (scene, credentials(&created))
    }

    /// With a verification that Ana started under it.
    async fn redeemed() -> (Self, Value) {
        let (scene, credentials) = Self::granted().await;
        assert_eq!(scene.redeem("ana", &credentials, NOON).await.status, 201);
        (scene, credentials)
    }

    fn app<S: Clone>(&self, store: S) -> Parts<S, S, World, World, World, World> {
        let world = || self.world.clone();
        app(store, world(), world(), world(), world())
    }

    async fn send(&self, event: Value, now: Timestamp) -> Answered {
        self.send_by(self.store.clone(), event, now).await
    }

    async fn send_by(
        &self,
        store: impl Verifications + SupportGrants + Quotas + Clone,
        event: Value,
        now: Timestamp,
    ) -> Answered {
        let app = self.app(store);
        send(event, now, async |request| handle(&app, request).await).await
    }

    /// Carla calls `route`.
    async fn carla(&self, route: &str, now: Timestamp) -> Answered {
        self.send(by_carla(route), now).await
    }

    async fn redeem(&self, by: &str, credentials: &Value, now: Timestamp) -> Answered {
        self.send(agent_event(by, REDEEM, credentials), now).await
    }

    async fn stored(&self) -> Option<SupportGrant> {
        self.store.memory.load_grant(&GrantKey::of("sub-carla", &key())).await.unwrap()
    }

    async fn grant(&self) -> SupportGrant {
        self.stored().await.expect("there is one")
    }

    async fn verifications(&self) -> Vec<Verification> {
        self.store.memory.page(&Scope::Everyone, None, 100).await.unwrap().items
    }

    /// The only one.
    async fn verification(&self) -> Verification {
        let mut all = self.verifications().await;
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    async fn save(&self, next: Verification) -> Saved {
        self.store.memory.save(&Change::to(next)).await.unwrap()
    }

    async fn cancel(&self) {
        let open = self.verifications().await.into_iter().find(|v| v.status() != Status::Closed);
        let reason = Reason::parse("enough").unwrap();
        let Cancelled::Now(next) = open.unwrap().cancel(reason, NOON).unwrap() else {
            panic!("it was open")
        };
        assert_eq!(self.save(next).await, Saved::Done);
    }

    /// Takes the verification, which has just been started, on to `minting`.
    async fn mint(&self) -> Walk {
        let mut walk = Walk::start(1);
        walk.verification = self.verification().await;
        for step in [Walk::challenge as fn(&mut Walk) -> &mut Walk, proved, minting] {
            step(&mut walk);
            assert_eq!(self.save(walk.verification.clone()).await, Saved::Done);
        }
        walk
    }

    /// What must hold whatever broke and whoever came between: a whole record of each verification;
    /// the grant and the open verification, of which there is one at most, know each other.
    async fn check(&self, now: Timestamp) {
        let grant = self.stored().await;
        let mut open = 0;
        for verification in self.verifications().await {
            assert_eq!(chain::check(&verification.id, &verification.steps), Ok(()));
            assert_eq!(verification.version as usize, verification.steps.len());
            let now_is = verification.clone().at(now);
            if now_is.status() == Status::Closed {
                continue;
            }
            open += 1;
            let grant = grant.as_ref().expect("no verification without its grant");
            assert_eq!(grant.verification.as_ref(), Some(&verification.id));
            assert_eq!(grant.terms, verification.support_grant.unwrap());
            assert!(grant.is_live(now), "{:?} under a grant that is over", now_is.status());
            // Regenerating lets a session go on, and nothing else.
            if now_is.status() != Status::InSession {
                assert_eq!(grant.redeemed_by.as_ref(), Some(&verification.agent));
            }
        }
        assert!(open <= 1, "{open} open");
    }
}

fn app<S: Clone, D, A, C, M>(
    store: S,
    directory: D,
    agents: A,
    customers: C,
    mailer: M,
) -> Parts<S, S, D, A, C, M> {
    Parts {
        quotas: store.clone(),
        store,
        directory,
        agents,
        customers,
        mailer,
        settings: Settings {
            time_zone: TimeZone::default(),
            key: key(),
            limits: Limits::default(),
            grant_limits: GrantLimits::default(),
            client_id: CUSTOMER_CLIENT.into(),
            redeem_url: "https://console.example.com/redeem.html".into(),
            page_url: "https://console.example.com/remote-assistance.html".into(),
        },
    }
}

fn by_carla(route: &str) -> Value {
    let body = (route == CREATE).then(offer);
    customer_event("sub-carla", route, body.as_ref())
}

fn proved(walk: &mut Walk) -> &mut Walk {
    let v = walk.verification.clone();
    let Ok(Verdict::Right(code)) = v.judge_agent_code(&right(), &walk.key, walk.now) else {
        panic!("the code is right")
    };
    walk.verification = v.prove_agent(code, CONFIRMED, &walk.limits, walk.now).unwrap();
    walk
}

fn minting(walk: &mut Walk) -> &mut Walk {
    walk.verification =
        walk.verification.clone().start_mint(CONFIRMED, &walk.limits, walk.now).unwrap();
    walk
}

fn in_session(walk: &Walk) -> Verification {
    let (session, _) = walk.sealed();
    let minting = walk.verification.clone();
    minting.start_session(session, &walk.page.secret, &walk.key, walk.now).unwrap()
}

fn outcome(verification: &Verification) -> Option<Outcome> {
    match &verification.state {
        State::Closed(Closed { outcome, .. }) => Some(*outcome),
        _ => None,
    }
}

fn names(body: &Value) -> BTreeSet<&str> {
    body.as_object().expect("an object").keys().map(String::as_str).collect()
}

// --- one after the other ---

#[tokio::test] // P14, P30
async fn credentials_are_shown_once_and_serve_until_they_are_replaced_or_revoked() {
    let scene = Scene::new();
    assert_eq!(scene.carla(READ, NOON).await.slug(), "not-found");
    let created = scene.carla(CREATE, NOON).await;
    assert_eq!(created.status, 201);
    let shown = [
        "id",
        "url",
        "user_name",
        "password",
        "security_code",
        "expires_at",
        "visibility",
        "ecosystem",
        "notice",
    ];
    assert_eq!(names(&created.body), shown.into());
    assert!(created.body["notice"].as_str().unwrap().contains("not shown again"));
    assert_eq!(created.body["url"], "https://console.example.com/redeem.html");
    assert_eq!(created.body["expires_at"], END.to_string());
    assert_eq!(created.body["visibility"], json!({"messages": true, "talks": false}));
    assert_eq!(created.body["ecosystem"], "eco-1");
    let old = credentials(&created);

    let emails = scene.world.emails();
    let [(to, email)] = emails.as_slice() else { panic!("{} emails", emails.len()) };
    assert_eq!(to.as_str(), "carla@example.com");
    assert!(email.subject.contains("activated"), "{}", email.subject);
    let grant = scene.grant().await;
    assert_eq!((grant.notice, grant.version), (None, 2), "told");
    let stored = serde_json::to_string(&grant).unwrap();
    for secret in old.as_object().unwrap().values() {
        let secret = secret.as_str().unwrap();
        assert!(!email.text.contains(secret) && !email.html.contains(secret));
        assert!(!stored.contains(secret) && !stored.contains(&secret.replace('-', "")));
    }

    let read = scene.carla(READ, NOON).await;
    assert_eq!(
        (read.status, names(&read.body)),
        (200, ["id", "expires_at", "visibility", "ecosystem"].into())
    );
    for name in ["id", "expires_at", "visibility", "ecosystem"] {
        assert_eq!(read.body[name], created.body[name]);
    }
    let second = scene.carla(CREATE, NOON).await;
    assert_eq!((second.status, second.slug()), (409, "grant-exists"));
    assert_eq!(second.body["expires_at"], END.to_string());
    assert_eq!(scene.grant().await.version, 2, "untouched");

    let renewed = scene.carla(REGENERATE, NOON.plus(60)).await;
    assert_eq!((renewed.status, names(&renewed.body)), (200, shown.into()));
    for name in ["id", "url", "expires_at", "visibility", "ecosystem"] {
        assert_eq!(renewed.body[name], created.body[name], "{name}");
    }
    for name in ["user_name", "password"] {
        assert_ne!(renewed.body[name], created.body[name], "{name}");
    }
    assert!(scene.world.emails()[1].1.subject.contains("replaced"));
    assert_eq!(scene.redeem("ana", &old, NOON.plus(61)).await.slug(), "grant-refused");
    assert_eq!(scene.redeem("ana", &credentials(&renewed), NOON.plus(61)).await.status, 201);
    let read = scene.carla(READ, NOON.plus(61)).await;
    assert_eq!(read.body["redeemed_by"], json!({"name": "ana"}));

    let revoked = scene.carla(REVOKE, NOON.plus(62)).await;
    assert_eq!((revoked.status, &revoked.body), (204, &Value::Null));
    assert_eq!(outcome(&scene.verification().await), Some(Outcome::Denied));
    for route in [READ, REVOKE, REGENERATE] {
        assert_eq!(scene.carla(route, NOON.plus(63)).await.slug(), "not-found", "{route}");
    }
    let gone = scene.redeem("ana", &credentials(&renewed), NOON.plus(63)).await;
    assert_eq!(gone.slug(), "grant-refused");
    assert_eq!(scene.carla(CREATE, NOON.plus(64)).await.status, 201, "and another");
    scene.check(NOON.plus(64)).await;
}

/// An hour's grant, of which 15 minutes have gone by without an act under it.
async fn idle() -> (Scene, Value) {
    let scene = Scene::new();
    let mut offer = offer();
    offer["duration_minutes"] = 60.into();
    let created = scene.send(customer_event("sub-carla", CREATE, Some(&offer)), NOON).await;
    let credentials = credentials(&created);
    assert_eq!(scene.redeem("ana", &credentials, NOON).await.status, 201);
    (scene, credentials)
}

#[tokio::test] // P10, P13, P15
async fn what_was_under_way_at_the_deadline_does_not_come_back_once_the_grant_has_gone_on() {
    let late = NOON.plus(900);
    for route in [REVOKE, REGENERATE, REDEEM] {
        let (scene, credentials) = idle().await;
        let read_before = scene.verification().await;
        let id = read_before.id.clone();
        match route {
            REDEEM => assert_eq!(scene.redeem("ana", &credentials, late).await.status, 201),
            _ => assert!(scene.carla(route, late).await.status < 300, "{route}"),
        }
        let mut walk = Walk::start(1);
        (walk.verification, walk.now) = (read_before, before(late));
        walk.challenge();
        assert_eq!(scene.save(walk.verification).await, Saved::LostRace, "{route}");
        let stored = scene.store.memory.load(&id).await.unwrap().unwrap();
        assert_eq!(outcome(&stored), Some(Outcome::Expired), "{route}");
        assert_eq!(chain::check(&id, &stored.steps), Ok(()));
    }
}

#[tokio::test] // P10, P15
async fn what_came_just_before_the_deadline_is_still_there_and_goes_with_the_grant() {
    let late = NOON.plus(900);
    for (route, status, ends) in [
        (REVOKE, 204, Some(Outcome::Denied)),
        (REGENERATE, 200, Some(Outcome::Denied)),
        (REDEEM, 409, None),
    ] {
        // It is written while the other call is closing what it found idle.
        let (scene, credentials) = idle().await;
        let mut walk = Walk::start(1);
        (walk.verification, walk.now) = (scene.verification().await, before(late));
        walk.challenge();
        let store = Overtaken(scene.store.clone(), Arc::new(Mutex::new(Some(walk.verification))));
        let event = match route {
            REDEEM => agent_event("ana", REDEEM, &credentials),
            _ => by_carla(route),
        };
        assert_eq!(scene.send_by(store, event, late).await.status, status, "{route}");
        assert_eq!(outcome(&scene.verification().await), ends, "{route}");
    }
}

/// A store where somebody else's write comes before the first save.
#[derive(Clone)]
struct Overtaken(FaultyStore, Arc<Mutex<Option<Verification>>>);

impl Verifications for Overtaken {
    async fn load(&self, id: &VerificationId) -> Result<Option<Verification>, Failure> {
        Verifications::load(&self.0, id).await
    }

    async fn save(&self, change: &Change) -> Result<Saved, Failure> {
        let other = self.1.lock().unwrap().take();
        if let Some(other) = other {
            assert_eq!(self.0.save(&Change::to(other)).await, Ok(Saved::Done));
        }
        self.0.save(change).await
    }
}

impl SupportGrants for Overtaken {
    async fn load_grant(&self, key: &GrantKey) -> Result<Option<SupportGrant>, Failure> {
        self.0.load_grant(key).await
    }

    async fn save_grant(
        &self,
        next: &SupportGrant,
        quota_uses: &[QuotaUse],
    ) -> Result<Saved, Failure> {
        self.0.save_grant(next, quota_uses).await
    }
}

impl Quotas for Overtaken {
    async fn spend(&self, quota_use: &QuotaUse) -> Result<Saved, Failure> {
        self.0.spend(quota_use).await
    }

    async fn count(&self, lockout: &LockoutQuota, now: Timestamp) -> Result<Counted, Failure> {
        self.0.count(lockout, now).await
    }

    async fn give_back(&self, lockout: &LockoutQuota) -> Result<(), Failure> {
        self.0.give_back(lockout).await
    }
}

#[tokio::test] // P30
async fn a_redeem_starts_a_verification_and_tells_the_customer() {
    let (scene, credentials) = Scene::granted().await;
    let redeemed = scene.redeem("ana", &credentials, NOON).await;
    assert_eq!(redeemed.status, 201);
    assert_eq!(
        (&redeemed.body["module"], &redeemed.body["status"]),
        (&json!("support-grant"), &json!("started"))
    );
    assert_eq!(redeemed.body["support_grant"]["expires_at"], END.to_string());
    assert_eq!(redeemed.body["customer"], json!({"email": "c***@example.com"}), "no more yet");
    let verification = scene.verification().await;
    assert_eq!(redeemed.body["id"], verification.id.as_str());
    let actions: Vec<_> = verification.steps.iter().map(|step| step.action).collect();
    assert_eq!(actions, [Action::Started, Action::CustomerTold]);
    assert_eq!(verification.notice, None);
    assert_eq!(redeemed.body["steps"].as_array().unwrap().len(), 2, "as it is then");
    let emails = scene.world.emails();
    assert_eq!((emails.len(), emails[1].0.as_str()), (2, "carla@example.com"));
    assert!(emails[1].1.subject.contains("ana entered"), "{}", emails[1].1.subject);

    // While it is open there is no other, for whomever.
    let again = scene.redeem("ana", &credentials, NOON).await;
    assert_eq!(
        (again.slug(), &again.body["verification_status"]),
        ("wrong-step", &json!("started"))
    );
    assert_eq!(scene.redeem("ben", &credentials, NOON).await.slug(), "grant-refused");
    scene.cancel().await;
    assert_eq!(scene.redeem("ben", &credentials, NOON).await.slug(), "grant-refused");
    assert_eq!(scene.redeem("ana", &credentials, NOON).await.status, 201, "each session anew");
    assert_eq!(scene.verifications().await.len(), 2);
    scene.check(NOON).await;
}

#[tokio::test]
async fn what_may_be_offered_is_listed() {
    let scene = Scene::new();
    let options = scene.carla(OPTIONS, NOON).await;
    let expected = json!({
        "ecosystems": [
            {"id": "eco-1", "name": "Ecosystem eco-1", "environments": ["store", "web", "app", "rcm"]},
            {"id": "eco-2", "name": "Ecosystem eco-2", "environments": ["web", "app"]},
        ],
        "minutes": {"min": 15, "max": 2880},
    });
    assert_eq!((options.status, options.body), (200, expected));
    assert_eq!(scene.send(by_carla("PUT /support-grant"), NOON).await.slug(), "not-found");
}

#[tokio::test] // P24
async fn bad_input_changes_nothing() {
    let (scene, credentials) = Scene::granted().await;
    let (grant, calls) = (scene.grant().await.version, scene.store.calls());
    for (field, value) in [
        ("duration_minutes", json!(14)),
        ("duration_minutes", json!(2881)),
        ("duration_minutes", json!(0)),
        ("duration_minutes", json!(-15)),
        ("duration_minutes", json!(15.5)),
        ("duration_minutes", json!("15")),
        ("duration_minutes", json!(4_294_967_311_u64)),
        ("duration_minutes", Value::Null),
        ("allow_messages", json!("true")),
        ("allow_talks", json!(1)),
        ("ecosystem", json!("")),
        ("ecosystem", json!("x".repeat(129))),
        ("ecosystem", json!(["eco-1"])),
        ("url", json!("https://elsewhere.example")),
    ] {
        let mut body = offer();
        body[field] = value.clone();
        let refused = scene.send(customer_event("sub-carla", CREATE, Some(&body)), NOON).await;
        assert_eq!((refused.status, refused.slug()), (400, "invalid-request"), "{field} {value}");
    }
    for field in ["duration_minutes", "allow_messages", "allow_talks", "ecosystem"] {
        let mut body = offer();
        body.as_object_mut().unwrap().remove(field);
        let refused = scene.send(customer_event("sub-carla", CREATE, Some(&body)), NOON).await;
        assert_eq!(refused.slug(), "invalid-request", "without {field}");
    }
    for (field, value) in [
        ("user_name", json!("")),
        ("user_name", json!("x".repeat(65))),
        ("password", json!(7)),
        ("security_code", json!("12345")),
        ("security_code", json!("１２３４５６")),
        ("agent", json!("ben")),
    ] {
        let mut body = credentials.clone();
        body[field] = value.clone();
        let refused = scene.redeem("ana", &body, NOON).await;
        assert_eq!(refused.slug(), "invalid-request", "{field} {value}");
    }
    for hostile in [
        "abcdefghjké23456",
        "\u{1f600}\u{1f600}\u{1f600}\u{1f600}",
        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    ] {
        let mut body = credentials.clone();
        body["user_name"] = hostile.into();
        assert_eq!(scene.redeem("ana", &body, NOON).await.slug(), "grant-refused", "{hostile:?}");
    }
    assert_eq!(scene.grant().await.version, grant);
    assert_eq!(
        scene.store.calls() - calls,
        3 * 3,
        "of what cannot be, the store was asked nothing"
    );
    assert_eq!(scene.redeem("ana", &credentials, NOON).await.status, 201);
}

#[tokio::test]
async fn both_ends_of_the_duration_are_taken() {
    for minutes in [15, 2880] {
        let scene = Scene::new();
        let mut body = offer();
        body["duration_minutes"] = minutes.into();
        let created = scene.send(customer_event("sub-carla", CREATE, Some(&body)), NOON).await;
        assert_eq!(created.body["expires_at"], NOON.plus(minutes * 60).to_string());
    }
}

/// A session's token, another client's and an ID token on each of the customer's routes, and each
/// side's own token on the other's.
#[tokio::test] // P20, P21
async fn only_the_customer_himself_offers_and_only_an_agent_redeems() {
    let (scene, credentials) = Scene::granted().await;
    let calls = scene.store.calls();
    for route in [CREATE, READ, REVOKE, OPTIONS, REGENERATE] {
        for (claim, value) in [
            ("act", json!("map[sub:ana]")),
            ("support_session", json!("AAECAwQFBgcICQoLDA0ODw")),
            ("client_id", json!("support-access")),
            ("token_use", json!("id")),
            ("sub", json!("")),
        ] {
            let mut event = by_carla(route);
            event["requestContext"]["authorizer"]["jwt"]["claims"][claim] = value;
            let refused = scene.send(event, NOON).await;
            assert_eq!(
                (refused.status, refused.slug()),
                (401, "unauthenticated"),
                "{route}, {claim}"
            );
        }
        let refused = scene.send(agent_event("ana", route, &offer()), NOON).await;
        assert_eq!(refused.status, 401, "an agent's on {route}");
    }
    let refused = scene.send(customer_event("sub-carla", REDEEM, Some(&credentials)), NOON).await;
    assert_eq!(refused.status, 401, "a customer's own on redeem");
    let mut event = agent_event("ana", REDEEM, &credentials);
    event["requestContext"]["authorizer"]["jwt"]["claims"]["cognito:groups"] = "[Billing]".into();
    assert_eq!(scene.send(event, NOON).await.slug(), "not-allowed");
    assert_eq!(scene.store.calls(), calls, "the store was asked nothing");
    // Another customer has nothing here.
    scene.world.customer(customer("dora"));
    for route in [READ, REVOKE, REGENERATE] {
        let other = scene.send(customer_event("sub-dora", route, None), NOON).await;
        assert_eq!(other.slug(), "not-found", "{route}");
    }
}

#[tokio::test] // P20, P31
async fn who_may_not_be_supported_offers_nothing() {
    type Change = fn(&World);
    let cases: [(&str, i64, &str, Change); 5] = [
        ("suspended", 403, "not-allowed", |world| {
            world.customer(Customer { status: CustomerStatus::Suspended, ..customer("carla") });
        }),
        ("disabled", 403, "not-allowed", |world| {
            world.sign_in_status(
                "sub-carla",
                SignInStatus { sign_in: SignIn::Disabled, mfa: false },
            );
        }),
        ("colleague", 403, "not-allowed", |world| world.colleague(&customer("carla").email)),
        ("down", 503, "unavailable", |world| world.down(true)),
        ("without ecosystems", 422, "environment-refused", |world| {
            world.customer(Customer { ecosystems: vec![], ..customer("carla") });
        }),
    ];
    for (what, status, slug, change) in cases {
        let scene = Scene::new();
        change(&scene.world);
        let refused = scene.carla(CREATE, NOON).await;
        assert_eq!((refused.status, refused.slug()), (status, slug), "{what}");
        assert!(scene.stored().await.is_none() && scene.world.emails().is_empty(), "{what}");
        let options = scene.carla(OPTIONS, NOON).await;
        let none = what == "without ecosystems";
        assert_eq!(options.status, if none { 200 } else { status }, "{what}");
        assert!(!none || options.body["ecosystems"] == json!([]), "{what}");
    }
    let unknown = Scene::new().send(customer_event("sub-dora", CREATE, Some(&offer())), NOON).await;
    assert_eq!((unknown.status, unknown.slug()), (403, "not-allowed"));
}

/// Two customers may come to share a key, once in a million: neither gets at the other's grant.
#[tokio::test]
async fn whose_key_is_the_same_has_nothing_here() {
    let (scene, _) = Scene::granted().await;
    scene.world.customer(customer("dora"));
    let mut shared = scene.grant().await;
    (shared.key, shared.version) = (GrantKey::of("sub-dora", &key()), 1);
    assert_eq!(scene.store.memory.save_grant(&shared, &[]).await, Ok(Saved::Done));
    for route in [READ, REVOKE, REGENERATE] {
        let answer = scene.send(customer_event("sub-dora", route, None), NOON).await;
        assert_eq!(answer.slug(), "not-found", "{route}");
    }
    let kept = scene.store.memory.load_grant(&shared.key).await.unwrap().unwrap();
    assert_eq!((kept.version, kept.ended), (1, None));
}

/// An address in the pool that leads to somebody else's record makes nobody somebody else.
#[tokio::test] // P20
async fn the_record_must_be_his_own() {
    struct Pool;
    impl CustomerPool for Pool {
        async fn sign_in_status(&self, _: &str) -> Result<SignInStatus, Failure> {
            Ok(CONFIRMED)
        }

        async fn account(&self, _: &str) -> Result<Option<(EmailAddress, SignInStatus)>, Failure> {
            Ok(Some((customer("carla").email, CONFIRMED)))
        }
    }
    let scene = Scene::new();
    let world = || scene.world.clone();
    let app = app(scene.store.clone(), world(), world(), Pool, world());
    for (user, status) in [("sub-eve", 403), ("sub-carla", 201)] {
        let event = customer_event(user, CREATE, Some(&offer()));
        let answer = send(event, NOON, async |request| handle(&app, request).await).await;
        assert_eq!(answer.status, status, "{user}");
    }
}

#[tokio::test] // P33
async fn whoever_has_left_redeems_nothing_and_keeps_the_grant_from_nobody() {
    let (scene, credentials) = Scene::granted().await;
    scene.world.agent("ana", false);
    let refused = scene.redeem("ana", &credentials, NOON).await;
    assert_eq!((refused.status, refused.slug()), (403, "not-allowed"));
    assert!(scene.verifications().await.is_empty());
    assert_eq!(scene.redeem("ben", &credentials, NOON).await.status, 201);
}

/// His address in the pool is his to write, so that he could ask whose it is.
#[tokio::test] // P20, P23
async fn who_takes_anothers_address_is_not_told_whether_he_works_in_support() {
    let mut told = Vec::new();
    for works_in_support in [false, true] {
        let scene = Scene::new();
        scene.world.customer(Customer { user_id: "sub-eve".into(), ..customer("carla") });
        if works_in_support {
            scene.world.colleague(&customer("carla").email);
        }
        for route in [OPTIONS, CREATE] {
            let refused = scene.carla(route, NOON).await;
            told.push((refused.status, refused.body["detail"].clone()));
        }
    }
    assert_eq!(told[..2], told[2..]);
    assert_eq!(told[0].0, 403);
}

#[tokio::test] // P20, P31
async fn what_changed_since_the_offer_is_seen_when_it_is_redeemed() {
    type Change = fn(&World);
    let cases: [(&str, &str, Change); 4] = [
        ("works in support by now", "not-allowed", |world| {
            world.colleague(&customer("carla").email);
        }),
        ("down", "unavailable", |world| world.down(true)),
        ("another with this address", "grant-refused", |world| {
            world.customer(Customer { user_id: "sub-eve".into(), ..customer("carla") });
        }),
        ("the agent himself", "not-allowed", |_| {}),
    ];
    for (what, slug, change) in cases {
        let (scene, credentials) = Scene::granted().await;
        change(&scene.world);
        let by_himself = what == "the agent himself";
        let mut event = agent_event("ana", REDEEM, &credentials);
        if by_himself {
            event["requestContext"]["authorizer"]["jwt"]["claims"]["email"] =
                "carla@example.com".into();
        }
        assert_eq!(scene.send(event, NOON).await.slug(), slug, "{what}");
        assert!(scene.verifications().await.is_empty(), "{what}");
        assert_eq!(scene.grant().await.redeemed_by, None, "{what}: it is still anybody's");
    }
}

#[tokio::test] // P5
async fn it_serves_until_its_deadline_and_as_long_as_a_session_fits() {
    let (scene, credentials) = Scene::granted().await;
    for (now, slug) in [
        (END.plus(1), "grant-refused"),
        (END, "grant-refused"),
        (before(END), "grant-refused"),
        (Timestamp::from_millis(END.millis() - 299_999), "grant-refused"),
        (Timestamp::from_millis(END.millis() - 300_000), "ok"),
    ] {
        assert_eq!(scene.redeem("ana", &credentials, now).await.slug(), slug, "{now}");
    }
    // At its end it is over for its customer, too, swept or not.
    for (now, slug) in [(before(END), "ok"), (END, "not-found"), (END.plus(1), "not-found")] {
        assert_eq!(scene.carla(READ, now).await.slug(), slug, "{now}");
    }
    for route in [REGENERATE, REVOKE] {
        assert_eq!(scene.carla(route, END).await.slug(), "not-found", "{route}");
    }
    assert_eq!(scene.grant().await.ended, None, "nobody has swept");
}

// --- counts ---

#[tokio::test] // P2, P3
async fn five_wrong_ones_lock_a_user_name_for_whomever() {
    let (scene, credentials) = Scene::granted().await;
    let bad = wrong(&credentials);
    for (n, by) in (0..).zip(["ana", "ben", "cleo", "ana", "ben"]) {
        let now = NOON.plus(n);
        assert_eq!(scene.redeem(by, &bad, now).await.slug(), "grant-refused");
    }
    let until = NOON.plus(4 + 900);
    for (by, what) in [("ana", &bad), ("dan", &bad), ("ana", &credentials)] {
        let locked = scene.redeem(by, what, before(until)).await;
        assert_eq!((locked.status, locked.slug()), (429, "too-many-requests"));
    }
    assert!(scene.verifications().await.is_empty());
    assert_eq!(scene.redeem("ana", &bad, until).await.slug(), "grant-refused", "then anew");

    // A right one between gives none back of those that were wrong.
    let (scene, credentials) = Scene::granted().await;
    for _ in 0..4 {
        assert_eq!(scene.redeem("ben", &wrong(&credentials), NOON).await.slug(), "grant-refused");
    }
    assert_eq!(scene.redeem("ana", &credentials, NOON).await.status, 201);
    for _ in 0..3 {
        assert_eq!(
            scene.redeem("ana", &credentials, NOON).await.slug(),
            "wrong-step",
            "right, and not counted"
        );
    }
    assert_eq!(scene.redeem("ben", &wrong(&credentials), NOON).await.slug(), "grant-refused");
    assert_eq!(scene.redeem("ben", &wrong(&credentials), NOON).await.slug(), "too-many-requests");
}

/// Whatever is wrong is one answer, to the byte, at the same cost; and what does not exist is locked
/// as well.
#[tokio::test] // P14, P23
async fn whether_it_exists_makes_no_difference() {
    let (scene, credentials) = Scene::granted().await;
    let change = |field: &str, value: &str| {
        let mut body = credentials.clone();
        body[field] = value.into();
        body
    };
    let asked = async |scene: &Scene, body: &Value| {
        let calls = scene.store.calls();
        let answer = scene.redeem("ana", body, NOON).await;
        (answer.status, answer.body.to_string(), scene.store.calls() - calls)
    };
    let wrong_password = asked(&scene, &change("password", "wrong")).await;
    assert_eq!((wrong_password.0, wrong_password.2), (422, 3), "look-ups, count, grant");
    for body in [
        change("security_code", "000000"),
        change("user_name", "aaaa-aaaa-aaaa-aaaa"),
        change("user_name", "nobody"),
        change("user_name", "\u{1f600}"),
    ] {
        assert_eq!(asked(&scene, &body).await, wrong_password, "{body}");
    }
    let (revoked, old) = Scene::granted().await;
    assert_eq!(revoked.carla(REVOKE, NOON).await.status, 204);
    assert_eq!(asked(&revoked, &old).await, wrong_password);
    for name in ["nobody", "aaaa-aaaa-aaaa-aaaa"] {
        let scene = Scene::new();
        for _ in 0..5 {
            assert_eq!(asked(&scene, &change("user_name", name)).await, wrong_password);
        }
        let (status, _, calls) = asked(&scene, &change("user_name", name)).await;
        assert_eq!((status, calls), (429, 3), "{name}");
    }
}

#[tokio::test] // P3
async fn redeeming_counts_against_look_ups_and_mails_and_making_against_its_own() {
    // 30 look-ups of an agent, right and wrong, on whatever user name.
    let (scene, credentials) = Scene::granted().await;
    for n in 0..30 {
        let mut body = credentials.clone();
        body["user_name"] = format!("nobody{n}").into();
        assert_eq!(scene.redeem("ana", &body, NOON).await.slug(), "grant-refused");
    }
    let over = scene.redeem("ana", &credentials, NOON).await;
    assert_eq!((over.slug(), over.status), ("too-many-requests", 429));
    assert_eq!(scene.redeem("ben", &credentials, NOON).await.status, 201, "his own");

    // Ten emails to a customer in an hour.
    let (scene, credentials) = Scene::granted().await;
    for _ in 0..10 {
        assert_eq!(scene.redeem("ana", &credentials, NOON).await.status, 201);
        scene.cancel().await;
    }
    let version = scene.grant().await.version;
    assert_eq!(scene.redeem("ana", &credentials, NOON).await.slug(), "too-many-requests");
    assert_eq!(scene.verifications().await.len(), 10);
    assert_eq!(scene.grant().await.version, version, "nothing was written");

    // Ten makings in an hour, made or replaced.
    let scene = Scene::new();
    for _ in 0..5 {
        assert_eq!(scene.carla(CREATE, NOON).await.status, 201);
        assert_eq!(scene.carla(CREATE, NOON).await.slug(), "grant-exists", "which does not count");
        assert_eq!(scene.carla(REGENERATE, NOON).await.status, 200);
        assert_eq!(scene.carla(REVOKE, NOON).await.status, 204);
    }
    let (version, emails) = (scene.grant().await.version, scene.world.emails().len());
    for _ in 0..3 {
        let over = scene.carla(CREATE, NOON).await;
        assert_eq!((over.status, over.slug()), (429, "too-many-requests"));
    }
    assert_eq!(scene.grant().await.version, version);
    assert_eq!(scene.world.emails().len(), emails, "nor is he told again how the last one ended");
    let next_hour = NOON.plus(3600);
    assert_eq!(scene.carla(CREATE, next_hour).await.status, 201);

    // Of the tenth, replacing is refused and taking back is not.
    let (scene, credentials) = Scene::granted().await;
    for _ in 0..9 {
        assert_eq!(scene.carla(REGENERATE, NOON).await.status, 200);
    }
    assert_eq!(scene.carla(REGENERATE, NOON).await.slug(), "too-many-requests");
    assert_eq!(scene.redeem("ana", &credentials, NOON).await.slug(), "grant-refused");
    assert_eq!(scene.carla(REVOKE, NOON).await.status, 204);
}

// --- the end of the verification under it ---

#[tokio::test] // P13, P15
async fn revoking_ends_a_session_and_regenerating_does_not() {
    for (route, ends) in [(REVOKE, true), (REGENERATE, false)] {
        let (scene, old) = Scene::redeemed().await;
        let walk = scene.mint().await;
        assert_eq!(scene.save(in_session(&walk)).await, Saved::Done);
        let answer = scene.carla(route, NOON.plus(10)).await;
        assert_eq!(answer.slug(), "ok");
        let after = scene.verification().await;
        assert_eq!(outcome(&after), ends.then_some(Outcome::Ended), "{route}");
        assert_eq!(scene.redeem("ana", &old, NOON.plus(10)).await.slug(), "grant-refused");
        if !ends {
            // The new ones wait for the end of it, and until then the customer sees who is there.
            let new = credentials(&answer);
            let used_by = async |now| scene.carla(READ, now).await.body.get("redeemed_by").cloned();
            assert_eq!(used_by(NOON.plus(299)).await, Some(json!({"name": "ana"})));
            assert_eq!(used_by(NOON.plus(300)).await, None);
            let waits = scene.redeem("ben", &new, NOON.plus(11)).await;
            assert_eq!(waits.body["verification_status"], "in_session");
            assert_eq!(scene.redeem("ben", &new, NOON.plus(300)).await.status, 201);
        }
        scene.check(NOON.plus(300)).await;
    }
}

#[tokio::test]
async fn regenerating_closes_what_is_not_in_session() {
    let (scene, _) = Scene::redeemed().await;
    scene.mint().await;
    assert_eq!(scene.carla(REGENERATE, NOON).await.status, 200);
    let closed = scene.verification().await;
    assert_eq!(outcome(&closed), Some(Outcome::Denied));
    assert_eq!(closed.steps.last().unwrap().detail, Some(Facts::CredentialsReplaced.into()));
    let grant = scene.grant().await;
    assert_eq!((&grant.redeemed_by, grant.ended), (&None, None));
    assert_eq!(scene.carla(READ, NOON).await.body.get("redeemed_by"), None);
}

/// Whichever is written first wins; in the end there is no session under a grant that is over.
#[tokio::test] // P13
async fn a_revoke_wins_over_a_mint_and_ends_a_session_that_was_first() {
    // Revoked while Cognito mints: what would start the session finds another version.
    let (scene, _) = Scene::redeemed().await;
    let walk = scene.mint().await;
    assert_eq!(scene.carla(REVOKE, NOON).await.status, 204);
    assert_eq!(scene.save(in_session(&walk)).await, Saved::LostRace);
    let closed = scene.verification().await;
    assert_eq!(outcome(&closed), Some(Outcome::Denied));
    let (session, _) = walk.sealed();
    let again = closed.start_session(session, &walk.page.secret, &walk.key, NOON);
    assert!(again.is_err(), "nor on what is stored then");

    // The session starts between any two of the revoke's calls.
    for nth in 0..5 {
        let (scene, _) = Scene::redeemed().await;
        let walk = scene.mint().await;
        let started = in_session(&walk);
        let other = scene.clone();
        let meddled = Meddled::new(&scene, nth, async move || {
            other.save(started).await;
        });
        let revoked = scene.send_by(meddled.clone(), by_carla(REVOKE), NOON).await;
        assert_eq!(revoked.status, 204, "{nth}");
        let expected = if meddled.came() { Outcome::Ended } else { Outcome::Denied };
        assert_eq!(outcome(&scene.verification().await), Some(expected), "{nth}");
        assert_eq!(scene.grant().await.ended.map(|ended| ended.how), Some(GrantEnding::Revoked));
        scene.check(NOON).await;
    }
}

// --- what breaks ---

/// The store fails at each of its calls in turn, before or after it has done what it was asked.
async fn at_every_call(
    calls: usize,
    start: impl AsyncFn() -> (Scene, Value),
    call: impl Fn(&Value) -> Value,
    then: impl AsyncFn(&Scene, &Value, Answered, &str),
) {
    let (scene, credentials) = start().await;
    let made = scene.store.calls();
    assert!(scene.send(call(&credentials), NOON).await.status < 300);
    assert_eq!(scene.store.calls() - made, calls);
    for nth in 0..calls {
        for fault in [Fault::Before, Fault::After] {
            let (scene, credentials) = start().await;
            scene.store.fail(nth, fault);
            let answer = scene.send(call(&credentials), NOON).await;
            scene.check(NOON).await;
            let what = format!("{fault:?} at {nth}");
            assert!(matches!(answer.slug(), "ok" | "unavailable"), "{what}: {answer:?}");
            then(&scene, &credentials, answer, &what).await;
        }
    }
}

#[tokio::test] // P11, P25
async fn a_grant_whose_making_broke_off_is_none_or_can_be_replaced() {
    let start = async || (Scene::new(), Value::Null);
    // Read, write, told.
    at_every_call(
        3,
        start,
        |_| by_carla(CREATE),
        async |scene, _, answer, what| {
            match (answer.slug(), scene.stored().await) {
                ("ok", Some(grant)) => {
                    assert_eq!(scene.world.emails().len(), 1, "{what}");
                    // What could not be noted is told again.
                    let owed = grant.notice.map(|notice| (notice.kind, notice.due_at));
                    let noted = what == "After at 2";
                    let again = (GrantNoticeKind::Created, NOON.plus(20));
                    assert_eq!(owed, (!noted).then_some(again), "{what}");
                    let redeemed = scene.redeem("ana", &credentials(&answer), NOON).await;
                    assert_eq!(redeemed.status, 201, "{what}");
                }
                ("unavailable", None) => {
                    assert!(scene.world.emails().is_empty(), "{what}");
                    assert_eq!(scene.carla(CREATE, NOON).await.status, 201, "{what}: again");
                }
                // Made, and nobody has seen the credentials: he is told, and replaces them.
                ("unavailable", Some(grant)) => {
                    let about = grant.notice.map(|notice| notice.kind);
                    assert_eq!(about, Some(GrantNoticeKind::Created), "{what}");
                    assert_eq!(scene.carla(CREATE, NOON).await.slug(), "grant-exists", "{what}");
                    assert_eq!(scene.carla(REGENERATE, NOON).await.status, 200, "{what}");
                }
                other => panic!("{what}: {other:?}"),
            }
        },
    )
    .await;
}

#[tokio::test] // P11, P25
async fn credentials_are_replaced_with_their_verification_or_not_at_all() {
    // Grant, verification, write, told.
    at_every_call(
        4,
        Scene::redeemed,
        |_| by_carla(REGENERATE),
        async |scene, old, answer, what| {
            let (grant, verification) = (scene.grant().await, scene.verification().await);
            match (answer.slug(), outcome(&verification)) {
                ("ok", Some(Outcome::Denied)) => {
                    let new = credentials(&answer);
                    assert_eq!(scene.redeem("ben", &new, NOON).await.status, 201, "{what}");
                }
                ("unavailable", Some(Outcome::Denied)) => {
                    let about = grant.notice.map(|notice| notice.kind);
                    assert_eq!(about, Some(GrantNoticeKind::Renewed), "{what}: he is told");
                }
                ("unavailable", None) => {
                    assert_eq!(scene.redeem("ana", old, NOON).await.slug(), "wrong-step", "{what}");
                    assert_eq!(scene.carla(REGENERATE, NOON).await.status, 200, "{what}: again");
                }
                other => panic!("{what}: {other:?}"),
            }
            assert_eq!(scene.redeem("ana", old, NOON).await.slug(), "grant-refused", "{what}");
        },
    )
    .await;
}

#[tokio::test] // P11, P15, P25
async fn a_grant_is_revoked_with_its_verification_or_not_at_all() {
    // Grant, verification, write. The sweep tells him.
    at_every_call(
        3,
        Scene::redeemed,
        |_| by_carla(REVOKE),
        async |scene, old, answer, what| {
            let (grant, verification) = (scene.grant().await, scene.verification().await);
            let over = (grant.ended.is_some(), outcome(&verification).is_some());
            match (answer.slug(), over) {
                ("ok" | "unavailable", (true, true)) => {
                    let owed = grant.notice.map(|notice| (notice.kind, notice.due_at));
                    assert_eq!(owed, Some((GrantNoticeKind::Ended, NOON)), "{what}");
                    assert_eq!(verification.notice.unwrap().kind, NoticeKind::Close, "{what}");
                    assert_eq!(scene.carla(REVOKE, NOON).await.slug(), "not-found", "{what}");
                }
                ("unavailable", (false, false)) => {
                    assert_eq!(scene.carla(REVOKE, NOON).await.status, 204, "{what}: again");
                }
                other => panic!("{what}: {other:?}"),
            }
            assert_eq!(scene.redeem("ana", old, NOON).await.slug(), "grant-refused", "{what}");
        },
    )
    .await;
}

#[tokio::test] // P4, P11, P25
async fn a_redeem_that_broke_off_is_none_or_goes_on() {
    // Look-ups, count, grant, given back, write, read, told: without one before there is none to read.
    let redeem = |credentials: &Value| agent_event("ana", REDEEM, credentials);
    at_every_call(7, Scene::granted, redeem, async |scene, credentials, answer, what| {
        let (grant, all) = (scene.grant().await, scene.verifications().await);
        assert_eq!(grant.verification.as_ref(), all.first().map(|v| &v.id), "{what}");
        match (answer.slug(), all.as_slice()) {
            ("ok", [started]) => {
                assert_eq!(scene.world.emails().len(), 2, "{what}");
                let noted = what == "After at 6";
                assert_eq!(started.notice.is_none(), noted, "{what}: told again otherwise");
            }
            ("unavailable", [started]) => {
                assert_eq!(
                    started.notice.unwrap().kind,
                    NoticeKind::GrantUsed,
                    "{what}: he is told"
                );
                let again = scene.redeem("ana", credentials, NOON).await;
                assert_eq!(again.slug(), "wrong-step", "{what}: it is there, and his");
            }
            ("unavailable", []) => {
                assert_eq!(scene.world.emails().len(), 1, "{what}: nobody came");
                assert_eq!(scene.redeem("ana", credentials, NOON).await.status, 201, "{what}");
            }
            other => panic!("{what}: {other:?}"),
        }
        // However it broke off, no more wrong ones fit in than without it.
        let mut refused = 0;
        while scene.redeem("ben", &wrong(credentials), NOON).await.slug() == "grant-refused" {
            refused += 1;
        }
        assert!((4..=5).contains(&refused), "{what}: {refused}");
    })
    .await;
}

/// P4: what fails after a wrong entry was counted takes nothing of the count back.
#[tokio::test] // P4
async fn a_wrong_entry_stays_counted_whatever_fails_after_it() {
    for (nth, fault, counted) in [
        (0, Fault::Before, false),
        (0, Fault::After, false),
        (1, Fault::Before, false),
        (1, Fault::After, true),
        (2, Fault::Before, true),
        (2, Fault::After, true),
    ] {
        let (scene, credentials) = Scene::granted().await;
        scene.store.fail(nth, fault);
        let first = scene.redeem("ana", &wrong(&credentials), NOON).await;
        assert_eq!(first.slug(), "unavailable", "{fault:?} at {nth}: it was not judged");
        let mut refused = 0;
        while scene.redeem("ana", &wrong(&credentials), NOON).await.slug() == "grant-refused" {
            refused += 1;
        }
        assert_eq!(refused, if counted { 4 } else { 5 }, "{fault:?} at {nth}");
    }
}

#[tokio::test] // P25, P26, P30
async fn mail_that_is_down_is_owed_and_holds_up_nobody() {
    let scene = Scene::new();
    scene.world.email_down(true);
    let owed =
        async |scene: &Scene| scene.grant().await.notice.map(|notice| (notice.kind, notice.due_at));
    let created = scene.carla(CREATE, NOON).await;
    assert_eq!(created.status, 201);
    assert_eq!(owed(&scene).await, Some((GrantNoticeKind::Created, NOON.plus(20))));
    let renewed = scene.carla(REGENERATE, NOON.plus(1)).await;
    assert_eq!(renewed.status, 200);
    assert_eq!(owed(&scene).await, Some((GrantNoticeKind::Renewed, NOON.plus(21))), "the newer");
    let redeemed = scene.redeem("ana", &credentials(&renewed), NOON.plus(2)).await;
    assert_eq!(redeemed.status, 201);
    let notice = scene.verification().await.notice.unwrap();
    assert_eq!((notice.kind, notice.due_at), (NoticeKind::GrantUsed, NOON.plus(22)));
    assert_eq!(scene.carla(REVOKE, NOON.plus(3)).await.status, 204);
    assert_eq!(owed(&scene).await, Some((GrantNoticeKind::Ended, NOON.plus(3))));
    // A new one would take the place of that: it is told first, or nothing is done.
    let version = scene.grant().await.version;
    assert_eq!(scene.carla(CREATE, NOON.plus(4)).await.slug(), "unavailable");
    assert_eq!(scene.grant().await.version, version);
    scene.world.email_down(false);
    assert_eq!(scene.carla(CREATE, NOON.plus(5)).await.status, 201);
    let subjects: Vec<_> =
        scene.world.emails().into_iter().map(|(_, email)| email.subject).collect();
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    assert!(subjects[0].contains("revoked") && subjects[1].contains("activated"), "{subjects:?}");
    scene.check(NOON.plus(5)).await;
}

/// One that ran out and was not swept yet, one that was, and one of which he was told.
#[tokio::test] // P30
async fn a_new_one_tells_the_end_of_the_old_one_once() {
    let subjects = |scene: &Scene| -> Vec<_> {
        scene.world.emails().into_iter().map(|(_, email)| email.subject).skip(1).collect()
    };
    let (unswept, _) = Scene::granted().await;
    let (swept, _) = Scene::granted().await;
    let ended = swept.grant().await.end_if_over(END).unwrap();
    assert_eq!(swept.store.memory.save_grant(&ended, &[]).await, Ok(Saved::Done));
    for scene in [unswept, swept.clone()] {
        assert_eq!(scene.carla(CREATE, END).await.status, 201);
        let subjects = subjects(&scene);
        assert_eq!(subjects.len(), 2, "{subjects:?}");
        assert!(
            subjects[0].contains("expired") && subjects[1].contains("activated"),
            "{subjects:?}"
        );
    }
    let (told, _) = Scene::granted().await;
    let ended = told.grant().await.end_if_over(END).unwrap();
    assert_eq!(told.store.memory.save_grant(&ended, &[]).await, Ok(Saved::Done));
    let done = ended.notice_sent(GrantNoticeKind::Ended).unwrap();
    assert_eq!(told.store.memory.save_grant(&done, &[]).await, Ok(Saved::Done));
    assert_eq!(told.carla(CREATE, END).await.status, 201);
    assert_eq!(subjects(&told).len(), 1, "of the new one alone");
}

struct Hanging;

impl Mailer for Hanging {
    async fn send(&self, _: &EmailAddress, _: &Email) -> Result<(), Failure> {
        std::future::pending().await
    }
}

#[tokio::test] // P25
async fn mail_that_hangs_is_waited_for_two_seconds() {
    let (scene, credentials) = Scene::granted().await;
    let other = Scene::new();
    let hanging = |scene: &Scene| {
        let world = || scene.world.clone();
        app(scene.store.clone(), world(), world(), world(), Hanging)
    };
    let (apps, events) = (
        [hanging(&scene), hanging(&other)],
        [agent_event("ana", REDEEM, &credentials), by_carla(CREATE)],
    );
    #[expect(clippy::disallowed_methods, reason = "how long it really takes")]
    let started = std::time::Instant::now();
    let [redeem, create] = events;
    let (redeemed, created) = tokio::join!(
        send(redeem, NOON, async |request| handle(&apps[0], request).await),
        send(create, NOON, async |request| handle(&apps[1], request).await),
    );
    assert!((2..4).contains(&started.elapsed().as_secs()));
    assert_eq!((redeemed.status, created.status), (201, 201));
    assert_eq!(scene.verification().await.notice.unwrap().kind, NoticeKind::GrantUsed, "owed");
    assert_eq!(other.grant().await.notice.unwrap().kind, GrantNoticeKind::Created, "owed");
}

/// With pools and directory away, what is made already is read, replaced and taken back.
#[tokio::test] // P25
async fn a_grant_can_be_taken_back_whatever_else_is_down() {
    let (scene, credentials) = Scene::redeemed().await;
    scene.world.down(true);
    assert_eq!(scene.carla(READ, NOON).await.status, 200);
    for route in [CREATE, OPTIONS] {
        assert_eq!(scene.carla(route, NOON).await.slug(), "unavailable", "{route}");
    }
    assert_eq!(scene.redeem("ana", &credentials, NOON).await.slug(), "unavailable");
    assert_eq!(scene.carla(REGENERATE, NOON).await.status, 200);
    assert_eq!(scene.carla(REVOKE, NOON).await.status, 204);
}

// --- at the same moment ---

/// A store before whose `nth` call somebody else does something.
#[derive(Clone)]
struct Meddled {
    store: FaultyStore,
    left: Arc<AtomicUsize>,
    with: Arc<Mutex<Option<Meddler>>>,
}

type Meddler = Box<dyn FnOnce() + Send>;

impl Meddled {
    fn new(scene: &Scene, nth: usize, with: impl AsyncFnOnce() + Send + 'static) -> Self {
        let with: Meddler = Box::new(move || {
            std::thread::spawn(move || block_on(with())).join().expect("no panic");
        });
        Self {
            store: scene.store.clone(),
            left: Arc::new(AtomicUsize::new(nth + 1)),
            with: Arc::new(Mutex::new(Some(with))),
        }
    }

    /// Whether he came at all.
    fn came(&self) -> bool {
        self.with.lock().unwrap().is_none()
    }

    async fn then<T>(&self, call: impl Future<Output = T>) -> T {
        if self.left.load(Ordering::Relaxed) > 0 && self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            let with = self.with.lock().unwrap().take();
            with.expect("once")();
        }
        call.await
    }
}

impl Verifications for Meddled {
    async fn load(&self, id: &VerificationId) -> Result<Option<Verification>, Failure> {
        self.then(Verifications::load(&self.store, id)).await
    }

    async fn save(&self, change: &Change) -> Result<Saved, Failure> {
        self.then(self.store.save(change)).await
    }
}

impl SupportGrants for Meddled {
    async fn load_grant(&self, key: &GrantKey) -> Result<Option<SupportGrant>, Failure> {
        self.then(self.store.load_grant(key)).await
    }

    async fn save_grant(
        &self,
        next: &SupportGrant,
        quota_uses: &[QuotaUse],
    ) -> Result<Saved, Failure> {
        self.then(self.store.save_grant(next, quota_uses)).await
    }
}

impl Quotas for Meddled {
    async fn spend(&self, quota_use: &QuotaUse) -> Result<Saved, Failure> {
        self.then(self.store.spend(quota_use)).await
    }

    async fn count(&self, lockout: &LockoutQuota, now: Timestamp) -> Result<Counted, Failure> {
        self.then(self.store.count(lockout, now)).await
    }

    async fn give_back(&self, lockout: &LockoutQuota) -> Result<(), Failure> {
        self.then(self.store.give_back(lockout)).await
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(future)
}

/// Each route, and each other one between any two of its calls.
#[tokio::test] // P10, P14
async fn whoever_comes_between_is_not_overwritten() {
    let events = |credentials: &Value| {
        [
            ("create", by_carla(CREATE)),
            ("regenerate", by_carla(REGENERATE)),
            ("revoke", by_carla(REVOKE)),
            ("ana", agent_event("ana", REDEEM, credentials)),
            ("ben", agent_event("ben", REDEEM, credentials)),
        ]
    };
    let mut met = 0;
    for redeemed in [false, true] {
        for first in 0..5 {
            for between in 0..5 {
                for nth in 0..12 {
                    let (scene, old) =
                        if redeemed { Scene::redeemed().await } else { Scene::granted().await };
                    let (name, event) = events(&old)[first].clone();
                    let (other_name, other) = events(&old)[between].clone();
                    let what = format!("{other_name} before call {nth} of {name}");
                    let answered = Arc::new(Mutex::new(None));
                    let (by, note) = (scene.clone(), answered.clone());
                    let meddled = Meddled::new(&scene, nth, async move || {
                        *note.lock().unwrap() = Some(by.send(other, NOON).await);
                    });
                    let answer = scene.send_by(meddled.clone(), event, NOON).await;
                    if !meddled.came() {
                        break;
                    }
                    met += 1;
                    scene.check(NOON).await;
                    assert!(answer.status < 500, "{what}: {answer:?}");
                    let other = answered.lock().unwrap().take().unwrap();
                    assert!(other.status < 500, "{what}: {other:?}");
                    let done = |which: &str| {
                        (name == which && answer.status < 300)
                            || (other_name == which && other.status < 300)
                    };
                    // Two agents: one of them at most has what was one.
                    if name != other_name
                        && [name, other_name].iter().all(|n| ["ana", "ben"].contains(n))
                    {
                        assert!(!(done("ana") && done("ben")), "{what}");
                    }
                    if done("regenerate") || done("revoke") {
                        let late = scene.redeem("ana", &old, NOON).await;
                        assert_eq!(late.slug(), "grant-refused", "{what}");
                        let open = scene
                            .verifications()
                            .await
                            .iter()
                            .any(|v| v.status() != Status::Closed);
                        assert!(!open, "{what}: it was under the old ones");
                    }
                }
            }
        }
    }
    assert_eq!(met, 180);
}

/// A store in which somebody else is always first.
#[derive(Clone)]
struct Busy(FaultyStore, Arc<AtomicUsize>);

impl Verifications for Busy {
    async fn load(&self, id: &VerificationId) -> Result<Option<Verification>, Failure> {
        Verifications::load(&self.0, id).await
    }

    async fn save(&self, _: &Change) -> Result<Saved, Failure> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(Saved::LostRace)
    }
}

impl SupportGrants for Busy {
    async fn load_grant(&self, key: &GrantKey) -> Result<Option<SupportGrant>, Failure> {
        self.0.load_grant(key).await
    }

    async fn save_grant(&self, _: &SupportGrant, _: &[QuotaUse]) -> Result<Saved, Failure> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(Saved::LostRace)
    }
}

impl Quotas for Busy {
    async fn spend(&self, quota_use: &QuotaUse) -> Result<Saved, Failure> {
        self.0.spend(quota_use).await
    }

    async fn count(&self, lockout: &LockoutQuota, now: Timestamp) -> Result<Counted, Failure> {
        self.0.count(lockout, now).await
    }

    async fn give_back(&self, lockout: &LockoutQuota) -> Result<(), Failure> {
        self.0.give_back(lockout).await
    }
}

#[tokio::test]
async fn a_race_that_is_always_lost_is_given_up_after_four_tries() {
    let (granted, credentials) = Scene::granted().await;
    let bad = wrong(&credentials);
    for _ in 0..3 {
        assert_eq!(granted.redeem("ben", &bad, NOON).await.slug(), "grant-refused");
    }
    for (scene, event) in [
        (Scene::new(), by_carla(CREATE)),
        (granted.clone(), by_carla(REGENERATE)),
        (granted.clone(), by_carla(REVOKE)),
        (granted.clone(), agent_event("ana", REDEEM, &credentials)),
    ] {
        let busy = Busy(scene.store.clone(), Arc::default());
        let answer = scene.send_by(busy.clone(), event, NOON).await;
        assert_eq!((answer.status, answer.slug()), (409, "conflict"));
        assert_eq!(busy.1.load(Ordering::Relaxed), 4);
    }
    // The redeem was right: once it gave back what it had taken from the count, and no more.
    for slug in ["grant-refused", "grant-refused", "too-many-requests"] {
        assert_eq!(granted.redeem("ben", &bad, NOON).await.slug(), slug);
    }
}

/// Sends `events` at once, each from a thread of its own.
fn at_once(scene: &Scene, events: Vec<Value>) -> Vec<Answered> {
    let barrier = Arc::new(Barrier::new(events.len()));
    let callers: Vec<_> = events
        .into_iter()
        .map(|event| {
            let (scene, barrier) = (scene.clone(), barrier.clone());
            std::thread::spawn(move || {
                barrier.wait();
                block_on(scene.send(event, NOON))
            })
        })
        .collect();
    callers.into_iter().map(|caller| caller.join().expect("no panic")).collect()
}

fn count(answers: &[Answered], slug: &str) -> usize {
    answers.iter().filter(|answer| answer.slug() == slug).count()
}

#[tokio::test]
async fn of_many_creates_at_once_one_makes_a_grant() {
    for _ in 0..10 {
        let scene = Scene::new();
        let answers = at_once(&scene, vec![by_carla(CREATE); 24]);
        assert_eq!((count(&answers, "ok"), count(&answers, "grant-exists")), (1, 23));
        let made = answers.iter().find(|answer| answer.slug() == "ok").unwrap();
        assert_eq!(scene.world.emails().len(), 1, "he is told of one");
        assert_eq!(
            scene.redeem("ana", &credentials(made), NOON).await.status,
            201,
            "the one he has"
        );
        // The others took nothing of his quota.
        for _ in 0..9 {
            assert_eq!(scene.carla(REGENERATE, NOON).await.status, 200);
        }
        scene.check(NOON).await;
    }
}

/// Of an agent at once, and of many agents.
#[tokio::test] // P14
async fn of_many_redeems_at_once_one_starts_a_verification() {
    for round in 0..10 {
        let (scene, credentials) = Scene::granted().await;
        let agents: Vec<_> = (0..24)
            .map(|n| if round % 2 == 0 { "ana".to_owned() } else { format!("a{n}") })
            .collect();
        for name in &agents {
            scene.world.agent(name, true);
        }
        let events = agents.iter().map(|by| agent_event(by, REDEEM, &credentials)).collect();
        let answers = at_once(&scene, events);
        assert_eq!(count(&answers, "ok"), 1, "{answers:?}");
        for answer in &answers {
            let expected = ["ok", "wrong-step", "grant-refused", "too-many-requests", "conflict"];
            assert!(expected.contains(&answer.slug()), "{answer:?}");
        }
        assert_eq!(scene.verifications().await.len(), 1);
        assert_eq!(scene.world.emails().len(), 2, "made, and used once");
        scene.check(NOON).await;
    }
}

#[tokio::test] // P2
async fn of_many_wrong_ones_at_once_five_are_judged() {
    for name in [None, Some("nobody")] {
        let (scene, credentials) = Scene::granted().await;
        let mut bad = wrong(&credentials);
        if let Some(name) = name {
            bad["user_name"] = name.into();
        }
        let events = (0..50).map(|n| agent_event(&format!("a{n}"), REDEEM, &bad)).collect();
        let answers = at_once(&scene, events);
        let counted = (count(&answers, "grant-refused"), count(&answers, "too-many-requests"));
        assert_eq!(counted, (5, 45), "{name:?}");
    }
}

#[tokio::test] // P14
async fn a_regenerate_among_redeems_leaves_the_old_ones_dead() {
    for _ in 0..40 {
        let (scene, old) = Scene::granted().await;
        let redeem = agent_event("ana", REDEEM, &old);
        let answers = at_once(&scene, vec![redeem.clone(), by_carla(REGENERATE), redeem]);
        let renewed = &answers[1];
        assert_eq!(renewed.status, 200);
        assert!(count(&answers, "ok") <= 2, "of the redeems one at most");
        for verification in scene.verifications().await {
            assert_eq!(outcome(&verification), Some(Outcome::Denied));
        }
        scene.check(NOON).await;
        assert_eq!(scene.redeem("ana", &old, NOON).await.slug(), "grant-refused");
        assert_eq!(scene.redeem("ben", &credentials(renewed), NOON).await.status, 201);
    }
}

#[tokio::test] // P13, P15
async fn a_revoke_at_the_moment_a_session_starts_leaves_none() {
    for _ in 0..40 {
        let (scene, _) = Scene::redeemed().await;
        let walk = scene.mint().await;
        let started = in_session(&walk);
        let (issuing, barrier) = (scene.clone(), Arc::new(Barrier::new(2)));
        let other = barrier.clone();
        let issue = std::thread::spawn(move || {
            other.wait();
            block_on(issuing.save(started))
        });
        barrier.wait();
        assert_eq!(scene.carla(REVOKE, NOON).await.status, 204);
        let expected = match issue.join().unwrap() {
            Saved::Done => Outcome::Ended,
            _ => Outcome::Denied,
        };
        assert_eq!(outcome(&scene.verification().await), Some(expected));
        scene.check(NOON).await;
    }
}
