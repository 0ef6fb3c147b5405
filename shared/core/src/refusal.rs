//! Why a call does not succeed: a *refusal* is the answer of a rule, a *failure* comes from a
//! dependency. The gateway turns either into the problem details that the client sees.

use crate::status::Status;
use crate::time::Timestamp;

/// A rule said no. The system works as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    NotAllowed(NotAllowed),
    /// The look-up found no customer.
    UnknownCustomer,
    /// No such verification, or not the caller's.
    NotFound,
    /// The verification is not where this call needs it.
    WrongStep(Status),
    /// Every retry lost its race against another write.
    Conflict,
    /// Wrong, expired or used: one answer for all three.
    CodeRefused {
        attempts_left: u32,
    },
    /// The ecosystem is not the customer's, or nothing may be opened there.
    EnvironmentRefused,
    /// Ecosystem Admin is for successors, and this customer has inherited no ecosystem.
    NotASuccessor,
    /// This verification's module shows no activity of the customer.
    NoActivity,
    /// The customer's activity has no such process.
    UnknownProcess,
    /// The page's token is unknown, replaced or over: one answer.
    ConsentRefused,
    /// Unknown, used, expired or for another environment: one answer.
    HandoffRefused,
    /// The customer already has a live support grant, which ends at `expires_at`.
    GrantExists {
        expires_at: Timestamp,
    },
    /// The customer has no live support grant.
    NoGrant,
    /// Any of the three credentials wrong, revoked, expired or another agent's: one answer.
    GrantRefused,
    /// The support grant ends before a session could.
    GrantEndsTooSoon,
    /// A cool-down or a quota; `retry_after` in seconds.
    TooManyRequests {
        retry_after: u32,
    },
}

impl Refusal {
    /// Returns the refusal of a call that may be repeated at `moment`, one second from `now` at the
    /// earliest.
    pub fn until(moment: Timestamp, now: Timestamp) -> Self {
        Self::TooManyRequests { retry_after: moment.seconds_from(now).max(1) }
    }
}

/// Why the caller is not allowed to go on, as the API says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAllowed {
    /// The caller is not in the group, or is disabled.
    Agent,
    /// The target is the caller.
    SelfSupport,
    /// The target has an account in the agents' pool.
    Colleague,
    /// The person who offers access is not in the directory.
    NoCustomer,
    /// The customer's record in the directory is larger than a verification can hold.
    RecordTooLarge,
    /// The customer is suspended in the directory.
    Suspended,
    /// The customer could not sign in (unconfirmed, disabled, must change or reset the password,
    /// federated, missing).
    CannotSignIn,
}

/// A dependency refused, failed or hung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which dependency, for the log.
    pub service: &'static str,
    /// What it said, for the log alone. Never a secret, never an address.
    pub detail: String,
    /// Whether the write may still have happened.
    pub maybe_done: bool,
    /// Nothing broke: what was read is nothing that can be understood, and is left as it is.
    pub unreadable: Option<Unreadable>,
}

/// What cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// A stored item of another version, which this one can neither read nor write.
    OtherVersion,
    /// A record of the directory: others wrote it, and repeating does not help.
    DirectoryRecord,
}

impl Failure {
    /// It certainly did not happen.
    pub fn clean(service: &'static str, detail: impl Into<String>) -> Self {
        Self { service, detail: detail.into(), maybe_done: false, unreadable: None }
    }

    /// A stored item is not one of those that this version can read.
    pub fn of_other_version(service: &'static str, detail: impl Into<String>) -> Self {
        Self { unreadable: Some(Unreadable::OtherVersion), ..Self::clean(service, detail) }
    }

    /// A record of the directory cannot be read. `detail` names the field, and not what is in it.
    pub fn unreadable_record(detail: impl Into<String>) -> Self {
        let unreadable = Some(Unreadable::DirectoryRecord);
        Self { unreadable, ..Self::clean("directory", detail) }
    }

    /// It may have happened: a time-out, a broken connection.
    pub fn unsure(service: &'static str, detail: impl Into<String>) -> Self {
        Self { maybe_done: true, ..Self::clean(service, detail) }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.service, self.detail)
    }
}

impl std::error::Error for Failure {}

/// Why a call did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    Refused(Refusal),
    Failed(Failure),
}

impl From<Refusal> for CallError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<NotAllowed> for CallError {
    fn from(why: NotAllowed) -> Self {
        Self::Refused(Refusal::NotAllowed(why))
    }
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
