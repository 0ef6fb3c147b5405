//! How the functions reach AWS: region and credentials as Lambda sets them, one HTTPS connector
//! for every client, and timeouts that make a hung dependency fail in time.
//!
//! `aws-config` is left out on purpose: in a function it would find only three variables, and it links
//! clients for STS and SSO.

mod connector;
mod failure;

use std::iter::repeat_n;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use futures_util::future::join_all;

pub use failure::failure;

/// How long a call may take. The second attempt starts within `operation`, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// One attempt, connecting included.
    pub attempt: Duration,
    /// The whole call with its retry.
    pub operation: Duration,
}

impl Timeouts {
    /// For the functions behind the API: after three calls in a row that hang until their end, they
    /// still answer within ten seconds.
    pub const ORDINARY: Self = Self::of(1_400, 3_000);

    /// For minting, where a call to Cognito waits for two or three triggers.
    pub const MINT: Self = Self::of(4_000, 4_000);

    /// For the triggers, which Cognito gives five seconds: two calls in a row fit.
    pub const TRIGGER: Self = Self::of(900, 1_900);

    /// For calls that are worth an attempt and no wait.
    pub const BEST_EFFORT: Self = Self::of(500, 1_000);

    const fn of(attempt_millis: u64, operation_millis: u64) -> Self {
        Self {
            attempt: Duration::from_millis(attempt_millis),
            operation: Duration::from_millis(operation_millis),
        }
    }
}

impl From<Timeouts> for TimeoutConfig {
    fn from(timeouts: Timeouts) -> Self {
        Self::builder()
            .operation_attempt_timeout(timeouts.attempt)
            .operation_timeout(timeouts.operation)
            .build()
    }
}

/// The way to AWS, made once, in INIT.
#[derive(Debug)]
pub struct Aws {
    config: SdkConfig,
    region: String,
    connector: SharedHttpConnector,
}

impl Aws {
    /// Takes `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` and,
    /// for an emulator, `AWS_ENDPOINT_URL` from the environment.
    ///
    /// The credentials are read once: those of an execution environment outlive it.
    ///
    /// # Errors
    /// [`MissingVariable`] names the first variable that is not set.
    pub fn from_env(timeouts: Timeouts) -> Result<Self, MissingVariable> {
        #[expect(clippy::disallowed_methods, reason = "what Lambda itself sets, read once")]
        let lookup = |name| std::env::var(name).ok();
        Self::from_variables(lookup, timeouts)
    }

    /// As [`Self::from_env`], with the variables that `lookup` returns.
    ///
    /// # Errors
    /// [`MissingVariable`] names the first variable that `lookup` does not return.
    pub fn from_variables(
        lookup: impl Fn(&'static str) -> Option<String>,
        timeouts: Timeouts,
    ) -> Result<Self, MissingVariable> {
        let given = |name| lookup(name).filter(|value| !value.is_empty());
        let required = |name| given(name).ok_or(MissingVariable(name));
        let region = required("AWS_REGION")?;
        let credentials = Credentials::new(
            required("AWS_ACCESS_KEY_ID")?,
            required("AWS_SECRET_ACCESS_KEY")?,
            given("AWS_SESSION_TOKEN"),
            None,
            "environment",
        );
        let connector = connector::connector();
        let shared = connector.clone();
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.clone()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            // The credentials are at hand: a cache would only add locks.
            .identity_cache(IdentityCache::no_cache())
            .http_client(http_client_fn(move |_, _| shared.clone()))
            .sleep_impl(TokioSleep::new())
            .timeout_config(timeouts.into())
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(2)
                    .with_initial_backoff(Duration::from_millis(50)),
            )
            // Answers are small and each attempt has its timeout.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        config.set_endpoint_url(given("AWS_ENDPOINT_URL"));
        Ok(Self { config: config.build(), region, connector })
    }

    /// Returns the configuration of every client.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Opens so many connections to each of these services, side by side, so that the first request does
    /// not pay for them: as many as it uses at the same time. Run it beside what else INIT waits for.
    ///
    /// Sends an unsigned GET of the endpoint's root over each, through the connector that the clients
    /// share: no permission, no data, nothing in CloudTrail. It costs a TCP and a TLS handshake and one
    /// round trip, or one second if the service hangs. The answers are ignored: a service that is down
    /// fails the first call, not this one.
    pub async fn prime(&self, connections: &[(Service, usize)]) {
        let each = connections.iter().flat_map(|(service, count)| repeat_n(*service, *count));
        join_all(each.map(|service| self.open(service))).await;
    }

    async fn open(&self, service: Service) {
        let url = match self.config.endpoint_url() {
            Some(url) => url.to_owned(),
            None => format!("https://{}.{}.amazonaws.com/", service.prefix(), self.region),
        };
        if !connector::get(&self.connector, &url).await {
            tracing::warn!(service = service.prefix(), "connection not primed");
        }
    }
}

/// A service whose connection is worth priming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Cognito,
    DynamoDb,
    Ses,
    Sqs,
}

impl Service {
    /// Returns the first label of the endpoint's host.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Cognito => "cognito-idp",
            Self::DynamoDb => "dynamodb",
            Self::Ses => "email",
            Self::Sqs => "sqs",
        }
    }
}

/// This environment variable is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingVariable(pub &'static str);

impl std::fmt::Display for MissingVariable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is not set", self.0)
    }
}

impl std::error::Error for MissingVariable {}
