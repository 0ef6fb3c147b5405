//! The log: JSON, one line an event, to standard output.

use std::fmt;
use std::io::stdout;

use serde_json::{Map, Value};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;

use support_settings::variable::{LOG_LEVEL, METRICS_NAMESPACE, RUST_LOG};

use crate::clock::now;
use crate::metrics;

/// Starts the log, at the level that `LOG_LEVEL` or else `RUST_LOG` names (`info`, unless it is
/// a level's name).
///
/// The level applies to this system's own crates (`support_…`; others use `target: "support"`). All
/// other crates are logged from `warn` on, whatever the level: at `debug` the SDK prints whole
/// requests, with codes and addresses. A panic is logged with its place and without its message, which
/// can contain anything.
///
/// Lines have metrics if `METRICS_NAMESPACE` is set. They go with their lines: above `info` there are
/// only those of failures.
pub fn init_logging() {
    let level = LOG_LEVEL.readable().or_else(|| RUST_LOG.readable());
    let level = level.and_then(|value| value.parse().ok()).unwrap_or(LevelFilter::INFO);
    // The first subscriber stays: a second call changes nothing.
    let _ = tracing::subscriber::set_global_default(subscriber(
        level,
        METRICS_NAMESPACE.readable(),
        stdout,
    ));
    std::panic::set_hook(Box::new(|panic| {
        tracing::error!(target: "support", at = panic.location().map(tracing::field::display), "panic");
    }));
}

pub(crate) fn subscriber<W>(
    level: LevelFilter,
    namespace: Option<String>,
    writer: W,
) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let heard =
        Targets::new().with_default(LevelFilter::WARN.min(level)).with_target("support", level);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .map_event_format(|lines| WithMetrics { lines, namespace })
        .with_writer(writer);
    tracing_subscriber::registry().with(lines.with_filter(heard))
}

/// Adds to each line what makes metrics of its members.
struct WithMetrics<F> {
    lines: F,
    namespace: Option<String>,
}

impl<S, N, F> FormatEvent<S, N> for WithMetrics<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(namespace) = &self.namespace else {
            return self.lines.format_event(context, writer, event);
        };
        let mut line = String::new();
        self.lines.format_event(context, Writer::new(&mut line), event)?;
        let found = serde_json::from_str::<Map<String, Value>>(&line).unwrap_or_default();
        let members = metrics::members(&found, namespace, now());
        match line.trim_end().strip_suffix('}') {
            Some(open) if !members.is_empty() => {
                let members = Value::Object(members).to_string();
                writeln!(writer, "{open},{}", members.trim_start_matches('{'))
            }
            _ => writer.write_str(&line),
        }
    }
}
