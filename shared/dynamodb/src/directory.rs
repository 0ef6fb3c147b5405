//! The Core directory.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_types::SdkConfig;
use serde::Deserialize;
use support_core::directory::{Customer, Process};
use support_core::identity::EmailAddress;
use support_core::ports::{Activities, Directory};
use support_core::refusal::Failure;

use crate::verifications::Item;
use crate::{attribute, failure, unreadable};

/// The directory as a DynamoDB table with the key `pk = USER#<lower-cased email>`.
#[derive(Clone, Debug)]
pub struct DynamoDirectory {
    client: Client,
    table: String,
}

impl DynamoDirectory {
    pub fn new(config: &SdkConfig, table: impl Into<String>) -> Self {
        Self { client: Client::new(config), table: table.into() }
    }

    async fn record(&self, email: &EmailAddress) -> Result<Option<Item>, Failure> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(attribute::KEY, AttributeValue::S(format!("USER#{}", email.as_str())))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| failure(&error))?;
        Ok(answer.item)
    }
}

impl Directory for DynamoDirectory {
    async fn find(&self, email: &EmailAddress) -> Result<Option<Customer>, Failure> {
        self.record(email).await?.map(serde_dynamo::from_item).transpose().map_err(unreadable)
    }
}

/// The attribute that [`Customer`] leaves out.
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
