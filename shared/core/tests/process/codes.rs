//! The codes of both sides: their deadlines, their counts, and what they work for.

use support_core::entitlement::Access;
use support_core::limits::ConsentMode;
use support_core::refusal::Refusal;
use support_core::secret::Secret;
use support_core::time::Timestamp;
use support_core::verification::{
    NewConsentRequest, Outcome, Side, State, Status, Verdict, Verification,
};
use support_testing::samples::{NOON, Walk, right, rng};

use crate::actions::{act, everywhere, everywhere_from, under_a_grant};

use crate::actions::Action::*;

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
fn a_verification_closes_after_fifteen_idle_minutes() {
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
fn once_consent_is_requested_only_the_customer_extends_the_idle_timeout() {
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
fn five_wrong_entries_lock_a_stage_whatever_is_sent_again() {
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
fn an_email_that_failed_is_counted_and_has_no_cool_down() {
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
fn another_sending_invalidates_code_page_and_entries() {
    let mut walk = Walk::start(1);
    walk.prove().ask("eco-1").enter(Side::Customer).enter_checked();
    let old_page = walk.page.secret.clone();
    walk.wait(30);
    let new_page = Secret::generate(&mut rng(77));
    let asking = NewConsentRequest {
        ecosystem: "eco-2",
        access: Access::View,
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
fn a_code_works_only_for_its_verification_agent_customer_and_ecosystem() {
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
fn agent_entry_mode_needs_only_the_entry_of_the_agent() {
    let mut walk = Walk::start(1);
    walk.limits.consent_mode = ConsentMode::AgentEntry;
    walk.prove().ask("eco-1").enter(Side::Agent);
    assert_eq!(walk.verification.status(), Status::Consented);
    let mut walk = Walk::start(2);
    walk.limits.consent_mode = ConsentMode::AgentEntry;
    walk.prove().ask("eco-1").enter(Side::Customer);
    assert_eq!(walk.verification.status(), Status::AwaitingConsent, "the customer's is not enough");
}
