//! Minting: the ticket that lets the triggers act for one sign-in and no other, and the check of
//! what Cognito then gave.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::entitlement::{Environment, Visibility};
use crate::identity::VerificationId;
use crate::secret::{Digest, HashKey, Purpose, Secret};
use crate::session::Tokens;
use crate::time::Timestamp;

/// The self-service scope that a minted token must not have: it would allow `DeleteUser` and
/// `UpdateUserAttributes`.
pub const SELF_SERVICE_SCOPE: &str = "aws.cognito.signin.user.admin";

/// The key of `ClientMetadata` under which the ticket's id goes from the mint to the triggers.
/// A sign-in with this key in its `ClientMetadata` asks for a support session.
pub const TICKET_METADATA: &str = "mint_grant";

/// Which ticket: the verification and the attempt. Not a secret, so `ClientMetadata` may carry it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MintTicketId(String);

impl MintTicketId {
    pub fn new(verification: &VerificationId, attempt: u32) -> Self {
        Self(format!("{verification}.{attempt}"))
    }

    /// `None` for anything that [`Self::new`] could not have made.
    pub fn parse(text: &str) -> Option<Self> {
        let (verification, attempt) = text.split_once('.')?;
        let id = Self::new(&VerificationId::parse(verification)?, attempt.parse().ok()?);
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
    /// The agent's `sub`, for `act.sub` (RFC 8693, section 4.1).
    pub agent_id: String,
    pub session: VerificationId,
    pub ecosystem: String,
    pub environments: Vec<Environment>,
    pub visibility: Visibility,
}

/// Leave for one sign-in through the client `support-access`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MintTicket {
    pub id: MintTicketId,
    pub username: String,
    pub client_id: String,
    pub claims: SessionClaims,
    pub secret: Digest,
    pub expires_at: Timestamp,
    /// Set once the secret was given. Only then are claims added.
    pub answered: bool,
}

/// A sign-in as a trigger sees it.
#[derive(Clone, Copy, Debug)]
pub struct SignInCall<'a> {
    pub username: &'a str,
    pub client_id: &'a str,
}

impl MintTicket {
    /// The keyed hash of the one-time secret of this ticket.
    pub fn digest(id: &MintTicketId, secret: &Secret, key: &HashKey) -> Digest {
        key.digest(Purpose::MintAnswer, &[id.as_str()], secret.expose())
    }

    /// Whether `answer` opens this ticket for this call now. Repeatable: Cognito retries triggers.
    pub fn opens(&self, call: SignInCall<'_>, answer: &str, key: &HashKey, now: Timestamp) -> bool {
        self.is_for(call)
            && !self.expires_at.is_over(now)
            && key.matches(&self.secret, Purpose::MintAnswer, &[self.id.as_str()], answer)
    }

    /// The claims to add for this call, once the secret was given.
    pub fn claims_for(&self, call: SignInCall<'_>, now: Timestamp) -> Option<&SessionClaims> {
        (self.answered && self.is_for(call) && !self.expires_at.is_over(now))
            .then_some(&self.claims)
    }

    fn is_for(&self, call: SignInCall<'_>) -> bool {
        self.username == call.username && self.client_id == call.client_id
    }
}

/// What the tokens of a mint must say.
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
    support_session: Option<VerificationId>,
    ecosystem: Option<String>,
    environments: Option<Vec<Environment>>,
    visibility: Option<Visibility>,
    scope: Option<String>,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Act {
    sub: String,
}

/// Checks both tokens before anything of them is kept, and gives the session's deadline: the
/// access token's `exp`. The signature is not checked: the tokens come straight from Cognito.
///
/// # Errors
/// The first claim that is not as expected.
pub fn check_tokens(
    tokens: &Tokens,
    expected: Expected<'_>,
    now: Timestamp,
) -> Result<Timestamp, TokenFault> {
    let access = claims(&tokens.access)?;
    let id = claims(&tokens.id)?;
    let require = |holds: bool, claim| if holds { Ok(()) } else { Err(TokenFault(claim)) };
    require(access.token_use == "access" && id.token_use == "id", "token_use")?;
    require(access.client_id.as_deref() == Some(expected.client_id), "client_id")?;
    require(id.aud.as_deref() == Some(expected.client_id), "aud")?;
    for token in [&access, &id] {
        let claims = expected.claims;
        require(token.sub == expected.user_id, "sub")?;
        let act = token.act.as_ref().map(|act| act.sub.as_str());
        require(act == Some(claims.agent_id.as_str()), "act.sub")?;
        require(token.support_session.as_ref() == Some(&claims.session), "support_session")?;
        require(token.ecosystem.as_ref() == Some(&claims.ecosystem), "ecosystem")?;
        require(token.environments.as_ref() == Some(&claims.environments), "environments")?;
        require(token.visibility == Some(claims.visibility), "visibility")?;
        let scopes = token.scope.as_deref().unwrap_or_default();
        require(scopes.split(' ').all(|scope| scope != SELF_SERVICE_SCOPE), "scope")?;
        let lifetime = token.exp.saturating_sub(token.iat);
        require((1..=i64::from(expected.session_seconds)).contains(&lifetime), "exp")?;
    }
    require(id.exp <= access.exp, "exp of the ID token")?;
    let deadline = Timestamp::from_seconds(access.exp);
    require(!deadline.is_over(now), "exp is past")?;
    Ok(deadline)
}

fn claims(token: &Secret) -> Result<Claims, TokenFault> {
    let payload = token.expose().split('.').nth(1).ok_or(TokenFault("not a JWT"))?;
    let bytes = URL_SAFE_NO_PAD.decode(payload).map_err(|_| TokenFault("not base64url"))?;
    serde_json::from_slice(&bytes).map_err(|_| TokenFault("a claim is missing or of another type"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn key() -> HashKey {
        HashKey::new(&[7; 32]).unwrap()
    }

    fn verification(letter: &str) -> VerificationId {
        VerificationId::parse(&letter.repeat(22)).unwrap()
    }

    fn session_claims() -> SessionClaims {
        SessionClaims {
            agent_id: "agent-1".to_owned(),
            session: verification("V"),
            ecosystem: "eco-1".to_owned(),
            environments: vec![Environment::Web, Environment::App],
            visibility: Visibility::default(),
        }
    }

    fn secret() -> Secret {
        Secret::from("the answer".to_owned())
    }

    fn ticket() -> MintTicket {
        let id = MintTicketId::new(&verification("V"), 1);
        MintTicket {
            secret: MintTicket::digest(&id, &secret(), &key()),
            id,
            username: "customer-1".to_owned(),
            client_id: "support-access".to_owned(),
            claims: session_claims(),
            expires_at: NOW.plus(30),
            answered: true,
        }
    }

    const CALL: SignInCall<'_> = SignInCall { username: "customer-1", client_id: "support-access" };

    #[test]
    fn only_ids_that_were_made_are_read() {
        let id = MintTicketId::new(&verification("V"), 12);
        assert_eq!(MintTicketId::parse(id.as_str()), Some(id));
        let v = "V".repeat(22);
        for text in [
            "",
            ".",
            "1",
            &v,
            &format!("{v}."),
            &format!("{v}.+1"),
            &format!("{v}.01"),
            &format!("{v}.-1"),
            &format!("{v}.1.1"),
            &format!("{v}.4294967296"),
            &format!("x{v}.1"),
        ] {
            assert_eq!(MintTicketId::parse(text), None, "{text:?}");
        }
    }

    #[test] // P19
    fn a_grant_opens_for_its_own_call_and_secret_alone() {
        let ticket = ticket();
        let opens = |call, answer: &str| ticket.opens(call, answer, &key(), NOW);
        assert!(opens(CALL, "the answer"));
        // Cognito repeats triggers.
        assert!(opens(CALL, "the answer"));
        assert!(!opens(CALL, "the answer "));
        assert!(!opens(CALL, ""));
        assert!(!opens(SignInCall { username: "customer-2", ..CALL }, "the answer"));
        assert!(!opens(SignInCall { client_id: "customers-app", ..CALL }, "the answer"));
        let other_key = HashKey::new(&[8; 32]).unwrap();
        assert!(!ticket.opens(CALL, "the answer", &other_key, NOW));
        for id in
            [MintTicketId::new(&verification("V"), 2), MintTicketId::new(&verification("W"), 1)]
        {
            let other = MintTicket { id, ..self::ticket() };
            assert!(!other.opens(CALL, "the answer", &key(), NOW), "{:?}", other.id);
        }
    }

    #[test] // P19
    fn claims_are_for_an_answered_grant_and_its_own_call_alone() {
        let ticket = ticket();
        assert_eq!(ticket.claims_for(CALL, NOW), Some(&session_claims()));
        let others = [
            SignInCall { username: "customer-2", ..CALL },
            SignInCall { client_id: "customers-app", ..CALL },
            SignInCall { username: "support-access", client_id: "customer-1" },
        ];
        for call in others {
            assert_eq!(ticket.claims_for(call, NOW), None, "{call:?}");
        }
        let unmarked = MintTicket { answered: false, ..ticket };
        assert_eq!(unmarked.claims_for(CALL, NOW), None);
    }

    #[test] // P5
    fn a_grant_is_dead_on_the_dot() {
        let ticket = ticket();
        let rows = [(-1, true), (0, false), (1, false)];
        for (millis, alive) in rows {
            let now = Timestamp::from_millis(ticket.expires_at.millis() + millis);
            assert_eq!(ticket.opens(CALL, "the answer", &key(), now), alive, "{millis}");
            assert_eq!(ticket.claims_for(CALL, now).is_some(), alive, "{millis}");
        }
    }

    fn token(claims: &Value) -> Secret {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        Secret::from(format!("{}.{}.c2ln", part(&json!({"alg": "RS256"})), part(claims)))
    }

    /// The claims of an access and an ID token as they should be.
    fn claims_of_both() -> [Value; 2] {
        let common = json!({
            "sub": "customer-1",
            "act": {"sub": "agent-1"},
            "support_session": "V".repeat(22),
            "ecosystem": "eco-1",
            "environments": ["web", "app"],
            "visibility": {"messages": true, "talks": true},
            "iat": 1_000_000,
            "exp": 1_000_300,
        });
        let with = |more: Value| {
            let mut claims = common.clone();
            claims.as_object_mut().unwrap().append(&mut more.as_object().unwrap().clone());
            claims
        };
        [
            with(json!({"token_use": "access", "client_id": "support-access", "scope": ""})),
            with(json!({"token_use": "id", "aud": "support-access"})),
        ]
    }

    fn check([access, id]: &[Value; 2], now: Timestamp) -> Result<Timestamp, TokenFault> {
        let tokens = Tokens { access: token(access), id: token(id) };
        let expected = Expected {
            user_id: "customer-1",
            client_id: "support-access",
            claims: &session_claims(),
            session_seconds: 300,
        };
        check_tokens(&tokens, expected, now)
    }

    #[test] // P13
    fn right_tokens_give_the_access_tokens_exp_as_deadline() {
        let deadline = Timestamp::from_seconds(1_000_300);
        assert_eq!(check(&claims_of_both(), NOW), Ok(deadline));
        let mut tokens = claims_of_both();
        tokens[0]["scope"] = json!("openid profile");
        tokens[1]["exp"] = json!(1_000_200);
        assert_eq!(check(&tokens, NOW), Ok(deadline));
    }

    /// Every claim of either token: missing, of another type, and of another value.
    #[test] // P18
    fn any_wrong_claim_in_either_token_is_found() {
        const ACCESS: usize = 0;
        const ID: usize = 1;
        let own = |which, claim, wrong| vec![(which, claim, wrong)];
        let both = |claim, wrong: Value| vec![(ACCESS, claim, wrong.clone()), (ID, claim, wrong)];
        let scope = |scopes| own(ACCESS, "scope", json!(scopes));
        let rows = [
            own(ACCESS, "token_use", json!("id")),
            own(ID, "token_use", json!("access")),
            own(ACCESS, "client_id", json!("customers-app")),
            own(ID, "aud", json!("customers-app")),
            both("sub", json!("customer-2")),
            both("act", json!({"sub": "agent-2"})),
            both("act", json!({"sub": "customer-1"})),
            both("act", json!({})),
            both("act", json!("agent-1")),
            both("support_session", json!("W".repeat(22))),
            both("support_session", json!("not an id")),
            both("ecosystem", json!("eco-2")),
            both("environments", json!(["web"])),
            both("environments", json!(["web", "app", "store"])),
            both("environments", json!(["app", "web"])),
            both("environments", json!(["moon"])),
            both("visibility", json!({"messages": false, "talks": true})),
            both("visibility", json!({"messages": true})),
            both("iat", json!(999_999)),
            both("iat", json!(1_000_300)),
            both("iat", json!(1_000_301)),
            both("iat", json!("1000000")),
            both("exp", json!(1_000_301)),
            both("exp", json!(i64::MAX)),
            scope(SELF_SERVICE_SCOPE),
            scope("openid aws.cognito.signin.user.admin profile"),
            own(ID, "scope", json!(SELF_SERVICE_SCOPE)),
        ];
        for (which, claim, wrong) in rows.into_iter().flatten() {
            let mut tokens = claims_of_both();
            tokens[which][claim] = wrong.clone();
            assert!(check(&tokens, NOW).is_err(), "token {which}: {claim} = {wrong}");
        }
        for which in [ACCESS, ID] {
            for claim in claims_of_both()[which].as_object().unwrap().keys() {
                if claim == "scope" {
                    continue;
                }
                for missing in [true, false] {
                    let mut tokens = claims_of_both();
                    let claims = tokens[which].as_object_mut().unwrap();
                    if missing {
                        claims.remove(claim);
                    } else {
                        claims.insert(claim.clone(), Value::Null);
                    }
                    assert!(check(&tokens, NOW).is_err(), "token {which}: no {claim}");
                }
            }
        }
    }

    #[test]
    fn tokens_in_each_others_place_are_found() {
        let [access, id] = claims_of_both();
        assert_eq!(check(&[id, access], NOW), Err(TokenFault("token_use")));
    }

    #[test]
    fn a_shorter_access_token_may_not_be_outlived_by_its_id_token() {
        let mut tokens = claims_of_both();
        tokens[0]["exp"] = json!(1_000_200);
        assert_eq!(check(&tokens, NOW), Err(TokenFault("exp of the ID token")));
    }

    #[test] // P5
    fn tokens_are_dead_on_the_dot() {
        let deadline = Timestamp::from_seconds(1_000_300);
        let rows = [(-1, Ok(deadline)), (0, Err(TokenFault("exp is past")))];
        for (millis, result) in rows {
            let now = Timestamp::from_millis(deadline.millis() + millis);
            assert_eq!(check(&claims_of_both(), now), result, "{millis}");
        }
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let good = token(&claims_of_both()[0]);
        for text in ["", "a", "a.b", "a.!.c", "a.bm90IGpzb24.c", "a.W10.c"] {
            let tokens = Tokens {
                access: Secret::from(text.to_owned()),
                id: Secret::from(good.expose().to_owned()),
            };
            let expected = Expected {
                user_id: "customer-1",
                client_id: "support-access",
                claims: &session_claims(),
                session_seconds: 300,
            };
            assert!(check_tokens(&tokens, expected, NOW).is_err(), "{text:?}");
        }
    }
}
