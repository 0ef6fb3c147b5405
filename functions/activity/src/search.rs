//! `POST /verifications/search`: what agents find of their own verifications, and a supervisor of everyone's.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use support_core::identity::{EmailAddress, IdText, New, TicketNumber, VerificationId};
use support_core::ports::{
    Listed, Page, Position, Scope, VerificationIndex, Verifications, Window,
};
use support_core::time::{Timestamp, rfc3339};
use support_core::verification::{Module, Outcome, State, Status, Verification};
use support_core::view::VerificationView;
use support_gateway::{Answer, Caller, FieldError, Metric, Problem, Request, measure};

use crate::app::App;

/// Items a page holds unless asked otherwise, and at most.
const PAGE: usize = 20;
const MAX_PAGE: usize = 100;
/// Reads of the index that one search may cost; with a rare filter the page comes back short,
/// with a cursor to go on from.
const MAX_READS: usize = 5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    id: Option<VerificationId>,
    ticket: Option<New<TicketNumber>>,
    customer: Option<New<EmailAddress>>,
    customer_of: Option<VerificationId>,
    agent: Option<IdText>,
    agent_name: Option<PartOfName>,
    module: Option<Module>,
    status: Option<Status>,
    outcome: Option<Outcome>,
    created_from: Option<Moment>,
    created_until: Option<Moment>,
    cursor: Option<IdText>,
    limit: Option<usize>,
}

/// A moment in RFC 3339, and in none of the other ways to write one.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Moment(Timestamp);

impl TryFrom<String> for Moment {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let plain = |b: u8| b.is_ascii_digit() || b"TZ:+-.".contains(&b);
        let moment = (text.len() <= 35 && text.bytes().all(plain)).then(|| rfc3339::parse(&text));
        moment.flatten().map(Self).ok_or("a moment in RFC 3339, of at most 35 characters")
    }
}

/// Part of an agent's name or email address, in lower case: 1 to 80 characters, not blank.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct PartOfName(String);

impl TryFrom<String> for PartOfName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let part = text.trim().to_lowercase();
        let ok = !part.is_empty() && text.chars().count() <= 80;
        ok.then_some(Self(part)).ok_or("1 to 80 characters, not blank")
    }
}

/// What a verification must be to be found, all of it.
#[derive(Debug)]
struct Filters {
    id: Option<VerificationId>,
    ticket: Option<TicketNumber>,
    customer: Option<EmailAddress>,
    customer_of: Option<VerificationId>,
    agent: Option<String>,
    agent_name: Option<PartOfName>,
    module: Option<Module>,
    status: Option<Status>,
    outcome: Option<Outcome>,
    window: (Option<Timestamp>, Option<Timestamp>),
}

impl Filters {
    const fn window(&self) -> Window {
        let (from, until) = self.window;
        Window { from, until }
    }

    fn fit(&self, verification: &Verification) -> bool {
        let outcome = if let State::Closed(closed) = &verification.state {
            Some(closed.outcome)
        } else {
            None
        };
        let agent = &verification.agent;
        let named = |part: &PartOfName| {
            agent.name.to_lowercase().contains(&part.0) || agent.email.as_str().contains(&part.0)
        };
        let about = |wanted: &TicketNumber| {
            verification.ticket.as_ref().is_some_and(|own| own.found_by() == wanted.found_by())
        };
        self.id.as_ref().is_none_or(|id| verification.id == *id)
            && self.ticket.as_ref().is_none_or(about)
            && self.customer.as_ref().is_none_or(|email| verification.customer.email == *email)
            && self.agent.as_ref().is_none_or(|id| agent.id == *id)
            && self.agent_name.as_ref().is_none_or(named)
            && self.module.is_none_or(|module| verification.module == module)
            && self.status.is_none_or(|status| verification.status() == status)
            && (self.outcome.is_none() || self.outcome == outcome)
            && self.window().holds(verification.created_at)
    }

    /// Returns the narrowest listing that has them all. An agent's is their own, whatever the filters say.
    fn scope(&self, caller: &Caller) -> Scope {
        match self {
            _ if !caller.supervisor => Scope::Agent(caller.agent.id.clone()),
            Self { ticket: Some(ticket), .. } => Scope::Ticket(ticket.clone()),
            Self { customer: Some(email), .. } => Scope::Customer(email.clone()),
            Self { agent: Some(id), .. } => Scope::Agent(id.clone()),
            Self { .. } => Scope::Everyone,
        }
    }

    /// Returns what a cursor remembers of the filters that it belongs to: under others it would leave out
    /// verifications unseen.
    fn digest(&self) -> String {
        let mut hasher = DefaultHasher::new();
        format!("{self:?}").hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}

/// The answer to a search.
#[derive(Default, Serialize)]
struct PageView<'a> {
    items: Vec<VerificationView<'a>>,
    cursor: Option<String>,
    /// How many were skipped because another version wrote them so that this one cannot read them. Whether
    /// they fit the filters, nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    unreadable: Option<u64>,
}

/// What a search came to.
#[derive(Default)]
struct Found {
    items: Vec<Verification>,
    /// The place after which the next page begins, if there is one.
    next: Option<Position>,
    unreadable: u64,
}

pub async fn search<D>(
    app: &App<impl Verifications, impl VerificationIndex, D>,
    caller: &Caller,
    request: &Request,
) -> Result<Answer, Problem> {
    let asked: Search = request.json()?;
    let limit = asked.limit.unwrap_or(PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(FieldError::new("limit", "must be from 1 to 100").into());
    }
    let moment = |moment: Option<Moment>| moment.map(|Moment(at)| at);
    let mut filters = Filters {
        id: asked.id,
        ticket: asked.ticket.map(|New(ticket)| ticket),
        customer: asked.customer.map(|New(email)| email),
        customer_of: asked.customer_of,
        agent: asked.agent.map(|id| id.as_str().to_owned()),
        agent_name: asked.agent_name,
        module: asked.module,
        status: asked.status,
        outcome: asked.outcome,
        window: (moment(asked.created_from), moment(asked.created_until)),
    };
    let digest = filters.digest();
    let before = match asked.cursor {
        None => None,
        Some(text) => {
            let position = parse_cursor(text.as_str(), &digest)
                .filter(|position| filters.window().holds(position.created_at));
            Some(position.ok_or_else(|| {
                FieldError::new("cursor", "must be one that a search with these filters gave")
            })?)
        }
    };
    // Anyone who sees only part of an address can still ask for what else there is of the customer.
    if let Some(of) = &filters.customer_of {
        let other = seen(app, caller, of, request.now()).await?;
        let email = other.map(|verification| verification.customer.email);
        let fits = |email: &EmailAddress| filters.customer.as_ref().is_none_or(|c| c == email);
        let Some(email) = email.filter(fits) else {
            return Ok(Answer::ok(&PageView::default()));
        };
        filters.customer = Some(email);
    }
    let Found { items, next, unreadable } = match &filters.id {
        Some(id) => {
            let known = seen(app, caller, id, request.now()).await?;
            let items = known.into_iter().filter(|v| filters.fit(v)).collect();
            Found { items, ..Found::default() }
        }
        None => found(app, caller, &filters, before, limit, request.now()).await?,
    };
    if unreadable > 0 {
        measure(Metric::UnreadableItems, unreadable);
        tracing::warn!(target: "support", unreadable, "verifications of another version skipped");
    }
    let items = items.iter().map(|v| VerificationView::listed(v, &app.limits)).collect();
    let cursor = next.map(|position| cursor_text(&position, &digest));
    let unreadable = (unreadable > 0).then_some(unreadable);
    Ok(Answer::ok(&PageView { items, cursor, unreadable }))
}

/// The verification with this id, if the caller may see it.
async fn seen<I, D>(
    app: &App<impl Verifications, I, D>,
    caller: &Caller,
    id: &VerificationId,
    now: Timestamp,
) -> Result<Option<Verification>, Problem> {
    let found = app.verifications.load(id).await?.map(|verification| verification.at(now));
    Ok(found.filter(|v| caller.supervisor || v.agent.id == caller.agent.id))
}

/// The next page.
async fn found<V, D>(
    app: &App<V, impl VerificationIndex, D>,
    caller: &Caller,
    filters: &Filters,
    mut before: Option<Position>,
    limit: usize,
    now: Timestamp,
) -> Result<Found, Problem> {
    let (scope, window) = (filters.scope(caller), filters.window());
    let (mut items, mut unreadable) = (Vec::new(), 0);
    for _ in 0..MAX_READS {
        let Page { items: read, mut ended } =
            app.index.page(&scope, &window, before.as_ref(), limit).await?;
        for Listed { place, verification } in read {
            if items.len() == limit {
                ended = false;
                break;
            }
            before = Some(place);
            match verification.map(|verification| verification.at(now)) {
                Some(verification) if filters.fit(&verification) => items.push(verification),
                Some(_) => {}
                None => unreadable += 1,
            }
        }
        if ended {
            return Ok(Found { items, next: None, unreadable });
        }
        if items.len() == limit {
            break;
        }
    }
    Ok(Found { items, next: before, unreadable })
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
