mod app;
mod handler;
mod qr;
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
        let limits = settings::limits()?;
        let customer_pool = settings::required("CUSTOMER_POOL_ID")?;
        let client_id = settings::required("SUPPORT_CLIENT_ID")?;
        let cognito = Cognito::new(aws.config());
        let hash_key = settings::required("HASH_KEY_SECRET")?;
        // Two waits, and INIT has ten seconds.
        let (minter, key) = tokio::try_join!(
            cognito.minter(&customer_pool, &client_id),
            support_secrets::hash_key(aws.config(), &hash_key),
        )?;
        let app = app::Parts {
            verifications: DynamoVerifications::new(
                aws.config(),
                settings::required("SUPPORT_TABLE")?,
                limits.record_days,
            ),
            directory: DynamoDirectory::new(aws.config(), settings::required("CORE_TABLE")?),
            agents: cognito.agents(settings::required("AGENT_POOL_ID")?),
            customers: cognito.customers(&customer_pool),
            minter,
            mailer: SesMailer::new(aws.config(), settings::required("MAIL_FROM")?),
            settings: app::Settings {
                key,
                environments: app::Environments {
                    store: settings::required("STORE_URL")?,
                    web: settings::required("WEB_URL")?,
                    app: settings::required("APP_URL")?,
                    rcm: settings::required("RCM_URL")?,
                },
                time_zone: settings::time_zone()?,
                consent_page: settings::required("CONSENT_PAGE_URL")?,
                limits,
                client_id,
            },
        };
        tokio::join!(aws.prime(Service::DynamoDb), aws.prime(Service::Ses));
        Ok::<_, support_gateway::Error>(app)
    };
    support_gateway::serve(support_gateway::SESSION_DEADLINE, connect, async |app, request| {
        handler::handle(app, request).await
    })
    .await
}
