//! What a new password must be.

use serde::Deserialize;

use crate::secret::Secret;

/// A password as it was typed. It does not print.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct TypedPassword(String);

impl From<&str> for TypedPassword {
    fn from(typed: &str) -> Self {
        Self(typed.to_owned())
    }
}

/// A password that meets every rule. It does not print.
#[derive(Clone)]
pub struct NewPassword(Secret);

impl NewPassword {
    /// Returns the password itself, for Cognito alone.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Accepts a password that was typed twice.
    ///
    /// # Errors
    /// Each rule that is not met, once.
    pub fn choose(typed: &TypedPassword, again: &TypedPassword) -> Result<Self, Vec<PasswordRule>> {
        let unmet: Vec<_> = PasswordRule::ALL
            .into_iter()
            .filter(|rule| !rule.is_met_by(&typed.0, &again.0))
            .collect();
        if unmet.is_empty() { Ok(Self(Secret::from(typed.0.clone()))) } else { Err(unmet) }
    }
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

/// What a new password must be. The pool has the same policy, and counts only letters and digits of
/// the Latin alphabet and these special characters. The longest length and the ban on spaces come
/// from Cognito's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordRule {
    Length,
    Upper,
    Lower,
    Number,
    Special,
    NoSpaces,
    Same,
}

impl PasswordRule {
    pub const ALL: [Self; 7] = [
        Self::Length,
        Self::Upper,
        Self::Lower,
        Self::Number,
        Self::Special,
        Self::NoSpaces,
        Self::Same,
    ];
    /// The shortest, in characters. The longest is in bytes; a character has one or more.
    const MIN_CHARS: usize = 8;
    const MAX_BYTES: usize = 256;
    /// The characters that Cognito counts as special.
    const SPECIAL: &str = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-";

    fn is_met_by(self, typed: &str, again: &str) -> bool {
        let any = |test: fn(char) -> bool| typed.chars().any(test);
        match self {
            Self::Length => {
                typed.chars().count() >= Self::MIN_CHARS && typed.len() <= Self::MAX_BYTES
            }
            Self::Upper => any(|c| c.is_ascii_uppercase()),
            Self::Lower => any(|c| c.is_ascii_lowercase()),
            Self::Number => any(|c| c.is_ascii_digit()),
            Self::Special => any(|c| Self::SPECIAL.contains(c)),
            Self::NoSpaces => !any(|c| c.is_whitespace() || c.is_control()),
            Self::Same => typed == again,
        }
    }

    /// Returns the rule's name, by which a form ticks it off.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Upper => "upper",
            Self::Lower => "lower",
            Self::Number => "number",
            Self::Special => "special",
            Self::NoSpaces => "no-spaces",
            Self::Same => "same",
        }
    }

    /// Returns the rule in words.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Length => "8 to 256 characters",
            Self::Upper => "at least one upper-case letter, A to Z",
            Self::Lower => "at least one lower-case letter, a to z",
            Self::Number => "at least one number, 0 to 9",
            Self::Special => "at least one special character, such as ! @ # $ % & *",
            Self::NoSpaces => "no spaces or control characters",
            Self::Same => "the same as new_password",
        }
    }
}
