//! Every route, with the store, the email and the rest of the world failing where they can, and with
//! others calling at the same moment.

mod ending;
mod faults;
mod notices;
mod offering;
mod races;
mod redeeming;
mod rotation;

use crate::app::{Parts, Settings};
use crate::handler::handle;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use support_core::chain::{self, Action};
use support_core::directory::{Customer, CustomerStatus, SignIn, SignInStatus};
use support_core::email::Email;
use support_core::identity::{EmailAddress, Reason, VerificationId};
use support_core::limits::{Limits, LockoutQuota, QuotaUse};
use support_core::ports::{
    Change, Counted, CustomerPool, Mailer, Quotas, Saved, Scope, SupportGrants, VerificationIndex,
    Verifications, Window,
};
use support_core::refusal::Failure;
use support_core::step_detail::Facts;
use support_core::support_grant::{
    GrantEnding, GrantKey, GrantLimits, GrantNoticeKind, SupportGrant,
};
use support_core::time::Timestamp;
use support_core::time_zone::TimeZone;
use support_core::verification::{
    Closed, ClosedByAgent, NoticeKind, Outcome, State, Status, Verdict, Verification,
};
use support_testing::calls::{Answered, CUSTOMER_CLIENT, agent_event, customer_event, send};
use support_testing::samples::{CONFIRMED, NOON, Walk, customer, key, right};
use support_testing::world::{Fault, FaultyStore, World};

const CREATE: &str = "POST /support-grant";

const READ: &str = "GET /support-grant";

const REVOKE: &str = "DELETE /support-grant";

const OPTIONS: &str = "GET /support-grant/options";

const REGENERATE: &str = "POST /support-grant/regenerate";

const REDEEM: &str = "POST /support-grant/redeem";

/// When the grants of [`offer`] end.
const END: Timestamp = NOON.plus(15 * 60);

fn offer() -> Value {
    json!({
        "duration_minutes": 15, "allow_messages": true, "allow_talks": false, "ecosystem": "eco-1",
    })
}

fn before(moment: Timestamp) -> Timestamp {
    Timestamp::from_millis(moment.millis() - 1)
}

/// The three of an answer, as an agent sends them.
fn credentials(answer: &Answered) -> Value {
    let [user_name, password, security_code] =
        ["user_name", "password", "security_code"].map(|name| answer.body[name].clone());
    json!({"user_name": user_name, "password": password, "security_code": security_code})
}

fn wrong(credentials: &Value) -> Value {
    let mut wrong = credentials.clone();
    wrong["password"] = "wrong".into();
    wrong
}

/// A store that may fail, a world that may be down, and Carla in both.
#[derive(Clone)]
struct Scene {
    store: FaultyStore,
    world: World,
}

impl Scene {
    fn new() -> Self {
        let scene = Self { store: FaultyStore::default(), world: World::default() };
        scene.world.customer(customer("carla"));
        for name in ["ana", "ben", "cleo", "dan"] {
            scene.world.agent(name, true);
        }
        scene
    }

    /// With a grant that Carla made at noon, and its credentials.
    async fn granted() -> (Self, Value) {
        let scene = Self::new();
        let created = scene.carla(CREATE, NOON).await;
        assert_eq!(created.status, 201);
        (scene, credentials(&created))
    }

    /// With a verification that Ana started under it.
    async fn redeemed() -> (Self, Value) {
        let (scene, credentials) = Self::granted().await;
        assert_eq!(scene.redeem("ana", &credentials, NOON).await.status, 201);
        (scene, credentials)
    }

    fn app<S: Clone>(&self, store: S) -> Parts<S, S, World, World, World, World> {
        let world = || self.world.clone();
        app(store, world(), world(), world(), world())
    }

    async fn send(&self, event: Value, now: Timestamp) -> Answered {
        self.send_by(self.store.clone(), event, now).await
    }

    async fn send_by(
        &self,
        store: impl Verifications + SupportGrants + Quotas + Clone,
        event: Value,
        now: Timestamp,
    ) -> Answered {
        let app = self.app(store);
        send(event, now, async |request| handle(&app, request).await).await
    }

    /// Carla calls `route`.
    async fn carla(&self, route: &str, now: Timestamp) -> Answered {
        self.send(by_carla(route), now).await
    }

    async fn redeem(&self, by: &str, credentials: &Value, now: Timestamp) -> Answered {
        self.send(agent_event(by, REDEEM, credentials), now).await
    }

    async fn stored(&self) -> Option<SupportGrant> {
        self.store.memory.load_grant(&GrantKey::of("sub-carla", &key())).await.unwrap()
    }

    async fn grant(&self) -> SupportGrant {
        self.stored().await.expect("there is one")
    }

    async fn verifications(&self) -> Vec<Verification> {
        let page = self.store.memory.page(&Scope::Everyone, &Window::default(), None, 100).await;
        page.unwrap().items.into_iter().filter_map(|listed| listed.verification).collect()
    }

    /// The only one.
    async fn verification(&self) -> Verification {
        let mut all = self.verifications().await;
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    async fn save(&self, next: Verification) -> Saved {
        self.store.memory.save(&Change::to(next)).await.unwrap()
    }

    async fn cancel(&self) {
        let open = self.verifications().await.into_iter().find(|v| v.status() != Status::Closed);
        let reason = Reason::parse("enough").unwrap();
        let ClosedByAgent::Now(next) = open.unwrap().cancel(reason, NOON).unwrap() else {
            panic!("it was open")
        };
        assert_eq!(self.save(next).await, Saved::Done);
    }

    /// Takes the verification, which has just been started, on to `minting`.
    async fn mint(&self) -> Walk {
        let mut walk = Walk::start(1);
        walk.verification = self.verification().await;
        for step in [Walk::challenge as fn(&mut Walk) -> &mut Walk, proved, minting] {
            step(&mut walk);
            assert_eq!(self.save(walk.verification.clone()).await, Saved::Done);
        }
        walk
    }

    /// What must hold whatever broke or came between: a whole record of each verification;
    /// the grant and the open verification, of which there is one at most, know each other.
    async fn check(&self, now: Timestamp) {
        let grant = self.stored().await;
        let mut open = 0;
        for verification in self.verifications().await {
            assert_eq!(chain::check(&verification.id, &verification.steps), Ok(()));
            assert_eq!(verification.version as usize, verification.steps.len());
            let now_is = verification.clone().at(now);
            if now_is.status() == Status::Closed {
                continue;
            }
            open += 1;
            let grant = grant.as_ref().expect("no verification without its grant");
            assert_eq!(grant.verification.as_ref(), Some(&verification.id));
            assert_eq!(grant.terms, verification.support_grant.unwrap());
            assert!(grant.is_live(now), "{:?} under a grant that is over", now_is.status());
            // Regenerating lets a session go on, and nothing else.
            if now_is.status() != Status::InSession {
                assert_eq!(grant.redeemed_by.as_ref(), Some(&verification.agent));
            }
        }
        assert!(open <= 1, "{open} open");
    }
}

fn app<S: Clone, D, A, C, M>(
    store: S,
    directory: D,
    agents: A,
    customers: C,
    mailer: M,
) -> Parts<S, S, D, A, C, M> {
    Parts {
        quotas: store.clone(),
        store,
        directory,
        agents,
        customers,
        mailer,
        settings: Settings {
            time_zone: TimeZone::default(),
            key: key(),
            limits: Limits::default(),
            grant_limits: GrantLimits::default(),
            client_id: CUSTOMER_CLIENT.into(),
            redeem_url: "https://console.example.com/redeem.html".into(),
            page_url: "https://console.example.com/remote-assistance.html".into(),
        },
    }
}

fn by_carla(route: &str) -> Value {
    let body = (route == CREATE).then(offer);
    customer_event("sub-carla", route, body.as_ref())
}

fn proved(walk: &mut Walk) -> &mut Walk {
    let v = walk.verification.clone();
    let Ok(Verdict::Right(code)) = v.judge_agent_code(&right(), &walk.key, walk.now) else {
        panic!("the code is right")
    };
    walk.verification = v.prove_agent(code, CONFIRMED, &walk.limits, walk.now).unwrap();
    walk
}

fn minting(walk: &mut Walk) -> &mut Walk {
    walk.verification = walk.verification.clone().start_mint(&walk.limits, walk.now).unwrap();
    walk
}

fn in_session(walk: &Walk) -> Verification {
    let (session, _) = walk.sealed();
    let minting = walk.verification.clone();
    minting.start_session(CONFIRMED, session, &walk.page.secret, &walk.key, walk.now).unwrap()
}

fn outcome(verification: &Verification) -> Option<Outcome> {
    match &verification.state {
        State::Closed(Closed { outcome, .. }) => Some(*outcome),
        _ => None,
    }
}

fn names(body: &Value) -> BTreeSet<&str> {
    body.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// A store before whose `nth` call somebody else does something.
#[derive(Clone)]
struct Meddled {
    store: FaultyStore,
    left: Arc<AtomicUsize>,
    with: Arc<Mutex<Option<Meddler>>>,
}

impl Meddled {
    fn new(scene: &Scene, nth: usize, with: impl AsyncFnOnce() + Send + 'static) -> Self {
        let with: Meddler = Box::new(move || {
            std::thread::spawn(move || block_on(with())).join().expect("no panic");
        });
        Self {
            store: scene.store.clone(),
            left: Arc::new(AtomicUsize::new(nth + 1)),
            with: Arc::new(Mutex::new(Some(with))),
        }
    }

    /// Whether the meddler came at all.
    fn came(&self) -> bool {
        self.with.lock().unwrap().is_none()
    }

    async fn then<T>(&self, call: impl Future<Output = T>) -> T {
        if self.left.load(Ordering::Relaxed) > 0 && self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            let with = self.with.lock().unwrap().take();
            with.expect("once")();
        }
        call.await
    }
}

impl Verifications for Meddled {
    async fn load(&self, id: &VerificationId) -> Result<Option<Verification>, Failure> {
        self.then(Verifications::load(&self.store, id)).await
    }

    async fn save(&self, change: &Change) -> Result<Saved, Failure> {
        self.then(self.store.save(change)).await
    }
}

impl SupportGrants for Meddled {
    async fn load_grant(&self, key: &GrantKey) -> Result<Option<SupportGrant>, Failure> {
        self.then(self.store.load_grant(key)).await
    }

    async fn save_grant(
        &self,
        next: &SupportGrant,
        quota_uses: &[QuotaUse],
    ) -> Result<Saved, Failure> {
        self.then(self.store.save_grant(next, quota_uses)).await
    }
}

impl Quotas for Meddled {
    async fn spend(&self, quota_use: &QuotaUse) -> Result<Saved, Failure> {
        self.then(self.store.spend(quota_use)).await
    }

    async fn count(&self, lockout: &LockoutQuota, now: Timestamp) -> Result<Counted, Failure> {
        self.then(self.store.count(lockout, now)).await
    }

    async fn give_back(&self, lockout: &LockoutQuota) -> Result<(), Failure> {
        self.then(self.store.give_back(lockout)).await
    }
}

type Meddler = Box<dyn FnOnce() + Send>;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(future)
}
