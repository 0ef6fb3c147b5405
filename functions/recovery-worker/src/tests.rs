//! The worker with accounts and a mailbox in memory, from the jobs in `events/`.

use serde_json::Value;
use support_core::directory::{Locale, SignIn};
use support_core::identity::EmailAddress;
use support_core::recovery::{Account, Job};
use support_core::time_zone::TimeZone;
use support_testing::recovery::{Accounts, account};
use support_testing::world::World;

/// The work, with the clock that a stack has if it is given none.
async fn work(
    accounts: &Accounts,
    mailbox: &World,
    job: Job,
) -> Result<&'static str, support_core::refusal::Failure> {
    let settings = crate::work::Settings {
        time_zone: TimeZone::default(),
        console_url: "https://console.example.com".into(),
    };
    crate::work::work(accounts, mailbox, &settings, job).await
}

const SEND_CODE: &str = include_str!("../../../events/recovery-worker-send-code.json");
const TELL_CHANGED: &str = include_str!("../../../events/recovery-worker-tell-changed.json");

fn job(event: &str) -> Job {
    let event: Value = serde_json::from_str(event).unwrap();
    serde_json::from_str(event["Records"][0]["body"].as_str().unwrap()).unwrap()
}

fn ana() -> EmailAddress {
    EmailAddress::parse("ana@agents.example.com").unwrap()
}

#[tokio::test] // P23
async fn a_code_goes_to_an_agent_who_may_recover_and_to_nobody_else() {
    let agent = || account("Ana");
    let cases: [(Option<Account>, bool); 7] = [
        (Some(agent()), true),
        (Some(Account { sign_in: SignIn::ResetRequired, ..agent() }), true),
        (None, false),
        (Some(Account { sign_in: SignIn::Disabled, ..agent() }), false),
        (Some(Account { sign_in: SignIn::Unconfirmed, ..agent() }), false),
        (Some(Account { in_group: false, ..agent() }), false),
        (Some(Account { address_verified: false, ..agent() }), false),
    ];
    for (found, expected) in cases {
        let (accounts, mailbox) = (Accounts::default(), World::default());
        if let Some(account) = &found {
            accounts.set(&ana(), account.clone());
        }
        let outcome = work(&accounts, &mailbox, job(SEND_CODE)).await.unwrap();
        let (said, sent) =
            if expected { ("code sent", vec![ana()]) } else { ("nobody to send to", vec![]) };
        assert_eq!((outcome, accounts.sent()), (said, sent), "{found:?}");
        assert!(mailbox.emails().is_empty(), "Cognito sends the code");
    }
}

#[tokio::test] // P23
async fn an_agent_who_was_never_activated_is_told_why_there_is_no_code_and_nobody_else_is() {
    let invited = || Account { sign_in: SignIn::MustChangePassword, ..account("Ana Rivas") };
    for (locale, subject) in [
        (Locale::Es, "Waizant: su cuenta todavía no está activa"),
        (Locale::En, "Waizant: your account is not active yet"),
    ] {
        let (accounts, mailbox) = (Accounts::default(), World::default());
        accounts.set(&ana(), Account { locale, ..invited() });
        let outcome = work(&accounts, &mailbox, job(SEND_CODE)).await;
        assert_eq!(outcome, Ok("told that the account is not active"));
        assert_eq!(accounts.sent(), []);
        let emails = mailbox.emails();
        let [(to, email)] = &emails[..] else { panic!("{} emails", emails.len()) };
        assert_eq!((to, email.subject.as_str()), (&ana(), subject));
        assert!(email.text.contains("Ana Rivas") && email.text.contains("https://console.example"));
    }
    for other in
        [Account { in_group: false, ..invited() }, Account { address_verified: false, ..invited() }]
    {
        let (accounts, mailbox) = (Accounts::default(), World::default());
        accounts.set(&ana(), other);
        assert_eq!(work(&accounts, &mailbox, job(SEND_CODE)).await, Ok("nobody to send to"));
        assert!(mailbox.emails().is_empty());
    }
    let (accounts, mailbox) = (Accounts::default(), World::default());
    accounts.set(&ana(), invited());
    mailbox.down(true);
    assert!(work(&accounts, &mailbox, job(SEND_CODE)).await.is_err(), "the queue brings it again");
}

#[tokio::test]
async fn the_agent_is_told_in_their_language_that_the_password_was_changed() {
    for (locale, subject, other) in [
        (Locale::Es, "Waizant: se cambió su contraseña", "avise de inmediato a su administrador"),
        (Locale::En, "Waizant: your password was changed", "tell your administrator immediately"),
    ] {
        let (accounts, mailbox) = (Accounts::default(), World::default());
        accounts.set(&ana(), Account { locale, ..account("Ana Rivas") });
        assert_eq!(work(&accounts, &mailbox, job(TELL_CHANGED)).await, Ok("told"));
        let emails = mailbox.emails();
        let [(to, email)] = &emails[..] else { panic!("{} emails", emails.len()) };
        assert_eq!((to, email.subject.as_str()), (&ana(), subject));
        for fact in ["Ana Rivas", "04:14:06", "UTC−5) · 09:14:06 UTC", other] {
            assert!(email.text.contains(fact), "{}", email.text);
        }
        assert_eq!(accounts.signed_out(), [], "the route has done it");
    }
}

#[tokio::test] // P25
async fn an_agent_whom_the_route_could_not_sign_out_is_signed_out_before_the_notice() {
    let (accounts, mailbox) = (Accounts::default(), World::default());
    accounts.set(&ana(), account("Ana"));
    let Job::TellChanged { email, at, .. } = job(TELL_CHANGED) else { panic!() };
    let job = || Job::TellChanged { email: email.clone(), at, sign_out: true };
    accounts.sign_out_down(true);
    assert!(work(&accounts, &mailbox, job()).await.is_err());
    assert!(mailbox.emails().is_empty());
    accounts.sign_out_down(false);
    assert_eq!(work(&accounts, &mailbox, job()).await, Ok("told"));
    assert_eq!(accounts.signed_out(), [ana()]);
    assert_eq!(mailbox.emails().len(), 1);
}

#[tokio::test] // P25
async fn a_job_fails_with_what_it_needs_and_comes_back() {
    let (accounts, mailbox) = (Accounts::default(), World::default());
    accounts.set(&ana(), account("Ana"));
    accounts.down(true);
    assert!(work(&accounts, &mailbox, job(SEND_CODE)).await.is_err());
    assert!(work(&accounts, &mailbox, job(TELL_CHANGED)).await.is_err());
    accounts.down(false);
    mailbox.down(true);
    assert!(work(&accounts, &mailbox, job(TELL_CHANGED)).await.is_err());
    assert_eq!(accounts.sent(), []);
    mailbox.down(false);
    assert_eq!(work(&accounts, &mailbox, job(SEND_CODE)).await, Ok("code sent"));
    assert_eq!(work(&accounts, &mailbox, job(TELL_CHANGED)).await, Ok("told"));
}

#[tokio::test]
async fn an_agent_who_is_gone_is_not_told() {
    let (accounts, mailbox) = (Accounts::default(), World::default());
    assert_eq!(work(&accounts, &mailbox, job(TELL_CHANGED)).await, Ok("nobody to tell"));
    assert!(mailbox.emails().is_empty());
}
