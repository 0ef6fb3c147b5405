//! The edge of a function behind the API: from the runtime's event to a response, whatever happens.

use std::convert::Infallible;
use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use support_core::refusal::Failure;
use tokio::sync::OnceCell;

use crate::answer::{Answer, Response};
use crate::clock::{Stopwatch, now};
use crate::problem::Problem;
use crate::request::{Event, Request};
use crate::respond::{Line, respond};

/// How long a handler may take: every route answers within 10 seconds.
pub const DEADLINE: Duration = Duration::from_secs(9);
/// How long issue-session may take: an HTTP API gives up after 30 seconds.
pub const SESSION_DEADLINE: Duration = Duration::from_secs(24);

/// Answers events with `handler` for as long as the function lives. `connect` makes what the handler
/// works with, once, in INIT if possible: a dependency that fails then is tried again by each
/// request, which answers 503, until it is there.
///
/// # Errors
/// The runtime's own, and every error of `connect` except a dependency's [`Failure`]: no request can
/// fix a missing setting, for example. Nothing that a client sends or a handler does is an error.
pub async fn serve<A>(
    within: Duration,
    connect: impl AsyncFn() -> Result<A, Error>,
    handler: impl AsyncFn(&A, &Request) -> Result<Answer, Problem>,
) -> Result<(), Error> {
    let connected = Connected::start(connect).await?;
    let (connected, handler) = (&connected, &handler);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        let handled = async |request: &Request| handler(connected.app().await?, request).await;
        Ok::<_, Infallible>(receive(event, within, handled).await)
    }))
    .await
}

/// What a handler works with, once its dependencies are there.
struct Connected<A, C> {
    app: OnceCell<A>,
    connect: C,
}

impl<A, C: AsyncFn() -> Result<A, Error>> Connected<A, C> {
    async fn start(connect: C) -> Result<Self, Error> {
        let new = Self { app: OnceCell::new(), connect };
        if let Err(error) = new.app.get_or_try_init(|| (new.connect)()).await {
            let failure = *error.downcast::<Failure>()?;
            tracing::error!(
                failure = failure.service,
                failure_detail = failure.detail,
                "not connected yet"
            );
        }
        Ok(new)
    }

    async fn app(&self) -> Result<&A, Failure> {
        self.app.get_or_try_init(|| (self.connect)()).await.map_err(|error| {
            let failure = error.downcast::<Failure>();
            failure.map_or_else(|other| Failure::clean("gateway", other.to_string()), |f| *f)
        })
    }
}

async fn receive(
    event: LambdaEvent<Value>,
    within: Duration,
    handler: impl AsyncFn(&Request) -> Result<Answer, Problem>,
) -> Response {
    let started = Stopwatch::start();
    if let Some(event) = decode(event.payload) {
        return respond(event, now(), within, handler).await;
    }
    let failure = Failure::clean("gateway", "not an HTTP API's event with payload format 2.0");
    let request_id = &event.context.request_id;
    Line { request_id, route: "none", verification: None, poll: false, started }
        .close(Err(failure.into()))
}

/// Reads an event without its headers: no route needs one, and a client could send one that is not
/// valid HTTP, which would make the whole event unreadable. The same goes for a query that is not
/// text.
fn decode(mut payload: Value) -> Option<Event> {
    let fields = payload.as_object_mut()?;
    for unread in ["headers", "cookies"] {
        fields.remove(unread);
    }
    match fields.get_mut("queryStringParameters") {
        Some(Value::Object(query)) => query.retain(|_, value| value.is_string()),
        Some(_) => drop(fields.remove("queryStringParameters")),
        None => {}
    }
    serde_json::from_value(payload).ok()
}

#[cfg(test)]
mod tests;
