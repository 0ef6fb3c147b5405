//! Counts that start again after a pause.

use std::collections::HashMap;

use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure as OnFailure,
    TransactWriteItem, Update,
};
use serde::Deserialize;
use support_core::limits::LockoutQuota;
use support_core::ports::Counted;
use support_core::refusal::Failure;
use support_core::time::Timestamp;

use crate::item::{Item, number};
use crate::table::Table;
use crate::{SERVICE, attribute, failure, not_built, unreadable};

/// A lockout quota as it stands.
#[derive(Deserialize)]
struct Row {
    n: u32,
    ends_at: i64,
}

/// How often to look again, when others count at the same time.
const ATTEMPTS: usize = 3;

/// Counts one more: one write for the first of a lockout quota and for one too many, two for those
/// between.
pub(crate) async fn count(
    table: &Table,
    lockout: &LockoutQuota,
    now: Timestamp,
) -> Result<Counted, Failure> {
    for _ in 0..ATTEMPTS {
        let Some(running) = begin(table, lockout, now).await? else {
            return Ok(Counted::Nth(1));
        };
        if running.n >= lockout.limit {
            return Ok(Counted::Over { until: Timestamp::from_millis(running.ends_at) });
        }
        if let Some(n) = go_on(table, lockout, now).await? {
            return Ok(Counted::Nth(n));
        }
    }
    Err(Failure::clean(SERVICE, "a lockout quota changed at every look"))
}

/// Makes the only count of a lockout quota with a limit of 1 a part of a transaction.
pub(crate) fn transact_begin(
    table: &str,
    cool_down: &LockoutQuota,
    now: Timestamp,
) -> Result<TransactWriteItem, Failure> {
    let update = Update::builder()
        .table_name(table)
        .key(attribute::KEY, key(cool_down))
        .update_expression("SET #n = :one, #ends = :ends, #ttl = :ttl")
        // Less than one has been counted if it was given back.
        .condition_expression("attribute_not_exists(#ends) OR #ends <= :now OR #n < :one")
        .set_expression_attribute_names(Some(names()))
        .set_expression_attribute_values(Some(values(cool_down, now)))
        .return_values_on_condition_check_failure(OnFailure::AllOld)
        .build()
        .map_err(not_built)?;
    Ok(TransactWriteItem::builder().update(update).build())
}

/// Reads when a lockout quota ends that a failed condition shows.
pub(crate) fn ends_at(item: Option<&Item>) -> Result<Timestamp, Failure> {
    let row: Row =
        serde_dynamo::from_item(item.cloned().unwrap_or_default()).map_err(unreadable)?;
    Ok(Timestamp::from_millis(row.ends_at))
}

/// Takes one counting back.
pub(crate) async fn give_back(table: &Table, lockout: &LockoutQuota) -> Result<(), Failure> {
    let sent = table
        .client
        .update_item()
        .table_name(&table.name)
        .key(attribute::KEY, key(lockout))
        .update_expression("ADD #n :back")
        .condition_expression("#n > :none")
        .expression_attribute_names("#n", attribute::COUNT)
        .expression_attribute_values(":back", number(-1))
        .expression_attribute_values(":none", number(0))
        .customize()
        // A repeated call would give back an entry that was judged.
        .config_override(Builder::default().retry_config(RetryConfig::disabled()))
        .send()
        .await;
    match sent {
        Ok(_) => Ok(()),
        Err(error) => match error.as_service_error() {
            Some(e) if e.is_conditional_check_failed_exception() => Ok(()),
            _ => Err(failure(&error)),
        },
    }
}

/// Counts the first of a lockout quota, or returns how a running one stands.
async fn begin(
    table: &Table,
    lockout: &LockoutQuota,
    now: Timestamp,
) -> Result<Option<Row>, Failure> {
    let sent = table
        .client
        .update_item()
        .table_name(&table.name)
        .key(attribute::KEY, key(lockout))
        .update_expression("SET #n = :one, #ends = :ends, #ttl = :ttl")
        .condition_expression("attribute_not_exists(#ends) OR #ends <= :now")
        .set_expression_attribute_names(Some(names()))
        .set_expression_attribute_values(Some(values(lockout, now)))
        .return_values_on_condition_check_failure(OnFailure::AllOld)
        .send()
        .await;
    let Err(error) = sent else { return Ok(None) };
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(e)) => {
            let item = e.item.clone().unwrap_or_default();
            serde_dynamo::from_item(item).map(Some).map_err(unreadable)
        }
        _ => Err(failure(&error)),
    }
}

/// Counts one more of a running lockout quota. Returns `None` if it has reached its limit or its
/// end since.
async fn go_on(
    table: &Table,
    lockout: &LockoutQuota,
    now: Timestamp,
) -> Result<Option<u32>, Failure> {
    let mut values = values(lockout, now);
    values.insert(":limit".to_owned(), number(lockout.limit));
    let sent = table
        .client
        .update_item()
        .table_name(&table.name)
        .key(attribute::KEY, key(lockout))
        .update_expression("SET #ends = :ends, #ttl = :ttl ADD #n :one")
        .condition_expression("#n < :limit AND #ends > :now")
        .set_expression_attribute_names(Some(names()))
        .set_expression_attribute_values(Some(values))
        .return_values(ReturnValue::AllNew)
        .send()
        .await;
    match sent {
        Ok(answer) => {
            let item = answer.attributes.unwrap_or_default();
            let row: Row = serde_dynamo::from_item(item).map_err(unreadable)?;
            Ok(Some(row.n))
        }
        Err(error) => match error.as_service_error() {
            Some(e) if e.is_conditional_check_failed_exception() => Ok(None),
            _ => Err(failure(&error)),
        },
    }
}

fn key(lockout: &LockoutQuota) -> AttributeValue {
    AttributeValue::S(format!("B#{}", lockout.key))
}

fn names() -> HashMap<String, String> {
    HashMap::from([
        ("#n".to_owned(), attribute::COUNT.to_owned()),
        ("#ends".to_owned(), attribute::ENDS_AT.to_owned()),
        ("#ttl".to_owned(), attribute::TTL.to_owned()),
    ])
}

fn values(lockout: &LockoutQuota, now: Timestamp) -> Item {
    let ends = now.plus(lockout.seconds);
    HashMap::from([
        (":one".to_owned(), number(1)),
        (":now".to_owned(), number(now.millis())),
        (":ends".to_owned(), number(ends.millis())),
        (":ttl".to_owned(), number(ends.seconds() + 1)),
    ])
}
