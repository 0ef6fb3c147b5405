//! Notices that fail, calls that break off, and sweeps side by side.

use super::*;

#[tokio::test] // P26, P30
async fn a_start_notice_that_was_not_sent_is_sent_by_the_sweep() {
    let walk = session(1);
    let scene = Scene::with(&[&walk.verification]).await;
    let early = Timestamp::from_millis(NOON.plus(20).millis() - 1);
    assert_eq!(scene.sweep(early).await, Ok(0), "issue-session has its time first");
    assert_eq!(scene.sweep(NOON.plus(20)).await, Ok(1));
    let emails = scene.mailbox.emails();
    let [email] = emails.as_slice() else { panic!("{} emails", emails.len()) };
    assert!(email.subject.contains("started a session") && email.attachments.is_empty());
    let stored = scene.stored(&walk.verification.id).await;
    assert!(stored.is_page(&token(email).secret, &key()), "its link ends the session");
    assert_eq!(token(email).verification, stored.id);
    assert_eq!((stored.status(), stored.notice), (Status::InSession, None));
}

/// A dependency that refuses, one that does it and loses the answer, and the key: the state is
/// committed first, the email tried again, later each time, and each try's page lives (P26).
#[tokio::test] // P25, P26
async fn an_email_that_fails_is_tried_again_with_a_page_of_its_own() {
    for fault in [Fault::Before, Fault::After] {
        let walk = session(1);
        let id = walk.verification.id.clone();
        let scene = Scene::with(&[&walk.verification]).await;
        scene.mailbox.fails(Some(fault));
        let mut tries = vec![];
        for now in [20, 40, 79, 80, 199, 200].map(|n| NOON.plus(n)) {
            match scene.sweep(now).await {
                Ok(0) => {}
                Err(failure) if failure.service == "ses" => tries.push(now),
                other => panic!("{fault:?}: {other:?}"),
            }
        }
        assert_eq!(tries, [20, 80, 200].map(|n| NOON.plus(n)), "{fault:?}");
        let stored = scene.stored(&id).await;
        assert_eq!((stored.status(), count(&stored, Action::CustomerTold)), (Status::InSession, 0));
        assert!(stored.notice.is_some(), "owed still");

        // Each email that went out after all has a page of its own, and any of them may be the one
        // that arrived.
        let sent = scene.mailbox.emails();
        assert_eq!(sent.len(), if fault == Fault::After { 3 } else { 0 });
        assert!(sent.iter().all(|email| stored.is_page(&token(email).secret, &key())));

        // No secret of an email waits anywhere: the stored item has none of them.
        let item = serde_json::to_string(&stored).unwrap();
        for email in &sent {
            assert!(!item.contains(token(email).secret.expose()));
        }

        // It ends before the email is back: what is told then is the end, once.
        let ended = stored.stop_by_customer(NOON.plus(210)).unwrap();
        scene.store.memory.save(&Change::to(ended)).await.unwrap();
        assert_eq!(scene.sweep(NOON.plus(210)).await.unwrap_err().service, "ses");
        scene.mailbox.fails(None);
        assert_eq!(scene.sweep(NOON.plus(269)).await, Ok(0));
        assert_eq!(scene.sweep(NOON.plus(270)).await, Ok(1));
        let new = scene.mailbox.emails().split_off(sent.len() + usize::from(fault == Fault::After));
        let [email] = new.as_slice() else { panic!("{} emails", new.len()) };
        assert!(email.subject.contains("has ended"));
        let receipt = check(&email.attachments[0].content, &scene.signer.public_key()).unwrap();
        assert_eq!(receipt.session.ended_at, NOON.plus(210).to_string());
        let stored = scene.stored(&id).await;
        assert_eq!((count(&stored, Action::CustomerTold), stored.due_at()), (1, None));
    }
}

#[tokio::test] // P25
async fn without_the_receipt_key_it_is_closed_and_the_notice_follows_later() {
    let over = told_session(1);
    let unsigned = cancelled(
        {
            let mut walk = Walk::start(2);
            walk.prove().ask("eco-1");
            walk.verification
        },
        NOON,
    );
    let scene = Scene::with(&[&over, &unsigned]).await;
    scene.signer.down(true);
    let now = NOON.plus(300);
    assert_eq!(scene.sweep(now).await.unwrap_err().service, "kms");
    let stored = scene.stored(&over.id).await;
    assert_eq!((stored.status(), count(&stored, Action::Completed)), (Status::Closed, 1));
    let emails = scene.mailbox.emails();
    assert_eq!(emails.len(), 1, "who needs no receipt is told");
    assert!(emails[0].attachments.is_empty());
    scene.signer.down(false);
    assert_eq!(scene.sweep(now.plus(60)).await, Ok(1));
    assert_eq!(scene.mailbox.emails()[1].attachments.len(), 2);
}

/// One that cannot be looked after holds up nobody, and email that hangs closes nobody later.
#[tokio::test(start_paused = true)] // P25
async fn everything_over_is_closed_while_email_hangs() {
    let all: Vec<_> = (1..=4 * IN_FLIGHT as u64).map(told_session).collect();
    let scene = Scene::with(&all.iter().collect::<Vec<_>>()).await;
    let now = NOON.plus(301);
    let app = Parts {
        verifications: scene.store.clone(),
        grants: scene.store.clone(),
        index: Index(scene.store.memory.clone()),
        mailer: Hanging,
        receipt_key: scene.signer.clone(),
        settings: settings(),
    };
    // The third one cannot be read.
    scene.store.fail(2, Fault::Before);
    assert!(sweep(&app, now).await.is_err());
    let mut open = 0;
    for verification in &all {
        open += usize::from(scene.stored(&verification.id).await.status() != Status::Closed);
    }
    assert_eq!(open, 1);
    assert_eq!(scene.sweep(now.plus(60)).await, Ok(all.len()), "each has another try");
    assert_eq!(scene.mailbox.emails().len(), all.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)] // P5
async fn of_sweeps_at_once_one_closes_and_one_tells() {
    for _ in 0..20 {
        let all: Vec<_> = (1..4).map(told_session).collect();
        let scene = Scene::with(&all.iter().collect::<Vec<_>>()).await;
        let now = NOON.plus(330);
        let sweeps: Vec<_> = (0..16)
            .map(|_| {
                let scene = scene.clone();
                std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .enable_time()
                        .build()
                        .unwrap();
                    runtime.block_on(scene.sweep(now)).unwrap();
                })
            })
            .collect();
        for each in sweeps {
            each.join().unwrap();
        }
        // What a lost race left over is the next sweep's.
        scene.sweep(now).await.unwrap();
        for verification in &all {
            let stored = scene.stored(&verification.id).await;
            assert_eq!(chain::check(&stored.id, &stored.steps), Ok(()));
            assert_eq!(count(&stored, Action::Completed), 1);
            assert_eq!(count(&stored, Action::CustomerTold), 2, "of the beginning and of the end");
            assert_eq!(stored.due_at(), None);
        }
        assert_eq!(scene.mailbox.emails().len(), all.len());
    }
}

/// A sweep, and a call that moves the verification at the same moment.
#[tokio::test] // P10
async fn an_act_between_read_and_write_is_not_overwritten() {
    let walk = session(1);
    let scene = Scene::with(&[&walk.verification]).await;
    let app = Parts {
        verifications: Meddled {
            memory: scene.store.memory.clone(),
            with: Mutex::new((1, Some(cancelled(walk.verification.clone(), NOON.plus(20))))),
        },
        grants: scene.store.clone(),
        index: Index(scene.store.memory.clone()),
        mailer: scene.mailbox.clone(),
        receipt_key: scene.signer.clone(),
        settings: settings(),
    };
    // The agent cancels between the sweep's read and its try to tell of the beginning.
    assert_eq!(sweep(&app, NOON.plus(20)).await, Ok(1));
    let emails = scene.mailbox.emails();
    assert!(emails.len() == 1 && emails[0].subject.contains("has ended"), "of the end alone");
    assert_eq!(scene.stored(&walk.verification.id).await.due_at(), None);
}

impl Verifications for Meddled {
    async fn load(&self, id: &VerificationId) -> Result<Option<Verification>, Failure> {
        let found = self.memory.load(id).await;
        let other = due(&mut self.with.lock().unwrap());
        if let Some(other) = other {
            assert_eq!(self.memory.save(&Change::to(other)).await, Ok(Saved::Done));
        }
        found
    }

    async fn save(&self, change: &Change) -> Result<Saved, Failure> {
        self.memory.save(change).await
    }
}

/// The store fails at each of its calls in turn, before or after it has done what it was asked.
#[tokio::test] // P11, P25
async fn a_store_that_fails_anywhere_loses_nothing() {
    for (start, calls) in [(told_session(1), 3), (session(1).verification, 3), (locked(), 3)] {
        let now = NOON.plus(900);
        let whole = Scene::with(&[&start]).await;
        whole.sweep(now).await.unwrap();
        assert_eq!(whole.store.calls(), calls, "read, close and try, told");
        for call in 0..calls {
            for fault in [Fault::Before, Fault::After] {
                let scene = Scene::with(&[&start]).await;
                scene.store.fail(call, fault);
                let _ = scene.sweep(now).await;
                settle(&scene, &start, now).await;
            }
        }
    }
}

/// The sweep breaks off at each place where it waits for anything, before or after that is done.
#[tokio::test] // P11, P26
async fn a_crash_anywhere_loses_nothing() {
    for start in [told_session(1), session(1).verification, locked()] {
        let now = NOON.plus(900);
        let mut crashes = 0;
        for at in 0.. {
            let scene = Scene::with(&[&start]).await;
            let fuse = Fuse(Arc::new(AtomicUsize::new(at)));
            let app = Parts {
                verifications: Fused(scene.store.memory.clone(), fuse.clone()),
                grants: scene.store.clone(),
                index: Fused(scene.store.memory.clone(), fuse.clone()),
                mailer: Fused(scene.mailbox.clone(), fuse.clone()),
                receipt_key: Fused(scene.signer.clone(), fuse.clone()),
                settings: settings(),
            };
            let crashed = broken_off(sweep(&app, now));
            settle(&scene, &start, now).await;
            if !crashed {
                break;
            }
            crashes += 1;
        }
        // List, read, close and try, send, told; after a session key and signature as well.
        let calls = if start.status() == Status::InSession { 7 } else { 5 };
        assert_eq!(crashes, 2 * calls, "before and after each");
    }
}

/// Sweeps on until all is done, and holds what came out against what must hold whatever broke:
/// one closing step, a whole record, at least one email of the end and its receipt.
async fn settle(scene: &Scene, start: &Verification, mut now: Timestamp) {
    for _ in 0..4 {
        // Whatever broke, a read says closed.
        assert_eq!(scene.stored(&start.id).await.at(now).status(), Status::Closed);
        scene.sweep(now).await.unwrap();
        now = now.plus(60);
    }
    let stored = scene.stored(&start.id).await;
    let State::Closed(closed) = &stored.state else { panic!("{:?}", stored.status()) };
    assert_eq!(chain::check(&stored.id, &stored.steps), Ok(()));
    let ends = [Action::Completed, Action::Locked].map(|action| count(&stored, action));
    assert_eq!(ends.iter().sum::<usize>(), 1);
    assert_eq!((stored.notice, stored.due_at()), (None, None));
    assert_eq!(stored.steps.last().unwrap().action, Action::CustomerTold);
    let emails = scene.mailbox.emails();
    assert!((1..=2).contains(&emails.len()), "{} emails", emails.len());
    for email in emails {
        assert!(email.subject.contains("has ended") || email.subject.contains("locked"));
        assert_eq!(email.attachments.len(), 2 * usize::from(closed.session.is_some()));
        for file in email.attachments.iter().take(1) {
            check(&file.content, &scene.signer.public_key()).unwrap();
        }
    }
}
