//! The samples that this version's code makes.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support_aws::Aws;
use support_core::entitlement::{Access, Environment, Visibility};
use support_core::identity::{LinkToken, Reason};
use support_core::limits::{Limits, LockoutQuota, Quota};
use support_core::mint::{MintTicket, MintTicketId, SessionClaims};
use support_core::notice::NoticeKind;
use support_core::ports::{
    Change, MintTickets, Quotas, Saved, SealedPairs, SupportGrants, TicketChange, Verifications,
};
use support_core::secret::Secret;
use support_core::session::SealedChange;
use support_core::support_grant::SupportGrant;
use support_core::verification::{ClosedByAgent, Side, Verification};
use support_dynamodb::{DynamoMintTickets, DynamoQuotas, DynamoVerifications};
use support_testing::samples::{NOON, Walk, agent, customer, granted, key, rng, versions, wrong};

use crate::{Sample, engine};

/// The folder of what the code writes that is not released yet.
const NEXT: &str = "next";

type Item = HashMap<String, AttributeValue>;
/// By the names of their files.
type Named<T> = Vec<(&'static str, T)>;

/// Every state and every outcome, by the name of its file. Each walk has a seed of its own, and with it an id.
fn verifications() -> Named<Verification> {
    let mut made = Vec::new();
    let mut seed = 100;
    let mut add = |name, walk_on: &dyn Fn(&mut Walk)| {
        let mut walk = Walk::start(seed);
        walk_on(&mut walk);
        seed += 2;
        made.push((name, walk.verification));
    };
    let close = |walk: &mut Walk, how: &dyn Fn(Verification) -> Verification| {
        walk.verification = how(walk.verification.clone());
    };
    let reason = || Reason::parse("The customer hung up").unwrap();
    let cancelled = move |v: Verification| match v.cancel(reason(), NOON.plus(9)) {
        Ok(ClosedByAgent::Now(closed)) => closed.with_note(Some(reason())),
        other => panic!("{other:?}"),
    };
    add("started", &|_| {});
    add("agent-challenged", &|walk| {
        walk.challenge();
    });
    add("agent-verified", &|walk| {
        walk.prove();
    });
    add("awaiting-consent", &|walk| {
        walk.prove().ask_for("eco-1", Access::Change);
    });
    add("awaiting-consent-entered", &|walk| {
        walk.prove()
            .ask_for("eco-1", Access::Change)
            .enter_allowing(Side::Customer, Some(Access::View));
    });
    add("consented", &|walk| {
        walk.consent();
    });
    add("minting", &|walk| {
        walk.mint();
    });
    add("in-session", &|walk| {
        walk.session();
    });
    add("in-session-opened", &|walk| {
        let handoff = walk.session().swap_remove(1);
        let secret = LinkToken::parse(handoff.secret.expose()).unwrap().secret;
        let person = walk.verification.customer.clone();
        let (v, key, limits) = (walk.verification.clone(), &walk.key, &walk.limits);
        let told = v.notice_sent(NoticeKind::Start, NOON.plus(2)).unwrap();
        let place = handoff.environment;
        walk.verification =
            told.redeem(place, &secret, Some(&person), key, limits, NOON.plus(3)).unwrap();
    });
    add("closed-cancelled", &|walk| {
        walk.prove().ask("eco-1");
        close(walk, &cancelled);
    });
    add("closed-finished", &|walk| {
        walk.session();
        close(walk, &|v| match v.finish(NOON.plus(9)) {
            Ok(ClosedByAgent::Now(closed)) => closed,
            other => panic!("{other:?}"),
        });
    });
    add("closed-denied", &|walk| {
        walk.prove().ask("eco-1");
        close(walk, &|v| v.stop_by_customer(NOON.plus(9)).unwrap());
    });
    add("closed-ended", &|walk| {
        walk.session();
        close(walk, &|v| v.stop_by_customer(NOON.plus(9)).unwrap());
    });
    add("closed-completed", &|walk| {
        walk.session();
        close(walk, &|v| v.close_if_over(NOON.plus(300)).unwrap());
    });
    add("closed-expired", &|walk| {
        walk.prove();
        close(walk, &|v| v.close_if_over(NOON.plus(900)).unwrap());
    });
    add("closed-locked", &|walk| {
        walk.challenge();
        let limits = Limits::default();
        for _ in 0..limits.wrong_per_stage {
            assert!(walk.verification.judge_agent_code(&wrong(), &key(), NOON).is_ok());
            let v = walk.verification.clone();
            (walk.verification, _) = v.refuse_agent_code(&limits, NOON).unwrap();
        }
    });
    add("closed-and-told", &|walk| {
        walk.session();
        close(walk, &|v| v.stop_by_customer(NOON.plus(9)).unwrap());
        close(walk, &|v| v.notice_sent(NoticeKind::Close, NOON.plus(10)).unwrap());
    });
    made
}

/// Support grants, and the verifications under them.
fn grants() -> (Named<SupportGrant>, Named<Verification>) {
    let (offered, _) = granted("jorge", None);
    let (walk, redeemed) = Walk::redeem(150, granted("karla", None).0);
    let mut session = Walk::redeem(152, granted("lucia", None).0).0;
    session.session();
    let (renewed, _, _) = granted("mario", None).0.regenerate(None, &key(), &mut rng(7), NOON);
    let (revoked, _) = granted("nora", None).0.revoke(None, NOON.plus(9));
    let (over, _) = granted("oscar", None);
    let end = over.terms.expires_at;
    (
        vec![
            ("grant-offered", offered),
            ("grant-redeemed", redeemed),
            ("grant-renewed", renewed),
            ("grant-revoked", revoked),
            ("grant-expired", over.end_if_over(end).unwrap()),
        ],
        vec![
            ("started-under-a-grant", walk.verification),
            ("in-session-under-a-grant", session.verification),
        ],
    )
}

fn ticket(walk: &Walk) -> MintTicket {
    let id = MintTicketId::new(&walk.verification.id, 1, Environment::Web);
    MintTicket {
        username: customer("carla").user_id,
        client_id: "support-access".to_owned(),
        claims: SessionClaims {
            agent_id: agent("ana").id,
            session: walk.verification.id.clone(),
            ecosystem: "eco-1".to_owned(),
            environment: Environment::Web,
            access: Access::View,
            visibility: Visibility::default(),
        },
        secret: MintTicket::digest(&id, &Secret::generate(&mut rng(5)), &walk.key),
        expires_at: NOON.plus(30),
        answered: false,
        id,
    }
}

/// Writes one of each kind and state, and reads them back by the names of their files.
async fn made() -> BTreeMap<String, Item> {
    let aws: Aws = engine::engine().await;
    let client = engine::table(&aws).await;
    let store = DynamoVerifications::new(aws.config(), "support", 400);
    let mut keys = Vec::new();
    let (grants, under_grants) = grants();
    for (name, whole) in verifications().into_iter().chain(under_grants) {
        for version in versions(&whole) {
            let version = Verification { sealed: SealedChange::None, ..version };
            assert_eq!(store.save(&Change::to(version)).await, Ok(Saved::Done), "{name}");
        }
        keys.push((name, format!("V#{}", whole.id)));
    }
    for (name, grant) in grants {
        for version in 1..=grant.version {
            let mut of_version = grant.clone();
            of_version.version = version;
            assert_eq!(store.save_grant(&of_version, &[]).await, Ok(Saved::Done), "{name}");
        }
        keys.push((name, format!("S#{}", grant.key.as_str())));
    }
    let mut walk = Walk::start(160);
    walk.mint();
    let (sealed, _) = walk.sealed();
    let next = Verification {
        version: 1,
        sealed: SealedChange::Put(sealed.tokens),
        ..walk.verification.clone()
    };
    let ticket = ticket(&walk);
    let tickets = TicketChange::Put(vec![ticket.clone()]);
    assert_eq!(store.save(&Change { tickets, ..Change::to(next) }).await, Ok(Saved::Done));
    keys.push(("mint-ticket", format!("G#{}", ticket.id.as_str())));
    keys.push(("sealed-tokens", format!("T#{}#web", walk.verification.id)));
    let quotas = DynamoQuotas::new(aws.config(), "support");
    for _ in 0..3 {
        let lookups = Quota::lookups("next", &Limits::default(), NOON);
        assert_eq!(quotas.spend(&lookups.clone().spend()).await, Ok(Saved::Done));
        let entries = LockoutQuota { key: "grant-entries#next".to_owned(), limit: 5, seconds: 900 };
        quotas.count(&entries, NOON).await.unwrap();
    }
    let lookups = Quota::lookups("next", &Limits::default(), NOON);
    keys.push(("quota", format!("B#{}", lookups.key)));
    keys.push(("lockout-quota", "B#grant-entries#next".to_owned()));
    let mut items = BTreeMap::new();
    for (name, key) in keys {
        items.insert(name.to_owned(), item(&client, &key).await);
    }
    items
}

async fn item(client: &Client, key: &str) -> Item {
    let key = AttributeValue::S(key.to_owned());
    let read = client.get_item().table_name("support").key("pk", key).send().await.unwrap();
    let mut item = read.item.unwrap();
    // What differs from one making to the next: a random name, and random nonces.
    if item.contains_key("writer") {
        item.insert("writer".to_owned(), AttributeValue::S("0123456789abcdef".to_owned()));
    }
    item
}

/// To DynamoDB's JSON.
fn document(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::B(bytes) => json!({"B": STANDARD.encode(bytes.as_ref())}),
        AttributeValue::Bool(truth) => json!({"BOOL": truth}),
        AttributeValue::Null(_) => json!({"NULL": true}),
        AttributeValue::L(list) => json!({"L": list.iter().map(document).collect::<Vec<_>>()}),
        AttributeValue::M(map) => json!({"M": members(map)}),
        other => panic!("{other:?}"),
    }
}

fn members(item: &Item) -> Value {
    item.iter().map(|(name, value)| (name.clone(), document(value))).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released").join(NEXT)
}

/// A form that changes without anybody meaning it would be found out only when two versions meet.
#[tokio::test(flavor = "multi_thread")] // P37
async fn this_version_writes_what_its_samples_say() {
    for (name, item) in made().await {
        let file = std::fs::read(folder().join(format!("{name}.json")))
            .unwrap_or_else(|error| panic!("{name}: {error}: retake the samples"));
        let sample: Value = serde_json::from_slice(&file).unwrap();
        assert_eq!(members(&item), sample, "{name}: if this is meant, retake the samples");
    }
}

/// `cargo nextest run --run-ignored only -E 'test(retake_the_samples)'`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes the samples"]
async fn retake_the_samples() {
    std::fs::create_dir_all(folder()).unwrap();
    for (name, item) in made().await {
        let text = serde_json::to_string_pretty(&members(&item)).unwrap() + "\n";
        std::fs::write(folder().join(format!("{name}.json")), text).unwrap();
    }
}

/// What lives for seconds or minutes, as the code of the coming release wrote it.
#[tokio::test(flavor = "multi_thread")] // P37
async fn tickets_and_tokens_of_the_coming_release_load() {
    let mut samples = Sample::all("G#");
    samples.extend(Sample::all("T#"));
    let (aws, _) = crate::holding(&samples).await;
    let store = DynamoVerifications::new(aws.config(), "support", 400);
    let tickets = DynamoMintTickets::new(aws.config(), "support");
    let mut walk = Walk::start(160);
    walk.mint();
    let ticket = ticket(&walk);
    let loaded = tickets.load(&ticket.id).await.unwrap().expect("it is there");
    assert_eq!(loaded.claims, ticket.claims);
    assert_eq!(tickets.mark(&ticket.id).await, Ok(true));
    assert!(tickets.load(&ticket.id).await.unwrap().unwrap().answered);
    let sealed = store.load_sealed(&walk.verification.id, Environment::Web).await.unwrap();
    let (_, handoffs) = walk.sealed();
    let handoff = handoffs.iter().find(|h| h.environment == Environment::Web).unwrap();
    let secret = LinkToken::parse(handoff.secret.expose()).unwrap().secret;
    let opened = sealed.expect("it is there").open(&secret).expect("with its secret");
    assert_eq!(opened.access.expose(), "access-token-canary-web");
}
