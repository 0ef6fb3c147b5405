//! What is found by who and when, and what is due.

use support_core::ports::{
    Change, Due, DueItems, Position, Scope, SupportGrants, VerificationIndex, Verifications,
};
use support_core::support_grant::GrantNoticeKind;
use support_core::time::Timestamp;

use crate::samples::NOON;

use super::{cancelled, grant, verification};

pub(super) async fn listings_are_newest_first_and_go_on_where_they_stopped(
    store: &(impl Verifications + VerificationIndex),
) {
    let mut expected = Vec::new();
    for n in 0..7_u32 {
        let mut verification = verification(8000 + u64::from(n));
        verification.agent.id = "lister".into();
        verification.created_at = NOON.plus(n);
        store.save(&Change::to(verification.clone())).await.expect("saved");
        expected.insert(0, verification.id);
    }
    let scope = Scope::Agent("lister".into());
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = store.page(&scope, before.as_ref(), 3).await.expect("read");
        assert!(page.items.len() <= 3);
        found.extend(page.items.iter().map(|v| v.id.clone()));
        if let Some(last) = page.items.last() {
            before = Some(Position { created_at: last.created_at, id: last.id.clone() });
        }
        if page.ended {
            break;
        }
    }
    assert_eq!(found, expected);
    let everyone = store.page(&Scope::Everyone, None, 100).await.expect("read");
    assert!(everyone.items.len() > 7);
    let nobody = store.page(&Scope::Agent("nobody".into()), None, 3).await.expect("read");
    assert!(nobody.items.is_empty() && nobody.ended);
    let customer = Scope::Customer(crate::samples::customer("carla").email);
    assert_eq!(store.page(&customer, None, 3).await.expect("read").items.len(), 3);
}

pub(super) async fn what_is_due_is_found_until_it_is_done(store: &(impl Verifications + DueItems)) {
    let first = verification(9000);
    let deadline = first.expires_at().expect("open");
    store.save(&Change::to(first.clone())).await.expect("saved");
    let due = Due::Verification(first.id.clone());
    let found = async |at: Timestamp| store.due(at, 1000).await.expect("read").contains(&due);
    assert!(!found(Timestamp::from_millis(deadline.millis() - 1)).await);
    assert!(found(deadline).await);
    assert!(store.due(deadline, 3).await.expect("read").len() <= 3);
    // Cancelled before consent was requested: no notice is due.
    store.save(&Change::to(cancelled(first.clone(), "done"))).await.expect("saved");
    assert!(!found(deadline.plus(100_000)).await);
}

pub(super) async fn a_support_grant_that_is_due_is_found(store: &(impl SupportGrants + DueItems)) {
    let first = grant("fay");
    store.save_grant(&first, &[]).await.expect("saved");
    let due = Due::SupportGrant(first.key.clone());
    let found = async |at: Timestamp| store.due(at, 1000).await.expect("read").contains(&due);
    assert!(!found(NOON).await);
    assert!(found(NOON.plus(20)).await, "its first email is owed");
    let told = first.notice_sent(GrantNoticeKind::Created).expect("owed");
    store.save_grant(&told, &[]).await.expect("saved");
    let end = told.terms.expires_at;
    assert!(!found(Timestamp::from_millis(end.millis() - 1)).await);
    assert!(found(end).await);
    let ended = told.end_if_over(end).expect("over");
    store.save_grant(&ended, &[]).await.expect("saved");
    assert!(found(end).await, "its last email is owed");
    let told = ended.notice_sent(GrantNoticeKind::Ended).expect("owed");
    store.save_grant(&told, &[]).await.expect("saved");
    assert!(!found(end.plus(1_000_000)).await);
}
