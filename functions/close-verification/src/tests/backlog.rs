//! A backlog of any size drains, whatever hangs meanwhile.
//!
//! Time is virtual: calls take it, computing does not, so that the result is the same on every machine.

use std::collections::{HashMap, HashSet};

use super::*;

const BACKLOG: u64 = 20_000;
/// How long each call takes: a run cannot look after all of it.
const CALL: Duration = Duration::from_millis(100);
/// How long a call takes that nobody answers, as the adapters have it.
const HANGS: Duration = Duration::from_secs(3);

/// Everything that the sweep calls, with what is wrong with it.
#[derive(Clone, Default)]
struct Services {
    store: FaultyStore,
    signer: Signer,
    no_email: Arc<AtomicBool>,
    no_key: Arc<AtomicBool>,
    unreadable: Arc<Mutex<HashSet<VerificationId>>>,
    emails: Arc<Mutex<HashMap<EmailAddress, usize>>>,
}

async fn answers(service: &'static str, down: &AtomicBool) -> Result<(), Failure> {
    if down.load(Ordering::Relaxed) {
        tokio::time::sleep(HANGS).await;
        return Err(Failure::unsure(service, "timed out"));
    }
    tokio::time::sleep(CALL).await;
    Ok(())
}

impl Verifications for Services {
    async fn load(&self, id: &VerificationId) -> Result<Option<Verification>, Failure> {
        tokio::time::sleep(CALL).await;
        if self.unreadable.lock().unwrap().contains(id) {
            return Err(Failure::clean("dynamodb", "item unreadable"));
        }
        self.store.memory.load(id).await
    }

    async fn save(&self, change: &Change) -> Result<Saved, Failure> {
        tokio::time::sleep(CALL).await;
        self.store.memory.save(change).await
    }
}

impl Mailer for Services {
    async fn send(&self, to: &EmailAddress, _: &Email) -> Result<(), Failure> {
        answers("ses", &self.no_email).await?;
        *self.emails.lock().unwrap().entry(to.clone()).or_default() += 1;
        Ok(())
    }
}

impl ReceiptKey for Services {
    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        answers("kms", &self.no_key).await?;
        self.signer.sign(message).await
    }

    async fn public(&self) -> Result<PublicKey, Failure> {
        self.signer.public().await
    }
}

impl Services {
    /// Sweeps, in at most 45 seconds. What is due falls, or nothing was due.
    async fn sweep(&self, now: Timestamp) -> Result<usize, Failure> {
        let app = Parts {
            verifications: self.clone(),
            grants: self.store.clone(),
            index: Index(self.store.memory.clone()),
            mailer: self.clone(),
            receipt_key: self.clone(),
            settings: settings(),
        };
        let before = self.due(now).await;
        let swept = tokio::time::timeout(Duration::from_secs(45), sweep(&app, now)).await;
        let after = self.due(now).await;
        assert!(after < before || after == 0, "{before} were due before, and {after} after it");
        swept.expect("it ends in time")
    }

    async fn due(&self, now: Timestamp) -> usize {
        self.store.memory.due(0, now, None, usize::MAX).await.unwrap().items.len()
    }

    async fn stored(&self, id: &VerificationId) -> Verification {
        self.store.memory.load(id).await.unwrap().unwrap()
    }

    async fn open(&self, ids: &[VerificationId]) -> usize {
        let mut open = 0;
        for id in ids {
            open += usize::from(self.stored(id).await.status() != Status::Closed);
        }
        open
    }
}

/// Of three kinds: most end without an email, some with an email, and a few with a receipt as well.
async fn backlog(services: &Services) -> Vec<VerificationId> {
    let (mut proved, mut asked) = (Walk::start(1), Walk::start(1));
    proved.prove();
    asked.prove().ask("eco-1");
    let mut ids = Vec::new();
    for n in 0..BACKLOG {
        let mut verification = match n % 100 {
            0 => told_session(10_000 + n),
            1..80 => proved.verification.clone(),
            _ => asked.verification.clone(),
        };
        if n % 100 != 0 {
            verification.id = VerificationId::generate(&mut rng(10_000 + n));
        }
        verification.customer.email = EmailAddress::parse(&format!("c{n}@example.com")).unwrap();
        verification.version = 1;
        let saved = services.store.memory.save(&Change::to(verification.clone())).await;
        assert_eq!(saved, Ok(Saved::Done));
        ids.push(verification.id);
    }
    ids
}

#[tokio::test(start_paused = true)] // P35
async fn twenty_thousand_items_drain_while_email_hangs_and_without_the_key() {
    let services = Services::default();
    let ids = backlog(&services).await;
    // More than are in flight, and in front of all others.
    let mut sorted = ids.clone();
    sorted.sort();
    let unreadable: HashSet<_> = sorted.into_iter().take(3 * IN_FLIGHT).collect();
    *services.unreadable.lock().unwrap() = unreadable.clone();
    let mut now = NOON.plus(1000);

    // Email hangs: everything is closed nevertheless, run by run.
    services.no_email.store(true, Ordering::Relaxed);
    let (mut open, mut runs) = (ids.len(), 0);
    while open > unreadable.len() {
        assert!(services.sweep(now).await.is_err());
        let left = services.open(&ids).await;
        assert!(open - left > 3_000 || left == unreadable.len(), "of {open}, {left} are left");
        (open, runs, now) = (left, runs + 1, now.plus(60));
    }
    assert!(runs > 2, "the backlog is more than a run's");
    assert!(services.emails.lock().unwrap().is_empty());

    // Email is back, and the key hangs. Tries are at most an hour apart by now: customers who need no receipt are told.
    services.no_email.store(false, Ordering::Relaxed);
    services.no_key.store(true, Ordering::Relaxed);
    for _ in 0..12 {
        let _ = services.sweep(now).await;
        now = now.plus(600);
    }
    for (n, id) in ids.iter().enumerate() {
        let waits = n % 100 == 0 || unreadable.contains(id);
        assert_eq!(services.stored(id).await.due_at().is_some(), waits, "{n}");
    }

    // All is well again, and the unreadable ones can be read.
    services.no_key.store(false, Ordering::Relaxed);
    services.unreadable.lock().unwrap().clear();
    for _ in 0..12 {
        assert!(services.sweep(now).await.is_ok());
        now = now.plus(600);
    }
    for id in &ids {
        assert_eq!(services.stored(id).await.due_at(), None);
    }
    let emails = services.emails.lock().unwrap();
    assert_eq!(emails.len(), ids.len() - ids.len() * 79 / 100, "all who were asked are told");
    assert!(emails.values().all(|emails| *emails == 1), "once");
}
