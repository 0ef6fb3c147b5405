//! Two versions of this code at the same table: what one writes, the other keeps, shows, or leaves alone.

#[path = "../engine/mod.rs"]
mod engine;

mod alone;
mod kept;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use engine::{engine, table};
use std::collections::HashMap;
use support_aws::Aws;
use support_core::ports::{Change, Saved, Verifications};
use support_core::verification::Verification;
use support_dynamodb::DynamoVerifications;
use support_testing::samples::{Walk, versions};

type Item = HashMap<String, AttributeValue>;

struct Stored {
    aws: Aws,
    client: Client,
    store: DynamoVerifications,
}

impl Stored {
    async fn new() -> Self {
        let aws = engine().await;
        let client = table(&aws).await;
        let store = DynamoVerifications::new(aws.config(), "support", 400);
        Self { aws, client, store }
    }

    async fn item(&self, pk: &str) -> Item {
        let key = AttributeValue::S(pk.to_owned());
        let read = self.client.get_item().table_name("support").key("pk", key).send().await;
        read.unwrap().item.unwrap()
    }

    /// Writes an item as another version would, whatever that one adds or leaves out.
    async fn put(&self, item: Item) {
        let put = self.client.put_item().table_name("support").set_item(Some(item));
        put.send().await.unwrap();
    }

    async fn change(&self, pk: &str, change: impl FnOnce(&mut Item)) {
        let mut item = self.item(pk).await;
        change(&mut item);
        self.put(item).await;
    }

    async fn save(&self, next: Verification) -> Verification {
        let id = next.id.clone();
        assert_eq!(self.store.save(&Change::to(next)).await, Ok(Saved::Done));
        self.store.load(&id).await.unwrap().unwrap()
    }

    /// Stores a verification that was walked to where it is.
    async fn walked(&self, walk: &Walk) {
        for version in versions(&walk.verification) {
            self.save(version).await;
        }
    }
}

fn pk(verification: &Verification) -> String {
    format!("V#{}", verification.id)
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// What is at a path of names and places in lists.
fn at<'a>(item: &'a mut Item, path: &str) -> Option<&'a mut AttributeValue> {
    let mut names = path.split('.');
    let mut found = item.get_mut(names.next()?)?;
    for name in names {
        found = match found {
            AttributeValue::M(members) => members.get_mut(name)?,
            AttributeValue::L(elements) => elements.get_mut(name.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(found)
}

/// Adds an attribute in each of these maps. What JSON has no form for is among them.
fn add_unknown(item: &mut Item, maps: &[&str]) {
    for path in maps {
        let members = match *path {
            "" => &mut *item,
            path => match at(item, path) {
                Some(AttributeValue::M(members)) => members,
                other => panic!("{path}: {other:?}"),
            },
        };
        let set = AttributeValue::Ns(vec!["1".to_owned(), "2".to_owned()]);
        let inner = HashMap::from([("deep".to_owned(), set), ("why".to_owned(), text(path))]);
        members.insert("tomorrow".to_owned(), AttributeValue::M(inner));
    }
}

fn has_unknown(item: &mut Item, map: &str) -> bool {
    let path = if map.is_empty() { "tomorrow".to_owned() } else { format!("{map}.tomorrow") };
    matches!(at(item, &path), Some(AttributeValue::M(members)) if members.len() == 2)
}
