//! The Core directory.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_types::SdkConfig;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use support_aws::Aws;
use support_core::directory::{Customer, Process};
use support_core::identity::EmailAddress;
use support_core::ports::{Activities, Directory};
use support_core::refusal::Failure;
use support_settings::SettingError;
use support_settings::variable::CORE_TABLE;

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

/// Reads a part of a record.
///
/// # Errors
/// [`Failure::unreadable_record`], which names the field that is not as it should be.
fn part<T: DeserializeOwned>(item: Item) -> Result<T, Failure> {
    let from = serde_dynamo::Deserializer::from_attribute_value(AttributeValue::M(item).into());
    serde_path_to_error::deserialize(from).map_err(|error| {
        let path = error.path().to_string();
        // What serde says may quote what it read, except that a field is not there.
        let said = error.into_inner().to_string();
        let missing = said.strip_prefix("missing field ").filter(|name| name.starts_with('`'));
        Failure::unreadable_record(match missing {
            Some(name) => format!("{path}: {name} is missing"),
            None => format!("{path}: not as expected"),
        })
    })
}

/// Reads a record, which others write: its address has to keep the rule for what comes in.
fn customer(item: Item) -> Result<Customer, Failure> {
    let read: Customer = part(item)?;
    let address = EmailAddress::parse(read.email.as_str());
    let email = address.ok_or_else(|| Failure::unreadable_record("email: not as expected"))?;
    Ok(Customer { email, ..read })
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
        let Processes { processes } = part(item.clone())?;
        Ok(Some((customer(item)?, processes)))
    }
}
