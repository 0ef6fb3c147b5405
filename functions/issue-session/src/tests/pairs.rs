//! One pair of tokens for each environment: all or none, in the time of one.

use super::*;

use support_core::entitlement::Environment::{App, Rcm, Store, Web};
use support_core::identity::LinkToken;
use support_core::ports::SealedPairs;
use tokio::time::Instant;

#[tokio::test] // P13, P38
async fn each_handoff_opens_the_tokens_of_its_environment_and_no_others() {
    let scene = Scene::consented().await;
    let answer = scene.issue(NOON).await;
    assert_eq!(scene.store.memory.secrets(), (0, 4), "the tickets are gone");
    for handoff in answer.body["session"]["handoffs"].as_array().unwrap() {
        let secret = handoff["url"].as_str().unwrap().split_once("#handoff=").unwrap().1;
        let secret = LinkToken::parse(secret).unwrap().secret;
        for environment in Environment::ALL {
            let sealed = scene.store.memory.load_sealed(&scene.id, environment).await.unwrap();
            match sealed.unwrap().open(&secret) {
                None => assert_ne!(handoff["environment"], environment.as_str()),
                Some(tokens) => {
                    assert_eq!(handoff["environment"], environment.as_str());
                    for token in [tokens.access, tokens.id] {
                        let claims: Value = support_core::jwt::claims(token.expose()).unwrap();
                        assert_eq!(claims["environment"], environment.as_str());
                    }
                }
            }
        }
    }
    assert_eq!(scene.world.revoked(), 4, "every refresh token");
}

/// Whichever fails, and however many: nothing is left of the others, and nobody is told of a session.
#[tokio::test] // P13
async fn if_one_of_four_mints_fails_none_is_used() {
    let failing: [&[Environment]; 6] =
        [&[Store], &[Web], &[App], &[Rcm], &[Store, Rcm], &Environment::ALL];
    for failing in failing {
        let scene = Scene::consented().await;
        scene.world.mint_fails(failing);
        let answer = scene.issue(NOON).await;
        assert_eq!(answer.slug(), "unavailable", "{failing:?}");
        let stored = scene.check().await;
        assert_eq!(stored.status(), Status::Consented, "{failing:?}: the lease is given back");
        assert_eq!(scene.store.memory.secrets(), (0, 0), "{failing:?}: no ticket and no token");
        assert_eq!(scene.world.revoked(), 4 - failing.len(), "{failing:?}");
        assert!(scene.world.emails().is_empty(), "{failing:?}");
        scene.world.mint_fails(&[]);
        assert_eq!(scene.issue(NOON).await.slug(), "ok", "{failing:?}: another attempt");
    }
}

#[tokio::test] // P13
async fn whatever_wins_over_four_mints_leaves_no_token_and_revokes_what_was_minted() {
    for end in ["cancel", "deny"] {
        let scene = Scene::consented().await;
        let issued = scene
            .issue_while(|minting| match end {
                "cancel" => match minting.cancel(Reason::parse("no").unwrap(), NOON).unwrap() {
                    ClosedByAgent::Now(next) | ClosedByAgent::Already(next) => vec![next],
                },
                _ => vec![minting.stop_by_customer(NOON).unwrap()],
            })
            .await;
        assert_eq!(issued.slug(), "wrong-step", "{end}");
        let (_, sealed) = scene.store.memory.secrets();
        assert_eq!((sealed, scene.world.mints(), scene.world.revoked()), (0, 4, 4), "{end}");
    }
}

/// Cognito takes eight seconds for each mint, and the session begins after eight.
#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_methods, reason = "how long it takes, by the paused clock")]
async fn four_mints_take_the_time_of_one() {
    let mut took = Vec::new();
    for scene in [of_one_environment().await, Scene::consented().await] {
        scene.world.mint_takes(Duration::from_secs(8));
        let minted = NOON.plus(8).seconds();
        scene.mints(move |claims| {
            claims["iat"] = minted.into();
            claims["exp"] = (minted + 300).into();
        });
        let start = Instant::now();
        assert_eq!(scene.issue(NOON).await.slug(), "ok");
        took.push((scene.world.mints(), start.elapsed()));
    }
    let [(1, one), (4, four)] = took[..] else { panic!("{took:?}") };
    assert!(four <= one.mul_f64(1.2), "{one:?} for one, {four:?} for four");
}

/// Consented to the Web alone.
async fn of_one_environment() -> Scene {
    let scene = Scene::consented().await;
    let mut stored = scene.stored().await;
    let State::Consented { consent, .. } = &mut stored.state else { panic!("consented") };
    consent.environments = vec![Web];
    stored.version += 1;
    scene.store.memory.save(&Change::to(stored)).await.unwrap();
    scene
}

/// The tokens of a session are signed in different seconds. None may outlive it by more than five.
#[tokio::test] // P5, P13
async fn a_session_ends_with_the_first_of_its_tokens() {
    for (later, slug) in [(1, "ok"), (5, "ok"), (6, "unavailable")] {
        let scene = Scene::consented().await;
        scene.mints(move |claims| {
            claims["exp"] = (NOON.seconds() + 290).into();
            if claims["environment"] == "rcm" {
                claims["exp"] = (NOON.seconds() + 290 + later).into();
            }
        });
        assert_eq!(scene.issue(NOON).await.slug(), slug, "{later}");
        if let State::InSession { session, .. } = scene.check().await.state {
            assert_eq!(session.expires_at, NOON.plus(290), "{later}");
        }
    }
}

/// What an agent asked for is what the tokens must say, unless the customer narrowed it.
#[tokio::test] // P41
async fn a_session_may_change_only_what_was_asked_and_allowed() {
    for (asked, allowed, may) in [
        ("view", None, "view"),
        ("view", Some("change"), "view"),
        ("change", None, "change"),
        ("change", Some("change"), "change"),
        ("change", Some("view"), "view"),
    ] {
        let access = |word: &str| serde_json::from_value(json!(word)).unwrap();
        let mut walk = Walk::start(1);
        walk.prove().ask_for("eco-1", access(asked));
        walk.enter_allowing(Side::Customer, allowed.map(access)).enter(Side::Agent);
        let scene = Scene::of(&walk, customer("carla")).await;
        for minted in ["view", "change"] {
            scene.mints(move |claims| claims["access"] = minted.into());
            let slug = if minted == may { "ok" } else { "unavailable" };
            let answer = scene.issue(NOON).await;
            assert_eq!(answer.slug(), slug, "{asked} {allowed:?} {minted}");
            if slug == "ok" {
                assert_eq!(answer.body["access"], may);
                let (_, email) = &scene.world.emails()[0];
                assert_eq!(email.text.contains("view only"), may == "view", "{}", email.text);
                break;
            }
        }
        assert_eq!(scene.check().await.consent().unwrap().access(), access(may));
    }
}
