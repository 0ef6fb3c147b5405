//! What the client reads of each problem: cause, then action.

use std::borrow::Cow;

use support_core::refusal::{NotAllowed, Refusal};
use support_core::status::Status;

/// Why a token that is valid does not name a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unauthenticated {
    /// It is an ID token, or not a token of a user.
    NotAnAccessToken,
    /// The email address is missing, unverified, or cannot receive email.
    AddressNotVerified,
    /// The account has no name to tell the customer.
    NoName,
    /// It is not from the customers' own app, or belongs to a support session.
    NotACustomersOwn,
}

/// Status, slug and texts of a problem.
pub(super) struct ProblemDetails {
    pub status: u16,
    pub slug: &'static str,
    pub title: &'static str,
    pub detail: Cow<'static, str>,
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

    pub fn invalid() -> Self {
        Self::new(
            400,
            "invalid-request",
            "The request isn't valid",
            "Fix the fields listed in `errors`, then send the request again.",
        )
    }

    pub fn unauthenticated(why: Unauthenticated) -> Self {
        Self::new(401, "unauthenticated", "You aren't signed in for this", sign_in(why))
    }

    pub fn unavailable() -> Self {
        Self::new(
            503,
            "unavailable",
            "The service can't answer at the moment",
            "Repeat the call; repeating it is safe. Read first to see how far it went.",
        )
    }

    pub fn unreadable_record() -> Self {
        Self::new(
            409,
            "unreadable-record",
            "The customer's record can't be read",
            "Repeating the call doesn't help. Ask those who maintain the directory to correct the record.",
        )
    }

    pub fn of_another_version() -> Self {
        Self::new(
            503,
            "other-version",
            "A newer version of the service wrote this",
            "This version can't read it, and has changed nothing. Repeat the call in a minute; if that doesn't help, tell the service's operator.",
        )
    }

    pub fn refused(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::NotAllowed(why) => {
                Self::new(403, "not-allowed", "This isn't allowed", not_allowed(*why))
            }
            Refusal::UnknownCustomer => Self::new(
                404,
                "unknown-customer",
                "No customer has this email address",
                "Ask the customer which address they registered with, and check its spelling.",
            ),
            Refusal::NotFound => not_found(
                "You have no verification with this id. Check the id, or start a new verification.",
            ),
            Refusal::NoActivity => {
                not_found("Only a verification of the module `ecosystem-admin` has activity.")
            }
            Refusal::UnknownProcess => {
                not_found("The activity has no item with this id. Read the list again.")
            }
            Refusal::NoGrant => not_found("You have no support grant at the moment."),
            Refusal::WrongStep(status) => Self::new(
                409,
                "wrong-step",
                "The verification is at another step",
                next_step(*status),
            ),
            Refusal::Conflict => Self::new(
                409,
                "conflict",
                "The verification was changed at the same time",
                "Read the verification, then repeat the call if you still want it.",
            ),
            Refusal::GrantExists { expires_at } => Self::new(
                409,
                "grant-exists",
                "You already have a support grant",
                format!("It ends at {expires_at}. Revoke it first, or regenerate its credentials."),
            ),
            Refusal::ConsentRefused => Self::new(
                410,
                "consent-refused",
                "This link is no longer valid",
                "Open the link in the latest email, or ask the agent to send a new one.",
            ),
            Refusal::HandoffRefused => Self::new(
                410,
                "handoff-refused",
                "This handoff isn't valid here",
                "A handoff opens one environment, once, during the session. Ask the agent for a new session.",
            ),
            Refusal::CodeRefused { .. } => Self::new(
                422,
                "code-refused",
                "The code was refused",
                "It is wrong, expired or already used. Check it while attempts are left, or send a new one.",
            ),
            Refusal::EnvironmentRefused => environment_refused(
                "Choose another ecosystem of the customer. The verification lists what each one opens.",
            ),
            Refusal::NotASuccessor => environment_refused(
                "The customer isn't the successor of any ecosystem, and Ecosystem Admin is only for successors. Help them with `technical-assistance`.",
            ),
            Refusal::GrantRefused => grant_refused(
                "They may be wrong, revoked, expired, or another agent's. Check all three with the customer.",
            ),
            Refusal::GrantEndsTooSoon => grant_refused(
                "The support grant ends too soon for a session. Ask the customer for a new one.",
            ),
            Refusal::TooManyRequests { retry_after } => Self::new(
                429,
                "too-many-requests",
                "Too many requests",
                format!("Wait {retry_after} seconds, then repeat the call."),
            ),
        }
    }
}

fn not_found(detail: &'static str) -> ProblemDetails {
    ProblemDetails::new(404, "not-found", "Nothing was found here", detail)
}

fn environment_refused(detail: &'static str) -> ProblemDetails {
    ProblemDetails::new(422, "environment-refused", "Nothing can be opened there", detail)
}

fn grant_refused(detail: &'static str) -> ProblemDetails {
    ProblemDetails::new(422, "grant-refused", "These credentials open nothing", detail)
}

const fn sign_in(why: Unauthenticated) -> &'static str {
    match why {
        Unauthenticated::NotAnAccessToken => {
            "Send the access token of your sign-in as the bearer token, not the ID token."
        }
        Unauthenticated::AddressNotVerified => {
            "Your email address isn't verified. Ask your administrator to verify it, then sign in again."
        }
        Unauthenticated::NotACustomersOwn => {
            "Sign in to your own app, then send the access token of that sign-in as the bearer token."
        }
        Unauthenticated::NoName => {
            "Your account has no name to tell customers. Ask your administrator to add it, then sign in again."
        }
    }
}

const fn not_allowed(why: NotAllowed) -> &'static str {
    match why {
        NotAllowed::Agent => {
            "Your account is disabled or not in the group CustomerService. Ask your administrator, then sign in again."
        }
        NotAllowed::SelfSupport => "This is your own account. Ask a colleague for help with it.",
        NotAllowed::Colleague => {
            "This address belongs to someone who works in support. Their account can't be opened."
        }
        NotAllowed::NoCustomer => "Support can't open this account. Ask for help by telephone.",
        NotAllowed::RecordTooLarge => {
            "The customer's record in the directory is too large for a verification. Have it shortened first."
        }
        NotAllowed::Suspended => {
            "The customer is suspended, so no session can be opened. Have the suspension lifted first."
        }
        NotAllowed::CannotSignIn => {
            "The customer can't sign in, so no session can be opened. `sign_in` says what to fix first."
        }
    }
}

const fn next_step(status: Status) -> &'static str {
    match status {
        Status::Started => "Nobody has authenticated yet. Send the agent's own code first.",
        Status::AgentChallenged => "The agent's own code is next. Enter it, or send it again.",
        Status::AgentVerified => "The agent has authenticated. Send the customer's code next.",
        Status::AwaitingConsent => {
            "The customer's authorization is next. The side that hasn't entered the code yet enters it, or the agent sends it again."
        }
        Status::Consented => {
            "The customer has given authorization. Issue the session, or cancel the verification."
        }
        Status::Minting => {
            "The session is being opened. Read the verification again in a few seconds."
        }
        Status::InSession => "The session is open. End or cancel it, or wait until it ends.",
        Status::Closed => "The verification is closed and can't be reopened. Start a new one.",
    }
}
