//! Grants that are replaced, revoked or over.

use super::*;

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
        "access",
        "ecosystem",
        "notice",
    ];
    assert_eq!(names(&created.body), shown.into());
    assert!(created.body["notice"].as_str().unwrap().contains("not shown again"));
    assert_eq!(created.body["url"], "https://console.example.com/redeem.html");
    assert_eq!(created.body["expires_at"], END.to_string());
    assert_eq!(created.body["visibility"], json!({"messages": true, "talks": false}));
    assert_eq!(created.body["access"], "view", "unless the customer says otherwise");
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
        (200, ["id", "expires_at", "visibility", "access", "ecosystem"].into())
    );
    for name in ["id", "expires_at", "visibility", "access", "ecosystem"] {
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
            let session = scene.carla(READ, NOON.plus(299)).await.body["session"].clone();
            assert_eq!(session["agent"], json!({"name": "ana"}));
            assert_eq!(session["ecosystem"], json!({"name": "Ecosystem eco-1"}));
            assert_eq!(session["expires_at"], NOON.plus(300).to_string());
            assert_eq!(session["environments"], json!(["store", "web", "app", "rcm"]));
            assert_eq!(scene.carla(READ, NOON.plus(300)).await.body.get("session"), None);
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
    let again = closed.start_session(CONFIRMED, session, &walk.page.secret, &walk.key, NOON);
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
