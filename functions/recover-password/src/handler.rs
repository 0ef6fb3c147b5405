//! `POST /recovery`, `/recovery/confirm`: an agent who forgot their password sets a new one, with a
//! code that Cognito emails to them.
//!
//! A request for a code looks nobody up: it counts, leaves a job and answers, the same for every
//! address. The worker finds out later who is an agent.

use serde::{Deserialize, Serialize};
use support_core::code::Code;
use support_core::identity::{EmailAddress, New};
use support_core::limits::{LockoutQuota, Quota};
use support_core::password::{NewPassword, TypedPassword};
use support_core::ports::{Counted, Jobs, JointQuotas, Passwords, Quotas, Spent};
use support_core::recovery::{Asking, Confirmed, Job, RecoveryLimits};
use support_core::refusal::{CallError, Failure, Refusal};
use support_core::secret::HashKey;
use support_core::time::Timestamp;
use support_gateway::{Answer, FieldError, Problem, Request};

pub struct App<B, J, P> {
    pub quotas: B,
    pub jobs: J,
    pub passwords: P,
    pub key: HashKey,
    pub limits: RecoveryLimits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskBody {
    email: New<EmailAddress>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfirmBody {
    email: New<EmailAddress>,
    code: Code,
    new_password: TypedPassword,
    confirm_password: TypedPassword,
}

/// The answer to every request for a code.
#[derive(Serialize)]
struct Asked {}

pub async fn handle(
    app: &App<impl Quotas + JointQuotas, impl Jobs, impl Passwords>,
    request: &Request,
) -> Result<Answer, Problem> {
    match request.route() {
        "POST /recovery" => ask(app, request).await,
        "POST /recovery/confirm" => confirm(app, request).await,
        _ => Err(Refusal::NotFound.into()),
    }
}

async fn ask(
    app: &App<impl Quotas + JointQuotas, impl Jobs, impl Passwords>,
    request: &Request,
) -> Result<Answer, Problem> {
    let AskBody { email: New(email) } = request.json()?;
    let now = request.now();
    let Asking { source, network, cool_down, address } =
        app.limits.asking(&email, &request.source(), &app.key, now);
    let quotas: Vec<_> = [source].into_iter().chain(network).chain([address]).collect();
    spend(&app.quotas, &quotas, &cool_down, now).await?;
    if let Err(failure) = app.jobs.put(&Job::SendCode { email }).await {
        // The request stays counted. Its cool-down is lifted, best effort, so that it can be repeated.
        let _: Result<(), Failure> = app.quotas.give_back(&cool_down).await;
        return Err(failure.into());
    }
    Ok(Answer::accepted(&Asked {}))
}

async fn confirm(
    app: &App<impl Quotas, impl Jobs, impl Passwords>,
    request: &Request,
) -> Result<Answer, Problem> {
    let ConfirmBody { email: New(email), code, new_password, confirm_password } = request.json()?;
    let password = NewPassword::choose(&new_password, &confirm_password)?;
    let now = request.now();
    let entries = app.limits.entries(&email, &request.source(), &app.key);
    // Counted before it is judged, so that no more entries are judged than may be wrong.
    let nth = count(&app.quotas, &entries, now).await?;
    let confirmed = app.passwords.confirm(&email, &code, &password).await;
    let refused: Problem = match confirmed {
        Ok(Confirmed::Done) => return finish(app, email, &entries, now).await,
        Ok(Confirmed::WrongCode) => {
            let attempts_left = app.limits.wrong_entries.saturating_sub(nth);
            return Err(Refusal::CodeRefused { attempts_left }.into());
        }
        Ok(Confirmed::PasswordRefused) => {
            FieldError::new("new_password", "not accepted: choose another one").into()
        }
        Ok(Confirmed::Busy) => {
            Refusal::TooManyRequests { retry_after: Confirmed::BUSY_SECONDS }.into()
        }
        Ok(Confirmed::Locked) => {
            Refusal::TooManyRequests { retry_after: Confirmed::LOCKED_SECONDS }.into()
        }
        Err(failure) => failure.into(),
    };
    // The code was not found wrong. Best effort, since Cognito counts as well.
    let _: Result<(), Failure> = app.quotas.give_back(&entries).await;
    Err(refused)
}

/// Finishes a change of password: signs out every session with the old password before the agent can
/// sign in with the new one, and leaves the notice to the worker. The worker also gets what fails
/// here. If the job cannot be left either, the call fails, and recovering again makes up for it.
async fn finish(
    app: &App<impl Quotas, impl Jobs, impl Passwords>,
    email: EmailAddress,
    entries: &LockoutQuota,
    now: Timestamp,
) -> Result<Answer, Problem> {
    let (signed_out, given_back) =
        tokio::join!(app.passwords.sign_out(&email), app.quotas.give_back(entries));
    for failure in [&signed_out, &given_back].into_iter().filter_map(|done| done.as_ref().err()) {
        tracing::warn!(target: "support", service = failure.service, detail = failure.detail, "password changed, not all done yet");
    }
    app.jobs.put(&Job::TellChanged { email, at: now, sign_out: signed_out.is_err() }).await?;
    Ok(Answer::no_content())
}

/// How often to count again, when others count at the same moment.
const ATTEMPTS: usize = 5;

async fn spend(
    store: &impl JointQuotas,
    quotas: &[Quota],
    cool_down: &LockoutQuota,
    now: Timestamp,
) -> Result<(), CallError> {
    for _ in 0..ATTEMPTS {
        match store.spend_together(quotas, cool_down, now).await? {
            Spent::Done => return Ok(()),
            Spent::LostRace => {}
            Spent::Over { until } => return Err(Refusal::until(until, now).into()),
        }
    }
    Err(Failure::clean("store", "others were counting at every try").into())
}

/// Counts one more, and returns the number of this counting in its lockout quota.
async fn count(
    quotas: &impl Quotas,
    lockout: &LockoutQuota,
    now: Timestamp,
) -> Result<u32, CallError> {
    match quotas.count(lockout, now).await? {
        Counted::Nth(n) => Ok(n),
        Counted::Over { until } => Err(Refusal::until(until, now).into()),
    }
}
