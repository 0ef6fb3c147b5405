//! The log as the tests read it, and an event to log.

use std::io;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use support_core::time::Timestamp;
use tracing::level_filters::LevelFilter;

use crate::answer::Answer;
use crate::problem::Problem;
use crate::request::{Event, Request};
use crate::respond::respond;

pub(crate) const ID: &str = "AAECAwQFBgcICQoLDA0ODw";
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
pub(crate) const LONG: Duration = Duration::from_mins(1);

/// The log of this test program. The requests' ids tell the tests' lines apart.
static LOG: LazyLock<Mutex<Vec<u8>>> = LazyLock::new(|| {
    let subscriber =
        crate::logging::subscriber(LevelFilter::INFO, Some("test".to_owned()), || Sink);
    tracing::subscriber::set_global_default(subscriber).unwrap();
    Mutex::default()
});

/// Starts the log, which the first line does otherwise.
pub(crate) fn start() {
    LazyLock::force(&LOG);
}

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

pub(crate) fn log() -> String {
    let bytes = LOG.lock().unwrap_or_else(PoisonError::into_inner).clone();
    String::from_utf8(bytes).unwrap()
}

/// The lines that a request left.
pub(crate) fn raw_lines_of(request_id: &str) -> Vec<Value> {
    let lines = log();
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["request_id"] == request_id).collect()
}

/// The metrics that those lines declare, each with its dimensions.
pub(crate) fn metrics_of(request_id: &str) -> Vec<(Value, Vec<Value>)> {
    let mut metrics = Vec::new();
    for line in raw_lines_of(request_id) {
        for directive in line["_aws"]["CloudWatchMetrics"].as_array().into_iter().flatten() {
            let dimensions = directive["Dimensions"][0].as_array().unwrap();
            for metric in directive["Metrics"].as_array().unwrap() {
                metrics.push((metric["Name"].clone(), dimensions.clone()));
            }
        }
    }
    metrics
}

/// The lines that a request left, without what makes metrics of them and the two members that differ
/// from run to run.
pub(crate) fn lines_of(request_id: &str) -> Vec<Value> {
    let aside = ["timestamp", "duration_ms", "_aws", "failures"];
    raw_lines_of(request_id)
        .into_iter()
        .map(|mut line| {
            assert!(line["timestamp"].is_string(), "{line}");
            assert!(line["duration_ms"].is_u64(), "{line}");
            line.as_object_mut().unwrap().retain(|name, _| !aside.contains(&name.as_str()));
            line
        })
        .collect()
}

pub(crate) fn event(request_id: &str) -> Event {
    start();
    let mut event = Event::default();
    event.route_key = Some("POST /verifications/{id}/code".into());
    event.path_parameters.insert("id".into(), ID.into());
    event.request_context.request_id = Some(request_id.into());
    event.body = Some(r#"{"code": "719204", "token": "canary-token"}"#.into());
    event
}

pub(crate) async fn status_and_body(
    event: Event,
    within: Duration,
    handler: impl AsyncFn(&Request) -> Result<Answer, Problem>,
) -> (i64, Value) {
    let response = serde_json::to_value(respond(event, NOW, within, handler).await).unwrap();
    let body = response["body"].as_str().unwrap();
    (response["statusCode"].as_i64().unwrap(), serde_json::from_str(body).unwrap())
}
