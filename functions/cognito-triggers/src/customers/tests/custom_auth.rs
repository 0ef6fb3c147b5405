//! The challenge of a sign-in with a ticket.

use super::*;

#[tokio::test]
async fn a_custom_sign_in_starts_with_one_challenge_that_says_nothing() {
    let mut expected = value(DEFINE_FIRST);
    expected["response"] = json!({
        "challengeName": "CUSTOM_CHALLENGE", "issueTokens": false, "failAuthentication": false,
    });
    assert_eq!(answer(&value(DEFINE_FIRST), &OutOfBounds).await, Ok(expected));
    let mut expected = value(CREATE);
    expected["response"] = json!({
        "publicChallengeParameters": {}, "privateChallengeParameters": {},
        "challengeMetadata": null,
    });
    assert_eq!(answer(&value(CREATE), &OutOfBounds).await, Ok(expected));
}

#[tokio::test] // P19
async fn one_right_answer_issues_tokens_and_everything_else_ends_the_sign_in() {
    let round =
        |name: &str, result: Value| json!({"challengeName": name, "challengeResult": result});
    let right = || round("CUSTOM_CHALLENGE", json!(true));
    let rows = [
        (json!([right()]), true),
        (json!([round("CUSTOM_CHALLENGE", json!(false))]), false),
        (json!([round("CUSTOM_CHALLENGE", json!(null))]), false),
        (json!([round("CUSTOM_CHALLENGE", json!("true"))]), false),
        (json!([round("CUSTOM_CHALLENGE", json!(false)), right()]), false),
        (json!([right(), right()]), false),
        (json!([round("SRP_A", json!(true))]), false),
        (json!([round("PASSWORD_VERIFIER", json!(true))]), false),
        (json!([round("SRP_A", json!(true)), right()]), false),
        (json!([{}]), false),
        (json!({}), false),
        (json!(null), false),
    ];
    for (session, tokens) in rows {
        let mut event = value(DEFINE_ANSWERED);
        event["request"]["session"] = session.clone();
        let answer = answer(&event, &OutOfBounds).await.unwrap();
        let expected = json!({
            "challengeName": null, "issueTokens": tokens, "failAuthentication": !tokens,
        });
        assert_eq!(answer["response"], expected, "{session}");
    }
}

#[tokio::test]
async fn a_user_who_does_not_exist_gets_a_challenge_like_any_other_and_no_tokens() {
    let mut event = value(DEFINE_FIRST);
    event["request"]["userNotFound"] = json!(true);
    let first = answer(&event, &OutOfBounds).await.unwrap();
    assert_eq!(first["response"]["challengeName"], "CUSTOM_CHALLENGE");
    let mut event = value(DEFINE_ANSWERED);
    event["request"]["userNotFound"] = json!(true);
    let second = answer(&event, &OutOfBounds).await.unwrap();
    assert_eq!(second["response"]["issueTokens"], false);
    assert_eq!(second["response"]["failAuthentication"], true);
}

/// On AWS the `ClientMetadata` of `AdminInitiateAuth` does not reach these two triggers; in the emulator
/// it does. Nothing may depend on it.
#[tokio::test]
async fn define_and_create_do_not_look_at_metadata() {
    for text in [DEFINE_FIRST, DEFINE_ANSWERED, CREATE] {
        let mut answers = Vec::new();
        for metadata in [json!(null), json!({}), json!({TICKET_METADATA: ticket().id.as_str()})] {
            let mut event = value(text);
            event["request"]["clientMetadata"] = metadata;
            answers.push(answer(&event, &OutOfBounds).await.unwrap()["response"].take());
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    }
}

#[tokio::test]
async fn the_secret_of_the_ticket_is_the_right_answer_and_marks_it() {
    let store = Here::with(ticket());
    let mut expected = value(VERIFY);
    expected["response"]["answerCorrect"] = json!(true);
    assert_eq!(answer(&value(VERIFY), &store).await, Ok(expected));
    assert!(store.is_marked());
}

#[tokio::test] // P19
async fn a_forged_answer_is_wrong_and_marks_nothing() {
    let more: [Forgery; 4] = [
        ("another secret", |event| event["request"]["challengeAnswer"] = json!("a guess")),
        ("no secret", |event| event["request"]["challengeAnswer"] = json!(null)),
        ("empty", |event| event["request"]["challengeAnswer"] = json!("")),
        ("no metadata", |event| event["request"]["clientMetadata"] = json!(null)),
    ];
    for (what, forge) in forgeries().into_iter().chain(more) {
        let store = Here::with(ticket());
        let mut event = value(VERIFY);
        forge(&mut event);
        let answer = answer(&event, &store).await.unwrap();
        assert_eq!(answer["response"]["answerCorrect"], false, "{what}");
        assert!(!store.is_marked(), "{what}");
    }
}

#[tokio::test] // P18
async fn an_answer_without_a_ticket_reaches_nothing() {
    for metadata in [json!(null), json!({}), json!({TICKET_METADATA: "not an id"})] {
        let mut event = value(VERIFY);
        event["request"]["clientMetadata"] = metadata;
        let answer = answer(&event, &OutOfBounds).await.unwrap();
        assert_eq!(answer["response"]["answerCorrect"], false);
    }
}

#[tokio::test] // P5
async fn an_expired_or_deleted_ticket_opens_nothing() {
    let store = Here::with(ticket());
    for (seconds, correct) in [(29, true), (30, false), (31, false)] {
        let answer = answer_at(&value(VERIFY), &store, NOW.plus(seconds)).await.unwrap();
        assert_eq!(answer["response"]["answerCorrect"], correct, "{seconds}");
    }
    *store.ticket.lock().unwrap() = None;
    let answer = answer(&value(VERIFY), &store).await.unwrap();
    assert_eq!(answer["response"]["answerCorrect"], false);
}
