//! The limits of the process, and the quotas that count over many verifications.

use crate::entitlement::RcmForMembers;
use crate::time::Timestamp;

/// The limits that an operator may set. Every field is a template parameter.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long a code is good for, in seconds.
    pub code_seconds: u32,
    /// Wrong entries that lock a stage of a verification, over all codes sent in it.
    pub wrong_per_stage: u32,
    /// Wrong entries for a customer in 24 hours, over all verifications.
    pub wrong_per_customer: u32,
    /// Of these, at most so many through one agent.
    pub wrong_per_customer_and_agent: u32,
    /// Wrong entries of an agent's own code in 24 hours, over all of the agent's verifications.
    pub wrong_per_agent: u32,
    /// Emails with a code to one customer in an hour.
    pub emails_per_customer: u32,
    /// Seconds between two sendings of a code.
    pub resend_seconds: u32,
    /// Sendings in a stage of a verification.
    pub sends_per_stage: u32,
    /// Look-ups of an agent in 15 minutes.
    pub lookups_per_agent: u32,
    /// The idle timeout of a verification, in seconds.
    pub idle_seconds: u32,
    /// The longest session, in seconds.
    pub session_seconds: u32,
    /// How long one attempt to mint keeps others out, in seconds.
    pub mint_lease_seconds: u32,
    /// How long the triggers take a mint ticket, in seconds.
    pub mint_ticket_seconds: u32,
    /// How long a verification is kept after its last change, in days.
    pub record_days: u32,
    pub consent_mode: ConsentMode,
    pub rcm_for_members: RcmForMembers,
}

impl Limits {
    /// Returns the longest session in whole minutes, as people are told.
    pub fn session_minutes(&self) -> u32 {
        self.session_seconds.div_ceil(60)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            code_seconds: 300,
            wrong_per_stage: 5,
            wrong_per_customer: 10,
            wrong_per_customer_and_agent: 5,
            wrong_per_agent: 10,
            emails_per_customer: 10,
            resend_seconds: 30,
            sends_per_stage: 5,
            lookups_per_agent: 30,
            idle_seconds: 900,
            session_seconds: 300,
            mint_lease_seconds: 45,
            mint_ticket_seconds: 30,
            record_days: 400,
            consent_mode: ConsentMode::Both,
            rcm_for_members: RcmForMembers(false),
        }
    }
}

/// Which entries of the customer's code make consent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConsentMode {
    /// The customer on the consent page and the agent in the console, in either order.
    #[default]
    Both,
    /// The agent alone, for customers who cannot open the page (seeds 000 and 001).
    AgentEntry,
}

const DAY: u32 = 24 * 60 * 60;
pub(crate) const HOUR: u32 = 60 * 60;
const QUARTER: u32 = 15 * 60;

/// One count in one fixed window, with the limit it stands under.
///
/// The window's number is part of the key, so that nothing needs resetting and TTL may be late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The key of the count, window included.
    pub key: String,
    pub limit: u32,
    /// When the window ends.
    pub ends_at: Timestamp,
}

impl Quota {
    pub(crate) fn new(
        name: &str,
        subject: &[&str],
        window: u32,
        limit: u32,
        now: Timestamp,
    ) -> Self {
        let number = now.seconds().div_euclid(i64::from(window));
        let key = format!("{name}#{}#{number}", subject.join("#"));
        Self { key, limit, ends_at: Timestamp::from_seconds((number + 1) * i64::from(window)) }
    }

    /// Look-ups of an agent.
    pub fn lookups(agent_id: &str, limits: &Limits, now: Timestamp) -> Self {
        Self::new("lookups", &[agent_id], QUARTER, limits.lookups_per_agent, now)
    }

    /// Wrong entries of an agent's own code.
    pub fn agent_wrong(agent_id: &str, limits: &Limits, now: Timestamp) -> Self {
        Self::new("agent-wrong", &[agent_id], DAY, limits.wrong_per_agent, now)
    }

    /// Wrong entries for a customer.
    pub fn customer_wrong(customer_id: &str, limits: &Limits, now: Timestamp) -> Self {
        Self::new("customer-wrong", &[customer_id], DAY, limits.wrong_per_customer, now)
    }

    /// Wrong entries for a customer in one agent's verifications.
    pub fn customer_wrong_by(
        customer_id: &str,
        agent_id: &str,
        limits: &Limits,
        now: Timestamp,
    ) -> Self {
        let limit = limits.wrong_per_customer_and_agent;
        Self::new("customer-wrong-by", &[customer_id, agent_id], DAY, limit, now)
    }

    /// Emails with a code to a customer.
    pub fn customer_emails(customer_id: &str, limits: &Limits, now: Timestamp) -> Self {
        Self::new("customer-mails", &[customer_id], HOUR, limits.emails_per_customer, now)
    }

    /// Takes one from the quota.
    pub fn spend(self) -> QuotaUse {
        QuotaUse { quota: self, amount: 1 }
    }

    /// Requires that something is left, and takes nothing.
    pub fn require(self) -> QuotaUse {
        QuotaUse { quota: self, amount: 0 }
    }
}

/// What a write takes from a quota: whatever the amount, the count must still be under its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaUse {
    pub quota: Quota,
    /// 1 counts, 0 only looks.
    pub amount: u32,
}

/// A count that continues as long as each use comes within `seconds` of the one before. At its limit
/// nothing more is counted until the last use is `seconds` old; then it starts again from zero.
///
/// Unlike the window of a [`Quota`], it has no edge around which twice the limit could pass, so that a
/// wait is never shorter than stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockoutQuota {
    pub key: String,
    pub limit: u32,
    pub seconds: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_fixed_and_numbered() {
        let limits = Limits::default();
        let first = Quota::lookups("a", &limits, Timestamp::from_seconds(899));
        assert_eq!(first.key, "lookups#a#0");
        assert_eq!(first.ends_at, Timestamp::from_seconds(900));
        let next = Quota::lookups("a", &limits, Timestamp::from_seconds(900));
        assert_eq!(next.key, "lookups#a#1");
    }

    #[test]
    fn each_quota_has_its_own_limit_and_window() {
        const QUARTER_HOUR: i64 = 15 * 60;
        const HOUR: i64 = 60 * 60;
        const DAY: i64 = 24 * HOUR;
        let limits = Limits {
            lookups_per_agent: 1,
            wrong_per_agent: 2,
            wrong_per_customer: 3,
            wrong_per_customer_and_agent: 4,
            emails_per_customer: 5,
            ..Limits::default()
        };
        // The last second of a day, and the first of the next.
        for (now, number) in [(DAY - 1, 0), (DAY, 1)] {
            let end = |window: i64| Timestamp::from_seconds((now / window + 1) * window);
            let key = |name: &str, window: i64| format!("{name}#{}", now / window);
            let now = Timestamp::from_seconds(now);
            let rows = [
                (Quota::lookups("a", &limits, now), "lookups#a", 1, QUARTER_HOUR),
                (Quota::agent_wrong("a", &limits, now), "agent-wrong#a", 2, DAY),
                (Quota::customer_wrong("c", &limits, now), "customer-wrong#c", 3, DAY),
                (Quota::customer_wrong_by("c", "a", &limits, now), "customer-wrong-by#c#a", 4, DAY),
                (Quota::customer_emails("c", &limits, now), "customer-mails#c", 5, HOUR),
            ];
            for (quota, name, limit, window) in rows {
                assert_eq!(quota, Quota { key: key(name, window), limit, ends_at: end(window) });
            }
            assert!(Quota::agent_wrong("a", &limits, now).key.ends_with(&format!("#{number}")));
        }
    }

    #[test]
    fn a_session_is_told_in_whole_minutes_rounded_up() {
        for (session_seconds, minutes) in [(60, 1), (61, 2), (119, 2), (120, 2), (300, 5)] {
            let limits = Limits { session_seconds, ..Limits::default() };
            assert_eq!(limits.session_minutes(), minutes, "{session_seconds} seconds");
        }
    }
}
