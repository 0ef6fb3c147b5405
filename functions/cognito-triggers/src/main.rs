mod agents;
mod customers;
mod event;
mod store;

use std::time::{Instant, SystemTime};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use support_core::time::Timestamp;
use support_gateway::settings;

use crate::customers::Denied;
use crate::event::Event;
use crate::store::LazyStore;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    support_gateway::init_logging();
    match settings::required("POOL")?.as_str() {
        "agents" => serve(async |event, _| Ok(agents::handle(event))).await,
        "customers" => {
            let table = settings::required("SUPPORT_TABLE")?;
            let store = LazyStore::new(table, settings::required("HASH_KEY_SECRET")?);
            serve(async |event, now| customers::handle(event, &store, now).await).await
        }
        _ => Err("environment variable POOL: is neither agents nor customers".into()),
    }
}

/// Answers triggers for as long as the function lives, with one log line each: which trigger, how
/// it ended, how long it took. It has no place for who signed in.
async fn serve(
    handler: impl AsyncFn(Event, Timestamp) -> Result<Event, Denied>,
) -> Result<(), Error> {
    let handler = &handler;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        #[expect(clippy::disallowed_methods, reason = "only for how long the call took")]
        let started = Instant::now();
        let request_id = event.context.request_id;
        let event = Event::from(event.payload);
        let trigger = event.source().to_owned();
        // Boxed, since an SDK call's futures nest deeper than rustc likes to lay out in one piece.
        let answer = Box::pin(handler(event, now())).await;
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &answer {
            Ok(_) => {
                tracing::info!(target: "support", request_id, trigger, outcome = "ok", duration_ms, "trigger");
            }
            Err(Denied::NotGranted) => {
                tracing::warn!(target: "support", request_id, trigger, outcome = "not-granted", duration_ms, "trigger");
            }
            Err(Denied::Failed(failure)) => tracing::error!(
                target: "support",
                request_id,
                trigger,
                outcome = "unavailable",
                duration_ms,
                failure = failure.service,
                failure_detail = failure.detail,
                maybe_done = failure.maybe_done,
                "trigger"
            ),
        }
        answer.map(Value::from)
    }))
    .await
}

fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the clock is read here, once for a trigger")]
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since_epoch.unwrap_or_default().as_millis();
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}
