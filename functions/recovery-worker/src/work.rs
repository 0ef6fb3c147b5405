//! What recovery leaves to do after the route has answered: send a code to an agent who may recover, or
//! tell one who was never activated why there is none; and tell an agent that their password was
//! changed. All of it can happen twice.

use support_core::directory::Reader;
use support_core::email::{AgentNotActive, PasswordChanged};
use support_core::identity::EmailAddress;
use support_core::ports::{Mailer, Passwords};
use support_core::recovery::Job;
use support_core::refusal::Failure;
use support_core::time::Timestamp;
use support_core::time_zone::TimeZone;

/// What an operator sets.
#[derive(Clone, Debug)]
pub struct Settings {
    pub time_zone: TimeZone,
    /// Where agents sign in.
    pub console_url: String,
}

/// Does one job, and returns the outcome for the log.
///
/// # Errors
/// Cognito or the email failed: the queue delivers the job again.
pub async fn work(
    passwords: &impl Passwords,
    mailer: &impl Mailer,
    settings: &Settings,
    job: Job,
) -> Result<&'static str, Failure> {
    match job {
        Job::SendCode { email } => send_code(passwords, mailer, settings, &email).await,
        Job::TellChanged { email, at, sign_out } => {
            if sign_out {
                passwords.sign_out(&email).await?;
            }
            tell_changed(passwords, mailer, &settings.time_zone, &email, at).await
        }
    }
}

async fn send_code(
    passwords: &impl Passwords,
    mailer: &impl Mailer,
    settings: &Settings,
    email: &EmailAddress,
) -> Result<&'static str, Failure> {
    let Some(account) = passwords.account(email).await? else { return Ok("nobody to send to") };
    if account.was_never_activated() {
        let console_url = &settings.console_url;
        let told = AgentNotActive { agent_name: &account.name, console_url };
        mailer.send(email, &told.render(account.locale)).await?;
        return Ok("told that the account is not active");
    }
    if !account.may_recover() {
        return Ok("nobody to send to");
    }
    Ok(if passwords.send_code(email).await? { "code sent" } else { "code refused by cognito" })
}

async fn tell_changed(
    passwords: &impl Passwords,
    mailer: &impl Mailer,
    time_zone: &TimeZone,
    to: &EmailAddress,
    at: Timestamp,
) -> Result<&'static str, Failure> {
    let Some(account) = passwords.account(to).await? else {
        return Ok("nobody to tell");
    };
    let reader = Reader { locale: account.locale, time_zone: time_zone.clone() };
    let email = PasswordChanged { agent_name: &account.name, at }.render(&reader);
    mailer.send(to, &email).await?;
    Ok("told")
}
