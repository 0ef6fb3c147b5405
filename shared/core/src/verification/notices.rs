//! Which notice about a verification is due, and when. The email for it is in [`crate::notices`].

use crate::chain::{Action, Actor};
use crate::notice::NoticeKind;
use crate::secret::{HashKey, Secret};
use crate::status::Status;
use crate::step_detail::Facts;
use crate::time::Timestamp;

use super::Verification;
use super::state::State;

impl Verification {
    /// Returns when the sweep next has to look at this verification: at its deadline, or when a
    /// notice is due. `None` if nothing is left to do.
    pub fn due_at(&self) -> Option<Timestamp> {
        let notice = self.notice.map(|notice| notice.due_at);
        match (self.expires_at(), notice) {
            (Some(deadline), Some(notice)) => Some(deadline.min(notice)),
            (deadline, notice) => deadline.or(notice),
        }
    }

    /// Does all that is due at `now`, for one write: closes the verification if its deadline has passed,
    /// and takes the notice that is due then. Returns the notice's kind, if there is one, beside the next
    /// state; `None` if nothing is due. `page` and `key` as in [`Self::take_notice`].
    pub fn look_after(
        self,
        page: &Secret,
        key: &HashKey,
        now: Timestamp,
    ) -> Option<(Self, Option<NoticeKind>)> {
        let version = self.version + 1;
        let (is_closed, current) = match self.clone().close_if_over(now) {
            Some(closed) => (true, closed),
            None => (false, self),
        };
        match current.clone().take_notice(page, key, now) {
            Some((taken, kind)) => Some((Self { version, ..taken }, Some(kind))),
            None => is_closed.then_some((current, None)),
        }
    }

    /// Takes the notice that is due, and postpones its next try. `page` is the secret of the page that
    /// an email about a session links to. The pages of earlier tries work until this email is sent,
    /// since theirs may have arrived. A verification past its deadline has no notice before it is
    /// closed: the customer is then told of its end.
    pub fn take_notice(
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
        Some((self, notice.kind))
    }

    /// Records that the email of this notice was sent. Returns `None` if the notice is not due any
    /// more, nor is any notice of a verification past its deadline before its closing step.
    pub fn notice_sent(mut self, kind: NoticeKind, now: Timestamp) -> Option<Self> {
        if (self.status() == Status::Closed) != (kind == NoticeKind::Close) {
            return None;
        }
        self.notice.take_if(|notice| notice.kind == kind)?;
        let mut state = self.state.clone();
        if let State::InSession { consent, .. } = &mut state {
            // The email that was sent links to the last of them.
            consent.end_pages =
                consent.end_pages.split_off(consent.end_pages.len().saturating_sub(1));
        }
        Some(self.step(
            state,
            now,
            Actor::System,
            Action::CustomerTold,
            Facts::Notice { notice: kind },
        ))
    }

    /// Returns whether any email about this verification may have reached the customer. If none did,
    /// the customer is not told that it ended either.
    pub(super) fn customer_was_emailed(&self) -> bool {
        match &self.state {
            // Under a support grant the customer is told from the start.
            State::Started { .. } | State::AgentChallenged { .. } | State::AgentVerified { .. } => {
                self.support_grant.is_some()
            }
            State::AwaitingConsent { request, .. } => request.code.sends > request.code.unsent,
            State::Consented { .. } | State::Minting { .. } | State::InSession { .. } => true,
            // The notice of its end was decided when it was closed.
            State::Closed(_) => false,
        }
    }
}
