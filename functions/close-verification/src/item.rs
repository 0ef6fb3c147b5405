//! One item, in one pass: load, close and take the notice in one write, send, record.
//!
//! Safe to break off anywhere, and to do twice or in parallel: a notice is taken by compare-and-set before its
//! email is sent, so that only one of two sweeps sends it, and taking it postpones the next try. A try that
//! fails is repeated, later each time.

use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use support_core::attempt::{Decision, attempt_on};
use support_core::email::receipt_page;
use support_core::identity::{LinkToken, VerificationId};
use support_core::notices;
use support_core::ports::{Change, Due, DueItems, Mailer, SupportGrants, Verifications};
use support_core::refusal::{CallError, Failure, Unreadable};
use support_core::secret::Secret;
use support_core::support_grant::{GrantKey, GrantNoticeKind, SupportGrant};
use support_core::time::Timestamp;
use support_core::verification::{NoticeKind, Verification};

use crate::app::App;
use crate::breaker::Breaker;

/// How long an item that cannot even be read or written moves back in the listing, in seconds. Otherwise such
/// items would stand in front of all others.
const MOVES_BACK: u32 = 60;
/// The same for an item that is listed although nothing is due of it, ever.
const MOVES_AWAY: u32 = 24 * 60 * 60;

/// What the items of one sweep share: what they find out about the dependencies.
#[derive(Debug, Default)]
pub struct Dependencies {
    receipt_key: Breaker,
    mailer: Breaker,
}

/// What came of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// Nothing of it is due any more.
    Done,
    /// Its email is left for a later try, because a dependency does not answer.
    Postponed,
    /// Another version wrote it so that this one cannot read it: it is left to that one.
    Unreadable,
}

/// Does all that is due of an item. One that cannot be read or written moves back in the listing.
///
/// # Errors
/// The failures of the store, the mailer and the receipt's key. What was not done is due again later.
pub async fn look_after(
    app: &impl App,
    dependencies: &Dependencies,
    item: &Due,
    listed_at: Timestamp,
    now: Timestamp,
) -> Result<Looked, Failure> {
    let taken = match item {
        Due::Verification(id) => take(app, id, now).await,
        Due::SupportGrant(key) => take_of_grant(app, key, now).await,
    };
    match taken {
        Ok(Taken::Notice(verification, kind, page)) => {
            tell(app, dependencies, *verification, kind, &page, now).await
        }
        Ok(Taken::GrantNotice(grant, kind)) => tell_of_grant(app, dependencies, *grant, kind).await,
        Ok(Taken::NotDue(due_at)) => {
            // Either the listing lags behind, and this changes nothing, or it is wrong.
            let until = due_at.unwrap_or(now.plus(MOVES_AWAY));
            app.index().postpone(item, listed_at, until).await?;
            Ok(Looked::Done)
        }
        // Others keep changing what is refused: if it is still due, the next sweep finds it.
        Ok(Taken::NoNotice) | Err(CallError::Refused(_)) => Ok(Looked::Done),
        Err(CallError::Failed(failure)) if failure.unreadable == Some(Unreadable::OtherVersion) => {
            tracing::warn!(
                target: "support",
                verification = item.verification().map(VerificationId::as_str),
                support_grant = item.support_grant().map(GrantKey::as_str),
                failure_detail = failure.detail,
                "not readable by this version"
            );
            app.index().postpone(item, listed_at, now.plus(MOVES_BACK)).await?;
            Ok(Looked::Unreadable)
        }
        Err(CallError::Failed(failure)) => {
            // A store that does not answer would not move it either.
            if !failure.maybe_done {
                app.index().postpone(item, listed_at, now.plus(MOVES_BACK)).await?;
            }
            Err(failure)
        }
    }
}

/// What was written, and is now to be told.
enum Taken {
    /// Nothing: it is due later, or not at all.
    NotDue(Option<Timestamp>),
    /// Nobody is told of what was written, or it is gone.
    NoNotice,
    Notice(Box<Verification>, NoticeKind, LinkToken),
    GrantNotice(Box<SupportGrant>, GrantNoticeKind),
}

async fn take(app: &impl App, id: &VerificationId, now: Timestamp) -> Result<Taken, CallError> {
    let store = app.verifications();
    let load = async || Ok(store.load(id).await?);
    let key = &app.settings().key;
    attempt_on(store, load, async |found: Option<Verification>, _| {
        let secret = Secret::generate(&mut UnwrapErr(SysRng));
        let page = LinkToken { verification: id.clone(), secret };
        let Some(found) = found else { return Ok(Decision::Answer(Taken::NoNotice)) };
        let due_at = found.due_at();
        Ok(match found.look_after(&page.secret, key, now) {
            None => Decision::Answer(Taken::NotDue(due_at)),
            Some((next, None)) => Decision::Save(Change::to(next), Taken::NoNotice),
            Some((next, Some(kind))) => {
                Decision::Save(Change::to(next.clone()), Taken::Notice(next.into(), kind, page))
            }
        })
    })
    .await
}

async fn take_of_grant(app: &impl App, key: &GrantKey, now: Timestamp) -> Result<Taken, CallError> {
    let store = app.grants();
    let load = async || Ok(store.load_grant(key).await?);
    attempt_on(store, load, async |found: Option<SupportGrant>, _| {
        let Some(found) = found else { return Ok(Decision::Answer(Taken::NoNotice)) };
        let due_at = found.due_at();
        Ok(match found.look_after(now) {
            None => Decision::Answer(Taken::NotDue(due_at)),
            Some((next, None)) => Decision::Save(next, Taken::NoNotice),
            Some((next, Some(kind))) => {
                Decision::Save(next.clone(), Taken::GrantNotice(next.into(), kind))
            }
        })
    })
    .await
}

async fn tell(
    app: &impl App,
    dependencies: &Dependencies,
    verification: Verification,
    kind: NoticeKind,
    page: &LinkToken,
    now: Timestamp,
) -> Result<Looked, Failure> {
    let settings = app.settings();
    let page = page.page_url(&settings.consent_page);
    let Some(mut email) = notices::email(&verification, kind, &page, &settings.notices()) else {
        return Ok(Looked::Done);
    };
    let reader = verification.customer.reader(&settings.time_zone);
    let check_page = receipt_page(&settings.consent_page);
    let key = app.receipt_key();
    let signing = notices::attach_receipt(&mut email, &verification, key, &reader, &check_page);
    let Some(signed) = dependencies.receipt_key.call(signing).await else {
        return Ok(Looked::Postponed);
    };
    signed?;
    let sending = app.mailer().send(&verification.customer.email, &email);
    let Some(sent) = dependencies.mailer.call(sending).await else { return Ok(Looked::Postponed) };
    sent?;
    match notices::record(app.verifications(), verification, kind, now).await {
        Ok(()) | Err(CallError::Refused(_)) => Ok(Looked::Done),
        Err(CallError::Failed(failure)) => Err(failure),
    }
}

async fn tell_of_grant(
    app: &impl App,
    dependencies: &Dependencies,
    grant: SupportGrant,
    kind: GrantNoticeKind,
) -> Result<Looked, Failure> {
    if let Some(email) = notices::grant_email(&grant, kind, &app.settings().notices()) {
        let sending = app.mailer().send(&grant.customer.email, &email);
        let Some(sent) = dependencies.mailer.call(sending).await else {
            return Ok(Looked::Postponed);
        };
        sent?;
    }
    notices::record_of_grant(app.grants(), grant, kind).await.map(|()| Looked::Done)
}
