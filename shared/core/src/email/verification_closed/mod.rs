//! The email that tells customers how it ended, with its words in a file for each language.

mod en;
mod es;
mod told;

use super::message::Email;
use crate::directory::{Locale, Reader};

pub use self::told::{Ending, ToldSession, VerificationClosed};

impl VerificationClosed<'_> {
    pub fn render(&self, reader: &Reader) -> Email {
        match reader.locale {
            Locale::Es => Email::of(&es::words(self, &reader.time_zone)),
            Locale::En => Email::of(&en::words(self, &reader.time_zone)),
        }
    }
}
