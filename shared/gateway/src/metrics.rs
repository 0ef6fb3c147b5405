//! Metrics, in CloudWatch's embedded metric format: a line of the log says which of its members are
//! metrics, and CloudWatch makes them of it. They cost no call and no line of their own.
//!
//! Each series costs money, so its dimensions take few values: routes, triggers, outcomes and AWS
//! services, and nothing that names a person or a verification.

use std::cell::Cell;
use std::future::Future;

use serde_json::{Map, Value, json};
use support_core::status::Status;
use support_core::time::Timestamp;
use support_core::verification::Verification;

/// What a run measures beside its outcome and its duration. Each is a metric without dimensions, and
/// a member of the line that closes the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    SessionsStarted,
    /// From the look-up to the customer's authorization, in seconds.
    TimeToAuthorization,
    /// Emails that SES has taken.
    EmailsSent,
    /// Emails that SES has not taken, or perhaps not.
    EmailsFailed,
    /// Emails that came back.
    EmailsBounced,
    /// Emails that their readers called spam.
    EmailsComplained,
    /// Items that were due when a sweep began.
    DueItems,
    /// How long the oldest of them had been due, in seconds; 0 if there was none.
    OldestDue,
    /// Items of another version, which this one cannot read: met by a call, skipped by a list or a sweep.
    UnreadableItems,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::SessionsStarted,
        Self::TimeToAuthorization,
        Self::EmailsSent,
        Self::EmailsFailed,
        Self::EmailsBounced,
        Self::EmailsComplained,
        Self::DueItems,
        Self::OldestDue,
        Self::UnreadableItems,
    ];

    /// Returns the name of the metric, and of the member.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SessionsStarted => "sessions_started",
            Self::TimeToAuthorization => "authorization_s",
            Self::EmailsSent => "emails_sent",
            Self::EmailsFailed => "emails_failed",
            Self::EmailsBounced => "emails_bounced",
            Self::EmailsComplained => "emails_complained",
            Self::DueItems => "due_items",
            Self::OldestDue => "oldest_due_s",
            Self::UnreadableItems => "unreadable_items",
        }
    }

    const fn unit(self) -> &'static str {
        match self {
            Self::TimeToAuthorization | Self::OldestDue => "Seconds",
            Self::SessionsStarted
            | Self::EmailsSent
            | Self::EmailsFailed
            | Self::EmailsBounced
            | Self::EmailsComplained
            | Self::DueItems
            | Self::UnreadableItems => "Count",
        }
    }
}

type Measured = [Option<u64>; Metric::ALL.len()];

tokio::task_local! {
    static MEASURED: Cell<Measured>;
}

/// Runs `job`, in which [`measure`] can be called.
pub(crate) fn measuring<F: Future>(job: F) -> impl Future<Output = F::Output> {
    MEASURED.scope(Cell::default(), job)
}

/// Adds to a metric of this run. The next line of the log has it. A task that was spawned is another
/// run: measure where it is awaited.
pub fn measure(metric: Metric, value: u64) {
    let _ = MEASURED.try_with(|measured| {
        let mut all = measured.get();
        if let Some(sum) = all.get_mut(metric as usize) {
            *sum = Some(sum.unwrap_or(0).saturating_add(value));
        }
        measured.set(all);
    });
}

/// Measures how long it took until the customer's authorization, if the verification has just got it.
pub fn measure_authorization(verification: &Verification, now: Timestamp) {
    if verification.status() == Status::Consented {
        let seconds = now.seconds_from(verification.created_at);
        measure(Metric::TimeToAuthorization, seconds.into());
    }
}

/// Measures what a sweep that began at `now` found: how many items were due, and since when the oldest
/// of them. An alarm rings if no sweep says so for five minutes, so every sweep calls this, whatever it
/// found.
pub fn measure_due(items: usize, oldest: Option<Timestamp>, now: Timestamp) {
    measure(Metric::DueItems, items.try_into().unwrap_or(u64::MAX));
    measure(Metric::OldestDue, oldest.map_or(0, |oldest| now.seconds_from(oldest)).into());
}

/// A metric that a line has by its members alone.
struct OfLine {
    metric: &'static str,
    unit: &'static str,
    /// Members with few values. The line has the metric if it has all of them.
    dimensions: &'static [&'static str],
}

const OF_LINES: [OfLine; 3] = [
    OfLine { metric: "duration_ms", unit: "Milliseconds", dimensions: &["route", "outcome"] },
    OfLine { metric: "duration_ms", unit: "Milliseconds", dimensions: &["trigger", "outcome"] },
    OfLine { metric: FAILURES, unit: "Count", dimensions: &[FAILURE] },
];
/// The member that names the AWS service which failed.
const FAILURE: &str = "failure";
const FAILURES: &str = "failures";

/// Returns the members that make metrics of a line: those that were measured since the last one, and
/// `_aws`, which declares them. Empty if the line has no metric.
pub(crate) fn members(
    line: &Map<String, Value>,
    namespace: &str,
    now: Timestamp,
) -> Map<String, Value> {
    let mut members = Map::new();
    let mut directives = Vec::new();
    if line.contains_key(FAILURE) {
        members.insert(FAILURES.to_owned(), json!(1));
    }
    let mut declare = |dimensions: &[&str], metrics: &[Value]| {
        directives.push(json!({
            "Namespace": namespace, "Dimensions": [dimensions], "Metrics": metrics,
        }));
    };
    for OfLine { metric, unit, dimensions } in OF_LINES {
        let there = |name: &str| line.contains_key(name) || members.contains_key(name);
        if there(metric) && dimensions.iter().all(|name| there(name)) {
            declare(dimensions, &[json!({"Name": metric, "Unit": unit})]);
        }
    }
    let measured = MEASURED.try_with(Cell::take).unwrap_or_default();
    let measured = Metric::ALL.into_iter().zip(measured);
    let measured: Vec<_> = measured.filter_map(|(metric, sum)| Some((metric, sum?))).collect();
    if !measured.is_empty() {
        let metrics = measured
            .iter()
            .map(|(metric, _)| json!({"Name": metric.name(), "Unit": metric.unit()}));
        declare(&[], &metrics.collect::<Vec<_>>());
    }
    for (metric, sum) in measured {
        members.insert(metric.name().to_owned(), sum.into());
    }
    if !directives.is_empty() {
        let aws = json!({"Timestamp": now.millis(), "CloudWatchMetrics": directives});
        members.insert("_aws".to_owned(), aws);
    }
    members
}

#[cfg(test)]
mod tests;
