//! Verifications.

use rand::Rng;
use support_core::chain;
use support_core::entitlement::Environment;
use support_core::identity::{LinkToken, Reason, VerificationId};
use support_core::notice::NoticeKind;
use support_core::ports::{
    Change, Due, DueItems, Saved, Scope, SupportGrants, VerificationIndex, Verifications, Window,
};
use support_core::receipt::{self, Receipt};
use support_core::refusal::Refusal;
use support_core::secret::Secret;
use support_core::step_detail::Detail;
use support_core::verification::{ClosedByAgent, Side, State, Status, Verdict, Verification};
use support_core::view::{ConsentView, VerificationView};
use support_dynamodb::{DynamoIndex, DynamoVerifications};
use support_testing::samples::{CONFIRMED, NOON, Walk, key, right, rng};
use support_testing::signer::Signer;

use crate::{Sample, holding};

async fn load(store: &DynamoVerifications, sample: &Sample) -> Verification {
    let id = VerificationId::parse(sample.id()).unwrap();
    let loaded = store.load(&id).await.unwrap_or_else(|e| panic!("{}: {e:?}", sample.name));
    loaded.expect("it is there")
}

/// A walk that goes on from `verification`, with the link that its customer has.
fn walk(verification: Verification) -> Walk {
    let id = verification.id.clone();
    let seed = (0..300).find(|seed| VerificationId::generate(&mut rng(*seed)) == id).unwrap();
    let page = LinkToken { verification: id, secret: Secret::generate(&mut rng(seed + 1)) };
    let now = verification.steps.last().unwrap().at.plus(1);
    Walk { limits: support_core::limits::Limits::default(), key: key(), page, verification, now }
}

fn redeem(walk: &Walk, place: Environment, secret: &Secret) -> Result<Verification, Refusal> {
    let (verification, person) = (walk.verification.clone(), walk.verification.customer.clone());
    verification.redeem(place, secret, Some(&person), &walk.key, &walk.limits, walk.now)
}

/// The one pair of tokens of a session of 0.1.0 opened every environment. It opens none any more: its
/// handoffs are refused, and its tokens are inactive.
fn of_the_first_release(walk: &Walk) {
    let State::InSession { session, .. } = &walk.verification.state else { panic!("in session") };
    // In the order in which that release drew them: the key of the tokens, a nonce, and for each handoff
    // its secret and a nonce.
    let mut rng = rng(99);
    let skip = |rng: &mut _, bytes: usize| Rng::fill_bytes(rng, &mut vec![0; bytes]);
    skip(&mut rng, 32 + 12);
    for place in session.environments() {
        let secret = Secret::generate(&mut rng);
        skip(&mut rng, 12);
        assert_eq!(redeem(walk, place, &secret).unwrap_err(), Refusal::HandoffRefused);
    }
    for token in ["access-token-canary", "id-token-canary"] {
        assert!(session.handoff_of(token, &walk.key).is_none());
    }
}

/// The next act of the process; `None` when all is done.
fn next(walk: &Walk) -> Option<Verification> {
    let (verification, now) = (walk.verification.clone(), walk.now);
    let consented = || {
        let consent = verification.consent().unwrap();
        if consent.entries.is_some() {
            assert!(verification.is_page(&walk.page.secret, &walk.key), "the link opens");
        }
    };
    Some(match &walk.verification.state {
        State::Started { .. } => {
            verification.challenge_agent(&right(), &walk.key, &walk.limits, now).unwrap()
        }
        State::AgentChallenged { .. } => {
            let judged = verification.clone().judge_agent_code(&right(), &walk.key, now);
            let Ok(Verdict::Right(code)) = judged else { panic!("the code is right") };
            verification.prove_agent(code, CONFIRMED, &walk.limits, now).unwrap()
        }
        State::AgentVerified { .. } => {
            let mut asked = self::walk(verification);
            asked.ask("eco-1");
            asked.verification
        }
        State::AwaitingConsent { request, .. } => {
            consented();
            let customer = request.consent.entries.as_ref().unwrap().customer;
            let side = if customer { Side::Agent } else { Side::Customer };
            let judged = verification.judge_customer_code(side, &right(), &walk.key, now);
            let Ok(Verdict::Right(code)) = judged else { panic!("the code is right") };
            verification.enter_customer_code(code, side, None, &walk.limits, now).unwrap()
        }
        State::Consented { .. } => {
            consented();
            verification.start_mint(&walk.limits, now).unwrap()
        }
        State::Minting { .. } => {
            let (session, _) = walk.sealed();
            verification
                .start_session(CONFIRMED, session, &walk.page.secret, &walk.key, now)
                .unwrap()
        }
        State::InSession { session, .. } => {
            assert!(verification.is_page(&walk.page.secret, &walk.key), "the link opens");
            if verification.notice.is_some() {
                return verification.notice_sent(NoticeKind::Start, now);
            }
            if session.handoff_of("access-token-canary-web", &walk.key).is_none() {
                of_the_first_release(walk);
                return Some(verification.stop_by_customer(now).unwrap());
            }
            let opens = |environment| {
                session
                    .handoffs
                    .iter()
                    .any(|handoff| handoff.environment == environment && !handoff.is_redeemed())
            };
            match walk.sealed().1.into_iter().find(|handoff| opens(handoff.environment)) {
                Some(handoff) => {
                    let secret = LinkToken::parse(handoff.secret.expose()).unwrap().secret;
                    redeem(walk, handoff.environment, &secret).unwrap()
                }
                None => verification.stop_by_customer(now).unwrap(),
            }
        }
        State::Closed(_) => {
            verification.notice?;
            verification.notice_sent(NoticeKind::Close, now).unwrap()
        }
    })
}

/// It is what it was, with what came after.
fn follows(verification: &Verification, before: &Verification, name: &str) {
    assert_eq!(chain::check(&verification.id, &verification.steps), Ok(()), "{name}");
    assert_eq!(verification.steps[..before.steps.len()], before.steps, "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_verification_loads_is_shown_and_moves_on_to_its_end() {
    let samples = Sample::all("V#");
    let (aws, _) = holding(&samples).await;
    let store = DynamoVerifications::new(aws.config(), "support", 400);
    let signer = Signer::default();
    for sample in &samples {
        let name = &sample.name;
        let loaded = load(&store, sample).await;
        follows(&loaded, &loaded, name);
        shown(&loaded, name);
        let mut walk = walk(loaded.clone());
        while let Some(next) = next(&walk) {
            assert_eq!(store.save(&Change::to(next)).await, Ok(Saved::Done), "{name}");
            walk.verification = load(&store, sample).await;
            follows(&walk.verification, &loaded, name);
            walk.wait(1);
        }
        let State::Closed(closed) = &walk.verification.state else { panic!("{name} goes on") };
        assert_eq!(walk.verification.due_at(), None, "{name}");
        let receipt = Receipt::of(&walk.verification);
        assert_eq!(receipt.is_some(), closed.session.is_some(), "{name}");
        if let Some(receipt) = receipt {
            let checked = receipt::check(&signer.file(&receipt), &signer.public_key());
            assert_eq!(checked.as_ref(), Ok(&receipt), "{name}");
        }
    }
}

/// With its steps as they were recorded: the first release's details are texts.
fn shown(verification: &Verification, name: &str) {
    let limits = support_core::limits::Limits::default();
    let view = serde_json::to_value(VerificationView::new(verification, &limits)).unwrap();
    let steps = view["steps"].as_array().unwrap();
    assert_eq!(steps.len(), verification.steps.len(), "{name}");
    for (shown, step) in steps.iter().zip(&verification.steps) {
        assert_eq!(shown["detail"], serde_json::to_value(&step.detail).unwrap(), "{name}");
        if name.contains("/0.1.0/") {
            assert!(matches!(&step.detail, Some(Detail::Text(_))), "{name}");
        }
    }
    let page = ConsentView::new(verification, &limits);
    assert_eq!(page.is_some(), verification.consent().is_some(), "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_verification_can_be_stopped_by_anyone_who_could_stop_it_then() {
    let samples = Sample::all("V#");
    let (aws, client) = holding(&samples).await;
    let store = DynamoVerifications::new(aws.config(), "support", 400);
    let mut seen = Vec::new();
    for sample in &samples {
        let loaded = load(&store, sample).await;
        let (status, now) = (loaded.status(), loaded.steps.last().unwrap().at.plus(1));
        seen.push(status);
        let reason = Reason::parse("Stopped under newer code").unwrap();
        let cancelled = match loaded.clone().cancel(reason, now) {
            Ok(ClosedByAgent::Now(closed)) => Some(closed),
            Ok(ClosedByAgent::Already(_)) | Err(_) => None,
        };
        let late = loaded.expires_at().and_then(|deadline| loaded.clone().close_if_over(deadline));
        let stopped = loaded.clone().stop_by_customer(now).ok();
        let open = status != Status::Closed;
        assert_eq!((cancelled.is_some(), late.is_some()), (open, open), "{}", sample.name);
        let asked = open && loaded.consent().is_some();
        assert_eq!(stopped.is_some(), asked, "{}", sample.name);
        for closed in [cancelled, late, stopped].into_iter().flatten() {
            sample.put(&client).await;
            assert_eq!(store.save(&Change::to(closed)).await, Ok(Saved::Done), "{}", sample.name);
            let stored = load(&store, sample).await;
            assert_eq!(stored.status(), Status::Closed, "{}", sample.name);
            follows(&stored, &loaded, &sample.name);
        }
    }
    for status in [
        Status::Started,
        Status::AgentChallenged,
        Status::AgentVerified,
        Status::AwaitingConsent,
        Status::Consented,
        Status::Minting,
        Status::InSession,
        Status::Closed,
    ] {
        assert!(seen.contains(&status), "no sample is {status:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn released_verifications_are_listed_and_found_when_they_are_due() {
    let samples = Sample::all("V#");
    let (aws, _) = holding(&samples).await;
    let index = DynamoIndex::new(aws.config(), "support");
    let page = index.page(&Scope::Everyone, &Window::default(), None, 100).await.unwrap();
    assert!(page.ended);
    assert_eq!(page.items.len(), samples.len());
}

/// What an operator's stack holds when it is updated: items under the one key that 0.1.0 had.
#[tokio::test(flavor = "multi_thread")] // P35, P37
async fn released_items_are_found_when_they_are_due_and_move_to_their_shard() {
    let mut samples = Sample::all("V#");
    samples.extend(Sample::all("S#"));
    samples.retain(|sample| sample.name.contains("/0.1.0/"));
    let (aws, client) = holding(&samples).await;
    let store = DynamoVerifications::new(aws.config(), "support", 400);
    let index = DynamoIndex::new(aws.config(), "support");
    let now = NOON.plus(1_000_000);
    let listed = async |part| index.due(part, now, None, 100).await.unwrap().items;
    let waiting: Vec<_> = samples.iter().filter(|sample| sample.item.contains_key("due")).collect();
    assert!(waiting.iter().all(|sample| sample.text("due") == "due"));
    let found = listed(0).await;
    assert_eq!(found.len(), waiting.len());
    for (_, item) in found {
        match &item {
            Due::Verification(id) => {
                let found = store.load(id).await.unwrap().unwrap();
                let page = Secret::generate(&mut rng(1));
                let (next, _) = found.look_after(&page, &key(), now).expect("it is due");
                assert_eq!(store.save(&Change::to(next)).await, Ok(Saved::Done));
            }
            Due::SupportGrant(key) => {
                let found = store.load_grant(key).await.unwrap().unwrap();
                let (next, _) = found.look_after(now).expect("it is due");
                assert_eq!(store.save_grant(&next, &[]).await, Ok(Saved::Done));
            }
        }
    }
    assert!(listed(0).await.is_empty());
    for sample in waiting {
        let key = sample.item["pk"].clone();
        let read = client.get_item().table_name("support").key("pk", key).send().await.unwrap();
        // Closed and told, or closed with a notice that is tried again later.
        let due = read.item().unwrap().get("due").map(|due| due.as_s().unwrap().as_str());
        assert!(due.is_none_or(|due| due.starts_with("due#")), "{}: {due:?}", sample.name);
    }
}
