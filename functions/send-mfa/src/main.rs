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
        let hash_key = HashKeySecret::from_env(&aws)?;
        let primed = aws.prime(&[(Service::DynamoDb, 1), (Service::Ses, 1)]);
        let (key, ()) = tokio::join!(hash_key.fetch(), primed);
        let app = handler::App {
            verifications: DynamoVerifications::from_env(&aws)?,
            mailer: support_gateway::Counted(SesMailer::from_env(&aws)?),
            time_zone: settings::time_zone()?,
            key: key?,
            consent_page: variable::CONSENT_PAGE_URL.required()?,
            limits: settings::limits()?,
        };
        Ok::<_, support_gateway::Error>(app)
    };
    support_gateway::serve(support_gateway::DEADLINE, connect, async |app, request| {
        handler::handle(app, request).await
    })
    .await
}
