//! Many calls at once, in any order.

use proptest::prelude::*;
use std::sync::Arc;
use support_core::attempt::{Decision, attempt};
use support_core::chain;
use support_core::consent_entry::{ConsentEntry, decide_consent_entry};
use support_core::ports::{Change, Verifications};
use support_core::refusal::{CallError, Refusal};
use support_core::verification::{Entries, Outcome, Side, State, Status, Verification};
use support_testing::memory::Memory;
use support_testing::samples::{NOON, Walk, key, right, versions, wrong};

use crate::actions::{ACTIONS, act, by_look_up, under_a_grant};

use crate::actions::Action::*;

#[tokio::test(flavor = "multi_thread")] // P1
async fn one_of_a_hundred_simultaneous_right_entries_counts() {
    let mut walk = Walk::start(1);
    walk.prove().ask("eco-1").enter(Side::Customer);
    let (store, id, before) = stored(&walk).await;
    let (now, limits) = (walk.now, walk.limits.clone());
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let (store, id, limits) = (store.clone(), id.clone(), limits.clone());
            std::thread::spawn(move || {
                block_on(async move {
                    let (code, key) = (right(), key());
                    attempt(&*store, &id, now, async |v, over| {
                        let entry = ConsentEntry { side: Side::Agent, code: &code, access: None };
                        decide_consent_entry(v, entry, over.is_some(), &key, &limits, now)
                    })
                    .await
                })
            })
        })
        .collect();
    let mut succeeded = 0;
    for call in calls {
        match call.join().unwrap() {
            Ok(Ok(next)) => {
                assert_eq!(next.status(), Status::Consented);
                succeeded += 1;
            }
            Err(CallError::Refused(Refusal::WrongStep(Status::Consented) | Refusal::Conflict)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(succeeded, 1);
    let after = store.load(&id).await.unwrap().unwrap();
    assert_eq!(after.steps.len(), before + 1);
}

#[tokio::test(flavor = "multi_thread")] // P2
async fn five_of_fifty_simultaneous_wrong_entries_are_judged() {
    let mut walk = Walk::start(1);
    walk.prove().ask("eco-1");
    let (store, id, before) = stored(&walk).await;
    let (now, limits) = (walk.now, walk.limits.clone());
    let calls: Vec<_> = (0..50)
        .map(|n| {
            let (store, id, limits) = (store.clone(), id.clone(), limits.clone());
            let side = if n % 2 == 0 { Side::Agent } else { Side::Customer };
            std::thread::spawn(move || {
                block_on(async move {
                    let (code, key) = (wrong(), key());
                    attempt(&*store, &id, now, async |v, over| {
                        let entry = ConsentEntry { side, code: &code, access: None };
                        decide_consent_entry(v, entry, over.is_some(), &key, &limits, now)
                    })
                    .await
                })
            })
        })
        .collect();
    let mut judged = 0;
    for call in calls {
        match call.join().unwrap() {
            Ok(Err(Refusal::CodeRefused { .. })) => judged += 1,
            Err(CallError::Refused(Refusal::WrongStep(Status::Closed) | Refusal::Conflict)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(judged, 5);
    let after = store.load(&id).await.unwrap().unwrap();
    assert_eq!(after.steps.len(), before + 5);
    assert!(matches!(&after.state, State::Closed(c) if c.outcome == Outcome::Locked));
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// The walk's verification in a store, version by version.
async fn stored(walk: &Walk) -> (Arc<Memory>, support_core::identity::VerificationId, usize) {
    let store = Arc::new(Memory::default());
    let whole = &walk.verification;
    for state in versions(whole) {
        store.save(&Change::to(state)).await.unwrap();
    }
    (store, whole.id.clone(), whole.steps.len())
}

/// What the random walk is held against: the whole process in a few counters.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a model to hold the states against, so it has none"
)]
struct Model {
    proved: bool,
    agent: bool,
    customer: bool,
    sessions: u32,
    closed: bool,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever is tried in whatever order and however late: a session needs the agent's proof
    /// and, unless a support grant is the consent, both entries; there is one at most, what is
    /// closed stays closed, and the stored version, its steps and its chain agree.
    #[test] // P10, P11
    fn no_order_of_calls_skips_a_step(
        granted in any::<bool>(),
        calls in prop::collection::vec((0..ACTIONS.len(), prop_oneof![Just(0_u32), 1..60_u32, Just(301), Just(901)]), 1..60)
    ) {
        block_on(async {
            let mut walk = if granted { under_a_grant() } else { by_look_up() };
            let (store, id, _) = stored(&walk).await;
            let mut model = Model::default();
            for (action, wait) in calls {
                walk.wait(wait);
                let action = ACTIONS[action];
                let was_closed = store.load(&id).await.unwrap().unwrap().at(walk.now).status() == Status::Closed;
                let now = walk.now;
                let done = attempt(&*store, &id, now, async |v, _| {
                    let mut here = Walk { limits: walk.limits.clone(), key: walk.key.clone(), page: walk.page.clone(), verification: v, now };
                    let before = here.verification.steps.len();
                    here.verification = act(&here, action)?;
                    if here.verification.steps.len() == before {
                        return Ok(Decision::Answer(here.verification));
                    }
                    Ok(Decision::Save(Change::to(here.verification.clone()), here.verification))
                }).await;
                let after = store.load(&id).await.unwrap().unwrap();
                prop_assert_eq!(after.version as usize, after.steps.len());
                prop_assert_eq!(chain::check(&id, &after.steps), Ok(()));
                if let Ok(next) = &done {
                    prop_assert!(!was_closed || matches!(action, Finish | Cancel));
                    match (action, next.status()) {
                        (Authenticate, Status::AgentVerified) => {
                            prop_assert!(!granted);
                            model.proved = true;
                        }
                        (Authenticate, Status::Consented) => {
                            prop_assert!(granted);
                            (model.proved, model.agent, model.customer) = (true, true, true);
                        }
                        (Finish, Status::Closed) => prop_assert!(model.proved),
                        (RequestConsent, _) => {
                            prop_assert!(model.proved && !granted);
                            (model.agent, model.customer) = (false, false);
                        }
                        (AgentEnters, Status::AwaitingConsent | Status::Consented)
                            if entries(next).is_some_and(|e| e.agent) => model.agent = true,
                        (CustomerEnters, Status::AwaitingConsent | Status::Consented)
                            if entries(next).is_some_and(|e| e.customer) => model.customer = true,
                        (Mint, _) => prop_assert!(model.proved && model.agent && model.customer),
                        (Session, _) => {
                            model.sessions += 1;
                            prop_assert!(model.proved && model.agent && model.customer);
                        }
                        _ => {}
                    }
                    model.closed |= next.status() == Status::Closed;
                }
                prop_assert!(model.sessions <= 1);
                prop_assert!(!model.closed || after.status() == Status::Closed);
                walk.verification = after;
            }
            Ok(())
        })?;
    }
}

/// Somebody else writes between the read and the write, so many times.
#[tokio::test]
async fn a_lost_race_is_tried_again_three_times() {
    for (others, expected) in [(0, Ok(())), (3, Ok(())), (4, Err(Refusal::Conflict.into()))] {
        let (store, walk) = (Memory::default(), Walk::start(1));
        store.save(&Change::to(walk.verification.clone())).await.unwrap();
        let code = right();
        let mut tries = 0;
        let done = attempt(&store, &walk.verification.id, NOON, async |v, _| {
            tries += 1;
            let now = v.sent_code().map_or(NOON, |(code, _)| code.resend_at);
            let next = v.challenge_agent(&code, &walk.key, &walk.limits, now)?;
            if tries <= others {
                store.save(&Change::to(next.clone())).await?;
            }
            Ok(Decision::Save(Change::to(next), ()))
        })
        .await;
        assert_eq!((done, tries), (expected, others.min(3) + 1), "{others} others");
    }
}

fn entries(verification: &Verification) -> Option<&Entries> {
    verification.consent()?.entries.as_ref()
}
