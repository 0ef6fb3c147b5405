//! The customers' pool: a sign-in with a mint ticket becomes a support session. Every other sign-in
//! passes as if these triggers were not there.

use std::future::Future;

use lambda_runtime::Diagnostic;
use serde_json::{Map, Value, json};
use support_core::mint::{MintTicketId, SELF_SERVICE_SCOPE, SessionClaims};
use support_core::ports::MintTickets;
use support_core::refusal::Failure;
use support_core::secret::HashKey;
use support_core::time::Timestamp;

use crate::event::Event;

const CUSTOM_CHALLENGE: &str = "CUSTOM_CHALLENGE";

/// The source of the tokens that a ticket is for: those of a sign-in, never of a refresh.
const SIGN_IN: &str = "TokenGeneration_Authentication";

/// What a sign-in with a ticket needs. It is reached only when it is needed: every other sign-in works
/// when it cannot be reached.
pub trait Store: Sync {
    type Tickets: MintTickets;

    fn tickets(&self) -> impl Future<Output = Result<&Self::Tickets, Failure>> + Send;

    fn key(&self) -> impl Future<Output = Result<&HashKey, Failure>> + Send;
}

/// Why a sign-in with a ticket is denied.
#[derive(Debug, PartialEq, Eq)]
pub enum Denied {
    /// There is no such ticket for this call.
    NotGranted,
    Failed(Failure),
}

impl From<Failure> for Denied {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Cognito shows the message to the person who signs in, so it reveals nothing.
impl From<Denied> for Diagnostic {
    fn from(denied: Denied) -> Self {
        let (error_type, error_message) = match denied {
            Denied::NotGranted => ("NotGranted", "not granted"),
            Denied::Failed(_) => ("Unavailable", "unavailable"),
        };
        Self { error_type: error_type.to_owned(), error_message: error_message.to_owned() }
    }
}

/// Answers an event received at `now`.
///
/// # Errors
/// `NotGranted` if tokens are requested with a ticket that is not for this call, `Failed` if the store
/// fails. Cognito denies the sign-in on either.
pub async fn handle(mut event: Event, store: &impl Store, now: Timestamp) -> Result<Event, Denied> {
    match event.source() {
        "DefineAuthChallenge_Authentication" => define(&mut event),
        "CreateAuthChallenge_Authentication" => create(&mut event),
        "VerifyAuthChallengeResponse_Authentication" => {
            let correct = verify(&event, store, now).await?;
            event.respond("answerCorrect", correct);
        }
        _ if event.is_pre_token() => match event.ticket() {
            None => event.override_tokens(Map::new()),
            Some(ticket) => {
                let claims = claims(&event, ticket, store, now).await?;
                override_both(&mut event, &claims);
            }
        },
        _ => {}
    }
    Ok(event)
}

/// Issues tokens after one challenge of ours with the right answer. Everything else ends the sign-in:
/// no second try, and no challenge of another kind.
fn define(event: &mut Event) {
    let tokens = match event.request("session").as_array().map(Vec::as_slice) {
        Some([]) => {
            event.respond("challengeName", CUSTOM_CHALLENGE);
            event.respond("issueTokens", false);
            event.respond("failAuthentication", false);
            return;
        }
        Some([only]) => {
            only["challengeName"] == CUSTOM_CHALLENGE
                && only["challengeResult"] == true
                && event.request("userNotFound") != true
        }
        _ => false,
    };
    event.respond("issueTokens", tokens);
    event.respond("failAuthentication", !tokens);
}

/// Creates a challenge that says nothing: a caller who can answer it already has the secret.
fn create(event: &mut Event) {
    event.respond("publicChallengeParameters", json!({}));
    event.respond("privateChallengeParameters", json!({}));
}

/// Whether the answer is the secret of a ticket for this call. Marks the ticket if it is. Everything
/// else is a wrong answer; only a store that fails is an error.
async fn verify(event: &Event, store: &impl Store, now: Timestamp) -> Result<bool, Failure> {
    let ticket = event.ticket().and_then(ticket_id);
    let answer = event.request("challengeAnswer").as_str();
    let (Some(id), Some(answer), Some(call)) = (ticket, answer, event.call()) else {
        return Ok(false);
    };
    let tickets = store.tickets().await?;
    let (key, ticket) = tokio::try_join!(store.key(), tickets.load(&id))?;
    match ticket {
        Some(ticket) if ticket.opens(call, answer, key, now) => tickets.mark(&id).await,
        _ => Ok(false),
    }
}

/// Returns the claims of the ticket that this call brings.
async fn claims(
    event: &Event,
    ticket: &Value,
    store: &impl Store,
    now: Timestamp,
) -> Result<SessionClaims, Denied> {
    let (SIGN_IN, Some(id), Some(call)) = (event.source(), ticket_id(ticket), event.call()) else {
        return Err(Denied::NotGranted);
    };
    let ticket = store.tickets().await?.load(&id).await?.ok_or(Denied::NotGranted)?;
    ticket.claims_for(call, now).cloned().ok_or(Denied::NotGranted)
}

/// Both tokens name the agent and the session (P18), and the access token cannot be used to
/// change or delete the customer's account (P17).
fn override_both(event: &mut Event, claims: &SessionClaims) {
    let claims = json!({
        "act": {"sub": claims.agent_id},
        // The same once more, in case Cognito comes to reserve `act` for itself.
        "support_agent": claims.agent_id,
        "support_session": claims.session,
        "ecosystem": claims.ecosystem,
        "environment": claims.environment,
        "access": claims.access,
        "visibility": claims.visibility,
    });
    let id = json!({"claimsToAddOrOverride": claims});
    let access = json!({"claimsToAddOrOverride": claims, "scopesToSuppress": [SELF_SERVICE_SCOPE]});
    event.override_tokens(Map::from_iter([
        ("idTokenGeneration".to_owned(), id),
        ("accessTokenGeneration".to_owned(), access),
    ]));
    event.drop_roles();
}

fn ticket_id(value: &Value) -> Option<MintTicketId> {
    MintTicketId::parse(value.as_str()?)
}

#[cfg(test)]
mod tests;
