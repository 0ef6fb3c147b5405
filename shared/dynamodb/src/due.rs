//! What is due: a sparse index, in shards, so that writing and listing a backlog are not limited to what
//! one partition of DynamoDB can do.
//!
//! Release 0.1.0 wrote every item under [`UNSHARDED`]. Such an item is found like any other, and its next
//! write moves it to its shard.

use aws_sdk_dynamodb::types::AttributeValue;
use support_core::ports::{Due, DueItems, DuePage, DuePlace};
use support_core::refusal::Failure;
use support_core::time::Timestamp;

use crate::index::DynamoIndex;
use crate::item::{Item, number};
use crate::{attribute, failure, support_grants, verifications};

/// The index, named in the template.
const INDEX: &str = "due";
/// What `due` is in items of release 0.1.0.
const UNSHARDED: &str = "due";
const SHARDS: u8 = 8;

/// Returns what `due` is in the item under `key`, if the item needs looking at: its shard, `due#0` to
/// `due#7`.
pub(crate) fn shard(key: &str) -> String {
    let sum = key.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    name(sum % SHARDS)
}

fn name(shard: u8) -> String {
    format!("{UNSHARDED}#{shard}")
}

/// Part 0 is what release 0.1.0 wrote; the shards follow.
fn partition(part: usize) -> String {
    match u8::try_from(part).ok().and_then(|part| part.checked_sub(1)) {
        None => UNSHARDED.to_owned(),
        Some(shard) => name(shard),
    }
}

fn place(item: &Item) -> Option<DuePlace> {
    let due_at = item.get(attribute::DUE_AT)?.as_n().ok()?.parse().ok()?;
    let key = item.get(attribute::KEY)?.as_s().ok()?.clone();
    Some(DuePlace { due_at: Timestamp::from_millis(due_at), key })
}

fn due(key: &AttributeValue) -> Option<Due> {
    let verification = verifications::id(key).map(Due::Verification);
    verification.or_else(|| support_grants::parse(key).map(Due::SupportGrant))
}

impl DueItems for DynamoIndex {
    fn parts(&self) -> usize {
        1 + usize::from(SHARDS)
    }

    async fn due(
        &self,
        part: usize,
        now: Timestamp,
        after: Option<&DuePlace>,
        limit: usize,
    ) -> Result<DuePage, Failure> {
        let partition = AttributeValue::S(partition(part));
        let start = after.map(|place| {
            Item::from([
                (attribute::KEY.to_owned(), AttributeValue::S(place.key.clone())),
                (attribute::DUE.to_owned(), partition.clone()),
                (attribute::DUE_AT.to_owned(), number(place.due_at.millis())),
            ])
        });
        let answer = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .index_name(INDEX)
            .key_condition_expression("#due = :due AND #at <= :now")
            .expression_attribute_names("#due", attribute::DUE)
            .expression_attribute_names("#at", attribute::DUE_AT)
            .expression_attribute_values(":due", partition)
            .expression_attribute_values(":now", number(now.millis()))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(|error| failure(&error))?;
        let listed = |item: &Item| Some((place(item)?.due_at, due(item.get(attribute::KEY)?)?));
        Ok(DuePage {
            items: answer.items().iter().filter_map(listed).collect(),
            next: answer.last_evaluated_key().and_then(place),
        })
    }

    async fn postpone(
        &self,
        item: &Due,
        listed_at: Timestamp,
        until: Timestamp,
    ) -> Result<(), Failure> {
        let key = match item {
            Due::Verification(id) => verifications::key(id),
            Due::SupportGrant(key) => support_grants::key(key),
        };
        let sent = self
            .table
            .client
            .update_item()
            .table_name(&self.table.name)
            .key(attribute::KEY, key)
            .update_expression("SET #at = :until")
            .condition_expression("#at = :listed_at")
            .expression_attribute_names("#at", attribute::DUE_AT)
            .expression_attribute_values(":until", number(until.millis()))
            .expression_attribute_values(":listed_at", number(listed_at.millis()))
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shards_fill_evenly() {
        let mut counts = [0; SHARDS as usize];
        for n in 0..8_000_u32 {
            let key = format!("V#{:032x}", u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let shard = shard(&key);
            let number: usize = shard.strip_prefix("due#").unwrap().parse().unwrap();
            counts[number] += 1;
            assert_eq!(partition(number + 1), shard);
        }
        assert!(counts.iter().all(|count| (800..1200).contains(count)), "{counts:?}");
    }
}
