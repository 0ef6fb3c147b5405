//! A request, read from an HTTP API's event with payload format 2.0.

use std::sync::OnceLock;

use serde::de::DeserializeOwned;
use support_core::identity::VerificationId;
use support_core::recovery::Source;
use support_core::refusal::Refusal;
use support_core::time::Timestamp;
use tokio::time::Instant;

use crate::body;
use crate::caller::{self, Caller, CustomerCaller};
use crate::problem::Problem;

/// What API Gateway sends.
pub type Event = aws_lambda_events::apigw::ApiGatewayV2httpRequest;

/// One call of the API. It has no `Debug`: it contains codes and tokens.
pub struct Request {
    event: Event,
    now: Timestamp,
    received: Instant,
    in_path: Option<VerificationId>,
    about: OnceLock<VerificationId>,
    poll: OnceLock<()>,
}

impl Request {
    /// Makes the request in `event`, received at `now`.
    pub fn new(event: Event, now: Timestamp) -> Self {
        let in_path = event.path_parameters.get("id").and_then(|id| VerificationId::parse(id));
        #[expect(clippy::disallowed_methods, reason = "only for how long the call has taken")]
        let received = Instant::now();
        Self { event, now, received, in_path, about: OnceLock::new(), poll: OnceLock::new() }
    }

    /// Returns the matched route as the template has it: `POST /verifications/{id}/code`.
    pub fn route(&self) -> &str {
        self.event.route_key.as_deref().unwrap_or("none")
    }

    /// Returns the id that API Gateway gave the call, which is in its access log, too.
    pub fn request_id(&self) -> &str {
        self.event.request_context.request_id.as_deref().unwrap_or("none")
    }

    /// Returns when the call came in. The clock is read once for a request, so that everything in it
    /// is decided at one moment.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Returns the time by now, for what is decided after a long wait and counted from then on.
    pub fn later(&self) -> Timestamp {
        self.now.after(self.received.elapsed())
    }

    /// Returns where the call comes from, as API Gateway saw it.
    pub fn source(&self) -> Source {
        let address = self.event.request_context.http.source_ip.as_deref();
        Source::parse(address.unwrap_or_default())
    }

    /// Returns the verification that the path names.
    ///
    /// # Errors
    /// `NotFound` if the path has no text that can be an id.
    pub fn verification_id(&self) -> Result<VerificationId, Problem> {
        Ok(self.in_path.clone().ok_or(Refusal::NotFound)?)
    }

    /// Returns a parameter of the path, by its name in the route.
    ///
    /// # Errors
    /// `NotFound` if there is none, although API Gateway matches no route without it.
    pub fn path_parameter(&self, name: &str) -> Result<&str, Problem> {
        let value = self.event.path_parameters.get(name);
        Ok(value.map(String::as_str).ok_or(Refusal::NotFound)?)
    }

    /// Notes that a client only looks again at what it knows. If that goes well, it leaves no line in the
    /// log: the access log of the API has one, and most requests are such looks.
    pub fn is_poll(&self) {
        let _ = self.poll.set(());
    }

    /// Returns whether [`Self::is_poll`] was called.
    pub(crate) fn polls(&self) -> bool {
        self.poll.get().is_some()
    }

    /// Returns a parameter of the query. API Gateway has decoded it and joined repeated ones with
    /// commas.
    pub fn query_parameter(&self, name: &str) -> Option<&str> {
        self.event.query_string_parameters.first(name)
    }

    /// Returns the agent who calls, from the claims of their access token. The API's authorizer has
    /// checked the token itself.
    ///
    /// # Errors
    /// `Unauthenticated` for an ID token, an unverified or unusable address, or a missing name.
    /// `NotAllowed` unless the agent is in the agents' group.
    pub fn agent(&self) -> Result<Caller, Problem> {
        let authorizer = self.event.request_context.authorizer.as_ref();
        caller::from_claims(authorizer.and_then(|by| by.jwt.as_ref()).map(|jwt| &jwt.claims))
    }

    /// Returns the customer who calls, signed in through the app client `client_id`. The API's
    /// authorizer has checked the token itself.
    ///
    /// # Errors
    /// `Unauthenticated` for an ID token, a token of another client, or one of a support session.
    pub fn customer(&self, client_id: &str) -> Result<CustomerCaller, Problem> {
        let authorizer = self.event.request_context.authorizer.as_ref();
        let claims = authorizer.and_then(|by| by.jwt.as_ref()).map(|jwt| &jwt.claims);
        caller::customer_from_claims(claims, client_id)
    }

    /// Reads the body, at most 8 KiB, which must be exactly one JSON object that is a `T`.
    ///
    /// `T` denies unknown fields, and the errors of its own parsers are fixed sentences ("exactly six
    /// digits"), since they are passed on.
    ///
    /// # Errors
    /// `Invalid`, with the field and what is wrong with it; never what was sent.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        body::read(self.event.body.as_deref(), self.event.is_base64_encoded).map_err(Problem::from)
    }

    /// Reads one field of a body that is a form.
    ///
    /// # Errors
    /// `Invalid` if the body is not a form, or the field is missing or repeated.
    pub fn form_field(&self, name: &'static str) -> Result<String, Problem> {
        body::form_field(self.event.body.as_deref(), self.event.is_base64_encoded, name)
            .map_err(Problem::from)
    }

    /// Tells the log which verification this is about, where the path does not.
    pub fn about(&self, id: &VerificationId) {
        self.about.get_or_init(|| id.clone());
    }

    /// Returns the verification for the log: that of the path, or the one that the handler named.
    pub(crate) fn subject(&self) -> Option<&VerificationId> {
        self.in_path.as_ref().or_else(|| self.about.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "AAECAwQFBgcICQoLDA0ODw";

    fn request(id: &str) -> Request {
        let mut event = Event::default();
        event.path_parameters.insert("id".into(), id.into());
        Request::new(event, Timestamp::from_seconds(0))
    }

    #[test] // P24
    fn a_malformed_id_is_not_found() {
        assert_eq!(request(ID).verification_id().unwrap().as_str(), ID);
        let long = "A".repeat(10_000);
        for id in ["", "x", "../../etc/passwd", "AAECAwQFBgcICQoLDA0OD\n", "{id}", &long] {
            let problem = request(id).verification_id().unwrap_err();
            assert_eq!(problem, Problem::Refused(Refusal::NotFound), "{id:?}");
            assert_eq!(request(id).subject(), None, "{id:?}");
        }
    }

    #[test]
    fn the_log_knows_the_verification_from_the_path_or_from_the_handler() {
        let other = VerificationId::parse("BBECAwQFBgcICQoLDA0ODw").unwrap();
        let request = request(ID);
        request.about(&other);
        assert_eq!(request.subject().unwrap().as_str(), ID);

        let request = Request::new(Event::default(), Timestamp::from_seconds(0));
        assert_eq!(request.subject(), None);
        request.about(&other);
        assert_eq!(request.subject(), Some(&other));
    }
}
