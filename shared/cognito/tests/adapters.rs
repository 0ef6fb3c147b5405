//! The adapters against a Cognito that answers from a script: what exactly is sent, and what
//! comes of every kind of answer.

#![expect(clippy::disallowed_methods, reason = "the tests measure")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use support_aws::{Aws, Timeouts};
use support_cognito::{Cognito, CognitoMinter};
use support_core::code::Code;
use support_core::directory::{Locale, SignIn, SignInStatus};
use support_core::identity::{EmailAddress, VerificationId};
use support_core::mint::MintTicketId;
use support_core::password::{NewPassword, TypedPassword};
use support_core::ports::{AgentPool, CustomerPool, Minted, Minter, Passwords};
use support_core::recovery::{Account, Confirmed};
use support_core::refusal::Failure;
use support_core::secret::Secret;
use tokio::time::Instant;

#[derive(Clone, Debug)]
enum Answer {
    Gives(Value),
    Refuses(u16, &'static str, &'static str),
    Hangs,
    Breaks,
}

use Answer::{Breaks, Gives, Hangs};

fn error(code: &'static str) -> Answer {
    Answer::Refuses(400, code, "ana@example.com may not")
}

type Script = [(&'static str, Vec<Answer>)];

/// Answers each operation with its answers in turn, the last one for ever.
#[derive(Clone, Debug, Default)]
struct FakeCognito {
    script: Arc<Mutex<HashMap<&'static str, Vec<Answer>>>>,
    seen: Arc<Mutex<Vec<(String, Value)>>>,
}

impl FakeCognito {
    fn new(script: &Script) -> Self {
        let script = script.iter().cloned().collect();
        Self { script: Arc::new(Mutex::new(script)), ..Self::default() }
    }

    fn client(&self) -> Cognito {
        let lookup = |name| match name {
            "AWS_REGION" => Some("us-east-1".to_owned()),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
            _ => None,
        };
        let aws = Aws::from_variables(lookup, Timeouts::ORDINARY).unwrap();
        let connector = SharedHttpConnector::new(self.clone());
        let http = http_client_fn(move |_, _| connector.clone());
        Cognito::new(&aws.config().to_builder().http_client(http).build())
    }

    /// The operations called, in order.
    fn operations(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|(operation, _)| operation.clone()).collect()
    }

    fn requests(&self) -> Vec<(String, Value)> {
        self.seen.lock().unwrap().clone()
    }
}

impl HttpConnector for FakeCognito {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap();
        let operation = target.split('.').nth(1).unwrap().to_owned();
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let mut script = self.script.lock().unwrap();
        let answers = script.get_mut(operation.as_str()).expect("an operation of the script");
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        self.seen.lock().unwrap().push((operation, body));
        let (status, body) = match answer {
            Gives(body) => (200, body),
            Answer::Refuses(status, code, message) => {
                (status, json!({"__type": code, "message": message}))
            }
            Hangs => return HttpConnectorFuture::new(std::future::pending()),
            Breaks => {
                return HttpConnectorFuture::ready(Err(ConnectorError::io("reset".into())));
            }
        };
        let status = u16::try_into(status).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body.to_string()))))
    }
}

// The agents' pool.

fn user(status: &str, enabled: bool) -> Answer {
    Gives(json!({"Username": "u", "UserStatus": status, "Enabled": enabled}))
}

fn groups(names: &[&str], next: Option<&str>) -> Answer {
    let groups: Vec<Value> = names.iter().map(|name| json!({"GroupName": name})).collect();
    Gives(json!({"Groups": groups, "NextToken": next}))
}

async fn is_agent(user: Answer, groups: Vec<Answer>) -> Result<bool, Failure> {
    let fake =
        FakeCognito::new(&[("AdminGetUser", vec![user]), ("AdminListGroupsForUser", groups)]);
    fake.client().agents("pool").is_agent("agent-1").await
}

#[tokio::test] // P21, P33
async fn an_agent_is_enabled_and_in_exactly_this_group() {
    let rows: [(bool, &[&str], bool); 8] = [
        (true, &["CustomerService"], true),
        (true, &["Others", "CustomerService"], true),
        (false, &["CustomerService"], false),
        (true, &[], false),
        (true, &["CustomerService2"], false),
        (true, &["[NotCustomerService]"], false),
        (true, &["customerservice"], false),
        (true, &["SupportSupervisor"], false),
    ];
    for (enabled, names, expected) in rows {
        let answer = is_agent(user("CONFIRMED", enabled), vec![groups(names, None)]).await;
        assert_eq!(answer, Ok(expected), "{enabled} {names:?}");
    }
}

#[tokio::test]
async fn a_group_on_a_later_page_counts() {
    let fake = FakeCognito::new(&[
        ("AdminGetUser", vec![user("CONFIRMED", true)]),
        (
            "AdminListGroupsForUser",
            vec![
                groups(&["A"], Some("p2")),
                groups(&[], Some("p3")),
                groups(&["CustomerService"], None),
            ],
        ),
    ]);
    assert_eq!(fake.client().agents("pool").is_agent("agent-1").await, Ok(true));
    let pages: Vec<Value> = fake
        .requests()
        .into_iter()
        .filter(|(operation, _)| operation == "AdminListGroupsForUser")
        .map(|(_, body)| body["NextToken"].clone())
        .collect();
    assert_eq!(pages, [Value::Null, json!("p2"), json!("p3")]);
}

#[tokio::test] // P33
async fn who_is_gone_is_no_agent() {
    let gone = || error("UserNotFoundException");
    let answer = is_agent(gone(), vec![gone()]).await;
    assert_eq!(answer, Ok(false));
    // Deleted between the two calls.
    let answer = is_agent(user("CONFIRMED", true), vec![gone()]).await;
    assert_eq!(answer, Ok(false));
}

#[tokio::test] // P20
async fn an_account_is_found_in_whatever_state() {
    let email = EmailAddress::parse("ana@example.com").unwrap();
    let rows = [
        (user("CONFIRMED", true), Ok(true)),
        (user("FORCE_CHANGE_PASSWORD", true), Ok(true)),
        (user("UNCONFIRMED", false), Ok(true)),
        (error("UserNotFoundException"), Ok(false)),
        (
            error("TooManyRequestsException"),
            Err(Failure::clean("cognito", "TooManyRequestsException")),
        ),
    ];
    for (answer, expected) in rows {
        let fake = FakeCognito::new(&[("AdminGetUser", vec![answer])]);
        assert_eq!(fake.client().agents("pool").has_account(&email).await, expected);
        let sent = json!({"UserPoolId": "pool", "Username": "ana@example.com"});
        assert_eq!(fake.requests()[0].1, sent);
    }
}

/// Cognito's own answer to such a name is an error.
#[tokio::test] // P24
async fn an_address_that_is_too_long_for_a_user_name_is_nobodys() {
    let long = |characters: usize| {
        let domain = format!("{}.example.com", "d".repeat(60));
        EmailAddress::parse(&format!("{}@{domain}", "a".repeat(characters - domain.len() - 1)))
            .unwrap()
    };
    let fake = FakeCognito::new(&[("AdminGetUser", vec![user("CONFIRMED", true)])]);
    let (cognito, longest, longer) = (fake.client(), long(128), long(129));
    assert_eq!(cognito.agents("pool").has_account(&longer).await, Ok(false));
    assert_eq!(cognito.passwords("pool", "client").account(&longer).await, Ok(None));
    assert_eq!(fake.requests(), [], "nothing to ask");
    assert_eq!(cognito.agents("pool").has_account(&longest).await, Ok(true));
}

#[tokio::test(start_paused = true)] // P25
async fn an_agents_pool_that_hangs_denies_in_time() {
    let start = Instant::now();
    let failure = is_agent(Hangs, vec![Hangs]).await.unwrap_err();
    assert_eq!(failure, Failure::unsure("cognito", "timed out"));
    assert!(start.elapsed() <= Timeouts::ORDINARY.operation + Duration::from_millis(10));
}

#[tokio::test(start_paused = true)] // P25
async fn an_agents_pool_that_fails_denies() {
    for broken in [
        error("TooManyRequestsException"),
        error("AccessDeniedException"),
        Answer::Refuses(500, "InternalErrorException", "x"),
        Breaks,
    ] {
        let in_group = vec![groups(&["CustomerService"], None)];
        assert!(is_agent(broken.clone(), in_group).await.is_err(), "{broken:?}");
        let answer = is_agent(user("CONFIRMED", true), vec![broken.clone()]).await;
        assert!(answer.is_err(), "{broken:?}");
    }
}

#[tokio::test(start_paused = true)] // P25
async fn a_passing_fault_is_tried_again() {
    for passing in [Answer::Refuses(500, "InternalErrorException", "x"), Breaks, Hangs] {
        let fake = FakeCognito::new(&[("AdminGetUser", vec![passing, user("CONFIRMED", true)])]);
        let sign_in_status =
            fake.client().customers("pool").sign_in_status("customer-1").await.unwrap();
        assert_eq!(sign_in_status.sign_in, SignIn::Confirmed);
    }
}

// The customers' pool.

async fn sign_in_status(answer: Answer) -> Result<SignInStatus, Failure> {
    let fake = FakeCognito::new(&[("AdminGetUser", vec![answer])]);
    let sign_in_status = fake.client().customers("pool").sign_in_status("customer-1").await;
    let sent = json!({"UserPoolId": "pool", "Username": "customer-1"});
    assert_eq!(fake.requests()[0].1, sent);
    sign_in_status
}

#[tokio::test]
async fn every_status_has_its_standing() {
    let rows = [
        ("CONFIRMED", true, SignIn::Confirmed),
        ("UNCONFIRMED", true, SignIn::Unconfirmed),
        ("FORCE_CHANGE_PASSWORD", true, SignIn::MustChangePassword),
        ("RESET_REQUIRED", true, SignIn::ResetRequired),
        ("EXTERNAL_PROVIDER", true, SignIn::Federated),
        ("CONFIRMED", false, SignIn::Disabled),
        ("UNCONFIRMED", false, SignIn::Disabled),
        ("UNKNOWN", false, SignIn::Disabled),
    ];
    for (status, enabled, sign_in) in rows {
        let expected = SignInStatus { sign_in, mfa: false };
        assert_eq!(sign_in_status(user(status, enabled)).await, Ok(expected), "{status} {enabled}");
    }
    let missing = SignInStatus { sign_in: SignIn::Missing, mfa: false };
    assert_eq!(sign_in_status(error("UserNotFoundException")).await, Ok(missing));
}

#[tokio::test]
async fn a_status_that_nobody_knows_fails_closed() {
    for status in ["ARCHIVED", "COMPROMISED", "UNKNOWN", "SOMETHING_NEW"] {
        assert!(sign_in_status(user(status, true)).await.is_err(), "{status}");
    }
    assert!(sign_in_status(Gives(json!({"Username": "u", "Enabled": true}))).await.is_err());
}

#[tokio::test]
async fn a_second_factor_shows_in_either_setting() {
    let rows = [
        (json!({"UserMFASettingList": ["SOFTWARE_TOKEN_MFA"]}), true),
        (json!({"PreferredMfaSetting": "SMS_MFA"}), true),
        (json!({"UserMFASettingList": [], "PreferredMfaSetting": ""}), false),
        (json!({}), false),
    ];
    for (settings, mfa) in rows {
        let mut body = json!({"Username": "u", "UserStatus": "CONFIRMED", "Enabled": true});
        body.as_object_mut().unwrap().append(&mut settings.as_object().unwrap().clone());
        let expected = SignInStatus { sign_in: SignIn::Confirmed, mfa };
        assert_eq!(sign_in_status(Gives(body)).await, Ok(expected), "{settings}");
    }
}

#[tokio::test]
async fn a_failure_says_the_code_and_nobodys_name() {
    let failure = sign_in_status(error("InvalidParameterException")).await.unwrap_err();
    assert_eq!(failure, Failure::clean("cognito", "InvalidParameterException"));
}

// Minting.

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

async fn minter(initiate: Answer, respond: Answer, revoke: Answer) -> (FakeCognito, CognitoMinter) {
    let fake = FakeCognito::new(&[
        ("DescribeUserPoolClient", vec![client_of_the_pool()]),
        ("AdminInitiateAuth", vec![initiate]),
        ("AdminRespondToAuthChallenge", vec![respond]),
        ("RevokeToken", vec![revoke]),
    ]);
    let minter = fake.client().minter("pool", "client-1").await.unwrap();
    fake.seen.lock().unwrap().clear();
    (fake, minter)
}

fn grant() -> MintTicketId {
    MintTicketId::new(&VerificationId::parse(&"V".repeat(22)).unwrap(), 1)
}

async fn mint(minter: &CognitoMinter) -> Result<Minted, Failure> {
    minter.mint("customer-1", &grant(), &Secret::from("the answer".to_owned())).await
}

const ALL: [&str; 3] = ["AdminInitiateAuth", "AdminRespondToAuthChallenge", "RevokeToken"];

/// The hash was computed with Python's hmac and base64 modules.
const SECRET_HASH: &str = "JN/LR1DwVS0N095VVJB0vSIWHqlwoAlHZoiU71Zdfcg=";

#[tokio::test] // P16, P19
async fn a_mint_sends_this_and_nothing_else() {
    let (fake, minter) = minter(challenge(), tokens(), Gives(json!({}))).await;
    mint(&minter).await.unwrap();
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
                "ClientMetadata": {"mint_grant": "VVVVVVVVVVVVVVVVVVVVVV.1"},
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
async fn the_refresh_token_is_revoked_and_not_returned_whatever_comes_of_it() {
    for revoke in [Gives(json!({})), error("UnsupportedOperationException"), Breaks, Hangs] {
        let (fake, minter) = minter(challenge(), tokens(), revoke).await;
        let start = Instant::now();
        let Minted::Tokens(tokens) = mint(&minter).await.unwrap() else { panic!("refused") };
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
async fn a_user_whom_cognito_refuses_is_refused_at_either_step_and_for_good() {
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
async fn what_is_no_refusal_is_a_failure() {
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

#[tokio::test]
async fn a_client_secret_that_is_no_longer_taken_is_nobodys_refusal() {
    let message = "Unable to verify secret hash for client client-1";
    let stale = Answer::Refuses(400, "NotAuthorizedException", message);
    let (_, minter) = minter(stale, tokens(), Gives(json!({}))).await;
    let failure = mint(&minter).await.unwrap_err();
    assert_eq!(failure, Failure::clean("cognito", "the client's secret is not taken"));
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
async fn the_answer_is_sent_once_and_what_became_of_it_may_be_unknown() {
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
        assert!(fake.client().minter("pool", "client-1").await.is_err());
    }
}

// An agent's password.

fn ana() -> EmailAddress {
    EmailAddress::parse("Ana@agents.example.com").unwrap()
}

fn password() -> NewPassword {
    let typed: TypedPassword = serde_json::from_value(json!("Nueva-Clave-2")).unwrap();
    NewPassword::choose(&typed, &typed).unwrap()
}

fn agent(status: &str, enabled: bool, attributes: &[(&str, &str)]) -> Answer {
    let attributes: Vec<Value> =
        attributes.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
    Gives(json!({
        "Username": "u", "UserStatus": status, "Enabled": enabled, "UserAttributes": attributes,
    }))
}

async fn account(user: Answer, groups: Answer) -> Result<Option<Account>, Failure> {
    let fake =
        FakeCognito::new(&[("AdminGetUser", vec![user]), ("AdminListGroupsForUser", vec![groups])]);
    fake.client().passwords("pool", "client").account(&ana()).await
}

#[tokio::test]
async fn an_account_is_read_as_recovery_needs_it() {
    let all = [("name", "Ana"), ("email_verified", "true"), ("locale", "en-GB")];
    let ana = Account {
        sign_in: SignIn::Confirmed,
        address_verified: true,
        in_group: true,
        name: "Ana".to_owned(),
        locale: Locale::En,
    };
    let in_group = || groups(&["CustomerService"], None);
    assert_eq!(account(agent("CONFIRMED", true, &all), in_group()).await, Ok(Some(ana.clone())));
    let outside = account(agent("CONFIRMED", true, &all), groups(&["[CustomerService]"], None));
    assert_eq!(outside.await, Ok(Some(Account { in_group: false, ..ana.clone() })));
    let disabled = account(agent("CONFIRMED", false, &all), in_group()).await;
    assert_eq!(disabled, Ok(Some(Account { sign_in: SignIn::Disabled, ..ana })));
    for verified in [&[("email_verified", "false")] as &[_], &[]] {
        let found = account(agent("CONFIRMED", true, verified), in_group()).await.unwrap().unwrap();
        assert!(!found.address_verified && !found.may_recover(), "{found:?}");
        assert_eq!(found.locale, Locale::Es);
    }
    assert_eq!(account(error("UserNotFoundException"), in_group()).await, Ok(None));
    // Not for its length, then.
    assert!(account(error("InvalidParameterException"), in_group()).await.is_err());
    assert!(account(error("TooManyRequestsException"), in_group()).await.is_err());
    assert!(account(agent("CONFIRMED", true, &all), Breaks).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_code_is_asked_for_once_of_the_agents_client() {
    let delivery = json!({"CodeDeliveryDetails": {"Destination": "a***@e***"}});
    let rows = [
        (Gives(delivery), Ok(true)),
        // Nothing that would be otherwise a moment later.
        (error("UserNotFoundException"), Ok(false)),
        (error("NotAuthorizedException"), Ok(false)),
        (error("InvalidParameterException"), Ok(false)),
        (error("LimitExceededException"), Ok(false)),
        // What may be.
        (error("TooManyRequestsException"), Err("TooManyRequestsException")),
        (error("CodeDeliveryFailureException"), Err("CodeDeliveryFailureException")),
        (error("UserLambdaValidationException"), Err("UserLambdaValidationException")),
        (Answer::Refuses(500, "InternalErrorException", "x"), Err("InternalErrorException")),
        (Hangs, Err("timed out")),
    ];
    for (answer, expected) in rows {
        let fake = FakeCognito::new(&[("ForgotPassword", vec![answer])]);
        let sent = fake.client().passwords("pool", "client").send_code(&ana()).await;
        assert_eq!(sent.map_err(|failure| failure.detail), expected.map_err(str::to_owned));
        let request = json!({"ClientId": "client", "Username": "ana@agents.example.com"});
        assert_eq!(fake.requests(), [("ForgotPassword".to_owned(), request)]);
    }
}

#[tokio::test(start_paused = true)] // P23
async fn a_code_and_a_password_are_judged_by_cognito_once() {
    use Confirmed::{Busy, Done, Locked, PasswordRefused, WrongCode};
    let rows = [
        (Gives(json!({})), Ok(Done)),
        (error("CodeMismatchException"), Ok(WrongCode)),
        (error("ExpiredCodeException"), Ok(WrongCode)),
        (error("UserNotFoundException"), Ok(WrongCode)),
        (error("UserNotConfirmedException"), Ok(WrongCode)),
        (error("NotAuthorizedException"), Ok(WrongCode)),
        (error("InvalidParameterException"), Ok(WrongCode)),
        (error("InvalidPasswordException"), Ok(PasswordRefused)),
        (error("PasswordHistoryPolicyViolationException"), Ok(PasswordRefused)),
        (error("TooManyRequestsException"), Ok(Busy)),
        (error("LimitExceededException"), Ok(Locked)),
        (error("TooManyFailedAttemptsException"), Ok(Locked)),
        (error("ResourceNotFoundException"), Err("ResourceNotFoundException")),
        (Answer::Refuses(500, "InternalErrorException", "x"), Err("InternalErrorException")),
        (Breaks, Err("not reached")),
        (Hangs, Err("timed out")),
    ];
    for (answer, expected) in rows {
        let fake = FakeCognito::new(&[("ConfirmForgotPassword", vec![answer])]);
        let passwords = fake.client().passwords("pool", "client");
        let start = Instant::now();
        let confirmed =
            passwords.confirm(&ana(), &Code::parse("048213").unwrap(), &password()).await;
        assert_eq!(confirmed.map_err(|failure| failure.detail), expected.map_err(str::to_owned));
        assert!(start.elapsed() <= Timeouts::MINT.operation + Duration::from_millis(10));
        let request = json!({
            "ClientId": "client", "Username": "ana@agents.example.com",
            "ConfirmationCode": "048213", "Password": "Nueva-Clave-2",
        });
        assert_eq!(fake.requests(), [("ConfirmForgotPassword".to_owned(), request)], "sent once");
    }
}

#[tokio::test(start_paused = true)]
async fn an_agent_is_signed_out_everywhere() {
    for (answers, expected) in [
        (vec![Gives(json!({}))], Ok(())),
        (vec![error("UserNotFoundException")], Ok(())),
        (vec![Breaks, Gives(json!({}))], Ok(())),
        (vec![error("AccessDeniedException")], Err("AccessDeniedException")),
        (vec![Hangs], Err("timed out")),
    ] {
        let fake = FakeCognito::new(&[("AdminUserGlobalSignOut", answers)]);
        let done = fake.client().passwords("pool", "client").sign_out(&ana()).await;
        assert_eq!(done.map_err(|failure| failure.detail), expected.map_err(str::to_owned));
        let sent = json!({"UserPoolId": "pool", "Username": "ana@agents.example.com"});
        assert_eq!(fake.requests()[0].1, sent);
    }
}
