//! An email as it is sent.

use super::document::Document;
use super::{html, sanitize, text};
use crate::email_origin::{EmailKind, Origin};
use crate::identity::VerificationId;

/// One email: the same words as text and as HTML.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Pictures that the HTML shows.
    pub pictures: Vec<Picture>,
    pub attachments: Vec<Attachment>,
    /// The verification that it belongs to, if it does.
    pub origin: Option<Origin>,
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

    pub(super) fn of(document: &Document) -> Self {
        let subject = text::line(&document.subject);
        Self {
            subject: sanitize::one_line(&subject, Self::MAX_SUBJECT_CHARS),
            text: text::render(document),
            html: html::render(document),
            pictures: Vec::new(),
            attachments: Vec::new(),
            origin: None,
        }
    }

    /// Says which email of which verification it is.
    #[must_use]
    pub fn of_verification(
        mut self,
        verification: &VerificationId,
        email: EmailKind,
        number: Option<u32>,
    ) -> Self {
        self.origin = Some(Origin { verification: verification.clone(), email, number });
        self
    }
}

/// Says nothing: an email holds a code, a link that opens a page, or somebody's name.
impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(…)")
    }
}
