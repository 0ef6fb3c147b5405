//! Verifications, and the mint tickets that are written with them.

use std::sync::Arc;

use support_core::entitlement::{Access, Environment, Visibility};
use support_core::identity::LinkToken;
use support_core::mint::{MintTicket, MintTicketId, SessionClaims};
use support_core::ports::{Change, MintTickets, Saved, SealedPairs, TicketChange, Verifications};
use support_core::secret::Secret;
use support_core::session::SealedChange;
use support_core::verification::Verification;

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
        // The sealed tokens are no part of what is loaded.
        let whole = Verification { sealed: SealedChange::None, ..whole };
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
    let attempt = walk.verification.mint_attempt().expect("minting");
    let id = MintTicketId::new(&walk.verification.id, attempt, Environment::Web);
    let secret = Secret::from("secret".to_owned());
    let grant = MintTicket {
        id: id.clone(),
        username: "sub-carla".into(),
        client_id: "client".into(),
        claims: SessionClaims {
            agent_id: "ana".into(),
            session: walk.verification.id.clone(),
            ecosystem: "eco-1".into(),
            environment: Environment::Web,
            access: Access::View,
            visibility: Visibility::default(),
        },
        secret: MintTicket::digest(&id, &secret, &key()),
        expires_at: NOON.plus(30),
        answered: false,
    };
    assert!(!store.mark(&id).await.expect("written"));
    let put =
        Change { tickets: TicketChange::Put(vec![grant.clone()]), ..Change::to(first.clone()) };
    assert_eq!(store.save(&put).await, Ok(Saved::Done));
    let loaded = MintTickets::load(store, &id).await.expect("read").expect("there");
    assert_eq!(format!("{loaded:?}"), format!("{grant:?}"));
    assert!(store.mark(&id).await.expect("written"));
    assert!(store.mark(&id).await.expect("written"), "marking again is marking once");
    assert!(MintTickets::load(store, &id).await.expect("read").expect("there").answered);
    // A write that loses its race leaves the grant alone.
    let lost =
        Change { tickets: TicketChange::Delete(vec![id.clone()]), ..Change::to(first.clone()) };
    assert_eq!(store.save(&lost).await, Ok(Saved::LostRace));
    assert!(MintTickets::load(store, &id).await.expect("read").is_some());
    let next = cancelled(first, "done");
    let delete = Change { tickets: TicketChange::Delete(vec![id.clone()]), ..Change::to(next) };
    assert_eq!(store.save(&delete).await, Ok(Saved::Done));
    assert!(MintTickets::load(store, &id).await.expect("read").is_none());
    assert!(!store.mark(&id).await.expect("written"), "a mark makes no grant");
}

/// Sealed tokens come with the write that starts the session. Each pair goes with the write that redeems
/// its handoff, and the rest with the one that closes the verification.
pub(super) async fn sealed_tokens_live_and_die_with_their_write(
    store: &(impl Verifications + SealedPairs),
) {
    let mut walk = Walk::start(7100);
    let handoffs = walk.session();
    let session = walk.verification.clone();
    let id = session.id.clone();
    let there = async || {
        let mut there = Vec::new();
        for environment in Environment::ALL {
            let pair = store.load_sealed(&id, environment).await.expect("read");
            there.extend(pair.map(|pair| pair.environment));
        }
        there
    };
    for before in versions(&session).take(session.version as usize - 1) {
        let before = Verification { sealed: SealedChange::None, ..before };
        assert_eq!(store.save(&Change::to(before)).await, Ok(Saved::Done));
    }
    assert_eq!(there().await, []);
    assert_eq!(store.save(&Change::to(session.clone())).await, Ok(Saved::Done));
    assert_eq!(there().await, Environment::ALL);

    let web = handoffs.iter().find(|handoff| handoff.environment == Environment::Web).expect("Web");
    let secret = LinkToken::parse(web.secret.expose()).expect("a handoff").secret;
    let sealed = store.load_sealed(&id, Environment::Web).await.expect("read").expect("there");
    let tokens = sealed.open(&secret).expect("its own secret");
    assert_eq!(tokens.access.expose(), "access-token-canary-web");
    let rcm = store.load_sealed(&id, Environment::Rcm).await.expect("read").expect("there");
    assert!(rcm.open(&secret).is_none(), "another handoff's secret opens nothing");

    let person = session.customer.clone();
    let redeem = |session: Verification| {
        session
            .redeem(Environment::Web, &secret, Some(&person), &walk.key, &walk.limits, walk.now)
            .expect("it is unused")
    };
    let redeemed = redeem(session.clone());
    // A write that loses its race leaves them alone.
    let late = Verification { version: redeemed.version + 1, ..redeemed.clone() };
    assert_eq!(store.save(&Change::to(late)).await, Ok(Saved::LostRace));
    assert_eq!(there().await, Environment::ALL);
    assert_eq!(store.save(&Change::to(redeemed.clone())).await, Ok(Saved::Done));
    assert_eq!(there().await, [Environment::Store, Environment::App, Environment::Rcm]);
    let closed = cancelled(redeemed, "done");
    assert_eq!(store.save(&Change::to(closed)).await, Ok(Saved::Done));
    assert_eq!(there().await, []);
}
