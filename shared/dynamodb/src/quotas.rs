//! The counts of quotas and of lockout quotas, each one item.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::CancellationReason;
use aws_types::SdkConfig;
use support_aws::Aws;
use support_core::limits::{LockoutQuota, Quota, QuotaUse};
use support_core::ports::{Counted, JointQuotas, Quotas, Saved, Spent};
use support_core::refusal::Failure;
use support_core::time::Timestamp;
use support_settings::SettingError;
use support_settings::variable::SUPPORT_TABLE;

use crate::counts::{SPEND, UNDER, key, names, values};
use crate::table::Table;
use crate::{attribute, counts, failure, lockout};

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

impl JointQuotas for DynamoQuotas {
    async fn spend_together(
        &self,
        quotas: &[Quota],
        cool_down: &LockoutQuota,
        now: Timestamp,
    ) -> Result<Spent, Failure> {
        let name = &self.table.name;
        let mut items = vec![lockout::transact_begin(name, cool_down, now)?];
        for quota in quotas {
            items.push(counts::transact_item(name, &quota.clone().spend())?);
        }
        let sent = self.table.client.transact_write_items().set_transact_items(Some(items)).send();
        let Err(error) = sent.await else { return Ok(Spent::Done) };
        let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
            error.as_service_error()
        else {
            return Err(failure(&error));
        };
        let reasons = cancelled.cancellation_reasons();
        let is = |code, reason: &CancellationReason| reason.code() == Some(code);
        let failed = reasons.iter().position(|reason| is("ConditionalCheckFailed", reason));
        match failed {
            Some(0) => Ok(Spent::Over { until: lockout::ends_at(reasons[0].item())? }),
            Some(nth) => match quotas.get(nth - 1) {
                Some(quota) => Ok(Spent::Over { until: quota.ends_at }),
                None => Err(failure(&error)),
            },
            None if reasons.iter().any(|reason| is("TransactionConflict", reason)) => {
                Ok(Spent::LostRace)
            }
            None => Err(failure(&error)),
        }
    }
}
