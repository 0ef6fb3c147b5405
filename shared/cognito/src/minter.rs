//! Minting: custom auth through the app client `support-access`, whose triggers know the ticket.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::config::http::HttpResponse;
use aws_sdk_cognitoidentityprovider::config::retry::RetryConfig;
use aws_sdk_cognitoidentityprovider::config::{Builder, Config};
use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType, AuthenticationResultType, ChallengeNameType,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use support_aws::Timeouts;
use support_core::mint::{MintTicketId, TICKET_METADATA};
use support_core::ports::{Minted, Minter, RefreshToken};
use support_core::refusal::Failure;
use support_core::secret::Secret;
use support_core::session::Tokens;
use tokio::sync::Mutex;

use crate::{SERVICE, failure};

/// Cognito's word for a request above a quota. It has done nothing then.
const THROTTLED: &str = "TooManyRequestsException";

/// After how long a throttled answer is sent again.
const THROTTLED_WAIT: Duration = Duration::from_secs(1);

/// What a failure says when Cognito does not take the client's secret.
const SECRET_NOT_TAKEN: &str = "the client's secret is not taken";

/// Where the secret of an app client is read. It is read again when Cognito does not take it any more: it can
/// be replaced while functions live.
pub trait ClientSecret: Sync {
    fn fetch(&self) -> impl Future<Output = Result<Secret, Failure>> + Send;
}

/// The secret as Cognito itself gives it, at most five times a second in the whole account.
#[derive(Clone, Debug)]
pub struct SecretOfCognito {
    client: Client,
    pool_id: String,
    client_id: String,
}

impl SecretOfCognito {
    pub(crate) const fn new(client: Client, pool_id: String, client_id: String) -> Self {
        Self { client, pool_id, client_id }
    }
}

impl ClientSecret for SecretOfCognito {
    async fn fetch(&self) -> Result<Secret, Failure> {
        self.client
            .describe_user_pool_client()
            .user_pool_id(&self.pool_id)
            .client_id(&self.client_id)
            .send()
            .await
            .map_err(|error| failure(&error))?
            .user_pool_client
            .and_then(|app| app.client_secret)
            .map(Secret::from)
            .ok_or_else(|| Failure::clean(SERVICE, "the client has no secret"))
    }
}

/// The app client `support-access`.
#[derive(Debug)]
pub struct CognitoMinter<S> {
    client: Client,
    pool_id: String,
    client_id: String,
    /// Locked while it is read again, so that mints that run side by side read it once.
    secret: Mutex<Secret>,
    source: S,
}

impl<S: ClientSecret> CognitoMinter<S> {
    /// Reads the secret for the first time.
    pub(crate) async fn connect(
        client: Client,
        pool_id: String,
        client_id: String,
        source: S,
    ) -> Result<Self, Failure> {
        let secret = Mutex::new(source.fetch().await?);
        Ok(Self { client, pool_id, client_id, secret, source })
    }

    async fn secret(&self) -> Secret {
        self.secret.lock().await.clone()
    }

    /// Returns the secret that has taken the place of `refused`.
    ///
    /// # Errors
    /// It cannot be read, or is still the same.
    async fn secret_after(&self, refused: &Secret) -> Result<Secret, Failure> {
        let mut secret = self.secret.lock().await;
        if secret.expose() == refused.expose() {
            *secret = self.source.fetch().await?;
        }
        if secret.expose() == refused.expose() {
            return Err(Failure::clean(SERVICE, SECRET_NOT_TAKEN));
        }
        tracing::warn!(service = SERVICE, "the client has a new secret");
        Ok(secret.clone())
    }

    /// Proves knowledge of the client's secret for one user.
    fn secret_hash(&self, secret: &Secret, username: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        let mut context = hmac::Context::with_key(&key);
        context.update(username.as_bytes());
        context.update(self.client_id.as_bytes());
        STANDARD.encode(context.sign())
    }

    /// Starts the challenge and returns its session, or `None` if Cognito refuses the user. Repeatable:
    /// a challenge that nobody answers expires.
    async fn initiate(&self, user_id: &str, hash: &str) -> Result<Option<String>, Failure> {
        let answer = self
            .client
            .admin_initiate_auth()
            .user_pool_id(&self.pool_id)
            .client_id(&self.client_id)
            .auth_flow(AuthFlowType::CustomAuth)
            .auth_parameters("USERNAME", user_id)
            .auth_parameters("SECRET_HASH", hash)
            .customize()
            .config_override(timeouts(Timeouts::MINT))
            .send()
            .await;
        match answer {
            Ok(answer) => match (answer.challenge_name, answer.session) {
                (Some(ChallengeNameType::CustomChallenge), Some(session)) => Ok(Some(session)),
                _ => Err(Failure::clean(SERVICE, "not the challenge that was asked for")),
            },
            Err(error) => refused(&error).map(|()| None),
        }
    }

    /// Answers the challenge and returns what Cognito issues, or `None` if it refuses the answer.
    ///
    /// The answer is sent once, unless Cognito has throttled it: the first answer that arrives uses up the challenge's session, so that
    /// Cognito would refuse a second one after a timeout although the first had minted. Better an
    /// unsure failure, and another attempt with another ticket. Tokens lost that way never left
    /// Cognito.
    async fn respond(
        &self,
        user_id: &str,
        hash: &str,
        session: String,
        ticket: &MintTicketId,
        answer: &Secret,
    ) -> Result<Option<AuthenticationResultType>, Failure> {
        let answer = self
            .client
            .admin_respond_to_auth_challenge()
            .user_pool_id(&self.pool_id)
            .client_id(&self.client_id)
            .challenge_name(ChallengeNameType::CustomChallenge)
            .session(session)
            .challenge_responses("USERNAME", user_id)
            .challenge_responses("SECRET_HASH", hash)
            .challenge_responses("ANSWER", answer.expose())
            .client_metadata(TICKET_METADATA, ticket.as_str())
            .customize()
            .config_override(timeouts(Timeouts::MINT).retry_config(RetryConfig::disabled()))
            .send()
            .await;
        match answer {
            Ok(answer) => match answer.authentication_result {
                Some(result) => Ok(Some(result)),
                None => Err(Failure::clean(SERVICE, "another challenge instead of tokens")),
            },
            Err(error) => refused(&error).map(|()| None),
        }
    }
}

impl<S: ClientSecret> Minter for CognitoMinter<S> {
    async fn mint(
        &self,
        user_id: &str,
        ticket: &MintTicketId,
        answer: &Secret,
    ) -> Result<Minted, Failure> {
        let known = self.secret().await;
        let mut hash = self.secret_hash(&known, user_id);
        let initiated = match self.initiate(user_id, &hash).await {
            Err(failure) if failure.detail == SECRET_NOT_TAKEN => {
                hash = self.secret_hash(&self.secret_after(&known).await?, user_id);
                self.initiate(user_id, &hash).await?
            }
            initiated => initiated?,
        };
        let Some(session) = initiated else {
            return Ok(Minted::Refused);
        };
        let respond = || self.respond(user_id, &hash, session.clone(), ticket, answer);
        let result = match respond().await {
            // A call that was throttled has used up nothing. Cognito counts by the second, for one user too.
            Err(failure) if failure.detail == THROTTLED => {
                tokio::time::sleep(THROTTLED_WAIT).await;
                respond().await?
            }
            result => result?,
        };
        let Some(result) = result else { return Ok(Minted::Refused) };
        let refresh = result.refresh_token.map(RefreshToken::new);
        if let (Some(access), Some(id)) = (result.access_token, result.id_token) {
            return Ok(Minted::Tokens(Tokens { access: access.into(), id: id.into() }, refresh));
        }
        if let Some(refresh) = refresh {
            self.revoke(refresh).await;
        }
        Err(Failure::clean(SERVICE, "a token is missing"))
    }

    /// Only this function has ever received the token.
    async fn revoke(&self, refresh: RefreshToken) {
        let secret = self.secret().await;
        let revoked = self
            .client
            .revoke_token()
            .client_id(&self.client_id)
            .client_secret(secret.expose())
            .token(refresh.expose())
            .customize()
            .config_override(timeouts(Timeouts::BEST_EFFORT))
            .send()
            .await;
        if let Err(error) = revoked {
            let failure = failure(&error);
            tracing::warn!(service = SERVICE, detail = failure.detail, "refresh token not revoked");
        }
    }
}

fn timeouts(timeouts: Timeouts) -> Builder {
    Config::builder().timeout_config(timeouts.into())
}

/// Whether Cognito refused the user permanently. A client secret that Cognito no longer accepts has
/// the same error code, but is a fault of the deployment and not a refusal.
fn refused<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Result<(), Failure> {
    const REFUSALS: [&str; 4] = [
        "NotAuthorizedException",
        "UserNotFoundException",
        "UserNotConfirmedException",
        "PasswordResetRequiredException",
    ];
    let said = error.as_service_error();
    if said.and_then(|e| e.message()).is_some_and(|text| text.contains("secret hash")) {
        return Err(Failure::clean(SERVICE, SECRET_NOT_TAKEN));
    }
    match said.and_then(|e| e.code()) {
        Some(code) if REFUSALS.contains(&code) => Ok(()),
        _ => Err(failure(error)),
    }
}
