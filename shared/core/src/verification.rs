//! One run of the process, from look-up to close.
//!
//! A state carries its own facts; a transition consumes the verification and gives the next one,
//! with exactly one step more. Deadlines are applied by [`Verification::at`] on every read, so
//! that what is over is dead whether or not anything has removed it.

use serde::{Deserialize, Serialize};

use crate::chain::{self, Action, Actor, Entry, Step};
use crate::code::Code;
use crate::directory::{Customer, CustomerStatus, Ecosystem, Role, SignIn, SignInStatus};
use crate::entitlement::{Environment, environments};
use crate::identity::{Agent, Reason, TicketNumber, VerificationId};
use crate::limits::{ConsentMode, Limits};
use crate::mint::{MintTicketId, Visibility};
pub use crate::notice::NoticeKind;
use crate::notice::{self, Notice};
use crate::refusal::{NotAllowed, Refusal};
use crate::secret::{Digest, HashKey, Purpose, Secret};
use crate::session::{Handoff, Session};
use crate::step_detail::{Detail, Facts};
use crate::support_grant::GrantTerms;
use crate::time::Timestamp;

/// See the [module](self).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verification {
    pub id: VerificationId,
    pub module: Module,
    /// The customer's own grant that it runs under, with the module [`Module::SupportGrant`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_grant: Option<GrantTerms>,
    pub ticket: Option<TicketNumber>,
    pub agent: Agent,
    /// The directory's record at look-up.
    pub customer: Customer,
    pub created_at: Timestamp,
    pub state: State,
    /// What the customer is still to be told, if anything.
    pub notice: Option<Notice<NoticeKind>>,
    /// The record.
    pub steps: Vec<Step>,
    /// Counts the writes: every transition, which is also a step, and every try to tell the
    /// customer, which is not.
    pub version: u32,
}

/// How often the customer's activity may be read in one verification. Each reading is a step, so
/// this bounds the item, and how often reading can get in the way of another's write.
const MAX_READS: usize = 50;

/// How often a mint may be begun in one verification. Each is a step, and so is its failing: an item
/// that outgrew DynamoDB's 400 KB could be neither cancelled nor closed.
const MAX_MINTS: u32 = 20;

/// Which of the back-office's modules runs the verification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Module {
    #[default]
    TechnicalAssistance,
    /// For the successor of an ecosystem.
    EcosystemAdmin,
    /// Under a grant that the customer made himself.
    SupportGrant,
}

impl Module {
    /// Whether this module supports a customer in `ecosystem`.
    fn serves(self, ecosystem: &Ecosystem) -> bool {
        match self {
            Self::TechnicalAssistance | Self::SupportGrant => true,
            Self::EcosystemAdmin => ecosystem.role == Role::Successor,
        }
    }

    /// Who gets the App's QR code: one handoff, one holder.
    pub const fn app_qr_holder(self) -> Side {
        match self {
            Self::TechnicalAssistance | Self::SupportGrant => Side::Agent,
            Self::EcosystemAdmin => Side::Customer,
        }
    }
}

/// Where a verification is, with what is known there.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum State {
    Started {
        idle_at: Timestamp,
    },
    AgentChallenged {
        code: SentCode,
        idle_at: Timestamp,
    },
    AgentVerified {
        #[serde(rename = "standing")]
        sign_in_status: SignInStatus,
        idle_at: Timestamp,
    },
    AwaitingConsent {
        #[serde(rename = "standing")]
        sign_in_status: SignInStatus,
        ask: Ask,
        idle_at: Timestamp,
    },
    Consented {
        #[serde(rename = "standing")]
        sign_in_status: SignInStatus,
        consent: Consent,
        idle_at: Timestamp,
    },
    Minting {
        #[serde(rename = "standing")]
        sign_in_status: SignInStatus,
        consent: Consent,
        idle_at: Timestamp,
        lease_until: Timestamp,
    },
    InSession {
        #[serde(rename = "standing")]
        sign_in_status: SignInStatus,
        consent: Consent,
        session: Session,
    },
    Closed(Closed),
}

/// The name of a state, as the API gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Started,
    AgentChallenged,
    AgentVerified,
    AwaitingConsent,
    Consented,
    Minting,
    InSession,
    Closed,
}

impl Status {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::AgentChallenged => "agent_challenged",
            Self::AgentVerified => "agent_verified",
            Self::AwaitingConsent => "awaiting_consent",
            Self::Consented => "consented",
            Self::Minting => "minting",
            Self::InSession => "in_session",
            Self::Closed => "closed",
        }
    }
}

/// A code that was sent, with the counts of its stage. A resend replaces the code and keeps the
/// counts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SentCode {
    digest: Digest,
    pub expires_at: Timestamp,
    pub resend_at: Timestamp,
    sends: u32,
    /// Sendings of the stage that certainly reached nobody.
    unsent: u32,
    wrong: u32,
}

impl SentCode {
    /// Wrong entries still to be had in this stage.
    pub fn attempts_left(&self, limits: &Limits) -> u32 {
        limits.wrong_per_stage.saturating_sub(self.wrong)
    }
}

/// A customer's consent, asked for: one sending, with its own code and its own page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ask {
    pub code: SentCode,
    pub consent: Consent,
}

/// What was asked for, and whose entries of the code are in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Consent {
    pub ecosystem: String,
    pub ecosystem_name: String,
    /// The environments that the customer was told of.
    pub environments: Vec<Environment>,
    /// `None` where a support grant is the consent, and nobody enters a code.
    pub entries: Option<Entries>,
    /// The page in the email that tells of the session; several, while it is not known which email
    /// the customer has.
    end_pages: Vec<Digest>,
    /// How often a mint was begun.
    mints: u32,
}

/// The entries of a customer's code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entries {
    #[serde(rename = "match_number")]
    pub verification_number: String,
    pub agent: bool,
    pub customer: bool,
    page: Digest,
}

/// How it ended, and what of it is still worth showing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Closed {
    pub outcome: Outcome,
    pub at: Timestamp,
    /// The agent's, if he cancelled.
    pub reason: Option<Reason>,
    /// There once the agent had proved himself.
    #[serde(rename = "standing")]
    pub sign_in_status: Option<SignInStatus>,
    pub consent: Option<Consent>,
    pub session: Option<PastSession>,
}

/// A session without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastSession {
    pub started_at: Timestamp,
    pub expires_at: Timestamp,
    pub environments: Vec<Environment>,
    pub visibility: Visibility,
    /// Which environments were opened, and when.
    pub opened: Vec<(Environment, Timestamp)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The session's five minutes are over.
    Completed,
    /// The customer ended the session.
    Ended,
    /// The agent cancelled.
    Cancelled,
    /// The customer refused.
    Denied,
    /// Nobody acted.
    Expired,
    /// Too many wrong codes.
    Locked,
}

impl Outcome {
    const fn action(self) -> Action {
        match self {
            Self::Completed => Action::Completed,
            Self::Ended => Action::Ended,
            Self::Cancelled => Action::Cancelled,
            Self::Denied => Action::Denied,
            Self::Expired => Action::Expired,
            Self::Locked => Action::Locked,
        }
    }
}

/// Agent or customer: who types a customer's code, say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Agent,
    Customer,
}

impl Side {
    pub const fn actor(self) -> Actor {
        match self {
            Self::Agent => Actor::Agent,
            Self::Customer => Actor::Customer,
        }
    }
}

/// What an entry was worth. A wrong code is a verdict, not an error: it changes the state.
#[derive(Debug)]
pub enum Verdict {
    Right(RightCode),
    Wrong,
}

/// Proof that a code was judged right.
#[derive(Debug)]
pub struct RightCode(());

/// What goes into one sending to the customer.
#[derive(Debug)]
pub struct Asking<'a> {
    pub ecosystem: &'a str,
    pub code: &'a Code,
    pub page: &'a Secret,
    pub verification_number: String,
}

impl Verification {
    /// A new verification of `customer` by `agent`.
    ///
    /// # Errors
    /// Nobody supports himself.
    pub fn start(
        id: VerificationId,
        module: Module,
        ticket: Option<TicketNumber>,
        agent: Agent,
        customer: Customer,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let new = Self::unwritten(id, agent, customer, limits, now)?;
        let state = new.state.clone();
        let new = Self { module, ticket, ..new };
        Ok(new.step(state, now, Actor::Agent, Action::Started, None))
    }

    /// A new verification of `customer` by `agent`, who brought the credentials of his grant. The
    /// customer is told.
    ///
    /// # Errors
    /// Nobody supports himself.
    pub(crate) fn start_under(
        terms: GrantTerms,
        id: VerificationId,
        agent: Agent,
        customer: Customer,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let new = Self::unwritten(id, agent, customer, limits, now)?;
        let state = new.state.clone();
        let detail = Facts::SupportGrant { id: terms.id.clone() };
        let new = Self {
            module: Module::SupportGrant,
            support_grant: Some(terms),
            notice: Some(Notice::owed(NoticeKind::GrantUsed, now.plus(notice::GRACE))),
            ..new
        };
        Ok(new.step(state, now, Actor::Agent, Action::Started, detail))
    }

    /// What every verification begins as, before its first step.
    fn unwritten(
        id: VerificationId,
        agent: Agent,
        customer: Customer,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        if agent.id == customer.user_id || agent.email == customer.email {
            return Err(Refusal::NotAllowed(NotAllowed::Oneself));
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
        })
    }

    /// This verification, if it is `agent`'s: another's does not exist for him.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn of(self, agent: &Agent) -> Result<Self, Refusal> {
        if self.agent.id == agent.id { Ok(self) } else { Err(Refusal::NotFound) }
    }

    pub const fn status(&self) -> Status {
        match self.state {
            State::Started { .. } => Status::Started,
            State::AgentChallenged { .. } => Status::AgentChallenged,
            State::AgentVerified { .. } => Status::AgentVerified,
            State::AwaitingConsent { .. } => Status::AwaitingConsent,
            State::Consented { .. } => Status::Consented,
            State::Minting { .. } => Status::Minting,
            State::InSession { .. } => Status::InSession,
            State::Closed(_) => Status::Closed,
        }
    }

    /// When it ends by itself, if nothing happens. `None` once it has ended. Under a support grant it
    /// does not outlast that.
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
            // A mint begun in time may use its lease.
            State::Minting { idle_at, lease_until, .. } => Some(idle(idle_at).max(*lease_until)),
            State::InSession { session, .. } => Some(session.expires_at),
            State::Closed(_) => None,
        }
    }

    /// The verification as it is at `now`: closed if its deadline has passed, and free for another
    /// mint if the lease of the last one has. Every read goes through here.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        if let Some(outcome) = self.overdue(now) {
            let at = self.expires_at().unwrap_or(now);
            self.state = self.state.close(outcome, None, at);
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

    // --- the agent proves himself ---

    /// A code goes out to the agent, or goes out again.
    ///
    /// # Errors
    /// Another step's turn, the cool-down, or too many sendings.
    pub fn challenge_agent(
        self,
        code: &Code,
        key: &HashKey,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let (before, idle_at) = match &self.state {
            State::Started { idle_at } => (None, *idle_at),
            State::AgentChallenged { code, idle_at } => (Some(code), *idle_at),
            State::AgentVerified { .. }
            | State::AwaitingConsent { .. }
            | State::Consented { .. }
            | State::Minting { .. }
            | State::InSession { .. }
            | State::Closed(_) => return Err(self.wrong_step()),
        };
        let digest = self.agent_digest(code, key);
        let code = SentCode::next(before, digest, idle_at, limits, now)?;
        let detail = Facts::Sending { number: code.sends, of: limits.sends_per_stage };
        let state = State::AgentChallenged { code, idle_at: now.plus(limits.idle_seconds) };
        Ok(self.step(state, now, Actor::Agent, Action::AgentCodeSent, detail))
    }

    /// Judges an entry of the agent's own code, without recording it.
    ///
    /// # Errors
    /// Another step's turn.
    pub fn judge_agent_code(
        &self,
        code: &Code,
        key: &HashKey,
        now: Timestamp,
    ) -> Result<Verdict, Refusal> {
        match &self.state {
            State::AgentChallenged { code: sent, .. } => {
                let context = [self.id.as_str(), &self.agent.id];
                Ok(sent.judge(Purpose::AgentCode, &context, code, key, now))
            }
            State::Started { .. }
            | State::AgentVerified { .. }
            | State::AwaitingConsent { .. }
            | State::Consented { .. }
            | State::Minting { .. }
            | State::InSession { .. }
            | State::Closed(_) => Err(self.wrong_step()),
        }
    }

    /// The agent's code was right: the customer's data may be shown, with how he stands. Under a
    /// support grant the customer has consented beforehand.
    ///
    /// # Errors
    /// Another step's turn.
    pub fn prove_agent(
        self,
        _: RightCode,
        sign_in_status: SignInStatus,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        if self.status() != Status::AgentChallenged {
            return Err(self.wrong_step());
        }
        let idle_at = now.plus(limits.idle_seconds);
        let (state, detail) = match &self.support_grant {
            None => (State::AgentVerified { sign_in_status, idle_at }, None),
            Some(terms) => {
                let consent = Consent::given(terms);
                (
                    State::Consented { sign_in_status, consent, idle_at },
                    Some(Facts::ConsentedByGrant),
                )
            }
        };
        Ok(self.step(state, now, Actor::Agent, Action::AgentVerified, detail))
    }

    /// An entry of the agent's own code was wrong, or beyond a quota. Gives what is left.
    ///
    /// # Errors
    /// Another step's turn.
    pub fn refuse_agent_code(
        self,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<(Self, u32), Refusal> {
        let State::AgentChallenged { mut code, .. } = self.state.clone() else {
            return Err(self.wrong_step());
        };
        code.wrong += 1;
        let left = code.attempts_left(limits);
        let detail = code.wrong_entry(limits);
        if left == 0 {
            return Ok((self.close(Outcome::Locked, None, now, Actor::Agent, Some(detail)), 0));
        }
        let state = State::AgentChallenged { code, idle_at: now.plus(limits.idle_seconds) };
        Ok((self.step(state, now, Actor::Agent, Action::AgentCodeRefused, detail), left))
    }

    // --- the customer consents ---

    /// Asks the customer, or asks again: a new code and a new page, which end the ones before and
    /// every entry made with them. From the first asking on, only the customer's acts keep the
    /// verification alive.
    ///
    /// # Errors
    /// Another step's turn; a customer who is suspended or could not sign in; an ecosystem that
    /// is not his or where nothing may be opened; the cool-down, or too many sendings.
    pub fn ask_customer(
        self,
        asking: Asking<'_>,
        key: &HashKey,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let (before, sign_in_status, idle_at) = match &self.state {
            State::AgentVerified { sign_in_status, .. } => {
                (None, *sign_in_status, now.plus(limits.idle_seconds))
            }
            State::AwaitingConsent { sign_in_status, ask, idle_at } => {
                (Some(&ask.code), *sign_in_status, *idle_at)
            }
            State::Started { .. }
            | State::AgentChallenged { .. }
            | State::Consented { .. }
            | State::Minting { .. }
            | State::InSession { .. }
            | State::Closed(_) => return Err(self.wrong_step()),
        };
        let (ecosystem, allowed) =
            self.allowed(&self.customer, sign_in_status, asking.ecosystem, limits)?;
        let consent = Consent {
            ecosystem: ecosystem.id.clone(),
            ecosystem_name: ecosystem.name.clone(),
            environments: allowed,
            entries: Some(Entries {
                verification_number: asking.verification_number,
                agent: false,
                customer: false,
                page: self.page_digest(asking.page, key),
            }),
            end_pages: Vec::new(),
            mints: 0,
        };
        let digest = key.digest(
            Purpose::CustomerCode,
            &self.customer_context(&consent.ecosystem),
            asking.code.expose(),
        );
        let code = SentCode::next(before, digest, idle_at, limits, now)?;
        let detail = Facts::ConsentRequest {
            ecosystem: consent.ecosystem.clone(),
            number: code.sends,
            of: limits.sends_per_stage,
        };
        let state = State::AwaitingConsent { sign_in_status, ask: Ask { code, consent }, idle_at };
        Ok(self.step(state, now, Actor::Agent, Action::ConsentAsked, detail))
    }

    /// Judges an entry of the customer's code by either side, without recording it.
    ///
    /// # Errors
    /// Another step's turn, or this side's entry is in already.
    pub fn judge_customer_code(
        &self,
        side: Side,
        code: &Code,
        key: &HashKey,
        now: Timestamp,
    ) -> Result<Verdict, Refusal> {
        match &self.state {
            State::AwaitingConsent { ask, .. } if !ask.consent.entered(side) => {
                let context = self.customer_context(&ask.consent.ecosystem);
                Ok(ask.code.judge(Purpose::CustomerCode, &context, code, key, now))
            }
            State::AwaitingConsent { .. }
            | State::Started { .. }
            | State::AgentChallenged { .. }
            | State::AgentVerified { .. }
            | State::Consented { .. }
            | State::Minting { .. }
            | State::InSession { .. }
            | State::Closed(_) => Err(self.wrong_step()),
        }
    }

    /// An entry of the customer's code was right. With the last one needed, consent stands.
    ///
    /// # Errors
    /// Another step's turn.
    pub fn enter_customer_code(
        self,
        _: RightCode,
        side: Side,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let State::AwaitingConsent { sign_in_status, mut ask, idle_at } = self.state.clone() else {
            return Err(self.wrong_step());
        };
        let Some(entries) = &mut ask.consent.entries else {
            return Err(self.wrong_step());
        };
        match side {
            Side::Agent => entries.agent = true,
            Side::Customer => entries.customer = true,
        }
        let whole = match limits.consent_mode {
            ConsentMode::Both => entries.agent && entries.customer,
            ConsentMode::AgentEntry => entries.agent,
        };
        let (state, action) = if whole {
            let idle_at = now.plus(limits.idle_seconds);
            (State::Consented { sign_in_status, consent: ask.consent, idle_at }, Action::Consented)
        } else {
            let idle_at = kept_alive(side, idle_at, limits, now);
            (State::AwaitingConsent { sign_in_status, ask, idle_at }, Action::ConsentEntered)
        };
        Ok(self.step(state, now, side.actor(), action, None))
    }

    /// An entry of the customer's code was wrong, or beyond a quota. Gives what is left.
    ///
    /// # Errors
    /// Another step's turn.
    pub fn refuse_customer_code(
        self,
        side: Side,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<(Self, u32), Refusal> {
        let State::AwaitingConsent { sign_in_status, mut ask, idle_at } = self.state.clone() else {
            return Err(self.wrong_step());
        };
        ask.code.wrong += 1;
        let left = ask.code.attempts_left(limits);
        let detail = ask.code.wrong_entry(limits);
        if left == 0 {
            return Ok((self.close(Outcome::Locked, None, now, side.actor(), Some(detail)), 0));
        }
        let idle_at = kept_alive(side, idle_at, limits, now);
        let state = State::AwaitingConsent { sign_in_status, ask, idle_at };
        Ok((self.step(state, now, side.actor(), Action::ConsentCodeRefused, detail), left))
    }

    /// Whether `secret` opens the customer's page of this verification, as last sent with the
    /// code or with the news of the session.
    pub fn is_page(&self, secret: &Secret, key: &HashKey) -> bool {
        let context = [self.id.as_str()];
        let opens = |digest: &Digest| key.matches(digest, Purpose::Page, &context, secret.expose());
        self.consent().is_some_and(|consent| {
            consent.entries.as_ref().is_some_and(|entries| opens(&entries.page))
                | consent.end_pages.iter().fold(false, |found, page| found | opens(page))
        })
    }

    /// The email with the code of `sent` could not be sent, or may not have been: its cool-down is
    /// lifted. A later sending is left alone.
    ///
    /// # Errors
    /// Another step's turn, or another code has gone out since.
    pub fn email_failed(
        self,
        sent: &Self,
        maybe_sent: bool,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let sending = |v: &Self| v.sent_code().map(|(code, side)| (side, code.sends));
        if sending(&self) != sending(sent) {
            return Err(self.wrong_step());
        }
        let mut state = self.state.clone();
        match &mut state {
            State::AgentChallenged { code, .. }
            | State::AwaitingConsent { ask: Ask { code, .. }, .. } => {
                code.resend_at = now;
                code.unsent += u32::from(!maybe_sent);
            }
            State::Started { .. }
            | State::AgentVerified { .. }
            | State::Consented { .. }
            | State::Minting { .. }
            | State::InSession { .. }
            | State::Closed(_) => return Err(self.wrong_step()),
        }
        Ok(self.step(state, now, Actor::System, Action::EmailFailed, None))
    }

    // --- the session ---

    /// Whether a session may be issued, by the customer's record and sign-in status as they are now,
    /// and where.
    ///
    /// # Errors
    /// Another step's turn; the customer is gone, suspended or cannot sign in; the ecosystem is
    /// not his any more, or nothing may be opened there; his support grant ends too soon.
    pub fn may_issue<'a>(
        &self,
        customer: Option<&'a Customer>,
        sign_in_status: SignInStatus,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<(&'a Ecosystem, Vec<Environment>), Refusal> {
        let State::Consented { consent, .. } = &self.state else {
            return Err(self.wrong_step());
        };
        self.fits_the_grant(now.plus(limits.session_seconds))?;
        let customer = customer
            .filter(|customer| customer.user_id == self.customer.user_id)
            .ok_or(Refusal::EnvironmentRefused)?;
        let (ecosystem, mut allowed) =
            self.allowed(customer, sign_in_status, &consent.ecosystem, limits)?;
        // Never more than the customer was told of.
        allowed.retain(|environment| consent.environments.contains(environment));
        if allowed.is_empty() {
            return Err(Refusal::EnvironmentRefused);
        }
        Ok((ecosystem, allowed))
    }

    /// Whether a session may last until then.
    fn fits_the_grant(&self, until: Timestamp) -> Result<(), Refusal> {
        match &self.support_grant {
            Some(terms) if until > terms.expires_at => Err(Refusal::GrantEndsTooSoon),
            Some(_) | None => Ok(()),
        }
    }

    /// What a session shows.
    pub fn visibility(&self) -> Visibility {
        self.support_grant.as_ref().map_or_else(Visibility::default, |terms| terms.visibility)
    }

    /// Takes the lease for a mint. `sign-in status` is the customer's as it is now.
    ///
    /// # Errors
    /// Another step's turn: a live lease is somebody else's. Begun too often.
    pub fn start_mint(
        self,
        sign_in_status: SignInStatus,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let State::Consented { mut consent, idle_at, .. } = self.state.clone() else {
            return Err(self.wrong_step());
        };
        if consent.mints >= MAX_MINTS {
            return Err(Refusal::until(idle_at, now));
        }
        consent.mints += 1;
        let detail = Facts::Attempt { number: consent.mints };
        let lease_until = now.plus(limits.mint_lease_seconds);
        let state = State::Minting { sign_in_status, consent, idle_at, lease_until };
        Ok(self.step(state, now, Actor::Agent, Action::MintStarted, detail))
    }

    /// The mint ticket of the mint under way.
    pub fn mint_ticket_id(&self) -> Option<MintTicketId> {
        match &self.state {
            State::Minting { consent, .. } => Some(MintTicketId::new(&self.id, consent.mints)),
            State::Started { .. }
            | State::AgentChallenged { .. }
            | State::AgentVerified { .. }
            | State::AwaitingConsent { .. }
            | State::Consented { .. }
            | State::InSession { .. }
            | State::Closed(_) => None,
        }
    }

    /// The mint came to nothing: another may begin.
    ///
    /// # Errors
    /// Another step's turn.
    pub fn mint_failed(self, now: Timestamp) -> Result<Self, Refusal> {
        let State::Minting { sign_in_status, consent, idle_at, .. } = self.state.clone() else {
            return Err(self.wrong_step());
        };
        let state = State::Consented { sign_in_status, consent, idle_at };
        Ok(self.step(state, now, Actor::System, Action::MintFailed, None))
    }

    /// The tokens are checked and sealed: the session begins. `page` is what the email that tells
    /// the customer opens.
    ///
    /// # Errors
    /// Another step's turn: cancel, deny or the lease won. The session would outlive the grant that
    /// it is under.
    pub fn start_session(
        self,
        session: Session,
        page: &Secret,
        key: &HashKey,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let State::Minting { sign_in_status, mut consent, .. } = self.state.clone() else {
            return Err(self.wrong_step());
        };
        self.fits_the_grant(session.expires_at)?;
        consent.end_pages = vec![self.page_digest(page, key)];
        let detail = Facts::Session {
            ecosystem: consent.ecosystem.clone(),
            environments: session.environments(),
        };
        let state = State::InSession { sign_in_status, consent, session };
        let mut next = self.step(state, now, Actor::System, Action::SessionStarted, detail);
        next.notice = Some(Notice::owed(NoticeKind::Start, now.plus(notice::GRACE)));
        Ok(next)
    }

    /// The App's QR code went to the customer by email or, for all that is known, did not. `None`
    /// once the session is over.
    pub fn qr_emailed(self, sent: bool, now: Timestamp) -> Option<Self> {
        let State::InSession { .. } = &self.state else { return None };
        let state = self.state.clone();
        let action = if sent { Action::AppQrSent } else { Action::EmailFailed };
        Some(self.step(state, now, Actor::System, action, Facts::AppQr))
    }

    /// Uses the handoff that `secret` opens, once.
    ///
    /// # Errors
    /// Unknown, used, expired, for another environment, or for one that `customer` may not be
    /// supported in any more: one answer.
    pub fn redeem(
        self,
        environment: Environment,
        secret: &Secret,
        customer: Option<&Customer>,
        key: &HashKey,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let State::InSession { sign_in_status, consent, mut session } = self.state.clone() else {
            return Err(Refusal::HandoffRefused);
        };
        let allowed = customer
            .filter(|customer| customer.user_id == self.customer.user_id)
            .and_then(|c| self.allowed(c, sign_in_status, &consent.ecosystem, limits).ok())
            .is_some_and(|(_, allowed)| allowed.contains(&environment));
        let place = session.find_handoff(&self.id, environment, secret, key);
        let (true, Some(place)) = (allowed, place) else {
            return Err(Refusal::HandoffRefused);
        };
        session.handoffs[place].redeemed_at = Some(now);
        let state = State::InSession { sign_in_status, consent, session };
        let detail = Facts::Environment { environment };
        Ok(self.step(state, now, Actor::Environment, Action::HandoffRedeemed, detail))
    }

    // --- a successor's activity ---

    /// The agent reads the activity of `customer`, as the directory has him now; `what` of it goes
    /// into the record, `None` if there is no such item. No act: the deadline stays where it is.
    ///
    /// # Errors
    /// Another module than Ecosystem Admin; no consent, or over; the customer is gone, suspended or
    /// no successor of this ecosystem any more; read too often; no such item.
    pub fn read_activity(
        self,
        customer: Option<&Customer>,
        what: Option<Facts>,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        match self.module {
            Module::EcosystemAdmin => {}
            Module::TechnicalAssistance | Module::SupportGrant => return Err(Refusal::NoActivity),
        }
        let (sign_in_status, consent) = match &self.state {
            State::Consented { sign_in_status, consent, .. }
            | State::Minting { sign_in_status, consent, .. }
            | State::InSession { sign_in_status, consent, .. } => (*sign_in_status, consent),
            State::Started { .. }
            | State::AgentChallenged { .. }
            | State::AgentVerified { .. }
            | State::AwaitingConsent { .. }
            | State::Closed(_) => return Err(self.wrong_step()),
        };
        let customer = customer
            .filter(|customer| customer.user_id == self.customer.user_id)
            .ok_or(Refusal::EnvironmentRefused)?;
        self.allowed(customer, sign_in_status, &consent.ecosystem, limits)?;
        let reads = self.steps.iter().filter(|step| step.action == Action::ActivityRead).count();
        if reads >= MAX_READS {
            return Err(Refusal::until(self.expires_at().unwrap_or(now), now));
        }
        let what = what.ok_or(Refusal::UnknownProcess)?;
        let state = self.state.clone();
        Ok(self.step(state, now, Actor::Agent, Action::ActivityRead, what))
    }

    // --- the end ---

    /// The agent cancels. What is cancelled already stays as it is, with its first reason.
    ///
    /// # Errors
    /// Closed otherwise.
    pub fn cancel(self, reason: Reason, now: Timestamp) -> Result<Cancelled, Refusal> {
        match &self.state {
            State::Closed(Closed { outcome: Outcome::Cancelled, .. }) => {
                Ok(Cancelled::Already(self))
            }
            State::Closed(_) => Err(self.wrong_step()),
            State::Started { .. }
            | State::AgentChallenged { .. }
            | State::AgentVerified { .. }
            | State::AwaitingConsent { .. }
            | State::Consented { .. }
            | State::Minting { .. }
            | State::InSession { .. } => Ok(Cancelled::Now(self.close(
                Outcome::Cancelled,
                Some(reason),
                now,
                Actor::Agent,
                None,
            ))),
        }
    }

    /// The customer says no: before the session that is a denial, in it an end.
    ///
    /// # Errors
    /// Nothing was asked of him, or it is over.
    pub fn stop_by_customer(self, now: Timestamp) -> Result<Self, Refusal> {
        let outcome = match &self.state {
            State::AwaitingConsent { .. } | State::Consented { .. } | State::Minting { .. } => {
                Outcome::Denied
            }
            State::InSession { .. } => Outcome::Ended,
            State::Started { .. }
            | State::AgentChallenged { .. }
            | State::AgentVerified { .. }
            | State::Closed(_) => return Err(Refusal::ConsentRefused),
        };
        Ok(self.close(outcome, None, now, Actor::Customer, None))
    }

    /// The customer takes his support grant back, or replaces its credentials: before the session that
    /// is a denial, in it an end. `None` if it is closed already.
    pub(crate) fn lose_grant(self, why: Facts, now: Timestamp) -> Option<Self> {
        let outcome = match &self.state {
            State::Started { .. }
            | State::AgentChallenged { .. }
            | State::AgentVerified { .. }
            | State::AwaitingConsent { .. }
            | State::Consented { .. }
            | State::Minting { .. } => Outcome::Denied,
            State::InSession { .. } => Outcome::Ended,
            State::Closed(_) => return None,
        };
        Some(self.close(outcome, None, now, Actor::Customer, Some(why)))
    }

    /// The verification as the clock leaves it: closed, with its step, if its deadline has passed.
    pub fn close_if_over(self, now: Timestamp) -> Option<Self> {
        let outcome = self.overdue(now)?;
        let deadline = self.expires_at()?;
        let mut next = self.close(outcome, None, now, Actor::System, None);
        // However late anybody looks: it ended at its deadline, as every read in between has said.
        if let State::Closed(closed) = &mut next.state {
            closed.at = deadline;
        }
        Some(next)
    }

    // --- the customer is told ---

    /// Whether any email about this verification may have reached the customer: who was never told
    /// of a beginning is told of no end.
    fn was_told_of(&self) -> bool {
        match &self.state {
            // With a support grant he is told from the beginning.
            State::Started { .. } | State::AgentChallenged { .. } | State::AgentVerified { .. } => {
                self.support_grant.is_some()
            }
            State::AwaitingConsent { ask, .. } => ask.code.sends > ask.code.unsent,
            State::Consented { .. } | State::Minting { .. } | State::InSession { .. } => true,
            // It ends once.
            State::Closed(_) => false,
        }
    }

    /// When this verification next needs to be looked at without anybody calling: at its deadline,
    /// or when the customer is to be told something. `None` when all is done.
    pub fn due_at(&self) -> Option<Timestamp> {
        let notice = self.notice.map(|notice| notice.due_at);
        match (self.expires_at(), notice) {
            (Some(deadline), Some(notice)) => Some(deadline.min(notice)),
            (deadline, notice) => deadline.or(notice),
        }
    }

    /// Takes the notice that is due, and puts off the next try. `page` is what a new email about a
    /// session opens; what one before opens is good until this one is out, for it may have arrived
    /// for all that. What is over and not closed yet has none: its news is that it is over.
    pub fn try_notice(
        mut self,
        page: &Secret,
        key: &HashKey,
        now: Timestamp,
    ) -> Option<(Self, NoticeKind)> {
        if self.overdue(now).is_some() {
            return None;
        }
        let notice = self.notice?.try_at(now)?;
        self.notice = Some(notice);
        let digest = self.page_digest(page, key);
        if let State::InSession { consent, .. } = &mut self.state {
            consent.end_pages.push(digest);
        }
        self.version += 1;
        Some((self, notice.about))
    }

    /// The email went out. `None` if that is not what the customer is owed any more. What the clock
    /// alone has closed is not: it is owed its closing step first, and news of that.
    pub fn told(mut self, about: NoticeKind, now: Timestamp) -> Option<Self> {
        if (self.status() == Status::Closed) != (about == NoticeKind::Close) {
            return None;
        }
        self.notice.take_if(|notice| notice.about == about)?;
        let mut state = self.state.clone();
        if let State::InSession { consent, .. } = &mut state {
            // The email that is out has the last of them.
            consent.end_pages =
                consent.end_pages.split_off(consent.end_pages.len().saturating_sub(1));
        }
        Some(self.step(
            state,
            now,
            Actor::System,
            Action::CustomerTold,
            Facts::Notice { notice: about },
        ))
    }

    // --- what is known ---

    /// How the customer stands with Cognito; known once the agent has proved himself, and from
    /// then on the customer's data may be shown.
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

    /// What the customer was last asked for.
    pub fn consent(&self) -> Option<&Consent> {
        match &self.state {
            State::Started { .. } | State::AgentChallenged { .. } | State::AgentVerified { .. } => {
                None
            }
            State::AwaitingConsent { ask, .. } => Some(&ask.consent),
            State::Consented { consent, .. }
            | State::Minting { consent, .. }
            | State::InSession { consent, .. } => Some(consent),
            State::Closed(closed) => closed.consent.as_ref(),
        }
    }

    /// Who was given the App's QR code; `None` if nobody was, or there is none.
    pub fn app_qr_given_to(&self) -> Option<Side> {
        let (environments, app_opened) = match &self.state {
            State::InSession { session, .. } => {
                let opened =
                    |h: &Handoff| h.environment == Environment::App && h.redeemed_at.is_some();
                (session.environments(), session.handoffs.iter().any(opened))
            }
            State::Closed(Closed { session: Some(session), .. }) => {
                let opened = |(environment, _): &_| *environment == Environment::App;
                (session.environments.clone(), session.opened.iter().any(opened))
            }
            State::Started { .. }
            | State::AgentChallenged { .. }
            | State::AgentVerified { .. }
            | State::AwaitingConsent { .. }
            | State::Consented { .. }
            | State::Minting { .. }
            | State::Closed(_) => return None,
        };
        if !environments.contains(&Environment::App) {
            return None;
        }
        match self.module.app_qr_holder() {
            // It was in the answer that began the session.
            Side::Agent => Some(Side::Agent),
            // What was opened was sent, even if nobody came to write that down.
            Side::Customer => {
                let sent = self.steps.iter().any(|step| step.action == Action::AppQrSent);
                (sent || app_opened).then_some(Side::Customer)
            }
        }
    }

    /// The code that is out.
    pub fn sent_code(&self) -> Option<(&SentCode, Side)> {
        match &self.state {
            State::AgentChallenged { code, .. } => Some((code, Side::Agent)),
            State::AwaitingConsent { ask, .. } => Some((&ask.code, Side::Customer)),
            State::Started { .. }
            | State::AgentVerified { .. }
            | State::Consented { .. }
            | State::Minting { .. }
            | State::InSession { .. }
            | State::Closed(_) => None,
        }
    }

    /// Which sending of its stage the code that is out is.
    pub fn sends(&self) -> u32 {
        self.sent_code().map_or(0, |(code, _)| code.sends)
    }

    /// The refusal for a call that belongs to another step.
    pub fn wrong_step(&self) -> Refusal {
        Refusal::WrongStep(self.status())
    }

    /// Whether the customer may be supported in `ecosystem` here.
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

    fn agent_digest(&self, code: &Code, key: &HashKey) -> Digest {
        key.digest(Purpose::AgentCode, &[self.id.as_str(), &self.agent.id], code.expose())
    }

    fn customer_context<'a>(&'a self, ecosystem: &'a str) -> [&'a str; 4] {
        [self.id.as_str(), &self.agent.id, &self.customer.user_id, ecosystem]
    }

    fn close(
        self,
        outcome: Outcome,
        reason: Option<Reason>,
        now: Timestamp,
        actor: Actor,
        detail: Option<Facts>,
    ) -> Self {
        // The first news of a session is no news any more.
        let owed = self.was_told_of();
        let state = self.state.clone().close(outcome, reason, now);
        let mut next = self.step(state, now, actor, outcome.action(), detail);
        next.notice = owed.then_some(Notice::owed(NoticeKind::Close, now));
        next
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
        let entry = Entry { at, actor, action, detail: detail.into().map(Detail::Facts) };
        chain::append(&self.id, &mut self.steps, entry);
        self.version += 1;
        self
    }

    fn page_digest(&self, page: &Secret, key: &HashKey) -> Digest {
        key.digest(Purpose::Page, &[self.id.as_str()], page.expose())
    }
}

/// What a cancel came to.
#[derive(Debug)]
pub enum Cancelled {
    Now(Verification),
    Already(Verification),
}

/// From the asking on, only the customer's acts move the deadline.
fn kept_alive(side: Side, idle_at: Timestamp, limits: &Limits, now: Timestamp) -> Timestamp {
    match side {
        Side::Agent => idle_at,
        Side::Customer => now.plus(limits.idle_seconds),
    }
}

impl State {
    /// Closed, with what is worth keeping. Tokens, handoffs and codes go.
    fn close(self, outcome: Outcome, reason: Option<Reason>, at: Timestamp) -> Self {
        let (sign_in_status, consent, session) = match self {
            Self::Started { .. } | Self::AgentChallenged { .. } => (None, None, None),
            Self::AgentVerified { sign_in_status, .. } => (Some(sign_in_status), None, None),
            Self::AwaitingConsent { sign_in_status, ask, .. } => {
                (Some(sign_in_status), Some(ask.consent), None)
            }
            Self::Consented { sign_in_status, consent, .. }
            | Self::Minting { sign_in_status, consent, .. } => {
                (Some(sign_in_status), Some(consent), None)
            }
            Self::InSession { sign_in_status, consent, session } => {
                let past = PastSession {
                    started_at: session.started_at,
                    expires_at: session.expires_at,
                    environments: session.environments(),
                    visibility: session.visibility,
                    opened: session
                        .handoffs
                        .iter()
                        .filter_map(|h| Some((h.environment, h.redeemed_at?)))
                        .collect(),
                };
                (Some(sign_in_status), Some(consent), Some(past))
            }
            Self::Closed(closed) => return Self::Closed(closed),
        };
        Self::Closed(Closed { outcome, at, reason, sign_in_status, consent, session })
    }
}

impl Consent {
    /// Given beforehand, by a support grant.
    fn given(terms: &GrantTerms) -> Self {
        Self {
            ecosystem: terms.ecosystem.clone(),
            ecosystem_name: terms.ecosystem_name.clone(),
            environments: terms.environments.clone(),
            entries: None,
            end_pages: Vec::new(),
            mints: 0,
        }
    }

    /// Whether this side has nothing to enter any more.
    fn entered(&self, side: Side) -> bool {
        self.entries.as_ref().is_none_or(|entries| match side {
            Side::Agent => entries.agent,
            Side::Customer => entries.customer,
        })
    }
}

impl SentCode {
    /// The next sending of a stage, after `before`.
    fn next(
        before: Option<&Self>,
        digest: Digest,
        idle_at: Timestamp,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let (sends, unsent, wrong) =
            before.map_or((0, 0, 0), |code| (code.sends, code.unsent, code.wrong));
        let wait = match before {
            Some(_) if sends >= limits.sends_per_stage => Some(idle_at),
            Some(code) if !code.resend_at.is_over(now) => Some(code.resend_at),
            Some(_) | None => None,
        };
        if let Some(until) = wait {
            return Err(Refusal::until(until, now));
        }
        Ok(Self {
            digest,
            expires_at: now.plus(limits.code_seconds),
            resend_at: now.plus(limits.resend_seconds),
            sends: sends + 1,
            unsent,
            wrong,
        })
    }

    fn judge(
        &self,
        purpose: Purpose,
        context: &[&str],
        code: &Code,
        key: &HashKey,
        now: Timestamp,
    ) -> Verdict {
        let right = key.matches(&self.digest, purpose, context, code.expose());
        if right && !self.expires_at.is_over(now) {
            Verdict::Right(RightCode(()))
        } else {
            Verdict::Wrong
        }
    }

    fn wrong_entry(&self, limits: &Limits) -> Facts {
        Facts::WrongEntry { number: self.wrong, of: limits.wrong_per_stage }
    }
}
