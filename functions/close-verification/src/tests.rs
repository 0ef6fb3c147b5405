//! The sweep: early, late, twice, at once, and with everything it needs failing or breaking off.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use support_core::chain::{self, Action, Actor};
use support_core::email::Email;
use support_core::entitlement::Visibility;
use support_core::identity::{EmailAddress, LinkToken, Reason, VerificationId};
use support_core::limits::{Limits, QuotaUse};
use support_core::ports::{
    Change, Due, DueItems, Mailer, ReceiptKey, Saved, SupportGrants, Verifications,
};
use support_core::receipt::{PublicKey, check};
use support_core::refusal::Failure;
use support_core::step_detail::Detail;
use support_core::support_grant::{Ended, GrantEnding, GrantKey, GrantNoticeKind, SupportGrant};
use support_core::time::Timestamp;
use support_core::time_zone::TimeZone;
use support_core::verification::{
    Cancelled, Closed, NoticeKind, Outcome, Side, State, Status, Verification,
};
use support_testing::memory::Memory;
use support_testing::samples::{CONFIRMED, NOON, Walk, granted, key, rng, versions, wrong};
use support_testing::signer::Signer;
use support_testing::world::{Fault, FaultyStore};

use crate::app::{Parts, Settings};
use crate::sweep::{BATCH, sweep};

/// A mailbox that takes what it is sent, refuses it, or takes it and says nothing (P26).
#[derive(Clone, Default)]
struct Mailbox(Arc<Mutex<(Vec<Email>, Option<Fault>)>>);

impl Mailbox {
    fn fails(&self, fault: Option<Fault>) {
        self.0.lock().unwrap().1 = fault;
    }

    fn emails(&self) -> Vec<Email> {
        self.0.lock().unwrap().0.clone()
    }
}

impl Mailer for Mailbox {
    async fn send(&self, to: &EmailAddress, email: &Email) -> Result<(), Failure> {
        assert_eq!(to.as_str(), "carla@example.com");
        let mut inside = self.0.lock().unwrap();
        if inside.1 == Some(Fault::Before) {
            return Err(Failure::clean("ses", "MessageRejected"));
        }
        inside.0.push(email.clone());
        match inside.1 {
            Some(_) => Err(Failure::unsure("ses", "timed out")),
            None => Ok(()),
        }
    }
}

/// The page token in an email.
fn token(email: &Email) -> LinkToken {
    let (_, rest) = email.text.split_once("#token=").expect("a link");
    LinkToken::parse(rest.split_whitespace().next().unwrap()).expect("a token")
}

#[derive(Clone, Default)]
struct Scene {
    store: FaultyStore,
    mailbox: Mailbox,
    signer: Signer,
}

type TestApp = Parts<FaultyStore, FaultyStore, Index, Mailbox, Signer>;

fn settings() -> Settings {
    Settings {
        key: key(),
        consent_page: "https://consent.example.com/".into(),
        grant_page: "https://console.example.com/remote-assistance.html".into(),
        limits: Limits::default(),
        time_zone: TimeZone::default(),
    }
}

/// The memory's own listing, which no fault of the store's touches.
struct Index(Arc<Memory>);

impl DueItems for Index {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Due>, Failure> {
        self.0.due(now, limit).await
    }
}

impl Scene {
    async fn with(verifications: &[&Verification]) -> Self {
        let scene = Self::default();
        for verification in verifications {
            scene.put(verification).await;
        }
        scene
    }

    async fn put(&self, verification: &Verification) {
        for version in versions(verification) {
            self.store.memory.save(&Change::to(version)).await.unwrap();
        }
    }

    fn app(&self) -> TestApp {
        Parts {
            verifications: self.store.clone(),
            grants: self.store.clone(),
            index: Index(self.store.memory.clone()),
            mailer: self.mailbox.clone(),
            receipt_key: self.signer.clone(),
            settings: settings(),
        }
    }

    async fn sweep(&self, now: Timestamp) -> Result<usize, Failure> {
        sweep(&self.app(), now).await
    }

    async fn stored(&self, id: &VerificationId) -> Verification {
        self.store.memory.load(id).await.unwrap().unwrap()
    }
}

fn count(verification: &Verification, action: Action) -> usize {
    verification.steps.iter().filter(|step| step.action == action).count()
}

fn session(seed: u64) -> Walk {
    let mut walk = Walk::start(seed);
    walk.session();
    walk
}

/// In session, told of it, and over since `NOON + 300`.
fn told_session(seed: u64) -> Verification {
    session(seed).verification.notice_sent(NoticeKind::Start, NOON.plus(1)).unwrap()
}

fn cancelled(verification: Verification, now: Timestamp) -> Verification {
    let reason = Reason::parse("All done <b>& thanks</b>").unwrap();
    match verification.cancel(reason, now).unwrap() {
        Cancelled::Now(next) | Cancelled::Already(next) => next,
    }
}

fn locked() -> Verification {
    let mut walk = Walk::start(1);
    walk.prove().ask("eco-1");
    for _ in 0..5 {
        let judged = walk.verification.judge_customer_code(Side::Agent, &wrong(), &key(), NOON);
        assert!(judged.is_ok());
        let verification = walk.verification.clone();
        (walk.verification, _) =
            verification.refuse_customer_code(Side::Agent, &walk.limits, NOON).unwrap();
    }
    walk.verification
}

#[tokio::test] // P5
async fn more_than_a_batch_is_looked_after_at_once_and_each_once() {
    let sessions: Vec<_> = (1..=BATCH as u64 + 20).map(told_session).collect();
    let scene = Scene::with(&sessions.iter().collect::<Vec<_>>()).await;
    let now = NOON.plus(301);
    scene.store.fail(0, Fault::Before);
    assert_eq!(scene.sweep(now).await.unwrap_err().service, "store", "the first one");
    assert_eq!(scene.mailbox.emails().len(), BATCH + 19);
    assert_eq!(scene.sweep(now).await, Ok(1));
    assert_eq!(scene.mailbox.emails().len(), sessions.len());
}

#[tokio::test] // P5, P30
async fn a_session_that_ran_out_gets_its_step_its_mail_and_its_receipt() {
    let over = told_session(1);
    let scene = Scene::with(&[&over]).await;
    let deadline = NOON.plus(300);
    let early = Timestamp::from_millis(deadline.millis() - 1);
    assert_eq!(scene.sweep(early).await, Ok(0));
    assert_eq!(scene.stored(&over.id).await.version, over.version, "untouched before its deadline");

    assert_eq!(scene.sweep(deadline).await, Ok(1));
    let stored = scene.stored(&over.id).await;
    let State::Closed(Closed { outcome: Outcome::Completed, at, .. }) = stored.state else {
        panic!("{:?}", stored.status())
    };
    assert_eq!(at, deadline);
    let last: Vec<_> =
        stored.steps[over.steps.len()..].iter().map(|step| (step.actor, step.action)).collect();
    assert_eq!(
        last,
        [(Actor::System, Action::Completed), (Actor::System, Action::CustomerTold)],
        "and nothing else"
    );
    assert_eq!((stored.notice, stored.due_at()), (None, None));

    let emails = scene.mailbox.emails();
    let [email] = emails.as_slice() else { panic!("{} emails", emails.len()) };
    assert_eq!(email.subject, "Waizant: the support session in your account has ended");
    assert!(!email.text.contains("#token="), "there is nothing left to end");
    let [file] = email.attachments.as_slice() else { panic!("one receipt") };
    assert_eq!(file.name, format!("receipt-{}.json", over.id));
    let receipt = check(&file.content, &scene.signer.public_key()).unwrap();
    assert_eq!(receipt.outcome, Outcome::Completed);
    assert_eq!(receipt.steps.last().unwrap().action, Action::Completed);

    assert_eq!(scene.sweep(deadline.plus(100_000)).await, Ok(0), "nothing is left to do");
    assert_eq!(scene.mailbox.emails().len(), 1);
}

/// For each outcome: what it says, and whether a receipt goes with it.
#[tokio::test] // P30
async fn every_outcome_is_told_and_a_receipt_sent_where_there_was_a_session() {
    let asked = || {
        let mut walk = Walk::start(1);
        walk.prove().ask("eco-1");
        walk.verification
    };
    let cases = [
        (told_session(1), "its time ran out", true),
        (session(1).verification.stop_by_customer(NOON).unwrap(), "ended with the link", true),
        (cancelled(session(1).verification, NOON), "All done <b>& thanks</b>", true),
        (cancelled(asked(), NOON), "cancelled the request", false),
        (asked().stop_by_customer(NOON).unwrap(), "Someone tried to enter", false),
        (asked(), "has expired", false),
        (locked(), "Someone tried to enter", false),
    ];
    for (verification, says, receipt) in cases {
        let scene = Scene::with(&[&verification]).await;
        scene.sweep(NOON.plus(900)).await.unwrap();
        let emails = scene.mailbox.emails();
        let [email] = emails.as_slice() else { panic!("{says}: {} emails", emails.len()) };
        assert!(email.text.contains(says), "{says}:\n{}", email.text);
        assert!(!email.html.contains("<b>&"), "{says}: other people's words are escaped");
        assert_eq!(email.attachments.len(), usize::from(receipt), "{says}");
        assert_eq!(email.text.contains("receipt of the session is attached"), receipt, "{says}");
        let stored = scene.stored(&verification.id).await;
        assert_eq!(
            count(&stored, Action::CustomerTold),
            1 + usize::from(says == "its time ran out")
        );
        assert_eq!(chain::check(&stored.id, &stored.steps), Ok(()));
    }
}

#[tokio::test]
async fn who_was_never_mailed_is_told_of_no_end() {
    let started = Walk::start(1).verification;
    let mut walk = Walk::start(2);
    walk.prove();
    let proved = walk.verification.clone();
    walk.ask("eco-1");
    let asked = walk.verification.clone();
    let unsent = asked.clone().email_failed(&asked, false, NOON).unwrap();
    for verification in [started, proved, unsent] {
        let scene = Scene::with(&[&verification]).await;
        assert_eq!(scene.sweep(NOON.plus(900)).await, Ok(1));
        let stored = scene.stored(&verification.id).await;
        assert_eq!((stored.status(), count(&stored, Action::Expired)), (Status::Closed, 1));
        assert_eq!(scene.mailbox.emails().len(), 0);
        assert_eq!(stored.due_at(), None);
    }
}

#[tokio::test] // P11, P12
async fn a_record_whose_chain_is_broken_is_not_signed() {
    let mut closed = session(1).verification.stop_by_customer(NOON).unwrap();
    closed.steps[2].detail = Some(Detail::Text("another story".to_owned()));
    let scene = Scene::with(&[&closed]).await;
    let failure = scene.sweep(NOON.plus(60)).await.unwrap_err();
    assert_eq!(failure, Failure::clean("record", "step 3 does not follow"));
    assert!(scene.mailbox.emails().is_empty());
    assert_eq!(
        scene.stored(&closed.id).await.notice.unwrap().kind,
        NoticeKind::Close,
        "owed still"
    );
}

#[tokio::test] // P26, P30
async fn a_beginning_that_could_not_be_told_is_told_by_the_sweep() {
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
async fn a_mail_that_fails_is_tried_again_with_a_page_of_its_own() {
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
async fn without_the_receipts_key_it_is_closed_all_the_same_and_told_later() {
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
    assert_eq!(scene.mailbox.emails()[1].attachments.len(), 1);
}

/// One that cannot be looked after holds up nobody, and email that hangs closes nobody later.
#[tokio::test] // P25
async fn everything_over_is_closed_before_anybody_is_told() {
    let all: Vec<_> = (1..=BATCH as u64 + 5).map(told_session).collect();
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
    scene.store.fail(4, Fault::Before);
    assert!(broken_off(sweep(&app, now)), "it hangs in the first email");
    let mut open = 0;
    for verification in &all {
        open += usize::from(scene.stored(&verification.id).await.status() != Status::Closed);
    }
    assert_eq!(open, 1);
    assert_eq!(scene.sweep(now).await, Ok(all.len() - 1), "all but the one whose try was taken");
    assert_eq!(scene.mailbox.emails().len(), all.len() - 1);
    assert_eq!(scene.sweep(now.plus(60)).await, Ok(1));
    assert_eq!(scene.mailbox.emails().len(), all.len());
}

struct Hanging;

impl Mailer for Hanging {
    async fn send(&self, _: &EmailAddress, _: &Email) -> Result<(), Failure> {
        std::future::pending().await
    }
}

/// Runs it to where it cannot go on, and drops it there, as a crash does. Says whether it did.
fn broken_off(work: impl Future) -> bool {
    let mut work = pin!(work);
    matches!(work.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending)
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
                    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
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

/// A sweep and whoever moves the verification at the same moment.
#[tokio::test] // P10
async fn who_comes_between_is_not_overwritten() {
    let walk = session(1);
    let scene = Scene::with(&[&walk.verification]).await;
    let app = Parts {
        verifications: Meddled {
            memory: scene.store.memory.clone(),
            with: Mutex::new((2, Some(cancelled(walk.verification.clone(), NOON.plus(20))))),
        },
        grants: scene.store.clone(),
        index: Index(scene.store.memory.clone()),
        mailer: scene.mailbox.clone(),
        receipt_key: scene.signer.clone(),
        settings: settings(),
    };
    // The agent cancels between the sweep's read and its try to tell of the beginning.
    assert_eq!(sweep(&app, NOON.plus(20)).await, Ok(1));
    assert_eq!(scene.mailbox.emails().len(), 0);
    let stored = scene.stored(&walk.verification.id).await;
    assert_eq!(stored.notice.map(|notice| notice.kind), Some(NoticeKind::Close));
    assert_eq!(scene.sweep(NOON.plus(20)).await, Ok(1));
    assert!(scene.mailbox.emails()[0].subject.contains("has ended"));
}

/// What is to be written now that one read more is done.
fn due<T>((reads, with): &mut (usize, Option<T>)) -> Option<T> {
    *reads = reads.saturating_sub(1);
    if *reads == 0 { with.take() } else { None }
}

/// A store in which somebody else writes right after that many reads.
struct Meddled {
    memory: Arc<Memory>,
    with: Mutex<(usize, Option<Verification>)>,
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
    for (start, calls) in [(told_session(1), 6), (session(1).verification, 6), (locked(), 5)] {
        let now = NOON.plus(900);
        let whole = Scene::with(&[&start]).await;
        whole.sweep(now).await.unwrap();
        assert_eq!(whole.store.calls(), calls, "read, (close,) read, try, read, told");
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
        // List, read, read, try, send, read, told; in a session close, key and signature besides.
        let calls = if start.status() == Status::InSession { 10 } else { 7 };
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
        assert_eq!(email.attachments.len(), usize::from(closed.session.is_some()));
        for file in &email.attachments {
            check(&file.content, &scene.signer.public_key()).unwrap();
        }
    }
}

/// Burns before and after each call; what finds it at its end never comes back.
#[derive(Clone)]
struct Fuse(Arc<AtomicUsize>);

impl Fuse {
    async fn burn(&self) {
        let left = self.0.load(Ordering::Relaxed);
        if left == 0 {
            return std::future::pending().await;
        }
        self.0.store(left - 1, Ordering::Relaxed);
    }

    async fn around<T>(&self, call: impl Future<Output = T>) -> T {
        self.burn().await;
        let done = call.await;
        self.burn().await;
        done
    }
}

struct Fused<T>(T, Fuse);

impl Verifications for Fused<Arc<Memory>> {
    async fn load(&self, id: &VerificationId) -> Result<Option<Verification>, Failure> {
        self.1.around(self.0.load(id)).await
    }

    async fn save(&self, change: &Change) -> Result<Saved, Failure> {
        self.1.around(self.0.save(change)).await
    }
}

impl DueItems for Fused<Arc<Memory>> {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Due>, Failure> {
        self.1.around(self.0.due(now, limit)).await
    }
}

impl Mailer for Fused<Mailbox> {
    async fn send(&self, to: &EmailAddress, email: &Email) -> Result<(), Failure> {
        self.1.around(self.0.send(to, email)).await
    }
}

impl ReceiptKey for Fused<Signer> {
    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        self.1.around(self.0.sign(message)).await
    }

    async fn public(&self) -> Result<PublicKey, Failure> {
        self.1.around(self.0.public()).await
    }
}

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

#[tokio::test] // P5, P30
async fn a_grant_that_ran_out_gets_its_end_and_its_mail_once() {
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
        assert_eq!(ended.version, grant.version + 3, "ended, tried, told");
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
async fn what_a_customer_could_not_be_told_of_his_grant_the_sweep_tells() {
    let (created, _) = granted("carla", None);
    let (renewed, ..) = created.clone().regenerate(None, &key(), &mut rng(1), NOON);
    let (revoked, _) = created.clone().revoke(None, NOON);
    for (grant, early, due, says) in [
        (created, before(NOON.plus(20)), NOON.plus(20), "was activated"),
        (renewed, before(NOON.plus(20)), NOON.plus(20), "were replaced"),
        (revoked, before(NOON), NOON, "was revoked"),
    ] {
        let scene = Scene::with_grant(&grant).await;
        assert_eq!(scene.sweep(early).await, Ok(0), "{says}: who made it has his time first");
        assert_eq!(scene.sweep(due).await, Ok(1), "{says}");
        let subjects = scene.subjects();
        assert!(subjects.len() == 1 && subjects[0].contains(says), "{subjects:?}");
        let text = &scene.mailbox.emails()[0].text;
        let link = "https://console.example.com/remote-assistance.html";
        assert_eq!(text.contains(link), says != "was revoked", "{says}: where he revokes it");
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
async fn a_mail_of_a_grant_that_fails_is_tried_again_later_each_time() {
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
        assert_eq!(ended.version, told_grant().version + 1 + 3, "ended once");
        scene.mailbox.fails(None);
        assert_eq!(scene.sweep(END.plus(420)).await, Ok(1));
        assert_eq!(scene.grant().await.due_at(), None);
    }
}

/// A mailer that hangs makes no end late, of a grant or of a verification.
#[tokio::test] // P25
async fn a_grant_is_ended_before_anybody_is_told() {
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
    assert!(broken_off(sweep(&app, END)), "it hangs in the first email");
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
                    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
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
        assert_eq!((ended.version, ended.due_at()), (told_grant().version + 3, None));
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
    assert_eq!(calls, 5, "read, end, read, try, told");
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
    assert_eq!(crashes, 2 * 7, "before and after each: list, read, end, read, try, send, told");
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
        grants: Meddled(scene.store.memory.clone(), Mutex::new((2, Some(revoked)))),
        index: Index(scene.store.memory.clone()),
        mailer: scene.mailbox.clone(),
        receipt_key: scene.signer.clone(),
        settings: settings(),
    };
    // He revokes it between the sweep's read and its try to tell that it was made.
    assert_eq!(sweep(&app, NOON.plus(20)).await, Ok(1));
    assert_eq!(scene.mailbox.emails().len(), 0);
    assert_eq!(scene.grant().await.ended.map(|ended| ended.how), Some(GrantEnding::Revoked));
    assert_eq!(scene.sweep(NOON.plus(20)).await, Ok(1));
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
        (lost(|w| _ = w.session(), false), "or because the access was revoked", true),
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
        assert_eq!(email.attachments.len(), usize::from(receipt), "{says}");
        for file in &email.attachments {
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
async fn a_use_that_could_not_be_told_is_told_by_the_sweep() {
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
        later.verification.clone().start_mint(CONFIRMED, &later.limits, NOON.plus(90)).unwrap();
    let (session, _) = later.sealed();
    let v = later.verification.clone();
    let started = v.start_session(session, &later.page.secret, &key(), NOON.plus(90)).unwrap();
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
