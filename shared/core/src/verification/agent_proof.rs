//! The agent authenticates, by a code that is sent to their own mailbox.

use crate::chain::{Action, Actor};
use crate::code::Code;
use crate::directory::SignInStatus;
use crate::limits::Limits;
use crate::refusal::Refusal;
use crate::secret::{Digest, HashKey, Purpose};
use crate::status::{Outcome, Status};
use crate::step_detail::Facts;
use crate::time::Timestamp;

use super::Verification;
use super::sent_code::{RightCode, SentCode, Verdict};
use super::state::{Consent, State};

impl Verification {
    /// Sends the agent a code, or another one in its place.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] unless the verification is in `Started` or `AgentChallenged`;
    /// [`Refusal::TooManyRequests`] before the cool-down is over, or after the last sending.
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

    /// Judges an entry of the agent's own code, and records nothing.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] unless the verification is in `AgentChallenged`.
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

    /// Records that the agent's code was right. From here on the agent may see the customer's data.
    /// Under a support grant, this is also the customer's consent, given beforehand.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] unless the verification is in `AgentChallenged`.
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

    /// Records an entry of the agent's own code that was wrong or over a quota. Also returns how many
    /// attempts are left; without any, the verification is locked.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] unless the verification is in `AgentChallenged`.
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

    fn agent_digest(&self, code: &Code, key: &HashKey) -> Digest {
        key.digest(Purpose::AgentCode, &[self.id.as_str(), &self.agent.id], code.expose())
    }
}
