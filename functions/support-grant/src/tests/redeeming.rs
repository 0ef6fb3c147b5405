//! An agent enters the credentials.

use super::*;

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
    let actions: Vec<_> =
        verification.steps.iter().filter_map(|step| step.action.known()).collect();
    assert_eq!(actions, [Action::Started, Action::CustomerTold]);
    assert_eq!(verification.notice, None);
    assert_eq!(redeemed.body["steps"].as_array().unwrap().len(), 2, "as it is then");
    let emails = scene.world.emails();
    assert_eq!((emails.len(), emails[1].0.as_str()), (2, "carla@example.com"));
    assert!(emails[1].1.subject.contains("ana entered"), "{}", emails[1].1.subject);

    // While it is open there is no other, for any agent.
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

#[tokio::test] // P33
async fn an_agent_who_has_left_redeems_nothing_and_keeps_the_grant_from_nobody() {
    let (scene, credentials) = Scene::granted().await;
    scene.world.agent("ana", false);
    let refused = scene.redeem("ana", &credentials, NOON).await;
    assert_eq!((refused.status, refused.slug()), (403, "not-allowed"));
    assert!(scene.verifications().await.is_empty());
    assert_eq!(scene.redeem("ben", &credentials, NOON).await.status, 201);
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
        ("the agent's own account", "not-allowed", |_| {}),
    ];
    for (what, slug, change) in cases {
        let (scene, credentials) = Scene::granted().await;
        change(&scene.world);
        let for_themselves = what == "the agent's own account";
        let mut event = agent_event("ana", REDEEM, &credentials);
        if for_themselves {
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
async fn redeeming_counts_against_look_ups_and_emails_and_making_against_its_own() {
    // 30 look-ups of an agent, right and wrong, on whatever user name.
    let (scene, credentials) = Scene::granted().await;
    for n in 0..30 {
        let mut body = credentials.clone();
        body["user_name"] = format!("nobody{n}").into();
        assert_eq!(scene.redeem("ana", &body, NOON).await.slug(), "grant-refused");
    }
    let over = scene.redeem("ana", &credentials, NOON).await;
    assert_eq!((over.slug(), over.status), ("too-many-requests", 429));
    assert_eq!(scene.redeem("ben", &credentials, NOON).await.status, 201, "the same agent's");

    // Ten emails to a customer in an hour, five of them by one agent.
    let (scene, mut credentials) = Scene::granted().await;
    for (agent, emails) in [("ana", 5), ("ben", 5), ("cleo", 0)] {
        for _ in 0..emails {
            assert_eq!(scene.redeem(agent, &credentials, NOON).await.status, 201);
            scene.cancel().await;
        }
        let version = scene.grant().await.version;
        assert_eq!(scene.redeem(agent, &credentials, NOON).await.slug(), "too-many-requests");
        assert_eq!(scene.grant().await.version, version, "nothing was written");
        credentials = super::credentials(&scene.carla(REGENERATE, NOON).await);
    }
    assert_eq!(scene.verifications().await.len(), 10);

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
    assert_eq!(
        scene.world.emails().len(),
        emails,
        "nor is the customer told again how the last one ended"
    );
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
