//! Verifications, changed by compare-and-set, and the quotas their writes count against. Support
//! grants are written in the same way, alone or together with a verification.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Delete, Put,
    ReturnValuesOnConditionCheckFailure as OnFailure, TransactWriteItem, Update,
};
use aws_types::SdkConfig;
use rand::Rng;
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use serde::{Deserialize, Serialize};
use support_core::identity::VerificationId;
use support_core::limits::{Quota, QuotaUse};
use support_core::ports::{Change, Saved, SupportGrants, TicketChange, Verifications};
use support_core::refusal::Failure;
use support_core::support_grant::{GrantKey, SupportGrant};
use support_core::time::Timestamp;
use support_core::verification::Verification;

use crate::{DUE, VERIFICATION, attribute, mint_tickets, support_grants};
use crate::{failure, not_built, unreadable};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The verifications of the Support table.
#[derive(Clone, Debug)]
pub struct DynamoVerifications {
    pub(crate) client: Client,
    pub(crate) table: String,
    pub(crate) record_seconds: i64,
}

#[derive(Serialize)]
struct Row<'a> {
    pk: String,
    kind: &'static str,
    agent_id: &'a str,
    customer_email: &'a str,
    /// Always [`DUE`], where there is `due_at`: the sparse index of what needs looking at.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<i64>,
    /// A fresh random text for each save, see [`Writer`].
    writer: &'a str,
    ttl: i64,
    #[serde(flatten)]
    verification: &'a Verification,
}

/// What a failed condition shows of the stored item.
#[derive(Deserialize)]
struct Written {
    version: u32,
    writer: String,
}

pub(crate) fn key(id: &VerificationId) -> AttributeValue {
    AttributeValue::S(format!("V#{id}"))
}

/// The id in a verification's key.
pub(crate) fn id(key: &AttributeValue) -> Option<VerificationId> {
    VerificationId::parse(key.as_s().ok()?.strip_prefix("V#")?)
}

pub(crate) fn verification(item: Item) -> Result<Verification, Failure> {
    serde_dynamo::from_item(item).map_err(unreadable)
}

impl DynamoVerifications {
    /// `record_days`: how long a verification is kept after its last change.
    pub fn new(config: &SdkConfig, table: impl Into<String>, record_days: u32) -> Self {
        Self {
            client: Client::new(config),
            table: table.into(),
            record_seconds: i64::from(record_days) * 24 * 60 * 60,
        }
    }

    async fn read(&self, key: AttributeValue) -> Result<Option<Item>, Failure> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(attribute::KEY, key)
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| failure(&error))?;
        Ok(answer.item)
    }

    fn put_ticket(&self, next: &SupportGrant, writer: &str) -> Result<Conditional, Failure> {
        let item = support_grants::item(next, writer, self.record_seconds)?;
        Ok(Conditional::over(next.version, item))
    }

    fn item(&self, verification: &Verification, writer: &str) -> Result<Item, Failure> {
        let last = verification.steps.last().map_or(verification.created_at, |step| step.at);
        serde_dynamo::to_item(Row {
            pk: format!("V#{}", verification.id),
            kind: VERIFICATION,
            agent_id: &verification.agent.id,
            customer_email: verification.customer.email.as_str(),
            due: verification.due_at().map(|_| DUE),
            due_at: verification.due_at().map(Timestamp::millis),
            writer,
            ttl: last.seconds() + self.record_seconds,
            verification,
        })
        .map_err(unreadable)
    }

    fn put(&self, verification: &Verification, writer: &str) -> Result<Conditional, Failure> {
        Ok(Conditional::over(verification.version, self.item(verification, writer)?))
    }

    async fn put_alone(&self, put: Conditional, writer: &Writer) -> Result<Saved, Failure> {
        let sent = self
            .client
            .put_item()
            .table_name(&self.table)
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
            Some(aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(e)) => {
                Ok(writer.lost_or_done(e.item.clone()))
            }
            _ => Err(failure(&error)),
        }
    }

    /// Writes `put`, which tells one's own write, and what depends on it.
    async fn transact(
        &self,
        put: Conditional,
        quota_uses: &[QuotaUse],
        others: impl IntoIterator<Item = TransactWriteItem>,
        writer: &Writer,
    ) -> Result<Saved, Failure> {
        let mut items = vec![self.conditional_put(put)?];
        for quota_use in quota_uses {
            items.push(self.quota_use(quota_use)?);
        }
        items.extend(others);
        let request = self.client.transact_write_items().set_transact_items(Some(items));
        let Err(error) = request.send().await else { return Ok(Saved::Done) };
        use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError as E;
        match error.as_service_error() {
            Some(E::TransactionCanceledException(e)) => {
                cancelled(e.cancellation_reasons(), quota_uses, writer)
                    .ok_or_else(|| failure(&error))
            }
            _ => Err(failure(&error)),
        }
    }

    fn conditional_put(&self, put: Conditional) -> Result<TransactWriteItem, Failure> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(put.item))
            .condition_expression(put.condition)
            .set_expression_attribute_names(Some(put.names))
            .set_expression_attribute_values(put.values)
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .build()
            .map_err(not_built)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn quota_use(&self, quota_use: &QuotaUse) -> Result<TransactWriteItem, Failure> {
        let key = budget_key(&quota_use.quota);
        let built = if quota_use.amount == 0 {
            ConditionCheck::builder()
                .table_name(&self.table)
                .key(attribute::KEY, key)
                .condition_expression(UNDER)
                .expression_attribute_names("#n", attribute::COUNT)
                .expression_attribute_values(":limit", number(quota_use.quota.limit))
                .build()
                .map(|check| TransactWriteItem::builder().condition_check(check).build())
        } else {
            Update::builder()
                .table_name(&self.table)
                .key(attribute::KEY, key)
                .update_expression(SPEND)
                .condition_expression(UNDER)
                .set_expression_attribute_names(Some(spend_names()))
                .set_expression_attribute_values(Some(spend_values(quota_use)))
                .build()
                .map(|update| TransactWriteItem::builder().update(update).build())
        };
        built.map_err(not_built)
    }

    fn grant(&self, grant: &TicketChange) -> Result<Option<TransactWriteItem>, Failure> {
        let built = match grant {
            TicketChange::None => return Ok(None),
            TicketChange::Put(grant) => Put::builder()
                .table_name(&self.table)
                .set_item(Some(mint_tickets::item(grant)?))
                .build()
                .map(|put| TransactWriteItem::builder().put(put).build()),
            TicketChange::Delete(id) => Delete::builder()
                .table_name(&self.table)
                .key(attribute::KEY, mint_tickets::key(id))
                .build()
                .map(|delete| TransactWriteItem::builder().delete(delete).build()),
        };
        built.map(Some).map_err(not_built)
    }
}

/// A quota has room: its count is under its limit.
const UNDER: &str = "attribute_not_exists(#n) OR #n < :limit";
const SPEND: &str = "SET #ttl = :ttl ADD #n :amount";

fn budget_key(quota: &Quota) -> AttributeValue {
    AttributeValue::S(format!("B#{}", quota.key))
}

pub(crate) fn number(n: impl ToString) -> AttributeValue {
    AttributeValue::N(n.to_string())
}

fn spend_names() -> HashMap<String, String> {
    HashMap::from([
        ("#n".to_owned(), attribute::COUNT.to_owned()),
        ("#ttl".to_owned(), attribute::TTL.to_owned()),
    ])
}

fn spend_values(quota_use: &QuotaUse) -> Item {
    HashMap::from([
        (":limit".to_owned(), number(quota_use.quota.limit)),
        (":ttl".to_owned(), number(quota_use.quota.ends_at.seconds())),
        (":amount".to_owned(), number(quota_use.amount)),
    ])
}

/// A put with the condition it stands under.
struct Conditional {
    item: Item,
    condition: &'static str,
    names: HashMap<String, String>,
    values: Option<Item>,
}

impl Conditional {
    /// `item`, of this version, only over the version before it.
    fn over(version: u32, item: Item) -> Self {
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

/// Who is writing which version: tells one's own write, repeated by the SDK after its answer was
/// lost, from a lost race.
struct Writer {
    name: String,
    version: u32,
}

impl Writer {
    /// With a name of its own.
    fn of(version: u32) -> Self {
        let mut name = [0; 16];
        UnwrapErr(SysRng).fill_bytes(&mut name);
        Self { name: format!("{:032x}", u128::from_be_bytes(name)), version }
    }

    fn lost_or_done(&self, stored: Option<Item>) -> Saved {
        let written = stored.and_then(|item| serde_dynamo::from_item::<_, Written>(item).ok());
        match written {
            Some(w) if w.version == self.version && w.writer == self.name => Saved::Done,
            Some(_) | None => Saved::LostRace,
        }
    }
}

/// Why a transaction did not happen. What is written by `writer` comes first, then the quotas, then
/// what else must be as it was read.
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

impl SupportGrants for DynamoVerifications {
    async fn load_grant(&self, grant: &GrantKey) -> Result<Option<SupportGrant>, Failure> {
        let item = self.read(support_grants::key(grant)).await?;
        item.map(support_grants::grant).transpose()
    }

    async fn save_grant(
        &self,
        next: &SupportGrant,
        quota_uses: &[QuotaUse],
    ) -> Result<Saved, Failure> {
        let writer = Writer::of(next.version);
        let put = self.put_ticket(next, &writer.name)?;
        if quota_uses.is_empty() {
            self.put_alone(put, &writer).await
        } else {
            self.transact(put, quota_uses, [], &writer).await
        }
    }
}

impl Verifications for DynamoVerifications {
    async fn load(&self, id: &VerificationId) -> Result<Option<Verification>, Failure> {
        self.read(key(id)).await?.map(verification).transpose()
    }

    async fn save(&self, change: &Change) -> Result<Saved, Failure> {
        let writer = Writer::of(change.next.version);
        let put = self.put(&change.next, &writer.name)?;
        let support_grant =
            change.support_grant.as_ref().map(|next| self.put_ticket(next, &writer.name));
        let support_grant = support_grant.transpose()?.map(|put| self.conditional_put(put));
        let others: Vec<_> =
            self.grant(&change.ticket)?.into_iter().chain(support_grant.transpose()?).collect();
        if change.quota_uses.is_empty() && others.is_empty() {
            self.put_alone(put, &writer).await
        } else {
            self.transact(put, &change.quota_uses, others, &writer).await
        }
    }

    async fn spend(&self, quota_use: &QuotaUse) -> Result<Saved, Failure> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(attribute::KEY, budget_key(&quota_use.quota))
            .update_expression(SPEND)
            .condition_expression(UNDER)
            .set_expression_attribute_names(Some(spend_names()))
            .set_expression_attribute_values(Some(spend_values(quota_use)))
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
}
