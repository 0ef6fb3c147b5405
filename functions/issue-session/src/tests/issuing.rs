//! What a session opens, when it begins, and whom it is shown to.

use super::*;

#[tokio::test] // P13, P30
async fn a_session_is_issued_told_and_shown_once() {
    let scene = Scene::consented().await;
    let Answered { status, body: answer } = scene.issue(NOON).await;
    assert_eq!(status, 201);
    assert_eq!(answer["status"], "in_session");
    assert_eq!(answer["session"]["expires_at"], NOON.plus(300).to_string());
    assert_eq!(answer["session"]["handoffs"].as_array().unwrap().len(), 4);
    let stored = scene.check().await;
    assert_eq!(stored.status(), Status::InSession);
    assert!(stored.notice.is_none(), "told");
    let emails = scene.world.emails();
    assert_eq!((emails.len(), emails[0].0.as_str()), (1, "carla@example.com"));
    let again = scene.issue(NOON).await;
    assert_eq!(
        (again.slug(), &again.body["verification_status"]),
        ("wrong-step", &json!("in_session"))
    );
    assert_eq!(scene.world.mints(), 4, "a pair for each environment");
}

#[tokio::test(start_paused = true)] // P5, P12, P13
async fn a_session_begins_when_it_is_minted_and_not_when_it_was_asked_for() {
    let scene = Scene::consented().await;
    let minted = NOON.plus(8);
    scene.world.mint_takes(Duration::from_secs(8));
    scene.mints(move |claims| {
        claims["iat"] = minted.seconds().into();
        claims["exp"] = (minted.seconds() + 300).into();
    });
    assert_eq!(scene.issue(NOON).await.slug(), "ok");
    let stored = scene.check().await;
    let State::InSession { session, .. } = &stored.state else { panic!("no session") };
    assert_eq!((session.started_at, session.expires_at), (minted, minted.plus(300)));
    let at = |action| stored.steps.iter().find(|step| step.action == action).unwrap().at;
    assert_eq!((at(Action::MintStarted), at(Action::SessionStarted)), (NOON, minted));
}

#[tokio::test] // P31
async fn a_role_lost_since_the_consent_narrows_the_session() {
    let scene = Scene::consented().await;
    let mut demoted = customer("carla");
    demoted.ecosystems[0].role = Role::Member;
    scene.world.customer(demoted);
    let Answered { status, body: answer } = scene.issue(NOON).await;
    assert_eq!(status, 201);
    let handoffs = answer["session"]["handoffs"].as_array().unwrap();
    assert_eq!(handoffs.iter().map(|h| &h["environment"]).collect::<Vec<_>>(), ["web", "app"]);
    assert_eq!(handoffs[0]["landing"], "my-ecosystem");
    assert!(handoffs[1]["qr_svg"].as_str().unwrap().contains("<svg"));
}

/// The customer may have reset the password, or set up a second factor, since the agent's own code was
/// entered. What counts when a handoff is used, and in the receipt, is the sign-in status when the
/// session began.
#[tokio::test] // P20
async fn a_session_has_the_sign_in_status_of_its_beginning() {
    for scene in [Scene::consented().await, under_a_grant().await] {
        let now = SignInStatus { sign_in: SignIn::Confirmed, mfa: true };
        assert_ne!(scene.stored().await.sign_in_status(), Some(now));
        scene.world.sign_in_status("sub-carla", now);
        assert_eq!(scene.issue(NOON).await.status, 201);
        assert_eq!(scene.stored().await.sign_in_status(), Some(now));
    }
}

#[tokio::test(start_paused = true)] // P26
async fn a_notice_that_cannot_be_sent_now_stays_due() {
    let scene = Scene::consented().await;
    scene.world.email_down(true);
    assert_eq!(scene.issue(NOON).await.slug(), "ok");
    let notice = scene.check().await.notice.unwrap();
    assert_eq!((notice.kind, notice.due_at), (NoticeKind::Start, NOON.plus(20)));
}

#[tokio::test] // P7, P30
async fn a_successor_gets_the_qr_code_by_email_and_the_agent_does_not_see_it() {
    let scene = Scene::successor().await;
    let answer = scene.issue(NOON).await;
    assert_eq!(answer.status, 201);
    let handoffs = answer.body["session"]["handoffs"].as_array().unwrap();
    assert_eq!(handoffs.len(), 2);
    assert!(handoffs[0]["url"].as_str().unwrap().starts_with("https://web.example.com/"));
    let sent = json!({"environment": "app", "landing": "home", "sent_to": "c***@example.com"});
    assert_eq!(handoffs[1], sent);

    let emails = scene.world.emails();
    assert_eq!(emails.len(), 2, "that it began, and the code");
    assert!(emails.iter().all(|(to, _)| to.as_str() == "carla@example.com"));
    let (_, email) = emails.iter().find(|(_, email)| !email.pictures.is_empty()).unwrap();
    let url = email.text.split_whitespace().find(|word| word.contains("#handoff=")).unwrap();
    assert!(url.starts_with("https://app.example.com/support#handoff="));
    assert!(!answer.body.to_string().contains(url));
    // What the picture says, `qr` shows; that it is a whole PNG is enough here.
    assert!(email.pictures[0].content.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert!(email.html.contains("cid:app-qr"));

    let stored = scene.check().await;
    let actions: Vec<_> = stored.steps.iter().filter_map(|step| step.action.known()).collect();
    assert!(actions.contains(&Action::AppQrSent) && actions.contains(&Action::CustomerTold));
    assert_eq!(stored.app_qr_given_to(), Some(Side::Customer));
    assert!(!serde_json::to_string(&stored).unwrap().contains(url));
}

#[tokio::test] // P26
async fn a_qr_code_that_could_not_be_sent_is_lost_and_the_agent_is_told() {
    let scene = Scene::successor().await;
    scene.world.email_down(true);
    let answer = scene.issue(NOON).await;
    assert_eq!(answer.slug(), "ok", "the session stands, and the Web with it");
    let lost = json!({"environment": "app", "landing": "home", "sent_to": null});
    assert_eq!(answer.body["session"]["handoffs"][1], lost);
    let stored = scene.check().await;
    assert_eq!(stored.steps.last().unwrap().action, Action::EmailFailed);
    assert_eq!(stored.app_qr_given_to(), None);
    // Nothing waits to send it again: what is owed is the news of the session alone.
    assert_eq!(stored.notice.unwrap().kind, NoticeKind::Start);
}

#[tokio::test] // P31
async fn a_customer_who_is_no_successor_any_more_is_refused_at_issue() {
    for (change, wanted) in
        [(Role::Member, "successor of any ecosystem"), (Role::Admin, "successor of any ecosystem")]
    {
        let scene = Scene::successor().await;
        let mut changed = successor();
        changed.ecosystems[0].role = change;
        scene.world.customer(changed);
        let answer = scene.issue(NOON).await;
        assert_eq!((answer.status, answer.slug()), (422, "environment-refused"));
        assert!(answer.body["detail"].as_str().unwrap().contains(wanted), "{}", answer.body);
        assert_eq!(scene.check().await.status(), Status::Consented);
        assert_eq!((scene.world.mints(), scene.world.emails().len()), (0, 0));
    }
}

/// Consented by a support grant of 15 minutes from noon, which hides the talks; Cognito would mint
/// what it should.
async fn under_a_grant() -> Scene {
    let (mut walk, _) = Walk::redeem(1, granted("carla", None).0);
    walk.prove();
    let scene = Scene {
        store: FaultyStore::default(),
        world: World::default(),
        id: walk.verification.id.clone(),
    };
    for version in versions(&walk.verification) {
        scene.store.memory.save(&Change::to(version)).await.unwrap();
    }
    scene.world.customer(customer("carla"));
    scene.world.agent("ana", true);
    scene.mints(|claims| claims["visibility"]["talks"] = json!(false));
    scene
}

#[tokio::test] // P18, P30
async fn a_session_under_a_grant_hides_what_the_customer_hides() {
    let scene = under_a_grant().await;
    assert_eq!(scene.issue(NOON).await.slug(), "ok");
    let stored = scene.check().await;
    let State::InSession { session, .. } = &stored.state else { panic!("no session") };
    assert_eq!(session.visibility, Visibility { messages: true, talks: false });
    let emails = scene.world.emails();
    assert_eq!(emails.len(), 1);
    let text = &emails[0].1.text;
    assert!(text.contains("with the credentials that you created"), "{text}");
    assert!(text.contains("Hidden from the agent: talks"), "{text}");
    // Tokens that would show more are no good.
    let scene = under_a_grant().await;
    scene.mints(|_| {});
    assert_eq!(scene.issue(NOON).await.slug(), "unavailable");
    assert_eq!(scene.check().await.status(), Status::Consented);
}

#[tokio::test] // P5, P13
async fn nothing_is_minted_that_would_outlive_its_grant() {
    let last = NOON.plus(15 * 60 - 300);
    let scene = under_a_grant().await;
    let late = scene.issue(Timestamp::from_millis(last.millis() + 1)).await;
    assert_eq!((late.status, late.slug()), (422, "grant-refused"));
    assert_eq!((scene.check().await.status(), scene.world.mints()), (Status::Consented, 0));
    // In time, and minted so slowly that the tokens would outlive it: they are dropped, and the
    // lease is given back.
    scene.mints(move |claims| {
        claims["visibility"]["talks"] = json!(false);
        claims["iat"] = (last.seconds() + 1).into();
        claims["exp"] = (last.seconds() + 301).into();
    });
    assert_eq!(scene.issue(last).await.slug(), "grant-refused");
    assert_eq!((scene.check().await.status(), scene.world.mints()), (Status::Consented, 4));
    assert!(scene.world.emails().is_empty(), "nobody was told of a session");
}
