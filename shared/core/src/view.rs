//! What the API shows of a verification: to the agent, and to the customer on the consent page.

use std::borrow::Cow;

use serde::Serialize;

use crate::chain::{Action, Actor, Step, Word};
use crate::directory::{CustomerStatus, Locale, Plan, Role, SignIn};
use crate::entitlement::{Access, Environment, Visibility, environments};
use crate::grant_terms::SupportGrantId;
use crate::identity::{Agent, EmailAddress, Reason, TicketNumber, VerificationId};
use crate::limits::Limits;
use crate::session::IssuedHandoff;
use crate::status::{Module, Outcome, Side, Status};
use crate::step_detail::Detail;
use crate::time::Timestamp;
use crate::verification::{State, Verification};

/// A verification as an agent sees it. The customer's data is there only once the agent has
/// authenticated.
#[derive(Debug, Serialize)]
pub struct VerificationView<'a> {
    id: &'a VerificationId,
    module: Module,
    #[serde(skip_serializing_if = "Option::is_none")]
    support_grant: Option<GrantTermsView<'a>>,
    status: Status,
    outcome: Option<Outcome>,
    ticket: Option<&'a str>,
    agent: &'a Agent,
    customer: CustomerView<'a>,
    ecosystem: Option<&'a str>,
    /// What the agent asked for, or the narrower one that the customer allowed.
    access: Option<Access>,
    code: Option<CodeView>,
    consent: Option<ConsentEntries<'a>>,
    session: Option<SessionView<'a>>,
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    expires_at: Option<String>,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<StepView<'a>>>,
}

/// What a customer's own grant allows.
#[derive(Debug, Serialize)]
struct GrantTermsView<'a> {
    id: &'a SupportGrantId,
    expires_at: String,
    visibility: Visibility,
    access: Access,
}

#[derive(Debug, Serialize)]
struct CustomerView<'a> {
    email: String,
    #[serde(flatten)]
    known: Option<KnownCustomer<'a>>,
}

#[derive(Debug, Serialize)]
struct KnownCustomer<'a> {
    name: &'a str,
    status: CustomerStatus,
    sign_in: SignIn,
    mfa: bool,
    ecosystems: Vec<EcosystemView<'a>>,
}

#[derive(Debug, Serialize)]
struct EcosystemView<'a> {
    id: &'a str,
    name: &'a str,
    role: Role,
    plan: Plan,
    environments: Vec<Environment>,
}

#[derive(Debug, Serialize)]
struct CodeView {
    to: &'static str,
    sent_to: String,
    expires_at: String,
    resend_at: String,
    attempts_left: u32,
}

#[derive(Debug, Serialize)]
struct ConsentEntries<'a> {
    #[serde(rename = "match_number")]
    verification_number: &'a str,
    agent_entered: bool,
    customer_entered: bool,
}

#[derive(Debug, Serialize)]
struct SessionView<'a> {
    id: &'a VerificationId,
    expires_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    handoffs: Option<Vec<HandoffView>>,
}

/// A handoff as the agent sees it, once.
#[derive(Serialize)]
pub struct HandoffView {
    environment: Environment,
    landing: String,
    #[serde(flatten)]
    holder: Holder,
}

/// The one side that holds a handoff.
#[derive(Serialize)]
#[serde(untagged)]
enum Holder {
    /// The agent: the secret stands in the fragment of `url`.
    Agent {
        url: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        qr_svg: Option<String>,
    },
    /// The customer, with the masked address it was sent to, or null if it could not be sent.
    Customer { sent_to: Option<String> },
}

impl HandoffView {
    /// Returns a handoff for the agent. `base` is the environment's address; `qr` draws the App's.
    pub fn new(issued: IssuedHandoff, base: &str, qr: impl FnOnce(&str) -> String) -> Self {
        let url = issued.url(base);
        let qr_svg = (issued.environment == Environment::App).then(|| qr(&url));
        let IssuedHandoff { environment, landing, secret: _ } = issued;
        Self { environment, landing, holder: Holder::Agent { url, qr_svg } }
    }

    /// Returns a handoff that was sent to the customer at this address; `None` if it could not be sent.
    pub fn emailed(issued: IssuedHandoff, to: Option<&EmailAddress>) -> Self {
        let IssuedHandoff { environment, landing, secret: _ } = issued;
        Self {
            environment,
            landing,
            holder: Holder::Customer { sent_to: to.map(EmailAddress::masked) },
        }
    }
}

impl std::fmt::Debug for HandoffView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HandoffView({})", self.environment.as_str())
    }
}

#[derive(Debug, Serialize)]
struct StepView<'a> {
    seq: u32,
    at: String,
    actor: &'a Word<Actor>,
    action: &'a Word<Action>,
    detail: Option<Cow<'a, Detail>>,
}

impl<'a> VerificationView<'a> {
    /// The verification with its steps. It must have been read [`at`](Verification::at) now.
    pub fn new(verification: &'a Verification, limits: &Limits) -> Self {
        let steps = verification.steps.iter().map(StepView::from).collect();
        Self { steps: Some(steps), ..Self::listed(verification, limits) }
    }

    /// The verification with its handoffs, shown this once.
    pub fn with_handoffs(
        verification: &'a Verification,
        limits: &Limits,
        handoffs: Vec<HandoffView>,
    ) -> Self {
        let mut view = Self::new(verification, limits);
        if let Some(session) = &mut view.session {
            session.handoffs = Some(handoffs);
        }
        view
    }

    /// The verification as a listing shows it, without steps.
    pub fn listed(verification: &'a Verification, limits: &Limits) -> Self {
        let closed = match &verification.state {
            State::Closed(closed) => Some(closed),
            State::Started { .. }
            | State::AgentChallenged { .. }
            | State::AgentVerified { .. }
            | State::AwaitingConsent { .. }
            | State::Consented { .. }
            | State::Minting { .. }
            | State::InSession { .. } => None,
        };
        let consent = verification.consent();
        Self {
            id: &verification.id,
            module: verification.module,
            support_grant: verification.support_grant.as_ref().map(|terms| GrantTermsView {
                id: &terms.id,
                expires_at: terms.expires_at.to_string(),
                visibility: terms.visibility,
                access: terms.access,
            }),
            status: verification.status(),
            outcome: closed.map(|closed| closed.outcome),
            ticket: verification.ticket.as_ref().map(TicketNumber::as_str),
            agent: &verification.agent,
            customer: CustomerView::new(verification, limits),
            ecosystem: consent.map(|consent| consent.ecosystem.as_str()),
            access: consent.and_then(|consent| consent.access),
            code: code_view(verification, limits),
            consent: consent.and_then(|consent| consent.entries.as_ref()).map(|entries| {
                ConsentEntries {
                    verification_number: &entries.verification_number,
                    agent_entered: entries.agent,
                    customer_entered: entries.customer,
                }
            }),
            session: session(verification).map(|(deadline, _)| SessionView {
                id: &verification.id,
                expires_at: deadline.to_string(),
                handoffs: None,
            }),
            reason: closed.and_then(|closed| closed.reason.as_ref()).map(Reason::as_str),
            note: closed.and_then(|closed| closed.note.as_ref()).map(Reason::as_str),
            expires_at: verification.expires_at().map(|at| at.to_string()),
            created_at: verification.created_at.to_string(),
            steps: None,
        }
    }
}

impl<'a> CustomerView<'a> {
    fn new(verification: &'a Verification, limits: &Limits) -> Self {
        let customer = &verification.customer;
        let known = verification.sign_in_status().map(|sign_in_status| KnownCustomer {
            name: &customer.name,
            status: customer.status,
            sign_in: sign_in_status.sign_in,
            mfa: sign_in_status.mfa,
            ecosystems: customer
                .ecosystems
                .iter()
                .filter(|ecosystem| verification.serves(ecosystem))
                .map(|ecosystem| EcosystemView {
                    id: &ecosystem.id,
                    name: &ecosystem.name,
                    role: ecosystem.role,
                    plan: ecosystem.plan,
                    environments: environments(ecosystem, limits.rcm_for_members),
                })
                .collect(),
        });
        Self { email: customer.email.masked(), known }
    }
}

impl<'a> From<&'a Step> for StepView<'a> {
    fn from(step: &'a Step) -> Self {
        let Step { seq, at, actor, action, detail, hash: _ } = step;
        Self {
            seq: *seq,
            at: at.to_string(),
            actor,
            action,
            detail: detail.as_ref().map(Detail::shown),
        }
    }
}

fn code_view(verification: &Verification, limits: &Limits) -> Option<CodeView> {
    let (code, side) = verification.sent_code()?;
    let (to, email) = match side {
        Side::Agent => ("agent", &verification.agent.email),
        Side::Customer => ("customer", &verification.customer.email),
    };
    Some(CodeView {
        to,
        sent_to: email.masked(),
        expires_at: code.expires_at.to_string(),
        resend_at: code.resend_at.to_string(),
        attempts_left: code.attempts_left(limits),
    })
}

/// The deadline of the session that there is or was, and what it opened. Entitlement is decided again
/// when a session is issued: that may be less than was consented to.
fn session(verification: &Verification) -> Option<(Timestamp, Vec<Environment>)> {
    match &verification.state {
        State::InSession { session, .. } => Some((session.expires_at, session.environments())),
        State::Closed(closed) => {
            closed.session.as_ref().map(|past| (past.expires_at, past.environments.clone()))
        }
        State::Started { .. }
        | State::AgentChallenged { .. }
        | State::AgentVerified { .. }
        | State::AwaitingConsent { .. }
        | State::Consented { .. }
        | State::Minting { .. } => None,
    }
}

/// A verification as the customer sees it on the consent page.
#[derive(Debug, Serialize)]
pub struct ConsentView<'a> {
    status: Status,
    agent: AgentName<'a>,
    ecosystem: EcosystemName<'a>,
    /// What would be opened; once there is a session, what is.
    environments: Vec<Environment>,
    /// What the agent asked for, or the narrower one that the customer allowed.
    access: Access,
    /// How long a session lasts at most.
    minutes: u32,
    #[serde(rename = "match_number")]
    verification_number: Option<&'a str>,
    code_expires_at: Option<String>,
    customer_entered: bool,
    session_expires_at: Option<String>,
    locale: Locale,
}

#[derive(Debug, Serialize)]
struct AgentName<'a> {
    name: &'a str,
}

#[derive(Debug, Serialize)]
struct EcosystemName<'a> {
    id: &'a str,
    name: &'a str,
}

impl<'a> ConsentView<'a> {
    /// `None` where nothing was asked of the customer.
    pub fn new(verification: &'a Verification, limits: &Limits) -> Option<Self> {
        let consent = verification.consent()?;
        let entries = consent.entries.as_ref();
        let (deadline, opened) = session(verification).unzip();
        Some(Self {
            status: verification.status(),
            agent: AgentName { name: &verification.agent.name },
            ecosystem: EcosystemName { id: &consent.ecosystem, name: &consent.ecosystem_name },
            environments: opened.unwrap_or_else(|| consent.environments.clone()),
            access: consent.access(),
            minutes: limits.session_minutes(),
            verification_number: entries.map(|entries| entries.verification_number.as_str()),
            code_expires_at: verification.sent_code().map(|(code, _)| code.expires_at.to_string()),
            customer_entered: entries.is_some_and(|entries| entries.customer),
            session_expires_at: deadline.map(|at| at.to_string()),
            locale: verification.customer.locale,
        })
    }
}
