//! Puts what is left to do on an SQS queue. Lambda delivers it to the worker, which links none of
//! this. Requests for a code, which anyone can make, have a queue of their own: they are in nobody's way.

use aws_sdk_sqs::Client;
use aws_types::SdkConfig;
use support_aws::{Aws, failure};
use support_core::ports::Jobs;
use support_core::recovery::Job;
use support_core::refusal::Failure;
use support_settings::SettingError;
use support_settings::variable::{PASSWORD_CHANGED_QUEUE_URL, RECOVERY_QUEUE_URL};

const SERVICE: &str = "sqs";

/// The queues. A job whose answer was lost is put there again, and can then be done twice.
#[derive(Clone, Debug)]
pub struct SqsJobs {
    client: Client,
    codes: String,
    changes: String,
}

impl SqsJobs {
    /// Takes the queues of `RECOVERY_QUEUE_URL` and `PASSWORD_CHANGED_QUEUE_URL`.
    ///
    /// # Errors
    /// A variable is missing, blank or not UTF-8.
    pub fn from_env(aws: &Aws) -> Result<Self, SettingError> {
        let changes = PASSWORD_CHANGED_QUEUE_URL.required()?;
        Ok(Self::new(aws.config(), RECOVERY_QUEUE_URL.required()?, changes))
    }

    /// `codes` and `changes` are the URLs of the queues for codes to send and for changes of password to
    /// finish.
    pub fn new(config: &SdkConfig, codes: impl Into<String>, changes: impl Into<String>) -> Self {
        Self { client: Client::new(config), codes: codes.into(), changes: changes.into() }
    }
}

impl Jobs for SqsJobs {
    async fn put(&self, job: &Job) -> Result<(), Failure> {
        let url = match job {
            Job::SendCode { .. } => &self.codes,
            Job::TellChanged { .. } => &self.changes,
        };
        let body = serde_json::to_string(job)
            .map_err(|_| Failure::clean(SERVICE, "the job does not serialize"))?;
        self.client
            .send_message()
            .queue_url(url)
            .message_body(body)
            .send()
            .await
            .map(drop)
            .map_err(|error| failure(SERVICE, &error))
    }
}
