//! Verifications, and the mint tickets that are written with them.

use std::sync::Arc;
use support_core::entitlement::Visibility;
use support_core::mint::{MintTicket, SessionClaims};
use support_core::ports::{Change, MintTickets, Saved, TicketChange, Verifications};
use support_core::secret::Secret;

use crate::samples::{NOON, Walk, key, versions};

use super::{Store, cancelled, verification};

/// Every state survives the way there and back.
pub(super) async fn what_is_saved_is_loaded(store: &impl Verifications) {
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

pub(super) async fn one_of_several_writers_of_a_version_wins(store: &Arc<impl Store>) {
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

pub(super) async fn a_first_version_is_written_once(store: &impl Verifications) {
    let first = verification(3000);
    assert_eq!(store.save(&Change::to(first.clone())).await, Ok(Saved::Done));
    assert_eq!(store.save(&Change::to(first)).await, Ok(Saved::LostRace));
}

pub(super) async fn a_mint_ticket_lives_and_dies_with_its_write(
    store: &(impl Verifications + MintTickets),
) {
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
