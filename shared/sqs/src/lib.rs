//! What is left to do, on an SQS queue. Whoever does it is handed it by Lambda, and links none of
//! this.

use aws_sdk_sqs::Client;
use aws_types::SdkConfig;
use support_aws::failure;
use support_core::ports::Jobs;
use support_core::recovery::Job;
use support_core::refusal::Failure;

const SERVICE: &str = "sqs";

/// One queue. A job whose answer was lost is put there again, and may then be done twice.
#[derive(Clone, Debug)]
pub struct SqsJobs {
    client: Client,
    url: String,
}

impl SqsJobs {
    pub fn new(config: &SdkConfig, url: impl Into<String>) -> Self {
        Self { client: Client::new(config), url: url.into() }
    }
}

impl Jobs for SqsJobs {
    async fn put(&self, job: &Job) -> Result<(), Failure> {
        let body = serde_json::to_string(job)
            .map_err(|_| Failure::clean(SERVICE, "the job does not serialize"))?;
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .send()
            .await
            .map(drop)
            .map_err(|error| failure(SERVICE, &error))
    }
}
