//! An agent enters the credentials that a customer gave him, and starts a verification with them.

use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use support_core::identity::VerificationId;
use support_core::limits::Quota;
use support_core::ports::{
    AgentPool, Change, Counted, Directory, Quotas, Saved, SupportGrants, Verifications,
};
use support_core::refusal::{CallError, Failure, NotAllowed, Refusal};
use support_core::support_grant::{EnteredCredentials, SupportGrant, use_email};
use support_core::telling::tell;
use support_core::time::Timestamp;
use support_core::verification::{NoticeKind, Verification};
use support_core::view::VerificationView;
use support_gateway::{Answer, Caller, Problem, Request};

use crate::app::{App, NOTICE_WAIT, RETRIES, notice_not_sent};
use crate::customer::last_under;

pub async fn redeem(app: &impl App, request: &Request) -> Result<Answer, Problem> {
    let caller = request.agent()?;
    let entered: EnteredCredentials = request.json()?;
    let now = request.now();
    let started = start(app, &caller, &entered, now).await?;
    request.about(&started.id);
    let told = tell_of_use(app, started, now).await;
    let location = format!("/verifications/{}", told.id);
    Ok(Answer::created(&location, &VerificationView::new(&told, &app.settings().limits)))
}

/// Entries are counted before they are judged, so that however many come at once no more are judged
/// than may be wrong; a right one is given back. Whether a user name exists makes no difference to
/// what is asked of the store (P2, P14).
async fn start(
    app: &impl App,
    caller: &Caller,
    entered: &EnteredCredentials,
    now: Timestamp,
) -> Result<Verification, CallError> {
    let lookups = Quota::lookups(&caller.agent.id, &app.settings().limits, now);
    match app.quotas().spend(&lookups.spend()).await? {
        Saved::Done => {}
        Saved::LostRace => return Err(Refusal::Conflict.into()),
        Saved::OverQuota(quota) => return Err(Refusal::until(quota.ends_at, now).into()),
    }
    let place = entered.grant_key(&app.settings().key);
    let entries = app.settings().grant_limits.entry_lockout(entered, &app.settings().key);
    let (counted, stored) =
        tokio::join!(app.quotas().count(&entries, now), app.store().load_grant(&place));
    if let Counted::Over { until } = counted? {
        return Err(Refusal::until(until, now).into());
    }
    let mut stored = stored?;
    let id = VerificationId::generate(&mut UnwrapErr(SysRng));
    for retry in 0..=RETRIES {
        if retry > 0 {
            stored = app.store().load_grant(&place).await?;
        }
        let grant =
            SupportGrant::judge(stored.take(), entered, &caller.agent, &app.settings().key, now)?;
        let emails = Quota::customer_emails(&grant.customer.user_id, &app.settings().limits, now);
        let (given_back, last, customer, colleague, agent) = tokio::join!(
            async { if retry == 0 { app.quotas().give_back(&entries).await } else { Ok(()) } },
            last_under(app, &grant, now),
            app.directory().find(&grant.customer.email),
            app.agents().has_account(&grant.customer.email),
            // His token may be older than his leaving, and who redeems keeps the grant (P33).
            app.agents().is_agent(&caller.username),
        );
        given_back?;
        if !agent? {
            return Err(NotAllowed::Agent.into());
        }
        if colleague? {
            return Err(NotAllowed::Colleague.into());
        }
        let (next, started) = grant.redeem(
            last?.as_ref(),
            id.clone(),
            caller.agent.clone(),
            customer?,
            &app.settings().limits,
            now,
        )?;
        let change =
            Change { support_grant: Some(next), ..Change::to(started) }.counting([emails.spend()]);
        match app.store().save(&change).await? {
            Saved::Done => return Ok(change.next),
            Saved::OverQuota(quota) => return Err(Refusal::until(quota.ends_at, now).into()),
            Saved::LostRace => {}
        }
    }
    Err(Refusal::Conflict.into())
}

/// Tells the customer that his grant is used, for as long as the agent can wait for his answer.
async fn tell_of_use(app: &impl App, verification: Verification, now: Timestamp) -> Verification {
    let email = use_email(
        &verification,
        app.settings().limits.session_minutes(),
        &app.settings().page_url,
        &app.settings().time_zone,
    );
    let Some(email) = email else { return verification };
    let telling =
        tell(app.store(), app.mailer(), &verification, NoticeKind::GrantUsed, &email, now);
    match tokio::time::timeout(NOTICE_WAIT, telling).await {
        Ok(Ok(told)) => return told,
        Ok(Err(CallError::Failed(failure))) => notice_not_sent(&failure),
        // Somebody has moved it meanwhile: he is told of that instead.
        Ok(Err(CallError::Refused(_))) => {}
        Err(_) => {
            notice_not_sent(&Failure::unsure("deadline", "telling the customer took too long"));
        }
    }
    verification
}
