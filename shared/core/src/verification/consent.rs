//! The customer is asked for consent, and both sides enter the code.

use crate::chain::{Action, Actor};
use crate::code::Code;
use crate::limits::{ConsentMode, Limits};
use crate::refusal::Refusal;
use crate::secret::{Digest, HashKey, Purpose, Secret};
use crate::status::{Outcome, Side};
use crate::step_detail::Facts;
use crate::time::Timestamp;

use super::Verification;
use super::sent_code::{RightCode, SentCode, Verdict};
use super::state::{Ask, Asking, Consent, Entries, State};

impl Verification {
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

    fn customer_context<'a>(&'a self, ecosystem: &'a str) -> [&'a str; 4] {
        [self.id.as_str(), &self.agent.id, &self.customer.user_id, ecosystem]
    }
}

/// From the asking on, only the customer's acts move the deadline.
fn kept_alive(side: Side, idle_at: Timestamp, limits: &Limits, now: Timestamp) -> Timestamp {
    match side {
        Side::Agent => idle_at,
        Side::Customer => now.plus(limits.idle_seconds),
    }
}
