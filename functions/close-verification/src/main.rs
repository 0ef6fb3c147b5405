mod app;
mod sweep;
#[cfg(test)]
mod tests;

use support_aws::{Aws, Timeouts};
use support_dynamodb::{DynamoIndex, DynamoVerifications};
use support_gateway::settings;
use support_kms::KmsReceiptKey;
use support_ses::SesMailer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    let aws = Aws::from_env(Timeouts::ORDINARY)?;
    let limits = settings::limits()?;
    let table = settings::required("SUPPORT_TABLE")?;
    let store = DynamoVerifications::new(aws.config(), &table, limits.record_days);
    let app = app::Parts {
        verifications: store.clone(),
        grants: store,
        index: DynamoIndex::new(aws.config(), &table),
        mailer: SesMailer::new(aws.config(), settings::required("MAIL_FROM")?),
        receipt_key: KmsReceiptKey::new(aws.config(), settings::required("RECEIPT_KEY")?),
        settings: app::Settings {
            time_zone: settings::time_zone()?,
            key: support_secrets::hash_key(aws.config(), &settings::required("HASH_KEY_SECRET")?)
                .await?,
            consent_page: settings::required("CONSENT_PAGE_URL")?,
            grant_page: settings::required("GRANT_PAGE_URL")?,
            limits,
        },
    };
    support_gateway::serve_schedule(async |now| sweep::sweep(&app, now).await).await
}
