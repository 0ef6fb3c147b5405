mod app;
mod customer;
mod handler;
mod redeem;
#[cfg(test)]
mod tests;

use support_aws::{Aws, Service, Timeouts};
use support_cognito::Cognito;
use support_dynamodb::{DynamoDirectory, DynamoQuotas, DynamoVerifications};
use support_secrets::HashKeySecret;
use support_ses::SesMailer;
use support_settings::{self as settings, variable};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let connect = async || {
        let aws = Aws::from_env(Timeouts::ORDINARY)?;
        let cognito = Cognito::new(aws.config());
        let hash_key = HashKeySecret::from_env(&aws)?;
        let primed = aws.prime(&[(Service::DynamoDb, 3), (Service::Cognito, 3), (Service::Ses, 1)]);
        let (key, ()) = tokio::join!(hash_key.fetch(), primed);
        let app = app::Parts {
            store: DynamoVerifications::from_env(&aws)?,
            quotas: DynamoQuotas::from_env(&aws)?,
            directory: DynamoDirectory::from_env(&aws)?,
            agents: cognito.agents_from_env()?,
            customers: cognito.customers_from_env()?,
            mailer: support_gateway::Counted(SesMailer::from_env(&aws)?),
            settings: app::Settings {
                time_zone: settings::time_zone()?,
                key: key?,
                limits: settings::limits()?,
                grant_limits: settings::grant_limits()?,
                client_id: variable::CUSTOMER_CLIENT_ID.required()?,
                redeem_url: variable::GRANT_REDEEM_URL.required()?,
                page_url: variable::GRANT_PAGE_URL.required()?,
            },
        };
        Ok::<_, support_gateway::Error>(app)
    };
    support_gateway::serve(support_gateway::DEADLINE, connect, async |app, request| {
        handler::handle(app, request).await
    })
    .await
}
