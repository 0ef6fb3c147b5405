//! The customer is told something of a verification: the email goes out, then that is noted. What
//! could not be noted is told again: at least once.

use crate::attempt::{Decision, attempt};
use crate::email::{Email, SessionStarted};
use crate::ports::{Change, Mailer, Verifications};
use crate::refusal::CallError;
use crate::time::Timestamp;
use crate::time_zone::TimeZone;
use crate::verification::{NoticeKind, State, Verification};

/// Sends the customer `email`, which is `about` something he is owed to be told, and notes that he
/// was. Gives the verification as it is then.
///
/// # Errors
/// The mailer's and the store's failures. [`CallError::Refused`] where others wrote more often than this
/// could be noted; the email is out then.
pub async fn tell(
    store: &impl Verifications,
    mailer: &impl Mailer,
    verification: &Verification,
    about: NoticeKind,
    email: &Email,
    now: Timestamp,
) -> Result<Verification, CallError> {
    mailer.send(&verification.customer.email, email).await?;
    attempt(store, &verification.id, now, async |found, _| {
        let unchanged = found.clone();
        Ok(match found.notice_sent(about, now) {
            Some(next) => Decision::Save(Change::to(next.clone()), next),
            None => Decision::Answer(unchanged),
        })
    })
    .await
}

/// The email that tells of a session, whose end is one press away at `page_url`. `None` unless one
/// runs.
pub fn start_email(
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
        by_grant: verification.support_grant.is_some(),
        until: session.expires_at,
        page_url,
    };
    Some(email.render(&verification.customer.reader(time_zone)))
}
