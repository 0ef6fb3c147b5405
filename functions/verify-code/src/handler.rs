//! `POST /verifications/{id}/code`: the agent enters a code: the agent's own, or the customer's.

use serde::Deserialize;
use support_core::attempt::{Decision, attempt, attempt_from};
use support_core::code::Code;
use support_core::consent_entry::{ConsentEntry, decide_consent_entry};
use support_core::identity::VerificationId;
use support_core::limits::{Limits, Quota};
use support_core::ports::{AgentPool, Change, CustomerPool, Verifications};
use support_core::refusal::{CallError, NotAllowed, Refusal};
use support_core::secret::HashKey;
use support_core::time::Timestamp;
use support_core::verification::{Side, Verdict, Verification};
use support_core::view::VerificationView;
use support_gateway::{Answer, Caller, Problem, Request, measure_authorization};

pub struct App<V, A, C> {
    pub verifications: V,
    pub agents: A,
    pub customers: C,
    pub key: HashKey,
    pub limits: Limits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    from: From,
    code: Code,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum From {
    Agent,
    Customer,
}

pub async fn handle(
    app: &App<impl Verifications, impl AgentPool, impl CustomerPool>,
    request: &Request,
) -> Result<Answer, Problem> {
    let caller = request.agent()?;
    let id = request.verification_id()?;
    let Body { from, code } = request.json()?;
    let now = request.now();
    let judged = match from {
        From::Agent => prove(app, &caller, &id, &code, now).await?,
        From::Customer => consent(app, &caller, &id, &code, now).await?,
    };
    let verification = judged?;
    measure_authorization(&verification, now);
    Ok(Answer::ok(&VerificationView::new(&verification, &app.limits)))
}

/// The agent's own code. Cognito is asked now whether the agent is enabled and in the group, since the
/// token may be older than a change of either.
async fn prove(
    app: &App<impl Verifications, impl AgentPool, impl CustomerPool>,
    caller: &Caller,
    id: &VerificationId,
    code: &Code,
    now: Timestamp,
) -> Result<Result<Verification, Refusal>, CallError> {
    let (is_agent, loaded) =
        tokio::join!(app.agents.is_agent(&caller.username), app.verifications.load(id));
    if !is_agent? {
        return Err(NotAllowed::Agent.into());
    }
    let known = loaded?.ok_or(Refusal::NotFound)?;
    let quota = Quota::agent_wrong(&caller.agent.id, &app.limits, now);
    attempt_from(&app.verifications, known, now, async |verification, over| {
        let verification = verification.of(&caller.agent)?;
        let verdict = verification.judge_agent_code(code, &app.key, now)?;
        // Asked whether the code is right or wrong: nothing that others can see may tell (P3).
        let sign_in_status = match over {
            None => Some(app.customers.sign_in_status(&verification.customer.user_id).await?),
            Some(_) => None,
        };
        match (verdict, sign_in_status) {
            (Verdict::Right(right), Some(sign_in_status)) => {
                let next = verification.prove_agent(right, sign_in_status, &app.limits, now)?;
                let change = Change::to(next.clone()).counting([quota.clone().require()]);
                Ok(Decision::Save(change, Ok(next)))
            }
            (Verdict::Wrong | Verdict::Right(_), _) => {
                let (next, attempts_left) = verification.refuse_agent_code(&app.limits, now)?;
                let quota_use = over.is_none().then(|| quota.clone().spend());
                let refusal = Refusal::CodeRefused { attempts_left };
                Ok(Decision::Save(Change::to(next).counting(quota_use), Err(refusal)))
            }
        }
    })
    .await
}

/// The customer's code, as the customer reads it out.
async fn consent(
    app: &App<impl Verifications, impl AgentPool, impl CustomerPool>,
    caller: &Caller,
    id: &VerificationId,
    code: &Code,
    now: Timestamp,
) -> Result<Result<Verification, Refusal>, CallError> {
    attempt(&app.verifications, id, now, async |verification, over| {
        let verification = verification.of(&caller.agent)?;
        let entry = ConsentEntry { side: Side::Agent, code, access: None };
        decide_consent_entry(verification, entry, over.is_some(), &app.key, &app.limits, now)
    })
    .await
}
