//! Quotas of both kinds.

use std::sync::Arc;
use support_core::limits::{LockoutQuota, Quota};
use support_core::ports::{Change, Counted, JointQuotas, Quotas, Saved, Spent, Verifications};
use support_core::time::Timestamp;

use crate::samples::NOON;

use super::{Store, verification};

pub(super) async fn a_quota_is_never_exceeded_however_many_use_it_at_once(store: &Arc<impl Store>) {
    let quota = Quota { key: "conformance#parallel".into(), limit: 7, ends_at: NOON.plus(60) };
    let writers: Vec<_> = (0..40)
        .map(|n| {
            let (store, quota) = (store.clone(), quota.clone());
            tokio::spawn(async move {
                // Half of them alone, half together with a verification of their own.
                loop {
                    let saved = if n % 2 == 0 {
                        store.spend(&quota.clone().spend()).await
                    } else {
                        let change = Change::to(verification(4000 + n));
                        store.save(&change.counting([quota.clone().spend()])).await
                    };
                    match saved.expect("no failure") {
                        Saved::Done => return 1,
                        Saved::OverQuota(over) => {
                            assert_eq!(over, quota);
                            return 0;
                        }
                        Saved::LostRace => {}
                    }
                }
            })
        })
        .collect();
    let mut spent = 0;
    for writer in writers {
        spent += writer.await.expect("no panic");
    }
    assert_eq!(spent, 7);
}

pub(super) async fn an_exhausted_quota_writes_nothing(store: &(impl Verifications + Quotas)) {
    let spare = Quota { key: "conformance#spare".into(), limit: 9, ends_at: NOON.plus(60) };
    let none = Quota { key: "conformance#none".into(), limit: 1, ends_at: NOON.plus(60) };
    assert_eq!(store.spend(&none.clone().spend()).await, Ok(Saved::Done));
    let first = verification(5000);
    let change = Change::to(first.clone()).counting([spare.clone().spend(), none.clone().spend()]);
    assert_eq!(store.save(&change).await, Ok(Saved::OverQuota(none.clone())));
    let change =
        Change::to(first.clone()).counting([spare.clone().spend(), none.clone().require()]);
    assert_eq!(store.save(&change).await, Ok(Saved::OverQuota(none)));
    assert!(Verifications::load(store, &first.id).await.expect("read").is_none());
    // Nothing was taken from the other one either.
    for _ in 0..9 {
        assert_eq!(store.spend(&spare.clone().spend()).await, Ok(Saved::Done));
    }
    assert_eq!(store.spend(&spare.clone().spend()).await, Ok(Saved::OverQuota(spare)));
}

pub(super) async fn a_required_quota_is_not_counted(store: &impl Verifications) {
    let quota = Quota { key: "conformance#required".into(), limit: 1, ends_at: NOON.plus(60) };
    for seed in 6000..6003 {
        let change = Change::to(verification(seed)).counting([quota.clone().require()]);
        assert_eq!(store.save(&change).await, Ok(Saved::Done));
    }
}

pub(super) async fn quotas_are_counted_together_or_not_at_all(store: &(impl Quotas + JointQuotas)) {
    let quota = |name: &str, limit| {
        let key = format!("conformance#together-{name}");
        Quota { key, limit, ends_at: NOON.plus(3600) }
    };
    let (wide, narrow) = (quota("wide", 3), quota("narrow", 1));
    let cool_down = lockout("together", 1);
    let both = [wide.clone(), narrow.clone()];
    let spend = async |quotas: &[Quota], seconds| {
        store.spend_together(quotas, &cool_down, NOON.plus(seconds)).await.expect("no failure")
    };
    assert_eq!(spend(&both, 0).await, Spent::Done);
    let over = Spent::Over { until: NOON.plus(900) };
    assert_eq!(spend(std::slice::from_ref(&wide), 899).await, over, "it cools down");
    assert_eq!(spend(&both, 900).await, Spent::Over { until: narrow.ends_at });
    assert_eq!(
        spend(std::slice::from_ref(&wide), 900).await,
        Spent::Done,
        "nothing was counted by that"
    );
    store.give_back(&cool_down).await.expect("given back");
    assert_eq!(spend(std::slice::from_ref(&wide), 901).await, Spent::Done);
    assert_eq!(store.spend(&wide.clone().spend()).await, Ok(Saved::OverQuota(wide)));
}

pub(super) async fn a_cool_down_lets_one_of_many_through(store: &Arc<impl Store>) {
    let quota = Quota { key: "conformance#cool-quota".into(), limit: 50, ends_at: NOON.plus(60) };
    let cool_down = lockout("cool", 1);
    let writers: Vec<_> = (0..30)
        .map(|_| {
            let (store, quota, cool_down) = (store.clone(), quota.clone(), cool_down.clone());
            tokio::spawn(async move {
                loop {
                    let spent =
                        store.spend_together(std::slice::from_ref(&quota), &cool_down, NOON).await;
                    match spent.expect("no failure") {
                        Spent::Done => return 1,
                        Spent::Over { .. } => return 0,
                        Spent::LostRace => {}
                    }
                }
            })
        })
        .collect();
    let mut through = 0;
    for writer in writers {
        through += writer.await.expect("no panic");
    }
    assert_eq!(through, 1);
}

fn lockout(name: &str, limit: u32) -> LockoutQuota {
    LockoutQuota { key: format!("conformance#{name}"), limit, seconds: 900 }
}

pub(super) async fn a_lockout_lasts_from_its_last_count_and_then_starts_again(store: &impl Quotas) {
    let lockout = lockout("after-a-pause", 3);
    let count = async |seconds, millis| {
        let now = Timestamp::from_millis(NOON.plus(seconds).millis() + millis);
        store.count(&lockout, now).await.expect("no failure")
    };
    assert_eq!(count(0, 0).await, Counted::Nth(1));
    assert_eq!(count(899, 999).await, Counted::Nth(2));
    assert_eq!(count(1000, 0).await, Counted::Nth(3));
    let until = NOON.plus(1900);
    // What is not counted does not make it longer.
    for (seconds, millis) in [(1000, 0), (1500, 0), (1899, 999)] {
        assert_eq!(count(seconds, millis).await, Counted::Over { until });
    }
    assert_eq!(count(1900, 0).await, Counted::Nth(1));
    // Left alone long enough it begins anew before its limit, too.
    assert_eq!(count(2799, 999).await, Counted::Nth(2));
    assert_eq!(count(3699, 999).await, Counted::Nth(1));
}

pub(super) async fn a_lockout_quota_is_never_exceeded_however_many_count_at_once(
    store: &Arc<impl Store>,
) {
    let lockout = lockout("at-once", 5);
    let writers: Vec<_> = (0..50)
        .map(|_| {
            let (store, lockout) = (store.clone(), lockout.clone());
            tokio::spawn(async move { store.count(&lockout, NOON).await })
        })
        .collect();
    let mut counted = Vec::new();
    for writer in writers {
        match writer.await.expect("no panic").expect("no failure") {
            Counted::Nth(n) => counted.push(n),
            Counted::Over { until } => assert_eq!(until, NOON.plus(900)),
        }
    }
    counted.sort_unstable();
    assert_eq!(counted, [1, 2, 3, 4, 5]);
}

pub(super) async fn what_is_given_back_can_be_counted_again(store: &impl Quotas) {
    for limit in [1, 5] {
        let lockout = lockout(&format!("given-back-{limit}"), limit);
        assert_eq!(store.give_back(&lockout).await, Ok(()), "nothing was counted yet");
        for n in 1..=limit {
            assert_eq!(store.count(&lockout, NOON).await, Ok(Counted::Nth(n)));
        }
        assert_eq!(store.give_back(&lockout).await, Ok(()));
        assert_eq!(store.count(&lockout, NOON).await, Ok(Counted::Nth(limit)));
        let over = Counted::Over { until: NOON.plus(900) };
        assert_eq!(store.count(&lockout, NOON).await, Ok(over));
        // However much is given back, no more than the limit fits in.
        for _ in 0..limit + 3 {
            assert_eq!(store.give_back(&lockout).await, Ok(()));
        }
        for n in 1..=limit {
            assert_eq!(store.count(&lockout, NOON).await, Ok(Counted::Nth(n)));
        }
        assert_eq!(store.count(&lockout, NOON).await, Ok(over));
    }
}
