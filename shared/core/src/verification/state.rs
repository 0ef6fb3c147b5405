//! The states of a verification. Each carries exactly its own facts.

use serde::{Deserialize, Serialize};

use crate::chain::Step;
use crate::code::Code;
use crate::directory::SignInStatus;
use crate::entitlement::{Access, Environment, Visibility};
use crate::grant_terms::GrantTerms;
use crate::identity::Reason;
use crate::secret::{Digest, Secret};
use crate::session::{Handoff, Session};
use crate::status::{Outcome, Side, Status};
use crate::step_detail::Facts;
use crate::time::Timestamp;

use super::sent_code::SentCode;

/// The state of a verification, with the facts that belong to it.
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
        #[serde(rename = "ask")]
        request: ConsentRequest,
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

/// A request for the customer's consent: one sending, with its own code and its own page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConsentRequest {
    pub code: SentCode,
    pub consent: Consent,
}

/// What makes a new [`ConsentRequest`].
#[derive(Debug)]
pub struct NewConsentRequest<'a> {
    pub ecosystem: &'a str,
    pub access: Access,
    pub code: &'a Code,
    pub page: &'a Secret,
    pub verification_number: String,
}

/// What the customer was asked to consent to, and which sides have entered the code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Consent {
    pub ecosystem: String,
    pub ecosystem_name: String,
    /// The environments that the customer was told about.
    pub environments: Vec<Environment>,
    /// What the agent asked for, or the narrower one that the customer allowed. The first release's
    /// items do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// `None` where a support grant is the consent, so that no code is entered.
    pub entries: Option<Entries>,
    /// The page that the email about the session links to; several, as long as it is not known which
    /// email arrived.
    pub(super) end_pages: Vec<Digest>,
    /// How many mints were started.
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

/// How a verification ended, and what is kept of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Closed {
    pub outcome: Outcome,
    pub at: Timestamp,
    /// The agent's reason to cancel, which the customer is told.
    pub reason: Option<Reason>,
    /// What the agent noted about it, for agents alone: no email and no receipt has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Reason>,
    /// Known if the agent had authenticated.
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

    /// Closes the state. Tokens, handoffs and codes are dropped.
    /// `steps` are the record up to then.
    pub(super) fn close(
        self,
        outcome: Outcome,
        reason: Option<Reason>,
        at: Timestamp,
        steps: &[Step],
    ) -> Self {
        let (sign_in_status, consent, session) = match self {
            Self::Started { .. } | Self::AgentChallenged { .. } => (None, None, None),
            Self::AgentVerified { sign_in_status, .. } => (Some(sign_in_status), None, None),
            Self::AwaitingConsent { sign_in_status, request, .. } => {
                (Some(sign_in_status), Some(request.consent), None)
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
                        .filter_map(|h| Some((h.environment, opened_at(h, steps)?)))
                        .collect(),
                };
                (Some(sign_in_status), Some(consent), Some(past))
            }
            Self::Closed(closed) => return Self::Closed(closed),
        };
        Self::Closed(Closed { outcome, at, reason, note: None, sign_in_status, consent, session })
    }
}

/// Returns when a handoff was redeemed, if it was.
fn opened_at(handoff: &Handoff, steps: &[Step]) -> Option<Timestamp> {
    let opened = Facts::Environment { environment: handoff.environment }.into();
    let step = steps.iter().find(|step| step.detail.as_ref() == Some(&opened));
    handoff.redeemed_at.or(step.map(|step| step.at))
}

impl Consent {
    /// Returns the consent that a support grant gives beforehand.
    pub(super) fn given(terms: &GrantTerms) -> Self {
        Self {
            ecosystem: terms.ecosystem.clone(),
            ecosystem_name: terms.ecosystem_name.clone(),
            environments: terms.environments.clone(),
            access: Some(terms.access),
            entries: None,
            end_pages: Vec::new(),
            mints: 0,
        }
    }

    /// Returns what the session may do: of two readings the narrower, where nothing was said.
    pub fn access(&self) -> Access {
        self.access.unwrap_or_default()
    }

    /// Returns whether this side has entered the code, or needs not to.
    pub(super) fn has_entered(&self, side: Side) -> bool {
        self.entries.as_ref().is_none_or(|entries| match side {
            Side::Agent => entries.agent,
            Side::Customer => entries.customer,
        })
    }
}
