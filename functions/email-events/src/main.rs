mod event;
mod handler;
#[cfg(test)]
mod tests;

use support_aws::{Aws, Service, Timeouts};
use support_dynamodb::DynamoVerifications;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let aws = Aws::from_env(Timeouts::ORDINARY)?;
    let verifications = DynamoVerifications::from_env(&aws)?;
    aws.prime(&[(Service::DynamoDb, 1)]).await;
    support_gateway::serve_events(async |event, now| {
        handler::handle(&verifications, &event, now).await
    })
    .await
}
