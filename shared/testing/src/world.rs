//! The rest of the world: pools, directory, mint and email, each of which can be made to fail.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use support_core::directory::{Customer, Process, SignInStatus};
use support_core::email::Email;
use support_core::entitlement::Environment;
use support_core::identity::{EmailAddress, VerificationId};
use support_core::limits::{LockoutQuota, Quota, QuotaUse};
use support_core::mint::MintTicketId;
use support_core::ports::{
    Activities, AgentPool, Change, Counted, CustomerPool, Directory, JointQuotas, Mailer, Minted,
    Minter, Quotas, RefreshToken, Saved, SealedPairs, Spent, SupportGrants, Verifications,
};
use support_core::refusal::Failure;
use support_core::secret::Secret;
use support_core::session::{SealedTokens, Tokens};
use support_core::support_grant::{GrantKey, SupportGrant};
use support_core::time::Timestamp;
use support_core::verification::Verification;

use crate::memory::Memory;
use crate::samples::CONFIRMED;

/// What a call to the world does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Fails before it has done anything.
    Before,
    /// Does it, and then the answer is lost.
    After,
}

/// Which calls fail, by their number from the first on.
#[derive(Default)]
struct Faults {
    calls: usize,
    planned: HashMap<usize, Fault>,
}

/// A store that fails where it is told to.
#[derive(Clone, Default)]
pub struct FaultyStore {
    pub memory: Arc<Memory>,
    faults: Arc<Mutex<Faults>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FaultyStore {
    /// The `nth` call from now on (0 is the next) fails so.
    pub fn fail(&self, nth: usize, fault: Fault) {
        let mut faults = lock(&self.faults);
        let call = faults.calls + nth;
        faults.planned.insert(call, fault);
    }

    /// Calls made so far.
    pub fn calls(&self) -> usize {
        lock(&self.faults).calls
    }

    fn next(&self) -> Option<Fault> {
        let mut faults = lock(&self.faults);
        let call = faults.calls;
        faults.calls += 1;
        faults.planned.remove(&call)
    }

    async fn through<T>(
        &self,
        call: impl Future<Output = Result<T, Failure>> + Send,
    ) -> Result<T, Failure> {
        match self.next() {
            None => call.await,
            Some(Fault::Before) => Err(Failure::clean("store", "refused")),
            Some(Fault::After) => {
                call.await?;
                Err(Failure::unsure("store", "answer lost"))
            }
        }
    }
}

impl Verifications for FaultyStore {
    async fn load(&self, id: &VerificationId) -> Result<Option<Verification>, Failure> {
        self.through(Verifications::load(&*self.memory, id)).await
    }

    async fn save(&self, change: &Change) -> Result<Saved, Failure> {
        self.through(self.memory.save(change)).await
    }
}

impl SealedPairs for FaultyStore {
    async fn load_sealed(
        &self,
        verification: &VerificationId,
        environment: Environment,
    ) -> Result<Option<SealedTokens>, Failure> {
        self.through(self.memory.load_sealed(verification, environment)).await
    }
}

impl SupportGrants for FaultyStore {
    async fn load_grant(&self, key: &GrantKey) -> Result<Option<SupportGrant>, Failure> {
        self.through(self.memory.load_grant(key)).await
    }

    async fn save_grant(
        &self,
        next: &SupportGrant,
        quota_uses: &[QuotaUse],
    ) -> Result<Saved, Failure> {
        self.through(self.memory.save_grant(next, quota_uses)).await
    }
}

impl Quotas for FaultyStore {
    async fn spend(&self, quota_use: &QuotaUse) -> Result<Saved, Failure> {
        self.through(self.memory.spend(quota_use)).await
    }

    async fn count(&self, lockout: &LockoutQuota, now: Timestamp) -> Result<Counted, Failure> {
        self.through(self.memory.count(lockout, now)).await
    }

    async fn give_back(&self, lockout: &LockoutQuota) -> Result<(), Failure> {
        self.through(self.memory.give_back(lockout)).await
    }
}

impl JointQuotas for FaultyStore {
    async fn spend_together(
        &self,
        quotas: &[Quota],
        cool_down: &LockoutQuota,
        now: Timestamp,
    ) -> Result<Spent, Failure> {
        self.through(self.memory.spend_together(quotas, cool_down, now)).await
    }
}

/// Makes the access and the ID token of an environment.
type TokensOf = Arc<dyn Fn(Environment) -> (String, String) + Send + Sync>;

/// Pools, directory, mint and mailbox in one.
#[derive(Clone, Default)]
pub struct World(Arc<Mutex<Inside>>);

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each service can fail by itself")]
struct Inside {
    customers: HashMap<EmailAddress, Customer>,
    processes: Vec<Process>,
    standings: HashMap<String, SignInStatus>,
    agents: HashSet<String>,
    colleagues: HashSet<EmailAddress>,
    emails: Vec<(EmailAddress, Email)>,
    tokens: Option<TokensOf>,
    mint_fails: HashSet<Environment>,
    directory_down: bool,
    records_unreadable: bool,
    revoked: usize,
    down: bool,
    email_down: bool,
    slow: bool,
    mint_takes: Duration,
    mints: usize,
}

impl World {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        lock(&self.0)
    }

    /// Sets, or replaces, a customer's record.
    pub fn customer(&self, customer: Customer) {
        self.inside().customers.insert(customer.email.clone(), customer);
    }

    /// What happened to every customer.
    pub fn processes(&self, processes: Vec<Process>) {
        self.inside().processes = processes;
    }

    pub fn sign_in_status(&self, user_id: &str, sign_in_status: SignInStatus) {
        self.inside().standings.insert(user_id.to_owned(), sign_in_status);
    }

    /// Whether this user is an agent in good sign-in status.
    pub fn agent(&self, username: &str, is_agent: bool) {
        let mut inside = self.inside();
        if is_agent {
            inside.agents.insert(username.to_owned());
        } else {
            inside.agents.remove(username);
        }
    }

    /// Gives this address an account in the agents' pool.
    pub fn colleague(&self, email: &EmailAddress) {
        self.inside().colleagues.insert(email.clone());
    }

    /// The access and the ID token that the next mints give for an environment. Before that, and after
    /// [`Self::refuse_mints`], mints are refused.
    pub fn tokens(&self, tokens: impl Fn(Environment) -> (String, String) + Send + Sync + 'static) {
        self.inside().tokens = Some(Arc::new(tokens));
    }

    /// Refuses the next mints.
    pub fn refuse_mints(&self) {
        self.inside().tokens = None;
    }

    /// Has the mints for these environments fail, and no others.
    pub fn mint_fails(&self, environments: &[Environment]) {
        self.inside().mint_fails = environments.iter().copied().collect();
    }

    /// Takes the directory alone down, or brings it back.
    pub fn directory_down(&self, down: bool) {
        self.inside().directory_down = down;
    }

    /// Makes every record of the directory unreadable, or readable again.
    pub fn records_unreadable(&self, unreadable: bool) {
        self.inside().records_unreadable = unreadable;
    }

    /// How many refresh tokens were revoked.
    pub fn revoked(&self) -> usize {
        self.inside().revoked
    }

    /// Takes everything down, or brings it back.
    pub fn down(&self, down: bool) {
        self.inside().down = down;
    }

    /// Takes the email alone down, or brings it back.
    pub fn email_down(&self, down: bool) {
        self.inside().email_down = down;
    }

    /// Lets others go first while it mints.
    pub fn slow(&self, slow: bool) {
        self.inside().slow = slow;
    }

    /// How long Cognito takes for a mint.
    pub fn mint_takes(&self, duration: Duration) {
        self.inside().mint_takes = duration;
    }

    pub fn emails(&self) -> Vec<(EmailAddress, Email)> {
        self.inside().emails.clone()
    }

    pub fn mints(&self) -> usize {
        self.inside().mints
    }

    fn up(&self) -> Result<MutexGuard<'_, Inside>, Failure> {
        let inside = self.inside();
        if inside.down { Err(Failure::unsure("world", "down")) } else { Ok(inside) }
    }
}

impl Directory for World {
    async fn find(&self, email: &EmailAddress) -> Result<Option<Customer>, Failure> {
        let inside = self.up()?;
        if inside.directory_down {
            return Err(Failure::clean("directory", "down"));
        }
        if inside.records_unreadable {
            return Err(Failure::unreadable_record("name: not as expected"));
        }
        Ok(inside.customers.get(email).cloned())
    }

    async fn glance(&self, email: &EmailAddress) -> Result<Option<Customer>, Failure> {
        self.find(email).await
    }
}

impl Activities for World {
    async fn activity(
        &self,
        email: &EmailAddress,
    ) -> Result<Option<(Customer, Vec<Process>)>, Failure> {
        let inside = self.up()?;
        Ok(inside.customers.get(email).map(|found| (found.clone(), inside.processes.clone())))
    }
}

impl AgentPool for World {
    async fn has_account(&self, email: &EmailAddress) -> Result<bool, Failure> {
        Ok(self.up()?.colleagues.contains(email))
    }

    async fn is_agent(&self, username: &str) -> Result<bool, Failure> {
        Ok(self.up()?.agents.contains(username))
    }
}

impl CustomerPool for World {
    async fn sign_in_status(&self, user_id: &str) -> Result<SignInStatus, Failure> {
        Ok(self.up()?.standings.get(user_id).copied().unwrap_or(CONFIRMED))
    }

    async fn account(
        &self,
        user_id: &str,
    ) -> Result<Option<(EmailAddress, SignInStatus)>, Failure> {
        let sign_in_status = CustomerPool::sign_in_status(self, user_id).await?;
        let inside = self.up()?;
        let found = inside.customers.values().find(|customer| customer.user_id == user_id);
        Ok(found.map(|customer| (customer.email.clone(), sign_in_status)))
    }
}

impl Minter for World {
    async fn mint(&self, _: &str, ticket: &MintTicketId, _: &Secret) -> Result<Minted, Failure> {
        if self.inside().slow {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
        }
        let takes = self.inside().mint_takes;
        if !takes.is_zero() {
            tokio::time::sleep(takes).await;
        }
        let mut inside = self.up()?;
        inside.mints += 1;
        let environment = ticket.as_str().rsplit('.').next().unwrap_or_default();
        let environment = Environment::ALL.into_iter().find(|e| e.as_str() == environment);
        let environment = environment.expect("a ticket is for one environment");
        if inside.mint_fails.contains(&environment) {
            return Err(Failure::unsure("cognito", "timed out"));
        }
        Ok(match &inside.tokens {
            None => Minted::Refused,
            Some(tokens) => {
                let (access, id) = tokens(environment);
                let refresh = RefreshToken::new("refresh-token-canary".to_owned());
                Minted::Tokens(Tokens { access: access.into(), id: id.into() }, Some(refresh))
            }
        })
    }

    async fn revoke(&self, _: RefreshToken) {
        self.inside().revoked += 1;
    }
}

impl Mailer for World {
    async fn send(&self, to: &EmailAddress, email: &Email) -> Result<(), Failure> {
        let mut inside = self.up()?;
        if inside.email_down {
            return Err(Failure::unsure("mail", "down"));
        }
        inside.emails.push((to.clone(), email.clone()));
        Ok(())
    }
}
