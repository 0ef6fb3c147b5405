//! The adapter against an SQS that answers as scripted: what is sent, and what it makes of answers.

use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use support_aws::{Aws, Timeouts};
use support_core::identity::EmailAddress;
use support_core::ports::Jobs;
use support_core::recovery::Job;
use support_core::refusal::Failure;
use support_core::time::Timestamp;
use support_sqs::SqsJobs;

const CODES: &str = "https://sqs.us-east-1.amazonaws.com/123456789012/codes";
const CHANGES: &str = "https://sqs.us-east-1.amazonaws.com/123456789012/changes";

/// Answers every call with this status and body, or, without, never.
#[derive(Clone, Debug)]
struct FakeSqs {
    answer: Option<(u16, &'static str)>,
    seen: Arc<Mutex<Vec<(String, serde_json::Value)>>>,
}

impl HttpConnector for FakeSqs {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap().to_owned();
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        self.seen.lock().unwrap().push((target, body));
        let Some((status, body)) = self.answer else {
            return HttpConnectorFuture::new(std::future::pending());
        };
        let status = u16::try_into(status).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
    }
}

fn code() -> Job {
    Job::SendCode { email: EmailAddress::parse("ana@agents.example.com").unwrap() }
}

async fn put(job: Job, answer: Option<(u16, &'static str)>) -> (Result<(), Failure>, FakeSqs) {
    let lookup = |name| match name {
        "AWS_REGION" => Some("us-east-1".to_owned()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
        _ => None,
    };
    let fake = FakeSqs { answer, seen: Arc::default() };
    let connector = SharedHttpConnector::new(fake.clone());
    let http = http_client_fn(move |_, _| connector.clone());
    let aws = Aws::from_variables(lookup, Timeouts::ORDINARY).unwrap();
    let config = aws.config().to_builder().http_client(http).build();
    (SqsJobs::new(&config, CODES, CHANGES).put(&job).await, fake)
}

#[tokio::test]
async fn a_job_goes_to_its_queue_as_json() {
    let Job::SendCode { email } = code() else { unreachable!() };
    let changed = Job::TellChanged { email, at: Timestamp::from_millis(1), sign_out: true };
    for (job, queue, text) in [
        (code(), CODES, r#"{"job":"send-code","email":"ana@agents.example.com"}"#),
        (
            changed,
            CHANGES,
            r#"{"job":"tell-changed","email":"ana@agents.example.com","at":1,"sign_out":true}"#,
        ),
    ] {
        let (done, fake) = put(job, Some((200, r#"{"MessageId": "1"}"#))).await;
        assert_eq!(done, Ok(()));
        let body = serde_json::json!({"QueueUrl": queue, "MessageBody": text});
        assert_eq!(*fake.seen.lock().unwrap(), [("AmazonSQS.SendMessage".to_owned(), body)]);
    }
}

#[tokio::test(start_paused = true)] // P25
async fn a_failure_of_the_queue_does_not_say_what_was_sent() {
    let refuses = r#"{"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "ana@agents"}"#;
    assert_eq!(
        put(code(), Some((400, refuses))).await.0,
        Err(Failure::clean("sqs", "QueueDoesNotExist"))
    );
    assert_eq!(put(code(), Some((503, ""))).await.0, Err(Failure::unsure("sqs", "status 503")));
    assert_eq!(put(code(), None).await.0, Err(Failure::unsure("sqs", "timed out")));
}
