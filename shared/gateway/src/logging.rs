//! The log: JSON, one line an event, to standard output.

use std::io::stdout;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

use support_settings::variable::{LOG_LEVEL, RUST_LOG};

/// Starts the log, at the level that `LOG_LEVEL` or else `RUST_LOG` names (`info`, unless it is
/// a level's name).
///
/// The level applies to this system's own crates (`support_…`; others use `target: "support"`). All
/// other crates are logged from `warn` on, whatever the level: at `debug` the SDK prints whole
/// requests, with codes and addresses. A panic is logged with its place and without its message, which
/// can contain anything.
pub fn init_logging() {
    let level = LOG_LEVEL.readable().or_else(|| RUST_LOG.readable());
    let level = level.and_then(|value| value.parse().ok()).unwrap_or(LevelFilter::INFO);
    // The first subscriber stays: a second call changes nothing.
    let _ = tracing::subscriber::set_global_default(subscriber(level, stdout));
    std::panic::set_hook(Box::new(|panic| {
        tracing::error!(target: "support", at = panic.location().map(tracing::field::display), "panic");
    }));
}

pub(crate) fn subscriber<W>(level: LevelFilter, writer: W) -> impl tracing::Subscriber + Send + Sync
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
        .with_writer(writer);
    tracing_subscriber::registry().with(lines.with_filter(heard))
}
