//! The agents' pool.

use std::time::Duration;

use serde_json::{Value, json};
use support_aws::Timeouts;
use support_core::directory::SignIn;
use support_core::identity::EmailAddress;
use support_core::ports::{AgentPool, CustomerPool, Passwords};
use support_core::refusal::Failure;
use tokio::time::Instant;

use crate::Answer::{Breaks, Hangs};
use crate::{Answer, FakeCognito, error, groups, user};

async fn is_agent(user: Answer, groups: Vec<Answer>) -> Result<bool, Failure> {
    let fake =
        FakeCognito::new(&[("AdminGetUser", vec![user]), ("AdminListGroupsForUser", groups)]);
    fake.client().agents("pool").is_agent("agent-1").await
}

#[tokio::test] // P21, P33
async fn an_agent_is_enabled_and_in_exactly_this_group() {
    let rows: [(bool, &[&str], bool); 8] = [
        (true, &["CustomerService"], true),
        (true, &["Others", "CustomerService"], true),
        (false, &["CustomerService"], false),
        (true, &[], false),
        (true, &["CustomerService2"], false),
        (true, &["[NotCustomerService]"], false),
        (true, &["customerservice"], false),
        (true, &["SupportSupervisor"], false),
    ];
    for (enabled, names, expected) in rows {
        let answer = is_agent(user("CONFIRMED", enabled), vec![groups(names, None)]).await;
        assert_eq!(answer, Ok(expected), "{enabled} {names:?}");
    }
}

#[tokio::test]
async fn a_group_on_a_later_page_counts() {
    let fake = FakeCognito::new(&[
        ("AdminGetUser", vec![user("CONFIRMED", true)]),
        (
            "AdminListGroupsForUser",
            vec![
                groups(&["A"], Some("p2")),
                groups(&[], Some("p3")),
                groups(&["CustomerService"], None),
            ],
        ),
    ]);
    assert_eq!(fake.client().agents("pool").is_agent("agent-1").await, Ok(true));
    let pages: Vec<Value> = fake
        .requests()
        .into_iter()
        .filter(|(operation, _)| operation == "AdminListGroupsForUser")
        .map(|(_, body)| body["NextToken"].clone())
        .collect();
    assert_eq!(pages, [Value::Null, json!("p2"), json!("p3")]);
}

#[tokio::test] // P33
async fn a_removed_user_is_not_an_agent() {
    let gone = || error("UserNotFoundException");
    let answer = is_agent(gone(), vec![gone()]).await;
    assert_eq!(answer, Ok(false));
    // Deleted between the two calls.
    let answer = is_agent(user("CONFIRMED", true), vec![gone()]).await;
    assert_eq!(answer, Ok(false));
}

#[tokio::test] // P20
async fn an_account_is_found_in_any_state() {
    let email = EmailAddress::parse("ana@example.com").unwrap();
    let rows = [
        (user("CONFIRMED", true), Ok(true)),
        (user("FORCE_CHANGE_PASSWORD", true), Ok(true)),
        (user("UNCONFIRMED", false), Ok(true)),
        (error("UserNotFoundException"), Ok(false)),
        (
            error("TooManyRequestsException"),
            Err(Failure::clean("cognito", "TooManyRequestsException")),
        ),
    ];
    for (answer, expected) in rows {
        let fake = FakeCognito::new(&[("AdminGetUser", vec![answer])]);
        assert_eq!(fake.client().agents("pool").has_account(&email).await, expected);
        let sent = json!({"UserPoolId": "pool", "Username": "ana@example.com"});
        assert_eq!(fake.requests()[0].1, sent);
    }
}

/// Cognito's own answer to such a name is an error.
#[tokio::test] // P24
async fn an_address_that_is_too_long_for_a_user_name_has_no_account() {
    let long = |characters: usize| {
        let domain = format!("{}.example.com", "d".repeat(60));
        EmailAddress::parse(&format!("{}@{domain}", "a".repeat(characters - domain.len() - 1)))
            .unwrap()
    };
    let fake = FakeCognito::new(&[("AdminGetUser", vec![user("CONFIRMED", true)])]);
    let (cognito, longest, longer) = (fake.client(), long(128), long(129));
    assert_eq!(cognito.agents("pool").has_account(&longer).await, Ok(false));
    assert_eq!(cognito.passwords("pool", "client").account(&longer).await, Ok(None));
    assert_eq!(fake.requests(), [], "nothing to ask");
    assert_eq!(cognito.agents("pool").has_account(&longest).await, Ok(true));
}

#[tokio::test(start_paused = true)] // P25
async fn an_agents_pool_that_hangs_fails_in_time() {
    let start = Instant::now();
    let failure = is_agent(Hangs, vec![Hangs]).await.unwrap_err();
    assert_eq!(failure, Failure::unsure("cognito", "timed out"));
    assert!(start.elapsed() <= Timeouts::ORDINARY.operation + Duration::from_millis(10));
}

#[tokio::test(start_paused = true)] // P25
async fn an_agents_pool_that_fails_is_a_failure() {
    for broken in [
        error("TooManyRequestsException"),
        error("AccessDeniedException"),
        Answer::Refuses(500, "InternalErrorException", "x"),
        Breaks,
    ] {
        let in_group = vec![groups(&["CustomerService"], None)];
        assert!(is_agent(broken.clone(), in_group).await.is_err(), "{broken:?}");
        let answer = is_agent(user("CONFIRMED", true), vec![broken.clone()]).await;
        assert!(answer.is_err(), "{broken:?}");
    }
}

#[tokio::test(start_paused = true)] // P25
async fn a_passing_fault_is_retried() {
    for passing in [Answer::Refuses(500, "InternalErrorException", "x"), Breaks, Hangs] {
        let fake = FakeCognito::new(&[("AdminGetUser", vec![passing, user("CONFIRMED", true)])]);
        let sign_in_status =
            fake.client().customers("pool").sign_in_status("customer-1").await.unwrap();
        assert_eq!(sign_in_status.sign_in, SignIn::Confirmed);
    }
}
