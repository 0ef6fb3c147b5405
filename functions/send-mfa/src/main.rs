mod handler;
#[cfg(test)]
mod tests;

use support_aws::{Aws, Service, Timeouts};
use support_dynamodb::DynamoVerifications;
use support_secrets::HashKeySecret;
use support_ses::SesMailer;
use support_settings::{self as settings, variable};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let connect = async || {
        let aws = Aws::from_env(Timeouts::ORDINARY)?;
        let app = handler::App {
            verifications: DynamoVerifications::from_env(&aws)?,
            mailer: support_gateway::Counted(SesMailer::from_env(&aws)?),
            time_zone: settings::time_zone()?,
            key: HashKeySecret::from_env(&aws)?.fetch().await?,
            consent_page: variable::CONSENT_PAGE_URL.required()?,
            limits: settings::limits()?,
        };
        tokio::join!(aws.prime(Service::DynamoDb), aws.prime(Service::Ses));
        Ok::<_, support_gateway::Error>(app)
    };
    support_gateway::serve(support_gateway::DEADLINE, connect, async |app, request| {
        handler::handle(app, request).await
    })
    .await
}
