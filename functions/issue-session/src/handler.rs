//! `POST /verifications/{id}/session`: mints the session, once, and gives its handoffs, once. The
//! minting stands in [`mint`].
//!
//! Four sequential round trips to the store: the verification is read; its lease is written while the
//! customer's record is read; the session is written; and the notice is recorded as sent. In Ecosystem
//! Admin a fifth records what became of the QR code.

use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use serde::Deserialize;
use support_core::attempt::{Decision, attempt_from};
use support_core::email::{AppQr, Picture};
use support_core::email_origin::EmailKind;
use support_core::entitlement::Environment;
use support_core::identity::LinkToken;
use support_core::notices::{self, session_started};
use support_core::ports::{Change, Mailer};
use support_core::refusal::{CallError, Failure};
use support_core::secret::Secret;
use support_core::session::IssuedHandoff;
use support_core::time::Timestamp;
use support_core::verification::{NoticeKind, Side, State, Verification};
use support_core::view::{HandoffView, VerificationView};
use support_gateway::{Answer, Metric, Problem, Request, measure};

use crate::app::{App, NOTICE_WAIT};
use crate::mint::{self, Minted};
use crate::qr;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {}

pub async fn handle(app: &impl App, request: &Request) -> Result<Answer, Problem> {
    let caller = request.agent()?;
    let id = request.verification_id()?;
    let Body {} = request.json()?;
    let mint = mint::begin(app, &caller, &id, request.now()).await?;
    let Minted { tokens, refresh } = mint::tokens(app, &mint).await;
    // Cognito takes its time: the session, its record and its email start now.
    let now = request.later();
    let secret = Secret::generate(&mut UnwrapErr(SysRng));
    let page = LinkToken { verification: id.clone(), secret };
    let finish = async {
        let finished = match tokens {
            Ok(tokens) => mint::finish(app, &mint, &page, &tokens, now).await,
            Err(error) => Err(error),
        };
        if finished.is_err() {
            mint::give_up(app, &mint, now).await;
        }
        finished
    };
    let (finished, ()) = tokio::join!(finish, mint::revoke(app, refresh));
    let (verification, handoffs) = finished?;
    measure(Metric::SessionsStarted, 1);
    let (told, qr_sent) = tokio::join!(
        send_notice(app, verification.clone(), &page, now),
        email_qr(app, &verification, &handoffs),
    );
    let verification = match qr_sent {
        None => told,
        Some(sent) => note_qr(app, told, sent, now).await,
    };
    let handoffs = handoffs
        .into_iter()
        .map(|issued| match (issued.environment, qr_sent) {
            (Environment::App, Some(sent)) => {
                HandoffView::emailed(issued, sent.then_some(&verification.customer.email))
            }
            (environment, _) => {
                HandoffView::new(issued, app.settings().environments.of(environment), qr::svg)
            }
        })
        .collect();
    let location = format!("/verifications/{id}");
    let view = VerificationView::with_handoffs(&verification, &app.settings().limits, handoffs);
    Ok(Answer::created(&location, &view))
}

/// Sends the customer the notice of the session, for as long as the answer can wait.
async fn send_notice(
    app: &impl App,
    verification: Verification,
    page: &LinkToken,
    now: Timestamp,
) -> Verification {
    let page_url = page.page_url(&app.settings().consent_page);
    let email = session_started(&verification, &page_url, &app.settings().time_zone);
    let Some(email) = email else { return verification };
    let (store, kind) = (app.verifications(), NoticeKind::Start);
    let sending = notices::send(store, app.mailer(), &verification, kind, &email, now);
    let failure = match tokio::time::timeout(NOTICE_WAIT, sending).await {
        Ok(Ok(told)) => return told,
        Ok(Err(CallError::Failed(failure))) => failure,
        // Another call has changed it meanwhile: the customer is told of that instead.
        Ok(Err(CallError::Refused(_))) => return verification,
        Err(_) => Failure::unsure("deadline", "telling the customer took too long"),
    };
    warn(&verification, &failure, "customer not told yet");
    verification
}

/// Logs what failed, since the answer does not say so.
fn warn(verification: &Verification, failure: &Failure, what: &'static str) {
    tracing::warn!(
        target: "support",
        verification = verification.id.as_str(),
        service = failure.service,
        detail = failure.detail,
        "{what}"
    );
}

/// Sends the customer the App's QR code, if the customer is its holder: to the customer's mailbox
/// alone. Returns `None` if the agent is the holder, otherwise whether it was sent, as far as is known.
///
/// Only this call has the secret, so nothing can send it again. Unlike the notice of the session, it
/// waits for as long as the mailer does.
async fn email_qr(
    app: &impl App,
    verification: &Verification,
    handoffs: &[IssuedHandoff],
) -> Option<bool> {
    match verification.module.app_qr_holder() {
        Side::Agent => return None,
        Side::Customer => {}
    }
    let handoff = handoffs.iter().find(|handoff| handoff.environment == Environment::App)?;
    let (State::InSession { session, .. }, Some(consent)) =
        (&verification.state, verification.consent())
    else {
        return None;
    };
    let app_url = handoff.url(app.settings().environments.of(Environment::App));
    let Ok(png) = qr::png(&app_url) else { return Some(false) };
    let picture_id = format!("app-qr.{}@support-access", verification.id);
    let mut email = AppQr {
        customer_name: &verification.customer.name,
        agent_name: &verification.agent.name,
        ticket: verification.ticket.as_ref(),
        ecosystem_name: &consent.ecosystem_name,
        session_minutes: app.settings().limits.session_minutes(),
        until: session.expires_at,
        app_url: &app_url,
        picture_id: &picture_id,
        picture_side: png.side,
    }
    .render(&verification.customer.reader(&app.settings().time_zone))
    .of_verification(&verification.id, EmailKind::AppQr, None);
    email.pictures.push(Picture { id: picture_id, name: "qr.png", content: png.content });
    let sent = app.mailer().send(&verification.customer.email, &email).await;
    if let Err(failure) = &sent {
        warn(verification, failure, "QR code not sent");
    }
    Some(sent.is_ok())
}

/// Records what became of the QR code, best effort: the answer says it in any case.
async fn note_qr(
    app: &impl App,
    verification: Verification,
    sent: bool,
    now: Timestamp,
) -> Verification {
    let noting = attempt_from(app.verifications(), verification.clone(), now, async |v, _| {
        Ok(match v.qr_emailed(sent, now) {
            Some(next) => Decision::Save(Change::to(next.clone()), Some(next)),
            None => Decision::Answer(None),
        })
    });
    match tokio::time::timeout(NOTICE_WAIT, noting).await {
        Ok(Ok(Some(noted))) => noted,
        Ok(Ok(None) | Err(_)) | Err(_) => verification,
    }
}
