mod handler;

use support_aws::{Aws, Service, Timeouts};
use support_dynamodb::DynamoVerifications;
use support_gateway::settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let aws = Aws::from_env(Timeouts::ORDINARY)?;
    let limits = settings::limits()?;
    let app = handler::App {
        verifications: DynamoVerifications::new(
            aws.config(),
            settings::required("SUPPORT_TABLE")?,
            limits.record_days,
        ),
        key: support_secrets::hash_key(aws.config(), &settings::required("HASH_KEY_SECRET")?)
            .await?,
        limits,
    };
    aws.prime(Service::DynamoDb).await;
    support_gateway::serve(support_gateway::DEADLINE, async |request| {
        handler::handle(&app, request).await
    })
    .await
}
