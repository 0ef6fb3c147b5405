//! `POST /verifications/{id}/mfa`: sends the agent's own code, or asks the customer for consent.

use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use serde::Deserialize;
use support_core::attempt::{Decision, attempt};
use support_core::code::{Code, verification_number};
use support_core::email::{AgentCode, CustomerCode, Email};
use support_core::email_origin::EmailKind;
use support_core::entitlement::Access;
use support_core::identity::{EmailAddress, IdText, LinkToken, VerificationId};
use support_core::limits::{ConsentMode, Limits, Quota};
use support_core::ports::{Change, Mailer, Verifications};
use support_core::refusal::{CallError, Refusal};
use support_core::secret::{HashKey, Secret};
use support_core::time::Timestamp;
use support_core::time_zone::TimeZone;
use support_core::verification::{NewConsentRequest, Verification};
use support_core::view::VerificationView;
use support_gateway::{Answer, Caller, FieldError, Problem, Request};

pub struct App<V, M> {
    pub verifications: V,
    pub mailer: M,
    /// By whose clock times are given to customers whose own is not known.
    pub time_zone: TimeZone,
    pub key: HashKey,
    pub limits: Limits,
    /// The customer's page; its token goes into the fragment.
    pub consent_page: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    to: To,
    ecosystem: Option<IdText>,
    #[serde(default, deserialize_with = "Access::if_given")]
    access: Option<Access>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum To {
    Agent,
    Customer,
}

pub async fn handle(
    app: &App<impl Verifications, impl Mailer>,
    request: &Request,
) -> Result<Answer, Problem> {
    let caller = request.agent()?;
    let id = request.verification_id()?;
    let body: Body = request.json()?;
    let now = request.now();
    let (sent, to, email) = match (body.to, body.ecosystem, body.access) {
        (To::Agent, None, None) => challenge(app, &caller, &id, now).await?,
        (To::Customer, Some(ecosystem), access) => {
            let access = access.unwrap_or_default();
            ask(app, &caller, &id, (ecosystem.as_str(), access), now).await?
        }
        (To::Agent, Some(_), _) => return Err(FieldError::unknown("ecosystem").into()),
        (To::Agent, None, Some(_)) => return Err(FieldError::unknown("access").into()),
        (To::Customer, None, _) => return Err(FieldError::missing("ecosystem").into()),
    };
    if let Err(failure) = app.mailer.send(&to, &email).await {
        // The sending stays counted; its cool-down goes, best effort, so that it can be repeated.
        let _: Result<(), CallError> = attempt(&app.verifications, &id, now, async |v, _| {
            Ok(Decision::Save(Change::to(v.email_failed(&sent, failure.maybe_done, now)?), ()))
        })
        .await;
        return Err(failure.into());
    }
    Ok(Answer::accepted(&VerificationView::new(&sent, &app.limits)))
}

async fn challenge(
    app: &App<impl Verifications, impl Mailer>,
    caller: &Caller,
    id: &VerificationId,
    now: Timestamp,
) -> Result<(Verification, EmailAddress, Email), CallError> {
    let code = Code::generate(&mut UnwrapErr(SysRng));
    let sent = attempt(&app.verifications, id, now, async |verification, _| {
        let next =
            verification.of(&caller.agent)?.challenge_agent(&code, &app.key, &app.limits, now)?;
        Ok(Decision::Save(Change::to(next.clone()), next))
    })
    .await?;
    let email = AgentCode {
        code: &code,
        agent_name: &sent.agent.name,
        minutes: app.limits.code_seconds.div_ceil(60),
    }
    .render(caller.locale)
    .of_verification(id, EmailKind::AgentCode, Some(sent.sends()));
    let to = sent.agent.email.clone();
    Ok((sent, to, email))
}

async fn ask(
    app: &App<impl Verifications, impl Mailer>,
    caller: &Caller,
    id: &VerificationId,
    (ecosystem, access): (&str, Access),
    now: Timestamp,
) -> Result<(Verification, EmailAddress, Email), CallError> {
    let rng = &mut UnwrapErr(SysRng);
    let code = Code::generate(rng);
    let page = LinkToken { verification: id.clone(), secret: Secret::generate(rng) };
    let verification_number = verification_number(rng);
    let sent = attempt(&app.verifications, id, now, async |verification, over| {
        let verification = verification.of(&caller.agent)?;
        let (customer, agent) = (&verification.customer.user_id, &verification.agent.id);
        let emails = [
            Quota::customer_emails(customer, &app.limits, now),
            Quota::customer_emails_by(customer, agent, &app.limits, now),
        ];
        let asking = NewConsentRequest {
            ecosystem,
            access,
            code: &code,
            page: &page.secret,
            verification_number: verification_number.clone(),
        };
        let next = verification.request_consent(asking, &app.key, &app.limits, now)?;
        if let Some(quota) = over {
            return Err(Refusal::until(quota.ends_at, now).into());
        }
        let change = Change::to(next.clone()).counting(emails.map(Quota::spend));
        Ok(Decision::Save(change, next))
    })
    .await?;
    let consent = sent.consent().ok_or_else(|| sent.wrong_step())?;
    let page_url = page.page_url(&app.consent_page);
    let email = CustomerCode {
        customer_name: &sent.customer.name,
        agent_name: &sent.agent.name,
        ticket: sent.ticket.as_ref(),
        ecosystem_name: &consent.ecosystem_name,
        environments: &consent.environments,
        access: consent.access(),
        session_minutes: app.limits.session_minutes(),
        code_minutes: app.limits.code_seconds.div_ceil(60),
        verification_number: &verification_number,
        code: &code,
        page_url: &page_url,
        agent_entry: app.limits.consent_mode == ConsentMode::AgentEntry,
        idle_minutes: app.limits.idle_seconds.div_ceil(60),
        lost_at: sent.expires_at().unwrap_or(now),
    }
    .render(&sent.customer.reader(&app.time_zone))
    .of_verification(id, EmailKind::ConsentRequest, Some(sent.sends()));
    let to = sent.customer.email.clone();
    Ok((sent, to, email))
}
