//! How a verification ends: by the agent, by the customer, or by the clock.

use crate::chain::Actor;
use crate::identity::Reason;
use crate::notice::{Notice, NoticeKind};
use crate::refusal::Refusal;
use crate::status::Outcome;
use crate::step_detail::Facts;
use crate::time::Timestamp;

use super::state::{Closed, State};
use super::{Cancelled, Verification};

impl Verification {
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

    pub(super) fn close(
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
}
