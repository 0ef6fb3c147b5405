//! The customer makes a grant, looks at it, replaces its credentials, and revokes it.

use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use serde::{Deserialize, Serialize};
use support_core::attempt::{Decision, attempt_on, close_if_over};
use support_core::directory::{Customer, SignInStatus};
use support_core::entitlement::{Access, Environment, Visibility};
use support_core::identity::IdText;
use support_core::limits::Quota;
use support_core::notices::{grant_email, send_for_grant};
use support_core::ports::{
    AgentPool, CustomerPool, Directory, GrantChange, Mailer, Quotas, Saved, SupportGrants,
    Verifications,
};
use support_core::refusal::{CallError, Failure, NotAllowed, Refusal};
use support_core::support_grant::{
    Credentials, GrantKey, GrantNoticeKind, Offer, Place, SupportGrant, SupportGrantId, may_offer,
};
use support_core::time::Timestamp;
use support_core::verification::{State, Verification};
use support_gateway::{Answer, FieldError, Problem, Request, readable};

use crate::app::{App, NOTICE_WAIT, notice_not_sent};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CreateBody {
    duration_minutes: u32,
    allow_messages: bool,
    allow_talks: bool,
    #[serde(default)]
    allow_changes: bool,
    ecosystem: IdText,
}

/// A grant with its credentials, in the one answer that has them.
#[derive(Serialize)]
struct CredentialsView<'a> {
    id: &'a SupportGrantId,
    url: &'a str,
    user_name: String,
    password: &'a str,
    security_code: &'a str,
    expires_at: String,
    visibility: Visibility,
    access: Access,
    ecosystem: &'a str,
    notice: &'static str,
}

const NOT_SHOWN_AGAIN: &str =
    "These credentials are not shown again: copy them now. If they are lost, replace them.";

#[derive(Serialize)]
struct GrantView<'a> {
    id: &'a SupportGrantId,
    expires_at: String,
    visibility: Visibility,
    access: Access,
    ecosystem: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    redeemed_by: Option<Name<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<SessionView<'a>>,
}

/// The session that is running under the grant.
#[derive(Serialize)]
struct SessionView<'a> {
    agent: Name<'a>,
    ecosystem: Name<'a>,
    environments: Vec<Environment>,
    access: Access,
    expires_at: String,
}

impl<'a> SessionView<'a> {
    fn of(verification: &'a Verification) -> Option<Self> {
        let State::InSession { consent, session, .. } = &verification.state else { return None };
        Some(Self {
            agent: Name { name: &verification.agent.name },
            ecosystem: Name { name: &consent.ecosystem_name },
            environments: session.environments(),
            access: consent.access(),
            expires_at: session.expires_at.to_string(),
        })
    }
}

#[derive(Serialize)]
struct Name<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct OptionsView<'a> {
    ecosystems: Vec<Place<'a>>,
    minutes: Minutes,
}

/// How long a grant may last.
#[derive(Serialize)]
struct Minutes {
    min: u32,
    max: u32,
}

pub async fn create(app: &impl App, request: &Request) -> Result<Answer, Problem> {
    let caller = request.customer(&app.settings().client_id)?;
    let body: CreateBody = request.json()?;
    let (min, max) =
        (app.settings().grant_limits.min_minutes, app.settings().grant_limits.max_minutes);
    if !(min..=max).contains(&body.duration_minutes) {
        let detail = format!("between {min} and {max} minutes");
        return Err(FieldError::new("duration_minutes", detail).into());
    }
    let now = request.now();
    let place = GrantKey::of(&caller.user_id, &app.settings().key);
    let quota = app.settings().grant_limits.credential_quota(&caller.user_id, now);
    let before = async {
        let before = app.store().load_grant(&place).await?;
        // A call that is refused in the end sends no email: asked while the customer's record is read.
        let owes = before.as_ref().is_some_and(|grant| owes_its_end(grant, now));
        let spent = if owes { spent_quota(app, &quota).await? } else { None };
        Ok::<_, Failure>((before, spent))
    };
    let (before, found, elsewhere) = tokio::join!(
        before,
        customer(app, &caller.user_id),
        under_other_key(app, &caller.user_id),
    );
    let ((customer, sign_in_status), (before, spent)) = (found?, before?);
    if let Some(live) = elsewhere?.filter(|grant| grant.is_live(now)) {
        return Err(Refusal::GrantExists { expires_at: live.terms.expires_at }.into());
    }
    let offer = Offer {
        customer: &customer,
        sign_in_status,
        ecosystem: body.ecosystem.as_str(),
        visibility: Visibility { messages: body.allow_messages, talks: body.allow_talks },
        access: if body.allow_changes { Access::Change } else { Access::View },
        minutes: body.duration_minutes,
    };
    let mut before = Some(before);
    let load = async || match before.take() {
        Some(loaded) => Ok(loaded),
        None => Ok(app.store().load_grant(&place).await?),
    };
    let mut spent = Some(spent);
    let created = attempt_on(app.store(), load, async |before: Option<SupportGrant>, over| {
        if let Some(quota) = over {
            return Err(Refusal::until(quota.ends_at, now).into());
        }
        let (grant, credentials) = SupportGrant::create(
            before.as_ref(),
            &offer,
            app.settings().limits.rcm_for_members,
            &app.settings().key,
            &mut UnwrapErr(SysRng),
            now,
        )?;
        if let Some(over) = before.filter(|grant| owes_its_end(grant, now)) {
            let spent = match spent.take() {
                Some(spent) => spent,
                None => spent_quota(app, &quota).await?,
            };
            if let Some(quota) = spent {
                return Err(Refusal::until(quota.ends_at, now).into());
            }
            send_its_end(app, over, now).await?;
        }
        let change = GrantChange::to(grant.clone()).counting(quota.clone().spend());
        Ok(Decision::Save(change, (grant, credentials)))
    });
    let (grant, credentials) = created.await?;
    let shown =
        credentials_view(app, &grant, &credentials, |view| Answer::created("/support-grant", view));
    send_notice(app, grant, GrantNoticeKind::Created).await;
    Ok(shown)
}

pub async fn read(app: &impl App, request: &Request) -> Result<Answer, Problem> {
    let caller = request.customer(&app.settings().client_id)?;
    let now = request.now();
    let grant = live(app, &caller.user_id, now).await?;
    // New credentials leave a session that runs with the old ones alone: that agent is still in it.
    let last = match &grant.verification {
        Some(id) => app.store().load(id).await?.map(|last| last.at(now)),
        None => None,
    };
    let running = last.as_ref().filter(|last| last.expires_at().is_some());
    let redeemer = grant.redeemed_by.as_ref().or(running.map(|last| &last.agent));
    Ok(Answer::ok(&GrantView {
        id: &grant.terms.id,
        expires_at: grant.terms.expires_at.to_string(),
        visibility: grant.terms.visibility,
        access: grant.terms.access,
        ecosystem: &grant.terms.ecosystem,
        redeemed_by: redeemer.map(|agent| Name { name: &agent.name }),
        session: running.and_then(SessionView::of),
    }))
}

pub async fn options(app: &impl App, request: &Request) -> Result<Answer, Problem> {
    let caller = request.customer(&app.settings().client_id)?;
    let (customer, sign_in_status) = customer(app, &caller.user_id).await?;
    let ecosystems = may_offer(&customer, sign_in_status, app.settings().limits.rcm_for_members)
        .map_err(Refusal::NotAllowed)?;
    let minutes = Minutes {
        min: app.settings().grant_limits.min_minutes,
        max: app.settings().grant_limits.max_minutes,
    };
    Ok(Answer::ok(&OptionsView { ecosystems, minutes }))
}

pub async fn regenerate(app: &impl App, request: &Request) -> Result<Answer, Problem> {
    let caller = request.customer(&app.settings().client_id)?;
    let now = request.now();
    let quota = app.settings().grant_limits.credential_quota(&caller.user_id, now);
    let load = async || live(app, &caller.user_id, now).await;
    let replaced = attempt_on(app.store(), load, async |grant: SupportGrant, over| {
        if let Some(quota) = over {
            return Err(Refusal::until(quota.ends_at, now).into());
        }
        let last = last_under(app, &grant, now).await?;
        let (next, credentials, closed) =
            grant.regenerate(last, &app.settings().key, &mut UnwrapErr(SysRng), now);
        let change = GrantChange { closed, ..GrantChange::to(next.clone()) };
        Ok(Decision::Save(change.counting(quota.clone().spend()), (next, credentials)))
    });
    let (grant, credentials) = replaced.await?;
    let shown = credentials_view(app, &grant, &credentials, |view| Answer::ok(view));
    send_notice(app, grant, GrantNoticeKind::Renewed).await;
    Ok(shown)
}

pub async fn revoke(app: &impl App, request: &Request) -> Result<Answer, Problem> {
    let caller = request.customer(&app.settings().client_id)?;
    let now = request.now();
    let load = async || live(app, &caller.user_id, now).await;
    attempt_on(app.store(), load, async |grant: SupportGrant, _| {
        let last = last_under(app, &grant, now).await?;
        let (ended, closed) = grant.revoke(last, now);
        Ok(Decision::Save(GrantChange { closed, ..GrantChange::to(ended) }, ()))
    })
    .await?;
    Ok(Answer::no_content())
}

/// Returns the customer's record and sign-in status. The address in the pool only leads to the record,
/// which says whether it is this customer's. Nobody who works in support is a customer here (P20).
async fn customer(app: &impl App, user_id: &str) -> Result<(Customer, SignInStatus), CallError> {
    let (email, sign_in_status) =
        app.customers().account(user_id).await?.ok_or(NotAllowed::NoCustomer)?;
    let (customer, colleague) =
        tokio::join!(app.directory().find(&email), app.agents().has_account(&email));
    // First: the address in the pool may be anybody's, and the answer must not tell whose it is.
    let customer = readable(customer)?
        .filter(|customer| customer.user_id == user_id)
        .ok_or(NotAllowed::NoCustomer)?;
    if colleague? {
        return Err(NotAllowed::Colleague.into());
    }
    Ok((customer, sign_in_status))
}

async fn live(app: &impl App, user_id: &str, now: Timestamp) -> Result<SupportGrant, CallError> {
    let found = app.store().load_grant(&GrantKey::of(user_id, &app.settings().key)).await?;
    if let Some(live) = found.and_then(|found| found.live_of(user_id, now).ok()) {
        return Ok(live);
    }
    let elsewhere = under_other_key(app, user_id).await?;
    Ok(elsewhere.ok_or(Refusal::NoGrant)?.live_of(user_id, now)?)
}

/// The customer's last grant that was made under the other hash key, while the key is being replaced.
async fn under_other_key(app: &impl App, user_id: &str) -> Result<Option<SupportGrant>, Failure> {
    match GrantKey::of_other_key(user_id, &app.settings().key) {
        Some(place) => app.store().load_grant(&place).await,
        None => Ok(None),
    }
}

/// Returns the last verification under `grant`, as it is now. One that is over is first closed in the
/// store, for good: otherwise a call on it that started before its deadline and is still under way
/// could succeed after the grant has gone on without it (P10, P15).
pub async fn last_under(
    app: &impl App,
    grant: &SupportGrant,
    now: Timestamp,
) -> Result<Option<Verification>, CallError> {
    match &grant.verification {
        Some(id) => close_if_over(app.store(), id, now).await,
        None => Ok(None),
    }
}

fn credentials_view(
    app: &impl App,
    grant: &SupportGrant,
    credentials: &Credentials,
    answer: impl FnOnce(&CredentialsView<'_>) -> Answer,
) -> Answer {
    answer(&CredentialsView {
        id: &grant.terms.id,
        url: &app.settings().redeem_url,
        user_name: credentials.user_name(),
        password: credentials.password().expose(),
        security_code: credentials.security_code().expose(),
        expires_at: grant.terms.expires_at.to_string(),
        visibility: grant.terms.visibility,
        access: grant.terms.access,
        ecosystem: &grant.terms.ecosystem,
        notice: NOT_SHOWN_AGAIN,
    })
}

/// Returns the quota if it has nothing left. Counts nothing.
async fn spent_quota(app: &impl App, quota: &Quota) -> Result<Option<Quota>, Failure> {
    match app.quotas().spend(&quota.clone().require()).await? {
        Saved::OverQuota(quota) => Ok(Some(quota)),
        Saved::Done | Saved::LostRace => Ok(None),
    }
}

/// Returns whether the notice of the grant's end is still to be sent.
fn owes_its_end(grant: &SupportGrant, now: Timestamp) -> bool {
    grant.ended.is_none() && !grant.is_live(now)
        || grant.notice.is_some_and(|notice| notice.kind == GrantNoticeKind::Ended)
}

/// Sends the notice of the end of a grant that a new one is about to replace. If it cannot be sent, the
/// new one is not made.
async fn send_its_end(app: &impl App, grant: SupportGrant, now: Timestamp) -> Result<(), Failure> {
    let ended = grant.clone().end_if_over(now).unwrap_or(grant);
    match grant_email(&ended, GrantNoticeKind::Ended, &app.settings().notices()) {
        Some(email) => app.mailer().send(&ended.customer.email, &email).await,
        None => Ok(()),
    }
}

/// Sends a notice about the customer's grant, for as long as the answer can wait.
async fn send_notice(app: &impl App, grant: SupportGrant, kind: GrantNoticeKind) {
    let context = app.settings().notices();
    let sending = send_for_grant(app.store(), app.mailer(), grant, kind, &context);
    match tokio::time::timeout(NOTICE_WAIT, sending).await {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => notice_not_sent(&failure),
        Err(_) => {
            notice_not_sent(&Failure::unsure("deadline", "telling the customer took too long"));
        }
    }
}
