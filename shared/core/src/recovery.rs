//! An agent's forgotten password. Cognito makes the code, judges it and keeps the password; here is
//! who may recover, how often anybody may try, and what a new password must be.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::directory::{Locale, SignIn};
use crate::identity::EmailAddress;
use crate::limits::{HOUR, LockoutQuota, Quota};
use crate::secret::{HashKey, Purpose, Secret};
use crate::time::Timestamp;

/// The numbers of recovery that an operator may set. Every field is a template parameter.
#[derive(Clone, Debug)]
pub struct RecoveryLimits {
    /// Seconds between two askings for one address.
    pub resend_seconds: u32,
    /// Askings for one address in an hour.
    pub per_address: u32,
    /// Askings from one source in an hour, for whatever addresses.
    pub per_source: u32,
    /// Wrong codes for one address from one source, after which it is locked there.
    pub wrong_entries: u32,
    /// How long it is locked, and how long wrong codes are remembered, in seconds.
    pub lock_seconds: u32,
}

impl Default for RecoveryLimits {
    fn default() -> Self {
        Self {
            resend_seconds: 30,
            per_address: 5,
            per_source: 20,
            wrong_entries: 5,
            lock_seconds: 900,
        }
    }
}

impl RecoveryLimits {
    /// What asking for a code counts against. None of it depends on whether anybody has the
    /// address.
    pub fn asking(
        &self,
        email: &EmailAddress,
        source: &Source,
        key: &HashKey,
        now: Timestamp,
    ) -> Asking {
        let (from, to) = (source.hashed(key), hashed(key, &[], email));
        Asking {
            source: Quota::new("recovery-source", &[&from], HOUR, self.per_source, now),
            cool_down: LockoutQuota {
                key: format!("recovery-asked#{to}"),
                limit: 1,
                seconds: self.resend_seconds,
            },
            address: Quota::new("recovery-address", &[&to], HOUR, self.per_address, now),
        }
    }

    /// The codes entered for this address from this source: what a stranger enters elsewhere
    /// locks nobody out here.
    pub fn entries(&self, email: &EmailAddress, source: &Source, key: &HashKey) -> LockoutQuota {
        let subject = hashed(key, &[&source.0], email);
        LockoutQuota {
            key: format!("recovery-entries#{subject}"),
            limit: self.wrong_entries,
            seconds: self.lock_seconds,
        }
    }
}

/// The quotas of one asking, in the order in which they are drawn on: who is over his own draws
/// on nobody else's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    pub source: Quota,
    pub cool_down: LockoutQuota,
    pub address: Quota,
}

/// The table holds no list of who has forgotten his password, or from where.
fn hashed(key: &HashKey, context: &[&str], email: &EmailAddress) -> String {
    key.pseudonym(Purpose::Recovery, context, email.as_str())
}

/// Where a request comes from, as far as it counts as one: an IPv4 address, or an IPv6 network of
/// 64 bits, in which one subscriber has all addresses to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source(String);

impl Source {
    /// What is no address is one source: whoever hides his shares the quota of all who do.
    pub fn parse(text: &str) -> Self {
        let address = text.parse::<IpAddr>().map(|address| address.to_canonical());
        Self(match address {
            Ok(IpAddr::V4(address)) => address.to_string(),
            Ok(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            Err(_) => "unknown".to_owned(),
        })
    }

    fn hashed(&self, key: &HashKey) -> String {
        key.pseudonym(Purpose::Recovery, &["source"], &self.0)
    }
}

/// What is left to do when the route has answered, whoever asked and whatever for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Job {
    /// Have a code sent, if this is an agent who may recover.
    SendCode { email: EmailAddress },
    /// Tell the agent that his password was changed; sign him out first, if the route could not.
    TellChanged { email: EmailAddress, at: Timestamp, sign_out: bool },
}

/// An agent's account, as Cognito has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub sign_in: SignIn,
    /// Whether his address is verified: the code goes there.
    pub address_verified: bool,
    /// Whether he is in `CustomerService`.
    pub in_group: bool,
    pub name: String,
    pub locale: Locale,
}

impl Account {
    /// Enabled, confirmed, an agent, and reached at an address that is his. Whose password the
    /// administrator has reset is confirmed, too (Cognito says so of `RESET_REQUIRED`): a new
    /// code is all that he needs.
    pub fn may_recover(&self) -> bool {
        let confirmed = match self.sign_in {
            SignIn::Confirmed | SignIn::ResetRequired => true,
            SignIn::Unconfirmed
            | SignIn::MustChangePassword
            | SignIn::Disabled
            | SignIn::Federated
            | SignIn::Missing => false,
        };
        confirmed && self.address_verified && self.in_group
    }
}

/// What came of a code and a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// The password is the new one, and the code is used up.
    Done,
    /// Wrong, expired, never asked for, or nobody's: one answer.
    WrongCode,
    /// The pool wants more of a password than [`NewPassword`] does.
    PasswordRefused,
    /// Too much is asked of Cognito at once.
    Busy,
    /// Cognito takes no more codes for this account, by its own count.
    Locked,
}

impl Confirmed {
    /// How long to wait after [`Self::Busy`], in seconds. Cognito does not say; its rates are
    /// counted by the second.
    pub const BUSY_SECONDS: u32 = 5;
    /// How long to wait after [`Self::Locked`], in seconds. Cognito does not say: as long as our
    /// own lock lasts by default.
    pub const LOCKED_SECONDS: u32 = 900;
}

/// A password as it was typed. It does not print.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct TypedPassword(String);

/// A password that meets every rule. It does not print.
#[derive(Clone)]
pub struct NewPassword(Secret);

impl NewPassword {
    /// The password itself, for Cognito alone.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Takes what was typed twice.
    ///
    /// # Errors
    /// Every rule that is not met, each once.
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

/// What a new password must be. The pool has the same policy, and counts letters and digits of
/// the Latin alphabet and these special characters only; the limit and the ban on spaces are those
/// of Cognito's API.
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
    /// The shortest, in characters; the longest is in bytes, of which a character has one or more.
    const MIN_CHARS: usize = 8;
    const MAX_BYTES: usize = 256;
    /// What Cognito counts as special.
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

    /// The rule's name, by which a form ticks it off.
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

    /// The rule in words.
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn key() -> HashKey {
        HashKey::new(&[7; 32]).unwrap()
    }

    fn email(name: &str) -> EmailAddress {
        EmailAddress::parse(&format!("{name}@agents.example.com")).unwrap()
    }

    fn unmet(typed: &str, again: &str) -> Vec<&'static str> {
        let [typed, again] = [typed, again].map(|text| TypedPassword(text.to_owned()));
        let chosen = NewPassword::choose(&typed, &again);
        chosen.err().into_iter().flatten().map(PasswordRule::name).collect()
    }

    #[test] // P7
    fn a_password_that_meets_every_rule_is_taken_and_does_not_print() {
        for text in
            ["Abcdef1!", "Contraseña-2026", "🦜Aa1$\u{fc}xyz", &format!("Aa1!{}", "x".repeat(252))]
        {
            assert_eq!(unmet(text, text), [""; 0], "{text}");
        }
        let typed = TypedPassword("Abcdef1!".to_owned());
        let chosen = NewPassword::choose(&typed, &typed).unwrap();
        assert_eq!(chosen.expose(), "Abcdef1!");
        assert_eq!(format!("{chosen:?}"), "NewPassword(…)");
    }

    #[test] // P24
    fn every_rule_that_is_not_met_is_named() {
        let long = format!("Aa1!{}", "x".repeat(253));
        let cases: [(&str, &[&str]); 17] = [
            ("", &["length", "upper", "lower", "number", "special"]),
            ("aaaaaaaa", &["upper", "number", "special"]),
            ("Abcde1!", &["length"]),
            ("Añdú1!x", &["length"]),
            ("abcdef1!", &["upper"]),
            ("ABCDEF1!", &["lower"]),
            ("Abcdefg!", &["number"]),
            ("Abcdefg1", &["special"]),
            // What only looks like a letter, a digit or a sign of the pool's.
            ("ñÑabcd1!", &["upper"]),
            ("АБВabcd1!", &["upper"]),
            ("Abcdef١!", &["number"]),
            ("Abcdef1¡", &["special"]),
            ("Abcdef1€", &["special"]),
            ("Abc def1!", &["no-spaces"]),
            (" Abcdef1!\n", &["no-spaces"]),
            ("Abcdef1!\0", &["no-spaces"]),
            (&long, &["length"]),
        ];
        for (text, expected) in cases {
            assert_eq!(unmet(text, text), expected, "{text:?}");
        }
        assert_eq!(unmet("Abcdef1!", "Abcdef1?"), ["same"]);
        assert_eq!(unmet("abcdef1!", ""), ["upper", "same"]);
    }

    #[test]
    fn every_special_character_of_the_pools_will_do() {
        for special in
            "^ $ * . [ ] { } ( ) ? - \" ! @ # % & / \\ , > < ' : ; | _ ~ ` + =".split(' ')
        {
            let text = format!("Abcdefg1{special}");
            assert_eq!(unmet(&text, &text), [""; 0], "{text}");
        }
    }

    #[test] // P7
    fn no_budget_names_an_address_or_a_source() {
        let limits = RecoveryLimits::default();
        let source = Source::parse("203.0.113.7");
        let asking = limits.asking(&email("ana"), &source, &key(), NOW);
        let entries = limits.entries(&email("ana"), &source, &key());
        let kept = format!("{asking:?} {entries:?}");
        for canary in ["ana", "agents", "203.0", "113.7"] {
            assert!(!kept.contains(canary), "{kept}");
        }
    }

    #[test]
    fn each_address_and_each_source_has_budgets_of_its_own() {
        let limits = RecoveryLimits::default();
        let (here, there) = (Source::parse("203.0.113.7"), Source::parse("203.0.113.8"));
        let asking = |name, source| limits.asking(&email(name), source, &key(), NOW);
        let (ana, ben, away) = (asking("ana", &here), asking("ben", &here), asking("ana", &there));
        assert_eq!(ana.source, ben.source);
        assert_ne!(ana.source, away.source);
        assert_eq!((&ana.address, &ana.cool_down), (&away.address, &away.cool_down));
        assert_ne!(ana.address, ben.address);
        assert_ne!(ana.cool_down, ben.cool_down);
        let entries = |name, source| limits.entries(&email(name), source, &key());
        assert_ne!(entries("ana", &here), entries("ana", &there));
        assert_ne!(entries("ana", &here), entries("ben", &here));
    }

    #[test]
    fn a_subscriber_is_one_source_however_many_addresses_he_has() {
        let same = |a, b| Source::parse(a) == Source::parse(b);
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(same("::ffff:203.0.113.7", "203.0.113.7"));
        assert!(!same("203.0.113.7", "203.0.113.8"));
        assert!(same("", "nonsense"));
    }

    #[test]
    fn a_confirmed_enabled_agent_with_a_verified_address_may_recover_and_nobody_else() {
        let may = |sign_in, address_verified, in_group| {
            let (name, locale) = ("Ana".to_owned(), Locale::Es);
            Account { sign_in, address_verified, in_group, name, locale }.may_recover()
        };
        assert!(may(SignIn::Confirmed, true, true));
        assert!(may(SignIn::ResetRequired, true, true));
        assert!(!may(SignIn::Confirmed, false, true));
        assert!(!may(SignIn::Confirmed, true, false));
        for sign_in in [
            SignIn::Unconfirmed,
            SignIn::MustChangePassword,
            SignIn::Disabled,
            SignIn::Federated,
            SignIn::Missing,
        ] {
            assert!(!may(sign_in, true, true), "{sign_in:?}");
        }
    }

    #[test]
    fn a_job_survives_the_queue() {
        let jobs = [
            (
                Job::SendCode { email: email("ana") },
                r#"{"job":"send-code","email":"ana@agents.example.com"}"#,
            ),
            (
                Job::TellChanged { email: email("ana"), at: NOW, sign_out: true },
                r#"{"job":"tell-changed","email":"ana@agents.example.com","at":1800000000000,"sign_out":true}"#,
            ),
        ];
        for (job, text) in jobs {
            assert_eq!(serde_json::to_string(&job).unwrap(), text);
            assert_eq!(serde_json::from_str::<Job>(text).unwrap(), job);
        }
        assert!(serde_json::from_str::<Job>(r#"{"job":"send-code","email":"nobody"}"#).is_err());
    }
}
