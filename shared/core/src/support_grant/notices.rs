//! Which notice the customer is owed about a support grant, and when it is due.

use crate::time::Timestamp;

use super::SupportGrant;
use super::terms::GrantNoticeKind;

impl SupportGrant {
    /// When this grant next needs to be looked at without anybody calling: at its end, or when the
    /// customer is to be told something. `None` when all is done.
    pub fn due_at(&self) -> Option<Timestamp> {
        let end = self.ended.is_none().then_some(self.terms.expires_at);
        end.into_iter().chain(self.notice.map(|notice| notice.due_at)).min()
    }

    /// Takes the notice that is due, and puts off the next try. What is over and not ended yet has
    /// none: its news is that it is over.
    pub fn try_notice(mut self, now: Timestamp) -> Option<(Self, GrantNoticeKind)> {
        if self.ended.is_none() && self.terms.expires_at.is_over(now) {
            return None;
        }
        let notice = self.notice?.try_at(now)?;
        self.notice = Some(notice);
        Some((self.written(), notice.about))
    }

    /// The email went out. `None` if that is not what the customer is owed any more.
    pub fn told(mut self, about: GrantNoticeKind) -> Option<Self> {
        self.notice.take_if(|notice| notice.about == about)?;
        Some(self.written())
    }
}
