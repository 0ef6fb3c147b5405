//! What a customer may offer, and what is refused.

use super::*;

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
async fn only_the_customer_offers_and_only_an_agent_redeems() {
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
async fn a_customer_who_may_not_be_supported_offers_nothing() {
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
async fn the_record_must_be_the_customers_own() {
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

/// Customers write their own address in the pool, so a refusal must not tell whose it is.
#[tokio::test] // P20, P23
async fn an_address_taken_from_somebody_else_does_not_tell_whether_they_work_in_support() {
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
