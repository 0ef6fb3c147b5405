use super::*;
use std::sync::Mutex;

use support_core::entitlement::{Access, Environment, Visibility};
use support_core::mint::{MintTicket, SignInCall, TICKET_METADATA};
use support_core::secret::Secret;

mod custom_auth;
mod sign_ins;
mod tokens;

const DEFINE_FIRST: &str = include_str!("../../../../events/cognito-triggers-define-first.json");
const DEFINE_ANSWERED: &str =
    include_str!("../../../../events/cognito-triggers-define-answered.json");
const CREATE: &str = include_str!("../../../../events/cognito-triggers-create.json");
const VERIFY: &str = include_str!("../../../../events/cognito-triggers-verify.json");
const SESSION: &str = include_str!("../../../../events/cognito-triggers-pre-token-session.json");
const PASSWORD_SIGN_IN: &str =
    include_str!("../../../../events/cognito-triggers-pre-token-sign-in.json");
const REFRESH: &str = include_str!("../../../../events/cognito-triggers-pre-token-refresh.json");
const OTHER: &str = include_str!("../../../../events/cognito-triggers-post-confirmation.json");

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn key() -> HashKey {
    HashKey::new(&[7; 32]).unwrap()
}

/// The ticket of the events.
fn ticket() -> MintTicket {
    let event = Event::from(value(VERIFY));
    let id = event.ticket().and_then(ticket_id).unwrap();
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
            environment: Environment::Web,
            access: Access::Change,
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
    type Tickets = Self;

    async fn tickets(&self) -> Result<&Self, Failure> {
        Ok(self)
    }

    async fn key(&self) -> Result<&HashKey, Failure> {
        Ok(&self.key)
    }
}

/// A store that must not be reached.
struct OutOfBounds;

impl Store for OutOfBounds {
    type Tickets = Here;

    async fn tickets(&self) -> Result<&Here, Failure> {
        panic!("the store was reached")
    }

    async fn key(&self) -> Result<&HashKey, Failure> {
        panic!("the key was reached")
    }
}

/// A store that is down in one place.
struct Down {
    here: Here,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Tickets,
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
    type Tickets = Self;

    async fn tickets(&self) -> Result<&Self, Failure> {
        self.fails_at(Place::Tickets).map(|()| self)
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

/// What is changed, and how.
type Forgery = (&'static str, fn(&mut Value));

/// Faults of the call, or of the id of the ticket.
fn forgeries() -> Vec<Forgery> {
    vec![
        ("another user", |event| event["userName"] = json!("somebody else")),
        ("another client", |event| event["callerContext"]["clientId"] = json!("public client")),
        ("no user", |event| event["userName"] = json!(null)),
        ("no client", |event| event["callerContext"] = json!(null)),
        ("another ticket", |event| {
            event["request"]["clientMetadata"][TICKET_METADATA] = json!("AAECAwQFBgcICQoLDA0ODw.2");
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
