//! An agent's forgotten password. Cognito makes the code, emails it and judges it.

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::config::Config;
use aws_sdk_cognitoidentityprovider::config::retry::RetryConfig;
use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata;
use support_aws::Timeouts;
use support_core::code::Code;
use support_core::directory::Locale;
use support_core::identity::EmailAddress;
use support_core::password::NewPassword;
use support_core::ports::Passwords;
use support_core::recovery::{Account, Confirmed};
use support_core::refusal::Failure;

use crate::agents::CognitoAgents;
use crate::customers::sign_in;
use crate::{failure, user};

/// Passwords of the agents' pool, through one of its app clients.
#[derive(Clone, Debug)]
pub struct CognitoPasswords {
    pub(crate) agents: CognitoAgents,
    pub(crate) client_id: String,
}

impl CognitoPasswords {
    fn client(&self) -> &Client {
        &self.agents.client
    }
}

impl Passwords for CognitoPasswords {
    async fn account(&self, email: &EmailAddress) -> Result<Option<Account>, Failure> {
        let found = user(self.client(), &self.agents.pool_id, email.as_str()).await?;
        let Some(user) = found else { return Ok(None) };
        let in_group = self.agents.in_group(email.as_str()).await?;
        let attribute = |name: &str| {
            let found = user.user_attributes().iter().find(|attribute| attribute.name() == name);
            found.and_then(|attribute| attribute.value()).unwrap_or_default()
        };
        Ok(Some(Account {
            sign_in: sign_in(&user)?,
            address_verified: attribute("email_verified") == "true",
            in_group,
            name: attribute("name").to_owned(),
            locale: Locale::of_tag(attribute("locale")),
        }))
    }

    /// Sends the request once, with the time that the custom message trigger and the email need. The
    /// queue repeats the job if it fails, and a second email makes the first code worthless.
    async fn send_code(&self, email: &EmailAddress) -> Result<bool, Failure> {
        let answer = self
            .client()
            .forgot_password()
            .client_id(&self.client_id)
            .username(email.as_str())
            .customize()
            .config_override(once())
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error().and_then(|e| e.code()) {
                Some(
                    "UserNotFoundException"
                    | "NotAuthorizedException"
                    | "InvalidParameterException"
                    | "LimitExceededException",
                ) => Ok(false),
                _ => Err(failure(&error)),
            },
        }
    }

    /// Sends the request once: the first call that arrives uses up the code, so that Cognito would
    /// refuse a second one after a timeout although the first had changed the password.
    async fn confirm(
        &self,
        email: &EmailAddress,
        code: &Code,
        password: &NewPassword,
    ) -> Result<Confirmed, Failure> {
        let answer = self
            .client()
            .confirm_forgot_password()
            .client_id(&self.client_id)
            .username(email.as_str())
            .confirmation_code(code.expose())
            .password(password.expose())
            .customize()
            .config_override(once())
            .send()
            .await;
        let Err(error) = answer else { return Ok(Confirmed::Done) };
        match error.as_service_error().and_then(|e| e.code()) {
            // Which of them applies stays Cognito's secret. An invalid parameter is an account without
            // a verified address, or an address that is too long.
            Some(
                "CodeMismatchException"
                | "ExpiredCodeException"
                | "UserNotFoundException"
                | "UserNotConfirmedException"
                | "NotAuthorizedException"
                | "InvalidParameterException",
            ) => Ok(Confirmed::WrongCode),
            Some("InvalidPasswordException" | "PasswordHistoryPolicyViolationException") => {
                Ok(Confirmed::PasswordRefused)
            }
            Some("TooManyRequestsException") => Ok(Confirmed::Busy),
            Some("LimitExceededException" | "TooManyFailedAttemptsException") => {
                Ok(Confirmed::Locked)
            }
            _ => Err(failure(&error)),
        }
    }

    async fn sign_out(&self, email: &EmailAddress) -> Result<(), Failure> {
        let answer = self
            .client()
            .admin_user_global_sign_out()
            .user_pool_id(&self.agents.pool_id)
            .username(email.as_str())
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                // Removed in the meantime, with all tokens.
                Some(e) if e.is_user_not_found_exception() => Ok(()),
                _ => Err(failure(&error)),
            },
        }
    }
}

fn once() -> aws_sdk_cognitoidentityprovider::config::Builder {
    Config::builder().timeout_config(Timeouts::MINT.into()).retry_config(RetryConfig::disabled())
}
