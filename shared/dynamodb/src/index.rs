//! Verifications by who and when. The indexes hold keys alone, which never change, so that a
//! verification's many writes cost nothing there; the items come from the table.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use aws_types::SdkConfig;
use support_aws::Aws;
use support_core::ports::{Listed, Page, Position, Scope, VerificationIndex, Window};
use support_core::refusal::Failure;
use support_core::time::Timestamp;
use support_settings::SettingError;
use support_settings::variable::SUPPORT_TABLE;

use crate::item::Item;
use crate::table::Table;
use crate::verifications::{id, key, verification};
use crate::{VERIFICATION, attribute, failure, not_built};

/// The indexes of the Support table, named in the template.
mod name {
    pub const BY_AGENT: &str = "by-agent";
    pub const BY_CUSTOMER: &str = "by-customer";
    pub const BY_KIND: &str = "by-kind";
    pub const BY_TICKET: &str = "by-ticket";
}

/// The verifications of the Support table, to look through.
#[derive(Clone, Debug)]
pub struct DynamoIndex {
    pub(crate) table: Table,
}

impl DynamoIndex {
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

    async fn places(
        &self,
        scope: &Scope,
        window: &Window,
        before: Option<&Position>,
        limit: usize,
    ) -> Result<(Vec<Position>, bool), Failure> {
        let (index, attribute, value) = match scope {
            Scope::Everyone => (name::BY_KIND, attribute::KIND, VERIFICATION.to_owned()),
            Scope::Agent(id) => (name::BY_AGENT, attribute::AGENT_ID, id.clone()),
            Scope::Customer(email) => {
                (name::BY_CUSTOMER, attribute::CUSTOMER_EMAIL, email.as_str().to_owned())
            }
            Scope::Ticket(ticket) => (name::BY_TICKET, attribute::TICKET_KEY, ticket.found_by()),
        };
        if window.from.zip(window.until).is_some_and(|(from, until)| from >= until) {
            return Ok((Vec::new(), true));
        }
        let value = AttributeValue::S(value);
        let moment = |moment: Timestamp| AttributeValue::N(moment.millis().to_string());
        let first = moment(window.from.unwrap_or(Timestamp::from_millis(0)));
        let last = window.until.map_or(i64::MAX, |until| until.millis().saturating_sub(1));
        let start = before.map(|position| {
            HashMap::from([
                (attribute::KEY.to_owned(), key(&position.id)),
                (attribute::CREATED_AT.to_owned(), moment(position.created_at)),
                (attribute.to_owned(), value.clone()),
            ])
        });
        let answer = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .index_name(index)
            .key_condition_expression("#partition = :value AND #created BETWEEN :first AND :last")
            .expression_attribute_names("#partition", attribute)
            .expression_attribute_names("#created", attribute::CREATED_AT)
            .expression_attribute_values(":value", value)
            .expression_attribute_values(":first", first)
            .expression_attribute_values(":last", moment(Timestamp::from_millis(last)))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(|error| failure(&error))?;
        let ended = answer.last_evaluated_key.is_none();
        let items = answer.items.unwrap_or_default().into_iter();
        Ok((items.filter_map(|item| place(&item)).collect(), ended))
    }

    /// The verifications at `places`. What is gone meanwhile is left out.
    async fn items(&self, places: Vec<Position>) -> Result<Vec<Listed>, Failure> {
        let mut pending: Vec<_> =
            places.iter().map(|p| Item::from([(attribute::KEY.to_owned(), key(&p.id))])).collect();
        let mut found = HashMap::new();
        while !pending.is_empty() {
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(std::mem::take(&mut pending)))
                .consistent_read(true)
                .build()
                .map_err(not_built)?;
            let answer = self
                .table
                .client
                .batch_get_item()
                .request_items(&self.table.name, wanted)
                .send()
                .await
                .map_err(|error| failure(&error))?;
            for item in answer.responses.unwrap_or_default().into_values().flatten() {
                let id = item.get(attribute::KEY).and_then(id);
                let read = match verification(item) {
                    Ok(verification) => Some(verification),
                    Err(failure) if failure.unreadable.is_some() => None,
                    Err(failure) => return Err(failure),
                };
                found.extend(id.map(|id| (id, read)));
            }
            for rest in answer.unprocessed_keys.unwrap_or_default().into_values() {
                pending.extend(rest.keys);
            }
        }
        let listed = |place: Position| Some((found.remove(&place.id)?, place));
        let listed = places.into_iter().filter_map(listed);
        Ok(listed.map(|(verification, place)| Listed { place, verification }).collect())
    }
}

/// Reads where an entry of an index stands.
fn place(entry: &Item) -> Option<Position> {
    let created_at = entry.get(attribute::CREATED_AT)?.as_n().ok()?.parse().ok()?;
    let id = id(entry.get(attribute::KEY)?)?;
    Some(Position { created_at: Timestamp::from_millis(created_at), id })
}

impl VerificationIndex for DynamoIndex {
    async fn page(
        &self,
        scope: &Scope,
        window: &Window,
        before: Option<&Position>,
        limit: usize,
    ) -> Result<Page, Failure> {
        let (places, ended) = self.places(scope, window, before, limit).await?;
        Ok(Page { items: self.items(places).await?, ended })
    }
}
