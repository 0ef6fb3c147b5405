//! What the process needs of the world. Adapters implement these; the double in
//! `support-testing` passes the same conformance suite as DynamoDB.

use std::future::Future;

use crate::code::Code;
use crate::directory::{Customer, Process, Standing};
use crate::identity::{Email, VerificationId};
use crate::limits::{Budget, Charge, Streak};
use crate::mail::Mail;
use crate::mint::{MintGrant, MintGrantId};
use crate::receipt::PublicKey;
use crate::recovery::{Account, Confirmed, Job, NewPassword};
use crate::refusal::Failure;
use crate::secret::Secret;
use crate::session::Tokens;
use crate::support_grant::{GrantKey, SupportGrant};
use crate::time::Timestamp;
use crate::verification::Verification;

/// One write: the verification's next state with its step, the budgets it counts against, and
/// what becomes of its mint grant. All of it happens or nothing.
#[derive(Clone, Debug)]
pub struct Change {
    pub next: Verification,
    pub charges: Vec<Charge>,
    pub grant: GrantChange,
    /// The next state of the support grant that it is under, where that changes as well.
    pub support_grant: Option<SupportGrant>,
}

impl Change {
    /// The next state alone.
    pub fn to(next: Verification) -> Self {
        Self { next, charges: Vec::new(), grant: GrantChange::None, support_grant: None }
    }

    #[must_use]
    pub fn charging(mut self, charges: impl IntoIterator<Item = Charge>) -> Self {
        self.charges.extend(charges);
        self
    }
}

/// What a write does to the mint grant of a verification.
#[derive(Clone, Debug)]
pub enum GrantChange {
    None,
    Put(Box<MintGrant>),
    Delete(MintGrantId),
}

/// How a write ended. A lost race is an outcome, not an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    Done,
    /// Somebody else wrote it since it was read. Nothing was written.
    LostRace,
    /// This budget has nothing left. Nothing was written.
    OverBudget(Budget),
}

/// The verifications, each one item, changed by compare-and-set on its version.
pub trait Verifications: Sync {
    /// A consistent read.
    fn load(
        &self,
        id: &VerificationId,
    ) -> impl Future<Output = Result<Option<Verification>, Failure>> + Send;

    /// Writes if the stored version is the one before `change.next`'s (or, for a first version,
    /// if there is none), and every charged budget is under its limit.
    fn save(&self, change: &Change) -> impl Future<Output = Result<Saved, Failure>> + Send;

    /// Counts against a budget alone.
    fn spend(&self, charge: &Charge) -> impl Future<Output = Result<Saved, Failure>> + Send;
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
        charges: &[Charge],
    ) -> impl Future<Output = Result<Saved, Failure>> + Send;
}

/// Counts that begin anew after a pause.
pub trait Streaks: Sync {
    /// Counts one more, unless the limit is reached.
    fn count(
        &self,
        streak: &Streak,
        now: Timestamp,
    ) -> impl Future<Output = Result<Counted, Failure>> + Send;

    /// Takes one counting back. Its moment stays: a streak that was at its limit has room for
    /// one more.
    fn give_back(&self, streak: &Streak) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// What came of a counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// It was counted, as this one of the streak (1 is the first).
    Nth(u32),
    /// The limit is reached, until then. Nothing was counted.
    Over { until: Timestamp },
}

/// The verifications, found by who and when.
pub trait VerificationIndex: Sync {
    /// The next `limit` verifications after `before`, newest first. Which there are is eventually
    /// consistent, what each says is not.
    fn page(
        &self,
        scope: &Scope,
        before: Option<&Position>,
        limit: usize,
    ) -> impl Future<Output = Result<Page, Failure>> + Send;
}

/// What needs looking at without anybody calling.
pub trait DueItems: Sync {
    /// Those whose `due_at` has come, the longest due first, at most `limit`. Eventually
    /// consistent: what is found may be done already.
    fn due(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Due>, Failure>> + Send;
}

/// Something that needs looking at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Due {
    Verification(VerificationId),
    SupportGrant(GrantKey),
}

/// Some verifications of a listing.
#[derive(Clone, Debug)]
pub struct Page {
    pub items: Vec<Verification>,
    /// Nothing comes after these.
    pub ended: bool,
}

/// Whose verifications to look through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    Everyone,
    Agent(String),
    Customer(Email),
}

/// A place in a listing: the verification last seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    pub created_at: Timestamp,
    pub id: VerificationId,
}

/// The mint grants, as the Cognito triggers see them.
pub trait MintGrants: Sync {
    /// A consistent read.
    fn load(
        &self,
        id: &MintGrantId,
    ) -> impl Future<Output = Result<Option<MintGrant>, Failure>> + Send;

    /// Marks the grant as answered. Marking twice is marking once; `false` if there is none.
    fn mark(&self, id: &MintGrantId) -> impl Future<Output = Result<bool, Failure>> + Send;
}

/// The Core directory.
pub trait Directory: Sync {
    fn find(&self, email: &Email)
    -> impl Future<Output = Result<Option<Customer>, Failure>> + Send;
}

/// The Core directory, with what happened to the customer lately, which [`Directory`] leaves out.
pub trait Activities: Sync {
    fn activity(
        &self,
        email: &Email,
    ) -> impl Future<Output = Result<Option<(Customer, Vec<Process>)>, Failure>> + Send;
}

/// The agents' user pool.
pub trait AgentPool: Sync {
    /// Whether somebody with this address has an account, in whatever group or state.
    fn has_account(&self, email: &Email) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// Whether this user is enabled and in the group `CustomerService` at this moment.
    fn is_agent(&self, username: &str) -> impl Future<Output = Result<bool, Failure>> + Send;
}

/// The customers' user pool.
pub trait CustomerPool: Sync {
    fn standing(&self, user_id: &str) -> impl Future<Output = Result<Standing, Failure>> + Send;

    /// His address in the pool, which he may have chosen himself, and how he stands; `None` if he has
    /// no account, or no usable address.
    fn account(
        &self,
        user_id: &str,
    ) -> impl Future<Output = Result<Option<(Email, Standing)>, Failure>> + Send;
}

/// Minting: custom auth through the client `support-access`.
pub trait Minter: Sync {
    /// Signs the customer in under `grant`, answering with `answer`. The refresh token is revoked
    /// here, best effort, and never returned.
    fn mint(
        &self,
        user_id: &str,
        grant: &MintGrantId,
        answer: &Secret,
    ) -> impl Future<Output = Result<Minted, Failure>> + Send;
}

/// What Cognito said to a mint.
#[derive(Debug)]
pub enum Minted {
    Tokens(Tokens),
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
        email: &Email,
    ) -> impl Future<Output = Result<Option<Account>, Failure>> + Send;

    /// Has Cognito send a code. `false`: it refuses this account for good, or for now by its own
    /// count, so that trying again soon is no use.
    fn send_code(&self, email: &Email) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// Sets the password, if the code is right.
    fn confirm(
        &self,
        email: &Email,
        code: &Code,
        password: &NewPassword,
    ) -> impl Future<Output = Result<Confirmed, Failure>> + Send;

    /// Ends every sign-in of the account. Of the agents' pool alone: a customer's own sessions
    /// are never ended (P16).
    fn sign_out(&self, email: &Email) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// The queue of what recovery leaves to do. What is put there is done at least once.
pub trait Jobs: Sync {
    fn put(&self, job: &Job) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Outgoing mail, at least once.
pub trait Mailer: Sync {
    fn send(&self, to: &Email, mail: &Mail) -> impl Future<Output = Result<(), Failure>> + Send;
}
