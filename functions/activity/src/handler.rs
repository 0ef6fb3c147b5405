//! `GET /verifications/{id}` and `POST /verifications/search`: what agents see of their own
//! verifications, and a supervisor of everyone's. It is searched in [`search`](crate::search); a successor's
//! activity is read in [`successor`].

use support_core::ports::{Activities, VerificationIndex, Verifications};
use support_core::refusal::Refusal;
use support_core::view::VerificationView;
use support_gateway::{Answer, Caller, FieldError, Problem, Request};

use crate::app::App;
use crate::search::search;
use crate::successor;

pub async fn handle(
    app: &App<impl Verifications, impl VerificationIndex, impl Activities>,
    request: &Request,
) -> Result<Answer, Problem> {
    let caller = request.agent()?;
    match request.route() {
        "POST /verifications/search" => search(app, &caller, request).await,
        "GET /verifications/{id}/activity" => successor::list(app, &caller, request).await,
        "GET /verifications/{id}/activity/{process}" => successor::one(app, &caller, request).await,
        "GET /verifications/{id}" => one(app, &caller, request).await,
        _ => Err(Refusal::NotFound.into()),
    }
}

async fn one<I, D>(
    app: &App<impl Verifications, I, D>,
    caller: &Caller,
    request: &Request,
) -> Result<Answer, Problem> {
    let id = request.verification_id()?;
    let stored = match request.query_parameter("fresh") {
        None | Some("true") => app.verifications.load(&id).await?,
        Some("false") => {
            request.is_poll();
            app.verifications.glance(&id).await?
        }
        Some(_) => return Err(FieldError::new("fresh", "must be true or false").into()),
    };
    let mut verification = stored.ok_or(Refusal::NotFound)?.at(request.now());
    if !caller.supervisor {
        verification = verification.of(&caller.agent)?;
    }
    Ok(Answer::ok(&VerificationView::new(&verification, &app.limits)))
}
