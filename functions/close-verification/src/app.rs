//! The parts of this function.

use support_core::limits::Limits;
use support_core::notices::Context;
use support_core::ports::{DueItems, Mailer, ReceiptKey, SupportGrants, Verifications};
use support_core::secret::HashKey;
use support_core::time_zone::TimeZone;

/// What the function uses.
pub trait App: Sync {
    fn verifications(&self) -> &impl Verifications;
    fn grants(&self) -> &impl SupportGrants;
    fn index(&self) -> &impl DueItems;
    fn mailer(&self) -> &impl Mailer;
    fn receipt_key(&self) -> &impl ReceiptKey;
    fn settings(&self) -> &Settings;
}

/// The numbers and addresses that an operator sets, and the key for keyed hashes.
pub struct Settings {
    /// The time zone of customers whose own is not known.
    pub time_zone: TimeZone,
    pub key: HashKey,
    /// The customer's page; its token goes into the fragment.
    pub consent_page: String,
    /// Where a customer revokes a support grant.
    pub grant_page: String,
    pub limits: Limits,
}

impl Settings {
    /// What the emails of notices say beside the record.
    pub fn notices(&self) -> Context<'_> {
        Context {
            session_minutes: self.limits.session_minutes(),
            grant_page: &self.grant_page,
            time_zone: &self.time_zone,
        }
    }
}

/// An [`App`] from its parts.
pub struct Parts<V, G, I, M, K> {
    pub verifications: V,
    pub grants: G,
    pub index: I,
    pub mailer: M,
    pub receipt_key: K,
    pub settings: Settings,
}

impl<V, G, I, M, K> App for Parts<V, G, I, M, K>
where
    V: Verifications,
    G: SupportGrants,
    I: DueItems,
    M: Mailer,
    K: ReceiptKey,
{
    fn verifications(&self) -> &impl Verifications {
        &self.verifications
    }

    fn grants(&self) -> &impl SupportGrants {
        &self.grants
    }

    fn index(&self) -> &impl DueItems {
        &self.index
    }

    fn mailer(&self) -> &impl Mailer {
        &self.mailer
    }

    fn receipt_key(&self) -> &impl ReceiptKey {
        &self.receipt_key
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }
}
