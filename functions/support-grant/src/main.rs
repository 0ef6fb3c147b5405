mod app;
mod customer;
mod handler;
mod redeem;
#[cfg(test)]
mod tests;

use support_aws::{Aws, Service, Timeouts};
use support_cognito::Cognito;
use support_dynamodb::{DynamoDirectory, DynamoVerifications};
use support_gateway::settings;
use support_ses::SesMailer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let connect = async || {
        let aws = Aws::from_env(Timeouts::ORDINARY)?;
        let config = aws.config();
        let limits = settings::limits()?;
        let cognito = Cognito::new(config);
        let app = app::Parts {
            store: DynamoVerifications::new(
                config,
                settings::required("SUPPORT_TABLE")?,
                limits.record_days,
            ),
            directory: DynamoDirectory::new(config, settings::required("CORE_TABLE")?),
            agents: cognito.agents(settings::required("AGENT_POOL_ID")?),
            customers: cognito.customers(settings::required("CUSTOMER_POOL_ID")?),
            mailer: SesMailer::new(config, settings::required("MAIL_FROM")?),
            settings: app::Settings {
                time_zone: settings::time_zone()?,
                key: support_secrets::hash_key(config, &settings::required("HASH_KEY_SECRET")?)
                    .await?,
                limits,
                grant_limits: settings::grant_limits()?,
                client_id: settings::required("CUSTOMER_CLIENT_ID")?,
                redeem_url: settings::required("GRANT_REDEEM_URL")?,
                page_url: settings::required("GRANT_PAGE_URL")?,
            },
        };
        tokio::join!(
            aws.prime(Service::DynamoDb),
            aws.prime(Service::Cognito),
            aws.prime(Service::Ses),
        );
        Ok::<_, support_gateway::Error>(app)
    };
    support_gateway::serve(support_gateway::DEADLINE, connect, async |app, request| {
        handler::handle(app, request).await
    })
    .await
}
