//! Who and which: identifiers and addresses, parsed at the door.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::secret::Secret;
use crate::text::is_invisible;

pub use crate::checked::{Checked, New};

/// A verification's id, and its session's: 128 random bits, base64url (22 characters).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct VerificationId(String);

impl VerificationId {
    const LENGTH: usize = 22;

    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// `None` for anything that [`Self::generate`] could not have made.
    pub fn parse(text: &str) -> Option<Self> {
        let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (text.len() == Self::LENGTH && text.bytes().all(alphabet)).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for VerificationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The token in the fragment of a link to the customer's page or an environment: the verification, and
/// the secret that opens it.
#[derive(Clone, Debug)]
pub struct LinkToken {
    pub verification: VerificationId,
    pub secret: Secret,
}

impl LinkToken {
    /// Returns `None` for anything that is not `<verification id>.<43 characters>`.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.split_once('.')?;
        let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (secret.len() == 43 && secret.bytes().all(alphabet)).then_some(())?;
        Some(Self {
            verification: VerificationId::parse(id)?,
            secret: Secret::from(secret.to_owned()),
        })
    }

    /// Returns its text, itself a secret.
    pub fn to_secret(&self) -> Secret {
        Secret::from(format!("{}.{}", self.verification, self.secret.expose()))
    }

    /// Returns the link to the customer's page at `page`, as secret as the token in it.
    pub fn page_url(&self, page: &str) -> String {
        format!("{page}#token={}", self.to_secret().expose())
    }
}

/// An email address: lower-cased, at most 254 characters (RFC 5321, section 4.5.3.1.3), with
/// nothing in it that could break out of a header, a filter or a key.
///
/// One that is read from the table was checked when it came in, by the rule of that time: see [`New`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The longest address taken, in bytes.
    pub const MAX_BYTES: usize = 254;

    /// `None` for what is not an address of the plain form `local@domain`: ASCII, no spaces,
    /// quotes, brackets, commas or control characters.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let (local, domain) = text.split_once('@')?;
        let local_ok = |b: u8| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b);
        let domain_ok = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'-';
        let ok = text.len() <= Self::MAX_BYTES
            && (1..=64).contains(&local.len())
            && local.bytes().all(local_ok)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && !domain.is_empty()
            && domain.bytes().all(domain_ok)
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            });
        ok.then_some(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as others may see it: `a***@example.com`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first: String = local.chars().take(1).collect();
        format!("{first}***@{domain}")
    }
}

/// A newtype over a string: the rule for what comes in, and whether a stored one can be what it says.
macro_rules! checked_string {
    ($type:ty, $what:literal, $stored:expr) => {
        impl Checked for $type {
            const EXPECTED: &'static str = $what;

            fn checked(text: &str) -> Option<Self> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $type {
            type Error = &'static str;

            /// Reads what was stored.
            fn try_from(text: String) -> Result<Self, Self::Error> {
                let stored: fn(&str) -> bool = $stored;
                if stored(&text) { Ok(Self(text)) } else { Err($what) }
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.0
            }
        }
    };
}

checked_string!(VerificationId, "not an id", |text| VerificationId::parse(text).is_some());
// Nothing that could break out of a header.
checked_string!(EmailAddress, "not an email address", |text| {
    text.contains('@') && !text.contains(|c: char| c.is_control() || c.is_whitespace())
});
checked_string!(Reason, "1 to 500 characters", |_| true);
checked_string!(TicketNumber, "1 to 64 letters, digits and -_./#", |text| {
    !text.is_empty() && !text.contains(char::is_control)
});

/// Some text from outside that has no form of its own, of 1 to `MAX` characters.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if (1..=MAX).contains(&text.chars().count()) {
            Ok(Self(text))
        } else {
            Err(format!("1 to {MAX} characters"))
        }
    }
}

/// A token or handoff as it comes in, not read yet. It does not print.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct TokenText(Text<200>);

impl TokenText {
    /// `None` for what is no token: see [`LinkToken::parse`].
    pub fn parse(&self) -> Option<LinkToken> {
        LinkToken::parse(self.0.as_str())
    }
}

/// The id of an ecosystem or of an agent, as it comes in.
pub type IdText = Text<128>;

/// Why a verification was cancelled: 1 to 500 characters after trimming, one line or several, at
/// least one of them to be seen, no other control characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Reason(String);

impl Reason {
    pub const MAX_CHARS: usize = 500;

    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let printable = |c: char| !c.is_control() || c == '\n' || c == '\t' || c == '\r';
        let seen = |c: char| !c.is_whitespace() && !is_invisible(c);
        ((1..=Self::MAX_CHARS).contains(&text.chars().count())
            && text.chars().all(printable)
            && text.chars().any(seen))
        .then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The help desk's ticket that a verification belongs to: 1 to 64 letters, digits and `-_./#`.
///
/// It stands in official emails, so it has no room for a sentence or a telephone number. Verifications that
/// were stored before may have any printable ASCII, and keep it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TicketNumber(String);

impl TicketNumber {
    const MAX_BYTES: usize = 64;

    /// Returns `None` for anything but a ticket's number.
    pub fn parse(text: &str) -> Option<Self> {
        let ok = |b: u8| b.is_ascii_alphanumeric() || b"-_./#".contains(&b);
        ((1..=Self::MAX_BYTES).contains(&text.len()) && text.bytes().all(ok))
            .then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns what it is found by: `wz-1042` and `WZ-1042` are the same ticket.
    pub fn found_by(&self) -> String {
        self.0.to_ascii_uppercase()
    }
}

/// The support agent who runs a verification, as their access token names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// The Cognito `sub`.
    pub id: String,
    pub name: String,
    pub email: EmailAddress,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_lower_cased_and_plain() {
        let email = EmailAddress::parse(" Ana.Lopez+waizant@Example.COM ").unwrap();
        assert_eq!(email.as_str(), "ana.lopez+waizant@example.com");
        assert_eq!(email.masked(), "a***@example.com");
    }

    #[test] // P24
    fn hostile_addresses_are_not_addresses() {
        let long = format!("{}@example.com", "a".repeat(64 + 1));
        for text in [
            "",
            "@",
            "a@",
            "@b",
            "a b@c.d",
            "a@b\r\nBcc: x@y.z",
            "\"a\"@b.c",
            "a@b@c",
            "a@b..c",
            "a@-b.c",
            "a..b@c.d",
            "<a@b.c>",
            "a,b@c.d",
            "á@b.c",
            "a@b.c\0",
            "a@b\"c",
            &long,
        ] {
            assert_eq!(EmailAddress::parse(text), None, "{text:?}");
        }
    }

    #[test] // P29
    fn a_reason_can_be_read() {
        assert_eq!(
            Reason::parse(" Colgó.\r\nNo contesta. ").unwrap().as_str(),
            "Colgó.\r\nNo contesta."
        );
        assert!(Reason::parse("?").is_some() && Reason::parse("\u{200b}x").is_some());
        assert!(Reason::parse(&"ñ".repeat(500)).is_some());
        let long = "ñ".repeat(501);
        for text in [
            "",
            "  \n ",
            "\u{a0}\u{2003}",
            "\u{200b}",
            "\u{feff}",
            "\u{2800}",
            "\u{3164}",
            "\u{ad} \u{202e}",
            "\u{200b}\u{2060}",
            "\u{fe0f}",
            "a\0",
            "a\u{1b}[2J",
            &long,
        ] {
            assert_eq!(Reason::parse(text), None, "{text:?}");
        }
    }

    #[test] // P24
    fn a_new_ticket_number_is_up_to_64_letters_digits_and_a_few_signs() {
        let (longest, too_long) = ("9".repeat(64), "9".repeat(65));
        for number in ["T-1", "INC.2026.42", "a/b#c_d", &longest] {
            assert_eq!(TicketNumber::parse(number).unwrap().as_str(), number);
        }
        for text in
            ["", "   ", "T 1", " T-1", "T\n1", "Nº-1", "+57(300)4829134", "a:b", "a@b", &too_long]
        {
            assert_eq!(TicketNumber::parse(text), None, "{text:?}");
            assert!(serde_json::from_value::<New<TicketNumber>>(text.into()).is_err());
        }
    }

    #[test] // P24
    fn a_text_that_comes_in_is_kept_as_it_is_up_to_its_length() {
        let text = |text: &str| Text::<3>::try_from(text.to_owned());
        assert_eq!(text("a").unwrap().as_str(), "a");
        assert_eq!(text("ñ é").unwrap().as_str(), "ñ é");
        assert!(text("").is_err() && text("abcd").is_err());
    }

    #[test]
    fn ids_are_128_bits_of_base64url() {
        let id = VerificationId::generate(&mut rand::rand_core::UnwrapErr(rand::rngs::SysRng));
        assert_eq!(VerificationId::parse(id.as_str()), Some(id));
        for text in [
            "",
            "short",
            "AAAAAAAAAAAAAAAAAAAAA/",
            "AAAAAAAAAAAAAAAAAAAAAAA",
            "../../../../../../../../",
        ] {
            assert_eq!(VerificationId::parse(text), None, "{text:?}");
        }
    }
}
