//! The customers' pool: a sign-in under a mint ticket becomes a support session. Every other
//! sign-in passes as if these triggers were not there.

use std::future::Future;

use lambda_runtime::Diagnostic;
use serde_json::{Map, Value, json};
use support_core::mint::{MintTicketId, SELF_SERVICE_SCOPE, SessionClaims};
use support_core::ports::MintTickets;
use support_core::refusal::Failure;
use support_core::secret::HashKey;
use support_core::time::Timestamp;

use crate::event::Event;

const CUSTOM_CHALLENGE: &str = "CUSTOM_CHALLENGE";

/// The source of the only tokens that a ticket is for: those of a sign-in, never of a refresh.
const SIGN_IN: &str = "TokenGeneration_Authentication";

/// What a sign-in under a ticket needs. It is reached when it is needed and not before, so that
/// every other sign-in works when it cannot be reached.
pub trait Store: Sync {
    type Grants: MintTickets;

    fn tickets(&self) -> impl Future<Output = Result<&Self::Grants, Failure>> + Send;

    fn key(&self) -> impl Future<Output = Result<&HashKey, Failure>> + Send;
}

/// Why a sign-in under a ticket is denied.
#[derive(Debug, PartialEq, Eq)]
pub enum Denied {
    /// There is no such ticket for this call.
    NotGranted,
    Failed(Failure),
}

impl From<Failure> for Denied {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Cognito shows the message to whoever signs in: it says nothing.
impl From<Denied> for Diagnostic {
    fn from(denied: Denied) -> Self {
        let (error_type, error_message) = match denied {
            Denied::NotGranted => ("NotGranted", "not granted"),
            Denied::Failed(_) => ("Unavailable", "unavailable"),
        };
        Self { error_type: error_type.to_owned(), error_message: error_message.to_owned() }
    }
}

/// Answers an event received at `now`.
///
/// # Errors
/// Tokens were asked for under a ticket that is not there for this call, or the store failed. An
/// error denies the sign-in.
pub async fn handle(mut event: Event, store: &impl Store, now: Timestamp) -> Result<Event, Denied> {
    match event.source() {
        "DefineAuthChallenge_Authentication" => define(&mut event),
        "CreateAuthChallenge_Authentication" => create(&mut event),
        "VerifyAuthChallengeResponse_Authentication" => {
            let correct = verify(&event, store, now).await?;
            event.respond("answerCorrect", correct);
        }
        _ if event.is_pre_token() => match event.ticket() {
            None => event.override_tokens(Map::new()),
            Some(ticket) => {
                let claims = claims(&event, ticket, store, now).await?;
                override_both(&mut event, &claims);
            }
        },
        _ => {}
    }
    Ok(event)
}

/// One challenge of ours, answered rightly, gives tokens. Whatever else happened ends the
/// sign-in: no second try, and no challenge of another kind.
fn define(event: &mut Event) {
    let tokens = match event.request("session").as_array().map(Vec::as_slice) {
        Some([]) => {
            event.respond("challengeName", CUSTOM_CHALLENGE);
            event.respond("issueTokens", false);
            event.respond("failAuthentication", false);
            return;
        }
        Some([only]) => {
            only["challengeName"] == CUSTOM_CHALLENGE
                && only["challengeResult"] == true
                && event.request("userNotFound") != true
        }
        _ => false,
    };
    event.respond("issueTokens", tokens);
    event.respond("failAuthentication", !tokens);
}

/// The challenge says nothing: whoever may answer it has the secret already.
fn create(event: &mut Event) {
    event.respond("publicChallengeParameters", json!({}));
    event.respond("privateChallengeParameters", json!({}));
}

/// Whether the answer is the secret of a ticket for this call, which is then marked. Anything
/// short of it is a wrong answer, and only a store that fails is an error.
async fn verify(event: &Event, store: &impl Store, now: Timestamp) -> Result<bool, Failure> {
    let ticket = event.ticket().and_then(grant_id);
    let answer = event.request("challengeAnswer").as_str();
    let (Some(id), Some(answer), Some(call)) = (ticket, answer, event.call()) else {
        return Ok(false);
    };
    let tickets = store.tickets().await?;
    let (key, ticket) = tokio::try_join!(store.key(), tickets.load(&id))?;
    match ticket {
        Some(ticket) if ticket.opens(call, answer, key, now) => tickets.mark(&id).await,
        _ => Ok(false),
    }
}

/// The claims of the ticket that this call brings.
async fn claims(
    event: &Event,
    ticket: &Value,
    store: &impl Store,
    now: Timestamp,
) -> Result<SessionClaims, Denied> {
    let (SIGN_IN, Some(id), Some(call)) = (event.source(), grant_id(ticket), event.call()) else {
        return Err(Denied::NotGranted);
    };
    let ticket = store.tickets().await?.load(&id).await?.ok_or(Denied::NotGranted)?;
    ticket.claims_for(call, now).cloned().ok_or(Denied::NotGranted)
}

/// Both tokens name the agent and the session (P18), and the access token cannot be used to
/// change or delete the customer's account (P17).
fn override_both(event: &mut Event, claims: &SessionClaims) {
    let claims = json!({
        "act": {"sub": claims.agent_id},
        "support_session": claims.session,
        "ecosystem": claims.ecosystem,
        "environments": claims.environments,
        "visibility": claims.visibility,
    });
    let id = json!({"claimsToAddOrOverride": claims});
    let access = json!({"claimsToAddOrOverride": claims, "scopesToSuppress": [SELF_SERVICE_SCOPE]});
    event.override_tokens(Map::from_iter([
        ("idTokenGeneration".to_owned(), id),
        ("accessTokenGeneration".to_owned(), access),
    ]));
    event.drop_roles();
}

fn grant_id(value: &Value) -> Option<MintTicketId> {
    MintTicketId::parse(value.as_str()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    use support_core::entitlement::Environment;
    use support_core::entitlement::Visibility;
    use support_core::mint::{MintTicket, SignInCall, TICKET_METADATA};
    use support_core::secret::Secret;

    const DEFINE_FIRST: &str = include_str!("../../../events/cognito-triggers-define-first.json");
    const DEFINE_ANSWERED: &str =
        include_str!("../../../events/cognito-triggers-define-answered.json");
    const CREATE: &str = include_str!("../../../events/cognito-triggers-create.json");
    const VERIFY: &str = include_str!("../../../events/cognito-triggers-verify.json");
    const SESSION: &str = include_str!("../../../events/cognito-triggers-pre-token-session.json");
    const PASSWORD_SIGN_IN: &str =
        include_str!("../../../events/cognito-triggers-pre-token-sign-in.json");
    const REFRESH: &str = include_str!("../../../events/cognito-triggers-pre-token-refresh.json");
    const OTHER: &str = include_str!("../../../events/cognito-triggers-post-confirmation.json");

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn key() -> HashKey {
        HashKey::new(&[7; 32]).unwrap()
    }

    /// The ticket that the events are about.
    fn ticket() -> MintTicket {
        let event = Event::from(value(VERIFY));
        let id = event.ticket().and_then(grant_id).unwrap();
        let SignInCall { username, client_id } = event.call().unwrap();
        let answer = event.request("challengeAnswer").as_str().unwrap();
        MintTicket {
            secret: MintTicket::digest(&id, &Secret::from(answer.to_owned()), &key()),
            username: username.to_owned(),
            client_id: client_id.to_owned(),
            claims: SessionClaims {
                agent_id: "agent-1".to_owned(),
                session: id.as_str().split_once('.').unwrap().0.to_owned().try_into().unwrap(),
                ecosystem: "eco-1".to_owned(),
                environments: vec![Environment::Web, Environment::App],
                visibility: Visibility { messages: true, talks: false },
            },
            id,
            expires_at: NOW.plus(30),
            answered: false,
        }
    }

    /// A store that can be reached.
    struct Here {
        ticket: Mutex<Option<MintTicket>>,
        key: HashKey,
    }

    impl Here {
        fn with(ticket: MintTicket) -> Self {
            Self { ticket: Mutex::new(Some(ticket)), key: key() }
        }

        fn answered() -> Self {
            Self::with(MintTicket { answered: true, ..ticket() })
        }

        fn is_marked(&self) -> bool {
            self.ticket.lock().unwrap().as_ref().is_some_and(|ticket| ticket.answered)
        }
    }

    impl MintTickets for Here {
        async fn load(&self, id: &MintTicketId) -> Result<Option<MintTicket>, Failure> {
            Ok(self.ticket.lock().unwrap().clone().filter(|ticket| ticket.id == *id))
        }

        async fn mark(&self, id: &MintTicketId) -> Result<bool, Failure> {
            let mut stored = self.ticket.lock().unwrap();
            let found = stored.as_mut().filter(|ticket| ticket.id == *id);
            Ok(found.map(|ticket| ticket.answered = true).is_some())
        }
    }

    impl Store for Here {
        type Grants = Self;

        async fn tickets(&self) -> Result<&Self, Failure> {
            Ok(self)
        }

        async fn key(&self) -> Result<&HashKey, Failure> {
            Ok(&self.key)
        }
    }

    /// A store that nobody may reach for.
    struct OutOfBounds;

    impl Store for OutOfBounds {
        type Grants = Here;

        async fn tickets(&self) -> Result<&Here, Failure> {
            panic!("the store was reached for")
        }

        async fn key(&self) -> Result<&HashKey, Failure> {
            panic!("the key was reached for")
        }
    }

    /// A store that is down in one place.
    struct Down {
        here: Here,
        place: Place,
    }

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Place {
        Grants,
        Key,
        Load,
        Mark,
    }

    impl Down {
        fn fails_at(&self, place: Place) -> Result<(), Failure> {
            if self.place == place { Err(down()) } else { Ok(()) }
        }
    }

    fn down() -> Failure {
        Failure::unsure("dynamodb", "timed out")
    }

    impl MintTickets for Down {
        async fn load(&self, id: &MintTicketId) -> Result<Option<MintTicket>, Failure> {
            self.fails_at(Place::Load)?;
            self.here.load(id).await
        }

        async fn mark(&self, id: &MintTicketId) -> Result<bool, Failure> {
            self.fails_at(Place::Mark)?;
            self.here.mark(id).await
        }
    }

    impl Store for Down {
        type Grants = Self;

        async fn tickets(&self) -> Result<&Self, Failure> {
            self.fails_at(Place::Grants).map(|()| self)
        }

        async fn key(&self) -> Result<&HashKey, Failure> {
            self.fails_at(Place::Key).map(|()| &self.here.key)
        }
    }

    async fn answer_at(event: &Value, store: &impl Store, now: Timestamp) -> Result<Value, Denied> {
        handle(Event::from(event.clone()), store, now).await.map(Value::from)
    }

    async fn answer(event: &Value, store: &impl Store) -> Result<Value, Denied> {
        answer_at(event, store, NOW).await
    }

    // Everybody else's sign-ins.

    #[tokio::test] // P18
    async fn every_other_sign_in_and_refresh_keeps_its_groups_and_needs_no_store() {
        for text in [PASSWORD_SIGN_IN, REFRESH] {
            let event = value(text);
            let mut expected = event.clone();
            expected["response"]["claimsAndScopeOverrideDetails"] =
                json!({"groupOverrideDetails": event["request"]["groupConfiguration"]});
            assert_eq!(answer(&event, &OutOfBounds).await, Ok(expected));
        }
        let groups = &value(PASSWORD_SIGN_IN)["request"]["groupConfiguration"]["groupsToOverride"];
        assert_eq!(*groups, json!(["Beta", "Premium"]));
    }

    #[tokio::test] // P18
    async fn metadata_of_somebody_else_is_none_of_our_business() {
        for metadata in [json!({}), json!({"grant": "x", "campaign": "y"}), json!(null)] {
            let mut event = value(PASSWORD_SIGN_IN);
            event["request"]["clientMetadata"] = metadata;
            let answer = answer(&event, &OutOfBounds).await.unwrap();
            assert_eq!(answer["request"], event["request"]);
            let overrides = &answer["response"]["claimsAndScopeOverrideDetails"];
            assert_eq!(
                overrides.as_object().unwrap().keys().collect::<Vec<_>>(),
                ["groupOverrideDetails"]
            );
        }
    }

    #[tokio::test] // P18
    async fn without_groups_to_keep_the_event_goes_back_as_it_came() {
        let mut event = value(PASSWORD_SIGN_IN);
        event["request"].as_object_mut().unwrap().remove("groupConfiguration");
        assert_eq!(answer(&event, &OutOfBounds).await, Ok(event));
    }

    #[tokio::test] // P18
    async fn every_other_trigger_gets_its_event_back() {
        for event in [value(OTHER), json!({}), json!(null), json!("text"), json!([1])] {
            assert_eq!(answer(&event, &OutOfBounds).await, Ok(event));
        }
    }

    // Custom auth.

    #[tokio::test]
    async fn a_custom_sign_in_begins_with_one_challenge_that_says_nothing() {
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
    async fn one_right_answer_gives_tokens_and_anything_else_ends_the_sign_in() {
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

    /// On AWS the `ClientMetadata` of `AdminInitiateAuth` does not reach these two, in the emulator it
    /// does: nothing may hang on it.
    #[tokio::test]
    async fn define_and_create_do_not_look_at_metadata() {
        for text in [DEFINE_FIRST, DEFINE_ANSWERED, CREATE] {
            let mut answers = Vec::new();
            for metadata in [json!(null), json!({}), json!({TICKET_METADATA: ticket().id.as_str()})]
            {
                let mut event = value(text);
                event["request"]["clientMetadata"] = metadata;
                answers.push(answer(&event, &OutOfBounds).await.unwrap()["response"].take());
            }
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        }
    }

    #[tokio::test]
    async fn the_secret_of_the_grant_is_the_right_answer_and_marks_it() {
        let store = Here::with(ticket());
        let mut expected = value(VERIFY);
        expected["response"]["answerCorrect"] = json!(true);
        assert_eq!(answer(&value(VERIFY), &store).await, Ok(expected));
        assert!(store.is_marked());
    }

    /// What somebody changed, and how.
    type Forgery = (&'static str, fn(&mut Value));

    /// What is wrong with the call, or with the id of the ticket.
    fn forgeries() -> Vec<Forgery> {
        vec![
            ("another user", |event| event["userName"] = json!("somebody else")),
            ("another client", |event| event["callerContext"]["clientId"] = json!("public client")),
            ("no user", |event| event["userName"] = json!(null)),
            ("no client", |event| event["callerContext"] = json!(null)),
            ("another grant", |event| {
                event["request"]["clientMetadata"][TICKET_METADATA] =
                    json!("AAECAwQFBgcICQoLDA0ODw.2");
            }),
            ("no id", |event| {
                event["request"]["clientMetadata"][TICKET_METADATA] = json!("1; DROP TABLE");
            }),
            ("no text", |event| {
                event["request"]["clientMetadata"][TICKET_METADATA] = json!({"$ne": 1});
            }),
            ("null", |event| {
                event["request"]["clientMetadata"][TICKET_METADATA] = json!(null);
            }),
        ]
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
    async fn an_answer_without_a_grant_reaches_for_nothing() {
        for metadata in [json!(null), json!({}), json!({TICKET_METADATA: "not an id"})] {
            let mut event = value(VERIFY);
            event["request"]["clientMetadata"] = metadata;
            let answer = answer(&event, &OutOfBounds).await.unwrap();
            assert_eq!(answer["response"]["answerCorrect"], false);
        }
    }

    #[tokio::test] // P5
    async fn an_expired_or_deleted_grant_opens_nothing() {
        let store = Here::with(ticket());
        for (seconds, correct) in [(29, true), (30, false), (31, false)] {
            let answer = answer_at(&value(VERIFY), &store, NOW.plus(seconds)).await.unwrap();
            assert_eq!(answer["response"]["answerCorrect"], correct, "{seconds}");
        }
        *store.ticket.lock().unwrap() = None;
        let answer = answer(&value(VERIFY), &store).await.unwrap();
        assert_eq!(answer["response"]["answerCorrect"], false);
    }

    // Tokens.

    #[tokio::test] // P17, P18
    async fn both_tokens_of_a_session_name_the_agent_and_the_scope_goes() {
        let event = value(SESSION);
        let claims = json!({
            "act": {"sub": "agent-1"},
            "support_session": "AAECAwQFBgcICQoLDA0ODw",
            "ecosystem": "eco-1",
            "environments": ["web", "app"],
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
    async fn a_forged_or_misplaced_grant_gives_no_tokens() {
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
    async fn a_grant_that_was_not_answered_gives_no_tokens() {
        let store = Here::with(ticket());
        assert_eq!(answer(&value(SESSION), &store).await, Err(Denied::NotGranted));
        answer(&value(VERIFY), &store).await.unwrap();
        assert!(answer(&value(SESSION), &store).await.is_ok());
    }

    #[tokio::test] // P5
    async fn an_expired_or_deleted_grant_gives_no_tokens() {
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
                // A retry may bring the answer of before in its response.
                assert_eq!(answer(&first, &store).await, Ok(first.clone()));
            }
        }
    }

    #[tokio::test] // P25
    async fn a_store_that_fails_denies() {
        let rows = [
            (VERIFY, vec![Place::Grants, Place::Key, Place::Load, Place::Mark]),
            (SESSION, vec![Place::Grants, Place::Load]),
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
    fn who_is_denied_learns_nothing() {
        let message = |denied| Diagnostic::from(denied).error_message;
        assert_eq!(message(Denied::NotGranted), "not granted");
        assert_eq!(message(Denied::Failed(Failure::clean("dynamodb", "secret"))), "unavailable");
    }
}
