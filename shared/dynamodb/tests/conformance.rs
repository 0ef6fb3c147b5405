//! The adapters against a real engine, embedded: dynoxide, DynamoDB over SQLite.

mod engine;

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use engine::{engine, table};
use support_aws::{Aws, Timeouts};
use support_core::entitlement::Environment;
use support_core::identity::{EmailAddress, VerificationId};
use support_core::limits::{LockoutQuota, Quota, QuotaUse};
use support_core::mint::{MintTicket, MintTicketId};
use support_core::ports::{
    Activities, Change, Counted, Directory, Due, DueItems, DuePage, DuePlace, JointQuotas,
    MintTickets, Page, Position, Quotas, Saved, Scope, SealedPairs, Spent, SupportGrants,
    VerificationIndex, Verifications, Window,
};
use support_core::refusal::Failure;
use support_core::session::SealedTokens;
use support_core::support_grant::{GrantKey, SupportGrant};
use support_core::time::Timestamp;
use support_core::verification::Verification;
use support_dynamodb::{
    DynamoDirectory, DynamoIndex, DynamoMintTickets, DynamoQuotas, DynamoVerifications,
};
use support_testing::conformance;
use support_testing::samples::{NOON, Walk, granted, versions};
use tokio::net::TcpListener;

/// The adapters of the Support table as one store.
struct Dynamo {
    verifications: DynamoVerifications,
    quotas: DynamoQuotas,
    index: DynamoIndex,
    tickets: DynamoMintTickets,
}

impl Dynamo {
    fn new(aws: &Aws) -> Self {
        Self {
            verifications: DynamoVerifications::new(aws.config(), "support", 400),
            quotas: DynamoQuotas::new(aws.config(), "support"),
            index: DynamoIndex::new(aws.config(), "support"),
            tickets: DynamoMintTickets::new(aws.config(), "support"),
        }
    }
}

impl Verifications for Dynamo {
    async fn load(&self, id: &VerificationId) -> Result<Option<Verification>, Failure> {
        self.verifications.load(id).await
    }

    async fn save(&self, change: &Change) -> Result<Saved, Failure> {
        self.verifications.save(change).await
    }
}

impl SealedPairs for Dynamo {
    async fn load_sealed(
        &self,
        verification: &VerificationId,
        environment: Environment,
    ) -> Result<Option<SealedTokens>, Failure> {
        self.verifications.load_sealed(verification, environment).await
    }
}

impl SupportGrants for Dynamo {
    async fn load_grant(&self, key: &GrantKey) -> Result<Option<SupportGrant>, Failure> {
        self.verifications.load_grant(key).await
    }

    async fn save_grant(
        &self,
        next: &SupportGrant,
        quota_uses: &[QuotaUse],
    ) -> Result<Saved, Failure> {
        self.verifications.save_grant(next, quota_uses).await
    }
}

impl VerificationIndex for Dynamo {
    async fn page(
        &self,
        scope: &Scope,
        window: &Window,
        before: Option<&Position>,
        limit: usize,
    ) -> Result<Page, Failure> {
        self.index.page(scope, window, before, limit).await
    }
}

impl DueItems for Dynamo {
    fn parts(&self) -> usize {
        self.index.parts()
    }

    async fn due(
        &self,
        part: usize,
        now: Timestamp,
        after: Option<&DuePlace>,
        limit: usize,
    ) -> Result<DuePage, Failure> {
        self.index.due(part, now, after, limit).await
    }

    async fn postpone(
        &self,
        item: &Due,
        listed_at: Timestamp,
        until: Timestamp,
    ) -> Result<(), Failure> {
        self.index.postpone(item, listed_at, until).await
    }
}

impl Quotas for Dynamo {
    async fn spend(&self, quota_use: &QuotaUse) -> Result<Saved, Failure> {
        self.quotas.spend(quota_use).await
    }

    async fn count(&self, lockout: &LockoutQuota, now: Timestamp) -> Result<Counted, Failure> {
        self.quotas.count(lockout, now).await
    }

    async fn give_back(&self, lockout: &LockoutQuota) -> Result<(), Failure> {
        self.quotas.give_back(lockout).await
    }
}

impl JointQuotas for Dynamo {
    async fn spend_together(
        &self,
        quotas: &[Quota],
        cool_down: &LockoutQuota,
        now: Timestamp,
    ) -> Result<Spent, Failure> {
        self.quotas.spend_together(quotas, cool_down, now).await
    }
}

impl MintTickets for Dynamo {
    async fn load(&self, id: &MintTicketId) -> Result<Option<MintTicket>, Failure> {
        self.tickets.load(id).await
    }

    async fn mark(&self, id: &MintTicketId) -> Result<bool, Failure> {
        self.tickets.mark(id).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dynamodb_conforms() {
    let aws = engine().await;
    table(&aws).await;
    conformance::suite(Arc::new(Dynamo::new(&aws))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_item_says_when_it_may_go() {
    let aws = engine().await;
    let client = table(&aws).await;
    conformance::suite(Arc::new(Dynamo::new(&aws))).await;
    let scan = client.scan().table_name("support").send().await.expect("read");
    for item in scan.items() {
        let pk = item["pk"].as_s().unwrap();
        let ttl: i64 = item["ttl"].as_n().unwrap().parse().unwrap();
        let days = (ttl - NOON.seconds()) / (24 * 60 * 60);
        assert_eq!(
            days,
            if pk.starts_with("V#") || pk.starts_with("S#") { 400 } else { 0 },
            "{pk}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")] // P7
async fn nothing_of_a_session_can_be_read_from_its_item() {
    let aws = engine().await;
    let client = table(&aws).await;
    let store = Dynamo::new(&aws);
    let mut walk = Walk::start(1);
    let handoffs = walk.session();
    let whole = walk.verification.clone();
    for state in versions(&whole) {
        assert_eq!(store.save(&Change::to(state)).await, Ok(Saved::Done));
    }
    let dump =
        format!("{:?}", client.scan().table_name("support").send().await.expect("read").items());
    assert!(dump.contains(whole.id.as_str()), "the dump holds the item");
    let page = walk.page.secret.expose();
    let secrets = handoffs.iter().map(|h| h.secret.expose().split_once('.').unwrap().1);
    for canary in secrets.chain([page, "access-token-canary", "id-token-canary", "424242"]) {
        assert!(!dump.contains(canary));
    }
}

#[tokio::test(flavor = "multi_thread")] // P7
async fn no_credential_can_be_read_from_a_support_grants_item() {
    let aws = engine().await;
    let client = table(&aws).await;
    let store = Dynamo::new(&aws);
    let (grant, credentials) = granted("carla", None);
    assert_eq!(store.save_grant(&grant, &[]).await, Ok(Saved::Done));
    let (walk, next) = Walk::redeem(1, grant);
    let change = Change { support_grant: Some(next), ..Change::to(walk.verification) };
    assert_eq!(store.save(&change).await, Ok(Saved::Done));
    let scan = client.scan().table_name("support").send().await.expect("read");
    let dump = format!("{:?}", scan.items());
    assert!(dump.contains("S#") && dump.contains("sub-carla"), "the dump holds the items");
    let code = credentials.security_code().expose().to_owned();
    for canary in [credentials.user_name(), credentials.password().expose().to_owned(), code] {
        assert!(!dump.contains(&canary) && !dump.contains(&canary.replace('-', "")));
    }
    // No listing contains a support grant.
    let grants = scan.items().iter().filter(|item| item["pk"].as_s().unwrap().starts_with("S#"));
    for item in grants {
        for attribute in ["kind", "agent_id", "customer_email"] {
            assert!(!item.contains_key(attribute), "{attribute}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_finds_by_lower_cased_address() {
    let aws = engine().await;
    let client = table(&aws).await;
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let ecosystem = HashMap::from([
        ("id".to_owned(), text("eco-1")),
        ("name".to_owned(), text("Uno")),
        ("role".to_owned(), text("successor")),
        ("plan".to_owned(), text("plus")),
        ("modules".to_owned(), AttributeValue::L(vec![])),
    ]);
    let process = ["id", "title", "status", "detail"].map(|name| (name.to_owned(), text(name)));
    let mut process = HashMap::from(process);
    process.insert("at".to_owned(), text("2026-01-14T16:05:00Z"));
    client
        .put_item()
        .table_name("core")
        .item("pk", text("USER#carla@example.com"))
        .item("user_id", text("sub-carla"))
        .item("email", text("carla@example.com"))
        .item("name", text("Carla"))
        .item("locale", text("es"))
        .item("status", text("suspended"))
        .item("ecosystems", AttributeValue::L(vec![AttributeValue::M(ecosystem)]))
        .item("processes", AttributeValue::L(vec![AttributeValue::M(process)]))
        .send()
        .await
        .expect("written");
    let directory = DynamoDirectory::new(aws.config(), "core");
    let found =
        directory.find(&EmailAddress::parse("CARLA@example.com").unwrap()).await.unwrap().unwrap();
    assert_eq!(found.user_id, "sub-carla");
    assert_eq!(found.ecosystems[0].id, "eco-1");
    let (customer, processes) = directory.activity(&found.email).await.unwrap().unwrap();
    assert_eq!(customer, found);
    let at = Timestamp::from_seconds(1_768_406_700);
    assert_eq!(processes.len(), 1);
    assert_eq!((processes[0].id.as_str(), processes[0].at), ("id", at));
    let nobody = directory.activity(&EmailAddress::parse("nobody@example.com").unwrap()).await;
    assert_eq!(nobody, Ok(None));
    let unknown = directory.find(&EmailAddress::parse("nobody@example.com").unwrap()).await;
    assert_eq!(unknown, Ok(None));
}

#[tokio::test(flavor = "multi_thread")] // P25
async fn a_store_that_is_not_there_fails_and_says_that_a_write_may_have_happened() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    // It takes connections and never answers.
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok(connection) = listener.accept().await {
            held.push(connection);
        }
    });
    let variables = HashMap::from([
        ("AWS_REGION", "eu-west-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_ENDPOINT_URL", format!("http://{address}")),
    ]);
    let aws = Aws::from_variables(|name| variables.get(name).cloned(), Timeouts::ORDINARY).unwrap();
    let store = DynamoVerifications::new(aws.config(), "support", 400);
    #[expect(clippy::disallowed_methods, reason = "how long it really takes")]
    let started = std::time::Instant::now();
    let saved = store.save(&Change::to(Walk::start(1).verification)).await;
    assert!(saved.is_err_and(|failure| failure.maybe_done));
    assert!(started.elapsed() < Timeouts::ORDINARY.operation + std::time::Duration::from_secs(1));
}
