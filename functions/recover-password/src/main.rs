mod handler;
#[cfg(test)]
mod tests;

use support_aws::{Aws, Service, Timeouts};
use support_cognito::Cognito;
use support_dynamodb::DynamoQuotas;
use support_secrets::HashKeySecret;
use support_settings as settings;
use support_sqs::SqsJobs;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let connect = async || {
        let aws = Aws::from_env(Timeouts::ORDINARY)?;
        let hash_key = HashKeySecret::from_env(&aws)?;
        let primed = aws.prime(&[(Service::DynamoDb, 1), (Service::Sqs, 1), (Service::Cognito, 1)]);
        let (key, ()) = tokio::join!(hash_key.fetch(), primed);
        let app = handler::App {
            quotas: DynamoQuotas::from_env(&aws)?,
            jobs: SqsJobs::from_env(&aws)?,
            passwords: Cognito::new(aws.config()).passwords_from_env()?,
            key: key?,
            limits: settings::recovery_limits()?,
        };
        Ok::<_, support_gateway::Error>(app)
    };
    support_gateway::serve(support_gateway::DEADLINE, connect, async |app, request| {
        handler::handle(app, request).await
    })
    .await
}
