mod handler;
#[cfg(test)]
mod tests;

use support_aws::{Aws, Service, Timeouts};
use support_dynamodb::DynamoVerifications;
use support_gateway::settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let connect = async || {
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
        };
        aws.prime(Service::DynamoDb).await;
        Ok::<_, support_gateway::Error>(app)
    };
    support_gateway::serve(support_gateway::DEADLINE, connect, async |app, request| {
        handler::handle(app, request).await
    })
    .await
}
