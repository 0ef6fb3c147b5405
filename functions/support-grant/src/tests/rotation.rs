//! The hash key is replaced while grants are live.

use super::*;
use support_core::secret::HashKey;

const OLD: &str = "oooooooooooooooooooooooooooooooooooooooo";
const NEW: &str = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";

impl Scene {
    /// Carla or an agent calls a function that has this secret.
    async fn with_key(&self, secret: &str, event: Value) -> Answered {
        let mut app = self.app(self.store.clone());
        app.settings.key = HashKey::parse(secret).unwrap();
        send(event, NOON, async |request| handle(&app, request).await).await
    }
}

#[tokio::test] // P15
async fn a_customer_keeps_their_grant_while_the_key_is_replaced() {
    let changed = format!("{NEW}\n{OLD}");
    for (route, status) in [(READ, 200), (REGENERATE, 200), (REVOKE, 204)] {
        let scene = Scene::new();
        let made = scene.with_key(OLD, by_carla(CREATE)).await;
        assert_eq!(made.status, 201);
        let again = scene.with_key(&changed, by_carla(CREATE)).await;
        assert_eq!((again.status, &again.body["type"]), (409, &json!("/problems/grant-exists")));
        let answer = scene.with_key(&changed, by_carla(route)).await;
        assert_eq!(answer.status, status, "{route}");
        // What an agent enters is good under both keys, unless the customer has just changed that.
        let shown = if route == REGENERATE { &answer } else { &made };
        let redeemed =
            scene.with_key(&changed, agent_event("ana", REDEEM, &credentials(shown))).await;
        assert_eq!(redeemed.status, if route == REVOKE { 422 } else { 201 }, "{route}");
    }
}

#[tokio::test]
async fn a_grant_that_is_over_does_not_stand_in_the_way_of_one_under_the_new_key() {
    let scene = Scene::new();
    assert_eq!(scene.with_key(OLD, by_carla(CREATE)).await.status, 201);
    assert_eq!(scene.with_key(OLD, by_carla(REVOKE)).await.status, 204);
    let changed = format!("{NEW}\n{OLD}");
    assert_eq!(scene.with_key(&changed, by_carla(CREATE)).await.status, 201);
    for secret in [changed.as_str(), NEW] {
        assert_eq!(scene.with_key(secret, by_carla(READ)).await.status, 200);
    }
    assert_eq!(scene.with_key(NEW, by_carla(REVOKE)).await.status, 204);
}
