//! What the client sees when something is wrong: problem details (RFC 9457), and nothing internal.

mod details;

use std::borrow::Cow;

use aws_lambda_events::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use serde::Serialize;
use support_core::password::PasswordRule;
use support_core::refusal::{CallError, Failure, NotAllowed, Refusal, Unreadable};

use crate::answer::{self, Response};
use details::ProblemDetails;

pub use details::Unauthenticated;

/// Why a call is not done. The third family: made of a refusal, of a failure, or of what the gateway
/// itself rejects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The request is not what the route expects.
    Invalid(Vec<FieldError>),
    /// The token names neither an agent nor a customer who may call the route.
    Unauthenticated(Unauthenticated),
    /// A rule said no.
    Refused(Refusal),
    /// The world broke. The client learns that it did, the log learns what did.
    Failed(Failure),
}

/// What is wrong with a field of the request. It never contains what was sent, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The path of the field (`code`), or `body` for the whole.
    pub field: String,
    pub detail: Cow<'static, str>,
    /// The name of the rule that is not met, where a field has several and a form shows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
}

impl FieldError {
    pub fn new(field: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), detail: detail.into(), rule: None }
    }

    /// A field that the other fields require.
    pub fn missing(field: &'static str) -> Self {
        Self::new(field, "missing")
    }

    /// A field that the other fields rule out.
    pub fn unknown(field: &'static str) -> Self {
        Self::new(field, "not expected with the other fields")
    }
}

impl Problem {
    /// Returns the slug, which is also the outcome in the log.
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

    fn details(&self) -> ProblemDetails {
        match self {
            Self::Invalid(_) => ProblemDetails::invalid(),
            Self::Unauthenticated(why) => ProblemDetails::unauthenticated(*why),
            Self::Refused(refusal) => ProblemDetails::refused(refusal),
            Self::Failed(failure) => match failure.unreadable {
                Some(Unreadable::OtherVersion) => ProblemDetails::of_another_version(),
                Some(Unreadable::DirectoryRecord) => ProblemDetails::unreadable_record(),
                None => ProblemDetails::unavailable(),
            },
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
        // It holds only strings and numbers, which always serialize.
        let body = serde_json::to_string(&document).unwrap_or_default();
        let mut response = answer::response(details.status, "application/problem+json", body);
        if let Some(seconds) = retry_after {
            answer::set(&mut response, RETRY_AFTER, &seconds.to_string());
        }
        if let Self::Unauthenticated(_) = self {
            // RFC 6750, section 3.1; RFC 9110 requires a challenge with every 401.
            answer::set(&mut response, WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#);
        }
        response
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
mod tests;
