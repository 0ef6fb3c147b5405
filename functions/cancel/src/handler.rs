//! `POST /verifications/{id}/finish` and `…/cancel`: agents stop, because they are done, or, in
//! whatever open state, because something went wrong, and then say why.

use serde::Deserialize;
use support_core::attempt::{Decision, attempt};
use support_core::identity::{New, Reason};
use support_core::limits::Limits;
use support_core::ports::{Change, Verifications};
use support_core::refusal::Refusal;
use support_core::verification::ClosedByAgent;
use support_core::view::VerificationView;
use support_gateway::{Answer, Problem, Request};

pub struct App<V> {
    pub verifications: V,
    pub limits: Limits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cancel {
    /// The customer reads it.
    reason: New<Reason>,
    /// For agents alone.
    note: Option<New<Reason>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Finish {}

/// How the agent stops.
enum How {
    Finish,
    Cancel { reason: Reason, note: Option<Reason> },
}

pub async fn handle(app: &App<impl Verifications>, request: &Request) -> Result<Answer, Problem> {
    let caller = request.agent()?;
    let id = request.verification_id()?;
    let how = match request.route() {
        "POST /verifications/{id}/finish" => {
            let Finish {} = request.json()?;
            How::Finish
        }
        "POST /verifications/{id}/cancel" => {
            let Cancel { reason: New(reason), note } = request.json()?;
            How::Cancel { reason, note: note.map(|New(note)| note) }
        }
        _ => return Err(Refusal::NotFound.into()),
    };
    let now = request.now();
    let verification = attempt(&app.verifications, &id, now, async |verification, _| {
        let verification = verification.of(&caller.agent)?;
        let closed = match &how {
            How::Finish => verification.finish(now)?,
            How::Cancel { reason, note } => match verification.cancel(reason.clone(), now)? {
                ClosedByAgent::Now(next) => ClosedByAgent::Now(next.with_note(note.clone())),
                already @ ClosedByAgent::Already(_) => already,
            },
        };
        Ok(match closed {
            ClosedByAgent::Now(next) => Decision::Save(Change::to(next.clone()), next),
            ClosedByAgent::Already(verification) => Decision::Answer(verification),
        })
    })
    .await?;
    Ok(Answer::ok(&VerificationView::new(&verification, &app.limits)))
}
