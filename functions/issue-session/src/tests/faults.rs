//! Crashes, refusals, other callers and lost answers during a mint.

use super::*;

/// The store fails at each of its calls in turn, before or after it has done what it was asked.
#[tokio::test] // P11, P13, P25
async fn a_crash_anywhere_leaves_no_second_session_and_the_process_goes_on() {
    let calls = {
        let scene = Scene::consented().await;
        assert_eq!(scene.issue(NOON).await.slug(), "ok");
        scene.store.calls()
    };
    assert_eq!(calls, 4, "load, lease, session, told");
    for call in 0..calls {
        for fault in [Fault::Before, Fault::After] {
            let scene = Scene::consented().await;
            scene.store.fail(call, fault);
            let first = scene.issue(NOON).await;
            let stored = scene.check().await;
            match (first.slug(), stored.status()) {
                // Told or not told is no reason to withhold what was committed.
                ("ok", Status::InSession) => continue,
                ("unavailable", Status::Consented | Status::Minting | Status::InSession) => {}
                other => panic!("{fault:?} at {call}: {other:?}"),
            }
            assert_ne!(
                stored.status(),
                Status::InSession,
                "{fault:?} at {call}: committed, and its handoffs withheld"
            );
            // Once the lease is over, whatever was minted before, another attempt goes through.
            let later = NOON.plus(46);
            let second = scene.issue(later).await;
            assert_eq!(second.slug(), "ok", "{fault:?} at {call}");
            assert_eq!(scene.check().await.status(), Status::InSession);
        }
    }
}

#[tokio::test] // P25
async fn cognito_down_gives_the_lease_back() {
    let scene = Scene::consented().await;
    scene.world.down(true);
    assert_eq!(scene.issue(NOON).await.slug(), "unavailable");
    assert_eq!(scene.check().await.status(), Status::Consented);
    scene.world.down(false);
    assert_eq!(scene.issue(NOON).await.slug(), "ok");
}

#[tokio::test] // P13, P17, P18
async fn tokens_that_are_not_as_they_must_be_are_discarded() {
    type Spoil = fn(&mut Value);
    let wrong: [(&str, Spoil); 10] = [
        ("another user", |c| c["sub"] = "sub-dora".into()),
        ("no agent", |c| {
            c.as_object_mut().unwrap().retain(|name, _| name != "act" && name != "support_agent");
        }),
        ("another agent", |c| c["act"]["sub"] = "ben".into()),
        ("two agents", |c| c["support_agent"] = "ben".into()),
        ("another environment", |c| {
            if c["environment"] == "web" {
                c["environment"] = "app".into();
            }
        }),
        ("more than was asked", |c| c["access"] = "change".into()),
        ("another ecosystem", |c| c["ecosystem"] = "eco-2".into()),
        ("another session", |c| c["support_session"] = "BBBBBBBBBBBBBBBBBBBBBB".into()),
        ("too long", |c| c["exp"] = (NOON.seconds() + 301).into()),
        ("self-service", |c| c["scope"] = "openid aws.cognito.signin.user.admin".into()),
    ];
    for (what, change) in wrong {
        let scene = Scene::consented().await;
        scene.mints(change);
        assert_eq!(scene.issue(NOON).await.slug(), "unavailable", "{what}");
        let stored = scene.check().await;
        assert_eq!(stored.status(), Status::Consented, "{what}");
        assert!(scene.world.emails().is_empty(), "{what}: nobody was told of a session");
        scene.mints(|_| {});
        assert_eq!(scene.issue(NOON).await.slug(), "ok", "{what}: another attempt goes through");
    }
}

#[tokio::test] // P33
async fn a_permanent_refusal_is_no_outage() {
    let scene = Scene::consented().await;
    scene.world.refuse_mints();
    let disabled = SignInStatus { sign_in: SignIn::Disabled, mfa: false };
    let issued = scene
        .issue_while(|_| {
            scene.world.sign_in_status("sub-carla", disabled);
            vec![]
        })
        .await;
    assert_eq!((issued.slug(), scene.world.mints()), ("not-allowed", 4), "disabled meanwhile");
    assert_eq!(scene.check().await.status(), Status::Consented);

    let scene = Scene::consented().await;
    scene.world.agent("ana", false);
    assert_eq!(scene.issue(NOON).await.slug(), "not-allowed");
    scene.world.agent("ana", true);
    scene.world.sign_in_status("sub-carla", disabled);
    assert_eq!(scene.issue(NOON).await.slug(), "not-allowed");
    assert_eq!(scene.world.mints(), 0);
    assert_eq!(scene.check().await.status(), Status::Consented, "the lease is given back");
    assert_eq!(scene.store.memory.secrets(), (0, 0));
}

/// Cognito's word for it is the same, but nothing is wrong with the customer.
#[tokio::test] // P25
async fn a_refusal_by_the_triggers_is_an_outage() {
    let scene = Scene::consented().await;
    scene.world.refuse_mints();
    assert_eq!(scene.issue(NOON).await.slug(), "unavailable");
    assert_eq!(scene.check().await.status(), Status::Consented);
    scene.mints(|_| {});
    assert_eq!(scene.issue(NOON).await.slug(), "ok");
}

#[tokio::test] // P25
async fn a_session_that_was_not_saved_gives_the_lease_back() {
    let scene = Scene::consented().await;
    scene.store.fail(2, Fault::Before);
    assert_eq!(scene.issue(NOON).await.slug(), "unavailable");
    assert_eq!(scene.check().await.status(), Status::Consented);
    assert_eq!(scene.issue(NOON).await.slug(), "ok", "at once, as the problem said");
}

#[tokio::test(start_paused = true)] // P13
async fn a_mint_that_outlasts_its_lease_opens_nothing() {
    let scene = Scene::consented().await;
    scene.world.mint_takes(Duration::from_secs(8));
    let app = Parts {
        settings: Settings {
            limits: Limits { mint_lease_seconds: 8, ..Limits::default() },
            ..scene.app().settings
        },
        ..scene.app()
    };
    let handle = async |request: &Request| handle(&app, request).await;
    let issued =
        call("POST /verifications/{id}/session", &scene.id, &json!({}), NOON, handle).await;
    assert_eq!(issued.slug(), "wrong-step");
    assert!(scene.world.emails().is_empty());
    assert_ne!(scene.check().await.status(), Status::InSession);
}

#[tokio::test] // P13
async fn a_cancel_or_a_denial_during_the_mint_wins() {
    for error in ["cancel", "deny"] {
        let scene = Scene::consented().await;
        let issued = scene
            .issue_while(|minting| match error {
                "cancel" => match minting.cancel(Reason::parse("no").unwrap(), NOON).unwrap() {
                    ClosedByAgent::Now(next) | ClosedByAgent::Already(next) => vec![next],
                },
                _ => vec![minting.stop_by_customer(NOON).unwrap()],
            })
            .await;
        assert_eq!(
            (issued.slug(), &issued.body["verification_status"]),
            ("wrong-step", &json!("closed")),
            "{error}"
        );
        let stored = scene.check().await;
        let State::Closed(closed) = &stored.state else { panic!("{error}") };
        assert!(closed.session.is_none(), "{error}: there never was a session");
        assert!(scene.world.emails().is_empty(), "{error}");
    }
}

/// The lease of a mint that runs out: another begins.
fn next_mint(minting: Verification) -> Verification {
    let limits = Limits::default();
    let later = NOON.plus(limits.mint_lease_seconds);
    minting.at(later).start_mint(&limits, later).unwrap()
}

#[tokio::test] // P13
async fn a_mint_that_comes_back_to_anothers_lease_leaves_it_alone() {
    let scene = Scene::consented().await;
    let issued = scene.issue_while(|minting| vec![next_mint(minting)]).await;
    assert_eq!(
        (issued.slug(), &issued.body["verification_status"]),
        ("wrong-step", &json!("minting"))
    );
    assert_eq!(scene.check().await.status(), Status::Minting);
    assert!(scene.world.emails().is_empty());
}

#[tokio::test] // P13
async fn a_mint_without_an_answer_does_not_take_anothers_session_for_its_own() {
    let scene = Scene::consented().await;
    let issued = scene
        .issue_while(|minting| {
            let mut walk = Walk::start(1);
            walk.verification = next_mint(minting);
            let (second, (session, _)) = (walk.verification.clone(), walk.sealed());
            let page = &walk.page.secret;
            let begun =
                second.clone().start_session(CONFIRMED, session, page, &walk.key, NOON).unwrap();
            // This mint's own write is lost to that, and its answer on the way.
            scene.store.fail(0, Fault::After);
            vec![second, begun]
        })
        .await;
    assert_eq!(issued.status, 503);
    assert_eq!(scene.check().await.status(), Status::InSession);
}

/// Reading is no act: it takes nothing from a mint, wherever it falls.
#[tokio::test] // P13
async fn a_reading_during_the_mint_does_not_stop_it() {
    for fails in [false, true] {
        let scene = Scene::successor().await;
        if fails {
            scene.world.refuse_mints();
        }
        let reading = async {
            let minting = loop {
                tokio::task::yield_now().await;
                let stored = scene.stored().await;
                if stored.status() == Status::Minting {
                    break stored;
                }
            };
            let limits = support_core::limits::Limits::default();
            let read = minting
                .read_activity(
                    Some(&successor()),
                    Some(Facts::ActivityList { continued: false }),
                    &limits,
                    NOON,
                )
                .unwrap();
            scene.store.memory.save(&Change::to(read)).await.unwrap();
        };
        scene.world.slow(true);
        let (issued, ()) = tokio::join!(scene.issue(NOON), reading);
        let stored = scene.check().await;
        assert!(stored.steps.iter().any(|step| step.action == Action::ActivityRead));
        if fails {
            assert_eq!(issued.slug(), "unavailable");
            assert_eq!(stored.status(), Status::Consented, "the lease is given back");
        } else {
            assert_eq!(issued.slug(), "ok");
            assert_eq!(stored.status(), Status::InSession);
            assert_eq!(scene.world.mints(), 2);
        }
    }
}

#[tokio::test] // P11, P25
async fn a_crash_after_the_qr_code_was_sent_withholds_nothing() {
    let calls = {
        let scene = Scene::successor().await;
        scene.issue(NOON).await;
        scene.store.calls()
    };
    assert_eq!(calls, 5, "load, lease, session, told, sent");
    for call in 3..calls {
        for fault in [Fault::Before, Fault::After] {
            let scene = Scene::successor().await;
            scene.store.fail(call, fault);
            let answer = scene.issue(NOON).await;
            assert_eq!(answer.slug(), "ok", "{fault:?} at {call}");
            let app = &answer.body["session"]["handoffs"][1];
            assert_eq!(app["sent_to"], "c***@example.com", "{fault:?} at {call}");
            assert_eq!(scene.world.emails().len(), 2);
            scene.check().await;
        }
    }
}
