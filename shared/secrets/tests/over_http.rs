//! Secrets Manager as a server on this machine: the key, and with it the whole way to AWS of
//! `support-aws` over a real socket.

#![expect(clippy::disallowed_methods, reason = "the tests measure")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use support_aws::{Aws, Service, Timeouts};
use support_core::secret::{HashKey, Purpose};
use support_secrets::hash_key;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const KEY: &str = "0123456789abcdef0123456789abcdef";

#[derive(Clone, Copy)]
enum Behaviour {
    Answers(u16, &'static str),
    Hangs,
}

struct Server {
    url: String,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

/// Serves every request on every connection alike, with keep-alive.
async fn server(behaviour: Behaviour) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let server = Server { url, connections: connections.clone(), requests: requests.clone() };
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            connections.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(serve(stream, behaviour, requests.clone()));
        }
    });
    server
}

async fn serve(mut stream: TcpStream, behaviour: Behaviour, requests: Arc<AtomicUsize>) {
    while read_request(&mut stream).await.is_some() {
        requests.fetch_add(1, Ordering::Relaxed);
        match behaviour {
            Behaviour::Answers(status, body) => {
                let answer = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.1\r\n\
                     content-length: {}\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            Behaviour::Hangs => std::future::pending().await,
        }
    }
}

/// `None` at the end of the connection.
async fn read_request(stream: &mut TcpStream) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head
        .split("content-length: ")
        .nth(1)
        .map_or(0, |rest| rest.split("\r\n").next().unwrap().parse().unwrap());
    stream.read_exact(&mut vec![0; length]).await.ok()?;
    Some(())
}

fn aws(url: &str, timeouts: Timeouts) -> Aws {
    let lookup = |name| match name {
        "AWS_REGION" => Some("us-east-1".to_owned()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
        "AWS_ENDPOINT_URL" => Some(url.to_owned()),
        _ => None,
    };
    Aws::from_variables(lookup, timeouts).unwrap()
}

const FOUND: Behaviour =
    Behaviour::Answers(200, r#"{"Name":"key","SecretString":"0123456789abcdef0123456789abcdef"}"#);

#[tokio::test]
async fn the_key_is_the_secret_string() {
    let server = server(FOUND).await;
    let aws = aws(&server.url, Timeouts::ORDINARY);
    let key = hash_key(aws.config(), "key").await.unwrap();
    let expected = HashKey::new(KEY.as_bytes()).unwrap();
    let digest = expected.digest(Purpose::Handoff, &[], "x");
    assert!(key.matches(&digest, Purpose::Handoff, &[], "x"));
}

#[tokio::test]
async fn a_key_that_is_too_short_or_not_a_string_is_refused() {
    for body in [r#"{"SecretString":"short"}"#, r#"{"SecretBinary":"AAAA"}"#, "{}"] {
        let server = server(Behaviour::Answers(200, body)).await;
        let aws = aws(&server.url, Timeouts::ORDINARY);
        assert!(hash_key(aws.config(), "key").await.is_err(), "{body}");
    }
}

#[tokio::test]
async fn a_failure_names_the_code_and_not_the_message() {
    let body = r#"{"__type":"ResourceNotFoundException","message":"arn:secret and more"}"#;
    let server = server(Behaviour::Answers(400, body)).await;
    let aws = aws(&server.url, Timeouts::ORDINARY);
    let failure = hash_key(aws.config(), "key").await.unwrap_err();
    assert_eq!(failure.detail, "ResourceNotFoundException");
    assert!(!failure.maybe_done);
}

#[tokio::test]
async fn a_server_error_is_tried_twice_and_may_have_happened() {
    let server = server(Behaviour::Answers(503, "{}")).await;
    let aws = aws(&server.url, Timeouts::ORDINARY);
    let failure = hash_key(aws.config(), "key").await.unwrap_err();
    assert!(failure.maybe_done);
    assert_eq!(server.requests.load(Ordering::Relaxed), 2);
}

#[tokio::test] // P25
async fn a_service_that_hangs_fails_in_time() {
    let server = server(Behaviour::Hangs).await;
    let timeouts =
        Timeouts { attempt: Duration::from_millis(100), operation: Duration::from_millis(300) };
    let aws = aws(&server.url, timeouts);
    let start = Instant::now();
    let failure = hash_key(aws.config(), "key").await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert!(failure.maybe_done);
    aws.prime(&[(Service::Cognito, 1)]).await;
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[tokio::test] // P25
async fn a_service_that_is_not_there_fails_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let aws = aws(&url, Timeouts::ORDINARY);
    aws.prime(&[(Service::Ses, 1)]).await;
    let failure = hash_key(aws.config(), "key").await.unwrap_err();
    assert_eq!(failure.detail, "not reached");
}

#[tokio::test]
async fn the_first_call_uses_the_connection_that_priming_opened() {
    let server = server(FOUND).await;
    let aws = aws(&server.url, Timeouts::ORDINARY);
    aws.prime(&[(Service::DynamoDb, 1)]).await;
    hash_key(aws.config(), "key").await.unwrap();
    hash_key(aws.config(), "key").await.unwrap();
    assert_eq!(server.requests.load(Ordering::Relaxed), 3);
    assert_eq!(server.connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn as_many_connections_are_primed_as_a_request_uses_at_once() {
    let server = server(FOUND).await;
    let aws = aws(&server.url, Timeouts::ORDINARY);
    aws.prime(&[(Service::DynamoDb, 2), (Service::Cognito, 1)]).await;
    assert_eq!(server.connections.load(Ordering::Relaxed), 3);
    let calls = || hash_key(aws.config(), "key");
    let (first, second, third) = tokio::join!(calls(), calls(), calls());
    assert!(first.is_ok() && second.is_ok() && third.is_ok());
    assert_eq!(server.connections.load(Ordering::Relaxed), 3, "no other was opened");
}

#[test]
fn a_missing_variable_is_named() {
    for missing in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        let lookup = |name| (name != missing).then(|| "x".to_owned());
        let error = Aws::from_variables(lookup, Timeouts::ORDINARY).unwrap_err();
        assert_eq!(error.to_string(), format!("{missing} is not set"));
    }
}
