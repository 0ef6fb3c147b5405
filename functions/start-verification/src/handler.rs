//! `POST /verifications`: the look-up. The answer says at once whether the customer exists, and reveals
//! nothing else.

use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use serde::Deserialize;
use support_core::identity::{EmailAddress, New, TicketNumber, VerificationId};
use support_core::limits::{Limits, Quota};
use support_core::ports::{AgentPool, Change, Directory, Quotas, Saved, Verifications};
use support_core::refusal::{NotAllowed, Refusal};
use support_core::time::Timestamp;
use support_core::verification::{Module, Verification};
use support_core::view::VerificationView;
use support_gateway::{Answer, Problem, Request};

pub struct App<V, Q, D, A> {
    pub verifications: V,
    pub quotas: Q,
    pub directory: D,
    pub agents: A,
    pub limits: Limits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    email: New<EmailAddress>,
    #[serde(default)]
    module: AskedModule,
    ticket: Option<New<TicketNumber>>,
}

/// The modules that begin with a look-up. A support grant begins with its credentials.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum AskedModule {
    #[default]
    TechnicalAssistance,
    EcosystemAdmin,
}

impl From<AskedModule> for Module {
    fn from(module: AskedModule) -> Self {
        match module {
            AskedModule::TechnicalAssistance => Self::TechnicalAssistance,
            AskedModule::EcosystemAdmin => Self::EcosystemAdmin,
        }
    }
}

pub async fn handle(
    app: &App<impl Verifications, impl Quotas, impl Directory, impl AgentPool>,
    request: &Request,
) -> Result<Answer, Problem> {
    let caller = request.agent()?;
    let Body { email: New(email), module, ticket } = request.json()?;
    let ticket = ticket.map(|New(ticket)| ticket);
    let now = request.now();

    // Counted before it is looked up, whatever comes of it.
    let lookups = Quota::lookups(&caller.agent.id, &app.limits, now);
    let (counted, customer, colleague) = tokio::join!(
        count(&app.quotas, lookups, now),
        app.directory.find(&email),
        app.agents.has_account(&email),
    );
    counted?;
    if email == caller.agent.email {
        return Err(Refusal::NotAllowed(NotAllowed::SelfSupport).into());
    }
    if colleague? {
        return Err(Refusal::NotAllowed(NotAllowed::Colleague).into());
    }
    let customer = customer?.ok_or(Refusal::UnknownCustomer)?;

    let id = VerificationId::generate(&mut UnwrapErr(SysRng));
    let verification =
        Verification::start(id, module.into(), ticket, caller.agent, customer, &app.limits, now)?;
    request.about(&verification.id);
    match app.verifications.save(&Change::to(verification.clone())).await? {
        Saved::Done => {}
        Saved::LostRace | Saved::OverQuota(_) => return Err(Refusal::Conflict.into()),
    }
    let location = format!("/verifications/{}", verification.id);
    Ok(Answer::created(&location, &VerificationView::new(&verification, &app.limits)))
}

/// Takes one look-up from the agent's quota.
async fn count(quotas: &impl Quotas, lookups: Quota, now: Timestamp) -> Result<(), Problem> {
    match quotas.spend(&lookups.spend()).await? {
        Saved::Done => Ok(()),
        Saved::LostRace => Err(Refusal::Conflict.into()),
        Saved::OverQuota(quota) => Err(Refusal::until(quota.ends_at, now).into()),
    }
}
