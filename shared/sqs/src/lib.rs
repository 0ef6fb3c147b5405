//! Puts what is left to do on an SQS queue. Lambda delivers it to the worker, which links none of
//! this.

use aws_sdk_sqs::Client;
use aws_types::SdkConfig;
use support_aws::{Aws, failure};
use support_core::ports::Jobs;
use support_core::recovery::Job;
use support_core::refusal::Failure;
use support_settings::SettingError;
use support_settings::variable::RECOVERY_QUEUE_URL;

const SERVICE: &str = "sqs";

/// One queue. A job whose answer was lost is put there again, and can then be done twice.
#[derive(Clone, Debug)]
pub struct SqsJobs {
    client: Client,
    url: String,
}

impl SqsJobs {
    /// Takes the queue of `RECOVERY_QUEUE_URL`.
    ///
    /// # Errors
    /// The variable is missing, blank or not UTF-8.
    pub fn from_env(aws: &Aws) -> Result<Self, SettingError> {
        Ok(Self::new(aws.config(), RECOVERY_QUEUE_URL.required()?))
    }

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
