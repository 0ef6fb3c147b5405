//! Every call of every route fails once, before and after its effect.

use super::*;

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
                // Made, and nobody has seen the credentials: the customer is told, and replaces them.
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
                    assert_eq!(
                        about,
                        Some(GrantNoticeKind::Renewed),
                        "{what}: the customer is told"
                    );
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
    // Grant, verification, write. The sweep tells the customer.
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
    // Look-ups, count and grant, given back, write, told: without one before there is none to read.
    let redeem = |credentials: &Value| agent_event("ana", REDEEM, credentials);
    at_every_call(6, Scene::granted, redeem, async |scene, credentials, answer, what| {
        let (grant, all) = (scene.grant().await, scene.verifications().await);
        assert_eq!(grant.verification.as_ref(), all.first().map(|v| &v.id), "{what}");
        match (answer.slug(), all.as_slice()) {
            ("ok", [started]) => {
                assert_eq!(scene.world.emails().len(), 2, "{what}");
                let noted = what == "After at 5";
                assert_eq!(started.notice.is_none(), noted, "{what}: told again otherwise");
            }
            ("unavailable", [started]) => {
                assert_eq!(
                    started.notice.unwrap().kind,
                    NoticeKind::GrantUsed,
                    "{what}: the customer is told"
                );
                let again = scene.redeem("ana", credentials, NOON).await;
                assert_eq!(again.slug(), "wrong-step", "{what}: it is there, and this agent's");
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
