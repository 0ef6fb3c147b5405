//! The Core directory.

use std::fmt::Display;

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

use crate::SERVICE;
use crate::item::Item;
use crate::table::Table;

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

/// Reads a record, which others write: its address has to keep the rule for what comes in.
fn customer(item: Item) -> Result<Customer, Failure> {
    let read: Customer = serde_dynamo::from_item(item).map_err(not_a_customer)?;
    let address = EmailAddress::parse(read.email.as_str());
    let email = address.ok_or_else(|| not_a_customer("not an email address"))?;
    Ok(Customer { email, ..read })
}

/// A record of the directory that is not as the directory's description has it.
fn not_a_customer(error: impl Display) -> Failure {
    Failure::clean(SERVICE, format!("record unreadable: {error}"))
}

impl Directory for DynamoDirectory {
    async fn find(&self, email: &EmailAddress) -> Result<Option<Customer>, Failure> {
        self.record(email).await?.map(customer).transpose()
    }

    async fn glance(&self, email: &EmailAddress) -> Result<Option<Customer>, Failure> {
        self.table.glance(key(email)).await?.map(customer).transpose()
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
        let Processes { processes } =
            serde_dynamo::from_item(item.clone()).map_err(not_a_customer)?;
        Ok(Some((customer(item)?, processes)))
    }
}
