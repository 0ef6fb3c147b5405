mod app;
mod handler;
mod mint;
mod qr;
#[cfg(test)]
mod tests;

use aws_types::SdkConfig;
use support_aws::{Aws, Service, Timeouts};
use support_cognito::{ClientSecret, Cognito, SecretOfCognito};
use support_core::refusal::Failure;
use support_core::secret::Secret;
use support_dynamodb::{DynamoDirectory, DynamoVerifications};
use support_secrets::HashKeySecret;
use support_ses::SesMailer;
use support_settings::{self as settings, variable};

/// Where the secret of the app client `support-access` is read.
enum SupportClientSecret {
    /// In Secrets Manager, under this name.
    Kept(Box<SdkConfig>, String),
    Asked(SecretOfCognito),
}

impl ClientSecret for SupportClientSecret {
    async fn fetch(&self) -> Result<Secret, Failure> {
        match self {
            Self::Kept(config, name) => support_secrets::fetch(config, name).await,
            Self::Asked(cognito) => cognito.fetch().await,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let connect = async || {
        let aws = Aws::from_env(Timeouts::ORDINARY)?;
        let client_id = variable::SUPPORT_CLIENT_ID.required()?;
        let cognito = Cognito::new(aws.config());
        let customer_pool = variable::CUSTOMER_POOL_ID.required()?;
        let hash_key = HashKeySecret::from_env(&aws)?;
        let secret = match variable::SUPPORT_CLIENT_SECRET.readable() {
            Some(secret) => SupportClientSecret::Kept(Box::new(aws.config().clone()), secret),
            None => SupportClientSecret::Asked(cognito.client_secret(&customer_pool, &client_id)),
        };
        let minter = cognito.minter(&customer_pool, &client_id, secret);
        let primed = aws.prime(&[(Service::DynamoDb, 2), (Service::Cognito, 3), (Service::Ses, 1)]);
        let (minter, key, ()) = tokio::join!(minter, hash_key.fetch(), primed);
        let app = app::Parts {
            verifications: DynamoVerifications::from_env(&aws)?,
            directory: DynamoDirectory::from_env(&aws)?,
            agents: cognito.agents_from_env()?,
            customers: cognito.customers_from_env()?,
            minter: minter?,
            mailer: support_gateway::Counted(SesMailer::from_env(&aws)?),
            settings: app::Settings {
                key: key?,
                environments: settings::environment_urls()?,
                time_zone: settings::time_zone()?,
                consent_page: variable::CONSENT_PAGE_URL.required()?,
                limits: settings::limits()?,
                client_id,
            },
        };
        Ok::<_, support_gateway::Error>(app)
    };
    support_gateway::serve(support_gateway::SESSION_DEADLINE, connect, async |app, request| {
        handler::handle(app, request).await
    })
    .await
}
