//! The key for keyed hashes, and the secret of an app client, from Secrets Manager.

use aws_sdk_secretsmanager::Client;
use aws_types::SdkConfig;
use support_aws::{Aws, failure};
use support_core::refusal::Failure;
use support_core::secret::{HashKey, Secret};
use support_settings::SettingError;
use support_settings::variable::HASH_KEY_SECRET;

const SERVICE: &str = "secretsmanager";

/// Where the key is.
#[derive(Clone, Debug)]
pub struct HashKeySecret {
    config: SdkConfig,
    secret: String,
}

impl HashKeySecret {
    /// Takes the secret of `HASH_KEY_SECRET`.
    ///
    /// # Errors
    /// The variable is missing, blank or not UTF-8.
    pub fn from_env(aws: &Aws) -> Result<Self, SettingError> {
        Ok(Self { config: aws.config().clone(), secret: HASH_KEY_SECRET.required()? })
    }

    /// Fetches the key.
    ///
    /// # Errors
    /// As [`hash_key`].
    pub async fn fetch(&self) -> Result<HashKey, Failure> {
        hash_key(&self.config, &self.secret).await
    }
}

/// Fetches the key: the secret string of `secret` (a name or an ARN), as [`HashKey::parse`] takes it.
///
/// # Errors
/// Secrets Manager failed or refused, or the secret does not hold one or two keys.
pub async fn hash_key(config: &SdkConfig, secret: &str) -> Result<HashKey, Failure> {
    let text = fetch(config, secret).await?;
    HashKey::parse(text.expose()).map_err(|_| Failure::clean(SERVICE, "not one or two long keys"))
}

/// Fetches the secret string of `secret` (a name or an ARN).
///
/// # Errors
/// Secrets Manager failed or refused, or the secret is not a string.
pub async fn fetch(config: &SdkConfig, secret: &str) -> Result<Secret, Failure> {
    let answer = Client::new(config)
        .get_secret_value()
        .secret_id(secret)
        .send()
        .await
        .map_err(|error| failure(SERVICE, &error))?;
    let text = answer.secret_string.ok_or_else(|| Failure::clean(SERVICE, "not a string"))?;
    Ok(Secret::from(text))
}
