//! Quotas: how many of what, in which window.

use support_core::limits::{Limits, Quota, QuotaUse};
use support_core::support_grant::GrantLimits;
use support_core::time::Timestamp;

/// Ten days, three hours and twenty minutes after the epoch.
const NOW: Timestamp = Timestamp::from_seconds(876_000);

/// Each limit is another number, so that none can stand for another.
fn limits() -> Limits {
    Limits {
        lookups_per_agent: 11,
        wrong_per_agent: 12,
        wrong_per_customer: 13,
        wrong_per_customer_and_agent: 14,
        emails_per_customer: 15,
        ..Limits::default()
    }
}

#[test]
fn each_quota_counts_in_its_own_window_up_to_its_own_limit() {
    let limits = limits();
    let grants = GrantLimits { per_customer: 16, ..GrantLimits::default() };
    let (quarter, hour, day) = (876_600, 878_400, 950_400);
    for (quota, key, limit, ends_at) in [
        (Quota::lookups("ana", &limits, NOW), "lookups#ana#973", 11, quarter),
        (Quota::agent_wrong("ana", &limits, NOW), "agent-wrong#ana#10", 12, day),
        (Quota::customer_wrong("carla", &limits, NOW), "customer-wrong#carla#10", 13, day),
        (
            Quota::customer_wrong_by("carla", "ana", &limits, NOW),
            "customer-wrong-by#carla#ana#10",
            14,
            day,
        ),
        (Quota::customer_emails("carla", &limits, NOW), "customer-mails#carla#243", 15, hour),
        (grants.credential_quota("carla", NOW), "grants#carla#243", 16, hour),
    ] {
        let ends_at = Timestamp::from_seconds(ends_at);
        assert_eq!(quota, Quota { key: key.to_owned(), limit, ends_at });
    }
}

#[test]
fn a_quota_is_counted_or_only_checked() {
    let quota = Quota::lookups("ana", &limits(), NOW);
    assert_eq!(quota.clone().spend(), QuotaUse { quota: quota.clone(), amount: 1 });
    assert_eq!(quota.clone().require(), QuotaUse { quota, amount: 0 });
}

#[test]
fn people_are_told_whole_minutes_and_never_too_few() {
    for (session_seconds, minutes) in [(1, 1), (60, 1), (61, 2), (300, 5), (301, 6)] {
        let limits = Limits { session_seconds, ..Limits::default() };
        assert_eq!(limits.session_minutes(), minutes, "{session_seconds} s");
    }
}
