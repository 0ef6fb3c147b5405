//! A trigger's event, kept as it came: what is not touched goes back as it was.

use serde_json::{Map, Value, json};
use support_core::mint::{SignInCall, TICKET_METADATA};

/// An event of a Cognito trigger, of whatever source and version.
#[derive(Clone, Debug, PartialEq)]
pub struct Event(Value);

impl From<Value> for Event {
    fn from(event: Value) -> Self {
        Self(event)
    }
}

impl From<Event> for Value {
    fn from(event: Event) -> Self {
        event.0
    }
}

impl Event {
    /// Which trigger; empty in what is no trigger's event.
    pub fn source(&self) -> &str {
        self.0["triggerSource"].as_str().unwrap_or_default()
    }

    /// Whether tokens are about to be made.
    pub fn is_pre_token(&self) -> bool {
        self.source().starts_with("TokenGeneration_")
    }

    /// A member of the request; null if there is none.
    pub fn request(&self, member: &str) -> &Value {
        &self.0["request"][member]
    }

    /// Who signs in, and through which app client.
    pub fn call(&self) -> Option<SignInCall<'_>> {
        Some(SignInCall {
            username: self.0["userName"].as_str()?,
            client_id: self.0["callerContext"]["clientId"].as_str()?,
        })
    }

    /// What the call brings as the id of a mint ticket, whatever it is.
    pub fn ticket(&self) -> Option<&Value> {
        self.request("clientMetadata").get(TICKET_METADATA)
    }

    /// Sets a member of the response.
    pub fn respond(&mut self, member: &str, value: impl Into<Value>) {
        let response = &mut self.0["response"];
        if !response.is_object() {
            *response = json!({});
        }
        response[member] = value.into();
    }

    /// Answers a pre-token trigger with `overrides`, which may be none, and the user's groups as
    /// they are. The groups have to be said again: Cognito takes an answer without them as one
    /// that removes them.
    pub fn override_tokens(&mut self, mut overrides: Map<String, Value>) {
        let groups = self.request("groupConfiguration");
        if groups.is_object() {
            overrides.insert("groupOverrideDetails".to_owned(), groups.clone());
        }
        if !overrides.is_empty() {
            self.respond("claimsAndScopeOverrideDetails", overrides);
        }
    }

    /// Takes the IAM roles of the user's groups out of an answer that has groups: an identity
    /// pool would turn them into credentials of AWS that outlive the token.
    pub fn drop_roles(&mut self) {
        let groups = "/response/claimsAndScopeOverrideDetails/groupOverrideDetails";
        if let Some(Value::Object(groups)) = self.0.pointer_mut(groups) {
            groups.insert("iamRolesToOverride".to_owned(), json!([]));
            groups.remove("preferredRole");
        }
    }
}
