//! What the embedded engine never answers: writes that met another transaction, and writes whose
//! answer was lost on the way, so that the SDK sent them again.

use std::time::Duration;

use serde_json::{Value, json};
use support_aws::{Aws, Timeouts};
use support_core::limits::{Limits, LockoutQuota, Quota};
use support_core::ports::{Change, Quotas, Saved, SupportGrants, Verifications};
use support_core::support_grant::SupportGrant;
use support_dynamodb::{DynamoQuotas, DynamoVerifications};
use support_testing::samples::{NOON, Walk, granted};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone, Copy)]
enum Behaviour {
    /// Refuses with this error.
    Refuses(&'static str),
    /// Cancels the transaction, with a reason for each item.
    Cancels(&'static [&'static str]),
    /// Takes the request and closes the connection.
    Cuts,
    /// Finds, in the place of what it is asked to write, just that; written by somebody else, if
    /// a name is given.
    FindsItWritten(Option<&'static str>),
}

/// Behaves so towards one request after the other, each on a connection of its own.
async fn aws(behaviours: &'static [Behaviour]) -> Aws {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for behaviour in behaviours {
            let (mut stream, _) = listener.accept().await.unwrap();
            let request = read_request(&mut stream).await;
            if let Some(body) = behaviour.answer(&request) {
                let answer = format!(
                    "HTTP/1.1 400 X\r\ncontent-type: application/x-amz-json-1.0\r\n\
                     connection: close\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    });
    let lookup = |name| match name {
        "AWS_REGION" => Some("us-east-1".to_owned()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
        "AWS_ENDPOINT_URL" => Some(url.clone()),
        _ => None,
    };
    let patient = Duration::from_secs(5);
    Aws::from_variables(lookup, Timeouts { attempt: patient, operation: patient }).unwrap()
}

async fn table(behaviours: &'static [Behaviour]) -> DynamoVerifications {
    DynamoVerifications::new(aws(behaviours).await.config(), "Support", 400)
}

async fn quotas(behaviours: &'static [Behaviour]) -> DynamoQuotas {
    DynamoQuotas::new(aws(behaviours).await.config(), "Support")
}

impl Behaviour {
    fn answer(self, request: &Value) -> Option<String> {
        let failed = |item: Value| json!({"Code": "ConditionalCheckFailed", "Item": item});
        let body = match self {
            Self::Cuts => return None,
            Self::Refuses(error) => json!({"__type": error}),
            Self::Cancels(codes) => {
                let reasons: Vec<_> = codes.iter().map(|code| json!({"Code": code})).collect();
                json!({"__type": "TransactionCanceledException", "CancellationReasons": reasons})
            }
            Self::FindsItWritten(by) => {
                let transaction = request["TransactItems"].as_array();
                let put = transaction.map_or(request, |items| &items[0]["Put"]);
                let mut item = put["Item"].clone();
                if let Some(name) = by {
                    item["writer"] = json!({"S": name});
                }
                match transaction {
                    None => json!({"__type": "ConditionalCheckFailedException", "Item": item}),
                    Some(items) => {
                        let mut reasons = vec![json!({"Code": "None"}); items.len()];
                        reasons[0] = failed(item);
                        json!({"__type": "TransactionCanceledException", "CancellationReasons": reasons})
                    }
                }
            }
        };
        Some(body.to_string())
    }
}

async fn read_request(stream: &mut TcpStream) -> Value {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// A write of a verification alone.
fn alone() -> Change {
    Change::to(Walk::start(1).challenge().verification.clone())
}

fn quota() -> Quota {
    Quota::lookups("ana", &Limits::default(), NOON)
}

/// A write that is a transaction.
fn counting() -> Change {
    alone().counting([quota().spend()])
}

#[tokio::test]
async fn a_conflict_with_a_transaction_is_a_lost_race_and_no_failure() {
    let store = table(&[Behaviour::Refuses("TransactionConflictException")]).await;
    assert_eq!(store.save(&alone()).await, Ok(Saved::LostRace));

    let store = quotas(&[Behaviour::Refuses("TransactionConflictException")]).await;
    assert_eq!(store.spend(&quota().spend()).await, Ok(Saved::LostRace));

    let store = table(&[Behaviour::Cancels(&["TransactionConflict", "None"])]).await;
    assert_eq!(store.save(&counting()).await, Ok(Saved::LostRace));

    let store = table(&[Behaviour::Cancels(&["None", "TransactionConflict"])]).await;
    assert_eq!(store.save(&counting()).await, Ok(Saved::LostRace));
}

#[tokio::test]
async fn a_cancelled_transaction_names_the_quota_that_is_used_up() {
    let store = table(&[Behaviour::Cancels(&["None", "ConditionalCheckFailed"])]).await;
    assert_eq!(store.save(&counting()).await, Ok(Saved::OverQuota(quota())));
}

#[tokio::test] // P25
async fn ones_own_write_found_again_after_a_lost_answer_is_done() {
    for change in [alone(), counting()] {
        let store = table(&[Behaviour::Cuts, Behaviour::FindsItWritten(None)]).await;
        assert_eq!(store.save(&change).await, Ok(Saved::Done));
    }
}

/// A support grant, and a write of it together with the verification under it.
fn granting() -> (SupportGrant, Change) {
    let (first, _) = granted("carla", None);
    let (walk, next) = Walk::redeem(1, first.clone());
    (first, Change { support_grant: Some(next), ..Change::to(walk.verification) })
}

#[tokio::test] // P25
async fn ones_own_write_of_a_support_grant_is_known_again() {
    let quota_uses = [quota().spend()];
    for quota_uses in [&[][..], &quota_uses] {
        let store = table(&[Behaviour::Cuts, Behaviour::FindsItWritten(None)]).await;
        assert_eq!(store.save_grant(&granting().0, quota_uses).await, Ok(Saved::Done));
        let store = table(&[Behaviour::Cuts, Behaviour::FindsItWritten(Some("another"))]).await;
        assert_eq!(store.save_grant(&granting().0, quota_uses).await, Ok(Saved::LostRace));
    }
    // With a verification, it is by the verification's item that it is known.
    for quota_uses in [vec![], vec![quota().spend()]] {
        let change = granting().1.counting(quota_uses);
        let store = table(&[Behaviour::Cuts, Behaviour::FindsItWritten(None)]).await;
        assert_eq!(store.save(&change).await, Ok(Saved::Done));
        let store = table(&[Behaviour::Cuts, Behaviour::FindsItWritten(Some("another"))]).await;
        assert_eq!(store.save(&change).await, Ok(Saved::LostRace));
    }
}

#[tokio::test]
async fn a_support_grant_that_has_moved_is_a_lost_race_and_no_used_up_quota() {
    const FAILED: &str = "ConditionalCheckFailed";
    // The verification, the quota, the grant.
    let change = granting().1.counting([quota().spend()]);
    let store = table(&[Behaviour::Cancels(&["None", "None", FAILED])]).await;
    assert_eq!(store.save(&change).await, Ok(Saved::LostRace));
    let store = table(&[Behaviour::Cancels(&["None", FAILED, "None"])]).await;
    assert_eq!(store.save(&change).await, Ok(Saved::OverQuota(quota())));
    let store = table(&[Behaviour::Cancels(&["None", FAILED, FAILED])]).await;
    assert_eq!(store.save(&change).await, Ok(Saved::OverQuota(quota())));
    let store = table(&[Behaviour::Cancels(&["None", "None", "TransactionConflict"])]).await;
    assert_eq!(store.save(&change).await, Ok(Saved::LostRace));
    // Without a quota the grant comes next after the verification.
    let store = table(&[Behaviour::Cancels(&["None", FAILED])]).await;
    assert_eq!(store.save(&granting().1).await, Ok(Saved::LostRace));
    // And alone, with one.
    let quota_uses = [quota().spend()];
    let store = table(&[Behaviour::Cancels(&["None", FAILED])]).await;
    let saved = store.save_grant(&granting().0, &quota_uses).await;
    assert_eq!(saved, Ok(Saved::OverQuota(quota())));
    let store = table(&[Behaviour::Cancels(&["TransactionConflict", "None"])]).await;
    assert_eq!(store.save_grant(&granting().0, &quota_uses).await, Ok(Saved::LostRace));
    let store = table(&[Behaviour::Refuses("TransactionConflictException")]).await;
    assert_eq!(store.save_grant(&granting().0, &[]).await, Ok(Saved::LostRace));
}

#[tokio::test]
async fn somebody_elses_write_of_the_same_version_is_a_lost_race() {
    for change in [alone(), counting()] {
        let store = table(&[Behaviour::Cuts, Behaviour::FindsItWritten(Some("another"))]).await;
        assert_eq!(store.save(&change).await, Ok(Saved::LostRace));
    }
}

/// A repeat would give back an entry that was judged.
#[tokio::test] // P2
async fn what_is_given_back_is_given_back_once() {
    const REPEATED: Behaviour = Behaviour::Refuses("ConditionalCheckFailedException");
    let store = quotas(&[Behaviour::Cuts, REPEATED]).await;
    let lockout = LockoutQuota { key: "grant-entries#x".to_owned(), limit: 5, seconds: 900 };
    assert!(store.give_back(&lockout).await.unwrap_err().maybe_done);
}

/// The first try got no answer in time, and is still at work when the second comes.
#[tokio::test] // P25
async fn a_write_that_is_still_under_way_may_yet_be_done() {
    const BUSY: Behaviour = Behaviour::Refuses("TransactionInProgressException");
    let store = table(&[Behaviour::Cuts, BUSY]).await;
    let failure = store.save(&counting()).await.unwrap_err();
    assert!(failure.maybe_done, "{failure:?}");
}
