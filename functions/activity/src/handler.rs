//! `GET /verifications/{id}` and `POST /verifications/search`: what agents see of their own
//! verifications, and a supervisor of everyone's. A successor's activity is read in [`successor`].

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::json;
use support_core::identity::{EmailAddress, IdText, VerificationId};
use support_core::ports::{Activities, Position, Scope, VerificationIndex, Verifications};
use support_core::refusal::Refusal;
use support_core::time::Timestamp;
use support_core::verification::{Status, Verification};
use support_core::view::VerificationView;
use support_gateway::{Answer, Caller, FieldError, Problem, Request};

use crate::app::App;
use crate::successor;

/// Items a page holds unless asked otherwise, and at most.
const PAGE: usize = 20;
const MAX_PAGE: usize = 100;
/// Reads of the index that one search may cost; with a rare filter the page comes back short,
/// with a cursor to go on from.
const MAX_READS: usize = 5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    status: Option<Status>,
    customer: Option<EmailAddress>,
    agent: Option<IdText>,
    cursor: Option<IdText>,
    limit: Option<usize>,
}

pub async fn handle(
    app: &App<impl Verifications, impl VerificationIndex, impl Activities>,
    request: &Request,
) -> Result<Answer, Problem> {
    let caller = request.agent()?;
    match request.route() {
        "POST /verifications/search" => search(app, &caller, request).await,
        "GET /verifications/{id}/activity" => successor::list(app, &caller, request).await,
        "GET /verifications/{id}/activity/{process}" => successor::one(app, &caller, request).await,
        "GET /verifications/{id}" => one(app, &caller, request).await,
        _ => Err(Refusal::NotFound.into()),
    }
}

async fn one<I, D>(
    app: &App<impl Verifications, I, D>,
    caller: &Caller,
    request: &Request,
) -> Result<Answer, Problem> {
    let id = request.verification_id()?;
    let stored = match request.query_parameter("fresh") {
        None | Some("true") => app.verifications.load(&id).await?,
        Some("false") => {
            request.is_poll();
            app.verifications.glance(&id).await?
        }
        Some(_) => return Err(FieldError::new("fresh", "must be true or false").into()),
    };
    let mut verification = stored.ok_or(Refusal::NotFound)?.at(request.now());
    if !caller.supervisor {
        verification = verification.of(&caller.agent)?;
    }
    Ok(Answer::ok(&VerificationView::new(&verification, &app.limits)))
}

async fn search<V, D>(
    app: &App<V, impl VerificationIndex, D>,
    caller: &Caller,
    request: &Request,
) -> Result<Answer, Problem> {
    let Search { status, customer, agent, cursor, limit } = request.json()?;
    let limit = limit.unwrap_or(PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(FieldError::new("limit", "must be from 1 to 100").into());
    }
    let filters =
        digest_of(&(format!("{status:?}"), &customer, agent.as_ref().map(IdText::as_str)));
    let mut before = match cursor {
        None => None,
        Some(text) => Some(parse_cursor(text.as_str(), &filters).ok_or_else(|| {
            FieldError::new("cursor", "must be one that a search with these filters gave")
        })?),
    };
    // An agent sees their own, whatever the filters say; a supervisor gets the narrowest index.
    let own = (!caller.supervisor).then_some(&caller.agent.id);
    let scope = match (own, &customer, &agent) {
        (Some(id), _, _) => Scope::Agent(id.clone()),
        (None, Some(email), _) => Scope::Customer(email.clone()),
        (None, None, Some(id)) => Scope::Agent(id.as_str().to_owned()),
        (None, None, None) => Scope::Everyone,
    };
    let wanted = |v: &Verification| {
        status.is_none_or(|status| v.status() == status)
            && customer.as_ref().is_none_or(|email| v.customer.email == *email)
            && agent.as_ref().is_none_or(|id| v.agent.id == id.as_str())
    };
    let now = request.now();
    let mut items = Vec::new();
    let mut ended = false;
    for _ in 0..MAX_READS {
        let page = app.index.page(&scope, before.as_ref(), limit).await?;
        ended = page.ended;
        for verification in page.items {
            if items.len() == limit {
                ended = false;
                break;
            }
            before =
                Some(Position { created_at: verification.created_at, id: verification.id.clone() });
            let verification = verification.at(now);
            if wanted(&verification) {
                items.push(verification);
            }
        }
        if ended || items.len() == limit {
            break;
        }
    }
    let items: Vec<_> = items.iter().map(|v| VerificationView::listed(v, &app.limits)).collect();
    let cursor = before.filter(|_| !ended).map(|position| cursor_text(&position, &filters));
    Ok(Answer::ok(&json!({"items": items, "cursor": cursor})))
}

/// What a cursor remembers of the filters that it belongs to: under others it would leave out
/// verifications unseen.
fn digest_of(filters: &impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    filters.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn cursor_text(position: &Position, filters: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}.{}.{filters}", position.created_at.millis(), position.id))
}

fn parse_cursor(text: &str, filters: &str) -> Option<Position> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (created_at, rest) = text.split_once('.')?;
    let (id, its_filters) = rest.split_once('.')?;
    (its_filters == filters).then_some(())?;
    Some(Position {
        created_at: Timestamp::from_millis(created_at.parse().ok()?),
        id: VerificationId::parse(id)?,
    })
}
