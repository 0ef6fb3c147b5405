//! Sample people and verifications.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use support_core::code::Code;
use support_core::directory::{
    Customer, CustomerStatus, Ecosystem, Locale, Plan, Role, SignIn, SignInStatus,
};
use support_core::entitlement::{Access, Environment, RcmForMembers, Visibility};
use support_core::identity::{Agent, EmailAddress, LinkToken, VerificationId};
use support_core::limits::Limits;
use support_core::secret::{HashKey, Secret};
use support_core::session::{IssuedHandoff, Opening, SealedSession, Session, Tokens};
use support_core::support_grant::{Credentials, EnteredCredentials, Offer, SupportGrant};
use support_core::time::Timestamp;
use support_core::verification::{Module, NewConsentRequest, Side, Verdict, Verification};

/// Noon of some day: the moment at which samples start.
pub const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// The sign-in status of a customer who can sign in.
pub const CONFIRMED: SignInStatus = SignInStatus { sign_in: SignIn::Confirmed, mfa: false };

/// A generator that gives the same numbers every time.
pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub fn key() -> HashKey {
    HashKey::new(&[42; 32]).expect("32 bytes are enough")
}

/// The agent `ana`, `ben`, …: the name is also the id.
pub fn agent(name: &str) -> Agent {
    let email =
        EmailAddress::parse(&format!("{name}@agents.example.com")).expect("a plain address");
    Agent { id: name.to_owned(), name: name.to_owned(), email }
}

pub fn ecosystem(id: &str, role: Role, plan: Plan) -> Ecosystem {
    let modules = vec!["rcm".to_owned()];
    Ecosystem { id: id.to_owned(), name: format!("Ecosystem {id}"), role, plan, modules }
}

/// An administrator of `eco-1` on premium and a member of `eco-2` on plus.
pub fn customer(name: &str) -> Customer {
    Customer {
        user_id: format!("sub-{name}"),
        email: EmailAddress::parse(&format!("{name}@example.com")).expect("a plain address"),
        name: name.to_owned(),
        locale: Locale::En,
        time_zone: None,
        status: CustomerStatus::Active,
        ecosystems: vec![
            ecosystem("eco-1", Role::Admin, Plan::Premium),
            ecosystem("eco-2", Role::Member, Plan::Plus),
        ],
    }
}

/// A grant of the customer `name` for `eco-1`, of 15 minutes from [`NOON`], in the place of the one
/// `before`, with its credentials. Talks stay hidden.
pub fn granted(name: &str, before: Option<&SupportGrant>) -> (SupportGrant, Credentials) {
    let customer = customer(name);
    let offer = Offer {
        customer: &customer,
        sign_in_status: CONFIRMED,
        ecosystem: "eco-1",
        visibility: Visibility { messages: true, talks: false },
        access: Access::View,
        minutes: 15,
    };
    let seed = name.bytes().map(u64::from).sum::<u64>() + before.map_or(0, |b| b.version.into());
    SupportGrant::create(before, &offer, RcmForMembers::default(), &key(), &mut rng(seed), NOON)
        .expect("the customer may offer access")
}

/// The credentials as an agent enters them.
pub fn entered(user_name: &str, password: &str, security_code: &str) -> EnteredCredentials {
    let body = serde_json::json!({
        "user_name": user_name, "password": password, "security_code": security_code,
    });
    serde_json::from_value(body).expect("their form is right")
}

/// A code that is right in [`Walk`].
pub fn right() -> Code {
    Code::parse("424242").expect("six digits")
}

/// A code that is wrong in [`Walk`].
pub fn wrong() -> Code {
    Code::parse("000000").expect("six digits")
}

/// Walks a verification through the process without a store.
pub struct Walk {
    pub limits: Limits,
    pub key: HashKey,
    /// The customer's page, as last sent.
    pub page: LinkToken,
    pub verification: Verification,
    pub now: Timestamp,
}

impl Walk {
    /// At `started`, at [`NOON`].
    pub fn start(seed: u64) -> Self {
        let limits = Limits::default();
        let id = VerificationId::generate(&mut rng(seed));
        let verification = Verification::start(
            id.clone(),
            Module::default(),
            None,
            agent("ana"),
            customer("carla"),
            &limits,
            NOON,
        )
        .expect("ana may look carla up");
        let page = LinkToken { verification: id, secret: Secret::generate(&mut rng(seed + 1)) };
        Self { limits, key: key(), page, verification, now: NOON }
    }

    /// At `started`, at [`NOON`], with the credentials of `grant`; and the grant as it then is.
    pub fn redeem(seed: u64, grant: SupportGrant) -> (Self, SupportGrant) {
        let limits = Limits::default();
        let id = VerificationId::generate(&mut rng(seed));
        let person = Some(customer(&grant.customer.name));
        let (grant, verification) = grant
            .redeem(None, id.clone(), agent("ana"), person, &limits, NOON)
            .expect("it is live");
        let page = LinkToken { verification: id, secret: Secret::generate(&mut rng(seed + 1)) };
        (Self { limits, key: key(), page, verification, now: NOON }, grant)
    }

    fn step(&mut self, next: impl FnOnce(&Self, Verification) -> Verification) -> &mut Self {
        self.verification = next(self, self.verification.clone());
        self
    }

    pub fn challenge(&mut self) -> &mut Self {
        self.step(|w, v| v.challenge_agent(&right(), &w.key, &w.limits, w.now).expect("in step"))
    }

    pub fn prove(&mut self) -> &mut Self {
        self.challenge().step(|w, v| {
            let Ok(Verdict::Right(code)) = v.judge_agent_code(&right(), &w.key, w.now) else {
                panic!("the code is right")
            };
            v.prove_agent(code, CONFIRMED, &w.limits, w.now).expect("in step")
        })
    }

    /// Asks to look at `ecosystem`, again if need be.
    pub fn ask(&mut self, ecosystem: &str) -> &mut Self {
        self.ask_for(ecosystem, Access::View)
    }

    /// Asks for `ecosystem`, again if need be.
    pub fn ask_for(&mut self, ecosystem: &str, access: Access) -> &mut Self {
        self.step(|w, v| {
            let asking = NewConsentRequest {
                ecosystem,
                access,
                code: &right(),
                page: &w.page.secret,
                verification_number: "47".to_owned(),
            };
            v.request_consent(asking, &w.key, &w.limits, w.now).expect("in step")
        })
    }

    pub fn enter(&mut self, side: Side) -> &mut Self {
        self.enter_allowing(side, None)
    }

    /// Enters the right code and allows no more than `access`.
    pub fn enter_allowing(&mut self, side: Side, access: Option<Access>) -> &mut Self {
        self.step(|w, v| {
            let Ok(Verdict::Right(code)) = v.judge_customer_code(side, &right(), &w.key, w.now)
            else {
                panic!("the code is right")
            };
            v.enter_customer_code(code, side, access, &w.limits, w.now).expect("in step")
        })
    }

    /// With a support grant the proof is enough.
    pub fn consent(&mut self) -> &mut Self {
        if self.verification.support_grant.is_some() {
            return self.prove();
        }
        self.prove().ask("eco-1").enter(Side::Customer).enter(Side::Agent)
    }

    pub fn mint(&mut self) -> &mut Self {
        self.consent().step(|w, v| v.start_mint(&w.limits, w.now).expect("in step"))
    }

    /// Into a session of 300 s, with its handoffs.
    pub fn session(&mut self) -> Vec<IssuedHandoff> {
        self.mint();
        let (session, handoffs) = self.sealed();
        self.step(|w, v| {
            v.start_session(CONFIRMED, session, &w.page.secret, &w.key, w.now).expect("in step")
        });
        handoffs
    }

    /// A session's sealed tokens, for this verification.
    pub fn sealed(&self) -> (SealedSession, Vec<IssuedHandoff>) {
        let consent = self.verification.consent().expect("asked");
        let pairs: Vec<_> = consent.environments.iter().map(|e| (*e, tokens(*e))).collect();
        let opening = |(environment, tokens)| Opening { environment, landing: "home", tokens };
        let openings: Vec<_> = pairs.iter().map(|(e, tokens)| opening((*e, tokens))).collect();
        Session::seal(
            &self.verification.id,
            &openings,
            (self.now, self.now.plus(300)),
            self.verification.visibility(),
            &self.key,
            &mut rng(99),
        )
    }

    pub fn wait(&mut self, seconds: u32) -> &mut Self {
        self.now = self.now.plus(seconds);
        self
    }
}

/// Tokens that say nothing but where they are for.
pub fn tokens(environment: Environment) -> Tokens {
    Tokens {
        access: format!("access-token-canary-{}", environment.as_str()).into(),
        id: format!("id-token-canary-{}", environment.as_str()).into(),
    }
}

/// What to write, one after the other, so that a store comes to hold `whole`.
pub fn versions(whole: &Verification) -> impl Iterator<Item = Verification> + '_ {
    (1..=whole.version).map(|version| Verification { version, ..whole.clone() })
}
