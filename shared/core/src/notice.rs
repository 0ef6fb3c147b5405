//! A notice: an email that the customer is owed, tried until it is sent.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How long the function that causes a notice has to send the email itself, in seconds, before the
/// sweep takes over.
pub const GRACE: u32 = 20;

/// What a [`Notice`] about a verification says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// An agent redeemed the credentials of the customer's support grant.
    GrantUsed,
    /// An agent is in the customer's account; the email says how to end the session.
    Start,
    /// How the verification ended, with the receipt if there was a session.
    Close,
}

/// See the [module](self). It holds no secret: every try makes those of its email anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice<Kind> {
    #[serde(rename = "about")]
    pub kind: Kind,
    /// When to try, or to try again.
    pub due_at: Timestamp,
    tries: u32,
}

impl<Kind> Notice<Kind> {
    /// Returns a notice that has not been tried yet.
    pub const fn due(kind: Kind, due_at: Timestamp) -> Self {
        Self { kind, due_at, tries: 0 }
    }

    /// Takes a try and postpones the next one: twice as long each time, from one minute to one
    /// hour. Returns `None` if no try is due.
    pub fn try_at(self, now: Timestamp) -> Option<Self> {
        if !self.due_at.is_over(now) {
            return None;
        }
        let wait = 60_u32.saturating_mul(1 << self.tries.min(6)).min(3600);
        let tries = self.tries.saturating_add(1);
        Some(Self { due_at: now.plus(wait), tries, ..self })
    }
}
