//! The limits of support grants, and the quotas that count their credentials.

use crate::limits::{HOUR, LockoutQuota, Quota};
use crate::secret::{HashKey, Purpose};
use crate::time::Timestamp;

use super::credentials::Entered;

/// The numbers of support grants that an operator may set. Every field is a template parameter.
#[derive(Clone, Debug)]
pub struct GrantLimits {
    /// The shortest and the longest grant, in minutes.
    pub min_minutes: u32,
    pub max_minutes: u32,
    /// Credentials that a customer makes or replaces in an hour.
    pub per_customer: u32,
    /// Wrong credentials for a user name, over all agents, after which it is locked.
    pub wrong_entries: u32,
    /// How long it is locked, and how long wrong ones are remembered, in seconds.
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
    /// Making and replacing credentials: each sends an email.
    pub fn makings(&self, user_id: &str, now: Timestamp) -> Quota {
        Quota::new("grants", &[user_id], HOUR, self.per_customer, now)
    }

    /// The credentials entered for a user name, by whomever, whether or not it exists. A customer's
    /// new user name is free of what was entered for the one before.
    pub fn entries(&self, entered: &Entered, key: &HashKey) -> LockoutQuota {
        let name = entered.user_name.0.expose();
        let subject = key.pseudonym(Purpose::SupportGrant, &["entries"], name);
        LockoutQuota {
            key: format!("grant-entries#{subject}"),
            limit: self.wrong_entries,
            seconds: self.lock_seconds,
        }
    }
}
