//! What is found by who and when, and what is due.

use support_core::identity::TicketNumber;
use support_core::ports::{
    Change, Due, DueItems, Saved, Scope, SupportGrants, VerificationIndex, Verifications, Window,
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
        let page = store.page(&scope, &Window::default(), before.as_ref(), 3).await.expect("read");
        assert!(page.items.len() <= 3);
        found.extend(page.items.iter().map(|listed| listed.place.id.clone()));
        before = page.items.last().map(|last| last.place.clone());
        if page.ended {
            break;
        }
    }
    assert_eq!(found, expected);
    let everyone = store.page(&Scope::Everyone, &Window::default(), None, 100).await.expect("read");
    assert!(everyone.items.len() > 7);
    let nobody = store
        .page(&Scope::Agent("nobody".into()), &Window::default(), None, 3)
        .await
        .expect("read");
    assert!(nobody.items.is_empty() && nobody.ended);
    let customer = Scope::Customer(crate::samples::customer("carla").email);
    assert_eq!(
        store.page(&customer, &Window::default(), None, 3).await.expect("read").items.len(),
        3
    );
    let window = Window { from: Some(NOON.plus(2)), until: Some(NOON.plus(5)) };
    for (window, within) in [
        (window, 2..5),
        (Window { from: None, ..window }, 2..7),
        (Window { until: None, ..window }, 0..5),
        (Window { from: window.until, until: window.from }, 0..0),
    ] {
        let page = store.page(&scope, &window, None, 100).await.expect("read");
        let found: Vec<_> = page.items.iter().map(|listed| listed.place.id.clone()).collect();
        assert_eq!(found, expected[within], "{window:?}");
        assert!(page.ended);
    }
}

pub(super) async fn a_ticket_is_found_whatever_its_capitals(
    store: &(impl Verifications + VerificationIndex),
) {
    let ticket = |number: &str| TicketNumber::parse(number).expect("a ticket's number");
    for (n, number) in [(8100, "WZ-81"), (8101, "wz-81"), (8102, "WZ-810")] {
        let mut verification = verification(n);
        verification.ticket = Some(ticket(number));
        verification.created_at = NOON.plus(u32::try_from(n).expect("small"));
        store.save(&Change::to(verification)).await.expect("saved");
    }
    for (number, count) in [("Wz-81", 2), ("WZ-810", 1), ("WZ-8", 0)] {
        let scope = Scope::Ticket(ticket(number));
        let page = store.page(&scope, &Window::default(), None, 100).await.expect("read");
        assert_eq!(page.items.len(), count, "{number}");
        let Some(newest) = page.items.first() else { continue };
        let position = newest.place.clone();
        let rest =
            store.page(&scope, &Window::default(), Some(&position), 100).await.expect("read");
        assert_eq!(rest.items.len(), count - 1, "{number}");
    }
}

/// Everything that is due, `limit` at a time.
async fn all_due(store: &impl DueItems, now: Timestamp, limit: usize) -> Vec<(Timestamp, Due)> {
    let mut all = Vec::new();
    for part in 0..store.parts() {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = store.due(part, now, after.as_ref(), limit).await.expect("read");
            assert!(page.items.len() <= limit);
            found.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert!(found.is_sorted_by_key(|(due_at, _)| *due_at), "the longest due first");
        all.extend(found);
    }
    all
}

async fn is_due(store: &impl DueItems, item: &Due, now: Timestamp) -> bool {
    all_due(store, now, 1000).await.iter().any(|(_, found)| found == item)
}

pub(super) async fn a_listing_of_what_is_due_goes_on_where_it_stopped(
    store: &(impl Verifications + DueItems),
) {
    let mut expected: Vec<_> = all_due(store, NOON.plus(900), 1000).await;
    for n in 0..40 {
        let verification = verification(8500 + n);
        store.save(&Change::to(verification.clone())).await.expect("saved");
        let due_at = verification.due_at().expect("open");
        expected.push((due_at, Due::Verification(verification.id)));
    }
    expected.sort();
    for limit in [1, 3, 1000] {
        let mut found = all_due(store, NOON.plus(900), limit).await;
        found.sort();
        assert_eq!(found, expected, "each once, {limit} at a time");
    }
}

pub(super) async fn what_is_postponed_is_listed_later_until_it_is_written(
    store: &(impl Verifications + DueItems),
) {
    let first = verification(8600);
    store.save(&Change::to(first.clone())).await.expect("saved");
    let item = Due::Verification(first.id.clone());
    let (deadline, later) = (NOON.plus(900), NOON.plus(960));
    assert_eq!(first.due_at(), Some(deadline));
    store.postpone(&item, NOON, later).await.expect("nothing is due then");
    assert!(is_due(store, &item, deadline).await);
    store.postpone(&item, deadline, later).await.expect("written");
    assert!(!is_due(store, &item, deadline.plus(59)).await);
    assert!(is_due(store, &item, later).await);
    store.postpone(&item, deadline, later.plus(60)).await.expect("it is due later by now");
    assert!(is_due(store, &item, later).await);
    let read = Verifications::load(store, &first.id).await.expect("read").expect("it is there");
    let closed = read.close_if_over(deadline).expect("its deadline is what it was");
    assert_eq!(store.save(&Change::to(closed)).await, Ok(Saved::Done), "so is its version");
    assert!(!is_due(store, &item, later).await);
    let gone = Due::Verification(verification(8601).id);
    store.postpone(&gone, deadline, later).await.expect("nothing is there");
    assert!(!is_due(store, &gone, later).await);
}

pub(super) async fn what_is_due_is_found_until_it_is_done(store: &(impl Verifications + DueItems)) {
    let first = verification(9000);
    let deadline = first.expires_at().expect("open");
    store.save(&Change::to(first.clone())).await.expect("saved");
    let due = Due::Verification(first.id.clone());
    let found = async |at: Timestamp| is_due(store, &due, at).await;
    assert!(!found(Timestamp::from_millis(deadline.millis() - 1)).await);
    assert!(found(deadline).await);
    // Cancelled before consent was requested: no notice is due.
    store.save(&Change::to(cancelled(first.clone(), "done"))).await.expect("saved");
    assert!(!found(deadline.plus(100_000)).await);
}

pub(super) async fn a_support_grant_that_is_due_is_found(store: &(impl SupportGrants + DueItems)) {
    let first = grant("fay");
    store.save_grant(&first, &[]).await.expect("saved");
    let due = Due::SupportGrant(first.key.clone());
    let found = async |at: Timestamp| is_due(store, &due, at).await;
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
