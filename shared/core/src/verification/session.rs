//! The session: whether it may be issued, the mint, the handoffs, and what is read in it.

use crate::chain::{Action, Actor};
use crate::directory::{Customer, Ecosystem, SignInStatus};
use crate::entitlement::{Access, Environment, Visibility};
use crate::limits::Limits;
use crate::notice::{self, Notice, NoticeKind};
use crate::refusal::Refusal;
use crate::secret::{HashKey, Secret};
use crate::session::{Handoff, SealedChange, SealedSession};
use crate::status::{Module, Side};
use crate::step_detail::Facts;
use crate::time::Timestamp;

use super::Verification;
use super::state::{Closed, State};

/// How many readings of the customer's activity one verification takes. Each is a step, so this
/// bounds the item, and how often a reading can make another write lose its race.
const MAX_READS: usize = 50;

/// How many mints may be started in one verification. Each is a step, and so is its failure: an item
/// above DynamoDB's 400 KB could be neither cancelled nor closed.
const MAX_MINTS: u32 = 20;

impl Verification {
    /// Returns the ecosystem and the environments that a session may open, by the customer's record
    /// and sign-in status as they are now.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] unless the verification is in `Consented`;
    /// [`Refusal::GrantEndsTooSoon`] if the support grant ends before the session would;
    /// [`Refusal::NotAllowed`] if the customer is suspended or cannot sign in;
    /// [`Refusal::EnvironmentRefused`] if the customer or the ecosystem is gone, or nothing may be
    /// opened there any more.
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
        self.grant_outlasts_session(limits, now)?;
        let customer = customer
            .filter(|customer| customer.user_id == self.customer.user_id)
            .ok_or(Refusal::EnvironmentRefused)?;
        let (ecosystem, mut allowed) =
            self.allowed(customer, sign_in_status, &consent.ecosystem, limits)?;
        // Never more than the customer was told about.
        allowed.retain(|environment| consent.environments.contains(environment));
        if allowed.is_empty() {
            return Err(Refusal::EnvironmentRefused);
        }
        Ok((ecosystem, allowed))
    }

    /// Checks that a session which began now would end before the support grant, if there is one.
    ///
    /// # Errors
    /// [`Refusal::GrantEndsTooSoon`] otherwise.
    pub fn grant_outlasts_session(&self, limits: &Limits, now: Timestamp) -> Result<(), Refusal> {
        self.fits_support_grant(now.plus(limits.session_seconds))
    }

    /// Checks that a session may last until then.
    fn fits_support_grant(&self, until: Timestamp) -> Result<(), Refusal> {
        match &self.support_grant {
            Some(terms) if until > terms.expires_at => Err(Refusal::GrantEndsTooSoon),
            Some(_) | None => Ok(()),
        }
    }

    /// Returns what a session shows.
    pub fn visibility(&self) -> Visibility {
        self.support_grant.as_ref().map_or_else(Visibility::default, |terms| terms.visibility)
    }

    /// Returns whether a session may change anything, as far as is known.
    pub fn access(&self) -> Access {
        match (self.consent(), &self.support_grant) {
            (Some(consent), _) => consent.access(),
            (None, Some(terms)) => terms.access,
            (None, None) => Access::default(),
        }
    }

    /// Takes the lease for a mint.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] unless the verification is in `Consented`: in `Minting`, another call
    /// has the lease. [`Refusal::TooManyRequests`] after the last mint.
    pub fn start_mint(self, limits: &Limits, now: Timestamp) -> Result<Self, Refusal> {
        let State::Consented { sign_in_status, mut consent, idle_at } = self.state.clone() else {
            return Err(self.wrong_step());
        };
        if consent.mints >= MAX_MINTS {
            return Err(Refusal::until(idle_at, now));
        }
        consent.mints += 1;
        // What an item of the first release does not say, is decided here and recorded.
        consent.access = Some(consent.access());
        let detail = Facts::Attempt { number: consent.mints };
        let lease_until = now.plus(limits.mint_lease_seconds);
        let state = State::Minting { sign_in_status, consent, idle_at, lease_until };
        Ok(self.step(state, now, Actor::Agent, Action::MintStarted, detail))
    }

    /// Returns the number of the mint that is under way.
    pub fn mint_attempt(&self) -> Option<u32> {
        match &self.state {
            State::Minting { consent, .. } => Some(consent.mints),
            State::Started { .. }
            | State::AgentChallenged { .. }
            | State::AgentVerified { .. }
            | State::AwaitingConsent { .. }
            | State::Consented { .. }
            | State::InSession { .. }
            | State::Closed(_) => None,
        }
    }

    /// Records that the mint failed, so that another may start.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] unless the verification is in `Minting`.
    pub fn mint_failed(self, now: Timestamp) -> Result<Self, Refusal> {
        let State::Minting { sign_in_status, consent, idle_at, .. } = self.state.clone() else {
            return Err(self.wrong_step());
        };
        let state = State::Consented { sign_in_status, consent, idle_at };
        Ok(self.step(state, now, Actor::System, Action::MintFailed, None))
    }

    /// Starts the session, whose tokens are checked and sealed. `sign_in_status` is the customer's as
    /// it was when the mint began. `page` is the secret of the page that the email to the customer
    /// links to.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] unless the verification is in `Minting`: the lease is over, or the agent
    /// or the customer has ended it. [`Refusal::GrantEndsTooSoon`] if the session would outlast its
    /// support grant.
    pub fn start_session(
        self,
        sign_in_status: SignInStatus,
        SealedSession { session, tokens }: SealedSession,
        page: &Secret,
        key: &HashKey,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let State::Minting { mut consent, .. } = self.state.clone() else {
            return Err(self.wrong_step());
        };
        self.fits_support_grant(session.expires_at)?;
        consent.end_pages = vec![self.page_digest(page, key)];
        let detail = Facts::Session {
            ecosystem: consent.ecosystem.clone(),
            environments: session.environments(),
            access: consent.access,
        };
        let state = State::InSession { sign_in_status, consent, session };
        let mut next = self.step(state, now, Actor::System, Action::SessionStarted, detail);
        next.notice = Some(Notice::due(NoticeKind::Start, now.plus(notice::GRACE)));
        next.sealed = SealedChange::Put(tokens);
        Ok(next)
    }

    /// Records whether the App's QR code was sent to the customer, as far as is known. Returns `None`
    /// once the session is over.
    pub fn qr_emailed(self, sent: bool, now: Timestamp) -> Option<Self> {
        let State::InSession { .. } = &self.state else { return None };
        let state = self.state.clone();
        let action = if sent { Action::AppQrSent } else { Action::EmailFailed };
        Some(self.step(state, now, Actor::System, action, Facts::AppQr))
    }

    /// Redeems the handoff that `secret` opens, once. Its sealed tokens die with this write.
    ///
    /// # Errors
    /// [`Refusal::HandoffRefused`] if it is unknown, used, expired, for another environment, or for
    /// one in which `customer` may not be supported any more.
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
        let allowed = self.may_open(environment, customer, limits);
        let place = session.find_handoff(&self.id, environment, secret, key);
        let (true, Some(place)) = (allowed, place) else {
            return Err(Refusal::HandoffRefused);
        };
        session.handoffs[place].redeem();
        let state = State::InSession { sign_in_status, consent, session };
        let detail = Facts::Environment { environment };
        let mut next = self.step(state, now, Actor::Environment, Action::HandoffRedeemed, detail);
        next.sealed = SealedChange::Delete(vec![environment]);
        Ok(next)
    }

    /// Returns the handoff that `token` belongs to, if the token is good at this moment: the handoff
    /// was redeemed, the session runs, and `customer`, the directory's record as it is now, may still
    /// be supported there. The verification must have been read [`at`](Self::at) now.
    pub fn live_handoff(
        &self,
        token: &str,
        customer: Option<&Customer>,
        key: &HashKey,
        limits: &Limits,
    ) -> Option<&Handoff> {
        let State::InSession { session, .. } = &self.state else { return None };
        let handoff = session.handoff_of(token, key)?;
        (handoff.is_redeemed() && self.may_open(handoff.environment, customer, limits))
            .then_some(handoff)
    }

    /// Returns whether the directory's record still entitles the customer to this environment.
    fn may_open(
        &self,
        environment: Environment,
        customer: Option<&Customer>,
        limits: &Limits,
    ) -> bool {
        let State::InSession { sign_in_status, consent, .. } = &self.state else { return false };
        customer
            .filter(|customer| customer.user_id == self.customer.user_id)
            .and_then(|c| self.allowed(c, *sign_in_status, &consent.ecosystem, limits).ok())
            .is_some_and(|(_, allowed)| allowed.contains(&environment))
    }

    /// Records that the agent reads the activity of `customer`, whose record is the directory's as it
    /// is now. `what` says which part, `None` if there is no such item. A reading does not extend the
    /// idle timeout.
    ///
    /// # Errors
    /// [`Refusal::NoActivity`] in any module but Ecosystem Admin; [`Refusal::WrongStep`] before consent
    /// and after the end; [`Refusal::EnvironmentRefused`], [`Refusal::NotAllowed`] or
    /// [`Refusal::NotASuccessor`] if the customer may not be supported in the ecosystem any more;
    /// [`Refusal::TooManyRequests`] after the last reading; [`Refusal::UnknownProcess`] without `what`.
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

    /// Returns which side was given the App's QR code, if any was.
    pub fn app_qr_given_to(&self) -> Option<Side> {
        let (environments, app_opened) = match &self.state {
            State::InSession { session, .. } => {
                let opened = |h: &Handoff| h.environment == Environment::App && h.is_redeemed();
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
            // It was in the answer that started the session.
            Side::Agent => Some(Side::Agent),
            // What was opened was sent, even if the step that says so was never written.
            Side::Customer => {
                let sent = self.steps.iter().any(|step| step.action == Action::AppQrSent);
                (sent || app_opened).then_some(Side::Customer)
            }
        }
    }
}
