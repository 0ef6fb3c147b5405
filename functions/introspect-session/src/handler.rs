//! `POST /introspect` (RFC 7662): whether a token is a live support session's, at this moment.
//!
//! The token names its session. It is active if that session is live and holds the hash of this
//! very token; everything else is inactive, and all inactive tokens get the same answer.

use serde::Deserialize;
use serde_json::{Value, json};
use support_core::identity::VerificationId;
use support_core::jwt;
use support_core::ports::Verifications;
use support_core::refusal::Failure;
use support_core::secret::HashKey;
use support_core::time::Timestamp;
use support_core::verification::State;
use support_gateway::{Answer, Problem, Request};

pub struct App<V> {
    pub verifications: V,
    pub key: HashKey,
}

/// The token's own claims. They are believed only once the session has the token's hash.
#[derive(Deserialize)]
struct Claims {
    support_session: VerificationId,
    client_id: Option<String>,
    aud: Option<String>,
    iat: i64,
}

pub async fn handle(app: &App<impl Verifications>, request: &Request) -> Result<Answer, Problem> {
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
    app: &App<impl Verifications>,
    token: &str,
    claims: Claims,
    now: Timestamp,
) -> Result<Option<Value>, Failure> {
    let Some(stored) = app.verifications.load(&claims.support_session).await? else {
        return Ok(None);
    };
    let verification = stored.at(now);
    let State::InSession { consent, session, .. } = &verification.state else {
        return Ok(None);
    };
    if !session.is_token(token, &app.key) {
        return Ok(None);
    }
    Ok(Some(json!({
        "active": true,
        "sub": verification.customer.user_id,
        "act": {"sub": verification.agent.id},
        "client_id": claims.client_id.or(claims.aud),
        "exp": session.expires_at.seconds(),
        "iat": claims.iat,
        "support_session": verification.id,
        "ecosystem": consent.ecosystem,
        "environments": session.environments(),
        "visibility": session.visibility,
    })))
}
