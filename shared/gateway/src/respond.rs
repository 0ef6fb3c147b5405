//! One request: the deadline, the log line, and always a response.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use support_core::identity::VerificationId;
use support_core::refusal::{Failure, Unreadable};
use support_core::time::Timestamp;

use crate::answer::{Answer, Response};
use crate::clock::Stopwatch;
use crate::metrics::{Metric, measure, measuring};
use crate::problem::Problem;
use crate::request::{Event, Request};

/// Answers one event, received at `now`, and writes the log line. The answer is a problem if
/// `handler` panics or takes longer than `within`.
pub async fn respond(
    event: Event,
    now: Timestamp,
    within: Duration,
    handler: impl AsyncFn(&Request) -> Result<Answer, Problem>,
) -> Response {
    measuring(answer(event, now, within, handler)).await
}

async fn answer(
    event: Event,
    now: Timestamp,
    within: Duration,
    handler: impl AsyncFn(&Request) -> Result<Answer, Problem>,
) -> Response {
    let started = Stopwatch::start();
    let request = Request::new(event, now);
    // Boxed, since an SDK call's futures nest deeper than rustc likes to lay out in one piece.
    let handled = Box::pin(async { handler(&request).await });
    let outcome = tokio::time::timeout(within, no_panic(handled)).await;
    let outcome = outcome.unwrap_or_else(|_| {
        let detail = format!("the handler took longer than {within:?}");
        Err(Failure::unsure("deadline", detail).into())
    });
    let outcome = outcome.and_then(|answer| Ok(answer.written()?));
    let line = Line {
        request_id: request.request_id(),
        route: request.route(),
        verification: request.subject(),
        poll: request.polls(),
        started,
    };
    line.close(outcome)
}

/// Turns a panic into a failure. The handler is dropped with everything it held; the panic hook logs
/// the place.
async fn no_panic(
    mut handler: Pin<Box<impl Future<Output = Result<Answer, Problem>>>>,
) -> Result<Answer, Problem> {
    std::future::poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(context))).unwrap_or_else(|_| {
            Poll::Ready(Err(Failure::unsure("gateway", "the handler panicked").into()))
        })
    })
    .await
}

/// The one line that a request leaves in the log. It has no field for anything else.
pub(crate) struct Line<'a> {
    pub request_id: &'a str,
    pub route: &'a str,
    pub verification: Option<&'a VerificationId>,
    /// Then there is no line if all went well.
    pub poll: bool,
    pub started: Stopwatch,
}

impl Line<'_> {
    /// Writes the line and makes the response.
    pub fn close(self, outcome: Result<Answer, Problem>) -> Response {
        let Self { request_id, route, verification, poll, started } = self;
        let verification = verification.map(VerificationId::as_str);
        let duration_ms = started.millis();
        let (status, slug) = match &outcome {
            Ok(answer) => (answer.status(), "ok"),
            Err(problem) => (problem.status(), problem.slug()),
        };
        match outcome.as_ref().err().and_then(Problem::failure) {
            None if poll && outcome.is_ok() => {}
            None => tracing::info!(
                request_id,
                route,
                verification,
                outcome = slug,
                status,
                duration_ms,
                "request"
            ),
            // Nothing of ours failed, so no alarm for failures is for it.
            Some(failure) if failure.unreadable.is_some() => {
                if failure.unreadable == Some(Unreadable::OtherVersion) {
                    measure(Metric::UnreadableItems, 1);
                }
                tracing::warn!(
                    request_id,
                    route,
                    verification,
                    outcome = slug,
                    status,
                    duration_ms,
                    failure = failure.service,
                    failure_detail = failure.detail,
                    "request"
                );
            }
            Some(failure) => tracing::error!(
                request_id,
                route,
                verification,
                outcome = slug,
                status,
                duration_ms,
                failure = failure.service,
                failure_detail = failure.detail,
                maybe_done = failure.maybe_done,
                "request"
            ),
        }
        match outcome {
            Ok(answer) => answer.into_response(),
            Err(problem) => problem.into_response(request_id),
        }
    }
}

#[cfg(test)]
mod tests;
