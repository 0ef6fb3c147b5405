//! What people are told by email. Each email is a type with its facts as fields, and has its words
//! in each language once: as a [`document`], which becomes text and HTML.
//!
//! Names, tickets and reasons are other people's words. A document takes them only after
//! [`sanitize`], so that an email keeps its lines, its links and its headers whatever they contain
//! (P24).

mod document;
mod en;
mod es;
mod html;
mod moment;
mod sanitize;
mod text;

mod agent_code;
mod app_qr;
mod customer_code;
mod grant_created;
mod grant_ended;
mod grant_used;
mod password_changed;
mod recovery_code;
mod session_started;
mod verification_closed;

#[cfg(test)]
mod tests;

pub use self::agent_code::AgentCode;
pub use self::app_qr::AppQr;
pub use self::customer_code::CustomerCode;
pub use self::grant_created::GrantCreated;
pub use self::grant_ended::GrantEnded;
pub use self::grant_used::GrantUsed;
pub use self::password_changed::PasswordChanged;
pub use self::recovery_code::RecoveryCode;
pub use self::session_started::SessionStarted;
pub use self::verification_closed::{Ending, ToldSession, VerificationClosed};

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
/// neither SVG nor data URLs.
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
    /// As in RFC 2045, such as `application/json`.
    pub content_type: &'static str,
    pub content: Vec<u8>,
}

impl Email {
    /// The longest subject, in characters.
    pub const MAX_SUBJECT_CHARS: usize = 120;
}

/// Says nothing: an email holds a code, a link that opens a page, or somebody's name.
impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(…)")
    }
}
