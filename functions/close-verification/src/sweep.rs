//! Every minute: what is over gets its closing step, and the customer what he is owed to be told.
//!
//! Safe to run twice, late and in parallel: each try is first taken by compare-and-set, so that
//! of two sweeps one tells the customer. A try that fails comes up again, later each time.

use std::collections::HashSet;

use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use support_core::chain::check;
use support_core::email::{Attachment, Email, Ending, ToldSession, VerificationClosed};
use support_core::identity::LinkToken;
use support_core::ports::{
    Change, Due, DueItems, Mailer, ReceiptKey, Saved, SupportGrants, Verifications,
};
use support_core::receipt::Receipt;
use support_core::refusal::{CallError, Failure};
use support_core::secret::Secret;
use support_core::support_grant::{SupportGrant, use_email};
use support_core::telling::{self, start_email};
use support_core::time::Timestamp;
use support_core::time_zone::TimeZone;
use support_core::verification::{Closed, NoticeKind, Outcome, State, Verification};

use crate::app::App;

/// How many items are listed at a time.
pub const BATCH: usize = 100;

/// Looks after all that is due at `now`, each once, and says how many that were. All that is over is
/// closed before anybody is told, so that email which hangs makes no closing step late. What it has no
/// time for any more, the next sweep finds.
///
/// # Errors
/// The listing itself, or the last item that failed: one does not hold up the others.
pub async fn sweep(app: &impl App, now: Timestamp) -> Result<usize, Failure> {
    let mut failed = None;
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    loop {
        // The index follows the items after a moment, and what failed is due still: so many more.
        let limit = seen.len() + BATCH;
        let due = app.index().due(now, limit).await?;
        let more = due.len() == limit;
        for item in due.into_iter().filter(|item| seen.insert(item.clone())) {
            if let Err(failure) = close(app, &item, now).await {
                failed = Some(noted(&item, failure));
            }
            found.push(item);
        }
        if !more {
            break;
        }
    }
    for item in &found {
        if let Err(failure) = tell(app, item, now).await {
            failed = Some(noted(item, failure));
        }
    }
    failed.map_or(Ok(found.len()), Err)
}

fn noted(item: &Due, failure: Failure) -> Failure {
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

/// Closes the item in the store if it is over. If somebody else has just moved it, and it is still
/// due, the next sweep finds it.
async fn close(app: &impl App, item: &Due, now: Timestamp) -> Result<(), Failure> {
    match item {
        Due::Verification(id) => {
            let stored = app.verifications().load(id).await?;
            if let Some(closed) = stored.and_then(|stored| stored.close_if_over(now)) {
                save(app, closed).await?;
            }
        }
        Due::SupportGrant(key) => {
            let stored = app.grants().load_grant(key).await?;
            if let Some(ended) = stored.and_then(|stored| stored.end_if_over(now)) {
                save_grant(app, ended).await?;
            }
        }
    }
    Ok(())
}

/// Tells the customer what he is owed, if that is due.
async fn tell(app: &impl App, item: &Due, now: Timestamp) -> Result<(), Failure> {
    match item {
        Due::Verification(id) => match app.verifications().load(id).await? {
            Some(verification) => tell_of_verification(app, verification, now).await,
            None => Ok(()),
        },
        Due::SupportGrant(key) => match app.grants().load_grant(key).await? {
            Some(grant) => tell_of_grant(app, grant, now).await,
            None => Ok(()),
        },
    }
}

/// The try is taken before it is made, so that of two sweeps one makes it.
async fn tell_of_verification(
    app: &impl App,
    verification: Verification,
    now: Timestamp,
) -> Result<(), Failure> {
    let page = LinkToken {
        verification: verification.id.clone(),
        secret: Secret::generate(&mut UnwrapErr(SysRng)),
    };
    let Some((next, about)) = verification.take_notice(&page.secret, &app.settings().key, now)
    else {
        return Ok(());
    };
    let Some(tried) = save(app, next).await? else { return Ok(()) };
    let Some(email) = email(app, &tried, about, &page).await? else { return Ok(()) };
    match telling::tell(app.verifications(), app.mailer(), &tried, about, &email, now).await {
        // What could not be noted is told again later.
        Ok(_) | Err(CallError::Refused(_)) => Ok(()),
        Err(CallError::Failed(failure)) => Err(failure),
    }
}

/// As [`tell_of_verification`].
async fn tell_of_grant(app: &impl App, grant: SupportGrant, now: Timestamp) -> Result<(), Failure> {
    let Some((next, about)) = grant.take_notice(now) else { return Ok(()) };
    let Some(tried) = save_grant(app, next).await? else { return Ok(()) };
    if let Some(email) = tried.email(
        about,
        app.settings().limits.session_minutes(),
        &app.settings().grant_page,
        &app.settings().time_zone,
    ) {
        app.mailer().send(&tried.customer.email, &email).await?;
    }
    // A race that is lost here tells the customer once more, or of something newer.
    if let Some(told) = tried.notice_sent(about) {
        save_grant(app, told).await?;
    }
    Ok(())
}

async fn save_grant(app: &impl App, next: SupportGrant) -> Result<Option<SupportGrant>, Failure> {
    Ok(match app.grants().save_grant(&next, &[]).await? {
        Saved::Done => Some(next),
        Saved::LostRace | Saved::OverQuota(_) => None,
    })
}

async fn save(app: &impl App, next: Verification) -> Result<Option<Verification>, Failure> {
    Ok(match app.verifications().save(&Change::to(next.clone())).await? {
        Saved::Done => Some(next),
        Saved::LostRace | Saved::OverQuota(_) => None,
    })
}

/// The email that is owed; `None` where there is nothing to tell any more.
async fn email(
    app: &impl App,
    verification: &Verification,
    about: NoticeKind,
    page: &LinkToken,
) -> Result<Option<Email>, Failure> {
    match (&verification.state, about) {
        (_, NoticeKind::GrantUsed) => Ok(use_email(
            verification,
            app.settings().limits.session_minutes(),
            &app.settings().grant_page,
            &app.settings().time_zone,
        )),
        (State::InSession { .. }, NoticeKind::Start) => {
            let page_url =
                format!("{}#token={}", app.settings().consent_page, page.to_secret().expose());
            Ok(start_email(verification, &page_url, &app.settings().time_zone))
        }
        (State::Closed(closed), NoticeKind::Close) => {
            let Some(mut email) = closing(verification, closed, &app.settings().time_zone) else {
                return Ok(None);
            };
            if let Some(receipt) = Receipt::of(verification) {
                // A broken chain is not vouched for: somebody has to look at it.
                check(&verification.id, &verification.steps).map_err(|seq| {
                    Failure::clean("record", format!("step {seq} does not follow"))
                })?;
                let public = app.receipt_key().public().await?;
                let signature = app.receipt_key().sign(&receipt.canonical()).await?;
                email.attachments.push(Attachment {
                    name: format!("receipt-{}.json", verification.id),
                    content_type: "application/json",
                    content: receipt.signed(&signature, &public),
                });
            }
            Ok(Some(email))
        }
        (_, NoticeKind::Start | NoticeKind::Close) => Ok(None),
    }
}

fn closing(verification: &Verification, closed: &Closed, time_zone: &TimeZone) -> Option<Email> {
    // A support grant says what was offered, even if nothing was consented to yet.
    let terms = verification.support_grant.as_ref();
    let (ecosystem_name, environments) = match (&closed.consent, terms) {
        (Some(consent), _) => (&consent.ecosystem_name, &consent.environments),
        (None, Some(terms)) => (&terms.ecosystem_name, &terms.environments),
        (None, None) => return None,
    };
    let session = closed.session.as_ref();
    let email = VerificationClosed {
        customer_name: &verification.customer.name,
        agent_name: &verification.agent.name,
        ticket: verification.ticket.as_ref(),
        ecosystem_name,
        environments: session.map_or(environments, |session| &session.environments),
        visibility: session.map_or(verification.visibility(), |session| session.visibility),
        by_grant: terms.is_some(),
        ending: match (closed.outcome, &closed.reason) {
            (Outcome::Completed, _) => Ending::Completed,
            (Outcome::Ended, _) => Ending::Ended,
            (Outcome::Cancelled, Some(reason)) => Ending::Cancelled { reason },
            // Before a session under a grant there is no link to refuse it with.
            (Outcome::Denied, _) if terms.is_some() => Ending::Revoked,
            (Outcome::Denied, _) => Ending::Denied,
            (Outcome::Expired | Outcome::Cancelled, _) => Ending::Expired,
            (Outcome::Locked, _) => Ending::Locked,
        },
        session: session.map(|session| ToldSession {
            from: session.started_at,
            until: closed.at,
            opened: &session.opened,
            qr_given_to: verification.app_qr_given_to(),
        }),
    };
    Some(email.render(&verification.customer.reader(time_zone)))
}
