//! Mint tickets, as the triggers read and mark them. They are written and deleted together with
//! their verification's state.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_types::SdkConfig;
use serde::{Deserialize, Serialize};
use support_aws::Aws;
use support_core::mint::{MintTicket, MintTicketId};
use support_core::ports::MintTickets;
use support_core::refusal::Failure;
use support_settings::SettingError;
use support_settings::variable::SUPPORT_TABLE;

use crate::item::Item;
use crate::kept::{self, SCHEMA};
use crate::table::Table;
use crate::{attribute, failure, not_an_item, unreadable};

/// The mint tickets of the Support table.
#[derive(Clone, Debug)]
pub struct DynamoMintTickets {
    table: Table,
}

#[derive(Serialize, Deserialize)]
struct Row {
    pk: String,
    ttl: i64,
    #[serde(default)]
    schema: u32,
    #[serde(flatten)]
    ticket: MintTicket,
}

pub(crate) fn key(id: &MintTicketId) -> AttributeValue {
    AttributeValue::S(format!("G#{}", id.as_str()))
}

pub(crate) fn item(ticket: &MintTicket) -> Result<Item, Failure> {
    let row = Row {
        pk: format!("G#{}", ticket.id.as_str()),
        ttl: ticket.expires_at.seconds(),
        schema: SCHEMA,
        ticket: ticket.clone(),
    };
    serde_dynamo::to_item(row).map_err(not_an_item)
}

impl DynamoMintTickets {
    /// Takes the table of `SUPPORT_TABLE`.
    ///
    /// # Errors
    /// The variable is missing, blank or not UTF-8.
    pub fn from_env(aws: &Aws) -> Result<Self, SettingError> {
        Ok(Self { table: Table::from_env(aws, SUPPORT_TABLE)? })
    }

    pub fn new(config: &SdkConfig, table: impl Into<String>) -> Self {
        Self { table: Table::new(config, table) }
    }
}

impl MintTickets for DynamoMintTickets {
    async fn load(&self, id: &MintTicketId) -> Result<Option<MintTicket>, Failure> {
        let Some(item) = self.table.read(key(id)).await? else { return Ok(None) };
        kept::check(&item)?;
        let row: Row = serde_dynamo::from_item(item).map_err(unreadable)?;
        Ok(Some(row.ticket))
    }

    async fn mark(&self, id: &MintTicketId) -> Result<bool, Failure> {
        let sent = self
            .table
            .client
            .update_item()
            .table_name(&self.table.name)
            .key(attribute::KEY, key(id))
            .update_expression("SET #answered = :true")
            .condition_expression("attribute_exists(#key)")
            .expression_attribute_names("#answered", attribute::ANSWERED)
            .expression_attribute_names("#key", attribute::KEY)
            .expression_attribute_values(":true", AttributeValue::Bool(true))
            .send()
            .await;
        match sent {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(e) if e.is_conditional_check_failed_exception() => Ok(false),
                _ => Err(failure(&error)),
            },
        }
    }
}
