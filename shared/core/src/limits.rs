//! The limits that an operator can set, each in one place, and the quotas that count over many
//! verifications.

use crate::entitlement::RcmForMembers;
use crate::setting::{Choice, Number, number, settings};
use crate::time::Timestamp;

const RESEND_SECONDS: Number = number("ResendSeconds", "RESEND_SECONDS", 30, 10..=300).or_zero();

const CONSENT_MODE: Choice<ConsentMode> = Choice {
    parameter: "ConsentMode",
    variable: "CONSENT_MODE",
    words: &[("both", ConsentMode::Both), ("agent-entry", ConsentMode::AgentEntry)],
};

const RCM_FOR_MEMBERS: Choice<RcmForMembers> = Choice {
    parameter: "RcmForMembers",
    variable: "RCM_FOR_MEMBERS",
    words: &[("false", RcmForMembers(false)), ("true", RcmForMembers(true))],
};

settings! {
    /// The limits of a verification.
    Limits {
        /// How long a code is valid, in seconds.
        code_seconds: u32 = number("CodeSeconds", "CODE_SECONDS", 300, 60..=900);
        /// Wrong entries that lock a stage of a verification, over all codes sent in it.
        wrong_per_stage: u32 =
            number("WrongEntriesPerStage", "WRONG_ENTRIES_PER_STAGE", 5, 1..=10);
        /// Wrong entries for a customer in 24 hours, over all verifications.
        wrong_per_customer: u32 =
            number("WrongEntriesPerCustomer", "WRONG_ENTRIES_PER_CUSTOMER", 10, 1..=50);
        /// How many of these can come from one agent.
        wrong_per_customer_and_agent: u32 = number(
            "WrongEntriesPerCustomerAndAgent",
            "WRONG_ENTRIES_PER_CUSTOMER_AND_AGENT",
            5,
            1..=50,
        );
        /// Wrong entries of an agent's own code in 24 hours, over all their verifications.
        wrong_per_agent: u32 =
            number("WrongEntriesPerAgent", "WRONG_ENTRIES_PER_AGENT", 10, 1..=50);
        /// Emails with a code to one customer in an hour.
        emails_per_customer: u32 = number("MailsPerCustomer", "MAILS_PER_CUSTOMER", 10, 1..=60);
        /// How many of these can come from one agent.
        emails_per_customer_and_agent: u32 =
            number("MailsPerCustomerAndAgent", "MAILS_PER_CUSTOMER_AND_AGENT", 5, 1..=60);
        /// Seconds between two sendings of a code.
        resend_seconds: u32 = RESEND_SECONDS;
        /// Sendings in a stage of a verification.
        sends_per_stage: u32 = number("SendsPerStage", "SENDS_PER_STAGE", 5, 1..=10);
        /// Look-ups of an agent in 15 minutes.
        lookups_per_agent: u32 = number("LookupsPerAgent", "LOOKUPS_PER_AGENT", 30, 1..=1000);
        /// The idle timeout of a verification, in seconds.
        idle_seconds: u32 = number("IdleSeconds", "IDLE_SECONDS", 900, 300..=3600);
        /// The longest session, in seconds.
        session_seconds: u32 = number("SessionSeconds", "SESSION_SECONDS", 300, 300..=300);
        /// How long one attempt to mint keeps others out, in seconds.
        mint_lease_seconds: u32 = number("MintLeaseSeconds", "MINT_LEASE_SECONDS", 45, 30..=120);
        /// How long the triggers accept a mint ticket, in seconds.
        mint_ticket_seconds: u32 = number("MintGrantSeconds", "MINT_GRANT_SECONDS", 30, 10..=60);
        /// How long a verification is kept after its last change, in days.
        record_days: u32 = number("RecordDays", "RECORD_DAYS", 400, 30..=3650);
        consent_mode: ConsentMode = CONSENT_MODE;
        rcm_for_members: RcmForMembers = RCM_FOR_MEMBERS;
    }
}

settings! {
    /// The limits of password recovery.
    RecoveryLimits {
        /// Seconds between two requests for one address.
        resend_seconds: u32 = RESEND_SECONDS;
        /// Requests for one address in an hour.
        per_address: u32 = number("RecoveriesPerAddress", "RECOVERIES_PER_ADDRESS", 5, 1..=20);
        /// Requests from one source in an hour, for any address.
        per_source: u32 = number("RecoveriesPerSource", "RECOVERIES_PER_SOURCE", 20, 1..=1000);
        /// Requests from one IPv6 network of 48 bits in an hour, for any address.
        per_network: u32 = number("RecoveriesPerNetwork", "RECOVERIES_PER_NETWORK", 100, 1..=10_000);
        /// Wrong codes for one address from one source that lock the address there.
        wrong_entries: u32 = number("RecoveryWrongEntries", "RECOVERY_WRONG_ENTRIES", 5, 1..=10);
        /// How long that lock lasts and wrong codes are remembered, in seconds.
        lock_seconds: u32 =
            number("RecoveryLockSeconds", "RECOVERY_LOCK_SECONDS", 900, 60..=86_400).or_zero();
    }
}

settings! {
    /// The limits of support grants.
    GrantLimits {
        /// The shortest grant, in minutes.
        min_minutes: u32 = number("GrantMinMinutes", "GRANT_MIN_MINUTES", 15, 6..=2880);
        /// The longest grant, in minutes.
        max_minutes: u32 = number("GrantMaxMinutes", "GRANT_MAX_MINUTES", 2880, 6..=2880);
        /// Times in an hour that a customer can create or regenerate credentials.
        per_customer: u32 = number("GrantsPerCustomer", "GRANTS_PER_CUSTOMER", 10, 1..=100);
        /// Wrong credentials for a user name, over all agents, that lock it.
        wrong_entries: u32 = number("GrantWrongEntries", "GRANT_WRONG_ENTRIES", 5, 1..=10);
        /// How long that lock lasts and wrong credentials are remembered, in seconds.
        lock_seconds: u32 =
            number("GrantLockSeconds", "GRANT_LOCK_SECONDS", 900, 60..=86_400).or_zero();
    }
}

impl Limits {
    /// Returns the length of a session as people are told it, in minutes.
    pub fn session_minutes(&self) -> u32 {
        self.session_seconds.div_ceil(60)
    }
}

/// Which entries of the customer's code make consent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConsentMode {
    /// The customer on the consent page and the agent in the console, in either order.
    #[default]
    Both,
    /// Only the agent, for customers who cannot open the page (seeds 000 and 001).
    AgentEntry,
}

const DAY: u32 = 24 * 60 * 60;
pub(crate) const HOUR: u32 = 60 * 60;
const QUARTER: u32 = 15 * 60;

/// A count in a fixed window, and its limit.
///
/// The window's number is part of the key: nothing needs resetting, and TTL can be late.
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

    /// Emails with a code to a customer in one agent's verifications.
    pub fn customer_emails_by(
        customer_id: &str,
        agent_id: &str,
        limits: &Limits,
        now: Timestamp,
    ) -> Self {
        let limit = limits.emails_per_customer_and_agent;
        Self::new("customer-mails-by", &[customer_id, agent_id], HOUR, limit, now)
    }

    /// Takes one from the quota.
    pub fn spend(self) -> QuotaUse {
        QuotaUse { quota: self, amount: 1 }
    }

    /// Requires only that something is left.
    pub fn require(self) -> QuotaUse {
        QuotaUse { quota: self, amount: 0 }
    }
}

/// What a write asks of a quota. Whatever the amount, the count must still be under its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaUse {
    pub quota: Quota,
    /// 1 counts, 0 only checks.
    pub amount: u32,
}

/// A count that continues while each counting comes within `seconds` of the one before. At its
/// limit nothing more is counted until the last one is `seconds` old; then the count starts again.
///
/// Unlike a [`Quota`]'s window, it has no edge around which twice as much could pass: a wait is
/// never shorter than it says.
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
            emails_per_customer_and_agent: 6,
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
                (
                    Quota::customer_emails_by("c", "a", &limits, now),
                    "customer-mails-by#c#a",
                    6,
                    HOUR,
                ),
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
