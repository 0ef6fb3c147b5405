//! The new password.

use super::*;

#[tokio::test]
async fn the_right_code_changes_the_password_signs_out_everywhere_and_notifies_the_agent() {
    let app = world();
    ask(&app, "Ana@Agents.Example.com", HERE, NOON).await;
    codes_are_sent(&app).await;
    let answer = confirm(&app, "ana@agents.example.com", Accounts::CODE, HERE, NOON.plus(60)).await;
    assert_eq!((answer.status, &answer.body), (204, &Value::Null));
    assert_eq!(app.passwords.password(&ana()).as_deref(), Some(GOOD));
    assert_eq!(app.passwords.signed_out(), [ana()]);
    let notice = Job::TellChanged { email: ana(), at: NOON.plus(60), sign_out: false };
    assert_eq!(app.jobs.take(), [notice]);
    // Once.
    let again = confirm(&app, "ana@agents.example.com", Accounts::CODE, HERE, NOON.plus(60)).await;
    assert_eq!(again.status, 422);
}

#[tokio::test] // P23
async fn a_wrong_code_gets_one_answer_for_every_address() {
    let app = world();
    ask(&app, "ana@agents.example.com", HERE, NOON).await;
    codes_are_sent(&app).await;
    let mut answers = Vec::new();
    for email in ["ana@agents.example.com", "ben@agents.example.com", "nobody@nowhere.example"] {
        for (n, left) in [(1, 4), (2, 3)] {
            let answer = confirm(&app, email, "000000", HERE, NOON).await;
            let expected = (422, &json!("/problems/code-refused"), &json!(left));
            assert_eq!(
                (answer.status, &answer.body["type"], &answer.body["attempts_left"]),
                expected
            );
            answers.push((n, answer.whole.to_string()));
        }
    }
    answers.sort();
    answers.dedup();
    assert_eq!(answers.len(), 2, "one for each number of attempts left");
    assert_eq!(app.passwords.signed_out(), []);
    assert_eq!(app.jobs.take(), []);
}

#[tokio::test] // P3
async fn five_wrong_codes_lock_an_address_for_fifteen_minutes_where_they_came_from() {
    let app = world();
    ask(&app, "ana@agents.example.com", HERE, NOON).await;
    codes_are_sent(&app).await;
    for n in 0..5_u32 {
        let answer = confirm(&app, "ana@agents.example.com", "000000", HERE, NOON.plus(n)).await;
        assert_eq!((answer.status, &answer.body["attempts_left"]), (422, &json!(4 - n)));
    }
    // Right or wrong, it is not judged any more.
    for (seconds, left) in [(4, 900), (100, 804), (903, 1)] {
        for code in [Accounts::CODE, "000000"] {
            let answer =
                confirm(&app, "ana@agents.example.com", code, HERE, NOON.plus(seconds)).await;
            assert_eq!((answer.status, answer.retry_after()), (429, left), "{seconds}");
        }
    }
    assert_eq!(app.passwords.judged(), 5);
    // Another address from there, and this one from elsewhere, are as free as before.
    assert_eq!(confirm(&app, "ben@agents.example.com", "000000", HERE, NOON).await.status, 422);
    let elsewhere =
        confirm(&app, "ana@agents.example.com", Accounts::CODE, ELSEWHERE, NOON.plus(9)).await;
    assert_eq!(elsewhere.status, 204);
    // Over is over, to the second.
    let after = confirm(&app, "ana@agents.example.com", "000000", HERE, NOON.plus(904)).await;
    assert_eq!((after.status, &after.body["attempts_left"]), (422, &json!(4)));
}

#[tokio::test] // P25
async fn a_code_that_was_not_judged_is_not_counted() {
    let app = world();
    let busy = Confirmed::BUSY_SECONDS;
    for (says, retry_after) in [(Confirmed::Busy, busy), (Confirmed::Locked, 900)] {
        app.passwords.says(Some(says));
        for _ in 0..6 {
            let answer = confirm(&app, "ana@agents.example.com", "000000", HERE, NOON).await;
            assert_eq!((answer.status, answer.retry_after()), (429, retry_after));
            assert_eq!(answer.body["type"], "/problems/too-many-requests");
        }
    }
    app.passwords.says(Some(Confirmed::PasswordRefused));
    for _ in 0..6 {
        let answer = confirm(&app, "ana@agents.example.com", "000000", HERE, NOON).await;
        assert_eq!(
            (answer.status, &answer.body["errors"][0]["field"]),
            (400, &json!("new_password"))
        );
    }
    app.passwords.says(None);
    app.passwords.down(true);
    for _ in 0..6 {
        let answer = confirm(&app, "ana@agents.example.com", "000000", HERE, NOON).await;
        assert_eq!((answer.status, &answer.body["type"]), (503, &json!("/problems/unavailable")));
    }
    app.passwords.down(false);
    let answer = confirm(&app, "ana@agents.example.com", "000000", HERE, NOON).await;
    assert_eq!((answer.status, &answer.body["attempts_left"]), (422, &json!(4)));
}

#[tokio::test] // P25
async fn an_agent_who_cannot_be_signed_out_at_once_is_signed_out_by_the_worker() {
    let app = world();
    ask(&app, "ana@agents.example.com", HERE, NOON).await;
    codes_are_sent(&app).await;
    app.passwords.sign_out_down(true);
    let answer = confirm(&app, "ana@agents.example.com", Accounts::CODE, HERE, NOON).await;
    assert_eq!(answer.status, 204);
    let left = Job::TellChanged { email: ana(), at: NOON, sign_out: true };
    assert_eq!(app.jobs.take(), [left]);
}

#[tokio::test] // P25
async fn a_change_without_a_notice_fails_and_recovering_again_sends_it() {
    let app = world();
    ask(&app, "ana@agents.example.com", HERE, NOON).await;
    codes_are_sent(&app).await;
    app.jobs.down(true);
    let answer = confirm(&app, "ana@agents.example.com", Accounts::CODE, HERE, NOON).await;
    assert_eq!(answer.status, 503);
    assert_eq!(app.passwords.signed_out(), [ana()], "that was done anyway");
    app.jobs.down(false);
    ask(&app, "ana@agents.example.com", HERE, NOON.plus(60)).await;
    codes_are_sent(&app).await;
    let answer = confirm(&app, "ana@agents.example.com", Accounts::CODE, HERE, NOON.plus(60)).await;
    assert_eq!(answer.status, 204);
    assert_eq!(app.jobs.take().len(), 1);
}

#[tokio::test] // P24
async fn a_password_that_breaks_a_rule_is_refused_before_anything_else() {
    let app = world();
    for _ in 0..6 {
        let body = json!({
            "email": "ana@agents.example.com", "code": "000000",
            "new_password": "clave", "confirm_password": "Clave",
        });
        let answer = send(&app, CONFIRM, &body, HERE, NOON).await;
        assert_eq!(
            (answer.status, &answer.body["type"]),
            (400, &json!("/problems/invalid-request"))
        );
        let errors = answer.body["errors"].as_array().unwrap();
        let unmet: Vec<_> = errors.iter().map(|e| (&e["field"], &e["rule"])).collect();
        let new = json!("new_password");
        let expected = [
            (&new, &json!("length")),
            (&new, &json!("upper")),
            (&new, &json!("number")),
            (&new, &json!("special")),
            (&json!("confirm_password"), &json!("same")),
        ];
        assert_eq!(unmet, expected);
        assert!(!answer.whole.to_string().contains("clave"), "{}", answer.whole);
    }
    assert_eq!(app.passwords.judged(), 0);
    // Nor was any of it counted.
    let answer = confirm(&app, "ana@agents.example.com", "000000", HERE, NOON).await;
    assert_eq!(answer.body["attempts_left"], 4);
}

#[tokio::test] // P24
async fn a_hostile_body_is_refused_and_changes_nothing() {
    let app = world();
    let good = json!({"email": "ana@agents.example.com", "code": "000000", "new_password": GOOD, "confirm_password": GOOD});
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    for body in [
        json!({}),
        json!([]),
        json!("x"),
        json!({"email": "ana@agents.example.com"}),
        with("email", json!("ana@agents.example.com\r\nBcc: x@y.z")),
        with("email", json!(["ana@agents.example.com"])),
        with("email", json!(null)),
        with("code", json!(0)),
        with("code", json!("00000")),
        with("code", json!("٠٠٠٠٠٠")),
        with("new_password", json!(12_345_678)),
        with("new_password", json!({"$ne": ""})),
        with("confirm_password", json!(null)),
        with("new_password", json!("x".repeat(9000))),
        with("username", json!("ana")),
    ] {
        let answer = send(&app, CONFIRM, &body, HERE, NOON).await;
        assert_eq!(
            (answer.status, &answer.body["type"]),
            (400, &json!("/problems/invalid-request")),
            "{body}"
        );
    }
    for body in [
        json!({}),
        json!({"email": ""}),
        json!({"email": "no address"}),
        json!({"email": 7}),
        json!({"email": "a@b", "x": 1}),
        json!({"email": format!("{}@b.example", "a".repeat(65))}),
    ] {
        assert_eq!(send(&app, ASK, &body, HERE, NOON).await.status, 400, "{body}");
    }
    assert_eq!(app.jobs.take(), []);
    assert_eq!(app.passwords.judged(), 0);
    assert_eq!(
        confirm(&app, "ana@agents.example.com", "000000", HERE, NOON).await.body["attempts_left"],
        4
    );
}
