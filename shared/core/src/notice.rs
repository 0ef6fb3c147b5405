//! An email to the customer that is owed: at least once, tried until it is sent.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How long the function that causes a notice has to send the email itself, in seconds, before the
/// sweep takes it up.
pub const GRACE: u32 = 20;

/// What a [`Notice`] tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// An agent has come with the credentials of his support grant.
    GrantUsed,
    /// Somebody is in his account, and how to end that.
    Start,
    /// How it ended, with the receipt if there was a session.
    Close,
}

/// See the [module](self). It holds no secret: what an email needs of those is made anew for every
/// try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice<NoticeKind> {
    pub about: NoticeKind,
    /// When to try, or to try again.
    pub due_at: Timestamp,
    tries: u32,
}

impl<NoticeKind> Notice<NoticeKind> {
    /// An email about something, not tried yet.
    pub const fn owed(about: NoticeKind, due_at: Timestamp) -> Self {
        Self { about, due_at, tries: 0 }
    }

    /// Takes a try, if it is due, and puts off the next one: twice as long each time, from a minute
    /// to an hour.
    pub fn try_at(self, now: Timestamp) -> Option<Self> {
        if !self.due_at.is_over(now) {
            return None;
        }
        let wait = 60_u32.saturating_mul(1 << self.tries.min(6)).min(3600);
        let tries = self.tries.saturating_add(1);
        Some(Self { due_at: now.plus(wait), tries, ..self })
    }
}
