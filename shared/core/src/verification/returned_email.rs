//! An email of a verification comes back: it could not be delivered, or its reader called it spam.

use crate::chain::{Action, Actor, Step};
use crate::email_origin::Origin;
use crate::step_detail::{Detail, Facts};
use crate::time::Timestamp;

use super::Verification;

/// Why an email came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned {
    /// It reached nobody.
    Undelivered,
    /// It was delivered, and reported as spam.
    Reported,
}

impl Returned {
    const fn action(self) -> Action {
        match self {
            Self::Undelivered => Action::EmailUndelivered,
            Self::Reported => Action::EmailReported,
        }
    }
}

impl Verification {
    /// Records that an email came back, in whatever state: that changes nothing else. Returns `None` if
    /// it is recorded already, since such reports come at least once.
    pub fn email_returned(self, origin: &Origin, how: Returned, now: Timestamp) -> Option<Self> {
        let facts = Facts::Email { email: origin.email, number: origin.number };
        let detail = Some(Detail::Facts(facts.clone()));
        let known = |step: &Step| step.action == how.action() && step.detail == detail;
        if self.steps.iter().any(known) {
            return None;
        }
        let state = self.state.clone();
        Some(self.step(state, now, Actor::System, how.action(), facts))
    }
}
