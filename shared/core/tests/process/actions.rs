//! Everything that can be tried on a verification, and the walks that lead to its states.

use support_core::entitlement::{Access, Environment};
use support_core::identity::{LinkToken, Reason};
use support_core::refusal::Refusal;
use support_core::secret::Secret;
use support_core::time::Timestamp;
use support_core::verification::{ClosedByAgent, NewConsentRequest, Side, Verdict, Verification};
use support_testing::samples::{CONFIRMED, Walk, granted, right, wrong};

pub type Next = Result<Verification, Refusal>;

/// Everything that can be tried on a verification.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    Challenge,
    Authenticate,
    AgentWrong,
    RequestConsent,
    AgentEnters,
    CustomerEnters,
    AgentMisreads,
    CustomerMistypes,
    Mint,
    MintFails,
    Session,
    Redeem,
    Finish,
    Cancel,
    CustomerStops,
}

use Action::*;

pub const ACTIONS: [Action; 15] = [
    Challenge,
    Authenticate,
    AgentWrong,
    RequestConsent,
    AgentEnters,
    CustomerEnters,
    AgentMisreads,
    CustomerMistypes,
    Mint,
    MintFails,
    Session,
    Redeem,
    Finish,
    Cancel,
    CustomerStops,
];

pub fn cancel(verification: Verification, now: Timestamp) -> Next {
    let reason = Reason::parse("no need any more").unwrap();
    match verification.cancel(reason, now)? {
        ClosedByAgent::Now(next) | ClosedByAgent::Already(next) => Ok(next),
    }
}

pub fn finish(verification: Verification, now: Timestamp) -> Next {
    match verification.finish(now)? {
        ClosedByAgent::Now(next) | ClosedByAgent::Already(next) => Ok(next),
    }
}

/// Tries `action` on what the walk has come to, as a call at its moment would.
pub fn act(walk: &Walk, action: Action) -> Next {
    let Walk { limits, key, page, now, .. } = walk;
    let now = *now;
    let v = walk.verification.clone().at(now);
    let enter = |v: Verification, side, code| match v.judge_customer_code(side, code, key, now)? {
        Verdict::Right(code) => v.enter_customer_code(code, side, None, limits, now),
        Verdict::Wrong => v.refuse_customer_code(side, limits, now).map(|(next, _)| next),
    };
    match action {
        Challenge => v.challenge_agent(&right(), key, limits, now),
        Authenticate => match v.judge_agent_code(&right(), key, now)? {
            Verdict::Right(code) => v.prove_agent(code, CONFIRMED, limits, now),
            Verdict::Wrong => v.refuse_agent_code(limits, now).map(|(next, _)| next),
        },
        AgentWrong => match v.judge_agent_code(&wrong(), key, now)? {
            Verdict::Right(_) => panic!("the code is wrong"),
            Verdict::Wrong => v.refuse_agent_code(limits, now).map(|(next, _)| next),
        },
        RequestConsent => {
            let asking = NewConsentRequest {
                ecosystem: "eco-1",
                access: Access::View,
                code: &right(),
                page: &page.secret,
                verification_number: "47".into(),
            };
            v.request_consent(asking, key, limits, now)
        }
        AgentEnters => enter(v, Side::Agent, &right()),
        CustomerEnters => enter(v, Side::Customer, &right()),
        AgentMisreads => enter(v, Side::Agent, &wrong()),
        CustomerMistypes => enter(v, Side::Customer, &wrong()),
        Mint => v.start_mint(limits, now),
        MintFails => v.mint_failed(now),
        Session => {
            if v.consent().is_none() {
                return Err(v.wrong_step());
            }
            let (session, _) = walk.sealed();
            v.start_session(CONFIRMED, session, &page.secret, key, now)
        }
        Redeem => {
            let secret = session_secret(walk);
            let customer = v.customer.clone();
            v.redeem(Environment::Web, &secret, Some(&customer), key, limits, now)
        }
        Finish => finish(v, now),
        Cancel => cancel(v, now),
        CustomerStops => v.stop_by_customer(now),
    }
}

/// The secret of the Web handoff: [`Walk::sealed`] makes the same one every time.
pub fn session_secret(walk: &Walk) -> Secret {
    if walk.verification.consent().is_none() {
        return Secret::from("none".to_owned());
    }
    let (_, handoffs) = walk.sealed();
    let web = handoffs.iter().find(|h| h.environment == Environment::Web).unwrap();
    LinkToken::parse(web.secret.expose()).unwrap().secret
}

/// How a walk begins.
pub type Start = fn() -> Walk;

pub fn by_look_up() -> Walk {
    Walk::start(1)
}

pub fn under_a_grant() -> Walk {
    Walk::redeem(1, granted("carla", None).0).0
}

/// A walk that comes as far as `reach`, past every cool-down.
pub fn at(start: Start, reach: impl Fn(&mut Walk)) -> Walk {
    let mut walk = start();
    reach(&mut walk);
    walk.wait(31);
    walk
}

/// The same, after `last`.
pub fn after(start: Start, reach: impl Fn(&mut Walk), last: Action) -> Walk {
    let mut walk = at(start, reach);
    walk.verification = act(&walk, last).unwrap();
    walk
}

/// A walk at each status that can be reached however it begins, and one for each way to be closed.
pub fn everywhere_from(start: Start) -> Vec<(&'static str, Walk)> {
    let mut locked = at(start, |w| _ = w.challenge());
    for _ in 0..5 {
        locked.verification = act(&locked, AgentWrong).unwrap();
    }
    let mut expired = at(start, |_| {});
    expired.wait(900);
    let mut completed = at(start, |w| _ = w.session());
    completed.wait(300);
    let mut lapsed = at(start, |w| _ = w.mint());
    lapsed.wait(45);
    vec![
        ("started", at(start, |_| {})),
        ("agent_challenged", at(start, |w| _ = w.challenge())),
        ("consented", at(start, |w| _ = w.consent())),
        ("minting", at(start, |w| _ = w.mint())),
        ("lease lapsed", lapsed),
        ("in_session", at(start, |w| _ = w.session())),
        ("completed", completed),
        ("ended", after(start, |w| _ = w.session(), CustomerStops)),
        ("finished", after(start, |w| _ = w.session(), Finish)),
        ("cancelled", after(start, |w| _ = w.mint(), Cancel)),
        ("denied", after(start, |w| _ = w.consent(), CustomerStops)),
        ("expired", expired),
        ("locked", locked),
    ]
}

/// Those that begin with a look-up, and the states in which the customer is asked.
pub fn everywhere() -> Vec<(&'static str, Walk)> {
    let mut all = everywhere_from(by_look_up);
    all.extend([
        ("agent_verified", at(by_look_up, |w| _ = w.prove())),
        ("awaiting_consent", at(by_look_up, |w| _ = w.prove().ask("eco-1"))),
        ("denied", after(by_look_up, |w| _ = w.prove().ask("eco-1"), CustomerStops)),
    ]);
    all
}
