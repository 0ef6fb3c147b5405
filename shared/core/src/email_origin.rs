//! Where an email comes from, so that one which comes back finds its verification.

use serde::{Deserialize, Serialize};

use crate::identity::VerificationId;

/// An email of a verification, by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmailKind {
    /// The agent's own code.
    AgentCode,
    /// The customer's code, and the page.
    ConsentRequest,
    /// A support grant is used.
    GrantUsed,
    /// A session has started, and how to end it.
    SessionStarted,
    /// The App's QR code.
    AppQr,
    /// How the verification ended, with the receipt.
    Closed,
}

impl EmailKind {
    pub const ALL: [Self; 6] = [
        Self::AgentCode,
        Self::ConsentRequest,
        Self::GrantUsed,
        Self::SessionStarted,
        Self::AppQr,
        Self::Closed,
    ];

    /// Returns the name, which is also its name in a step.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AgentCode => "agent-code",
            Self::ConsentRequest => "consent-request",
            Self::GrantUsed => "grant-used",
            Self::SessionStarted => "session-started",
            Self::AppQr => "app-qr",
            Self::Closed => "closed",
        }
    }

    /// Parses a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Why an email came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned {
    /// It reached nobody.
    Undelivered,
    /// It was delivered, and reported as spam.
    Reported,
}

/// One email of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub verification: VerificationId,
    pub email: EmailKind,
    /// Which sending of its stage it was, from 1, where an email can be asked for again.
    pub number: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_one_that_is_stored() {
        for kind in EmailKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(EmailKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(EmailKind::parse("recovery-code"), None);
    }
}
