//! The customers' pool: a customer's sign-in status with Cognito.

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::operation::admin_get_user::AdminGetUserOutput;
use aws_sdk_cognitoidentityprovider::types::UserStatusType;
use support_core::directory::{SignIn, SignInStatus};
use support_core::identity::EmailAddress;
use support_core::ports::CustomerPool;
use support_core::refusal::Failure;

use crate::{SERVICE, user};

/// The customers' user pool.
#[derive(Clone, Debug)]
pub struct CognitoCustomers {
    pub(crate) client: Client,
    pub(crate) pool_id: String,
}

impl CustomerPool for CognitoCustomers {
    async fn sign_in_status(&self, user_id: &str) -> Result<SignInStatus, Failure> {
        match user(&self.client, &self.pool_id, user_id).await? {
            Some(user) => sign_in_status(&user),
            None => Ok(SignInStatus { sign_in: SignIn::Missing, mfa: false }),
        }
    }

    async fn account(
        &self,
        user_id: &str,
    ) -> Result<Option<(EmailAddress, SignInStatus)>, Failure> {
        let Some(user) = user(&self.client, &self.pool_id, user_id).await? else { return Ok(None) };
        let address = user.user_attributes().iter().find(|a| a.name() == "email");
        let email = address.and_then(|address| EmailAddress::parse(address.value()?));
        email.map(|email| Ok((email, sign_in_status(&user)?))).transpose()
    }
}

fn sign_in_status(user: &AdminGetUserOutput) -> Result<SignInStatus, Failure> {
    Ok(SignInStatus { sign_in: sign_in(user)?, mfa: has_mfa(user) })
}

/// Reads the status of a user. A status that Cognito does not document for customers is a failure:
/// nobody here knows what it means for a sign-in.
pub(crate) fn sign_in(user: &AdminGetUserOutput) -> Result<SignIn, Failure> {
    if !user.enabled() {
        return Ok(SignIn::Disabled);
    }
    match user.user_status() {
        Some(UserStatusType::Confirmed) => Ok(SignIn::Confirmed),
        Some(UserStatusType::Unconfirmed) => Ok(SignIn::Unconfirmed),
        Some(UserStatusType::ForceChangePassword) => Ok(SignIn::MustChangePassword),
        Some(UserStatusType::ResetRequired) => Ok(SignIn::ResetRequired),
        Some(UserStatusType::ExternalProvider) => Ok(SignIn::Federated),
        Some(other) => Err(Failure::clean(SERVICE, format!("user status {other}"))),
        None => Err(Failure::clean(SERVICE, "no user status")),
    }
}

fn has_mfa(user: &AdminGetUserOutput) -> bool {
    !user.user_mfa_setting_list().is_empty()
        || user.preferred_mfa_setting().is_some_and(|setting| !setting.is_empty())
}
