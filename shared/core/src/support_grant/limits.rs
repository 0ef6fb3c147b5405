//! The quotas that count the credentials of support grants.

pub use crate::limits::GrantLimits;
use crate::limits::{HOUR, LockoutQuota, Quota};
use crate::secret::{HashKey, Purpose};
use crate::time::Timestamp;

use super::credentials::EnteredCredentials;

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
