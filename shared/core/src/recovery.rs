//! An agent's forgotten password. Cognito makes the code, judges it and keeps the password. This
//! module says who may recover and how often anybody may try; [`crate::password`] says what a new
//! password must be.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::directory::{Locale, SignIn};
use crate::identity::EmailAddress;
pub use crate::limits::RecoveryLimits;
use crate::limits::{HOUR, LockoutQuota, Quota};
use crate::secret::{HashKey, Purpose};
use crate::time::Timestamp;

impl RecoveryLimits {
    /// Returns the quotas of a request for a code. None of them depends on whether anybody has
    /// the address.
    pub fn asking(
        &self,
        email: &EmailAddress,
        source: &Source,
        key: &HashKey,
        now: Timestamp,
    ) -> Asking {
        let (from, to) = (hashed_source(key, &source.place), hashed(key, &[], email));
        Asking {
            source: Quota::new("recovery-source", &[&from], HOUR, self.per_source, now),
            network: source.network.as_ref().map(|network| {
                let from = hashed_source(key, network);
                Quota::new("recovery-network", &[&from], HOUR, self.per_network, now)
            }),
            cool_down: LockoutQuota {
                key: format!("recovery-asked#{to}"),
                limit: 1,
                seconds: self.resend_seconds,
            },
            address: Quota::new("recovery-address", &[&to], HOUR, self.per_address, now),
        }
    }

    /// Returns the quota of codes entered for this address from this source: what a stranger enters
    /// elsewhere locks nobody out here.
    pub fn entries(&self, email: &EmailAddress, source: &Source, key: &HashKey) -> LockoutQuota {
        let subject = hashed(key, &[&source.place], email);
        LockoutQuota {
            key: format!("recovery-entries#{subject}"),
            limit: self.wrong_entries,
            seconds: self.lock_seconds,
        }
    }
}

/// The quotas of one request. It counts against all of them or none: a source that is over its own
/// quota uses nobody else's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    pub source: Quota,
    /// Of the network that the source is in, if it is IPv6: a subscriber may have many of 64 bits.
    pub network: Option<Quota>,
    pub cool_down: LockoutQuota,
    pub address: Quota,
}

/// The table holds no list of agents who forgot their password, or of where they were.
fn hashed(key: &HashKey, context: &[&str], email: &EmailAddress) -> String {
    key.pseudonym(Purpose::Recovery, context, email.as_str())
}

fn hashed_source(key: &HashKey, place: &str) -> String {
    key.pseudonym(Purpose::Recovery, &["source"], place)
}

/// Where a request comes from: an IPv4 address, or an IPv6 network of 64 bits, in which one
/// subscriber can choose any address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    place: String,
    /// The IPv6 network of 48 bits around it, the most that a site is usually given (RFC 6177).
    network: Option<String>,
}

impl Source {
    /// Parses an address. Everything that is not an address is one source: all who hide theirs
    /// share a quota.
    pub fn parse(text: &str) -> Self {
        let address = text.parse::<IpAddr>().map(|address| address.to_canonical());
        let (place, network) = match address {
            Ok(IpAddr::V4(address)) => (address.to_string(), None),
            Ok(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                let network = format!("{a:x}:{b:x}:{c:x}::/48");
                (format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"), Some(network))
            }
            Err(_) => ("unknown".to_owned(), None),
        };
        Self { place, network }
    }
}

/// What is left to do after the route has answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Job {
    /// Sends a code, if this is an agent who may recover.
    SendCode { email: EmailAddress },
    /// Tells the agent that their password was changed. Signs them out first if the route could not.
    TellChanged { email: EmailAddress, at: Timestamp, sign_out: bool },
}

/// An agent's account, as Cognito has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub sign_in: SignIn,
    /// Whether the email address is verified: the code goes there.
    pub address_verified: bool,
    /// Whether the account is in the group `CustomerService`.
    pub in_group: bool,
    pub name: String,
    pub locale: Locale,
}

impl Account {
    /// Whether the agent was invited and has never set a password of their own: Cognito sends no code
    /// then.
    pub fn was_never_activated(&self) -> bool {
        self.sign_in == SignIn::MustChangePassword && self.address_verified && self.in_group
    }

    /// Whether the account is enabled, confirmed, an agent's, and has a verified address. An account
    /// whose password the administrator has reset is confirmed, too (Cognito says so of
    /// `RESET_REQUIRED`): a new code is all it needs.
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
    /// The password is set, and the code is used up.
    Done,
    /// The code is wrong, expired, was never requested, or belongs to nobody: one answer for all.
    WrongCode,
    /// The pool's policy asks for more than [`NewPassword`](crate::password::NewPassword) does.
    PasswordRefused,
    /// Cognito gets too many requests at once.
    Busy,
    /// Cognito accepts no more codes for this account, by its own count.
    Locked,
}

impl Confirmed {
    /// How long to wait after [`Self::Busy`], in seconds. Cognito does not say; it counts its rates
    /// by the second.
    pub const BUSY_SECONDS: u32 = 5;
    /// How long to wait after [`Self::Locked`], in seconds. Cognito does not say; this is the
    /// default length of our own lock.
    pub const LOCKED_SECONDS: u32 = 900;
}
