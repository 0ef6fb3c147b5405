//! KMS as a server on this machine: what it is asked, and what becomes of a receipt if it refuses,
//! fails, hangs or answers with something else than a key.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support_aws::{Aws, Timeouts};
use support_core::ports::ReceiptKey;
use support_core::receipt::{Receipt, check, digest};
use support_core::refusal::Failure;
use support_kms::KmsReceiptKey;
use support_testing::samples::Walk;
use support_testing::signer::Signer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

const KEY: &str = "arn:aws:kms:us-east-1:000000000000:key/receipts";

#[derive(Clone)]
enum Behaviour {
    Answers(u16, Value),
    /// Takes the request and says nothing.
    Hangs,
}

/// Behaves so towards one request after the other, the last for good. Gives its address, and each
/// request's operation with its body.
async fn server(behaviours: Vec<Behaviour>) -> (String, mpsc::UnboundedReceiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (asked, received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut hanging = Vec::new();
        for n in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            asked.send(read_request(&mut stream).await).unwrap();
            match &behaviours[n.min(behaviours.len() - 1)] {
                Behaviour::Answers(status, body) => {
                    let body = body.to_string();
                    let answer = format!(
                        "HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.1\r\n\
                         connection: close\r\ncontent-length: {}\r\n\r\n{body}",
                        body.len()
                    );
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
                Behaviour::Hangs => hanging.push(stream),
            }
        }
    });
    (url, received)
}

async fn read_request(stream: &mut TcpStream) -> (String, Value) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let header = |name: &str| {
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(name)).unwrap();
        line[name.len()..].trim().to_owned()
    };
    let mut body = vec![0; header("content-length:").parse().unwrap()];
    stream.read_exact(&mut body).await.unwrap();
    let operation = header("x-amz-target:").strip_prefix("TrentService.").unwrap().to_owned();
    (operation, serde_json::from_slice(&body).unwrap())
}

fn key(url: &str) -> KmsReceiptKey {
    let lookup = |name| match name {
        "AWS_REGION" => Some("us-east-1".to_owned()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
        "AWS_ENDPOINT_URL" => Some(url.to_owned()),
        _ => None,
    };
    let timeouts =
        Timeouts { attempt: Duration::from_millis(200), operation: Duration::from_millis(600) };
    KmsReceiptKey::new(Aws::from_variables(lookup, timeouts).unwrap().config(), KEY)
}

fn signed(signature: &[u8]) -> Behaviour {
    Behaviour::Answers(200, json!({"KeyId": KEY, "Signature": STANDARD.encode(signature)}))
}

fn public(spki: &[u8]) -> Behaviour {
    Behaviour::Answers(200, json!({"KeyId": KEY, "PublicKey": STANDARD.encode(spki)}))
}

fn refused(code: &str) -> Behaviour {
    Behaviour::Answers(400, json!({"__type": code, "message": "arn:aws:iam::…: no such thing"}))
}

fn receipt() -> Receipt {
    let mut walk = Walk::start(1);
    walk.session();
    Receipt::of(&walk.verification.stop_by_customer(walk.now).unwrap()).unwrap()
}

/// KMS signs messages of up to 4,096 bytes. It gets the digest, and is told that it is one: otherwise
/// the signature would be over the digest of the digest.
#[tokio::test] // P12
async fn a_signature_of_kms_can_be_checked_offline() {
    let (signer, receipt) = (Signer::default(), receipt());
    let message = receipt.canonical();
    let behaviours = vec![signed(&signer.signature(&message)), public(&signer.spki())];
    let (url, mut asked) = server(behaviours).await;
    let key = key(&url);
    let signature = key.sign(&message).await.unwrap();
    let file = receipt.signed(&signature, &key.public().await.unwrap());
    assert_eq!(check(&file, &signer.public_key()), Ok(receipt));
    let (operation, request) = asked.recv().await.unwrap();
    assert_eq!(operation, "Sign");
    assert_eq!(
        request,
        json!({
            "KeyId": KEY,
            "Message": STANDARD.encode(digest(&message)),
            "MessageType": "DIGEST",
            "SigningAlgorithm": "ECDSA_SHA_256",
        })
    );
    assert_eq!(asked.recv().await.unwrap(), ("GetPublicKey".to_owned(), json!({"KeyId": KEY})));
}

#[tokio::test] // P25
async fn the_public_key_is_fetched_until_it_is_known() {
    let signer = Signer::default();
    let (url, mut asked) = server(vec![refused("NotFoundException"), public(&signer.spki())]).await;
    let key = key(&url);
    assert_eq!(key.public().await, Err(Failure::clean("kms", "NotFoundException")));
    for _ in 0..3 {
        assert_eq!(key.public().await, Ok(signer.public_key()));
    }
    asked.recv().await.unwrap();
    asked.recv().await.unwrap();
    assert!(asked.try_recv().is_err(), "asked twice");
}

#[tokio::test]
async fn a_key_of_another_kind_is_refused() {
    let mut another_curve = Signer::default().spki();
    another_curve[22] = 0x08;
    for answer in [public(&another_curve), public(b"RSA"), Behaviour::Answers(200, json!({}))] {
        let (url, _asked) = server(vec![answer]).await;
        let failure = key(&url).public().await.unwrap_err();
        assert!(!failure.maybe_done, "{failure:?}");
    }
    let (url, _asked) = server(vec![Behaviour::Answers(200, json!({}))]).await;
    assert_eq!(key(&url).sign(b"x").await, Err(Failure::clean("kms", "no signature")));
}

#[tokio::test] // P7, P12
async fn a_refusal_is_named_by_its_code_without_its_message() {
    for code in ["AccessDeniedException", "DisabledException", "KMSInvalidStateException"] {
        let (url, mut asked) = server(vec![refused(code)]).await;
        assert_eq!(key(&url).sign(b"x").await, Err(Failure::clean("kms", code)));
        asked.recv().await.unwrap();
        assert!(asked.try_recv().is_err(), "not tried again");
    }
}

#[tokio::test] // P25
async fn a_kms_that_fails_once_is_asked_again() {
    let signature = Signer::default().signature(b"x");
    let (url, _asked) = server(vec![Behaviour::Answers(500, json!({})), signed(&signature)]).await;
    assert_eq!(key(&url).sign(b"x").await, Ok(signature));
}

#[tokio::test] // P25
async fn a_kms_that_hangs_or_is_not_there_fails_in_time() {
    let (url, _asked) = server(vec![Behaviour::Hangs]).await;
    let key_there = key(&url);
    let signing = tokio::time::timeout(Duration::from_secs(2), key_there.sign(b"x"));
    assert_eq!(signing.await.expect("in time"), Err(Failure::unsure("kms", "timed out")));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(key(&url).sign(b"x").await, Err(Failure::unsure("kms", "not reached")));
}
