//! What a step of the record says beyond its action, as data: words are made where it is shown.

use std::borrow::Cow;

use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::email_origin::EmailKind;
use crate::entitlement::{Access, Environment};
use crate::grant_terms::SupportGrantId;
use crate::notice::NoticeKind;

/// The detail of a step. It is stored, hashed and signed as it is serialized, and never holds a
/// secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Detail {
    Facts(Facts),
    /// What another version wrote and this one does not know, or not all of: kept, shown and hashed as it
    /// is.
    Other(Value),
    /// English prose: the detail of a step that was recorded before details were data. Empty where
    /// there was nothing to say.
    Text(String),
}

impl<'de> Deserialize<'de> for Detail {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Value::deserialize(deserializer)?;
        Ok(match &written {
            Value::String(text) => Self::Text(text.clone()),
            Value::Object(_) => match Facts::deserialize(&written) {
                // Facts with a member too many would lose it, and with it the hash.
                Ok(facts) if serde_json::to_value(&facts).is_ok_and(|read| read == written) => {
                    Self::Facts(facts)
                }
                Ok(_) | Err(_) => Self::Other(written),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
                return Err(D::Error::custom("neither an object nor a text"));
            }
        })
    }
}

impl Detail {
    /// Returns the detail as the API gives it: what this version does not know is a text, its JSON.
    pub fn shown(&self) -> Cow<'_, Self> {
        match self {
            Self::Other(facts) => Cow::Owned(Self::Text(facts.to_string())),
            Self::Facts(_) | Self::Text(_) => Cow::Borrowed(self),
        }
    }
}

impl From<Facts> for Detail {
    fn from(facts: Facts) -> Self {
        Self::Facts(facts)
    }
}

/// The facts of a step, one kind for each thing that is said. Counts start at 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Facts {
    /// The agent started under this support grant.
    SupportGrant { id: SupportGrantId },
    /// The agent's code was sent for the `number`th time of at most `of`.
    Sending { number: u32, of: u32 },
    /// The customer was asked to let the agent into `ecosystem`, for the `number`th time of at most
    /// `of`. `access` is what the agent asked for; steps of before there was a choice do not say it.
    ConsentRequest {
        ecosystem: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        access: Option<Access>,
        number: u32,
        of: u32,
    },
    /// The `number`th wrong entry of the `of` that lock the stage.
    WrongEntry { number: u32, of: u32 },
    /// The customer allows less than the agent asked for.
    AccessNarrowed { access: Access },
    /// The support grant is the customer's consent.
    ConsentedByGrant,
    /// The `number`th attempt to mint the session.
    Attempt { number: u32 },
    /// What the session opens, and for what, as in `ConsentRequest`.
    Session {
        ecosystem: String,
        environments: Vec<Environment>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        access: Option<Access>,
    },
    /// The environment that was opened.
    Environment { environment: Environment },
    /// The email with the App's QR code.
    AppQr,
    /// The agent read the list of the customer's activity: its first page or, `continued`, a later
    /// one.
    ActivityList { continued: bool },
    /// The agent read one item of it.
    ActivityItem { id: String },
    /// The customer was sent this notice.
    Notice { notice: NoticeKind },
    /// The email that came back: the `number`th sending of its stage, where it can be sent again.
    Email {
        email: EmailKind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<u32>,
    },
    /// The customer replaced the credentials of the support grant.
    CredentialsReplaced,
    /// The customer revoked the support grant.
    GrantRevoked,
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;

    #[test]
    fn a_detail_is_data_and_an_old_one_keeps_its_text() {
        let environments = vec![Environment::Web, Environment::App];
        let kinds: [(Detail, Value); 11] = [
            (
                Facts::Sending { number: 1, of: 5 }.into(),
                json!({"kind": "sending", "number": 1, "of": 5}),
            ),
            (
                Facts::Session { ecosystem: "eco-1".into(), environments, access: None }.into(),
                json!({"kind": "session", "ecosystem": "eco-1", "environments": ["web", "app"]}),
            ),
            (
                Facts::ConsentRequest {
                    ecosystem: "eco-1".into(),
                    access: Some(Access::View),
                    number: 1,
                    of: 5,
                }
                .into(),
                json!({
                    "kind": "consent-request", "ecosystem": "eco-1", "access": "view",
                    "number": 1, "of": 5,
                }),
            ),
            (
                Facts::Notice { notice: NoticeKind::GrantUsed }.into(),
                json!({"kind": "notice", "notice": "grant_used"}),
            ),
            (
                Facts::Email { email: EmailKind::ConsentRequest, number: Some(2) }.into(),
                json!({"kind": "email", "email": "consent-request", "number": 2}),
            ),
            (
                Facts::Email { email: EmailKind::Closed, number: None }.into(),
                json!({"kind": "email", "email": "closed"}),
            ),
            // Of another version: a kind, a value and a member that this one does not know.
            (
                Detail::Other(json!({"kind": "approval", "by": {"id": "sofia"}, "after_s": 12})),
                json!({"kind": "approval", "by": {"id": "sofia"}, "after_s": 12}),
            ),
            (
                Detail::Other(json!({"kind": "environment", "environment": "pos"})),
                json!({"kind": "environment", "environment": "pos"}),
            ),
            (
                Detail::Other(json!({"kind": "sending", "number": 1, "of": 5, "by": "sms"})),
                json!({"kind": "sending", "number": 1, "of": 5, "by": "sms"}),
            ),
            (Detail::Text("sending 1 of 5".into()), json!("sending 1 of 5")),
            (Detail::Text(String::new()), json!("")),
        ];
        for (detail, written) in kinds {
            assert_eq!(to_value(&detail).unwrap(), written);
            assert_eq!(from_value::<Detail>(written).unwrap(), detail);
        }
    }
}
