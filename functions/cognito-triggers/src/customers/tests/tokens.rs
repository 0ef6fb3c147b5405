//! The tokens of a support session.

use super::*;

#[tokio::test] // P17, P18
async fn both_tokens_of_a_session_name_the_agent_and_lose_the_scope() {
    let event = value(SESSION);
    let claims = json!({
        "act": {"sub": "agent-1"},
        "support_agent": "agent-1",
        "support_session": "AAECAwQFBgcICQoLDA0ODw",
        "ecosystem": "eco-1",
        "environment": "web",
        "access": "change",
        "visibility": {"messages": true, "talks": false},
    });
    let mut expected = event.clone();
    expected["response"]["claimsAndScopeOverrideDetails"] = json!({
        "idTokenGeneration": {"claimsToAddOrOverride": claims},
        "accessTokenGeneration": {
            "claimsToAddOrOverride": claims,
            "scopesToSuppress": ["aws.cognito.signin.user.admin"],
        },
        "groupOverrideDetails": {
            "groupsToOverride": event["request"]["groupConfiguration"]["groupsToOverride"],
            "iamRolesToOverride": [],
        },
    });
    assert_eq!(answer(&event, &Here::answered()).await, Ok(expected), "groups, and no roles");
}

#[tokio::test] // P19
async fn a_forged_or_misplaced_ticket_gives_no_tokens() {
    let more: [Forgery; 2] = [
        ("a refresh", |event| event["triggerSource"] = json!("TokenGeneration_RefreshTokens")),
        ("hosted", |event| event["triggerSource"] = json!("TokenGeneration_HostedAuth")),
    ];
    for (what, forge) in forgeries().into_iter().chain(more) {
        let mut event = value(SESSION);
        forge(&mut event);
        assert_eq!(answer(&event, &Here::answered()).await, Err(Denied::NotGranted), "{what}");
    }
}

#[tokio::test] // P19
async fn a_ticket_that_was_not_answered_gives_no_tokens() {
    let store = Here::with(ticket());
    assert_eq!(answer(&value(SESSION), &store).await, Err(Denied::NotGranted));
    answer(&value(VERIFY), &store).await.unwrap();
    assert!(answer(&value(SESSION), &store).await.is_ok());
}

#[tokio::test] // P5
async fn an_expired_or_deleted_ticket_gives_no_tokens() {
    let store = Here::answered();
    for (seconds, granted) in [(29, true), (30, false), (31, false)] {
        let answer = answer_at(&value(SESSION), &store, NOW.plus(seconds)).await;
        assert_eq!(answer.is_ok(), granted, "{seconds}");
    }
    *store.ticket.lock().unwrap() = None;
    assert_eq!(answer(&value(SESSION), &store).await, Err(Denied::NotGranted));
}

#[tokio::test] // P19
async fn the_same_event_three_times_gives_the_same_answer_three_times() {
    let store = Here::with(ticket());
    for text in [DEFINE_FIRST, CREATE, VERIFY, DEFINE_ANSWERED, SESSION] {
        let first = answer(&value(text), &store).await.unwrap();
        for _ in 0..2 {
            assert_eq!(answer(&value(text), &store).await, Ok(first.clone()));
            // A retry may contain the previous answer in its response.
            assert_eq!(answer(&first, &store).await, Ok(first.clone()));
        }
    }
}

#[tokio::test] // P25
async fn a_store_that_fails_denies_the_sign_in() {
    let rows = [
        (VERIFY, vec![Place::Tickets, Place::Key, Place::Load, Place::Mark]),
        (SESSION, vec![Place::Tickets, Place::Load]),
    ];
    for (text, places) in rows {
        for place in places {
            let store = Down { here: Here::answered(), place };
            let answer = answer(&value(text), &store).await;
            assert_eq!(answer, Err(Denied::Failed(down())), "{place:?}");
        }
    }
}

#[test] // P7
fn a_denied_caller_learns_nothing() {
    let message = |denied| Diagnostic::from(denied).error_message;
    assert_eq!(message(Denied::NotGranted), "not granted");
    assert_eq!(message(Denied::Failed(Failure::clean("dynamodb", "secret"))), "unavailable");
}
