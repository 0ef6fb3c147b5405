//! Items that two versions of this code share: their schema, and what one of them does not know.
//!
//! An item says in `schema` which rules it was written under. Attributes that are added without a new number
//! are kept by code that does not know them, where they are; a number that is too high makes that code leave
//! the whole item alone. A new number is for what older code must not decide without, and for what it would
//! have to drop when the state changes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::de::DeserializeOwned;
use support_core::kept::Kept;
use support_core::refusal::Failure;

use crate::item::Item;
use crate::{SERVICE, attribute, unreadable};

/// What `schema` is in the items that this code writes. Items without it are of the time before it, and are
/// read as 0.
pub(crate) const SCHEMA: u32 = 1;

/// The attributes that this crate adds to a record. It knows them in every item.
const OWN: [&str; 10] = [
    attribute::KEY,
    attribute::KIND,
    attribute::AGENT_ID,
    attribute::CUSTOMER_EMAIL,
    attribute::TICKET_KEY,
    attribute::DUE,
    attribute::DUE_AT,
    attribute::WRITER,
    attribute::TTL,
    attribute::SCHEMA,
];

/// Attributes that this code does not know, in the place where they are.
#[derive(Clone, Debug)]
enum Unknown {
    Whole(AttributeValue),
    /// In a map that this code knows.
    Within(HashMap<String, Unknown>),
    /// In elements of a list, by their place.
    Among(Vec<(usize, Unknown)>),
}

/// Returns the schema of an item.
fn schema(item: &Item) -> Option<u32> {
    match item.get(attribute::SCHEMA) {
        None => Some(0),
        Some(number) => number.as_n().ok()?.parse().ok(),
    }
}

/// Checks that this code may read an item, and so change it.
///
/// # Errors
/// [`Failure::of_other_version`] if its schema is newer.
pub(crate) fn check(item: &Item) -> Result<u32, Failure> {
    match schema(item) {
        Some(schema) if schema <= SCHEMA => Ok(schema),
        Some(schema) => {
            let detail = format!("an item of schema {schema}: this version knows {SCHEMA}");
            Err(Failure::of_other_version(SERVICE, detail))
        }
        None => Err(Failure::of_other_version(SERVICE, "an item whose schema is no number")),
    }
}

/// Reads a record from an item, with what this code does not know of it. `write` makes of a record what the
/// item would be if this code had written all of it.
///
/// What is not known in an item of an older schema has no use any more, and is not kept.
///
/// # Errors
/// [`Failure::of_other_version`] if its schema is newer, or if it is not such a record.
pub(crate) fn read<T: DeserializeOwned>(
    item: Item,
    write: impl Fn(&T) -> Result<Item, Failure>,
) -> Result<(T, Kept), Failure> {
    let schema = check(&item)?;
    let record = serde_dynamo::from_item(item.clone()).map_err(unreadable)?;
    if schema < SCHEMA {
        return Ok((record, Kept::default()));
    }
    let known = write(&record)?;
    let kept = within(&item, &known, &OWN);
    Ok((record, kept.map_or_else(Kept::default, Kept::new)))
}

/// Adds to `item`, the next state of a record, what was not known when the record was read.
pub(crate) fn write(mut item: Item, kept: &Kept) -> Item {
    if let Some(Unknown::Within(unknown)) = kept.get() {
        add(&mut item, unknown);
        let state = |members: &HashMap<_, _>| match members.get("state") {
            Some(Unknown::Within(state)) => state.get("ask").cloned(),
            _ => None,
        };
        // What the customer is asked for becomes what they have consented to.
        if let (Some(Unknown::Within(ask)), Some(AttributeValue::M(next))) =
            (state(unknown), item.get_mut("state"))
            && let (Some(asked), Some(AttributeValue::M(consent))) =
                (ask.get("consent"), next.get_mut("consent"))
            && let Unknown::Within(asked) = asked
        {
            add(consent, asked);
        }
    }
    item
}

fn within(found: &Item, known: &Item, own: &[&str]) -> Option<Unknown> {
    let members = found.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let unknown: HashMap<_, _> = members
        .filter_map(|(name, found)| Some((name.clone(), beyond(found, known.get(name))?)))
        .collect();
    (!unknown.is_empty()).then_some(Unknown::Within(unknown))
}

fn beyond(found: &AttributeValue, known: Option<&AttributeValue>) -> Option<Unknown> {
    match (found, known) {
        (found, None) => Some(Unknown::Whole(found.clone())),
        (AttributeValue::M(found), Some(AttributeValue::M(known))) => within(found, known, &[]),
        (AttributeValue::L(found), Some(AttributeValue::L(known)))
            if found.len() == known.len() =>
        {
            let pairs = found.iter().zip(known).enumerate();
            let unknown: Vec<_> = pairs
                .filter_map(|(place, (found, known))| Some((place, beyond(found, Some(known))?)))
                .collect();
            (!unknown.is_empty()).then_some(Unknown::Among(unknown))
        }
        // It was read, whatever it looks like when it is written.
        (_, Some(_)) => None,
    }
}

/// Adds what is unknown wherever nothing else stands by now.
fn add(members: &mut Item, unknown: &HashMap<String, Unknown>) {
    for (name, unknown) in unknown {
        match (unknown, members.get_mut(name)) {
            (Unknown::Whole(value), None) => drop(members.insert(name.clone(), value.clone())),
            (unknown, Some(value)) => add_to(value, unknown),
            // What it was part of is gone.
            (Unknown::Within(_) | Unknown::Among(_), None) => {}
        }
    }
}

fn add_to(value: &mut AttributeValue, unknown: &Unknown) {
    match (unknown, value) {
        (Unknown::Within(unknown), AttributeValue::M(members)) => add(members, unknown),
        (Unknown::Among(unknown), AttributeValue::L(elements)) => {
            for (place, unknown) in unknown {
                if let Some(element) = elements.get_mut(*place) {
                    add_to(element, unknown);
                }
            }
        }
        // This code has put something else there.
        (Unknown::Whole(_) | Unknown::Within(_) | Unknown::Among(_), _) => {}
    }
}
