//! Every minute: looks after what is due. However much that is, a sweep ends in time and keeps what it has
//! done: the next one goes on with the rest, since an item moves back in the listing when it is looked after.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt};
use support_core::identity::VerificationId;
use support_core::ports::{Due, DueItems, DuePlace};
use support_core::refusal::Failure;
use support_core::support_grant::GrantKey;
use support_core::time::Timestamp;
use support_gateway::Metric;
use tokio::time::{sleep, timeout};

use crate::app::App;
use crate::item::{Dependencies, Looked, look_after};

/// How many items are looked after at the same time.
pub const IN_FLIGHT: usize = 32;
/// How many items of a part are listed at a time.
pub const PAGE: usize = 500;
/// After this long no more items are begun.
const BEGINS: Duration = Duration::from_secs(40);
/// After this long the sweep ends, at whatever its items are waiting for. The function is given 55 seconds.
const ENDS: Duration = Duration::from_secs(45);

/// Looks after what is due at `now`, for 45 seconds at the longest, and returns how many items there were.
///
/// # Errors
/// The last failure, of a listing or of an item: one does not hold up the others.
pub async fn sweep(app: &impl App, now: Timestamp) -> Result<usize, Failure> {
    let progress = Progress::default();
    if timeout(ENDS, sweep_until(app, now, sleep(BEGINS), &progress)).await.is_err() {
        progress.failed(Failure::unsure("sweep", "items broken off"));
    }
    progress.end(now)
}

/// Looks after what is due at `now`, and begins with no item once `over` is ready.
pub async fn sweep_until(
    app: &impl App,
    now: Timestamp,
    over: impl Future<Output = ()>,
    progress: &Progress,
) {
    let dependencies = &Dependencies::default();
    let parts = (0..app.index().parts()).map(|part| Box::pin(listing(app, part, now, progress)));
    stream::select_all(parts)
        .take_until(over)
        .for_each_concurrent(IN_FLIGHT, async |(due_at, item): (Timestamp, Due)| {
            progress.found(due_at);
            match look_after(app, dependencies, &item, due_at, now).await {
                Ok(Looked::Done) => {}
                Ok(Looked::Postponed) => progress.postponed(),
                Ok(Looked::Unreadable) => progress.unreadable(),
                Err(failure) => {
                    log(&item, &failure);
                    progress.failed(failure);
                }
            }
        })
        .await;
}

/// What is due in a part of the listing, page by page. A listing that fails ends there.
fn listing(
    app: &impl App,
    part: usize,
    now: Timestamp,
    progress: &Progress,
) -> impl Stream<Item = (Timestamp, Due)> {
    let pages = stream::unfold(Some(None), move |place: Option<Option<DuePlace>>| async move {
        let after = place?;
        match app.index().due(part, now, after.as_ref(), PAGE).await {
            Ok(page) => Some((page.items, page.next.map(Some))),
            Err(failure) => {
                progress.not_listed(failure);
                None
            }
        }
    });
    pages.flat_map(stream::iter)
}

fn log(item: &Due, failure: &Failure) {
    tracing::error!(
        target: "support",
        verification = item.verification().map(VerificationId::as_str),
        support_grant = item.support_grant().map(GrantKey::as_str),
        failure = failure.service,
        failure_detail = failure.detail,
        maybe_done = failure.maybe_done,
        "not looked after"
    );
}

/// What a sweep has done so far.
#[derive(Debug, Default)]
pub struct Progress(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    found: usize,
    /// When the item that was due first was due.
    oldest: Option<Timestamp>,
    postponed: usize,
    unreadable: u64,
    failed: Option<Failure>,
    /// A part could not be listed, so that nobody knows what is due there.
    blind: bool,
}

impl Progress {
    fn note(&self, note: impl FnOnce(&mut Counts)) {
        note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn found(&self, due_at: Timestamp) {
        self.note(|counts| {
            counts.found += 1;
            counts.oldest = Some(counts.oldest.map_or(due_at, |oldest| oldest.min(due_at)));
        });
    }

    fn postponed(&self) {
        self.note(|counts| counts.postponed += 1);
    }

    fn unreadable(&self) {
        self.note(|counts| counts.unreadable += 1);
    }

    fn failed(&self, failure: Failure) {
        self.note(|counts| counts.failed = Some(failure));
    }

    fn not_listed(&self, failure: Failure) {
        self.failed(failure);
        self.note(|counts| counts.blind = true);
    }

    /// Measures the backlog, and returns how many items were found at `now`, or the last failure. A sweep that
    /// does not know what is due measures nothing, so that the alarm for sweeps that do not come rings.
    pub fn end(self, now: Timestamp) -> Result<usize, Failure> {
        let Counts { found, oldest, postponed, unreadable, failed, blind } =
            self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !blind {
            support_gateway::measure_due(found, oldest, now);
        }
        if unreadable > 0 {
            support_gateway::measure(Metric::UnreadableItems, unreadable);
        }
        if postponed > 0 {
            tracing::warn!(target: "support", postponed, "emails postponed: a dependency does not answer");
        }
        failed.map_or(Ok(found), Err)
    }
}
