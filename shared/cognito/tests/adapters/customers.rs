//! The customers' pool.

use serde_json::json;
use support_core::directory::{SignIn, SignInStatus};
use support_core::ports::CustomerPool;
use support_core::refusal::Failure;

use crate::Answer::Gives;
use crate::{Answer, FakeCognito, error, user};

async fn sign_in_status(answer: Answer) -> Result<SignInStatus, Failure> {
    let fake = FakeCognito::new(&[("AdminGetUser", vec![answer])]);
    let sign_in_status = fake.client().customers("pool").sign_in_status("customer-1").await;
    let sent = json!({"UserPoolId": "pool", "Username": "customer-1"});
    assert_eq!(fake.requests()[0].1, sent);
    sign_in_status
}

#[tokio::test]
async fn every_status_has_its_sign_in_status() {
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
async fn an_unknown_status_fails_closed() {
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
async fn a_failure_contains_the_error_code_and_no_name() {
    let failure = sign_in_status(error("InvalidParameterException")).await.unwrap_err();
    assert_eq!(failure, Failure::clean("cognito", "InvalidParameterException"));
}
