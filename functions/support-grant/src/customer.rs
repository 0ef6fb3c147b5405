//! The customer makes a grant, looks at it, replaces its credentials, and takes it back.

use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use serde::{Deserialize, Serialize};
use support_core::directory::{Customer, SignInStatus};
use support_core::email::Email;
use support_core::entitlement::Visibility;
use support_core::identity::IdText;
use support_core::limits::QuotaUse;
use support_core::ports::{
    AgentPool, Change, CustomerPool, Directory, Mailer, Quotas, Saved, SupportGrants, Verifications,
};
use support_core::refusal::{CallError, Failure, NotAllowed, Refusal};
use support_core::support_grant::{
    Credentials, GrantKey, GrantNoticeKind, Offer, Place, SupportGrant, SupportGrantId, may_offer,
};
use support_core::time::Timestamp;
use support_core::verification::Verification;
use support_gateway::{Answer, FieldError, Problem, Request};

use crate::app::{App, NOTICE_WAIT, RETRIES, notice_not_sent};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CreateBody {
    duration_minutes: u32,
    allow_messages: bool,
    allow_talks: bool,
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
    ecosystem: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    redeemed_by: Option<Name<'a>>,
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
    let (before, found) =
        tokio::join!(app.store().load_grant(&place), customer(app, &caller.user_id));
    let ((customer, sign_in_status), mut before) = (found?, before?);
    let offer = Offer {
        customer: &customer,
        sign_in_status,
        ecosystem: body.ecosystem.as_str(),
        visibility: Visibility { messages: body.allow_messages, talks: body.allow_talks },
        minutes: body.duration_minutes,
    };
    let makings = app.settings().grant_limits.credential_quota(&caller.user_id, now);
    let quota_use = makings.clone().spend();
    for _ in 0..=RETRIES {
        let (grant, credentials) = SupportGrant::create(
            before.as_ref(),
            &offer,
            app.settings().limits.rcm_for_members,
            &app.settings().key,
            &mut UnwrapErr(SysRng),
            now,
        )?;
        if let Some(over) = before.filter(|grant| owes_its_end(grant, now)) {
            // A call that is refused in the end tells him nothing.
            if let Saved::OverQuota(quota) = app.quotas().spend(&makings.clone().require()).await? {
                return Err(Refusal::until(quota.ends_at, now).into());
            }
            tell_its_end(app, over, now).await?;
        }
        match app.store().save_grant(&grant, std::slice::from_ref(&quota_use)).await? {
            Saved::Done => {
                let shown = credentials_view(app, &grant, &credentials, |view| {
                    Answer::created("/support-grant", view)
                });
                tell(app, grant, GrantNoticeKind::Created).await;
                return Ok(shown);
            }
            Saved::OverQuota(quota) => return Err(Refusal::until(quota.ends_at, now).into()),
            Saved::LostRace => before = app.store().load_grant(&place).await?,
        }
    }
    Err(Refusal::Conflict.into())
}

pub async fn read(app: &impl App, request: &Request) -> Result<Answer, Problem> {
    let caller = request.customer(&app.settings().client_id)?;
    let now = request.now();
    let grant = live(app, &caller.user_id, now).await?;
    // New credentials leave a session that runs with the old ones as it is: he is still in there.
    let running = match (&grant.redeemed_by, &grant.verification) {
        (None, Some(id)) => app.store().load(id).await?.map(|last| last.at(now)),
        (Some(_), _) | (None, None) => None,
    };
    let running = running.as_ref().filter(|last| last.expires_at().is_some());
    let redeemer = grant.redeemed_by.as_ref().or(running.map(|last| &last.agent));
    Ok(Answer::ok(&GrantView {
        id: &grant.terms.id,
        expires_at: grant.terms.expires_at.to_string(),
        visibility: grant.terms.visibility,
        ecosystem: &grant.terms.ecosystem,
        redeemed_by: redeemer.map(|agent| Name { name: &agent.name }),
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
    let quota_use = app.settings().grant_limits.credential_quota(&caller.user_id, now).spend();
    for _ in 0..=RETRIES {
        let grant = live(app, &caller.user_id, now).await?;
        let last = last_under(app, &grant, now).await?;
        let (next, credentials, closed) =
            grant.regenerate(last, &app.settings().key, &mut UnwrapErr(SysRng), now);
        match save(app, &next, closed, std::slice::from_ref(&quota_use)).await? {
            Saved::Done => {
                let shown = credentials_view(app, &next, &credentials, |view| Answer::ok(view));
                tell(app, next, GrantNoticeKind::Renewed).await;
                return Ok(shown);
            }
            Saved::OverQuota(quota) => return Err(Refusal::until(quota.ends_at, now).into()),
            Saved::LostRace => {}
        }
    }
    Err(Refusal::Conflict.into())
}

pub async fn revoke(app: &impl App, request: &Request) -> Result<Answer, Problem> {
    let caller = request.customer(&app.settings().client_id)?;
    let now = request.now();
    for _ in 0..=RETRIES {
        let grant = live(app, &caller.user_id, now).await?;
        let last = last_under(app, &grant, now).await?;
        let (ended, closed) = grant.revoke(last, now);
        match save(app, &ended, closed, &[]).await? {
            Saved::Done => return Ok(Answer::no_content()),
            Saved::LostRace | Saved::OverQuota(_) => {}
        }
    }
    Err(Refusal::Conflict.into())
}

/// The customer's record, with how he stands. His address in the pool only leads to the record: it is
/// his if the record says so. Nobody who works in support is a customer here (P20).
async fn customer(app: &impl App, user_id: &str) -> Result<(Customer, SignInStatus), CallError> {
    let (email, sign_in_status) =
        app.customers().account(user_id).await?.ok_or(NotAllowed::NoCustomer)?;
    let (customer, colleague) =
        tokio::join!(app.directory().find(&email), app.agents().has_account(&email));
    // First: he may have given himself anybody's address in the pool, and is not told whose it is.
    let customer =
        customer?.filter(|customer| customer.user_id == user_id).ok_or(NotAllowed::NoCustomer)?;
    if colleague? {
        return Err(NotAllowed::Colleague.into());
    }
    Ok((customer, sign_in_status))
}

async fn live(app: &impl App, user_id: &str, now: Timestamp) -> Result<SupportGrant, CallError> {
    let found = app.store().load_grant(&GrantKey::of(user_id, &app.settings().key)).await?;
    Ok(found.ok_or(Refusal::NoGrant)?.live_of(user_id, now)?)
}

/// The last verification under `grant`, as it is now. If it is over it is closed in the store first,
/// for good: an act on it that began before its deadline, and is under way still, would else go
/// through after the grant has gone on without it (P10, P15).
pub async fn last_under(
    app: &impl App,
    grant: &SupportGrant,
    now: Timestamp,
) -> Result<Option<Verification>, CallError> {
    let Some(id) = &grant.verification else { return Ok(None) };
    for _ in 0..=RETRIES {
        let Some(stored) = app.store().load(id).await? else { return Ok(None) };
        let Some(closed) = stored.clone().close_if_over(now) else {
            return Ok(Some(stored.at(now)));
        };
        if app.store().save(&Change::to(closed.clone())).await? == Saved::Done {
            return Ok(Some(closed));
        }
    }
    Err(Refusal::Conflict.into())
}

/// Writes the grant, together with the verification that it closes.
async fn save(
    app: &impl App,
    next: &SupportGrant,
    closed: Option<Verification>,
    quota_uses: &[QuotaUse],
) -> Result<Saved, Failure> {
    match closed {
        None => app.store().save_grant(next, quota_uses).await,
        Some(closed) => {
            let change = Change { support_grant: Some(next.clone()), ..Change::to(closed) };
            app.store().save(&change.counting(quota_uses.iter().cloned())).await
        }
    }
}

fn email(app: &impl App, grant: &SupportGrant, about: GrantNoticeKind) -> Option<Email> {
    grant.email(
        about,
        app.settings().limits.session_minutes(),
        &app.settings().page_url,
        &app.settings().time_zone,
    )
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
        ecosystem: &grant.terms.ecosystem,
        notice: NOT_SHOWN_AGAIN,
    })
}

/// Whether the customer is still to be told that it is over.
fn owes_its_end(grant: &SupportGrant, now: Timestamp) -> bool {
    grant.ended.is_none() && !grant.is_live(now)
        || grant.notice.is_some_and(|notice| notice.kind == GrantNoticeKind::Ended)
}

/// A new grant takes the place of the old one, so what is owed of that is told first, or nothing is
/// done.
async fn tell_its_end(app: &impl App, grant: SupportGrant, now: Timestamp) -> Result<(), Failure> {
    let ended = grant.clone().end_if_over(now).unwrap_or(grant);
    match email(app, &ended, GrantNoticeKind::Ended) {
        Some(email) => app.mailer().send(&ended.customer.email, &email).await,
        None => Ok(()),
    }
}

/// Tells the customer of his grant, for as long as he can wait for his answer.
async fn tell(app: &impl App, grant: SupportGrant, about: GrantNoticeKind) {
    let telling = async {
        if let Some(email) = email(app, &grant, about) {
            app.mailer().send(&grant.customer.email, &email).await?;
        }
        match grant.notice_sent(about) {
            Some(told) => app.store().save_grant(&told, &[]).await.map(drop),
            None => Ok(()),
        }
    };
    match tokio::time::timeout(NOTICE_WAIT, telling).await {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => notice_not_sent(&failure),
        Err(_) => {
            notice_not_sent(&Failure::unsure("deadline", "telling the customer took too long"));
        }
    }
}
