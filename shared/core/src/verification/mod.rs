//! One run of the process, from look-up to close.
//!
//! A state carries its own facts; a transition consumes the verification and returns the next one,
//! with exactly one step more. [`Verification::at`] applies the deadlines on every read, so that a
//! verification past its deadline is closed whether or not anything has closed it in the store.
//!
//! The transitions stand by stage in `agent_proof`, `consent`, `session` and `closing`; which notice
//! is due stands in `notices`.

mod agent_proof;
mod closing;
mod consent;
mod notices;
mod returned_email;
mod sent_code;
mod session;
mod state;

use serde::{Deserialize, Serialize};

use crate::chain::{self, Action, Actor, NewStep, Step};
use crate::directory::{Customer, CustomerStatus, Ecosystem, Role, SignIn, SignInStatus};
use crate::entitlement::{Environment, environments};
use crate::grant_terms::GrantTerms;
use crate::identity::{Agent, TicketNumber, VerificationId};
use crate::kept::Kept;
use crate::limits::Limits;
use crate::notice::{self, Notice};
use crate::refusal::{NotAllowed, Refusal};
use crate::secret::{Digest, HashKey, Purpose, Secret};
use crate::session::SealedChange;
use crate::step_detail::{Detail, Facts};
use crate::time::Timestamp;

pub use self::sent_code::{RightCode, SentCode, Verdict};
pub use self::state::{
    Closed, Consent, ConsentRequest, Entries, NewConsentRequest, PastSession, State,
};
pub use crate::notice::NoticeKind;
pub use crate::status::{Module, Outcome, Side, Status};

/// See the [module](self).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verification {
    pub id: VerificationId,
    pub module: Module,
    /// The support grant that it runs under, with the module [`Module::SupportGrant`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_grant: Option<GrantTerms>,
    pub ticket: Option<TicketNumber>,
    pub agent: Agent,
    /// The directory's record at look-up.
    pub customer: Customer,
    pub created_at: Timestamp,
    pub state: State,
    /// The notice that the customer is still owed.
    pub notice: Option<Notice<NoticeKind>>,
    /// The record.
    #[serde(with = "chain::stored")]
    pub steps: Vec<Step>,
    /// Counts the writes: every transition, which is also a step, and every try of a notice, which is
    /// not.
    pub version: u32,
    /// What the write of this version does to the session's sealed tokens. They are items of their own,
    /// so that this one stays small.
    #[serde(skip)]
    pub sealed: SealedChange,
    /// What another version wrote into the item.
    #[serde(skip)]
    pub kept: Kept,
}

/// What a cancel or a finish came to.
#[derive(Debug)]
pub enum ClosedByAgent {
    Now(Verification),
    Already(Verification),
}

impl Verification {
    /// Returns a new verification of `customer` by `agent`.
    ///
    /// # Errors
    /// [`NotAllowed::SelfSupport`] if the agent is the customer; [`NotAllowed::RecordTooLarge`].
    pub fn start(
        id: VerificationId,
        module: Module,
        ticket: Option<TicketNumber>,
        agent: Agent,
        customer: Customer,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let new = Self::without_steps(id, agent, customer, limits, now)?;
        let state = new.state.clone();
        let new = Self { module, ticket, ..new };
        Ok(new.step(state, now, Actor::Agent, Action::Started, None))
    }

    /// Returns a new verification of `customer` by `agent`, who redeemed the credentials of the
    /// customer's support grant. The customer is owed a notice of it.
    ///
    /// # Errors
    /// [`NotAllowed::SelfSupport`] if the agent is the customer; [`NotAllowed::RecordTooLarge`].
    pub(crate) fn start_with_grant(
        terms: GrantTerms,
        id: VerificationId,
        agent: Agent,
        customer: Customer,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let new = Self::without_steps(id, agent, customer, limits, now)?;
        let state = new.state.clone();
        let detail = Facts::SupportGrant { id: terms.id.clone() };
        let new = Self {
            module: Module::SupportGrant,
            support_grant: Some(terms),
            notice: Some(Notice::due(NoticeKind::GrantUsed, now.plus(notice::GRACE))),
            ..new
        };
        Ok(new.step(state, now, Actor::Agent, Action::Started, detail))
    }

    /// Returns what every verification starts as, before its first step.
    fn without_steps(
        id: VerificationId,
        agent: Agent,
        customer: Customer,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        if agent.id == customer.user_id || agent.email == customer.email {
            return Err(Refusal::NotAllowed(NotAllowed::SelfSupport));
        }
        if !customer.fits() {
            return Err(Refusal::NotAllowed(NotAllowed::RecordTooLarge));
        }
        Ok(Self {
            id,
            module: Module::default(),
            support_grant: None,
            ticket: None,
            agent,
            customer,
            created_at: now,
            state: State::Started { idle_at: now.plus(limits.idle_seconds) },
            notice: None,
            steps: Vec::new(),
            version: 0,
            sealed: SealedChange::None,
            kept: Kept::default(),
        })
    }

    /// Returns this verification if it is this agent's. To other agents it does not exist.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if it is another agent's.
    pub fn of(self, agent: &Agent) -> Result<Self, Refusal> {
        if self.agent.id == agent.id { Ok(self) } else { Err(Refusal::NotFound) }
    }

    pub const fn status(&self) -> Status {
        self.state.status()
    }

    /// Returns when the verification ends if nothing happens; `None` once it is closed. It does not
    /// outlast its support grant.
    pub fn expires_at(&self) -> Option<Timestamp> {
        let idle = |idle_at: &Timestamp| match &self.support_grant {
            Some(terms) => terms.expires_at.min(*idle_at),
            None => *idle_at,
        };
        match &self.state {
            State::Started { idle_at }
            | State::AgentChallenged { idle_at, .. }
            | State::AgentVerified { idle_at, .. }
            | State::AwaitingConsent { idle_at, .. }
            | State::Consented { idle_at, .. } => Some(idle(idle_at)),
            // A mint that started in time may use its lease.
            State::Minting { idle_at, lease_until, .. } => Some(idle(idle_at).max(*lease_until)),
            State::InSession { session, .. } => Some(session.expires_at),
            State::Closed(_) => None,
        }
    }

    /// Returns the verification as it is at `now`: closed if its deadline has passed, and free for
    /// another mint if the lease of the last one has ended. Every read goes through here.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        if let Some(outcome) = self.overdue(now) {
            let at = self.expires_at().unwrap_or(now);
            self.state = self.state.close(outcome, None, at, &self.steps);
            return self;
        }
        self.state = match self.state {
            State::Minting { sign_in_status, consent, idle_at, lease_until }
                if lease_until.is_over(now) =>
            {
                State::Consented { sign_in_status, consent, idle_at }
            }
            state => state,
        };
        self
    }

    fn overdue(&self, now: Timestamp) -> Option<Outcome> {
        self.expires_at()?.is_over(now).then_some(match &self.state {
            State::InSession { .. } => Outcome::Completed,
            State::Started { .. }
            | State::AgentChallenged { .. }
            | State::AgentVerified { .. }
            | State::AwaitingConsent { .. }
            | State::Consented { .. }
            | State::Minting { .. }
            | State::Closed(_) => Outcome::Expired,
        })
    }

    /// Returns the customer's sign-in status. It is known once the agent has authenticated; from then
    /// on the agent may see the customer's data.
    pub fn sign_in_status(&self) -> Option<SignInStatus> {
        match &self.state {
            State::Started { .. } | State::AgentChallenged { .. } => None,
            State::AgentVerified { sign_in_status, .. }
            | State::AwaitingConsent { sign_in_status, .. }
            | State::Consented { sign_in_status, .. }
            | State::Minting { sign_in_status, .. }
            | State::InSession { sign_in_status, .. } => Some(*sign_in_status),
            State::Closed(closed) => closed.sign_in_status,
        }
    }

    /// Returns what the customer was last asked to consent to, or has consented to.
    pub fn consent(&self) -> Option<&Consent> {
        match &self.state {
            State::Started { .. } | State::AgentChallenged { .. } | State::AgentVerified { .. } => {
                None
            }
            State::AwaitingConsent { request, .. } => Some(&request.consent),
            State::Consented { consent, .. }
            | State::Minting { consent, .. }
            | State::InSession { consent, .. } => Some(consent),
            State::Closed(closed) => closed.consent.as_ref(),
        }
    }

    /// Returns the code that may be entered now, and to which side it was sent.
    pub fn sent_code(&self) -> Option<(&SentCode, Side)> {
        match &self.state {
            State::AgentChallenged { code, .. } => Some((code, Side::Agent)),
            State::AwaitingConsent { request, .. } => Some((&request.code, Side::Customer)),
            State::Started { .. }
            | State::AgentVerified { .. }
            | State::Consented { .. }
            | State::Minting { .. }
            | State::InSession { .. }
            | State::Closed(_) => None,
        }
    }

    /// Returns the number of that code's sending in its stage; 0 if there is no such code.
    pub fn sends(&self) -> u32 {
        self.sent_code().map_or(0, |(code, _)| code.sends)
    }

    /// Returns the refusal of a call that does not belong to this status.
    pub fn wrong_step(&self) -> Refusal {
        Refusal::WrongStep(self.status())
    }

    /// Returns whether this verification can support the customer in `ecosystem`.
    pub fn serves(&self, ecosystem: &Ecosystem) -> bool {
        let granted =
            self.support_grant.as_ref().is_none_or(|terms| terms.ecosystem == ecosystem.id);
        granted && self.module.serves(ecosystem)
    }

    fn allowed<'a>(
        &self,
        customer: &'a Customer,
        sign_in_status: SignInStatus,
        ecosystem: &str,
        limits: &Limits,
    ) -> Result<(&'a Ecosystem, Vec<Environment>), Refusal> {
        if customer.status != CustomerStatus::Active {
            return Err(Refusal::NotAllowed(NotAllowed::Suspended));
        }
        if sign_in_status.sign_in != SignIn::Confirmed {
            return Err(Refusal::NotAllowed(NotAllowed::CannotSignIn));
        }
        let is_successor = || customer.ecosystems.iter().any(|e| e.role == Role::Successor);
        if self.module == Module::EcosystemAdmin && !is_successor() {
            return Err(Refusal::NotASuccessor);
        }
        let ecosystem = customer.ecosystem(ecosystem).ok_or(Refusal::EnvironmentRefused)?;
        let allowed = environments(ecosystem, limits.rcm_for_members);
        if allowed.is_empty() || !self.serves(ecosystem) {
            return Err(Refusal::EnvironmentRefused);
        }
        Ok((ecosystem, allowed))
    }

    fn step(
        mut self,
        state: State,
        at: Timestamp,
        actor: Actor,
        action: Action,
        detail: impl Into<Option<Facts>>,
    ) -> Self {
        self.state = state;
        let (actor, action) = (actor.into(), action.into());
        let new = NewStep { at, actor, action, detail: detail.into().map(Detail::Facts) };
        chain::append(&self.id, &mut self.steps, new);
        self.version += 1;
        self.sealed = SealedChange::None;
        self
    }

    fn page_digest(&self, page: &Secret, key: &HashKey) -> Digest {
        key.digest(Purpose::Page, &[self.id.as_str()], page.expose())
    }
}
