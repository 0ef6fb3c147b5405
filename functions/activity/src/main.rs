mod app;
mod handler;
mod search;
mod successor;
#[cfg(test)]
mod tests;

use support_aws::{Aws, Service, Timeouts};
use support_dynamodb::{DynamoDirectory, DynamoIndex, DynamoVerifications};
use support_settings as settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let connect = async || {
        let aws = Aws::from_env(Timeouts::ORDINARY)?;
        let app = app::App {
            verifications: DynamoVerifications::from_env(&aws)?,
            index: DynamoIndex::from_env(&aws)?,
            directory: DynamoDirectory::from_env(&aws)?,
            limits: settings::limits()?,
        };
        aws.prime(&[(Service::DynamoDb, 1)]).await;
        Ok::<_, support_gateway::Error>(app)
    };
    support_gateway::serve(support_gateway::DEADLINE, connect, async |app, request| {
        handler::handle(app, request).await
    })
    .await
}
