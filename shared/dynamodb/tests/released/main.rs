//! Items as released versions wrote them: they load, are shown, move on and end under this code.
//! `README.md` says how they were made.

#[path = "../engine/mod.rs"]
mod engine;

mod counts;
mod grants;
mod made;
mod verifications;

use std::collections::HashMap;
use std::path::Path;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use support_aws::Aws;

/// An item, and where it stands.
struct Sample {
    name: String,
    item: HashMap<String, AttributeValue>,
}

impl Sample {
    /// All items whose key begins with `prefix`, of every release.
    fn all(prefix: &str) -> Vec<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released");
        let mut samples = Vec::new();
        for release in std::fs::read_dir(here).unwrap().map(|entry| entry.unwrap().path()) {
            if !release.is_dir() {
                continue;
            }
            for file in std::fs::read_dir(release).unwrap().map(|entry| entry.unwrap().path()) {
                let value: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
                let AttributeValue::M(item) = attribute(&serde_json::json!({"M": value})) else {
                    unreachable!()
                };
                samples.push(Self { name: file.display().to_string(), item });
            }
        }
        let known = ["V#", "S#", "G#", "T#", "B#"];
        assert!(samples.iter().all(|s| known.iter().any(|known| s.key().starts_with(known))));
        samples.retain(|sample| sample.key().starts_with(prefix));
        assert!(!samples.is_empty());
        samples
    }

    fn key(&self) -> &str {
        self.text("pk")
    }

    /// The key without its prefix.
    fn id(&self) -> &str {
        self.key().split_once('#').unwrap().1
    }

    fn text(&self, name: &str) -> &str {
        self.item[name].as_s().unwrap()
    }

    async fn put(&self, client: &Client) {
        let item = Some(self.item.clone());
        client.put_item().table_name("support").set_item(item).send().await.expect("written");
    }
}

/// From DynamoDB's JSON.
fn attribute(value: &Value) -> AttributeValue {
    let (kind, value) = value.as_object().unwrap().iter().next().unwrap();
    let text = || value.as_str().unwrap().to_owned();
    match kind.as_str() {
        "S" => AttributeValue::S(text()),
        "N" => AttributeValue::N(text()),
        "B" => AttributeValue::B(Blob::new(STANDARD.decode(text()).unwrap())),
        "BOOL" => AttributeValue::Bool(value.as_bool().unwrap()),
        "NULL" => AttributeValue::Null(true),
        "L" => AttributeValue::L(value.as_array().unwrap().iter().map(attribute).collect()),
        "M" => {
            let members = value.as_object().unwrap().iter();
            AttributeValue::M(members.map(|(name, v)| (name.clone(), attribute(v))).collect())
        }
        other => panic!("{other}"),
    }
}

/// An engine with a table that holds `samples`.
async fn holding(samples: &[Sample]) -> (Aws, Client) {
    let aws = engine::engine().await;
    let client = engine::table(&aws).await;
    for sample in samples {
        sample.put(&client).await;
    }
    (aws, client)
}
