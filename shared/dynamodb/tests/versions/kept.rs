//! What this version does not know, and keeps.

use crate::{Stored, add_unknown, has_unknown, pk};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use support_core::chain::{self, NewStep, Step, Word};
use support_core::identity::LinkToken;
use support_core::notice::NoticeKind;
use support_core::ports::{Saved, Scope, SupportGrants, VerificationIndex, Verifications, Window};
use support_core::receipt::{self, Receipt};
use support_core::step_detail::Detail;
use support_core::verification::{Side, State, Verification};
use support_dynamodb::DynamoIndex;
use support_testing::samples::{CONFIRMED, NOON, Walk, granted, key, rng, versions};
use support_testing::signer::Signer;

/// A newer version writes attributes that this one does not know, at whatever point; this one moves the
/// verification on to its end; and they are all still there.
#[tokio::test(flavor = "multi_thread")] // P37
async fn what_this_version_does_not_know_survives_each_of_its_moves() {
    let stored = Stored::new().await;
    let mut walk = Walk::start(1);
    walk.verification = stored.save(walk.verification.clone()).await;
    let pk = pk(&walk.verification);
    let always = ["", "agent", "customer", "customer.ecosystems.1", "state"];
    stored.change(&pk, |item| add_unknown(item, &always)).await;
    let reload = async |walk: &mut Walk| {
        walk.verification = stored.store.load(&walk.verification.id).await.unwrap().unwrap();
    };
    reload(&mut walk).await;
    let move_on = async |walk: &mut Walk, kept: &[&str], next: Verification| {
        walk.verification = stored.save(next).await;
        let mut item = stored.item(&pk).await;
        let status = walk.verification.status();
        for map in always.iter().chain(kept) {
            assert!(has_unknown(&mut item, map), "{map:?} in {status:?}");
        }
        assert_eq!(item["schema"], AttributeValue::N("1".to_owned()));
    };
    let next = walk.prove().verification.clone();
    for version in walk_versions(&next, 1) {
        move_on(&mut walk, &[], version).await;
    }
    let next = walk.ask("eco-1").verification.clone();
    move_on(&mut walk, &[], next).await;
    stored
        .change(&pk, |item| add_unknown(item, &["state.ask.consent", "state.ask.consent.entries"]))
        .await;
    reload(&mut walk).await;
    let next = walk.enter(Side::Customer).verification.clone();
    move_on(&mut walk, &["state.ask.consent", "state.ask.consent.entries"], next).await;
    let consent = ["state.consent", "state.consent.entries"];
    let next = walk.enter(Side::Agent).verification.clone();
    move_on(&mut walk, &consent, next).await;
    let next = walk.verification.clone().start_mint(&walk.limits, walk.now).unwrap();
    move_on(&mut walk, &consent, next).await;
    let (session, _) = walk.sealed();
    let next = walk
        .verification
        .clone()
        .start_session(CONFIRMED, session, &walk.page.secret, &walk.key, walk.now)
        .unwrap();
    move_on(&mut walk, &consent, next).await;
    stored.change(&pk, |item| add_unknown(item, &["state.session.handoffs.2", "notice"])).await;
    reload(&mut walk).await;
    walk.wait(30);
    let (next, _) =
        walk.verification.clone().take_notice(&walk.page.secret, &walk.key, walk.now).unwrap();
    let session = [&consent[..], &["state.session.handoffs.2", "notice"]].concat();
    move_on(&mut walk, &session, next).await;
    let next = walk.verification.clone().stop_by_customer(walk.now).unwrap();
    move_on(&mut walk, &consent, next).await;
    let next = walk.verification.clone().notice_sent(NoticeKind::Close, walk.now).unwrap();
    move_on(&mut walk, &consent, next).await;
    // Nothing that was known and is over came back with it.
    let item = stored.item(&pk).await;
    assert!(!item.contains_key("due") && !item.contains_key("due_at"));
    let closed = item["state"].as_m().unwrap();
    assert!(!closed.contains_key("ask") && !closed.contains_key("idle_at"));
    assert!(!closed["session"].as_m().unwrap().contains_key("handoffs"));
}

/// The versions of a walked verification after `from`, each over the one before.
fn walk_versions(whole: &Verification, from: u32) -> Vec<Verification> {
    versions(whole).skip(from as usize).collect()
}

#[tokio::test(flavor = "multi_thread")] // P37
async fn what_this_version_does_not_know_of_a_support_grant_survives() {
    let stored = Stored::new().await;
    let (grant, _) = granted("carla", None);
    assert_eq!(stored.store.save_grant(&grant, &[]).await, Ok(Saved::Done));
    let pk = format!("S#{}", grant.key.as_str());
    let maps = ["", "terms", "customer"];
    stored.change(&pk, |item| add_unknown(item, &maps)).await;
    let loaded = stored.store.load_grant(&grant.key).await.unwrap().unwrap();
    let (renewed, _, _) = loaded.regenerate(None, &key(), &mut rng(7), NOON.plus(60));
    assert_eq!(stored.store.save_grant(&renewed, &[]).await, Ok(Saved::Done));
    let loaded = stored.store.load_grant(&grant.key).await.unwrap().unwrap();
    let (revoked, _) = loaded.revoke(None, NOON.plus(90));
    assert_eq!(stored.store.save_grant(&revoked, &[]).await, Ok(Saved::Done));
    let mut item = stored.item(&pk).await;
    assert!(maps.iter().all(|map| has_unknown(&mut item, map)), "{item:?}");
    // Another grant of the customer is another record.
    let (other, _) = granted("carla", Some(&revoked));
    assert_eq!(stored.store.save_grant(&other, &[]).await, Ok(Saved::Done));
    assert!(!has_unknown(&mut stored.item(&pk).await, "terms"));
}

/// What an item of the time before schemas has and this version does not know, has no use any more: the
/// first release's sealed tokens must not outlive their session.
#[tokio::test(flavor = "multi_thread")] // P7, P37
async fn what_is_not_known_in_an_older_item_goes_with_its_next_write() {
    let stored = Stored::new().await;
    let mut walk = Walk::start(1);
    walk.session();
    stored.walked(&walk).await;
    let pk = pk(&walk.verification);
    stored
        .change(&pk, |item| {
            item.remove("schema");
            add_unknown(item, &["", "state", "state.session"]);
        })
        .await;
    let loaded = stored.store.load(&walk.verification.id).await.unwrap().unwrap();
    stored.save(loaded.stop_by_customer(NOON.plus(1)).unwrap()).await;
    let item = format!("{:?}", stored.item(&pk).await);
    assert!(!item.contains("tomorrow"), "{item}");
}

/// A deployment is rolled back, and on again, at every point of a verification. The version before this one
/// knew no schema, and wrote only what it knew.
#[tokio::test(flavor = "multi_thread")] // P37
async fn a_verification_that_two_versions_move_in_turn_loses_nothing() {
    for turn in [0, 1] {
        let stored = Stored::new().await;
        let mut walk = Walk::start(1);
        let handoffs = walk.session();
        let mut moves: Vec<Verification> = versions(&walk.verification).collect();
        let told = walk.verification.clone().notice_sent(NoticeKind::Start, walk.now).unwrap();
        let secret = LinkToken::parse(handoffs[1].secret.expose()).unwrap().secret;
        let person = told.customer.clone();
        let (key, limits) = (&walk.key, &walk.limits);
        let opened = told
            .clone()
            .redeem(handoffs[1].environment, &secret, Some(&person), key, limits, walk.now)
            .unwrap();
        let ended = opened.clone().stop_by_customer(walk.now).unwrap();
        let over = ended.clone().notice_sent(NoticeKind::Close, walk.now).unwrap();
        moves.extend([told, opened, ended, over.clone()]);
        let pk = pk(&over);
        for (number, next) in moves.into_iter().enumerate() {
            let written = stored.save(next.clone()).await;
            if number % 2 == turn {
                // As the version before would have written the same move.
                stored.change(&pk, |item| drop(item.remove("schema"))).await;
            }
            assert_eq!(written.steps, next.steps);
        }
        let read = stored.store.load(&over.id).await.unwrap().unwrap();
        let (State::Closed(closed), State::Closed(whole)) = (&read.state, &over.state) else {
            panic!("it is closed")
        };
        assert_eq!((&read.steps, &closed.session), (&over.steps, &whole.session));
        assert_eq!(chain::check(&read.id, &read.steps), Ok(()));
        let receipt = Receipt::of(&read).unwrap();
        let signer = Signer::default();
        assert_eq!(receipt::check(&signer.file(&receipt), &signer.public_key()), Ok(receipt));
    }
}

/// Steps that a newer version wrote: an action, an actor, a kind and a member that this one does not know.
/// The verification is listed, read, moved, closed and receipted with all of them, as they were hashed.
#[tokio::test(flavor = "multi_thread")] // P37
async fn steps_of_another_version_are_kept_shown_and_signed_as_they_are() {
    let stored = Stored::new().await;
    let mut walk = Walk::start(1);
    walk.session();
    let steps = std::mem::take(&mut walk.verification.steps);
    for (number, step) in steps.into_iter().enumerate() {
        let Step { at, mut actor, mut action, mut detail, .. } = step;
        let facts = match number {
            1 => {
                action = Word::Other("approval-asked".to_owned());
                actor = Word::Other("supervisor".to_owned());
                Some(json!({"kind": "approval", "by": "sofia", "of": [1, 2.5]}))
            }
            2 => Some(json!({"kind": "environment", "environment": "pos"})),
            _ => None,
        };
        if let Some(facts) = facts {
            detail = Some(serde_json::from_value(facts).unwrap());
        }
        let new = NewStep { at, actor, action, detail };
        chain::append(&walk.verification.id, &mut walk.verification.steps, new);
    }
    stored.walked(&walk).await;
    let index = DynamoIndex::new(stored.aws.config(), "support");
    let page =
        index.page(&Scope::Agent("ana".to_owned()), &Window::default(), None, 10).await.unwrap();
    let listed = page.items[0].verification.as_ref().expect("readable");
    assert!(matches!(&listed.steps[1].detail, Some(Detail::Other(_))));
    let ended = stored.save(listed.clone().stop_by_customer(NOON.plus(9)).unwrap()).await;
    assert_eq!(ended.steps[..walk.verification.steps.len()], walk.verification.steps);
    assert_eq!(chain::check(&ended.id, &ended.steps), Ok(()));
    let signer = Signer::default();
    let receipt = Receipt::of(&ended).unwrap();
    assert_eq!(receipt::check(&signer.file(&receipt), &signer.public_key()), Ok(receipt));
}
