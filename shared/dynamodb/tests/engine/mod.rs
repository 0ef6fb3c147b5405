//! A real engine, embedded: dynoxide, DynamoDB over SQLite.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use support_aws::{Aws, Timeouts};
use tokio::net::TcpListener;

/// An engine on a port of its own, reached as the functions reach DynamoDB.
pub async fn engine() -> Aws {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let database = dynoxide::Database::memory().expect("an engine");
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let variables = HashMap::from([
        ("AWS_REGION", "eu-west-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_ENDPOINT_URL", format!("http://{address}")),
    ]);
    // The engine may be slow beside everything else that the machine does.
    let patient = Duration::from_secs(30);
    let timeouts = Timeouts { attempt: patient, operation: 2 * patient };
    Aws::from_variables(|name| variables.get(name).cloned(), timeouts).expect("complete")
}

/// The tables `support` and `core`, as the template makes them.
pub async fn table(aws: &Aws) -> Client {
    let attribute = |name: &str, kind| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().unwrap()
    };
    let key = |name: &str, kind| {
        KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
    };
    let index = |name: &str, partition: &str, sort: &str| {
        GlobalSecondaryIndex::builder()
            .index_name(name)
            .key_schema(key(partition, KeyType::Hash))
            .key_schema(key(sort, KeyType::Range))
            .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
            .build()
            .unwrap()
    };
    let client = Client::new(aws.config());
    client
        .create_table()
        .table_name("support")
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("pk", ScalarAttributeType::S))
        .attribute_definitions(attribute("created_at", ScalarAttributeType::N))
        .attribute_definitions(attribute("agent_id", ScalarAttributeType::S))
        .attribute_definitions(attribute("customer_email", ScalarAttributeType::S))
        .attribute_definitions(attribute("ticket_key", ScalarAttributeType::S))
        .attribute_definitions(attribute("kind", ScalarAttributeType::S))
        .attribute_definitions(attribute("due", ScalarAttributeType::S))
        .attribute_definitions(attribute("due_at", ScalarAttributeType::N))
        .key_schema(key("pk", KeyType::Hash))
        .global_secondary_indexes(index("by-agent", "agent_id", "created_at"))
        .global_secondary_indexes(index("by-customer", "customer_email", "created_at"))
        .global_secondary_indexes(index("by-ticket", "ticket_key", "created_at"))
        .global_secondary_indexes(index("by-kind", "kind", "created_at"))
        .global_secondary_indexes(index("due", "due", "due_at"))
        .send()
        .await
        .expect("created");
    client
        .create_table()
        .table_name("core")
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("pk", ScalarAttributeType::S))
        .key_schema(key("pk", KeyType::Hash))
        .send()
        .await
        .expect("created");
    client
}
