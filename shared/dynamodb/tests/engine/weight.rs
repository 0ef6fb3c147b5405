//! The size of an item.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

/// What DynamoDB counts, by its developer guide.
fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.len() / 2 + 2,
        AttributeValue::Bool(_) | AttributeValue::Null(_) => 1,
        AttributeValue::L(list) => 3 + list.iter().map(|each| size(each) + 1).sum::<usize>(),
        AttributeValue::M(map) => 3 + of_item(map) + map.len(),
        other => panic!("{other:?}"),
    }
}

/// Returns how many bytes an item has.
pub fn of_item(item: &HashMap<String, AttributeValue>) -> usize {
    item.iter().map(|(name, value)| name.len() + size(value)).sum()
}
