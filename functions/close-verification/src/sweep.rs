//! Every minute: closes what is over, and sends the notices that are due.
//!
//! Safe to run twice, late and in parallel: each try of a notice is first taken by compare-and-set,
//! so that only one of two sweeps sends it. A try that fails is repeated, later each time.

use std::collections::HashSet;

use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use support_core::attempt::{close_if_over, end_if_over};
use support_core::identity::{LinkToken, VerificationId};
use support_core::notices;
use support_core::ports::{Change, Due, DueItems, Saved, SupportGrants, Verifications};
use support_core::refusal::{CallError, Failure};
use support_core::secret::Secret;
use support_core::support_grant::GrantKey;
use support_core::time::Timestamp;
use support_core::verification::{State, Verification};

use crate::app::App;

/// How many items are listed at a time.
pub const BATCH: usize = 100;

/// Looks after every item that is due at `now`, once, and returns how many there were. All that is
/// over is closed before any notice is sent, so that email which hangs delays no closing step. The next
/// sweep finds what this one had no time for.
///
/// # Errors
/// The failure of the listing, or of the last item that failed: one does not hold up the others.
pub async fn sweep(app: &impl App, now: Timestamp) -> Result<usize, Failure> {
    let mut failed = None;
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut oldest = None;
    loop {
        // The index follows the items after a moment, and what failed is still due: list past those.
        let limit = seen.len() + BATCH;
        let due = app.index().due(now, limit).await?;
        let more = due.len() == limit;
        for item in due.into_iter().filter(|item| seen.insert(item.clone())) {
            match close(app, &item, now).await {
                Ok(since) => oldest = oldest.or(since),
                Err(failure) => failed = Some(logged(&item, failure)),
            }
            found.push(item);
        }
        if !more {
            break;
        }
    }
    for item in &found {
        if let Err(failure) = send_notice(app, item, now).await {
            failed = Some(logged(item, failure));
        }
    }
    support_gateway::measure_due(found.len(), oldest, now);
    failed.map_or(Ok(found.len()), Err)
}

/// Since when a verification was due that was closed at `now`, if it was over.
fn due_since(found: &Verification, now: Timestamp) -> Option<Timestamp> {
    match (&found.state, found.notice) {
        (State::Closed(closed), Some(notice)) if notice.due_at == now => Some(closed.at),
        _ => found.due_at(),
    }
}

fn logged(item: &Due, failure: Failure) -> Failure {
    let (verification, support_grant) = match item {
        Due::Verification(id) => (Some(id.as_str()), None),
        Due::SupportGrant(key) => (None, Some(key.as_str())),
    };
    tracing::error!(
        verification,
        support_grant,
        failure = failure.service,
        failure_detail = failure.detail,
        maybe_done = failure.maybe_done,
        "not looked after"
    );
    failure
}

/// Closes the item in the store if it is over, and returns since when it was due, if that is known.
async fn close(app: &impl App, item: &Due, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    let mut since = None;
    let closed = match item {
        Due::Verification(id) => close_if_over(app.verifications(), id, now)
            .await
            .map(|found| since = found.and_then(|found| due_since(&found, now))),
        Due::SupportGrant(key) => end_if_over(app.grants(), key, now).await,
    };
    left_to_the_next_sweep(closed).map(|()| since)
}

/// Sends the notice of the item that is due, if there is one.
async fn send_notice(app: &impl App, item: &Due, now: Timestamp) -> Result<(), Failure> {
    match item {
        Due::Verification(id) => send_for_verification(app, id, now).await,
        Due::SupportGrant(key) => send_for_grant(app, key, now).await,
    }
}

async fn send_for_verification(
    app: &impl App,
    id: &VerificationId,
    now: Timestamp,
) -> Result<(), Failure> {
    let Some(verification) = app.verifications().load(id).await? else { return Ok(()) };
    let secret = Secret::generate(&mut UnwrapErr(SysRng));
    let page = LinkToken { verification: id.clone(), secret };
    let settings = app.settings();
    let Some((taken, kind)) = verification.take_notice(&page.secret, &settings.key, now) else {
        return Ok(());
    };
    // Not tried again after a lost race: another sweep has taken this try.
    if app.verifications().save(&Change::to(taken.clone())).await? != Saved::Done {
        return Ok(());
    }
    let session_page = page.page_url(&settings.consent_page);
    let email = notices::email(&taken, kind, &session_page, &settings.notices());
    let Some(mut email) = email else { return Ok(()) };
    notices::attach_receipt(&mut email, &taken, app.receipt_key()).await?;
    let sent = notices::send(app.verifications(), app.mailer(), &taken, kind, &email, now).await;
    left_to_the_next_sweep(sent.map(drop))
}

async fn send_for_grant(app: &impl App, key: &GrantKey, now: Timestamp) -> Result<(), Failure> {
    let Some(grant) = app.grants().load_grant(key).await? else { return Ok(()) };
    let Some((taken, kind)) = grant.take_notice(now) else { return Ok(()) };
    // As above.
    if app.grants().save_grant(&taken, &[]).await? != Saved::Done {
        return Ok(());
    }
    let context = app.settings().notices();
    notices::send_for_grant(app.grants(), app.mailer(), taken, kind, &context).await
}

/// An item that others keep changing is still due: the next sweep finds it.
fn left_to_the_next_sweep(result: Result<(), CallError>) -> Result<(), Failure> {
    match result {
        Ok(()) | Err(CallError::Refused(_)) => Ok(()),
        Err(CallError::Failed(failure)) => Err(failure),
    }
}
