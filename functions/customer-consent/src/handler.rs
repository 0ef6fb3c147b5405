//! `POST /consent/view`, `/consent/answer`, `/consent/end`: the customer's side, with the token from
//! their email. Viewing changes nothing.

use serde::Deserialize;
use support_core::attempt::{Decision, attempt};
use support_core::code::Code;
use support_core::consent_entry::{ConsentEntry, decide_consent_entry};
use support_core::entitlement::Access;
use support_core::identity::{IdText, LinkToken, TokenText};
use support_core::limits::Limits;
use support_core::ports::{Change, Verifications};
use support_core::refusal::{CallError, Refusal};
use support_core::secret::HashKey;
use support_core::time::Timestamp;
use support_core::verification::{Outcome, Side, State, Verification};
use support_core::view::ConsentView;
use support_gateway::{Answer, FieldError, Problem, Request, measure_authorization};

pub struct App<V> {
    pub verifications: V,
    pub key: HashKey,
    pub limits: Limits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenBody {
    token: TokenText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ViewBody {
    token: TokenText,
    /// Whether the answer must be the newest; otherwise it may be about a second old.
    #[serde(default = "newest")]
    fresh: bool,
}

const fn newest() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerBody {
    token: TokenText,
    decision: Said,
    code: Option<Code>,
    ecosystem: Option<IdText>,
    #[serde(default, deserialize_with = "Access::if_given")]
    access: Option<Access>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Said {
    Allow,
    Deny,
}

pub async fn handle(app: &App<impl Verifications>, request: &Request) -> Result<Answer, Problem> {
    let verification = match request.route() {
        "POST /consent/view" => view(app, request).await?,
        "POST /consent/answer" => answer(app, request).await?,
        "POST /consent/end" => end(app, request).await?,
        _ => return Err(Refusal::NotFound.into()),
    };
    let view = ConsentView::new(&verification, &app.limits).ok_or(Refusal::ConsentRefused)?;
    Ok(Answer::ok(&view))
}

async fn view(app: &App<impl Verifications>, request: &Request) -> Result<Verification, Problem> {
    let ViewBody { token, fresh } = request.json()?;
    let page = page(request, &token)?;
    let found = if fresh {
        app.verifications.load(&page.verification).await?
    } else {
        request.is_poll();
        app.verifications.glance(&page.verification).await?
    };
    let verification = found.ok_or(Refusal::ConsentRefused)?.at(request.now());
    Ok(open(verification, &page, &app.key)?)
}

async fn answer(app: &App<impl Verifications>, request: &Request) -> Result<Verification, Problem> {
    let AnswerBody { token, decision, code, ecosystem, access } = request.json()?;
    match (decision, code, ecosystem) {
        (Said::Allow, Some(code), Some(ecosystem)) => {
            let page = page(request, &token)?;
            let now = request.now();
            let entry = ConsentEntry { side: Side::Customer, code: &code, access };
            let entered = allow(app, &page, entry, ecosystem.as_str(), now).await??;
            measure_authorization(&entered, now);
            Ok(entered)
        }
        (Said::Deny, _, _) if access.is_some() => Err(FieldError::unknown("access").into()),
        (Said::Deny, None, None) => Ok(stop(app, &page(request, &token)?, request.now()).await?),
        (Said::Allow, None, _) => Err(FieldError::missing("code").into()),
        (Said::Allow, _, None) => Err(FieldError::missing("ecosystem").into()),
        (Said::Deny, Some(_), _) => Err(FieldError::unknown("code").into()),
        (Said::Deny, _, Some(_)) => Err(FieldError::unknown("ecosystem").into()),
    }
}

async fn end(app: &App<impl Verifications>, request: &Request) -> Result<Verification, Problem> {
    let TokenBody { token } = request.json()?;
    Ok(stop(app, &page(request, &token)?, request.now()).await?)
}

fn page(request: &Request, token: &TokenText) -> Result<LinkToken, Refusal> {
    let page = token.parse().ok_or(Refusal::ConsentRefused)?;
    request.about(&page.verification);
    Ok(page)
}

async fn allow(
    app: &App<impl Verifications>,
    page: &LinkToken,
    entry: ConsentEntry<'_>,
    ecosystem: &str,
    now: Timestamp,
) -> Result<Result<Verification, Refusal>, CallError> {
    let entered = attempt(&app.verifications, &page.verification, now, async |v, over| {
        // On a page that a lock closed, the customer learns why the entry does not count.
        let locked = matches!(&v.state, State::Closed(closed) if closed.outcome == Outcome::Locked);
        if locked && v.is_page(&page.secret, &app.key) {
            return Err(v.wrong_step().into());
        }
        let verification = open(v, page, &app.key)?;
        // The page may show an ecosystem that the agent no longer asks about.
        if verification.consent().is_none_or(|consent| consent.ecosystem != ecosystem) {
            return Err(Refusal::ConsentRefused.into());
        }
        decide_consent_entry(verification, entry, over.is_some(), &app.key, &app.limits, now)
    });
    entered.await.map_err(unknown_is_refused)
}

async fn stop(
    app: &App<impl Verifications>,
    page: &LinkToken,
    now: Timestamp,
) -> Result<Verification, CallError> {
    let stopped = attempt(&app.verifications, &page.verification, now, async |v, _| {
        let next = open(v, page, &app.key)?.stop_by_customer(now)?;
        Ok(Decision::Save(Change::to(next.clone()), next))
    });
    stopped.await.map_err(unknown_is_refused)
}

/// The verification that `page` opens, if it does: unknown, replaced and over look alike.
fn open(
    verification: Verification,
    page: &LinkToken,
    key: &HashKey,
) -> Result<Verification, Refusal> {
    if !verification.is_page(&page.secret, key) {
        return Err(Refusal::ConsentRefused);
    }
    match &verification.state {
        State::Closed(_) => Err(Refusal::ConsentRefused),
        State::Started { .. }
        | State::AgentChallenged { .. }
        | State::AgentVerified { .. }
        | State::AwaitingConsent { .. }
        | State::Consented { .. }
        | State::Minting { .. }
        | State::InSession { .. } => Ok(verification),
    }
}

fn unknown_is_refused(error: CallError) -> CallError {
    match error {
        CallError::Refused(Refusal::NotFound) => Refusal::ConsentRefused.into(),
        error => error,
    }
}
