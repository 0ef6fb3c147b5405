//! The sweep on DynamoDB's engine: in shards, page by page, in several runs.

#[path = "../../../../shared/dynamodb/tests/engine/mod.rs"]
mod database;

use std::collections::HashSet;

use aws_sdk_dynamodb::types::AttributeValue;
use support_dynamodb::{DynamoIndex, DynamoVerifications};
use tokio::sync::Notify;

use super::*;

/// Takes emails, and ends the run after each [`RUN`] of them.
#[derive(Clone, Default)]
struct Postbox(Arc<(Mutex<Vec<EmailAddress>>, Notify)>);

const RUN: usize = 60;

impl Mailer for Postbox {
    async fn send(&self, to: &EmailAddress, _: &Email) -> Result<(), Failure> {
        let (emails, full) = &*self.0;
        let mut emails = emails.lock().unwrap();
        emails.push(to.clone());
        if emails.len().is_multiple_of(RUN) {
            full.notify_one();
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")] // P35
async fn a_backlog_drains_run_by_run_on_a_real_engine() {
    let aws = database::engine().await;
    let client = database::table(&aws).await;
    let store = DynamoVerifications::new(aws.config(), "support", 400);
    let mut ids = Vec::new();
    for n in 0..300 {
        let mut verification = told_session(1000 + n);
        verification.customer.email = EmailAddress::parse(&format!("c{n}@example.com")).unwrap();
        verification.version = 1;
        assert_eq!(store.save(&Change::to(verification.clone())).await, Ok(Saved::Done));
        // Some as release 0.1.0 wrote them.
        if n % 3 == 0 {
            let key = AttributeValue::S(format!("V#{}", verification.id));
            let update = client.update_item().table_name("support").key("pk", key);
            let update = update.update_expression("SET due = :due");
            let old = AttributeValue::S("due".to_owned());
            update.expression_attribute_values(":due", old).send().await.unwrap();
        }
        ids.push(verification.id);
    }
    let postbox = Postbox::default();
    let app = Parts {
        verifications: store.clone(),
        grants: store.clone(),
        index: DynamoIndex::new(aws.config(), "support"),
        mailer: postbox.clone(),
        receipt_key: Signer::default(),
        settings: settings(),
    };
    let due = async |now| {
        let mut due = 0;
        for part in 0..app.index.parts() {
            due += app.index.due(part, now, None, 1000).await.unwrap().items.len();
        }
        due
    };
    let now = NOON.plus(400);
    let (mut left, mut runs) = (due(now).await, 0);
    assert_eq!(left, ids.len());
    while left > 0 {
        let progress = Progress::default();
        sweep_until(&app, now, postbox.0.1.notified(), &progress).await;
        assert!(
            progress.end(now).unwrap() < RUN + 2 * IN_FLIGHT,
            "it begins with no more when over"
        );
        let before = left;
        left = due(now).await;
        assert!(left < before);
        runs += 1;
    }
    assert!(runs >= 3, "{runs} runs");
    for id in &ids {
        let stored = store.load(id).await.unwrap().unwrap();
        assert_eq!((stored.status(), stored.due_at()), (Status::Closed, None));
    }
    let emails = postbox.0.0.lock().unwrap();
    assert_eq!(emails.len(), ids.len(), "one each");
    assert_eq!(emails.iter().collect::<HashSet<_>>().len(), ids.len());
}
