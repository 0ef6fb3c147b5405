//! The count of a quota: what a write of it says.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, TransactWriteItem, Update};
use support_core::limits::{Quota, QuotaUse};
use support_core::refusal::Failure;

use crate::item::{Item, number};
use crate::{attribute, not_built};

/// Makes a use of a quota a part of a transaction.
pub(crate) fn transact_item(
    table: &str,
    quota_use: &QuotaUse,
) -> Result<TransactWriteItem, Failure> {
    let key = key(&quota_use.quota);
    let built = if quota_use.amount == 0 {
        ConditionCheck::builder()
            .table_name(table)
            .key(attribute::KEY, key)
            .condition_expression(UNDER)
            .expression_attribute_names("#n", attribute::COUNT)
            .expression_attribute_values(":limit", number(quota_use.quota.limit))
            .build()
            .map(|check| TransactWriteItem::builder().condition_check(check).build())
    } else {
        Update::builder()
            .table_name(table)
            .key(attribute::KEY, key)
            .update_expression(SPEND)
            .condition_expression(UNDER)
            .set_expression_attribute_names(Some(names()))
            .set_expression_attribute_values(Some(values(quota_use)))
            .build()
            .map(|update| TransactWriteItem::builder().update(update).build())
    };
    built.map_err(not_built)
}

/// A quota has room: its count is under its limit.
pub(crate) const UNDER: &str = "attribute_not_exists(#n) OR #n < :limit";
pub(crate) const SPEND: &str = "SET #ttl = :ttl ADD #n :amount";

pub(crate) fn key(quota: &Quota) -> AttributeValue {
    AttributeValue::S(format!("B#{}", quota.key))
}

pub(crate) fn names() -> HashMap<String, String> {
    HashMap::from([
        ("#n".to_owned(), attribute::COUNT.to_owned()),
        ("#ttl".to_owned(), attribute::TTL.to_owned()),
    ])
}

pub(crate) fn values(quota_use: &QuotaUse) -> Item {
    HashMap::from([
        (":limit".to_owned(), number(quota_use.quota.limit)),
        (":ttl".to_owned(), number(quota_use.quota.ends_at.seconds())),
        (":amount".to_owned(), number(quota_use.amount)),
    ])
}
