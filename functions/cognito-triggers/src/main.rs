mod agents;
mod customers;
mod event;
mod serve;
mod store;

use support_settings::variable::{CONSOLE_URL, POOL};

use crate::serve::serve;
use crate::store::LazyStore;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    support_gateway::init_logging();
    match POOL.required()?.as_str() {
        "agents" => {
            let console_url = CONSOLE_URL.required()?;
            serve(async |event, _| Ok(agents::handle(event, &console_url))).await
        }
        "customers" => {
            let store = LazyStore::from_env()?;
            serve(async |event, now| customers::handle(event, &store, now).await).await
        }
        _ => Err("environment variable POOL: must be `agents` or `customers`".into()),
    }
}
