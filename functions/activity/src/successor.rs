//! `GET /verifications/{id}/activity` and `…/activity/{process}`: what happened to the successor whom
//! the agent supports, once the customer has consented.
//!
//! A reading is a step of the record like any other, committed before anything is shown.

use support_core::activity::{ActivityView, Item, Position};
use support_core::attempt::{Decision, attempt};
use support_core::directory::{Customer, Process};
use support_core::identity::VerificationId;
use support_core::ports::{Activities, Change, Verifications};
use support_core::refusal::{CallError, Refusal};
use support_core::step_detail::Facts;
use support_core::time::Timestamp;
use support_core::verification::Verification;
use support_gateway::{Answer, Caller, FieldError, Problem, Request};

use crate::app::App;

pub async fn list<I>(
    app: &App<impl Verifications, I, impl Activities>,
    caller: &Caller,
    request: &Request,
) -> Result<Answer, Problem> {
    let id = request.verification_id()?;
    let before = match request.query_parameter("cursor") {
        None => None,
        Some(text) => Some(
            Position::parse(text)
                .ok_or_else(|| FieldError::new("cursor", "must be one that this list gave"))?,
        ),
    };
    let what = Facts::ActivityList { continued: before.is_some() };
    let (verification, customer, processes) =
        read(app, caller, &id, request.now(), |_, _| Some(what.clone())).await?;
    let view = ActivityView::new(&verification, &customer, &processes, before.as_ref());
    Ok(Answer::ok(&view.ok_or_else(|| verification.wrong_step())?))
}

pub async fn one<I>(
    app: &App<impl Verifications, I, impl Activities>,
    caller: &Caller,
    request: &Request,
) -> Result<Answer, Problem> {
    let id = request.verification_id()?;
    let item = request.path_parameter("process")?;
    let what = |verification: &Verification, processes: &[Process]| {
        let id = Item::find(item, processes, &verification.steps)?.recorded_id();
        Some(Facts::ActivityItem { id })
    };
    let (verification, _, processes) = read(app, caller, &id, request.now(), what).await?;
    let found = Item::find(item, &processes, &verification.steps);
    Ok(Answer::ok(&found.ok_or(Refusal::UnknownProcess)?))
}

/// Notes that `what` is read, if that is allowed now and it is there, and gives what to read it from.
async fn read<I>(
    app: &App<impl Verifications, I, impl Activities>,
    caller: &Caller,
    id: &VerificationId,
    now: Timestamp,
    what: impl Fn(&Verification, &[Process]) -> Option<Facts>,
) -> Result<(Verification, Customer, Vec<Process>), CallError> {
    attempt(&app.verifications, id, now, async |verification, _| {
        let verification = verification.of(&caller.agent)?;
        let (customer, processes) =
            app.directory.activity(&verification.customer.email).await?.unzip();
        let processes = processes.unwrap_or_default();
        let read = what(&verification, &processes);
        let next = verification.read_activity(customer.as_ref(), read, &app.limits, now)?;
        let customer = customer.ok_or(Refusal::EnvironmentRefused)?;
        Ok(Decision::Save(Change::to(next.clone()), (next, customer, processes)))
    })
    .await
}
