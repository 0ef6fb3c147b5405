//! An email of a verification comes back: it could not be delivered, or its reader called it spam.

use crate::chain::{Action, Actor, Step};
use crate::email_origin::{Origin, Returned};
use crate::step_detail::{Detail, Facts};
use crate::time::Timestamp;

use super::Verification;

impl Verification {
    /// Records that an email came back, in whatever state: that changes nothing else. Returns `None` if
    /// it is recorded already, since such reports come at least once.
    pub fn email_returned(self, origin: &Origin, how: Returned, now: Timestamp) -> Option<Self> {
        let action = match how {
            Returned::Undelivered => Action::EmailUndelivered,
            Returned::Reported => Action::EmailReported,
        };
        let facts = Facts::Email { email: origin.email, number: origin.number };
        let detail = Some(Detail::Facts(facts.clone()));
        let known = |step: &Step| step.action == action && step.detail == detail;
        if self.steps.iter().any(known) {
            return None;
        }
        let state = self.state.clone();
        Some(self.step(state, now, Actor::System, action, facts))
    }
}
