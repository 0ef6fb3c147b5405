//! The Core directory.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_types::SdkConfig;
use serde::Deserialize;
use support_aws::Aws;
use support_core::directory::{Customer, Process};
use support_core::identity::EmailAddress;
use support_core::ports::{Activities, Directory};
use support_core::refusal::Failure;
use support_settings::SettingError;
use support_settings::variable::CORE_TABLE;

use crate::item::Item;
use crate::table::Table;
use crate::unreadable;

/// The directory as a DynamoDB table with the key `pk = USER#<lower-cased email>`.
#[derive(Clone, Debug)]
pub struct DynamoDirectory {
    table: Table,
}

impl DynamoDirectory {
    /// Takes the table of `CORE_TABLE`.
    ///
    /// # Errors
    /// The variable is missing, blank or not UTF-8.
    pub fn from_env(aws: &Aws) -> Result<Self, SettingError> {
        Ok(Self { table: Table::from_env(aws, CORE_TABLE)? })
    }

    pub fn new(config: &SdkConfig, table: impl Into<String>) -> Self {
        Self { table: Table::new(config, table) }
    }

    async fn record(&self, email: &EmailAddress) -> Result<Option<Item>, Failure> {
        self.table.read(key(email)).await
    }
}

fn key(email: &EmailAddress) -> AttributeValue {
    AttributeValue::S(format!("USER#{}", email.as_str()))
}

fn customer(item: Option<Item>) -> Result<Option<Customer>, Failure> {
    item.map(serde_dynamo::from_item).transpose().map_err(unreadable)
}

impl Directory for DynamoDirectory {
    async fn find(&self, email: &EmailAddress) -> Result<Option<Customer>, Failure> {
        customer(self.record(email).await?)
    }

    async fn glance(&self, email: &EmailAddress) -> Result<Option<Customer>, Failure> {
        customer(self.table.glance(key(email)).await?)
    }
}

/// The attribute that is not part of [`Customer`].
#[derive(Deserialize)]
struct Processes {
    #[serde(default)]
    processes: Vec<Process>,
}

impl Activities for DynamoDirectory {
    async fn activity(
        &self,
        email: &EmailAddress,
    ) -> Result<Option<(Customer, Vec<Process>)>, Failure> {
        let Some(item) = self.record(email).await? else { return Ok(None) };
        let customer = serde_dynamo::from_item(item.clone()).map_err(unreadable)?;
        let Processes { processes } = serde_dynamo::from_item(item).map_err(unreadable)?;
        Ok(Some((customer, processes)))
    }
}
