//! Which notice the customer is owed, when it is due, and what is recorded once it was sent.

use crate::chain::{Action, Actor};
use crate::notice::NoticeKind;
use crate::secret::{HashKey, Secret};
use crate::status::Status;
use crate::step_detail::Facts;
use crate::time::Timestamp;

use super::Verification;
use super::state::State;

impl Verification {
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

    /// Whether any email about this verification may have reached the customer: who was never told
    /// of a beginning is told of no end.
    pub(super) fn was_told_of(&self) -> bool {
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
}
