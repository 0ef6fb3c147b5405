//! Which notice about a support grant is due, and when. The email for it is in [`crate::notices`].

use crate::time::Timestamp;

use super::SupportGrant;
use super::terms::GrantNoticeKind;

impl SupportGrant {
    /// Returns when the sweep next has to look at this grant: at its deadline, or when a notice is due.
    /// `None` if nothing is left to do.
    pub fn due_at(&self) -> Option<Timestamp> {
        let end = self.ended.is_none().then_some(self.terms.expires_at);
        end.into_iter().chain(self.notice.map(|notice| notice.due_at)).min()
    }

    /// Does all that is due at `now`, for one write: ends the grant if its deadline has passed, and takes
    /// the notice that is due then. Returns the notice's kind, if there is one, beside the next state;
    /// `None` if nothing is due.
    pub fn look_after(self, now: Timestamp) -> Option<(Self, Option<GrantNoticeKind>)> {
        let version = self.version.saturating_add(1);
        let (is_ended, current) = match self.clone().end_if_over(now) {
            Some(ended) => (true, ended),
            None => (false, self),
        };
        match current.clone().take_notice(now) {
            Some((taken, kind)) => Some((Self { version, ..taken }, Some(kind))),
            None => is_ended.then_some((current, None)),
        }
    }

    /// Takes the notice that is due, and postpones its next try. A grant past its deadline has no
    /// notice before it is ended: the customer is then told of its end.
    pub fn take_notice(mut self, now: Timestamp) -> Option<(Self, GrantNoticeKind)> {
        if self.ended.is_none() && self.terms.expires_at.is_over(now) {
            return None;
        }
        let notice = self.notice?.try_at(now)?;
        self.notice = Some(notice);
        Some((self.written(), notice.kind))
    }

    /// Records that the email of this notice was sent. Returns `None` if the notice is not due any more.
    pub fn notice_sent(mut self, kind: GrantNoticeKind) -> Option<Self> {
        self.notice.take_if(|notice| notice.kind == kind)?;
        Some(self.written())
    }
}
