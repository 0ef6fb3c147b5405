//! What people are told by e-mail, each mail a type: its facts as fields, its words in three
//! templates a language (`templates/mail/<mail>/<language>.{subject,txt,html}`).
//!
//! Names, tickets and reasons are other people's words: a template prints them through `words`,
//! so that a mail keeps its lines, its links and its headers whatever is in them (P24).

mod words;

#[cfg(test)]
mod tests;

use askama::Template;

use crate::code::Code;
use crate::directory::Locale;
use crate::entitlement::Environment;
use crate::identity::{Reason, TicketNumber};
use crate::mint::Visibility;
use crate::support_grant::GrantEnding;
use crate::time::Timestamp;
use crate::verification::Side;

/// One mail: the same words as text and as HTML.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Pictures that the HTML shows.
    pub pictures: Vec<Picture>,
    pub attachments: Vec<Attachment>,
}

/// A picture in a mail's HTML, which goes with the mail: `<img src="cid:…">`. Mail programs show
/// neither SVG nor what stands in a data URL.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// What the HTML calls it, of the form `id@domain` (RFC 2392): no two mails have the same.
    pub id: String,
    pub name: &'static str,
    /// PNG.
    pub content: Vec<u8>,
}

/// A file that goes with a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    /// As in RFC 2045, `application/json` say.
    pub content_type: &'static str,
    pub content: Vec<u8>,
}

impl Mail {
    /// The longest subject, in characters.
    pub const MAX_SUBJECT_CHARS: usize = 120;

    fn of(subject: &impl Template, text: &impl Template, html: &impl Template) -> Self {
        let subject = subject.render().expect(INFALLIBLE);
        Self {
            subject: words::one_line(&subject, Self::MAX_SUBJECT_CHARS),
            text: text.render().expect(INFALLIBLE),
            html: html.render().expect(INFALLIBLE),
            pictures: Vec::new(),
            attachments: Vec::new(),
        }
    }
}

/// Writing to a string does not fail, and nothing that the templates print does.
const INFALLIBLE: &str = "a template renders";

/// Says nothing: a mail holds a code, a link that opens a page, or somebody's name.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mail(…)")
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
/// the code and sends the mail, as HTML alone; here are its words.
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
    /// Two digits that the agent reads out, so that the customer knows that the mail and the
    /// call belong together.
    pub match_number: &'a str,
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
    /// What the QR code says, for whoever reads the mail on the phone itself, or cannot see
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

/// What the customer is told of a session that is over. The receipt is attached to that mail.
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
    /// The customer ended the session: from the mail, or with the support grant that it was under.
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
/// back. The credentials stand in no mail.
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

/// Gives a mail its `render` from its six templates, each language's subject, text and HTML.
macro_rules! mail {
    (
        $mail:ident,
        $es_subject:literal, $es_text:literal, $es_html:literal,
        $en_subject:literal, $en_text:literal, $en_html:literal $(,)?
    ) => {
        impl $mail<'_> {
            /// The mail in the reader's language.
            pub fn render(&self, locale: Locale) -> Mail {
                #[derive(Template)]
                enum Part<'a> {
                    #[template(path = $es_subject, escape = "none")]
                    EsSubject { mail: &'a $mail<'a> },
                    #[template(path = $es_text, escape = "none")]
                    EsText { mail: &'a $mail<'a> },
                    #[template(path = $es_html, escape = "html")]
                    EsHtml { mail: &'a $mail<'a> },
                    #[template(path = $en_subject, escape = "none")]
                    EnSubject { mail: &'a $mail<'a> },
                    #[template(path = $en_text, escape = "none")]
                    EnText { mail: &'a $mail<'a> },
                    #[template(path = $en_html, escape = "html")]
                    EnHtml { mail: &'a $mail<'a> },
                }
                let mail = self;
                let (subject, text, html) = match locale {
                    Locale::Es => {
                        (Part::EsSubject { mail }, Part::EsText { mail }, Part::EsHtml { mail })
                    }
                    Locale::En => {
                        (Part::EnSubject { mail }, Part::EnText { mail }, Part::EnHtml { mail })
                    }
                };
                Mail::of(&subject, &text, &html)
            }
        }
    };
}

mail!(
    AgentCode,
    "mail/agent-code/es.subject",
    "mail/agent-code/es.txt",
    "mail/agent-code/es.html",
    "mail/agent-code/en.subject",
    "mail/agent-code/en.txt",
    "mail/agent-code/en.html",
);
mail!(
    RecoveryCode,
    "mail/recovery-code/es.subject",
    "mail/recovery-code/es.txt",
    "mail/recovery-code/es.html",
    "mail/recovery-code/en.subject",
    "mail/recovery-code/en.txt",
    "mail/recovery-code/en.html",
);
mail!(
    PasswordChanged,
    "mail/password-changed/es.subject",
    "mail/password-changed/es.txt",
    "mail/password-changed/es.html",
    "mail/password-changed/en.subject",
    "mail/password-changed/en.txt",
    "mail/password-changed/en.html",
);
mail!(
    CustomerCode,
    "mail/customer-code/es.subject",
    "mail/customer-code/es.txt",
    "mail/customer-code/es.html",
    "mail/customer-code/en.subject",
    "mail/customer-code/en.txt",
    "mail/customer-code/en.html",
);
mail!(
    SessionStarted,
    "mail/session-started/es.subject",
    "mail/session-started/es.txt",
    "mail/session-started/es.html",
    "mail/session-started/en.subject",
    "mail/session-started/en.txt",
    "mail/session-started/en.html",
);
mail!(
    AppQr,
    "mail/app-qr/es.subject",
    "mail/app-qr/es.txt",
    "mail/app-qr/es.html",
    "mail/app-qr/en.subject",
    "mail/app-qr/en.txt",
    "mail/app-qr/en.html",
);
mail!(
    VerificationClosed,
    "mail/verification-closed/es.subject",
    "mail/verification-closed/es.txt",
    "mail/verification-closed/es.html",
    "mail/verification-closed/en.subject",
    "mail/verification-closed/en.txt",
    "mail/verification-closed/en.html",
);
mail!(
    GrantCreated,
    "mail/grant-created/es.subject",
    "mail/grant-created/es.txt",
    "mail/grant-created/es.html",
    "mail/grant-created/en.subject",
    "mail/grant-created/en.txt",
    "mail/grant-created/en.html",
);
mail!(
    GrantUsed,
    "mail/grant-used/es.subject",
    "mail/grant-used/es.txt",
    "mail/grant-used/es.html",
    "mail/grant-used/en.subject",
    "mail/grant-used/en.txt",
    "mail/grant-used/en.html",
);
mail!(
    GrantEnded,
    "mail/grant-ended/es.subject",
    "mail/grant-ended/es.txt",
    "mail/grant-ended/es.html",
    "mail/grant-ended/en.subject",
    "mail/grant-ended/en.txt",
    "mail/grant-ended/en.html",
);
