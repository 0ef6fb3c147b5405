mod handler;
#[cfg(test)]
mod tests;

use support_aws::{Aws, Service, Timeouts};
use support_cognito::Cognito;
use support_dynamodb::DynamoQuotas;
use support_gateway::settings;
use support_sqs::SqsJobs;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let connect = async || {
        let aws = Aws::from_env(Timeouts::ORDINARY)?;
        let config = aws.config();
        let app = handler::App {
            quotas: DynamoQuotas::new(config, settings::required("SUPPORT_TABLE")?),
            jobs: SqsJobs::new(config, settings::required("RECOVERY_QUEUE_URL")?),
            passwords: Cognito::new(config).passwords(
                settings::required("AGENT_POOL_ID")?,
                settings::required("AGENT_CLIENT_ID")?,
            ),
            key: support_secrets::hash_key(config, &settings::required("HASH_KEY_SECRET")?).await?,
            limits: settings::recovery_limits()?,
        };
        tokio::join!(
            aws.prime(Service::DynamoDb),
            aws.prime(Service::Sqs),
            aws.prime(Service::Cognito),
        );
        Ok::<_, support_gateway::Error>(app)
    };
    support_gateway::serve(support_gateway::DEADLINE, connect, async |app, request| {
        handler::handle(app, request).await
    })
    .await
}
