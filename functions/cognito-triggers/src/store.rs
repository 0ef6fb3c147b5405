//! The mint tickets in DynamoDB and the key in Secrets Manager, each reached when it is first needed.

use support_aws::{Aws, Timeouts};
use support_core::refusal::Failure;
use support_core::secret::HashKey;
use support_dynamodb::DynamoMintTickets;
use support_settings::SettingError;
use support_settings::variable::{HASH_KEY_SECRET, SUPPORT_TABLE};
use tokio::sync::OnceCell;

use crate::customers::Store;

/// Touches nothing of AWS before a sign-in brings a ticket: no connection, not even the certificates
/// on disk.
pub struct LazyStore {
    table: String,
    secret: String,
    way: OnceCell<Way>,
    key: OnceCell<HashKey>,
}

struct Way {
    aws: Aws,
    tickets: DynamoMintTickets,
}

impl LazyStore {
    /// Reads the names of the table and the secret.
    ///
    /// # Errors
    /// A variable is missing, blank or not UTF-8.
    pub fn from_env() -> Result<Self, SettingError> {
        let (table, secret) = (SUPPORT_TABLE.required()?, HASH_KEY_SECRET.required()?);
        Ok(Self { table, secret, way: OnceCell::new(), key: OnceCell::new() })
    }

    async fn way(&self) -> Result<&Way, Failure> {
        let make = async || {
            let aws = Aws::from_env(Timeouts::TRIGGER)
                .map_err(|missing| Failure::clean("aws", missing.to_string()))?;
            Ok(Way { tickets: DynamoMintTickets::new(aws.config(), &self.table), aws })
        };
        self.way.get_or_try_init(make).await
    }
}

impl Store for LazyStore {
    type Tickets = DynamoMintTickets;

    async fn tickets(&self) -> Result<&DynamoMintTickets, Failure> {
        Ok(&self.way().await?.tickets)
    }

    /// If the key could not be fetched, the next sign-in with a ticket fetches it again.
    async fn key(&self) -> Result<&HashKey, Failure> {
        let way = self.way().await?;
        let fetch = async || support_secrets::hash_key(way.aws.config(), &self.secret).await;
        self.key.get_or_try_init(fetch).await
    }
}
