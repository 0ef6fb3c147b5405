//! `GET /receipts/key`: the public half of the key that receipts are signed with.

use support_aws::{Aws, Timeouts};
use support_core::ports::ReceiptKey;
use support_gateway::{Answer, settings};
use support_kms::KmsReceiptKey;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let aws = Aws::from_env(Timeouts::ORDINARY)?;
    let key = KmsReceiptKey::new(aws.config(), settings::required("RECEIPT_KEY")?);
    // Known before the first call, if KMS is there; a later call asks again.
    let _ = key.public().await;
    support_gateway::serve(support_gateway::DEADLINE, async |_| {
        Ok(Answer::ok(&key.public().await?))
    })
    .await
}
