//! What customers are told of the end.

use crate::entitlement::{Access, Environment, Visibility};
use crate::identity::{Reason, TicketNumber};
use crate::status::Side;
use crate::time::Timestamp;

/// Tells customers how it ended.
pub struct VerificationClosed<'a> {
    pub customer_name: &'a str,
    pub agent_name: &'a str,
    pub ticket: Option<&'a TicketNumber>,
    pub ecosystem_name: &'a str,
    pub environments: &'a [Environment],
    /// What they showed. What was hidden is listed, if there was a session.
    pub visibility: Visibility,
    /// Whether the customer's support grant was the authorization.
    pub by_grant: bool,
    pub ending: Ending<'a>,
    /// `None` if nobody could ever be in the account.
    pub session: Option<ToldSession<'a>>,
}

/// What customers are told of a session that is over. The receipt is attached to that email.
pub struct ToldSession<'a> {
    /// From when to when somebody could be in the account.
    pub from: Timestamp,
    pub until: Timestamp,
    /// What it was for; sessions of the first release do not say it.
    pub access: Option<Access>,
    /// Which environments were opened, and when.
    pub opened: &'a [(Environment, Timestamp)],
    /// Who got the App's QR code.
    pub qr_given_to: Option<Side>,
}

/// How a verification ended, as far as the customer is told.
pub enum Ending<'a> {
    /// The session reached its deadline.
    Completed,
    /// The customer ended the session with the link in the email.
    Ended,
    /// The agent was done, before or in the session.
    Finished,
    /// The agent cancelled it, before or in the session.
    Cancelled { reason: &'a Reason },
    /// The customer refused.
    Denied,
    /// Nobody acted for too long.
    Expired,
    /// Too many wrong codes.
    Locked,
    /// The customer revoked the support grant, before the session or in it; or replaced its credentials before it.
    Revoked,
}

impl VerificationClosed<'_> {
    /// Whether the agent can come again with the same credentials.
    pub(super) fn can_come_again(&self) -> bool {
        self.by_grant
            && match self.ending {
                Ending::Revoked => false,
                Ending::Completed
                | Ending::Ended
                | Ending::Finished
                | Ending::Cancelled { .. }
                | Ending::Denied
                | Ending::Expired
                | Ending::Locked => true,
            }
    }

    /// What was hidden, if anything was.
    pub(super) fn hidden(&self, words: fn(Visibility) -> &'static str) -> Option<&'static str> {
        (self.visibility != Visibility::default()).then(|| words(self.visibility))
    }
}
