//! What SES reports of an email, as `EventBridge` delivers it. Of the report, which has the email's
//! subject and addresses, only the kind and the email's tags are read.

use std::collections::HashMap;

use serde::Deserialize;
use support_core::email_origin::{EmailKind, Origin};
use support_core::identity::VerificationId;

/// A report.
#[derive(Deserialize)]
pub struct Event {
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    bounce: Option<Bounce>,
    mail: Mail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounce_sub_type: String,
}

#[derive(Deserialize)]
struct Mail {
    #[serde(default)]
    tags: HashMap<String, Vec<String>>,
}

/// What became of an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It reached nobody: the address does not exist or takes nothing now, SES has stopped sending to
    /// it, or SES found a virus.
    Undelivered,
    /// A bounce that may be an automatic answer, such as an out-of-office reply, to an email that was
    /// delivered.
    PerhapsUndelivered,
    /// Its reader called it spam.
    Reported,
    /// Something else, which nobody needs to know.
    Other,
}

impl Event {
    /// Returns what became of the email.
    pub fn fate(&self) -> Fate {
        match (self.detail.event_type.as_str(), &self.detail.bounce) {
            ("Bounce", Some(bounce)) => bounce.fate(),
            ("Bounce", None) => Fate::PerhapsUndelivered,
            ("Reject", _) => Fate::Undelivered,
            ("Complaint", _) => Fate::Reported,
            _ => Fate::Other,
        }
    }

    /// Returns which email of which verification it was; `None` for an email without a verification,
    /// such as one about a recovered password.
    pub fn origin(&self) -> Option<Origin> {
        let number = match self.tag("number") {
            Some(number) => Some(number.parse().ok()?),
            None => None,
        };
        Some(Origin {
            verification: VerificationId::parse(self.tag("verification")?)?,
            email: EmailKind::parse(self.tag("email")?)?,
            number,
        })
    }

    fn tag(&self, name: &str) -> Option<&str> {
        match self.detail.mail.tags.get(name)?.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

impl Bounce {
    /// SES gives up on an address at once (`Permanent`) or after some hours (`Transient`). It reports
    /// out-of-office replies as the `General` kind of the latter.
    fn fate(&self) -> Fate {
        match (self.bounce_type.as_str(), self.bounce_sub_type.as_str()) {
            ("Permanent", _) => Fate::Undelivered,
            ("Transient", sub_type) if sub_type != "General" => Fate::Undelivered,
            _ => Fate::PerhapsUndelivered,
        }
    }
}
