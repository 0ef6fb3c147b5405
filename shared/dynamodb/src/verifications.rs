//! Verifications, changed by compare-and-set, together with what changes with them: their mint
//! tickets, their sealed tokens, the support grant they are under, and the quotas that a write counts
//! against. No write comes near the limits of a transaction (100 items, 4 MB).

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use aws_types::SdkConfig;
use serde::Serialize;
use support_aws::Aws;
use support_core::entitlement::Environment;
use support_core::identity::{TicketNumber, VerificationId};
use support_core::limits::QuotaUse;
use support_core::ports::{Change, Saved, SealedPairs, SupportGrants, TicketChange, Verifications};
use support_core::refusal::Failure;
use support_core::session::{SealedChange, SealedTokens};
use support_core::support_grant::{GrantKey, SupportGrant};
use support_core::time::Timestamp;
use support_core::verification::Verification;
use support_settings::SettingError;
use support_settings::variable::SUPPORT_TABLE;

use crate::due::shard;
use crate::item::Item;
use crate::kept::{self, SCHEMA};
use crate::table::{Table, VersionedPut, Writer};
use crate::{VERIFICATION, mint_tickets, not_an_item, sealed_tokens, support_grants};

/// The verifications and the support grants of the Support table.
#[derive(Clone, Debug)]
pub struct DynamoVerifications {
    table: Table,
    record_seconds: i64,
}

#[derive(Serialize)]
struct Row<'a> {
    pk: String,
    kind: &'static str,
    agent_id: &'a str,
    customer_email: &'a str,
    /// What its ticket is found by, where it has one: no index takes a null.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_key: Option<String>,
    /// Its [shard](crate::due) of the sparse index of what needs looking at, where there is `due_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<i64>,
    /// A fresh random text for each save, see [`Writer`].
    writer: &'a str,
    ttl: i64,
    schema: u32,
    #[serde(flatten)]
    verification: &'a Verification,
}

pub(crate) fn key(id: &VerificationId) -> AttributeValue {
    AttributeValue::S(format!("V#{id}"))
}

/// Reads the id in a verification's key.
pub(crate) fn id(key: &AttributeValue) -> Option<VerificationId> {
    VerificationId::parse(key.as_s().ok()?.strip_prefix("V#")?)
}

/// Reads a verification, with what this version does not know of it.
pub(crate) fn verification(stored: Item) -> Result<Verification, Failure> {
    let (read, kept) = kept::read(stored, |read| item(read, "", 0))?;
    Ok(Verification { kept, ..read })
}

fn item(verification: &Verification, writer: &str, record_seconds: i64) -> Result<Item, Failure> {
    let last = verification.steps.last().map_or(verification.created_at, |step| step.at);
    let pk = format!("V#{}", verification.id);
    serde_dynamo::to_item(Row {
        kind: VERIFICATION,
        agent_id: &verification.agent.id,
        customer_email: verification.customer.email.as_str(),
        ticket_key: verification.ticket.as_ref().map(TicketNumber::found_by),
        due: verification.due_at().map(|_| shard(&pk)),
        due_at: verification.due_at().map(Timestamp::millis),
        writer,
        ttl: last.seconds() + record_seconds,
        schema: SCHEMA,
        pk,
        verification,
    })
    .map_err(not_an_item)
}

impl DynamoVerifications {
    /// Takes the table of `SUPPORT_TABLE`, and keeps a verification for `RECORD_DAYS` after its last
    /// change.
    ///
    /// # Errors
    /// A variable is missing or unreadable.
    pub fn from_env(aws: &Aws) -> Result<Self, SettingError> {
        let record_days = support_settings::limits()?.record_days;
        Ok(Self::new(aws.config(), SUPPORT_TABLE.required()?, record_days))
    }

    /// `record_days`: how long a verification is kept after its last change.
    pub fn new(config: &SdkConfig, table: impl Into<String>, record_days: u32) -> Self {
        Self {
            table: Table::new(config, table),
            record_seconds: i64::from(record_days) * 24 * 60 * 60,
        }
    }

    fn put(&self, verification: &Verification, writer: &Writer) -> Result<VersionedPut, Failure> {
        let item = item(verification, &writer.name, self.record_seconds)?;
        let item = kept::write(item, &verification.kept);
        Ok(VersionedPut::over(verification.version, item))
    }

    fn put_grant(&self, next: &SupportGrant, writer: &Writer) -> Result<VersionedPut, Failure> {
        let item = support_grants::item(next, &writer.name, self.record_seconds)?;
        let item = kept::write(item, &next.kept);
        Ok(VersionedPut::over(next.version, item))
    }

    /// Returns the parts of a transaction that `change` consists of beside the verification, the quotas
    /// and the support grant.
    fn others(&self, change: &Change) -> Result<Vec<TransactWriteItem>, Failure> {
        let mut others = Vec::new();
        match &change.tickets {
            TicketChange::None => {}
            TicketChange::Put(tickets) => {
                for ticket in tickets {
                    others.push(self.table.put_in_transaction(mint_tickets::item(ticket)?)?);
                }
            }
            TicketChange::Delete(ids) => {
                for id in ids {
                    others.push(self.table.delete_in_transaction(mint_tickets::key(id))?);
                }
            }
        }
        match &change.next.sealed {
            SealedChange::None => {}
            SealedChange::Put(pairs) => {
                for tokens in pairs {
                    others.push(self.table.put_in_transaction(sealed_tokens::item(tokens)?)?);
                }
            }
            SealedChange::Delete(environments) => {
                for environment in environments {
                    let key = sealed_tokens::key(&change.next.id, *environment);
                    others.push(self.table.delete_in_transaction(key)?);
                }
            }
        }
        Ok(others)
    }
}

impl Verifications for DynamoVerifications {
    async fn load(&self, id: &VerificationId) -> Result<Option<Verification>, Failure> {
        self.table.read(key(id)).await?.map(verification).transpose()
    }

    async fn glance(&self, id: &VerificationId) -> Result<Option<Verification>, Failure> {
        self.table.glance(key(id)).await?.map(verification).transpose()
    }

    async fn save(&self, change: &Change) -> Result<Saved, Failure> {
        let writer = Writer::of(change.next.version);
        let put = self.put(&change.next, &writer)?;
        let mut others = self.others(change)?;
        if let Some(next) = &change.support_grant {
            others.push(self.table.versioned(self.put_grant(next, &writer)?)?);
        }
        self.table.write(put, &change.quota_uses, others, &writer).await
    }
}

impl SealedPairs for DynamoVerifications {
    async fn load_sealed(
        &self,
        verification: &VerificationId,
        environment: Environment,
    ) -> Result<Option<SealedTokens>, Failure> {
        let item = self.table.read(sealed_tokens::key(verification, environment)).await?;
        item.map(sealed_tokens::tokens).transpose()
    }
}

impl SupportGrants for DynamoVerifications {
    async fn load_grant(&self, key: &GrantKey) -> Result<Option<SupportGrant>, Failure> {
        self.table.read(support_grants::key(key)).await?.map(support_grants::grant).transpose()
    }

    async fn save_grant(
        &self,
        next: &SupportGrant,
        quota_uses: &[QuotaUse],
    ) -> Result<Saved, Failure> {
        let writer = Writer::of(next.version);
        self.table.write(self.put_grant(next, &writer)?, quota_uses, Vec::new(), &writer).await
    }
}
