//! Minting.

use std::time::Duration;

use serde_json::json;
use support_aws::Timeouts;
use support_cognito::{CognitoMinter, SecretOfCognito};
use support_core::entitlement::Environment;
use support_core::identity::VerificationId;
use support_core::mint::MintTicketId;
use support_core::ports::{Minted, Minter};
use support_core::refusal::Failure;
use support_core::secret::Secret;
use support_core::session::Tokens;
use tokio::time::Instant;

use crate::Answer::{Breaks, Gives, Hangs};
use crate::{Answer, FakeCognito, error};

fn client_of_the_pool() -> Answer {
    Gives(
        json!({"UserPoolClient": {"ClientId": "client-1", "ClientSecret": "the client's secret"}}),
    )
}

fn challenge() -> Answer {
    Gives(
        json!({"ChallengeName": "CUSTOM_CHALLENGE", "Session": "session-1", "ChallengeParameters": {}}),
    )
}

fn tokens() -> Answer {
    Gives(json!({"AuthenticationResult": {
        "AccessToken": "the access token", "IdToken": "the id token",
        "RefreshToken": "the refresh token", "ExpiresIn": 300, "TokenType": "Bearer",
    }}))
}

async fn connected(fake: &FakeCognito) -> Result<CognitoMinter<SecretOfCognito>, Failure> {
    let cognito = fake.client();
    let secret = cognito.client_secret("pool", "client-1");
    cognito.minter("pool", "client-1", secret).await
}

async fn minter(
    initiate: Answer,
    respond: Answer,
    revoke: Answer,
) -> (FakeCognito, CognitoMinter<SecretOfCognito>) {
    let fake = FakeCognito::new(&[
        ("DescribeUserPoolClient", vec![client_of_the_pool()]),
        ("AdminInitiateAuth", vec![initiate]),
        ("AdminRespondToAuthChallenge", vec![respond]),
        ("RevokeToken", vec![revoke]),
    ]);
    let minter = connected(&fake).await.unwrap();
    fake.seen.lock().unwrap().clear();
    (fake, minter)
}

fn ticket() -> MintTicketId {
    MintTicketId::new(&VerificationId::parse(&"V".repeat(22)).unwrap(), 1, Environment::Web)
}

async fn mint(minter: &CognitoMinter<SecretOfCognito>) -> Result<Minted, Failure> {
    minter.mint("customer-1", &ticket(), &Secret::from("the answer".to_owned())).await
}

/// Mints, and revokes what has to be revoked.
async fn mint_and_revoke(minter: &CognitoMinter<SecretOfCognito>) -> Tokens {
    let Minted::Tokens(tokens, refresh) = mint(minter).await.unwrap() else { panic!("refused") };
    minter.revoke(refresh.expect("Cognito gave one")).await;
    tokens
}

const ALL: [&str; 3] = ["AdminInitiateAuth", "AdminRespondToAuthChallenge", "RevokeToken"];

/// The hash was computed with Python's hmac and base64 modules.
const SECRET_HASH: &str = "JN/LR1DwVS0N095VVJB0vSIWHqlwoAlHZoiU71Zdfcg=";

#[tokio::test] // P16, P19
async fn a_mint_sends_this_and_nothing_else() {
    let (fake, minter) = minter(challenge(), tokens(), Gives(json!({}))).await;
    mint_and_revoke(&minter).await;
    let expected = [
        (
            "AdminInitiateAuth",
            json!({
                "UserPoolId": "pool", "ClientId": "client-1", "AuthFlow": "CUSTOM_AUTH",
                "AuthParameters": {"USERNAME": "customer-1", "SECRET_HASH": SECRET_HASH},
            }),
        ),
        (
            "AdminRespondToAuthChallenge",
            json!({
                "UserPoolId": "pool", "ClientId": "client-1", "Session": "session-1",
                "ChallengeName": "CUSTOM_CHALLENGE",
                "ChallengeResponses": {
                    "USERNAME": "customer-1", "SECRET_HASH": SECRET_HASH, "ANSWER": "the answer",
                },
                "ClientMetadata": {"mint_grant": "VVVVVVVVVVVVVVVVVVVVVV.1.web"},
            }),
        ),
        (
            "RevokeToken",
            json!({
                "ClientId": "client-1", "ClientSecret": "the client's secret",
                "Token": "the refresh token",
            }),
        ),
    ];
    let expected = expected.map(|(operation, body)| (operation.to_owned(), body));
    assert_eq!(fake.requests(), expected);
}

#[tokio::test(start_paused = true)] // P17
async fn the_refresh_token_is_revoked_in_time_or_not_at_all() {
    for revoke in [Gives(json!({})), error("UnsupportedOperationException"), Breaks, Hangs] {
        let (fake, minter) = minter(challenge(), tokens(), revoke).await;
        let start = Instant::now();
        let tokens = mint_and_revoke(&minter).await;
        assert_eq!(tokens.access.expose(), "the access token");
        assert_eq!(tokens.id.expose(), "the id token");
        assert_eq!(fake.operations()[..3], ALL);
        assert!(start.elapsed() <= Timeouts::BEST_EFFORT.operation + Duration::from_millis(10));
    }
}

#[tokio::test] // P7
async fn nothing_secret_is_printed() {
    let (_, minter) = minter(challenge(), tokens(), Gives(json!({}))).await;
    let minted = mint(&minter).await.unwrap();
    let printed = format!("{minter:?} {minted:?}");
    for secret in ["the client's secret", "the access token", "the id token", "the refresh token"] {
        assert!(!printed.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_user_whom_cognito_refuses_is_refused_at_either_step() {
    for code in [
        "NotAuthorizedException",
        "UserNotFoundException",
        "UserNotConfirmedException",
        "PasswordResetRequiredException",
    ] {
        let (fake, first) = minter(error(code), tokens(), Gives(json!({}))).await;
        assert!(matches!(mint(&first).await, Ok(Minted::Refused)), "{code}");
        assert_eq!(fake.operations(), ALL[..1]);
        let (fake, second) = minter(challenge(), error(code), Gives(json!({}))).await;
        assert!(matches!(mint(&second).await, Ok(Minted::Refused)), "{code}");
        assert_eq!(fake.operations(), ALL[..2]);
    }
}

#[tokio::test(start_paused = true)] // P25
async fn every_other_error_is_a_failure() {
    for code in [
        "TooManyRequestsException",
        "UserLambdaValidationException",
        "UnexpectedLambdaException",
        "InvalidLambdaResponseException",
        "InvalidParameterException",
        "ResourceNotFoundException",
        "AccessDeniedException",
    ] {
        let expected = Failure::clean("cognito", code);
        let (_, first) = minter(error(code), tokens(), Gives(json!({}))).await;
        assert_eq!(mint(&first).await.unwrap_err(), expected);
        let (_, second) = minter(challenge(), error(code), Gives(json!({}))).await;
        assert_eq!(mint(&second).await.unwrap_err(), expected);
    }
    let broken = Answer::Refuses(500, "InternalErrorException", "x");
    let (_, minter) = minter(challenge(), broken, Gives(json!({}))).await;
    let expected = Failure::unsure("cognito", "InternalErrorException");
    assert_eq!(mint(&minter).await.unwrap_err(), expected);
}

/// Four sign-ins of one customer in a second come close to what Cognito allows one user.
#[tokio::test(start_paused = true)]
async fn an_answer_that_was_throttled_is_sent_again_once_after_a_second() {
    let throttled = || error("TooManyRequestsException");
    for (respond, calls, minted) in [
        (vec![throttled(), tokens()], 3, true),
        (vec![throttled(), throttled(), tokens()], 3, false),
        (vec![error("UserLambdaValidationException"), tokens()], 2, false),
    ] {
        let fake = FakeCognito::new(&[
            ("DescribeUserPoolClient", vec![client_of_the_pool()]),
            ("AdminInitiateAuth", vec![challenge()]),
            ("AdminRespondToAuthChallenge", respond),
        ]);
        let minter = connected(&fake).await.unwrap();
        fake.seen.lock().unwrap().clear();
        let start = Instant::now();
        assert_eq!(mint(&minter).await.is_ok(), minted);
        assert_eq!(fake.operations().len(), calls);
        let waited = start.elapsed() >= Duration::from_secs(1);
        assert_eq!(waited, calls == 3);
    }
}

/// What Cognito says to a hash with a secret that is not the client's.
const STALE: Answer = Answer::Refuses(
    400,
    "NotAuthorizedException",
    "Unable to verify secret hash for client client-1",
);

#[tokio::test]
async fn a_client_secret_that_is_no_longer_valid_is_a_failure() {
    let (fake, minter) = minter(STALE, tokens(), Gives(json!({}))).await;
    let failure = mint(&minter).await.unwrap_err();
    assert_eq!(failure, Failure::clean("cognito", "the client's secret is not taken"));
    assert_eq!(fake.operations(), ["AdminInitiateAuth", "DescribeUserPoolClient"]);
}

#[tokio::test]
async fn a_client_secret_that_was_replaced_is_read_once_and_used() {
    let new = Gives(json!({"UserPoolClient": {"ClientId": "client-1", "ClientSecret": "new"}}));
    let fake = FakeCognito::new(&[
        ("DescribeUserPoolClient", vec![client_of_the_pool(), new]),
        ("AdminInitiateAuth", vec![STALE, challenge()]),
        ("AdminRespondToAuthChallenge", vec![tokens()]),
        ("RevokeToken", vec![Gives(json!({}))]),
    ]);
    let minter = connected(&fake).await.unwrap();
    fake.seen.lock().unwrap().clear();
    mint_and_revoke(&minter).await;
    let read_again = ["AdminInitiateAuth", "DescribeUserPoolClient"];
    assert_eq!(fake.operations(), [&read_again[..], &ALL].concat());
    // The next mint begins with it.
    mint_and_revoke(&minter).await;
    assert_eq!(fake.operations(), [&read_again[..], &ALL, &ALL].concat());
    // The hash was computed with Python's hmac and base64 modules.
    let hash = "d9DwD2hD9LC2v1SkYNR+a4N7qK6Fz4SF2woiEhKuga0=";
    for (operation, body) in fake.requests() {
        match operation.as_str() {
            "AdminRespondToAuthChallenge" => {
                assert_eq!(body["ChallengeResponses"]["SECRET_HASH"], hash);
            }
            "RevokeToken" => assert_eq!(body["ClientSecret"], "new"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn another_challenge_or_half_an_answer_is_a_failure() {
    for initiate in [
        Gives(json!({"ChallengeName": "PASSWORD_VERIFIER", "Session": "s"})),
        Gives(json!({"ChallengeName": "CUSTOM_CHALLENGE"})),
        tokens(),
        Gives(json!({})),
    ] {
        let (fake, minter) = minter(initiate, tokens(), Gives(json!({}))).await;
        assert!(mint(&minter).await.is_err());
        assert_eq!(fake.operations(), ALL[..1]);
    }
    for (respond, calls) in [
        (challenge(), 2),
        (Gives(json!({})), 2),
        (Gives(json!({"AuthenticationResult": {"AccessToken": "a", "RefreshToken": "r"}})), 3),
        (Gives(json!({"AuthenticationResult": {"IdToken": "i", "RefreshToken": "r"}})), 3),
    ] {
        let (fake, minter) = minter(challenge(), respond, Gives(json!({}))).await;
        assert!(mint(&minter).await.is_err());
        assert_eq!(fake.operations(), ALL[..calls]);
    }
}

#[tokio::test(start_paused = true)] // P13, P25
async fn the_answer_is_sent_once_and_its_outcome_may_be_unknown() {
    for lost in [Hangs, Breaks, Answer::Refuses(500, "InternalErrorException", "x")] {
        let (fake, minter) = minter(challenge(), lost, Gives(json!({}))).await;
        let start = Instant::now();
        assert!(mint(&minter).await.unwrap_err().maybe_done);
        assert_eq!(fake.operations(), ALL[..2]);
        assert!(start.elapsed() <= Timeouts::MINT.operation + Duration::from_millis(10));
    }
}

#[tokio::test(start_paused = true)] // P25
async fn a_mint_that_hangs_from_the_start_fails_in_time() {
    let (_, minter) = minter(Hangs, tokens(), Gives(json!({}))).await;
    let start = Instant::now();
    assert!(mint(&minter).await.is_err());
    assert!(start.elapsed() <= Timeouts::MINT.operation + Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn a_client_without_a_secret_or_an_answer_mints_nothing() {
    for answer in [
        Gives(json!({"UserPoolClient": {"ClientId": "client-1"}})),
        Gives(json!({})),
        error("ResourceNotFoundException"),
        Hangs,
    ] {
        let fake = FakeCognito::new(&[("DescribeUserPoolClient", vec![answer])]);
        assert!(connected(&fake).await.is_err());
    }
}
