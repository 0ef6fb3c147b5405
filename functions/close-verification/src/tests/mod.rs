//! The sweep: early, late, twice, at once, and with everything it needs failing or breaking off.

mod backlog;
mod engine;
mod grants;
mod outcomes;
mod retries;

use crate::app::{Parts, Settings};
use crate::sweep::{IN_FLIGHT, PAGE, Progress, sweep, sweep_until};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::Duration;
use support_core::chain::{self, Action, Actor};
use support_core::email::Email;
use support_core::entitlement::Visibility;
use support_core::identity::{EmailAddress, LinkToken, Reason, VerificationId};
use support_core::limits::{Limits, QuotaUse};
use support_core::ports::{
    Change, Due, DueItems, DuePage, DuePlace, Mailer, ReceiptKey, Saved, SupportGrants,
    Verifications,
};
use support_core::receipt::{PublicKey, check};
use support_core::refusal::Failure;
use support_core::step_detail::Detail;
use support_core::support_grant::{Ended, GrantEnding, GrantKey, GrantNoticeKind, SupportGrant};
use support_core::time::Timestamp;
use support_core::time_zone::TimeZone;
use support_core::verification::{
    Closed, ClosedByAgent, NoticeKind, Outcome, Side, State, Status, Verification,
};
use support_testing::memory::Memory;
use support_testing::samples::{CONFIRMED, NOON, Walk, granted, key, rng, versions, wrong};
use support_testing::signer::Signer;
use support_testing::world::{Fault, FaultyStore};

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
    fn parts(&self) -> usize {
        self.0.parts()
    }

    async fn due(
        &self,
        part: usize,
        now: Timestamp,
        after: Option<&DuePlace>,
        limit: usize,
    ) -> Result<DuePage, Failure> {
        self.0.due(part, now, after, limit).await
    }

    async fn postpone(&self, item: &Due, at: Timestamp, until: Timestamp) -> Result<(), Failure> {
        self.0.postpone(item, at, until).await
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
        ClosedByAgent::Now(next) | ClosedByAgent::Already(next) => next,
    }
}

/// SES does not answer.
struct Hanging;

impl Mailer for Hanging {
    async fn send(&self, _: &EmailAddress, _: &Email) -> Result<(), Failure> {
        tokio::time::sleep(Duration::from_secs(3)).await;
        Err(Failure::unsure("ses", "timed out"))
    }
}

/// Whether a future can go on.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs it to where it cannot go on, and drops it there, as a crash does. Says whether it did.
fn broken_off(work: impl Future) -> bool {
    let mut work = pin!(work);
    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = Waker::from(woken.clone());
    while woken.0.swap(false, Ordering::Relaxed) {
        if work.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
            return false;
        }
    }
    true
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
    fn parts(&self) -> usize {
        self.0.parts()
    }

    async fn due(
        &self,
        part: usize,
        now: Timestamp,
        after: Option<&DuePlace>,
        limit: usize,
    ) -> Result<DuePage, Failure> {
        self.1.around(self.0.due(part, now, after, limit)).await
    }

    async fn postpone(&self, item: &Due, at: Timestamp, until: Timestamp) -> Result<(), Failure> {
        self.1.around(self.0.postpone(item, at, until)).await
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
