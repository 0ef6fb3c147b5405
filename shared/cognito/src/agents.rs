//! The agents' pool: who works here, and who may support.

use aws_sdk_cognitoidentityprovider::Client;
use support_core::identity::EmailAddress;
use support_core::ports::AgentPool;
use support_core::refusal::Failure;

use crate::{failure, user};

/// The group of the agents. Compared exactly.
const GROUP: &str = "CustomerService";

/// The agents' user pool.
#[derive(Clone, Debug)]
pub struct CognitoAgents {
    pub(crate) client: Client,
    pub(crate) pool_id: String,
}

impl AgentPool for CognitoAgents {
    async fn has_account(&self, email: &EmailAddress) -> Result<bool, Failure> {
        Ok(self.enabled(email.as_str()).await?.is_some())
    }

    /// Asks both questions at the same time, so that a Cognito that hangs costs one timeout and not two.
    async fn is_agent(&self, username: &str) -> Result<bool, Failure> {
        let (enabled, in_group) =
            tokio::try_join!(self.enabled(username), self.in_group(username))?;
        Ok(enabled == Some(true) && in_group)
    }
}

impl CognitoAgents {
    /// Whether the account is enabled. Returns `None` if there is no account.
    async fn enabled(&self, username: &str) -> Result<Option<bool>, Failure> {
        let user = user(&self.client, &self.pool_id, username).await?;
        Ok(user.map(|user| user.enabled()))
    }

    pub(crate) async fn in_group(&self, username: &str) -> Result<bool, Failure> {
        let mut next = None;
        loop {
            let answer = self
                .client
                .admin_list_groups_for_user()
                .user_pool_id(&self.pool_id)
                .username(username)
                .set_next_token(next)
                .send()
                .await;
            let page = match answer {
                Ok(page) => page,
                Err(error) => match error.as_service_error() {
                    Some(e) if e.is_user_not_found_exception() => return Ok(false),
                    _ => return Err(failure(&error)),
                },
            };
            if page.groups().iter().any(|group| group.group_name() == Some(GROUP)) {
                return Ok(true);
            }
            next = page.next_token;
            if next.is_none() {
                return Ok(false);
            }
        }
    }
}
