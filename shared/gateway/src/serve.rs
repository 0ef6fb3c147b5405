//! The edge: the clock, the deadline, the log line, and no way out but a response.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::de::DeserializeOwned;
use serde_json::Value;
use support_core::identity::VerificationId;
use support_core::refusal::Failure;
use support_core::time::Timestamp;
use tokio::sync::OnceCell;

use crate::answer::{Answer, Response};
use crate::problem::Problem;
use crate::request::{Event, Request};

/// How long a handler may take, so that every route answers within 10 seconds.
pub const DEADLINE: Duration = Duration::from_secs(9);
/// How long issue-session may take: an HTTP API gives up at 30 seconds.
pub const SESSION_DEADLINE: Duration = Duration::from_secs(24);

/// Answers events with `handler` for as long as the function lives. What it works with, `connect`
/// makes once, in INIT if that can be: a dependency that fails then is asked again by each request,
/// which answers for it, until it is there.
///
/// # Errors
/// The runtime's own; and whatever keeps `connect` from its work but a dependency's [`Failure`],
/// since no request would mend that: a missing setting, say. Nothing that a client sends, and
/// nothing that a handler does, is one.
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

/// What a handler works with, once its dependencies have been there.
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

/// Runs `job` whenever a schedule says so. It is given the moment, and gives how much it has done
/// for the log; a failure is logged and is the invocation's own, so that alarms count it.
///
/// # Errors
/// The runtime's own.
pub async fn serve_schedule(
    job: impl AsyncFn(Timestamp) -> Result<usize, Failure>,
) -> Result<(), Error> {
    let job = &job;
    lambda_runtime::run(service_fn(move |_: LambdaEvent<Value>| async move {
        let started = stopwatch();
        let outcome = Box::pin(job(now())).await;
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
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

/// Does each job that a queue hands over. `work` gives its outcome in a word, for the log. A job
/// that fails is logged and comes back, for as long as the queue has patience; so do the others
/// of its batch.
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
    let started = stopwatch();
    // serde's own message may quote what it could not read.
    let job = record["body"].as_str().and_then(|body| serde_json::from_str(body).ok());
    let outcome = match job {
        Some(job) => Box::pin(work(job)).await,
        None => Err(Failure::clean("gateway", "not a job of this queue")),
    };
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
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

async fn receive(
    event: LambdaEvent<Value>,
    within: Duration,
    handler: impl AsyncFn(&Request) -> Result<Answer, Problem>,
) -> Response {
    let started = stopwatch();
    if let Some(event) = decode(event.payload) {
        return respond(event, now(), within, handler).await;
    }
    let failure = Failure::clean("gateway", "not an HTTP API's event with payload format 2.0");
    let request_id = &event.context.request_id;
    Line { request_id, route: "none", verification: None, started }.close(Err(failure.into()))
}

/// Headers go unread: no route asks for any, and one that is not valid HTTP, which is the client's
/// to send, would make the whole event unreadable. Of the query the same is kept out.
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

/// Answers one event, received at `now`: with a problem when `handler` panics or takes longer
/// than `within`. Writes the log line.
pub async fn respond(
    event: Event,
    now: Timestamp,
    within: Duration,
    handler: impl AsyncFn(&Request) -> Result<Answer, Problem>,
) -> Response {
    let started = stopwatch();
    let request = Request::new(event, now);
    // Boxed, since an SDK call's futures nest deeper than rustc likes to lay out in one piece.
    let handled = Box::pin(async { handler(&request).await });
    let outcome = tokio::time::timeout(within, no_panic(handled)).await;
    let outcome = outcome.unwrap_or_else(|_| {
        let detail = format!("the handler took longer than {within:?}");
        Err(Failure::unsure("deadline", detail).into())
    });
    let outcome = outcome.and_then(Answer::written);
    let line = Line {
        request_id: request.request_id(),
        route: request.route(),
        verification: request.subject(),
        started,
    };
    line.close(outcome)
}

/// A panic becomes a failure. What panicked is dropped with all it held; where it did is in the
/// log by way of the panic hook.
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

/// The one line that a request leaves in the log. It has no place for anything else.
struct Line<'a> {
    request_id: &'a str,
    route: &'a str,
    verification: Option<&'a VerificationId>,
    started: Instant,
}

impl Line<'_> {
    /// Writes the line and makes the response.
    fn close(self, outcome: Result<Answer, Problem>) -> Response {
        let Self { request_id, route, verification, started } = self;
        let verification = verification.map(VerificationId::as_str);
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (status, slug) = match &outcome {
            Ok(answer) => (answer.status(), "ok"),
            Err(problem) => (problem.status(), problem.slug()),
        };
        match outcome.as_ref().err().and_then(Problem::failure) {
            None => tracing::info!(
                request_id,
                route,
                verification,
                outcome = slug,
                status,
                duration_ms,
                "request"
            ),
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

fn stopwatch() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "only for how long the call took")]
    Instant::now()
}

fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the clock is read here, once for a request")]
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since_epoch.unwrap_or_default().as_millis();
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::{LazyLock, Mutex, PoisonError};

    use serde_json::json;
    use support_core::refusal::Refusal;
    use tracing::level_filters::LevelFilter;

    const ID: &str = "AAECAwQFBgcICQoLDA0ODw";
    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
    const LONG: Duration = Duration::from_mins(1);

    /// What the log of this test program holds. The requests' ids tell the tests' lines apart.
    static LOG: LazyLock<Mutex<Vec<u8>>> = LazyLock::new(|| {
        let subscriber = crate::logging::subscriber(LevelFilter::INFO, || Sink);
        tracing::subscriber::set_global_default(subscriber).unwrap();
        Mutex::default()
    });

    struct Sink;

    impl io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            LOG.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn log() -> String {
        let bytes = LOG.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8(bytes).unwrap()
    }

    /// The lines that a request left, less the two members that differ from run to run.
    fn lines_of(request_id: &str) -> Vec<Value> {
        let lines = log();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .filter(|line| line["request_id"] == request_id)
            .map(|mut line| {
                assert!(line["timestamp"].is_string(), "{line}");
                assert!(line["duration_ms"].is_u64(), "{line}");
                line.as_object_mut().unwrap().retain(|k, _| k != "timestamp" && k != "duration_ms");
                line
            })
            .collect()
    }

    fn event(request_id: &str) -> Event {
        LazyLock::force(&LOG);
        let mut event = Event::default();
        event.route_key = Some("POST /verifications/{id}/code".into());
        event.path_parameters.insert("id".into(), ID.into());
        event.request_context.request_id = Some(request_id.into());
        event.body = Some(r#"{"code": "719204", "token": "canary-token"}"#.into());
        event
    }

    async fn status_and_body(
        event: Event,
        within: Duration,
        handler: impl AsyncFn(&Request) -> Result<Answer, Problem>,
    ) -> (i64, Value) {
        let response = serde_json::to_value(respond(event, NOW, within, handler).await).unwrap();
        let body = response["body"].as_str().unwrap();
        (response["statusCode"].as_i64().unwrap(), serde_json::from_str(body).unwrap())
    }

    #[tokio::test]
    async fn a_request_leaves_one_line_that_says_how_it_ended() {
        let answer = async |request: &Request| {
            assert_eq!(request.now(), NOW);
            Ok(Answer::accepted(&json!({"status": "started"})))
        };
        let (status, body) = status_and_body(event("answered"), LONG, answer).await;
        assert_eq!((status, body), (202, json!({"status": "started"})));
        let line = json!({
            "level": "INFO", "message": "request", "request_id": "answered",
            "route": "POST /verifications/{id}/code", "verification": ID,
            "outcome": "ok", "status": 202,
        });
        assert_eq!(lines_of("answered"), [line]);

        let refuse = async |_: &Request| Err(Refusal::CodeRefused { attempts_left: 2 }.into());
        let (status, body) = status_and_body(event("refused"), LONG, refuse).await;
        assert_eq!((status, &body["attempts_left"]), (422, &json!(2)));
        assert_eq!(body["request_id"], "refused");
        let lines = lines_of("refused");
        assert_eq!(lines.len(), 1);
        assert_eq!(
            (&lines[0]["level"], &lines[0]["outcome"]),
            (&json!("INFO"), &json!("code-refused"))
        );
    }

    #[tokio::test] // P25
    async fn a_failure_is_logged_and_not_told() {
        let fail = async |_: &Request| Err(Failure::unsure("dynamodb", "TimeoutError").into());
        let (status, body) = status_and_body(event("failed"), LONG, fail).await;
        assert_eq!((status, &body["type"]), (503, &json!("/problems/unavailable")));
        assert!(!body.to_string().contains("Timeout"));
        let line = json!({
            "level": "ERROR", "message": "request", "request_id": "failed",
            "route": "POST /verifications/{id}/code", "verification": ID,
            "outcome": "unavailable", "status": 503,
            "failure": "dynamodb", "failure_detail": "TimeoutError", "maybe_done": true,
        });
        assert_eq!(lines_of("failed"), [line]);
    }

    #[tokio::test] // P25
    async fn a_handler_that_hangs_is_answered_for_in_time() {
        let hang = async |_: &Request| std::future::pending().await;
        let (status, _) = status_and_body(event("hung"), Duration::from_millis(20), hang).await;
        assert_eq!(status, 503);
        let lines = lines_of("hung");
        assert_eq!((lines.len(), &lines[0]["failure"]), (1, &json!("deadline")));
        assert_eq!(lines[0]["failure_detail"], "the handler took longer than 20ms");
    }

    #[tokio::test] // P25
    async fn a_panic_is_a_problem_like_another() {
        let panic_at_once = async |_: &Request| panic!("at once");
        let panic_later = async |_: &Request| {
            tokio::task::yield_now().await;
            panic!("later, with {}", "719204")
        };
        let (status, _) = status_and_body(event("panic-1"), LONG, panic_at_once).await;
        assert_eq!(status, 503);
        let (status, body) = status_and_body(event("panic-2"), LONG, panic_later).await;
        assert_eq!((status, &body["type"]), (503, &json!("/problems/unavailable")));
        let lines = lines_of("panic-2");
        assert_eq!(lines[0]["failure_detail"], "the handler panicked");
        assert!(!lines[0].to_string().contains("719204"));
    }

    #[tokio::test]
    async fn an_answer_that_does_not_serialize_is_a_failure() {
        let unwritable = std::collections::BTreeMap::from([(vec![1], 1)]);
        let (status, _) =
            status_and_body(event("unwritable"), LONG, async |_| Ok(Answer::ok(&unwritable))).await;
        assert_eq!(status, 503);
        assert_eq!(lines_of("unwritable")[0]["failure"], "gateway");
    }

    #[tokio::test] // P7
    async fn the_log_holds_nothing_that_was_sent_or_answered() {
        let mut event = event("canaries");
        event.headers.insert("authorization", "Bearer canary-jwt".parse().unwrap());
        event.raw_path = Some("/canary-path".into());
        event.raw_query_string = Some("canary-query".into());
        event.path_parameters.insert("id".into(), "canary-id".into());
        let good = async |_: &Request| Ok(Answer::ok(&json!({"url": "#handoff=canary-handoff"})));
        respond(event.clone(), NOW, LONG, good).await;
        let bad = async |request: &Request| {
            let _: Vec<u8> = request.json()?;
            Ok(Answer::no_content())
        };
        respond(event, NOW, LONG, bad).await;
        assert_eq!(lines_of("canaries").len(), 2);
        let log = log();
        assert!(!log.contains("canary") && !log.contains("719204"), "{log}");
    }

    #[tokio::test] // P7
    async fn other_crates_are_heard_from_warnings_on() {
        LazyLock::force(&LOG);
        tracing::info!(target: "aws_smithy_runtime", "the whole request");
        tracing::info!(target: "lambda_runtime::layers", "the whole event");
        tracing::warn!(target: "hyper", "something odd");
        let log = log();
        assert!(!log.contains("the whole") && log.contains("something odd"), "{log}");
    }

    #[tokio::test] // P25
    async fn what_was_not_there_at_the_start_is_asked_for_again_by_each_request() {
        LazyLock::force(&LOG);
        let tries = Mutex::new(0);
        let connect = async || {
            *tries.lock().unwrap() += 1;
            match *tries.lock().unwrap() {
                1 | 2 => Err(Failure::unsure("secretsmanager", "timed out").into()),
                tried => Ok(tried),
            }
        };
        let connected = Connected::start(connect).await.unwrap();
        let handler = async |_: &Request| Ok(Answer::ok(connected.app().await?));
        let (status, body) = status_and_body(event("not-yet"), LONG, handler).await;
        assert_eq!((status, &body["type"]), (503, &json!("/problems/unavailable")));
        assert_eq!(lines_of("not-yet")[0]["failure"], "secretsmanager");
        for _ in 0..3 {
            let there = status_and_body(event("there"), LONG, handler).await;
            assert_eq!(there, (200, json!(3)), "once it is there it is kept");
        }
    }

    #[tokio::test]
    async fn what_no_request_could_mend_stops_the_function() {
        let connect = async || Err::<(), _>(Error::from("environment variable X: missing"));
        let error = Connected::start(connect).await.err().unwrap();
        assert_eq!(error.to_string(), "environment variable X: missing");
    }

    async fn received(request_id: &str, payload: Value) -> Response {
        let mut context = lambda_runtime::Context::default();
        context.request_id = request_id.to_owned();
        let handler = async |_: &Request| Ok(Answer::no_content());
        receive(LambdaEvent::new(payload, context), LONG, handler).await
    }

    #[tokio::test] // P24
    async fn a_header_that_is_no_header_stops_nobody() {
        for headers in [json!({"x": "\u{0}"}), json!({"a b": "é\r\n"}), json!(7), json!(null)] {
            let mut payload = serde_json::to_value(event("headers")).unwrap();
            payload["headers"] = headers.clone();
            payload["queryStringParameters"] = headers;
            assert_eq!(received("none", payload).await.status_code, 204);
        }
        assert_eq!(lines_of("headers").len(), 4);
    }

    #[tokio::test]
    async fn the_query_arrives_as_far_as_it_is_text() {
        let mut payload = serde_json::to_value(event("query")).unwrap();
        payload["queryStringParameters"] = json!({"cursor": "abc", "a": 1, "b": null, "": "é\0"});
        let request = Request::new(decode(payload).unwrap(), NOW);
        assert_eq!(request.query_parameter("cursor"), Some("abc"));
        assert_eq!(request.query_parameter("a"), None);
    }

    #[tokio::test]
    async fn an_event_of_another_kind_is_a_failure_and_not_a_crash() {
        LazyLock::force(&LOG);
        let other =
            [json!({"Records": ["canary"]}), json!(["canary"]), json!("canary"), json!(null)];
        for (place, payload) in other.into_iter().enumerate() {
            let id = format!("other-{place}");
            assert_eq!(received(&id, payload).await.status_code, 503);
            let lines = lines_of(&id);
            assert_eq!((lines.len(), &lines[0]["failure"]), (1, &json!("gateway")));
            assert!(!lines[0].to_string().contains("canary"));
        }
    }

    #[tokio::test] // P7
    async fn a_job_leaves_a_line_that_names_nobody() {
        LazyLock::force(&LOG);
        let job = |body: &str| json!({"messageId": "1", "body": body});
        let work = async |job: Value| match job["fails"].as_bool() {
            Some(true) => Err(Failure::unsure("cognito", "timed out")),
            _ => Ok("sent"),
        };
        let good = do_job(&job(r#"{"email": "canary"}"#), "job-good", work).await;
        assert_eq!(good, Ok(()));
        let line = &lines_of("job-good")[0];
        assert_eq!((&line["level"], &line["outcome"]), (&json!("INFO"), &json!("sent")));
        let bad = do_job(&job(r#"{"email": "canary", "fails": true}"#), "job-bad", work).await;
        assert_eq!(bad, Err(Failure::unsure("cognito", "timed out")));
        let line = &lines_of("job-bad")[0];
        assert_eq!((&line["level"], &line["failure"]), (&json!("ERROR"), &json!("cognito")));
        for (place, body) in ["canary", "", "{"].into_iter().enumerate() {
            let id = format!("job-unreadable-{place}");
            let unreadable = do_job::<Value>(&job(body), &id, work).await;
            assert_eq!(unreadable.unwrap_err().service, "gateway");
            assert_eq!(lines_of(&id).len(), 1);
        }
        assert!(do_job::<Value>(&json!({}), "job-none", work).await.is_err());
        assert!(!log().contains("canary"), "{}", log());
    }
}
