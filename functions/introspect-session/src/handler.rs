//! `POST /introspect` (RFC 7662): whether a token is a live support session's, at this moment.
//!
//! The token names its session. It is active if that session is live, has redeemed the handoff that this
//! very token came from, and the directory still entitles the customer to that environment; everything
//! else is inactive, and all inactive tokens get the same answer.

use serde::Deserialize;
use serde_json::{Value, json};
use support_core::identity::{EmailAddress, VerificationId};
use support_core::jwt;
use support_core::limits::Limits;
use support_core::ports::{Directory, Verifications};
use support_core::refusal::Failure;
use support_core::secret::HashKey;
use support_core::time::Timestamp;
use support_core::verification::State;
use support_gateway::{Answer, Problem, Request, readable};

use crate::customers::Customers;

pub struct App<V, D> {
    pub verifications: V,
    pub directory: D,
    pub key: HashKey,
    pub limits: Limits,
    /// Whose sessions were asked about before.
    pub customers: Customers,
}

/// The token's own claims. They are believed only once the session has the token's hash.
#[derive(Deserialize)]
struct Claims {
    support_session: VerificationId,
    client_id: Option<String>,
    aud: Option<String>,
    iat: i64,
    /// In an ID token. It says where in the directory to look, and nothing more.
    email: Option<String>,
}

pub async fn handle(
    app: &App<impl Verifications, impl Directory>,
    request: &Request,
) -> Result<Answer, Problem> {
    let token = request.form_field("token")?;
    let found = match jwt::claims::<Claims>(&token) {
        Ok(claims) => {
            request.about(&claims.support_session);
            live(app, &token, claims, request.now()).await?
        }
        Err(_) => None,
    };
    Ok(Answer::ok(&found.unwrap_or_else(|| json!({"active": false}))))
}

async fn live(
    app: &App<impl Verifications, impl Directory>,
    token: &str,
    claims: Claims,
    now: Timestamp,
) -> Result<Option<Value>, Failure> {
    let id = &claims.support_session;
    let in_token = claims.email.as_deref().and_then(EmailAddress::parse);
    let expected = in_token.or_else(|| app.customers.of(id));
    let (stored, record) = tokio::join!(app.verifications.load(id), async {
        match &expected {
            Some(email) => Some(app.directory.glance(email).await),
            None => None,
        }
    });
    let Some(stored) = stored? else { return Ok(None) };
    let verification = stored.at(now);
    let State::InSession { consent, session, .. } = &verification.state else {
        return Ok(None);
    };
    if session.handoff_of(token, &app.key).is_none() {
        return Ok(None);
    }
    let email = &verification.customer.email;
    let customer = match record {
        Some(record) if expected.as_ref() == Some(email) => readable(record)?,
        Some(_) | None => readable(app.directory.glance(email).await)?,
    };
    app.customers.remember(id, email);
    let handoff = verification.live_handoff(token, customer.as_ref(), &app.key, &app.limits);
    let Some(handoff) = handoff else { return Ok(None) };
    Ok(Some(json!({
        "active": true,
        "sub": verification.customer.user_id,
        "act": {"sub": verification.agent.id},
        "client_id": claims.client_id.or(claims.aud),
        "exp": session.expires_at.seconds(),
        "iat": claims.iat,
        "support_session": verification.id,
        "ecosystem": consent.ecosystem,
        "environment": handoff.environment,
        "access": consent.access(),
        "visibility": session.visibility,
    })))
}
