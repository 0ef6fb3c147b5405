//! Reading the successor's activity.

use support_core::activity::{ActivityView, Item, PAGE, Position};
use support_core::chain;
use support_core::directory::{Customer, Process};
use support_core::limits::Limits;
use support_core::refusal::{NotAllowed, Refusal};
use support_core::step_detail::Facts;
use support_core::time::Timestamp;
use support_core::verification::{Outcome, Side, State, Status, Verification};
use support_testing::samples::{NOON, Walk, customer};

use crate::samples::{read, successor, walk};

#[test] // P10
fn the_activity_is_read_from_consent_to_close() {
    let refused = |walk: &Walk, status| {
        let before = format!("{:?}", walk.verification);
        assert_eq!(read(walk).unwrap_err(), Refusal::WrongStep(status));
        assert_eq!(format!("{:?}", walk.verification), before);
    };
    let mut walk = walk();
    refused(&walk, Status::Started);
    walk.challenge();
    refused(&walk, Status::AgentChallenged);
    let mut walk = self::walk();
    walk.prove();
    refused(&walk, Status::AgentVerified);
    walk.ask("eco-1");
    refused(&walk, Status::AwaitingConsent);
    walk.enter(Side::Customer);
    refused(&walk, Status::AwaitingConsent);
    walk.enter(Side::Agent);
    assert_eq!(read(&walk).unwrap().status(), Status::Consented);
    let mut minting = self::walk();
    minting.mint();
    assert_eq!(read(&minting).unwrap().status(), Status::Minting);
    let mut session = self::walk();
    session.session();
    assert_eq!(read(&session).unwrap().status(), Status::InSession);
    // However it ends, with it the consent ends.
    session.wait(300);
    refused(&session, Status::Closed);
    walk.verification = walk.verification.clone().stop_by_customer(walk.now).unwrap();
    refused(&walk, Status::Closed);
}

#[test] // P5, P11
fn a_reading_is_one_step_and_does_not_extend_the_idle_timeout() {
    for reach in [Walk::consent, Walk::mint] {
        let mut walk = walk();
        reach(&mut walk);
        let before = walk.verification.clone();
        walk.wait(30);
        let after = read(&walk).unwrap();
        assert_eq!(after.expires_at(), before.expires_at());
        assert_eq!(after.due_at(), before.due_at());
        assert_eq!(after.version, before.version + 1);
        assert_eq!(after.steps.len(), before.steps.len() + 1);
        assert_eq!(chain::check(&after.id, &after.steps), Ok(()));
        assert_eq!(after.mint_attempt(), before.mint_attempt(), "a mint goes on");
    }
    let mut walk = walk();
    walk.consent();
    walk.wait(899);
    walk.verification = read(&walk).unwrap();
    walk.wait(1);
    let State::Closed(closed) = walk.verification.clone().at(walk.now).state else { panic!() };
    assert_eq!(closed.outcome, Outcome::Expired, "fifteen minutes after the consent");
}

#[test]
fn one_verification_takes_fifty_readings() {
    let mut walk = walk();
    walk.consent();
    for _ in 0..50 {
        walk.verification = read(&walk).unwrap();
    }
    walk.wait(100);
    assert_eq!(read(&walk).unwrap_err(), Refusal::TooManyRequests { retry_after: 800 });
    assert_eq!(chain::check(&walk.verification.id, &walk.verification.steps), Ok(()));
}

#[test] // P31
fn the_record_as_it_is_now_decides_on_reading_too() {
    let mut walk = walk();
    walk.consent();
    let read = |now: Option<Customer>| {
        let verification = walk.verification.clone();
        let read = verification.read_activity(
            now.as_ref(),
            Some(Facts::ActivityList { continued: true }),
            &walk.limits,
            walk.now,
        );
        read.map(|v| v.status())
    };
    assert_eq!(read(Some(successor())), Ok(Status::Consented));
    assert_eq!(read(None), Err(Refusal::EnvironmentRefused));
    assert_eq!(read(Some(customer("carla"))), Err(Refusal::NotASuccessor));
    let another = Customer { user_id: "sub-dora".into(), ..successor() };
    assert_eq!(read(Some(another)), Err(Refusal::EnvironmentRefused));
    let mut suspended = successor();
    suspended.status = support_core::directory::CustomerStatus::Suspended;
    assert_eq!(read(Some(suspended)), Err(Refusal::NotAllowed(NotAllowed::Suspended)));
    let mut walk = Walk::start(1);
    walk.consent();
    let read = walk.verification.read_activity(
        Some(&successor()),
        Some(Facts::ActivityList { continued: true }),
        &walk.limits,
        NOON,
    );
    assert_eq!(read.unwrap_err(), Refusal::NoActivity, "technical assistance");
}

fn process(id: &str, at: Timestamp) -> Process {
    Process {
        id: id.into(),
        title: format!("Title {id}"),
        status: "rejected".into(),
        at,
        detail: format!("Detail {id}"),
    }
}

/// The whole list, page by page; `between` may change what there is after each page.
fn pages(
    verification: &mut Verification,
    processes: &mut Vec<Process>,
    between: impl Fn(&mut Verification, &mut Vec<Process>),
) -> Vec<serde_json::Value> {
    let (mut pages, mut before) = (Vec::new(), None);
    loop {
        let customer = successor();
        let view = ActivityView::new(verification, &customer, processes, before.as_ref()).unwrap();
        let view = serde_json::to_value(view).unwrap();
        pages.push(view["items"].clone());
        match view["cursor"].as_str() {
            None => return pages,
            Some(cursor) => before = Some(Position::parse(cursor).unwrap()),
        }
        between(verification, processes);
    }
}

fn ids(pages: &[serde_json::Value]) -> Vec<&str> {
    pages.iter().flat_map(|p| p.as_array().unwrap()).map(|i| i["id"].as_str().unwrap()).collect()
}

#[test]
fn processes_and_steps_are_one_list_newest_first() {
    let mut walk = walk();
    walk.consent();
    let mut processes = vec![
        process("old", Timestamp::from_seconds(NOON.seconds() - 9000)),
        process("same moment", NOON),
        process("new", NOON.plus(5)),
    ];
    walk.wait(9);
    walk.verification = read(&walk).unwrap();
    let pages = pages(&mut walk.verification, &mut processes, |_, _| {});
    let expected = [
        "step-7",
        "new",
        "step-6",
        "step-5",
        "step-4",
        "step-3",
        "step-2",
        "step-1",
        "same moment",
        "old",
    ];
    assert_eq!(ids(&pages), expected);
    let item = |at: usize| pages[0][at].clone();
    assert_eq!(
        item(0),
        serde_json::json!({
            "id": "step-7", "kind": "verification", "title": "activity-read", "status": "done",
            "at": "2027-01-15T08:00:09Z",
        })
    );
    assert_eq!(
        item(1),
        serde_json::json!({
            "id": "new", "kind": "process", "title": "Title new", "status": "rejected",
            "at": "2027-01-15T08:00:05Z",
        })
    );
}

#[test]
fn pages_leave_nothing_out_and_repeat_nothing_while_new_items_come() {
    for count in [0, PAGE - 7, PAGE - 6, PAGE - 5, 2 * PAGE, 77] {
        let mut walk = walk();
        walk.consent();
        // Some of them at the same moments.
        let mut processes: Vec<_> = (0..count)
            .map(|n| {
                process(
                    &format!("p-{n}"),
                    Timestamp::from_seconds(NOON.seconds() - i64::try_from(n).unwrap() / 3),
                )
            })
            .collect();
        let whole = count + walk.verification.steps.len();
        let read_again = |v: &mut Verification, p: &mut Vec<Process>| {
            let limits = Limits::default();
            *v = v
                .clone()
                .read_activity(
                    Some(&successor()),
                    Some(Facts::ActivityList { continued: true }),
                    &limits,
                    NOON.plus(60),
                )
                .unwrap();
            p.push(process("newer", NOON.plus(60)));
        };
        let pages = pages(&mut walk.verification, &mut processes, read_again);
        let mut found = ids(&pages);
        assert_eq!(found.len(), whole, "{count}");
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), whole, "{count}: nothing twice");
        let (last, full) = pages.split_last().unwrap();
        assert!(full.iter().all(|page| page.as_array().unwrap().len() == PAGE), "{count}");
        assert!((1..=PAGE).contains(&last.as_array().unwrap().len()), "{count}");
    }
}

#[test]
fn an_item_by_itself_has_its_detail() {
    let mut walk = walk();
    walk.prove();
    let steps = &walk.verification.steps;
    let processes = [process("p-1", NOON), process("step-1", NOON)];
    let detail = |id: &str| {
        let item = Item::find(id, &processes, steps)?;
        Some(serde_json::to_value(item).unwrap()["detail"].take())
    };
    assert_eq!(detail("p-1"), Some("Detail p-1".into()));
    assert_eq!(detail("step-1"), Some("Detail step-1".into()), "the customer's goes first");
    assert_eq!(
        detail("step-2"),
        Some(serde_json::json!({"kind": "sending", "number": 1, "of": 5}))
    );
    for id in ["", "p-2", "step-", "step-0", "step-4", "step-99999999999", "step--1", "STEP-1"] {
        assert_eq!(detail(id), None, "{id:?}");
    }
}

#[test] // P24
fn a_cursor_is_one_that_a_page_gave() {
    use base64::Engine;
    let encoded = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    assert!(Position::parse(&encoded("1800000000000.p3")).is_some());
    assert!(Position::parse(&encoded("-1.v0")).is_some());
    for text in [
        "",
        "1",
        "1.",
        "1.p",
        "1.x3",
        ".p3",
        "a.p3",
        "1.p-3",
        "1.é3",
        "1.p3.4",
        "1.p99999999999999999999",
    ] {
        assert_eq!(Position::parse(&encoded(text)), None, "{text:?}");
    }
    for text in ["1800000000000.p3", "===", "é", "\0"] {
        assert_eq!(Position::parse(text), None, "{text:?}");
    }
}
