//! How a verification ends: by the agent, by the customer, or by the clock.

use crate::chain::Actor;
use crate::identity::Reason;
use crate::notice::{Notice, NoticeKind};
use crate::refusal::Refusal;
use crate::session::SealedChange;
use crate::status::Outcome;
use crate::step_detail::Facts;
use crate::time::Timestamp;

use super::state::{Closed, State};
use super::{ClosedByAgent, Verification};

impl Verification {
    /// Cancels the verification for the agent. One that is cancelled already keeps its first reason.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] if it was closed in any other way.
    pub fn cancel(self, reason: Reason, now: Timestamp) -> Result<ClosedByAgent, Refusal> {
        match &self.state {
            State::Closed(Closed { outcome: Outcome::Cancelled, .. }) => {
                Ok(ClosedByAgent::Already(self))
            }
            State::Closed(_) => Err(self.wrong_step()),
            State::Started { .. }
            | State::AgentChallenged { .. }
            | State::AgentVerified { .. }
            | State::AwaitingConsent { .. }
            | State::Consented { .. }
            | State::Minting { .. }
            | State::InSession { .. } => Ok(ClosedByAgent::Now(self.close(
                Outcome::Cancelled,
                Some(reason),
                now,
                Actor::Agent,
                None,
            ))),
        }
    }

    /// Ends the verification for an agent who is done. They say no reason: [`cancel`](Self::cancel) is
    /// for what went wrong. One that is finished already stays as it is.
    ///
    /// # Errors
    /// [`Refusal::WrongStep`] if the agent has not authenticated yet, or it was closed in any other way.
    pub fn finish(self, now: Timestamp) -> Result<ClosedByAgent, Refusal> {
        match &self.state {
            State::Closed(Closed { outcome: Outcome::Finished, .. }) => {
                Ok(ClosedByAgent::Already(self))
            }
            State::Started { .. } | State::AgentChallenged { .. } | State::Closed(_) => {
                Err(self.wrong_step())
            }
            State::AgentVerified { .. }
            | State::AwaitingConsent { .. }
            | State::Consented { .. }
            | State::Minting { .. }
            | State::InSession { .. } => {
                Ok(ClosedByAgent::Now(self.close(Outcome::Finished, None, now, Actor::Agent, None)))
            }
        }
    }

    /// Adds the agent's internal note to a verification that is being cancelled.
    #[must_use]
    pub fn with_note(mut self, note: Option<Reason>) -> Self {
        if let State::Closed(closed) = &mut self.state {
            closed.note = note;
        }
        self
    }

    /// Closes the verification for the customer: `Denied` before the session, `Ended` in it.
    ///
    /// # Errors
    /// [`Refusal::ConsentRefused`] if no consent was requested yet, or the verification is closed.
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

    /// Closes the verification because the customer revoked its support grant or replaced the
    /// credentials: `Denied` before the session, `Ended` in it. Returns `None` if it is closed already.
    pub(crate) fn close_with_grant(self, why: Facts, now: Timestamp) -> Option<Self> {
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

    /// Closes the verification, with its step, if its deadline has passed. Otherwise returns `None`.
    pub fn close_if_over(self, now: Timestamp) -> Option<Self> {
        let outcome = self.overdue(now)?;
        let deadline = self.expires_at()?;
        let mut next = self.close(outcome, None, now, Actor::System, None);
        // It ended at its deadline, however late this is: every read in between has said so.
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
        // A notice that is still due is out of date now: the customer is told of the end alone.
        let notify = self.customer_was_emailed();
        let sealed = match &self.state {
            State::InSession { session, .. } => SealedChange::Delete(session.sealed()),
            State::Started { .. }
            | State::AgentChallenged { .. }
            | State::AgentVerified { .. }
            | State::AwaitingConsent { .. }
            | State::Consented { .. }
            | State::Minting { .. }
            | State::Closed(_) => SealedChange::None,
        };
        let state = self.state.clone().close(outcome, reason, now, &self.steps);
        let mut next = self.step(state, now, actor, outcome.action(), detail);
        next.sealed = sealed;
        next.notice = notify.then_some(Notice::due(NoticeKind::Close, now));
        next
    }
}
