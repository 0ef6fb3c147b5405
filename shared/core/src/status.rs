//! The names that a verification goes by: its module, its status, its outcome, and its two sides.

use serde::{Deserialize, Serialize};

use crate::chain::{Action, Actor};
use crate::directory::{Ecosystem, Role};

/// The module of the back office that a verification runs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Module {
    #[default]
    TechnicalAssistance,
    /// Support for the successor of an ecosystem.
    EcosystemAdmin,
    /// Support under a grant that the customer made.
    SupportGrant,
}

impl Module {
    /// Returns whether this module supports a customer in `ecosystem`.
    pub(crate) fn serves(self, ecosystem: &Ecosystem) -> bool {
        match self {
            Self::TechnicalAssistance | Self::SupportGrant => true,
            Self::EcosystemAdmin => ecosystem.role == Role::Successor,
        }
    }

    /// Returns the side that gets the App's QR code: one handoff, one holder.
    pub const fn app_qr_holder(self) -> Side {
        match self {
            Self::TechnicalAssistance | Self::SupportGrant => Side::Agent,
            Self::EcosystemAdmin => Side::Customer,
        }
    }
}

/// The name of a state, as the API gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Started,
    AgentChallenged,
    AgentVerified,
    AwaitingConsent,
    Consented,
    Minting,
    InSession,
    Closed,
}

impl Status {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::AgentChallenged => "agent_challenged",
            Self::AgentVerified => "agent_verified",
            Self::AwaitingConsent => "awaiting_consent",
            Self::Consented => "consented",
            Self::Minting => "minting",
            Self::InSession => "in_session",
            Self::Closed => "closed",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The session reached its deadline.
    Completed,
    /// The customer ended the session.
    Ended,
    /// The agent was done, and ended the session or the request.
    Finished,
    /// The agent cancelled.
    Cancelled,
    /// The customer refused.
    Denied,
    /// The idle timeout or the support grant ended it.
    Expired,
    /// Too many wrong codes.
    Locked,
}

impl Outcome {
    pub(crate) const fn action(self) -> Action {
        match self {
            Self::Completed => Action::Completed,
            Self::Ended => Action::Ended,
            Self::Finished => Action::Finished,
            Self::Cancelled => Action::Cancelled,
            Self::Denied => Action::Denied,
            Self::Expired => Action::Expired,
            Self::Locked => Action::Locked,
        }
    }
}

/// One of the two sides of a verification, either of which enters the customer's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Agent,
    Customer,
}

impl Side {
    pub const fn actor(self) -> Actor {
        match self {
            Self::Agent => Actor::Agent,
            Self::Customer => Actor::Customer,
        }
    }
}
