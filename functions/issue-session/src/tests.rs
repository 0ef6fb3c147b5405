//! Everything that may go wrong between the press and the handoffs.

use std::time::Duration;

use serde_json::{Value, json};
use support_core::chain::{self, Action};
use support_core::directory::{Customer, Role, SignIn, SignInStatus};
use support_core::entitlement::{EnvironmentUrls, Visibility};
use support_core::identity::{Reason, VerificationId};
use support_core::limits::Limits;
use support_core::ports::{Change, Saved, Verifications};
use support_core::step_detail::Facts;
use support_core::time::Timestamp;
use support_core::time_zone::TimeZone;
use support_core::verification::{
    Cancelled, Module, NoticeKind, Side, State, Status, Verification,
};
use support_gateway::Request;
use support_testing::calls::{Answered, call};
use support_testing::jwt;
use support_testing::samples::{CONFIRMED, NOON, Walk, customer, granted, versions};
use support_testing::world::{Fault, FaultyStore, World};

use crate::app::{Parts, Settings};
use crate::handler::handle;

type TestApp = Parts<FaultyStore, World, World, World, World, World>;

struct Scene {
    store: FaultyStore,
    world: World,
    id: VerificationId,
}

fn successor() -> Customer {
    let mut successor = customer("carla");
    successor.ecosystems[0].role = Role::Successor;
    successor
}

impl Scene {
    /// Consented at noon; Cognito would mint what it should.
    async fn consented() -> Self {
        Self::consented_in(Module::TechnicalAssistance, customer("carla")).await
    }

    /// The same for the successor of `eco-1`.
    async fn successor() -> Self {
        let scene = Self::consented_in(Module::EcosystemAdmin, successor()).await;
        scene.mints(|claims| claims["environments"] = json!(["web", "app"]));
        scene
    }

    async fn consented_in(module: Module, customer: Customer) -> Self {
        let mut walk = Walk::start(1);
        walk.verification.module = module;
        walk.verification.customer = customer.clone();
        walk.consent();
        let scene = Self {
            store: FaultyStore::default(),
            world: World::default(),
            id: walk.verification.id.clone(),
        };
        for version in versions(&walk.verification) {
            scene.store.memory.save(&Change::to(version)).await.unwrap();
        }
        scene.world.customer(customer);
        scene.world.agent("ana", true);
        scene.mints(|_| {});
        scene
    }

    /// What Cognito mints: what it should, changed so.
    fn mints(&self, change: impl Fn(&mut Value)) {
        let token = |usage: &str| {
            let mut claims = json!({
                "sub": "sub-carla", "token_use": usage, "act": {"sub": "ana"},
                "support_session": self.id, "ecosystem": "eco-1",
                "environments": ["store", "web", "app", "rcm"],
                "visibility": {"messages": true, "talks": true},
                "iat": NOON.seconds(), "exp": NOON.seconds() + 300,
            });
            let audience = if usage == "access" { "client_id" } else { "aud" };
            claims[audience] = "support-access".into();
            change(&mut claims);
            jwt::unsigned(&claims)
        };
        self.world.tokens(Some((&token("access"), &token("id"))));
    }

    fn app(&self) -> TestApp {
        let url = |name: &str| format!("https://{name}.example.com/support");
        Parts {
            verifications: self.store.clone(),
            directory: self.world.clone(),
            agents: self.world.clone(),
            customers: self.world.clone(),
            minter: self.world.clone(),
            mailer: self.world.clone(),
            settings: Settings {
                time_zone: TimeZone::default(),
                key: support_testing::samples::key(),
                limits: support_core::limits::Limits::default(),
                client_id: "support-access".into(),
                environments: EnvironmentUrls::each(|to| Ok::<_, ()>(url(to.as_str()))).unwrap(),
                consent_page: "https://consent.example.com/".into(),
            },
        }
    }

    async fn issue(&self, now: Timestamp) -> Answered {
        let app = self.app();
        let route = "POST /verifications/{id}/session";
        call(route, &self.id, &json!({}), now, async |request| handle(&app, request).await).await
    }

    async fn stored(&self) -> Verification {
        self.store.memory.load(&self.id).await.unwrap().unwrap()
    }

    async fn check(&self) -> Verification {
        let stored = self.stored().await;
        assert_eq!(chain::check(&self.id, &stored.steps), Ok(()));
        assert_eq!(stored.version as usize, stored.steps.len());
        stored
    }
}

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
    assert_eq!(scene.world.mints(), 1);
}

/// The store fails at each of its calls in turn, before or after it has done what it was asked.
#[tokio::test] // P11, P13, P25
async fn a_crash_anywhere_leaves_no_second_session_and_the_process_goes_on() {
    let calls = {
        let scene = Scene::consented().await;
        assert_eq!(scene.issue(NOON).await.slug(), "ok");
        scene.store.calls()
    };
    assert_eq!(calls, 5, "load, lease, session, load, told");
    for call in 0..calls {
        for fault in [Fault::Before, Fault::After] {
            let scene = Scene::consented().await;
            scene.store.fail(call, fault);
            let first = scene.issue(NOON).await;
            let stored = scene.check().await;
            match (first.slug(), stored.status()) {
                // Told or not told is no reason to withhold what was committed.
                ("ok", Status::InSession) => continue,
                ("unavailable", Status::Consented | Status::Minting | Status::InSession) => {}
                other => panic!("{fault:?} at {call}: {other:?}"),
            }
            assert_ne!(
                stored.status(),
                Status::InSession,
                "{fault:?} at {call}: committed, and its handoffs withheld"
            );
            // Once the lease is over, whatever was minted before, another attempt goes through.
            let later = NOON.plus(46);
            let second = scene.issue(later).await;
            assert_eq!(second.slug(), "ok", "{fault:?} at {call}");
            assert_eq!(scene.check().await.status(), Status::InSession);
        }
    }
}

#[tokio::test] // P25
async fn cognito_down_gives_the_lease_back() {
    let scene = Scene::consented().await;
    scene.world.down(true);
    assert_eq!(scene.issue(NOON).await.slug(), "unavailable");
    assert_eq!(scene.check().await.status(), Status::Consented);
    scene.world.down(false);
    assert_eq!(scene.issue(NOON).await.slug(), "ok");
}

#[tokio::test] // P13, P17, P18
async fn tokens_that_are_not_as_they_must_be_are_discarded() {
    type Spoil = fn(&mut Value);
    let wrong: [(&str, Spoil); 7] = [
        ("another user", |c| c["sub"] = "sub-dora".into()),
        ("no agent", |c| drop(c.as_object_mut().unwrap().remove("act"))),
        ("another agent", |c| c["act"]["sub"] = "ben".into()),
        ("another ecosystem", |c| c["ecosystem"] = "eco-2".into()),
        ("another session", |c| c["support_session"] = "BBBBBBBBBBBBBBBBBBBBBB".into()),
        ("too long", |c| c["exp"] = (NOON.seconds() + 301).into()),
        ("self-service", |c| c["scope"] = "openid aws.cognito.signin.user.admin".into()),
    ];
    for (what, change) in wrong {
        let scene = Scene::consented().await;
        scene.mints(change);
        assert_eq!(scene.issue(NOON).await.slug(), "unavailable", "{what}");
        let stored = scene.check().await;
        assert_eq!(stored.status(), Status::Consented, "{what}");
        assert!(scene.world.emails().is_empty(), "{what}: nobody was told of a session");
        scene.mints(|_| {});
        assert_eq!(scene.issue(NOON).await.slug(), "ok", "{what}: another attempt goes through");
    }
}

#[tokio::test] // P33
async fn a_permanent_refusal_is_no_outage() {
    let scene = Scene::consented().await;
    scene.world.tokens(None);
    let disabled = SignInStatus { sign_in: SignIn::Disabled, mfa: false };
    let issued = scene
        .issue_while(|_| {
            scene.world.sign_in_status("sub-carla", disabled);
            vec![]
        })
        .await;
    assert_eq!((issued.slug(), scene.world.mints()), ("not-allowed", 1), "disabled meanwhile");
    assert_eq!(scene.check().await.status(), Status::Consented);

    let scene = Scene::consented().await;
    scene.world.agent("ana", false);
    assert_eq!(scene.issue(NOON).await.slug(), "not-allowed");
    scene.world.agent("ana", true);
    scene.world.sign_in_status("sub-carla", disabled);
    assert_eq!(scene.issue(NOON).await.slug(), "not-allowed");
    assert_eq!(scene.world.mints(), 0);
}

/// Cognito's word for it is the same, but nothing is wrong with the customer.
#[tokio::test] // P25
async fn a_no_of_the_triggers_is_an_outage() {
    let scene = Scene::consented().await;
    scene.world.tokens(None);
    assert_eq!(scene.issue(NOON).await.slug(), "unavailable");
    assert_eq!(scene.check().await.status(), Status::Consented);
    scene.mints(|_| {});
    assert_eq!(scene.issue(NOON).await.slug(), "ok");
}

#[tokio::test] // P25
async fn a_session_that_was_not_saved_gives_the_lease_back() {
    let scene = Scene::consented().await;
    scene.store.fail(2, Fault::Before);
    assert_eq!(scene.issue(NOON).await.slug(), "unavailable");
    assert_eq!(scene.check().await.status(), Status::Consented);
    assert_eq!(scene.issue(NOON).await.slug(), "ok", "at once, as the problem said");
}

#[tokio::test(start_paused = true)] // P5, P12, P13
async fn a_session_begins_when_it_is_minted_and_not_when_it_was_asked_for() {
    let scene = Scene::consented().await;
    let minted = NOON.plus(8);
    scene.world.mint_takes(Duration::from_secs(8));
    scene.mints(|claims| {
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

#[tokio::test(start_paused = true)] // P13
async fn a_mint_that_outlasts_its_lease_opens_nothing() {
    let scene = Scene::consented().await;
    scene.world.mint_takes(Duration::from_secs(8));
    let app = Parts {
        settings: Settings {
            limits: Limits { mint_lease_seconds: 8, ..Limits::default() },
            ..scene.app().settings
        },
        ..scene.app()
    };
    let handle = async |request: &Request| handle(&app, request).await;
    let issued =
        call("POST /verifications/{id}/session", &scene.id, &json!({}), NOON, handle).await;
    assert_eq!(issued.slug(), "wrong-step");
    assert!(scene.world.emails().is_empty());
    assert_ne!(scene.check().await.status(), Status::InSession);
}

#[tokio::test] // P31
async fn a_role_lost_since_the_consent_narrows_the_session() {
    let scene = Scene::consented().await;
    let mut demoted = customer("carla");
    demoted.ecosystems[0].role = Role::Member;
    scene.world.customer(demoted);
    scene.mints(|claims| claims["environments"] = json!(["web", "app"]));
    let Answered { status, body: answer } = scene.issue(NOON).await;
    assert_eq!(status, 201);
    let handoffs = answer["session"]["handoffs"].as_array().unwrap();
    assert_eq!(handoffs.iter().map(|h| &h["environment"]).collect::<Vec<_>>(), ["web", "app"]);
    assert_eq!(handoffs[0]["landing"], "my-ecosystem");
    assert!(handoffs[1]["qr_svg"].as_str().unwrap().contains("<svg"));
}

#[tokio::test] // P13
async fn whoever_cancels_or_refuses_during_the_mint_wins() {
    for error in ["cancel", "deny"] {
        let scene = Scene::consented().await;
        let issued = scene
            .issue_while(|minting| match error {
                "cancel" => match minting.cancel(Reason::parse("no").unwrap(), NOON).unwrap() {
                    Cancelled::Now(next) | Cancelled::Already(next) => vec![next],
                },
                _ => vec![minting.stop_by_customer(NOON).unwrap()],
            })
            .await;
        assert_eq!(
            (issued.slug(), &issued.body["verification_status"]),
            ("wrong-step", &json!("closed")),
            "{error}"
        );
        let stored = scene.check().await;
        let State::Closed(closed) = &stored.state else { panic!("{error}") };
        assert!(closed.session.is_none(), "{error}: there never was a session");
        assert!(scene.world.emails().is_empty(), "{error}");
    }
}

impl Scene {
    /// Issues while Cognito is slow; once the lease is committed, `meanwhile` makes of it what is
    /// stored next, one version after the other.
    async fn issue_while(
        &self,
        meanwhile: impl FnOnce(Verification) -> Vec<Verification>,
    ) -> Answered {
        let lease = self.store.calls() + 2;
        let raced = async {
            while self.store.calls() < lease {
                tokio::task::yield_now().await;
            }
            for next in meanwhile(self.stored().await) {
                assert_eq!(self.store.memory.save(&Change::to(next)).await, Ok(Saved::Done));
            }
        };
        self.world.slow(true);
        let (issued, ()) = tokio::join!(self.issue(NOON), raced);
        issued
    }
}

/// He may have reset his password, or set a second factor up, since the agent proved himself: what is
/// judged when a handoff is used, and what the receipt says, is how he stood when the session began.
#[tokio::test] // P20
async fn a_session_knows_how_the_customer_stands_when_it_begins() {
    for scene in [Scene::consented().await, under_a_grant().await] {
        let now = SignInStatus { sign_in: SignIn::Confirmed, mfa: true };
        assert_ne!(scene.stored().await.sign_in_status(), Some(now));
        scene.world.sign_in_status("sub-carla", now);
        assert_eq!(scene.issue(NOON).await.status, 201);
        assert_eq!(scene.stored().await.sign_in_status(), Some(now));
    }
}

/// The lease of a mint that runs out: another begins.
fn next_mint(minting: Verification) -> Verification {
    let limits = Limits::default();
    let later = NOON.plus(limits.mint_lease_seconds);
    minting.at(later).start_mint(CONFIRMED, &limits, later).unwrap()
}

#[tokio::test] // P13
async fn a_mint_that_comes_back_to_anothers_lease_leaves_it_alone() {
    let scene = Scene::consented().await;
    let issued = scene.issue_while(|minting| vec![next_mint(minting)]).await;
    assert_eq!(
        (issued.slug(), &issued.body["verification_status"]),
        ("wrong-step", &json!("minting"))
    );
    assert_eq!(scene.check().await.status(), Status::Minting);
    assert!(scene.world.emails().is_empty());
}

#[tokio::test] // P13
async fn a_mint_without_an_answer_does_not_take_anothers_session_for_its_own() {
    let scene = Scene::consented().await;
    let issued = scene
        .issue_while(|minting| {
            let mut walk = Walk::start(1);
            walk.verification = next_mint(minting);
            let (second, (session, _)) = (walk.verification.clone(), walk.sealed());
            let page = &walk.page.secret;
            let begun = second.clone().start_session(session, page, &walk.key, NOON).unwrap();
            // This mint's own write is lost to that, and its answer on the way.
            scene.store.fail(0, Fault::After);
            vec![second, begun]
        })
        .await;
    assert_eq!(issued.status, 503);
    assert_eq!(scene.check().await.status(), Status::InSession);
}

#[tokio::test] // P26
async fn a_customer_who_cannot_be_told_now_is_owed_it() {
    let scene = Scene::consented().await;
    scene.world.email_down(true);
    assert_eq!(scene.issue(NOON).await.slug(), "ok");
    let notice = scene.check().await.notice.unwrap();
    assert_eq!((notice.kind, notice.due_at), (NoticeKind::Start, NOON.plus(20)));
}

#[tokio::test] // P7, P30
async fn a_successor_gets_the_qr_code_by_mail_and_the_agent_does_not_see_it() {
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
    let actions: Vec<_> = stored.steps.iter().map(|step| step.action).collect();
    assert!(actions.contains(&Action::AppQrSent) && actions.contains(&Action::CustomerTold));
    assert_eq!(stored.app_qr_given_to(), Some(Side::Customer));
    assert!(!serde_json::to_string(&stored).unwrap().contains(url));
}

#[tokio::test] // P26
async fn a_qr_code_that_could_not_be_mailed_is_lost_and_the_agent_is_told() {
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
async fn who_stops_being_successor_is_refused_at_issue() {
    for (change, wanted) in
        [(Role::Member, "isn't the successor"), (Role::Admin, "isn't the successor")]
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

/// Reading is no act: it takes nothing from a mint, wherever it falls.
#[tokio::test] // P13
async fn a_reading_during_the_mint_does_not_stop_it() {
    for fails in [false, true] {
        let scene = Scene::successor().await;
        if fails {
            scene.world.tokens(None);
        }
        let reading = async {
            let minting = loop {
                tokio::task::yield_now().await;
                let stored = scene.stored().await;
                if stored.status() == Status::Minting {
                    break stored;
                }
            };
            let limits = support_core::limits::Limits::default();
            let read = minting
                .read_activity(
                    Some(&successor()),
                    Some(Facts::ActivityList { continued: false }),
                    &limits,
                    NOON,
                )
                .unwrap();
            scene.store.memory.save(&Change::to(read)).await.unwrap();
        };
        scene.world.slow(true);
        let (issued, ()) = tokio::join!(scene.issue(NOON), reading);
        let stored = scene.check().await;
        assert!(stored.steps.iter().any(|step| step.action == Action::ActivityRead));
        if fails {
            assert_eq!(issued.slug(), "unavailable");
            assert_eq!(stored.status(), Status::Consented, "the lease is given back");
        } else {
            assert_eq!(issued.slug(), "ok");
            assert_eq!(stored.status(), Status::InSession);
            assert_eq!(scene.world.mints(), 1);
        }
    }
}

#[tokio::test] // P11, P25
async fn a_crash_after_the_qr_code_was_mailed_withholds_nothing() {
    let calls = {
        let scene = Scene::successor().await;
        scene.issue(NOON).await;
        scene.store.calls()
    };
    assert_eq!(calls, 7, "load, lease, session; load, told; load, sent");
    for call in 3..calls {
        for fault in [Fault::Before, Fault::After] {
            let scene = Scene::successor().await;
            scene.store.fail(call, fault);
            let answer = scene.issue(NOON).await;
            assert_eq!(answer.slug(), "ok", "{fault:?} at {call}");
            let app = &answer.body["session"]["handoffs"][1];
            assert_eq!(app["sent_to"], "c***@example.com", "{fault:?} at {call}");
            assert_eq!(scene.world.emails().len(), 2);
            scene.check().await;
        }
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
    scene.mints(|claims| {
        claims["visibility"]["talks"] = json!(false);
        claims["iat"] = (last.seconds() + 1).into();
        claims["exp"] = (last.seconds() + 301).into();
    });
    assert_eq!(scene.issue(last).await.slug(), "grant-refused");
    assert_eq!((scene.check().await.status(), scene.world.mints()), (Status::Consented, 1));
    assert!(scene.world.emails().is_empty(), "nobody was told of a session");
}
