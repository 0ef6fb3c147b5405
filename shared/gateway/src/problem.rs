//! What the client sees when something is wrong: RFC 9457, and nothing internal.

use std::borrow::Cow;

use aws_lambda_events::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use serde::Serialize;
use support_core::recovery::PasswordRule;
use support_core::refusal::{CallError, Failure, NotAllowed, Refusal};
use support_core::verification::Status;

use crate::answer::{self, Response};

/// Why a call is not done. The third family: it is made of a refusal or a failure, or of what
/// the gateway itself did not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The request is not what the route takes.
    Invalid(Vec<FieldError>),
    /// The token is not one that names an agent.
    Unauthenticated(Unauthenticated),
    /// A rule said no.
    Refused(Refusal),
    /// The world broke: the client learns that it did, the log what.
    Failed(Failure),
}

/// What is wrong with a field of the request. It never holds what was sent, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Path of the field (`code`), or `body` for the whole.
    pub field: String,
    pub detail: Cow<'static, str>,
    /// The rule that is not met, by a name that a form knows, where there are several to meet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
}

/// Why a token, valid as it is, names no agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unauthenticated {
    /// An ID token, or no token of a user at all.
    NotAnAccessToken,
    /// His address is missing, unverified, or not one that email can be sent to.
    AddressNotVerified,
    /// The customer must be told a name.
    NoName,
    /// Not of the customers' own app, or of a support session.
    NotACustomersOwn,
}

impl FieldError {
    pub fn new(field: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), detail: detail.into(), rule: None }
    }

    /// A field that the other fields ask for.
    pub fn missing(field: &'static str) -> Self {
        Self::new(field, "missing")
    }

    /// A field that the other fields leave no place for.
    pub fn unknown(field: &'static str) -> Self {
        Self::new(field, "does not belong here")
    }
}

impl Problem {
    /// The slug, which is also the outcome in the log.
    pub fn slug(&self) -> &'static str {
        self.details().slug
    }

    pub fn status(&self) -> u16 {
        self.details().status
    }

    pub(crate) fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            Self::Invalid(_) | Self::Unauthenticated(_) | Self::Refused(_) => None,
        }
    }

    /// What the client sees of it: the table of the contract's section 4.
    fn details(&self) -> ProblemDetails {
        match self {
            Self::Invalid(_) => ProblemDetails::new(
                400,
                "invalid-request",
                "The request is not valid",
                "Mend what `errors` names and send the request again.",
            ),
            Self::Unauthenticated(why) => ProblemDetails::new(
                401,
                "unauthenticated",
                "You are not signed in for this",
                why.advice(),
            ),
            Self::Refused(Refusal::NotAllowed(why)) => ProblemDetails::new(
                403,
                "not-allowed",
                "This is not allowed",
                advice_not_allowed(*why),
            ),
            Self::Refused(Refusal::UnknownCustomer) => ProblemDetails::new(
                404,
                "unknown-customer",
                "No customer has this address",
                "Ask the customer which address he registered with, and check its spelling.",
            ),
            Self::Refused(Refusal::NotFound) => not_found(
                "You have no verification with this id. Check the id, or start a new verification.",
            ),
            Self::Refused(Refusal::NoActivity) => {
                not_found("Only a verification of the module `ecosystem-admin` has an activity.")
            }
            Self::Refused(Refusal::UnknownProcess) => {
                not_found("The activity has nothing with this id. Read its list again.")
            }
            Self::Refused(Refusal::WrongStep(status)) => ProblemDetails::new(
                409,
                "wrong-step",
                "The verification is at another step",
                advice_next_step(*status),
            ),
            Self::Refused(Refusal::Conflict) => ProblemDetails::new(
                409,
                "conflict",
                "The verification was changed at the same time",
                "Read the verification, and repeat the call if it is still wanted.",
            ),
            Self::Refused(Refusal::CodeRefused { .. }) => ProblemDetails::new(
                422,
                "code-refused",
                "The code was refused",
                "It is wrong, expired or used. Check it while attempts are left, or have a new one sent.",
            ),
            Self::Refused(Refusal::EnvironmentRefused) => environment_refused(
                "Choose another of the customer's ecosystems; the verification lists what each allows.",
            ),
            Self::Refused(Refusal::NotASuccessor) => environment_refused(
                "The customer is successor of no ecosystem, and Ecosystem Admin is for successors. Help him with `technical-assistance`.",
            ),
            Self::Refused(Refusal::ConsentRefused) => ProblemDetails::new(
                410,
                "consent-refused",
                "This link is no longer good",
                "Open the link in the latest email, or ask the agent to send another one.",
            ),
            Self::Refused(Refusal::HandoffRefused) => ProblemDetails::new(
                410,
                "handoff-refused",
                "This handoff is not good here",
                "A handoff opens one environment, once, while the session lasts. Ask the agent for a new session.",
            ),
            Self::Refused(Refusal::GrantExists { expires_at }) => ProblemDetails::new(
                409,
                "grant-exists",
                "A support grant is live already",
                format!("It ends at {expires_at}. Revoke it first, or regenerate its credentials."),
            ),
            Self::Refused(Refusal::NoGrant) => not_found("You have no live support grant."),
            Self::Refused(Refusal::GrantRefused) => grant_refused(
                "Check all three with the customer. They may be wrong, revoked, expired, or another agent's.",
            ),
            Self::Refused(Refusal::GrantEndsTooSoon) => grant_refused(
                "The customer's grant ends too soon for a session. Ask the customer for a new one.",
            ),
            Self::Refused(Refusal::TooManyRequests { retry_after }) => ProblemDetails::new(
                429,
                "too-many-requests",
                "Too many requests",
                format!("Wait {retry_after} seconds, then repeat the call."),
            ),
            Self::Failed(_) => ProblemDetails::new(
                503,
                "unavailable",
                "The service cannot answer at the moment",
                "Repeat the call: that is safe. Reading first shows how far it went.",
            ),
        }
    }

    pub(crate) fn into_response(self, request_id: &str) -> Response {
        let details = self.details();
        let (verification_status, attempts_left, retry_after) = match &self {
            Self::Refused(Refusal::WrongStep(status)) => (Some(status.as_str()), None, None),
            Self::Refused(Refusal::CodeRefused { attempts_left }) => {
                (None, Some(*attempts_left), None)
            }
            Self::Refused(Refusal::TooManyRequests { retry_after }) => {
                (None, None, Some(*retry_after))
            }
            Self::Invalid(_) | Self::Unauthenticated(_) | Self::Refused(_) | Self::Failed(_) => {
                (None, None, None)
            }
        };
        let document = Document {
            r#type: format!("/problems/{}", details.slug),
            title: details.title,
            status: details.status,
            detail: &details.detail,
            request_id,
            errors: match &self {
                Self::Invalid(errors) => errors,
                Self::Unauthenticated(_) | Self::Refused(_) | Self::Failed(_) => &[],
            },
            verification_status,
            attempts_left,
            expires_at: match &self {
                Self::Refused(Refusal::GrantExists { expires_at }) => Some(expires_at.to_string()),
                Self::Invalid(_)
                | Self::Unauthenticated(_)
                | Self::Refused(_)
                | Self::Failed(_) => None,
            },
        };
        // Strings and numbers alone: it cannot but serialize.
        let body = serde_json::to_string(&document).unwrap_or_default();
        let mut response = answer::response(details.status, "application/problem+json", body);
        if let Some(seconds) = retry_after {
            answer::set(&mut response, RETRY_AFTER, &seconds.to_string());
        }
        if let Self::Unauthenticated(_) = self {
            // RFC 6750, section 3.1; RFC 9110 wants a challenge with every 401.
            answer::set(&mut response, WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#);
        }
        response
    }
}

/// All that is not found has one title, as every problem of a type.
fn not_found(detail: &'static str) -> ProblemDetails {
    ProblemDetails::new(404, "not-found", "There is nothing here with this id", detail)
}

fn grant_refused(detail: &'static str) -> ProblemDetails {
    ProblemDetails::new(422, "grant-refused", "These credentials open nothing", detail)
}

fn environment_refused(detail: &'static str) -> ProblemDetails {
    ProblemDetails::new(422, "environment-refused", "Nothing can be opened there", detail)
}

struct ProblemDetails {
    status: u16,
    slug: &'static str,
    title: &'static str,
    detail: Cow<'static, str>,
}

impl ProblemDetails {
    fn new(
        status: u16,
        slug: &'static str,
        title: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { status, slug, title, detail: detail.into() }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts_left: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

impl Unauthenticated {
    const fn advice(self) -> &'static str {
        match self {
            Self::NotAnAccessToken => {
                "Send the access token of your sign-in as the bearer token, not the ID token."
            }
            Self::AddressNotVerified => {
                "Your email address is not verified. Ask your administrator to verify it, then sign in again."
            }
            Self::NotACustomersOwn => {
                "Sign in to your own app, and send the access token of that sign-in as the bearer token."
            }
            Self::NoName => {
                "Your account has no name, which customers are told. Ask your administrator to set it, then sign in again."
            }
        }
    }
}

const fn advice_not_allowed(why: NotAllowed) -> &'static str {
    match why {
        NotAllowed::Agent => {
            "Your account is disabled or not in the group CustomerService. Ask your administrator, then sign in again."
        }
        NotAllowed::SelfSupport => "You cannot support yourself. Ask a colleague.",
        NotAllowed::Colleague => {
            "This address belongs to someone in support, whose account cannot be opened."
        }
        NotAllowed::NoCustomer => "There is no support for this account. Ask for it by telephone.",
        NotAllowed::Suspended => {
            "The customer is suspended, so no session can be opened. Have the suspension lifted first."
        }
        NotAllowed::CannotSignIn => {
            "The customer could not sign in himself, so no session can be opened. `sign_in` says what has to be put right first."
        }
    }
}

const fn advice_next_step(status: Status) -> &'static str {
    match status {
        Status::Started => "Nobody has proved himself yet: the agent has his own code sent first.",
        Status::AgentChallenged => {
            "The agent's own code is next: he enters it, or has it sent again."
        }
        Status::AgentVerified => "The agent has proved himself: the customer's code is sent next.",
        Status::AwaitingConsent => {
            "The customer's consent is next: who has not entered the code yet enters it, or the agent has it sent again."
        }
        Status::Consented => {
            "The customer has consented: the session can be issued, or the verification cancelled."
        }
        Status::Minting => {
            "The session is being opened: read the verification again in some seconds."
        }
        Status::InSession => {
            "The session is open: it can be ended or cancelled, and it ends by itself."
        }
        Status::Closed => {
            "The verification is closed, and nothing opens it again: start a new one."
        }
    }
}

impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(refusal) => refusal.into(),
            CallError::Failed(failure) => failure.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<NotAllowed> for Problem {
    fn from(why: NotAllowed) -> Self {
        Self::Refused(Refusal::NotAllowed(why))
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<PasswordRule> for FieldError {
    fn from(unmet: PasswordRule) -> Self {
        let field = match unmet {
            PasswordRule::Same => "confirm_password",
            PasswordRule::Length
            | PasswordRule::Upper
            | PasswordRule::Lower
            | PasswordRule::Number
            | PasswordRule::Special
            | PasswordRule::NoSpaces => "new_password",
        };
        Self { rule: Some(unmet.name()), ..Self::new(field, unmet.sentence()) }
    }
}

impl From<Vec<PasswordRule>> for Problem {
    fn from(unmet: Vec<PasswordRule>) -> Self {
        Self::Invalid(unmet.into_iter().map(FieldError::from).collect())
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        Self::Invalid(vec![error])
    }
}

impl From<Unauthenticated> for Problem {
    fn from(why: Unauthenticated) -> Self {
        Self::Unauthenticated(why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn sent(problem: Problem) -> (Value, Value) {
        let response = serde_json::to_value(problem.into_response("req-1")).unwrap();
        let body = serde_json::from_str(response["body"].as_str().unwrap()).unwrap();
        (response, body)
    }

    #[test] // P24
    fn each_problem_has_the_status_and_slug_of_the_contract() {
        let cases: [(Problem, u16, &str); 13] = [
            (FieldError::new("code", "x").into(), 400, "invalid-request"),
            (Unauthenticated::NotAnAccessToken.into(), 401, "unauthenticated"),
            (NotAllowed::Colleague.into(), 403, "not-allowed"),
            (Refusal::UnknownCustomer.into(), 404, "unknown-customer"),
            (Refusal::NotFound.into(), 404, "not-found"),
            (Refusal::WrongStep(Status::Closed).into(), 409, "wrong-step"),
            (Refusal::Conflict.into(), 409, "conflict"),
            (Refusal::CodeRefused { attempts_left: 1 }.into(), 422, "code-refused"),
            (Refusal::EnvironmentRefused.into(), 422, "environment-refused"),
            (Refusal::ConsentRefused.into(), 410, "consent-refused"),
            (Refusal::HandoffRefused.into(), 410, "handoff-refused"),
            (Refusal::TooManyRequests { retry_after: 7 }.into(), 429, "too-many-requests"),
            (Failure::clean("dynamodb", "x").into(), 503, "unavailable"),
        ];
        for (problem, status, slug) in cases {
            assert_eq!((problem.status(), problem.slug()), (status, slug));
            let (response, body) = sent(problem);
            assert_eq!(response["statusCode"], status);
            assert_eq!(response["headers"]["content-type"], "application/problem+json");
            assert_eq!(response["headers"]["cache-control"], "no-store");
            assert_eq!(body["type"], format!("/problems/{slug}"));
            assert_eq!(body["status"], status);
            assert_eq!(body["request_id"], "req-1");
            for member in ["title", "detail"] {
                assert!(body[member].as_str().is_some_and(|text| text.len() > 10), "{body}");
            }
        }
    }

    #[test]
    fn each_problem_has_its_own_members_and_no_others() {
        let common = ["detail", "request_id", "status", "title", "type"];
        let members = |problem: Problem| -> Value {
            let (_, mut body) = sent(problem);
            let object = body.as_object_mut().unwrap();
            for name in common {
                assert!(object.remove(name).is_some(), "{name}");
            }
            body
        };
        assert_eq!(
            members(FieldError::new("code", "expected a string").into()),
            json!({"errors": [{"field": "code", "detail": "expected a string"}]})
        );
        assert_eq!(
            members(vec![PasswordRule::Upper, PasswordRule::Same].into()),
            json!({"errors": [
                {"field": "new_password", "rule": "upper",
                 "detail": "at least one upper-case letter, A to Z"},
                {"field": "confirm_password", "rule": "same", "detail": "the same as new_password"},
            ]})
        );
        assert_eq!(
            members(Refusal::WrongStep(Status::AwaitingConsent).into()),
            json!({"verification_status": "awaiting_consent"})
        );
        assert_eq!(
            members(Refusal::CodeRefused { attempts_left: 0 }.into()),
            json!({"attempts_left": 0})
        );
        assert_eq!(members(Refusal::NotFound.into()), json!({}));
    }

    #[test]
    fn who_has_to_wait_is_told_how_long() {
        let (response, body) = sent(Refusal::TooManyRequests { retry_after: 30 }.into());
        assert_eq!(response["headers"]["retry-after"], "30");
        assert_eq!(body["detail"], "Wait 30 seconds, then repeat the call.");
    }

    #[test]
    fn a_401_brings_a_challenge() {
        let (response, _) = sent(Unauthenticated::NoName.into());
        assert_eq!(response["headers"]["www-authenticate"], r#"Bearer error="invalid_token""#);
    }

    #[test] // P25
    fn a_failure_shows_nothing_of_itself() {
        let detail = "ProvisionedThroughputExceeded on table Support-X1";
        let (response, _) = sent(Failure::unsure("dynamodb", detail).into());
        let text = response.to_string();
        for word in ["dynamodb", "Provisioned", "Support-X1"] {
            assert!(!text.contains(word), "{text}");
        }
    }
}
