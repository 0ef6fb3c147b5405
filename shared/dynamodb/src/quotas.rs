//! The counts of quotas and of lockout quotas, each one item.

use aws_types::SdkConfig;
use support_aws::Aws;
use support_core::limits::{LockoutQuota, QuotaUse};
use support_core::ports::{Counted, Quotas, Saved};
use support_core::refusal::Failure;
use support_core::time::Timestamp;
use support_settings::SettingError;
use support_settings::variable::SUPPORT_TABLE;

use crate::counts::{SPEND, UNDER, key, names, values};
use crate::table::Table;
use crate::{attribute, failure, lockout};

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
