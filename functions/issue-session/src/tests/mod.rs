//! Everything that may go wrong between the press and the handoffs.

mod faults;
mod issuing;
mod pairs;

use crate::app::{Parts, Settings};
use crate::handler::handle;
use serde_json::{Value, json};
use std::time::Duration;
use support_core::chain::{self, Action};
use support_core::directory::{Customer, Role, SignIn, SignInStatus};
use support_core::entitlement::{Environment, EnvironmentUrls, Visibility};
use support_core::identity::{Reason, VerificationId};
use support_core::limits::Limits;
use support_core::ports::{Change, Saved, Verifications};
use support_core::step_detail::Facts;
use support_core::time::Timestamp;
use support_core::time_zone::TimeZone;
use support_core::verification::{
    ClosedByAgent, Module, NoticeKind, Side, State, Status, Verification,
};
use support_gateway::Request;
use support_testing::calls::{Answered, call};
use support_testing::jwt;
use support_testing::samples::{CONFIRMED, NOON, Walk, customer, granted, versions};
use support_testing::world::{Fault, FaultyStore, World};

type TestApp = Parts<FaultyStore, World, World, World, World, World>;

struct Scene {
    store: FaultyStore,
    world: World,
    id: VerificationId,
}

fn successor() -> Customer {
    let mut successor = customer("carla");
    successor.ecosystems[0].role = Role::Successor;
    successor
}

impl Scene {
    /// Consented at noon; Cognito would mint what it should.
    async fn consented() -> Self {
        Self::consented_in(Module::TechnicalAssistance, customer("carla")).await
    }

    /// The same for the successor of `eco-1`.
    async fn successor() -> Self {
        Self::consented_in(Module::EcosystemAdmin, successor()).await
    }

    async fn consented_in(module: Module, customer: Customer) -> Self {
        let mut walk = Walk::start(1);
        walk.verification.module = module;
        walk.verification.customer = customer.clone();
        walk.consent();
        Self::of(&walk, customer).await
    }

    /// What the walk has come to.
    async fn of(walk: &Walk, customer: Customer) -> Self {
        let scene = Self {
            store: FaultyStore::default(),
            world: World::default(),
            id: walk.verification.id.clone(),
        };
        for version in versions(&walk.verification) {
            scene.store.memory.save(&Change::to(version)).await.unwrap();
        }
        scene.world.customer(customer);
        scene.world.agent("ana", true);
        scene.mints(|_| {});
        scene
    }

    /// What Cognito mints: what it should, changed so.
    fn mints(&self, change: impl Fn(&mut Value) + Send + Sync + 'static) {
        let id = self.id.clone();
        let token = move |environment: Environment, usage: &str| {
            let mut claims = json!({
                "sub": "sub-carla", "token_use": usage, "act": {"sub": "ana"},
                "support_agent": "ana", "support_session": id, "ecosystem": "eco-1",
                "environment": environment, "access": "view",
                "visibility": {"messages": true, "talks": true},
                "iat": NOON.seconds(), "exp": NOON.seconds() + 300,
            });
            let audience = if usage == "access" { "client_id" } else { "aud" };
            claims[audience] = "support-access".into();
            change(&mut claims);
            jwt::unsigned(&claims)
        };
        self.world.tokens(move |e| (token(e, "access"), token(e, "id")));
    }

    fn app(&self) -> TestApp {
        let url = |name: &str| format!("https://{name}.example.com/support");
        Parts {
            verifications: self.store.clone(),
            directory: self.world.clone(),
            agents: self.world.clone(),
            customers: self.world.clone(),
            minter: self.world.clone(),
            mailer: self.world.clone(),
            settings: Settings {
                time_zone: TimeZone::default(),
                key: support_testing::samples::key(),
                limits: support_core::limits::Limits::default(),
                client_id: "support-access".into(),
                environments: EnvironmentUrls::each(|to| Ok::<_, ()>(url(to.as_str()))).unwrap(),
                consent_page: "https://consent.example.com/".into(),
            },
        }
    }

    async fn issue(&self, now: Timestamp) -> Answered {
        let app = self.app();
        let route = "POST /verifications/{id}/session";
        call(route, &self.id, &json!({}), now, async |request| handle(&app, request).await).await
    }

    async fn stored(&self) -> Verification {
        self.store.memory.load(&self.id).await.unwrap().unwrap()
    }

    async fn check(&self) -> Verification {
        let stored = self.stored().await;
        assert_eq!(chain::check(&self.id, &stored.steps), Ok(()));
        assert_eq!(stored.version as usize, stored.steps.len());
        stored
    }
}

impl Scene {
    /// Issues while Cognito is slow; once the lease is committed, `meanwhile` makes of it what is
    /// stored next, one version after the other.
    async fn issue_while(
        &self,
        meanwhile: impl FnOnce(Verification) -> Vec<Verification>,
    ) -> Answered {
        let lease = self.store.calls() + 2;
        let raced = async {
            while self.store.calls() < lease {
                tokio::task::yield_now().await;
            }
            for next in meanwhile(self.stored().await) {
                assert_eq!(self.store.memory.save(&Change::to(next)).await, Ok(Saved::Done));
            }
        };
        self.world.slow(true);
        let (issued, ()) = tokio::join!(self.issue(NOON), raced);
        issued
    }
}
