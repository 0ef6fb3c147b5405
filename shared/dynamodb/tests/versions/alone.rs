//! What this version cannot read, and leaves alone.

use crate::{Item, Stored, at, pk, text};
use aws_sdk_dynamodb::types::AttributeValue;
use support_core::entitlement::{Access, Environment, Visibility};
use support_core::identity::Reason;
use support_core::mint::{MintTicket, MintTicketId, SessionClaims};
use support_core::ports::{
    Change, Due, DueItems, MintTickets, Saved, Scope, SealedPairs, SupportGrants, TicketChange,
    VerificationIndex, Verifications, Window,
};
use support_core::secret::Secret;
use support_core::verification::ClosedByAgent;
use support_dynamodb::{DynamoIndex, DynamoMintTickets};
use support_testing::samples::{CONFIRMED, NOON, Walk, granted, rng};

/// What makes a verification unreadable for this version, by the attribute that another one wrote.
const UNREADABLE: [(&str, &str); 6] = [
    ("schema", "2"),
    ("state.status", "awaiting_approval"),
    ("module", "partner-support"),
    ("state.consent.access", "approve"),
    ("customer.status", "frozen"),
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
