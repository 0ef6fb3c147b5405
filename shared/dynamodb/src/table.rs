//! One table: reads an item, and writes one over the version that was read.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Delete, Put,
    ReturnValuesOnConditionCheckFailure as OnFailure, TransactWriteItem,
};
use aws_types::SdkConfig;
use rand::Rng;
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use serde::Deserialize;
use support_aws::Aws;
use support_core::limits::QuotaUse;
use support_core::ports::Saved;
use support_core::refusal::Failure;
use support_settings::{SettingError, Variable};

use crate::item::{Item, number};
use crate::{attribute, counts, failure, not_built};

/// A table and the client that reaches it.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub client: Client,
    pub name: String,
}

impl Table {
    pub fn from_env(aws: &Aws, name: Variable) -> Result<Self, SettingError> {
        Ok(Self::new(aws.config(), name.required()?))
    }

    pub fn new(config: &SdkConfig, name: impl Into<String>) -> Self {
        Self { client: Client::new(config), name: name.into() }
    }

    /// Reads the item under `key`, consistently.
    pub async fn read(&self, key: AttributeValue) -> Result<Option<Item>, Failure> {
        self.get(key, true).await
    }

    /// Reads the item under `key` as it was at most a moment ago, for half the price.
    pub async fn glance(&self, key: AttributeValue) -> Result<Option<Item>, Failure> {
        self.get(key, false).await
    }

    async fn get(&self, key: AttributeValue, consistent: bool) -> Result<Option<Item>, Failure> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .key(attribute::KEY, key)
            .consistent_read(consistent)
            .send()
            .await
            .map_err(|error| failure(&error))?;
        Ok(answer.item)
    }

    /// Writes `put`, and in the same transaction the quota uses and `others`.
    pub async fn write(
        &self,
        put: VersionedPut,
        quota_uses: &[QuotaUse],
        others: Vec<TransactWriteItem>,
        writer: &Writer,
    ) -> Result<Saved, Failure> {
        if quota_uses.is_empty() && others.is_empty() {
            self.put(put, writer).await
        } else {
            self.transact(put, quota_uses, others, writer).await
        }
    }

    async fn put(&self, put: VersionedPut, writer: &Writer) -> Result<Saved, Failure> {
        let sent = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(put.item))
            .condition_expression(put.condition)
            .set_expression_attribute_names(Some(put.names))
            .set_expression_attribute_values(put.values)
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .send()
            .await;
        let Err(error) = sent else { return Ok(Saved::Done) };
        match error.as_service_error() {
            Some(e) if e.is_transaction_conflict_exception() => Ok(Saved::LostRace),
            Some(PutItemError::ConditionalCheckFailedException(e)) => {
                Ok(writer.lost_or_done(e.item.clone()))
            }
            _ => Err(failure(&error)),
        }
    }

    async fn transact(
        &self,
        put: VersionedPut,
        quota_uses: &[QuotaUse],
        others: Vec<TransactWriteItem>,
        writer: &Writer,
    ) -> Result<Saved, Failure> {
        // In the order that `cancelled` reads.
        let mut items = vec![self.versioned(put)?];
        for quota_use in quota_uses {
            items.push(counts::transact_item(&self.name, quota_use)?);
        }
        items.extend(others);
        let request = self.client.transact_write_items().set_transact_items(Some(items));
        let Err(error) = request.send().await else { return Ok(Saved::Done) };
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(e)) => {
                cancelled(e.cancellation_reasons(), quota_uses, writer)
                    .ok_or_else(|| failure(&error))
            }
            _ => Err(failure(&error)),
        }
    }

    /// Makes putting `item`, over whatever is there, a part of a transaction.
    pub fn put_in_transaction(&self, item: Item) -> Result<TransactWriteItem, Failure> {
        let put = Put::builder().table_name(&self.name).set_item(Some(item)).build();
        put.map(|put| TransactWriteItem::builder().put(put).build()).map_err(not_built)
    }

    /// Makes deleting what is under `key`, if anything is, a part of a transaction.
    pub fn delete_in_transaction(&self, key: AttributeValue) -> Result<TransactWriteItem, Failure> {
        let delete = Delete::builder().table_name(&self.name).key(attribute::KEY, key).build();
        delete.map(|delete| TransactWriteItem::builder().delete(delete).build()).map_err(not_built)
    }

    /// Makes `put` a part of a transaction.
    pub fn versioned(&self, put: VersionedPut) -> Result<TransactWriteItem, Failure> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(put.item))
            .condition_expression(put.condition)
            .set_expression_attribute_names(Some(put.names))
            .set_expression_attribute_values(put.values)
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .build()
            .map_err(not_built)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

/// A put with the condition it depends on.
pub(crate) struct VersionedPut {
    item: Item,
    condition: &'static str,
    names: HashMap<String, String>,
    values: Option<Item>,
}

impl VersionedPut {
    /// Puts `item`, of this version, only over the version before it.
    pub fn over(version: u32, item: Item) -> Self {
        let (condition, values) = if version == 1 {
            ("attribute_not_exists(#version)", None)
        } else {
            let before = number(version - 1);
            ("#version = :before", Some(HashMap::from([(":before".to_owned(), before)])))
        };
        let names = HashMap::from([("#version".to_owned(), attribute::VERSION.to_owned())]);
        Self { item, condition, names, values }
    }
}

/// What a failed condition shows of the stored item.
#[derive(Deserialize)]
struct Written {
    version: u32,
    writer: String,
}

/// Who is writing which version. Tells a lost race from one's own write, which the SDK repeated
/// because its answer was lost.
pub(crate) struct Writer {
    pub name: String,
    version: u32,
}

impl Writer {
    /// Makes a writer with a random name.
    pub fn of(version: u32) -> Self {
        let mut name = [0; 8];
        UnwrapErr(SysRng).fill_bytes(&mut name);
        Self { name: format!("{:016x}", u64::from_be_bytes(name)), version }
    }

    fn lost_or_done(&self, stored: Option<Item>) -> Saved {
        let written = stored.and_then(|item| serde_dynamo::from_item::<_, Written>(item).ok());
        match written {
            Some(w) if w.version == self.version && w.writer == self.name => Saved::Done,
            Some(_) | None => Saved::LostRace,
        }
    }
}

/// Why a transaction did not happen. What `writer` writes comes first, then the quotas, then
/// everything else that must be as it was read.
fn cancelled(
    reasons: &[CancellationReason],
    quota_uses: &[QuotaUse],
    writer: &Writer,
) -> Option<Saved> {
    let codes: Vec<&str> = reasons.iter().map(|r| r.code().unwrap_or_default()).collect();
    if codes.first() == Some(&"ConditionalCheckFailed") {
        return Some(writer.lost_or_done(reasons[0].item.clone()));
    }
    if codes.contains(&"TransactionConflict") {
        return Some(Saved::LostRace);
    }
    let failed = codes.iter().skip(1).position(|code| *code == "ConditionalCheckFailed")?;
    Some(match quota_uses.get(failed) {
        Some(quota_use) => Saved::OverQuota(quota_use.quota.clone()),
        None => Saved::LostRace,
    })
}
