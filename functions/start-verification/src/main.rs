mod handler;

use support_aws::{Aws, Service, Timeouts};
use support_cognito::Cognito;
use support_dynamodb::{DynamoDirectory, DynamoVerifications};
use support_gateway::settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let connect = async || {
        let aws = Aws::from_env(Timeouts::ORDINARY)?;
        let limits = settings::limits()?;
        let cognito = Cognito::new(aws.config());
        let app = handler::App {
            verifications: DynamoVerifications::new(
                aws.config(),
                settings::required("SUPPORT_TABLE")?,
                limits.record_days,
            ),
            directory: DynamoDirectory::new(aws.config(), settings::required("CORE_TABLE")?),
            agents: cognito.agents(settings::required("AGENT_POOL_ID")?),
            limits,
        };
        tokio::join!(aws.prime(Service::DynamoDb), aws.prime(Service::Cognito));
        Ok::<_, support_gateway::Error>(app)
    };
    support_gateway::serve(support_gateway::DEADLINE, connect, async |app, request| {
        handler::handle(app, request).await
    })
    .await
}
