//! What people are told by email, each email a type: its facts as fields, its words in three
//! templates a language (`templates/mail/<email>/<language>.{subject,txt,html}`).
//!
//! Names, tickets and reasons are other people's words: a template prints them through `sanitize`,
//! so that an email keeps its lines, its links and its headers whatever is in them (P24).

mod sanitize;

#[cfg(test)]
mod tests;

use askama::Template;

use crate::code::Code;
use crate::directory::{Locale, Reader};
use crate::entitlement::{Environment, Visibility};
use crate::grant_terms::GrantEnding;
use crate::identity::{Reason, TicketNumber};
use crate::status::Side;
use crate::time::Timestamp;

/// One email: the same words as text and as HTML.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Pictures that the HTML shows.
    pub pictures: Vec<Picture>,
    pub attachments: Vec<Attachment>,
}

/// A picture in an email's HTML, which goes with the email: `<img src="cid:…">`. Email programs show
/// neither SVG nor what stands in a data URL.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// What the HTML calls it, of the form `id@domain` (RFC 2392): no two emails have the same.
    pub id: String,
    pub name: &'static str,
    /// PNG.
    pub content: Vec<u8>,
}

/// A file that goes with an email.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    /// As in RFC 2045, `application/json` say.
    pub content_type: &'static str,
    pub content: Vec<u8>,
}

impl Email {
    /// The longest subject, in characters.
    pub const MAX_SUBJECT_CHARS: usize = 120;

    fn of(subject: &impl Template, text: &impl Template, html: &impl Template) -> Self {
        let subject = subject.render().expect(INFALLIBLE);
        Self {
            subject: sanitize::one_line(&subject, Self::MAX_SUBJECT_CHARS),
            text: text.render().expect(INFALLIBLE),
            html: html.render().expect(INFALLIBLE),
            pictures: Vec::new(),
            attachments: Vec::new(),
        }
    }
}

/// Writing to a string does not fail, and nothing that the templates print does.
const INFALLIBLE: &str = "a template renders";

/// Says nothing: an email holds a code, a link that opens a page, or somebody's name.
impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(…)")
    }
}

/// The agent's own code, by which he proves himself before he sees anything of a customer.
pub struct AgentCode<'a> {
    pub agent_name: &'a str,
    pub code: &'a Code,
    /// How long the code is good for.
    pub minutes: u32,
}

/// Brings an agent who forgot his password the code with which he sets another one. Cognito makes
/// the code and sends the email, as HTML alone; here are its words.
pub struct RecoveryCode<'a> {
    pub agent_name: &'a str,
    /// What Cognito puts the code in place of.
    pub code: &'a str,
}

/// Tells an agent that his password is another one, and what to do if he knows nothing of it.
pub struct PasswordChanged<'a> {
    pub agent_name: &'a str,
    pub at: Timestamp,
}

/// Asks the customer's consent, and tells him what he needs to give or refuse it.
pub struct CustomerCode<'a> {
    pub customer_name: &'a str,
    pub agent_name: &'a str,
    pub ticket: Option<&'a TicketNumber>,
    pub ecosystem_name: &'a str,
    /// What a session would open.
    pub environments: &'a [Environment],
    pub session_minutes: u32,
    pub code: &'a Code,
    pub code_minutes: u32,
    /// Two digits that the agent reads out, so that the customer knows that the email and the
    /// call belong together.
    pub verification_number: &'a str,
    /// The consent page, with its token in the fragment: as secret as the code.
    pub page_url: &'a str,
    /// Whether the agent's entry alone is consent, for customers who cannot open the page.
    pub agent_entry: bool,
    /// How long without an act of the customer's loses the request, and when it is lost if none
    /// comes.
    pub idle_minutes: u32,
    pub lost_at: Timestamp,
}

/// Tells the customer that somebody is in his account, and how to end it.
pub struct SessionStarted<'a> {
    pub customer_name: &'a str,
    pub agent_name: &'a str,
    pub ticket: Option<&'a TicketNumber>,
    pub ecosystem_name: &'a str,
    pub environments: &'a [Environment],
    /// What they show. What is hidden is listed.
    pub visibility: Visibility,
    /// Whether the customer's support grant is his consent.
    pub by_grant: bool,
    /// The deadline of the session.
    pub until: Timestamp,
    /// The page on which one press ends it, with its token in the fragment.
    pub page_url: &'a str,
}

/// Brings the customer the App's handoff, where he is its holder and not the agent.
pub struct AppQr<'a> {
    pub customer_name: &'a str,
    pub agent_name: &'a str,
    pub ticket: Option<&'a TicketNumber>,
    pub ecosystem_name: &'a str,
    pub session_minutes: u32,
    /// The deadline of the session.
    pub until: Timestamp,
    /// What the QR code says, for whoever reads the email on the phone itself, or cannot see
    /// pictures: the handoff.
    pub app_url: &'a str,
    /// The [picture](Picture)'s id.
    pub picture_id: &'a str,
    /// How wide and high it is shown, in CSS pixels: Outlook takes an image's own size
    /// otherwise.
    pub picture_side: u32,
}

/// Tells the customer how it ended.
pub struct VerificationClosed<'a> {
    pub customer_name: &'a str,
    pub agent_name: &'a str,
    pub ticket: Option<&'a TicketNumber>,
    pub ecosystem_name: &'a str,
    pub environments: &'a [Environment],
    /// What they showed. What was hidden is listed, if there was a session.
    pub visibility: Visibility,
    /// Whether the customer's support grant was his consent.
    pub by_grant: bool,
    pub ending: Ending<'a>,
    /// `None` if nobody could ever be in the account.
    pub session: Option<ToldSession<'a>>,
}

/// What the customer is told of a session that is over. The receipt is attached to that email.
pub struct ToldSession<'a> {
    /// From when to when somebody could be in the account.
    pub from: Timestamp,
    pub until: Timestamp,
    /// Which environments were opened, and when.
    pub opened: &'a [(Environment, Timestamp)],
    /// Who got the App's QR code.
    pub qr_given_to: Option<Side>,
}

/// How a verification ended, as far as the customer is told.
pub enum Ending<'a> {
    /// The session reached its deadline.
    Completed,
    /// The customer ended the session: from the email, or with the support grant that it was under.
    Ended,
    /// The agent gave up, before or in the session.
    Cancelled { reason: &'a Reason },
    /// The customer refused.
    Denied,
    /// Nobody acted for too long.
    Expired,
    /// Too many wrong codes.
    Locked,
    /// Before a session: the customer revoked his support grant, or replaced its credentials.
    Revoked,
}

/// Tells the customer that he has offered access, or replaced its credentials, and how to take it
/// back. The credentials stand in no email.
pub struct GrantCreated<'a> {
    pub customer_name: &'a str,
    pub ecosystem_name: &'a str,
    /// What a session would open.
    pub environments: &'a [Environment],
    /// What a session would show.
    pub visibility: Visibility,
    /// How long each session may last.
    pub session_minutes: u32,
    /// The deadline of the grant.
    pub until: Timestamp,
    /// Whether the credentials take the place of others, which are dead.
    pub renewed: bool,
    /// Where the customer, signed in, revokes the grant.
    pub page_url: &'a str,
}

/// Tells the customer that an agent has come with his credentials, before anything is opened.
pub struct GrantUsed<'a> {
    pub customer_name: &'a str,
    pub agent_name: &'a str,
    pub ecosystem_name: &'a str,
    /// What a session would show.
    pub visibility: Visibility,
    /// How long each session may last.
    pub session_minutes: u32,
    /// When the agent entered the credentials.
    pub at: Timestamp,
    /// The deadline of the grant.
    pub until: Timestamp,
    /// Where the customer, signed in, revokes the grant.
    pub page_url: &'a str,
}

/// Tells the customer that his credentials open nothing any more.
pub struct GrantEnded<'a> {
    pub customer_name: &'a str,
    pub ecosystem_name: &'a str,
    pub ending: GrantEnding,
    pub at: Timestamp,
}

macro_rules! render {
    ($($email:ident),*) => {$(
        impl $email<'_> {
            /// The email as its reader understands it.
            pub fn render(&self, reader: &Reader) -> Email {
                self.in_language(reader.locale)
            }
        }
    )*};
}

render!(PasswordChanged, CustomerCode, SessionStarted, AppQr, VerificationClosed);
render!(GrantCreated, GrantUsed, GrantEnded);

impl AgentCode<'_> {
    /// The email in the agent's language.
    pub fn render(&self, locale: Locale) -> Email {
        self.in_language(locale)
    }
}

impl RecoveryCode<'_> {
    /// The email in the agent's language.
    pub fn render(&self, locale: Locale) -> Email {
        self.in_language(locale)
    }
}

/// Gives an email its words from its six templates, each language's subject, text and HTML.
macro_rules! email {
    (
        $email:ident,
        $es_subject:literal, $es_text:literal, $es_html:literal,
        $en_subject:literal, $en_text:literal, $en_html:literal $(,)?
    ) => {
        impl $email<'_> {
            fn in_language(&self, locale: Locale) -> Email {
                #[derive(Template)]
                enum Part<'a> {
                    #[template(path = $es_subject, escape = "none")]
                    EsSubject { email: &'a $email<'a> },
                    #[template(path = $es_text, escape = "none")]
                    EsText { email: &'a $email<'a> },
                    #[template(path = $es_html, escape = "html")]
                    EsHtml { email: &'a $email<'a> },
                    #[template(path = $en_subject, escape = "none")]
                    EnSubject { email: &'a $email<'a> },
                    #[template(path = $en_text, escape = "none")]
                    EnText { email: &'a $email<'a> },
                    #[template(path = $en_html, escape = "html")]
                    EnHtml { email: &'a $email<'a> },
                }
                let email = self;
                let (subject, text, html) = match locale {
                    Locale::Es => {
                        (Part::EsSubject { email }, Part::EsText { email }, Part::EsHtml { email })
                    }
                    Locale::En => {
                        (Part::EnSubject { email }, Part::EnText { email }, Part::EnHtml { email })
                    }
                };
                Email::of(&subject, &text, &html)
            }
        }
    };
}

email!(
    AgentCode,
    "email/agent-code/es.subject",
    "email/agent-code/es.txt",
    "email/agent-code/es.html",
    "email/agent-code/en.subject",
    "email/agent-code/en.txt",
    "email/agent-code/en.html",
);
email!(
    RecoveryCode,
    "email/recovery-code/es.subject",
    "email/recovery-code/es.txt",
    "email/recovery-code/es.html",
    "email/recovery-code/en.subject",
    "email/recovery-code/en.txt",
    "email/recovery-code/en.html",
);
email!(
    PasswordChanged,
    "email/password-changed/es.subject",
    "email/password-changed/es.txt",
    "email/password-changed/es.html",
    "email/password-changed/en.subject",
    "email/password-changed/en.txt",
    "email/password-changed/en.html",
);
email!(
    CustomerCode,
    "email/customer-code/es.subject",
    "email/customer-code/es.txt",
    "email/customer-code/es.html",
    "email/customer-code/en.subject",
    "email/customer-code/en.txt",
    "email/customer-code/en.html",
);
email!(
    SessionStarted,
    "email/session-started/es.subject",
    "email/session-started/es.txt",
    "email/session-started/es.html",
    "email/session-started/en.subject",
    "email/session-started/en.txt",
    "email/session-started/en.html",
);
email!(
    AppQr,
    "email/app-qr/es.subject",
    "email/app-qr/es.txt",
    "email/app-qr/es.html",
    "email/app-qr/en.subject",
    "email/app-qr/en.txt",
    "email/app-qr/en.html",
);
email!(
    VerificationClosed,
    "email/verification-closed/es.subject",
    "email/verification-closed/es.txt",
    "email/verification-closed/es.html",
    "email/verification-closed/en.subject",
    "email/verification-closed/en.txt",
    "email/verification-closed/en.html",
);
email!(
    GrantCreated,
    "email/grant-created/es.subject",
    "email/grant-created/es.txt",
    "email/grant-created/es.html",
    "email/grant-created/en.subject",
    "email/grant-created/en.txt",
    "email/grant-created/en.html",
);
email!(
    GrantUsed,
    "email/grant-used/es.subject",
    "email/grant-used/es.txt",
    "email/grant-used/es.html",
    "email/grant-used/en.subject",
    "email/grant-used/en.txt",
    "email/grant-used/en.html",
);
email!(
    GrantEnded,
    "email/grant-ended/es.subject",
    "email/grant-ended/es.txt",
    "email/grant-ended/es.html",
    "email/grant-ended/en.subject",
    "email/grant-ended/en.txt",
    "email/grant-ended/en.html",
);
