//! What is over is closed, and the customer gets the email and the receipt.

use super::*;

#[tokio::test] // P5
async fn more_than_a_page_is_looked_after_at_once_and_each_once() {
    let sessions: Vec<_> = (1..=PAGE as u64 + 20).map(told_session).collect();
    let scene = Scene::with(&sessions.iter().collect::<Vec<_>>()).await;
    let now = NOON.plus(301);
    scene.store.fail(0, Fault::Before);
    assert_eq!(scene.sweep(now).await.unwrap_err().service, "store", "the first one");
    assert_eq!(scene.mailbox.emails().len(), PAGE + 19);
    assert_eq!(scene.sweep(now.plus(59)).await, Ok(0), "it moved back in the listing");
    assert_eq!(scene.sweep(now.plus(60)).await, Ok(1));
    assert_eq!(scene.mailbox.emails().len(), sessions.len());
}

#[tokio::test] // P5, P30
async fn a_session_that_ran_out_gets_its_step_its_email_and_its_receipt() {
    let over = told_session(1);
    let scene = Scene::with(&[&over]).await;
    let deadline = NOON.plus(300);
    let early = Timestamp::from_millis(deadline.millis() - 1);
    assert_eq!(scene.sweep(early).await, Ok(0));
    assert_eq!(scene.stored(&over.id).await.version, over.version, "untouched before its deadline");

    assert_eq!(scene.sweep(deadline).await, Ok(1));
    let stored = scene.stored(&over.id).await;
    let State::Closed(Closed { outcome: Outcome::Completed, at, .. }) = stored.state else {
        panic!("{:?}", stored.status())
    };
    assert_eq!(at, deadline);
    let last: Vec<_> = stored.steps[over.steps.len()..]
        .iter()
        .map(|step| (step.actor.known().unwrap(), step.action.known().unwrap()))
        .collect();
    assert_eq!(
        last,
        [(Actor::System, Action::Completed), (Actor::System, Action::CustomerTold)],
        "and nothing else"
    );
    assert_eq!((stored.notice, stored.due_at()), (None, None));

    let emails = scene.mailbox.emails();
    let [email] = emails.as_slice() else { panic!("{} emails", emails.len()) };
    assert_eq!(email.subject, "Waizant: the support session in your account has ended");
    assert!(!email.text.contains("#token="), "there is nothing left to end");
    let [file, page] = email.attachments.as_slice() else { panic!("one receipt") };
    assert_eq!(file.name, format!("receipt-{}.json", over.id));
    assert_eq!(page.name, format!("receipt-{}.html", over.id));
    let page = String::from_utf8(page.content.clone()).unwrap();
    assert!(page.contains("https://consent.example.com/receipt.html"), "what checks it: {page}");
    let receipt = check(&file.content, &scene.signer.public_key()).unwrap();
    assert_eq!(receipt.outcome, Outcome::Completed);
    assert_eq!(receipt.steps.last().unwrap().action, Action::Completed);

    assert_eq!(scene.sweep(deadline.plus(100_000)).await, Ok(0), "nothing is left to do");
    assert_eq!(scene.mailbox.emails().len(), 1);
}

/// For each outcome: what it says, and whether a receipt goes with it.
#[tokio::test] // P30
async fn every_outcome_is_told_and_a_receipt_sent_where_there_was_a_session() {
    let asked = || {
        let mut walk = Walk::start(1);
        walk.prove().ask("eco-1");
        walk.verification
    };
    let cases = [
        (told_session(1), "its time ran out", true),
        (session(1).verification.stop_by_customer(NOON).unwrap(), "ended with the link", true),
        (cancelled(session(1).verification, NOON), "All done <b>& thanks</b>", true),
        (cancelled(asked(), NOON), "cancelled the request", false),
        (asked().stop_by_customer(NOON).unwrap(), "Someone tried to enter", false),
        (asked(), "has expired", false),
        (locked(), "Someone tried to enter", false),
    ];
    for (verification, says, receipt) in cases {
        let scene = Scene::with(&[&verification]).await;
        scene.sweep(NOON.plus(900)).await.unwrap();
        let emails = scene.mailbox.emails();
        let [email] = emails.as_slice() else { panic!("{says}: {} emails", emails.len()) };
        assert!(email.text.contains(says), "{says}:\n{}", email.text);
        assert!(!email.html.contains("<b>&"), "{says}: other people's words are escaped");
        assert_eq!(email.attachments.len(), 2 * usize::from(receipt), "{says}");
        assert_eq!(email.text.contains("receipt of the session is attached"), receipt, "{says}");
        let stored = scene.stored(&verification.id).await;
        assert_eq!(
            count(&stored, Action::CustomerTold),
            1 + usize::from(says == "its time ran out")
        );
        assert_eq!(chain::check(&stored.id, &stored.steps), Ok(()));
    }
}

#[tokio::test]
async fn a_customer_who_never_got_an_email_is_not_told_of_an_end() {
    let started = Walk::start(1).verification;
    let mut walk = Walk::start(2);
    walk.prove();
    let proved = walk.verification.clone();
    walk.ask("eco-1");
    let asked = walk.verification.clone();
    let unsent = asked.clone().email_failed(&asked, false, NOON).unwrap();
    for verification in [started, proved, unsent] {
        let scene = Scene::with(&[&verification]).await;
        assert_eq!(scene.sweep(NOON.plus(900)).await, Ok(1));
        let stored = scene.stored(&verification.id).await;
        assert_eq!((stored.status(), count(&stored, Action::Expired)), (Status::Closed, 1));
        assert_eq!(scene.mailbox.emails().len(), 0);
        assert_eq!(stored.due_at(), None);
    }
}

#[tokio::test] // P11, P12
async fn a_record_whose_chain_is_broken_is_not_signed() {
    let mut closed = session(1).verification.stop_by_customer(NOON).unwrap();
    closed.steps[2].detail = Some(Detail::Text("another story".to_owned()));
    let scene = Scene::with(&[&closed]).await;
    let failure = scene.sweep(NOON.plus(60)).await.unwrap_err();
    assert_eq!(failure, Failure::clean("record", "step 3 does not follow"));
    assert!(scene.mailbox.emails().is_empty());
    assert_eq!(
        scene.stored(&closed.id).await.notice.unwrap().kind,
        NoticeKind::Close,
        "owed still"
    );
}
