//! The listings of verifications, by who and when.

use std::future::Future;

use crate::identity::{EmailAddress, TicketNumber, VerificationId};
use crate::refusal::Failure;
use crate::time::Timestamp;
use crate::verification::Verification;

/// The verifications, found by who and when.
pub trait VerificationIndex: Sync {
    /// The next `limit` verifications of `window` after `before`, newest first. Which there are is
    /// eventually consistent, what each says is not.
    fn page(
        &self,
        scope: &Scope,
        window: &Window,
        before: Option<&Position>,
        limit: usize,
    ) -> impl Future<Output = Result<Page, Failure>> + Send;
}

/// Some verifications of a listing.
#[derive(Clone, Debug)]
pub struct Page {
    pub items: Vec<Listed>,
    /// Nothing comes after these.
    pub ended: bool,
}

/// A verification in its place in a listing.
#[derive(Clone, Debug)]
pub struct Listed {
    pub place: Position,
    /// `None` if another version wrote it so that this one cannot read it.
    pub verification: Option<Verification>,
}

/// Whose verifications to look through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    Everyone,
    Agent(String),
    Customer(EmailAddress),
    /// Those with this ticket, whatever its capitals.
    Ticket(TicketNumber),
}

/// When the verifications began that are looked through: all of them, unless it is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// At this moment or later.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

impl Window {
    pub fn holds(&self, moment: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= moment) && self.until.is_none_or(|until| moment < until)
    }
}

/// A place in a listing: the verification last seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    pub created_at: Timestamp,
    pub id: VerificationId,
}
