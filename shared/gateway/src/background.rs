//! The edge of a function that nobody calls: a schedule or a queue invokes it.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::de::DeserializeOwned;
use serde_json::Value;
use support_core::identity::VerificationId;
use support_core::refusal::Failure;
use support_core::time::Timestamp;

use crate::clock::{Stopwatch, now};
use crate::metrics::measuring;

/// Runs `job` whenever a schedule invokes the function. It gets the moment and returns how much it
/// has done, for the log. A failure is logged and fails the invocation, so that alarms count it.
///
/// # Errors
/// The runtime's own.
pub async fn serve_schedule(
    job: impl AsyncFn(Timestamp) -> Result<usize, Failure>,
) -> Result<(), Error> {
    let job = &job;
    lambda_runtime::run(service_fn(move |_: LambdaEvent<Value>| measuring(run(job)))).await
}

async fn run(job: &impl AsyncFn(Timestamp) -> Result<usize, Failure>) -> Result<usize, Error> {
    let started = Stopwatch::start();
    let outcome = Box::pin(job(now())).await;
    let duration_ms = started.millis();
    match &outcome {
        Ok(done) => tracing::info!(done, outcome = "ok", duration_ms, "schedule"),
        Err(failure) => log_failure("schedule", None, failure, duration_ms),
    }
    outcome.map_err(Error::from)
}

/// What an event came to, for the log: the outcome in a word, and the verification that it is about.
pub type Noted = (&'static str, Option<VerificationId>);

/// Takes in each event that an event bus delivers. A failure is logged and fails the invocation, so that
/// Lambda tries it again, twice.
///
/// # Errors
/// The runtime's own.
pub async fn serve_events<E: DeserializeOwned>(
    take_in: impl AsyncFn(E, Timestamp) -> Result<Noted, Failure>,
) -> Result<(), Error> {
    let take_in = &take_in;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        measuring(take_in_one(event, take_in)).await.map_err(Error::from)
    }))
    .await
}

async fn take_in_one<E: DeserializeOwned>(
    event: LambdaEvent<Value>,
    take_in: &impl AsyncFn(E, Timestamp) -> Result<Noted, Failure>,
) -> Result<(), Failure> {
    let started = Stopwatch::start();
    let LambdaEvent { payload, context } = event;
    let request_id = context.request_id;
    // serde's own message may quote what it could not read.
    let taken_in = match serde_json::from_value(payload) {
        Ok(event) => Box::pin(take_in(event, now())).await,
        Err(_) => Err(Failure::clean("gateway", "not an event of this function")),
    };
    let duration_ms = started.millis();
    match &taken_in {
        Ok((outcome, verification)) => {
            let verification = verification.as_ref().map(VerificationId::as_str);
            tracing::info!(request_id, verification, outcome, duration_ms, "event");
        }
        Err(failure) => log_failure("event", Some(&request_id), failure, duration_ms),
    }
    taken_in.map(drop)
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
            measuring(do_job(record, request_id, work)).await?;
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
        Err(failure) => log_failure("job", Some(request_id), failure, duration_ms),
    }
    outcome.map(drop)
}

/// Logs the failure of a run; `what` is the line's message, which the runbook searches for.
fn log_failure(what: &'static str, request_id: Option<&str>, failure: &Failure, duration_ms: u64) {
    tracing::error!(
        request_id,
        outcome = "unavailable",
        duration_ms,
        failure = failure.service,
        failure_detail = failure.detail,
        maybe_done = failure.maybe_done,
        "{what}"
    );
}

#[cfg(test)]
mod tests;
