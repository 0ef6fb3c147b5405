//! `POST /verifications/{id}/cancel`: the agent stops, in whatever open state, and says why.

use serde::Deserialize;
use support_core::attempt::{Decision, attempt};
use support_core::identity::{New, Reason};
use support_core::limits::Limits;
use support_core::ports::{Change, Verifications};
use support_core::verification::Cancelled;
use support_core::view::VerificationView;
use support_gateway::{Answer, Problem, Request};

pub struct App<V> {
    pub verifications: V,
    pub limits: Limits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The customer reads it.
    reason: New<Reason>,
    /// For agents alone.
    note: Option<New<Reason>>,
}

pub async fn handle(app: &App<impl Verifications>, request: &Request) -> Result<Answer, Problem> {
    let caller = request.agent()?;
    let id = request.verification_id()?;
    let Body { reason: New(reason), note } = request.json()?;
    let note = note.map(|New(note)| note);
    let now = request.now();
    let verification = attempt(&app.verifications, &id, now, async |verification, _| {
        Ok(match verification.of(&caller.agent)?.cancel(reason.clone(), now)? {
            Cancelled::Now(next) => {
                let next = next.with_note(note.clone());
                Decision::Save(Change::to(next.clone()), next)
            }
            Cancelled::Already(verification) => Decision::Answer(verification),
        })
    })
    .await?;
    Ok(Answer::ok(&VerificationView::new(&verification, &app.limits)))
}
