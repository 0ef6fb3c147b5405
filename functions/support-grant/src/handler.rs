//! `/support-grant`: access that a customer offers beforehand, and the agent who redeems it.

use support_core::refusal::Refusal;
use support_gateway::{Answer, Problem, Request};

use crate::app::App;
use crate::{customer, redeem};

pub async fn handle(app: &impl App, request: &Request) -> Result<Answer, Problem> {
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
