//! The customer is told something of a verification: the mail goes out, then that is noted. What
//! could not be noted is told again: at least once.

use crate::attempt::{Decision, attempt};
use crate::mail::{Mail, SessionStarted};
use crate::ports::{Change, Mailer, Verifications};
use crate::refusal::Stop;
use crate::time::Timestamp;
use crate::verification::{About, State, Verification};

/// Sends the customer `mail`, which is `about` something he is owed to be told, and notes that he
/// was. Gives the verification as it is then.
///
/// # Errors
/// The mailer's and the store's failures. [`Stop::Refused`] where others wrote more often than this
/// could be noted; the mail is out then.
pub async fn tell(
    store: &impl Verifications,
    mailer: &impl Mailer,
    verification: &Verification,
    about: About,
    mail: &Mail,
    now: Timestamp,
) -> Result<Verification, Stop> {
    mailer.send(&verification.customer.email, mail).await?;
    attempt(store, &verification.id, now, async |found, _| {
        let unchanged = found.clone();
        Ok(match found.told(about, now) {
            Some(next) => Decision::Save(Change::to(next.clone()), next),
            None => Decision::Answer(unchanged),
        })
    })
    .await
}

/// The mail that tells of a session, whose end is one press away at `page_url`. `None` unless one
/// runs.
pub fn start_mail(verification: &Verification, page_url: &str) -> Option<Mail> {
    let State::InSession { consent, session, .. } = &verification.state else { return None };
    let mail = SessionStarted {
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
    Some(mail.render(verification.customer.locale))
}
