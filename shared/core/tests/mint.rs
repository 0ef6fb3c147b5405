//! The mint ticket, and the check of the tokens that Cognito issues.

use serde_json::{Value, json};
use support_core::entitlement::{Access, Environment, Visibility};
use support_core::identity::VerificationId;
use support_core::mint::{
    Expected, MintTicket, MintTicketId, SELF_SERVICE_SCOPE, SessionClaims, SignInCall, TokenFault,
    check_tokens, session_deadline,
};
use support_core::secret::{HashKey, Secret};
use support_core::session::Tokens;
use support_core::time::Timestamp;
use support_testing::jwt;

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
        environment: Environment::Web,
        access: Access::View,
        visibility: Visibility::default(),
    }
}

fn secret() -> Secret {
    Secret::from("the answer".to_owned())
}

fn ticket() -> MintTicket {
    let id = MintTicketId::new(&verification("V"), 1, Environment::Web);
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
fn only_an_id_that_could_have_been_made_is_parsed() {
    for environment in Environment::ALL {
        let id = MintTicketId::new(&verification("V"), 12, environment);
        assert_eq!(MintTicketId::parse(id.as_str()), Some(id));
    }
    let v = "V".repeat(22);
    for text in [
        "",
        ".",
        "1",
        &v,
        &format!("{v}."),
        // The first release's: its ticket was for every environment at once.
        &format!("{v}.1"),
        &format!("{v}.1."),
        &format!("{v}.1.moon"),
        &format!("{v}.1.Web"),
        &format!("{v}.1.web."),
        &format!("{v}.1.web.app"),
        &format!("{v}.web"),
        &format!("{v}.+1.web"),
        &format!("{v}.01.web"),
        &format!("{v}.-1.web"),
        &format!("{v}.1.1"),
        &format!("{v}.4294967296.web"),
        &format!("x{v}.1.web"),
    ] {
        assert_eq!(MintTicketId::parse(text), None, "{text:?}");
    }
}

#[test] // P19
fn a_ticket_opens_only_for_its_own_call_and_secret() {
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
    for id in [
        MintTicketId::new(&verification("V"), 2, Environment::Web),
        MintTicketId::new(&verification("W"), 1, Environment::Web),
        MintTicketId::new(&verification("V"), 1, Environment::Rcm),
    ] {
        let other = MintTicket { id, ..self::ticket() };
        assert!(!other.opens(CALL, "the answer", &key(), NOW), "{:?}", other.id);
    }
}

#[test] // P19
fn claims_are_only_for_an_answered_ticket_and_its_own_call() {
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
fn a_ticket_expires_on_the_dot() {
    let ticket = ticket();
    let rows = [(-1, true), (0, false), (1, false)];
    for (millis, alive) in rows {
        let now = Timestamp::from_millis(ticket.expires_at.millis() + millis);
        assert_eq!(ticket.opens(CALL, "the answer", &key(), now), alive, "{millis}");
        assert_eq!(ticket.claims_for(CALL, now).is_some(), alive, "{millis}");
    }
}

fn token(claims: &Value) -> Secret {
    Secret::from(jwt::unsigned(claims))
}

/// The claims of an access and an ID token as they should be.
fn claims_of_both() -> [Value; 2] {
    let common = json!({
        "sub": "customer-1",
        "act": {"sub": "agent-1"},
        "support_agent": "agent-1",
        "support_session": "V".repeat(22),
        "ecosystem": "eco-1",
        "environment": "web",
        "access": "view",
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
fn the_deadline_is_the_access_tokens_exp() {
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
        both("support_agent", json!("agent-2")),
        both("support_agent", json!({"sub": "agent-1"})),
        both("environment", json!("app")),
        both("environment", json!(["web"])),
        both("environment", json!("web,app")),
        both("environment", json!("moon")),
        both("access", json!("change")),
        both("access", json!(["view"])),
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
            // Of the two names for the agent, one is enough.
            if ["scope", "act", "support_agent"].contains(&claim.as_str()) {
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

/// Cognito may come to reserve `act`. A token that names the agent nowhere is refused.
#[test] // P18
fn either_name_of_the_agent_is_enough_and_none_is_too_little() {
    for which in [0, 1] {
        for gone in ["act", "support_agent"] {
            let mut tokens = claims_of_both();
            tokens[which].as_object_mut().unwrap().remove(gone);
            assert!(check(&tokens, NOW).is_ok(), "token {which} without {gone}");
        }
        let mut tokens = claims_of_both();
        for gone in ["act", "support_agent"] {
            tokens[which].as_object_mut().unwrap().remove(gone);
        }
        assert_eq!(check(&tokens, NOW), Err(TokenFault("act.sub")), "token {which}");
    }
}

/// Cognito signs the two one after the other, perhaps in another second.
#[test]
fn an_id_token_may_expire_two_seconds_after_its_access_token_and_no_more() {
    for (later, fits) in [(0, true), (2, true), (3, false)] {
        let mut tokens = claims_of_both();
        tokens[0]["exp"] = json!(1_000_290);
        tokens[1]["exp"] = json!(1_000_290 + later);
        let deadline = check(&tokens, NOW);
        assert_eq!(deadline.is_ok(), fits, "{later} s later");
        if fits {
            assert_eq!(deadline, Ok(Timestamp::from_seconds(1_000_290)));
        }
    }
}

#[test] // P13
fn a_session_ends_with_the_first_of_its_tokens() {
    let at =
        |seconds: &[i64]| session_deadline(seconds.iter().copied().map(Timestamp::from_seconds));
    assert_eq!(at(&[1_000_301, 1_000_300, 1_000_302]), Ok(Timestamp::from_seconds(1_000_300)));
    assert_eq!(at(&[1_000_300]), Ok(Timestamp::from_seconds(1_000_300)));
    assert!(at(&[1_000_305, 1_000_300]).is_ok());
    assert!(at(&[1_000_306, 1_000_300]).is_err(), "none outlives it by more than 5 s");
    assert!(at(&[]).is_err());
}

#[test]
fn swapped_tokens_are_found() {
    let [access, id] = claims_of_both();
    assert_eq!(check(&[id, access], NOW), Err(TokenFault("token_use")));
}

#[test]
fn an_id_token_may_not_outlive_its_access_token() {
    let mut tokens = claims_of_both();
    tokens[0]["exp"] = json!(1_000_200);
    assert_eq!(check(&tokens, NOW), Err(TokenFault("exp of the ID token")));
}

#[test] // P5
fn tokens_expire_on_the_dot() {
    let deadline = Timestamp::from_seconds(1_000_300);
    let rows = [(-1, Ok(deadline)), (0, Err(TokenFault("exp is past")))];
    for (millis, result) in rows {
        let now = Timestamp::from_millis(deadline.millis() + millis);
        assert_eq!(check(&claims_of_both(), now), result, "{millis}");
    }
}

#[test]
fn text_that_is_not_a_token_is_refused() {
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
