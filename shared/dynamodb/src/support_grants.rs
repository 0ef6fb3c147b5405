//! Support grants as items of the Support table. They are in none of its indexes but `due`.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use support_core::refusal::Failure;
use support_core::support_grant::{GrantKey, SupportGrant};
use support_core::time::Timestamp;

use crate::due::shard;
use crate::item::Item;
use crate::kept::{self, SCHEMA};
use crate::not_an_item;

#[derive(Serialize)]
struct Row<'a> {
    pk: String,
    /// As in a verification's row.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<i64>,
    writer: &'a str,
    ttl: i64,
    schema: u32,
    #[serde(flatten)]
    grant: &'a SupportGrant,
}

pub(crate) fn key(grant: &GrantKey) -> AttributeValue {
    AttributeValue::S(format!("S#{}", grant.as_str()))
}

/// The grant in a key.
pub(crate) fn parse(key: &AttributeValue) -> Option<GrantKey> {
    GrantKey::parse(key.as_s().ok()?.strip_prefix("S#")?)
}

pub(crate) fn item(
    grant: &SupportGrant,
    writer: &str,
    record_seconds: i64,
) -> Result<Item, Failure> {
    let pk = format!("S#{}", grant.key.as_str());
    serde_dynamo::to_item(Row {
        due: grant.due_at().map(|_| shard(&pk)),
        due_at: grant.due_at().map(Timestamp::millis),
        writer,
        ttl: grant.terms.expires_at.seconds() + record_seconds,
        schema: SCHEMA,
        pk,
        grant,
    })
    .map_err(not_an_item)
}

/// Reads a support grant, with what this version does not know of it.
pub(crate) fn grant(stored: Item) -> Result<SupportGrant, Failure> {
    let (mut read, kept): (SupportGrant, _) = kept::read(stored, |read| item(read, "", 0))?;
    read.kept = kept;
    Ok(read)
}
