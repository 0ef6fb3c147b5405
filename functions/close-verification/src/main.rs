mod app;
mod breaker;
mod item;
mod sweep;
#[cfg(test)]
mod tests;

use support_aws::{Aws, Timeouts};
use support_dynamodb::{DynamoIndex, DynamoVerifications};
use support_kms::KmsReceiptKey;
use support_secrets::HashKeySecret;
use support_ses::SesMailer;
use support_settings::{self as settings, variable};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let aws = Aws::from_env(Timeouts::ORDINARY)?;
    let store = DynamoVerifications::from_env(&aws)?;
    let app = app::Parts {
        verifications: store.clone(),
        grants: store,
        index: DynamoIndex::from_env(&aws)?,
        mailer: support_gateway::Counted(SesMailer::from_env(&aws)?),
        receipt_key: KmsReceiptKey::from_env(&aws)?,
        settings: app::Settings {
            time_zone: settings::time_zone()?,
            key: HashKeySecret::from_env(&aws)?.fetch().await?,
            consent_page: variable::CONSENT_PAGE_URL.required()?,
            grant_page: variable::GRANT_PAGE_URL.required()?,
            limits: settings::limits()?,
        },
    };
    support_gateway::serve_schedule(async |now| sweep::sweep(&app, now).await).await
}
