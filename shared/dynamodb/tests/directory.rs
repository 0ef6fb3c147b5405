//! Records of the directory, which others write: those that can be read, and what is said of those that
//! cannot.

mod engine;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use support_core::identity::EmailAddress;
use support_core::ports::{Activities, Directory};
use support_core::refusal::Unreadable;
use support_dynamodb::DynamoDirectory;

fn record() -> Value {
    json!({
        "pk": "USER#carla@example.com",
        "user_id": "sub-carla",
        "email": "carla@example.com",
        "name": "Carla",
        "locale": "es",
        "status": "active",
        "ecosystems": [{"id": "eco-1", "name": "Eco", "role": "admin", "plan": "premium", "modules": []}],
        "processes": [],
    })
}

#[tokio::test] // P46
async fn a_record_that_cannot_be_read_says_which_field_is_wrong_and_nothing_of_what_is_in_it() {
    let aws = engine::engine().await;
    let client = engine::table(&aws).await;
    let directory = DynamoDirectory::new(aws.config(), "core");
    let carla = EmailAddress::parse("carla@example.com").unwrap();
    let secret = "Hunter2 Street";
    let hostile: [(&str, Value, &str); 12] = [
        ("name", json!(null), "name: not as expected"),
        ("name", json!({"first": secret}), "name: not as expected"),
        ("user_id", json!(5), "user_id: not as expected"),
        ("email", json!(secret), "email: not as expected"),
        ("locale", json!([secret]), "locale: not as expected"),
        ("status", json!(secret), "status: not as expected"),
        ("ecosystems", json!(secret), "ecosystems: not as expected"),
        ("ecosystems", json!({}), "ecosystems: not as expected"),
        ("ecosystems", json!([secret]), "ecosystems[0]: not as expected"),
        ("ecosystems", json!([{}]), "ecosystems[0]: `id` is missing"),
        (
            "ecosystems",
            json!([{"id": 7, "name": "E", "role": "admin", "plan": "plus"}]),
            "ecosystems[0].id: not as expected",
        ),
        (
            "ecosystems",
            json!([{"id": "e", "name": "E", "role": [secret], "plan": "plus"}]),
            "ecosystems[0].role: not as expected",
        ),
    ];
    let put = async |record: &Value| {
        let item: HashMap<String, AttributeValue> = serde_dynamo::to_item(record).unwrap();
        client.put_item().table_name("core").set_item(Some(item)).send().await.unwrap();
    };
    put(&record()).await;
    assert_eq!(directory.find(&carla).await.unwrap().unwrap().name, "Carla");
    for (field, value, said) in hostile {
        let mut changed = record();
        changed[field] = value.clone();
        put(&changed).await;
        for failure in [
            directory.find(&carla).await.unwrap_err(),
            directory.glance(&carla).await.unwrap_err(),
            directory.activity(&carla).await.unwrap_err(),
        ] {
            assert!(
                failure.unreadable == Some(Unreadable::DirectoryRecord) && !failure.maybe_done,
                "{field}: {value}"
            );
            assert_eq!(failure.detail, said, "{field}: {value}");
        }
    }
    let mut without = record();
    without.as_object_mut().unwrap().remove("name");
    put(&without).await;
    assert_eq!(directory.find(&carla).await.unwrap_err().detail, ".: `name` is missing");
    let mut changed = record();
    changed["processes"] = json!([{"id": "p-1"}]);
    put(&changed).await;
    assert!(directory.find(&carla).await.is_ok(), "look-ups leave the activity out");
    let failure = directory.activity(&carla).await.unwrap_err();
    assert_eq!(failure.detail, "processes[0]: `title` is missing");
}
