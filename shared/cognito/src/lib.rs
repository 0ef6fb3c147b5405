//! The agents' and the customers' user pools, and minting, on Cognito.

mod agents;
mod customers;
mod minter;
mod recovery;

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::config::http::HttpResponse;
use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentityprovider::operation::admin_get_user::AdminGetUserOutput;
use aws_types::SdkConfig;
use support_core::refusal::Failure;
use support_settings::SettingError;
use support_settings::variable::{AGENT_CLIENT_ID, AGENT_POOL_ID, CUSTOMER_POOL_ID};

pub use agents::CognitoAgents;
pub use customers::CognitoCustomers;
pub use minter::{ClientSecret, CognitoMinter, SecretOfCognito};
pub use recovery::CognitoPasswords;

const SERVICE: &str = "cognito";

/// The longest user name of Cognito, in characters. Cognito answers `InvalidParameterException` to a
/// longer one, and an email address can be longer (`AdminGetUser` in Cognito's API reference).
const MAX_USERNAME: usize = 128;

/// One client for every pool that a function asks.
#[derive(Clone, Debug)]
pub struct Cognito {
    client: Client,
}

impl Cognito {
    pub fn new(config: &SdkConfig) -> Self {
        Self { client: Client::new(config) }
    }

    /// Returns the agents' pool, that of `AGENT_POOL_ID`.
    ///
    /// # Errors
    /// The variable is missing, blank or not UTF-8.
    pub fn agents_from_env(&self) -> Result<CognitoAgents, SettingError> {
        Ok(self.agents(AGENT_POOL_ID.required()?))
    }

    /// Returns the agents' passwords: the pool of `AGENT_POOL_ID`, through its app client
    /// `AGENT_CLIENT_ID`.
    ///
    /// # Errors
    /// A variable is missing, blank or not UTF-8.
    pub fn passwords_from_env(&self) -> Result<CognitoPasswords, SettingError> {
        Ok(self.passwords(AGENT_POOL_ID.required()?, AGENT_CLIENT_ID.required()?))
    }

    /// Returns the customers' pool, that of `CUSTOMER_POOL_ID`.
    ///
    /// # Errors
    /// The variable is missing, blank or not UTF-8.
    pub fn customers_from_env(&self) -> Result<CognitoCustomers, SettingError> {
        Ok(self.customers(CUSTOMER_POOL_ID.required()?))
    }

    pub fn agents(&self, pool_id: impl Into<String>) -> CognitoAgents {
        CognitoAgents { client: self.client.clone(), pool_id: pool_id.into() }
    }

    /// Returns the agents' passwords, through the app client `client_id`, which has no secret.
    pub fn passwords(
        &self,
        pool_id: impl Into<String>,
        client_id: impl Into<String>,
    ) -> CognitoPasswords {
        CognitoPasswords { agents: self.agents(pool_id), client_id: client_id.into() }
    }

    pub fn customers(&self, pool_id: impl Into<String>) -> CognitoCustomers {
        CognitoCustomers { client: self.client.clone(), pool_id: pool_id.into() }
    }

    /// Mints through the app client `client_id` of the customers' pool, whose secret `source` knows.
    ///
    /// # Errors
    /// Those of `source`.
    pub async fn minter<S: ClientSecret>(
        &self,
        pool_id: impl Into<String>,
        client_id: impl Into<String>,
        source: S,
    ) -> Result<CognitoMinter<S>, Failure> {
        let client = self.client.clone();
        CognitoMinter::connect(client, pool_id.into(), client_id.into(), source).await
    }

    /// Asks Cognito for the secret of an app client.
    pub fn client_secret(
        &self,
        pool_id: impl Into<String>,
        client_id: impl Into<String>,
    ) -> SecretOfCognito {
        SecretOfCognito::new(self.client.clone(), pool_id.into(), client_id.into())
    }
}

/// Returns the user of a pool with this name or address, if there is one.
async fn user(
    client: &Client,
    pool_id: &str,
    username: &str,
) -> Result<Option<AdminGetUserOutput>, Failure> {
    if username.chars().count() > MAX_USERNAME {
        return Ok(None);
    }
    match client.admin_get_user().user_pool_id(pool_id).username(username).send().await {
        Ok(user) => Ok(Some(user)),
        Err(error) => match error.as_service_error() {
            Some(e) if e.is_user_not_found_exception() => Ok(None),
            _ => Err(failure(&error)),
        },
    }
}

fn failure<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Failure {
    support_aws::failure(SERVICE, error)
}
