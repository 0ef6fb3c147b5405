//! Support grants that are over, and the notices about them.

use super::*;

// --- support grants ---

/// When the grants of the samples end.
const END: Timestamp = NOON.plus(15 * 60);

fn before(moment: Timestamp) -> Timestamp {
    Timestamp::from_millis(moment.millis() - 1)
}

/// A grant of which the customer was told.
fn told_grant() -> SupportGrant {
    granted("carla", None).0.notice_sent(GrantNoticeKind::Created).unwrap()
}

/// A verification under a grant, brought on by `reach`.
fn under_a_grant(reach: impl FnOnce(&mut Walk)) -> Walk {
    let (mut walk, _) = Walk::redeem(1, told_grant());
    reach(&mut walk);
    walk
}

#[tokio::test] // P5, P30
async fn a_grant_that_ran_out_gets_its_end_and_its_email_once() {
    for late in [0, 59, 100_000] {
        let grant = told_grant();
        let scene = Scene::with_grant(&grant).await;
        assert_eq!(scene.sweep(before(END)).await, Ok(0));
        assert_eq!(scene.grant().await.version, grant.version, "untouched before its deadline");
        let now = END.plus(late);
        assert_eq!(scene.sweep(now).await, Ok(1));
        let ended = scene.grant().await;
        assert_eq!(
            ended.ended,
            Some(Ended { how: GrantEnding::Expired, at: END }),
            "as it was read"
        );
        assert_eq!(ended.version, grant.version + 2, "ended and tried, told");
        assert_eq!((ended.notice, ended.due_at()), (None, None));
        let emails = scene.mailbox.emails();
        let [email] = emails.as_slice() else { panic!("{} emails", emails.len()) };
        assert_eq!(email.subject, "Waizant: remote assistance access in your account has expired");
        assert!(email.text.contains("08:15:00 UTC") && email.attachments.is_empty());
        assert_eq!(scene.sweep(now.plus(100_000)).await, Ok(0), "nothing is left to do");
        assert_eq!(scene.mailbox.emails().len(), 1);
    }
}

#[tokio::test] // P26, P30
async fn a_notice_of_a_grant_that_was_not_sent_is_sent_by_the_sweep() {
    let (created, _) = granted("carla", None);
    let (renewed, ..) = created.clone().regenerate(None, &key(), &mut rng(1), NOON);
    let (revoked, _) = created.clone().revoke(None, NOON);
    for (grant, early, due, says) in [
        (created, before(NOON.plus(20)), NOON.plus(20), "was activated"),
        (renewed, before(NOON.plus(20)), NOON.plus(20), "were replaced"),
        (revoked, before(NOON), NOON, "was revoked"),
    ] {
        let scene = Scene::with_grant(&grant).await;
        assert_eq!(
            scene.sweep(early).await,
            Ok(0),
            "{says}: the function that made it has its time first"
        );
        assert_eq!(scene.sweep(due).await, Ok(1), "{says}");
        let subjects = scene.subjects();
        assert!(subjects.len() == 1 && subjects[0].contains(says), "{subjects:?}");
        let text = &scene.mailbox.emails()[0].text;
        let link = "https://console.example.com/remote-assistance.html";
        assert_eq!(text.contains(link), says != "was revoked", "{says}: where to revoke it");
        let stored = scene.grant().await;
        assert_eq!(stored.notice, None, "{says}");
        assert_eq!(stored.ended.is_some(), says == "was revoked", "{says}");
        assert_eq!(scene.sweep(due.plus(60)).await, Ok(0), "{says}");
    }
    // Not told when it ends: then of the end alone.
    let scene = Scene::with_grant(&granted("carla", None).0).await;
    assert_eq!(scene.sweep(END).await, Ok(1));
    let subjects = scene.subjects();
    assert!(subjects.len() == 1 && subjects[0].contains("has expired"), "{subjects:?}");
}

#[tokio::test] // P25, P26
async fn an_email_of_a_grant_that_fails_is_tried_again_later_each_time() {
    for fault in [Fault::Before, Fault::After] {
        let scene = Scene::with_grant(&told_grant()).await;
        scene.mailbox.fails(Some(fault));
        let mut tries = vec![];
        for seconds in [0, 20, 59, 60, 179, 180] {
            match scene.sweep(END.plus(seconds)).await {
                Ok(0) => {}
                Err(failure) if failure.service == "ses" => tries.push(seconds),
                other => panic!("{fault:?}: {other:?}"),
            }
        }
        assert_eq!(tries, [0, 60, 180], "{fault:?}");
        let ended = scene.grant().await;
        assert_eq!(
            ended.notice.map(|notice| notice.kind),
            Some(GrantNoticeKind::Ended),
            "owed still"
        );
        assert_eq!(ended.version, told_grant().version + 3, "ended once");
        scene.mailbox.fails(None);
        assert_eq!(scene.sweep(END.plus(420)).await, Ok(1));
        assert_eq!(scene.grant().await.due_at(), None);
    }
}

/// A mailer that hangs makes no end late, of a grant or of a verification.
#[tokio::test(start_paused = true)] // P25
async fn a_grant_is_ended_while_email_hangs() {
    let scene = Scene::with_grant(&told_grant()).await;
    scene.put(&told_session(1)).await;
    let app = Parts {
        verifications: scene.store.clone(),
        grants: scene.store.clone(),
        index: Index(scene.store.memory.clone()),
        mailer: Hanging,
        receipt_key: scene.signer.clone(),
        settings: settings(),
    };
    assert_eq!(sweep(&app, END).await.unwrap_err().service, "ses");
    assert!(scene.grant().await.ended.is_some());
    assert_eq!(scene.stored(&told_session(1).id).await.status(), Status::Closed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)] // P5
async fn of_sweeps_at_once_one_ends_a_grant_and_one_tells() {
    for _ in 0..20 {
        let scene = Scene::with_grant(&told_grant()).await;
        let sweeps: Vec<_> = (0..16)
            .map(|_| {
                let scene = scene.clone();
                std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .enable_time()
                        .build()
                        .unwrap();
                    runtime.block_on(scene.sweep(END)).unwrap();
                })
            })
            .collect();
        for each in sweeps {
            each.join().unwrap();
        }
        // What a lost race left over is the next sweep's.
        scene.sweep(END).await.unwrap();
        assert_eq!(scene.mailbox.emails().len(), 1);
        let ended = scene.grant().await;
        assert_eq!((ended.version, ended.due_at()), (told_grant().version + 2, None));
    }
}

/// The store fails at each of its calls in turn, before or after it has done what it was asked.
#[tokio::test] // P11, P25
async fn a_store_that_fails_anywhere_loses_no_end_of_a_grant() {
    let calls = {
        let scene = Scene::with_grant(&told_grant()).await;
        scene.sweep(END).await.unwrap();
        scene.store.calls()
    };
    assert_eq!(calls, 3, "read, end and try, told");
    for call in 0..calls {
        for fault in [Fault::Before, Fault::After] {
            let scene = Scene::with_grant(&told_grant()).await;
            scene.store.fail(call, fault);
            assert!(scene.sweep(END).await.is_err(), "{fault:?} at {call}");
            settle_grant(&scene).await;
        }
    }
}

/// The sweep breaks off at each place where it waits for anything, before or after that is done.
#[tokio::test] // P11, P26
async fn a_crash_anywhere_loses_no_end_of_a_grant() {
    let mut crashes = 0;
    for at in 0.. {
        let scene = Scene::with_grant(&told_grant()).await;
        let fuse = Fuse(Arc::new(AtomicUsize::new(at)));
        let app = Parts {
            verifications: scene.store.clone(),
            grants: Fused(scene.store.memory.clone(), fuse.clone()),
            index: Fused(scene.store.memory.clone(), fuse.clone()),
            mailer: Fused(scene.mailbox.clone(), fuse.clone()),
            receipt_key: Fused(scene.signer.clone(), fuse.clone()),
            settings: settings(),
        };
        let crashed = broken_off(sweep(&app, END));
        settle_grant(&scene).await;
        if !crashed {
            break;
        }
        crashes += 1;
    }
    assert_eq!(crashes, 2 * 5, "before and after each: list, read, end and try, send, told");
}

/// Sweeps on until all is done: one end, at its deadline, and at least one email of it.
async fn settle_grant(scene: &Scene) {
    for minute in 0..4 {
        let now = END.plus(minute * 60);
        assert!(!scene.grant().await.is_live(now), "whatever broke, a read says over");
        scene.sweep(now).await.unwrap();
    }
    let ended = scene.grant().await;
    assert_eq!(ended.ended, Some(Ended { how: GrantEnding::Expired, at: END }));
    assert_eq!((ended.notice, ended.due_at()), (None, None));
    let subjects = scene.subjects();
    assert!((1..=2).contains(&subjects.len()), "{subjects:?}");
    assert!(subjects.iter().all(|subject| subject.contains("has expired")), "{subjects:?}");
}

/// A grant that the customer moves between the sweep's read and its write.
#[tokio::test] // P10
async fn what_a_customer_does_meanwhile_is_not_overwritten() {
    struct Meddled(Arc<Memory>, Mutex<(usize, Option<SupportGrant>)>);
    impl SupportGrants for Meddled {
        async fn load_grant(&self, key: &GrantKey) -> Result<Option<SupportGrant>, Failure> {
            let found = self.0.load_grant(key).await;
            let other = due(&mut self.1.lock().unwrap());
            if let Some(other) = other {
                assert_eq!(self.0.save_grant(&other, &[]).await, Ok(Saved::Done));
            }
            found
        }

        async fn save_grant(&self, next: &SupportGrant, by: &[QuotaUse]) -> Result<Saved, Failure> {
            self.0.save_grant(next, by).await
        }
    }
    let grant = granted("carla", None).0;
    let (revoked, _) = grant.clone().revoke(None, NOON.plus(20));
    let scene = Scene::with_grant(&grant).await;
    let app = Parts {
        verifications: scene.store.clone(),
        grants: Meddled(scene.store.memory.clone(), Mutex::new((1, Some(revoked)))),
        index: Index(scene.store.memory.clone()),
        mailer: scene.mailbox.clone(),
        receipt_key: scene.signer.clone(),
        settings: settings(),
    };
    // The customer revokes it between the sweep's read and its attempt to send the notice.
    assert_eq!(sweep(&app, NOON.plus(20)).await, Ok(1));
    assert_eq!(scene.grant().await.ended.map(|ended| ended.how), Some(GrantEnding::Revoked));
    assert_eq!(scene.grant().await.due_at(), None);
    let subjects = scene.subjects();
    assert!(subjects.len() == 1 && subjects[0].contains("was revoked"), "{subjects:?}");
}

/// For each end of a verification under a grant: what it says, and whether a receipt goes with it.
#[tokio::test] // P30
async fn every_outcome_under_a_grant_is_told_from_the_beginning_on() {
    let start = |reach: fn(&mut Walk)| under_a_grant(reach).verification;
    // In the state that the grant leads to, taken back or replaced by its customer.
    let lost = |reach: fn(&mut Walk), replaced: bool| {
        let (mut walk, grant) = Walk::redeem(1, told_grant());
        reach(&mut walk);
        let open = Some(walk.verification);
        let closed = if replaced {
            grant.regenerate(open, &key(), &mut rng(1), NOON).2
        } else {
            grant.revoke(open, NOON).1
        };
        closed.unwrap()
    };
    let revoked = "the access was revoked, or the credentials were replaced";
    let locked = {
        let mut walk = under_a_grant(|w| _ = w.challenge());
        for _ in 0..5 {
            let v = walk.verification.clone();
            (walk.verification, _) = v.refuse_agent_code(&walk.limits, NOON).unwrap();
        }
        walk.verification
    };
    let cases = [
        (start(|_| {}), "did not start a session in time", false),
        (start(|w| _ = w.prove()), "did not start a session in time", false),
        (start(|w| _ = w.session()), "its time ran out", true),
        (cancelled(start(|_| {}), NOON), "decided not to enter your account", false),
        (cancelled(start(|w| _ = w.session()), NOON), "the agent ended it", true),
        (lost(|_| {}, false), revoked, false),
        (lost(|_| {}, true), revoked, false),
        (lost(|w| _ = w.challenge(), false), revoked, false),
        (lost(|w| _ = w.prove(), true), revoked, false),
        (lost(|w| _ = w.mint(), false), revoked, false),
        (lost(|w| _ = w.session(), false), "is over: the access was revoked", true),
        (locked, "was blocked: someone entered too many wrong codes", false),
    ];
    for (verification, says, receipt) in cases {
        let scene = Scene::with(&[&verification]).await;
        scene.sweep(NOON.plus(900)).await.unwrap();
        let emails = scene.mailbox.emails();
        let [email] = emails.as_slice() else { panic!("{says}: {} emails", emails.len()) };
        assert!(email.text.contains(says), "{says}:\n{}", email.text);
        assert!(email.text.contains("Ecosystem: Ecosystem eco-1"), "{says}: what was offered");
        for environment in ["Waizant Store", "Waizant Web", "Waizant App", "Waizant RCM"] {
            assert!(email.text.contains(environment), "{says}: {environment}");
        }
        assert_eq!(email.text.contains("Hidden from the agent: talks"), receipt, "{says}");
        assert!(!email.html.contains("<b>&"), "{says}: other people's words are escaped");
        assert_eq!(email.attachments.len(), 2 * usize::from(receipt), "{says}");
        for file in email.attachments.iter().take(1) {
            let receipt = check(&file.content, &scene.signer.public_key()).unwrap();
            assert_eq!(receipt.visibility, Visibility { messages: true, talks: false });
        }
        let stored = scene.stored(&verification.id).await;
        assert_eq!((stored.status(), stored.due_at()), (Status::Closed, None), "{says}");
        assert_eq!(count(&stored, Action::CustomerTold), 1, "{says}");
        assert_eq!(chain::check(&stored.id, &stored.steps), Ok(()));
    }
}

#[tokio::test] // P26, P30
async fn a_notice_of_a_use_that_was_not_sent_is_sent_by_the_sweep() {
    let walk = under_a_grant(|w| _ = w.prove());
    let scene = Scene::with(&[&walk.verification]).await;
    assert_eq!(scene.sweep(before(NOON.plus(20))).await, Ok(0), "support-grant has its time first");
    scene.mailbox.fails(Some(Fault::Before));
    assert_eq!(scene.sweep(NOON.plus(20)).await.unwrap_err().service, "ses");
    scene.mailbox.fails(None);
    assert_eq!(scene.sweep(NOON.plus(80)).await, Ok(1));
    let emails = scene.mailbox.emails();
    let [email] = emails.as_slice() else { panic!("{} emails", emails.len()) };
    assert!(email.subject.contains("ana entered"), "{}", email.subject);
    assert!(email.text.contains("https://console.example.com/remote-assistance.html"));
    assert!(!email.text.contains("#token="), "there is no session to end");
    let stored = scene.stored(&walk.verification.id).await;
    assert_eq!((stored.status(), stored.notice), (Status::Consented, None));
    assert_eq!(count(&stored, Action::CustomerTold), 1);
    // The session that follows is told of with a link, and with what it does not show.
    let mut later = Walk { verification: stored, ..walk };
    later.verification =
        later.verification.clone().start_mint(&later.limits, NOON.plus(90)).unwrap();
    let (session, _) = later.sealed();
    let v = later.verification.clone();
    let started =
        v.start_session(CONFIRMED, session, &later.page.secret, &key(), NOON.plus(90)).unwrap();
    let scene = Scene::with(&[&started]).await;
    assert_eq!(scene.sweep(NOON.plus(110)).await, Ok(1));
    let email = &scene.mailbox.emails()[0];
    assert!(email.text.contains("with the credentials that you created for remote assistance"));
    assert!(email.text.contains("Hidden from the agent: talks"), "{}", email.text);
    assert!(scene.stored(&started.id).await.is_page(&token(email).secret, &key()));
}

impl SupportGrants for Fused<Arc<Memory>> {
    async fn load_grant(&self, key: &GrantKey) -> Result<Option<SupportGrant>, Failure> {
        self.1.around(self.0.load_grant(key)).await
    }

    async fn save_grant(
        &self,
        next: &SupportGrant,
        quota_uses: &[QuotaUse],
    ) -> Result<Saved, Failure> {
        self.1.around(self.0.save_grant(next, quota_uses)).await
    }
}

impl Scene {
    async fn with_grant(grant: &SupportGrant) -> Self {
        let scene = Self::default();
        for version in 1..=grant.version {
            let mut next = grant.clone();
            next.version = version;
            assert_eq!(scene.store.memory.save_grant(&next, &[]).await, Ok(Saved::Done));
        }
        scene
    }

    async fn grant(&self) -> SupportGrant {
        self.store.memory.load_grant(&told_grant().key).await.unwrap().unwrap()
    }

    fn subjects(&self) -> Vec<String> {
        self.mailbox.emails().into_iter().map(|email| email.subject).collect()
    }
}
