//! The states of a verification. Each carries exactly its own facts.

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::directory::SignInStatus;
use crate::entitlement::{Environment, Visibility};
use crate::grant_terms::GrantTerms;
use crate::identity::Reason;
use crate::secret::{Digest, Secret};
use crate::session::Session;
use crate::status::{Outcome, Side, Status};
use crate::time::Timestamp;

use super::sent_code::SentCode;

/// Where a verification is, with what is known there.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum State {
    Started {
        idle_at: Timestamp,
    },
    AgentChallenged {
        code: SentCode,
        idle_at: Timestamp,
    },
    AgentVerified {
        #[serde(rename = "standing")]
        sign_in_status: SignInStatus,
        idle_at: Timestamp,
    },
    AwaitingConsent {
        #[serde(rename = "standing")]
        sign_in_status: SignInStatus,
        ask: Ask,
        idle_at: Timestamp,
    },
    Consented {
        #[serde(rename = "standing")]
        sign_in_status: SignInStatus,
        consent: Consent,
        idle_at: Timestamp,
    },
    Minting {
        #[serde(rename = "standing")]
        sign_in_status: SignInStatus,
        consent: Consent,
        idle_at: Timestamp,
        lease_until: Timestamp,
    },
    InSession {
        #[serde(rename = "standing")]
        sign_in_status: SignInStatus,
        consent: Consent,
        session: Session,
    },
    Closed(Closed),
}

/// A customer's consent, asked for: one sending, with its own code and its own page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ask {
    pub code: SentCode,
    pub consent: Consent,
}

/// What goes into one sending to the customer.
#[derive(Debug)]
pub struct Asking<'a> {
    pub ecosystem: &'a str,
    pub code: &'a Code,
    pub page: &'a Secret,
    pub verification_number: String,
}

/// What was asked for, and whose entries of the code are in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Consent {
    pub ecosystem: String,
    pub ecosystem_name: String,
    /// The environments that the customer was told of.
    pub environments: Vec<Environment>,
    /// `None` where a support grant is the consent, and nobody enters a code.
    pub entries: Option<Entries>,
    /// The page in the email that tells of the session; several, while it is not known which email
    /// the customer has.
    pub(super) end_pages: Vec<Digest>,
    /// How often a mint was begun.
    pub(super) mints: u32,
}

/// The entries of a customer's code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entries {
    #[serde(rename = "match_number")]
    pub verification_number: String,
    pub agent: bool,
    pub customer: bool,
    pub(super) page: Digest,
}

/// How it ended, and what of it is still worth showing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Closed {
    pub outcome: Outcome,
    pub at: Timestamp,
    /// The agent's, if he cancelled.
    pub reason: Option<Reason>,
    /// There once the agent had proved himself.
    #[serde(rename = "standing")]
    pub sign_in_status: Option<SignInStatus>,
    pub consent: Option<Consent>,
    pub session: Option<PastSession>,
}

/// A session without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastSession {
    pub started_at: Timestamp,
    pub expires_at: Timestamp,
    pub environments: Vec<Environment>,
    pub visibility: Visibility,
    /// Which environments were opened, and when.
    pub opened: Vec<(Environment, Timestamp)>,
}

impl State {
    pub const fn status(&self) -> Status {
        match self {
            Self::Started { .. } => Status::Started,
            Self::AgentChallenged { .. } => Status::AgentChallenged,
            Self::AgentVerified { .. } => Status::AgentVerified,
            Self::AwaitingConsent { .. } => Status::AwaitingConsent,
            Self::Consented { .. } => Status::Consented,
            Self::Minting { .. } => Status::Minting,
            Self::InSession { .. } => Status::InSession,
            Self::Closed(_) => Status::Closed,
        }
    }

    /// Closed, with what is worth keeping. Tokens, handoffs and codes go.
    pub(super) fn close(self, outcome: Outcome, reason: Option<Reason>, at: Timestamp) -> Self {
        let (sign_in_status, consent, session) = match self {
            Self::Started { .. } | Self::AgentChallenged { .. } => (None, None, None),
            Self::AgentVerified { sign_in_status, .. } => (Some(sign_in_status), None, None),
            Self::AwaitingConsent { sign_in_status, ask, .. } => {
                (Some(sign_in_status), Some(ask.consent), None)
            }
            Self::Consented { sign_in_status, consent, .. }
            | Self::Minting { sign_in_status, consent, .. } => {
                (Some(sign_in_status), Some(consent), None)
            }
            Self::InSession { sign_in_status, consent, session } => {
                let past = PastSession {
                    started_at: session.started_at,
                    expires_at: session.expires_at,
                    environments: session.environments(),
                    visibility: session.visibility,
                    opened: session
                        .handoffs
                        .iter()
                        .filter_map(|h| Some((h.environment, h.redeemed_at?)))
                        .collect(),
                };
                (Some(sign_in_status), Some(consent), Some(past))
            }
            Self::Closed(closed) => return Self::Closed(closed),
        };
        Self::Closed(Closed { outcome, at, reason, sign_in_status, consent, session })
    }
}

impl Consent {
    /// Given beforehand, by a support grant.
    pub(super) fn given(terms: &GrantTerms) -> Self {
        Self {
            ecosystem: terms.ecosystem.clone(),
            ecosystem_name: terms.ecosystem_name.clone(),
            environments: terms.environments.clone(),
            entries: None,
            end_pages: Vec::new(),
            mints: 0,
        }
    }

    /// Whether this side has nothing to enter any more.
    pub(super) fn entered(&self, side: Side) -> bool {
        self.entries.as_ref().is_none_or(|entries| match side {
            Side::Agent => entries.agent,
            Side::Customer => entries.customer,
        })
    }
}
