//! The counts of quotas and of lockout quotas, each one item.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, TransactWriteItem, Update};
use aws_types::SdkConfig;
use support_aws::Aws;
use support_core::limits::{LockoutQuota, Quota, QuotaUse};
use support_core::ports::{Counted, Quotas, Saved};
use support_core::refusal::Failure;
use support_core::time::Timestamp;
use support_settings::SettingError;
use support_settings::variable::SUPPORT_TABLE;

use crate::table::{Item, Table, number};
use crate::{attribute, failure, lockout, not_built};

/// The quotas of the Support table.
#[derive(Clone, Debug)]
pub struct DynamoQuotas {
    table: Table,
}

impl DynamoQuotas {
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

impl Quotas for DynamoQuotas {
    async fn spend(&self, quota_use: &QuotaUse) -> Result<Saved, Failure> {
        let sent = self
            .table
            .client
            .update_item()
            .table_name(&self.table.name)
            .key(attribute::KEY, key(&quota_use.quota))
            .update_expression(SPEND)
            .condition_expression(UNDER)
            .set_expression_attribute_names(Some(names()))
            .set_expression_attribute_values(Some(values(quota_use)))
            .send()
            .await;
        let Err(error) = sent else { return Ok(Saved::Done) };
        match error.as_service_error() {
            Some(e) if e.is_conditional_check_failed_exception() => {
                Ok(Saved::OverQuota(quota_use.quota.clone()))
            }
            Some(e) if e.is_transaction_conflict_exception() => Ok(Saved::LostRace),
            _ => Err(failure(&error)),
        }
    }

    async fn count(&self, lockout: &LockoutQuota, now: Timestamp) -> Result<Counted, Failure> {
        lockout::count(&self.table, lockout, now).await
    }

    async fn give_back(&self, lockout: &LockoutQuota) -> Result<(), Failure> {
        lockout::give_back(&self.table, lockout).await
    }
}

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
const UNDER: &str = "attribute_not_exists(#n) OR #n < :limit";
const SPEND: &str = "SET #ttl = :ttl ADD #n :amount";

fn key(quota: &Quota) -> AttributeValue {
    AttributeValue::S(format!("B#{}", quota.key))
}

fn names() -> HashMap<String, String> {
    HashMap::from([
        ("#n".to_owned(), attribute::COUNT.to_owned()),
        ("#ttl".to_owned(), attribute::TTL.to_owned()),
    ])
}

fn values(quota_use: &QuotaUse) -> Item {
    HashMap::from([
        (":limit".to_owned(), number(quota_use.quota.limit)),
        (":ttl".to_owned(), number(quota_use.quota.ends_at.seconds())),
        (":amount".to_owned(), number(quota_use.amount)),
    ])
}
