#[cfg(test)]
mod tests;
mod work;

use support_aws::{Aws, Service, Timeouts};
use support_cognito::Cognito;
use support_gateway::settings;
use support_ses::SesMailer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let aws = Aws::from_env(Timeouts::ORDINARY)?;
    let passwords = Cognito::new(aws.config())
        .passwords(settings::required("AGENT_POOL_ID")?, settings::required("AGENT_CLIENT_ID")?);
    let mailer = SesMailer::new(aws.config(), settings::required("MAIL_FROM")?);
    let time_zone = settings::time_zone()?;
    aws.prime(Service::Cognito).await;
    support_gateway::serve_queue(async |job| work::work(&passwords, &mailer, &time_zone, job).await)
        .await
}
