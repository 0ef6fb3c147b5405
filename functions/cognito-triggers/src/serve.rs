//! The edge of the triggers: the clock and the log line.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use support_core::time::Timestamp;
use support_gateway::{Stopwatch, now};

use crate::customers::Denied;
use crate::event::Event;

/// Answers triggers for as long as the function lives. Each leaves one log line: which trigger, how it
/// ended, how long it took. The line has no field for the user.
///
/// # Errors
/// The runtime's own.
pub async fn serve(
    handler: impl AsyncFn(Event, Timestamp) -> Result<Event, Denied>,
) -> Result<(), Error> {
    let handler = &handler;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        let started = Stopwatch::start();
        let request_id = event.context.request_id;
        let event = Event::from(event.payload);
        let trigger = event.source().to_owned();
        // Boxed, since an SDK call's futures nest deeper than rustc likes to lay out in one piece.
        let answer = Box::pin(handler(event, now())).await;
        let duration_ms = started.millis();
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
