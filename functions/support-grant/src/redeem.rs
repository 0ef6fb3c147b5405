//! An agent enters the credentials that a customer gave them, and starts a verification with them.

use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use support_core::attempt::{Decision, attempt_on};
use support_core::identity::VerificationId;
use support_core::limits::Quota;
use support_core::notices::{self, grant_used};
use support_core::ports::{AgentPool, Change, Counted, Directory, Quotas, Saved, SupportGrants};
use support_core::refusal::{CallError, Failure, NotAllowed, Refusal};
use support_core::support_grant::{EnteredCredentials, SupportGrant};
use support_core::time::Timestamp;
use support_core::verification::{NoticeKind, Verification};
use support_core::view::VerificationView;
use support_gateway::{Answer, Caller, Problem, Request};

use crate::app::{App, NOTICE_WAIT, notice_not_sent};
use crate::customer::last_under;

pub async fn redeem(app: &impl App, request: &Request) -> Result<Answer, Problem> {
    let caller = request.agent()?;
    let entered: EnteredCredentials = request.json()?;
    let now = request.now();
    let started = start(app, &caller, &entered, now).await?;
    request.about(&started.id);
    let told = send_notice(app, started, now).await;
    let location = format!("/verifications/{}", told.id);
    Ok(Answer::created(&location, &VerificationView::new(&told, &app.settings().limits)))
}

/// Counts the entry before it is judged, so that of entries that come at once no more are judged than
/// may be wrong; a right one is given back, and one over the agent's own quota. The calls to the store
/// are the same whether or not a user name exists (P2, P14).
///
/// Four sequential round trips with the notice: counting while the grant is read; everything that decides;
/// the write; the record of the notice. A fifth closes the verification before this one, if it is over
/// and nothing has closed it yet.
async fn start(
    app: &impl App,
    caller: &Caller,
    entered: &EnteredCredentials,
    now: Timestamp,
) -> Result<Verification, CallError> {
    let lookups = Quota::lookups(&caller.agent.id, &app.settings().limits, now);
    let place = entered.grant_key(&app.settings().key);
    let entries = app.settings().grant_limits.entry_lockout(entered, &app.settings().key);
    let lookups = lookups.spend();
    let (looked_up, counted, stored) = tokio::join!(
        app.quotas().spend(&lookups),
        app.quotas().count(&entries, now),
        app.store().load_grant(&place),
    );
    let refusal = match looked_up {
        Ok(Saved::Done) => None,
        Ok(Saved::LostRace) => Some(Refusal::Conflict.into()),
        Ok(Saved::OverQuota(quota)) => Some(Refusal::until(quota.ends_at, now).into()),
        Err(failure) => Some(CallError::from(failure)),
    };
    if let Some(refusal) = refusal {
        // It is not judged, so it locks nobody's credentials.
        if let Ok(Counted::Nth(_)) = counted {
            app.quotas().give_back(&entries).await?;
        }
        return Err(refusal);
    }
    if let Counted::Over { until } = counted? {
        return Err(Refusal::until(until, now).into());
    }
    let id = VerificationId::generate(&mut UnwrapErr(SysRng));
    let mut loaded = Some(stored?);
    let load = async || match loaded.take() {
        Some(stored) => Ok(stored),
        None => Ok(app.store().load_grant(&place).await?),
    };
    let mut counted_right = false;
    attempt_on(app.store(), load, async |stored: Option<SupportGrant>, over| {
        if let Some(quota) = over {
            return Err(Refusal::until(quota.ends_at, now).into());
        }
        let settings = app.settings();
        let grant = SupportGrant::judge(stored, entered, &caller.agent, &settings.key, now)?;
        let (customer, agent) = (&grant.customer.user_id, &caller.agent.id);
        let emails = [
            Quota::customer_emails(customer, &settings.limits, now),
            Quota::customer_emails_by(customer, agent, &settings.limits, now),
        ];
        let give_back = !std::mem::replace(&mut counted_right, true);
        let (given_back, last, customer, colleague, agent) = tokio::join!(
            async { if give_back { app.quotas().give_back(&entries).await } else { Ok(()) } },
            last_under(app, &grant, now),
            app.directory().find(&grant.customer.email),
            app.agents().has_account(&grant.customer.email),
            // The token may be older than the agent's leaving, and who redeems keeps the grant (P33).
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
            &settings.limits,
            now,
        )?;
        let change = Change { support_grant: Some(next), ..Change::to(started.clone()) };
        Ok(Decision::Save(change.counting(emails.map(Quota::spend)), started))
    })
    .await
}

/// Sends the customer the notice that the grant is used, for as long as the answer can wait.
async fn send_notice(app: &impl App, verification: Verification, now: Timestamp) -> Verification {
    let Some(email) = grant_used(&verification, &app.settings().notices()) else {
        return verification;
    };
    let kind = NoticeKind::GrantUsed;
    let sending = notices::send(app.store(), app.mailer(), &verification, kind, &email, now);
    match tokio::time::timeout(NOTICE_WAIT, sending).await {
        Ok(Ok(told)) => return told,
        Ok(Err(CallError::Failed(failure))) => notice_not_sent(&failure),
        // Another call has changed it meanwhile: the customer is told of that instead.
        Ok(Err(CallError::Refused(_))) => {}
        Err(_) => {
            notice_not_sent(&Failure::unsure("deadline", "telling the customer took too long"));
        }
    }
    verification
}
