#[cfg(test)]
mod tests;
mod work;

use support_aws::{Aws, Service, Timeouts};
use support_cognito::Cognito;
use support_ses::SesMailer;
use support_settings as settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let aws = Aws::from_env(Timeouts::ORDINARY)?;
    let passwords = Cognito::new(aws.config()).passwords_from_env()?;
    let mailer = support_gateway::Counted(SesMailer::from_env(&aws)?);
    let settings = work::Settings {
        time_zone: settings::time_zone()?,
        console_url: settings::variable::CONSOLE_URL.required()?,
    };
    aws.prime(&[(Service::Cognito, 1), (Service::Ses, 1)]).await;
    support_gateway::serve_queue(async |job| work::work(&passwords, &mailer, &settings, job).await)
        .await
}
