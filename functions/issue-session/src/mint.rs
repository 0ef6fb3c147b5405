//! Minting: one pair of tokens for each environment, in parallel, all or none.
//!
//! The lease is committed before Cognito is asked, the session before its handoffs are shown or sent.
//! A cancel, a denial or an end meanwhile wins: then the tokens are dropped unseen.

use futures_util::future::join_all;
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use support_core::attempt::{Decision, attempt, attempt_from};
use support_core::directory::{SignIn, SignInStatus};
use support_core::entitlement::Environment;
use support_core::identity::{LinkToken, VerificationId};
use support_core::mint::{
    Expected, MintTicket, MintTicketId, SessionClaims, TokenFault, check_tokens, session_deadline,
};
use support_core::ports::{
    self, AgentPool, Change, CustomerPool, Directory, Minter, RefreshToken, Saved, TicketChange,
    Verifications,
};
use support_core::refusal::{CallError, Failure, NotAllowed, Refusal};
use support_core::secret::Secret;
use support_core::session::{IssuedHandoff, Opening, SealedSession, Session, Tokens};
use support_core::time::Timestamp;
use support_core::verification::{State, Verification};
use support_gateway::Caller;

use crate::app::App;

/// How often a session is saved again after another write.
const RETRIES: u32 = 3;

/// The mint of one environment's tokens: what it is allowed, and how.
#[derive(Clone)]
struct Pair {
    ticket: MintTicketId,
    answer: Secret,
    claims: SessionClaims,
}

/// A lease that is committed, with the mint tickets that were written with it: one for each environment
/// that the customer was told about.
struct Lease {
    verification: Verification,
    pairs: Vec<Pair>,
}

/// A mint under way: the lease, and what may be opened under it.
pub struct Mint {
    lease: Lease,
    sign_in_status: SignInStatus,
    /// Those of the lease's tickets whose environments the customer is entitled to now, and where in each
    /// environment the session begins.
    pairs: Vec<(Pair, &'static str)>,
}

/// What came of a mint.
pub struct Minted {
    /// The tokens of every environment, in the order of the mint.
    pub tokens: Result<Vec<Tokens>, CallError>,
    /// The refresh tokens of every mint that succeeded, even if another one failed.
    pub refresh: Vec<RefreshToken>,
}

/// Commits the lease together with its mint tickets, so that of parallel calls one goes on, and at the
/// same time checks the agent, the customer's sign-in status and the entitlement as they are now. If the
/// answer is no, the lease is given back, and Cognito was never asked for a token.
pub async fn begin(
    app: &impl App,
    caller: &Caller,
    id: &VerificationId,
    now: Timestamp,
) -> Result<Mint, CallError> {
    let found = app.verifications().load(id).await?.ok_or(Refusal::NotFound)?;
    let found = found.at(now).of(&caller.agent)?;
    if !matches!(found.state, State::Consented { .. }) {
        return Err(found.wrong_step().into());
    }
    found.grant_outlasts_session(&app.settings().limits, now)?;
    let (lease, allowed) =
        tokio::join!(take_lease(app, caller, &found, now), check(app, caller, &found, now));
    let lease = lease?;
    match allowed {
        Ok(Allowed { sign_in_status, environments }) => {
            let pair = |(environment, landing)| {
                let mut pairs = lease.pairs.iter();
                let pair = pairs.find(|pair| pair.claims.environment == environment)?;
                Some((pair.clone(), landing))
            };
            let pairs = environments.into_iter().filter_map(pair).collect();
            Ok(Mint { lease, sign_in_status, pairs })
        }
        Err(error) => {
            free(app, &lease, now).await;
            Err(error)
        }
    }
}

async fn take_lease(
    app: &impl App,
    caller: &Caller,
    found: &Verification,
    now: Timestamp,
) -> Result<Lease, CallError> {
    attempt_from(app.verifications(), found.clone(), now, async |verification, _| {
        let verification = verification.of(&caller.agent)?;
        let next = verification.start_mint(&app.settings().limits, now)?;
        let (Some(attempt), Some(consent)) = (next.mint_attempt(), next.consent()) else {
            return Err(Refusal::Conflict.into());
        };
        let pair = |environment: &Environment| Pair {
            ticket: MintTicketId::new(&next.id, attempt, *environment),
            answer: Secret::generate(&mut UnwrapErr(SysRng)),
            claims: SessionClaims {
                agent_id: caller.agent.id.clone(),
                session: next.id.clone(),
                ecosystem: consent.ecosystem.clone(),
                environment: *environment,
                access: consent.access(),
                visibility: next.visibility(),
            },
        };
        let pairs: Vec<_> = consent.environments.iter().map(pair).collect();
        let tickets = pairs.iter().map(|pair| MintTicket {
            id: pair.ticket.clone(),
            username: next.customer.user_id.clone(),
            client_id: app.settings().client_id.clone(),
            claims: pair.claims.clone(),
            secret: MintTicket::digest(&pair.ticket, &pair.answer, &app.settings().key),
            expires_at: now.plus(app.settings().limits.mint_ticket_seconds),
            answered: false,
        });
        let tickets = TicketChange::Put(tickets.collect());
        let change = Change { tickets, ..Change::to(next.clone()) };
        Ok(Decision::Save(change, Lease { verification: next, pairs }))
    })
    .await
}

/// What may be opened now, and where in it the session begins.
struct Allowed {
    sign_in_status: SignInStatus,
    environments: Vec<(Environment, &'static str)>,
}

async fn check(
    app: &impl App,
    caller: &Caller,
    verification: &Verification,
    now: Timestamp,
) -> Result<Allowed, CallError> {
    let (is_agent, sign_in_status, customer) = tokio::join!(
        app.agents().is_agent(&caller.username),
        app.customers().sign_in_status(&verification.customer.user_id),
        app.directory().find(&verification.customer.email),
    );
    if !is_agent? {
        return Err(NotAllowed::Agent.into());
    }
    let (customer, sign_in_status) = (customer?, sign_in_status?);
    let limits = &app.settings().limits;
    let (ecosystem, environments) =
        verification.may_issue(customer.as_ref(), sign_in_status, limits, now)?;
    let environments = environments.iter().map(|e| (*e, e.landing(ecosystem.role))).collect();
    Ok(Allowed { sign_in_status, environments })
}

/// What Cognito mints under the tickets. It waits for all of them, also after one has failed: a mint that
/// is given up half-way would leave a refresh token that nobody revokes.
pub async fn tokens(app: &impl App, mint: &Mint) -> Minted {
    let user_id = &mint.lease.verification.customer.user_id;
    let minting =
        mint.pairs.iter().map(|(pair, _)| app.minter().mint(user_id, &pair.ticket, &pair.answer));
    let (mut tokens, mut refresh) = (Ok(Vec::new()), Vec::new());
    let mut refused = false;
    for minted in join_all(minting).await {
        match minted {
            Ok(ports::Minted::Tokens(pair, its_refresh)) => {
                refresh.extend(its_refresh);
                if let Ok(tokens) = &mut tokens {
                    tokens.push(pair);
                }
            }
            Ok(ports::Minted::Refused) => refused = true,
            Err(failure) => tokens = Err(failure.into()),
        }
    }
    if refused {
        tokens = Err(why_refused(app, user_id).await);
    }
    Minted { tokens, refresh }
}

/// Cognito says the same of a user whom it refuses and of a ticket that its triggers refuse.
async fn why_refused(app: &impl App, user_id: &str) -> CallError {
    match app.customers().sign_in_status(user_id).await {
        Ok(status) => match status.sign_in {
            SignIn::Confirmed => {
                Failure::clean("cognito", "MINT REFUSED, though the customer can sign in").into()
            }
            SignIn::Unconfirmed
            | SignIn::MustChangePassword
            | SignIn::ResetRequired
            | SignIn::Disabled
            | SignIn::Federated
            | SignIn::Missing => NotAllowed::CannotSignIn.into(),
        },
        Err(failure) => failure.into(),
    }
}

/// Revokes what would outlive the session, best effort.
pub async fn revoke(app: &impl App, refresh: Vec<RefreshToken>) {
    join_all(refresh.into_iter().map(|token| app.minter().revoke(token))).await;
}

/// Checks and seals the tokens and commits the session, if this mint still has its lease. It does not
/// retry as `attempt` does: it starts from the state that it wrote itself, a lost race ends it unless
/// the lease is still its own, and a write whose answer was lost may have been done.
pub async fn finish(
    app: &impl App,
    mint: &Mint,
    page: &LinkToken,
    tokens: &[Tokens],
    now: Timestamp,
) -> Result<(Verification, Vec<IssuedHandoff>), CallError> {
    let leased = &mint.lease.verification;
    let (sealed, handoffs) = seal(app, mint, tokens, now)?;
    let first = sealed.session.handoffs.first().map(|handoff| handoff.environment);
    let mut verification = leased.clone();
    for _ in 0..=RETRIES {
        // The lease may have run out while Cognito was asked.
        let next = verification.at(now).start_session(
            mint.sign_in_status,
            sealed.clone(),
            &page.secret,
            &app.settings().key,
            now,
        )?;
        let tickets = TicketChange::Delete(mint.lease.tickets());
        match app.verifications().save(&Change { tickets, ..Change::to(next.clone()) }).await {
            Ok(Saved::Done) => return Ok((next, handoffs)),
            Ok(Saved::LostRace | Saved::OverQuota(_)) => {
                let found = app.verifications().load(&leased.id).await?;
                let found = found.ok_or(Refusal::NotFound)?;
                if found.mint_attempt() != leased.mint_attempt() {
                    return Err(found.at(now).wrong_step().into());
                }
                // Another call wrote, and the lease is still this one's: a reading was recorded.
                verification = found;
            }
            Err(failure) if failure.maybe_done => {
                // Perhaps the answer was lost and not the write: then these are its tokens.
                let found = app.verifications().load(&leased.id).await?;
                let ours = found.filter(|v| match (&v.state, tokens.first()) {
                    (State::InSession { session, .. }, Some(tokens)) => {
                        let key = &app.settings().key;
                        let handoff = session.handoff_of(tokens.access.expose(), key);
                        handoff.map(|handoff| handoff.environment) == first
                    }
                    (
                        State::InSession { .. }
                        | State::Started { .. }
                        | State::AgentChallenged { .. }
                        | State::AgentVerified { .. }
                        | State::AwaitingConsent { .. }
                        | State::Consented { .. }
                        | State::Minting { .. }
                        | State::Closed(_),
                        _,
                    ) => false,
                });
                return ours.map(|verification| (verification, handoffs)).ok_or(failure.into());
            }
            Err(failure) => return Err(failure.into()),
        }
    }
    Err(Refusal::Conflict.into())
}

/// Checks every token before anything of it is kept, and seals each pair under a handoff of its own.
fn seal(
    app: &impl App,
    mint: &Mint,
    tokens: &[Tokens],
    now: Timestamp,
) -> Result<(SealedSession, Vec<IssuedHandoff>), Failure> {
    let verification = &mint.lease.verification;
    let openings: Vec<_> = mint.pairs.iter().zip(tokens).collect();
    let deadline = openings
        .iter()
        .map(|((pair, _), tokens)| {
            let expected = Expected {
                user_id: &verification.customer.user_id,
                client_id: &app.settings().client_id,
                claims: &pair.claims,
                session_seconds: app.settings().limits.session_seconds,
            };
            check_tokens(tokens, expected, now)
        })
        .collect::<Result<Vec<_>, _>>()
        .and_then(session_deadline)
        .map_err(|TokenFault(claim)| {
            let detail = format!("MINTED TOKENS DISCARDED: {claim} is not as it must be");
            Failure::clean("cognito", detail)
        })?;
    let openings: Vec<_> = openings
        .into_iter()
        .map(|((pair, landing), tokens)| Opening {
            environment: pair.claims.environment,
            landing,
            tokens,
        })
        .collect();
    Ok(Session::seal(
        &verification.id,
        &openings,
        (now, deadline),
        verification.visibility(),
        &app.settings().key,
        &mut UnwrapErr(SysRng),
    ))
}

impl Lease {
    fn tickets(&self) -> Vec<MintTicketId> {
        self.pairs.iter().map(|pair| pair.ticket.clone()).collect()
    }
}

/// Frees the lease of a mint that failed.
pub async fn give_up(app: &impl App, mint: &Mint, now: Timestamp) {
    free(app, &mint.lease, now).await;
}

/// Frees the lease and deletes its tickets, best effort: otherwise both run out. A verification that has
/// moved on is left alone.
async fn free(app: &impl App, lease: &Lease, now: Timestamp) {
    let id = &lease.verification.id;
    let _: Result<(), CallError> =
        attempt(app.verifications(), id, now, async |verification, _| {
            if verification.mint_attempt() != lease.verification.mint_attempt() {
                return Ok(Decision::Answer(()));
            }
            let next = verification.mint_failed(now)?;
            let tickets = TicketChange::Delete(lease.tickets());
            Ok(Decision::Save(Change { tickets, ..Change::to(next) }, ()))
        })
        .await;
}
