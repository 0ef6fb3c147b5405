//! The edge of a function that nobody calls: a schedule or a queue invokes it.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::de::DeserializeOwned;
use serde_json::Value;
use support_core::refusal::Failure;
use support_core::time::Timestamp;

use crate::clock::{Stopwatch, now};

/// Runs `job` whenever a schedule invokes the function. It gets the moment and returns how much it
/// has done, for the log. A failure is logged and fails the invocation, so that alarms count it.
///
/// # Errors
/// The runtime's own.
pub async fn serve_schedule(
    job: impl AsyncFn(Timestamp) -> Result<usize, Failure>,
) -> Result<(), Error> {
    let job = &job;
    lambda_runtime::run(service_fn(move |_: LambdaEvent<Value>| async move {
        let started = Stopwatch::start();
        let outcome = Box::pin(job(now())).await;
        let duration_ms = started.millis();
        match &outcome {
            Ok(done) => tracing::info!(done, outcome = "ok", duration_ms, "schedule"),
            Err(failure) => tracing::error!(
                outcome = "unavailable",
                duration_ms,
                failure = failure.service,
                failure_detail = failure.detail,
                "schedule"
            ),
        }
        outcome.map_err(Error::from)
    }))
    .await
}

/// Does each job that a queue delivers. `work` returns the outcome in a word, for the log. A job that
/// fails is logged and comes back, together with the others of its batch, until the queue gives up.
///
/// # Errors
/// The runtime's own.
pub async fn serve_queue<J: DeserializeOwned>(
    work: impl AsyncFn(J) -> Result<&'static str, Failure>,
) -> Result<(), Error> {
    let work = &work;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        let request_id = &event.context.request_id;
        for record in event.payload["Records"].as_array().into_iter().flatten() {
            do_job(record, request_id, work).await?;
        }
        Ok::<_, Error>(())
    }))
    .await
}

async fn do_job<J: DeserializeOwned>(
    record: &Value,
    request_id: &str,
    work: impl AsyncFn(J) -> Result<&'static str, Failure>,
) -> Result<(), Failure> {
    let started = Stopwatch::start();
    // serde's own message may quote what it could not read.
    let job = record["body"].as_str().and_then(|body| serde_json::from_str(body).ok());
    let outcome = match job {
        Some(job) => Box::pin(work(job)).await,
        None => Err(Failure::clean("gateway", "not a job of this queue")),
    };
    let duration_ms = started.millis();
    match &outcome {
        Ok(outcome) => tracing::info!(request_id, outcome, duration_ms, "job"),
        Err(failure) => tracing::error!(
            request_id,
            outcome = "unavailable",
            duration_ms,
            failure = failure.service,
            failure_detail = failure.detail,
            maybe_done = failure.maybe_done,
            "job"
        ),
    }
    outcome.map(drop)
}

#[cfg(test)]
mod tests;
