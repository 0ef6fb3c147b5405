//! Two versions of this code at the same table: what one writes, the other keeps, shows, or leaves alone.

mod engine;

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use engine::{engine, table};
use serde_json::json;
use support_aws::Aws;
use support_core::chain::{self, NewStep, Step, Word};
use support_core::entitlement::{Access, Environment, Visibility};
use support_core::identity::{LinkToken, Reason};
use support_core::mint::{MintTicket, MintTicketId, SessionClaims};
use support_core::notice::NoticeKind;
use support_core::ports::{
    Change, Due, DueItems, MintTickets, Saved, Scope, SealedPairs, SupportGrants, TicketChange,
    VerificationIndex, Verifications, Window,
};
use support_core::receipt::{self, Receipt};
use support_core::secret::Secret;
use support_core::step_detail::Detail;
use support_core::verification::{ClosedByAgent, Side, State, Verification};
use support_dynamodb::{DynamoIndex, DynamoMintTickets, DynamoVerifications};
use support_testing::samples::{CONFIRMED, NOON, Walk, granted, key, rng, versions};
use support_testing::signer::Signer;

type Item = HashMap<String, AttributeValue>;

struct Stored {
    aws: Aws,
    client: Client,
    store: DynamoVerifications,
}

impl Stored {
    async fn new() -> Self {
        let aws = engine().await;
        let client = table(&aws).await;
        let store = DynamoVerifications::new(aws.config(), "support", 400);
        Self { aws, client, store }
    }

    async fn item(&self, pk: &str) -> Item {
        let key = AttributeValue::S(pk.to_owned());
        let read = self.client.get_item().table_name("support").key("pk", key).send().await;
        read.unwrap().item.unwrap()
    }

    /// Writes an item as another version would, whatever that one adds or leaves out.
    async fn put(&self, item: Item) {
        let put = self.client.put_item().table_name("support").set_item(Some(item));
        put.send().await.unwrap();
    }

    async fn change(&self, pk: &str, change: impl FnOnce(&mut Item)) {
        let mut item = self.item(pk).await;
        change(&mut item);
        self.put(item).await;
    }

    async fn save(&self, next: Verification) -> Verification {
        let id = next.id.clone();
        assert_eq!(self.store.save(&Change::to(next)).await, Ok(Saved::Done));
        self.store.load(&id).await.unwrap().unwrap()
    }

    /// Stores a verification that was walked to where it is.
    async fn walked(&self, walk: &Walk) {
        for version in versions(&walk.verification) {
            self.save(version).await;
        }
    }
}

fn pk(verification: &Verification) -> String {
    format!("V#{}", verification.id)
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// What is at a path of names and places in lists.
fn at<'a>(item: &'a mut Item, path: &str) -> Option<&'a mut AttributeValue> {
    let mut names = path.split('.');
    let mut found = item.get_mut(names.next()?)?;
    for name in names {
        found = match found {
            AttributeValue::M(members) => members.get_mut(name)?,
            AttributeValue::L(elements) => elements.get_mut(name.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(found)
}

/// Adds an attribute in each of these maps. What JSON has no form for is among them.
fn add_unknown(item: &mut Item, maps: &[&str]) {
    for path in maps {
        let members = match *path {
            "" => &mut *item,
            path => match at(item, path) {
                Some(AttributeValue::M(members)) => members,
                other => panic!("{path}: {other:?}"),
            },
        };
        let set = AttributeValue::Ns(vec!["1".to_owned(), "2".to_owned()]);
        let inner = HashMap::from([("deep".to_owned(), set), ("why".to_owned(), text(path))]);
        members.insert("tomorrow".to_owned(), AttributeValue::M(inner));
    }
}

fn has_unknown(item: &mut Item, map: &str) -> bool {
    let path = if map.is_empty() { "tomorrow".to_owned() } else { format!("{map}.tomorrow") };
    matches!(at(item, &path), Some(AttributeValue::M(members)) if members.len() == 2)
}

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

/// What makes a verification unreadable for this version, by the attribute that another one wrote.
const UNREADABLE: [(&str, &str); 6] = [
    ("schema", "2"),
    ("state.status", "awaiting_approval"),
    ("module", "partner-support"),
    ("state.consent.access", "approve"),
    ("state.standing.sign_in", "passkey-lost"),
    ("notice.about", "suspended"),
];

fn make_unreadable(item: &mut Item, (path, value): (&str, &str)) {
    if path == "schema" {
        item.insert("schema".to_owned(), AttributeValue::N(value.to_owned()));
    } else {
        *at(item, path).unwrap_or_else(|| panic!("{path}")) = text(value);
    }
}

#[tokio::test(flavor = "multi_thread")] // P37
async fn a_verification_that_cannot_be_read_is_left_alone_and_hides_no_other() {
    for unreadable in UNREADABLE {
        let stored = Stored::new().await;
        let mut known = Vec::new();
        for seed in 1..=5 {
            let mut walk = Walk::start(seed * 10);
            walk.session();
            walk.verification.created_at = NOON.plus(u32::try_from(seed).unwrap());
            stored.walked(&walk).await;
            known.push(walk.verification);
        }
        let newest_first: Vec<_> = known.iter().rev().map(|v| v.id.clone()).collect();
        // The newest, the one in the middle, and the oldest.
        for number in [0, 2, 4] {
            stored.change(&pk(&known[number]), |item| make_unreadable(item, unreadable)).await;
        }
        let hidden = &known[2];
        let before = stored.item(&pk(hidden)).await;
        let failure = stored.store.load(&hidden.id).await.unwrap_err();
        assert!(failure.unreadable.is_some() && !failure.maybe_done, "{unreadable:?}: {failure}");

        // Each list goes on behind it, one at a time and all at once.
        let index = DynamoIndex::new(stored.aws.config(), "support");
        let customer = known[0].customer.email.clone();
        for scope in [Scope::Everyone, Scope::Agent("ana".to_owned()), Scope::Customer(customer)] {
            for limit in [1, 2, 5] {
                let (mut found, mut before) = (Vec::new(), None);
                loop {
                    let page = index
                        .page(&scope, &Window::default(), before.as_ref(), limit)
                        .await
                        .unwrap();
                    before = page.items.last().map(|listed| listed.place.clone()).or(before);
                    found.extend(page.items);
                    if page.ended {
                        break;
                    }
                }
                let places: Vec<_> = found.iter().map(|listed| listed.place.id.clone()).collect();
                assert_eq!(places, newest_first, "{unreadable:?} {scope:?} {limit}");
                let read: Vec<_> = found.iter().map(|l| l.verification.is_some()).collect();
                assert_eq!(read, [false, true, false, true, false], "{unreadable:?}");
            }
        }
        // Who has read it before it changed loses the race, whatever they want.
        let reason = Reason::parse("too late").unwrap();
        let Ok(ClosedByAgent::Now(late)) = hidden.clone().cancel(reason, NOON.plus(9)) else {
            panic!("it can be cancelled")
        };
        stored
            .change(&pk(hidden), |item| {
                let next = AttributeValue::N((hidden.version + 1).to_string());
                item.insert("version".to_owned(), next);
            })
            .await;
        assert_eq!(stored.store.save(&Change::to(late)).await, Ok(Saved::LostRace));
        let mut after = stored.item(&pk(hidden)).await;
        after.insert("version".to_owned(), before["version"].clone());
        assert_eq!(after, before, "nothing of it changed");
        // It stays in the listing of what is due, for the version that can read it.
        let due = async |part| index.due(part, NOON.plus(10_000), None, 10).await.unwrap().items;
        let mut listed = Vec::new();
        for part in 0..index.parts() {
            listed.extend(due(part).await);
        }
        assert!(listed.iter().any(|(_, item)| *item == Due::Verification(hidden.id.clone())));
    }
}

#[tokio::test(flavor = "multi_thread")] // P37
async fn tickets_tokens_and_grants_of_a_newer_schema_open_nothing() {
    let stored = Stored::new().await;
    let mut walk = Walk::start(1);
    walk.mint();
    let environment = Environment::Web;
    let id = MintTicketId::new(&walk.verification.id, 1, environment);
    let ticket = MintTicket {
        username: "sub-carla".to_owned(),
        client_id: "support".to_owned(),
        claims: SessionClaims {
            agent_id: "ana".to_owned(),
            session: walk.verification.id.clone(),
            ecosystem: "eco-1".to_owned(),
            environment,
            access: Access::View,
            visibility: Visibility::default(),
        },
        secret: MintTicket::digest(&id, &Secret::generate(&mut rng(5)), &walk.key),
        expires_at: NOON.plus(30),
        answered: false,
        id,
    };
    stored.walked(&walk).await;
    let (sealed, _) = walk.sealed();
    let page = &walk.page.secret;
    let started =
        walk.verification.clone().start_session(CONFIRMED, sealed, page, &walk.key, NOON).unwrap();
    let change = Change { tickets: TicketChange::Put(vec![ticket.clone()]), ..Change::to(started) };
    assert_eq!(stored.store.save(&change).await, Ok(Saved::Done));
    let (grant, _) = granted("carla", None);
    assert_eq!(stored.store.save_grant(&grant, &[]).await, Ok(Saved::Done));
    let keys = [
        format!("G#{}", ticket.id.as_str()),
        format!("T#{}#web", walk.verification.id),
        format!("S#{}", grant.key.as_str()),
    ];
    let tickets = DynamoMintTickets::new(stored.aws.config(), "support");
    for schema in [None, Some("0"), Some("1"), Some("2"), Some("no number")] {
        for pk in &keys {
            stored
                .change(pk, |item| {
                    item.remove("schema");
                    if let Some(schema) = schema {
                        let number = AttributeValue::N(schema.to_owned());
                        let is_number = schema.parse::<u32>().is_ok();
                        let value = if is_number { number } else { text(schema) };
                        item.insert("schema".to_owned(), value);
                    }
                })
                .await;
        }
        let read = [
            tickets.load(&ticket.id).await.map(|found| found.is_some()),
            stored.store.load_sealed(&walk.verification.id, environment).await.map(|f| f.is_some()),
            stored.store.load_grant(&grant.key).await.map(|found| found.is_some()),
        ];
        for read in read {
            match schema {
                None | Some("0" | "1") => assert_eq!(read, Ok(true)),
                Some(_) => assert!(read.unwrap_err().unreadable.is_some(), "{schema:?}"),
            }
        }
    }
}
