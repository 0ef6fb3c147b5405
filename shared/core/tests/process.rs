//! The process as a table of states and actions, its deadlines, its counts, and a random walk
//! against a model.

use std::sync::Arc;

use proptest::prelude::*;
use support_core::attempt::{Decision, attempt};
use support_core::chain;
use support_core::consent_entry::decide_consent_entry;
use support_core::directory::{CustomerStatus, Role, SignIn, SignInStatus};
use support_core::entitlement::Environment;
use support_core::identity::{LinkToken, Reason};
use support_core::limits::{ConsentMode, Limits};
use support_core::ports::{Change, Verifications};
use support_core::refusal::{CallError, NotAllowed, Refusal};
use support_core::secret::Secret;
use support_core::time::Timestamp;
use support_core::verification::{
    Cancelled, Entries, Module, NewConsentRequest, Outcome, Side, State, Status, Verdict,
    Verification,
};
use support_testing::memory::Memory;
use support_testing::samples::{
    CONFIRMED, NOON, Walk, agent, customer, granted, key, right, rng, versions, wrong,
};

type Next = Result<Verification, Refusal>;

/// Everything that can be tried on a verification.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Action {
    Challenge,
    Prove,
    AgentWrong,
    Ask,
    AgentEnters,
    CustomerEnters,
    AgentMisreads,
    CustomerMistypes,
    Mint,
    MintFails,
    Session,
    Redeem,
    Cancel,
    CallError,
}
use Action::*;

const ACTIONS: [Action; 14] = [
    Challenge,
    Prove,
    AgentWrong,
    Ask,
    AgentEnters,
    CustomerEnters,
    AgentMisreads,
    CustomerMistypes,
    Mint,
    MintFails,
    Session,
    Redeem,
    Cancel,
    CallError,
];

fn cancel(verification: Verification, now: Timestamp) -> Next {
    let reason = Reason::parse("no need any more").unwrap();
    match verification.cancel(reason, now)? {
        Cancelled::Now(next) | Cancelled::Already(next) => Ok(next),
    }
}

/// Tries `action` on what the walk has come to, as a call at its moment would.
fn act(walk: &Walk, action: Action) -> Next {
    let Walk { limits, key, page, now, .. } = walk;
    let now = *now;
    let v = walk.verification.clone().at(now);
    let enter = |v: Verification, side, code| match v.judge_customer_code(side, code, key, now)? {
        Verdict::Right(code) => v.enter_customer_code(code, side, limits, now),
        Verdict::Wrong => v.refuse_customer_code(side, limits, now).map(|(next, _)| next),
    };
    match action {
        Challenge => v.challenge_agent(&right(), key, limits, now),
        Prove => match v.judge_agent_code(&right(), key, now)? {
            Verdict::Right(code) => v.prove_agent(code, CONFIRMED, limits, now),
            Verdict::Wrong => v.refuse_agent_code(limits, now).map(|(next, _)| next),
        },
        AgentWrong => match v.judge_agent_code(&wrong(), key, now)? {
            Verdict::Right(_) => panic!("the code is wrong"),
            Verdict::Wrong => v.refuse_agent_code(limits, now).map(|(next, _)| next),
        },
        Ask => {
            let asking = NewConsentRequest {
                ecosystem: "eco-1",
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
        Mint => v.start_mint(CONFIRMED, limits, now),
        MintFails => v.mint_failed(now),
        Session => {
            if v.consent().is_none() {
                return Err(v.wrong_step());
            }
            let (session, _) = walk.sealed();
            v.start_session(session, &page.secret, key, now)
        }
        Redeem => {
            let secret = session_secret(walk);
            let customer = v.customer.clone();
            v.redeem(Environment::Web, &secret, Some(&customer), key, limits, now)
        }
        Cancel => cancel(v, now),
        CallError => v.stop_by_customer(now),
    }
}

/// The secret of the Web handoff: [`Walk::sealed`] makes the same one every time.
fn session_secret(walk: &Walk) -> Secret {
    if walk.verification.consent().is_none() {
        return Secret::from("none".to_owned());
    }
    let (_, handoffs) = walk.sealed();
    let web = handoffs.iter().find(|h| h.environment == Environment::Web).unwrap();
    LinkToken::parse(web.secret.expose()).unwrap().secret
}

/// How a walk begins.
type Start = fn() -> Walk;

fn by_look_up() -> Walk {
    Walk::start(1)
}

fn under_a_grant() -> Walk {
    Walk::redeem(1, granted("carla", None).0).0
}

/// A walk that comes as far as `reach`, past every cool-down.
fn at(start: Start, reach: impl Fn(&mut Walk)) -> Walk {
    let mut walk = start();
    reach(&mut walk);
    walk.wait(31);
    walk
}

/// The same, after `last`.
fn after(start: Start, reach: impl Fn(&mut Walk), last: Action) -> Walk {
    let mut walk = at(start, reach);
    walk.verification = act(&walk, last).unwrap();
    walk
}

/// A walk at each status that can be reached however it begins, and one for each way to be closed.
fn everywhere_from(start: Start) -> Vec<(&'static str, Walk)> {
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
        ("ended", after(start, |w| _ = w.session(), CallError)),
        ("cancelled", after(start, |w| _ = w.mint(), Cancel)),
        ("denied", after(start, |w| _ = w.consent(), CallError)),
        ("expired", expired),
        ("locked", locked),
    ]
}

/// Those that begin with a look-up, and the states in which the customer is asked.
fn everywhere() -> Vec<(&'static str, Walk)> {
    let mut all = everywhere_from(by_look_up);
    all.extend([
        ("agent_verified", at(by_look_up, |w| _ = w.prove())),
        ("awaiting_consent", at(by_look_up, |w| _ = w.prove().ask("eco-1"))),
        ("denied", after(by_look_up, |w| _ = w.prove().ask("eco-1"), CallError)),
    ]);
    all
}

/// What each action comes to in each state; what is not named is refused as `wrong-step`, or, for
/// whoever comes with a page or a handoff, with that token's own refusal.
#[test] // P10
fn every_state_knows_every_action() {
    use Status::*;
    let allowed: [Allowed; 14] = [
        ("started", &[(Challenge, AgentChallenged), (Cancel, Closed)]),
        (
            "agent_challenged",
            &[
                (Challenge, AgentChallenged),
                (Prove, AgentVerified),
                (AgentWrong, AgentChallenged),
                (Cancel, Closed),
            ],
        ),
        ("agent_verified", &[(Ask, AwaitingConsent), (Cancel, Closed)]),
        (
            "awaiting_consent",
            &[
                (Ask, AwaitingConsent),
                (AgentEnters, AwaitingConsent),
                (CustomerEnters, AwaitingConsent),
                (AgentMisreads, AwaitingConsent),
                (CustomerMistypes, AwaitingConsent),
                (Cancel, Closed),
                (CallError, Closed),
            ],
        ),
        ("consented", &[(Mint, Minting), (Cancel, Closed), (CallError, Closed)]),
        (
            "minting",
            &[(MintFails, Consented), (Session, InSession), (Cancel, Closed), (CallError, Closed)],
        ),
        ("lease lapsed", &[(Mint, Minting), (Cancel, Closed), (CallError, Closed)]),
        ("in_session", &[(Redeem, InSession), (Cancel, Closed), (CallError, Closed)]),
        ("completed", &[]),
        ("ended", &[]),
        ("cancelled", &[(Cancel, Closed)]),
        ("denied", &[]),
        ("expired", &[]),
        ("locked", &[]),
    ];
    assert_eq!(try_everything(everywhere(), &allowed), 15 * 14);
}

/// With a support grant the proof is the consent: the states in which a customer is asked, and all
/// that is done there, are out of reach.
#[test] // P10
fn every_state_under_a_grant_knows_every_action() {
    use Status::*;
    let allowed: [Allowed; 12] = [
        ("started", &[(Challenge, AgentChallenged), (Cancel, Closed)]),
        (
            "agent_challenged",
            &[
                (Challenge, AgentChallenged),
                (Prove, Consented),
                (AgentWrong, AgentChallenged),
                (Cancel, Closed),
            ],
        ),
        ("consented", &[(Mint, Minting), (Cancel, Closed), (CallError, Closed)]),
        (
            "minting",
            &[(MintFails, Consented), (Session, InSession), (Cancel, Closed), (CallError, Closed)],
        ),
        ("lease lapsed", &[(Mint, Minting), (Cancel, Closed), (CallError, Closed)]),
        ("in_session", &[(Redeem, InSession), (Cancel, Closed), (CallError, Closed)]),
        ("completed", &[]),
        ("ended", &[]),
        ("cancelled", &[(Cancel, Closed)]),
        ("denied", &[]),
        ("expired", &[]),
        ("locked", &[]),
    ];
    assert_eq!(try_everything(everywhere_from(under_a_grant), &allowed), 12 * 14);
}

/// What may be done in a state, and what that comes to.
type Allowed = (&'static str, &'static [(Action, Status)]);

/// Tries every action on every walk, and says how many that were.
fn try_everything(walks: Vec<(&'static str, Walk)>, allowed: &[Allowed]) -> usize {
    let mut tried = 0;
    for (name, walk) in walks {
        let (_, allowed) = allowed.iter().find(|(state, _)| *state == name).unwrap();
        for action in ACTIONS {
            tried += 1;
            let before = walk.verification.clone().at(walk.now);
            let expected = allowed.iter().find(|(a, _)| *a == action).map(|(_, status)| *status);
            match (act(&walk, action), expected) {
                (Ok(next), Some(status)) => {
                    assert_eq!(next.status(), status, "{action:?} in {name}");
                    let again = name == "cancelled";
                    let steps = before.steps.len() + usize::from(!again);
                    assert_eq!(next.steps.len(), steps, "{action:?} in {name}: one step (P11)");
                    assert_eq!(chain::check(&next.id, &next.steps), Ok(()));
                }
                (Err(refusal), None) => {
                    let own = match action {
                        Redeem => Refusal::HandoffRefused,
                        CallError => Refusal::ConsentRefused,
                        _ => Refusal::WrongStep(before.status()),
                    };
                    assert_eq!(refusal, own, "{action:?} in {name}");
                }
                (came, expected) => panic!("{action:?} in {name}: {came:?}, not {expected:?}"),
            }
        }
    }
    tried
}

#[test] // P5
fn a_code_is_dead_at_its_deadline() {
    for (seconds, good) in [(299, true), (300, false), (301, false)] {
        let mut walk = Walk::start(1);
        walk.challenge().wait(seconds);
        let verdict = walk.verification.judge_agent_code(&right(), &walk.key, walk.now).unwrap();
        assert_eq!(matches!(verdict, Verdict::Right(_)), good, "own code after {seconds} s");

        let mut walk = Walk::start(1);
        walk.prove().ask("eco-1").wait(seconds);
        for side in [Side::Agent, Side::Customer] {
            let judged = walk.verification.judge_customer_code(side, &right(), &walk.key, walk.now);
            assert_eq!(matches!(judged, Ok(Verdict::Right(_))), good, "{side:?} after {seconds} s");
        }
    }
}

#[test] // P5
fn fifteen_minutes_without_an_act_close_a_verification() {
    for (name, walk) in everywhere().into_iter().chain(everywhere_from(under_a_grant)) {
        let Some(deadline) = walk.verification.clone().at(walk.now).expires_at() else { continue };
        let at = |millis| walk.verification.clone().at(Timestamp::from_millis(millis));
        let outcome = |v: &Verification| match &v.state {
            State::Closed(closed) => Some(closed.outcome),
            _ => None,
        };
        let expected = if name == "in_session" { Outcome::Completed } else { Outcome::Expired };
        assert_eq!(outcome(&at(deadline.millis() - 1)), None, "{name} at T-1");
        assert_eq!(outcome(&at(deadline.millis())), Some(expected), "{name} at T");
        assert_eq!(outcome(&at(deadline.millis() + 1)), Some(expected), "{name} at T+1");
        let seconds = (deadline.millis() - NOON.millis()) / 1000;
        let whole = if name == "in_session" { 300 } else { 900 };
        assert_eq!(seconds, whole, "{name}");
    }
}

#[test] // P5
fn from_the_asking_on_only_the_customer_keeps_it_alive() {
    let mut walk = Walk::start(1);
    walk.prove().wait(100).ask("eco-1");
    let asked = walk.now;
    assert_eq!(walk.verification.expires_at(), Some(asked.plus(900)));
    walk.wait(100).ask("eco-2");
    assert_eq!(walk.verification.expires_at(), Some(asked.plus(900)), "asking again");
    walk.verification = act(&walk, AgentMisreads).unwrap();
    walk.enter(Side::Agent);
    assert_eq!(walk.verification.expires_at(), Some(asked.plus(900)), "the agent's entries");
    walk.wait(50);
    walk.verification = act(&walk, CustomerMistypes).unwrap();
    assert_eq!(walk.verification.expires_at(), Some(walk.now.plus(900)), "the customer's");
}

#[test] // P2, P3
fn five_wrong_entries_lock_a_stage_and_a_resend_gives_none_back() {
    let mut walk = Walk::start(1);
    walk.challenge();
    for left in [4, 3, 2, 1] {
        let (next, attempts_left) =
            walk.verification.clone().refuse_agent_code(&walk.limits, walk.now).unwrap();
        assert_eq!(attempts_left, left);
        walk.verification = next;
        walk.wait(30).challenge();
    }
    let (locked, left) = walk.verification.refuse_agent_code(&walk.limits, walk.now).unwrap();
    assert_eq!(left, 0);
    assert!(matches!(&locked.state, State::Closed(c) if c.outcome == Outcome::Locked));
    let refused = locked.judge_agent_code(&right(), &walk.key, walk.now).unwrap_err();
    assert_eq!(refused, Refusal::WrongStep(Status::Closed));

    // The customer's stage: both sides and another ecosystem count together.
    let mut walk = Walk::start(2);
    walk.prove().ask("eco-1");
    for action in [AgentMisreads, CustomerMistypes, AgentMisreads, CustomerMistypes] {
        walk.verification = act(&walk, action).unwrap();
        walk.wait(30).ask(if action == AgentMisreads { "eco-2" } else { "eco-1" });
    }
    let locked = act(&walk, AgentMisreads).unwrap();
    assert!(matches!(&locked.state, State::Closed(c) if c.outcome == Outcome::Locked));
}

#[test]
fn sendings_cool_down_and_run_out() {
    let mut walk = Walk::start(1);
    walk.challenge().wait(29);
    assert_eq!(act(&walk, Challenge).unwrap_err(), Refusal::TooManyRequests { retry_after: 1 });
    walk.wait(1);
    for _ in 2..=5 {
        walk.challenge().wait(30);
    }
    let idle = walk.verification.expires_at().unwrap();
    let retry_after = idle.seconds_from(walk.now);
    assert_eq!(act(&walk, Challenge).unwrap_err(), Refusal::TooManyRequests { retry_after });
}

#[test] // P26
fn a_mail_that_failed_is_counted_and_not_cooled_down() {
    let mut walk = Walk::start(1);
    walk.challenge();
    assert_eq!(walk.verification.sends(), 1);
    let first = walk.verification.clone();
    walk.verification = first.clone().email_failed(&first, false, walk.now).unwrap();
    walk.challenge();
    assert_eq!(walk.verification.sends(), 2);
    let late = walk.verification.email_failed(&first, false, walk.now).unwrap_err();
    assert_eq!(late, Refusal::WrongStep(Status::AgentChallenged), "of a sending since replaced");
}

#[test] // P9, P34
fn a_resend_kills_code_page_and_entries() {
    let mut walk = Walk::start(1);
    walk.prove().ask("eco-1").enter(Side::Customer).enter_checked();
    let old_page = walk.page.secret.clone();
    walk.wait(30);
    let new_page = Secret::generate(&mut rng(77));
    let asking = NewConsentRequest {
        ecosystem: "eco-2",
        code: &support_core::code::Code::parse("777777").unwrap(),
        page: &new_page,
        verification_number: "48".into(),
    };
    let next = walk
        .verification
        .clone()
        .request_consent(asking, &walk.key, &walk.limits, walk.now)
        .unwrap();
    assert!(!next.is_page(&old_page, &walk.key) && next.is_page(&new_page, &walk.key));
    let consent = next.consent().unwrap();
    let entries = consent.entries.as_ref().unwrap();
    assert!(!entries.customer && !entries.agent);
    assert_eq!(consent.ecosystem, "eco-2");
    for side in [Side::Agent, Side::Customer] {
        let verdict = next.judge_customer_code(side, &right(), &walk.key, walk.now).unwrap();
        assert!(matches!(verdict, Verdict::Wrong), "the old code, by {side:?}");
    }
}

trait EnterChecked {
    fn enter_checked(&mut self) -> &mut Self;
}

impl EnterChecked for Walk {
    /// The customer's entry is in, consent is not: the other side's is missing.
    fn enter_checked(&mut self) -> &mut Self {
        assert_eq!(self.verification.status(), Status::AwaitingConsent);
        assert!(self.verification.consent().unwrap().entries.as_ref().unwrap().customer);
        self
    }
}

#[test] // P8
fn a_code_is_good_for_its_verification_agent_customer_and_ecosystem_alone() {
    let asked = |change: fn(&mut Verification)| {
        let mut walk = Walk::start(1);
        walk.prove().ask("eco-1");
        // What is stored says another verification, agent, customer or ecosystem.
        let mut stored = serde_json::to_value(&walk.verification).unwrap();
        let mut verification = walk.verification;
        change(&mut verification);
        let changed = serde_json::to_value(&verification).unwrap();
        for field in ["id", "agent", "customer"] {
            stored[field] = changed[field].clone();
        }
        (stored, walk.key, walk.now)
    };
    let right_in = |(stored, key, now): (serde_json::Value, _, _)| {
        let verification: Verification = serde_json::from_value(stored).unwrap();
        let verdict = verification.judge_customer_code(Side::Agent, &right(), &key, now).unwrap();
        matches!(verdict, Verdict::Right(_))
    };
    assert!(right_in(asked(|_| {})));
    assert!(!right_in(asked(|v| v.id = Walk::start(2).verification.id)));
    assert!(!right_in(asked(|v| v.agent.id = "ben".into())));
    assert!(!right_in(asked(|v| v.customer.user_id = "sub-dora".into())));
    let (mut stored, key, now) = asked(|_| {});
    stored["state"]["ask"]["consent"]["ecosystem"] = "eco-2".into();
    assert!(!right_in((stored, key, now)));

    // And the agent's own.
    let mut walk = Walk::start(1);
    walk.challenge();
    let mut other = walk.verification.clone();
    other.id = Walk::start(2).verification.id;
    let verdict = other.judge_agent_code(&right(), &walk.key, walk.now).unwrap();
    assert!(matches!(verdict, Verdict::Wrong));
}

#[test]
fn a_customer_who_could_not_sign_in_is_not_asked() {
    let ask = |sign_in_status: SignInStatus, change: fn(&mut Verification)| {
        let mut walk = Walk::start(1);
        walk.challenge();
        let Ok(Verdict::Right(code)) =
            walk.verification.judge_agent_code(&right(), &walk.key, walk.now)
        else {
            panic!("the code is right")
        };
        let verification = walk.verification.clone();
        walk.verification =
            verification.prove_agent(code, sign_in_status, &walk.limits, walk.now).unwrap();
        change(&mut walk.verification);
        act(&walk, Ask).map(|next| next.status())
    };
    assert_eq!(ask(CONFIRMED, |_| {}), Ok(Status::AwaitingConsent));
    for sign_in in [
        SignIn::Unconfirmed,
        SignIn::MustChangePassword,
        SignIn::ResetRequired,
        SignIn::Disabled,
        SignIn::Federated,
        SignIn::Missing,
    ] {
        let refused = ask(SignInStatus { sign_in, mfa: false }, |_| {});
        assert_eq!(refused, Err(Refusal::NotAllowed(NotAllowed::CannotSignIn)), "{sign_in:?}");
    }
    let suspended = ask(CONFIRMED, |v| v.customer.status = CustomerStatus::Suspended);
    assert_eq!(suspended, Err(Refusal::NotAllowed(NotAllowed::Suspended)));
    let elsewhere = ask(CONFIRMED, |v| v.customer.ecosystems[0].id = "eco-9".into());
    assert_eq!(elsewhere, Err(Refusal::EnvironmentRefused));
    let not_a_successor = ask(CONFIRMED, |v| v.module = Module::EcosystemAdmin);
    assert_eq!(not_a_successor, Err(Refusal::NotASuccessor));
    let successor = ask(CONFIRMED, |v| {
        v.module = Module::EcosystemAdmin;
        v.customer.ecosystems[0].role = Role::Successor;
    });
    assert_eq!(successor, Ok(Status::AwaitingConsent));
}

#[test] // P20
fn nobody_supports_himself() {
    let limits = Limits::default();
    let start = |agent, customer| {
        let id = Walk::start(1).verification.id;
        Verification::start(id, Module::default(), None, agent, customer, &limits, NOON)
            .map(|v| v.status())
    };
    let oneself = Err(Refusal::NotAllowed(NotAllowed::SelfSupport));
    let mut same_address = customer("carla");
    same_address.email = agent("ana").email;
    assert_eq!(start(agent("ana"), same_address), oneself);
    let mut same_id = customer("carla");
    same_id.user_id = "ana".into();
    assert_eq!(start(agent("ana"), same_id), oneself);
    assert_eq!(start(agent("ana"), customer("carla")), Ok(Status::Started));
}

#[test] // P31
fn entitlement_is_decided_at_issue_and_at_redeem() {
    let mut walk = Walk::start(1);
    walk.consent();
    let issue = |change: fn(&mut support_core::directory::Customer)| {
        let mut now = customer("carla");
        change(&mut now);
        walk.verification
            .may_issue(Some(&now), CONFIRMED, &walk.limits, walk.now)
            .map(|(_, environments)| environments.len())
    };
    assert_eq!(issue(|_| {}), Ok(4));
    assert_eq!(issue(|c| c.ecosystems[0].role = Role::Member), Ok(2));
    assert_eq!(issue(|c| c.ecosystems[0].modules.clear()), Ok(3));
    assert_eq!(issue(|c| drop(c.ecosystems.remove(0))), Err(Refusal::EnvironmentRefused));
    let suspended = Refusal::NotAllowed(NotAllowed::Suspended);
    assert_eq!(issue(|c| c.status = CustomerStatus::Suspended), Err(suspended));
    assert_eq!(issue(|c| c.user_id = "another".into()), Err(Refusal::EnvironmentRefused));

    let handoffs = Walk::session(&mut walk_at_consent());
    assert_eq!(handoffs.len(), 4);
    let mut walk = walk_at_consent();
    walk.session();
    let secret = session_secret(&walk);
    let redeem = |change: fn(&mut support_core::directory::Customer)| {
        let mut now = customer("carla");
        change(&mut now);
        let verification = walk.verification.clone();
        let (key, limits) = (&walk.key, &walk.limits);
        verification
            .redeem(Environment::Web, &secret, Some(&now), key, limits, walk.now)
            .map(|next| next.status())
    };
    assert_eq!(redeem(|_| {}), Ok(Status::InSession));
    let refused = Err(Refusal::HandoffRefused);
    assert_eq!(redeem(|c| drop(c.ecosystems.remove(0))), refused);
    assert_eq!(redeem(|c| c.status = CustomerStatus::Suspended), refused);
    assert_eq!(redeem(|c| c.user_id = "another".into()), refused);
}

fn walk_at_consent() -> Walk {
    Walk::start(1)
}

#[test] // P34
fn never_more_is_opened_than_the_customer_was_told_of() {
    let mut walk = Walk::start(1);
    walk.prove().ask("eco-2").enter(Side::Customer).enter(Side::Agent);
    let mut promoted = customer("carla");
    promoted.ecosystems[1].role = Role::Admin;
    let (_, environments) =
        walk.verification.may_issue(Some(&promoted), CONFIRMED, &walk.limits, walk.now).unwrap();
    assert_eq!(environments, [Environment::Web, Environment::App]);
}

#[test] // P14
fn a_handoff_opens_once_in_its_environment() {
    let mut walk = Walk::start(1);
    let handoffs = walk.session();
    let person = customer("carla");
    for issued in &handoffs {
        let secret = LinkToken::parse(issued.secret.expose()).unwrap().secret;
        for environment in Environment::ALL {
            let verification = walk.verification.clone();
            let (key, limits, now) = (&walk.key, &walk.limits, walk.now);
            let redeemed =
                verification.redeem(environment, &secret, Some(&person), key, limits, now);
            assert_eq!(redeemed.is_ok(), environment == issued.environment);
            let State::InSession { session, .. } = &walk.verification.state else { panic!() };
            let tokens = session.open(&walk.verification.id, environment, &secret);
            assert_eq!(tokens.is_some(), environment == issued.environment);
        }
    }
    walk.verification = act(&walk, Redeem).unwrap();
    assert_eq!(act(&walk, Redeem).unwrap_err(), Refusal::HandoffRefused, "used");
    walk.wait(300);
    assert_eq!(act(&walk, Redeem).unwrap_err(), Refusal::HandoffRefused, "over");
}

#[test] // P7
fn closing_forgets_tokens_handoffs_and_codes() {
    let mut walk = Walk::start(1);
    walk.session();
    let open = serde_json::to_string(&walk.verification).unwrap();
    assert!(open.contains("sealed") && open.contains("handoffs"));
    let closed = serde_json::to_string(&cancel(walk.verification, walk.now).unwrap()).unwrap();
    assert!(!closed.contains("sealed") && !closed.contains("handoffs"));
}

#[test]
fn the_shorter_mode_needs_the_agent_s_entry_alone() {
    let mut walk = Walk::start(1);
    walk.limits.consent_mode = ConsentMode::AgentEntry;
    walk.prove().ask("eco-1").enter(Side::Agent);
    assert_eq!(walk.verification.status(), Status::Consented);
    let mut walk = Walk::start(2);
    walk.limits.consent_mode = ConsentMode::AgentEntry;
    walk.prove().ask("eco-1").enter(Side::Customer);
    assert_eq!(walk.verification.status(), Status::AwaitingConsent, "the customer's is not enough");
}

#[tokio::test(flavor = "multi_thread")] // P1
async fn of_a_hundred_right_entries_at_once_one_counts() {
    let mut walk = Walk::start(1);
    walk.prove().ask("eco-1").enter(Side::Customer);
    let (store, id, before) = stored(&walk).await;
    let (now, limits) = (walk.now, walk.limits.clone());
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let (store, id, limits) = (store.clone(), id.clone(), limits.clone());
            std::thread::spawn(move || {
                block_on(async move {
                    let (code, key) = (right(), key());
                    attempt(&*store, &id, now, async |v, over| {
                        decide_consent_entry(
                            v,
                            Side::Agent,
                            &code,
                            over.is_some(),
                            &key,
                            &limits,
                            now,
                        )
                    })
                    .await
                })
            })
        })
        .collect();
    let mut succeeded = 0;
    for call in calls {
        match call.join().unwrap() {
            Ok(Ok(next)) => {
                assert_eq!(next.status(), Status::Consented);
                succeeded += 1;
            }
            Err(CallError::Refused(Refusal::WrongStep(Status::Consented) | Refusal::Conflict)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(succeeded, 1);
    let after = store.load(&id).await.unwrap().unwrap();
    assert_eq!(after.steps.len(), before + 1);
}

#[tokio::test(flavor = "multi_thread")] // P2
async fn of_fifty_wrong_entries_at_once_five_are_judged() {
    let mut walk = Walk::start(1);
    walk.prove().ask("eco-1");
    let (store, id, before) = stored(&walk).await;
    let (now, limits) = (walk.now, walk.limits.clone());
    let calls: Vec<_> = (0..50)
        .map(|n| {
            let (store, id, limits) = (store.clone(), id.clone(), limits.clone());
            let side = if n % 2 == 0 { Side::Agent } else { Side::Customer };
            std::thread::spawn(move || {
                block_on(async move {
                    let (code, key) = (wrong(), key());
                    attempt(&*store, &id, now, async |v, over| {
                        decide_consent_entry(v, side, &code, over.is_some(), &key, &limits, now)
                    })
                    .await
                })
            })
        })
        .collect();
    let mut judged = 0;
    for call in calls {
        match call.join().unwrap() {
            Ok(Err(Refusal::CodeRefused { .. })) => judged += 1,
            Err(CallError::Refused(Refusal::WrongStep(Status::Closed) | Refusal::Conflict)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(judged, 5);
    let after = store.load(&id).await.unwrap().unwrap();
    assert_eq!(after.steps.len(), before + 5);
    assert!(matches!(&after.state, State::Closed(c) if c.outcome == Outcome::Locked));
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// The walk's verification in a store, version by version.
async fn stored(walk: &Walk) -> (Arc<Memory>, support_core::identity::VerificationId, usize) {
    let store = Arc::new(Memory::default());
    let whole = &walk.verification;
    for state in versions(whole) {
        store.save(&Change::to(state)).await.unwrap();
    }
    (store, whole.id.clone(), whole.steps.len())
}

/// What the random walk is held against: the whole process in a few counters.
#[derive(Debug, Default)]
struct Model {
    proved: bool,
    agent: bool,
    customer: bool,
    sessions: u32,
    closed: bool,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever is tried in whatever order and however late: a session needs the agent's proof
    /// and, unless a support grant is the consent, both entries; there is one at most, what is
    /// closed stays closed, and the stored version, its steps and its chain agree.
    #[test] // P10, P11
    fn no_order_of_calls_skips_a_step(
        granted in any::<bool>(),
        calls in prop::collection::vec((0..ACTIONS.len(), prop_oneof![Just(0_u32), 1..60_u32, Just(301), Just(901)]), 1..60)
    ) {
        block_on(async {
            let mut walk = if granted { under_a_grant() } else { by_look_up() };
            let (store, id, _) = stored(&walk).await;
            let mut model = Model::default();
            for (action, wait) in calls {
                walk.wait(wait);
                let action = ACTIONS[action];
                let was_closed = store.load(&id).await.unwrap().unwrap().at(walk.now).status() == Status::Closed;
                let now = walk.now;
                let done = attempt(&*store, &id, now, async |v, _| {
                    let mut here = Walk { limits: walk.limits.clone(), key: walk.key.clone(), page: walk.page.clone(), verification: v, now };
                    let before = here.verification.steps.len();
                    here.verification = act(&here, action)?;
                    if here.verification.steps.len() == before {
                        return Ok(Decision::Answer(here.verification));
                    }
                    Ok(Decision::Save(Change::to(here.verification.clone()), here.verification))
                }).await;
                let after = store.load(&id).await.unwrap().unwrap();
                prop_assert_eq!(after.version as usize, after.steps.len());
                prop_assert_eq!(chain::check(&id, &after.steps), Ok(()));
                if let Ok(next) = &done {
                    prop_assert!(!was_closed || action == Cancel);
                    match (action, next.status()) {
                        (Prove, Status::AgentVerified) => {
                            prop_assert!(!granted);
                            model.proved = true;
                        }
                        (Prove, Status::Consented) => {
                            prop_assert!(granted);
                            (model.proved, model.agent, model.customer) = (true, true, true);
                        }
                        (Ask, _) => {
                            prop_assert!(model.proved && !granted);
                            (model.agent, model.customer) = (false, false);
                        }
                        (AgentEnters, Status::AwaitingConsent | Status::Consented)
                            if entries(next).is_some_and(|e| e.agent) => model.agent = true,
                        (CustomerEnters, Status::AwaitingConsent | Status::Consented)
                            if entries(next).is_some_and(|e| e.customer) => model.customer = true,
                        (Mint, _) => prop_assert!(model.proved && model.agent && model.customer),
                        (Session, _) => {
                            model.sessions += 1;
                            prop_assert!(model.proved && model.agent && model.customer);
                        }
                        _ => {}
                    }
                    model.closed |= next.status() == Status::Closed;
                }
                prop_assert!(model.sessions <= 1);
                prop_assert!(!model.closed || after.status() == Status::Closed);
                walk.verification = after;
            }
            Ok(())
        })?;
    }
}

/// Somebody else writes between the read and the write, so many times.
#[tokio::test]
async fn a_lost_race_is_tried_again_three_times() {
    for (others, expected) in [(0, Ok(())), (3, Ok(())), (4, Err(Refusal::Conflict.into()))] {
        let (store, walk) = (Memory::default(), Walk::start(1));
        store.save(&Change::to(walk.verification.clone())).await.unwrap();
        let code = right();
        let mut tries = 0;
        let done = attempt(&store, &walk.verification.id, NOON, async |v, _| {
            tries += 1;
            let now = v.sent_code().map_or(NOON, |(code, _)| code.resend_at);
            let next = v.challenge_agent(&code, &walk.key, &walk.limits, now)?;
            if tries <= others {
                store.save(&Change::to(next.clone())).await?;
            }
            Ok(Decision::Save(Change::to(next), ()))
        })
        .await;
        assert_eq!((done, tries), (expected, others.min(3) + 1), "{others} others");
    }
}

fn entries(verification: &Verification) -> Option<&Entries> {
    verification.consent()?.entries.as_ref()
}

/// Each attempt is two steps, and an item that DynamoDB takes no more could not even be closed.
#[test] // P10
fn a_mint_that_fails_can_be_begun_again_but_not_for_ever() {
    let mut walk = Walk::start(1);
    walk.consent();
    let mut verification = walk.verification;
    let refused = loop {
        match verification.clone().start_mint(CONFIRMED, &walk.limits, walk.now) {
            Ok(minting) => verification = minting.mint_failed(walk.now).unwrap(),
            Err(refusal) => break refusal,
        }
    };
    let until_idle = walk.limits.idle_seconds;
    assert_eq!(refused, Refusal::TooManyRequests { retry_after: until_idle });
    let begun = |step: &&chain::Step| step.action == chain::Action::MintStarted;
    assert_eq!(verification.steps.iter().filter(begun).count(), 20);
    assert!(serde_json::to_vec(&verification).unwrap().len() < 40_000);
    assert!(cancel(verification, walk.now).is_ok());
}
