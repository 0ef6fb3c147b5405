//! Which notice the customer is owed, when it is due, and what invalidates the link of an earlier one.

use support_core::chain::Action;
use support_core::identity::{LinkToken, Reason};
use support_core::refusal::Refusal;
use support_core::secret::Secret;
use support_core::time::Timestamp;
use support_core::verification::{
    Closed, ClosedByAgent, NoticeKind, Outcome, Side, State, Verification,
};
use support_testing::samples::{NOON, Walk, key, rng, wrong};

fn cancel(walk: &Walk) -> Verification {
    let reason = Reason::parse("enough").unwrap();
    match walk.verification.clone().cancel(reason, walk.now).unwrap() {
        ClosedByAgent::Now(next) | ClosedByAgent::Already(next) => next,
    }
}

fn outcome(verification: &Verification) -> Outcome {
    let State::Closed(Closed { outcome, .. }) = &verification.state else { panic!("open") };
    *outcome
}

fn page(seed: u64) -> Secret {
    Secret::generate(&mut rng(seed))
}

/// The last sending's email could not be sent; `maybe`: it may have been nevertheless.
fn email_failed(walk: &mut Walk, maybe: bool) {
    let sent = walk.verification.clone();
    walk.verification = sent.clone().email_failed(&sent, maybe, walk.now).unwrap();
}

/// Every end there is, by whether the customer had any email before.
#[test] // P30
fn only_a_customer_who_was_emailed_before_is_owed_a_notice_of_the_end() {
    let owed = |verification: &Verification| verification.notice.map(|notice| notice.kind);
    let before: [fn(&mut Walk); 4] = [
        |_| {},
        |walk| {
            walk.challenge();
        },
        |walk| {
            walk.prove();
        },
        |walk| {
            walk.prove().ask("eco-1");
            email_failed(walk, false);
        },
    ];
    for reach in before {
        let mut walk = Walk::start(1);
        reach(&mut walk);
        assert_eq!(owed(&cancel(&walk)), None);
        walk.wait(900);
        let expired = walk.verification.clone().close_if_over(walk.now).unwrap();
        assert_eq!((owed(&expired), outcome(&expired)), (None, Outcome::Expired));
        assert_eq!(expired.due_at(), None, "nothing is left to do");
    }
    let mut locked = Walk::start(1);
    locked.challenge();
    for _ in 0..5 {
        let verification = locked.verification.clone();
        (locked.verification, _) =
            verification.refuse_agent_code(&locked.limits, locked.now).unwrap();
    }
    assert_eq!(outcome(&locked.verification), Outcome::Locked);
    assert_eq!(owed(&locked.verification), None, "the agent's own code");

    let after: [fn(&mut Walk); 6] = [
        |walk| {
            walk.prove().ask("eco-1");
        },
        |walk| {
            // The first email went out, the second certainly not.
            walk.prove().ask("eco-1").wait(30).ask("eco-1");
            email_failed(walk, false);
        },
        |walk| {
            // It may have been sent: a notice too many is better than none.
            walk.prove().ask("eco-1");
            email_failed(walk, true);
        },
        |walk| {
            walk.consent();
        },
        |walk| {
            walk.mint();
        },
        |walk| drop(walk.session()),
    ];
    for reach in after {
        let mut walk = Walk::start(1);
        reach(&mut walk);
        let close = |next: &Verification, expected| {
            assert_eq!((owed(next), outcome(next)), (Some(NoticeKind::Close), expected));
            assert_eq!(next.due_at(), Some(next.notice.unwrap().due_at), "and at once");
        };
        let in_session = matches!(walk.verification.state, State::InSession { .. });
        close(&cancel(&walk), Outcome::Cancelled);
        let stopped = walk.verification.clone().stop_by_customer(walk.now).unwrap();
        close(&stopped, if in_session { Outcome::Ended } else { Outcome::Denied });
        walk.wait(900);
        let over = walk.verification.clone().close_if_over(walk.now).unwrap();
        close(&over, if in_session { Outcome::Completed } else { Outcome::Expired });
    }
    let mut locked = Walk::start(1);
    locked.prove().ask("eco-1");
    for _ in 0..5 {
        let right =
            locked.verification.judge_customer_code(Side::Agent, &wrong(), &locked.key, locked.now);
        assert!(right.is_ok());
        let verification = locked.verification.clone();
        (locked.verification, _) =
            verification.refuse_customer_code(Side::Agent, &locked.limits, locked.now).unwrap();
    }
    assert_eq!(owed(&locked.verification), Some(NoticeKind::Close));
}

/// A late answer about the agent's email says nothing about the customer's.
#[test] // P26
fn an_email_that_failed_is_the_one_that_was_sent() {
    let mut walk = Walk::start(1);
    let agents = walk.challenge().verification.clone();
    walk.verification = walk.verification.clone().email_failed(&agents, false, walk.now).unwrap();
    let mut walk = Walk::start(1);
    walk.prove().ask("eco-1");
    let late = walk.verification.clone().email_failed(&agents, false, walk.now);
    assert!(matches!(late, Err(Refusal::WrongStep(_))));
    let told = cancel(&walk);
    assert!(told.notice.is_some());
}

#[test]
fn the_sweep_sends_the_notice_of_a_session_unless_it_was_sent() {
    let mut walk = Walk::start(1);
    walk.session();
    let notice = walk.verification.notice.unwrap();
    assert_eq!((notice.kind, notice.due_at), (NoticeKind::Start, NOON.plus(20)));
    assert_eq!(walk.verification.due_at(), Some(NOON.plus(20)));
    let told = walk.verification.clone().notice_sent(NoticeKind::Start, NOON.plus(1)).unwrap();
    assert_eq!(told.notice, None);
    assert_eq!(told.due_at(), told.expires_at(), "then at the deadline");
    assert_eq!(told.steps.last().unwrap().action, Action::CustomerTold);
    assert!(told.clone().notice_sent(NoticeKind::Start, NOON.plus(2)).is_none(), "once");
    assert!(told.notice_sent(NoticeKind::Close, NOON.plus(2)).is_none(), "it has not ended");
}

#[test]
fn the_notice_of_the_end_replaces_that_of_the_start() {
    let mut walk = Walk::start(1);
    walk.session();
    let closed = cancel(&walk);
    assert_eq!(closed.notice.unwrap().kind, NoticeKind::Close);
    assert!(
        closed.clone().notice_sent(NoticeKind::Start, walk.now).is_none(),
        "a start that is over"
    );
    let told = closed.notice_sent(NoticeKind::Close, walk.now).unwrap();
    assert_eq!((told.notice, told.due_at()), (None, None));
}

#[test] // P26
fn a_try_is_taken_once_and_the_next_one_comes_later_each_time() {
    let mut walk = Walk::start(1);
    walk.consent();
    let mut verification = walk.verification.clone().stop_by_customer(walk.now).unwrap();
    let steps = verification.steps.len();
    let mut now = NOON;
    let mut waits = Vec::new();
    for n in 0..9 {
        let version = verification.version;
        let (next, about) =
            verification.clone().take_notice(&page(n), &walk.key, now).expect("it is due");
        assert_eq!(
            (about, next.version, next.steps.len()),
            (NoticeKind::Close, version + 1, steps)
        );
        assert!(next.clone().take_notice(&page(n), &walk.key, now).is_none(), "taken");
        let due = next.due_at().unwrap();
        let early = Timestamp::from_millis(due.millis() - 1);
        assert!(next.clone().take_notice(&page(n), &walk.key, early).is_none(), "not yet");
        waits.push(due.seconds_from(now));
        (verification, now) = (next, due);
    }
    assert_eq!(waits, [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
}

/// An email whose answer was lost may have arrived: its link ends the session until another is sent.
#[test] // P15, P26
fn each_try_has_its_page_and_only_that_of_the_email_sent_remains() {
    let mut walk = Walk::start(1);
    walk.session();
    let opens =
        |verification: &Verification, secret: &Secret| verification.is_page(secret, &walk.key);
    assert!(opens(&walk.verification, &walk.page.secret));
    let (first, _) =
        walk.verification.clone().take_notice(&page(7), &walk.key, NOON.plus(20)).unwrap();
    let (second, about) = first.clone().take_notice(&page(8), &walk.key, NOON.plus(80)).unwrap();
    assert_eq!(about, NoticeKind::Start);
    assert!(opens(&first, &page(7)) && opens(&second, &page(7)) && opens(&second, &page(8)));
    let told = second.clone().notice_sent(NoticeKind::Start, NOON.plus(81)).unwrap();
    assert!(opens(&told, &page(8)) && !opens(&told, &page(7)));
    // The page of the consent email is another one, and ends the session as well.
    assert!(opens(&second, &walk.page.secret), "the walk asks and starts with the same page");
    let stored = serde_json::to_string(&second).unwrap();
    assert!(!stored.contains(page(8).expose()) && !stored.contains(page(7).expose()), "no secret");
    let other = LinkToken { verification: Walk::start(2).verification.id, secret: page(8) };
    assert!(!Walk::start(2).verification.is_page(&other.secret, &walk.key));
}

/// One millisecond before, at, and after: open until the deadline and closed from it on (P5).
#[test] // P5
fn the_sweep_closes_at_the_deadline_and_not_before() {
    let reach: [fn(&mut Walk); 3] = [
        |_| {},
        |walk| {
            walk.prove().ask("eco-1");
        },
        |walk| drop(walk.session()),
    ];
    for reach in reach {
        let mut walk = Walk::start(1);
        reach(&mut walk);
        let deadline = walk.verification.expires_at().unwrap();
        let millis = |n| Timestamp::from_millis(deadline.millis() + n);
        assert!(walk.verification.clone().close_if_over(millis(-1)).is_none());
        for now in [deadline, millis(1), millis(1000)] {
            let closed = walk.verification.clone().close_if_over(now).unwrap();
            let State::Closed(facts) = &closed.state else { panic!("open") };
            let State::Closed(read) = &walk.verification.clone().at(now).state else {
                panic!("open to a read")
            };
            assert_eq!((facts.outcome, facts.at), (read.outcome, read.at), "as every read says");
            assert_eq!(facts.at, deadline);
            assert!(closed.clone().close_if_over(now).is_none(), "once");
            assert_eq!(closed.steps.len(), walk.verification.steps.len() + 1);
        }
    }
}

/// Closed by its deadline and not in the store yet: it must not be saved without its step and its notice.
#[test] // P11, P30
fn what_is_over_is_closed_before_the_customer_is_told() {
    let mut walk = Walk::start(1);
    walk.session();
    assert_eq!(walk.verification.notice.map(|notice| notice.kind), Some(NoticeKind::Start));
    walk.wait(300);
    let over = walk.verification.clone();
    assert!(over.clone().take_notice(&page(9), &key(), walk.now).is_none());
    let read = over.clone().at(walk.now);
    assert_eq!(outcome(&read), Outcome::Completed);
    assert!(read.notice_sent(NoticeKind::Start, walk.now).is_none());
    let closed = over.close_if_over(walk.now).unwrap();
    let (tried, about) = closed.take_notice(&page(9), &key(), walk.now).unwrap();
    assert_eq!(about, NoticeKind::Close);
    assert!(tried.notice_sent(about, walk.now).is_some());
}
