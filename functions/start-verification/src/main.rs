mod handler;

use support_aws::{Aws, Service, Timeouts};
use support_cognito::Cognito;
use support_dynamodb::{DynamoDirectory, DynamoQuotas, DynamoVerifications};
use support_settings as settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let connect = async || {
        let aws = Aws::from_env(Timeouts::ORDINARY)?;
        let cognito = Cognito::new(aws.config());
        let app = handler::App {
            verifications: DynamoVerifications::from_env(&aws)?,
            quotas: DynamoQuotas::from_env(&aws)?,
            directory: DynamoDirectory::from_env(&aws)?,
            agents: cognito.agents_from_env()?,
            limits: settings::limits()?,
        };
        aws.prime(&[(Service::DynamoDb, 2), (Service::Cognito, 1)]).await;
        Ok::<_, support_gateway::Error>(app)
    };
    support_gateway::serve(support_gateway::DEADLINE, connect, async |app, request| {
        handler::handle(app, request).await
    })
    .await
}
