//! The limits of support grants, and the quotas that count their credentials.

use crate::limits::{HOUR, LockoutQuota, Quota};
use crate::secret::{HashKey, Purpose};
use crate::time::Timestamp;

use super::credentials::EnteredCredentials;

/// The limits of support grants that an operator may set. Every field is a template parameter.
#[derive(Clone, Debug)]
pub struct GrantLimits {
    /// The shortest and the longest grant, in minutes.
    pub min_minutes: u32,
    pub max_minutes: u32,
    /// How many credentials a customer may make or replace in an hour.
    pub per_customer: u32,
    /// How many wrong entries for a user name, by all agents together, lock it.
    pub wrong_entries: u32,
    /// How long it is locked, and how long wrong entries are remembered, in seconds.
    pub lock_seconds: u32,
}

impl Default for GrantLimits {
    fn default() -> Self {
        Self {
            min_minutes: 15,
            max_minutes: 48 * 60,
            per_customer: 10,
            wrong_entries: 5,
            lock_seconds: 900,
        }
    }
}

impl GrantLimits {
    /// Returns the quota of making and replacing credentials, each of which sends an email.
    pub fn credential_quota(&self, user_id: &str, now: Timestamp) -> Quota {
        Quota::new("grants", &[user_id], HOUR, self.per_customer, now)
    }

    /// Returns the lockout quota of entries for a user name, by any agent, whether or not it exists. A
    /// customer's new user name starts without the entries for the one before.
    pub fn entry_lockout(&self, entered: &EnteredCredentials, key: &HashKey) -> LockoutQuota {
        let name = entered.user_name();
        let subject = key.pseudonym(Purpose::SupportGrant, &["entries"], name);
        LockoutQuota {
            key: format!("grant-entries#{subject}"),
            limit: self.wrong_entries,
            seconds: self.lock_seconds,
        }
    }
}
