//! What every store must do, shown with concurrent writers.

use std::sync::Arc;

use support_core::entitlement::Visibility;
use support_core::identity::{Reason, VerificationId};
use support_core::limits::{Limits, LockoutQuota, Quota};
use support_core::mint::{MintTicket, SessionClaims};
use support_core::ports::{
    Change, Counted, Due, DueItems, MintTickets, Position, Quotas, Saved, Scope, SupportGrants,
    TicketChange, VerificationIndex, Verifications,
};
use support_core::secret::Secret;
use support_core::support_grant::{GrantNoticeKind, SupportGrant};
use support_core::time::Timestamp;
use support_core::verification::{Cancelled, Verification};

use crate::samples::{NOON, Walk, agent, customer, granted, key, rng, versions};

/// Everything a store is.
pub trait Store:
    Verifications + SupportGrants + VerificationIndex + DueItems + Quotas + MintTickets + Send + 'static
{
}
impl<S> Store for S where
    S: Verifications
        + SupportGrants
        + VerificationIndex
        + DueItems
        + Quotas
        + MintTickets
        + Send
        + 'static
{
}

/// All of it, on one empty store.
pub async fn suite(store: Arc<impl Store>) {
    what_is_saved_is_loaded(&*store).await;
    of_parallel_writers_of_a_version_one_wins(&store).await;
    a_first_version_is_written_once(&*store).await;
    a_quota_is_never_exceeded_however_many_use_it_at_once(&store).await;
    an_exhausted_quota_writes_nothing(&*store).await;
    a_required_quota_is_not_counted(&*store).await;
    a_lockout_lasts_from_its_last_count_and_then_starts_again(&*store).await;
    a_lockout_quota_is_never_exceeded_however_many_count_at_once(&store).await;
    what_is_given_back_can_be_counted_again(&*store).await;
    a_grant_lives_and_dies_with_its_write(&*store).await;
    listings_are_newest_first_and_go_on_where_they_stopped(&*store).await;
    what_is_due_is_found_until_it_is_done(&*store).await;
    a_support_grant_is_written_over_the_one_that_was_read(&store).await;
    a_support_grant_and_its_verification_are_written_together_or_not_at_all(&*store).await;
    a_support_grant_that_is_due_is_found(&*store).await;
}

fn verification(seed: u64) -> Verification {
    Walk::start(seed).verification
}

fn cancelled(verification: Verification, reason: &str) -> Verification {
    let reason = Reason::parse(reason).expect("a reason");
    match verification.cancel(reason, NOON).expect("open") {
        Cancelled::Now(next) | Cancelled::Already(next) => next,
    }
}

/// Every state survives the way there and back.
async fn what_is_saved_is_loaded(store: &impl Verifications) {
    let reach: [fn(&mut Walk); 8] = [
        |_| {},
        |walk| {
            walk.challenge();
        },
        |walk| {
            walk.prove();
        },
        |walk| {
            walk.prove().ask("eco-1");
        },
        |walk| {
            walk.consent();
        },
        |walk| {
            walk.mint();
        },
        |walk| {
            walk.session();
        },
        |walk| {
            walk.session();
            walk.verification = cancelled(walk.verification.clone(), "enough");
        },
    ];
    for (reach, seed) in reach.iter().zip(1000..) {
        let mut walk = Walk::start(seed);
        reach(&mut walk);
        let whole = walk.verification;
        for state in versions(&whole) {
            assert_eq!(store.save(&Change::to(state)).await, Ok(Saved::Done));
        }
        let loaded = Verifications::load(store, &whole.id).await.expect("read").expect("there");
        assert_eq!(format!("{loaded:?}"), format!("{whole:?}"));
    }
    let unknown = Verifications::load(store, &verification(999).id).await;
    assert!(unknown.expect("read").is_none());
}

async fn of_parallel_writers_of_a_version_one_wins(store: &Arc<impl Store>) {
    let first = verification(2000);
    assert_eq!(store.save(&Change::to(first.clone())).await, Ok(Saved::Done));
    let writers: Vec<_> = (0..50)
        .map(|n| {
            let (store, next) = (store.clone(), cancelled(first.clone(), &format!("reason {n}")));
            tokio::spawn(async move { store.save(&Change::to(next)).await })
        })
        .collect();
    let mut won = 0;
    for writer in writers {
        match writer.await.expect("no panic").expect("no failure") {
            Saved::Done => won += 1,
            Saved::LostRace => {}
            Saved::OverQuota(_) => panic!("no quota was charged"),
        }
    }
    assert_eq!(won, 1);
    let loaded = Verifications::load(&**store, &first.id).await.expect("read").expect("there");
    assert_eq!(loaded.steps.len(), 2);
}

async fn a_first_version_is_written_once(store: &impl Verifications) {
    let first = verification(3000);
    assert_eq!(store.save(&Change::to(first.clone())).await, Ok(Saved::Done));
    assert_eq!(store.save(&Change::to(first)).await, Ok(Saved::LostRace));
}

async fn a_quota_is_never_exceeded_however_many_use_it_at_once(store: &Arc<impl Store>) {
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

async fn an_exhausted_quota_writes_nothing(store: &(impl Verifications + Quotas)) {
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

async fn a_required_quota_is_not_counted(store: &impl Verifications) {
    let quota = Quota { key: "conformance#required".into(), limit: 1, ends_at: NOON.plus(60) };
    for seed in 6000..6003 {
        let change = Change::to(verification(seed)).counting([quota.clone().require()]);
        assert_eq!(store.save(&change).await, Ok(Saved::Done));
    }
}

fn lockout(name: &str, limit: u32) -> LockoutQuota {
    LockoutQuota { key: format!("conformance#{name}"), limit, seconds: 900 }
}

async fn a_lockout_lasts_from_its_last_count_and_then_starts_again(store: &impl Quotas) {
    let lockout = lockout("streak", 3);
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

async fn a_lockout_quota_is_never_exceeded_however_many_count_at_once(store: &Arc<impl Store>) {
    let lockout = lockout("parallel-streak", 5);
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
    counted.sort();
    assert_eq!(counted, [1, 2, 3, 4, 5]);
}

async fn what_is_given_back_can_be_counted_again(store: &impl Quotas) {
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

async fn a_grant_lives_and_dies_with_its_write(store: &(impl Verifications + MintTickets)) {
    let mut walk = Walk::start(7000);
    let first = walk.verification.clone();
    walk.mint();
    let id = walk.verification.mint_ticket_id().expect("minting");
    let secret = Secret::from("secret".to_owned());
    let grant = MintTicket {
        id: id.clone(),
        username: "sub-carla".into(),
        client_id: "client".into(),
        claims: SessionClaims {
            agent_id: "ana".into(),
            session: walk.verification.id.clone(),
            ecosystem: "eco-1".into(),
            environments: walk.verification.consent().expect("asked").environments.clone(),
            visibility: Visibility::default(),
        },
        secret: MintTicket::digest(&id, &secret, &key()),
        expires_at: NOON.plus(30),
        answered: false,
    };
    assert!(!store.mark(&id).await.expect("written"));
    let put =
        Change { ticket: TicketChange::Put(Box::new(grant.clone())), ..Change::to(first.clone()) };
    assert_eq!(store.save(&put).await, Ok(Saved::Done));
    let loaded = MintTickets::load(store, &id).await.expect("read").expect("there");
    assert_eq!(format!("{loaded:?}"), format!("{grant:?}"));
    assert!(store.mark(&id).await.expect("written"));
    assert!(store.mark(&id).await.expect("written"), "marking again is marking once");
    assert!(MintTickets::load(store, &id).await.expect("read").expect("there").answered);
    // A write that loses its race leaves the grant alone.
    let lost = Change { ticket: TicketChange::Delete(id.clone()), ..Change::to(first.clone()) };
    assert_eq!(store.save(&lost).await, Ok(Saved::LostRace));
    assert!(MintTickets::load(store, &id).await.expect("read").is_some());
    let next = cancelled(first, "done");
    let delete = Change { ticket: TicketChange::Delete(id.clone()), ..Change::to(next) };
    assert_eq!(store.save(&delete).await, Ok(Saved::Done));
    assert!(MintTickets::load(store, &id).await.expect("read").is_none());
    assert!(!store.mark(&id).await.expect("written"), "a mark makes no grant");
}

async fn listings_are_newest_first_and_go_on_where_they_stopped(
    store: &(impl Verifications + VerificationIndex),
) {
    let mut expected = Vec::new();
    for n in 0..7 {
        let mut verification = verification(8000 + n);
        verification.agent.id = "lister".into();
        verification.created_at = NOON.plus(n as u32);
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

async fn what_is_due_is_found_until_it_is_done(store: &(impl Verifications + DueItems)) {
    let first = verification(9000);
    let deadline = first.expires_at().expect("open");
    store.save(&Change::to(first.clone())).await.expect("saved");
    let due = Due::Verification(first.id.clone());
    let found = async |at: Timestamp| store.due(at, 1000).await.expect("read").contains(&due);
    assert!(!found(Timestamp::from_millis(deadline.millis() - 1)).await);
    assert!(found(deadline).await);
    assert!(store.due(deadline, 3).await.expect("read").len() <= 3);
    // Cancelled before anybody was asked: nobody is to be told.
    store.save(&Change::to(cancelled(first.clone(), "done"))).await.expect("saved");
    assert!(!found(deadline.plus(100_000)).await);
}

/// A grant of the customer `name`, of 15 minutes from [`NOON`].
fn grant(name: &str) -> SupportGrant {
    granted(name, None).0
}

async fn a_support_grant_is_written_over_the_one_that_was_read(store: &Arc<impl Store>) {
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

async fn a_support_grant_and_its_verification_are_written_together_or_not_at_all(
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

async fn a_support_grant_that_is_due_is_found(store: &(impl SupportGrants + DueItems)) {
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
