//! Minting: the ticket that lets the triggers act for one sign-in and no other, and the check of
//! the tokens that Cognito then issues.

use serde::{Deserialize, Serialize};

use crate::entitlement::{Access, Environment, Visibility};
use crate::identity::VerificationId;
use crate::jwt::{self, NotAToken};
use crate::secret::{Digest, HashKey, Purpose, Secret};
use crate::session::Tokens;
use crate::time::Timestamp;

/// The self-service scope that a minted token must not have: it would allow `DeleteUser` and
/// `UpdateUserAttributes`.
pub const SELF_SERVICE_SCOPE: &str = "aws.cognito.signin.user.admin";

/// The key of `ClientMetadata` under which the ticket's id goes from the mint to the triggers. A
/// sign-in with this key in its `ClientMetadata` asks for a support session.
pub const TICKET_METADATA: &str = "mint_grant";

/// A ticket's id: the verification, the attempt and the environment. Not a secret, so
/// `ClientMetadata` may carry it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MintTicketId(String);

impl MintTicketId {
    pub fn new(verification: &VerificationId, attempt: u32, environment: Environment) -> Self {
        Self(format!("{verification}.{attempt}.{}", environment.as_str()))
    }

    /// Parses an id. Returns `None` for anything that [`Self::new`] could not have made.
    pub fn parse(text: &str) -> Option<Self> {
        let (verification, rest) = text.split_once('.')?;
        let (attempt, environment) = rest.split_once('.')?;
        let environment = Environment::ALL.into_iter().find(|e| e.as_str() == environment)?;
        let id =
            Self::new(&VerificationId::parse(verification)?, attempt.parse().ok()?, environment);
        // `+1` and `01` are numbers, too.
        (id.as_str() == text).then_some(id)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a support session's tokens say beyond who the customer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionClaims {
    /// The agent's `sub`, for `act.sub` (RFC 8693, section 4.1) and `support_agent`.
    pub agent_id: String,
    pub session: VerificationId,
    pub ecosystem: String,
    /// The only environment that the tokens are good for.
    pub environment: Environment,
    pub access: Access,
    pub visibility: Visibility,
}

/// Permission for one sign-in through the client `support-access`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MintTicket {
    pub id: MintTicketId,
    pub username: String,
    pub client_id: String,
    pub claims: SessionClaims,
    pub secret: Digest,
    pub expires_at: Timestamp,
    /// Set once the secret was entered. Claims are added only then.
    pub answered: bool,
}

/// A sign-in as a trigger sees it.
#[derive(Clone, Copy, Debug)]
pub struct SignInCall<'a> {
    pub username: &'a str,
    pub client_id: &'a str,
}

impl MintTicket {
    /// Hashes the one-time secret of this ticket with the key.
    pub fn digest(id: &MintTicketId, secret: &Secret, key: &HashKey) -> Digest {
        key.digest(Purpose::MintAnswer, &[id.as_str()], secret.expose())
    }

    /// Whether `answer` opens this ticket for this call now. Repeatable: Cognito retries triggers.
    pub fn opens(&self, call: SignInCall<'_>, answer: &str, key: &HashKey, now: Timestamp) -> bool {
        self.is_for(call)
            && !self.expires_at.is_over(now)
            && key.matches(&self.secret, Purpose::MintAnswer, &[self.id.as_str()], answer)
    }

    /// Returns the claims to add for this call, once the secret was entered.
    pub fn claims_for(&self, call: SignInCall<'_>, now: Timestamp) -> Option<&SessionClaims> {
        (self.answered && self.is_for(call) && !self.expires_at.is_over(now))
            .then_some(&self.claims)
    }

    fn is_for(&self, call: SignInCall<'_>) -> bool {
        self.username == call.username && self.client_id == call.client_id
    }
}

/// What the two tokens of a mint must say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    pub user_id: &'a str,
    pub client_id: &'a str,
    pub claims: &'a SessionClaims,
    /// The longest lifetime, in seconds.
    pub session_seconds: u32,
}

/// The first thing found wrong with a minted token. Its text names a claim, never a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenFault(pub &'static str);

#[derive(Deserialize)]
struct Claims {
    sub: String,
    token_use: String,
    client_id: Option<String>,
    aud: Option<String>,
    act: Option<Act>,
    support_agent: Option<String>,
    support_session: Option<VerificationId>,
    ecosystem: Option<String>,
    environment: Option<Environment>,
    access: Option<Access>,
    visibility: Option<Visibility>,
    scope: Option<String>,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Act {
    sub: String,
}

/// How much later than its access token an ID token may expire, in seconds: Cognito issues the two
/// one after the other.
const PAIR_SECONDS: i64 = 2;

/// How far apart the tokens of one session may expire, in seconds. They are minted side by side, and
/// the session ends with the first.
const SESSION_SPREAD_SECONDS: i64 = 5;

/// Returns the deadline of a session whose access tokens expire at `expirations`: the first of them.
///
/// # Errors
/// [`TokenFault`] if there is none, or the last would outlive the session by more than 5 seconds.
pub fn session_deadline(
    expirations: impl IntoIterator<Item = Timestamp>,
) -> Result<Timestamp, TokenFault> {
    let mut sorted: Vec<_> = expirations.into_iter().collect();
    sorted.sort();
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else {
        return Err(TokenFault("no token"));
    };
    if last.seconds() - first.seconds() > SESSION_SPREAD_SECONDS {
        return Err(TokenFault("exp of the tokens together"));
    }
    Ok(*first)
}

/// Checks both tokens before anything of them is kept, and returns the access token's `exp`. The
/// agent stands in `act`, in `support_agent`, or in both: Cognito may come to reserve the name `act`.
/// The signature is not checked: the tokens come straight from Cognito.
///
/// # Errors
/// [`TokenFault`] names the first claim that is not as expected.
pub fn check_tokens(
    tokens: &Tokens,
    expected: Expected<'_>,
    now: Timestamp,
) -> Result<Timestamp, TokenFault> {
    let access: Claims = jwt::claims(tokens.access.expose())?;
    let id: Claims = jwt::claims(tokens.id.expose())?;
    let require = |holds: bool, claim| if holds { Ok(()) } else { Err(TokenFault(claim)) };
    require(access.token_use == "access" && id.token_use == "id", "token_use")?;
    require(access.client_id.as_deref() == Some(expected.client_id), "client_id")?;
    require(id.aud.as_deref() == Some(expected.client_id), "aud")?;
    for token in [&access, &id] {
        let claims = expected.claims;
        require(token.sub == expected.user_id, "sub")?;
        let act = token.act.as_ref().map(|act| act.sub.as_str());
        let agent = token.support_agent.as_deref();
        let names_it = |name: Option<&str>| name.is_none_or(|name| name == claims.agent_id);
        require(act.or(agent).is_some() && names_it(act), "act.sub")?;
        require(names_it(agent), "support_agent")?;
        require(token.support_session.as_ref() == Some(&claims.session), "support_session")?;
        require(token.ecosystem.as_ref() == Some(&claims.ecosystem), "ecosystem")?;
        require(token.environment == Some(claims.environment), "environment")?;
        require(token.access == Some(claims.access), "access")?;
        require(token.visibility == Some(claims.visibility), "visibility")?;
        let scopes = token.scope.as_deref().unwrap_or_default();
        require(scopes.split(' ').all(|scope| scope != SELF_SERVICE_SCOPE), "scope")?;
        let lifetime = token.exp.saturating_sub(token.iat);
        require((1..=i64::from(expected.session_seconds)).contains(&lifetime), "exp")?;
    }
    require(id.exp <= access.exp.saturating_add(PAIR_SECONDS), "exp of the ID token")?;
    let deadline = Timestamp::from_seconds(access.exp);
    require(!deadline.is_over(now), "exp is past")?;
    Ok(deadline)
}

impl From<NotAToken> for TokenFault {
    fn from(why: NotAToken) -> Self {
        Self(match why {
            NotAToken::NoPayload => "not a JWT",
            NotAToken::NotBase64Url => "not base64url",
            NotAToken::Claims => "a claim is missing or of another type",
        })
    }
}
