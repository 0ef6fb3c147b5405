//! The parts of this function.

use std::time::Duration;

use support_core::limits::Limits;
use support_core::ports::{
    AgentPool, CustomerPool, Directory, Mailer, Quotas, SupportGrants, Verifications,
};
use support_core::refusal::Failure;
use support_core::secret::HashKey;
use support_core::support_grant::GrantLimits;
use support_core::time_zone::TimeZone;

/// What the function uses.
pub trait App: Sync {
    fn store(&self) -> &(impl Verifications + SupportGrants);
    fn quotas(&self) -> &impl Quotas;
    fn directory(&self) -> &impl Directory;
    fn agents(&self) -> &impl AgentPool;
    fn customers(&self) -> &impl CustomerPool;
    fn mailer(&self) -> &impl Mailer;
    fn settings(&self) -> &Settings;
}

/// The numbers, names and addresses that an operator sets, and the key for keyed hashes.
pub struct Settings {
    /// The time zone of customers whose own is not known.
    pub time_zone: TimeZone,
    pub key: HashKey,
    pub limits: Limits,
    pub grant_limits: GrantLimits,
    /// The app client of the customers' own app.
    pub client_id: String,
    /// Where an agent enters the credentials.
    pub redeem_url: String,
    /// Where a customer makes and revokes a grant.
    pub page_url: String,
}

/// An [`App`] from its parts.
pub struct Parts<S, Q, D, A, C, M> {
    pub store: S,
    pub quotas: Q,
    pub directory: D,
    pub agents: A,
    pub customers: C,
    pub mailer: M,
    pub settings: Settings,
}

impl<S, Q, D, A, C, M> App for Parts<S, Q, D, A, C, M>
where
    S: Verifications + SupportGrants,
    Q: Quotas,
    D: Directory,
    A: AgentPool,
    C: CustomerPool,
    M: Mailer,
{
    fn store(&self) -> &(impl Verifications + SupportGrants) {
        &self.store
    }

    fn quotas(&self) -> &impl Quotas {
        &self.quotas
    }

    fn directory(&self) -> &impl Directory {
        &self.directory
    }

    fn agents(&self) -> &impl AgentPool {
        &self.agents
    }

    fn customers(&self) -> &impl CustomerPool {
        &self.customers
    }

    fn mailer(&self) -> &impl Mailer {
        &self.mailer
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }
}

/// How often a lost race is tried again, on fresh state.
pub const RETRIES: u32 = 3;

/// How long an answer waits for the customer's notice. A notice that is not sent by then is still due,
/// and the sweep sends it.
pub const NOTICE_WAIT: Duration = Duration::from_secs(2);

/// Logs that a notice could not be sent yet, since the answer does not say so.
pub fn notice_not_sent(failure: &Failure) {
    tracing::warn!(
        target: "support",
        service = failure.service,
        detail = failure.detail,
        "customer not told yet"
    );
}
