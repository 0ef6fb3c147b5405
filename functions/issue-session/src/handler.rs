//! `POST /verifications/{id}/session`: mints the session, once, and gives its handoffs, once.
//!
//! The lease is committed before Cognito is asked, the session before its handoffs are shown or
//! sent. A cancel, a denial or an end meanwhile wins: then the tokens are dropped unseen.

use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use serde::Deserialize;
use support_core::attempt::{Decision, attempt};
use support_core::directory::SignIn;
use support_core::email::{AppQr, Picture};
use support_core::email_origin::EmailKind;
use support_core::entitlement::Environment;
use support_core::identity::{LinkToken, VerificationId};
use support_core::mint::{
    Expected, MintTicket, MintTicketId, SessionClaims, TokenFault, check_tokens,
};
use support_core::notices::{self, session_started};
use support_core::ports::{
    AgentPool, Change, CustomerPool, Directory, Mailer, Minted, Minter, Saved, TicketChange,
    Verifications,
};
use support_core::refusal::{CallError, Failure, NotAllowed, Refusal};
use support_core::secret::Secret;
use support_core::session::{IssuedHandoff, Session, Tokens};
use support_core::time::Timestamp;
use support_core::verification::{NoticeKind, Side, State, Verification};
use support_core::view::{HandoffView, VerificationView};
use support_gateway::{Answer, Caller, Metric, Problem, Request, measure};

use crate::app::{App, NOTICE_WAIT};
use crate::qr;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {}

/// How often a session is saved again after another write.
const RETRIES: u32 = 3;

/// A mint under way: what it was allowed and who may finish it.
struct Mint {
    verification: Verification,
    ticket: MintTicketId,
    answer: Secret,
    claims: SessionClaims,
    environments: Vec<(Environment, &'static str)>,
}

pub async fn handle(app: &impl App, request: &Request) -> Result<Answer, Problem> {
    let caller = request.agent()?;
    let id = request.verification_id()?;
    let Body {} = request.json()?;
    let mint = begin(app, &caller, &id, request.now()).await?;
    let minted = mint_tokens(app, &mint).await;
    // Cognito takes its time: the session, its record and its email start now.
    let now = request.later();
    let secret = Secret::generate(&mut UnwrapErr(SysRng));
    let page = LinkToken { verification: id.clone(), secret };
    let finished = match minted {
        Ok(tokens) => finish(app, &mint, &page, &tokens, now).await,
        Err(error) => Err(error),
    };
    let (verification, handoffs) = match finished {
        Ok(finished) => finished,
        Err(error) => {
            give_up(app, &mint, now).await;
            return Err(error.into());
        }
    };
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

/// Checks the agent, the customer's sign-in status and the entitlement as they are now, and commits the lease together with
/// its mint ticket: of parallel calls, one goes on.
async fn begin(
    app: &impl App,
    caller: &Caller,
    id: &VerificationId,
    now: Timestamp,
) -> Result<Mint, CallError> {
    attempt(app.verifications(), id, now, async |verification, _| {
        let verification = verification.of(&caller.agent)?;
        if !matches!(verification.state, State::Consented { .. }) {
            return Err(verification.wrong_step().into());
        }
        let (is_agent, sign_in_status, customer) = tokio::join!(
            app.agents().is_agent(&caller.username),
            app.customers().sign_in_status(&verification.customer.user_id),
            app.directory().find(&verification.customer.email),
        );
        if !is_agent? {
            return Err(NotAllowed::Agent.into());
        }
        let (customer, sign_in_status) = (customer?, sign_in_status?);
        let (ecosystem, environments) = verification.may_issue(
            customer.as_ref(),
            sign_in_status,
            &app.settings().limits,
            now,
        )?;
        let landings = environments.iter().map(|e| (*e, e.landing(ecosystem.role))).collect();
        let claims = SessionClaims {
            agent_id: caller.agent.id.clone(),
            session: id.clone(),
            ecosystem: ecosystem.id.clone(),
            environments,
            visibility: verification.visibility(),
        };
        let next = verification.start_mint(sign_in_status, &app.settings().limits, now)?;
        let ticket = next.mint_ticket_id().ok_or(Refusal::Conflict)?;
        let answer = Secret::generate(&mut UnwrapErr(SysRng));
        let change = Change {
            ticket: TicketChange::Put(Box::new(MintTicket {
                id: ticket.clone(),
                username: next.customer.user_id.clone(),
                client_id: app.settings().client_id.clone(),
                claims: claims.clone(),
                secret: MintTicket::digest(&ticket, &answer, &app.settings().key),
                expires_at: now.plus(app.settings().limits.mint_ticket_seconds),
                answered: false,
            })),
            ..Change::to(next.clone())
        };
        let mint = Mint { verification: next, ticket, answer, claims, environments: landings };
        Ok(Decision::Save(change, mint))
    })
    .await
}

/// What Cognito mints under the ticket.
async fn mint_tokens(app: &impl App, mint: &Mint) -> Result<Tokens, CallError> {
    let user_id = &mint.verification.customer.user_id;
    match app.minter().mint(user_id, &mint.ticket, &mint.answer).await? {
        Minted::Tokens(tokens) => Ok(tokens),
        // Cognito says the same of a user whom it refuses and of a ticket that its triggers refuse.
        Minted::Refused => match app.customers().sign_in_status(user_id).await?.sign_in {
            SignIn::Confirmed => {
                Err(Failure::clean("cognito", "MINT REFUSED, though the customer can sign in")
                    .into())
            }
            SignIn::Unconfirmed
            | SignIn::MustChangePassword
            | SignIn::ResetRequired
            | SignIn::Disabled
            | SignIn::Federated
            | SignIn::Missing => Err(NotAllowed::CannotSignIn.into()),
        },
    }
}

/// Checks and seals the tokens and commits the session, if this mint still has its lease. It does not
/// retry as `attempt` does: it starts from the state that it wrote itself, a lost race ends it unless
/// the lease is still its own, and a write whose answer was lost may have been done.
async fn finish(
    app: &impl App,
    mint: &Mint,
    page: &LinkToken,
    tokens: &Tokens,
    now: Timestamp,
) -> Result<(Verification, Vec<IssuedHandoff>), CallError> {
    let id = mint.verification.id.clone();
    let expected = Expected {
        user_id: &mint.verification.customer.user_id,
        client_id: &app.settings().client_id,
        claims: &mint.claims,
        session_seconds: app.settings().limits.session_seconds,
    };
    let deadline = check_tokens(tokens, expected, now).map_err(|TokenFault(claim)| {
        let detail = format!("MINTED TOKENS DISCARDED: {claim} is not as it must be");
        Failure::clean("cognito", detail)
    })?;
    let (session, handoffs) = Session::seal(
        &id,
        tokens,
        &mint.environments,
        (now, deadline),
        mint.claims.visibility,
        &app.settings().key,
        &mut UnwrapErr(SysRng),
    );
    let mut verification = mint.verification.clone();
    for _ in 0..=RETRIES {
        // The lease may have run out while Cognito was asked.
        let next = verification.at(now);
        let next = next.start_session(session.clone(), &page.secret, &app.settings().key, now)?;
        let ticket = TicketChange::Delete(mint.ticket.clone());
        match app.verifications().save(&Change { ticket, ..Change::to(next.clone()) }).await {
            Ok(Saved::Done) => return Ok((next, handoffs)),
            Ok(Saved::LostRace | Saved::OverQuota(_)) => {
                let found = app.verifications().load(&id).await?.ok_or(Refusal::NotFound)?;
                if found.mint_ticket_id().as_ref() != Some(&mint.ticket) {
                    return Err(found.at(now).wrong_step().into());
                }
                // Another call wrote, and the lease is still this one's: a reading was recorded.
                verification = found;
            }
            Err(failure) if failure.maybe_done => {
                // Perhaps the answer was lost and not the write: then these are its tokens.
                let found = app.verifications().load(&id).await?;
                let ours = found.filter(|v| match &v.state {
                    State::InSession { session, .. } => {
                        session.is_token(tokens.access.expose(), &app.settings().key)
                    }
                    State::Started { .. }
                    | State::AgentChallenged { .. }
                    | State::AgentVerified { .. }
                    | State::AwaitingConsent { .. }
                    | State::Consented { .. }
                    | State::Minting { .. }
                    | State::Closed(_) => false,
                });
                return ours.map(|verification| (verification, handoffs)).ok_or(failure.into());
            }
            Err(failure) => return Err(failure.into()),
        }
    }
    Err(Refusal::Conflict.into())
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
    let noting = attempt(app.verifications(), &verification.id, now, async |v, _| {
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

/// Frees the lease, best effort: otherwise it runs out. A verification that has moved on is left alone.
async fn give_up(app: &impl App, mint: &Mint, now: Timestamp) {
    let id = &mint.verification.id;
    let _: Result<(), CallError> =
        attempt(app.verifications(), id, now, async |verification, _| {
            if verification.mint_ticket_id().as_ref() != Some(&mint.ticket) {
                return Ok(Decision::Answer(()));
            }
            let ticket = TicketChange::Delete(mint.ticket.clone());
            let next = verification.mint_failed(now)?;
            Ok(Decision::Save(Change { ticket, ..Change::to(next) }, ()))
        })
        .await;
}
