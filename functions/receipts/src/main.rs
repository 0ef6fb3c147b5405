//! `GET /receipts/key`: the public half of the key that receipts are signed with.

use support_aws::{Aws, Timeouts};
use support_core::ports::ReceiptKey;
use support_gateway::Answer;
use support_kms::KmsReceiptKey;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let connect = async || {
        let aws = Aws::from_env(Timeouts::ORDINARY)?;
        let key = KmsReceiptKey::from_env(&aws)?;
        Ok::<_, support_gateway::Error>(key.public().await?)
    };
    support_gateway::serve(support_gateway::DEADLINE, connect, async |key, _| Ok(Answer::ok(key)))
        .await
}
