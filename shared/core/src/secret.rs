//! Secrets as types, and the keyed hashes that are all that is ever stored of them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::CryptoRng;
use ring::hmac;
use serde::{Deserialize, Serialize};

/// Something that must never be printed, logged or stored: a handoff, a page token, a session
/// token. It has no `Display`, no `Serialize`, and a `Debug` that says nothing.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// 256 random bits, base64url (43 characters).
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The secret itself, for the one place that hands it over.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a secret is for. Each purpose hashes differently, so that a hash stored for one can
/// never be matched by a secret made for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    AgentCode,
    CustomerCode,
    Page,
    Handoff,
    MintAnswer,
    SessionToken,
    Recovery,
    SupportGrant,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Self::AgentCode => "agent-code",
            Self::CustomerCode => "customer-code",
            Self::Page => "page",
            Self::Handoff => "handoff",
            Self::MintAnswer => "mint-answer",
            Self::SessionToken => "session-token",
            Self::Recovery => "recovery",
            Self::SupportGrant => "support-grant",
        }
    }
}

/// The key under which secrets are hashed (HMAC-SHA-256, RFC 2104). It lives in Secrets Manager;
/// without it a copy of the table says nothing about six-digit codes.
///
/// While the key is being replaced there are two: one makes hashes, and those of either match. First
/// every function is given the new key as the other one, then the two change places, so that functions
/// which know of the change and functions which do not know of it yet understand each other.
#[derive(Clone)]
pub struct HashKey {
    key: hmac::Key,
    other: Option<hmac::Key>,
}

impl HashKey {
    /// The shortest key taken, in bytes: the length of the hash (RFC 2104, section 3).
    pub const MIN_BYTES: usize = 32;

    /// Takes the key's bytes.
    ///
    /// # Errors
    /// A key shorter than [`Self::MIN_BYTES`] is refused.
    pub fn new(bytes: &[u8]) -> Result<Self, KeyTooShort> {
        Ok(Self { key: hmac_key(bytes)?, other: None })
    }

    /// Takes the keys of a secret: one, or two in two lines. The first makes hashes.
    ///
    /// # Errors
    /// [`UnusableKeys`] for more than two keys, and for one shorter than [`Self::MIN_BYTES`].
    pub fn parse(secret: &str) -> Result<Self, UnusableKeys> {
        let mut keys = secret.lines().map(|line| hmac_key(line.as_bytes()));
        let (first, other) = (keys.next().unwrap_or(Err(KeyTooShort)), keys.next().transpose());
        if keys.next().is_some() {
            return Err(UnusableKeys);
        }
        let (key, other) = (first.map_err(|_| UnusableKeys)?, other.map_err(|_| UnusableKeys)?);
        Ok(Self { key, other })
    }

    /// The keyed hash of `secret`, bound to its purpose and to `context`, the things it is good
    /// for (a verification, an agent, a customer, an ecosystem).
    pub fn digest(&self, purpose: Purpose, context: &[&str], secret: &str) -> Digest {
        Digest(signed(&self.key, purpose, context, secret))
    }

    /// What stands for `text` in a key of the table: always the same, and without this key not to
    /// be traced back to a text that could be guessed, such as an address.
    pub fn pseudonym(&self, purpose: Purpose, context: &[&str], text: &str) -> String {
        self.digest(purpose, context, text).0
    }

    /// Returns what stands for `text` under the other key, if there is one.
    pub fn other_pseudonym(
        &self,
        purpose: Purpose,
        context: &[&str],
        text: &str,
    ) -> Option<String> {
        self.other.as_ref().map(|other| signed(other, purpose, context, text))
    }

    /// Whether `secret` is what `digest` was made of, in constant time.
    pub fn matches(
        &self,
        digest: &Digest,
        purpose: Purpose,
        context: &[&str],
        secret: &str,
    ) -> bool {
        let Ok(expected) = URL_SAFE_NO_PAD.decode(&digest.0) else {
            return false;
        };
        let message = message(purpose, context, secret);
        let of = |key| hmac::verify(key, &message, &expected).is_ok();
        of(&self.key) | self.other.as_ref().is_some_and(of)
    }
}

fn hmac_key(bytes: &[u8]) -> Result<hmac::Key, KeyTooShort> {
    if bytes.len() < HashKey::MIN_BYTES {
        return Err(KeyTooShort);
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, bytes))
}

fn signed(key: &hmac::Key, purpose: Purpose, context: &[&str], secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(hmac::sign(key, &message(purpose, context, secret)))
}

impl std::fmt::Debug for HashKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HashKey(…)")
    }
}

/// Every part with its length before it, so that no two different lists give the same bytes.
fn message(purpose: Purpose, context: &[&str], secret: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in [purpose.label()].iter().chain(context).chain([&secret]) {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

/// The key for hashes is shorter than [`HashKey::MIN_BYTES`].
#[derive(Debug, PartialEq, Eq)]
pub struct KeyTooShort;

/// A secret that does not hold one or two keys.
#[derive(Debug, PartialEq, Eq)]
pub struct UnusableKeys;

/// A keyed hash of a secret: what is stored. Compare it with [`HashKey::matches`] only.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

/// The keyed hashes of two secrets, each cut to 128 bits (RFC 2104, section 5), in one short text.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PairDigest(String);

/// The length of each half, in bytes.
const HALF: usize = 16;

impl PairDigest {
    pub fn of(key: &HashKey, purpose: Purpose, secrets: [&str; 2]) -> Self {
        let halves = secrets.map(|secret| half(&key.key, purpose, secret));
        Self(URL_SAFE_NO_PAD.encode(halves.concat()))
    }

    /// Whether `secret` is one of the two, under either key. Each half is compared in constant time.
    pub fn has(&self, key: &HashKey, purpose: Purpose, secret: &str) -> bool {
        let Ok(stored) = URL_SAFE_NO_PAD.decode(&self.0) else { return false };
        let under = |key: &hmac::Key| {
            let found = half(key, purpose, secret);
            // Compares the hashes of the two, since ring compares whole hashes alone.
            let equal = |half| hmac::verify(key, &found, hmac::sign(key, half).as_ref()).is_ok();
            stored.chunks(HALF).fold(false, |any, half| any | equal(half))
        };
        under(&key.key) | key.other.as_ref().is_some_and(under)
    }
}

fn half(key: &hmac::Key, purpose: Purpose, secret: &str) -> [u8; HALF] {
    let mut half = [0; HALF];
    half.copy_from_slice(&hmac::sign(key, &message(purpose, &[], secret)).as_ref()[..HALF]);
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> HashKey {
        HashKey::new(&[7; 32]).unwrap()
    }

    #[test] // P8
    fn a_digest_matches_its_own_secret_purpose_and_context_alone() {
        let digest = key().digest(Purpose::CustomerCode, &["v1", "eco-1"], "123456");
        let matches =
            |purpose, context: &[&str], secret| key().matches(&digest, purpose, context, secret);
        assert!(matches(Purpose::CustomerCode, &["v1", "eco-1"], "123456"));
        assert!(!matches(Purpose::AgentCode, &["v1", "eco-1"], "123456"));
        assert!(!matches(Purpose::CustomerCode, &["v2", "eco-1"], "123456"));
        assert!(!matches(Purpose::CustomerCode, &["v1eco-1", ""], "123456"));
        assert!(!matches(Purpose::CustomerCode, &["v1", "eco-1"], "123457"));
        let other = HashKey::new(&[8; 32]).unwrap();
        assert!(!other.matches(&digest, Purpose::CustomerCode, &["v1", "eco-1"], "123456"));
    }

    #[test]
    fn a_pair_has_its_two_secrets_and_no_others() {
        let pair = PairDigest::of(&key(), Purpose::SessionToken, ["access", "id"]);
        let has = |secret| pair.has(&key(), Purpose::SessionToken, secret);
        assert!(has("access") && has("id"));
        assert!(!has("") && !has("acce") && !has("accessid") && !has("id "));
        assert!(!pair.has(&key(), Purpose::Handoff, "access"));
        assert!(!pair.has(&HashKey::new(&[8; 32]).unwrap(), Purpose::SessionToken, "access"));
        assert_eq!(pair.0.len(), 43);
        // While the key is being replaced, what was hashed with either is found.
        let (old, new) = ("7".repeat(32), "8".repeat(32));
        let keys = |secret: &str| HashKey::parse(secret).unwrap();
        let before = PairDigest::of(&keys(&old), Purpose::SessionToken, ["access", "id"]);
        for (secret, found) in
            [(format!("{old}\n{new}"), true), (format!("{new}\n{old}"), true), (new, false)]
        {
            assert_eq!(before.has(&keys(&secret), Purpose::SessionToken, "id"), found);
        }
        for damaged in ["", "AAAA", "!", &pair.0[..20], &"A".repeat(43)] {
            let damaged = PairDigest(damaged.to_owned());
            assert!(!damaged.has(&key(), Purpose::SessionToken, "access"), "{damaged:?}");
        }
    }

    #[test] // P7
    fn secrets_and_keys_do_not_print() {
        let secret = Secret::from("hunter2".to_owned());
        assert_eq!(format!("{secret:?} {:?}", key()), "Secret(…) HashKey(…)");
    }

    #[test]
    fn a_short_key_is_refused() {
        assert_eq!(HashKey::new(&[1; 31]).unwrap_err(), KeyTooShort);
        let (key, short) = ("k".repeat(32), "s".repeat(31));
        let refused = [
            String::new(),
            short.clone(),
            format!("{key}\n{short}"),
            format!("{short}\n{key}"),
            format!("\n{key}"),
            format!("{key}\n\n{key}"),
            [key.as_str(); 3].join("\n"),
        ];
        for secret in refused {
            assert_eq!(HashKey::parse(&secret).unwrap_err(), UnusableKeys, "{secret:?}");
        }
    }

    /// Every function that is running at any moment of a change of the key, with every other.
    #[test]
    fn while_the_key_is_replaced_what_any_function_makes_every_other_accepts() {
        let (old, new) = ("o".repeat(40), "n".repeat(40));
        let before = HashKey::parse(&old).unwrap();
        let told = HashKey::parse(&format!("{old}\n{new}")).unwrap();
        let changed = HashKey::parse(&format!("{new}\n{old}\n")).unwrap();
        let after = HashKey::parse(&new).unwrap();
        let makes = |key: &HashKey| key.digest(Purpose::Handoff, &["v1"], "handoff");
        let accepts = |key: &HashKey, digest: Digest| {
            key.matches(&digest, Purpose::Handoff, &["v1"], "handoff")
        };
        for (making, checking) in [
            (&before, &told),
            (&told, &before),
            (&told, &told), // The new key is made known.
            (&told, &changed),
            (&changed, &told),
            (&changed, &changed), // It takes over.
            (&before, &changed),  // What is left of the time before.
            (&changed, &after),
            (&after, &changed), // The old one goes.
        ] {
            assert!(accepts(checking, makes(making)));
            let tokens = PairDigest::of(making, Purpose::SessionToken, ["access", "id"]);
            let has = |token| tokens.has(checking, Purpose::SessionToken, token);
            assert!(has("access") && has("id") && !has("other"));
            assert!(!checking.matches(&makes(making), Purpose::Handoff, &["v2"], "handoff"));
        }
        assert!(!accepts(&before, makes(&changed)), "this is why it is made known first");
        assert!(!accepts(&after, makes(&before)), "what the old key made is over");
        let name = |key: &HashKey| key.pseudonym(Purpose::Recovery, &[], "ana");
        assert_eq!(changed.other_pseudonym(Purpose::Recovery, &[], "ana"), Some(name(&before)));
        assert_eq!((name(&changed), name(&told)), (name(&after), name(&before)));
        assert_eq!(after.other_pseudonym(Purpose::Recovery, &[], "ana"), None);
    }
}
