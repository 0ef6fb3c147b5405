//! The sealed tokens of sessions: one item for each environment. They are written and deleted together
//! with their verification's state.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use support_core::entitlement::Environment;
use support_core::identity::VerificationId;
use support_core::refusal::Failure;
use support_core::session::SealedTokens;

use crate::item::Item;
use crate::kept::{self, SCHEMA};
use crate::{not_an_item, unreadable};

#[derive(Serialize, Deserialize)]
struct Row {
    pk: String,
    ttl: i64,
    #[serde(default)]
    schema: u32,
    #[serde(flatten)]
    tokens: SealedTokens,
}

fn text(verification: &VerificationId, environment: Environment) -> String {
    format!("T#{verification}#{}", environment.as_str())
}

pub(crate) fn key(verification: &VerificationId, environment: Environment) -> AttributeValue {
    AttributeValue::S(text(verification, environment))
}

pub(crate) fn item(tokens: &SealedTokens) -> Result<Item, Failure> {
    let row = Row {
        pk: text(&tokens.verification, tokens.environment),
        ttl: tokens.expires_at.seconds(),
        schema: SCHEMA,
        tokens: tokens.clone(),
    };
    serde_dynamo::to_item(row).map_err(not_an_item)
}

pub(crate) fn tokens(item: Item) -> Result<SealedTokens, Failure> {
    kept::check(&item)?;
    serde_dynamo::from_item(item).map(|row: Row| row.tokens).map_err(unreadable)
}
