//! An agent's password.

use std::time::Duration;

use serde_json::{Value, json};
use support_aws::Timeouts;
use support_core::code::Code;
use support_core::directory::{Locale, SignIn};
use support_core::identity::EmailAddress;
use support_core::password::{NewPassword, TypedPassword};
use support_core::ports::Passwords;
use support_core::recovery::{Account, Confirmed};
use support_core::refusal::Failure;
use tokio::time::Instant;

use crate::Answer::{Breaks, Gives, Hangs};
use crate::{Answer, FakeCognito, error, groups};

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
async fn recovery_reads_what_it_needs_of_an_account() {
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
async fn a_code_is_requested_once_through_the_agents_client() {
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
async fn cognito_judges_a_code_and_a_password_once() {
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
