//! The notices that the customer is sent.

use super::*;

#[tokio::test] // P25, P26, P30
async fn an_email_service_that_is_down_holds_up_nobody_and_the_notice_stays_due() {
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

/// A grant that ran out and was not swept yet, one that was, and one whose end the customer was told.
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
async fn an_email_service_that_hangs_is_waited_for_two_seconds() {
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
