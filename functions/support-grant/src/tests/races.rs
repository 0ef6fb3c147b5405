//! Other callers between a read and a write, and many at once.

use super::*;

// --- at the same moment ---

/// Each route, and each other one between any two of its calls.
#[tokio::test] // P10, P14
async fn an_act_between_read_and_write_is_not_overwritten() {
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
    assert_eq!(met, 170);
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
        assert_eq!(scene.world.emails().len(), 1, "the customer is told of one");
        assert_eq!(
            scene.redeem("ana", &credentials(made), NOON).await.status,
            201,
            "the one that the customer has"
        );
        // The others took nothing of the quota.
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
