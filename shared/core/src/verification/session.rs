//! The session: whether it may be issued, the mint, the handoffs, and what is read in it.

use crate::chain::{Action, Actor};
use crate::directory::{Customer, Ecosystem, SignInStatus};
use crate::entitlement::{Environment, Visibility};
use crate::limits::Limits;
use crate::mint::MintTicketId;
use crate::notice::{self, Notice, NoticeKind};
use crate::refusal::Refusal;
use crate::secret::{HashKey, Secret};
use crate::session::{Handoff, Session};
use crate::status::{Module, Side};
use crate::step_detail::Facts;
use crate::time::Timestamp;

use super::Verification;
use super::state::{Closed, State};

/// How often the customer's activity may be read in one verification. Each reading is a step, so
/// this bounds the item, and how often reading can get in the way of another's write.
const MAX_READS: usize = 50;

/// How often a mint may be begun in one verification. Each is a step, and so is its failing: an item
/// that outgrew DynamoDB's 400 KB could be neither cancelled nor closed.
const MAX_MINTS: u32 = 20;

impl Verification {
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
}
