mod handler;
#[cfg(test)]
mod tests;

use support_aws::{Aws, Service, Timeouts};
use support_dynamodb::DynamoVerifications;
use support_gateway::settings;
use support_ses::SesMailer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let connect = async || {
        let aws = Aws::from_env(Timeouts::ORDINARY)?;
        let limits = settings::limits()?;
        let app = handler::App {
            verifications: DynamoVerifications::new(
                aws.config(),
                settings::required("SUPPORT_TABLE")?,
                limits.record_days,
            ),
            mailer: SesMailer::new(aws.config(), settings::required("MAIL_FROM")?),
            time_zone: settings::time_zone()?,
            key: support_secrets::hash_key(aws.config(), &settings::required("HASH_KEY_SECRET")?)
                .await?,
            consent_page: settings::required("CONSENT_PAGE_URL")?,
            limits,
        };
        tokio::join!(aws.prime(Service::DynamoDb), aws.prime(Service::Ses));
        Ok::<_, support_gateway::Error>(app)
    };
    support_gateway::serve(support_gateway::DEADLINE, connect, async |app, request| {
        handler::handle(app, request).await
    })
    .await
}
