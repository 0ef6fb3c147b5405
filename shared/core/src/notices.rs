//! Notices and their emails. Which notice is due, a verification or a support grant says itself
//! (`take_notice`); which email it is, with which words and attachments, stands here.
//!
//! An email is sent first and recorded afterwards. One that could not be recorded is sent again: a
//! customer gets every notice at least once.

use crate::attempt::{Decision, attempt_from};
use crate::chain::{Step, check};
use crate::directory::Reader;
use crate::email::{
    Attachment, Email, Ending, GrantCreated, GrantEnded, GrantUsed, ReceiptPage, SessionStarted,
    ToldSession, VerificationClosed,
};
use crate::email_origin::EmailKind;
use crate::grant_terms::GrantTerms;
use crate::ports::{Change, Mailer, ReceiptKey, SupportGrants, Verifications};
use crate::receipt::Receipt;
use crate::refusal::{CallError, Failure};
use crate::status::Outcome;
use crate::step_detail::{Detail, Facts};
use crate::support_grant::{Ended, GrantNoticeKind, Grantor, SupportGrant};
use crate::time::Timestamp;
use crate::time_zone::TimeZone;
use crate::verification::{Closed, NoticeKind, State, Verification};

/// What the emails say beside the record.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The longest session, in minutes.
    pub session_minutes: u32,
    /// Where a customer, signed in, revokes a support grant.
    pub grant_page: &'a str,
    /// The time zone of customers whose own is not known.
    pub time_zone: &'a TimeZone,
}

/// Returns the email for a notice about a verification; `None` if there is nothing to say any more.
/// `session_page` is the page on which the customer ends the session, with its token.
pub fn email(
    verification: &Verification,
    kind: NoticeKind,
    session_page: &str,
    context: &Context<'_>,
) -> Option<Email> {
    match kind {
        NoticeKind::GrantUsed => grant_used(verification, context),
        NoticeKind::Start => session_started(verification, session_page, context.time_zone),
        NoticeKind::Close => closed(verification, context.time_zone),
    }
}

/// Returns the email about the use of a support grant; `None` if the verification is under none.
pub fn grant_used(verification: &Verification, context: &Context<'_>) -> Option<Email> {
    let terms = verification.support_grant.as_ref()?;
    let email = GrantUsed {
        customer_name: &verification.customer.name,
        agent_name: &verification.agent.name,
        ecosystem_name: &terms.ecosystem_name,
        visibility: terms.visibility,
        access: terms.access,
        session_minutes: context.session_minutes,
        at: verification.created_at,
        until: terms.expires_at,
        page_url: context.grant_page,
    };
    let email = email.render(&verification.customer.reader(context.time_zone));
    Some(email.of_verification(&verification.id, EmailKind::GrantUsed, None))
}

/// Returns the email about a session, which the customer ends at `page_url`; `None` if no session is
/// running.
pub fn session_started(
    verification: &Verification,
    page_url: &str,
    time_zone: &TimeZone,
) -> Option<Email> {
    let State::InSession { consent, session, .. } = &verification.state else { return None };
    let email = SessionStarted {
        customer_name: &verification.customer.name,
        agent_name: &verification.agent.name,
        ticket: verification.ticket.as_ref(),
        ecosystem_name: &consent.ecosystem_name,
        environments: &session.environments(),
        visibility: session.visibility,
        access: consent.access(),
        by_grant: verification.support_grant.is_some(),
        until: session.expires_at,
        page_url,
    };
    let email = email.render(&verification.customer.reader(time_zone));
    Some(email.of_verification(&verification.id, EmailKind::SessionStarted, None))
}

/// Returns the email about the end of a verification, without its receipt; `None` before the end, or
/// if the customer was asked for nothing.
fn closed(verification: &Verification, time_zone: &TimeZone) -> Option<Email> {
    let State::Closed(closed) = &verification.state else { return None };
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
        ending: ending(closed, terms, &verification.steps),
        session: session.map(|session| ToldSession {
            from: session.started_at,
            until: closed.at,
            access: closed.consent.as_ref().and_then(|consent| consent.access),
            opened: &session.opened,
            qr_given_to: verification.app_qr_given_to(),
        }),
    };
    let email = email.render(&verification.customer.reader(time_zone));
    Some(email.of_verification(&verification.id, EmailKind::Closed, None))
}

fn ending<'a>(closed: &'a Closed, terms: Option<&GrantTerms>, steps: &[Step]) -> Ending<'a> {
    let revoked = || {
        let by_revoking =
            |step: &Step| matches!(step.detail, Some(Detail::Facts(Facts::GrantRevoked)));
        steps.iter().any(by_revoking)
    };
    match (closed.outcome, &closed.reason) {
        (Outcome::Completed, _) => Ending::Completed,
        (Outcome::Ended, _) if revoked() => Ending::Revoked,
        (Outcome::Ended, _) => Ending::Ended,
        (Outcome::Finished, _) => Ending::Finished,
        (Outcome::Cancelled, Some(reason)) => Ending::Cancelled { reason },
        // Under a grant, the customer has no link with which to refuse before the session.
        (Outcome::Denied, _) if terms.is_some() => Ending::Revoked,
        (Outcome::Denied, _) => Ending::Denied,
        (Outcome::Expired | Outcome::Cancelled, _) => Ending::Expired,
        (Outcome::Locked, _) => Ending::Locked,
    }
}

/// Attaches the signed receipt, if there was a session and it is over: the file, and a page that says the
/// same. `reader` reads the page, which says that `check_page` checks the file.
///
/// # Errors
/// [`Failure`] of the key; also if the record's chain is broken, since a receipt would vouch for it.
pub async fn attach_receipt(
    email: &mut Email,
    verification: &Verification,
    key: &impl ReceiptKey,
    reader: &Reader,
    check_page: &str,
) -> Result<(), Failure> {
    let Some(receipt) = Receipt::of(verification) else { return Ok(()) };
    check(&verification.id, &verification.steps)
        .map_err(|seq| Failure::clean("record", format!("step {seq} does not follow")))?;
    let public = key.public().await?;
    let signature = key.sign(&receipt.canonical()).await?;
    let (file, name) =
        (receipt.signed(&signature, &public), format!("receipt-{}", verification.id));
    let page = ReceiptPage { receipt: &receipt, file: &file, check_page }.render(reader);
    email.attachments.push(Attachment {
        name: format!("{name}.json"),
        content_type: "application/json",
        content: file,
    });
    email.attachments.push(Attachment {
        name: format!("{name}.html"),
        content_type: "text/html; charset=utf-8",
        content: page.into_bytes(),
    });
    Ok(())
}

/// Returns the email for a notice about a support grant; `None` if there is nothing to say any more.
pub fn grant_email(
    grant: &SupportGrant,
    kind: GrantNoticeKind,
    context: &Context<'_>,
) -> Option<Email> {
    let Grantor { name: customer_name, locale, time_zone, .. } = &grant.customer;
    let reader = &Reader::new(*locale, time_zone.as_ref(), context.time_zone);
    let ecosystem_name = &grant.terms.ecosystem_name;
    match (kind, grant.ended) {
        (GrantNoticeKind::Created | GrantNoticeKind::Renewed, None) => {
            let email = GrantCreated {
                customer_name,
                ecosystem_name,
                environments: &grant.terms.environments,
                visibility: grant.terms.visibility,
                access: grant.terms.access,
                session_minutes: context.session_minutes,
                until: grant.terms.expires_at,
                renewed: kind == GrantNoticeKind::Renewed,
                page_url: context.grant_page,
            };
            Some(email.render(reader))
        }
        (GrantNoticeKind::Ended, Some(Ended { how, at })) => {
            let email = GrantEnded { customer_name, ecosystem_name, ending: how, at };
            Some(email.render(reader))
        }
        (GrantNoticeKind::Created | GrantNoticeKind::Renewed, Some(_))
        | (GrantNoticeKind::Ended, None) => None,
    }
}

/// Sends the customer the email of a notice about a verification, and records it. Returns the
/// verification as it is then. `verification` is as it was last read or written.
///
/// # Errors
/// The failures of the mailer and the store. [`CallError::Refused`] if other calls kept this from being
/// recorded; the email was sent then.
pub async fn send(
    store: &impl Verifications,
    mailer: &impl Mailer,
    verification: &Verification,
    kind: NoticeKind,
    email: &Email,
    now: Timestamp,
) -> Result<Verification, CallError> {
    mailer.send(&verification.customer.email, email).await?;
    attempt_from(store, verification.clone(), now, async |found, _| {
        let unchanged = found.clone();
        Ok(match found.notice_sent(kind, now) {
            Some(next) => Decision::Save(Change::to(next.clone()), next),
            None => Decision::Answer(unchanged),
        })
    })
    .await
}

/// Records that the email of a notice was sent; `verification` is what it was made from.
///
/// # Errors
/// The store's failures. [`CallError::Refused`] if other calls kept this from being recorded.
pub async fn record(
    store: &impl Verifications,
    verification: Verification,
    kind: NoticeKind,
    now: Timestamp,
) -> Result<(), CallError> {
    attempt_from(store, verification, now, async |found, _| {
        Ok(match found.notice_sent(kind, now) {
            Some(next) => Decision::Save(Change::to(next), ()),
            None => Decision::Answer(()),
        })
    })
    .await
}

/// Sends the customer the email of a notice about a support grant, and records it. A lost race is not
/// tried again: what another call wrote may owe the customer a newer notice of the same kind, which
/// must not count as sent.
///
/// # Errors
/// The failures of the mailer and the store.
pub async fn send_for_grant(
    store: &impl SupportGrants,
    mailer: &impl Mailer,
    grant: SupportGrant,
    kind: GrantNoticeKind,
    context: &Context<'_>,
) -> Result<(), Failure> {
    if let Some(email) = grant_email(&grant, kind, context) {
        mailer.send(&grant.customer.email, &email).await?;
    }
    record_of_grant(store, grant, kind).await
}

/// Records that the email of a notice about a support grant was sent. A lost race is not tried again, as in
/// [`send_for_grant`].
///
/// # Errors
/// The failures of the store.
pub async fn record_of_grant(
    store: &impl SupportGrants,
    grant: SupportGrant,
    kind: GrantNoticeKind,
) -> Result<(), Failure> {
    if let Some(next) = grant.notice_sent(kind) {
        store.save_grant(&next, &[]).await?;
    }
    Ok(())
}
