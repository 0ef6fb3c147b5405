//! What the process needs of the world. Adapters implement these; the double in
//! `support-testing` passes the same conformance suite as DynamoDB.

mod due;
mod index;

use std::future::Future;

use crate::code::Code;
use crate::directory::{Customer, Process, SignInStatus};
use crate::email::Email;
use crate::entitlement::Environment;
use crate::identity::{EmailAddress, VerificationId};
use crate::limits::{LockoutQuota, Quota, QuotaUse};
use crate::mint::{MintTicket, MintTicketId};
use crate::password::NewPassword;
use crate::receipt::PublicKey;
use crate::recovery::{Account, Confirmed, Job};
use crate::refusal::Failure;
use crate::secret::Secret;
use crate::session::{SealedTokens, Tokens};
use crate::support_grant::{GrantKey, SupportGrant};
use crate::time::Timestamp;
use crate::verification::Verification;

pub use due::{Due, DueItems, DuePage, DuePlace};
pub use index::{Listed, Page, Position, Scope, VerificationIndex, Window};

/// One write: the verification's next state with its step, the quotas it counts against, and
/// what becomes of its mint tickets and of its [sealed tokens](Verification::sealed). All of it
/// happens or nothing.
#[derive(Clone, Debug)]
pub struct Change {
    pub next: Verification,
    pub quota_uses: Vec<QuotaUse>,
    pub tickets: TicketChange,
    /// The next state of the support grant that it is under, where that changes as well.
    pub support_grant: Option<SupportGrant>,
}

impl Change {
    /// Returns the write of the next state alone.
    pub fn to(next: Verification) -> Self {
        Self { next, quota_uses: Vec::new(), tickets: TicketChange::None, support_grant: None }
    }

    #[must_use]
    pub fn counting(mut self, quota_uses: impl IntoIterator<Item = QuotaUse>) -> Self {
        self.quota_uses.extend(quota_uses);
        self
    }
}

/// One write of a support grant, with the verification that ends with its credentials. Both happen or
/// nothing.
#[derive(Clone, Debug)]
pub struct GrantChange {
    pub next: SupportGrant,
    /// The next state of that verification.
    pub closed: Option<Verification>,
    pub quota_uses: Vec<QuotaUse>,
}

impl GrantChange {
    /// Returns the write of the next state alone.
    pub fn to(next: SupportGrant) -> Self {
        Self { next, closed: None, quota_uses: Vec::new() }
    }

    #[must_use]
    pub fn counting(mut self, quota_use: QuotaUse) -> Self {
        self.quota_uses.push(quota_use);
        self
    }
}

/// What a write does to the mint tickets of a verification.
#[derive(Clone, Debug)]
pub enum TicketChange {
    None,
    Put(Vec<MintTicket>),
    Delete(Vec<MintTicketId>),
}

/// How a write ended. A lost race is an outcome, not an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    Done,
    /// Another call wrote it since it was read. Nothing was written.
    LostRace,
    /// This quota has nothing left. Nothing was written.
    OverQuota(Quota),
}

/// The verifications, each one item, changed by compare-and-set on its version.
pub trait Verifications: Sync {
    /// A consistent read.
    fn load(
        &self,
        id: &VerificationId,
    ) -> impl Future<Output = Result<Option<Verification>, Failure>> + Send;

    /// A read for half the price, where the store has one: a change shows within about a second.
    fn glance(
        &self,
        id: &VerificationId,
    ) -> impl Future<Output = Result<Option<Verification>, Failure>> + Send {
        self.load(id)
    }

    /// Writes if the stored version is the one before `change.next`'s (or, for a first version,
    /// if there is none), and every charged quota is under its limit.
    fn save(&self, change: &Change) -> impl Future<Output = Result<Saved, Failure>> + Send;
}

/// The sealed tokens of sessions, each pair one item. A write of a verification puts and deletes them.
pub trait SealedPairs: Sync {
    /// A consistent read.
    fn load_sealed(
        &self,
        verification: &VerificationId,
        environment: Environment,
    ) -> impl Future<Output = Result<Option<SealedTokens>, Failure>> + Send;
}

/// The customers' support grants, each one item, changed by compare-and-set on its version. What
/// changes together with a verification is written with that, by [`Verifications::save`].
pub trait SupportGrants: Sync {
    /// A consistent read.
    fn load_grant(
        &self,
        key: &GrantKey,
    ) -> impl Future<Output = Result<Option<SupportGrant>, Failure>> + Send;

    /// Writes as [`Verifications::save`] does.
    fn save_grant(
        &self,
        next: &SupportGrant,
        quota_uses: &[QuotaUse],
    ) -> impl Future<Output = Result<Saved, Failure>> + Send;
}

/// The counts of quotas, where nothing else is written with them. A write of a verification or a
/// support grant counts its own, in the same transaction.
pub trait Quotas: Sync {
    /// Counts against a quota. [`Saved::LostRace`] if a transaction is counting at this moment;
    /// nothing is counted then.
    fn spend(&self, quota_use: &QuotaUse) -> impl Future<Output = Result<Saved, Failure>> + Send;

    /// Counts one more against a lockout quota, unless its limit is reached.
    fn count(
        &self,
        lockout: &LockoutQuota,
        now: Timestamp,
    ) -> impl Future<Output = Result<Counted, Failure>> + Send;

    /// Takes one counting back. Its moment stays: a lockout quota that was at its limit has room
    /// for one more.
    fn give_back(&self, lockout: &LockoutQuota)
    -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Quotas that are counted together, in one call.
pub trait JointQuotas: Sync {
    /// Counts against each of these quotas and against `cool_down`, a lockout quota with a limit of 1; or,
    /// if one of them has nothing left, against none.
    fn spend_together(
        &self,
        quotas: &[Quota],
        cool_down: &LockoutQuota,
        now: Timestamp,
    ) -> impl Future<Output = Result<Spent, Failure>> + Send;
}

/// What came of counting together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    Done,
    /// Another call was counting at this moment. Nothing was counted.
    LostRace,
    /// One of them has nothing left, until then. Nothing was counted.
    Over {
        until: Timestamp,
    },
}

/// What came of a counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// It was counted, as this one of the lockout quota (1 is the first).
    Nth(u32),
    /// The limit is reached, until then. Nothing was counted.
    Over { until: Timestamp },
}

/// The mint tickets, as the Cognito triggers see them.
pub trait MintTickets: Sync {
    /// A consistent read.
    fn load(
        &self,
        id: &MintTicketId,
    ) -> impl Future<Output = Result<Option<MintTicket>, Failure>> + Send;

    /// Marks the grant as answered. Marking twice is marking once; `false` if there is none.
    fn mark(&self, id: &MintTicketId) -> impl Future<Output = Result<bool, Failure>> + Send;
}

/// The Core directory.
pub trait Directory: Sync {
    /// A consistent read.
    fn find(
        &self,
        email: &EmailAddress,
    ) -> impl Future<Output = Result<Option<Customer>, Failure>> + Send;

    /// An eventually consistent read, for half the price: a change shows within about a second.
    fn glance(
        &self,
        email: &EmailAddress,
    ) -> impl Future<Output = Result<Option<Customer>, Failure>> + Send;
}

/// The Core directory, with what happened to the customer lately, which [`Directory`] leaves out.
pub trait Activities: Sync {
    fn activity(
        &self,
        email: &EmailAddress,
    ) -> impl Future<Output = Result<Option<(Customer, Vec<Process>)>, Failure>> + Send;
}

/// The agents' user pool.
pub trait AgentPool: Sync {
    /// Whether somebody with this address has an account, in whatever group or state.
    fn has_account(
        &self,
        email: &EmailAddress,
    ) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// Whether this user is enabled and in the group `CustomerService` at this moment.
    fn is_agent(&self, username: &str) -> impl Future<Output = Result<bool, Failure>> + Send;
}

/// The customers' user pool.
pub trait CustomerPool: Sync {
    fn sign_in_status(
        &self,
        user_id: &str,
    ) -> impl Future<Output = Result<SignInStatus, Failure>> + Send;

    /// Returns the customer's address in the pool, which they may have chosen themselves, and their
    /// sign-in status; `None` without an account, or without a usable address.
    fn account(
        &self,
        user_id: &str,
    ) -> impl Future<Output = Result<Option<(EmailAddress, SignInStatus)>, Failure>> + Send;
}

/// Minting: custom auth through the client `support-access`.
pub trait Minter: Sync {
    /// Signs the customer in under `ticket`, answering with `answer`.
    fn mint(
        &self,
        user_id: &str,
        ticket: &MintTicketId,
        answer: &Secret,
    ) -> impl Future<Output = Result<Minted, Failure>> + Send;

    /// Revokes a refresh token, best effort. Every mint is followed by this, whatever becomes of its
    /// tokens.
    fn revoke(&self, refresh: RefreshToken) -> impl Future<Output = ()> + Send;
}

/// The refresh token of a mint, which goes nowhere but into [`Minter::revoke`].
#[derive(Debug)]
pub struct RefreshToken(Secret);

impl RefreshToken {
    pub fn new(token: String) -> Self {
        Self(token.into())
    }

    /// The token, for the call that revokes it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// What Cognito said to a mint.
#[derive(Debug)]
pub enum Minted {
    Tokens(Tokens, Option<RefreshToken>),
    /// A permanent refusal: the user is disabled or gone, say.
    Refused,
}

/// The key that receipts are signed with.
pub trait ReceiptKey: Sync {
    /// ECDSA over P-256 with SHA-256 of `message`, in ASN.1 DER.
    fn sign(&self, message: &[u8]) -> impl Future<Output = Result<Vec<u8>, Failure>> + Send;

    /// Its public half.
    fn public(&self) -> impl Future<Output = Result<PublicKey, Failure>> + Send;
}

/// An agent's password, which Cognito keeps.
pub trait Passwords: Sync {
    /// The account with this address; `None` if there is none.
    fn account(
        &self,
        email: &EmailAddress,
    ) -> impl Future<Output = Result<Option<Account>, Failure>> + Send;

    /// Has Cognito send a code. `false`: it refuses this account for good, or for now by its own
    /// count, so that trying again soon is no use.
    fn send_code(&self, email: &EmailAddress)
    -> impl Future<Output = Result<bool, Failure>> + Send;

    /// Sets the password, if the code is right.
    fn confirm(
        &self,
        email: &EmailAddress,
        code: &Code,
        password: &NewPassword,
    ) -> impl Future<Output = Result<Confirmed, Failure>> + Send;

    /// Ends every sign-in of the account. Of the agents' pool alone: a customer's own sessions
    /// are never ended (P16).
    fn sign_out(&self, email: &EmailAddress) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// The queue of what recovery leaves to do. What is put there is done at least once.
pub trait Jobs: Sync {
    fn put(&self, job: &Job) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Outgoing email, at least once.
pub trait Mailer: Sync {
    fn send(
        &self,
        to: &EmailAddress,
        email: &Email,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}
