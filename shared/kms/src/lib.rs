//! The key that receipts are signed with, on KMS (`ECC_NIST_P256`).

use std::sync::OnceLock;

use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec};
use aws_types::SdkConfig;
use support_aws::{Aws, failure};
use support_core::ports::ReceiptKey;
use support_core::receipt::PublicKey;
use support_core::refusal::Failure;
use support_settings::SettingError;
use support_settings::variable::RECEIPT_KEY;

const SERVICE: &str = "kms";

/// One key of KMS. Its public half never changes and is fetched once.
#[derive(Clone, Debug)]
pub struct KmsReceiptKey {
    client: Client,
    key: String,
    public: OnceLock<PublicKey>,
}

impl KmsReceiptKey {
    /// Takes the key of `RECEIPT_KEY`.
    ///
    /// # Errors
    /// The variable is missing, blank or not UTF-8.
    pub fn from_env(aws: &Aws) -> Result<Self, SettingError> {
        Ok(Self::new(aws.config(), RECEIPT_KEY.required()?))
    }

    /// `key` is the key's id or ARN.
    pub fn new(config: &SdkConfig, key: impl Into<String>) -> Self {
        Self { client: Client::new(config), key: key.into(), public: OnceLock::new() }
    }
}

impl ReceiptKey for KmsReceiptKey {
    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let answer = self
            .client
            .sign()
            .key_id(&self.key)
            // KMS signs messages of up to 4,096 bytes; a receipt can be longer.
            .message(Blob::new(support_core::receipt::digest(message)))
            .message_type(MessageType::Digest)
            .signing_algorithm(SigningAlgorithmSpec::EcdsaSha256)
            .send()
            .await
            .map_err(|error| failure(SERVICE, &error))?;
        let signature = answer.signature.ok_or_else(|| Failure::clean(SERVICE, "no signature"))?;
        Ok(signature.into_inner())
    }

    async fn public(&self) -> Result<PublicKey, Failure> {
        if let Some(known) = self.public.get() {
            return Ok(known.clone());
        }
        let answer = self
            .client
            .get_public_key()
            .key_id(&self.key)
            .send()
            .await
            .map_err(|error| failure(SERVICE, &error))?;
        let der = answer.public_key.ok_or_else(|| Failure::clean(SERVICE, "no public key"))?;
        let public = PublicKey::from_spki(der.as_ref())
            .ok_or_else(|| Failure::clean(SERVICE, "not a key on P-256"))?;
        Ok(self.public.get_or_init(|| public).clone())
    }
}
