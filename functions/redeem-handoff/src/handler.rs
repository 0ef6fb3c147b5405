//! `POST /handoffs/redeem`: an environment turns a handoff into its tokens of the session, once.

use serde::Deserialize;
use serde_json::json;
use support_core::attempt::{Decision, attempt};
use support_core::entitlement::Environment;
use support_core::identity::TokenText;
use support_core::limits::Limits;
use support_core::ports::{Change, Directory, SealedPairs, Verifications};
use support_core::refusal::{CallError, Refusal};
use support_core::secret::HashKey;
use support_core::verification::State;
use support_gateway::{Answer, Problem, Request, readable};

pub struct App<V, D> {
    pub verifications: V,
    pub directory: D,
    pub key: HashKey,
    pub limits: Limits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    handoff: TokenText,
    environment: Environment,
}

pub async fn handle(
    app: &App<impl Verifications + SealedPairs, impl Directory>,
    request: &Request,
) -> Result<Answer, Problem> {
    let Body { handoff, environment } = request.json()?;
    let now = request.now();
    let handoff = handoff.parse().ok_or(Refusal::HandoffRefused)?;
    request.about(&handoff.verification);

    // What the customer is entitled to is decided once more, from the directory as it is now. The tokens
    // are read before the write that deletes them, and shown after it.
    let redeemed = attempt(&app.verifications, &handoff.verification, now, async |v, _| {
        let (customer, sealed) = tokio::join!(
            app.directory.find(&v.customer.email),
            app.verifications.load_sealed(&handoff.verification, environment),
        );
        let (customer, sealed) = (readable(customer)?, sealed?);
        let secret = &handoff.secret;
        let next = v.redeem(environment, secret, customer.as_ref(), &app.key, &app.limits, now)?;
        let tokens = sealed.and_then(|sealed| sealed.open(secret));
        let tokens = tokens.ok_or(Refusal::HandoffRefused)?;
        let role = next.consent().zip(customer.as_ref()).and_then(|(consent, customer)| {
            customer.ecosystem(&consent.ecosystem).map(|ecosystem| ecosystem.role)
        });
        let landing = role.map(|role| environment.landing(role));
        Ok(Decision::Save(Change::to(next.clone()), (next, tokens, landing)))
    });
    let (verification, tokens, landing) = redeemed.await.map_err(|error| match error {
        CallError::Refused(Refusal::NotFound) => Refusal::HandoffRefused.into(),
        error => error,
    })?;
    let State::InSession { consent, session, .. } = &verification.state else {
        return Err(Refusal::HandoffRefused.into());
    };
    Ok(Answer::ok(&json!({
        "access_token": tokens.access.expose(),
        "id_token": tokens.id.expose(),
        "token_type": "Bearer",
        "expires_in": session.expires_at.seconds_from(request.later()),
        "session": {
            "id": verification.id,
            "environment": environment,
            "landing": landing,
            "ecosystem": consent.ecosystem,
            "environments": session.environments(),
            "access": consent.access(),
            "visibility": session.visibility,
            "agent": {"id": verification.agent.id, "name": verification.agent.name},
            "customer": {
                "id": verification.customer.user_id,
                "name": verification.customer.name,
                "email": verification.customer.email,
            },
            "expires_at": session.expires_at.to_string(),
        },
    })))
}
