//! Quotas.

use support_core::limits::{Limits, LockoutQuota, Quota};
use support_core::ports::{Counted, Quotas, Saved};
use support_dynamodb::DynamoQuotas;
use support_testing::samples::NOON;

use crate::{Sample, holding};

#[tokio::test(flavor = "multi_thread")]
async fn a_released_count_goes_on_where_it_stood() {
    let (aws, _) = holding(&Sample::all("B#")).await;
    let store = DynamoQuotas::new(aws.config(), "support");

    // Three look-ups are counted.
    let limits = Limits::default();
    let lookups = Quota::lookups("ana", &limits, NOON);
    for _ in 3..limits.lookups_per_agent {
        assert_eq!(store.spend(&lookups.clone().spend()).await, Ok(Saved::Done));
    }
    let over = store.spend(&lookups.clone().spend()).await;
    assert_eq!(over, Ok(Saved::OverQuota(lookups)));

    // Five wrong entries are: it is locked for as long as was said then.
    let entries = LockoutQuota { key: "grant-entries#somebody".to_owned(), limit: 5, seconds: 900 };
    let locked = store.count(&entries, NOON.plus(899)).await;
    assert_eq!(locked, Ok(Counted::Over { until: NOON.plus(900) }));
    assert_eq!(store.count(&entries, NOON.plus(900)).await, Ok(Counted::Nth(1)));
}
