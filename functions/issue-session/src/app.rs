//! The parts of this function.

use std::time::Duration;

use support_core::entitlement::EnvironmentUrls;
use support_core::limits::Limits;
use support_core::ports::{AgentPool, CustomerPool, Directory, Mailer, Minter, Verifications};
use support_core::secret::HashKey;
use support_core::time_zone::TimeZone;

/// What the function uses.
pub trait App: Sync {
    fn verifications(&self) -> &impl Verifications;
    fn directory(&self) -> &impl Directory;
    fn agents(&self) -> &impl AgentPool;
    fn customers(&self) -> &impl CustomerPool;
    fn minter(&self) -> &impl Minter;
    fn mailer(&self) -> &impl Mailer;
    fn settings(&self) -> &Settings;
}

/// The numbers, names and addresses that an operator sets, and the key for keyed hashes.
pub struct Settings {
    /// The time zone of customers whose own is not known.
    pub time_zone: TimeZone,
    pub key: HashKey,
    pub limits: Limits,
    /// The app client `support-access`.
    pub client_id: String,
    pub environments: EnvironmentUrls,
    /// The customer's page; its token goes into the fragment.
    pub consent_page: String,
}

/// An [`App`] from its parts.
pub struct Parts<V, D, A, C, M, E> {
    pub verifications: V,
    pub directory: D,
    pub agents: A,
    pub customers: C,
    pub minter: M,
    pub mailer: E,
    pub settings: Settings,
}

impl<V, D, A, C, M, E> App for Parts<V, D, A, C, M, E>
where
    V: Verifications,
    D: Directory,
    A: AgentPool,
    C: CustomerPool,
    M: Minter,
    E: Mailer,
{
    fn verifications(&self) -> &impl Verifications {
        &self.verifications
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

    fn minter(&self) -> &impl Minter {
        &self.minter
    }

    fn mailer(&self) -> &impl Mailer {
        &self.mailer
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }
}

/// How long the answer waits for the customer's notice. A notice that is not sent by then is still
/// due, and the sweep sends it.
pub const NOTICE_WAIT: Duration = Duration::from_secs(2);
