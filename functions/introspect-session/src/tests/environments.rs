//! A token opens its own environment, as long as the directory entitles the customer to it.

use super::*;

/// Each token says its own environment, whatever else it claims.
#[tokio::test] // P38
async fn a_token_is_active_for_its_own_environment_once_its_handoff_was_redeemed() {
    for opened in [&[][..], &[Environment::Web], &[Environment::Rcm, Environment::Store]] {
        let scene = Scene::opened_in(1, opened).await;
        for environment in Environment::ALL {
            for usage in ["access", "id"] {
                let (_, body) = scene.ask(&scene.token_of(environment, usage), NOON).await;
                let body: Value = serde_json::from_str(&body).unwrap();
                if opened.contains(&environment) {
                    assert_eq!(body["environment"], environment.as_str(), "{usage}");
                } else {
                    assert_eq!(body, json!({"active": false}), "{environment:?} {usage}");
                }
            }
        }
    }
}

/// The directory changes after the handoff was redeemed: the next call says so, whether the customer was
/// asked about before or not.
#[tokio::test] // P31, P38
async fn what_the_directory_withdraws_is_inactive_at_the_next_call() {
    type Withdraw = fn(&mut support_core::directory::Customer);
    let rows: [(Withdraw, &[Environment]); 6] = [
        (|_| {}, &Environment::ALL),
        (
            |c| c.ecosystems[0].modules.clear(),
            &[Environment::Store, Environment::Web, Environment::App],
        ),
        (|c| c.ecosystems[0].role = Role::Member, &[Environment::Web, Environment::App]),
        (|c| drop(c.ecosystems.remove(0)), &[]),
        (|c| c.status = CustomerStatus::Suspended, &[]),
        (|c| c.user_id = "another".into(), &[]),
    ];
    for (withdraw, left) in rows {
        for asked_before in [false, true] {
            let scene = Scene::in_session(1).await;
            if asked_before {
                assert!(scene.active(&scene.token("access")).await);
            }
            let mut record = customer("carla");
            withdraw(&mut record);
            scene.app.directory.customer(record);
            for environment in Environment::ALL {
                for usage in ["access", "id"] {
                    let token = scene.token_of(environment, usage);
                    assert_eq!(scene.active(&token).await, left.contains(&environment));
                }
            }
        }
    }
}

/// An ID token's own address only says where to look first.
#[tokio::test] // P38
async fn the_address_in_a_token_decides_nothing() {
    let scene = Scene::in_session(1).await;
    let mut renamed = scene.verification.clone();
    renamed.customer.email = support_core::identity::EmailAddress::parse("x@example.com").unwrap();
    renamed.version += 1;
    scene.save(renamed.clone()).await;
    assert!(!scene.active(&scene.token("id")).await, "carla's record is not asked about");
    scene.app.directory.customer(renamed.customer);
    assert!(scene.active(&scene.token("id")).await);
}
