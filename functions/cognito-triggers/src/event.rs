//! A trigger's event, kept as it came: everything that is not changed goes back as it was.

use serde_json::{Map, Value, json};
use support_core::mint::{SignInCall, TICKET_METADATA};

/// An event of a Cognito trigger, of any source and version.
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
    /// Returns which trigger it is. Empty if this is not a trigger's event.
    pub fn source(&self) -> &str {
        self.0["triggerSource"].as_str().unwrap_or_default()
    }

    /// Whether Cognito is about to issue tokens.
    pub fn is_pre_token(&self) -> bool {
        self.source().starts_with("TokenGeneration_")
    }

    /// Returns a member of the request, or null if there is none.
    pub fn request(&self, member: &str) -> &Value {
        &self.0["request"][member]
    }

    /// Returns who signs in, and through which app client.
    pub fn call(&self) -> Option<SignInCall<'_>> {
        Some(SignInCall {
            username: self.0["userName"].as_str()?,
            client_id: self.0["callerContext"]["clientId"].as_str()?,
        })
    }

    /// Returns what the call brings as the id of a mint ticket, of any type.
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

    /// Answers a pre-token trigger with `overrides`, which may be empty, and the user's groups
    /// unchanged. The answer has to repeat the groups: Cognito removes them if it does not.
    pub fn override_tokens(&mut self, mut overrides: Map<String, Value>) {
        let groups = self.request("groupConfiguration");
        if groups.is_object() {
            overrides.insert("groupOverrideDetails".to_owned(), groups.clone());
        }
        if !overrides.is_empty() {
            self.respond("claimsAndScopeOverrideDetails", overrides);
        }
    }

    /// Removes the IAM roles of the user's groups from an answer that has groups: an identity pool
    /// would exchange them for AWS credentials that outlive the token.
    pub fn drop_roles(&mut self) {
        let groups = "/response/claimsAndScopeOverrideDetails/groupOverrideDetails";
        if let Some(Value::Object(groups)) = self.0.pointer_mut(groups) {
            groups.insert("iamRolesToOverride".to_owned(), json!([]));
            groups.remove("preferredRole");
        }
    }
}
