//! Support grants, and the verifications that are written with them.

use std::sync::Arc;
use support_core::identity::VerificationId;
use support_core::limits::{Limits, Quota};
use support_core::ports::{Change, Saved, SupportGrants, Verifications};

use crate::samples::{NOON, agent, customer, granted, rng};

use super::{Store, cancelled, grant};

pub(super) async fn a_support_grant_replaces_only_the_one_that_was_read(store: &Arc<impl Store>) {
    let first = grant("dora");
    assert!(store.load_grant(&first.key).await.expect("read").is_none());
    let quota = Quota { key: "conformance#grants".into(), limit: 1, ends_at: NOON.plus(60) };
    let quota_uses = [quota.clone().spend()];
    assert_eq!(store.save_grant(&first, &quota_uses).await, Ok(Saved::Done));
    let loaded = store.load_grant(&first.key).await.expect("read").expect("there");
    assert_eq!(format!("{loaded:?}"), format!("{first:?}"));
    assert_eq!(store.save_grant(&first, &[]).await, Ok(Saved::LostRace));
    let writers: Vec<_> = (0..20)
        .map(|n| {
            let (store, (next, _)) = (store.clone(), first.clone().revoke(None, NOON.plus(n)));
            tokio::spawn(async move { store.save_grant(&next, &[]).await })
        })
        .collect();
    let mut won = 0;
    for writer in writers {
        won += i32::from(writer.await.expect("no panic") == Ok(Saved::Done));
    }
    assert_eq!(won, 1);
    // A quota that has nothing left writes nothing.
    let ended = store.load_grant(&first.key).await.expect("read").expect("there");
    let (next, _) = granted("dora", Some(&ended));
    assert_eq!(store.save_grant(&next, &quota_uses).await, Ok(Saved::OverQuota(quota)));
    let kept = store.load_grant(&first.key).await.expect("read").expect("there");
    assert_eq!(kept.terms.id, first.terms.id);
    assert_eq!(store.save_grant(&next, &[]).await, Ok(Saved::Done));
}

pub(super) async fn a_support_grant_and_its_verification_are_written_together_or_not_at_all(
    store: &(impl Verifications + SupportGrants),
) {
    let first = grant("elsa");
    assert_eq!(store.save_grant(&first, &[]).await, Ok(Saved::Done));
    let redeem = |seed| {
        let limits = Limits::default();
        let id = VerificationId::generate(&mut rng(seed));
        let (next, started) = first
            .clone()
            .redeem(None, id, agent("ana"), Some(customer("elsa")), &limits, NOON)
            .expect("it is live");
        Change { support_grant: Some(next), ..Change::to(started) }
    };
    let (one, other) = (redeem(9500), redeem(9501));
    assert_eq!(store.save(&one).await, Ok(Saved::Done));
    assert_eq!(store.save(&other).await, Ok(Saved::LostRace), "the grant has moved");
    assert!(Verifications::load(store, &other.next.id).await.expect("read").is_none());
    let kept = store.load_grant(&first.key).await.expect("read").expect("there");
    assert_eq!(kept.verification, Some(one.next.id.clone()));
    // Nor does the grant move where the verification has.
    let (revoked, closed) = kept.clone().revoke(Some(one.next.clone()), NOON);
    let change = Change { support_grant: Some(revoked), ..Change::to(closed.expect("open")) };
    let moved = cancelled(one.next.clone(), "meanwhile");
    assert_eq!(store.save(&Change::to(moved)).await, Ok(Saved::Done));
    assert_eq!(store.save(&change).await, Ok(Saved::LostRace));
    let kept = store.load_grant(&first.key).await.expect("read").expect("there");
    assert_eq!(kept.ended, None);
}
