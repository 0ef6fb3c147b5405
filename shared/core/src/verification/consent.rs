//! The customer is asked for consent, and both sides enter the code.

use crate::chain::{Action, Actor};
use crate::code::Code;
use crate::entitlement::Access;
use crate::limits::{ConsentMode, Limits};
use crate::refusal::Refusal;
use crate::secret::{Digest, HashKey, Purpose, Secret};
use crate::status::{Outcome, Side};
use crate::step_detail::Facts;
use crate::time::Timestamp;

use super::Verification;
use super::sent_code::{RightCode, SentCode, Verdict};
use super::state::{Consent, ConsentRequest, Entries, NewConsentRequest, State};

impl Verification {
    /// Sends the customer a request for consent, or another one: its code and its page replace those
    /// of the one before, and every entry made with them. From the first request on, only the
    /// customer's actions extend the idle timeout.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] unless the verification is in `AgentVerified` or `AwaitingConsent`;
    /// [`Refusal::NotAllowed`] if the customer is suspended or could not sign in;
    /// [`Refusal::NotASuccessor`] in Ecosystem Admin, if the customer is none;
    /// [`Refusal::EnvironmentRefused`] if the ecosystem is not the customer's or nothing may be
    /// opened there; [`Refusal::TooManyRequests`] before the cool-down is over, or after the last
    /// sending.
    pub fn request_consent(
        self,
        new: NewConsentRequest<'_>,
        key: &HashKey,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let (before, sign_in_status, idle_at) = match &self.state {
            State::AgentVerified { sign_in_status, .. } => {
                (None, *sign_in_status, now.plus(limits.idle_seconds))
            }
            State::AwaitingConsent { sign_in_status, request, idle_at } => {
                (Some(&request.code), *sign_in_status, *idle_at)
            }
            State::Started { .. }
            | State::AgentChallenged { .. }
            | State::Consented { .. }
            | State::Minting { .. }
            | State::InSession { .. }
            | State::Closed(_) => return Err(self.wrong_step()),
        };
        let (ecosystem, allowed) =
            self.allowed(&self.customer, sign_in_status, new.ecosystem, limits)?;
        let consent = Consent {
            ecosystem: ecosystem.id.clone(),
            ecosystem_name: ecosystem.name.clone(),
            environments: allowed,
            access: Some(new.access),
            entries: Some(Entries {
                verification_number: new.verification_number,
                agent: false,
                customer: false,
                page: self.page_digest(new.page, key),
            }),
            end_pages: Vec::new(),
            mints: 0,
        };
        let digest = key.digest(
            Purpose::CustomerCode,
            &self.customer_context(&consent.ecosystem),
            new.code.expose(),
        );
        let code = SentCode::next(before, digest, idle_at, limits, now)?;
        let detail = Facts::ConsentRequest {
            ecosystem: consent.ecosystem.clone(),
            access: consent.access,
            number: code.sends,
            of: limits.sends_per_stage,
        };
        let state = State::AwaitingConsent {
            sign_in_status,
            request: ConsentRequest { code, consent },
            idle_at,
        };
        Ok(self.step(state, now, Actor::Agent, Action::ConsentAsked, detail))
    }

    /// Judges an entry of the customer's code by either side, and records nothing.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] unless the verification is in `AwaitingConsent` and this side has not
    /// entered the code yet.
    pub fn judge_customer_code(
        &self,
        side: Side,
        code: &Code,
        key: &HashKey,
        now: Timestamp,
    ) -> Result<Verdict, Refusal> {
        match &self.state {
            State::AwaitingConsent { request, .. } if !request.consent.has_entered(side) => {
                let context = self.customer_context(&request.consent.ecosystem);
                Ok(request.code.judge(Purpose::CustomerCode, &context, code, key, now))
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

    /// Records a right entry of the customer's code. The last one that is needed makes consent.
    /// `access` is the widest that this side allows: it narrows what was asked for, and never widens
    /// it.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] unless the verification is in `AwaitingConsent`.
    pub fn enter_customer_code(
        self,
        _: RightCode,
        side: Side,
        access: Option<Access>,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let State::AwaitingConsent { sign_in_status, mut request, idle_at } = self.state.clone()
        else {
            return Err(self.wrong_step());
        };
        let narrower = access.filter(|access| *access < request.consent.access());
        if narrower.is_some() {
            request.consent.access = narrower;
        }
        let Some(entries) = &mut request.consent.entries else {
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
            (
                State::Consented { sign_in_status, consent: request.consent, idle_at },
                Action::Consented,
            )
        } else {
            let idle_at = idle_deadline_after(side, idle_at, limits, now);
            (State::AwaitingConsent { sign_in_status, request, idle_at }, Action::ConsentEntered)
        };
        let detail = narrower.map(|access| Facts::AccessNarrowed { access });
        Ok(self.step(state, now, side.actor(), action, detail))
    }

    /// Records an entry of the customer's code that was wrong or over a quota. Also returns how many
    /// attempts are left; without any, the verification is locked.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] unless the verification is in `AwaitingConsent`.
    pub fn refuse_customer_code(
        self,
        side: Side,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<(Self, u32), Refusal> {
        let State::AwaitingConsent { sign_in_status, mut request, idle_at } = self.state.clone()
        else {
            return Err(self.wrong_step());
        };
        request.code.wrong += 1;
        let left = request.code.attempts_left(limits);
        let detail = request.code.wrong_entry(limits);
        if left == 0 {
            return Ok((self.close(Outcome::Locked, None, now, side.actor(), Some(detail)), 0));
        }
        let idle_at = idle_deadline_after(side, idle_at, limits, now);
        let state = State::AwaitingConsent { sign_in_status, request, idle_at };
        Ok((self.step(state, now, side.actor(), Action::ConsentCodeRefused, detail), left))
    }

    /// Returns whether `secret` opens the customer's page of this verification: the one in the latest
    /// email with a code, or in the email about the session.
    pub fn is_page(&self, secret: &Secret, key: &HashKey) -> bool {
        let context = [self.id.as_str()];
        let opens = |digest: &Digest| key.matches(digest, Purpose::Page, &context, secret.expose());
        self.consent().is_some_and(|consent| {
            consent.entries.as_ref().is_some_and(|entries| opens(&entries.page))
                | consent.end_pages.iter().fold(false, |found, page| found | opens(page))
        })
    }

    /// Records that the email with the code of `sent` failed, and lifts its cool-down. `maybe_sent`
    /// says that it may have arrived nevertheless.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] if another code was sent since, or none is out.
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
            | State::AwaitingConsent { request: ConsentRequest { code, .. }, .. } => {
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

    fn customer_context<'a>(&'a self, ecosystem: &'a str) -> [&'a str; 4] {
        [self.id.as_str(), &self.agent.id, &self.customer.user_id, ecosystem]
    }
}

/// Returns the idle deadline after an action of `side`: once consent was requested, only the customer's
/// actions move it.
fn idle_deadline_after(
    side: Side,
    idle_at: Timestamp,
    limits: &Limits,
    now: Timestamp,
) -> Timestamp {
    match side {
        Side::Agent => idle_at,
        Side::Customer => now.plus(limits.idle_seconds),
    }
}
