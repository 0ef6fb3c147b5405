//! `/support-grant`: what a customer offers himself, and what an agent makes of it.

use std::time::Duration;

use support_core::limits::Limits;
use support_core::ports::{
    AgentPool, CustomerPool, Directory, Mailer, Quotas, SupportGrants, Verifications,
};
use support_core::refusal::{Failure, Refusal};
use support_core::secret::HashKey;
use support_core::support_grant::GrantLimits;
use support_core::time_zone::TimeZone;
use support_gateway::{Answer, Problem, Request};

use crate::{customer, redeem};

pub struct App<S, D, A, C, M> {
    pub store: S,
    pub directory: D,
    pub agents: A,
    pub customers: C,
    pub mailer: M,
    /// By whose clock times are given to customers whose own is not known.
    pub time_zone: TimeZone,
    pub key: HashKey,
    pub limits: Limits,
    pub grant_limits: GrantLimits,
    /// The app client of the customers' own app.
    pub client_id: String,
    /// Where an agent enters the credentials.
    pub redeem_url: String,
    /// Where a customer makes and revokes a grant.
    pub page_url: String,
}

/// How often a lost race is tried again, on fresh state.
pub const RETRIES: u32 = 3;

/// How long an answer waits for the customer to be told. What comes to nothing is owed still, and
/// the sweep makes up for it.
pub const TELLING: Duration = Duration::from_secs(2);

pub async fn handle(
    app: &App<
        impl Verifications + SupportGrants + Quotas,
        impl Directory,
        impl AgentPool,
        impl CustomerPool,
        impl Mailer,
    >,
    request: &Request,
) -> Result<Answer, Problem> {
    match request.route() {
        "POST /support-grant" => customer::create(app, request).await,
        "GET /support-grant" => customer::read(app, request).await,
        "DELETE /support-grant" => customer::revoke(app, request).await,
        "GET /support-grant/options" => customer::options(app, request).await,
        "POST /support-grant/regenerate" => customer::regenerate(app, request).await,
        "POST /support-grant/redeem" => redeem::redeem(app, request).await,
        _ => Err(Refusal::NotFound.into()),
    }
}

/// Says that the customer could not be told yet, beside an answer that does not say it.
pub fn not_told(failure: &Failure) {
    tracing::warn!(
        target: "support",
        service = failure.service,
        detail = failure.detail,
        "customer not told yet"
    );
}
