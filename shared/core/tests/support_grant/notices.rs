//! The notices about grants and what happens under them.

use support_core::chain::Action;
use support_core::directory::Locale;
use support_core::email::Email;
use support_core::entitlement::RcmForMembers;
use support_core::entitlement::{Access, Visibility};
use support_core::notices::{Context, grant_email, grant_used};
use support_core::step_detail::Facts;
use support_core::support_grant::{Ended, GrantEnding, GrantNoticeKind, Offer, SupportGrant};
use support_core::time_zone::TimeZone;
use support_core::verification::{NoticeKind, Status, Verification};
use support_testing::samples::{CONFIRMED, NOON, Walk, customer, granted, key, rng};

use crate::samples::{END, cancelled, everywhere, millis_from, shown};

/// The customer is told that a grant is used, and therefore how that ends, however early.
#[test] // P30
fn every_end_is_due_a_notice_since_the_start_was() {
    let about = |v: &Verification| v.notice.map(|notice| notice.kind);
    for (name, walk, _) in everywhere() {
        if walk.verification.expires_at().is_none() {
            continue;
        }
        let deadline = walk.verification.expires_at().unwrap();
        let over = walk.verification.clone().close_if_over(deadline).unwrap();
        assert_eq!(about(&over), Some(NoticeKind::Close), "{name}");
        assert_eq!(about(&cancelled(&walk.verification, NOON)), Some(NoticeKind::Close), "{name}");
    }
    let mut locked = Walk::redeem(1, granted("carla", None).0).0;
    locked.challenge();
    for _ in 0..5 {
        let v = locked.verification.clone();
        (locked.verification, _) = v.refuse_agent_code(&locked.limits, locked.now).unwrap();
    }
    assert_eq!(about(&locked.verification), Some(NoticeKind::Close), "the agent's own code, too");

    // The notice of the use gives way to that of the session, and both to that of the end.
    let (mut walk, _) = Walk::redeem(1, granted("carla", None).0);
    assert_eq!(about(&walk.verification), Some(NoticeKind::GrantUsed));
    walk.prove();
    assert_eq!(about(&walk.verification), Some(NoticeKind::GrantUsed), "still owed");
    let told = walk.verification.clone().notice_sent(NoticeKind::GrantUsed, NOON).unwrap();
    assert_eq!((told.notice, told.status()), (None, Status::Consented));
    let last = told.steps.last().unwrap();
    assert_eq!(
        (last.action.known().unwrap(), &last.detail),
        (Action::CustomerTold, &Some(Facts::Notice { notice: NoticeKind::GrantUsed }.into()))
    );
    walk.verification = walk.verification.clone().start_mint(&walk.limits, NOON).unwrap();
    let (session, _) = walk.sealed();
    let v = walk.verification.clone();
    let started = v.start_session(CONFIRMED, session, &walk.page.secret, &walk.key, NOON).unwrap();
    assert_eq!(about(&started), Some(NoticeKind::Start));
    assert!(started.notice_sent(NoticeKind::GrantUsed, NOON).is_none(), "out of date");
}

#[test] // P5
fn a_grant_ends_once_at_its_deadline_however_late_the_sweep_is() {
    let (grant, _) = granted("carla", None);
    assert!(grant.clone().end_if_over(millis_from(END, -1)).is_none());
    for late in [0, 1, 100_000_000] {
        let now = millis_from(END, late);
        let ended = grant.clone().end_if_over(now).unwrap();
        assert_eq!(ended.ended, Some(Ended { how: GrantEnding::Expired, at: END }));
        assert_eq!(ended.version, grant.version + 1);
        let owed = ended.notice.map(|notice| (notice.kind, notice.due_at));
        assert_eq!(owed, Some((GrantNoticeKind::Ended, now)), "and at once");
        assert!(ended.end_if_over(now).is_none(), "once");
    }
    let (revoked, _) = grant.revoke(None, NOON);
    assert!(revoked.end_if_over(END).is_none(), "it had ended before");
}

#[test]
fn a_grant_is_due_at_its_deadline_and_when_a_notice_is() {
    let (created, _) = granted("carla", None);
    assert_eq!(created.due_at(), Some(NOON.plus(20)), "the function that made it tries first");
    let told = created.clone().notice_sent(GrantNoticeKind::Created).unwrap();
    assert_eq!(told.due_at(), Some(END));
    // A notice that would come later than the end.
    let late = millis_from(END, -1000);
    let (renewed, ..) = told.clone().regenerate(None, &key(), &mut rng(5), late);
    assert_eq!(renewed.notice.map(|notice| notice.due_at), Some(late.plus(20)));
    assert_eq!(renewed.due_at(), Some(END));
    let (revoked, _) = told.revoke(None, NOON.plus(60));
    assert_eq!(revoked.due_at(), Some(NOON.plus(60)));
    let done = revoked.notice_sent(GrantNoticeKind::Ended).unwrap();
    assert_eq!(done.due_at(), None, "all is done");
}

#[test] // P26
fn a_try_is_taken_once_and_the_next_one_comes_later_each_time() {
    let (grant, _) = granted("carla", None);
    assert!(grant.clone().take_notice(millis_from(NOON.plus(20), -1)).is_none());
    let (mut grant, _) = grant.revoke(None, NOON);
    let (mut now, mut waits) = (NOON, Vec::new());
    for _ in 0..9 {
        let (next, about) = grant.clone().take_notice(now).expect("it is due");
        assert_eq!((about, next.version), (GrantNoticeKind::Ended, grant.version + 1));
        assert!(next.clone().take_notice(now).is_none(), "taken");
        let due = next.due_at().unwrap();
        assert!(next.clone().take_notice(millis_from(due, -1)).is_none(), "not yet");
        waits.push(due.seconds_from(now));
        (grant, now) = (next, due);
    }
    assert_eq!(waits, [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
    let told = grant.notice_sent(GrantNoticeKind::Ended).unwrap();
    assert!(told.take_notice(now.plus(1_000_000)).is_none(), "nothing is owed");
}

#[test]
fn a_newer_notice_replaces_the_one_that_was_due() {
    let about = |grant: &SupportGrant| grant.notice.map(|notice| notice.kind);
    let (created, _) = granted("carla", None);
    assert_eq!(about(&created), Some(GrantNoticeKind::Created));
    let (_, redeemed) = Walk::redeem(1, created.clone());
    assert_eq!(
        about(&redeemed),
        Some(GrantNoticeKind::Created),
        "of its use its verification tells"
    );
    let (renewed, ..) = redeemed.clone().regenerate(None, &key(), &mut rng(5), NOON.plus(5));
    assert_eq!(about(&renewed), Some(GrantNoticeKind::Renewed));
    assert_eq!(renewed.due_at(), Some(NOON.plus(25)));
    assert!(renewed.clone().notice_sent(GrantNoticeKind::Created).is_none(), "out of date");
    // A new one is tried from the beginning.
    let (tried, _) = created.take_notice(NOON.plus(20)).unwrap();
    assert_eq!(tried.due_at(), Some(NOON.plus(80)));
    let (renewed, ..) = tried.regenerate(None, &key(), &mut rng(5), NOON.plus(30));
    let (again, _) = renewed.take_notice(NOON.plus(50)).unwrap();
    assert_eq!(again.due_at(), Some(NOON.plus(110)));
    let (revoked, _) = again.revoke(None, NOON.plus(60));
    assert_eq!(about(&revoked), Some(GrantNoticeKind::Ended));
    assert!(revoked.clone().notice_sent(GrantNoticeKind::Renewed).is_none());
    let version = revoked.version;
    let told = revoked.notice_sent(GrantNoticeKind::Ended).unwrap();
    assert_eq!((told.notice, told.version), (None, version + 1));
    assert!(told.notice_sent(GrantNoticeKind::Ended).is_none(), "once");
}

#[test] // P7, P30
fn each_email_says_its_news_and_none_has_the_credentials() {
    const PAGE: &str = "https://console.example.com/remote-assistance.html";
    let (created, credentials) = granted("carla", None);
    let (renewed, new, _) = created.clone().regenerate(None, &key(), &mut rng(5), NOON);
    let (revoked, _) = created.clone().revoke(None, NOON.plus(60));
    let expired = created.clone().end_if_over(END).unwrap();
    let time_zone = &TimeZone::default();
    let context = Context { session_minutes: 5, grant_page: PAGE, time_zone };
    let email = |grant: &SupportGrant, about| grant_email(grant, about, &context);
    let has = |email: &Email, words: &[&str]| {
        for word in words {
            assert!(email.text.contains(word), "{word}: {}", email.text);
        }
        for secret in shown(&credentials).iter().chain(&shown(&new)) {
            for secret in [secret.clone(), secret.replace('-', "")] {
                let whole = format!("{}{}{}", email.subject, email.text, email.html);
                assert!(!whole.contains(&secret), "a credential in an email");
            }
        }
        assert!(email.attachments.is_empty() && email.pictures.is_empty());
    };
    let limits = ["Ecosystem eco-1", "Hidden from the agent: talks", PAGE, "for 5 minutes"];
    let first = email(&created, GrantNoticeKind::Created).unwrap();
    assert!(first.subject.contains("activated"), "{}", first.subject);
    has(&first, &limits);
    let second = email(&renewed, GrantNoticeKind::Renewed).unwrap();
    assert!(second.subject.contains("replaced"), "{}", second.subject);
    has(&second, &limits);
    let third = email(&revoked, GrantNoticeKind::Ended).unwrap();
    assert!(third.subject.contains("revoked"), "{}", third.subject);
    has(&third, &["Ecosystem eco-1", "08:01"]);
    let fourth = email(&expired, GrantNoticeKind::Ended).unwrap();
    assert!(fourth.subject.contains("expired"), "{}", fourth.subject);
    has(&fourth, &["08:15"]);
    // No email says what is no longer true.
    for grant in [&revoked, &expired] {
        for about in [GrantNoticeKind::Created, GrantNoticeKind::Renewed] {
            assert!(email(grant, about).is_none(), "{about:?}");
        }
    }
    assert!(email(&created, GrantNoticeKind::Ended).is_none());

    let (walk, _) = Walk::redeem(1, created);
    let used = grant_used(&walk.verification, &context).unwrap();
    assert!(used.subject.contains("ana"), "{}", used.subject);
    has(&used, &["ana", "Hidden from the agent: talks", "08:15", PAGE]);
    let other = Walk::start(1).verification;
    assert!(grant_used(&other, &context).is_none(), "there is no grant");
}

/// In the language that the directory had when the grant was made.
#[test] // P30
fn emails_are_in_the_language_of_the_customer() {
    let mut person = customer("carla");
    person.locale = Locale::Es;
    let offer = Offer {
        customer: &person,
        sign_in_status: CONFIRMED,
        ecosystem: "eco-1",
        visibility: Visibility { messages: false, talks: false },
        access: Access::View,
        minutes: 15,
    };
    let rcm = RcmForMembers::default();
    let (grant, _) = SupportGrant::create(None, &offer, rcm, &key(), &mut rng(1), NOON).unwrap();
    let time_zone = &TimeZone::default();
    let context =
        Context { session_minutes: 5, grant_page: "https://console.example.com/", time_zone };
    let email = grant_email(&grant, GrantNoticeKind::Created, &context).unwrap();
    assert!(email.text.starts_with("Hola, carla"), "{}", email.text);
}
