//! The listing of what is due, which a sweep goes through.

use std::future::Future;

use crate::identity::VerificationId;
use crate::refusal::Failure;
use crate::support_grant::GrantKey;
use crate::time::Timestamp;

/// What needs looking at without anybody calling. The listing has several parts, each of which is listed
/// by itself.
pub trait DueItems: Sync {
    /// How many parts there are.
    fn parts(&self) -> usize;

    /// The next items of a part (from 0) after `after` whose `due_at` has come, the longest due first, at
    /// most `limit`. Eventually consistent: what is found may be done already.
    fn due(
        &self,
        part: usize,
        now: Timestamp,
        after: Option<&DuePlace>,
        limit: usize,
    ) -> impl Future<Output = Result<DuePage, Failure>> + Send;

    /// Moves an item that is due at `listed_at`, and nothing else of it, to a later place in the listing,
    /// until its next write. Does nothing if it is due at any other time by now, or gone.
    fn postpone(
        &self,
        item: &Due,
        listed_at: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Something that needs looking at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Due {
    Verification(VerificationId),
    SupportGrant(GrantKey),
}

impl Due {
    pub const fn verification(&self) -> Option<&VerificationId> {
        match self {
            Self::Verification(id) => Some(id),
            Self::SupportGrant(_) => None,
        }
    }

    pub const fn support_grant(&self) -> Option<&GrantKey> {
        match self {
            Self::Verification(_) => None,
            Self::SupportGrant(key) => Some(key),
        }
    }
}

/// Some items of a part of the listing, and when each of them was due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuePage {
    pub items: Vec<(Timestamp, Due)>,
    /// Where the part goes on; `None` at its end.
    pub next: Option<DuePlace>,
}

/// A place in a part of the listing. Only the store that returned it can read it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DuePlace {
    pub due_at: Timestamp,
    /// The item's key in the store.
    pub key: String,
}
